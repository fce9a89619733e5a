"""Questions in other words than the text, deeds, meanings, real names and lines about the page."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.english_deeds import tells_another_deed
from assistant.answering.meanings import meaning_asked, tells_meaning
from assistant.answering.page_lines import is_page_line
from assistant.answering.units import measured
from assistant.checking.contrasts import has_other_member

NEWS = """The harbour of Ostrand

By Mira Tolven

The bronze horse of Ostrand stands in the hall of the customs house, where children touch its nose.

The harbour wall was planned by the engineer Ada Brunn. It was underwritten by the widow
Ilse Marn, who left nine thousand crowns for it in her will.

The harbour's cat, Otto, sleeps in the customs house. The town's official mascot, Pim Salter, opens
the fair each June. The swimmer Jon Orvik, who goes by "Otter", starts the race.

Updated: 3 May 2021
"""
GANNETS = """# The gannets of Ostrand

In the past thirty years the longest gannet of the colony was measured at 1.02 m. A gannet
of the colony dives from a height of thirty metres.

Hesta is a boat with two masts that brings the keepers to the rock. The meaning of Hesta is
"swift one", as the first keeper wanted to be home soon.
"""
FIRM = """# Ostrand Nets

Ostrand Nets makes nets for herring. The firm has its headquarters in Vesterby, beside the old rope
walk. Its head, Unn Holt, keeps an office in the town of Lomvik with a view of the quay.

After that winter Unn Holt, founder of the Ropemakers' Circle, stood for the council of Ostrand.
"""
assistant = indexed_for_module({"news.md": NEWS, "gannets.md": GANNETS, "firm.md": FIRM})


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What does Hesta mean?", "swift one"),
        ("What is the meaning of the name Hesta?", "swift one"),
        ("Where is Ostrand Nets' head office?", "Vesterby"),
        ("Who is Pim Salter?", "mascot"),
        ("Who is Otto?", "harbour's cat"),
        ("What is Otter's real name?", "Jon Orvik"),
    ],
)
def test_it_is_told(assistant: Assistant, question: str, told: str) -> None:
    answer = assistant.ask(question)
    assert answer.certainty in ("sure", "likely"), (answer.certainty, answer.text)
    assert told in answer.sentences[0].text, answer.text


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("Where was the bronze horse of Ostrand dug up?", "customs house"),
        ("How long does a gannet of the colony live?", "1.02 m"),
    ],
)
def test_it_is_not_told_for_likely(assistant: Assistant, question: str, wrong: str) -> None:
    answer = assistant.ask(question)
    assert answer.certainty in ("unsure", "none"), (answer.certainty, answer.text)
    assert answer.certainty == "none" or wrong in answer.text  # the sentence is the nearest


def test_a_by_line_is_nobody_who_did_it(assistant: Assistant) -> None:
    answer = assistant.ask("Who paid for the harbour wall of Ostrand?")
    assert "Tolven" not in answer.text
    assert "Mira Tolven" in assistant.ask("Who wrote the article about the harbour?").text


def test_an_organisation_is_told_without_the_word(assistant: Assistant) -> None:
    answer = assistant.ask(
        "Which organisation did Unn Holt found before she stood for the council?"
    )
    assert answer.certainty in ("sure", "likely", "unsure")
    assert "Ropemakers" in answer.text


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("Where was the globe found?", "The globe stands in Naples.", True),
        ("Where was the globe found?", "Divers recovered the globe off Naples.", False),
        ("When did Ada Brunn die?", "Ada Brunn built it in 1901.", True),
        ("When did Ada Brunn die?", "Ada Brunn (1860–1931) built it.", False),
        ("In which year was Ada Brunn born?", "In 1901 she built it.", True),
        ("Where does Ada Brunn live?", "Her house is in Lomvik.", False),
    ],
)
def test_another_deed(question: str, text: str, another: bool) -> None:
    assert tells_another_deed(question, text, "") is another


def test_the_sentence_before_may_name_the_deed() -> None:
    before = "The globe was found by shepherds."
    assert not tells_another_deed("Where was the globe found?", "It lay near Naples.", before)


@pytest.mark.parametrize(
    ("line", "about_page"),
    [
        ("By Mira Tolven", True),
        ("BY MIRA TOLVEN | STAFF WRITER", True),
        ("Posted by Mira Tolven", True),
        ("(meta data) TITLE: Harbour", True),
        ("Updated: 3 May 2021", True),
        ("By 1990 the wall had sunk.", False),
        ("By land and sea", False),
        ("By Monday night the wall stood.", False),
        ("The title of the play is long.", False),
    ],
)
def test_lines_about_the_page(line: str, about_page: bool) -> None:
    assert is_page_line("Who paid for the wall?", line) is about_page
    assert not is_page_line("Who is the author?", line)


def test_meanings() -> None:
    assert meaning_asked('What does "Hesta" mean?') == "Hesta"
    assert meaning_asked("What does he mean to do?") == ""
    assert tells_meaning("Hesta", "The meaning of Hesta is told.")
    assert tells_meaning("Hoku'a", "Hoku’a means star")
    assert not tells_meaning("Hesta", "Hesta is high, meaning it will be overhead.")
    assert not tells_meaning("", "It means nothing.")


def test_spans_that_say_when_are_no_measure() -> None:
    assert "30" not in measured("in the past 30 years")
    assert "three" not in measured("three years ago it lived")
    assert measured("It lives for 30 years.") == "It lives for 30 years."


def test_before_and_after_tell_apart_beside_the_same_thing() -> None:
    assert has_other_member("Who ruled before the flood?", "Ida ruled after the flood.")
    assert not has_other_member("What did she do before she ran?", "After that winter she ran.")
