"""A question that asks for a figure → a draft computed from a table, a refusal, or None.

The tables are those that the search found, read whole: a passage may hold only some of their
rows. Every word of the question has to fit the table (``computing.binding``), and no sentence of
prose may say the figure itself; else the question goes the ordinary way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from weakref import WeakKeyDictionary

from assistant.answering.answer import CitedPlace, Draft
from assistant.chunking import section_at
from assistant.computing.asked import Wish, is_light, wishes_of
from assistant.computing.binding import Missing, Refused, bind
from assistant.computing.figures import figure_of
from assistant.computing.typed import TypedTable, typed_table
from assistant.computing.workings import ComputedFigure
from assistant.index.snapshot import Snapshot
from assistant.retrieval.search import Found
from assistant.tables.model import Table, escaped, find_tables, may_hold_tables, row_line, rule_line
from assistant.text.folding import fold
from assistant.text.languages import language
from assistant.text.names import name_words
from assistant.text.sentences import sentences
from assistant.text.terms import stems, terms
from assistant.types import Evidence, Passage, Sentence

_MOST_DOCUMENTS, _MOST_TABLES = 8, 40
_LONGEST_TEXT = 20_000_000
_MOST_SHOWN, _MOST_MARKED = 20, 5
_LONGEST_STRETCH, _MOST_STRETCHES = 3_000, 40
_KEPT: WeakKeyDictionary[Snapshot, dict[str, tuple[TypedTable, ...]]] = WeakKeyDictionary()
_MOST_KEPT = 16
_PERCENT = re.compile(r"\d\s?(?:%|per ?cent|prozent|pour cent|por ciento)", re.IGNORECASE)
_MOST_OF_IT = 0.6
_BETWEEN = 200
"""Characters that may stand between the parts of a table that pages cut."""
_CONFIDENCE, _OF_SEVERAL = 0.9, 0.6
_SURELY_COMPUTED = frozenset({"total", "average", "median"})


@dataclass(frozen=True, slots=True)
class _Made:
    figure: ComputedFigure
    table: TypedTable


@dataclass(frozen=True, slots=True)
class AskedTable:
    """A wish of a question, and what the tables made of it."""

    wish: Wish
    missing: tuple[str, ...] = ()
    table: str = ""


def computed_draft(found: Found, snapshot: Snapshot) -> Draft | AskedTable | None:
    """The computed answer, or the refusal, to a question for a figure.

    ``AskedTable`` says that a figure is wanted and no table fits; None that none is wanted.
    """
    wishes = wishes_of(found.question.text, found.question.language)
    if not wishes:
        return None
    if _is_said(wishes[0], found.passages):
        return AskedTable(wishes[0])
    first: Draft | AskedTable | None = None
    tables = list(_tables(found.passages, snapshot, wishes[0].code))
    for wish in wishes:
        draft = _computed(wish, tables, snapshot)
        if isinstance(draft, Draft) and not draft.abstained:
            return draft
        if wish is wishes[0]:
            first = draft
        if first is None:
            return None
        if isinstance(draft, Draft) and isinstance(first, AskedTable):
            first = draft
    return first


def _computed(
    wish: Wish, tables: Sequence[tuple[TypedTable, frozenset[str]]], snapshot: Snapshot
) -> Draft | AskedTable | None:
    """What one wish gives; None where a cell says it."""
    nothing = AskedTable(wish)
    made: list[_Made] = []
    refused: list[Refused] = []
    for table, around in tables:
        bound = bind(wish, table, around, _stems_in(wish.code))
        if isinstance(bound, Missing):
            if bound.words and not nothing.missing:
                nothing = AskedTable(wish, bound.words, table.caption)
            continue
        figure = bound if isinstance(bound, Refused) else figure_of(wish, bound)
        if figure is None and not made:
            return None  # a cell says it
        if isinstance(figure, Refused):
            refused.append(figure)
        elif figure is not None:
            made.append(_Made(figure, table))
    if made:
        return _draft(_different(made), snapshot)
    if refused:
        reason = f"No figure is computed: {refused[0].reason}."
        return Draft(text=reason, abstained=True, reason=reason, confidence=0.0)
    return nothing


def not_a_row(asked: Draft | AskedTable | None, draft: Draft, snapshot: Snapshot) -> Draft:
    """The ordinary draft, unless it answers a question for a total or an average with some row."""
    if not isinstance(asked, AskedTable) or asked.wish.operation not in _SURELY_COMPUTED:
        return draft
    if draft.abstained or not draft.places or draft.conflicts:
        return draft
    wish, stems_of = asked.wish, _stems_in(asked.wish.code)
    named = _named(wish)
    content = {
        token.stem for token in wish.tokens
        if not token.is_taken and not is_light(token.folded, wish.code)
    }  # fmt: skip
    for place in draft.places:
        said = snapshot.store.read_text(place.document, place.start, place.end)
        if " | " not in said:
            return draft
        document = snapshot.store.document(place.document)
        if document is None:
            continue
        parsed = snapshot.store.parsed(document.id)
        around = [
            name for table in find_tables(parsed.text) if table.start <= place.start < table.end
            for name in (*table.names, table.caption)
        ]  # fmt: skip
        around += [document.title, name_words(document.name)]
        around.append(section_at(parsed.headings, place.start))
        held = set(stems_of(" ".join((said, *around))))
        if named & held and content <= held:
            return draft
    words = ", ".join(f"“{word}”" for word in asked.missing[:4])
    why = f"; the tables found do not hold {words}" if words else ""
    reason = f"This asks for a figure that no table here gives for certain{why}."
    return replace(
        draft, text=reason, sentences=(), places=(), abstained=True, reason=reason, confidence=0.0
    )


# ---------------------------------------------------------------- tables


def _tables(
    passages: Sequence[Passage], snapshot: Snapshot, wish_code: str = "en"
) -> Iterator[tuple[TypedTable, frozenset[str]]]:
    """The tables that the passages are of, by the rank of the first passage, with the stems of the
    words around each."""
    names = list(dict.fromkeys(each.document for each in passages if _has_rows(each)))
    count = 0
    for name in names[:_MOST_DOCUMENTS]:
        document = snapshot.store.document(name)
        if document is None:
            continue
        of_it = [each for each in passages if each.document == name]
        code = next((each.language for each in of_it if each.language), "")
        typed = _typed_tables(snapshot, document.id, name, code, document.kind)
        ordered = sorted(
            (min((i for i, p in enumerate(of_it) if p.start < t.end and t.start < p.end),
                 default=-1), at)
            for at, t in enumerate(typed)
        )  # fmt: skip
        parsed = snapshot.store.parsed(document.id)
        for rank, at in ordered:
            if rank < 0:
                continue
            table = typed[at]
            words = (
                table.caption, section_at(parsed.headings, table.start), document.title,
                name_words(name), *(column.unit for column in table.columns),
                *document_tags(document.name),
            )  # fmt: skip
            told = " ".join(filter(None, words))
            yield table, frozenset((*_stems(told, code or "en"), *_word_stems(told, wish_code)))
            count += 1
            if count >= _MOST_TABLES:
                return


def document_tags(name: str) -> tuple[str, ...]:
    """The folders of a document's name."""
    return tuple(name.split("/")[:-1])


