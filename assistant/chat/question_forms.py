"""A document's text → questions that it may answer, in the words of its own sentences.

Pure, and only a proposal: ``suggestions`` asks each one before anybody sees it. The forms are
English; of a document in another language only headings that are questions are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.tables.model import Table, find_tables
from assistant.text.sentences import sentences
from assistant.types import DocumentField, Source

_LOOKED_AT = 40_000
"""Characters of a document; the first pages name and define what it is about."""
_LONGEST = 90
"""Characters of a question that fits on a button."""
_MOST_OF_A_FORM = 3
_LEAST_WORDS = 5
"""Of a heading that is a question: a shorter one leans on the text around it."""

_SUBJECT = r"(?P<subject>(?:The |A |An )?[A-Z][\w’'-]*(?: [\w’'-]+){0,5}?)"
_DONE = (
    r"(?P<done>founded|established|built|laid out|opened|completed|created|launched|introduced|"
    r"published|released|signed|adopted|approved|discovered|invented|installed|renovated|held)"
)
_WHEN = re.compile(
    rf"{_SUBJECT} (?P<was>was|were) (?:first )?{_DONE}\b[^.;]{{0,40}}? (?:in|on) "
    r"(?:\d{1,2} )?(?:[A-Z][a-z]+ )?(?:\d{1,2}, )?(?:1[5-9]|20)\d\d\b"
)
_WHAT = re.compile(rf"{_SUBJECT} (?P<is>is|are) (?:an?|the) [a-z]\w+")
_MANY = re.compile(
    rf"{_SUBJECT} (?P<has>has|covers|contains|holds|employs|comprises|includes) "
    r"(?:about |some |around |more than )?\d[\d.,]* (?P<unit>[a-z]{4,}s)\b"
)
_MANY_VERBS = {
    "has": "have", "covers": "cover", "contains": "contain", "holds": "hold",
    "employs": "employ", "comprises": "comprise", "includes": "include",
}  # fmt: skip
_HOW_TO = re.compile(r"How to (?P<what>[a-z][\w’' -]+)", re.IGNORECASE)
_ASKING = re.compile(r"(?:What|Who|When|Where|Why|How|Which|Can|May|Do|Does)\b")
_VAGUE = frozenset(
    "it this that these those there he she they we you i here what which who one two three such "
    "both each another some many most all in on at for if when while its their his her our how why "
    "where now so then but and or as only not no first next rest problem reason result "
    "with by per from to of".split()
)
_POINTING = frozenset("it this that these those they he she all".split())
_ARTICLES = frozenset({"the", "a", "an"})


def proposed(source: Source, fields: tuple[DocumentField, ...] = ()) -> Iterator[str]:
    """Questions, the ones that people ask most likely first; each at most once."""
    seen: set[str] = set()
    for question in _proposed(source, fields):
        if len(question) <= _LONGEST and question not in seen:
            seen.add(question)
            yield question


def _proposed(source: Source, fields: tuple[DocumentField, ...]) -> Iterator[str]:
    text = source.text[:_LOOKED_AT]
    lines = [text[each.start : each.end] for each in sentences(text) if each.kind != "heading"]
    lines = [line for line in lines if not line.endswith("?")]
    for form in (_when, _many):
        yield from _some(question for line in lines if (question := form(line)))
    yield from _of_headings(source)
    yield from _some(question for each in find_tables(text)[:4] for question in _of_table(each))
    yield from _of_fields(fields)
    yield from _some(question for line in lines if (question := _what(line)))


def _some(questions: Iterator[str]) -> Iterator[str]:
    for _ in range(_MOST_OF_A_FORM):
        if (question := next(questions, None)) is not None:
            yield question


def _of_headings(source: Source) -> Iterator[str]:
    for heading in source.headings[:60]:
        title = " ".join(heading.title.split())
        words = title.rstrip("?").lower().split()
        if title.endswith("?") and _ASKING.match(title) and len(words) >= _LEAST_WORDS:
            if _POINTING.isdisjoint(words):
                yield title
        elif found := _HOW_TO.fullmatch(title):
            yield f"How do I {found['what'][0].lower()}{found['what'][1:]}?"


def _when(line: str) -> str:
    found = _WHEN.match(line)
    subject = _named(found["subject"]) if found else ""
    return f"When {found['was']} {subject} {found['done']}?" if found and subject else ""


def _many(line: str) -> str:
    found = _MANY.match(line)
    subject = _named(found["subject"]) if found else ""
    if not found or not subject:
        return ""
    return f"How many {found['unit']} does {subject} {_MANY_VERBS[found['has']]}?"


def _what(line: str) -> str:
    found = _WHAT.match(line)
    subject = _named(found["subject"]) if found else ""
    if subject.partition(" ")[0] in _ARTICLES and subject == subject.lower():
        return ""  # the teacher, the student: of this text alone
    return f"What {found['is']} {subject}?" if found and subject else ""


def _of_table(table: Table) -> Iterator[str]:
    """Of the first rows: the number in the last column, by the name in the first."""
    if table.header is None or len(table.header.cells) < 2:
        return
    column = table.header.cells[-1].text.strip()
    if not column or column.split()[0].lower() in _VAGUE:
        return
    for row in table.rows[:3]:
        if len(row.cells) != len(table.header.cells):
            continue
        name, value = row.cells[0].text.strip(), row.cells[-1].text.strip()
        if _is_words(name) and _is_words(column) and re.match(r"\W{0,3}\d", value):
            yield f"What is the {_in_sentence(column)} for {name}?"


def _is_words(text: str) -> bool:
    return bool(re.fullmatch(r"[^\W\d_][\w ’'().-]{2,40}", text)) and not text.isupper()


def _of_fields(fields: tuple[DocumentField, ...]) -> Iterator[str]:
    for field in fields:
        if field.name == "abbreviation":
            short = field.value.partition("=")[0].strip()
            if short.isupper() and short.isalpha():
                yield f"What does {short} stand for?"
                return


def _named(subject: str) -> str:
    """A subject inside of a question; empty for one that says nothing without its sentence."""
    words = subject.split()
    first = words[0].lower()
    rest = words[1:] if first in _ARTICLES else words
    if not rest or rest[0].lower() in _VAGUE or first in _VAGUE:
        return ""
    return " ".join([first, *rest]) if first in _ARTICLES else subject


def _in_sentence(name: str) -> str:
    first = name.split()[0]
    return name if first.isupper() else f"{name[0].lower()}{name[1:]}"
