"""Whether a sentence stands word for word in a text, and where.

Ignored are differences of white space, quotation marks, dashes, Markdown marks, the case of the
first letter, and the final punctuation mark.
"""

from __future__ import annotations

import re

_SAME = {
    **dict.fromkeys("‘’‚‛′`", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("*_\u200b\u200c\u200d\ufeff\u00ad", ""),
}
_END = " .!?;:,…"
_MARKS = re.compile(r"\s*(?:[-*+•]\s+|\(?\d{1,3}[.)]\s+|#{1,6}\s+|>\s+)+")


def find_verbatim(sentence: str, text: str) -> tuple[int, int] | None:
    """Start and end of ``sentence`` in ``text``, or ``None``. At least two words are needed."""
    wanted, _ = _normal(_MARKS.sub("", sentence, count=1) if _MARKS.match(sentence) else sentence)
    wanted = wanted.strip(_END)
    if wanted.count(" ") < 1 and not (len(wanted) >= 4 and not wanted.isascii()):
        return None
    folded, places = _normal(text)
    at = folded.find(wanted)
    if at < 0:
        other = wanted[0].swapcase() + wanted[1:]
        wanted, at = other, folded.find(other)
    while at >= 0:
        end = at + len(wanted)
        if _is_border(folded, at) and _is_border(folded, end):
            return places[at], places[end - 1] + 1
        at = folded.find(wanted, at + 1)
    return None


def _is_border(text: str, at: int) -> bool:
    """Whether no word or number goes on across this place."""
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if before.isalnum() and after.isalnum():
        return not (before.isascii() and after.isascii())
    if after in ".,-" and before.isalnum():  # 1.5 after 1, well-known after well
        return not text[at + 1 : at + 2].isalnum()
    if before in ".,-$€£" and after.isalnum():
        return before not in "-$€£" and not text[at - 2 : at - 1].isdigit()
    return not (after in "%" and before.isdigit())


def _normal(text: str) -> tuple[str, list[int]]:
    """The normalised text, with the original offset of each character."""
    kept: list[str] = []
    places: list[int] = []
    for at, c in enumerate(text):
        new = " " if c.isspace() else _SAME.get(c, c)
        if not new or (new == " " and (not kept or kept[-1] == " ")):
            continue
        kept.append(new)
        places.append(at)
    return "".join(kept), places
