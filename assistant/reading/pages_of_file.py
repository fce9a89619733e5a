"""The parent's side of reading pictures: which pages of a file are read, which are known, which are
left out.

A child asks about each page. The parent answers from the words of an earlier time, kept under the
hash of the page's picture, or has it read, as long as the file's time lasts.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from assistant.reading.frames import READ, SKIP, PageQuestion
from assistant.reading.limits import ReadingLimits
from assistant.reading.recognition import (
    RecognisedPage,
    RecognitionLimits,
    pack_page,
    unpack_page,
)

_MOST_LEFT_OUT = 3
"""Pages of one file that may end a child; after these, no further page is read."""
_WALL_TIMES = 2.0
"""Wall-clock time of a page in times of its processor time: other programs run too."""


class KeptPages(Protocol):
    """Words of pages by the hash of their picture, kept from ingest to ingest."""

    def find(self, key: str) -> str:
        """What is kept; an empty text for nothing."""
        ...

    def keep(self, key: str, words: str) -> None:
        """Keep the words of a page. A failure is no error: they can be read again."""
        ...


@dataclass(frozen=True, slots=True)
class Recognition:
    """How pictures are read: the limits, what is kept of earlier times, and whom to tell of each
    page (the file's name, the page, how many there are)."""

    limits: RecognitionLimits
    kept: KeptPages | None = None
    tell: Callable[[str, int, int], None] | None = None

    @property
    def is_possible(self) -> bool:
        """Whether the extra is installed and wanted."""
        return bool(self.limits.fingerprint())

    def limits_of(self, reading: ReadingLimits) -> ReadingLimits:
        """The limits of a child that reads pictures."""
        memory = max(reading.memory_megabytes, self.limits.memory_megabytes)
        return replace(reading, memory_megabytes=memory)


class PagesOfFile:
    """What is known of the pictures of one file's pages while it is read."""

    def __init__(self, recognition: Recognition, name: str) -> None:
        self._recognition = recognition
        self._name = name
        self._until = time.monotonic() + recognition.limits.file_seconds
        self._read: dict[str, RecognisedPage] = {}
        self._left_out: set[int] = set()
        self._key = ""
        self.current = 0
        """The page whose picture is being read; 0 for none."""

    @property
    def page_seconds(self) -> int:
        """Processor time of a page."""
        return self._recognition.limits.page_seconds

    @property
    def is_reading(self) -> bool:
        """Whether the recogniser is at work on the picture of the current page."""
        return bool(self.current and self._key)

    def wall_seconds(self, limits: ReadingLimits) -> float:
        """How long the child may be silent over a page."""
        return _WALL_TIMES * self.page_seconds + limits.wall_seconds

    def answer(self, question: PageQuestion) -> Any:
        """What is written to the child; None for nothing."""
        if question.words is not None:
            self._keep(question.words)
            return None
        if not question.key:
            if self._recognition.tell is not None:
                self._recognition.tell(self._name, question.page, question.pages)
            is_left_out = question.page in self._left_out or time.monotonic() > self._until
            if is_left_out or len(self._left_out) >= _MOST_LEFT_OUT:
                return SKIP
            self.current = question.page
            self._key = ""
            return READ
        self._key = question.key
        known = self._known(question.key)
        if known is None:
            return READ
        self.current = 0
        return pack_page(known)

    def leave_out_current(self) -> bool:
        """Leave out the page that ended its child; False when that has happened before."""
        if not self.current or self.current in self._left_out:
            return False
        self._left_out.add(self.current)
        self.current = 0
        return True

    def _known(self, key: str) -> RecognisedPage | None:
        if key in self._read:
            return self._read[key]
        if self._recognition.kept is not None:
            with contextlib.suppress(ValueError, RecursionError):
                return unpack_page(json.loads(self._recognition.kept.find(key)))
        return None

    def _keep(self, words: RecognisedPage) -> None:
        self.current = 0
        if not self._key:
            raise ValueError("words of a page that was not asked about")
        self._read[self._key] = words
        if self._recognition.kept is not None:
            self._recognition.kept.keep(self._key, json.dumps(pack_page(words)))
        self._key = ""
