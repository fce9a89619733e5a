"""Guides: a heading that asks the same, glossaries, lists with a lead, measures with their unit."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_texts import indexed, indexed_for_module

from assistant import Assistant
from assistant.answering.units import unit_asked_for
from assistant.tables.model import find_tables
from assistant.text.sentences import sentences

GUIDE = """Keeping hives in the north

A guide for beekeepers, their families and neighbours

What is swarming?....................4 What are the signs?..................5

Q: What are the signs?

A: Some hives show no signs, and the swarm leaves on a warm day in May or June.

If a hive does show signs of swarming, they could include:

• queen cells along the lower edge of the combs

• a cluster of bees that hangs at the door

• fewer flights than on the days before

In weak hives, the signs are fewer. A keeper watches the swarming of a hive from the first of May.

Swarming tires a keeper, and swarming hives lose half of their bees.

For more information about swarming and its signs, call the society and ask for the free booklet.

Feeding

Sugar feeding can bring the following side effects:

Robbing – Bees of other hives smell the sugar and break in. It stops when the door is narrowed.

Fermenting – Thin syrup turns sour within a week in warm weather.

Damp combs – Water gathers below the lid. A wedge under the lid lets it out.

Glossary

drone comb (DC) – Cells of a comb that are wider than the others.

propolis

A brown glue that bees make of resin, and close gaps with.

skep

A hive woven of straw. It has no frames.

The harvest took 55.0 and 70.9 of the shares in two trials. Straining the honey took 40 minutes.
"""
GAUGES = """Densities of the honeys

| Sort | Grams a litre | Stored as |
|---|---|---|
| heather | 1430 | Jar |
| long | 1390 | Barrel |
| lime | 1410 | Tin |

Table 7.1: Honeys of the island of Skarv

Viscosity of grade HN-22

| - | Cold cP | Warm cP |
|---|---|---|
| HN-22 | 9100-9900 | 2100 |

