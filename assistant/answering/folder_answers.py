"""A question about the folder or one of its documents → a draft, from the catalogue.

Counts, lists, dates and authors come from the index, and their sentences have the verdict
``catalogue``; sentences of documents are quoted and cited. A question that the catalogue cannot
answer for certain goes to the search.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answering.answer import CitedPlace, Draft
from assistant.answering.catalogue import FolderCatalogue, Meant, Mention, suffix_of
from assistant.answering.folder_questions import FolderQuestion, readings, words_of
from assistant.answering.opening_lines import first_line, opening_lines
from assistant.answering.version_answers import version_draft
from assistant.index.rows import StoredDocument
from assistant.index.snapshot import Snapshot
from assistant.retrieval.document_age import Age, age_of
from assistant.retrieval.filters import chosen_documents
from assistant.retrieval.question import Turn
from assistant.text.analysed import AnalysedText
from assistant.text.folding import fold
from assistant.types import Evidence, Filters, Sentence

CATALOGUE = "catalogue"
"""The reason of an answer that needed no search."""
_MOST_NAMED = 200
"""Documents that are named one by one; the rest is counted."""
_MOST_QUOTED = 30
"""Documents of which a line is quoted."""
_NAMED_IN_COUNT = 20


def folder_draft(
    said: AnalysedText, history: Sequence[Turn], snapshot: Snapshot, filters: Filters
) -> Draft | None:
    """The answer to a question about the folder or a document of it; None for any other."""
    answered = _answered_reading(said, history, snapshot, filters)
    return answered[1] if answered else None


def summary_documents(
    said: AnalysedText, history: Sequence[Turn], snapshot: Snapshot, filters: Filters
) -> tuple[StoredDocument, ...]:
    """The documents that a question asks a summary of; none where it asks something else."""
    answered = _answered_reading(said, history, snapshot, filters)
    if answered is None or answered[0].kind != "summary":
        return ()
    return answered[2].summarised(answered[0]) or ()


def _answered_reading(
    said: AnalysedText, history: Sequence[Turn], snapshot: Snapshot, filters: Filters
) -> tuple[FolderQuestion, Draft, _Answering] | None:
    """The first reading of a question that the catalogue can answer, with the answer."""
    codes = (said.code, "en", *snapshot.manifest.languages)
    meant = list(readings(said.text, codes))
    if not meant:
        return None
    within = chosen_documents(filters, snapshot) if filters else None
    catalogue = FolderCatalogue(snapshot, within)
    answering = _Answering(catalogue, snapshot, codes, tuple(history))
    for each in meant:
        draft = answering.answer(each)
        if draft is not None:
            return each, draft, answering
    return None


@dataclass(slots=True)
class _Writing:
    """An answer as it grows: its text, sentences and cited places."""

    text: str = ""
    sentences: list[Sentence] = field(default_factory=list)
    places: list[CitedPlace] = field(default_factory=list)

    def state(self, words: str, lead: str = "") -> None:
        """A sentence from the catalogue, on a line of its own."""
        self._line(f"{lead}{words}")
        self.sentences.append(Sentence(words, (), "catalogue"))

    def quote(self, lead: str, document: StoredDocument, words: str, start: int, end: int) -> None:
        """A sentence of a document with its marker, behind a lead on the same line."""
        self.places.append(CitedPlace(document.name, start, end))
        marker = len(self.places)
        said = " ".join(words.split())
        self._line(f"{lead}{said} [{marker}]")
        self.sentences.append(
            Sentence(said, (marker,), "verbatim", (Evidence(marker, start, end),))
        )

    def _line(self, line: str) -> None:
        self.text += f"\n{line}" if self.text else line

    def draft(self) -> Draft:
        return Draft(
            text=self.text,
            sentences=tuple(self.sentences),
            places=tuple(self.places),
            reason=CATALOGUE,
        )


@dataclass(slots=True)
class _Answering:
    """Answers readings of one question; each gives None where the catalogue cannot tell."""

    catalogue: FolderCatalogue
    snapshot: Snapshot
    codes: Sequence[str]
    history: tuple[Turn, ...]

    def answer(self, asked: FolderQuestion) -> Draft | None:
        if asked.kind == "changes":
            return version_draft(asked, self.catalogue, self.snapshot)
        made = {
            "summary": self._summary, "author": self._author, "date": self._date,
            "count": self._count, "list": self._list, "pick": self._pick,
            "kindsof": self._kinds,
        }[asked.kind](asked)  # fmt: skip
        return made.draft() if made is not None and made.text else None

    # ------------------------------------------------------------ which documents

    def _meant(self, asked: FolderQuestion, slot: str) -> tuple[StoredDocument, ...] | None:
        reference = asked.slots.get(slot, "")
        if not reference:
            meant: Meant | None = Meant(self.catalogue.documents, is_pronoun=True)
        else:
            meant = self.catalogue.meant(reference, asked.language, as_document=slot == "file")
        if meant is None or not meant.documents:
            return None
        if not meant.is_pronoun or (len(meant.documents) == 1 and not self.history):
            return meant.documents
        if self.history:
            before = self._spoken_of(meant.documents)
            is_it = not reference or fold(reference) in words_of(asked.language).it
            return before or (None if is_it else meant.documents)
        return meant.documents

    def _spoken_of(self, among: Sequence[StoredDocument]) -> tuple[StoredDocument, ...]:
        """The one document that the turn before was about, if it was about one."""
        question, told = self.history[-1]
        for each in readings(question, self.codes):
            earlier = _Answering(self.catalogue, self.snapshot, self.codes, self.history[:-1])
            for slot in ("doc", "file"):
                if slot in each.slots:
                    found = earlier._meant(each, slot)
                    if found is not None and len(found) == 1:
                        return found
        named = [each for each in among if each.name in told or each.name in question]
        return tuple(named) if len(named) == 1 else ()

    def _chosen(self, asked: FolderQuestion) -> _Selection | None:
        """The documents that a count or a list is of."""
        code, slots = asked.language, asked.slots
        kind = self.catalogue.of_kind(slots.get("docs", ""), code) if "docs" in slots else None
        if "docs" in slots and kind is None:
            return None
        chosen = _Selection(kind.documents if kind else self.catalogue.documents,
                            kind.called if kind else "documents")  # fmt: skip
        if "year" in slots:
            return chosen.only(self.catalogue.from_year(slots["year"]), f"from {slots['year']}")
        if "author" in slots:
            written = self.catalogue.written_by(slots["author"])
            return chosen.only(written, f"by {slots['author']}") if written else None
        if "dir" in slots:
            inside = self.catalogue.in_folder(slots["dir"])
            return chosen.only(inside, f"in the folder {slots['dir']}") if inside else None
        return chosen

    # ------------------------------------------------------------ counts and lists

    def _count(self, asked: FolderQuestion) -> _Writing | None:
        chosen = self._chosen(asked)
        if chosen is None:
            return None
        if "word" in asked.slots or "topic" in asked.slots:
            return self._with_words(asked, chosen, list_all=False)
        writing = _Writing()
        writing.state(self._counted(chosen))
        if len(chosen.documents) < len(self.catalogue.documents):
            self._name(writing, chosen.documents, _NAMED_IN_COUNT)
        elif len(chosen.documents) > 1:
            types = Counter(suffix_of(each) for each in chosen.documents)
            told = ", ".join(f"{count} {kind}" for kind, count in types.most_common())
            writing.state(f"By type: {told}.")
        return writing

    def _list(self, asked: FolderQuestion) -> _Writing | None:
        chosen = self._chosen(asked)
        if chosen is None:
            return None
        if "word" in asked.slots or "topic" in asked.slots:
            return self._with_words(asked, chosen, list_all=True)
        writing = _Writing()
        writing.state(self._counted(chosen))
        self._name(writing, chosen.documents, _MOST_NAMED)
        return writing

    def _counted(self, chosen: _Selection) -> str:
        total, count = len(self.catalogue.documents), len(chosen.documents)
        if chosen.is_all:
            return (
                f"There {_are(count, 'document')} in the index."
                if self._is_whole
                else (f"There {_are(count, 'document')} within the filters.")
            )
        if not count:
            return f"None of the {_several(total, 'document')} is among the {chosen.called}."
        verb = "is" if count == 1 else "are"
        return f"{count} of {_several(total, 'document')} {verb} among the {chosen.called}:"

    @property
    def _is_whole(self) -> bool:
        return len(self.catalogue.documents) == self.snapshot.manifest.documents

    def _with_words(
        self, asked: FolderQuestion, chosen: _Selection, *, list_all: bool
    ) -> _Writing | None:
        """Documents that mention a word, or are about a topic, each with its first sentence."""
        inside = {each.id for each in chosen.documents}
        of = (
            f"of the {_several(len(inside), 'document')}"
            if chosen.is_all
            else (f"of the {len(inside)} {chosen.called}")
        )
        most = _MOST_NAMED if list_all else _NAMED_IN_COUNT
        writing = _Writing()
        if "word" in asked.slots:
            word = _bare(asked.slots["word"], asked.language)
            if not word:
                return None
            mentions = [m for m in self.catalogue.mentioning(word) if m.document.id in inside]
            if not mentions:
                writing.state(f"None {of} mentions “{word}”.")
                return writing
            writing.state(f"{len(mentions)} {of} {_verb(len(mentions), 'mention')} “{word}”:")
            self._quote_each(writing, mentions, most)
            return writing
        topic = _bare(asked.slots["topic"], asked.language)
        if not topic or (chosen.is_named and len(chosen.documents) == 1):
            return None  # "which paper …" of a guide to papers asks for no document
        entitled, others = self.catalogue.about(topic, asked.language)
        entitled = [e for e in entitled if _document(e).id in inside]
        others = [m for m in others if m.document.id in inside]
        if not entitled and not others:
            writing.state(f"None {of} has “{topic}” in its name, title, headings or text.")
            return writing
        if entitled:
            count = len(entitled)
            verb = "has" if count == 1 else "have"
            place = (
                "its name, title, folder or a heading"
                if count == 1
                else ("their name, title, folder or a heading")
            )
            writing.state(f"{count} {of} {verb} “{topic}” in {place}:")
            self._quote_each(writing, entitled, most)
        if others:
            more = "more " if entitled else ""
            holds = _verb(len(others), "hold")
            writing.state(f"{len(others)} {more}{of} {holds} these words in the text only:")
            self._quote_each(writing, others, most)
        return writing

    def _name(self, writing: _Writing, documents: Sequence[StoredDocument], most: int) -> None:
        for each in documents[:most]:
            writing.state(_titled(each), "- ")
        if len(documents) > most:
            writing.state(f"And {len(documents) - most} more, which are not named here.")

    def _quote_each(
        self, writing: _Writing, found: Sequence[Mention | StoredDocument], most: int
    ) -> None:
        for at, each in enumerate(found[:most]):
            document = _document(each)
            if isinstance(each, Mention) and at < _MOST_QUOTED:
                said = self.snapshot.store.read_text(document.name, each.start, each.end)
                writing.quote(f"- {_called(document)}: ", document, said, each.start, each.end)
            else:
                writing.state(_titled(document), "- ")
        if len(found) > most:
            writing.state(f"And {len(found) - most} more, which are not named here.")

    def _kinds(self, asked: FolderQuestion) -> _Writing:
        writing = _Writing()
        types = Counter(suffix_of(each) for each in self.catalogue.documents)
        writing.state(f"The {_several(len(self.catalogue.documents), 'document')} by type:")
        for kind, count in types.most_common():
            writing.state(f"{kind}: {count}", "- ")
        return writing

    # ------------------------------------------------------------ one document

    def _pick(self, asked: FolderQuestion) -> _Writing | None:
        """The newest or oldest document, or version of one."""
        code = asked.language
        if "doc" in asked.slots:
            found = self._meant(asked, "doc")
            if found is None or len(found) < 2:
                return None
        else:
            chosen = self.catalogue.of_kind(asked.slots.get("docs", ""), code, loosely=False)
            if chosen is None or not chosen.documents:
                return None
            found = chosen.documents
        if "topic" in asked.slots:
            entitled, others = self.catalogue.about(asked.slots["topic"], code)
            about = {_document(each).id for each in (entitled or others)}
            found = tuple(each for each in found if each.id in about)
            if not found:
                return None
        ordered = self.catalogue.by_age(found)
        dated = [pair for pair in ordered if pair[1].day]
        wanted = fold(asked.slots["age"])
        is_newest = wanted in words_of(code).newest
        pool = dated or ordered
        document, age = pool[0] if is_newest else pool[-1]
        same = [
            each for each, other in pool if (other.day, other.version) == (age.day, age.version)
        ]
        writing = _Writing()
        word = "newest" if is_newest else "oldest"
        if (age.day or age.version) and len(same) > 1:
            writing.state(f"{len(same)} documents are equally the {word}, {_aged(document, age)}:")
            self._name(writing, same, _MOST_NAMED)
        else:
            of = _several(len(found), "document")
            writing.state(f"The {word} of {of} is {_titled(document)}, {_aged(document, age)}.")
        if dated and len(dated) < len(ordered):
            left = len(ordered) - len(dated)
            verb = "was" if left == 1 else "were"
            writing.state(f"{_several(left, 'document')} without a date {verb} not compared.")
        return writing

    def _author(self, asked: FolderQuestion) -> _Writing | None:
        found = self._meant(asked, "file" if "file" in asked.slots else "doc")
        if found is None or not any(each.author for each in found):
            return None
        writing = _Writing()
        for each in found[:_MOST_NAMED]:
            if not each.author:
                writing.state(
                    f"{_titled(each)}: the file names no author.", "- " * (len(found) > 1)
                )
                continue
            place = self._place_of(each, each.author)
            lead = f"- {_called(each)}: " if len(found) > 1 else ""
            if place is not None:
                said = self.snapshot.store.read_text(each.name, *place)
                writing.state(f"{_titled(each)} is by {each.author}.", lead and "- ")
                writing.quote("  " if lead else "", each, said, *place)
            else:
                writing.state(f"{_titled(each)} is by {each.author}, as the file says of itself.",
                              lead and "- ")  # fmt: skip
        return writing

    def _place_of(self, document: StoredDocument, words: str) -> tuple[int, int] | None:
        """Where near its beginning a document says some words."""
        head = self.snapshot.store.read_text(document.name, 0, 3000)
        at = head.find(words)
        return (at, at + len(words)) if at >= 0 else None

    def _date(self, asked: FolderQuestion) -> _Writing | None:
        found = self._meant(asked, "file")
        if found is None:
            return None
        writing = _Writing()
        for each in found[:_MOST_NAMED]:
            head = self.snapshot.store.read_text(each.name, 0, 800)
            age = age_of(each.name, each.title, each.date, head)
            writing.state(f"{_titled(each)} is {_aged(each, age)}.", "- " if len(found) > 1 else "")
        return writing

    def summarised(self, asked: FolderQuestion) -> tuple[StoredDocument, ...] | None:
        """The documents that a summary is asked of."""
        return self._meant(asked, "file" if "file" in asked.slots else "doc")

    def _summary(self, asked: FolderQuestion) -> _Writing | None:
        found = self.summarised(asked)
        if found is None:
            return None
        writing = _Writing()
        if len(found) == 1:
            self._open(writing, found[0])
            return writing
        total = len(self.catalogue.documents)
        which = (
            f"{len(found)} documents"
            if len(found) == total
            else f"{len(found)} of {total} documents"
        )
        writing.state(f"The opening lines of {which}, not a summary:")
        for each in found[:_MOST_QUOTED]:
            line = first_line(self.snapshot.store.parsed(each.id), each.noise)
            if line is None:
                writing.state(_titled(each), "- ")
                continue
            said = self.snapshot.store.read_text(each.name, line.start, line.end)
            writing.quote(f"- {_called(each)}: ", each, said, line.start, line.end)
        self._name(writing, found[_MOST_QUOTED:], _MOST_NAMED)
        return writing

    def _open(self, writing: _Writing, document: StoredDocument) -> None:
        parsed = self.snapshot.store.parsed(document.id)
        opening = opening_lines(parsed, document.noise)
        by = f", by {document.author}" if document.author else ""
        writing.state(f"The opening lines of {_titled(document)}{by}, not a summary:")
        for line in opening.lines:
            said = parsed.text[line.start : line.end]
            lead = f"- {line.heading}: " if line.heading else "- "
            writing.quote(lead, document, said, line.start, line.end)
        if opening.left_out:
            writing.state(f"And {opening.left_out} more sections, which are not opened here.")


@dataclass(frozen=True, slots=True)
class _Selection:
    """Documents and the words for them; ``is_all`` where they are all there are."""

    documents: tuple[StoredDocument, ...]
    called: str

    @property
    def is_all(self) -> bool:
        return self.called == "documents"

    @property
    def is_named(self) -> bool:
        """Whether a word in their names or titles makes them what is asked for."""
        return self.called.startswith("documents with")

    def only(self, among: Sequence[StoredDocument], words: str) -> _Selection:
        kept = {each.id for each in among}
        documents = tuple(each for each in self.documents if each.id in kept)
        return _Selection(documents, f"{self.called} {words}")


def _document(found: Mention | StoredDocument) -> StoredDocument:
    return found.document if isinstance(found, Mention) else found


def _bare(words: str, code: str) -> str:
    """The words of a slot without an article, and "the word", before them."""
    known = words_of(code)
    tokens = words.split()
    while len(tokens) > 1 and fold(tokens[0]) in known.the:
        tokens = tokens[1:]
        if len(tokens) > 1 and fold(tokens[0]) in known.term:
            tokens = tokens[1:]  # "the word ferry"
    return " ".join(tokens)


def _called(document: StoredDocument) -> str:
    return " ".join(document.name.split())


def _titled(document: StoredDocument) -> str:
    """A document's name with its title, where that says more."""
    name, title = _called(document), " ".join(document.title.split())
    return f"{name} (“{title}”)" if title and title not in name else name


def _aged(document: StoredDocument, age: Age) -> str:
    version = f"version {'.'.join(map(str, age.version))}" if age.version else ""
    if not age.day:
        if version:
            return version
        return f"last changed on {document.day}; the document itself names no date"
    told = {
        "text": "as its text says", "name": "as its name or title says",
        "file": "as the file says of itself",
    }[age.told_by]  # fmt: skip
    return f"from {age.day}, {told}" + (f", {version}" if version else "")


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _are(count: int, noun: str) -> str:
    return f"{'is' if count == 1 else 'are'} {_several(count, noun)}"


def _verb(count: int, verb: str) -> str:
    return f"{verb}s" if count == 1 else verb
