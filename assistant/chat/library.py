"""The folder on the page: progress of syncs and uploads, and the contents of the index."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from assistant.chat.examples import example_questions
from assistant.chat.overview import draw_welcome
from assistant.chat.receipts import draw_failure, draw_progress, draw_receipt
from assistant.chat.sources import chosen_names, draw_sources
from assistant.chat.suggestions import Offered, Suggestions
from assistant.chat.uploads import Uploads
from assistant.errors import AssistantError
from assistant.private_files import close_to_others
from assistant.service.service import Service
from assistant.types import FileOutcome, Progress

_EVERY_SECONDS = 0.2


class Library:
    """Draws the documents of a service and brings the index in line with them."""

    def __init__(self, service: Service, uploads: Uploads) -> None:
        self._service = service
        self._uploads = uploads
        self.suggestions = Suggestions(service.assistant)

    async def sync(self, paths: Sequence[Path] | None = None) -> AsyncIterator[str]:
        """Sync, drawing each step and then the receipt. The sync continues when the page closes."""
        steps: queue.SimpleQueue[Progress] = queue.SimpleQueue()
        yield draw_progress(Progress("looking at the folder", 0, 0))
        before = await asyncio.to_thread(self._not_read)
        job = asyncio.ensure_future(self._service.sync(paths, steps.put))
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

    def _not_read(self) -> tuple[FileOutcome, ...]:
        try:
            return self._service.assistant.status().not_indexed
        except AssistantError:
            return ()

    async def upload(self, owner: str, numbers: Sequence[str]) -> AsyncIterator[str]:
        """Store the files that a browser sent, by their numbers, and index them."""
        try:
            await self._uploads.apart(self._uploads.take_in, owner, numbers)
            await asyncio.to_thread(self.close_uploads)
        except AssistantError as exc:
            yield draw_failure(exc.what, exc.hint)
            return
        async for drawn in self.sync([self._service.settings.chat.uploads]):
            yield drawn

    def close_uploads(self) -> None:
        """Let nobody else on this machine read what was uploaded. A folder of uploads that people
        named as a folder of documents, too, stays as they have it."""
        settings = self._service.settings
        uploads = settings.chat.uploads
        if not any(uploads in (folder, *folder.parents) for folder in settings.documents.paths):
            close_to_others(uploads.resolve())

    def names(self) -> list[str]:
        """The names of all documents; none without an index."""
        try:
            return list(self._service.assistant.documents())
        except AssistantError:
            return []

    def welcome(self, offered: Offered | None) -> str:
        """The drawn first screen; ``offered`` None: its questions are being tried."""
        try:
            status = self._service.assistant.status()
            return draw_welcome(self._service.assistant.document_infos(), status, offered)
        except AssistantError:
            return draw_welcome((), None, None)

    def offered(self) -> Offered:
        """Questions for the first screen: the folder's own, else those that were tried."""
        own = example_questions(self._service.settings.documents.paths)
        return Offered(own, "", is_given=True) if own else self.suggestions.first()

    def chosen(self, ticked: str) -> tuple[str, ...]:
        """The documents that are ticked; none for all. Raises ``FilterError``."""
        if not ticked:
            return ()
        assistant = self._service.assistant
        return chosen_names(ticked, assistant.document_infos(), assistant.status())

    def state(self) -> tuple[str, list[str], list[str], list[str]]:
        """The drawn list, and what can be chosen: types, folders, names."""
        try:
            status = self._service.assistant.status()
            infos = self._service.assistant.document_infos()
        except AssistantError:
            return draw_sources((), None), [], [], []
        types = sorted({Path(info.name).suffix.lower().lstrip(".") for info in infos} - {""})
        tags = sorted({tag for info in infos for tag in info.tags})
        return draw_sources(infos, status), types, tags, [info.name for info in infos]
