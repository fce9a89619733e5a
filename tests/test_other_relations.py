"""Questions that another relation of the same thing does not answer: a cause, a count, who next."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_picks import passage_of, pick_in
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.asked_headings import points_elsewhere
from assistant.answering.code_lines import is_beside_prose
from assistant.answering.doubts import doubted
from assistant.answering.other_relations import (
    counts_nothing,
    counts_versions,
    does_not_compare,
    lacks_cause,
    share_of_relation,
    tells_another_turn,
)
from assistant.answering.picks import Extraction
from assistant.retrieval.counted_things import gives_names
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import analysed

MEETINGS = """# Meetings of the rowers

The seventeenth meeting Rowfest16 was held in Tandel, Lowmark, from 23 June to 9 July 2016 (preceded
by a camp). The boathouse of Tandel caught fire around eight on 20 November 2002. Sam Holm led the
rowers from April 2019 until April 2020. Jona Carver was elected in April 2020 and leads them now.

The two tugs that towed each other home through the storm of the north were built for coal, and had
been paid for by the rowers of the north. Salt Nan and Old Bess were broken up after the storm.

# Rules

The Low Charter and the High Charter are examples of old charters that follow the nine points.

# Purse

In the purse of the rowers an expense is any payment that two keepers signed.
See [[Charters#what-is-an-expense|What is an "expense" ?]] in the page about charters.
"""


def asked(text: str) -> Question:
    return analyse(analysed(text), (), lambda term: 1.0)


rowers = indexed_for_module({"meetings.md": MEETINGS})


@pytest.mark.parametrize(
    "question",
    [
        "How many people came to Rowfest in Tandel?",
        "What started the fire at the boathouse of Tandel?",
        "Who was elected leader of the rowers after Jona Carver?",
        "Which charter allows more, the Low Charter or the High Charter?",
    ],
)
def test_another_relation_is_not_called_likely(rowers: Assistant, question: str) -> None:
    assert rowers.ask(question).certainty in ("unsure", "none")


def test_a_line_that_points_to_a_page_defines_nothing(rowers: Assistant) -> None:
    answer = rowers.ask("What is meant by an expense in the purse of the rowers?")
    assert answer.sentences[0].text.startswith(
        "In the purse of the rowers an expense is any payment"
    )


def test_names_of_so_many_things_are_told_by_a_sentence_that_joins_them(rowers: Assistant) -> None:
    answer = rowers.ask("What were the two tugs called that towed each other home in the storm?")
    assert "Salt Nan and Old Bess" in answer.text


@pytest.mark.parametrize(
    ("question", "text", "gives"),
    [
        ("What were the two tugs called?", "Salt Nan and Old Bess were broken up.", True),
        ("What were the three tugs called?", "Salt Nan and Old Bess were broken up.", False),
        ("What were the three tugs named?", "They built Salt Nan, Old Bess and Moth.", True),
        ("Which two tugs were broken up?", "Salt Nan and Old Bess were broken up.", False),
        (
            "What were the two tugs of Tandel and Holm called?",
            "They served Tandel and Holm.",
            False,
        ),
    ],
)
def test_joined_names_are_counted(question: str, text: str, *, gives: bool) -> None:
    assert gives_names(question, text) is gives


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("The 17th meeting Rowfest16 was held from 23 June to 9 July 2016.", False),
        ("It ran in May 2016, at 10:30, with version 4.10.2 of the rules.", False),
        ("In July 2016 some 300 rowers came.", True),
        ("On 3 May two rowers came.", True),
        ("Nobody came on 3 May.", True),
        ("Several came in 2016.", True),
        ("The rowers came.", True),  # without a number nothing is mistaken
    ],
)
def test_days_years_and_names_count_nothing(text: str, *, counts: bool) -> None:
    assert counts_nothing("How many rowers came to Rowfest?", text) is not counts


def test_a_number_of_years_may_be_told_by_years() -> None:
    assert not counts_nothing("How many years did the war last?", "It lasted from 1618 to 1648.")


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("What started the fire?", "The boathouse caught fire at eight.", True),
        ("What started the fire?", "The fire started at eight in the boathouse.", True),
        ("What started the fire?", "A lamp started the fire.", False),
        ("What caused the leak?", "It leaked because a seam had opened.", False),
        ("What was the cause of the leak?", "The leak was found on Monday.", True),
        ("When did the fire start?", "The boathouse caught fire at eight.", False),
    ],
)
def test_a_cause_is_told_by_words_of_one(question: str, text: str, *, lacks: bool) -> None:
    assert lacks_cause(question, text) is lacks


@pytest.mark.parametrize(
    ("question", "text", "share"),
    [
        ("Why was the boathouse built?", "The boathouse is a ruin above the river.", 0.45),
        ("Why was the boathouse built?", "Boathouses were built of stone.", 0.65),
        ("Why was the boathouse built?", "The boathouse is a ruin and was built for coal.", 1.0),
        ("Why is the boathouse famous?", "The boathouse is a ruin above the river.", 0.65),
    ],
)
def test_why_is_not_told_by_what_a_thing_is(question: str, text: str, share: float) -> None:
    told = pick_in(passage_of(text), text)
    assert share_of_relation(asked(question), told) == pytest.approx(share)


@pytest.mark.parametrize(
    ("question", "text", "counts"),
    [
        ("Which version of the charter is in force?", "The charter has 4 major versions.", True),
        ("What release do we use?", "There were three releases.", True),
        ("Which version is in force?", "Of 4 versions, version 3 is in force.", False),
        ("Which version is in force?", "Of four versions 2.1 is in force.", False),
        ("Which version is in force?", "Of four versions Charter 3 is in force.", False),
        ("How many versions are there?", "The charter has 4 major versions.", False),
        ("Which release notes are there?", "There are 4 releases.", False),
    ],
)
def test_a_version_is_not_told_by_how_many_there_are(
    question: str, text: str, *, counts: bool
) -> None:
    assert counts_versions(question, text) is counts
    told = pick_in(passage_of(text), text)
    assert (share_of_relation(asked(question), told) == pytest.approx(0.45)) is counts


@pytest.mark.parametrize(
    ("question", "text", "is_other"),
    [
        ("Who led after Jona Carver?", "Sam Holm led the rowers until 2020.", True),
        ("Who led after Jona Carver?", "Carver left, and Ada Moor leads.", False),
        ("Who led after Jona Carver?", "In the next year Ada Moor was elected.", False),
        ("Who led after Jona Carver?", "Jona Carver was elected in April 2020.", True),
        ("Who led after Jona Carver?", "Jona Carver gave the rudder to Ada Moor.", False),
        ("Who replaced Jona Carver?", "Sam Holm led the rowers until 2020.", True),
        ("When did they row after Easter?", "They rowed in May.", False),
    ],
)
def test_who_came_next_is_told_beside_the_one_before(
    question: str, text: str, *, is_other: bool
) -> None:
    assert tells_another_turn(question, text) is is_other


@pytest.mark.parametrize(
    ("text", "is_flat"),
    [
        ("The Low Charter and the High Charter are old.", True),
        ("The Low Charter allows everything that the High one does not.", False),
        ("The Low Charter is the least strict.", False),
        ("The Low Charter is stricter.", False),
        ("The Low Charter names 4 rights, the High Charter 9.", False),
        ("Both rivers freeze.", False),
    ],
)
def test_two_things_are_compared_by_a_comparison(text: str, *, is_flat: bool) -> None:
    question = "Which charter allows more, the Low Charter or the High Charter?"
    assert does_not_compare(question, text) is is_flat


def test_pointers_with_brackets_point_elsewhere() -> None:
    question = asked("What is a project?")
    assert points_elsewhere(question, 'See [[Plans#project|What is a "Project" ?]] on that page.')
    assert not points_elsewhere(question, "See how a project grows: it is a plan with parts.")


@pytest.mark.parametrize(
    ("best", "others", "share"),
    [
        ("The following table summarizes the ranks of the rowers.", (), 0.4),
        ("The following table summarizes the ranks of the rowers.", ("item",), 1.0),
        ("The ranks of the rowers are three.", (), 1.0),
    ],
)
def test_a_sentence_that_only_points_is_doubted(
    best: str, others: tuple[str, ...], share: float
) -> None:
    text = f"{best} Low, middle and high."
    first = pick_in(passage_of(text), best)
    more = [replace(pick_in(passage_of(text), "Low, middle and high."), kind=k) for k in others]
    found = Extraction(asked("Which ranks do the rowers have?"), (first, *more), (first, *more))
    plain = replace(found, ranked=(replace(first, text="The ranks of the rowers are three."),))
    assert doubted(0.5, found, ()) == pytest.approx(doubted(0.5, plain, ()) * share)


def test_a_pointer_that_holds_the_number_is_not_doubted() -> None:
    text = "This guide covers the 24 papers that are listed below."
    told = pick_in(passage_of(text), text)
    told = replace(told, features=replace(told.features, kind=1.0))
    for question, share in (
        ("How many papers does the guide cover?", 1.0),
        ("Which papers does the guide cover?", 0.4),
    ):
        found = Extraction(asked(question), (told,), (told,))
        plain = replace(told, text="This guide covers the 24 papers of the year.")
        assert doubted(0.5, found, ()) == pytest.approx(
            doubted(0.5, replace(found, ranked=(plain,)), ()) * share
        )


def test_code_says_neither_yes_nor_no() -> None:
    command = "```\ntar -cf backup.tar data\n```"
    assert is_beside_prose(asked("Can I run tar while the database runs?"), command, "code")
    for question in (
        "How do I run tar on the database?",
        "Is there a command that packs the data?",
        "Can you show me how the data is packed?",
    ):
        assert not is_beside_prose(asked(question), command, "code")
