"""A passage → its entries; whether the facts of a claim stand together in one of them.

An entry is a row of a table with its header, an item of a list with the line above the list, a
listed work with its authors, or sentences of a paragraph that go on about one subject. "EMC2 is by
Yu Wang" has all its names in a passage that says so of another work: they stand in two entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.checking.missing_facts import Problem, SourceFacts
from assistant.text.facts import Facts, facts_of, is_checked
from assistant.text.listed_works import listed_works
from assistant.text.sentences import sentences
from assistant.text.terms import STOP_WORDS, stem, words

_ANAPHORS = frozenset(
    """it its he she his her him they their them this these those both such here there latter
    former""".split()
)
"""Words that tie a sentence to the one before."""
_SAME_SUBJECT = re.compile(
    r"the (?:authors?|method|paper|work|team|study|system|model|approach|result|company)s?\b", re.I
)
_ITEM_MARK = re.compile(r"[\s>]*(?:[-*+•◦▪‣·–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])[ \t]+$")
_FIRST_WORDS = re.compile(r"[\s*_(\[]*([\"“„«]?)([^\W_][\w’'&-]*)(?:\s+([^\W_][\w’'&-]*))?")
_TITLE = re.compile(r"[\"“„«]([^\"”“»\n]{4,220})[\"”“»]")
_KEY = re.compile(r"[ \t]*[^\W\d_][^:\n]{0,40}:[ \t]+\S")
"""A line such as "Phone: 12", of a record."""
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_CLAUSES = re.compile(r";\s|,?\s(?:and|while|whereas|but)\s|,\s(?=which\b)")
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|did|will|can|won|took|holds?|held|uses?|gives?|makes?|"
    r"contains?|appeared|[a-z]{3,}ed)\b"
)
_MOST_ENTRIES = 80
"""Entries of one passage; a passage has about 250 words."""


@dataclass(eq=False)
class Entry:
    """What belongs together: the text, and what stands above it and holds for it."""

    text: str
    above: str
    is_row: bool = False
    is_item: bool = False

    @cached_property
    def holds(self) -> SourceFacts:
        """The facts of the text and of what stands above it."""
        return SourceFacts(f"{self.above}\n{self.text}")

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the text alone."""
        return frozenset(stem(words(self.text)))

    @cached_property
    def own(self) -> SourceFacts:
        """The facts of the text alone."""
        return SourceFacts(self.text)


@dataclass
class Entries:
    """The entries of a passage, and the short lines that may hold for all of them."""

    all: tuple[Entry, ...]
    free: str

    @cached_property
    def shared(self) -> SourceFacts:
        """The facts of the short lines."""
        return SourceFacts(self.free)


def entries_of(text: str) -> Entries:
    """The entries of a passage in order."""
    works = listed_works(text)
    spans = sentences(text)
    is_record = _has_records(text[span.start : span.end] for span in spans if span.kind == "label")
    found: list[Entry] = []
    free: list[str] = []
    heading = lead = header = before = ""
    prose = -1  # the entry that the next sentence may go on with
    end = work_end = 0
    for span in spans:
        if len(found) >= _MOST_ENTRIES:
            break
        own, kind = text[span.start : span.end], span.kind
        is_apart = _PARAGRAPH.search(text, end, span.start) is not None
        work = next((each for each in works if each.start <= span.start < each.end), None)
        if span.start < work_end:
            found[-1] = _joined(found[-1], own)
        elif work is not None:
            work_end, prose = work.end, -1
            found.append(Entry(own, work.heading))
        elif kind == "heading":
            heading, lead, header, prose = own, "", "", -1
            if f"\n{text[: span.start]}".endswith("\n# "):
                free.append(own)
        elif kind == "table":
            header = header if before == "table" else own
            if before == "table":
                found.append(Entry(own, f"{heading}\n{lead}\n{header}", is_row=True))
        elif kind == "item":
            begins = text.rfind("\n", 0, span.start) + 1
            if not found or before != "item" or _ITEM_MARK.fullmatch(text, begins, span.start):
                found.append(Entry(own, f"{heading}\n{lead}", is_item=True))
            else:
                found[-1] = _joined(found[-1], own)
            prose = -1
        elif kind == "label" and not (is_record and _KEY.match(own)):
            free.append(own)
        elif kind == "label" and before == "key" and not is_apart:
            found[-1] = _joined(found[-1], own)
        elif kind == "label":
            found.append(Entry(own, heading))
        else:
            if prose >= 0 and not _opens(own, found[prose], is_apart):
                found[prose] = _joined(found[prose], own)
            else:
                found.append(Entry(own, heading))
                prose = len(found) - 1
            lead = own if own.rstrip("*_ ").endswith(":") else ""
        is_key = kind == "label" and _KEY.match(own) is not None
        before, end = "key" if is_key else kind, span.end
    return Entries(tuple(found), "\n".join(free))


