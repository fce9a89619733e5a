"""Headlines one below the other, as a page links to other pages: they tell nothing. Pure.

A wrapped paragraph has lines that go on with a small letter, and short lines of one or two words
are names or labels; headlines begin with a capital each, and none ends like a part of a sentence.
"""

from __future__ import annotations

_ENDS = ".!?…。！？।,;:-–—)|"
_FEWEST, _WORDS = 3, 4
"""Lines of a stack, and words of each."""
_LONGEST = 120
"""Characters of a headline."""


def is_stack_of_headlines(text: str) -> bool:
    """Whether a text is such lines alone, three or more."""
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) >= _FEWEST and all(map(_is_headline, lines))


def stands_in_a_stack(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]``, a line, is one of such lines: three or more without a blank line
    between."""
    line = text[start:end]
    if "\n" in line or not _is_headline(line):
        return False
    above = text[max(0, start - 3 * _LONGEST) : start].rstrip(" \t").split("\n")[:-1]
    below = text[end : end + 3 * _LONGEST].lstrip(" \t").split("\n")[1:]
    count = 1
    for lines in (reversed(above), below):
        for each in lines:
            if not _is_headline(each):
                break
            count += 1
    return count >= _FEWEST


def _is_headline(line: str) -> bool:
    bare = line.strip()
    first = bare.lstrip("\"“‘'")[:1]
    is_short = len(bare) <= _LONGEST and len(bare.split(maxsplit=_WORDS)) >= _WORDS
    return is_short and first.isupper() and bare[-1:] not in _ENDS
