"""Everyday phrases, conditions, whether there is something, times of day, what is told before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_picks import passage_of, pick_in
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.asked_lists import thing_of_several
from assistant.answering.consequences import asks_what_follows, share_of_condition
from assistant.answering.existence import asks_for_existence, tells_existence
from assistant.answering.kind_scores import kind_score
from assistant.answering.other_counts import tells_other_count
from assistant.answering.other_relations import gives_no_reason, share_of_relation, tells_no_age
from assistant.answering.permissions import asks_for_leave, rules_on
from assistant.answering.picks import Pick
from assistant.answering.sentence_scores import (
    FEATURE_NAMES,
    SentenceFeatures,
    _kind_of,
    take_apart,
)
from assistant.answering.told_shares import share_by_form
from assistant.answering.turning_sentences import is_reversed
from assistant.answering.units import lacks_unit
from assistant.answering.whole_lists import _items_named
from assistant.model.answer_reader import OnnxReader, make_reader
from assistant.retrieval.everyday_phrases import is_told_by_phrase, with_phrases
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import analysed
from assistant.text.sentences import sentences

CLUB = """# The rowing club of Sandvik

Subscriptions that have begun cannot be refunded. A dispute is settled by the board.

Claims must be submitted within 45 days after the regatta.

If you choose not to request a boat, you row in the old barge.
If you reserve a boat and do not come, the next crew may have it.

Used batteries go into the yellow crate behind the workshop. Members should bring any complaint
about a boat to the warden on duty.

The summer parade is on 6 June. The parade steps off at 9:30 a.m. from the pier. The club has
220 members and 31 boats.

## Memberships

- Paddler membership: 40 euros a year and 9 hours of work
- Captain membership: 90 euros a year and 4 hours of work
- Guests row for 6 euros an hour

## For visitors

There is no lift to the boathouse. A ramp leads to the lower deck.
"""
FLU = """# Marsh fever

There currently is no vaccine to prevent marsh fever. The yearly flu vaccine is free for all who
work at the harbour.

You can get quay pox from someone with marsh fever, if you never had quay pox.
You cannot get marsh fever from someone with marsh fever or quay pox.
"""
LEAVE = """# Leave at 40winds

40winds gives fifteen days of holiday. Laptops of 40winds are replaced after three years.
"""
OTHER = """# Leave at Sundby Oars

Sundby Oars offers eleven weeks of paid parental leave to all who work there.
"""
STARS = """# The sky of the islanders

