"""Codes of a question, and names with a digit in them: where the passages hold them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.picks import Pick
from assistant.retrieval.question import Question
from assistant.text.folding import fold
from assistant.text.names import words_above
from assistant.types import Passage

_CODE = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]+(?:[-_][A-Za-z0-9]+)*(?![\w-])")
_NAME_WITH_DIGIT = re.compile(
    r"(?<![\w.-])(?:\d{1,4}[A-Za-z]{4,30}|[A-Za-z]{1,20}-?\d{1,4}[A-Za-z]{0,3})(?![\w.]\w|\w)"
)
"""Not "25th", "3pm", "10km" and "4k": digits first need four letters behind them."""
_JOINTS = re.compile("[-_]")


def codes_stand(question: Question, passages: Sequence[Passage]) -> bool:
    """Whether every code of a question, of capitals and digits, stands in a passage."""
    codes = {_JOINTS.sub("", fold(each)) for each in _CODE.findall(question.text)}
    missing = {code for code in codes if any(map(str.isdigit, code))}
    for passage in passages if missing else ():
        missing = {code for code in missing if not _says_code(question, passage, code)}
    return not missing


def _says_code(question: Question, passage: Passage, code: str) -> bool:
    text = " ".join((passage.document, words_above(passage), passage.context, passage.text))
    if code in _JOINTS.sub("", fold(text)):
        return True
    return code in question.reads(text, passage.language)  # "FY22" is "fiscal 2022" too


def is_of_other_code(question: Question, best: Pick, passages: Sequence[Passage]) -> bool:
    """Whether a name with a digit in it ("37signals", "HX2") stands in other passages and not in
    that of the best sentence, its title or its file's name."""
    codes = {_JOINTS.sub("", fold(each)) for each in _NAME_WITH_DIGIT.findall(question.text)}
    missing = {code for code in codes if not _says_code(question, best.passage, code)}
    return any(_says_code(question, each, code) for code in missing for each in passages)
