"""One assistant for many callers: the chat, HTTP and MCP call this service.

It adds admission control, metrics, and cancellation: when a caller leaves, its question stops.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path

from assistant.errors import AssistantError, BusyError
from assistant.pipeline import Assistant
from assistant.retrieval.question import check_question
from assistant.service.admission import AdmissionControl
from assistant.service.drift import FOLDER, DailyLog
from assistant.service.metrics import Metrics
from assistant.types import (
    NO_FILTERS,
    Answer,
    Delta,
    Event,
    Filters,
    Finished,
    Progress,
    Source,
    SyncReceipt,
)

HistoryTurn = tuple[str, str]


class Service:
    """An assistant behind a gate. For one event loop."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.settings = assistant.settings
        server = self.settings.server
        self.daily = DailyLog(self.settings.index.path / FOLDER) if server.daily_log else None
        self.metrics = Metrics(self.daily.drifts if self.daily else None)
        self.gate = AdmissionControl(server.max_running, server.max_waiting)
        self.metrics.running.set_function(lambda: self.gate.inside)
        self.metrics.waiting.set_function(lambda: self.gate.in_line)

    async def stream(
        self,
        question: str,
        history: Sequence[HistoryTurn] = (),
        *,
        filters: Filters = NO_FILTERS,
        door: str,
        deep: bool = False,
    ) -> AsyncIterator[Event]:
        """The events of an answer. ``door`` names the interface, for the metrics;
        ``deep`` asks the model for a report.

        Raises ``AssistantError``, ``BusyError`` among them. Closing it stops the model.
        """
        check_question(question, self.settings.answer.max_question_characters)
        began = time.perf_counter()
        first = 0.0
        outcome = "stopped"
        try:
            async with self.gate.enter():
                events = self.assistant.stream(question, history, filters=filters, deep=deep)
                async with aclosing(events) as stream:  # type: ignore[type-var]
                    async for event in stream:
                        if isinstance(event, Delta) and not first:
                            first = time.perf_counter() - began
                        if isinstance(event, Finished):
                            outcome = ""
                            whole = time.perf_counter() - began
                            self.metrics.answered(event.answer, door, whole, first or whole)
                            if self.daily is not None:
                                self.daily.count(event.answer)
                        yield event
        except BusyError:
            outcome = "busy"
            raise
        except AssistantError:
            outcome = "error"
            raise
        finally:
            if outcome:
                self.metrics.ended(outcome, door)

    async def ask(
        self,
        question: str,
        history: Sequence[HistoryTurn] = (),
        *,
        filters: Filters = NO_FILTERS,
        door: str,
        deep: bool = False,
    ) -> Answer:
        """The whole answer; errors as in ``stream``."""
        async with aclosing(
            self.stream(question, history, filters=filters, door=door, deep=deep)  # type: ignore[type-var]
        ) as events:
            async for event in events:
                if isinstance(event, Finished):
                    return event.answer
        raise AssertionError("a stream ends with Finished")

    async def sync(
        self, paths: Sequence[Path] | None, progress: Callable[[Progress], None]
    ) -> SyncReceipt:
        """Sync in a thread; ``progress`` is called from that thread."""
        receipt = await asyncio.to_thread(self.assistant.sync, paths, progress=progress)
        self.metrics.synced(receipt)
        return receipt

    def warm_up(self) -> None:
        """Open the index and load what the first question needs, which takes 2 s."""
        with suppress(AssistantError):
            self.assistant.retrieve("What is this about?", 1)
            if self.settings.llm.model:
                from assistant.model.language_model import LanguageModel

                LanguageModel.warm_up()

    def lookup(self, document: str) -> Source | None:
        """A document as the index holds it now, or None."""
        try:
            return self.assistant.source(document)
        except AssistantError:
            return None

    def date_of(self, document: str) -> str:
        """A document's day, or an empty text."""
        with suppress(AssistantError):
            for info in self.assistant.document_infos():
                if info.name == document:
                    return info.date
        return ""