def _has_rows(passage: Passage) -> bool:
    return may_hold_tables(passage.text) and bool(passage.text.count("|") > 2 or passage.context)


def _typed_tables(
    snapshot: Snapshot, document_id: str, name: str, code: str, kind: str
) -> tuple[TypedTable, ...]:
    """A document's tables; those asked of last are kept while their generation is open."""
    kept = _KEPT.setdefault(snapshot, {})
    if document_id not in kept:
        text = snapshot.store.parsed(document_id).text
        tables = _whole(find_tables(text), text) if len(text) <= _LONGEST_TEXT else []
        made = (typed_table(parts, name, code, kind) for parts in tables)
        while len(kept) >= _MOST_KEPT:
            kept.pop(next(iter(kept)), None)
        kept[document_id] = tuple(table for table in made if table is not None)
    return kept[document_id]


def _whole(tables: Sequence[Table], text: str) -> list[list[Table]]:
    """Tables, those that pages cut put together again."""
    found: list[list[Table]] = []
    for table in tables:
        before = found[-1][-1] if found else None
        between = text[before.end : table.start].strip() if before else ""
        is_part = (
            before is not None
            and bool(found[-1][0].names)
            and _goes_on(found[-1][0], table)
            and len(between) <= _BETWEEN
            and not re.search(r"^#", between, re.MULTILINE)
            and table.caption in ("", found[-1][0].caption, between)
        )
        if is_part:
            found[-1].append(table)
        else:
            found.append([table])
    return found


