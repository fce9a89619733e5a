"""Candidates → the sentences of an answer, few and in reading order.

A further sentence must add something that the question asks for. A list is given whole, rows of a
table without their neighbours, and a sentence that opens with "It" or "He" with the one before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.answering.antecedents import (
    goes_on,
    leans,
    leans_later,
    named_before,
    names_what_is_before,
)
from assistant.answering.asked_lists import (
    asks_for_several,
    asks_for_things,
    asks_what_to_do,
    ends_in_colon,
    says_what_to_do,
)
from assistant.answering.candidates import Candidates
from assistant.answering.code_lines import is_code
from assistant.answering.collected_deeds import collected
from assistant.answering.compared_figures import tells_both_figures
from assistant.answering.dated_headings import date_above, holds_date
from assistant.answering.headlines import stands_in_a_stack
from assistant.answering.led_lists import names_as_many
from assistant.answering.led_rows import rows_below, table_of
from assistant.answering.lines_beside import is_beside_text
from assistant.answering.list_items import ReadText
from assistant.answering.numbered_items import is_item, number_asked_for
from assistant.answering.picks import Pick
from assistant.answering.table_rows import label_fit
from assistant.answering.told_values import without_idle
from assistant.answering.turned_answers import turning_beside
from assistant.answering.whole_lists import around as units_around
from assistant.answering.whole_lists import list_around
from assistant.retrieval.question import Question
from assistant.text.noise import share
from assistant.text.terms import shingles, words
from assistant.types import Named

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
_READ_CLEARLY = 6.0
"""Where one thing is asked, and a reader holds the best sentence's answer for one and for so much
better than a further sentence's, that one stays away. Of 1,500 questions 98 lost a further sentence
so, and 3 the answer with it; with 5.0 114 and 5."""
_OTHER_SOURCE = 0.6
"""The share of the best sentence's score that another document's must have to be set beside it."""
_NEXT_TO = 4
"""Characters between sentences that follow one another."""
_MOST_BEFORE = 2
"""Sentences before one that only goes on with them: "That is, … For that reason, …"."""
_MOST_ROWS = 12
"""Rows that hold the same of a question; where more do, the best alone is shown."""
_TOLD = ("prose", "item")
_WINDOW = 4000
"""Characters before a sentence that are looked through for the date it stands under."""

_YEAR = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d(?![\d.,]\d)\b")
_COMPOUND = re.compile(r"\b(?:and|or|both|each|either|compared?|versus|vs)\b|[,;]", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:two|three|four|five|six|how many)\b", re.IGNORECASE)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_ONE_OF_THEM = re.compile(
    r"^(?:the )?(?:first|second|third|fourth|fifth|sixth|other|last|one|another)\b", re.IGNORECASE
)
_SEVERAL = re.compile(
    r"(?<!\bby )(?<!\bin )(?<!\bto )(?<!\bof )(?<!\bwith )(?<!\bfor )(?<!\bfrom )(?<!\bor )"
    r"\b(?:several|various|many|numerous|multiple|a few|some|certain|different|the following|two|"
    r"three|four|five|six|an? (?:wide |large |small |whole )?(?:number|variety|range|set|series|"
    r"couple) of) ((?:[\w'’-]+ ?){1,4})[.:;,]?[\"”’*_]*$",
    re.IGNORECASE,
)
"""What announces, at its end, what the next sentences name: "… has taken several measures." """
_MOST_ANNOUNCED, _BESIDE = 2, 2


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found: the answer's sentences in reading order, and all candidates for signals."""

    question: Question
    picks: tuple[Pick, ...]
    ranked: tuple[Pick, ...]


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
    if best.row is not None:
        return table_of(question, best, read) or rows_asked_for(question, best, ranked)
    if _is_item_asked_for(question, best):
        return [best]
    if best.kind == "prose" and names_as_many(question, best.text):
        return _in_order(_with_context(question, [best], read))
    if best.kind != "table" and tells_both_figures(question.text, best.text):
        return _with_context(question, [best], read)
    chosen = rows_below(question, best, read) or list_around(question, best, read)
    if not chosen and (deeds := collected(question, ranked)):
        return deeds
    if not chosen:
        chosen = [best]
        budget = max_sentences if question.wants_list else min(2, max_sentences)
        total = sum(question.weights.values()) or 1.0
        covered = _covered(question, chosen)
        is_compound = _COMPOUND.search(question.text) is not None
        is_counted = _COUNTED.search(question.text) is not None
        is_plural = asks_for_several(question)
        several = is_compound or is_counted or is_plural or question.wants_list
        for pick in ranked[1:]:
            if len(chosen) >= max_sentences:
                break
            if any(_overlaps(pick, other) or _same_text(pick, other) for other in chosen):
                continue
            if pick.features.values < best.features.values and _names_other_year(question, pick):
                continue
            is_read = best.read.span >= 0.0 and best.read.span - pick.read.span >= _READ_CLEARLY
            if is_read and not several:
                continue
            gained = _covered(question, [pick]) - covered
            gain = sum(question.weights[term] for term in gained) / total
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
            if brings_part or gained or elsewhere or pick.features.kind >= 1.0:
                chosen.append(pick)
                covered |= gained
        if len(chosen) == 1 and best.features.kind < 1.0 and max_sentences > 1:
            chosen += _filling_next(best, ranked)
        chosen += _told_to_do(question, best, chosen, read)
        chosen += _below_a_colon(question, chosen[1:], chosen, read)
        counted = _counted_off(question, best, read)
        names_things = several or asks_for_things(question)
        chosen += counted or (_announced(question, best, chosen, read) if names_things else [])
        chosen += _command_beside(question, best, chosen, read)
        is_joint = is_compound or is_plural or question.wants_list
        # "It covers 14 hectares" needs the sentence that names the garden, idle as that is.
        chosen = chosen if is_joint or _leans(best) else without_idle(question, chosen)
        chosen = _with_context(question, chosen, read)
        turned = turning_beside(question, best, read)
        chosen += [each for each in turned if not any(_overlaps(each, other) for other in chosen)]
    return _told_once(_in_order(chosen))


