"""A question and what it found → what its parts, and what is still missing, find too.

The model splits the question and says what the passages lack (``question_parts``); each part is a
search of its own. What the model asks for decides only what is searched: the answer is written from
the passages and checked like any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from assistant.answering.question_parts import missing_parts, parts_of
from assistant.answering.step_words import told_cost
from assistant.model.language_model import LanguageModel
from assistant.model.usage import add_usage
from assistant.retrieval.search import Found
from assistant.settings import Settings
from assistant.types import Passage, Progress, Usage

SearchFor = Callable[[str], Found]
"""A question → what it finds; blocking."""

_TIMES = 2
"""Times as many passages as one search gives stand before the model, at most."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What all searches found together, best of each first; ``usage`` is what asking for parts and
    for what is missing cost, ``notice`` what went another way than it was asked."""

    found: Found
    usage: Usage
    notice: str


async def gathered(
    question: str,
    first: Found,
    search_for: SearchFor,
    model: LanguageModel,
    settings: Settings,
) -> AsyncIterator[Progress | Gathered]:
    """A ``Progress`` before each call and each search, then one ``Gathered``. ``answer.steps`` is
    the most searches, ``first`` among them. Raises what a search raises."""
    most, llm = settings.answer.steps, settings.llm
    window = llm.context_tokens - llm.answer_tokens
    room = min(window, most * settings.retrieval.passages * settings.chunking.tokens)
    cost = told_cost(most + 1, most * room, most * llm.answer_tokens, llm)
    yield Progress("planned", 0, most, f"at most {most} searches and {cost}")
    yield Progress("splitting", 0, most, question)
    parts = await parts_of(question, most - 1, model, llm)
    usage, problems = parts.usage, [parts.problem] if parts.problem else []
    results, asked = [first], [question]
    waiting = list(parts.questions)
    while len(results) < most:
        if not waiting:
            yield Progress("looking for what is missing", len(results), most)
            found = merged(results, _TIMES * settings.retrieval.passages)
            missing = await missing_parts(question, found.passages, asked, model, llm)
            usage = add_usage(usage, missing.usage)
            if missing.problem:
                problems.append(missing.problem)
            waiting = list(missing.questions)
            if not waiting:
                break
        part = waiting.pop(0)
        yield Progress("searching", len(results), most, part)
        result = await asyncio.to_thread(search_for, part)
        asked.append(part)
        usage = add_usage(usage, result.usage)
        results.append(result)
        if not _adds(result, results[:-1]) and not waiting:
            break
    told = ""
    if len(results) == 1 and problems:
        told = f"Searched once: {problems[0]}"
    elif len(results) > 1:
        told = f"Searched in {len(results)} steps"
        if problems:
            told += f" ({problems[-1]})"
    yield Gathered(merged(results, _TIMES * settings.retrieval.passages), usage, told)


def merged(results: Sequence[Found], most: int) -> Found:
    """The first question with the passages of all searches, the best of each in turn."""
    layers = zip_longest(*(result.passages for result in results))
    passages: dict[str, Passage] = {}
    for passage in (each for layer in layers for each in layer if each is not None):
        passages.setdefault(passage.chunk_id, passage)
    notices = ". ".join(dict.fromkeys(result.notice for result in results if result.notice))
    first = results[0]
    return replace(first, passages=tuple(passages.values())[:most], notice=notices)


def _adds(result: Found, before: Sequence[Found]) -> bool:
    known = {passage.chunk_id for each in before for passage in each.passages}
    return any(passage.chunk_id not in known for passage in result.passages)
