"""A model's text → text to show with our own markers, and which sentence cites which passage.

Citations of passages that do not exist are dropped here.

Works on a stream: what ``feed`` returns is sent and never rewritten. Markers are renumbered by
first appearance, each written ``[k]``; those of passages that do not exist vanish, with the space,
the comma or the empty parentheses that would be left behind. ``parse`` is the same machine fed
once, so a stream and the whole text give the same. What may be a marker at all, and what becomes of
links, images and code, is decided in ``markup``.

A marker at the start of a line belongs to the sentence after it, every other one, also after the
full stop, to the sentence before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.citing.markers import Marker, Removed, Token
from assistant.citing.markup import MarkupStream
from assistant.citing.spacing import PlacedMarker, SpacedText, is_bare
from assistant.text.sentences import Kind, sentences


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence without markers, what unit it came from, and the passages (from 1) it cites.

    ``is_found``: the text cites none; the assistant found them.
    """

    text: str
    passages: tuple[int, ...]
    kind: Kind
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """What became of a model's text.

    ``order[k - 1]`` is the passage that is shown as ``[k]``. ``plain`` is the text without markers
    that the sentences were cut from. ``unknown`` counts markers of passages that do not exist,
    ``removed`` the links, images, definitions and address brackets that were taken out.
    """

    text: str
    plain: str
    markers: tuple[PlacedMarker, ...]
    order: tuple[int, ...]
    sentences: tuple[CitedSentence, ...]
    unknown: int
    removed: int


class CitationStream:
    """Feed it the pieces of a model's text; what comes back can be shown at once.

    ``passages``: how many were in the prompt, numbered from 1.
    """

    def __init__(self, passages: int) -> None:
        self._passages = passages
        self._markup = MarkupStream()
        self._shown = SpacedText()
        self._plain = SpacedText()
        self._places: list[tuple[int, tuple[int, ...]]] = []  # offset in plain, passages
        self._found: set[int] = set()  # the places that the assistant found
        self._unknown = 0
        self._removed = 0

    def feed(self, piece: str) -> str:
        """The text that ``piece`` makes certain; it may be empty."""
        return self._write(self._markup.feed(piece))

    def finish(self) -> str:
        """The rest of the text; call once, also after a stream that broke off."""
        rest = self._write(self._markup.finish())
        self._plain.finish()
        return rest + self._shown.finish()

    def parsed(self) -> ParsedAnswer:
        """What has come out so far; whole after ``finish``."""
        plain = self._plain.text
        return ParsedAnswer(
            text=self._shown.text,
            plain=plain,
            markers=tuple(self._shown.markers),
            order=tuple(self._shown.numbers),
            sentences=cited_sentences(plain, self._places, self._found),
            unknown=self._unknown,
            removed=self._removed,
        )

    def _write(self, tokens: Sequence[Token]) -> str:
        before = len(self._shown.pieces)
        for token in tokens:
            if isinstance(token, Marker):
                known = self._known(token)
                if known:
                    self._places.append((self._plain.length, known))
                    self._shown.cite(known)
                else:
                    self._shown.take_out()
                self._plain.take_out()
                continue
            self._removed += isinstance(token, Removed) and token.what != "end"
            self._shown.write(token)
            self._plain.write(token)
        return "".join(self._shown.pieces[before:])

    def _known(self, marker: Marker) -> tuple[int, ...]:
        """The passages that exist; a range counts as far as it does."""
        found: list[int] = []
        for low, high in marker.ranges:
            found.extend(range(max(low, 1), min(high, self._passages) + 1))
            self._unknown += low < 1 or high > self._passages
        self._unknown += not marker.ranges
        return tuple(dict.fromkeys(found))


def parse(text: str, passages: int) -> ParsedAnswer:
    """A whole text of a model that saw ``passages`` passages, numbered from 1."""
    stream = CitationStream(passages)
    stream.feed(text)
    stream.finish()
    return stream.parsed()


def cited_sentences(
    plain: str,
    places: Sequence[tuple[int, tuple[int, ...]]],
    found_places: Collection[int] = frozenset(),
) -> tuple[CitedSentence, ...]:
    """The sentences of a text, with the passages of the markers that belong to each."""
    spans = sentences(plain)
    starts = [span.start for span in spans]
    cited: list[dict[int, None]] = [{} for _ in spans]
    is_named: list[bool] = [False] * len(spans)
    for offset, passages in places:
        if not spans:
            break
        following = bisect_left(starts, offset)
        line_end = plain.find("\n", offset)
        line = plain[plain.rfind("\n", 0, offset) + 1 : offset]
        opens_line = is_bare(line) and offset not in found_places
        has_next = following < len(spans) and (line_end < 0 or starts[following] <= line_end)
        at = following if (opens_line and has_next) or following == 0 else following - 1
        if offset in found_places and plain[spans[at].end : offset].strip():
            continue  # what was a sentence has become a mark of a list: "x." before more words
        cited[at].update(dict.fromkeys(passages))
        is_named[at] = is_named[at] or offset not in found_places
    return tuple(
        CitedSentence(
            plain[span.start : span.end], tuple(found), span.kind, bool(found) and not named
        )
        for span, found, named in zip(spans, cited, is_named, strict=True)
    )
