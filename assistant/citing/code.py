"""A model's Markdown, piece by piece → prose and code, so that code keeps its brackets.

Fenced blocks (also in lists and quotes) and inline code on one line. Renderers disagree about odd
cases: a stray backtick, a fence that closes with another indent. From the first of them on, code
is kept but no longer trusted: ``](`` gets a space and so does ``]:``, without which nothing in it
can become a link or an image even where a page does not show it as code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

CODE_LIMIT = 400
"""Characters of inline code that are held back until the backticks close."""
_MOST_TICKS = 64
_LONGEST_MARKS = 64
_INDENT = 3
_ORDINARY = re.compile(r"[^`~\\\n]+")
_CONTAINER = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)]) [ \t>]*)?")
_LINKING = re.compile(r"\](?=[(:])|<(?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Code:
    """Characters of code with their backticks; a block comes in many pieces."""

    text: str
    is_block: bool = False


class CodeSpans:
    """Feed it pieces of Markdown; each call returns the prose and the code that are settled."""

    def __init__(self) -> None:
        self._out: list[str | Code] = []
        self._state: Callable[[str], None] = self._prose
        self._held = ""
        self._line: str | None = ""  # the line while it may be only marks of lists and quotes
        self._is_trusted = True
        self._ticks_are_plain = False
        self._ticks = ""
        self._closing = 0
        self._prefix: str | None = ""  # what stands before the backticks, None if it is prose
        self._fence_line = ""
        self._last = ""

    def feed(self, piece: str) -> list[str | Code]:
        """The prose and code that ``piece`` settles."""
        self._run(piece)
        return self._settled()

    def finish(self) -> list[str | Code]:
        """The rest; call once."""
        while self._state not in (self._prose, self._in_fence):
            self._state("")
        return self._settled()

    def _settled(self) -> list[str | Code]:
        found, self._out = self._out, []
        return found

    def _run(self, text: str) -> None:
        at = 0
        while at < len(text):
            plain = _ORDINARY.match(text, at) if self._state == self._prose else None
            if plain is not None:
                self._saw(plain.group())
                self._out.append(plain.group())
                at = plain.end()
            else:
                self._state(text[at])
                at += 1

    def _again(self, text: str) -> None:
        self._state, self._held = self._prose, ""
        self._run(text)

    def _saw(self, text: str) -> None:
        if self._line is not None:
            line = self._line + text[: _LONGEST_MARKS + 1]
            self._line = line if len(line) <= _LONGEST_MARKS else None

    def _prose(self, c: str) -> None:
        if c == "\n":
            if self._line is not None and not self._line.strip():  # a paragraph ends
                self._ticks_are_plain = False
            self._out.append(c)
            self._line = ""
        elif c == "\\":
            self._state, self._line = self._after_backslash, None
        else:
            marks = self._line is not None and _CONTAINER.fullmatch(self._line) is not None
            self._prefix = self._line if marks else None
            self._state, self._held, self._line = self._count_ticks, c, None

    def _after_backslash(self, c: str) -> None:
        self._state = self._prose
        if c and c in "\\`~":
            self._out.append("\\" + c)
        else:
            self._out.append("\\")
            self._again(c)

    def _count_ticks(self, c: str) -> None:
        if c and c == self._held[0] and len(self._held) <= _MOST_TICKS:
            self._held += c
            return
        self._ticks, self._held = self._held, ""
        is_long = len(self._ticks) >= 3
        if is_long and self._prefix is not None and len(self._ticks) <= _MOST_TICKS:
            self._state = self._in_fence_line
            self._state(c)
        elif self._ticks[0] == "~" or self._ticks_are_plain or len(self._ticks) > _MOST_TICKS:
            self._is_trusted = self._is_trusted and not is_long
            self._out.append(self._ticks)
            self._again(c)
        else:
            self._state, self._closing = self._in_inline_code, 0
            self._state(c)

    def _in_inline_code(self, c: str) -> None:
        if c == "`":
            self._closing += 1
        elif self._closing == len(self._ticks):
            is_trusted = self._is_trusted and "|" not in self._held  # tables cut code at bars
            text = self._held if is_trusted else _LINKING.sub(r"\g<0> ", self._held)
            self._out.append(Code(self._ticks + text + self._ticks))
            self._again(c)
        elif not c or c == "\n" or len(self._held) > CODE_LIMIT:
            self._ticks_are_plain, self._is_trusted = True, False
            held = self._held + "`" * self._closing
            self._out.append(self._ticks)
            self._again(held + c)
        else:
            self._held += "`" * self._closing + c
            self._closing = 0

    def _in_fence_line(self, c: str) -> None:
        """The rest of the line that opens a fence; a backtick in it makes it inline code."""
        if not c or c == "\n":
            prefix = self._prefix or ""
            self._is_trusted = self._is_trusted and prefix in (" " * n for n in range(_INDENT + 1))
            self._out.append(Code(self._ticks + self._held + c, True))
            self._state, self._held, self._fence_line, self._last = self._in_fence, "", "", ""
        elif self._ticks[0] == "~" and len(self._held) > CODE_LIMIT:
            self._out.append(self._ticks)
            self._again(self._held + c)
        elif (c == "`" and self._ticks[0] == "`") or len(self._held) > CODE_LIMIT:
            self._state, self._closing = self._in_inline_code, 0
            self._state(c)
        else:
            self._held += c

    def _in_fence(self, c: str) -> None:
        line, tick = self._fence_line, self._ticks[0]
        body = line.lstrip("> \t").rstrip(" \t")
        may_close = set(body) <= {tick}
        indent = len(line) - len(line.lstrip(" "))
        if c == "\n":
            self._out.append(Code(c, True))
            self._fence_line, self._last = "", ""
            if body and may_close and len(body) >= len(self._ticks):
                self._state, self._held, self._line = self._prose, "", ""
                self._ticks_are_plain = False
                self._is_trusted = self._is_trusted and line[:indent] == self._prefix
            return
        if may_close and not body and c not in " \t>" and indent < len(self._prefix or ""):
            self._is_trusted = False  # a renderer may end the list, and with it the fence, here
        if len(line) <= CODE_LIMIT or c not in " \t>" + tick:  # else it is long enough
            self._fence_line = line + c if may_close else "x"
        is_linking = (self._last == "]" and c in "(:") or (self._last == "<" and c.isalpha())
        self._out.append(Code(" " + c if is_linking and not self._is_trusted else c, True))
        self._last = c