Cold, warm viscosity of HN-22
"""
SHOPS = """| Shop | Town | Silver spoons |
|---|---|---|
| Eide | Halden | 2 |
| Red Barn | Skarv | 13 |
"""

assistant = indexed_for_module({"hives.txt": GUIDE, "gauges.md": GAUGES, "shops.md": SHOPS})


def test_a_question_in_the_text_is_answered_by_what_stands_below_it(assistant: Assistant) -> None:
    answer = assistant.ask("What are the signs of swarming?")
    assert "queen cells along the lower edge" in answer.text
    assert "hangs at the door" in answer.text
    assert "free booklet" not in answer.text
    assert answer.certainty in ("sure", "likely")


def test_what_the_section_says_of_others_is_no_answer(assistant: Assistant) -> None:
    answer = assistant.ask("Which signs do weak hives show?")
    assert "fewer" in answer.text or answer.abstained
    assert "queen cells" not in answer.text


def test_a_line_with_a_colon_comes_with_the_entries_below_it(assistant: Assistant) -> None:
    answer = assistant.ask("What are the side effects of sugar feeding?")
    assert "Robbing" in answer.text
    assert "Fermenting" in answer.text
    assert "Damp combs" in answer.text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What is propolis?", "brown glue that bees make of resin"),
        ("What is a skep?", "woven of straw"),
        ("What is a DC?", "wider than the others"),
        ("What is drone comb?", "wider than the others"),
    ],
)
def test_a_glossary_defines(assistant: Assistant, question: str, told: str) -> None:
    answer = assistant.ask(question)
    assert told in answer.text
    assert answer.certainty in ("sure", "likely")


def test_a_measure_needs_its_unit(assistant: Assistant) -> None:
    assert "40 minutes" in assistant.ask("How long did straining the honey take?").text
    answer = assistant.ask("How long did the harvest take in the two trials?")
    assert answer.certainty in ("none", "unsure")


@pytest.mark.parametrize(
    ("question", "fits", "fails"),
    [
        ("How long did the training take?", "It took 3.5 hours.", "It reached 70.9 points."),
        ("How long does the visa last?", "It is valid for ninety days.", "It costs 80 euros."),
        ("How tall is the tower?", "The tower is 47 m high.", "The tower has 47 steps."),
        ("How heavy is the bell?", "The bell weighs 2.5 tonnes.", "The bell is 2.5 m wide."),
        ("How old is the chapel?", "It was built in 1631.", "It has 16 pews."),
    ],
)
def test_units_of_measures(question: str, fits: str, fails: str) -> None:
    unit = unit_asked_for(question)
    assert unit is not None
    assert unit.search(fits)
    assert not unit.search(fails)


def test_other_questions_take_any_number() -> None:
    assert unit_asked_for("How many boats are there?") is None
    assert unit_asked_for("How long is the list?") is None


def test_a_caption_below_a_table_names_it_beside_the_line_above(assistant: Assistant) -> None:
    first = find_tables(GAUGES)[0]
    assert first.caption == "Densities of the honeys · Table 7.1: Honeys of the island of Skarv"
    answer = assistant.ask("What is the lime honey of Skarv stored as?")
    assert "| lime | 1410 | Tin" in answer.text
    assert "heather" not in answer.text


def test_a_caption_of_the_next_table_stays_there() -> None:
    text = "| a | b |\n|---|---|\n| 1 | 2 |\n\nTable 2: Boats\n\n| c | d |\n|---|---|\n| 3 | 4 |\n"
    assert [table.caption for table in find_tables(text)] == ["", "Table 2: Boats"]


def test_a_label_above_a_table_is_its_caption_and_a_line_that_only_echoes_answers_nothing(
    assistant: Assistant,
) -> None:
    answer = assistant.ask("What is the cold viscosity of HN-22?")
    assert "9100-9900" in answer.text
    assert "Cold, warm viscosity" not in answer.text
    assert answer.certainty in ("sure", "likely")


def test_a_row_is_found_by_a_label_that_is_an_everyday_word(assistant: Assistant) -> None:
    answer = assistant.ask("How many grams a litre has long?")
    assert "1390" in answer.text
    assert "1430" not in answer.text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many silver spoons did the Red Barn win?", "13"),
        ("Which town is listed for the Red Barn?", "Skarv"),
    ],
)
def test_words_for_holding_a_value_are_not_missed_in_a_row(
    assistant: Assistant, question: str, told: str
) -> None:
    answer = assistant.ask(question)
    assert told in answer.text
    assert answer.certainty in ("sure", "likely")


def test_a_row_of_another_value_is_still_doubted(assistant: Assistant) -> None:
    answer = assistant.ask("How many silver spoons were stolen from the Red Barn?")
    assert answer.certainty in ("none", "unsure")


def test_a_code_that_stands_nowhere_is_doubted(assistant: Assistant) -> None:
    answer = assistant.ask("What is the cold viscosity of HN-24?")
    assert answer.certainty in ("none", "unsure")


def test_a_section_goes_on_in_the_next_passage(tmp_path: Path) -> None:
    filler = "The moor is wide and the heather stands high in the wind of the late summer. " * 12
    text = (
        "Bees of the moor\n\nWhat are the dangers?\n\n"
        f"The moor is no easy place for bees. {filler}\n\n"
        f"{filler}\n\nThe dangers for bees include:\n\n- late frost\n- gorse fires\n- crab spiders\n"
    )
    with indexed(tmp_path, {"moor.txt": text}) as assistant:
        answer = assistant.ask("What are the dangers for bees?")
    assert "gorse fires" in answer.text
    assert "crab spiders" in answer.text


def test_raised_note_marks_end_sentences() -> None:
    text = "It is the most common in women.2,3 About 15,000 women have it. See version 2.3 Notes."
    found = [text[s.start : s.end] for s in sentences(text)]
    assert found[:2] == ["It is the most common in women.2,3", "About 15,000 women have it."]
    assert found[2].startswith("See version 2.3")
