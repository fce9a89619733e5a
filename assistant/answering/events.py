"""A question → the events of its answer: of the documents' own sentences, or written by a model.

check ─ small talk? ─ search ─▶ Retrieved
      ├─ no model:  extractive draft ─▶ Delta ─▶ Finished
      └─ a model:   condense (before the search) ─ write ─▶ Delta … Delta ─ verify ─▶ Finished
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.answering.answer import Draft, build_answer
from assistant.answering.extractive import Chosen, chosen_from, extractive_draft
from assistant.answering.folder_answers import folder_draft
from assistant.answering.several_steps import stepwise
from assistant.answering.small_talk import reply_to
from assistant.errors import ModelError
from assistant.resources import Resources
from assistant.retrieval.filters import checked_filters, chosen_documents, describe
from assistant.retrieval.question import Turn, check_question, checked_history
from assistant.retrieval.search import Found, search
from assistant.types import NO_FILTERS, Answer, Delta, Event, Filters, Finished, Retrieved

if TYPE_CHECKING:
    from assistant.index.snapshot import Snapshot


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


def extractive_events(
    resources: Resources,
    text: str,
    history: Sequence[Turn],
    notice: str = "",
    filters: Filters = NO_FILTERS,
) -> Iterator[Event]:
    """An answer of the documents' own sentences. Raises ``AssistantError``.

    ``notice`` says why the model of the settings is left out.
    """
    settings, clock = resources.settings, Clock()
    text = check_question(text, settings.answer.max_question_characters)
    history = checked_history(history)
    talk = _small_talk(resources, text)
    if talk:
        yield from talk
        return
    with resources.snapshots().current() as snapshot:
        told = _about_folder(resources, text, history, snapshot, filters)
        if told:
            yield from told
            return
        tools = resources.search_tools(without_model=bool(notice))
        clock.stage("open")
        found = search(text, history, snapshot, tools, filters)
        clock.stage("retrieve")
        yield Retrieved(found.question.standalone, found.passages)
        reader = resources.reader()
        sentences = resources.sentences()

        def ask(part: str) -> tuple[Found, Chosen]:
            result = search(part, (), snapshot, tools, filters)
            return result, chosen_from(result, snapshot, sentences, reader, settings.answer)

        steps = stepwise(found, ask)
        if steps is None:
            draft = extractive_draft(found, snapshot, sentences, reader, settings.answer)
        else:
            draft, found = steps
        yield Delta(draft.text)
        draft = replace(draft, notice=notice, usage=found.usage)
        answer = build_answer(text, draft, settings.fingerprint(), found, snapshot)
        clock.stage("answer")
        yield Finished(_told(replace(answer, timings=clock.total()), snapshot, filters))


async def written_events(
    resources: Resources, text: str, history: Sequence[Turn], filters: Filters = NO_FILTERS
) -> AsyncIterator[Event]:
    """An answer written by the model, every sentence checked. Raises ``AssistantError``.

    With ``llm.fallback: extractive`` a model that cannot begin is replaced by the documents' own
    sentences, and the answer says so.
    """
    text = check_question(text, resources.settings.answer.max_question_characters)
    history = checked_history(history)
    talk = _small_talk(resources, text)
    if talk:
        for event in talk:
            yield event
        return
    sent = False
    events = _written_events(resources, text, history, filters)
    try:
        async for event in events:
            sent = sent or isinstance(event, Delta)
            yield event
    except ModelError as exc:
        if sent or resources.settings.llm.fallback != "extractive":
            raise
        notice = f"Written without the model: {exc.what}"
        async for event in in_thread(extractive_events(resources, text, history, notice, filters)):
            yield event
    finally:
        await events.aclose()  # type: ignore[attr-defined]  # a stopped reader stops the server


async def in_thread(events: Iterator[Event]) -> AsyncIterator[Event]:
    """A blocking iterator's events, each made in a thread so that the loop stays free."""
    steps = _Steps(events)
    try:
        while True:
            event = await asyncio.to_thread(steps.take)
            if event is None:
                return
            yield event
    finally:
        steps.stop()


