"""Rows of other tools + the documents' texts → rows of a question file. Pure.

A question of ours needs facts and a quote that stands in the documents. Where a row lacks the
quote, it is looked for: the sentence that states the answer and shares most with the question. A
row that cannot be judged by rules is left out with the reason, never guessed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.studying.stated import normalise, states
from assistant.studying.words import names_in
from assistant.text.sentences import sentences
from assistant.text.terms import content_terms
from eval.importing.rows import ImportedRow
from eval.spans import locate
from eval.text import numbers

LONGEST_FACT = 8
"""Words of an answer that is looked for as a whole; of a longer one its numbers and names are."""
LONGEST_QUOTE = 1_500


@dataclass(frozen=True, slots=True)
class Imported:
    """Rows for a question file, and (place, reason) of those left out and of what was dropped."""

    rows: tuple[Mapping[str, Any], ...]
    left_out: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[str, str], ...] = ()


class _LeftOutError(Exception):
    """Why a row cannot become a question."""


def build(given: Sequence[ImportedRow], texts: Mapping[str, str]) -> Imported:
    """Each row as a question, or the reason why not."""
    places = Sentences(texts)
    rows: list[Mapping[str, Any]] = []
    left, remarks = [], []
    seen: set[str] = set()
    for row in given:
        try:
            made = _question(row, texts, places, seen)
        except _LeftOutError as exc:
            left.append((row.place, str(exc)))
            continue
        seen.add(made["id"])
        rows.append(made)
        if row.left_out:
            remarks.append((row.place, f"not carried over: {', '.join(row.left_out)}"))
    return Imported(tuple(rows), tuple(left), tuple(remarks))


class Sentences:
    """All sentences of the documents with their terms."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._all = [
            (name, text[span.start : span.end], normalise(text[span.start : span.end]))
            for name, text in sorted(texts.items())
            for span in sentences(text)
        ]

    def stating(
        self, facts: Sequence[Sequence[str]], question: str, document: str
    ) -> tuple[str, str] | None:
        """(document, sentence) that states all facts and shares most terms with the question."""
        asked = set(content_terms(question))
        best: tuple[int, int, str, str] | None = None
        for name, text, said in self._all:
            if document and name != document:
                continue
            if not all(any(states(said, wording) for wording in fact) for fact in facts):
                continue
            shared = len(asked & set(content_terms(text)))
            if shared and (best is None or (shared, -len(text)) > best[:2]):
                best = (shared, -len(text), name, text)
        return None if best is None else (best[2], best[3])


def _question(
    row: ImportedRow, texts: Mapping[str, str], places: Sentences, seen: set[str]
) -> dict[str, Any]:
    if not row.question:
        raise _LeftOutError("it has no question")
    name = _id(row)
    if name in seen:
        raise _LeftOutError(f"the id {name!r} stands twice")
    made: dict[str, Any] = {"id": name, "question": row.question}
    tags = ["imported", *row.tags]
    if row.refuse:
        return made | {"type": "unanswerable", "expect": "refuse", "tags": tags}
    document = _document(row, texts)
    facts = row.facts or _facts(row.answer)
    quotes = _quotes(row, texts, document)
    if not quotes:
        found = places.stating(facts, row.question, document)
        if found is None:
            raise _LeftOutError("no sentence of the documents states its answer")
        quotes = [found]
    reference = "; ".join(fact[0] for fact in facts) if row.facts else row.answer
    made |= {
        "type": "number" if re.fullmatch(r"[\d.,% ]+", reference) else "fact",
        "expect": "answer",
        "tags": tags,
        "cluster": quotes[0][0],
        "reference": reference,
        "facts": [{"id": f"f{n}", "any": list(fact)} for n, fact in enumerate(facts, 1)],
        "evidence": [{"document": d, "quote": q} for d, q in quotes],
    }
    if row.must_not:
        made["must_not"] = [{"any": list(row.must_not), "why": "the imported file forbids it"}]
    return made


def _id(row: ImportedRow) -> str:
    if row.id.strip():
        return row.id.strip()
    digest = hashlib.sha256(repr((row.question, row.answer, row.facts)).encode()).hexdigest()
    return f"imported-{digest[:10]}"


def _document(row: ImportedRow, texts: Mapping[str, str]) -> str:
    if row.document in texts:
        return row.document
    ends = [name for name in texts if name.rsplit("/", 1)[-1] == row.document.rsplit("/", 1)[-1]]
    return ends[0] if len(ends) == 1 else ""


def _facts(answer: str) -> tuple[tuple[str, ...], ...]:
    """What a right answer states: the whole of a short one, numbers and names of a long one."""
    plain = answer.strip().rstrip(".!")
    if not plain:
        raise _LeftOutError("it has no answer, and does not say that there is none")
    if len(plain.split()) <= LONGEST_FACT:
        return ((plain,),)
    found = dict.fromkeys([*numbers(plain), *names_in(plain)])
    if not found:
        raise _LeftOutError(
            "its answer is a sentence without a number or name: write facts by hand"
        )
    return tuple((each,) for each in found)


def _quotes(row: ImportedRow, texts: Mapping[str, str], document: str) -> list[tuple[str, str]]:
    found = []
    for quote in row.quotes:
        if len(quote) > LONGEST_QUOTE:
            continue
        names = [document] if document else sorted(texts)
        home = next((name for name in names if locate(quote, texts[name])), None)
        if home is not None:
            found.append((home, quote))
    return found