def _has_records(lines: Iterable[str]) -> bool:
    """Whether any key of "Key: value" is given twice, so that there are several records."""
    keys = [line.partition(":")[0].strip().lower() for line in lines if _KEY.match(line)]
    return len(keys) > len(set(keys))


def _joined(entry: Entry, more: str) -> Entry:
    return Entry(f"{entry.text}\n{more}", entry.above, entry.is_row, entry.is_item)


def _opens(sentence: str, entry: Entry, is_apart: bool) -> bool:
    """Whether a sentence begins with a subject of its own, and refers to nothing before it.

    In a paragraph only a title in quotation marks does: names change too often within what belongs
    together (15 of 114 supported claims of WiCE were doubted when any new name began an entry).
    """
    if not _ANAPHORS.isdisjoint(words(sentence)) or _SAME_SUBJECT.match(sentence):
        return False
    title = _TITLE.match(sentence.lstrip("*_ "))
    if title is not None:
        return not entry.holds.has_quote(title.group(1))
    return is_apart


_Fact = tuple[str, Callable[[SourceFacts], bool]]


def untied(sentence: str, sources: Sequence[Entries], context: SourceFacts | None) -> list[Problem]:
    """What a claim brings together that its sources say of different things.

    ``context`` holds what is known for a whole passage (title, headings).
    """
    for part in _statements(sentence):
        apart = _apart(part, sources, context)
        if apart:
            text = f"the source says “{apart[1]}” of something other than “{apart[0]}”"
            return [Problem("apart", text, is_grave=False)]
    return []


def _statements(sentence: str) -> Iterator[str]:
    """The clauses of a sentence where each states something with facts of its own, else all."""
    parts: list[str] = []
    start = 0
    for cut in _CLAUSES.finditer(sentence):
        before, after = sentence[start : cut.start()], sentence[cut.end() :]
        if all(_VERB.search(part) and _states_facts(part) for part in (before, after)):
            parts.append(before)
            start = cut.end()
    parts.append(sentence[start:])
    yield from parts


def _states_facts(clause: str) -> bool:
    """Whether a clause has two facts, its first word counted where that could be a name."""
    first = _FIRST_WORDS.match(clause)
    is_name = first is not None and first[2][0].isupper() and first[2].lower() not in STOP_WORDS
    facts = {text for text, _ in _facts(facts_of(clause))}
    return len(facts | ({first[2]} if first and is_name else set())) > 1


def _facts(facts: Facts) -> list[_Fact]:
    found: list[_Fact] = [(name, lambda s, n=name: s.has_name(n)) for name in facts.names]  # type: ignore[misc]
    found += [
        (number.text, lambda s, n=number: s.has_number(n))  # type: ignore[misc]
        for number in facts.numbers
        if is_checked(number)
    ]
    found += [(date.text, lambda s, d=date: s.has_date(d)) for date in facts.dates]  # type: ignore[misc]
    found += [(quote, lambda s, q=quote: s.has_quote(q)) for quote in facts.quotes]  # type: ignore[misc]
    return found


