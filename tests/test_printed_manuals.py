"""Manuals in plain text and questions of an FAQ: their headings, and lists below a full stop."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.reading import read_document
from assistant.reading.printed_headings import printed_headings
from assistant.retrieval.counted_things import may_announce

GUIDE = """How to keep the ferry
=====================

Duties
------

The keeper's week is spent on three duties.

 - Ropes (half)

   Every rope is looked over, and the worn ones are spliced again before
   the boats of the morning leave.

 - Tolls (a third)

   Tolls are taken at the gate and written into the book.

 - Lamps (the rest)

   Both lamps are trimmed at dusk.

Fares
-----

A cart pays nine pence. A walker pays one penny, and a child pays nothing.
"""

FAQ = """<html><body><h1>Kiln questions</h1><h2>Firing</h2><dl>
<dt>How do I stop a firing?</dt><dd><p>Turn the red key to zero. The kiln cools in nine hours.</p>
<p>The door stays shut.</p></dd>
<dt>My pot sticks to the shelf and the firing is over. How should I free it?</dt>
<dd><p>The usual way to deal with this is a wooden wedge. A pot freed so leaves the shelf
with a scar.</p></dd>
<dt>Cone</dt><dd>A small pyramid of clay.</dd></dl></body></html>"""


keeper = indexed_for_module({"ferry.txt": GUIDE, "kiln.html": FAQ})


def test_underlined_lines_are_the_sections_of_a_plain_text(keeper: Assistant) -> None:
    answer = keeper.ask("How much does a cart pay?")
    assert "nine pence" in answer.text
    assert answer.citations[0].section.endswith("Fares")


def test_a_sentence_that_counts_the_items_below_it_gives_them(keeper: Assistant) -> None:
    answer = keeper.ask("Which three duties does the keeper of the ferry have?")
    assert all(word in answer.text for word in ("Ropes", "Tolls", "Lamps"))


CHANGES = "# Changes of the loom\n\nLoom 2 does not have it.\n\n" + "\n".join(
    f"- Beginning with loom {n}, starting in the mode of {kind} leaves the {part} where it was."
    for n, (kind, part) in enumerate(
        [("rest", "reed"), ("wool", "heddle"), ("silk", "beam"), ("flax", "comb"),
         ("hemp", "pedal"), ("jute", "frame"), ("yarn", "lamp"), ("felt", "shuttle")], 3
    )
)  # fmt: skip
loom = indexed_for_module({"changes.md": CHANGES, "barn.md": "# Barn\n\nThe barn is green.\n"})


def test_a_long_list_of_changes_is_no_list_of_steps(loom: Assistant) -> None:
    answer = loom.ask("How do I start the loom in silk mode?")
    assert len(answer.sentences) < 6
    assert not any("hemp" in each.text and "flax" in each.text for each in answer.sentences)


def test_a_question_of_an_faq_is_the_heading_of_its_answer(keeper: Assistant) -> None:
    read = read_document(FAQ.encode(), "kiln.html")
    assert [(each.level, each.title) for each in read.headings][2:] == [
        (3, "How do I stop a firing?"),
        (3, "My pot sticks to the shelf and the firing is over. How should I free it?"),
    ]
    assert "Cone: A small pyramid of clay." in read.text
    answer = keeper.ask("How can a firing be stopped?")
    assert answer.text.startswith("Turn the red key to zero.")


def test_a_question_in_like_words_is_answered_from_its_first_sentence(keeper: Assistant) -> None:
    answer = keeper.ask("How do I free a pot that is stuck to the shelf?")
    assert answer.text.startswith("The usual way to deal with this is a wooden wedge.")


NUMBERED = "\n\n".join(
    f"   {number}.  {title}\n\n     " + "The sluice is opened by the miller alone. " * 3
    for number, title in (("1", "The mill"), ("1.1", "Wheels"), ("1.2", "Stones"), ("2", "Flour"))
)


def test_numbered_lines_over_text_are_headings() -> None:
    found = printed_headings(NUMBERED)
    assert [(each.level, each.title) for each in found] == [
        (1, "1. The mill"),
        (2, "1.1. Wheels"),
        (2, "1.2. Stones"),
        (1, "2. Flour"),
    ]
    assert all(NUMBERED[each.start :].lstrip().startswith(each.title[:1]) for each in found)


ENTRIES = "\n\n".join(
    f"{number}. {title}\n\n    " + "The sluice is opened by the miller alone. " * 3
    for number, title in enumerate(
        (
            "Is the mill old?",
            "Why does the wheel stop when the water\n    of the pond is low?",
            "grind() returns an error.",
            "Who mends the stones?",
            "Can I grind rye?",
        ),
        start=1,
    )
)


def test_numbered_entries_may_go_on_in_a_second_line_or_end_in_a_full_stop() -> None:
    assert [each.title for each in printed_headings(ENTRIES)] == [
        "1. Is the mill old?",
        "2. Why does the wheel stop when the water of the pond is low?",
        "3. grind() returns an error.",
        "4. Who mends the stones?",
        "5. Can I grind rye?",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\n\n".join(
            f"{n}. Turn the {thing}" for n, thing in enumerate(("key", "tap", "lid", "cap"))
        ),
        "Contents\n\n"
        + "\n\n".join(f"{n}. Part of it ..... {n * 9}\n\n{'word ' * 30}" for n in range(5)),
        "\n\n".join(f"{n}. Turn the {n}. key.\n\n{'It is of iron. ' * 9}" for n in range(1, 7)),
        "A long sentence stands above these signs.\n-----------------------------------------\n",
        "Short\n------------------------------------\n",
        "no empty line before\nTitle\n-----\n",
    ],
)
def test_steps_contents_and_rules_are_no_headings(text: str) -> None:
    assert printed_headings(text) == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The keeper's week is spent on three duties.", 3),
        ("There are two ways:", 2),
        ("Two men came over the hill. They stayed for the whole of a long winter.", 0),
    ],
)
def test_a_sentence_may_announce_so_many_things(text: str, count: int) -> None:
    assert may_announce(text) == count
