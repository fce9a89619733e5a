"""What must not be shown of a model's stream, wherever the pieces are cut.

Each filter is fed pieces and returns the text that is certain; ``finish`` returns what was held
back.
"""

from __future__ import annotations

from assistant.model.prompts import SENTINEL

_OPENS, _CLOSES = "<think>", "</think>"


class SentinelFilter:
    """Takes the abstention line out of a stream, wherever the pieces are cut."""

    def __init__(self) -> None:
        self._held = ""
        self.seen = False

    def feed(self, piece: str) -> str:
        """The text that is certain not to belong to the line."""
        text = self._held + piece
        while SENTINEL in text:
            text = text.replace(SENTINEL, "", 1)
            self.seen = True
        keep = next(
            (n for n in range(min(len(text), len(SENTINEL) - 1), 0, -1)
             if SENTINEL.startswith(text[-n:])),
            0,
        )  # fmt: skip
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def finish(self) -> str:
        """What was held back."""
        rest, self._held = self._held, ""
        return rest


class ThoughtFilter:
    """Takes out a block ``<think> … </think>`` with which a text opens.

    Local servers send the reasoning of a model so, before its answer. A block that never ends is
    all there is; nothing of it is an answer.
    """

    def __init__(self) -> None:
        self._held = ""
        self._is_decided = False
        self._is_inside = False

    def feed(self, piece: str) -> str:
        """The text that is certain to be no thought."""
        if self._is_decided:
            return piece
        self._held += piece
        if not self._is_inside:
            start = self._held.lstrip()
            if start.startswith(_OPENS):
                self._is_inside = True
            elif _OPENS.startswith(start[: len(_OPENS)]):
                return ""  # too little to tell
            else:
                return self._decide(self._held)
        _, has_end, after = self._held.partition(_CLOSES)
        if has_end:
            return self._decide(after.lstrip()) if after.strip() else self._keep_waiting(after)
        self._held = _OPENS + self._held[-len(_CLOSES) :]  # a long thought costs no memory
        return ""

    def finish(self) -> str:
        """What was held back, unless it is a thought."""
        return "" if self._is_decided or self._is_inside else self._decide(self._held)

    def _decide(self, text: str) -> str:
        self._is_decided, self._held = True, ""
        return text

    def _keep_waiting(self, after: str) -> str:
        self._held = _OPENS + _CLOSES + after
        return ""
