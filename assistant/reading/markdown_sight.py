"""Markdown as it is read: without comments, struck and hidden text, tags and entities resolved.

Code stays as it is. Footnotes move behind the paragraph that first refers to them, as in every
format. A text that holds none of these comes back unchanged, so that spans count in the file.
Linear in the text; nothing is parsed as HTML, for this runs outside the limited child.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from assistant.reading.labels import footnote, picture
from assistant.reading.left_out import LeftOut, LeftOutKind, says_something
from assistant.reading.markdown_tables import table_in_markup
from assistant.reading.numerals import raised

TextRange = tuple[int, int]

_RARE_SIGNS = ("]: #", "]: <>", "{/*")
_SIGNS = ("<", "~~", "&", "![", "[^", *_RARE_SIGNS)
_CANDIDATE = re.compile(r"[<&~]|!\[")
"""Where the long pattern is tried: searching with it took ten times as long."""
_RARE = re.compile(r"[<&~{]|!\[|^\[", re.MULTILINE)
_FENCE = re.compile(r"^[ ]{0,3}(`{3,}|~{3,})", re.MULTILINE)
_TICKS = re.compile("`+")
_EMPTIED = re.compile(r"(?:^|\n)([ \t]*+(?:(?:[-*+]|\d{1,3}[.)])[ \t]*+)?)\Z")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_LONGEST_CODE, _LONGEST_STRUCK, _LONGEST_HIDDEN, _LONGEST_TABLE = 2_000, 5_000, 20_000, 300_000
_OPENING = re.compile(
    r"</?(?:b|i|em|strong|p|a|u|span|code|li|ul|ol|dl|dt|dd|div)>|"  # most are these
    r"<!--|\{/\*|~~(?=[^\s~])|"
    r"<(?P<tag>del|s|strike|table|script|style|template)\b[^<>]{0,300}>|"
    r"<(?P<hidden>[a-z][a-z0-9]{0,10})\b(?=[^<>]{0,300}(?:\shidden\b|display\s*:\s*none|"
    r"visibility\s*:\s*hidden|aria-hidden\s*=\s*\"?true))[^<>]{0,500}>|"
    r"^\[(?://|comment|#|_)\]:[ \t]*(?:#|<>)[^\n]*$|"
    r"<(?P<raised>su[pb])>(?P<digits>[^<>]{0,12})</su[pb]>|"
    r"!\[(?P<shown>[^\]\n]{0,1000})\](?:\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)|\[[^\]\n]{0,200}\])|"
    r"<img\b(?P<picture>[^<>]{0,1000})>|(?P<break><br[ \t]*/?>)|"
    r"</?(?:b|i|em|strong|u|span|font|small|big|mark|kbd|ins|center|div|p|a|abbr|cite|tt|code|"
    r"details|summary|figure|figcaption|sup|sub|h[1-6]|hr|ul|ol|li|dl|dt|dd|section|article|"
    r"blockquote|nobr|wbr|picture|source)\b"
    r"(?:\s[^<>]{0,500})?/?>|"
    r"(?P<entity>&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});)",
    re.IGNORECASE | re.MULTILINE,
)
_DEFINITION = re.compile(
    r"^\[\^(?P<id>[^\]\s]{1,80})\]:[ \t]*"
    r"(?P<text>.*(?:\n(?!\[\^|[#|>*+`-]|\d+[.)])[ \t]*\S.*|\n(?=\n[ ]{2,}\S)\n.*)*)\n?",
    re.MULTILINE,
)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


def as_read(text: str, left_out: LeftOut) -> str:
    """The text that a reader of the rendered page sees; what stays out is counted."""
    if not any(sign in text for sign in _SIGNS):
        return text
    pieces: list[str] = []
    done = 0
    for start, end, shown in _changes(text, left_out):
        piece = text[done:start]
        if not shown and text[end : end + 1] in ("\n", ""):
            emptied = _EMPTIED.match(piece, max(0, piece.rfind("\n")))
            if emptied is not None and (
                piece[emptied.start() :].startswith("\n") or text[done - 1 : done] in ("", "\n")
            ):  # nothing is left of the line, or of the item
                piece, end = piece[: emptied.start(1)], end + 1
        pieces += [piece, shown]
        done = end
    text = "".join([*pieces, text[done:]]) if pieces else text
    return with_footnotes(text) if "[^" in text and "]:" in text else text


class _Code:
    """Where code stands: fenced, and between backticks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans: list[TextRange] = []
        opened, mark = -1, ""
        for match in _FENCE.finditer(text):
            if opened < 0:
                opened, mark = match.start(), match[1]
            elif match[1][0] == mark[0] and len(match[1]) >= len(mark):
                self._spans.append((opened, match.end()))
                opened = -1
        if opened >= 0:
            self._spans.append((opened, len(text)))
        self._spans = sorted([*self._spans, *self._inline()])
        self._starts = [start for start, _ in self._spans]

    def _inline(self) -> Iterator[TextRange]:
        runs = [(m.start(), len(m.group())) for m in _TICKS.finditer(self._text)]
        by_length: dict[int, list[int]] = {}
        for start, length in runs:
            by_length.setdefault(length, []).append(start)
        after = 0
        fences = [start for start, _ in self._spans]
        for start, length in runs:
            if start < after:
                continue
            at = bisect_right(fences, start) - 1
            if at >= 0 and start < self._spans[at][1]:
                continue
            same = by_length[length]
            closing = bisect_right(same, start)
            if closing == len(same) or same[closing] - start > _LONGEST_CODE:
                continue
            end = same[closing] + length
            if _BLANK_LINE.search(self._text, start, end) is None:
                yield start, end
                after = end

    def end_at(self, position: int) -> int:
        """Where the code ends that holds a character, or -1."""
        at = bisect_right(self._starts, position) - 1
        return self._spans[at][1] if at >= 0 and position < self._spans[at][1] else -1


