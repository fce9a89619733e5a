"""A question that asks for a figure → a draft computed from a table, a refusal, or None.

The tables are those that the search found, read whole: a passage may hold only some of their
rows. Every word of the question has to fit the table (``computing.binding``), and no sentence of
prose may say the figure itself; else the question goes the ordinary way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.answer import Draft
from assistant.answering.figure_drafts import MadeFigure, figures_draft
from assistant.answering.found_tables import stems_in, tables_of, term_stems
from assistant.answering.sides import asks_difference
from assistant.chunking import section_at
from assistant.computing.asked import Wish, is_light, wishes_of
from assistant.computing.binding import Missing, Refused, bind
from assistant.computing.figures import figure_of
from assistant.computing.typed import TypedTable
from assistant.index.snapshot import Snapshot
from assistant.retrieval.search import Found
from assistant.tables.model import find_tables
from assistant.text.languages import language
from assistant.text.names import name_words
from assistant.text.sentences import sentences
from assistant.types import Passage

_PERCENT = re.compile(r"\d\s?(?:%|per ?cent|prozent|pour cent|por ciento)", re.IGNORECASE)
_MOST_OF_IT = 0.6
_NOT_COMPUTED = 0.3
"""Confidence in a model's figure that no table gives."""
_NOT_CERTAIN = "No table here gives this figure for certain: read the rows before you use it"
_SURELY_COMPUTED = frozenset({"total", "average", "median"})


@dataclass(frozen=True, slots=True)
class AskedTable:
    """A wish of a question, and what the tables made of it. ``is_said``: prose says the figure
    itself. ``refusal`` is the answer where a table fits and it is not clear what is asked of it."""

    wish: Wish
    missing: tuple[str, ...] = ()
    table: str = ""
    is_said: bool = False
    refusal: Draft | None = None


_MOST = re.compile(
    r"\b(?:max(?:imum|imal)?|min(?:imum|imal)?|top|highest|lowest|largest|smallest|greatest)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\| {0,3}([^|\n]{2,60})\|", re.MULTILINE)


def computed_draft(found: Found, snapshot: Snapshot) -> Draft | AskedTable | None:
    """The computed answer, or the refusal, to a question for a figure.

    ``AskedTable`` says that a figure is wanted and no table fits; None that none is wanted.
    """
    wishes = wishes_of(found.question.text, found.question.language)
    if not wishes:
        return None
    if _is_said(wishes[0], found.passages):
        return AskedTable(wishes[0], is_said=True)
    first: Draft | AskedTable | None = None
    tables = list(tables_of(found.passages, snapshot, wishes[0].code))
    for wish in wishes:
        draft = _computed(wish, tables, snapshot)
        if isinstance(draft, Draft) and not draft.abstained:
            return draft
        if wish is wishes[0]:
            first = draft
        if first is None:
            return None
        if isinstance(first, AskedTable) and first.refusal is None:
            is_refusal = isinstance(draft, Draft) or (draft is not None and draft.refusal)
            first = draft if is_refusal else first
    is_refused = isinstance(first, Draft) and first.abstained
    if is_refused and asks_difference(found.question.text):  # it may ask in what they differ
        return None
    if is_refused and _is_label(found.question.text, found.passages):
        return None
    return first


def _is_label(question: str, passages: Sequence[Passage]) -> bool:
    """Whether the most that is asked for is what a row is called: "| Max. speed | 320 rpm |"."""
    asked = _MOST.search(question)
    if asked is None:
        return False
    least = asked[0].lower().startswith(("min", "low", "small"))
    return any(
        _MOST.match(label[1]) and least == label[1].lower().startswith(("min", "low", "small"))
        for passage in passages
        for label in _LABEL.finditer(passage.text)
    )


def _computed(
    wish: Wish, tables: Sequence[tuple[TypedTable, frozenset[str]]], snapshot: Snapshot
) -> Draft | AskedTable | None:
    """What one wish gives; None where a cell says it."""
    nothing = AskedTable(wish)
    made: list[MadeFigure] = []
    refused: list[Refused] = []
    for table, around in tables:
        bound = bind(wish, table, around, stems_in(wish.code))
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
            made.append(MadeFigure(figure, table))
    if made:
        return figures_draft(made, snapshot)
    if refused:
        reason = f"No figure is computed: {refused[0].reason}."
        draft = Draft(text=reason, abstained=True, reason=reason, confidence=0.0)
        is_unclear = all(each.is_unclear for each in refused)
        return replace(nothing, refusal=draft) if is_unclear else draft
    return nothing


def drafted(computed: Draft | AskedTable | None) -> Draft | None:
    """The computed answer or the refusal, if there is one."""
    return computed.refusal if isinstance(computed, AskedTable) else computed


def not_a_row(asked: Draft | AskedTable | None, draft: Draft, snapshot: Snapshot) -> Draft:
    """The ordinary draft, unless it answers a question for a total or an average with some row."""
    if not isinstance(asked, AskedTable) or asked.wish.operation not in _SURELY_COMPUTED:
        return draft
    if draft.abstained or not draft.places or draft.conflicts:
        return draft
    wish, stems_of = asked.wish, stems_in(asked.wish.code)
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


def without_false_figure(
    asked: Draft | AskedTable | None, draft: Draft, snapshot: Snapshot
) -> Draft:
    """A model's draft, marked as unsure where it answers a question for a total or an average with
    some row of a table: its sentence is in the document, and is no answer."""
    if draft.abstained or not not_a_row(asked, draft, snapshot).abstained:
        return draft
    return replace(
        draft,
        confidence=min(draft.confidence, _NOT_COMPUTED),
        notice=". ".join(filter(None, (_NOT_CERTAIN, draft.notice))),
    )


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
                found = set(term_stems(said, passage.language))
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
