"""The documents that a question may be about, by name, title, kind, date, author and words.

Everything here is exact: it comes from the index's own list of documents and from its words, never
from a search by likeness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from assistant.answering.folder_questions import FolderWords, words_of
from assistant.index.rows import StoredDocument
from assistant.index.snapshot import Snapshot
from assistant.retrieval.document_age import Age, age_of
from assistant.text.folding import fold
from assistant.text.sentences import SentenceSpan, sentences
from assistant.text.terms import stems, stop_words, terms, words

_HEAD, _MOST_OPENED = 400, 500
"""Characters of the head of a mail, and mails that are looked at."""
_VAGUE = 6
"""A reference that fits more documents than this names none of them."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a document first says something: a sentence of its text."""

    document: StoredDocument
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Documents of one kind, and the words for them: "documents", "PDF files"."""

    documents: tuple[StoredDocument, ...]
    called: str


class FolderCatalogue:
    """The documents of a snapshot, or those of its filters, for one question."""

    def __init__(self, snapshot: Snapshot, within: Sequence[str] | None = None) -> None:
        chosen = None if within is None else frozenset(within)
        self._snapshot = snapshot
        self.documents = tuple(
            each for each in snapshot.store.documents() if chosen is None or each.id in chosen
        )

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that the documents are stemmed in."""
        return tuple(dict.fromkeys(each.language for each in self.documents))

    # ------------------------------------------------------------ kinds of documents

    def of_kind(self, noun: str, code: str, *, loosely: bool = True) -> Narrowed | None:
        """The documents that a noun phrase means ("documents", "PDF files", "invoices"), or None
        when it does not name documents.

        ``loosely``: where no document calls itself a paper or a report, any is one.
        """
        known = words_of(code)
        left = [word for word in fold(noun).split() if word not in known.the]
        rest = [word for word in left if word not in known.nouns]
        if left and not rest:
            return Narrowed(self.documents, "documents")
        if len(rest) != 1:
            return None
        word = rest[0].removeprefix(".")
        if word in known.types:
            by_type = self._of_types(known.types[word])
            if by_type or word not in known.kinds:
                return Narrowed(by_type, f"{_shown_type(known.types[word], by_type)} files")
        elif len(left) > 1 or noun.strip().startswith("."):
            by_type = self._of_types(frozenset({word}))
            if by_type:
                return Narrowed(by_type, f"{word.upper()} files")
        if word in known.kinds:
            named = tuple(each for each in self.documents if self._is_called(each, word, code))
            if named:
                return Narrowed(named, f"documents with “{word}” in their name, title or folder")
            if loosely and word in ("paper", "papers", "report", "reports", "article", "articles"):
                return Narrowed(self.documents, "documents")
        return None

    def _of_types(self, types: frozenset[str]) -> tuple[StoredDocument, ...]:
        return tuple(each for each in self.documents if not types.isdisjoint(types_of(each)))

    def _is_called(self, document: StoredDocument, word: str, code: str) -> bool:
        wanted = set(stems(word, code))
        return wanted <= self._called(document, code)

    def _called(self, document: StoredDocument, code: str) -> set[str]:
        """The stems of a document's name, folders and title."""
        called = _spaced(document.name) + " " + document.title
        return {*stems(called, code), *stems(called, document.language)}

    # ------------------------------------------------------------ one document

    def meant(self, reference: str, code: str, *, as_document: bool = False) -> Meant | None:
        """The documents that a reference means; None when it means no document for certain.

        ``as_document``: only a reference that says it is one, or names its file, counts.
        """
        known = words_of(code)
        tokens = fold(reference).split()
        if " ".join(tokens) in known.everything:
            return Meant(self.documents, is_all=True)
        left = [token for token in tokens if token not in known.the]
        by_name = self._by_file_name(left or tokens, as_document)
        if by_name:
            return Meant(by_name, is_named=True)
        if all(token in known.it for token in tokens):
            return Meant(self.documents, is_pronoun=True)
        if " ".join(left) in known.everything:
            return Meant(self.documents, is_all=True)
        if left[-1:] and left[-1] in known.everything:  # "the ferry folder"
            inside = self.in_folder(" ".join(left[:-1]))
            return Meant(inside, is_named=True) if inside else None
        ages = [token for token in left if token in known.newest or token in known.oldest]
        nouns = known.nouns | known.kinds
        rest = [t for t in left if t not in nouns and t not in known.called and t not in ages]
        says_document = any(token in nouns for token in left)
        if not rest:
            chosen = self.of_kind(" ".join(t for t in left if t not in ages), code)
            if ages and chosen is None:
                return None
            found = chosen.documents if chosen else self.documents
            if ages and found:
                ordered = self.by_age(found)
                first = ordered[0] if ages[0] in known.newest else ordered[-1]
                return Meant((first[0],), is_named=True)
            plural = any(token in known.many for token in left)
            return Meant(found, is_pronoun=not plural, is_all=plural)
        if ages or (as_document and not says_document):
            return None
        titled = tuple(
            each for each in self.documents
            if words(each.title) in (words(" ".join(left)), words(" ".join(rest)), words(reference))
        )  # fmt: skip
        if titled:
            return Meant(titled, is_named=True)
        kinds = [token for token in rest if token not in known.types]
        pool = self._of_types(known.types[rest[0]]) if not kinds and len(rest) == 1 else ()
        if pool:
            return Meant(pool, is_pronoun=len(pool) > 1, is_named=len(pool) == 1)
        wanted = {s for t in rest for s in stems(t, code) if t not in stop_words(code)}
        fitting = self._fitting(wanted, code)
        if says_document and not fitting and wanted:
            fitting = self._opening_with(wanted, left, known)
        if says_document and fitting:
            kind = {s for t in left if t in known.kinds for s in stems(t, code)}
            exact = tuple(each for each in fitting if kind <= self._called(each, code))
            if kind and not exact and self._is_heading(left, code):
                return None  # "the Coppergate plan" is told of inside a document
            fitting = exact or fitting
        if fitting and len(fitting) <= _VAGUE:
            return Meant(fitting, is_named=True)
        return None

    def _fitting(self, wanted: set[str], code: str) -> tuple[StoredDocument, ...]:
        """Documents whose name, folders and title hold all of some stems."""
        if not wanted:
            return ()
        return tuple(each for each in self.documents if wanted <= self._called(each, code))

    def _is_heading(self, tokens: Sequence[str], code: str) -> bool:
        """Whether a heading inside a document holds all these words."""
        wanted = [
            s for token in tokens for s in stems(token, code) if token not in stop_words(code)
        ]
        holding = {each.id: each for each, _, _ in self._holding(wanted, code)} if wanted else {}
        return any(self._has_heading(each, set(wanted)) for each in holding.values())

    def _has_heading(self, document: StoredDocument, wanted: set[str]) -> bool:
        headings = self._snapshot.store.parsed(document.id).headings
        return any(wanted <= set(stems(each.title, document.language)) for each in headings)

    def _opening_with(
        self, wanted: set[str], tokens: Sequence[str], known: FolderWords
    ) -> tuple[StoredDocument, ...]:
        """Documents of a type whose first lines hold all of some stems, as the head of a mail."""
        types = frozenset(kind for t in tokens for kind in known.types.get(t, ()))
        pool = self._of_types(types) if types else ()
        read = self._snapshot.store.read_text
        return tuple(
            each for each in pool[:_MOST_OPENED]
            if wanted <= set(stems(read(each.name, 0, _HEAD), each.language))
        )  # fmt: skip

    def _by_file_name(self, tokens: Sequence[str], as_document: bool) -> tuple[StoredDocument, ...]:
        """Documents whose path, file name or file name without its ending is in the reference."""
        wanted = {*tokens, " ".join(tokens)}
        found = []
        for each in self.documents:
            path = PurePosixPath(fold(each.path_inside))
            names = {str(path), path.name}
            if not path.stem.isalpha() or (len(tokens) == 1 and not as_document):
                names.add(path.stem)  # a word of its own may mean the thing: "the lighthouse"
            if names & wanted:
                found.append(each)
        return tuple(found)

    # ------------------------------------------------------------ age, author, folder

    def by_age(self, documents: Sequence[StoredDocument]) -> list[tuple[StoredDocument, Age]]:
        """Documents with their ages, newest first. Where some name a date, those without any come
        last; where none does, the day of the file's last change decides."""
        aged = [(each, age_of(each.name, each.title, each.date)) for each in documents]
        if any(age.day for _, age in aged):
            return sorted(
                aged,
                key=lambda pair: (bool(pair[1].day), pair[1].day, pair[1].version),
                reverse=True,
            )
        if all(age.version for _, age in aged):
            return sorted(aged, key=lambda pair: pair[1].version, reverse=True)
        return sorted(aged, key=lambda pair: pair[0].state.mtime_ns, reverse=True)

    def written_by(self, author: str) -> tuple[StoredDocument, ...]:
        """The documents whose file names this author."""
        wanted = set(words(author))
        return tuple(
            each for each in self.documents if wanted and wanted <= set(words(each.author))
        )

    def from_year(self, year: str) -> tuple[StoredDocument, ...]:
        """The documents of a year, by their names, or by the day that their file keeps."""
        return tuple(
            each for each in self.documents
            if age_of(each.name, each.title, each.date).day.startswith(year)
        )  # fmt: skip

    def in_folder(self, name: str) -> tuple[StoredDocument, ...]:
        """The documents in a folder of this name."""
        wanted = words(name)
        return tuple(
            each for each in self.documents
            if any(words(part) == wanted for part in PurePosixPath(each.path_inside).parts[:-1])
        )  # fmt: skip

    # ------------------------------------------------------------ words

    def mentioning(self, phrase: str) -> list[Mention]:
        """The documents that say a word or phrase, in any form of its words, and where first."""
        found: dict[str, Mention] = {}
        for code in self.languages:
            wanted = stems(phrase, code)
            if not wanted:
                continue
            for document, start, text in self._holding(terms(phrase, code), code):
                if document.id in found and found[document.id].start <= start:
                    continue
                span = _first_with(text, wanted, document.language)
                if span is not None:
                    found[document.id] = Mention(document, start + span.start, start + span.end)
        return sorted(found.values(), key=lambda each: each.document.name)

    def about(self, topic: str, code: str) -> tuple[list[Mention | StoredDocument], list[Mention]]:
        """Documents with a topic in their name, title, folder or a heading, and others that hold
        all its words in one place."""
        entitled: dict[str, Mention | StoredDocument] = {}
        content = [word for word in topic.split() if fold(word) not in stop_words(code)]
        for each in self.documents:
            wanted = {s for word in content for s in stems(word, each.language)}
            asked = {s for word in content for s in stems(word, code)}
            called = self._called(each, code)
            if content and (wanted <= called or asked <= called):
                entitled[each.id] = each
        others: dict[str, Mention] = {}
        for language in self.languages:
            wanted_terms = [s for word in content for s in stems(word, language)]
            if not wanted_terms:
                continue
            for document, start, text in self._holding(wanted_terms, language):
                before = others.get(document.id)
                if before is not None and before.start <= start:
                    continue
                span = _best_with(text, set(wanted_terms), document.language)
                others[document.id] = Mention(document, start + span.start, start + span.end)
        for identity, mention in others.items():
            if identity in entitled:
                continue
            own = mention.document.language
            if self._has_heading(mention.document, {s for w in content for s in stems(w, own)}):
                entitled[identity] = mention
        named = sorted(entitled.values(), key=_name)
        rest = [each for identity, each in others.items() if identity not in entitled]
        return named, sorted(rest, key=_name)

    def _holding(self, wanted: Sequence[str], code: str) -> list[tuple[StoredDocument, int, str]]:
        """Chunks of documents of a language that hold all of some terms: document, start, text."""
        there = {each.id: each for each in self.documents if each.language == code}
        ids = self._snapshot.words.holding_all(wanted, max(1, self._snapshot.manifest.chunks))
        chunks = self._snapshot.store.chunks(ids).values()
        return sorted(
            (
                (there[chunk.document_id], chunk.start, chunk.text)
                for chunk in chunks
                if chunk.document_id in there
            ),
            key=lambda each: (each[0].name, each[1]),
        )


