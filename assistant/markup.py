"""A model's Markdown, piece by piece → tokens: text, code, citation markers, things taken out.

What comes in is a model's stream, cut anywhere; what goes out are tokens that no later piece can
change. Every character is looked at a bounded number of times, and held back only while it may
still turn out to be part of a marker, a link or inline code; the limits below say how long.

No link leaves this module: of ``[text](target)`` the text is kept; images are taken out; so are
the definitions of reference-style links and the angle brackets of autolinks. A bare address stays
as text, and so do HTML tags: whoever draws a page escapes them and turns no address into a link.
Code keeps every character. When a renderer might not see code where this module would, it is
text here too, so that no link hides in it: a stray backtick makes the backticks of its paragraph
plain, an oddly indented fence those of the whole rest.

It does not know how many passages there are, nor how numbers are shown: see ``citations``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from assistant.markers import is_separator, marker_ranges

BRACKET_LIMIT = 240
"""Characters between brackets that are held back; longer brackets are plain text."""
CODE_LIMIT = 400
"""Characters of inline code that are held back until the backticks close."""
TARGET_LIMIT = 2000
"""Characters of a link's target that are held back; what is longer is shown as text."""
_ANGLE_LIMIT = 72
_PIECE = 4096


@dataclass(frozen=True, slots=True)
class Text:
    """Characters to show as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Characters of code, with their backticks; nothing in them is a marker or a link."""

    text: str