def _counted_off(question: Question, best: Pick, read: ReadText) -> list[Pick]:
    """The sentences that name one by one what the best one announces: "There are two. The first is
    … The other is …"."""
    asked, said = _COUNTED.search(question.text), _COUNTED.search(best.text)
    if asked is None or said is None or best.kind != "prose":
        return []
    around, at = units_around(best, read)
    following = [pick for pick in around[at + 1 :] if pick.kind == "prose"] if at >= 0 else []
    named = [pick for pick in following if _ONE_OF_THEM.match(pick.text)]
    most = _COUNTS.get(said.group().lower(), 0)
    is_counted = len(named) > 1 and named[0] in following[:2]  # "The last boat left" counts nothing
    return named[:most] if is_counted else []


def _announced(
    question: Question, best: Pick, chosen: Sequence[Pick], read: ReadText
) -> list[Pick]:
    """The sentences behind the best one, where that only announces things of the kind that is asked
    for: "The town has taken several measures." """
    if best.kind != "prose" or best.row is not None:
        return []
    named = _SEVERAL.search(best.text.rstrip()) if question.kinds[0] != "number" else None
    if named is None or not question.weights.keys() & {*question.reads(named[1])}:
        return []
    around, at = units_around(best, read)
    following: list[Pick] = []
    for pick in around[at + 1 : at + 1 + _MOST_ANNOUNCED] if at >= 0 else ():
        gap = pick.start - (following[-1] if following else best).end
        if pick.kind != "prose" or gap > (_NEXT_TO if not following else 2):
            break
        following.append(pick)
    return [pick for pick in following if not any(_overlaps(pick, other) for other in chosen)]


def _command_beside(
    question: Question, best: Pick, chosen: Sequence[Pick], read: ReadText
) -> list[Pick]:
    """The code beside the best sentence, where a way is asked for and the code names what it is
    of: below "It needs Python 3.10." stands "pip install …"."""
    if not question.wants_steps or best.kind != "prose" or any(p.kind == "code" for p in chosen):
        return []
    around, at = units_around(best, read)
    near = around[at + 1 : at + 1 + _BESIDE] + around[max(0, at - _BESIDE) : at] if at >= 0 else []
    return [
        pick
        for pick in near
        if is_code(pick.text, pick.kind) and _covered(question, [pick])
        if not any(_overlaps(pick, other) for other in chosen)
    ][:1]


