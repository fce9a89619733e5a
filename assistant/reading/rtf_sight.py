"""RTF source → RTF source as it is read: struck, hidden and deleted text out, notes in brackets.

striprtf knows none of these: it keeps what is struck and drops footnotes and comments.
"""

from __future__ import annotations

import re

from assistant.reading.left_out import LeftOut, LeftOutKind

_SIGNS = re.compile(r"\\(?:striked?|v|deleted|footnote|annotation)(?![a-z])")
_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|"
    r"(?P<brace>[{}])|(?P<text>[^\\{}]+)",
    re.DOTALL,
)
_MARKS: dict[str, LeftOutKind] = {
    "strike": "struck", "striked": "struck", "v": "hidden", "deleted": "deleted",
}  # fmt: skip
_NOTES = {"footnote": "Footnote", "annotation": "Comment"}


def as_read(source: str, left_out: LeftOut) -> str:
    """The source without what nobody sees."""
    if not _SIGNS.search(source):
        return source
    pieces: list[str] = []
    stack: list[tuple[frozenset[LeftOutKind], str]] = []
    marks: frozenset[LeftOutKind] = frozenset()
    closing, dropped, notes = "", False, 0
    for match in _TOKEN.finditer(source):
        token, word = match.group(), match["word"]
        if match["brace"] == "{":
            stack.append((marks, closing))
            closing = ""
        elif match["brace"]:
            if closing:
                pieces.append(closing)
            marks, closing = stack.pop() if stack else (frozenset(), "")
        elif word in _MARKS:
            kind = _MARKS[word]
            marks = marks - {kind} if match["number"] == "0" else marks | {kind}
            dropped = False
            continue
        elif word == "plain":
            marks = frozenset()
        elif word in _NOTES:
            if pieces and pieces[-1] == "\\*":
                pieces.pop()  # the sign that lets programs skip what they do not know
            notes += word == "footnote"
            number = f" {notes}" if word == "footnote" else ""
            token, closing = f" ({_NOTES[word]}{number}: ", ")"
        if marks and (match["text"] or not (word or match["brace"]) or word == "u"):
            if not dropped and token.strip():
                left_out.add(next(iter(sorted(marks))))
                dropped = True
            continue
        if match["text"] and token.strip():
            dropped = False
        pieces.append(token)
    return "".join(pieces)
