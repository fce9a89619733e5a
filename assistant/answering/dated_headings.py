"""The date that stands as a heading above a sentence: of an entry in a list of changes, of a diary,
of minutes. Pure.

"When did X become available?" is told by "X is now available" only with "June 20th, 2024" above it.
"""

from __future__ import annotations

import re

from assistant.types import Named

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|januar|februar|märz|mai|juni|juli|okt|dez|"
    r"janv|févr|mars|avril|juin|juil|août|déc|enero|gennaio|maggio|luglio)[a-zäéû]{0,8}\.?"
)
_DATE = re.compile(
    rf"(?<![\w-])(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./](?:19|20)\d\d|"
    rf"\d{{1,2}}(?:st|nd|rd|th|\.)? (?:of |de )?{_MONTH},? (?:de )?(?:19|20)\d\d|"
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d|{_MONTH} (?:19|20)\d\d)(?![\w-])",
    re.IGNORECASE,
)
_OF_ITS_DAY = re.compile(
    r"\b(?:now|today|tonight|yesterday|this (?:week|month|morning|afternoon|evening)|we['’]ve|"
    r"we have|ha(?:s|ve) (?:just |now )?(?:been )?\w+(?:ed|en|wn|lt|nt)|ab (?:heute|sofort)|"
    r"heute|aujourd['’]hui|hoy|oggi|vandaag|hoje)\b|"
    r"^\W{0,4}(?:added|fixed|removed|changed|released|introduced|launched|announced|deprecated)\b",
    re.IGNORECASE,
)
"""What is told on the day it happens. "It was built of stone", in an article of a day, is not."""
_OF_THE_TEXT = re.compile(
    r"\b(?:updated?|published|posted|created|modified|printed|accessed|retrieved|revised|by|effective|"
    r"copyright|stand|veröffentlicht)\b|©",
    re.IGNORECASE,
)
"""Beside the date of a text itself."""
_A_LOG = 3
"""Headings with dates above a sentence that make a list of changes, or a diary."""
_LONGEST, _MOST_LINES = 60, 80
_MARKS = "# \t\r\n>*_=-"
_WORDS_BESIDE = 4
"""Words of a heading beside its date; with more it is a sentence that names a day."""


def holds_date(text: str) -> bool:
    """Whether a text names a day or a month of a year."""
    return _DATE.search(text) is not None


def is_date_alone(text: str) -> bool:
    """Whether a line is a date and nothing else."""
    return _DATE.fullmatch(text.strip(_MARKS)) is not None


def date_above(sentence: str, before: str, start: int) -> Named | None:
    """The heading nearest above a sentence that is a date, or None.

    ``before`` is the text in front of the sentence, which begins at ``start`` of the document. A
    line is such a heading when it is short, ends no sentence, and has few words beside its date. It
    dates what is told as of that day, and everything in a list of changes or a diary.
    """
    nearest: Named | None = None
    count = 0
    at = len(before)
    for line in reversed(before.splitlines(keepends=True)[-_MOST_LINES:]):
        at -= len(line)
        bare = line.strip(_MARKS)
        if len(bare) <= _LONGEST and _is_dated(bare):
            count += 1
            begins = start - len(before) + at + line.index(bare)
            nearest = nearest or Named(bare, begins, begins + len(bare))
    return nearest if count >= _A_LOG or _OF_ITS_DAY.search(sentence) else None


def _is_dated(line: str) -> bool:
    found = _DATE.search(line)
    if found is None or line[-1:] in ".!?;,:" or "|" in line or _OF_THE_TEXT.search(line):
        return False
    beside = f"{line[: found.start()]} {line[found.end() :]}"
    return len(re.findall(r"\w+", beside)) <= _WORDS_BESIDE