def _goes_on(first: Table, table: Table) -> bool:
    """Whether a table has the same names as one before it, or none and as many columns."""
    if table.names:
        return first.names == table.names
    width = len(first.names)
    return bool(table.rows) and all(len(row.cells) == width for row in table.rows)


def _is_said(wish: Wish, passages: Sequence[Passage]) -> bool:
    """Whether a sentence of prose holds most of the question's words, those of the wish, and a
    number: what a document states goes before what is computed."""
    content = {
        token.stem for token in wish.tokens
        if not token.is_taken and not is_light(token.folded, wish.code)
    }  # fmt: skip
    named = _named(wish)
    if not content:
        return False
    for passage in passages[:6]:
        prose = "\n".join(line for line in passage.text.split("\n") if "|" not in line)
        if not re.search(r"\d", prose):
            continue
        for sentence in sentences(prose):
            said = prose[sentence.start : sentence.end]
            if re.search(r"\d", said):
                found = set(_stems(said, passage.language))
                says = named & found or (
                    wish.operation in ("growth", "share") and _PERCENT.search(said)
                )
                if says and len(content & found) >= _MOST_OF_IT * len(content):
                    return True
    return False


def _named(wish: Wish) -> set[str]:
    """The stems of the words that ask for the figure, without those of grammar."""
    stop = language(wish.code).stop
    return {wish.tokens[at].stem for at in wish.own if wish.tokens[at].folded not in stop}


@lru_cache(maxsize=4096)
def _stems(text: str, code: str) -> tuple[str, ...]:
    return tuple(terms(text, code))


def _stems_in(code: str) -> Callable[[str], Sequence[str]]:
    return lambda text: _word_stems(text, code)


@lru_cache(maxsize=8192)
def _word_stems(text: str, code: str) -> tuple[str, ...]:
    return tuple(stems(fold(text), code))


# ---------------------------------------------------------------- the answer


def _different(made: Sequence[_Made]) -> list[_Made]:
    """Figures that differ; the same figure from another table is no news."""
    found: list[_Made] = []
    for each in made:
        if all(each.figure.value != other.figure.value for other in found):
            found.append(each)
    return found


def _draft(made: Sequence[_Made], snapshot: Snapshot) -> Draft:
    if len(made) > 3:
        where = "; ".join(_where(each.table) for each in made[:6])
        reason = f"{len(made)} tables fit the question and differ: {where}. Name one of them."
        return Draft(text=reason, abstained=True, reason=reason, confidence=0.0)
    places: list[CitedPlace] = []
    told: list[Sentence] = []
    parts: list[str] = []
    notes: list[str] = []
    for each in made:
        lead = f"{_where(each.table)}: " if len(made) > 1 else ""
        text, said = _written(each, lead, places, notes)
        parts.append(text)
        told += said
        notes += [_sentence_case(note) for note in each.figure.notes]
        document = snapshot.store.document(each.table.document)
        if document is not None and document.notes:
            notes.append(f"Not all of {document.name} is in the index: {document.notes[0]}")
    if len(made) > 1:
        notes.insert(0, "Several tables fit the question")
    return Draft(
        text="\n\n".join(parts),
        sentences=tuple(told),
        places=tuple(places),
        confidence=_CONFIDENCE if len(made) == 1 else _OF_SEVERAL,
        notice=". ".join(dict.fromkeys(notes)),
    )


