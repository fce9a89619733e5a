"""Who, where and how much are not answered by a sentence that names nobody, no place, no number."""

from __future__ import annotations

from dataclasses import replace
from math import log
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from support_texts import indexed

from assistant.answering.candidates import rank_candidates
from assistant.answering.doubts import doubted
from assistant.answering.picks import Extraction, Read
from assistant.embedding.static import StaticEmbedder
from assistant.index.snapshot import Snapshot
from assistant.retrieval.answer_kinds import answer_kinds
from assistant.retrieval.nearness import SentenceIndex
from assistant.retrieval.question import analyse
from assistant.retrieval.word_statistics import inverse_document_frequency
from assistant.text.analysed import analysed
from assistant.types import Passage

CLUB = """# The Harbour Rowing Society

Anna Holm is a member of the Harbour Rowing Society (HRS) and chairs its jury, which would have
seemed odd when the HRS was founded.

The HRS races lean toward long distances. The boats of the HRS are painted by Piet Vos.
"""


def test_a_founding_by_nobody_tells_no_founder(tmp_path: Path) -> None:
    with indexed(tmp_path, {"club.md": CLUB}) as assistant:
        assert assistant.ask("Who founded the HRS?").certainty in ("none", "unsure")
        painted = assistant.ask("Who painted the boats of the HRS?")
        assert "Piet Vos" in painted.text
        assert painted.certainty != "none"


def test_the_founder_is_found_where_one_is_named(tmp_path: Path) -> None:
    named = CLUB.replace("was founded", "was founded by Mona Lie")
    with indexed(tmp_path, {"club.md": named}) as assistant:
        answer = assistant.ask("Who founded the HRS?")
        assert "Mona Lie" in answer.text
        assert answer.certainty in ("likely", "sure")


@pytest.mark.parametrize(
    "question",
    [
        "What was the net revenue of the ferry in 2019?",
        "What is the average water temperature in May?",
        "What were the repair costs?",
        "What are the annual rates for berths?",
        "Which is the maximum speed of the tug?",
    ],
)
def test_a_measure_is_a_number(question: str) -> None:
    assert answer_kinds(analysed(question))[0] == "number"


@pytest.mark.parametrize(
    "question",
    [
        "What is the purpose of the net proceeds?",
        "What was the reason for the loss?",
        "What is the capital of Norway?",
        "What is a balance wheel?",
        "What are the effects of pressure?",
    ],
)
def test_a_measure_beside_another_thing_is_none(question: str) -> None:
    assert answer_kinds(analysed(question))[0] != "number"


@pytest.mark.parametrize(
    ("question", "asks_for_person"),
    [
        ("Which prize did the woman who discovered the island win?", False),
        ("How many people who came to the fair stayed?", False),
        ("Which colour does the boat have whose mast broke?", False),
        ("What year was it, and who was the mayor?", True),
        ("What is the name of the man whose mast broke?", True),
        ("With whom did she sail when it rained?", True),
        ("The lock was built by whom?", True),
    ],
)
def test_who_asks_for_a_person_but_where_it_opens_a_clause(
    question: str, asks_for_person: bool
) -> None:
    assert ("person" in answer_kinds(analysed(question))) == asks_for_person


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When the pump stops, who has to be told?", "person"),
        ("When the pump stops who has to be told?", "person"),
        ("When I cancel a lesson, do I have to pay?", "yesno"),
        ("Where the path forks, in which direction do I go?", "which"),
        ("When the boat is full how many people are aboard?", "number"),
        ("When does it open, and who has the key?", "date"),
        ("When was it, and what did it cost?", "date"),
        ("When, and by whom, was it built?", "date"),
        ("When he left, when did she come?", "date"),
        ("What present day county is it in?", "which"),
        ("Which day ticket is the cheapest?", "which"),
        ("Which day is the cheapest?", "date"),
    ],
)
def test_a_clause_before_the_question_asks_nothing(question: str, kind: str) -> None:
    assert answer_kinds(analysed(question))[0] == kind


