"""What must not be shown of a model's stream, wherever the pieces are cut.

Each filter is fed pieces and returns the text that is certain; ``finish`` returns what was held
back.

Families of models differ in how they mark thoughts and turns: ``<think>`` (DeepSeek, Qwen),
``<thinking>``, ``[THINK]`` (Mistral), channels (gpt-oss), and the tokens that end a turn. Some
servers put the opening mark into the prompt, so that a stream begins inside a thought and only
its end is marked.
"""

from __future__ import annotations

from typing import Any

import regex

from assistant.model.prompts import SENTINEL

_THOUGHT = r"think|thinking|thoughts?|reasoning|reflection|scratchpad|seed:think"
_OPEN_THOUGHT = regex.compile(
    rf"<(?P<tag>{_THOUGHT})>|\[(?P<tag>THINK)\]|<[|｜](?P<tag>begin_of_thought)[|｜]>"
    r"|◁(?P<tag>think)▷|<(?P<tag>unused94)>"
    r"|<\|channel\|>\s*(?P<tag>analysis|commentary)\b[^<]{0,80}"
    r"(?:<\|constrain\|>[^<]{0,20})?<\|message\|>",
    regex.IGNORECASE,
)
_CLOSE_THOUGHT = regex.compile(
    rf"</(?:{_THOUGHT})>|\[/THINK\]|<[|｜]end_of_thought[|｜]>|◁/think▷|<unused95>"
    r"|<\|channel\|>\s*final\b[^<]{0,80}<\|message\|>",
    regex.IGNORECASE,
)
_ENDS_TURN = regex.compile(
    r"<\|(?:im_end|eot_id|eom_id|end_of_text|endoftext|end|return|eot|end_of_turn)\|>"
    r"|<(?:end_of_turn|eos)>|</s>|<｜end▁of▁sentence｜>|\[INST\]|<\|user\|>"
)
_BEGINS_TURN = regex.compile(
    r"<\|(?:im_start|start_header_id|start)\|>|<start_of_turn>|<\|assistant\|>|<｜Assistant｜>"
)
_MARK = regex.compile(
    r"<\|(?!channel\b|constrain\b)[^|<>\s]{1,40}\|>|<｜[^｜<>\s]{1,40}｜>|\[/INST\]|<</?SYS>>"
    r"|<(?:bos|pad)>"
    r"|<start_of_turn>|</?(?:s|answer|final|response)>"
    r"|</?\s*passage\s*/?>",
)
_ECHOED = regex.compile(r"<\s*passage\s+number\s*=")
"""Our own mark before a passage. A small model repeats it and its title without an end."""
_ECHOED_ENDS = regex.compile(r"(?<=[\"'\d])\s*/?>|\n")
_ANY = regex.compile(
    "|".join(f"(?:{each.pattern})" for each in (_OPEN_THOUGHT, _CLOSE_THOUGHT, _ENDS_TURN,
                                                _BEGINS_TURN, _ECHOED, _MARK)),
    regex.IGNORECASE,
)  # fmt: skip
_HEADER = regex.compile(r"\n|<\|end_header_id\|>|(?=<\|channel\|>)|<\|message\|>")
_ECHO_ENDS = regex.compile(r"\[/INST\]")
_HALF = regex.compile(
    r"<[|｜][a-z_]{0,30}[|｜]?$"
    r"|<\s*/?\s*(?:pass(?:a(?:g(?:e(?:\s+\w{0,6}\s*=?\s*[\"']?\d*[\"']?)?)?)?)?)\s*/?$"
)
"""A special token, or our own mark before a passage, at which a stream broke off."""
_LONGEST_HEADER = 40
_TAIL = 120
"""Characters of a thought that are kept: its end may have come in part."""
_QUOTES = frozenset("`\"'“‘")
_THINKS_ALOUD = regex.compile(
    r"\s*(?:(?:okay|ok|alright|hmm+|well)\b[,.\s]|let me\b|let's\b|we (?:need|have|are asked)\b"
    r"|the user\b|first, (?:i|let)\b|i (?:need|should|have) to\b|thinking process\b|好的|嗯|首先)",
    regex.IGNORECASE,
)
"""How thoughts without an opening mark begin. Such a text waits until its end for a closing mark;
without one it is shown whole, only later."""


