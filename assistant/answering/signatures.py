"""The signature of a function, a command or an option, above the indented text that says what it
does: "str.zfill(width)", "s(tep)", "--quiet". Pure.

Reference pages are written so. The line names what is told below it and tells nothing itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.answering.sentence_scores import SentenceTerms
from assistant.retrieval.question import Question, coverage
from assistant.text.names import words_above
from assistant.types import Named, Passage

NAMED, _NAMED_IN_PART = 4.0, 2.0
"""What the first sentence below gains where the question has the whole name, and where it has its
last part: "split" of "str.split(sep)"."""
_LEAST = 0.6
"""The share of the question that name, sentence and headings hold where only a part is named."""
_LONGEST = 200
_CALL = re.compile(
    r"(?:(?:class|def|function|method|property|exception|classmethod|static|async)\s+){0,2}"
    r"(?P<name>[A-Za-z_][\w.:]{0,80})(?P<rest>\([^\n]*)"
)
_SHORT = re.compile(r"\((?P<more>[a-z]{1,20})\)(?=\s|$)")
_SHORTEST = 2
"""A command that may be cut short to so many letters: "s(tep)"."""
_OPTION = re.compile(r"-{1,2}(?P<name>[A-Za-z][\w-]{0,40})(?=[\s=,\[]|$)[^.]*")
_PART = re.compile(r"[^\W_]+")
_ASKS_FORM = re.compile(
    r"\b(?:signatures?|syntax|arguments?|parameters?|usage|options?|flags?|commands?|call(?:ed)?|"
    r"written|spelt|abbreviat\w+|which|how do)\b",
    re.IGNORECASE,
)


def signature_name(line: str) -> str:
    """The name that a signature line gives; empty where a line is none."""
    bare = line.strip()
    if len(bare) > _LONGEST or bare.endswith((".", ":", ";", "?", "!")):
        return ""
    call = _CALL.fullmatch(bare)
    if call is not None:
        short = _SHORT.match(call["rest"]) if len(call["name"]) <= _SHORTEST else None
        return call["name"] + (short["more"] if short is not None else "")
    option = _OPTION.fullmatch(bare)
    return option["name"] if option is not None else ""


def is_signature_alone(question: Question, sentence: SentenceTerms) -> bool:
    """Whether a line is a signature, and none is asked for."""
    is_one = sentence.span.kind == "label" and signature_name(sentence.text) != ""
    return is_one and _ASKS_FORM.search(question.text) is None


def told_below(
    question: Question,
    passages: Sequence[Passage],
    parts: Mapping[str, Sequence[SentenceTerms]],
) -> dict[str, dict[int, tuple[float, Named]]]:
    """What the first sentences gain below signatures that the question names, and the signature:
    by chunk id and the number of the sentence."""
    said = {*question.reads(question.text, question.language)}
    found: dict[str, dict[int, tuple[float, Named]]] = {}
    for passage in passages:
        lines = parts[passage.chunk_id]
        for at in range(len(lines) - 1):
            name = signature_name(lines[at].text) if lines[at].span.kind == "label" else ""
            if not name or not _is_indented(passage.text, lines[at], lines[at + 1]):
                continue
            gain = _gain(question, passage, said, name, lines[at + 1])
            if gain:
                start, end = (passage.start + place for place in _ends(lines[at]))
                label = Named(" ".join(lines[at].text.split()), start, end)
                found.setdefault(passage.chunk_id, {})[at + 1] = (gain, label)
    return found


def _ends(line: SentenceTerms) -> tuple[int, int]:
    return line.span.start, line.span.end


def _gain(
    question: Question, passage: Passage, said: set[str], name: str, below: SentenceTerms
) -> float:
    parts = _PART.findall(name)
    pieces = [frozenset(question.reads(part, passage.language)) for part in parts]
    is_whole = len(parts) > 1 and all(piece and piece <= said for piece in pieces)
    if name.casefold() in question.text.casefold().split() or is_whole:
        return NAMED
    if not pieces or not pieces[-1] or not pieces[-1] <= said:
        return 0.0
    above = frozenset(question.reads(f"{words_above(passage)} {name}", passage.language))
    owner = re.search(rf"([^\W_]+)\.{re.escape(parts[-1])}\b", question.text, re.IGNORECASE)
    if owner is not None and not above.issuperset(question.reads(owner[1], passage.language)):
        return 0.0  # "pop" of a dict where that of a list is asked for
    is_about = coverage(question.weights, above | below.terms) >= _LEAST
    return _NAMED_IN_PART if is_about else 0.0


def _is_indented(text: str, line: SentenceTerms, below: SentenceTerms) -> bool:
    """Whether the next line is a sentence that stands further in."""
    is_told = below.span.kind in ("prose", "item")
    return is_told and _indent(text, below.span.start) > _indent(text, line.span.start)


def _indent(text: str, at: int) -> int:
    begin = text.rfind("\n", 0, at) + 1
    return len(text[begin:at]) - len(text[begin:at].lstrip())
