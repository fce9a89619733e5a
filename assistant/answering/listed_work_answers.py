"""Questions about works that a document lists: who wrote one, which are by a person or on a topic.

The works are read from the documents that the search has found (``text.listed_works``). An answer
quotes title and authors as they stand there; where no work fits for certain, the question goes the
ordinary way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.answer import CitedPlace, Draft
from assistant.answering.field_questions import CUE_WORDS, fields_asked
from assistant.index.snapshot import Snapshot
from assistant.retrieval.question import Question, coverage
from assistant.retrieval.search import Found
from assistant.text.listed_works import ListedWork, listed_works
from assistant.text.names import name_words
from assistant.text.terms import terms
from assistant.types import Evidence, Sentence

_WORK = r"(?:papers?|works?|articles?|publications?|studies|study|books?|talks?|posters?|reports?)"
_WHICH = rf"(?:(?:which|what|list|name|show)(?: me)?(?: [\w'’-]{{1,30}}){{0,4}}? {_WORK})"
_BY = re.compile(
    rf"\b{_WHICH}\b.{{0,80}}?\b(?:writes?|written|wrote|(?:co-?)?authors?|(?:co-?)?authored|"
    rf"publish(?:ed)?|present(?:ed)?|contributed? to|by|from)\b|^what (?:did|has|have) .{{2,60}} "
    rf"(?:write|written|author|authored|publish|published)\b|^{_WORK} (?:written )?by ",
    re.IGNORECASE,
)
_ON = re.compile(
    rf"\b{_WHICH}\b.{{0,40}}?\b(?:(?:listed|given|named|shown|filed|grouped|mentioned) "
    r"(?:under|in|for|as)|deals? with|about|on|concern|cover|treats?|stand under|fall under|"
    r"belongs? to)\b",
    re.IGNORECASE,
)
_WHAT = re.compile(
    r"^what (?:is|does|do|was) .{2,80} (?:about|deals? with|treat|the (?:topic|subject) of)\b|"
    r"^(?:under )?(?:what|which) (?:topic|subject|heading|section|category|area)\b",
    re.IGNORECASE,
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_COUNTED = re.compile(rf"\b({'|'.join(_COUNTS)}) {_WORK}\b", re.IGNORECASE)
_NAME = re.compile(
    r"[A-ZÀ-Þ][\w'’-]+(?:\s+(?:[A-Z]\.|de|van|von|der|da|di|al))*(?:\s+[A-ZÀ-Þ][\w'’-]+)*"
)
_CUES = CUE_WORDS + " paper papers work works publication publications talk poster list name show "
_CUES += (
    "co author coauthor listed given under deal deals topic about heading section category area"
)
_LEAST_TITLE = 0.75
"""The share of the rest of the question that a title must hold."""
_MOST_READ = 400_000
"""Characters of a document in which works are looked for."""
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Listed:
    document: str
    language: str
    title: str
    work: ListedWork


def listed_work_draft(found: Found, snapshot: Snapshot) -> Draft | None:
    """The answer about works that the documents found list; None for any other question."""
    question = found.question
    text = question.text
    choose: Callable[[Question, Sequence[_Listed]], list[_Listed]]
    if _BY.search(text):
        choose = _by_person
    elif "author" in fields_asked(text):
        choose = _by_title
    elif _ON.search(text):
        choose = _on_topic
    elif _WHAT.search(text):
        choose = _by_title
    else:
        return None
    chosen = choose(question, list(_listed_in(found, snapshot)))
    counted = _COUNTED.search(text)
    least = _COUNTS[counted[1].casefold()] if counted is not None else 1
    return _draft(chosen, snapshot) if len(chosen) >= least else None


def _listed_in(found: Found, snapshot: Snapshot) -> Iterator[_Listed]:
    documents = {passage.document: passage for passage in found.passages}
    for document, passage in documents.items():
        title = f"{passage.title} {name_words(document)}"
        for work in listed_works(snapshot.store.read_text(document, 0, _MOST_READ)):
            yield _Listed(document, passage.language, title, work)


def _by_person(question: Question, listed: Sequence[_Listed]) -> list[_Listed]:
    """The works whose authors hold the name in the question."""
    runs = [
        set(match.group().split()) for match in _NAME.finditer(_after_first_word(question.text))
    ]
    persons = [run for run in runs if run]
    for name in sorted(persons, key=len, reverse=True):
        fit = [each for each in listed if any(name <= set(person.strip(" .").split())
               for person in re.split(r",| and |;|&", each.work.authors))]  # fmt: skip
        if fit:
            return fit
    return []


def _by_title(question: Question, listed: Sequence[_Listed]) -> list[_Listed]:
    """The one work whose title holds the rest of the question."""
    rest = _rest(question)
    if not rest:
        return []
    scored = [
        (coverage(rest, question.reads(each.work.title, each.language)), each) for each in listed
    ]
    best = max((score for score, _ in scored), default=0.0)
    fit = [each for score, each in scored if score == best]
    return fit if best >= _LEAST_TITLE and len(fit) == 1 else []


def _on_topic(question: Question, listed: Sequence[_Listed]) -> list[_Listed]:
    """The works under a heading that says the topic, beside what the document's title says ("papers
    at the fair of 2024 about bees"); else those whose titles hold all of it."""
    rest = set(_rest(question))
    if not rest:
        return []
    under = []
    for each in listed:
        heading = (
            _content(question, each.work.heading, each.language) if each.work.heading else set()
        )
        title = set(question.reads(each.title, each.language))
        if heading and heading <= rest and rest - heading <= title:
            under.append(each)
    return under or [
        each for each in listed if rest <= set(question.reads(each.work.title, each.language))
    ]


def _content(question: Question, text: str, language: str) -> set[str]:
    stop = set(terms(_CUES, language))
    return {t for t in question.reads(text, language) if t not in stop and len(t) > 2}


def _rest(question: Question) -> dict[str, float]:
    cues = set(terms(_CUES, question.language))
    return {term: weight for term, weight in question.weights.items() if term not in cues}


def _after_first_word(text: str) -> str:
    return text.split(None, 1)[-1] if " " in text else text


def _draft(chosen: Sequence[_Listed], snapshot: Snapshot) -> Draft:
    shown = chosen[:_MOST_SHOWN]
    sentences: list[Sentence] = []
    places: list[CitedPlace] = []
    lines: list[str] = []
    heading = ""
    for marker, each in enumerate(shown, start=1):
        work = each.work
        said = " ".join(snapshot.store.read_text(each.document, work.start, work.end).split())
        if work.heading and work.heading != heading:
            lines += [*([""] if lines else []), f"{work.heading}:", ""]
            heading = work.heading
        lines.append(f"- {said} [{marker}]")
        evidence = (Evidence(marker, work.start, work.end),)
        sentences.append(Sentence(said, (marker,), "verbatim", evidence))
        places.append(CitedPlace(each.document, work.start, work.end))
    if len(chosen) > len(shown):
        lines += ["", f"And {len(chosen) - len(shown)} more works, which are not shown here."]
    return Draft("\n".join(lines), tuple(sentences), tuple(places), confidence=0.8)
