"""A citation stream that gives a sentence without a citation the markers of what supports it.

Many models cite nothing, whatever they are asked. ``find`` is asked for every sentence that names
no passage; the markers of what it answers stand at the sentence's end, like any others. For that
the white space after a sentence waits until the next word has come: text that was sent is never
changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.citing.markers import Marker, Text, Token
from assistant.citing.stream import CitationStream, CitedSentence, cited_sentences
from assistant.text.sentences import sentences

FindPassages = Callable[[Sequence[CitedSentence]], tuple[int, ...]]
"""The sentences so far → the passages that support the last of them, which cites none."""

_GAP = re.compile(r"(?<=[.!?…\"'”’»)*_|])[ \t]|\n|(?<=[。！？])(?=[^」』”’）】])")
"""Where a sentence may have ended."""
_NEXT_WORD = re.compile(r"\s*\S+(?=\s)")
_MOST_LOOKS = 200
"""Sentences for which a passage is looked for: a look takes longer the more text has come."""


class FindingStream(CitationStream):
    """Like ``CitationStream``; ``find`` names the passages of sentences that cite none."""

    def __init__(self, passages: int, find: FindPassages) -> None:
        super().__init__(passages)
        self._find = find
        self._held = ""
        self._last = ""
        self._waits = False  # what is held begins where a sentence may have ended
        self._looks = 0

    def finish(self) -> str:
        """The rest of the text; call once, also after a stream that broke off."""
        rest = self._write(self._markup.finish())
        before = len(self._shown.pieces)
        if self._held.strip():
            self._release()
            self._put(self._held)
            self._held = ""
        self._look("")
        self._put(self._held)
        shown = "".join(self._shown.pieces[before:])
        self._plain.finish()
        return rest + shown + self._shown.finish()

    def _write(self, tokens: Sequence[Token]) -> str:
        before = len(self._shown.pieces)
        for token in tokens:
            if isinstance(token, Text):
                self._take(token.text)
                continue
            if not isinstance(token, Marker) or self._held.strip():
                self._release()
            self._put(self._held)
            self._held, self._waits = "", False
            super()._write([token])
        return "".join(self._shown.pieces[before:])

    def _take(self, text: str) -> None:
        """Put down what is certain of the text so far."""
        self._held += text
        while self._held:
            begin = len(self._last)
            if self._waits:
                if _NEXT_WORD.match(self._held) is None:
                    return
                self._release()
                begin = len(self._last) + 1  # not the same gap again: some have no white space
            gap = _GAP.search(self._last + self._held, begin)
            end = gap.start() - len(self._last) if gap else len(self._held)
            self._put(self._held[:end])
            self._held = self._held[end:]
            self._waits = gap is not None

    def _release(self) -> None:
        """Look for a passage where a sentence has ended, and put the white space after it down."""
        if not self._waits:
            return
        self._look(self._held)
        bare = self._held.lstrip()
        self._put(self._held[: len(self._held) - len(bare)])
        self._held, self._waits = bare, False

    def _look(self, following: str) -> None:
        if self._looks >= _MOST_LOOKS:
            return
        plain = self._plain.text
        end = len(plain.rstrip())
        text = plain[:end] + following
        at = next((at for at, span in enumerate(sentences(text)) if span.end == end), -1)
        so_far = cited_sentences(text, self._places, self._found)[: at + 1]
        if not so_far or so_far[-1].passages:
            return
        self._looks += 1
        passages = self._find(so_far)
        if not passages:
            return
        self._places.append((self._plain.length, passages))
        self._found.add(self._plain.length)
        if self._last and not self._last.isspace():
            self._shown.write(Text(" "))
        self._shown.cite(passages)

    def _put(self, text: str) -> None:
        if text:
            super()._write([Text(text)])
            self._last = text[-1]
