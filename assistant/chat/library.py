"""The folder on the page: progress of syncs and uploads, and the contents of the index."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from assistant.chat.escaped import one_line
from assistant.chat.examples import example_questions
from assistant.chat.overview import draw_welcome
from assistant.chat.receipts import draw_failure, draw_progress, draw_receipt
from assistant.chat.sources import chosen_names, draw_sources, together
from assistant.chat.suggestions import NOTHING_OFFERED, Offered, Suggestions
from assistant.chat.uploads import Uploads
from assistant.errors import AssistantError, UsageError
from assistant.private_files import close_to_others
from assistant.service.people import ADD, ADMINISTER, Person
from assistant.service.service import Service
from assistant.settings.collections import DEFAULT, chosen_collections
from assistant.types import DocumentInfo, FileOutcome, Progress, Status

_EVERY_SECONDS = 0.2


class Library:
    """Draws the documents of a service and brings the index in line with them."""

    def __init__(self, service: Service, uploads: Uploads) -> None:
        self._service = service
        self._uploads = uploads
        self.suggestions = Suggestions(service.assistant)

    async def sync(self, who: Person | None = None) -> AsyncIterator[str]:
        """Sync all collections that a person administers, drawing each step and then the receipts.
        The sync continues when the page closes."""
        try:
            names = self._service.allowed(ADMINISTER, who)
        except AssistantError as exc:
            self._service.record("sync", "chat", type(exc).__name__, (), who)
            yield draw_failure(exc.what, exc.hint)
            return
        done = ""
        for name in names:
            heading = f"<h3>{one_line(name)}</h3>" if len(names) > 1 else ""
            drawn = ""
            async for drawn in self._synced(None, name, ADMINISTER, who):
                yield f"{done}{heading}{drawn}"
            done += f"{heading}{drawn}"

    async def _synced(
        self, paths: Sequence[Path] | None, collection: str, right: str, who: Person | None
    ) -> AsyncIterator[str]:
        steps: queue.SimpleQueue[Progress] = queue.SimpleQueue()
        yield draw_progress(Progress("looking at the folder", 0, 0))
        before = await asyncio.to_thread(self._not_read, collection)
        job = asyncio.ensure_future(
            self._service.sync(paths, steps.put, collection=collection, right=right, who=who)
        )
        while not job.done():
            await asyncio.wait([job], timeout=_EVERY_SECONDS)
            last = None
            while not steps.empty():
                last = steps.get()
            if last is not None and not job.done():
                yield draw_progress(last)
        try:
            yield draw_receipt(job.result(), before)
        except AssistantError as exc:
            yield draw_failure(exc.what, exc.hint)

    def _not_read(self, collection: str) -> tuple[FileOutcome, ...]:
        try:
            return self._service.assistant.of_collection(collection).status().not_indexed
        except AssistantError:
            return ()

    async def upload(
        self,
        owner: str,
        numbers: Sequence[str],
        chosen: Sequence[str] = (),
        who: Person | None = None,
    ) -> AsyncIterator[str]:
        """Store the files that a browser sent, by their numbers, and index them in the collection
        that ``chosen`` means, for who may add to it."""
        try:
            collection = self._uploaded_to(chosen, who)
            await self._uploads.apart(self._uploads.take_in, owner, numbers, collection)
            await asyncio.to_thread(self.close_uploads)
        except AssistantError as exc:
            self._service.record("upload", "chat", type(exc).__name__, (), who)
            yield draw_failure(exc.what, exc.hint)
            return
        uploads = [self._uploads.folder_of(collection)]
        heading = (
            f"<h3>{one_line(collection)}</h3>" if self._service.settings.index.collections else ""
        )
        async for drawn in self._synced(uploads, collection, ADD, who):
            yield f"{heading}{drawn}"

    def _uploaded_to(self, chosen: Sequence[str], who: Person | None) -> str:
        """The collection for files: the default one if it is chosen, or nothing is and the person
        may add to it; else the only one that is chosen, or the only one of theirs.

        Raises ``AccessError`` and ``UsageError``, also where several are left.
        """
        mine = self._service.allowed(ADD, who)
        named = chosen_collections(list(chosen), mine) or mine
        if DEFAULT in named:
            return DEFAULT
        if len(named) > 1:
            raise UsageError(
                f"Files go into one collection; it may be {', '.join(named)}",
                hint="choose one of them over the question, and send the files again",
            )
        return named[0]

    def close_uploads(self) -> None:
        """Let nobody else on this machine read what was uploaded. A folder of uploads that people
        named as a folder of documents, too, stays as they have it."""
        settings = self._service.settings
        uploads = settings.chat.uploads
        if not any(uploads in (folder, *folder.parents) for folder in settings.documents.paths):
            close_to_others(uploads.resolve())

    def names(self, who: Person | None = None) -> list[str]:
        """The names of all documents that a person may ask; none without an index."""
        try:
            return [info.name for info in self._service.infos(self._service.mine(who), who)]
        except AssistantError:
            return []

    def welcome(self, offered: Offered | None, who: Person | None = None) -> str:
        """The drawn first screen; ``offered`` None: its questions are being tried."""
        try:
            infos, status = self._listed(self._service.mine(who), who)
        except AssistantError:
            return draw_welcome((), None, None)
        return draw_welcome(infos, status, offered)

    def offered(self, who: Person | None = None) -> Offered:
        """Questions for the first screen: the folder's own, else those that were tried."""
        return self._given(who) or self.suggestions.first(self._ticked_first(who))

    def ready(self, who: Person | None = None) -> Offered | None:
        """The same where nothing needs to be asked for it; None while they are being tried."""
        return self._given(who) or self.suggestions.ready(self._ticked_first(who))

    def _given(self, who: Person | None) -> Offered | None:
        """The questions that the folder brings; None where they have to be tried."""
        if not self._service.may_ask(who):
            return NOTHING_OFFERED
        is_ours = self._ticked_first(who) in ((), (DEFAULT,))
        own = example_questions(self._service.settings.documents.paths) if is_ours else ()
        return Offered(own, "", is_given=True) if own else None

    def _ticked_first(self, who: Person | None) -> tuple[str, ...]:
        """The collections that a page begins with."""
        return tuple(self._service.mine(who)[:1])

    def chosen(
        self, ticked: str, collections: Sequence[str] = (), who: Person | None = None
    ) -> tuple[str, ...]:
        """The documents that are ticked; none for all. Raises ``FilterError``."""
        if not ticked:
            return ()
        return chosen_names(ticked, *self._listed(collections, who))

    def state(
        self, collections: Sequence[str] = (), who: Person | None = None
    ) -> tuple[str, list[str], list[str], list[str]]:
        """The drawn list of some collections, and what can be chosen: types, folders, names."""
        try:
            infos, status = self._listed(collections, who)
        except AssistantError:
            return draw_sources((), None), [], [], []
        types = sorted({Path(info.name).suffix.lower().lstrip(".") for info in infos} - {""})
        tags = sorted({tag for info in infos for tag in info.tags})
        return draw_sources(infos, status, collections), types, tags, [info.name for info in infos]

    def _listed(
        self, collections: Sequence[str], who: Person | None
    ) -> tuple[Sequence[DocumentInfo], Status]:
        states = self._service.states(collections, who)
        infos = self._service.infos(collections, who)
        known = self._service.settings.index.collections
        return infos, next(iter(states.values())) if not known else together(states, known)
