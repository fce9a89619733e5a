"""A question → the events of its answer: with the documents' own sentences, or with a model.

check ─ small talk? ─ (condense) ─ analyse ─▶ retrieve ─▶ Retrieved
      ├─ no model:  extract ─▶ Delta ─▶ Finished
      └─ a model:   compose ─▶ Delta … Delta ─ verify ─▶ Finished
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.answering import converse, draft, finish, finish_composed
from assistant.errors import ModelError
from assistant.parts import Parts
from assistant.questions import Turn, check_question
from assistant.selection import checked_filters, describe
from assistant.types import NO_FILTERS, Delta, Event, Filters, Finished, Retrieved

if TYPE_CHECKING:
    from assistant.composing import Composed
    from assistant.index.snapshot import Snapshot
    from assistant.questions import Question
    from assistant.types import Answer, Passage, Usage


class Clock:
    """Seconds by stage; each stage begins where the one before ended."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self.timings: dict[str, float] = {}

    def stage(self, name: str) -> None:
        """The stage of this name ends now."""
        now = time.perf_counter()
        self.timings[name] = now - self._last
        self._last = now

    def total(self) -> dict[str, float]:
        """All stages, and ``total``."""
        return {**self.timings, "total": time.perf_counter() - self._began}


def small_talk(parts: Parts, text: str) -> list[Event]:
    """The events of a greeting; empty for a question to the documents."""
    reply = converse(text, parts.settings.fingerprint())
    if reply is None:
        return []
    return [Retrieved(text, ()), Delta(reply.text), Finished(reply)]


def extractive_events(
    parts: Parts,
    text: str,
    history: Sequence[Turn],
    notice: str = "",
    filters: Filters = NO_FILTERS,
) -> Iterator[Event]:
    """An answer of the documents' own sentences. Raises ``AssistantError``."""
    clock = Clock()
    text = check_question(text, parts.settings.answer.max_question_characters)
    talk = small_talk(parts, text)
    if talk:
        yield from talk
        return
    with parts.snapshots().current() as snapshot:
        question, passages, spent = _search(
            parts, snapshot, text, history, clock, filters, without_model=bool(notice)
        )
        yield Retrieved(question.standalone, tuple(passages))
        made = draft(
            question,
            passages,
            parts.sentences(),
            parts.settings.answer,
            snapshot.store.read_text,
            snapshot.holding,
        )
        yield Delta(made.text)
        answer = finish(made, passages, snapshot, parts.settings.fingerprint())
        clock.stage("answer")
        answer = replace(answer, timings=clock.total(), notice=notice, usage=spent)
        yield Finished(_told(answer, parts, snapshot, filters))


async def model_events(
    parts: Parts, text: str, history: Sequence[Turn], filters: Filters = NO_FILTERS
) -> AsyncIterator[Event]:
    """An answer written by the model, every sentence checked. Raises ``AssistantError``.

    With ``llm.fallback: extractive`` a model that cannot begin is replaced by the documents' own
    sentences, and the answer says so.
    """
    text = check_question(text, parts.settings.answer.max_question_characters)
    talk = small_talk(parts, text)
    if talk:
        for event in talk:
            yield event
        return
    sent = False
    events = _composed_events(parts, text, history, filters)
    try:
        async for event in events:
            sent = sent or isinstance(event, Delta)
            yield event
    except ModelError as exc:
        if sent or parts.settings.llm.fallback != "extractive":
            raise
        notice = f"Written without the model: {exc.what}"
        async for event in in_thread(extractive_events(parts, text, history, notice, filters)):
            yield event
    finally:
        await events.aclose()  # type: ignore[attr-defined]  # a stopped reader stops the server


async def _composed_events(
    parts: Parts, text: str, history: Sequence[Turn], filters: Filters
) -> AsyncIterator[Event]:
    from assistant.composing import compose, condense
    from assistant.usage import add_usage

    settings = parts.settings
    clock = Clock()
    model = await asyncio.to_thread(parts.model)
    standalone, spent = await condense(text, history, model, settings.llm)
    if history:
        clock.stage("condense")
    with parts.snapshots().current() as snapshot:
        question, passages, ranked = await asyncio.to_thread(
            _search, parts, snapshot, standalone, (), clock, filters
        )
        spent = add_usage(spent, ranked)
        yield Retrieved(standalone, tuple(passages))
        if not passages:
            without = extractive_events(parts, text, history, filters=filters)
            async for event in in_thread(without):
                if isinstance(event, Finished):
                    paid = add_usage(spent, event.answer.usage)
                    yield Finished(replace(event.answer, usage=paid))
                elif not isinstance(event, Retrieved):
                    yield event
            return
        verifier = await asyncio.to_thread(parts.verifier)
        composed: Composed | None = None
        pieces = compose(
            standalone, passages, model, settings.llm, verifier, strict=settings.answer.strict
        )
        try:
            async for piece in pieces:
                if isinstance(piece, str):
                    if "first_word" not in clock.timings:
                        clock.stage("first_word")
                    yield Delta(piece)
                else:
                    composed = piece
        finally:
            await pieces.aclose()  # type: ignore[attr-defined]
        if composed is None:
            raise AssertionError("a composition ends with Composed")
        clock.stage("write")
        composed = replace(composed, usage=add_usage(spent, composed.usage))
        if settings.answer.judge and composed.sentences:
            composed = await _judged(parts, composed, snapshot)
            clock.stage("judge")
        answer = await asyncio.to_thread(
            finish_composed,
            text,
            question,
            composed,
            passages,
            snapshot,
            settings,
            parts.sentences(),
        )
        if composed.abstained:
            yield Delta(answer.text)
        answer = replace(answer, timings=clock.total())
        yield Finished(_told(answer, parts, snapshot, filters))


async def _judged(parts: Parts, composed: Composed, snapshot: Snapshot) -> Composed:
    from assistant.composing import judge
    from assistant.usage import add_usage

    passages = composed.parsed.order
    sources = [
        "\n\n".join(
            composed.context.passages[passages[marker - 1] - 1].text
            for marker in sentence.citations
        )
        for sentence in composed.sentences
    ]
    judged, spent = await judge(composed.sentences, sources, parts.model(), parts.settings.llm)
    return replace(composed, sentences=judged, usage=add_usage(composed.usage, spent))


async def in_thread(events: Iterator[Event]) -> AsyncIterator[Event]:
    """A blocking iterator's events, each made in a thread so that the loop stays free."""
    try:
        while True:
            event = await asyncio.to_thread(next, events, None)
            if event is None:
                return
            yield event
    finally:
        events.close()  # type: ignore[attr-defined]


def _search(
    parts: Parts,
    snapshot: Snapshot,
    text: str,
    history: Sequence[Turn],
    clock: Clock,
    filters: Filters,
    *,
    without_model: bool = False,
) -> tuple[Question, list[Passage], Usage]:
    question = parts.analyse(text, history, snapshot)
    clock.stage("open")
    passages, spent = parts.retrieve(
        question, snapshot, filters=filters, without_model=without_model
    )
    clock.stage("retrieve")
    return question, passages, spent


def _told(answer: Answer, parts: Parts, snapshot: Snapshot, filters: Filters) -> Answer:
    """The answer with the filters it was asked with, so that nobody takes a part for the whole."""
    if not filters:
        return answer
    chosen = parts.chosen(filters, snapshot) or []
    words = describe(checked_filters(filters))
    told = f"Asked of {len(chosen)} of {snapshot.manifest.documents} documents ({words})"
    return replace(
        answer,
        notice=f"{answer.notice}. {told}" if answer.notice else told,
        receipt=replace(answer.receipt, filters=words),
    )
