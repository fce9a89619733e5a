"""Limits for one file, and the errors for files that exceed them; independent of the format.

The figures here are the defaults of ``config.yaml``, section ``reading``, which says why each is
what it is (a test compares the two).
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errors import DocumentError

_UNPACKED_FLOOR = 20_000_000
"""Bytes that any package may unpack to: small files of plain words pack very well."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """The most that reading one file may take."""

    memory_megabytes: int = 900
    cpu_seconds: int = 20
    wall_seconds: float = 25.0
    max_pages: int = 5000
    max_characters: int = 10_000_000
    max_expansion: int = 200

    def unpacked_bytes(self, packed: int) -> int:
        """How many bytes a package of ``packed`` bytes may hold."""
        return max(_UNPACKED_FLOOR, self.max_expansion * packed)

    def check_characters(self, name: str, count: int) -> None:
        """Raises ``DocumentError`` when a text has grown too long."""
        if count > self.max_characters:
            raise too_large(
                name, f"holds more than {self.max_characters:,} characters", "max_characters"
            )

    def check_pages(self, name: str, count: int) -> None:
        """Raises ``DocumentError`` when there are too many pages or slides."""
        if count > self.max_pages:
            raise too_large(name, f"has {count:,} pages, more than {self.max_pages:,}", "max_pages")


DEFAULT_LIMITS = ReadingLimits()


def too_large(name: str, what: str, setting: str) -> DocumentError:
    """The refusal of a file over a limit, naming the setting that holds the limit."""
    return DocumentError(
        f"{name} {what}", hint=f"reading.{setting} is the limit", outcome="too_large"
    )