def test_everyday_word_that_a_folder_lacks_is_rare_only_as_its_language_tells() -> None:
    class Words:
        def __len__(self) -> int:
            return 5_000

        def document_frequency(self, term: str) -> int:
            return {"harbour": 0, "quay": 3}.get(term, 0)

    snapshot = cast(Snapshot, SimpleNamespace(words=Words()))
    prose = {"harbour": 0.02, "quay": 0.02}
    absent = inverse_document_frequency(snapshot, "harbour", prose)
    assert absent == pytest.approx(-log(0.02))
    assert inverse_document_frequency(snapshot, "quay", prose) > absent
    assert inverse_document_frequency(snapshot, "zwark", prose) > absent


def test_what_announces_things_is_followed_by_them(tmp_path: Path) -> None:
    text = (
        "# Vik\n\nVik lies at the fjord. To save water the town has taken several measures. Leaky "
        "pipes were replaced with steel. Gardens are watered at night only.\n\nThe ferry is old.\n"
    )
    with indexed(tmp_path, {"vik.md": text}) as assistant:
        answer = assistant.ask("Which measures has the town of Vik taken to save water?")
        assert "Leaky pipes" in answer.text
        assert "Gardens" in answer.text
        assert "ferry" not in answer.text


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("How do I clean the pump?", True),
        ("How can the pump be cleaned?", True),
        ("How is bread made?", True),
        ("How did the old winch fare?", False),
        ("In 1962, how was the dam mended?", False),
    ],
)
def test_how_it_went_asks_for_no_steps(question: str, wants: bool) -> None:
    assert analyse(analysed(question), (), lambda term: 1.0).wants_steps is wants


@pytest.mark.parametrize(
    ("question", "sentence", "read", "share"),
    [
        ("Where did the fair of Vik take place?", "The fair of Vik leaned to boats.", "Vik", 0.3),
        ("Where did the fair take place?", "The fair was held in Bergen.", "Bergen", 1.0),
        ("Where did the fair take place?", "The fair was a success.", "", 0.6),
        (
            "How many boats came to the fair?",
            "Boats came to the fair from all the villages of the coast.",
            "",
            0.6,
        ),
        ("How many boats came to the fair?", "The fair had 31 boats.", "31", 1.0),
    ],
)
def test_what_is_asked_for_must_stand_there(
    question: str, sentence: str, read: str, share: float
) -> None:
    """A reader's answer that is the thing asked about leaves half, what holds no place or number
    leaves .6, both .3."""
    asked = analyse(analysed(question), (), lambda term: 1.0)
    only = Passage("c", "b.txt", "", sentence, 0, len(sentence), None, (), 1.0, language="en")
    best = rank_candidates(asked, [only], SentenceIndex(StaticEmbedder())).ranked[0]
    start = sentence.index(read) if read else 0
    best = replace(best, read=Read(1.0, 2.0, start, start + len(read)))
    extraction = Extraction(asked, (best,), (best,))
    assert doubted(1.0, extraction, [only]) == pytest.approx(share)


def test_how_something_went_is_told_by_a_sentence(tmp_path: Path) -> None:
    text = (
        "# Trials\n\nThe yard tested four winches. To everybody's surprise the old hand winch beat "
        "each of the new ones.\n\nThe trials took a week.\n"
    )
    with indexed(tmp_path, {"trials.md": text}) as assistant:
        answer = assistant.ask("How did the old hand winch fare?")
        assert "beat" in answer.text


def test_a_document_is_about_the_name_that_several_passages_hold() -> None:
    """The passage on her colours says "she"; the others say of whom the document is."""
    asked = analyse(analysed("Which colours did Mona Lie use?"), (), lambda term: 1.0)

    def context_of_colours(*texts: str) -> float:
        passages = [
            Passage(
                f"c{n}", "b1.txt", "", text, 9 * n, 9 * n + len(text), None, (), 1.0, language="en"
            )
            for n, text in enumerate((*texts, "She worked in oils and in pastels."))
        ]
        ranked = rank_candidates(asked, passages, SentenceIndex(StaticEmbedder())).ranked
        return next(p.features.context for p in ranked if "pastels" in p.text)

    first, second = "As a girl Mona Lie drew boats.", "The town bought works by Mona Lie."
    assert context_of_colours(first, second) > 0.3
    assert context_of_colours(first, "The town bought works by Piet Vos.") == 0.0


def test_an_hour_in_words_is_a_time(tmp_path: Path) -> None:
    with indexed(tmp_path, {"rules.md": "# Rules\n\nThe pool opens at nine.\n"}) as assistant:
        assert assistant.ask("When does the pool open?").certainty in ("likely", "sure")
