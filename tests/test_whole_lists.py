"""Lists that answer as a whole, sentences of another thing, rows that define, times in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support_picks import asked, passage_of
from support_texts import indexed, indexed_for_module

from assistant import Assistant
from assistant.answering import candidates, doubts, extractive
from assistant.answering.asked_lists import asks_what_to_do, says_what_to_do
from assistant.answering.bonuses import announced
from assistant.answering.candidates import Candidates
from assistant.answering.code_lines import is_beside_prose, is_code
from assistant.answering.handled_things import only_handles
from assistant.answering.parallel_sentences import speaks_of_another
from assistant.answering.picks import Extraction
from assistant.answering.sentence_scores import take_apart
from assistant.answering.sides import asks_difference, tells_apart
from assistant.answering.units import tells_in_words
from assistant.retrieval.limits import asks_for_limit, tells_limit
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import analysed
from assistant.text.sentences import sentences
from assistant.types import Passage

CLUB = """# Boat club Vellmar

## Paying

Members pay by one of the ways below. The payment providers that members may use are
(in this order of preference):

- Nordpay
- Kupfer Bank
- Zahlwerk

## Accidents

Everybody who is on the water reads this first. If somebody reports damage to a boat in the log:

- Ask them to fill in the yellow form. Keep a copy of it.
- Lock the boat.
- Write to the boat keeper.

When the wind is strong there will often be warnings that the pontoon moves. This is harmless and
should be ignored.

## Leaving

This page is a checklist of things to do when a member leaves the club.

- Take back the key.
- Remove the name from the rota.
- Pay back the deposit.

## Boards

The treasurer's post is described elsewhere. The term of a rota master is until the next regatta;
the post of rota master is held for the calendar year. Nobody may be elected after 14 days.

## Pontoon

Turning the pontoon in spring is better than turning it in autumn, for two reasons:

- the river is low,
- the paint dries before the first regatta.

The pontoon is turned by six people.

The pump works as follows:

1. It waits for the float.
2. Every six minutes it looks at the following for each basin:
3. The level.
4. The colour.

The blue shed marks all its oars with a ring, and the marks tell them from the oars of the red shed.
The red shed marks all its oars with a star, which is carved.

To share the shed password, write to the boat keeper and use the grey envelope.

## Signals

Each lamp board is passed the directory of the lamps that were changed as its only list, and
the lamp board makes the lamps of all boards burn.

The signals made by the lamp board are:

- two short flashes
- one long flash

The long rope works with the lamp board and the flag board.

## Fund

The club has set up several measures for young rowers. It pays half of their boats. It lends them
coats. It also asks the town for help.

## States

Put the tag dry-dock on a boat in the rack before you go, and look at dry-dock twice.

| State | Meaning |
| --- | --- |
| dry-dock | The boat waits for new planks from the yard. |
| afloat | The boat can be taken out. |
"""
assistant = indexed_for_module({"club.md": CLUB, "pump.md": "# Barn\n\nThe barn is green.\n"})


def told(assistant: Assistant, question: str) -> list[str]:
    return [" ".join(each.text.split()) for each in assistant.ask(question).sentences]


@pytest.mark.parametrize(
    ("question", "first", "items"),
    [
        ("Which payment providers may members use?", "The payment providers", 3),
        ("What should I do if somebody reports damage to a boat?", "If somebody reports", 4),
        ("What has to be done when a member leaves the club?", "This page is a checklist", 3),
        ("Which signals does the lamp board make?", "The signals made by the lamp", 2),
        ("Why is the pontoon turned in spring?", "Turning the pontoon in spring", 2),
    ],
)
def test_a_list_is_given_whole_with_the_line_above_it(
    assistant: Assistant, question: str, first: str, items: int
) -> None:
    found = told(assistant, question)
    assert found[0].startswith(first), found
    assert len(found) == 1 + items


def test_a_line_that_holds_the_value_does_not_bring_its_list(assistant: Assistant) -> None:
    found = told(assistant, "How often does the pump look at each basin?")
    assert found[0].startswith("Every six minutes")
    assert "The colour." not in found


def test_what_to_do_is_told_with_what_it_is_about(assistant: Assistant) -> None:
    found = told(assistant, "What should I do with warnings that the pontoon moves?")
    assert found[-1] == "This is harmless and should be ignored."


def test_a_sentence_about_the_thing_asked_for_comes_first(assistant: Assistant) -> None:
    for shed, sign in (("red", "star"), ("blue", "ring")):
        found = told(assistant, f"With what does the {shed} shed mark all its oars?")
        assert sign in found[0], found
        assert found[0].startswith(f"The {shed} shed")


def test_a_row_that_opens_with_the_word_defines_it(assistant: Assistant) -> None:
    answer = assistant.ask("What does the state dry-dock mean?")
    assert "waits for new planks" in answer.sentences[0].text
    assert answer.certainty in ("sure", "likely")


def test_a_time_in_words_answers_how_long(assistant: Assistant) -> None:
    found = told(assistant, "How long is the post of rota master held?")
    assert "calendar year" in found[0]


def test_what_is_done_with_a_thing_is_not_what_it_is(assistant: Assistant) -> None:
    answer = assistant.ask("What is the password of the shed?")
    assert answer.certainty in ("unsure", "none")


def test_a_further_line_with_a_colon_brings_what_stands_below(tmp_path: Path) -> None:
    pages = {
        "law.md": "# Crates\n\nWhich papers must travel with a crate is a matter of law. "
        "Certain papers that are needed for the harbour and the customs of a crate always travel "
        "with it.\n",
        "papers.md": "# Papers\n\nCertain papers always travel with a crate, whatever is in it:\n\n"
        "- the ticket\n- the photograph\n",
    }
    with indexed(tmp_path, pages) as made:
        found = told(made, "What papers for the harbour always travel with a crate?")
    assert found[0].startswith("Certain papers that are needed")
    assert found[-2:] == ["the ticket", "the photograph"]


GATE = """# The gate

