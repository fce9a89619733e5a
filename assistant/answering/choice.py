"""Candidates → the sentences of an answer, few and in reading order.

A further sentence must add something that the question asks for. A list is given whole, rows of a
table without their neighbours, and a sentence that opens with "It" or "He" with the one before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from assistant.answering.asked_lists import asks_for_several, asks_for_things
from assistant.answering.asked_rows import rows_asked_for
from assistant.answering.candidates import Candidates
from assistant.answering.coded_entries import CODED, opens_entry
from assistant.answering.collected_deeds import collected
from assistant.answering.compared_figures import tells_both_figures
from assistant.answering.corrections import correction_of
from assistant.answering.headlines import stands_in_a_stack
from assistant.answering.idle_sentences import is_idle
from assistant.answering.in_context import with_context
from assistant.answering.led_lists import names_as_many
from assistant.answering.led_rows import rows_below, table_of
from assistant.answering.lines_beside import is_beside_text
from assistant.answering.list_items import ReadText
from assistant.answering.numbered_items import is_item, number_asked_for
from assistant.answering.permissions import asks_for_leave, is_rule, rules_on
from assistant.answering.pick_relations import (
    NEXT_TO,
    has_pronoun,
    leans_on_another,
    overlaps,
    same_text,
    terms_held,
)
from assistant.answering.picks import Extraction, Pick
from assistant.answering.replies import replies_to_another
from assistant.answering.sentences_beside import (
    COUNTED,
    announced_next,
    below_a_colon,
    command_beside,
    counted_off,
    filling_next,
    first_side,
    held_next,
    told_to_do,
)
from assistant.answering.told_values import without_idle
from assistant.answering.turned_answers import turning_beside
from assistant.answering.whole_lists import list_around
from assistant.answering.whole_sections import whole_section
from assistant.retrieval.question import Question
from assistant.text.noise import share
from assistant.text.terms import words

_SECOND_SHARE, _ALONE_SHARE = 0.85, 0.94
"""A further sentence must score at least this share of the best one; more when the question asks
for one thing."""
_PART, _LARGE_PART, _PART_SHARE = 0.2, 0.4, 0.75
"""Less will do for one that holds this share of the question's weight that is missing so far, the
larger one for a third sentence when the question does not ask for several things."""
_LEAST_SPAN, _LEAST_SPAN_OF_NEWS = 0.0, -4.0
"""A reader holds a further sentence for as good as the best one when its answer scores as much, and
more than "no answer"; less will do for one with a word of the question that is missing so far. With
1.0 less and -4.0 for all, and 90 % of the score, answers had 1.68 sentences instead of 1.61, as
many right (529 to 530 of 600), and 72.0 % instead of 73.7 % of the sentences to our own questions
stood on the evidence (``benchmarks.answers``, ``eval``)."""
_OTHER_SOURCE = 0.6
"""The share of the best sentence's score that another document's must have to be set beside it."""
_YEAR = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d(?![\d.,]\d)\b")
_COMPOUND = re.compile(r"\b(?:and|or|both|each|either|compared?|versus|vs)\b|[,;]", re.IGNORECASE)


def choose(candidates: Candidates, max_sentences: int, read: ReadText) -> Extraction:
    """The sentences that answer, in reading order.

    ``read`` gives a stretch of a document's text, so that a list that goes on after its passage is
    still given whole.
    """
    question, ranked = candidates.question, candidates.ranked
    picks = _choose(question, ranked, max_sentences, read)
    return Extraction(question, tuple(picks), ranked)


def _choose(
    question: Question, ranked: Sequence[Pick], max_sentences: int, read: ReadText
) -> list[Pick]:
    if not ranked:
        return []
    best = ranked[0]
    if question.of_each_document:
        return _one_a_document(best, ranked, max_sentences)
    if corrected := correction_of(question, best, ranked):
        return [corrected, best]
    if best.row is not None:
        return table_of(question, best, read) or rows_asked_for(question, best, ranked)
    if opens_entry(question, best.text) and best.features.defines >= CODED:
        return _line_of_entry(best, ranked)[:max_sentences]
    if _is_item_asked_for(question, best) or _is_value_alone(question, best, ranked[1:]):
        return [best]
    if best.kind == "prose" and names_as_many(question, best.text):
        return _in_order(with_context(question, [best], read))
    if best.kind != "table" and tells_both_figures(question.text, best.text):
        return with_context(question, [best], read)
    if whole := whole_section(question, best, ranked, read):
        return whole
    chosen = rows_below(question, best, read) or list_around(question, best, read)
    if not chosen and (deeds := collected(question, ranked)):
        return deeds
    if not chosen:
        chosen = [best]
        budget = max_sentences if question.wants_list else min(2, max_sentences)
        total = sum(question.weights.values()) or 1.0
        covered = terms_held(question, chosen)
        held = sum(question.weights[term] for term in covered) / total
        is_english = question.language == "en" and best.passage.language in ("en", "")
        is_compound = _COMPOUND.search(question.text) is not None
        is_counted = COUNTED.search(question.text) is not None
        is_plural = asks_for_several(question)
        ruled = _share_ruled(question, best) if asks_for_leave(question) else 0.0
        several = is_compound or is_counted or is_plural or question.wants_list
        for pick in ranked[1:]:
            if len(chosen) >= max_sentences:
                break
            if any(overlaps(pick, other) or same_text(pick, other) for other in chosen):
                continue
            if pick.features.values < best.features.values and _names_other_year(question, pick):
                continue
            gained = terms_held(question, [pick]) - covered
            gain = sum(question.weights[term] for term in gained) / total
            asks = {"several": several, "joins": is_compound, "in_english": is_english}
            if is_idle(pick, best, held, gain, **asks):
                continue
            least = _PART if len(chosen) < budget or is_compound else _LARGE_PART
            brings_part = gain >= least and pick.score >= _PART_SHARE * best.score
            elsewhere = pick.passage.document != best.passage.document
            share = _SECOND_SHARE if several else _ALONE_SHARE
            is_near = pick.score >= share * best.score or _reads_as_well(pick, best, gained)
            if not brings_part and (len(chosen) >= budget or not is_near):
                continue
            if elsewhere and not brings_part and _is_noise(pick):
                continue
            if is_beside_text(question.text, pick.text) or _is_headline(pick):
                continue
            if ruled and not (is_compound or _rules_as_well(question, pick, best, ruled)):
                continue
            if leans_on_another(question, pick, chosen) or _is_reply_to_another(question, pick):
                continue
            if brings_part or gained or elsewhere or pick.features.kind >= 1.0:
                chosen.append(pick)
                covered |= gained
        if len(chosen) == 1 and best.features.kind < 1.0 and max_sentences > 1:
            chosen += filling_next(best, ranked, is_read=is_english and not is_compound)
        if told_next := held_next(question, best, ranked, read):
            chosen = [best, *told_next]
        if len(chosen) == 1:
            chosen += first_side(question, best, ranked)
        chosen += told_to_do(question, best, chosen, read)
        chosen += below_a_colon(question, chosen[1:], chosen, read)
        counted = counted_off(question, best, read)
        names_things = several or asks_for_things(question)
        chosen += counted or (announced_next(question, best, chosen, read) if names_things else [])
        chosen += command_beside(question, best, chosen, read)
        is_joint = is_compound or is_plural or question.wants_list
        # "It covers 14 hectares" needs the sentence that names the garden, idle as that is.
        chosen = chosen if is_joint or has_pronoun(best) else without_idle(question, chosen)
        chosen = with_context(question, chosen, read)
        turned = turning_beside(question, best, read)
        chosen += [each for each in turned if not any(overlaps(each, other) for other in chosen)]
    return _told_once(_in_order(chosen))


def _line_of_entry(best: Pick, ranked: Sequence[Pick]) -> list[Pick]:
    """The entry of a code with what follows on its line: "E23 Overheated. Leave it off." """
    own = best.passage
    return _in_order([
        best,
        *(
            pick for pick in ranked
            if pick.passage.chunk_id == own.chunk_id and pick.start >= best.end
            and "\n" not in own.text[best.end - own.start : pick.start - own.start]
        ),
    ])  # fmt: skip


def _share_ruled(question: Question, pick: Pick) -> float:
    return rules_on(question, pick.passage, pick.text) if pick.row is None else 0.0


def _rules_as_well(question: Question, pick: Pick, best: Pick, ruled: float) -> bool:
    """Whether a further sentence rules on as much of what is asked, or says more of the rule right
    before it: "On Sundays they must not be used at all." """
    is_next = 0 <= pick.start - best.end <= NEXT_TO and is_rule(pick.text)
    return is_next or _share_ruled(question, pick) >= ruled


def _is_reply_to_another(question: Question, pick: Pick) -> bool:
    at = pick.start - pick.passage.start
    return pick.row is None and replies_to_another(question, pick.passage, at, pick.text)


def _one_a_document(best: Pick, ranked: Sequence[Pick], most: int) -> list[Pick]:
    """The best sentence and the best of each other document, where that speaks of the same."""
    found = {best.passage.document: best}
    for pick in ranked[1:]:
        speaks = pick.score >= _OTHER_SOURCE * best.score and pick.features.kind > 0.4
        if speaks and pick.row is None and len(found) < most:
            found.setdefault(pick.passage.document, pick)
    return list(found.values())


def _is_item_asked_for(question: Question, pick: Pick) -> bool:
    asked = number_asked_for(question.text)
    start = pick.start - pick.passage.start
    return asked is not None and is_item(asked[0], pick.passage.text, start)


def _is_value_alone(question: Question, pick: Pick, others: Sequence[Pick]) -> bool:
    """Whether a line is the one value asked for, below a heading that names it as no other does."""
    if not _is_value(pick) or _COMPOUND.search(question.text) is not None:
        return False
    return not any(_is_value(other) and other.text != pick.text for other in others)


def _is_value(pick: Pick) -> bool:
    return pick.kind == "label" and pick.about is not None and pick.is_asked_above


def _is_noise(pick: Pick) -> bool:
    """Whether a sentence lies in a caption, an advert or the like."""
    return share(pick.passage.noise, pick.start, pick.end) > 0.5


def _is_headline(pick: Pick) -> bool:
    """Whether a line is one of several headlines, one below the other."""
    start = pick.start - pick.passage.start
    is_line = pick.kind in ("label", "prose")
    return is_line and stands_in_a_stack(pick.passage.text, start, start + len(pick.text))


def _reads_as_well(pick: Pick, best: Pick, gained: Collection[str]) -> bool:
    """Whether a reader holds the answer of the one for as good as that of the other; ``gained`` are
    terms of the question that it adds."""
    least = _LEAST_SPAN_OF_NEWS if gained else _LEAST_SPAN
    return pick.read.span > max(best.read.span, least)


def _told_once(picks: Sequence[Pick]) -> list[Pick]:
    """The picks without those that say an earlier one's very text again."""
    kept: list[Pick] = []
    for pick in picks:
        repeated = any(
            same_text(pick, other)
            if pick.kind == other.kind == "prose"
            else words(pick.text) == words(other.text)
            for other in kept
        )
        if not repeated:
            kept.append(pick)
    return kept


