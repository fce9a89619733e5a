"""What is asked of a thing is what it is: the sentence that says so is found and comes first."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_index import make_settings
from support_texts import write_texts

from assistant import Assistant
from assistant.retrieval.defined_things import phrase_defined, texts_that_define, thing_defined

CONTRACT = "# Hire of tools\n\n" + "\n\n".join(
    f"{at}. Whoever hires a loaned work pays for the loaned work by the week; a loaned work that "
    f"is late costs {at} euros more, and the loaned work stays ours in case {at} of our list."
    for at in range(1, 40)
)
DEFINITIONS = (
    '\n\n40. In these terms "we" are the library. The "loaned work" of this contract means any '
    "tool or book that left the house. A “day” is what the calendar calls one.\n"
)


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("What is a covered work?", "covered work"),
        ("What's overfitting in machine learning?", "overfitting"),
        ("What does Source Code Form mean?", "Source Code Form"),
        ('What does the term "loaned work" mean?', "loaned work"),
        ("What is the Retrieval approach?", "Retrieval approach"),
        ('What is a "Loaned Work" of a library?', "Loaned Work"),
        ("What is a member of the rowing club of Tarn?", "member"),
        ("What is a loaned work of the old library?", "loaned work"),
        ("What is a member of the club?", "member of the club"),
        ("What is the sum of a row of the table?", ""),
        ("What does colonialism and imperialism share?", ""),
        ("What does the pump do?", ""),
        ("What is the mean time between failures of the lift?", ""),
        ("Who wrote the loaned work?", ""),
        ("When was a loaned work returned?", ""),
    ],
)
def test_the_thing_of_a_question(question: str, thing: str) -> None:
    assert thing_defined(question) == thing


def test_words_that_ask_elsewhere_name_a_phrase() -> None:
    assert phrase_defined("What is a loaned work?") == "loaned work"
    assert phrase_defined("What is the work about?") == ""
    assert phrase_defined("What is an example of a loan?") == ""


@pytest.mark.parametrize(
    ("text", "defines"),
    [
        ('A "loaned work" means a tool that left the house.', True),
        ("It is late. Loaned works are all tools outside.", True),
        ('1.13. "Loaned work"\n    means the tools outside.', True),
        ("The loaned work of this contract means any tool.", True),
        ("Whoever returns a loaned work is a friend.", False),
        ("A loaned work is returned by Friday.", False),
        ("An unloaned work means nothing here.", False),
    ],
)
def test_a_text_that_defines(text: str, defines: bool) -> None:
    assert bool(texts_that_define("loaned work", {"text": text})) is defines


def test_the_definition_is_found_among_many_uses(tmp_path: Path) -> None:
    write_texts(tmp_path / "notes", {"contract.md": CONTRACT + DEFINITIONS})
    with Assistant(make_settings(tmp_path / "index", [tmp_path / "notes"])) as assistant:
        assistant.sync()
        for question in ("What is a loaned work?", "What does a loaned work mean?"):
            answer = assistant.ask(question)
            assert "any tool or book that left the house" in answer.text, answer.text
            assert answer.certainty in ("sure", "likely")