def _where(table: TypedTable) -> str:
    caption = " ".join(table.caption.split())[:80]
    return f"“{caption}” in {table.document}" if caption else f"the table in {table.document}"


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _written(
    made: _Made, lead: str, places: list[CitedPlace], notes: list[str]
) -> tuple[str, list[Sentence]]:
    """The text and sentences of one figure: the figure, how it was computed, and its rows."""
    figure, table = made.figure, made.table
    cells_of: dict[int, list[int]] = {}
    for used in figure.used:
        cells_of.setdefault(used.row, []).append(used.column)
    first = len(places)
    shown = list(figure.shown[:_MOST_SHOWN])
    marker_of: dict[int, int] = {}
    rows_used = list(dict.fromkeys(each.row for each in figure.used))
    if len(rows_used) > _MOST_MARKED:
        stretches = _stretches(table, rows_used)
        places += stretches[:_MOST_STRETCHES]
        if len(stretches) > _MOST_STRETCHES:
            notes.append(f"The rows are cited up to character {places[-1].end:,} only")
        own = list(range(first + 1, len(places) + 1))
    else:
        own = []
    for row in shown:
        places.append(CitedPlace(table.document, table.source[row].start, table.source[row].end))
        marker_of[row] = len(places)
    if not own:
        rest = [row for row in rows_used if row not in marker_of]
        for row in rest:
            source = table.source[row]
            places.append(CitedPlace(table.document, source.start, source.end))
            marker_of[row] = len(places)
        own = [marker_of[row] for row in rows_used]
    evidence = []
    row_of = {marker: row for row, marker in marker_of.items()}
    for marker in own:
        place = places[marker - 1]
        own_row = row_of.get(marker, -1)
        cells = [table.cells[own_row][at] for at in cells_of.get(own_row, ())]
        at_cells = [Evidence(marker, each.start, each.end) for each in cells if each.text]
        evidence += at_cells or [Evidence(marker, place.start, place.end)]
    marks = "".join(f"[{marker}]" for marker in own)
    how = f"Calculation: {figure.calculation}"
    told = [
        Sentence(figure.sentence, tuple(own), "computed", tuple(evidence)),
        Sentence(how, tuple(own), "computed", tuple(evidence)),
    ]
    lines, rows_told = _rows_shown(made, shown, marker_of)
    more = len(figure.shown) - len(shown)
    if more > 0:
        lines.append(f"\nAnd {more:,} more rows, which are cited above.")
    body = "\n".join(lines)
    text = f"{lead}{figure.sentence} {marks}\n\n{how}" + (f"\n\n{body}" if lines else "")
    return text, told + rows_told


def _rows_shown(
    made: _Made, shown: Sequence[int], marker_of: dict[int, int]
) -> tuple[list[str], list[Sentence]]:
    """Rows with their label, the cells that were used, and a marker each."""
    if not shown:
        return [], []
    table = made.table
    columns = sorted({table.label_column, *(each.column for each in made.figure.used)})
    columns = [at for at in columns if at >= 0][:8]
    lines = [
        row_line([table.columns[at].name for at in columns]),
        rule_line(len(columns)),
    ]
    told = []
    for row in shown:
        texts = [table.text(row, at) for at in columns]
        marker = marker_of[row]
        cells = [escaped(text) for text in texts]
        cells[-1] = f"{cells[-1]} [{marker}]"
        lines.append("| " + " | ".join(cells) + " |")
        source = table.source[row]
        told.append(
            Sentence(
                " | ".join(text for text in texts if text) or "–",
                (marker,),
                "verbatim",
                (Evidence(marker, source.start, source.end),),
            )
        )
    return lines, told


def _stretches(table: TypedTable, rows: Sequence[int]) -> list[CitedPlace]:
    """Rows as stretches of the text, which may hold rows between them."""
    found: list[CitedPlace] = []
    start = end = -1
    for row in sorted(rows):
        source = table.source[row]
        if start >= 0 and source.end - start <= _LONGEST_STRETCH:
            end = source.end
            continue
        if start >= 0:
            found.append(CitedPlace(table.document, start, end))
        start, end = source.start, source.end
    found.append(CitedPlace(table.document, start, end))
    return found
