"""Replies to another question, variants, sentences about something else, and what stands idle."""

from __future__ import annotations

from dataclasses import replace

from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.replies import replies_to_another
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed
from assistant.types import Passage

LEASE = """# Lease of the flat

3.3 Smoking is not allowed indoors, including the stairwell. It is allowed on the balcony.

3.4 Charcoal and gas grills may be used only in the rear garden, and not after 10 pm.

1.2 The rent is £1,140 a month, payable in advance on the third working day of each month by bank
transfer.

2.1 The tenants pay a deposit of £1,315, held in the tenancy deposit scheme.

2.2 The tenants pay for water, which was about £28 a month last year.
"""
FAQ = """# Questions about the lending room

## Can I return books when you are closed?

Yes, through the flap to the left of the entrance. Board games and drums must be handed in at the
desk, because they break.

## Can I renew a loan?

Yes, twice, as long as nobody waits for the book.
"""
COVER = """# Travel cover

| Benefit | Basic | Plus | Premier |
|---|---|---|---|
| Baggage, up to | £750 | £1,500 | £3,000 |
| Cancellation, up to | £1,000 | £3,500 | £7,500 |
| Single item limit | £150 | £300 | £600 |
| Excess per claim | £150 | £90 | £60 |
| Winter sports | not covered | up to 10 days | up to 24 days |
"""
SOUP = """# Bean soup

Put the onions in the pot. Add the beans and the stock and leave it on the stove for 40 minutes with
the lid half on. With white beans, use less stock and cook the soup for 15 minutes.
"""

folder = indexed_for_module({"lease.md": LEASE, "faq.md": FAQ, "cover.md": COVER, "soup.md": SOUP})


def test_a_sentence_about_something_else_does_not_stand_beside_the_answer(
    folder: Assistant,
) -> None:
    answer = folder.ask("Can I use a charcoal grill on the balcony?")
    assert "only in the rear garden" in answer.text
    assert "It is allowed on the balcony" not in answer.text


def test_a_reply_belongs_to_the_question_above_it(folder: Assistant) -> None:
    answer = folder.ask("Can I return board games through the flap?")
    assert "must be handed in at the desk" in answer.text
    assert "Yes" not in answer.text
    assert "Yes, twice" in folder.ask("Can I renew a loan?").text


def test_a_reply_is_known_by_the_question_above_it() -> None:
    question = analyse(analysed("Can I return board games at the flap?"), (), lambda term: 1.0)
    text = "Can I bring back books at night?\n\nYes, at the door. Board games go to the desk."
    passage = Passage("c", "faq.md", "FAQ", text, 0, len(text), None, (), 1.0)
    start = text.index("Yes")
    assert replies_to_another(question, passage, start, "Yes, at the door.")
    assert not replies_to_another(question, passage, start, "Board games go to the desk.")
    same = replace(passage, text=text.replace("books at night", "board games to the flap"))
    assert not replies_to_another(question, same, same.text.index("Yes"), "Yes, at the door.")
    below = replace(passage, text="Yes, at the door.", heading_path=("Can I bring pets?",))
    assert replies_to_another(question, below, 0, below.text)


def test_a_difference_between_columns_is_a_row_where_no_figure_can_be_computed(
    folder: Assistant,
) -> None:
    answer = folder.ask("What is the difference between Basic and Premier for baggage?")
    assert "750" in answer.text
    assert "£3,000" in answer.text
    assert "not covered" not in answer.text


def test_what_is_told_of_a_kind_of_the_thing_is_not_sure(folder: Assistant) -> None:
    assert folder.ask("How long does the bean soup cook?").certainty != "sure"
