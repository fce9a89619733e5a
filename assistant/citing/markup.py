"""A model's Markdown, piece by piece → tokens: text, code, citation markers, things taken out.

What comes in is a model's stream, cut anywhere; what goes out are tokens that no later piece can
change. Every character is looked at a bounded number of times, and held back only while it may
still turn out to be part of a marker or a link; the limits below say how long.

No link leaves this module: of ``[text](target)`` the text is kept; images are taken out; so are
the definitions of reference-style links and the angle brackets of autolinks. A bare address stays
as text, and so do HTML tags: whoever draws a page escapes them and turns no address into a link.
Code (``code_spans``) keeps every character.

It does not know how many passages there are, nor how numbers are shown: see ``citations``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.citing.code import Code, CodeSpans
from assistant.citing.markers import Bracket, Removed, Text, Token, as_marker, could_become_marker

BRACKET_LIMIT = 240
"""Characters between brackets that are held back; longer brackets are plain text."""
TARGET_LIMIT = 2000
"""Characters of a link's target that are held back; what is longer is shown as text."""
_ANGLE_LIMIT = 72

_OPENERS, _CLOSERS = "[【［", "]】］"
_ORDINARY = re.compile(r"[^\[\]【】［］!<>\\\n]+")
_ESCAPED = frozenset("!\"#$%&'()*+,-./:;<=>?@^_`{|}~\\")
_ANGLE = re.compile(r"[A-Za-z0-9.+\-_#$%&'*=?^{|}]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")
_TARGET = re.compile(r"[a-z][a-z0-9+.\-]{1,31}:\S|/|www\.|#|\.{1,2}/|<", re.IGNORECASE)
_CONTAINER = re.compile(r"[\s>*+\-0-9.(),;（）]*")


class MarkupStream:
    """Feed it pieces of Markdown; each call returns the tokens that are settled."""

    def __init__(self) -> None:
        self._code = CodeSpans()
        self._out: list[Token] = []
        self._state: Callable[[str], None] = self._text
        self._held = ""  # characters of the construct that the state is about
        self._open: list[Bracket] = []
        self._closed: Bracket | None = None
        self._closer = ""
        self._depth = 0
        self._is_blank = True  # nothing but white space on this line yet
        self._is_bare = True  # nothing sure to be shown on this line but marks of lists and quotes
        self._in_address = False

    def feed(self, piece: str) -> list[Token]:
        """The tokens that ``piece`` settles. Carriage returns are dropped."""
        for found in self._code.feed(piece.replace("\r", "")):
            self._take(found)
        return self._settled()

    def finish(self) -> list[Token]:
        """The rest; call once. A construct that never closed is shown as text."""
        for found in self._code.finish():
            self._take(found)
        self._end_construct()
        self._give_up_brackets()
        return self._settled()

    def _settled(self) -> list[Token]:
        found, self._out = self._out, []
        return found

    def _take(self, found: str | Code) -> None:
        if isinstance(found, str):
            self._run(found)
            return
        self._end_construct()
        if found.is_block:
            self._give_up_brackets()
        self._is_blank = False
        self._emit(found)
        if found.text.endswith("\n"):
            self._is_blank = self._is_bare = True

    def _end_construct(self) -> None:
        while self._state != self._text:
            self._state("")

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
            if self._open:
                self._open[-1].add(token)
            else:
                self._out.append(token)
        self._keep_to_limit()

    def _plain(self, text: str) -> None:
        self._is_blank = self._is_blank and not text.strip(" \t")
        self._in_address = self._in_address and " " not in text
        self._emit(Text(text))

    def _text(self, c: str) -> None:
        if c == "\n":
            if self._is_blank:
                self._give_up_brackets()
            self._emit(Text(c))
            self._is_blank, self._is_bare, self._in_address = True, True, False
            return
        self._is_blank = False
        if c in _OPENERS:
            self._push(c)
        elif c in _CLOSERS:
            self._pop(c)
        elif c == "!":
            self._state = self._after_bang
        elif c == "\\":
            self._state = self._after_backslash
        elif c == "<":
            self._state, self._held = self._after_angle, ""
        elif not self._in_address:  # ">"
            self._emit(Text(c))
        else:
            self._in_address = False

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
            self._in_address = True
        elif c and _ANGLE.match(c) and len(self._held) < _ANGLE_LIMIT:
            self._held += c
        else:
            name = self._held
            self._emit(Text("<"))
            self._again(name + c)

    # ---- brackets

    def _push(self, opener: str) -> None:
        self._open.append(Bracket(opener, self._is_bare, []))
        self._keep_to_limit()

    def _pop(self, closer: str) -> None:
        self._closed = self._open.pop() if self._open else None
        self._closer = closer
        self._state = self._after_closer

    def _keep_to_limit(self) -> None:
        """Brackets that hold too much are plain text, the outermost first."""
        held = sum(bracket.size for bracket in self._open)
        given_up = 0
        while held > BRACKET_LIMIT:
            held -= self._open[given_up].size
            given_up += 1
        if given_up:
            kept = self._open[given_up:]
            del self._open[given_up:]
            self._give_up_brackets()
            self._open = kept

    def _give_up_brackets(self) -> None:
        """Open brackets that cannot close any more are plain text."""
        opened, self._open = self._open, []
        for bracket in opened:
            harmless = not could_become_marker(bracket.tokens)
            self._out.append(Text(bracket.opener) if harmless else Removed("link"))
            self._out.extend(bracket.tokens)
        self._is_bare = self._is_bare and not opened

    def _after_closer(self, c: str) -> None:
        may_link = self._closer.endswith("]") or (
            c in ("(", ":") and self._closed is not None and as_marker(self._closed.tokens)
        )
        if c == "(" and may_link:
            self._state, self._held, self._depth = self._in_target, "", 1
        elif c == ":" and may_link and (self._closed is None or self._closed.opens_line):
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
        marker = as_marker(bracket.tokens)
        if marker is not None:
            self._leave(bracket, *([Removed("link")] if is_link else []), marker)
        elif is_link:
            self._emit(Removed("link"), *bracket.tokens, Removed("end"))
        elif bracket.tokens and all(isinstance(t, Removed) for t in bracket.tokens):
            self._leave(bracket, bracket.tokens[0])
        else:
            self._emit(Text(bracket.opener), *bracket.tokens, Text(self._closer))

    def _leave(self, bracket: Bracket, *tokens: Token) -> None:
        self._emit(*tokens)
        self._is_bare = bracket.opens_line

    def _in_target(self, c: str) -> None:
        nests = c == "(" and self._held.endswith("]")
        is_blank_line = c == "\n" and self._held.rstrip(" \t").endswith("\n")
        if not c or nests or is_blank_line or len(self._held) >= TARGET_LIMIT:
            self._refuse_target(c)
            return
        self._depth += (c == "(") - (c == ")")
        if self._depth:
            self._held += c
            return
        parts = self._held.split(None, 1)
        if len(parts) < 2 or parts[1][0] in "\"'(" or _TARGET.match(parts[0]):
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
        is_over = not c or c == "\n" or c in _OPENERS or (c.isspace() and self._held.strip())
        if not is_over and len(self._held) < TARGET_LIMIT:
            self._held += c
            return
        held, bracket = self._held, self._closed
        marker = as_marker(bracket.tokens) if bracket is not None else None
        if bracket is not None and _TARGET.match(held.strip()):
            self._closed = None
            self._leave(bracket, Removed("definition"))
            self._again(c)
            return
        self._close(is_link=False)
        self._emit(Text(" " if marker else " :"))
        self._again((held.lstrip() if marker else held) + c)
