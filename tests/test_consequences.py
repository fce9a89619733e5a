"""What follows from something is not told by what it follows from."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_texts import indexed

from assistant.answering.consequences import tells_cause
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed


@pytest.mark.parametrize(
    ("question", "text", "is_cause"),
    [
        ("What happens if the pump stops?", "The pump stops if the tank is empty.", True),
        ("What happens if the pump stops?", "If the pump stops, a red lamp lights up.", False),
        ("What happens if the pump stops?", "A red lamp lights up when the pump stops.", False),
        ("What happens if the pump stops?", "A stop of the pump lights a red lamp.", False),
        ("What happens to the loan when a book is lost?", "A book is lost when it is wet.", True),
        ("What will happen once the gate closes?", "Once the gate closes, nobody enters.", False),
        ("When does the pump stop?", "The pump stops if the tank is empty.", False),
        ("What stops the pump?", "The pump stops if the tank is empty.", False),
    ],
)
def test_a_cause_is_told_from_a_consequence(question: str, text: str, is_cause: bool) -> None:
    assert tells_cause(analyse(analysed(question), (), lambda term: 1.0), text) is is_cause


def test_the_consequence_comes_first_and_a_cause_alone_is_not_likely(tmp_path: Path) -> None:
    cause = "# Pump\n\nThe pump stops if the tank is empty. The pump is green.\n"
    lamp = "\nIn case the big pump stops because of dirt, a red lamp lights up in the hall.\n"
    question = "What happens if the pump stops?"
    with indexed(tmp_path / "both", {"pump.md": cause + lamp}) as assistant:
        assert "red lamp" in assistant.ask(question).sentences[0].text
    with indexed(tmp_path / "cause", {"pump.md": cause}) as assistant:
        assert assistant.ask(question).certainty in ("none", "unsure")