def _one_a_document(best: Pick, ranked: Sequence[Pick], most: int) -> list[Pick]:
    """The best sentence and the best of each other document, where that speaks of the same."""
    found = {best.passage.document: best}
    for pick in ranked[1:]:
        speaks = pick.score >= _OTHER_SOURCE * best.score and pick.features.kind > 0.4
        if speaks and pick.row is None and len(found) < most:
            found.setdefault(pick.passage.document, pick)
    return list(found.values())


def rows_asked_for(question: Question, best: Pick, ranked: Sequence[Pick]) -> list[Pick]:
    """The best row and its equals: rows of the same table that hold the same of the question.

    A row that lacks a word which the best one holds is about something else, and so is one whose
    label holds more words than the question names ("Ferry repair" for "repair").
    """
    if best.row is None:
        return [best]
    wanted = frozenset(question.weights)
    held = wanted & best.row.own
    fit = label_fit(question, best.row)
    rows = [
        pick
        for pick in ranked
        if pick.row is not None
        and pick.row.table == best.row.table
        and wanted & pick.row.own == held
        and label_fit(question, pick.row) >= fit
    ]
    rows = sorted(rows, key=lambda pick: pick.start)
    if not held or len(rows) > _MOST_ROWS:
        rows = [best]
    return rows


def _is_item_asked_for(question: Question, pick: Pick) -> bool:
    asked = number_asked_for(question.text)
    start = pick.start - pick.passage.start
    return asked is not None and is_item(asked[0], pick.passage.text, start)


def _is_noise(pick: Pick) -> bool:
    """Whether a sentence lies in a caption, an advert or the like."""
    return share(pick.passage.noise, pick.start, pick.end) > 0.5


def _is_headline(pick: Pick) -> bool:
    """Whether a line is one of several headlines, one below the other."""
    start = pick.start - pick.passage.start
    is_line = pick.kind in ("label", "prose")
    return is_line and stands_in_a_stack(pick.passage.text, start, start + len(pick.text))


def _filling_next(best: Pick, ranked: Sequence[Pick]) -> list[Pick]:
    """The sentence behind the best one, where it holds the kind of thing asked for that the best
    one lacks: "The well was dug in 1613. It is 47 metres deep." """
    return [
        pick
        for pick in ranked
        if pick.passage.document == best.passage.document
        and 0 <= pick.start - best.end <= _NEXT_TO
        and pick.kind == best.kind == "prose"
        and pick.features.kind >= 1.0
    ][:1]


def _below_a_colon(
    question: Question, further: Sequence[Pick], chosen: Sequence[Pick], read: ReadText
) -> list[Pick]:
    """What stands below the further sentences that end in a colon and say nothing without it."""
    added: list[Pick] = []
    for pick in further:
        if pick.kind == "prose" and ends_in_colon(pick.text):
            added += [
                each
                for each in list_around(question, pick, read)
                if not any(_overlaps(each, other) for other in (*chosen, *added))
            ]
    return added


def _told_to_do(
    question: Question, best: Pick, chosen: Sequence[Pick], read: ReadText
) -> list[Pick]:
    """Where it is asked what to do and no sentence says so, the next one of the same paragraph that
    does: "There will often be warnings. They should be ignored." """
    if not asks_what_to_do(question) or any(says_what_to_do(pick.text) for pick in chosen):
        return []
    around, at = units_around(best, read)
    for before, pick in pairwise(around[at : at + 1 + _BESIDE] if at >= 0 else ()):
        if pick.kind != "prose" or pick.start - before.end > _NEXT_TO - 2:
            return []
        if says_what_to_do(pick.text):
            return [pick]
    return []


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
            _same_text(pick, other)
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
                pick.start - last.end <= _NEXT_TO or (_leans(pick) and pick.passage == last.passage)
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


