"""The events of a summary that a model writes, or of the opening lines in its place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from assistant.answering.answer import Basis, Draft, at_once, build_answer
from assistant.answering.clock import Clock
from assistant.answering.model_summaries import Summarised, call_size, summarise
from assistant.answering.step_words import told_cost
from assistant.answering.summary_parts import SummaryPlan, plan_summary, sections_of
from assistant.errors import ModelError
from assistant.index.rows import StoredDocument
from assistant.resources import Resources
from assistant.retrieval.question import Asked
from assistant.retrieval.search import Found, analyse_for
from assistant.types import Delta, Event, Finished, Progress, Retrieved


@dataclass(frozen=True, slots=True)
class SummaryRequest:
    """What a summary is asked of, and what answers without one.

    ``asked`` is the person's question, ``request`` the one that the model gets, ``lines`` the
    draft of opening lines.
    """

    asked: str
    request: str
    documents: Sequence[StoredDocument]
    lines: Draft


async def summary_events(
    resources: Resources, opening: SummaryRequest, basis: Basis, clock: Clock, most_calls: int
) -> AsyncIterator[Event]:
    """What it costs at most, a ``Progress`` before each call of the model, then the answer."""
    settings, snapshot = resources.settings, basis.snapshot
    if not opening.documents:
        raise AssertionError("a summary is one of documents")
    config = resources.fingerprint()

    def planned() -> SummaryPlan:
        size = call_size(opening.request, settings.llm)
        return plan_summary(sections_of(opening.documents, snapshot), size, most_calls)

    plan = await asyncio.to_thread(planned)
    done: Summarised | None = None
    reason = ""
    if plan.parts:
        cost = told_cost(plan.calls, plan.tokens_in, plan.tokens_out, settings.llm)
        yield Progress("planned", 0, plan.calls, f"a summary of {_extent(plan)}: {cost}")
        try:
            model = await asyncio.to_thread(resources.model)
            verifier = await asyncio.to_thread(resources.verifier)
            steps = summarise(opening.request, plan, model, settings, verifier)
            async with aclosing(steps) as stream:  # type: ignore[type-var]
                async for step in stream:
                    if isinstance(step, Summarised):
                        done = step
                    else:
                        yield step
        except ModelError as exc:  # a key that is missing
            reason = exc.what
    else:
        reason = f"no passage fits into llm.context_tokens = {settings.llm.context_tokens}"
    clock.stage("summarise")
    if done is None or done.draft is None:
        reason = (done.reason if done else "") or reason
        notice = f"The opening lines, without the model: {reason}"
        draft = replace(opening.lines, notice=notice)
        if done is not None:
            draft = replace(draft, usage=done.usage)
        for event in at_once(build_answer(opening.asked, draft, config, basis, clock.total())):
            yield event
        return
    draft = done.draft
    told = [draft.notice, _left_out(plan, done.read, len(opening.documents), most_calls)]
    draft = replace(draft, notice=". ".join(filter(None, told)))
    question = await asyncio.to_thread(analyse_for, snapshot, Asked(opening.asked))
    found = Found(question, done.passages)
    yield Retrieved(opening.asked, done.passages)
    yield Delta(draft.text)
    basis = Basis(snapshot, found, basis.filters)
    yield Finished(build_answer(opening.asked, draft, config, basis, clock.total()))


def _extent(plan: SummaryPlan) -> str:
    read = "all" if plan.read == plan.total else f"{plan.read:,} of"
    documents = f" of {plan.documents:,} documents" if plan.documents > 1 else ""
    return f"{read} {plan.total:,} passages{documents}"


def _left_out(plan: SummaryPlan, read: int, documents: int, most_calls: int) -> str:
    """What the summary does not rest on, so that nobody takes a part for the whole."""
    if read >= plan.total:
        return ""
    missing = documents - plan.documents
    of_documents = f", and nothing of {missing:,} documents" if missing > 0 else ""
    more = f"; answer.summary_calls is {most_calls}" if plan.read < plan.total else ""
    return f"A summary of {read:,} of {plan.total:,} passages{of_documents}{more}"