class _Steps:
    """An iterator that is closed by whoever uses it last: a thread that is at work on a step cannot
    be stopped, and closing its iterator meanwhile is an error."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._at_work = threading.Lock()
        self._is_stopped = False

    def take(self) -> Event | None:
        """The next event, or None after the last."""
        with self._at_work:
            event = None if self._is_stopped else next(self._events, None)
        if self._is_stopped:
            self._close()
        return event

    def stop(self) -> None:
        """Close it, now or when the step under way is done."""
        self._is_stopped = True
        self._close()

    def _close(self) -> None:
        if self._at_work.acquire(blocking=False):
            try:
                self._events.close()  # type: ignore[attr-defined]
            finally:
                self._at_work.release()


def _small_talk(resources: Resources, text: str) -> list[Event]:
    """The events of a greeting; empty for a question to the documents."""
    reply = reply_to(text)
    if not reply:
        return []
    draft = Draft(text=reply, reason="smalltalk")
    answer = build_answer(text, draft, resources.settings.fingerprint(), None, None)
    return [Retrieved(text, ()), Delta(reply), Finished(answer)]


def _about_folder(
    resources: Resources, text: str, history: Sequence[Turn], snapshot: Snapshot, filters: Filters
) -> list[Event]:
    """The events of a question about the folder or a document of it; empty for any other."""
    clock = Clock()
    draft = folder_draft(text, history, snapshot, filters)
    if draft is None:
        return []
    answer = build_answer(text, draft, resources.settings.fingerprint(), None, snapshot)
    clock.stage("catalogue")
    finished = _told(replace(answer, timings=clock.total()), snapshot, filters)
    return [Retrieved(text, ()), Delta(draft.text), Finished(finished)]


async def _written_events(
    resources: Resources, text: str, history: Sequence[Turn], filters: Filters
) -> AsyncIterator[Event]:
    from assistant.answering.written import Written, condense, judged, write, written_draft
    from assistant.model.usage import add_usage

    settings, clock = resources.settings, Clock()
    with resources.snapshots().current() as snapshot:
        told = await asyncio.to_thread(_about_folder, resources, text, history, snapshot, filters)
        for event in told:
            yield event
        if told:
            return
    model = await asyncio.to_thread(resources.model)
    standalone, spent = await condense(text, history, model, settings.llm)
    if history:
        clock.stage("condense")
    with resources.snapshots().current() as snapshot:
        tools = await asyncio.to_thread(resources.search_tools)
        clock.stage("open")
        found = await asyncio.to_thread(search, standalone, (), snapshot, tools, filters)
        clock.stage("retrieve")
        spent = add_usage(spent, found.usage)
        yield Retrieved(standalone, found.passages)
        if not found.passages:
            without = extractive_events(resources, text, history, filters=filters)
            async for event in in_thread(without):
                if isinstance(event, Finished):
                    paid = add_usage(spent, event.answer.usage)
                    yield Finished(replace(event.answer, usage=paid))
                elif not isinstance(event, Retrieved):
                    yield event
            return
        verifier = await asyncio.to_thread(resources.verifier)
        written: Written | None = None
        strict = settings.answer.strict
        pieces = write(standalone, found.passages, model, settings.llm, verifier, strict=strict)
        async with aclosing(pieces) as stream:  # type: ignore[type-var]
            async for piece in stream:
                if isinstance(piece, str):
                    if "first_word" not in clock.timings:
                        clock.stage("first_word")
                    yield Delta(piece)
                else:
                    written = piece
        if written is None:
            raise AssertionError("a stream ends with Written")
        clock.stage("write")
        if settings.answer.judge and written.sentences:
            written = await judged(written, model, settings.llm)
            clock.stage("judge")
        draft = await asyncio.to_thread(
            written_draft, written, found, snapshot, resources.sentences(), settings
        )
        draft = replace(draft, usage=add_usage(spent, draft.usage))
        if draft.abstained:
            yield Delta(draft.text)
        answer = build_answer(text, draft, settings.fingerprint(), found, snapshot)
        yield Finished(_told(replace(answer, timings=clock.total()), snapshot, filters))


def _told(answer: Answer, snapshot: Snapshot, filters: Filters) -> Answer:
    """The answer with the filters it was asked with, so that nobody takes a part for the whole."""
    if not filters:
        return answer
    chosen = chosen_documents(filters, snapshot) or []
    words = describe(checked_filters(filters))
    told = f"Asked of {len(chosen)} of {snapshot.manifest.documents} documents ({words})"
    return replace(
        answer,
        notice=f"{answer.notice}. {told}" if answer.notice else told,
        receipt=replace(answer.receipt, filters=words),
    )