def next_sentence(best: Pick, read: ReadText) -> list[Pick]:
    """The sentence that goes on after the best one in the same paragraph."""
    around, at = units_around(best, read)
    if at < 0 or at + 1 >= len(around) or best.kind != "prose":
        return []
    following = around[at + 1]
    gap = following.start - best.end
    return [following] if following.kind == "prose" and gap <= 2 else []


def _with_context(question: Question, chosen: Sequence[Pick], read: ReadText) -> list[Pick]:
    """Sentences that open with a pronoun, under the name that it stands for; where that is not
    plain, with the sentence before it, if it is the only one: beside another it is mostly that one
    it speaks of. The best one with a pronoun behind a phrase, and one that gives a name ("This is
    called …"), say nothing without it."""
    result = _under_dates(question, _under_names(question, chosen, read), read)
    is_alone = len(result) == 1
    waiting = [(pick, _MOST_BEFORE) for pick in result]
    while waiting:
        pick, most = waiting.pop(0)
        has_earlier = any(
            other.start < pick.start and other.passage.document == pick.passage.document
            for other in result
        )
        is_first = pick is result[0] and not has_earlier and leans_later(pick.text)
        needs_it = _leans(pick) if is_alone else is_first
        needs_it = needs_it or (pick.kind == "prose" and not has_earlier and goes_on(pick.text))
        if pick.about is not None or not (needs_it or names_what_is_before(pick.text)):
            continue
        around, at = units_around(pick, read)
        if at < 1:
            continue
        added = around[at - 1]
        if added.kind in ("prose", "item") and not any(_overlaps(added, other) for other in result):
            result.append(added)
            waiting += [(added, most - 1)] if most > 1 and goes_on(added.text) else []
    return result


def _under_dates(question: Question, chosen: Sequence[Pick], read: ReadText) -> list[Pick]:
    """The picks, the best one under the date above it where a date is asked for and it has none."""
    result = list(chosen)
    best = result[0]
    if question.kinds[0] != "date" or best.kind not in _TOLD or best.about is not None:
        return result
    if holds_date(best.text) or _YEAR.search(best.text):
        return result
    start = max(0, best.start - _WINDOW)
    before = read(best.passage.document, start, best.start)
    about = date_above(best.text, before, best.start)
    return [replace(best, about=about), *result[1:]] if about is not None else result


def _under_names(question: Question, chosen: Sequence[Pick], read: ReadText) -> list[Pick]:
    """The picks, those that open with a pronoun under its name; without the sentence that was only
    chosen for the name."""
    result = list(chosen)
    for pick in chosen:
        about = _name_of(question, pick, read) if _leans(pick) else None
        if about is None:
            continue
        holding = [
            other
            for other in result
            if other is not pick
            and other.passage.document == pick.passage.document
            and other.start <= about.start < other.end
        ]
        told = _covered(question, [pick]) | set(question.reads(about.text, pick.passage.language))
        if pick is chosen[0] and all(_covered(question, [other]) <= told for other in holding):
            result = [other for other in result if other not in holding]
        elif holding:
            continue
        result[result.index(pick)] = replace(pick, about=about)
    return result


def _name_of(question: Question, pick: Pick, read: ReadText) -> Named | None:
    around, at = units_around(pick, read)
    before = [(each.text, each.start) for each in around[: max(at, 0)] if each.kind in _TOLD]
    return named_before(question, pick.text, before)


def _leans(pick: Pick) -> bool:
    """Whether the sentence opens with a word that stands for something named before it."""
    return pick.kind == "prose" and leans(pick.text)


def _covered(question: Question, picks: Sequence[Pick]) -> set[str]:
    present = {term for pick in picks for term in question.reads(pick.text, pick.passage.language)}
    return {term for term in question.weights if term in present}


def _overlaps(a: Pick, b: Pick) -> bool:
    return a.passage.document == b.passage.document and a.start < b.end and b.start < a.end


def _same_text(a: Pick, b: Pick) -> bool:
    """Whether two sentences of different places say the same in the same words."""
    mine, other = shingles(a.text, 3), shingles(b.text, 3)
    return len(mine & other) >= 0.7 * min(len(mine), len(other))
