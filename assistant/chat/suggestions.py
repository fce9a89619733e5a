"""Questions that the page offers: each was asked before it is shown, and is answered surely.

``question_forms`` proposes them from the documents; here each is asked without a language model,
and kept when the answer is sure and cites the document it came from. What a document can answer is
looked for once a generation of the index. For several threads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from assistant.chat.question_forms import proposed
from assistant.checking.verdicts import GOOD
from assistant.errors import AssistantError
from assistant.pipeline import Assistant
from assistant.text.recent import Recent
from assistant.types import Answer, DocumentInfo, Filters

Collections = Sequence[str]
"""The collections that are asked; none for the one index there is."""

FIRST = 3
"""Questions on the first screen, and under an answer."""
_MOST_DOCUMENTS = 12
"""Of a large folder only so many are looked at, from one end to the other."""
_MOST_TRIED_OF_ONE = 8
_MOST_SECONDS = 8.0
_LONGEST_ANSWER = 500
_MOST_KEPT = 1000
_MOST_CHOICES = 32
"""Choices of collections for which questions are kept."""

_NOT_THERE = (
    "What is the telephone number of the tax office in Bergen?",
    "Who won the chess tournament of Zagreb in 1971?",
    "How much is a ferry ticket from Brindisi to Corfu?",
    "Which bus goes to the opera in Gothenburg?",
)
"""Asked in turn until the documents do not answer one."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Questions that the documents answer, and one that they do not (or an empty text);
    ``is_given``: the folder brings them, and nobody tried them."""

    answered: tuple[str, ...]
    refused: str
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class _Tried:
    """A question that is answered surely, and the places its answer cites."""

    question: str
    places: frozenset[tuple[str, int]]


NOTHING_OFFERED = Offered((), "")


class Suggestions:
    """Tries questions on an assistant, and remembers which of them were answered."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._first: Recent[tuple[str, Offered]] = Recent(_MOST_CHOICES)
        self._of_document: Recent[tuple[_Tried, ...]] = Recent(_MOST_KEPT)

    def first(self, collections: Collections = ()) -> Offered:
        """For the first screen. Takes seconds once a generation; nothing without an index."""
        key = "+".join(collections)
        with self._lock:
            try:
                generation = self._generation(collections)
                kept = self._first.get(key)
                if kept is None or kept[0] != generation:
                    kept = (generation, self._find(generation, collections))
                    self._first.put(key, kept)
            except AssistantError:
                return NOTHING_OFFERED
            return kept[1]

    def ready(self, collections: Collections = ()) -> Offered | None:
        """The same if it is known without asking anything, else None."""
        try:
            generation = self._generation(collections)
        except AssistantError:
            return NOTHING_OFFERED
        kept = self._first.get("+".join(collections))
        return kept[1] if kept is not None and kept[0] == generation else None

    def _generation(self, collections: Collections) -> str:
        """The generations that answer; without an index of one it is left out."""
        if not collections:
            return self._assistant.status().generation
        told = []
        for name in collections:
            with suppress(AssistantError):
                told.append(f"{name}:{self._assistant.of_collection(name).status().generation}")
        return "+".join(told)

    def after(
        self, answer: Answer, *, only_known: bool = False, collections: Collections = ()
    ) -> tuple[str, ...]:
        """Follow-ups: questions that the documents cited by this answer can answer, too. None
        after a refusal. With ``only_known`` nothing is asked: those that were tried before."""
        if answer.abstained or answer.reason in ("smalltalk", "stopped"):
            return ()
        cited = list(dict.fromkeys(citation.document for citation in answer.citations))[:FIRST]
        try:
            generation = self._generation(collections)
            infos = {info.name: info for info in self._assistant.document_infos(collections)}
            if not only_known and self._lock.acquire(blocking=False):  # an answer never waits
                try:
                    for name in cited:
                        if name in infos:
                            self._answered_by(infos[name], generation, collections)
                finally:
                    self._lock.release()
            each = [
                self._of_document.get(f"{generation} {name}") or ()
                for name in cited
                if name in infos
            ]
        except AssistantError:
            return ()
        used = _places(answer)
        fresh = [[one.question for one in some if not one.places <= used] for some in each]
        return tuple(_in_turn(fresh)[:FIRST])

    def _find(self, generation: str, collections: Collections) -> Offered:
        infos = self._assistant.document_infos(collections)
        until = time.monotonic() + _MOST_SECONDS
        found: list[list[str]] = []
        for info in _spread(infos):
            if sum(map(bool, found)) >= FIRST or time.monotonic() > until:
                break
            found.append(
                [each.question for each in self._answered_by(info, generation, collections)]
            )
        answered = _varied(_in_turn(found))[:FIRST]
        within = Filters(collections=tuple(collections))
        refused = next(
            (e for e in _NOT_THERE if self._assistant.quote(e, filters=within).abstained), ""
        )
        return Offered(answered, refused if infos else "")

    def _answered_by(
        self, info: DocumentInfo, generation: str, collections: Collections
    ) -> tuple[_Tried, ...]:
        """At most three questions that a document surely answers."""
        key = f"{generation} {info.name}"
        kept = self._of_document.get(key)
        if kept is None:
            source = self._assistant.source(info.name)
            kept = ()
            for tried, question in enumerate(proposed(source, info.fields)):
                if tried == _MOST_TRIED_OF_ONE or len(kept) == FIRST:
                    break
                within = Filters(collections=tuple(collections))
                answer = self._assistant.quote(question, filters=within)
                if is_sure(answer, info.name):
                    kept = (*kept, _Tried(question, _places(answer)))
            self._of_document.put(key, kept)
        return kept


def is_sure(answer: Answer, document: str) -> bool:
    """Whether an answer is one to show first: sure, short, of this document, without a conflict."""
    return (
        answer.certainty == "sure"
        and not answer.conflicts
        and len(answer.text) <= _LONGEST_ANSWER
        and all(sentence.verdict in GOOD for sentence in answer.sentences)
        and any(citation.document == document for citation in answer.citations)
    )


def _spread(infos: Sequence[DocumentInfo]) -> Sequence[DocumentInfo]:
    """So many of the documents that lie evenly among all."""
    step = max(1, len(infos) // _MOST_DOCUMENTS)
    return infos[::step][:_MOST_DOCUMENTS]


def _in_turn(lists: Iterable[Sequence[str]]) -> list[str]:
    """The first of each, then the second of each, …, none twice."""
    rows = [list(each) for each in lists]
    most = max(map(len, rows), default=0)
    found = [row[at] for at in range(most) for row in rows if at < len(row)]
    return list(dict.fromkeys(found))


def _varied(questions: Sequence[str]) -> tuple[str, ...]:
    """Questions that begin alike stand behind those that begin in a new way."""
    begun: set[str] = set()
    first: list[str] = []
    later: list[str] = []
    for question in questions:
        begins = " ".join(question.split()[:2]) + question.split()[-1]
        (later if begins in begun else first).append(question)
        begun.add(begins)
    return (*first, *later)


def _places(answer: Answer) -> frozenset[tuple[str, int]]:
    return frozenset((citation.document, citation.start) for citation in answer.citations)
