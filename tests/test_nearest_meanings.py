"""The best candidates in the order of what they mean: for questions in other words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support_picks import FEATURES, asked, passage_of, pick_in, reader_for_module
from support_reader import make_model

from assistant import Assistant
from assistant.answering.candidates import Candidates
from assistant.answering.choice import choose
from assistant.answering.confidence import probability_of
from assistant.answering.nearest_meanings import by_meaning
from assistant.answering.picks import Pick, Read
from assistant.answering.table_rows import TableRow
from assistant.model.answer_reader import OnnxReader, make_reader
from assistant.model.reader_files import BUILTIN

NO_TERMS: frozenset[str] = frozenset()
ROW = TableRow(("a.md", "", ("Drug",)), ("Drug",), ("none",), "", NO_TERMS, NO_TERMS, NO_TERMS)
ASKED = "Is there ever booze at parties in the office?"
DRUGS = "Drugs must not be used, bought or sold at work, in the office or outside of it."
WINE = "Though events are dry, some evenings have beer or wine."


reader = reader_for_module()


def pick(text: str, score: float, span: float = -5.0, language: str = "en") -> Pick:
    return pick_in(passage_of(text, title="House rules", language=language), text, score, span)


def candidates(*picks: Pick, question: str = ASKED) -> Candidates:
    return Candidates(asked(question), picks)


def order(found: Candidates) -> list[str]:
    return [each.text for each in found.ranked]


def test_a_sentence_that_means_what_is_asked_passes_one_that_shares_a_word(
    reader: OnnxReader,
) -> None:
    given = candidates(pick(DRUGS, 3.3), pick(WINE, 3.0), pick("The roof is flat.", 2.9))
    found = by_meaning(given, ASKED, reader)
    assert order(found)[0] == WINE
    assert [each.score for each in found.ranked] == [3.0, 3.3, 2.9], "scores stay as they were"
    assert min(each.lift for each in found.ranked) == 0.0, "none comes behind what is not looked at"


def test_a_sentence_far_behind_stays_there(reader: OnnxReader) -> None:
    assert order(by_meaning(candidates(pick(DRUGS, 6.0), pick(WINE, 3.0)), ASKED, reader)) == [
        DRUGS, WINE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        lambda picks: (replace(picks[0], read=Read(4.0, 4.5)), *picks[1:]),
        lambda picks: (
            replace(picks[0], passage=replace(picks[0].passage, language="de")),
            picks[1],
        ),
        lambda picks: picks[:1],
        lambda picks: (replace(picks[0], features=replace(FEATURES, defines=0.8)), picks[1]),
        lambda picks: (replace(picks[0], row=ROW), picks[1]),
    ],
    ids=["plainly read", "another language", "alone", "a definition", "a row"],
)
def test_where_nothing_is_looked_at(
    change: Callable[[tuple[Pick, ...]], tuple[Pick, ...]], reader: OnnxReader
) -> None:
    given = candidates(*change((pick(DRUGS, 3.1), pick(WINE, 3.0))))
    assert by_meaning(given, ASKED, reader) is given


@pytest.mark.parametrize("question", ["How do I open the door?", "List all drinks."])
def test_lists_and_ways_keep_their_order(question: str, reader: OnnxReader) -> None:
    given = candidates(pick(DRUGS, 3.1), pick(WINE, 3.0), question=question)
    assert by_meaning(given, question, reader) is given


def test_without_a_reader_or_its_meanings_nothing_changes(tmp_path: Path) -> None:
    given = candidates(pick(DRUGS, 3.1), pick(WINE, 3.0))
    assert by_meaning(given, ASKED, None) is given
    public = make_reader(str(make_model(tmp_path, {"rose": (1.0, 1.0)})))
    assert by_meaning(given, ASKED, public) is given


def test_meanings_are_unit_vectors_and_alike_for_alike_texts(reader: OnnxReader) -> None:
    texts = ["There is beer and wine.", "We serve alcohol.", "The bridge has three arches."]
    vectors = reader.meanings(texts)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert np.array_equal(vectors[1], reader.meanings(["We serve alcohol."])[0]), "kept"
    assert np.array_equal(vectors, OnnxReader(BUILTIN).meanings(texts)), "and the same anew"
    assert reader.meanings([]).shape == (0, 0)
    odd = ["", "\ud800 \0", "x" * 100_000, "🌹" * 500, "a " * 3_000]
    assert np.isfinite(reader.meanings(odd)).all()


def test_one_beyond_the_best_is_not_looked_at(reader: OnnxReader) -> None:
    others = [pick(f"The roof has {n} tiles.", 3.4) for n in ("ten", "six", "two")]
    given = candidates(pick(DRUGS, 3.5), *others, pick(WINE, 3.3))
    assert order(by_meaning(given, ASKED, reader))[4] == WINE


def test_what_is_refused_is_not_looked_at_again(
    sample: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def second_first(found: Candidates, asked: str, reader: object) -> Candidates:
        seen.append(asked)
        first, second, *others = found.ranked
        return replace(found, ranked=(second, first, *others))

    question = "Where did the first ICLR take place?"
    before = sample.ask(question)
    monkeypatch.setattr("assistant.answering.extractive.by_meaning", second_first)
    after = sample.ask(question)
    assert seen == [question]
    assert before.text != after.text, "the order decides which sentences answer"
    assert sample.ask("What does a ticket to the opera of Lima cost?").abstained
    assert seen == [question]


def test_an_answer_that_the_new_order_would_refuse_stays(
    sample: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Where did the first ICLR take place?"
    before = sample.ask(question)
    seen: list[float] = []

    def the_worst(found: Candidates, asked: str, reader: object) -> Candidates:
        worst = replace(found, ranked=found.ranked[-1:])
        seen.append(probability_of(choose(worst, 3, lambda document: "")))
        return worst

    monkeypatch.setattr("assistant.answering.extractive.by_meaning", the_worst)
    after = sample.ask(question)
    assert seen
    assert seen[0] < sample.settings.answer.min_confidence, "alone it would be refused"
    assert (after.text, after.confidence) == (before.text, before.confidence)


@pytest.mark.parametrize(("first", "shown"), [(0.5, 0.79), (0.85, 0.95)])
def test_another_order_makes_nothing_sure_that_was_not(
    sample: Assistant, monkeypatch: pytest.MonkeyPatch, first: float, shown: float
) -> None:
    judged = iter([first, 0.95])
    monkeypatch.setattr(
        "assistant.answering.extractive.by_meaning",
        lambda found, *_: replace(found, ranked=found.ranked[::-1]),
    )
    monkeypatch.setattr("assistant.answering.extractive.capped", lambda *_: next(judged))
    answer = sample.ask("How many submissions did ICLR 2020 receive?")
    assert answer.confidence == pytest.approx(shown)
