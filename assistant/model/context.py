"""Passages and history → what fits into a model's context, in tokens. A chunk is never cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.types import Passage

Counter = Callable[[str], int]
"""Text → number of tokens."""

_MARK = re.compile(r"<(?=[\s/]*passage)", re.IGNORECASE)

_MESSAGE_OVERHEAD = 16
"""Tokens that roles and separators of a chat cost, with a margin."""


@dataclass(frozen=True, slots=True)
class Context:
    """``passages`` go into the prompt, numbered from 1 in this order; ``left_out`` did not fit.

    ``tokens`` counts the numbered list.
    """

    passages: tuple[Passage, ...]
    left_out: tuple[Passage, ...]
    text: str
    tokens: int


def fit_passages(passages: Sequence[Passage], budget_tokens: int, count: Counter) -> Context:
    """The best passages that fit whole into the budget; a smaller later one may still fit."""
    taken: list[Passage] = []
    left_out: list[Passage] = []
    blocks: list[str] = []
    used = 0
    for passage in passages:
        block = describe_passage(len(taken) + 1, passage)
        cost = count(block) + 2
        if used + cost <= budget_tokens:
            taken.append(passage)
            blocks.append(block)
            used += cost
        else:
            left_out.append(passage)
    return Context(tuple(taken), tuple(left_out), "\n\n".join(blocks), used)


def describe_passage(number: int, passage: Passage) -> str:
    """A passage as the prompt shows it: number, place, text between marks it cannot contain."""
    place = [passage.title or passage.document]
    if passage.page is not None:
        place.append(f"page {passage.page}")
    if passage.heading_path:
        place.append(passage.heading_path[-1])
    where = without_marks(" · ".join(" ".join(part.split()) for part in place).replace('"', "'"))
    text = f"{passage.context}\n{passage.text}" if passage.context else passage.text
    return f'<passage number="{number}" from="{where}">\n{without_marks(text)}\n</passage>'


def without_marks(text: str) -> str:
    """A document's text with nothing in it that a model could take for the end of a passage."""
    return _MARK.sub("‹", text)


def passages_budget(
    context_tokens: int, answer_tokens: int, fixed: Sequence[str], count: Counter
) -> int:
    """Tokens left for passages after the prompt's fixed texts and the answer."""
    spent = sum(count(text) + _MESSAGE_OVERHEAD for text in fixed)
    return context_tokens - answer_tokens - spent


def fit_history(
    turns: Sequence[tuple[str, str]], budget_tokens: int, count: Counter
) -> list[tuple[str, str]]:
    """The latest whole turns that fit, oldest first."""
    kept: list[tuple[str, str]] = []
    used = 0
    for question, answer in reversed(turns):
        cost = count(question) + count(answer) + _MESSAGE_OVERHEAD
        if used + cost > budget_tokens:
            break
        kept.append((question, answer))
        used += cost
    return kept[::-1]
