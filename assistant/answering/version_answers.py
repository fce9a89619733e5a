"""What changed between two versions of a document → a draft with both sides cited.

The versions are named by a question's template (``folder_questions``): as documents, by a number
("v1"), a day ("the 2024 edition"), or by a day since which something changed. Two documents are
compared only where names or titles make them versions of one, or they are named and alike.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answering.answer import CitedPlace, Draft
from assistant.answering.catalogue import FolderCatalogue
from assistant.answering.folder_questions import FolderQuestion
from assistant.comparing.differences import Change, ComparedPiece, changes_of, likeness
from assistant.comparing.families import families_of
from assistant.index.rows import StoredDocument
from assistant.index.snapshot import Snapshot
from assistant.retrieval.document_age import Age, age_of, first_day
from assistant.tables.model import escaped
from assistant.text.dates import dates_of
from assistant.text.folding import fold
from assistant.types import Evidence, Sentence

COMPARED = "compared"
"""The reason of an answer that compares versions."""
_LEAST_ALIKE, _ALIKE_BY_NAME = 0.2, 0.5
_MOST_SHOWN, _MOST_PAIRS = 30, 5
_LONGEST_TEXT = 2_000_000
_HEAD = 800
_NUMBER = re.compile(r"(?:^|\b)(?:v|version|rev|revision|edition|fassung|ausgabe)?[\s._-]?"
                     r"(\d{1,3}(?:\.\d{1,3})*)$")  # fmt: skip
_OLD = frozenset("old older previous earlier first original last alte alten vorige vorigen".split())
_NEW = frozenset("new newer latest current second this neue neuen aktuelle aktuellen".split())


@dataclass(frozen=True, slots=True)
class _Version:
    document: StoredDocument
    age: Age


@dataclass(slots=True)
class _Comparing:
    lines: list[str] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    places: list[CitedPlace] = field(default_factory=list)

    def say(self, text: str, places: Sequence[CitedPlace] = ()) -> None:
        """A sentence of ours, about the places compared."""
        own = [self.cite(place) for place in places]
        marks = "".join(f"[{marker}]" for marker in own)
        self.lines.append(f"{text} {marks}".strip())
        evidence = tuple(Evidence(m, self.places[m - 1].start, self.places[m - 1].end) for m in own)
        self.sentences.append(Sentence(text, tuple(own), "computed", evidence))

    def cite(self, place: CitedPlace) -> int:
        """The marker of a place."""
        self.places.append(place)
        return len(self.places)

    def quoted(self, document: str, piece: ComparedPiece) -> str:
        """A piece in one line with its marker."""
        marker = self.cite(CitedPlace(document, piece.start, piece.end))
        text = " | ".join(c.text for c in piece.cells if c.text) if piece.cells else piece.text
        text = " ".join(text.split())
        self.sentences.append(
            Sentence(text, (marker,), "verbatim", (Evidence(marker, piece.start, piece.end),))
        )
        return f"{text} [{marker}]"


def version_draft(
    asked: FolderQuestion, catalogue: FolderCatalogue, snapshot: Snapshot
) -> Draft | None:
    """The differences that a question asks for; None where it means no versions for certain."""
    pairs = _pairs(asked, catalogue, snapshot)
    if not pairs:
        return None
    writing = _Comparing()
    for old, new in pairs[:_MOST_PAIRS]:
        _compare(old, new, writing, snapshot)
    if len(pairs) > _MOST_PAIRS:
        names = ", ".join(new.name for _, new in pairs[_MOST_PAIRS:][:10])
        writing.say(f"{len(pairs) - _MOST_PAIRS} more documents have two versions: {names}.")
    if not writing.lines:
        return None
    return Draft(
        text="\n".join(writing.lines),
        sentences=tuple(writing.sentences),
        places=tuple(writing.places),
        reason=COMPARED,
    )


# ---------------------------------------------------------------- which documents


def _pairs(
    asked: FolderQuestion, catalogue: FolderCatalogue, snapshot: Snapshot
) -> list[tuple[StoredDocument, StoredDocument]]:
    """Pairs (older, newer) that are meant."""
    slots, code = asked.slots, asked.language
    families = families_of(catalogue.documents)
    if "doc" in slots:
        meant = catalogue.meant(slots["doc"], code)
        if meant is None or not meant.documents:
            return []
        if not meant.is_all and not meant.is_pronoun:
            inside = {each.id for each in meant.documents}
            families = [f for f in families if any(each.id in inside for each in f)]
    versions = [[_Version(each, _age(each, snapshot)) for each in f] for f in families]
    if "since" in slots:
        return [pair for pair in _since(slots["since"], versions) if _are_alike(pair, snapshot)]
    if "old" not in slots or "new" not in slots:
        return []
    named: list[tuple[StoredDocument, StoredDocument]] = []
    for family in versions:
        old, new = _of_family(slots["old"], family), _of_family(slots["new"], family)
        if old and new and old.id != new.id and _are_alike((old, new), snapshot):
            named.append((old, new))
    if named:
        return named
    both = [catalogue.meant(slots[slot], code) for slot in ("old", "new")]
    one = [m.documents[0] for m in both if m and m.is_named and len(m.documents) == 1]
    if len(one) != 2 or one[0].id == one[1].id:
        return []
    pair = (one[0], one[1])
    return [pair] if _are_alike(pair, snapshot, by_longer=True) else []


def _are_alike(
    pair: tuple[StoredDocument, StoredDocument], snapshot: Snapshot, *, by_longer: bool = False
) -> bool:
    """Whether two documents share enough to be versions of one. What is too long is taken to be;
    it is told that it is not compared. ``by_longer``: of the longer one, too, where only the names
    say which are meant: pages of one manual share their tables of options."""
    texts = [snapshot.store.parsed(each.id).text for each in pair]
    lengths = sorted(map(len, texts))
    if lengths[1] > _LONGEST_TEXT:
        return True
    if by_longer:
        return likeness(*texts) * lengths[0] / (lengths[1] or 1) >= _ALIKE_BY_NAME
    return likeness(*texts) >= _LEAST_ALIKE


def _of_family(reference: str, family: Sequence[_Version]) -> StoredDocument | None:
    """The one version that a reference names: by number, day, or as the old or new one."""
    said = fold(reference).strip()
    bare = " ".join(w for w in said.split() if w not in ("the", "die", "der", "das", "of", "one"))
    number = _NUMBER.search(bare)
    if number and not re.fullmatch(r"(?:1[5-9]|20)\d\d", number[1]):
        wanted = _parts(number[1])
        return _only([each for each in family if _trimmed(each.age.version) == wanted])
    day = first_day(reference)
    if day:
        return _only([each for each in family if each.age.day.startswith(day)])
    words = set(bare.split())
    if len(family) == 2 and words & (_OLD | _NEW) and len(words) <= 3:
        ordered = sorted(family, key=lambda each: (each.age.day, each.age.version))
        return ordered[0 if words & _OLD else 1].document
    return None


def _parts(number: str) -> tuple[int, ...]:
    return _trimmed(tuple(int(part) for part in number.split(".")))


def _trimmed(version: tuple[int, ...]) -> tuple[int, ...]:
    while len(version) > 1 and version[-1] == 0:
        version = version[:-1]
    return version


def _only(found: Sequence[_Version]) -> StoredDocument | None:
    return found[0].document if len(found) == 1 else None


def _since(
    reference: str, families: Sequence[Sequence[_Version]]
) -> list[tuple[StoredDocument, StoredDocument]]:
    """In each family the newest version before a day, and the newest since."""
    day = _day_of(reference)
    if not day:
        return []
    pairs = []
    for family in families:
        dated = sorted((each for each in family if each.age.day), key=lambda each: each.age.day)
        before = [each for each in dated if each.age.day < day]
        after = [each for each in dated if each.age.day >= day]
        if before and after:
            pairs.append((before[-1].document, after[-1].document))
    return pairs


def _day_of(reference: str) -> str:
    """The day of "March 2026", "2025-01-31", "2024", or "March": the last one that has begun."""
    day = first_day(reference)
    if day:
        return day
    for date in dates_of(f"in {reference}"):
        _, month, own = date.spellings[0]
        today = datetime.date.today()
        year = today.year if (month, own or 1) <= (today.month, today.day) else today.year - 1
        return f"{year:04}-{month:02}" + (f"-{own:02}" if own else "")
    return ""


def _age(document: StoredDocument, snapshot: Snapshot) -> Age:
    head = snapshot.store.read_text(document.name, 0, _HEAD)
    return age_of(document.name, document.title, document.date, head)


# ---------------------------------------------------------------- what changed


def _compare(
    old: StoredDocument, new: StoredDocument, writing: _Comparing, snapshot: Snapshot
) -> None:
    before, after = (snapshot.store.parsed(each.id).text for each in (old, new))
    if max(len(before), len(after)) > _LONGEST_TEXT:
        writing.say(f"{old.name} and {new.name} are too long to be compared.")
        return
    if writing.lines:
        writing.lines.append("")
    changes = changes_of(before, after)
    if not changes:
        writing.say(f"{new.name} says the same as {old.name}.", _heads(old, new, before, after))
        return
    counts = {
        kind: sum(c.kind == kind for c in changes) for kind in ("changed", "added", "removed")
    }
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    writing.say(
        f"From {old.name} to {new.name}, sentences and rows: {told}.",
        _heads(old, new, before, after),
    )
    shown = changes[:_MOST_SHOWN]
    sides = [each for each in shown if each.kind == "changed"]
    if sides:
        writing.lines += ["", f"| {escaped(old.name)} | {escaped(new.name)} |", "|---|---|"]
        writing.lines += [_side_by_side(each, old.name, new.name, writing) for each in sides]
    for kind, heading, name in (("added", "Added", new.name), ("removed", "Removed", old.name)):
        pieces = [each.new or each.old for each in shown if each.kind == kind]
        if pieces:
            writing.lines += ["", f"{heading}:", ""]
            writing.lines += [f"- {writing.quoted(name, piece)}" for piece in pieces if piece]
    if len(changes) > len(shown):
        writing.lines.append("")
        writing.say(f"{len(changes) - len(shown)} more changes are not shown.")


def _heads(old: StoredDocument, new: StoredDocument, before: str, after: str) -> list[CitedPlace]:
    """The first lines of both, as the places that a comparison is about."""
    return [
        CitedPlace(document.name, start, end)
        for document, text in ((old, before), (new, after))
        if (span := _first_line(text)) and (start := span[0]) < (end := span[1])
    ]


def _first_line(text: str) -> tuple[int, int]:
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    return start, min(len(text) if end < 0 else end, start + 200)


def _side_by_side(change: Change, old: str, new: str, writing: _Comparing) -> str:
    """A row of the table of changes; of a changed row only the cells that differ."""
    if change.old is None or change.new is None:
        raise AssertionError("a change has two sides")
    if not change.cells:
        sides = (writing.quoted(old, change.old), writing.quoted(new, change.new))
        return f"| {escaped(sides[0])} | {escaped(sides[1])} |"
    label = change.new.cells[0].text
    told = []
    for document, piece, texts in (
        (old, change.old, [(each.name, each.old) for each in change.cells]),
        (new, change.new, [(each.name, each.new) for each in change.cells]),
    ):
        marker = writing.cite(CitedPlace(document, piece.start, piece.end))
        said = "; ".join(
            f"{name}: {cell.text or '–'}" if name else cell.text for name, cell in texts
        )
        first = texts[0][1]
        span = (first.start, first.end) if first.text else (piece.start, piece.end)
        writing.sentences.append(
            Sentence(f"{label}, {said}", (marker,), "verbatim", (Evidence(marker, *span),))
        )
        told.append(f"{escaped(f'{label}, {said}')} [{marker}]")
    return f"| {told[0]} | {told[1]} |"