def _names_other_year(question: Question, pick: Pick) -> bool:
    return any(year not in question.values for year in _YEAR.findall(pick.text))


def _in_order(chosen: Sequence[Pick]) -> list[Pick]:
    """The best sentence first with its neighbours, then the next best of the same document.

    Sentences that follow one another stay together and in reading order, and so does one that
    opens with "It" or "He" behind what it may speak of.
    """
    runs: list[list[Pick]] = []
    for pick in sorted(chosen, key=lambda each: (each.passage.document, each.start)):
        last = runs[-1][-1] if runs else None
        same = last is not None and last.passage.document == pick.passage.document
        if (
            same
            and last is not None
            and (
                pick.start - last.end <= NEXT_TO
                or (has_pronoun(pick) and pick.passage == last.passage)
            )
        ):
            runs[-1].append(pick)
        else:
            runs.append([pick])
    best: dict[str, float] = {}
    for pick in chosen:
        document = pick.passage.document
        best[document] = max(pick.score, best.get(document, pick.score))
    top = max((pick.score for pick in chosen), default=0.0)
    runs.sort(key=lambda run: (-best[run[0].passage.document], run[0].passage.document,
                               not _is_read_as_answer(run, top),
                               -max(each.score for each in run), run[0].start))  # fmt: skip
    return [pick for run in runs for pick in run]


def _is_read_as_answer(run: Sequence[Pick], top: float) -> bool:
    """Whether a run has a sentence that a reader or a heading holds for the answer, and nearly the
    best score: it comes before what only shares more words with the question."""
    return any(
        pick.score >= _SECOND_SHARE * top
        and (pick.is_asked_above or (pick.read.span >= 0.0 and pick.read.answerable > 0.0))
        for pick in run
    )
