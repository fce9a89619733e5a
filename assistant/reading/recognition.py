"""What a recogniser finds in the picture of a page: facts, their JSON, and who is asked for them.

The words of a page travel from the parsing child to the parent and into the cache as JSON whose
every value is checked, because the child has touched hostile bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from math import isfinite
from typing import Any, Protocol

from assistant.extras import DISTRIBUTION

EXTRA, PACKAGE = "ocr", "rapidocr"
HOW_TO_INSTALL = f"pip install '{DISTRIBUTION}[{EXTRA}]'"
LOW_SCORE = 0.9
"""Words below are doubtful: 4 % of the right words of 18 scans, good and bad, and 34 % of the wrong
ones, which may be as sure of themselves. The score of the page catches more of those."""
_SURE_WORD, _SMOOTHING = 0.98, 10
"""The page's score is the share of words this sure: above .9 on every page with at least 96 % of
its words right, and below it on those with fewer. Pages of few words are given the benefit of the
doubt, as if so many sure words stood on them too."""
_UNREADABLE_LINE, _HARDLY_READ = 0.6, 0.3
HARDLY_READ = "hold handwriting, or a script that cannot be read, and were hardly read"
_MOST_WORDS, _LONGEST_WORD = 20_000, 1_000


@dataclass(frozen=True, slots=True)
class RecognisedRun:
    """A run of letters without a space, its box in shares of the page's width and height, and its
    score, from 0 to 1."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    score: float


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """Words that the recogniser saw as one line; ``height`` is that of its letters in shares of the
    page's height, which a box of slanted words exceeds."""

    tokens: tuple[RecognisedRun, ...]
    height: float


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """A page's lines as they stand on it once it is turned ``turns`` quarters against the clock.

    ``shape`` is its width divided by its height then, ``slant`` how steeply its lines fall to the
    right (the tangent of the angle).
    """

    lines: tuple[RecognisedLine, ...]
    shape: float
    slant: float = 0.0
    turns: int = 0

    @property
    def is_hardly_read(self) -> bool:
        """Whether much of it is handwriting, or of a script that the recogniser does not know."""
        doubtful = sum(
            1 for line in self.lines if max(t.score for t in line.tokens) <= _UNREADABLE_LINE
        )
        return doubtful > _HARDLY_READ * len(self.lines)

    @property
    def score(self) -> float:
        """How far the page as a whole can be trusted, from 0 to 1."""
        scores = [token.score for line in self.lines for token in line.tokens]
        sure = sum(1 for score in scores if score >= _SURE_WORD)
        return (sure + _SMOOTHING) / (len(scores) + _SMOOTHING)


class AskForPage(Protocol):
    """Gives the words of a page's picture, or None when that page is to be left out.

    ``draw`` makes the picture (red, green and blue bytes by row and column). ``page`` counts
    from 1.
    """

    def __call__(
        self, draw: Callable[[], Any], page: int, pages: int, /
    ) -> RecognisedPage | None: ...


@dataclass(frozen=True, slots=True)
class RecognitionLimits:
    """What reading the pictures of one file may take. ``engine`` is ``auto`` or ``none``."""

    engine: str = "auto"
    page_seconds: int = 30
    file_seconds: float = 3600.0
    memory_megabytes: int = 1500

    def fingerprint(self) -> str:
        """Names what could read more of a file than before; empty when nothing reads pictures."""
        if self.engine == "none" or not installed():
            return ""
        return f"{PACKAGE} {installed()} {self.page_seconds} {self.file_seconds:g}"


@lru_cache(maxsize=1)
def installed() -> str:
    """The version of the recogniser, or an empty text without the extra."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


def how_to_read_pictures(otherwise: str) -> str:
    """The hint for a file that needs OCR."""
    return f"{HOW_TO_INSTALL} lets the assistant read it; or {otherwise}"


def pack_page(page: RecognisedPage) -> dict[str, Any]:
    """A page as JSON can hold it."""
    return {
        "shape": round(page.shape, 5),
        "slant": round(page.slant, 5),
        "turns": page.turns,
        "lines": [
            [
                round(line.height, 5),
                [[t.text, *(round(v, 5) for v in (t.left, t.top, t.right, t.bottom, t.score))]
                 for t in line.tokens],
            ]
            for line in page.lines
        ],
    }  # fmt: skip


def unpack_page(message: Any) -> RecognisedPage:
    """What ``pack_page`` was given. Raises ``ValueError`` for anything else."""
    try:
        lines = tuple(
            RecognisedLine(tuple(map(_token, tokens)), _number(height))
            for height, tokens in message["lines"]
        )
        page = RecognisedPage(
            lines,
            _number(message["shape"]),
            _number(message["slant"]),
            int(_number(message["turns"])) % 4,
        )
    except (TypeError, LookupError, AttributeError) as exc:
        raise ValueError("no words of a page") from exc
    if sum(len(line.tokens) for line in lines) > _MOST_WORDS or page.shape <= 0:
        raise ValueError("no words of a page")
    return page


def _token(values: Sequence[Any]) -> RecognisedRun:
    text, *numbers = values
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_WORD or len(numbers) != 5:
        raise ValueError("no word")
    return RecognisedRun(text, *map(_number, numbers))


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError("no number")
    return min(max(float(value), -100.0), 100.0)
