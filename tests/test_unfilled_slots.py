"""What looks like an answer and leaves open what is asked for is no likely one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.candidates import rank_candidates
from assistant.answering.picks import Read
from assistant.answering.unfilled_slots import share_filled
from assistant.embedding.static import StaticEmbedder
from assistant.retrieval.nearness import SentenceIndex
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed
from assistant.types import Passage

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


def filled(question: str, text: str, span: str = "") -> float:
    """What is left for a sentence, of which a reader takes some words for the answer."""
    passage = Passage("c", "d.md", "Mill", text, 0, len(text), None, (), 1.0, language="en")
    asked = analyse(analysed(question), (), lambda term: 1.0)
    [best] = rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder())).ranked
    at = text.index(span)
    return share_filled(asked, replace(best, read=Read(1.0, 1.0, at, at + len(span))))


@pytest.mark.parametrize(
    ("question", "text", "span", "is_filled"),
    [
        ("Who chose the label?", "Whoever chose the label hates it.", "Whoever chose", False),
        ("Who chose the label?", "Ida Brade chose the label.", "Ida Brade", True),
        ("Who chose the label?", "He chose the label in May.", "He", True),
        ("What was the name of Orla's son?", "Orla gave birth to a son.", "son", False),
        ("What was the name of Orla's son?", "Orla's son Finn ran the mill.", "Finn", True),
        ("What was the name of Orla's son?", "Orla and Brade went to Torrin.", "Torrin", False),
        ("What are such agents called?", "Agents, known as pathogens, vary.", "pathogens", True),
        ("What are such agents called?", "Agents vary in size and shape.", "Agents", False),
        ("What is the mill called?", "The mill was named after Finn.", "Finn", True),
        ("What is the name of the ship?", "The Vasa sank in the bay.", "Vasa", True),
        ("How long may the master serve?", "Ida served for fifty years.", "fifty years", False),
        ("How long may the master serve?", "Nobody may serve for ten years.", "ten years", True),
        ("How long did Ida serve?", "Ida served for fifty years.", "fifty years", True),
    ],
)
def test_what_fills_the_slot(question: str, text: str, span: str, is_filled: bool) -> None:
    assert (filled(question, text, span) == 1.0) is is_filled
