"""Rules that allow and forbid, a paper with its literature, an invitation, a report's list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.code_lines import is_code
from assistant.answering.english_deeds import tells_another_deed
from assistant.answering.fit_to_answer import may_answer
from assistant.answering.permissions import asks_for_leave, rules_on, within_bounds
from assistant.answering.reference_lists import listed_references
from assistant.answering.sentence_scores import FEATURE_NAMES, SentenceFeatures, take_apart
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import analysed
from assistant.text.sentences import sentences
from assistant.text.word_families import family, wider
from assistant.types import LIKELY, SURE, Passage

RULES = """# House rules of the Lindhof

Fires with coal on balconies remain forbidden; electric grills are tolerated until ten.

The cellar stays locked. Wipe the steam room with warm water. Do not use vinegar or chlorine.

Washing machines may be used from seven to nine. On Sundays they must not be used at all.

We do not pay for the travel of guests beyond the 2 night stay.

Pets must be announced to the caretaker before they move in.

Alcohol should be avoided in the sauna.
"""
HIRE = """# Hire of the trailer

The hirer shall:

- return it swept,
- not lend it to third parties,
- pay 12 euros for each day that it is late.

The price of a day of hire of the trailer is 30 euros unless otherwise
agreed. The trailer carries 400 kg.
"""
PAPER = """# Tides and the growth of sea grass

We counted shoots of sea grass on plots of 2 ha in the bay of Kelm.

The advantage of nearest sorting is its speed: it needs no more than the square of the plots. It
was written by a student. By contrast tree sorting and leaf sorting require a time that rises as the
fourth power of the number of plots.

1 Introduction | 3
2 Sorting of shoots in plots | 7

The numbers of shoots in Kelm were sorted by hand.

R> sorted <- sapply(shoots, FUN = function(plot) sort_shoots(plot, method = "tree"))

The growth of sea grass depends on the light that reaches the ground.

## References

Arnholt P, Bey Q (2003). "The growth of sea grass and its light." Shore Letters, 12(3), 40-61.

Dorn W (1999). "Tides and the growth of grass." Journal of Coasts, 7(1), 5-19.

Ekker S (2011). Sea Grass and Tides of the North. Springer, Berlin.

Falk R (2014). "Light at the ground of bays." Shore Letters, 23(2), 11-30.
"""
INVITATION = """---
title: "Reed Club summer feast"
date: "2019-05-02"
---

The feast is on Saturday 8 June 2019. It will start at **6:30pm** and will
be held at:

**The Old Ferry House** Quay Lane 4, Kelm

There will be soup.
"""
REPORT = """# After an accident

Tell the warden. The report should include the following:

- The names of the persons who were hurt in the accident.
- The place and the hour.
- What was done at once.

After that the warden rings the office. The warden is a member of the club who lives in the house.

**If there is a flame in the kiln** the following procedure **must** be executed.