The gate is lifted by a crane every six minutes. Six minutes is the shortest time that the crane
takes. The crane need not come every six minutes, it may be late.

Using the crane is better than using the winch at the weir for two reasons:

1. if two winches pull at once, the chain of the first one may fall into the water of the second.
2. the winch only turns where its key lies, and it turns the way of that key.

The crane lifts the gate by its own key and by a key of the town.
"""


def test_reasons_that_are_announced_come_before_what_holds_more_words(tmp_path: Path) -> None:
    with indexed(tmp_path, {"gate.md": GATE}) as made:
        found = told(made, "Why does the gate use the crane?")
    assert found[0].endswith("for two reasons:")
    assert len(found) == 3


@pytest.mark.parametrize(
    ("question", "gains"),
    [
        ("What does each rower need?", True),
        ("What should each rower bring?", True),
        ("Where does each rower live?", False),
    ],
)
def test_a_line_announces_what_belongs_to_something(question: str, gains: bool) -> None:
    text = "The rowers are many.\n\nEach rower needs:\n\n- a cap\n- a belt\n"
    wanted = asked(question)
    found = take_apart(passage_of(text), sentences(text), wanted)
    assert (1 in announced(wanted, found)) is gains


def test_a_comparison_that_is_none_is_doubted(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, tuple[float, float]] = {}

    def noting(p: float, extraction: Extraction, passages: Sequence[Passage]) -> float:
        doubted = doubts.doubted(p, extraction, passages)
        seen[extraction.question.text] = (p, doubted)
        return doubted

    monkeypatch.setattr(extractive, "doubted", noting)
    asked = "What is the difference between the lamp board and the flag board?"
    assistant.ask(asked)
    before, after = seen[asked]
    assert after == pytest.approx(before / 2)


def test_the_sentence_of_another_thing_goes_behind_the_one_asked_for(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Candidates] = []
    real = candidates.rank_candidates

    def noting(*arguments: Any, **named: Any) -> Candidates:
        seen.append(real(*arguments, **named))
        return seen[-1]

    monkeypatch.setattr(extractive, "rank_candidates", noting)
    assistant.ask("With what does the red shed mark all its oars?")
    [red] = [each for each in seen[-1].ranked if each.text.startswith("The red shed")]
    [blue] = [each for each in seen[-1].ranked if each.text.startswith("The blue shed")]
    better = replace(blue, score=red.score + 1.0)
    first, second = candidates._of_the_subject(seen[-1].question, [better, red])
    assert (first, second.start) == (red, blue.start)
    assert second.score < red.score
    assert second.read == candidates.READ_NOTHING


def test_pages_that_share_their_options_are_no_versions(tmp_path: Path) -> None:
    options = "".join(
        f"The option shade{n} sets how dark the lamp number {n} is.\n\n" for n in range(9)
    )
    more = "".join(f"The winch of berth {n} lifts {n} tonnes.\n\n" for n in range(40))
    pages = {
        "lamp-clean.md": f"# lamp-clean\n\nUnlike lamp-lift, lamp-clean never lifts.\n\n{options}",
        "lamp-lift.md": f"# lamp-lift\n\nlamp-lift lifts a lamp.\n\n{more}{options}",
    }
    with indexed(tmp_path, pages) as made:
        answer = made.ask("What is the difference between lamp-clean and lamp-lift?")
    assert all(each.verdict != "computed" for each in answer.sentences), answer.text
    assert "never lifts" in answer.text


def test_what_is_only_announced_is_told_with_what_follows(assistant: Assistant) -> None:
    found = told(assistant, "What are the measures for young rowers?")
    assert found[0].startswith("The club has set up")
    assert "It pays half of their boats." in found


def test_two_things_named_side_by_side_are_not_told_apart(assistant: Assistant) -> None:
    answer = assistant.ask("What is the difference between the lamp board and the flag board?")
    assert answer.certainty in ("unsure", "none")


def test_code_that_looks_like_a_table_defines_nothing() -> None:
    listed = "| 4 | Sum SumAll ( Byte *data , int n , | Sum u ) { |"
    assert is_code(listed, "table")
    assert is_code("| 7 | total = total + next ( ) ; |  |", "table")
    assert not is_code("| Boat (old) | green |", "table")
    assert is_beside_prose(read("What is a sum?"), listed, "table")


def test_a_size_is_a_number() -> None:
    assert read("What is the size of the harbour?").kinds[0] == "number"
    assert read("What is the harbour?").kinds[0] != "number"


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("A works with B and C.", False),
        ("B is slower than C.", True),
        ("B keeps a list, whereas C does not.", True),
    ],
)
def test_a_comparison_is_known(text: str, tells: bool) -> None:
    assert tells_apart(text) is tells
    assert asks_difference("What is the difference between B and C?")
    assert not asks_difference("What is B?")


def test_a_number_without_a_limit_is_no_limit(assistant: Assistant) -> None:
    at_most = assistant.ask("How many basins can the pump look at, at most?")
    assert at_most.certainty in ("unsure", "none")


@pytest.mark.parametrize(
    ("question", "text", "asks", "tells"),
    [
        ("How many oars may a boat have at most?", "Boats have four oars.", True, False),
        ("How many oars may a boat have at most?", "No boat has more than four oars.", True, True),
        ("What is the maximum number of oars?", "See listing 19-2.", True, False),
        ("What is the maximum number of oars?", "Up to four.", True, True),
        ("Wie viele Ruder hat ein Boot höchstens?", "Es hat höchstens vier.", True, True),
        ("How many oars has a boat?", "Boats have four oars.", False, False),
    ],
)
def test_limits(question: str, text: str, asks: bool, tells: bool) -> None:
    assert asks_for_limit(question) is asks
    assert tells_limit(text) is tells


@pytest.mark.parametrize(
    ("sentence", "handles"),
    [
        ("Enter the password and go on.", True),
        ("The password is shared with the keeper.", True),
        ("The password is heron.", False),
        ("Use the password `heron`.", False),
        ("Change the shed password to heron.", False),
        ("The shed is green.", False),
    ],
)
def test_handling_is_told_from_saying(sentence: str, handles: bool) -> None:
    assert only_handles("What is the password of the shed?", sentence) is handles
    assert not only_handles("How is the password shared?", sentence)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What should I do when the alarm rings?", True),
        ("What has to be done before the regatta?", True),
        ("What are members required to do on Sundays?", True),
        ("What can I do against rust?", True),
        ("Was muss ich tun, wenn der Alarm klingelt?", True),
        ("Que faut-il faire en cas d'incendie ?", True),
        ("¿Qué hay que hacer en caso de incendio?", True),
        ("Cosa devo fare in caso di incendio?", True),
        ("Wat moet ik doen bij brand?", True),
        ("O que devo fazer em caso de incêndio?", True),
        ("What does the pump do?", False),
        ("What is the depth of the well?", False),
        ("Was ist eine Pumpe?", False),
    ],
)
def test_questions_for_what_to_do_are_known(question: str, asks: bool) -> None:
    assert asks_what_to_do(read(question)) is asks


def test_duties_are_known() -> None:
    assert says_what_to_do("Doors must be kept shut.")
    assert not says_what_to_do("The door is green.")


@pytest.mark.parametrize(
    ("question", "text", "tells"),
    [
        ("How often is the lamp cleaned?", "It is cleaned daily.", True),
        ("How long is the key kept?", "It is kept until further notice.", True),
        ("How long is the key kept?", "It is kept in the shed.", False),
        ("How long ago was it built?", "It was for the year.", False),
        ("How many keys are there?", "Keys are checked daily.", False),
    ],
)
def test_times_in_words(question: str, text: str, tells: bool) -> None:
    assert tells_in_words(question, text) is tells


def test_only_a_common_frame_and_another_name_make_a_rival() -> None:
    asked = read("What does the Amsel valve close?")
    amsel = "The Amsel valve closes the main pipe at noon."
    drossel = "The Drossel valve closes the main pipe at night, and the Amsel valve opens."
    assert speaks_of_another(asked, drossel, amsel)
    assert not speaks_of_another(asked, amsel, drossel)
    assert not speaks_of_another(asked, drossel, "The Amsel valve is new.")
    both = read("What do the Amsel and the Drossel valve close?")
    assert not speaks_of_another(both, drossel, amsel)


def read(question: str) -> Question:
    return analyse(analysed(question), (), lambda term: 1.0)
