"""One assistant for many callers: the chat, HTTP and MCP call this service.

It adds admission control, metrics, and cancellation: when a caller leaves, its question stops.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from assistant.errors import AccessError, AssistantError, BusyError, UsageError
from assistant.pipeline import Assistant
from assistant.retrieval.filters import given_filters
from assistant.retrieval.question import check_question
from assistant.service.admission import AdmissionControl
from assistant.service.audit import AUDIT_FOLDER, AuditLog
from assistant.service.drift import FOLDER, DailyLog
from assistant.service.metrics import Metrics
from assistant.service.people import ADMINISTER, ANYBODY, ASK, CALLER, Person, refused
from assistant.service.people_file import People
from assistant.settings.collections import DEFAULT, chosen_collections
from assistant.text.visible import shown_value
from assistant.types import (
    NO_FILTERS,
    Answer,
    Delta,
    DocumentInfo,
    Event,
    Filters,
    Finished,
    Passage,
    Progress,
    RecognisedWord,
    Source,
    Status,
    SyncReceipt,
)

HistoryTurn = tuple[str, str]


class Service:
    """An assistant behind a gate. For one event loop.

    Everything is done for a person, ``who``; without one for the caller of the request
    (``CALLER``). Where ``people`` are set and there is no person, nothing is done.
    """

    def __init__(self, assistant: Assistant, people: People | None = None) -> None:
        self.assistant = assistant
        self.answering = assistant
        """Who answers the next question: the same documents, perhaps by another language model."""
        self.people = people
        self.settings = assistant.settings
        server = self.settings.server
        audited = people is not None and server.audit_megabytes > 0
        folder = self.settings.index.path / AUDIT_FOLDER
        self._audit = AuditLog(folder, server.audit_megabytes) if audited else None
        self.daily = DailyLog(self.settings.index.path / FOLDER) if server.daily_log else None
        self.metrics = Metrics(self.daily.drifts if self.daily else None)
        self.gate = AdmissionControl(server.max_running, server.max_waiting)
        self.metrics.running.set_function(lambda: self.gate.inside)
        self.metrics.waiting.set_function(lambda: self.gate.in_line)

    # ------------------------------------------------------------ who may do what

    def person(self, who: Person | None = None) -> Person:
        """Who asks. Raises ``AccessError`` where people are set and nobody is known."""
        person = who or CALLER.get() or ANYBODY
        if self.people is not None and person is ANYBODY:
            raise AccessError("It is not known who asks", hint="send the request with a token")
        return person

    def allowed(self, right: str, who: Person | None = None) -> tuple[str, ...]:
        """The collections with which a person may do something.

        Raises ``AccessError`` without the right, or without any collection.
        """
        person = self.person(who)
        if not person.may(right):
            raise refused(person, right)
        found = tuple(each for each in self.settings.collection_names() if person.may_use(each))
        if not found:
            raise AccessError(
                f"{person.name} may use none of the collections here",
                hint="whoever administers this server gives collections (`assistant people`)",
            )
        return found

    def within(self, filters: Filters, who: Person | None = None, right: str = ASK) -> Filters:
        """The filters for collections that a person may use: those that are named, else the default
        one, else all of theirs. Of others it is said that they are not there."""
        filters, mine = given_filters(filters), self.allowed(right, who)
        if not self.settings.index.collections and not filters.collections:
            return filters
        if filters.collections:
            chosen = chosen_collections(filters.collections, mine)
        else:
            chosen = (DEFAULT,) if DEFAULT in mine else mine
        return replace(filters, collections=chosen)

    def mine(self, who: Person | None = None) -> tuple[str, ...]:
        """All collections that a person may ask; none where there is one index only, or no right to
        ask."""
        if not self.settings.index.collections:
            return ()
        with suppress(AccessError):
            return self.allowed(ASK, who)
        return ()

    def may_ask(self, who: Person | None = None) -> bool:
        """Whether a person may ask anything here."""
        with suppress(AccessError):
            return bool(self.allowed(ASK, who))
        return False

    def record(
        self,
        act: str,
        door: str,
        outcome: str,
        collections: Sequence[str] = (),
        who: Person | None = None,
    ) -> None:
        """Write an act into the audit log, if there is one."""
        if self._audit is not None:
            person = who or CALLER.get() or ANYBODY
            known = self.settings.collection_names()  # what a caller made up is no name of ours
            named = [each for each in known if each in collections]
            self._audit.record(person.name, act, door, named, outcome)

    @contextmanager
    def audited(
        self, act: str, door: str, collections: Sequence[str] = (), who: Person | None = None
    ) -> Iterator[list[str]]:
        """Write down how what is done inside ends, with these collections and those that are added
        to the list that it gives."""
        outcome, told = "stopped", list(collections)
        try:
            yield told
            outcome = "ok"
        except AssistantError as exc:
            outcome = type(exc).__name__
            raise
        finally:
            self.record(act, door, outcome, told, who)

    # ------------------------------------------------------------ questions

    async def stream(
        self,
        question: str,
        history: Sequence[HistoryTurn] = (),
        *,
        filters: Filters = NO_FILTERS,
        door: str,
        who: Person | None = None,
        deep: bool = False,
    ) -> AsyncIterator[Event]:
        """The events of an answer. ``door`` names the interface, for the metrics;
        ``deep`` asks the model for a report.

        Raises ``AssistantError``, ``BusyError`` and ``AccessError`` among them. Closing it stops
        the model.
        """
        try:
            who = self.person(who)
            filters = self.within(filters, who)
            check_question(question, self.settings.answer.max_question_characters)
        except AssistantError as exc:
            self.record("ask", door, type(exc).__name__, filters.collections, who)
            raise
        began = time.perf_counter()
        first = 0.0
        outcome, ended = "stopped", "stopped"
        answering = self.answering  # a model that is chosen while this waits is not asked
        try:
            async with self.gate.enter():
                events = answering.stream(question, history, filters=filters, deep=deep)
                async with aclosing(events) as stream:  # type: ignore[type-var]
                    async for event in stream:
                        if isinstance(event, Delta) and not first:
                            first = time.perf_counter() - began
                        if isinstance(event, Finished):
                            outcome = ""
                            ended = "abstained" if event.answer.abstained else "ok"
                            whole = time.perf_counter() - began
                            self.metrics.answered(event.answer, door, whole, first or whole)
                            if self.daily is not None:
                                self.daily.count(event.answer)
                        yield event
        except BusyError:
            outcome, ended = "busy", "BusyError"
            raise
        except AssistantError as exc:
            outcome, ended = "error", type(exc).__name__
            raise
        finally:
            self.record("ask", door, ended, filters.collections or (DEFAULT,), who)
            if outcome:
                self.metrics.ended(outcome, door)

    async def ask(
        self,
        question: str,
        history: Sequence[HistoryTurn] = (),
        *,
        filters: Filters = NO_FILTERS,
        door: str,
        who: Person | None = None,
        deep: bool = False,
    ) -> Answer:
        """The whole answer; errors as in ``stream``."""
        stream = self.stream(question, history, filters=filters, door=door, who=who, deep=deep)
        async with aclosing(stream) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, Finished):
                    return event.answer
        raise AssertionError("a stream ends with Finished")

    async def passages(
        self,
        question: str,
        limit: int,
        *,
        filters: Filters = NO_FILTERS,
        door: str,
        who: Person | None = None,
    ) -> tuple[Passage, ...]:
        """The passages for a question, best first; errors as in ``stream``."""
        with self.audited("search", door, filters.collections, who) as told:
            filters = self.within(filters, who)
            told += filters.collections or (DEFAULT,)
            async with self.gate.enter():
                return await asyncio.to_thread(
                    self.answering.retrieve, question, limit, filters=filters
                )

    # ------------------------------------------------------------ the documents

    async def sync(
        self,
        paths: Sequence[Path] | None,
        progress: Callable[[Progress], None],
        *,
        collection: str = DEFAULT,
        right: str = ADMINISTER,
        who: Person | None = None,
    ) -> SyncReceipt:
        """Sync a collection in a thread; ``progress`` is called from that thread.

        Raises ``AccessError`` without the right, which is to administer but for uploads.
        """
        with self.audited("upload" if right != ADMINISTER else "sync", "chat", [collection], who):
            chosen_collections([collection], self.allowed(right, who))
            one = self.assistant.of_collection(collection)
            receipt = await asyncio.to_thread(one.sync, paths, progress=progress)
        self.metrics.synced(receipt)
        return receipt

    def warm_up(self) -> None:
        """Open the index and load what the first question needs, which takes 2 s."""
        with suppress(AssistantError):
            everywhere = Filters(collections=self.settings.collection_names())
            self.assistant.retrieve("What is this about?", 1, filters=everywhere)
            if self.settings.llm.model:
                from assistant.model.language_model import LanguageModel

                LanguageModel.warm_up()

    def source(self, document: str, who: Person | None = None) -> Source:
        """A document as the index holds it now. Raises ``UsageError`` for one that is not there,
        and with the same words for one that this person may not see."""
        if self.assistant.collection_of(document) not in self.allowed(ASK, who):
            raise UsageError(
                f"The index holds no document {shown_value(document)}",
                hint="`assistant status` lists them",
            )
        return self.assistant.source(document)

    def recognised_words(
        self, document: str, page: int, who: Person | None = None
    ) -> tuple[RecognisedWord, ...]:
        """The words of a page that were read from its picture; errors as in ``source``."""
        if self.assistant.collection_of(document) not in self.allowed(ASK, who):
            return ()
        return self.assistant.recognised_words(document, page)

    def lookup(self, document: str, who: Person | None = None) -> Source | None:
        """A document as the index holds it now and this person may see it, or None."""
        try:
            return self.source(document, who)
        except AssistantError:
            return None

    def infos(
        self, collections: Sequence[str] = (), who: Person | None = None
    ) -> tuple[DocumentInfo, ...]:
        """What is known of the documents of some collections, as ``within`` chooses them."""
        chosen = self.within(Filters(collections=tuple(collections)), who).collections
        return self.assistant.document_infos(chosen)

    def listed(self, collections: Sequence[str], door: str) -> tuple[DocumentInfo, ...]:
        """The same for the caller, written down."""
        with self.audited("list", door, collections) as told:
            chosen = self.within(Filters(collections=tuple(collections))).collections
            told += chosen or (DEFAULT,)
            return self.assistant.document_infos(chosen)

    def states(
        self, collections: Sequence[str] = (), who: Person | None = None
    ) -> dict[str, Status]:
        """The state of each of these collections that has an index, as ``within`` chooses them.

        Raises the error of the first when none has.
        """
        chosen = self.within(Filters(collections=tuple(collections)), who).collections
        found: dict[str, Status] = {}
        problem: AssistantError | None = None
        for name in chosen or (DEFAULT,):
            try:
                found[name] = self.assistant.of_collection(name).status()
            except AssistantError as exc:
                problem = problem or exc
        if not found and problem is not None:
            raise problem
        return found

    def date_of(self, document: str) -> str:
        """A document's day, or an empty text."""
        with suppress(AssistantError):
            for info in self.assistant.document_infos((self.assistant.collection_of(document),)):
                if info.name == document:
                    return info.date
        return ""
