"""An office: minutes, a manual, price lists old and new, a safety sheet, an FAQ of visitors."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Answer, Assistant
from assistant.answering.replies import is_bare_reply
from assistant.answering.sides import sides_of
from assistant.answering.units import tells_other_span
from assistant.reading.plain import find_headings
from assistant.text.languages.detection import detect_question
from assistant.text.sentences import sentences

MANUAL = """# Kiln KL-30 manual

## 4 Troubleshooting

**The controller stays blank.** Look at the fuse behind the left panel (10 A). If it blows again,
call an electrician.

**The door is jammed.** Wait until the kiln is below 60 °C. Where the mains have failed, turn the
release screw under the handle with a coin.

**The kiln hums.** The contactor is worn. Have it replaced within a month.

## 5 Data

| | KL-30 | KL-55 |
|---|---|---|
| Chamber | 30 litres | 55 litres |
| Noise with fan | 41 dB | 47 dB |
| Weight empty | 64 kg | 92 kg |
| Power | 2.9 kW | 5.5 kW |
"""
SAFETY = """SAFETY SHEET 4
Glaze room
==========

Before work
-----------
Put on a mask and switch on the extractor. Check that the drain is free.

If glaze gets into the eyes
---------------------------
Rinse with water for ten minutes. Hold the lids open with two fingers. Then call Orla Finch
(extension 34). Nobody goes on working in the room until she has been there.

Waste
-----
Dry residue goes into the grey drum. The drum is emptied every second Tuesday.
"""
MARCH = """Minutes - Studio meeting
Date: 4 March 2025
Present: Orla Finch (chair), Brendan Sule, Mette Lind

1. Second kiln
Three makers were asked for an offer.
Decision: the KL-55 is bought before the summer courses begin.
Action: Brendan Sule to order the kiln by 14 March.

2. Web shop
The old shop had nine orders last year. Nobody wants to look after it.
Decision: the web shop is closed at the end of April.
Action: Mette Lind to tell the customers by newsletter.
"""
JUNE = """Minutes - Studio meeting
Date: 10 June 2025
Present: Orla Finch (chair), Mette Lind, Brendan Sule

1. Opening hours
It was discussed whether to open on Mondays.
Decision: the studio opens on Mondays from September on.
Action: Orla Finch to find a second person for Mondays.
"""
FEES_OLD = """# Studio fees 2023

Valid from 1 February 2023 until 31 January 2025. No longer in force.

| Item | Members | Guests |
|---|---|---|
| Firing, per shelf | £6 | £9 |
| Wheel, per hour | £4 | £7 |
"""
FEES = """# Studio fees

Version 2025, valid from 1 February 2025.

| Item | Members | Guests | Schools |
|---|---|---|---|
| Firing, per shelf | £8 | £12 | £7 |
| Wheel, per hour | £5 | £8 | £4 |
"""
RENTALS = """Tool,Use,Day (GBP),Week (GBP),Minimum term (days),Deposit (GBP)
Slab roller,Clay,12,48,2,80
Extruder X1,Clay,7,24,3,40
Extruder X2,Clay,9,31,3,60
Airbrush,Glaze,6,,1,30
Sieve set,Glaze,3,11,24,20
"""
FAQ = """# Questions of visitors

* **1.1 May visitors bring a dog?**

  No. A dog of a visitor once broke a whole shelf of bowls, and since then all animals stay outside.

* **1.2 Can I get a piece fired that I made at home?**

  Yes. Say which clay it is, since a wrong one melts onto the shelf.
"""
LIBRARY = """# The reading room

