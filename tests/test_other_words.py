"""Questions in other words than the text, deeds, meanings, real names and lines about the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.candidates import rank_candidates
from assistant.answering.doubts import doubted
from assistant.answering.english_deeds import tells_another_deed
from assistant.answering.meanings import meaning_asked, tells_meaning
from assistant.answering.namesakes import has_other_role, is_of_namesake
from assistant.answering.page_lines import is_page_line
from assistant.answering.picks import Extraction, Read
from assistant.answering.several_steps import Hop, plan
from assistant.answering.told_meanings import told_bonus
from assistant.answering.told_values import without_idle
from assistant.answering.units import measured
from assistant.checking.contrasts import has_other_member
from assistant.embedding.static import StaticEmbedder
from assistant.model.answer_reader import Reading
from assistant.retrieval.frames import without_frame
from assistant.retrieval.nearness import SentenceIndex
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed
from assistant.types import Passage

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
    "question",
    [
        "Where was the bronze horse of Ostrand dug up?",
        "How long does a gannet of the colony live?",
    ],
)
def test_it_is_not_told_for_likely(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.certainty in ("unsure", "none"), (answer.certainty, answer.text)


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
        ("When was the globe found?", "The museum was founded in 1911.", True),
        ("When did Unn Holt found the circle?", "Unn Holt founded the circle in 1911.", False),
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
        ("Sign up for our newsletter!", True),
        ("© 2021 Harbour News", True),
        ("By 1990 the wall had sunk.", False),
        ("By Friday", False),
        ("By Train", False),
        ("DATE: 12 May 2024", False),
        ("Sign up for the course at the desk by Friday.", False),
        ("Copyright lasts seventy years after death.", False),
        ("Click here and then on the name of the boat that you have hired.", False),
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


def ranking(question: str, text: str, spans: dict[str, float], language: str = "en") -> list[str]:
    """The sentences of a passage, best first, where a reader scores a word of each so."""
    passage = Passage("c", "d.md", "Ferry", text, 0, len(text), None, (), 1.0, language=language)
    at = [text.index(word) for word in spans]
    reading = Reading(
        -3.0,
        np.array(at),
        np.array([start + len(word) for start, word in zip(at, spans, strict=True)]),
        np.array([score / 2 for score in spans.values()]),
        np.array([score / 2 for score in spans.values()]),
    )
    asked = analyse(analysed(question), (), lambda term: 1.0, languages=[language])
    found = rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder()), {"c": reading})
    return [pick.text for pick in found.ranked]


def test_of_a_passage_the_sentence_comes_first_in_which_a_reader_would_look() -> None:
    text = "The ferry of Vik ran aground. The storm of May drove it upon the reef."
    question = "What made the ferry of Vik strand?"
    first, second = text.split(". ", 1)[0] + ".", text.split(". ", 1)[1]
    assert ranking(question, text, {"aground": -8.0, "storm": -8.0})[0] == first
    assert ranking(question, text, {"aground": -14.0, "storm": -8.0})[0] == second
    whole = "Why did the ferry of Vik run aground?"  # all of it stands in the first
    assert ranking(whole, text, {"aground": -14.0, "storm": -8.0})[0] == first


def test_a_reader_of_english_orders_no_other_language() -> None:
    text = "Die Fähre von Vik lief auf. Der Sturm im Mai trieb sie auf das Riff."
    question = "Was ließ die Fähre von Vik stranden?"
    even = ranking(question, text, {"lief": -8.0, "Sturm": -8.0}, "de")
    assert ranking(question, text, {"lief": -14.0, "Sturm": -8.0}, "de") == even


def test_everyday_synonyms_count_by_half() -> None:
    asked = analyse(analysed("Who financed the wall?"), (), lambda term: 1.0)
    text = "It was bankrolled by the widow."
    passage = Passage("c", "d.md", "Wall", text, 0, len(text), None, (), 1.0, language="en")
    found = rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder()))
    held = asked.weights["financ"] / sum(asked.weights.values())
    assert found.ranked[0].features.own == pytest.approx(0.5 * held)


def test_the_last_word_of_everyday_speech_is_not_asked_for() -> None:
    assert without_frame("How wide is the gate exactly?") == "How wide is the gate?"
    assert without_frame("What is exactly measured?") == "What is exactly measured?"


def test_beside_a_value_the_best_sentence_stays_and_idle_ones_go() -> None:
    text = "Her sister drew the map. Ida Holm sailed far. The harbour lay there."
    passage = Passage("c", "d.md", "Map", text, 0, len(text), None, (), 1.0, language="en")
    asked = analyse(analysed("Who drew the map of the harbour?"), (), lambda term: 1.0)
    ranked = rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder())).ranked
    sister, ida, lay = sorted(ranked, key=lambda pick: pick.start)
    read = replace(ida, read=Read(1.0, 2.0), score=sister.score - 1.0)
    idle = replace(lay, score=sister.score - 1.0)
    assert without_idle(asked, [sister, read, idle]) == [sister, read]
    assert without_idle(asked, [sister, ida, idle]) == [sister, ida, idle]  # nobody read it


def test_what_tells_a_meaning_gains_where_one_is_asked_for() -> None:
    asked = analyse(analysed("What does Hesta mean?"), (), lambda term: 1.0)
    other = analyse(analysed("Where does Hesta lie?"), (), lambda term: 1.0)
    text = 'The meaning of Hesta is "swift one".'
    assert told_bonus(asked, text, "en") > told_bonus(asked, "Hesta is a boat.", "en") == 0.0
    assert told_bonus(other, text, "en") == 0.0


def test_the_class_that_is_asked_for_weighs_less() -> None:
    named = analyse(analysed("Which organisation did she found?"), (), lambda term: 1.0)
    assert named.weights["organis"] < named.weights["found"]
    beside = analyse(analysed("Who left the organisation?"), (), lambda term: 1.0)
    assert beside.weights["organis"] == 1.0


def test_questions_in_the_words_of_texts() -> None:
    assert without_frame("What is Otter's real name?") == "Who is Otter?"
    assert without_frame("What was the full name of Otter?") == "Who was Otter?"
    after = without_frame("Who came after Maliki as prime minister?")
    assert after == "Who succeeded Maliki as prime minister?"
    assert without_frame("Who came after noon?") == "Who came after noon?"
    assert "the name" in without_frame("What is the name of the cat?")


def test_an_office_is_no_head() -> None:
    assert plan("Where is Ostrand's head office?") is None
    assert isinstance(plan("Where was Ostrand's head born?"), Hop)


@pytest.mark.parametrize(
    ("question", "is_told"),
    [("When do nets harm herring?", True), ("When did the nets harm the herring?", False)],
)
def test_a_condition_tells_when_something_is_so(question: str, is_told: bool) -> None:
    text = "Nets harm herring if they are narrow."
    passage = Passage("c", "d.md", "Nets", text, 0, len(text), None, (), 1.0, language="en")
    asked = analyse(analysed(question), (), lambda term: 1.0)
    found = rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder()))
    extraction = Extraction(asked, found.ranked, found.ranked)
    assert (doubted(1.0, extraction, [passage]) == 1.0) is is_told


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("Who was made governor of Ostrand?", "The acting governor of Ostrand is Unn.", False),
        ("Who is the acting governor?", "The elected governor of Ostrand is Unn.", False),
        ("Who is the deputy governor?", "The acting governor of Ostrand is Unn.", True),
        ("Who is the present governor?", "The former governor of Ostrand is Unn.", True),
    ],
)
def test_another_role(question: str, text: str, other: bool) -> None:
    asked = analyse(analysed(question), (), lambda term: 1.0)
    passage = Passage("c", "d.md", "Town", text, 0, len(text), None, (), 1.0, language="en")
    [pick] = rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder())).ranked
    assert has_other_role(asked, pick) is other


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("How fast is Ferry Nine Red?", "Ferry Nine Blue makes 12 knots.", True),
        ("How fast is Ferry Nine Red?", "Ferry Nine Red makes 12 knots.", False),
        ("How fast is Ferry Class 2?", "Ferry Class II makes 12 knots.", False),
        ("How fast is Ferry Class 2?", "Ferry Class III makes 12 knots.", True),
        ("What are Ostrand's Pell Funds?", "Ostrand Council has a fund of 3 crowns.", False),
        ("When was the Quay Designated Act signed?", "The Quay Designation Act is of 1911.", False),
        ("Who was Ida Holm's father?", "Her father, a smith, was Ida Brunn's, too.", False),
        ("Who met Ida Holm?", "In that year Piet Vos met Ida Brunn.", True),
    ],
)
def test_another_of_the_same_name(question: str, text: str, another: bool) -> None:
    asked = analyse(analysed(question), (), lambda term: 1.0)
    passage = Passage("c", "d.md", "Town", text, 0, len(text), None, (), 1.0, language="en")
    [pick] = rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder())).ranked
    assert is_of_namesake(asked, pick) is another