def _changes(text: str, left_out: LeftOut) -> Iterator[tuple[int, int, str]]:
    """(start, end, what is shown instead) of all that is not shown as it is written, in order."""
    at = 0
    code: _Code | None = None
    ends = _Ends(text)
    has_code = "`" in text or "~~~" in text
    candidates = _RARE if any(sign in text for sign in _RARE_SIGNS) else _CANDIDATE
    for candidate in candidates.finditer(text):
        start = candidate.start()
        match = _OPENING.match(text, start) if start >= at else None
        if match is None:
            continue
        at = match.end()
        if has_code:
            code = code or _Code(text)
            at = max(at, code.end_at(start))
            if at > match.end():
                continue
        if match.lastgroup is None and text[start] == "<" and text[start + 1] != "!":
            yield start, at, ""  # a plain tag, as most are
            continue
        change = _change(text, match, ends, left_out)
        if change is not None:
            at, shown = change
            yield start, at, shown


def _change(
    text: str, match: re.Match[str], ends: _Ends, left_out: LeftOut
) -> tuple[int, str] | None:
    found = match.group()
    kind: LeftOutKind | None = None
    end = match.end()
    if found in ("<!--", "{/*"):
        end = ends.find("-->" if found == "<!--" else "*/}", end)
        kind = "comment" if says_something(text[match.end() : max(end, 0)]) else None
    elif found.startswith("["):
        left_out.add("comment")
    elif found == "~~":
        end = text.find("~~", end, end + _LONGEST_STRUCK)
        if end < 0 or _BLANK_LINE.search(text, match.start(), end) or text[end - 1].isspace():
            return None
        end, kind = end + 2, "struck"
    elif match["tag"] and match["tag"].lower() == "table":
        end = ends.find("</table>", end, _LONGEST_TABLE)
        lines = table_in_markup(text[match.start() : end]) if end > 0 else None
        at_start = text[match.start() - 1 : match.start()] in ("", "\n")
        return (end, lines if at_start else f"\n\n{lines}") if lines is not None else None
    elif match["tag"] or match["hidden"]:
        name = (match["tag"] or match["hidden"]).lower()
        end = ends.find(f"</{name}>", end, _LONGEST_HIDDEN)
        if name not in ("script", "style", "template"):
            kind = "struck" if match["tag"] else "hidden"
    elif match["raised"]:
        before = text[max(0, match.start() - 40) : match.start()]
        digits = match["digits"]
        return end, raised(digits, before) if match["raised"].lower() == "sup" else digits
    elif match["picture"] is not None:
        alt = _ALT.search(match["picture"])
        return end, picture(alt[1] or alt[2] or "") if alt else ""
    elif match["shown"] is not None:
        shown = picture(match["shown"])
        return (end, shown) if shown else None
    elif match["break"]:
        return end, "" if text[end : end + 1] == "\n" else " "
    elif match["entity"]:
        shown = html.unescape(found)
        return end, " " if shown == "\xa0" else shown.replace("|", "\\|")
    if end < 0:
        return None
    if kind is not None:
        left_out.add(kind)
        if text[match.start() - 1 : match.start()] in ("", " ") and text[end : end + 1] == " ":
            end += 1  # one blank is enough where words were
    return end, ""


class _Ends:
    """Where something ends; what was looked for in vain once is not looked for again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lowered = ""
        self._missing: set[str] = set()

    def find(self, closing: str, start: int, longest: int | None = None) -> int:
        """The end of the next ``closing`` from ``start`` on, or -1."""
        if closing in self._missing:
            return -1
        if closing[0] == "<" and not self._lowered:
            self._lowered = self._text.lower()
            if len(self._lowered) != len(self._text):  # some capitals become two characters
                self._lowered = self._text
        where = self._lowered if closing[0] == "<" else self._text
        at = where.find(closing, start)
        if at < 0:
            self._missing.add(closing)
        return at + len(closing) if at >= 0 and (longest is None or at - start <= longest) else -1


# ---------------------------------------------------------------- footnotes


def with_footnotes(text: str) -> str:
    """Footnotes behind the paragraph that first refers to them."""
    code = _Code(text)
    found = [m for m in _DEFINITION.finditer(text) if code.end_at(m.start()) < 0]
    notes = {match["id"]: match for match in found}
    if not notes:
        return text
    defined = [match.span() for match in found]
    places: dict[int, list[str]] = {}
    moved: list[TextRange] = []
    for reference in re.finditer(r"\[\^([^\]\s]{1,80})\](?!:)", text):
        note = notes.get(reference[1])
        if note is None or code.end_at(reference.start()) > 0 or _is_in(defined, reference.start()):
            continue
        del notes[reference[1]]
        if note["text"].strip():
            place = _block_end(text, reference.end())
            places.setdefault(place, []).append(footnote(note["text"], reference[1]))
            moved.append(note.span())
    changes = [(start, end, "") for start, end in moved]
    changes += [(at, at, "".join(f"\n\n{note}" for note in notes)) for at, notes in places.items()]
    pieces: list[str] = []
    done = 0
    for start, end, shown in sorted(changes):
        pieces += [text[done : max(start, done)], shown]
        done = max(end, done)
    return "".join([*pieces, text[done:]])


def _block_end(text: str, at: int) -> int:
    match = _BLANK_LINE.search(text, at)
    end = match.start() if match else len(text.rstrip())
    definition = _DEFINITION.search(text, at, end)
    return definition.start() - 1 if definition else end


def _is_in(spans: list[TextRange], position: int) -> bool:
    at = bisect_left(spans, (position + 1, 0)) - 1
    return at >= 0 and position < spans[at][1]
