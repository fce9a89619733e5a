"""A question that was searched once → more searches, or a report, where that was asked for.

``answer.steps`` above 1 gives the answer more passages, ``deep`` makes a report instead. Where the
model's replies are of no use for either, the answer goes the plain way and says so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from assistant.answering.answer import Basis, build_answer
from assistant.answering.clock import Clock
from assistant.answering.extractive import extractive_draft
from assistant.answering.reports import Reported, ReportTools, SectionText, report
from assistant.answering.several_searches import Gathered, gathered
from assistant.model.language_model import LanguageModel
from assistant.model.usage import add_usage
from assistant.resources import Resources
from assistant.retrieval.question import Asked
from assistant.retrieval.search import Found, SearchTools, search
from assistant.types import Delta, Event, Finished, Retrieved, Usage


@dataclass(frozen=True, slots=True)
class Searched:
    """A question as the person asked it and as it was searched, what that found, and what it has
    cost so far."""

    asked: str
    standalone: str
    found: Found
    spent: Usage


@dataclass(frozen=True, slots=True)
class Deeper:
    """What the answer goes on with: all that was found and spent, and what is to be said of it."""

    found: Found
    spent: Usage
    notice: str = ""


async def deep_events(
    resources: Resources,
    searched: Searched,
    basis: Basis,
    tools: SearchTools,
    model: LanguageModel,
    clock: Clock,
    *,
    deep: bool,
) -> AsyncIterator[Event | Deeper]:
    """A report up to its ``Finished``; else steps, and one ``Deeper``."""
    snapshot, settings = basis.snapshot, resources.settings
    found, spent = searched.found, searched.spent

    def search_for(part: str) -> Found:
        return search(Asked(part), snapshot, tools, basis.filters)

    if not deep and settings.answer.steps == 1:
        yield Deeper(found, spent)
        return
    if not deep:
        steps = gathered(searched.standalone, found, search_for, model, settings)
        async with aclosing(steps) as stream:  # type: ignore[type-var]
            async for step in stream:
                if isinstance(step, Gathered):
                    clock.stage("steps")
                    yield Deeper(step.found, add_usage(spent, step.usage), step.notice)
                else:
                    yield step
        return
    reported: Reported | None = None
    is_first = True
    sections = report(
        searched.standalone,
        found,
        ReportTools(
            model,
            resources.verifier(),
            search_for,
            lambda part: extractive_draft(
                part, snapshot, resources.sentences(), resources.reader(), settings.answer
            ),
            settings,
        ),
    )
    async with aclosing(sections) as texts:  # type: ignore[type-var]
        async for each in texts:
            if isinstance(each, SectionText):
                if is_first:
                    yield Retrieved(searched.standalone, found.passages)
                is_first = False
                yield Delta(each.text)
            elif isinstance(each, Reported):
                reported = each
            else:
                yield each
    if reported is None:
        raise AssertionError("a report ends with Reported")
    clock.stage("report")
    spent = add_usage(spent, reported.usage)
    if reported.draft is None:
        yield Deeper(found, spent, f"A plain answer instead of a report: {reported.reason}")
        return
    draft = replace(reported.draft, usage=spent)
    basis = Basis(snapshot, reported.found, basis.filters)
    answer = build_answer(searched.asked, draft, resources.fingerprint(), basis, clock.total())
    yield Finished(answer)
