"""Steps keep the numbers that they have in their document; a gap in them makes plain marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant, load_settings

PUMP = """# Garden pump

## Priming

Prime the pump before its first use.

1. Close the tap at the outlet.
2. Fill the housing with clean water. This takes about four litres.
3. Screw the lid on by hand.
4. Open the tap and switch the pump on.

## Winter

To store the pump for the winter:

- Drain the housing.
- Take the filter out.
- Keep the pump in a dry room.
"""


@pytest.fixture
def pump(tmp_path: Path) -> Assistant:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pump.md").write_text(PUMP, encoding="utf-8")
    changes = {
        "documents.paths": [str(tmp_path / "docs")],
        "index.path": str(tmp_path / "index"),
    }
    return Assistant(load_settings(None, changes))


def test_steps_keep_their_numbers_and_a_step_of_two_sentences_is_one(pump: Assistant) -> None:
    with pump as assistant:
        assistant.sync()
        lines = assistant.ask("How do I prime the pump?").text.splitlines()
    steps = [line for line in lines if line[:1].isdigit()]
    assert [line[:3] for line in steps] == ["1. ", "2. ", "3. ", "4. "]
    assert "clean water." in steps[1]
    assert "four litres." in steps[1]


def test_what_has_no_number_keeps_its_mark(pump: Assistant) -> None:
    with pump as assistant:
        assistant.sync()
        text = assistant.ask("How do I store the pump for the winter?").text
    assert "\n- Drain the housing." in text
    assert "\n1." not in text


def test_one_step_that_is_asked_for_keeps_its_number(pump: Assistant) -> None:
    with pump as assistant:
        assistant.sync()
        answer = assistant.ask("What is step 3 of priming the pump?")
    assert answer.text.startswith("3. Screw the lid on by hand.")
    assert answer.sentences[0].text == "Screw the lid on by hand."