def _opener(sentence: str, sources: Sequence[Entries]) -> list[_Fact]:
    """The first word of a sentence, if the sources write it as a name."""
    bare = re.sub(r"^\W*(?:(?:the|a|an)\s+)?", "", sentence, flags=re.IGNORECASE)
    first = _FIRST_WORDS.match(bare)
    if first is None:
        return []
    word = first.group(2)
    if not word[0].isupper() or word.lower() in STOP_WORDS or len(word) < 3:
        return []
    whole = "\n".join(entry.text for entries in sources for entry in entries.all)
    written = re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", whole, re.IGNORECASE)
    if not written or not all(each[0].isupper() for each in written):
        return []
    return [(word, lambda s: s.has_name(word))]


def _apart(
    sentence: str, sources: Sequence[Entries], context: SourceFacts | None
) -> tuple[str, str] | None:
    """Two facts of a sentence that no entry brings together."""
    facts = _facts(facts_of(sentence)) + _opener(sentence, sources)
    shared = [*(each.shared for each in sources if each.free), *([context] if context else [])]
    facts = [fact for fact in facts if not any(map(fact[1], shared))]
    if not facts:
        return _in_other_rows(sentence, sources, context)
    held = [
        [{at for at, (_, test) in enumerate(facts) if test(entry.holds)} for entry in each.all]
        for each in sources
    ]
    known = {at for entries in held for there in entries for at in there}
    together: set[int] = set()
    for entries in held:
        together |= max(entries, key=lambda there: len(there - together), default=set())
    if len(known) > 1 and known - together:
        return facts[min(together)][0], facts[min(known - together)][0]
    return _in_other_rows(sentence, sources, context)


def _in_other_rows(
    sentence: str, sources: Sequence[Entries], context: SourceFacts | None
) -> tuple[str, str] | None:
    """Two things of a sentence that stand in two rows or items only, and nowhere else.

    Of a list's items two words must be elsewhere: items are written in many words. A row is meant
    where the sentence holds its whole first cell.
    """
    numbers = [number for number in facts_of(sentence).numbers if is_checked(number)]
    running = f" {' '.join(words(sentence))} "
    for entries in sources:
        rows = [entry for entry in entries.all if entry.is_row]
        items = [entry for entry in entries.all if entry.is_item]
        found = _elsewhere(sentence, entries, rows, context, 1)
        found = found or _elsewhere(sentence, entries, items, context, 2)
        if found:
            return found
        meant = [row for row in rows if f" {_label(row)} " in running]
        for number in numbers if meant else ():
            if not any(row.own.has_number(number) for row in meant) and any(
                row.own.has_number(number) for row in rows
            ):
                return _label(meant[0]), number.text
    return None


def _elsewhere(
    sentence: str,
    entries: Entries,
    parallel: Sequence[Entry],
    context: SourceFacts | None,
    least: int,
) -> tuple[str, str] | None:
    """A word of the sentence that the best of parallel entries has, and one that only others of
    them have, if at least ``least`` are so."""
    if len(parallel) < 2:
        return None
    spoken = [word for word in words(sentence) if word not in STOP_WORDS]
    said = dict(zip(stem(spoken), spoken, strict=True))
    held = [entry.stems for entry in parallel]
    others = [entry.holds.stems for entry in entries.all if entry not in parallel]
    others += [frozenset(stem(words(above))) for above in {entry.above for entry in parallel}]
    others += [entries.shared.stems, *([context.stems] if context else [])]
    told = [
        term
        for term in said
        if any(term in there for there in held) and not any(term in there for there in others)
    ]
    best = max(held, key=lambda there: sum(term in there for term in told))
    missing = [term for term in told if term not in best]
    if len(missing) < least or len(missing) == len(told):
        return None
    return said[next(term for term in told if term in best)], said[missing[0]]


def _label(row: Entry) -> str:
    """The words of a row's first cell."""
    return " ".join(words(row.text.strip("| ").partition("|")[0])) or "\0"
