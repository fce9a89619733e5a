"""A model that repeats itself: its text ends with the third repetition.

Two kinds of loops: a run of words three times in a row, and a long sentence that comes a third
time. Numbers that open a line, and citations, are passed over: loops count them on.
"""

from __future__ import annotations

from collections import Counter

import regex

_TOKEN = regex.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]|\w+|[^\w\s]|\n")
_MARKER = regex.compile(r"[\[【(]\d{1,3}[\])】]")
_LINE_SIGNS = frozenset(".)-*•")
_ENDS = frozenset(".!?。！？")
_BREAKS = frozenset(" \n.!?。！？,;")
_LONGEST_RUN = 120
"""Words of the longest run that is looked for."""
_SHORT_RUN, _SHORT_TIMES = 3, 8
"""Runs of fewer words ("ha ha ha") and rows of equal cells must come more often."""
_SENTENCE = 6
"""Words of a sentence that nobody writes three times."""


class LoopFilter:
    """Feed it a model's pieces; of the piece in which a loop closes, the part up to there comes
    back, and nothing after it."""

    def __init__(self) -> None:
        self._word = ""
        self._opens_line = True
        self._tokens: list[str] = []
        self._since_letter = 0  # tokens since the last word
        self._sentence: list[str] = []
        self._sentences: Counter[str] = Counter()
        self.stopped = False

    def feed(self, piece: str) -> str:
        """The text that is not beyond a loop."""
        if self.stopped:
            return ""
        for at, char in enumerate(piece, start=1):
            self._word += char
            if (char in _BREAKS or len(self._word) > 200) and self._closes():
                self.stopped = True
                return piece[:at]
        return piece

    def _closes(self) -> bool:
        text, self._word = _MARKER.sub("", self._word), ""
        return any(self._adds(token.lower()) for token in _TOKEN.findall(text))

    def _adds(self, token: str) -> bool:
        if token == "\n":
            self._opens_line = True
            return False
        if self._opens_line and (token.isdecimal() or token in _LINE_SIGNS):
            return False
        self._opens_line = False
        self._tokens.append(token)
        del self._tokens[: -_SHORT_TIMES * _LONGEST_RUN]
        self._since_letter = 0 if token.isalpha() else self._since_letter + 1
        self._sentence.append(token)
        if token in _ENDS:
            key, long = " ".join(self._sentence), len(self._sentence) > _SENTENCE
            self._sentence = []
            if long:
                self._sentences[key] += 1
                if self._sentences[key] >= 3:
                    return True
        return self._is_repeated()

    def _is_repeated(self) -> bool:
        said, count = self._tokens, len(self._tokens)
        last = said[-1]
        # A run without a word is no loop: "[[[[" would else be compared at each of its signs.
        for run in range(self._since_letter + 1, min(_LONGEST_RUN, count // 3) + 1):
            if said[-1 - run] != last or said[-1 - 2 * run] != last:
                continue
            block = said[-run:]
            times = _SHORT_TIMES if run <= _SHORT_RUN or "|" in block else 3
            if count < times * run:
                continue
            if all(said[-run * (n + 1) : -run * n] == block for n in range(1, times)):
                return True
        return False
