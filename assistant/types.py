"""The facts that travel through the assistant, frozen; imports the standard library only.

Spans count characters (Unicode code points) of a document's stored text, end exclusive, so that
``text[start:end]`` is the quote. Scores are higher-is-better. Times are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

Verdict = Literal[
    "verbatim", "supported", "computed", "catalogue", "weak", "unsupported", "uncited"
]
"""How well the cited place supports a sentence, strongest first. ``computed`` is a figure made of
the cited cells of a table. ``catalogue`` is no sentence of a document: the index's own list of
documents says it. ``uncited`` cites nothing."""
Certainty = Literal["sure", "likely", "unsure", "none"]
SURE, LIKELY = 0.8, 0.45
"""The least confidence of an answer that is called sure, and of one that is called likely. On our
own questions 97, 81 and 67 % of the sure, likely and unsure answers are right."""

Action = Literal["add", "change", "rename", "delete", "unchanged", "retry", "skip"]
"""What a sync means to do with a file."""

Outcome = Literal[
    "indexed",
    "unchanged",
    "renamed",
    "deleted",
    "kept",
    "empty",
    "needs_ocr",
    "password",
    "unsupported",
    "too_large",
    "failed",
    "planned",
]
"""What became of a file. ``kept``: not seen this time, its last good version still answers."""


# ---------------------------------------------------------------- documents and chunks


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paged document: its label and its span in the text."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 to 6, its words, and where its line starts in the text."""

    level: int
    title: str
    start: int


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word that was read from a picture of a page: its span in the text, the page's number, its
    box, and how sure the reading is.

    The box is in ten-thousandths of the page's width and height, from its upper left corner.
    ``score``, from 0 to 1, is the recogniser's for this word, at most that of its whole page.
    """

    start: int
    end: int
    page: int
    left: int
    top: int
    right: int
    bottom: int
    score: float


@dataclass(frozen=True, slots=True)
class DocumentField:
    """What the first page says of the document: ``name`` is ``author``, ``editor``,
    ``affiliation``, ``abstract``, ``date``, ``publisher``, ``version``, ``status``, ``supersedes``,
    ``valid_from``, ``valid_until``, ``sender``, ``recipient`` or ``subject``; ``value`` is the text
    from ``start`` to ``end``. An ``abbreviation`` may stand anywhere: its value is ``MTBF = mean
    time …``, its place that of the explanation.
    """

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """What a reader makes of a file: one text, and the structure that points into it.

    ``date`` (ISO, day), ``language`` (as in ``en``) and ``author`` are what the file itself says,
    or empty. ``notes`` say what of the file is not in the text, as pages that need OCR.
    ``recognised`` are the words that were read from pictures. ``unread_pages`` counts the pages
    whose words only OCR could give, and did not.
    """

    text: str
    title: str
    kind: str
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    is_markdown: bool = False
    date: str = ""
    language: str = ""
    author: str = ""
    notes: tuple[str, ...] = ()
    recognised: tuple[RecognisedWord, ...] = ()
    unread_pages: int = 0


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known of an indexed document without its text.

    ``date`` is the day the file itself names, else the day it was last changed. ``language`` and
    ``author`` are empty where the file does not say. ``tags`` are the folders it lies in.
    ``fields`` are what its first page says of it, ``size_bytes`` is the file's. ``collection`` is
    set where there are several; the name begins with it then, but for the default one's.
    """

    name: str
    title: str
    kind: str
    date: str
    language: str = ""
    author: str = ""
    notes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    fields: tuple[DocumentField, ...] = ()
    size_bytes: int = 0
    collection: str = ""

    @property
    def path_inside(self) -> str:
        """The name without that of its collection."""
        return self.name.removeprefix(f"{self.collection}:") if self.collection else self.name


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents a question is asked of; an empty field means all.

    ``paths`` are glob patterns (``reports/**``), ``types`` suffixes or kinds (``pdf``), ``after``
    and ``before`` days in ISO form, both included, ``tags`` names of folders, ``names`` whole names
    of documents as ``Assistant.documents`` gives them. Each field that is given must hold; of
    several values of one field any will do. ``collections`` are the indexes that are asked, without
    any the default one.
    """

    paths: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether some documents of what is asked are left out."""
        return any((self.paths, self.types, self.after, self.before, self.tags, self.names))


NO_FILTERS = Filters()
"""All documents."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document as the index holds it: its text, in which all spans count, and its structure.

    ``sha256`` is the hash of the file's bytes when it was read, ``path`` where it lay then.
    """

    name: str
    title: str
    kind: str
    sha256: str
    path: str
    text: str
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a document that is indexed: ``document.text[start:end] == text``.

    ``context`` is what stands above its rows when it begins inside a table: caption and column
    names. ``placing`` is a model's sentence on its place in the document, which is searched only.
    """

    text: str
    start: int
    end: int
    page: int | None
    heading_path: tuple[str, ...]
    context: str = ""
    placing: str = ""


# ---------------------------------------------------------------- retrieval


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was retrieved, with its place and the parts of its score.

    ``scores`` holds the raw parts (``words`` BM25, ``vector`` and ``sentence`` cosine) as far as
    they were computed; ``score`` is their fusion. ``duplicates`` names documents that hold the
    same text and were folded into this passage. ``noise`` are the stretches of the document inside
    this passage that are captions or adverts. ``context`` is what stands above its rows when it
    begins inside a table. ``language`` is that of its document, if it is known.
    """

    chunk_id: str
    document: str
    title: str
    text: str
    start: int
    end: int
    page: int | None
    heading_path: tuple[str, ...]
    score: float
    scores: Mapping[str, float] = field(default_factory=dict)
    duplicates: tuple[str, ...] = ()
    noise: tuple[tuple[int, int], ...] = ()
    context: str = ""
    language: str = ""

    @property
    def body(self) -> str:
        """The text without a first line that is its section's heading (``## …``), for people:
        the section is shown with its place."""
        text = self.text.lstrip()
        line, _, rest = text.partition("\n")
        section = _letters(self.heading_path[-1]) if self.heading_path else ""
        is_heading = line.startswith("#") and section and _letters(line) == section
        return rest.lstrip() if is_heading and rest.strip() else text


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


# ---------------------------------------------------------------- answers


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered place: ``quote`` is the document's stored text from ``start`` to ``end``.

    ``sha256`` is the hash of the file's bytes when it was read, so that an old answer can say
    that the file has changed since. ``document`` is the path relative to its folder.
    ``ocr_score`` is set for words that were read from a picture: the least of their scores, from 0
    to 1. ``collection`` is set where there are several.
    """

    marker: int
    document: str
    title: str
    page: int | None
    start: int
    end: int
    quote: str
    sha256: str
    section: str = ""
    ocr_score: float | None = None
    collection: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The exact stretch of a document behind one sentence, under one marker."""

    marker: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Named:
    """A name as a document has it, from ``start`` to ``end``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer: its text without markers, the markers it cites, the verdict.

    ``evidence`` is, for each marker, the stretch that supports this very sentence best;
    ``problems`` say what the cited places do not hold (a number, a name). ``judged`` is a second
    opinion of a model where one was asked for. ``is_found``: the model cited nothing here, the
    assistant found the passage that supports it. ``about`` is the name that a pronoun of the
    sentence ("It", "He") stands for, in the first marker's document; the answer's text says it
    first.
    """

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    problems: tuple[str, ...] = ()
    judged: str = ""
    is_found: bool = False
    about: Named | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One side of a contradiction: which citation says which value.

    ``dated`` is the day, month or year, or the version, of its document, if that is known; claims
    are given newest first. A document that says it is withdrawn comes last.
    """

    marker: int
    document: str
    value: str
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources that disagree about the same thing; shown side by side, never merged."""

    about: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and cost of model calls; all zero for an extractive answer.

    ``estimated``: counted with tiktoken because the server sent no count. ``cost`` in dollars,
    None without a price. ``context_tokens`` counts the numbered passages of the prompt.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    calls: int = 0
    cost: float | None = None
    estimated: bool = False
    context_tokens: int = 0


NO_USAGE = Usage()
"""No call of a model."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Fingerprints of all that shaped an answer, and in words the filters it was asked with."""

    config: str
    index: str
    prompt: str
    model: str
    filters: str = ""


def certainty_of(confidence: float) -> Certainty:
    """The level in words of an answer that was given."""
    if confidence >= SURE:
        return "sure"
    return "likely" if confidence >= LIKELY else "unsure"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that can be checked, or an abstention (``abstained`` with a ``reason``).

    ``citations`` are what the text cites, numbered by first appearance; ``retrieved`` is all
    that was looked at. ``confidence`` is the probability, between 0 and 1, that the answer is
    right, and ``certainty`` its level in words. ``incomplete`` says why a text is cut
    off, or is empty. ``notice`` tells a person what else was done (a fallback, dropped
    sentences). ``closest`` are the sentences that an abstention shows, best first, of which none is
    claimed to answer.
    """

    question: str
    standalone_question: str
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    retrieved: tuple[Passage, ...]
    abstained: bool
    reason: str
    confidence: float
    incomplete: str
    conflicts: tuple[Conflict, ...]
    usage: Usage
    timings: Mapping[str, float]
    receipt: Receipt
    notice: str = ""
    closest: tuple[Citation, ...] = ()

    @property
    def certainty(self) -> Certainty:
        """How sure it is that this answers the question, apart from how well sources support it.

        ``unsure``: the closest that was found, shown as "may not answer"; ``none``: abstained.
        """
        return "none" if self.abstained else certainty_of(self.confidence)

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data; the same from ``ask()``, the command line and HTTP."""
        return asdict(self) | {"certainty": self.certainty}


# ---------------------------------------------------------------- events of a stream


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a long job: ``done`` of ``total`` units of ``stage``, now at ``item``.

    As an event of an answer it comes before ``Retrieved``: first ``planned``, where ``item`` says
    what the answer costs at most, then the calls of the model, one by one.
    """

    stage: str
    done: int
    total: int
    item: str = ""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages an answer will draw on; sent before its first word."""

    standalone_question: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """More text of the answer. Sent text is never rewritten."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer, checked; the last event of every stream."""

    answer: Answer


Event = Progress | Retrieved | Delta | Finished


# ---------------------------------------------------------------- syncing a folder


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One line of a sync's receipt. ``notes`` say what of an indexed file is not in its text;
    ``unread_pages`` counts its pages that need OCR."""

    document: str
    action: Action
    outcome: Outcome
    reason: str = ""
    chunks: int = 0
    previous_name: str = ""
    notes: tuple[str, ...] = ()
    unread_pages: int = 0


@dataclass(frozen=True, slots=True)
class SyncReceipt:
    """What a sync did, or with ``dry_run`` what it would do, file by file.

    ``generation`` is the one that answers now. ``embedded`` counts texts that the embedder was
    paid for, ``from_cache`` those it was not, ``taken_up`` files that an interrupted sync had read.
    ``repaired`` says what of the index was damaged and has been built anew. ``placed`` counts the
    chunks that a model was asked to place, ``usage`` is what that cost, and ``unplaced`` the
    documents with chunks that the next sync places.
    """

    generation: str
    files: tuple[FileOutcome, ...]
    dry_run: bool = False
    documents: int = 0
    chunks: int = 0
    embedded: int = 0
    from_cache: int = 0
    taken_up: int = 0
    seconds: float = 0.0
    timings: Mapping[str, float] = field(default_factory=dict)
    repaired: str = ""
    placed: int = 0
    unplaced: int = 0
    usage: Usage = NO_USAGE

    @property
    def failed(self) -> tuple[FileOutcome, ...]:
        """The files that failed (exit code 1); each is retried by the next sync."""
        return tuple(file for file in self.files if file.outcome == "failed")

    def count(self, outcome: Outcome) -> int:
        """How many files ended with this outcome."""
        return sum(1 for file in self.files if file.outcome == outcome)

    def to_dict(self) -> dict[str, Any]:
        """The receipt as plain data."""
        files = [
            {each.name: getattr(file, each.name) for each in fields(file)} for file in self.files
        ]  # by hand: a large folder has thousands, and ``asdict`` copies every value
        return asdict(replace(self, files=())) | {"files": files}


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the index, for people and monitors.

    ``partial`` are the documents of which a part is not in the index, as pages that need OCR.
    """

    index_path: str
    generation: str
    created: str
    documents: int
    chunks: int
    not_indexed: tuple[FileOutcome, ...]
    embedder: str
    generations: tuple[str, ...]
    size_bytes: int
    partial: tuple[DocumentInfo, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The status as plain data."""
        return asdict(self)
