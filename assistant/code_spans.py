"""A model's Markdown, piece by piece → prose and code, so that code keeps its brackets.

Fenced blocks and inline code as in CommonMark 0.31, but careful: where a renderer might not see
code, this sees none, so that no link can hide in it. Inline code ends on its line; a backtick that
does not close makes all backticks of its paragraph plain; a fence that closes or ends oddly
indented (lists do that) makes those of the whole rest plain; a fence is indented by 3 spaces at
most. A page may then show as code what was cleaned without need, never the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

CODE_LIMIT = 400
"""Characters of inline code that are held back until the backticks close."""
_MOST_TICKS = 64
_INDENT = 3
_ORDINARY = re.compile(r"[^`~\\\n]+")


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
        self._lead: str | None = ""  # white space the line began with; None after anything else
        self._knows_code = True
        self._ticks_are_plain = False
        self._ticks = ""
        self._closing = 0
        self._indent = -1  # of the fence; -1 where none may open
        self._fence_line = ""

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
                self._plain(plain.group())
                at = plain.end()
            else:
                self._state(text[at])
                at += 1

    def _again(self, text: str) -> None:
        self._state, self._held = self._prose, ""
        self._run(text)

    def _plain(self, text: str) -> None:
        if self._lead is not None:
            self._lead = None if text.strip(" \t") else self._lead + text
        self._out.append(text)

    def _prose(self, c: str) -> None:
        if c == "\n":
            if self._lead is not None:  # a blank line ends the paragraph
                self._ticks_are_plain = False
            self._out.append(c)
            self._lead = ""
            return
        lead, self._lead = self._lead, None
        if c == "\\":
            self._state = self._after_backslash
        elif self._knows_code:
            can_fence = lead is not None and set(lead) <= {" "} and len(lead) <= _INDENT
            self._indent = len(lead or "") if can_fence else -1
            self._state, self._held = self._count_ticks, c
        else:
            self._out.append(c)

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
        if 3 <= len(self._ticks) <= _MOST_TICKS and self._indent >= 0:
            self._state = self._in_fence_line
            self._state(c)
        elif self._ticks[0] == "~" or self._ticks_are_plain or len(self._ticks) > _MOST_TICKS:
            self._ticks_are_plain |= self._ticks[0] == "`"
            self._out.append(self._ticks)
            self._again(c)
        else:
            self._state, self._closing = self._in_inline_code, 0
            self._state(c)

    def _in_inline_code(self, c: str) -> None:
        if c == "`":
            self._closing += 1
        elif self._closing == len(self._ticks):
            self._out.append(Code(self._ticks + self._held + self._ticks))
            self._again(c)
        elif not c or c == "\n" or len(self._held) > CODE_LIMIT:
            self._ticks_are_plain = True
            held = self._held + "`" * self._closing
            self._out.append(self._ticks)
            self._again(held + c)
        else:
            self._held += "`" * self._closing + c
            self._closing = 0

    def _in_fence_line(self, c: str) -> None:
        """The rest of the line that opens a fence; a backtick in it makes it inline code."""
        if not c or c == "\n":
            self._out.append(Code(self._ticks + self._held + c, True))
            self._state, self._held, self._fence_line = self._in_fence, "", ""
        elif (c == "`" and self._ticks[0] == "`") or len(self._held) > CODE_LIMIT:
            self._state, self._closing = self._in_inline_code, 0
            if self._ticks[0] == "~":
                self._out.append(self._ticks)
                self._again(self._held + c)
            else:
                self._state(c)
        else:
            self._held += c

    def _in_fence(self, c: str) -> None:
        line, tick = self._fence_line, self._ticks[0]
        indent = len(line) - len(line.lstrip(" "))
        body = line.strip()
        may_close = set(body) <= {tick}
        if c == "\n":
            self._out.append(Code(c, True))
            self._fence_line, self._lead = "", ""
            if body and may_close and len(body) >= len(self._ticks):
                self._state, self._held = self._prose, ""
                self._knows_code = self._indent <= indent <= _INDENT
        elif may_close and c not in " \t" + tick and indent < self._indent:
            self._knows_code = False  # the list that held the fence has ended
            self._lead = None if body else line
            self._again(c)
        else:
            if len(line) <= CODE_LIMIT or c not in " \t" + tick:  # else it is long enough
                self._fence_line = line + c if may_close else "x"
            self._out.append(Code(c, True))
