"""Passages → an answer of the documents' own sentences, or an abstention that says why.

Citations are numbered in order of first appearance; sources that disagree stand side by side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.answering.answer import CitedPlace, Draft
from assistant.answering.candidates import Candidates, rank_candidates
from assistant.answering.choice import choose
from assistant.answering.closest import closest_places
from assistant.answering.confidence import (
    is_enough,
    probability_of,
    recalibrated,
)
from assistant.answering.conflicts import contradicting, describe
from assistant.answering.doubts import doubted
from assistant.answering.item_marks import item_marks
from assistant.answering.near_copies import told_otherwise
from assistant.answering.nearest_lists import less_sure, list_by_meaning
from assistant.answering.nearest_meanings import by_meaning
from assistant.answering.picks import Extraction, Pick
from assistant.answering.respelling import respelt
from assistant.answering.shown_counts import capped
from assistant.answering.table_rows import as_markdown, row_text
from assistant.answering.under_leads import under_leads
from assistant.answering.versions import newest_first, with_what_holds
from assistant.answering.words_around import missing_words, told_as_missing
from assistant.index.snapshot import Snapshot
from assistant.model.answer_reader import AnswerReader, read_passages
from assistant.retrieval.nearness import SentenceIndex
from assistant.retrieval.search import Found
from assistant.retrieval.speakers import asked_of_speaker, notice_of
from assistant.settings import AnswerSettings
from assistant.text.in_english import in_english
from assistant.types import SURE, Evidence, Passage, Sentence

_LOOKED_AT = 2
"""Passages whose language tells in which one the reader is asked."""
_NOT_SURE = SURE - 0.01
"""The most that another order of the candidates may make of an answer that was not sure before."""
_FENCE = re.compile(r"(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen of the passages, how sure that is, and whether it answers; ``asked`` is the
    question as a reader was asked it."""

    extraction: Extraction
    confidence: float
    answers: bool
    asked: str = ""


def extractive_draft(
    found: Found,
    snapshot: Snapshot,
    sentences: SentenceIndex,
    reader: AnswerReader | None,
    settings: AnswerSettings,
) -> Draft:
    """The extractive answer to a question, or an abstention with the closest sentences.

    Captions, adverts and what recurs across documents weigh less; they answer where nothing else
    does. One's own calibration moves the confidence that is shown, never what is answered.
    """
    chosen = chosen_from(found, snapshot, sentences, reader, settings)
    draft = draft_of_chosen(chosen, found.passages, snapshot)
    if not draft.abstained:
        return draft
    return replace(draft, closest=closest_places(chosen.extraction.ranked, chosen.asked, reader))


def draft_of_chosen(chosen: Chosen, passages: Sequence[Passage], snapshot: Snapshot) -> Draft:
    """What was chosen of the passages, as an answer with its sources, or as an abstention."""
    extraction, confidence = chosen.extraction, chosen.confidence
    if not chosen.answers:
        reason = why_not(extraction, passages)
        return Draft(text=reason, abstained=True, reason=reason, confidence=confidence)
    best, *others = extraction.ranked
    others = [*told_otherwise(best, snapshot), *others]
    is_one = best.row is None or len(extraction.picks) == 1  # several rows are an answer together
    claims = contradicting(extraction.question, [best, *others]) if is_one else []
    claims, dated = newest_first(claims, snapshot)
    read = snapshot.store.read_text
    picks = tuple(pick for pick, _ in claims) or with_what_holds(
        extraction.picks, extraction.ranked, read
    )
    picks = under_leads(picks, read)
    return Draft(
        text=_text(picks, frozenset(extraction.question.weights), item_marks(picks, read), dated),
        sentences=tuple(_sentence(pick, marker) for marker, pick in enumerate(picks, start=1)),
        places=tuple(CitedPlace(pick.passage.document, pick.start, pick.end) for pick in picks),
        conflicts=(describe(extraction.question, claims, dated),) if claims else (),
        confidence=confidence,
        notice=notice_of(extraction.question),
    )


def why_not(extraction: Extraction, passages: Sequence[Passage]) -> str:
    """What was searched and what is missing, in one or two sentences."""
    documents = len({passage.document for passage in passages})
    if not passages:
        return "The documents hold nothing about this question."
    start = (
        f"The documents do not seem to answer this. I looked at the {len(passages)} closest "
        f"passages of {documents} document{'s' if documents != 1 else ''}"
    )
    missing = told_as_missing(extraction.question, extraction.ranked)
    if missing:
        quoted = ", ".join(f"“{word}”" for word in missing[:4])
        return f"{start}; none of them mentions {quoted}."
    if missing_words(extraction.question, extraction.ranked):
        return f"{start}; none says what is asked."
    return f"{start}; they share its words, but none says what is asked."


