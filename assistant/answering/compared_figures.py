"""Questions that compare two figures, and the sentences that hold both. Pure; English.

"How does the rent there compare with the average?" is told whole by "The rent is 900 euros, well
above the average of 700".
"""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"\bhow (?:do|does|did|is|are|was|were|has|have) .{3,200}?\bcompared? (?:with|to|against)\b|"
    r"\bhow much (?:more|less|higher|lower|bigger|larger|smaller|longer|shorter) .{3,200}? than\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<![\w.,])[$€£]? ?\d[\d.,]*(?<![.,])(?!\w)(?: ?%| percent| per cent)?")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_SETS_BESIDE = re.compile(
    r"\b(?:than|compared (?:with|to)|as (?:against|opposed to)|against|versus|vs|whereas|while|"
    r"average|twice|double|half|times|higher|lower|above|below|more|less|but)\b",
    re.IGNORECASE,
)
BOTH_FIGURES = 1.5
"""What a sentence with both figures gains: a reader that knows single values says little of it."""


def asks_to_compare(question: str) -> bool:
    """Whether it is asked how one figure compares with another."""
    return _ASKS.search(question) is not None


def tells_both_figures(question: str, text: str) -> bool:
    """Whether figures are compared and a sentence sets two of one kind side by side."""
    if not asks_to_compare(question) or _SETS_BESIDE.search(text) is None:
        return False
    found = [match.group().strip() for match in _FIGURE.finditer(text)]
    figures = {figure for figure in found if not _YEAR.fullmatch(figure)}
    marks = [figure[:1] if not figure[0].isdigit() else figure.rpartition(" ")[2][-1:] == "%"
             for figure in figures]  # fmt: skip
    return len(figures) > len(set(marks))