@dataclass(frozen=True, slots=True)
class Meant:
    """The documents of a reference: all of the folder, those named, or what "it" stands for."""

    documents: tuple[StoredDocument, ...]
    is_all: bool = False
    is_named: bool = False
    is_pronoun: bool = False


def types_of(document: StoredDocument) -> set[str]:
    """What a document's type may be called: its suffix and its kind."""
    suffix = PurePosixPath(document.name).suffix.lower().removeprefix(".")
    return {each for each in (suffix, document.kind) if each}


def suffix_of(document: StoredDocument) -> str:
    """The type that a person sees: the suffix, else the kind."""
    return PurePosixPath(document.name).suffix.lower().removeprefix(".") or document.kind


def _shown_type(types: frozenset[str], documents: Sequence[StoredDocument]) -> str:
    """The types that there are, else all that were meant: "DOC/DOCX"."""
    there = {suffix_of(each) for each in documents}
    return "/".join(sorted(each.upper() for each in there or types))


def _spaced(name: str) -> str:
    path = PurePosixPath(name)
    return " ".join((*path.parts[:-1], path.stem)).replace("_", " ").replace("-", " ")


def _name(found: Mention | StoredDocument) -> str:
    return found.document.name if isinstance(found, Mention) else found.name


def _first_with(text: str, wanted: Sequence[str], code: str) -> SentenceSpan | None:
    """The first sentence in which some stems stand side by side."""
    size = len(wanted)
    for span in sentences(text):
        found = stems(text[span.start : span.end], code)
        if any(found[at : at + size] == list(wanted) for at in range(len(found) - size + 1)):
            return span
    return None


def _best_with(text: str, wanted: set[str], code: str) -> SentenceSpan:
    """The sentence that holds most of some stems, the first of equals."""
    spans = sentences(text)
    return max(
        spans, key=lambda s: (len(wanted & set(stems(text[s.start : s.end], code))), -s.start)
    )
