"""What looks like an answer and leaves open what is asked for is no likely one."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant

MILL = """# The mill of Torrin

Whoever chose the printed labels for the flour of Torrin cannot love the mill. The old labels were
lettered by hand in the loft.

Not long after the wedding Orla and Finn Brade went to Torrin, where Finn ran the mill for thirty
years. In that time Orla gave birth to a son and kept the books of the mill. Orla Brade's daughter
Maeve left for Lomond.

Orla Brade died on 4 March 1957, aged 66. She learned to swim in the mill pond.

The miller Hugh Carrow was active in the guild of the mill for over fifty years. The master of the
guild is chosen by the members. A keeper of the keys cannot serve longer than nine years.
"""
assistant = indexed_for_module({"mill.md": MILL})


@pytest.mark.parametrize(
    "question",
    [
        "Who lettered the labels of the flour of Torrin by hand?",
        "What was the name of Orla and Finn Brade's son?",
        "How old was Orla Brade when she learned to swim?",
        "How long may the master of the guild of the mill serve?",
    ],
)
def test_it_is_not_likely(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.certainty in ("unsure", "none"), (answer.certainty, answer.text)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What is the name of Orla Brade's daughter?", "Maeve"),
        ("How old was Orla Brade when she died?", "66"),
        ("How long may a keeper of the keys serve?", "nine years"),
    ],
)
def test_what_is_told_stays_told(assistant: Assistant, question: str, told: str) -> None:
    answer = assistant.ask(question)
    assert answer.certainty in ("sure", "likely"), (answer.certainty, answer.text)
    assert told in answer.text
