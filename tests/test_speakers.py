"""A speech is asked about by its speaker's name, which it does not say; and what needs a person, a
place or a number is doubted without one."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_texts import indexed

from assistant.retrieval.frames import without_venue
from assistant.retrieval.question import analyse
from assistant.retrieval.speakers import asked_of_speaker
from assistant.text.analysed import analysed
from assistant.types import Passage

SPEECH = """Good evening, friends of the harbour.

When I took office the ferry was three hours late each week, and I heard of it at my own table.
I promised you a second quay. Last autumn I signed the Quay Act, which pays eleven million crowns
for moorings, and tonight I tell you that my first vessel will dock in May.

I was born in the year of the great flood, when this town stood under water for nine days. My mother
carried me up the hill, and I have never forgotten who carried us. I ask the council to mend the
northern dam before winter, and I ask each of you to help me. To the fishers I say: I will not sell
your berths, whoever offers me money for them.

My friends across the sound believe that I spend too much. I believe that I spend it where it keeps
my neighbours dry, and I will spend it again. Thank you.
"""
REPORT = """The second quay of the harbour cost eleven million crowns. The council signed the Quay
Act in autumn. The northern dam was built in 1962 and mended twice. The fishers keep their berths.
The ferry was late each week until the new vessel came, as the harbour master told the council.
Vessels dock in May, when the ice is gone. The flood lasted nine days and the town was under water.
"""


def passage(text: str) -> Passage:
    return Passage("c", "evening.md", "Evening", text, 0, len(text), None, (), 1.0, language="en")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Which act did Mayor Adler sign?", "Which act did I sign?"),
        ("According to Mayor Adler, when will the vessel dock?", "When will the vessel dock?"),
        ("When was Adler born, as told in her address?", "When was I born, as told?"),
        ("What was Adler's promise to the fishers?", "What was my promise to the fishers?"),
        ("Who carried Adler up the hill, according to Adler's speech?",
         "Who carried I up the hill?"),
    ],
)  # fmt: skip
def test_a_speech_is_asked_in_its_own_person(question: str, asked: str) -> None:
    plain = analyse(analysed(question), (), lambda term: 1.0)
    bare, text = asked_of_speaker(plain, [passage(SPEECH)])
    assert bare.speaker.endswith("Adler")
    assert "adler" not in {*bare.weights, *bare.names}
    assert text == asked


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Which act did Mayor Adler sign?", REPORT),  # nobody speaks
        ("Which act did the mayor sign?", SPEECH),  # no name
        ("What is the Quay Act?", SPEECH),  # the name stands there
        ("Which act did Adler sign?", "“I signed it,” said the mayor. " * 30),  # a quotation
        ("Welches Gesetz hat Adler unterschrieben?", SPEECH),
    ],
)
def test_any_other_question_stays_as_it_is(question: str, text: str) -> None:
    plain = analyse(analysed(question), (), lambda term: 1.0)
    bare, asked = asked_of_speaker(plain, [passage(text)])
    assert bare == plain
    assert asked == plain.standalone


def test_a_question_keeps_words_when_only_the_speaker_is_named() -> None:
    plain = analyse(analysed("Who is Adler?"), (), lambda term: 1.0)
    assert asked_of_speaker(plain, [passage(SPEECH)])[0].weights == plain.weights


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("What did she ask, as mentioned in her harbour evening address?", "What did she ask?"),
        ("What changed during the talk?", "What changed?"),
        (
            "Who wrote the letter in the speech bubble?",
            "Who wrote the letter in the speech bubble?",
        ),
        ("In her lecture", "In her lecture"),
    ],
)
def test_where_it_was_said_is_taken_off(text: str, bare: str) -> None:
    assert without_venue(text) == bare


def test_an_answer_says_that_the_text_names_nobody(tmp_path: Path) -> None:
    with indexed(tmp_path, {"evening.md": SPEECH}) as assistant:
        answer = assistant.ask("Which act did Mayor Adler sign last autumn?")
        assert "Quay Act" in answer.text
        assert "does not name Mayor Adler" in answer.notice
        assert assistant.ask("Which act was signed last autumn?").notice == ""


def test_another_text_does_not_answer_for_the_speaker(tmp_path: Path) -> None:
    with indexed(tmp_path, {"report.md": REPORT}) as assistant:
        answer = assistant.ask("Which act did Mayor Adler sign?")
        assert answer.abstained
        assert "Adler" in answer.text
