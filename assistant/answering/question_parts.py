"""A question → the questions that a model splits it into, or what it misses; only if they are some.

A model answers instead of asking, repeats itself, or goes on with its rules. So a line counts only
if it is a question, shares words with what was asked, brings no number of its own, and is no copy
of another. What a passage makes the model ask is a search in the same documents, and nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from assistant.errors import ModelError
from assistant.model.context import fit_passages, passages_budget
from assistant.model.hidden import without_thoughts
from assistant.model.language_model import LanguageModel, Message
from assistant.model.learned_tokens import learned_counter
from assistant.model.prompts import load_prompt
from assistant.model.short_replies import adds_numbers, holds_word, is_odd, plain_words
from assistant.model.usage import usage_of
from assistant.settings import LLMSettings
from assistant.text.terms import content_terms
from assistant.types import NO_USAGE, Passage, Usage

_MOST_TOKENS = 256
"""Of a reply: a handful of questions."""
_MOST_LINES = 40
_LONGEST = 240
_MARK = re.compile(
    r"[\s*_#>•–—-]{0,8}(?:\(?\d{1,2}[.):]\s{0,4}|[Qq](?:uestion)?\s?\d{0,2}[.:]\s{0,4})?"
)
_QUESTION_MARKS = ("?", "？", "؟")
_COPY = 90.0
"""Likeness of two questions, as rapidfuzz counts, from which on one is a copy, if it also has no
name, number or other word of content that the other lacks."""
_MOST_NEW = 0.5
"""Share of a question's content words that nobody has said before; the sections of a report may ask
in words of their own."""
_ASK_MISSING = 2
"""Questions of one reply about what is missing."""
_NOTHING = frozenset({"nothing", "none", "nichts", "no", "n/a"})


@dataclass(frozen=True, slots=True)
class AskedParts:
    """The questions that a model wrote; ``problem`` says why there are none where there should be
    some. ``usage`` is what asking cost."""

    questions: tuple[str, ...]
    usage: Usage = NO_USAGE
    problem: str = ""


async def parts_of(
    question: str, most: int, model: LanguageModel, settings: LLMSettings, prompt: str = "parts"
) -> AskedParts:
    """At most ``most`` questions that a question consists of; ``prompt`` is ``parts`` or
    ``outline``. One that asks for one thing has no parts, and that is no problem."""
    messages = load_prompt(prompt).render(question=question, most=str(most))
    reply, usage, failed = await _reply(messages, model, settings)
    if failed:
        return AskedParts((), usage, failed)
    lines = _lines(reply)
    most_new = _MOST_NEW if prompt == "parts" else 1.0
    accepted = accepted_questions(reply, question, (question,), most, most_new)
    if len(accepted) > 1:
        return AskedParts(tuple(accepted), usage)
    is_single = bool(lines) and plain_words(lines[0]) == plain_words(question)
    if is_single and len(set(map(plain_words, lines))) == 1 and prompt == "parts":
        return AskedParts((), usage)
    return AskedParts((), usage, "the model named no parts of the question")


async def missing_parts(
    question: str,
    passages: Sequence[Passage],
    asked: Sequence[str],
    model: LanguageModel,
    settings: LLMSettings,
) -> AskedParts:
    """What has to be looked up after the questions ``asked`` have found these passages."""
    prompt = load_prompt("missing")
    told = "\n".join(asked)
    fixed = [m["content"] for m in prompt.render(passages="", question=question, asked=told)]
    count = learned_counter(settings.base_url, settings.model)
    budget = passages_budget(settings.context_tokens, _MOST_TOKENS, fixed, count)
    context = fit_passages(passages, budget, count)
    if not context.passages:
        return AskedParts((), NO_USAGE, "no passage fits beside the question")
    messages = prompt.render(passages=context.text, question=question, asked=told)
    reply, usage, failed = await _reply(messages, model, settings)
    if failed:
        return AskedParts((), usage, failed)
    lines = _lines(reply)
    if lines and plain_words(lines[0]) in _NOTHING:
        return AskedParts((), usage)
    known = "\n".join([question, *(f"{p.title}\n{p.text}" for p in context.passages)])
    accepted = accepted_questions(reply, known, (question, *asked), _ASK_MISSING)
    problem = "" if accepted else "the model did not say what is missing"
    return AskedParts(tuple(accepted), usage, problem)


async def _reply(
    messages: Sequence[Message], model: LanguageModel, settings: LLMSettings
) -> tuple[str, Usage, str]:
    """The reply without thoughts, its cost, and what went wrong."""
    try:
        reply, ended = await model.complete(messages, most_tokens=_MOST_TOKENS)
    except ModelError as exc:
        return "", NO_USAGE, exc.what
    return without_thoughts(reply), usage_of(messages, reply, ended, settings), ""


def _lines(reply: str) -> list[str]:
    """The lines of a reply without the marks of lists and quotation marks."""
    found = []
    for line in reply.splitlines()[:_MOST_LINES]:
        line = line.strip()[: 2 * _LONGEST]
        mark = _MARK.match(line)
        line = line[mark.end() :] if mark else line
        line = line.strip().strip("\"“”'*_").strip()
        if line:
            found.append(" ".join(line.split()))
    return found


def accepted_questions(
    reply: str,
    known: str,
    asked: Sequence[str] = (),
    most: int = _MOST_LINES,
    most_new: float = _MOST_NEW,
) -> list[str]:
    """The lines of a reply that are questions, each once and none of ``asked``.

    ``known`` is what has been said: a line has a word of it, at most the share ``most_new`` of
    other words, and no other number.
    """
    said = frozenset(content_terms(known))
    before = [plain_words(each) for each in asked]
    accepted: list[str] = []
    for line in _lines(reply):
        if len(accepted) == most:
            break
        plain, words = plain_words(line), content_terms(line)
        if not line.endswith(_QUESTION_MARKS) or len(line) > _LONGEST or is_odd(line):
            continue
        if not words or adds_numbers(line, known):
            continue
        if any(_is_copy(plain, each) for each in before):
            continue
        new = sum(not holds_word(said, word) for word in words)
        if new > most_new * len(words) or new == len(words):
            continue
        before.append(plain)
        accepted.append(line)
    return accepted


def _is_copy(plain: str, other: str) -> bool:
    if fuzz.ratio(plain, other) < _COPY or adds_numbers(plain, other):
        return False
    words = content_terms(other)
    return all(holds_word(words, word) for word in content_terms(plain))
