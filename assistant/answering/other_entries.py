"""Whether a row or an item of a list is about somebody else than the question names. Pure.

"Who translated it into Polish?" is told by "Daniel Nylander (Swedish translation)", and a reader
believes it: the list is about translations, and the item holds a name.
"""

from __future__ import annotations

import re

from assistant.answering.antecedents import leans
from assistant.answering.picks import Pick
from assistant.answering.sentence_scores import families
from assistant.retrieval.question import Question
from assistant.text.folding import fold
from assistant.text.names import words_above
from assistant.text.terms import STOP_WORDS

_ENTRY_LINE = re.compile(r"^\s*(?:[|*+•-]|\d{1,3}[.)])")
_MOST_ABOVE = 1500
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_NAME = re.compile(r"(?<![\w.-])[A-ZÀ-Þ][\w'’-]+")


def is_another_entry(question: Question, best: Pick) -> bool:
    """Whether a name of the question stands neither in the row or item nor in what stands above
    its list, and the entry has another name instead."""
    if (best.row is None and best.kind != "item") or question.wants_list:
        return False
    asked = (question.names & question.weights.keys()) - question.borrowed
    if not asked or leans(best.text):
        return False
    own = best.passage
    names = best.row.names if best.row is not None else ()
    group = best.row.group if best.row is not None else ""
    above = (
        line
        for line in own.text[: max(0, best.start - own.start)][-_MOST_ABOVE:].splitlines()
        if not _ENTRY_LINE.match(line)
    )
    told = " ".join((best.text, words_above(own), own.document, own.context, group, *names, *above))
    said = {*question.reads(told, own.language)}
    near = families(question)
    missing = {term for term in asked - said if said.isdisjoint(near.get(term, ()))}
    if not missing:
        return False
    shown = best.row.cells[0] if best.row is not None and best.row.cells else best.text
    if _is_named(question, shown, own.language):
        return False
    return any(
        fold(name.group()) not in STOP_WORDS
        and not asked.intersection(question.reads(name.group(), own.language))
        for name in _NAME.finditer(shown)
    )


def _is_named(question: Question, label: str, language: str) -> bool:
    """Whether the question holds all words of a label, of several, but for those in brackets:
    "long weekend ticket" for "Long weekend ticket (Fri–Sun)"."""
    said = question.reads(_BRACKETS.sub(" ", label), language)
    content = [term for term in said if term not in STOP_WORDS]
    asked = {*question.reads(question.text, question.language)}
    return len(content) > 1 and asked.issuperset(content)