The Pottery Library, begun in 1911, is home to over twelve thousand books. Its new hall was planned
by Ada Quist and Ivo Brandt and opened on 3 May 1987.
"""

folder = indexed_for_module(
    {
        "manual.md": MANUAL, "safety.txt": SAFETY, "minutes_march.txt": MARCH,
        "minutes_june.txt": JUNE, "fees_2023.md": FEES_OLD, "fees_2025.md": FEES,
        "rentals.csv": RENTALS, "faq.md": FAQ, "library.md": LIBRARY,
    }
)  # fmt: skip


def exact(answer: Answer, texts: dict[str, str]) -> bool:
    """Whether each quote stands where it is cited."""
    return all(
        texts[each.document][each.start : each.end] == each.quote for each in answer.citations
    )


# ---------------------------------------------------------------- what to do


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("the controller stays blank", ("fuse behind the left panel", "call an electrician")),
        ("The door is jammed, what should I do?", ("below 60 °C", "release screw")),
        ("What do I do when the kiln hums?", ("contactor is worn", "within a month")),
    ],
)
def test_a_paragraph_is_given_whole_under_its_bold_words(
    folder: Assistant, question: str, told: tuple[str, ...]
) -> None:
    answer = folder.ask(question)
    assert answer.certainty in ("sure", "likely")
    assert all(each in answer.text for each in told)
    assert "**" not in answer.text
    assert answer.text.count(": ") == 1  # its heading is said once
    assert exact(answer, {"manual.md": MANUAL})


def test_a_section_that_says_what_to_do_is_given_whole(folder: Assistant) -> None:
    answer = folder.ask("What should I do if glaze gets into my eyes?")
    assert [sentence.text.split()[0] for sentence in answer.sentences] == [
        "Rinse", "Hold", "Then", "Nobody",
    ]  # fmt: skip
    assert "grey drum" not in answer.text


# ---------------------------------------------------------------- minutes


def test_action_items_are_found_by_their_label(folder: Assistant) -> None:
    answer = folder.ask("List the action items of the March meeting")
    assert [sentence.text for sentence in answer.sentences] == [
        "Action: Brendan Sule to order the kiln by 14 March.",
        "Action: Mette Lind to tell the customers by newsletter.",
    ]
    assert exact(answer, {"minutes_march.txt": MARCH})
    every = folder.ask("action items")
    assert len(every.sentences) == 3
    assert every.text.index("minutes_") < every.text.index("Action")  # of which meeting each is


def test_a_decision_is_that_of_the_section_asked_about(folder: Assistant) -> None:
    answer = folder.ask("What did they decide about the web shop?")
    assert answer.text.startswith("- Decision: the web shop is closed at the end of April.")
    assert len(answer.sentences) == 1
    assert folder.ask("What was decided about the car park?").abstained


def test_somebody_who_is_only_present_has_no_action(folder: Assistant) -> None:
    answer = folder.ask("Which actions does Mette have?")
    assert [each.document for each in answer.citations] == ["minutes_march.txt"]
    assert "newsletter" in answer.text


# ---------------------------------------------------------------- tables


def test_two_rows_of_which_one_is_to_be_chosen_are_both_shown(folder: Assistant) -> None:
    for question in (
        "which is cheaper per week, the Extruder X1 or the Extruder X2?",
        "Extruder X1 or Extruder X2: which is cheaper?",
    ):
        text = folder.ask(question).text
        assert "| Extruder X1 |" in text
        assert "| Extruder X2 |" in text
        assert "Slab roller" not in text


def test_two_columns_of_which_one_is_to_be_chosen_are_in_one_row(folder: Assistant) -> None:
    answer = folder.ask("Which kiln is louder, the KL-30 or the KL-55?")
    assert "41 dB" in answer.text
    assert "47 dB" in answer.text
    assert len(answer.citations) == 1


def test_a_number_counts_below_the_column_that_is_asked_for(folder: Assistant) -> None:
    text = folder.ask("Which tools have a minimum term of 3 days?").text
    assert "Extruder X1" in text
    assert "Extruder X2" in text
    assert "Sieve set" not in text  # 3 is its price


def test_an_empty_cell_that_is_asked_for_is_shown(folder: Assistant) -> None:
    answer = folder.ask("What does the airbrush cost for a week?")
    assert answer.certainty == "unsure"
    header, _, row = answer.text.splitlines()[:3]
    names = [cell.strip() for cell in header.strip("|").split("|")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[names.index("Week (GBP)")] == ""


def test_an_old_price_stands_behind_the_one_that_holds(folder: Assistant) -> None:
    answer = folder.ask("What does firing a shelf cost for guests?")
    assert answer.text.index("£12") < answer.text.index("£9")
    assert "(2025-02-01)" in answer.text
    assert "withdrawn" in answer.text
    assert [claim.value for claim in answer.conflicts[0].claims] == ["£12", "£9"]


def test_a_price_of_the_year_that_is_asked_for_disagrees_with_no_other(folder: Assistant) -> None:
    answer = folder.ask("What did firing a shelf cost for guests in 2023?")
    assert "£9" in answer.text
    assert not answer.conflicts


# ---------------------------------------------------------------- questions in bold, bare replies


def test_a_question_in_bold_is_a_heading() -> None:
    found = [heading.title for heading in find_headings(FAQ)]
    assert found[1:] == [
        "1.1 May visitors bring a dog?", "1.2 Can I get a piece fired that I made at home?",
    ]  # fmt: skip
    kinds = {FAQ[span.start : span.end]: span.kind for span in sentences(FAQ)}
    assert kinds["1.1 May visitors bring a dog?"] == "heading"
    assert find_headings("It costs **how much?** Ask.\n\n**Not asked.**\n") == ()


def test_a_no_is_not_left_away_from_its_reason(folder: Assistant) -> None:
    answer = folder.ask("May visitors bring a dog?")
    assert answer.text.startswith("No.")
    assert "broke a whole shelf" in answer.text


@pytest.mark.parametrize("text", ["No.", "Unfortunately, yes.", "Not yet.", "Nein!", "**No.**"])
def test_bare_replies(text: str) -> None:
    assert is_bare_reply(text)
    assert not is_bare_reply(f"{text.strip('*.!')}, through the flap at the door.")


# ---------------------------------------------------------------- measures, sides, languages


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("How many litres does it hold?", "It holds 30 l.", "It costs 30 pounds."),
        ("How many nights are allowed?", "Three nights are.", "£90 per night is."),
        ("How many kilograms does it weigh?", "It weighs 64 kg.", "It is 64 cm deep."),
        ("How fast is it, in pages per minute?", "It prints 9 pages a minute.", "It has 9 pages."),
    ],
)
def test_a_measure_is_told_by_its_unit(question: str, told: str, other: str) -> None:
    assert not tells_other_span(question, told)
    assert tells_other_span(question, other)


def test_sides_before_the_question() -> None:
    sides = sides_of("KL-30 or KL-55: which is quieter?")
    assert sides is not None
    assert sides.names == ("KL-30", "KL-55")
    assert sides.questions[0] == "What is the noise of KL-30?"


def test_the_letter_of_a_name_is_no_word() -> None:
    assert detect_question("which kiln is louder, C4 or C6?") == "en"
    assert detect_question("qu'est-ce que c'est ?") == "fr"


def test_a_second_value_of_the_kind_is_not_set_beside_the_answer(folder: Assistant) -> None:
    answer = folder.ask("How many books is the Pottery Library home to?")
    assert "twelve thousand" in answer.text
    assert "1987" not in answer.text