| Name | Meaning | Star |
|---|---|---|
| Warra | Grey heron | Vega |
| Tolu | Lost tooth | Shooting star |
| Any | Star | Any star |
"""

folder = indexed_for_module(
    {
        "club.md": CLUB,
        "fever.md": FLU,
        "stars.md": STARS,
        "40winds.md": LEAVE,
        "oars.md": OTHER,
    }
)


def asked(text: str) -> Question:
    return analyse(analysed(text), (), lambda term: 3.0)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("can i get my money back for the subscription", "cannot be refunded"),
        ("How long do I have to hand my claim in after the regatta?", "within 45 days"),
        ("What happens if I forget to ask for a boat?", "old barge"),
        ("Is there a jab against marsh fever?", "no vaccine to prevent marsh fever"),
        ("What time does the summer parade start?", "9:30"),
        ("where do i put old batteries", "yellow crate"),
        ("Who do I complain to about a boat?", "warden on duty"),
        ("Can I catch marsh fever off someone who has quay pox?", "cannot get marsh fever"),
        ("Which star is Warra for the islanders?", "Vega"),
        ("I am here on holiday. What does an hour cost for a guest?", "6 euros an hour"),
    ],
)
def test_everyday_questions_find_what_is_told_in_other_words(
    folder: Assistant, question: str, told: str
) -> None:
    answer = folder.ask(question)
    assert not answer.abstained
    assert told in answer.text
    assert told in answer.sentences[0].text or told in answer.text[:300]


def test_the_memberships_that_there_are_come_whole(folder: Assistant) -> None:
    answer = folder.ask("Which memberships does the rowing club have?")
    assert "Paddler" in answer.text
    assert "Captain" in answer.text
    assert thing_of_several(asked("Which memberships are there?")) == {"membership"}
    assert not thing_of_several(asked("Which memberships cost less than 50 euros?"))


@pytest.mark.parametrize(
    ("text", "other", "is_said"),
    [
        ("Can I get my money back?", "refund", True),
        ("Until when must I hand the form in?", "submit", True),
        ("Who handed in the form?", "submit", True),
        ("Did they put the light out?", "extinguish", True),
        ("Can I put books in boxes?", "invest", False),
        ("Which hand holds the coin in the picture?", "submit", False),
        ("Is the money in the back room?", "refund", False),
    ],
)
def test_phrases_are_found_with_their_object_between(text: str, other: str, is_said: bool) -> None:
    question = with_phrases(asked(text), lambda term: True)
    assert any(other in needed for needed, _ in question.same_as) == is_said
    assert (other in question.sought) == is_said


def test_a_word_says_the_whole_phrase() -> None:
    question = with_phrases(asked("Can I get my money back?"), lambda term: False)
    assert {"money", "back"} <= {*question.reads("Fees are not refundable, no refund.")}
    assert question.sought == {}


def test_a_condition_of_something_else_is_none() -> None:
    question = asked("What happens if I forget to reserve a boat?")
    assert share_of_condition(question, "If you do not reserve a boat, you wait.") > 0.5
    assert share_of_condition(question, "If it rains, the regatta is put off.") == 0.0
    assert share_of_condition(question, "A loss occurs when you do not reserve a boat.") == 0.0
    assert share_of_condition(asked("When do I reserve a boat?"), "If you reserve a boat") == 0.0
    assert asks_what_follows("barge: what happens if it sinks")
    assert asks_what_follows("What are the consequences if I fail?")
    assert not asks_what_follows("What is the fee if I cancel?")


def test_there_is_something_else_is_no_answer(folder: Assistant) -> None:
    question = asked("Is there a lift?")
    assert asks_for_existence(question)
    assert tells_existence(question, "There is no lift to the boathouse.")
    assert not tells_existence(question, "There is a ramp to the lower deck.")
    assert not asks_for_existence(asked("Where is there a lift?"))
    assert folder.ask("Is there a vaccine against quay pox?").certainty in ("none", "unsure")


@pytest.mark.parametrize(
    ("text", "told", "not_told"),
    [
        ("What time does it open?", "It opens at 9:30.", "It opens in May."),
        ("What time does it open?", "It opens at noon.", "It opens with 30 boats."),
        ("Where do I put my coat?", "It hangs in the hall.", "Coats are warm."),
        ("How loud is it?", "It reaches 210 decibels.", "It has 210 members."),
        ("How hot is it there?", "It is 464 °C.", "It is 464 km away."),
        ("How soon must I pay?", "Within 30 days.", "You pay 30 euros."),
        ("How long to charge it?", "It takes 5–6 hours.", "It weighs 295 g."),
        ("What happens if I am late?", "If you are late, you wait.", "Anna waits in Oslo."),
    ],
)
def test_the_kind_that_is_asked_for(text: str, told: str, not_told: str) -> None:
    question = asked(text)
    assert kind_score(question, told, "en") > kind_score(question, not_told, "en") + 0.2


def test_times_of_the_year_are_no_times_of_the_day() -> None:
    question = asked("What time of year does it flower?")
    assert kind_score(question, "It flowers in May.", "en") >= 0.4
    assert not lacks_unit(asked("How fast does it run?"), "It runs at 40 km/h.", "en")
    assert lacks_unit(asked("How fast does it run?"), "It has four legs and runs in 1 team.", "en")


@pytest.mark.parametrize(
    ("text", "kind", "is_asked"),
    [
        ("Can I catch it off someone who has it?", "person", False),
        ("Do you know who has it?", "person", True),
        ("Is there a town where it rains?", "place", False),
        ("How do I know whether it is done?", "howto", False),
        ("How do I tell the school?", "howto", True),
        ("How do I hand it over?", "howto", True),
        ("How loud is it?", "number", True),
    ],
)
def test_what_a_question_asks_for(text: str, kind: str, is_asked: bool) -> None:
    assert (kind in asked(text).kinds) == is_asked


def test_what_is_told_before_weighs_half() -> None:
    question = asked("I am here on holiday. What does an hour cost?")
    assert question.weights["holiday"] == question.weights["hour"] / 2
    question = asked("my aunt died, how many days off do I get")
    assert question.weights["aunt"] == question.weights["day"] / 2
    question = asked("In the barn, how many cows are there?")
    assert question.weights["barn"] == question.weights["cow"]
    question = asked("I met Solveig. When was Solveig born?")
    assert question.weights["solveig"] == question.weights["born"]


def test_leave_is_asked_for_others_too() -> None:
    assert asks_for_leave(asked("Can our group bring snacks?"))
    assert asks_for_leave(asked("My son is 17, may he row?"))
    assert not asks_for_leave(asked("Can the shrimp kill a fish?"))


def test_what_is_caught_from_whom() -> None:
    question = "Can I catch mumps off someone who has measles?"
    assert is_reversed(question, "You can get measles from someone with mumps.", "")
    assert not is_reversed(question, "You can get mumps from someone with measles.", "")


def test_other_languages_have_no_phrases() -> None:
    question = analyse(analysed("Kann ich mein Geld zurück bekommen?"), (), lambda term: 3.0)
    assert with_phrases(question, lambda term: True) == replace(question)


@pytest.mark.parametrize(
    ("question", "text", "is_other"),
    [
        ("How many cards do five players get?", "For 3 players, deal 5 cards to each.", True),
        ("How many cards do five players get?", "For 3 players, deal 5 cards.", True),
        ("How many cards do five players get?", "For five players, deal 4 cards.", False),
        ("How many cards do 5 players get?", "2 to 4 players get six, 5 players four.", False),
        ("What do I pay for 3 nights?", "For 2 nights you pay 90 euros.", True),
        ("What do I pay for 3 nights?", "Per night, and for 2 nights or more, 40 euros.", False),
        ("What does a night cost?", "For 2 nights you pay 90 euros.", False),
    ],
)
def test_another_number_of_the_things_that_are_counted(
    question: str, text: str, is_other: bool
) -> None:
    assert tells_other_count(question, text) == is_other


def test_another_house_is_never_likely_for_one_with_a_digit_in_its_name(folder: Assistant) -> None:
    asked_of = folder.ask("How many weeks of paid parental leave does Sundby Oars offer?")
    assert "eleven weeks" in asked_of.text
    assert asked_of.certainty in ("likely", "sure")
    other = folder.ask("How many weeks of paid parental leave do I get at 40winds?")
    assert other.certainty in ("none", "unsure")
    assert "number" in asked("what pH did they measure?").kinds


def test_a_reason_and_an_age_have_their_words() -> None:
    assert gives_no_reason("Why was the castle torn down?", "It is a ruined fortress in the town.")
    assert not gives_no_reason("Why was it torn down?", "Parliament ordered to dismantle it.")
    assert not gives_no_reason("When was it torn down?", "It is a ruined fortress in the town.")
    assert tells_no_age("how old do red pandas get", "It was known for more than 40 years.")
    assert not tells_no_age("how old do red pandas get", "They live for 14 years.")
    assert not tells_no_age("How old is the panda?", "It is 14.")


def test_why_is_not_told_by_what_something_is() -> None:
    def share(question: str, text: str) -> float:
        best = pick_in(passage_of(text), text)
        return share_of_relation(analyse(analysed(question), (), lambda term: 3.0), best)

    why = "Why was Holm Castle torn down?"
    assert share(why, "Holm Castle is a ruined fortress in the town.") == 0.45
    assert share(why, "In the town lies a ruined fortress.") == 0.65
    assert share(why, "Holm Castle was a danger, because its walls leaned.") == 1.0
    assert share(why, "Holm Castle was an easy target.") == 0.65, "a reason of then"
    assert share(why, "Holm Castle is a danger and the town took it down.") == 0.65
    version = "Which Postgres version did they end up on?"
    assert share(version, "Upgraded our database 4 major versions.") == 0.45
    assert share(version, "Upgraded our database to Postgres 16.") == 1.0
    assert share(version, "Upgraded our database to 16.2.") == 1.0
    assert share(version, "They use the latest release.") == 1.0
    assert share(version, "We use version two.") == 1.0
    assert share(version, "They use the Jammy release.") == 1.0
    assert share("When was the version released?", "In May, with 4 other versions.") == 1.0
    assert share("What does the plain version have?", "It has 4 versions.") == 1.0


@pytest.mark.parametrize(
    ("asked_of", "text"),
    [
        ("What happens if I object to the renewal?", "Unless you object, it is renewed."),
        ("What happens if I set a name?", "If you do not set a name, it is called after you."),
        ("What happens if the gas is below 20 %?", "It sounds if the gas is above 20 %."),
        ("What happens if the lamp is off?", "If the lamp is on, nobody enters."),
        ("What happens if I cancel my booking?", "If we cancel the booking, you are refunded."),
    ],
)
def test_the_other_side_of_a_condition_is_another_one(asked_of: str, text: str) -> None:
    question = asked(asked_of)
    assert share_of_condition(question, text) == 0.0
    same = text.replace("Unless", "If").replace("do not ", "").replace("above", "below")
    same = same.replace("lamp is on", "lamp is off").replace("If we cancel", "If you cancel")
    assert share_of_condition(question, same) >= 0.5


def pick_of(text: str) -> Pick:
    passage = passage_of(text)
    features = SentenceFeatures(**dict.fromkeys(FEATURE_NAMES, 0.0))
    return Pick(passage, text, 0, len(text), 1.0, features, "prose")


def test_forms_that_a_reader_does_not_see_are_believed() -> None:
    asked_of = asked("What happens if I reserve the hall late?")
    told = share_by_form(asked_of, pick_of("If you reserve the hall late, you pay 9 euros."))
    assert 0.5 < told <= 0.6, "likely, never sure"
    assert share_by_form(asked_of, pick_of("The hall is reserved by telephone.")) == 0.0
    there = asked("Is there a lift in the tower?")
    assert share_by_form(there, pick_of("There is no lift in the tower.")) == 1.0
    assert share_by_form(there, pick_of("There is a lift in the barn.")) == 0.0
    assert share_by_form(there, pick_of("There was a lift in the tower.")) == 0.0


def test_a_rule_is_of_one_place_and_of_a_time_of_the_day() -> None:
    rule = "Grilling is not allowed on the balcony."
    here, there = asked("Is grilling on the balcony allowed?"), asked("May I grill in the yard?")
    assert rules_on(here, passage_of(rule), rule) > 0.5
    assert rules_on(there, passage_of(f"{rule} The yard is open."), rule) == 0.0
    piano = "Pianos may be played for 2 hours a day."
    assert rules_on(asked("May I play pianos for 2 hours?"), passage_of(piano), piano) > 0.5
    assert rules_on(asked("May I play pianos at 2 pm?"), passage_of(piano), piano) == 0.0


def test_any_cell_may_answer_of_a_row_whose_label_is_asked_about() -> None:
    text = "| Name | Meaning |\n|---|---|\n| Warra | grey heron |\n| Tolu | lost tooth |\n"
    question = asked("Which bird is Warra?")
    found = take_apart(passage_of(text), sentences(text), question)
    kinds = {each.row.cells[0]: _kind_of(question, each, "en") for each in found if each.row}
    assert kinds["Warra"] == 1.0
    assert kinds["Tolu"] < 1.0


def test_what_only_a_word_for_a_phrase_tells_is_known() -> None:
    question = with_phrases(asked("How do I fill in the form?"), lambda term: True)
    assert is_told_by_phrase(question, "Complete forms are kept.", "en")
    assert not is_told_by_phrase(question, "Fill in the complete form.", "en")
    assert not is_told_by_phrase(asked("What is complete?"), "Complete forms are kept.", "en")


def test_of_a_list_of_the_things_that_there_are_every_item_is_given() -> None:
    items = [pick_of(f"{each}: 60 euros") for each in ("Guided tour", "Night tour", "Harbour tour")]
    every = asked("Which tours does the museum have?")
    assert _items_named(every, items[1], items) == items
    assert _items_named(asked("Which night tours does it have?"), items[1], items) == []
    assert _items_named(asked("Which tours for 60 euros does it have?"), items[1], items) == []
    others = [items[0], *(pick_of(each) for each in ("Cards: 2 euros", "A shop", "Maps"))]
    assert _items_named(every, items[0], others) == []


def test_the_reader_cuts_off_no_products_on_any_processor() -> None:
    reader = make_reader("builtin")
    assert isinstance(reader, OnnxReader)
    options = reader._session.get_session_options()
    assert options.get_session_config_entry("session.x64quantprecision") == "1"