def chosen_from(
    found: Found,
    snapshot: Snapshot,
    sentences: SentenceIndex,
    reader: AnswerReader | None,
    settings: AnswerSettings,
    after: Pick | None = None,
) -> Chosen:
    """The sentences that answer a question best, before conflicts are looked for. ``after`` is what
    answered the question that this one goes on with."""
    question, passages, most = found.question, found.passages, settings.max_sentences
    read = snapshot.store.read_text
    first = passages[: settings.read_passages]
    question, asked = asked_of_speaker(question, passages)
    is_ours = settings.reader == "builtin"  # it has learned English; others may know more
    if is_ours and all(passage.language == "en" for passage in first[:_LOOKED_AT]):
        asked = in_english(asked, question.language)
    asked = respelt(asked, first) if reader is not None else ""
    readings = read_passages(reader, asked, first)
    candidates = rank_candidates(
        question, passages, sentences, readings, snapshot.holding, after=after
    )

    def judged(candidates: Candidates) -> tuple[Extraction, float]:
        chosen = choose(candidates, most, read)
        return chosen, capped(doubted(probability_of(chosen), chosen, passages), chosen)

    extraction, p = judged(candidates)
    if not is_enough(p, settings.min_confidence) and any(passage.noise for passage in passages):
        candidates = rank_candidates(question, passages, sentences, readings, None, 0.0, after)
        whole, also = judged(candidates)
        if is_enough(also, settings.min_confidence):
            extraction, p = whole, also
    # What would be refused stays so: of nine such questions that it would answer six were wrong.
    if is_enough(p, settings.min_confidence):
        ordered = by_meaning(candidates, asked, reader)
        nearer, also = (extraction, p) if ordered is candidates else judged(ordered)
        if is_enough(also, settings.min_confidence):
            extraction, p = nearer, also if p >= SURE else min(also, _NOT_SURE)
        if told := list_by_meaning(extraction, passages, asked, reader, read):
            extraction, p = replace(extraction, picks=told), less_sure(p)
    shown = round(recalibrated(p, settings.confidence_slope, settings.confidence_shift), 4)
    answers = bool(extraction.picks) and is_enough(p, settings.min_confidence)
    return Chosen(extraction, shown, answers, asked)


def _sentence(pick: Pick, marker: int) -> Sentence:
    return Sentence(
        text=_shown(pick) if pick.row is None else row_text(pick.row),
        citations=(marker,),
        verdict="verbatim",
        evidence=(Evidence(marker, pick.start, pick.end),),
        about=pick.about,
    )


def _text(
    picks: Sequence[Pick],
    asked: frozenset[str],
    begins: Sequence[str | None],
    dated: Sequence[str] = (),
) -> str:
    """Sentences with their markers; list items and other documents on new lines, rows of a table
    under the names of its columns. ``begins`` are the marks of items, ``dated`` is what stands in
    brackets before each sentence."""
    parts: list[str] = []
    previous: Pick | None = None
    marker = 0
    for _, group in groupby(picks, key=lambda pick: pick.row.table if pick.row else id(pick)):
        block = list(group)
        first = block[0]
        marks = [f"[{marker + at}]" for at in range(1, len(block) + 1)]
        begin = begins[marker]
        marker += len(block)
        rows = [pick.row for pick in block if pick.row is not None]
        is_code = first.kind == "code"
        gap = "\n" if is_code else " "
        body = as_markdown(rows, marks, asked) if rows else f"{_shown(first)}{gap}{marks[0]}"
        if first.about is not None and not rows and not _is_told(first, previous):
            body = f"{_flat(first.about.text)}: {body}"
        if any(dated):
            gap = "\n\n" if rows else " "
            body = f"({dated[marker - 1] or 'undated'}){gap}{body}"
        body = f"{begin or ''}{body}"
        if previous is not None:
            apart = first.passage.document != previous.passage.document
            apart = apart or bool(rows) or previous.row is not None
            apart = apart or is_code or previous.kind == "code"
            own_line = first.kind in ("item", "table") or previous.kind in ("item", "table")
            own_line = own_line and begin is not None
            parts.append("\n\n" if apart else "\n" if own_line else " ")
        parts.append(body)
        previous = block[-1]
    return "".join(parts)


def _is_told(pick: Pick, before: Pick | None) -> bool:
    """Whether the sentence before stands under the same name."""
    return before is not None and before.about == pick.about


def _shown(pick: Pick) -> str:
    """A sentence on one line; code as it is written, between fences of its own where its passage
    begins or ends inside it."""
    if pick.kind != "code":
        return _flat(pick.text)
    text = pick.text.rstrip()
    opening = _FENCE.match(text)
    if opening is None:
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}\n{text}\n{fence}"
    last = text.rpartition("\n")[2].strip()
    return text if "\n" in text and last == opening[1] else f"{text}\n{opening[1]}"


def _flat(text: str) -> str:
    return " ".join(text.split())