1. Press the main switch.
2. Throw a wet cloth over it.
3. Leave the room.
"""
MOONS = """id,name,orbital_period,orbital_period_unit,radius,radius_unit,mass,mass_unit,found,colour
ika,Ika,417,hour,310,km,2.1,Eg,1911,grey
oro,Oro,988,hour,122,km,0.4,Eg,1954,red
"""

folder = indexed_for_module(
    {
        "rules.md": RULES, "hire.md": HIRE, "paper.md": PAPER, "feast.md": INVITATION,
        "accident.md": REPORT, "moons.csv": MOONS,
    }
)  # fmt: skip


def asked(text: str) -> Question:
    return analyse(analysed(text), (), lambda term: 2.0 if term == "keep" else 4.0)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Are grills allowed on the balcony?", "electric grills are tolerated"),
        ("Can I wipe the steam room with vinegar?", "Do not use vinegar"),
        ("Can I have a beer in the sauna?", "Alcohol should be avoided"),
        ("May I lend the trailer to my neighbour?", "not lend it to third parties"),
    ],
)
def test_a_rule_answers_whether_something_is_allowed(
    folder: Assistant, question: str, told: str
) -> None:
    answer = folder.ask(question)
    assert answer.certainty != "none"
    assert told in answer.text
    assert len(answer.sentences) == 1


def test_a_rule_with_most_of_the_question_is_sure_or_likely(folder: Assistant) -> None:
    assert folder.ask("Are grills allowed on the balcony?").certainty in ("likely", "sure")


def test_what_a_next_sentence_allows_comes_with_the_rule(folder: Assistant) -> None:
    text = folder.ask("Can I use the washing machines on Sundays?").text
    assert "from seven to nine" in text
    assert "On Sundays they must not be used" in text


def test_nights_are_no_money(folder: Assistant) -> None:
    assert folder.ask("How much do guests pay per night?").certainty in ("none", "unsure")


def test_how_many_is_never_likely_without_a_number(folder: Assistant) -> None:
    answer = folder.ask("How many pets must be announced to the caretaker?")
    assert answer.certainty in ("none", "unsure")


def test_no_rule_on_another_thing_answers(folder: Assistant) -> None:
    assert folder.ask("May I park my boat in the yard?").certainty == "none"


@pytest.mark.parametrize(
    ("question", "is_for_leave"),
    [
        ("May visitors smoke on the roof?", True),
        ("Is it okay to bring a dog?", True),
        ("Does the landlord allow cats?", True),
        ("When may the shop open?", False),
        ("Who is allowed to vote, and since when?", False),
        ("How can the pump be cleaned?", False),
    ],
)
def test_questions_for_leave(question: str, is_for_leave: bool) -> None:
    assert asks_for_leave(asked(question)) is is_for_leave


def test_what_rules_on_something() -> None:
    question = asked("May I keep bees?")
    whole, other = "Bees may only be kept behind the barn, if we keep any.", "Do not feed the bees."
    text = f"{whole} {other} Bees live behind the barn. Hens must not be kept."
    passage = Passage("1", "farm.md", "Farm", text, 0, len(text), None, (), 1.0)
    assert rules_on(question, passage, whole.replace(" ", "\n")) == 1.0
    assert 0.0 < rules_on(question, passage, other) < 1.0
    assert rules_on(question, passage, "Bees live behind the barn.") == 0.0
    assert rules_on(question, passage, "Hens must not be kept.") == 0.0
    assert rules_on(question, replace(passage, text=other), other) == 0.0  # nothing of keeping
    assert rules_on(asked("May I keep three bees?"), passage, whole) == 0.0
    visitors = "Visitors may keep bees."
    passage = replace(passage, text=f"{visitors} Students may read. Apis may be kept with honey.")
    assert rules_on(asked("May I keep bees?"), passage, visitors) == 1.0
    assert rules_on(asked("May students keep bees?"), passage, visitors) == 0.0
    honey = asked("May I keep Bombus with honey?")
    passage = replace(passage, text=f"{passage.text} Bombus sleeps.")
    assert rules_on(honey, passage, "The Apis may be kept with honey.") == 0.0
    assert rules_on(honey, passage, "They may be kept with honey.") > 0.0
    hall = replace(passage, document="halls/Bombus-rules.md", text="Bees may be kept here.")
    assert rules_on(asked("May I keep the bees that I have at the Bombus?"), hall, hall.text) > 0.0
    hall = replace(hall, document="halls/other.md")
    assert rules_on(asked("May I keep the bees that I have at the Bombus?"), hall, hall.text) == 0.0
    assert within_bounds(0.9, 1.0) == 0.9
    assert 0.2 < within_bounds(0.1, 0.55) < within_bounds(0.9, 0.55) < SURE
    assert within_bounds(0.1, 0.4) == 0.1
    assert within_bounds(0.9, 0.4) < LIKELY


def test_literature_answers_nothing_but_questions_for_it(folder: Assistant) -> None:
    text = folder.ask("What does the growth of sea grass depend on?").text
    assert "the light that reaches the ground" in text
    assert "Shore Letters" not in text
    assert "its light" not in text
    text = folder.ask("How do tides change the growth of grass?").text
    assert "Journal of Coasts" not in text
    assert "Tides and the growth" not in text
    assert "Falk R (2014)" in folder.ask("In which journal did Falk write about bays in 2014?").text


def literature(question: str, text: str) -> list[str]:
    """The sentences of a text that are held for a list of references."""
    about = analyse(analysed(question), (), lambda term: 3.0)
    passage = Passage("1", "a.md", "A", text, 0, len(text), None, (), 1.0)
    found = take_apart(passage, sentences(text), about)
    return [found[at].text for at in sorted(listed_references(about, passage, found))]


@pytest.mark.parametrize(
    "text",
    [
        (
            "The pool is open 9:00-17:00 on weekdays. Entry costs 4 euros. On Sundays it is open "
            "10:00-14:00. Dilute 1:10-20. In 2019, 20-30 trees fell. Luke 15: 11-32 was read."
        ),
        (
            "Logging halves it (Shore Letters 34: 112-120). Then it grows. Nothing is lost (Shore "
            "Letters 35: 12-20). The Miller family sold it (1859). The Fisher house fell (1901)."
        ),
        (
            "Every data set gets a DOI: 10.55/x. Registration costs 12 euros. Orders: URL "
            "https://orders.example. The limit is 100 calls."
        ),
    ],
)
def test_ordinary_prose_is_no_literature(text: str) -> None:
    assert literature("What is told?", text) == []


def test_literature_has_a_heading_or_many_entries() -> None:
    entries = (
        "Arn P, Bey Q (2003). Sea grass. Shore Letters, 12(3), 40-61.\n\n"
        "Dorn W (1999). Tides of Kelm. Journal of Coasts, 7(1), 15-19.\n\n"
    )
    assert literature("What are tides?", f"It ends.\n\n{entries}") == []
    assert "Sea grass." in literature("What are tides?", f"It ends.\n\n## References\n\n{entries}")
    assert "It ends." not in literature("What is it?", f"It ends.\n\n## References\n\n{entries}")
    assert "Sea grass." in literature("What are tides?", entries * 2)
    assert literature("Which papers are there?", entries * 2) == []
    assert "Tides of Kelm." not in literature("What is told of the Kelm?", entries * 2)


def test_both_sides_of_a_comparison(folder: Assistant) -> None:
    text = folder.ask(
        "How does run time grow with the number of plots for nearest compared with tree sorting?"
    ).text
    assert "the fourth power" in text
    assert "the square" in text
    assert "student" not in text


def test_a_year_that_no_word_tells_is_doubted(folder: Assistant) -> None:
    answer = folder.ask("In which year were the shoots of sea grass counted?")
    assert answer.certainty == "none"


def test_an_event_with_its_place_below(folder: Assistant) -> None:
    answer = folder.ask("Where is the summer feast of the Reed Club?")
    assert "Old Ferry House" in answer.text
    assert "title:" not in answer.text


def test_a_question_of_one_word_is_not_sure_of_a_mere_mention(folder: Assistant) -> None:
    answer = folder.ask("What does the warden have to do?")
    assert answer.certainty != "sure"


def test_a_procedure_is_given_whole(folder: Assistant) -> None:
    text = folder.ask("What should I do if there is a flame in the kiln?").text
    assert "main switch" in text
    assert "wet cloth" in text


def test_what_goes_into_a_report_is_the_whole_list(folder: Assistant) -> None:
    text = folder.ask("What should go into a report about people hurt in an accident?").text
    assert all(each in text for each in ("names of the persons", "the hour", "done at once"))


def test_a_column_is_shown_with_its_units(folder: Assistant) -> None:
    text = folder.ask("How many hours does Oro need for one turn?").text
    assert "988" in text
    assert "hour" in text
    assert "1954" not in text


def test_a_rule_that_may_be_told_otherwise_is_never_sure(folder: Assistant) -> None:
    answer = folder.ask("What is the price of a day of hire of the trailer?")
    assert "30 euros" in answer.text
    assert answer.certainty == "likely"


def test_a_wider_word_stands_for_a_narrower_one_and_not_the_reverse() -> None:
    assert "pet" in wider("dog", "dog", "en")
    assert not wider("pet", "pet", "en")
    assert "pet" not in family("dog", "dog", "en")


def test_counted_deeds() -> None:
    question = "How many of the children died in the outbreak?"
    assert tells_another_deed(question, "The data hold 188 affected children.", "")
    assert not tells_another_deed(question, "Twelve children lost their lives.", "")
    assert not tells_another_deed("How many shells are found here?", "There are 12 shells.", "")


def test_what_somebody_may_charge_is_an_amount() -> None:
    assert "amount" in asked("What may the club charge me for a copy of my data?").kinds
    assert "amount" not in asked("What may the club do with my data?").kinds


def test_code_of_statistics_is_code() -> None:
    assert is_code('R> sorted <- sapply(shoots, FUN = function(plot) sort(plot, "tree"))', "prose")
    assert is_code("fit <- lm(y ~ x)", "prose")
    assert not is_code("R is a language for statistics", "prose")


def test_a_line_of_contents_answers_nothing() -> None:
    text = "| 1 Introduction | 3 |\n| 2 Sorting in plots | 7 |\n| 3 Ends | 9 |\n| Oak | 12 |\n"
    passage = Passage("1", "grass.md", "Sea grass", text, 0, len(text), None, (), 1.0)
    nothing = SentenceFeatures(**dict.fromkeys(FEATURE_NAMES, 0.0))
    for question, can in (("What is sorted in plots?", False), ("Which page is on plots?", True)):
        about = asked(question)
        found = take_apart(passage, sentences(text), about)
        rows = [each for each in found if each.row is not None and not each.row.is_header]
        assert [may_answer(about, each, nothing, passage) for each in rows] == [can, can, can, True]
