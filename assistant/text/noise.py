"""What of a document is not its own matter: captions of pictures, teasers and adverts, navigation.

Found where the text is read, by its shape alone, as spans that are stored with the document. They
stay in the text, can be searched for and cited; they only weigh less, so that a question about an
article is answered by the article and a question about an advert still finds it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.text.folding import fold
from assistant.text.terms import shingles

Spans = tuple[tuple[int, int], ...]

_PICTURE_NAME = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|tiff?)[ \t]*(?=\n|\Z)", re.IGNORECASE)
_NAME_LONGEST = 160
_IMAGE_MARK = r"[ \t]*!\[[^\]\n]*\]\([^)\n]*\)[ \t]*(?=\n|\Z)"
_TEASER = (
    r"(?:\#{1,6}[ \t]+|\*\*)?(?:related (?:content|articles?|stories|posts|reading)|read more|"
    r"(?:you (?:may|might) also (?:like|enjoy))|recommended (?:for you|reading)|"
    r"more from [^\n]{2,40}|"
    r"advertisements?|sponsored(?: content)?|most (?:popular|read)|trending(?: now)?|"
    r"share this(?: article| page| post)?|subscribe to (?:our|the) newsletter|"
    r"mehr zum thema|anzeige|lesen sie auch)(?:\*\*)?[ \t]*(?::[ \t]*)?(?=\n|\Z)"
)
_OPENS = re.compile(rf"\n(?:(?P<picture>{_IMAGE_MARK})|(?P<teaser>{_TEASER}))", re.IGNORECASE)
"""Begins with the line's end before it, which is searched for faster than ``^``."""
_BLANK = re.compile(r"\n[ \t]*(?=\n|\Z)")
_CAPTION_LONGEST, _TEASER_LONGEST = 1200, 60_000

RECURS_IN = 3
"""Documents that hold the same sentence among other words: from so many on it is boilerplate."""
_SURROUNDINGS = 0.3
"""Chunks that share more of their word 5-grams are copies of one text, not places of an advert."""

Places = Sequence[tuple[str, str]]
"""(document, text of a chunk) of chunks that hold all words of a sentence."""


def noise_spans(text: str) -> Spans:
    """Stretches of a text that are captions, or teasers and adverts under their usual headings.

    A caption is the name of a picture file, or a picture's mark, with the lines right under it. A
    teaser is a line such as "Related content" with the block of lines that follows.
    """
    found: list[tuple[int, int]] = []
    opens = [(m.start(), m.end() - 1, m.lastgroup) for m in _OPENS.finditer(f"\n{text}")]
    for match in _PICTURE_NAME.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        if 0 < match.start() - start <= _NAME_LONGEST:
            opens.append((start, match.end(), "picture"))
    for start, end, kind in sorted(opens):
        if found and start < found[-1][1]:
            continue
        if kind == "teaser":
            rest = re.compile(r"\s*").match(text, end)
            begin = rest.end() if rest else end
            end = min(_block_end(text, begin, _TEASER_LONGEST), end + _TEASER_LONGEST)
        else:
            end = _block_end(text, end, _CAPTION_LONGEST)
        found.append((start, end))
    return tuple(found)


def clipped(spans: Spans, start: int, end: int) -> Spans:
    """The parts of spans that lie between ``start`` and ``end``."""
    return tuple((max(a, start), min(b, end)) for a, b in spans if a < end and start < b)


def share(spans: Spans, start: int, end: int) -> float:
    """How much of a stretch is covered by spans, from 0 to 1."""
    covered = sum(b - a for a, b in clipped(spans, start, end))
    return covered / (end - start) if end > start else 0.0


def recurs(sentence: str, passage: str, document: str, places: Places) -> bool:
    """Whether a sentence stands in several documents among other words, as adverts do.

    A fact that a document and its copies share is none: there the words around are the same too.
    """
    wanted = " ".join(fold(sentence).split())
    own = shingles(passage)
    elsewhere = {document}
    for name, text in places:
        if name in elsewhere or wanted not in " ".join(fold(text).split()):
            continue
        other = shingles(text)
        if len(own & other) <= _SURROUNDINGS * len(own | other) or len(sentence) > len(text) / 2:
            elsewhere.add(name)
        if len(elsewhere) >= RECURS_IN:
            return True
    return False


def _block_end(text: str, at: int, most: int) -> int:
    """The end of the lines that stand together from ``at`` on, at most so many characters."""
    match = _BLANK.search(text, at, at + most + 1)
    return min(match.start() if match else len(text), at + most)