class HiddenFilter:
    """Takes out thoughts, special tokens and echoed passage marks; stops where a turn ends."""

    def __init__(self) -> None:
        self._held = ""
        self._closer: Any = None
        self._began = False  # whether visible text was let through
        self._waits: bool | None = None  # whether the text may be a thought without an opener
        self._before = ""
        self._strips = False  # white space after a mark at the start belongs to the mark
        self._stopped = False

    def feed(self, piece: str) -> str:
        """The text that is certain to be meant for a person."""
        self._held += piece
        return self._work(is_end=False)

    def finish(self) -> str:
        """What was held back, unless it is a thought or half a mark."""
        return str(_HALF.sub("", self._work(is_end=True)))

    def _work(self, is_end: bool) -> str:
        shown: list[str] = []
        while self._held and not self._stopped:
            if self._closer is not None:
                if not self._leave(is_end):
                    break
                continue
            if self._waits is None and not self._decide(is_end):
                break
            if self._waits and not is_end:
                found = _CLOSE_THOUGHT.search(self._held)
                if found is None:
                    break
                self._held, self._waits, self._strips = self._held[found.end() :], False, True
                continue
            if not self._step(shown, is_end):
                break
        if self._stopped:
            self._held = ""
        return "".join(shown)

    def _decide(self, is_end: bool) -> bool:
        """Look at the first words."""
        start = self._held.lstrip()
        if len(start) < 24 and not is_end and "\n" not in start and start[:1] not in "<[":
            if not _THINKS_ALOUD.match(self._held, partial=True):
                self._waits = False
            return self._waits is not None
        self._waits = _THINKS_ALOUD.match(self._held) is not None
        return True

    def _step(self, shown: list[str], is_end: bool) -> bool:
        found = _ANY.search(self._held, partial=not is_end)
        if found is None:
            self._show(self._held, shown)
            self._held = ""
            return False
        before, mark = self._held[: found.start()], found.group()
        self._show(before, shown)
        self._held = self._held[found.start() :]
        if found.partial:
            if len(self._held) <= 2 * _TAIL:
                return False
            self._show(self._held[:1], shown)  # too long to be a mark
            self._held = self._held[1:]
            return True
        self._held = self._held[len(mark) :]
        if self._before in _QUOTES and self._before and not _OPEN_THOUGHT.fullmatch(mark):
            self._show(mark, shown)  # somebody speaks of the token
        elif _OPEN_THOUGHT.fullmatch(mark):
            self._closer = _CLOSE_THOUGHT
        elif _ECHOED.fullmatch(mark):
            self._closer = _ECHOED_ENDS
        elif _ENDS_TURN.fullmatch(mark):
            self._stopped = self._began
            if mark == "[INST]":  # the prompt comes back
                self._closer = _ECHO_ENDS
        elif _BEGINS_TURN.fullmatch(mark):
            self._stopped = self._began
            self._closer = _HEADER
        self._strips = not self._began
        return True

    def _leave(self, is_end: bool) -> bool:
        """Leave a thought or a turn's header; False when more must come."""
        found = self._closer.search(self._held)
        if found is None:
            if self._closer is _HEADER:
                if len(self._held) > _LONGEST_HEADER or is_end:
                    self._closer = None
                    return True
                return False
            self._held = "" if is_end else self._held[-_TAIL:]
            return False
        self._held = self._held[found.end() :]
        self._closer, self._waits, self._strips = None, False, not self._began
        return True

    def _show(self, text: str, shown: list[str]) -> None:
        if self._strips:
            text = text.lstrip()
        if text:
            self._strips = False
            self._began = self._began or bool(text.strip())
            self._before = text[-1]
            shown.append(text)


def without_thoughts(text: str) -> str:
    """A whole reply as a person may see it."""
    hidden = HiddenFilter()
    return hidden.feed(text) + hidden.finish()


_SENTINEL = regex.compile(
    r"[*_`\"'\[({<“]*\\?" + r"(?:\\?[_\s-]\\?)".join(SENTINEL.removesuffix("S").split("_"))
    + r"S?[*_`\"'\])}>”]*\.?"
)  # fmt: skip
_BROKEN_SENTINEL = regex.compile(r"[*_`\"'\[({<“]*NOT_IN_[A-Z_]*$")
_LOWER_SENTINEL = regex.compile(regex.escape(SENTINEL), regex.IGNORECASE)


class SentinelFilter:
    """Takes the abstention line out of a stream, in any dress: ``**NOT_IN_THE_DOCUMENTS**``,
    ``NOT IN THE DOCUMENTS.``, with escaped underscores."""

    def __init__(self) -> None:
        self._held = ""
        self.seen = False

    def feed(self, piece: str) -> str:
        """The text that is certain not to belong to the line."""
        return self._take_out(self._held + piece, is_end=False)

    def finish(self) -> str:
        """What was held back, unless the text broke off inside the line."""
        rest = self._take_out(self._held, is_end=True)
        whole = _BROKEN_SENTINEL.sub("", rest)
        self.seen = self.seen or whole != rest
        return whole

    def _take_out(self, text: str, is_end: bool) -> str:
        self._held = ""
        shown: list[str] = []
        while text:
            found = _first(text, is_end)
            if found is None:
                shown.append(text)
                break
            shown.append(text[: found.start()])
            if found.partial or (found.end() == len(text) and not is_end):
                self._held = text[found.start() :]  # its dress may go on
                break
            self.seen = True
            text = text[found.end() :]
        return "".join(shown)


def _first(text: str, is_end: bool) -> Any:
    found = [each for pattern in (_SENTINEL, _LOWER_SENTINEL)
             if (each := pattern.search(text, partial=not is_end)) is not None]  # fmt: skip
    return min(found, key=lambda each: (each.start(), each.partial), default=None)