@dataclass(frozen=True, slots=True)
class Marker:
    """One bracket of citations: inclusive ranges of numbers, empty when it names none at all."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """A place where something was taken out; of a link or an address the text comes after it."""

    what: Literal["image", "link", "definition", "address"]


Token = Text | Code | Marker | Removed

_OPENERS, _CLOSERS = "[【［", "]】］"
_ORDINARY = re.compile(r"[^\[\]【】［］!<>`~\\\n\r]+")
_FENCE_INDENT = 3
_ESCAPED = frozenset("!\"#$%&'()*+,-./:;<=>?@^_`{|}~\\")
_ANGLE = re.compile(r"[A-Za-z0-9.+\-_#$%&'*=?^{|}]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")
_TARGET = re.compile(r"[a-z][a-z0-9+.\-]{1,31}:\S|/|www\.|#|\.{1,2}/|<", re.IGNORECASE)
_CONTAINER = re.compile(r"[\s>*+\-0-9.)]*")


@dataclass(slots=True)
class _Bracket:
    """An open bracket and what has come since; ``opener`` is what stood there."""

    opener: str
    opens_line: bool
    tokens: list[Token]


class MarkupStream:
    """Feed it pieces of Markdown; each call returns the tokens that are settled."""

    def __init__(self) -> None:
        self._out: list[Token] = []
        self._state: Callable[[str], None] = self._text
        self._held = ""  # characters of the construct that the state is about
        self._open: list[_Bracket] = []
        self._held_in_brackets = 0
        self._closed: _Bracket | None = None
        self._closer = ""
        self._depth = 0
        self._lead: str | None = ""  # white space the line began with; None after anything else
        self._is_bare = True  # nothing shown on this line yet but marks of lists and quotes
        self._knows_code = True
        self._ticks_are_plain = False
        self._ticks = ""
        self._closing = 0
        self._fence_indent = -1
        self._fence_line = ""

    def feed(self, piece: str) -> list[Token]:
        """The tokens that ``piece`` settles."""
        for start in range(0, len(piece), _PIECE):
            self._run(piece[start : start + _PIECE])
        return self._take()

    def finish(self) -> list[Token]:
        """The rest; call once. A construct that never closed is shown as text."""
        while self._state not in (self._text, self._in_fence):
            self._state("")
        self._give_up_brackets()
        return self._take()

    def _take(self) -> list[Token]:
        found, self._out = self._out, []
        return found

    def _run(self, text: str) -> None:
        at = 0
        while at < len(text):
            plain = _ORDINARY.match(text, at) if self._state == self._text else None
            if plain is not None:
                self._plain(plain.group())
                at = plain.end()
            else:
                self._state(text[at])
                at += 1

    def _again(self, text: str) -> None:
        """Go on in prose with characters that were held back, or were not what was expected."""
        self._state = self._text
        self._held = ""
        self._run(text)

    # ---- prose

    def _emit(self, *tokens: Token) -> None:
        for token in tokens:
            if isinstance(token, Text | Code):
                self._is_bare = self._is_bare and _CONTAINER.fullmatch(token.text) is not None
                self._held_in_brackets += len(token.text)
            (self._open[-1].tokens if self._open else self._out).append(token)
        if self._open and self._held_in_brackets > BRACKET_LIMIT:
            self._give_up_brackets()

    def _plain(self, text: str) -> None:
        if self._lead is not None:
            self._lead = None if text.strip() else self._lead + text
        self._emit(Text(text))

    def _text(self, c: str) -> None:
        lead, self._lead = self._lead, None
        if c in "\n\r":
            self._lead = lead
            self._newline(c)
        elif c in _OPENERS:
            self._push(c)
        elif c in _CLOSERS:
            self._pop(c)
        elif c == "!":
            self._state = self._after_bang
        elif c == "\\":
            self._state = self._after_backslash
        elif c == "<":
            self._state, self._held = self._after_angle, ""
        elif c in "`~" and self._knows_code:
            spaces = lead is not None and set(lead) <= {" "} and len(lead) <= _FENCE_INDENT
            self._fence_indent = len(lead or "") if spaces else -1
            self._state, self._held = self._count_ticks, c
        else:
            self._emit(Text(c))

    def _newline(self, c: str) -> None:
        is_blank = self._lead is not None
        if is_blank:
            self._give_up_brackets()
            self._ticks_are_plain = False
        self._emit(Text(c))
        self._lead, self._is_bare = "", True

    def _after_bang(self, c: str) -> None:
        self._state = self._text
        if c == "[":
            self._push("![")
        else:
            self._emit(Text("!"))
            self._again(c)

    def _after_backslash(self, c: str) -> None:
        self._state = self._text
        if c == "[":
            self._push("\\[")
        elif c == "]":
            self._pop("\\]")
        elif c and c in _ESCAPED:
            self._emit(Text("\\" + c))
        else:
            self._emit(Text("\\"))
            self._again(c)

    def _after_angle(self, c: str) -> None:
        """After ``<``: an address when a scheme and a colon, or a name and an @, follow."""
        is_address = (c == ":" and _SCHEME.fullmatch(self._held)) or (c == "@" and self._held)
        if is_address:
            name = self._held
            self._emit(Removed("address"))
            self._again(name + c)
        elif c and _ANGLE.match(c) and len(self._held) < _ANGLE_LIMIT:
            self._held += c
        else:
            name = self._held
            self._emit(Text("<"))
            self._again(name + c)

    # ---- brackets

    def _push(self, opener: str) -> None:
        if not self._open:
            self._held_in_brackets = 0
        self._open.append(_Bracket(opener, self._is_bare, []))
        self._held_in_brackets += 1
        if self._held_in_brackets > BRACKET_LIMIT:
            self._give_up_brackets()

    def _pop(self, closer: str) -> None:
        self._closed = self._open.pop() if self._open else None
        self._closer = closer
        self._state = self._after_closer

    def _give_up_brackets(self) -> None:
        """Open brackets that cannot close any more, or took too long, are plain text."""
        opened, self._open = self._open, []
        for bracket in opened:
            self._out.append(Text(bracket.opener))
            self._out.extend(bracket.tokens)
        self._is_bare = self._is_bare and not opened

    def _after_closer(self, c: str) -> None:
        is_round = self._closer.endswith("]")
        if c == "(" and is_round:
            self._state, self._held, self._depth = self._in_target, "", 1
        elif c == ":" and is_round and (self._closed is None or self._closed.opens_line):
            self._state, self._held = self._in_definition, ""
        else:
            self._close(is_link=False)
            self._again(c)

    def _close(self, is_link: bool) -> None:
        """Settle the bracket that has just closed."""
        bracket, self._closed = self._closed, None
        self._state = self._text
        if bracket is None:
            self._emit(Text(self._closer))
            return
        if bracket.opener == "![":
            if is_link:
                self._leave(bracket, Removed("image"))
                return
            self._emit(Text("!"))
            bracket.opener = "["
        marker = _as_marker(bracket.tokens)
        if marker is not None:
            self._leave(bracket, marker)
        elif is_link:
            self._emit(Removed("link"), *bracket.tokens)
        elif bracket.tokens and all(isinstance(t, Removed) for t in bracket.tokens):
            self._leave(bracket, bracket.tokens[0])
        else:
            self._emit(Text(bracket.opener), *bracket.tokens, Text(self._closer))

    def _leave(self, bracket: _Bracket, token: Token) -> None:
        self._emit(token)
        self._is_bare = bracket.opens_line

    def _in_target(self, c: str) -> None:
        nests = c == "(" and self._held.endswith("]")
        is_blank_line = c in "\n\r" and self._held.rstrip(" \t").endswith(("\n", "\r"))
        if not c or nests or is_blank_line or len(self._held) >= TARGET_LIMIT:
            self._refuse_target(c)
            return
        self._depth += (c == "(") - (c == ")")
        if self._depth:
            self._held += c
            return
        first, _, rest = self._held.strip().partition(" ")
        if not rest or rest.lstrip()[:1] in "\"'(" or _TARGET.match(first):
            self._held = ""
            self._close(is_link=True)
        else:
            self._refuse_target(c)

    def _refuse_target(self, c: str) -> None:
        """``[note](see the appendix)``: a space keeps it from becoming a link."""
        held = self._held
        self._close(is_link=False)
        self._emit(Text(" ("))
        self._again(held + c)

    def _in_definition(self, c: str) -> None:
        """After ``[label]:`` at the start of a line: an address there is taken out."""
        is_over = not c or (c.isspace() and self._held.strip()) or c in "\n\r"
        if not is_over and len(self._held) < TARGET_LIMIT:
            self._held += c
            return
        held, bracket = self._held, self._closed
        if _TARGET.match(held.strip()) and bracket is not None:
            held = ""
            if _as_marker(bracket.tokens) is None:
                self._closed = None
                self._leave(bracket, Removed("definition"))
        if self._closed is None and held == "":
            self._again(c)
            return
        is_marker = bracket is not None and _as_marker(bracket.tokens) is not None
        self._close(is_link=False)
        if not is_marker:
            self._emit(Text(" :"))
        self._again(held + c)

    # ---- code

    def _count_ticks(self, c: str) -> None:
        if c and c == self._held[0]:
            self._held += c
            return
        self._ticks, self._held = self._held, ""
        if len(self._ticks) >= 3 and self._fence_indent >= 0:
            self._state = self._in_fence_line
            self._state(c)
        elif self._ticks[0] == "~" or self._ticks_are_plain:
            self._emit(Text(self._ticks))
            self._again(c)
        else:
            self._state, self._closing = self._in_inline_code, 0
            self._state(c)

    def _in_inline_code(self, c: str) -> None:
        if c == "`":
            self._closing += 1
        elif self._closing == len(self._ticks):
            self._emit(Code(self._ticks + self._held + self._ticks))
            self._again(c)
        elif not c or c in "\n\r" or len(self._held) > CODE_LIMIT:
            self._ticks_are_plain = True
            held = self._held + "`" * self._closing
            self._emit(Text(self._ticks))
            self._again(held + c)
        else:
            self._held += "`" * self._closing + c
            self._closing = 0

    def _in_fence_line(self, c: str) -> None:
        """The rest of the line that opens a fence; a backtick in it makes it inline code."""
        if not c or c in "\n\r":
            self._give_up_brackets()
            self._emit(Code(self._ticks + self._held + c))
            self._state, self._held, self._fence_line = self._in_fence, "", ""
        elif (c == "`" and self._ticks[0] == "`") or len(self._held) > CODE_LIMIT:
            self._state, self._closing = self._in_inline_code, 0
            if self._ticks[0] == "~":
                self._emit(Text(self._ticks))
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
        if c in "\n\r":
            self._out.append(Code(c))
            self._fence_line, self._lead, self._is_bare = "", "", True
            if body and may_close and len(body) >= len(self._ticks):
                self._state, self._held = self._text, ""
                self._knows_code = self._fence_indent <= indent <= _FENCE_INDENT
        elif may_close and c not in " \t" + tick and indent < self._fence_indent:
            self._knows_code = False  # the list that held the fence has ended
            self._lead = None if body else line
            self._again(c)
        else:
            self._fence_line = line + c if may_close else "x"
            self._out.append(Code(c))


def _as_marker(tokens: list[Token]) -> Marker | None:
    """The citations of a bracket, also of brackets in brackets; ``None`` when it is none."""
    if any(isinstance(token, Code) for token in tokens):
        return None
    inner = tuple(r for token in tokens if isinstance(token, Marker) for r in token.ranges)
    texts = [token.text for token in tokens if isinstance(token, Text)]
    for joined in (" ".join(texts), "".join(texts)):
        own = marker_ranges(joined)
        if own is not None:
            return Marker(own + inner)
    if any(isinstance(token, Marker) for token in tokens) and is_separator("".join(texts)):
        return Marker(inner)
    return None
