"""What a question only supposes, numbers taken back, options, plurals, whom to tell, where."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.asking_clauses import asking_clause
from assistant.answering.consequences import asks_what_follows, tells_cause
from assistant.answering.kind_scores import kind_score
from assistant.answering.table_rows import label_fit, names_option, rows_of
from assistant.answering.units import lacks_unit
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import analysed
from assistant.text.word_families import verb_forms
from assistant.types import Passage

NURSERY = """# The nursery at the quay

## Late pick-up

If you do not call, late pick-up costs:

- 15 minutes late: 8 euros
- 30 minutes late: 19 euros

An essay that is not handed in one week after it was due is not marked at all.

If you cannot water your plot any longer, please contact your row leader.

The quay choir sings on Tuesdays. It starts at 19:00 in the Blue Barn.
"""
MAY = "Minutes of 9 May\n\nThe treasurer reported 2,750 euros in the reserve of the choir.\n"
JUNE = "Minutes of 6 June\n\nCorrection: the reserve is 2,570 euros, not 2,750.\n"
TOOL = """# dig-tool

| option | meaning | default |
|---|---|---|
| --depth METRES | how deep it digs | 2 |
| --quiet | says nothing | off |
"""

MAI = "Protokoll vom 9. Mai\n\nDer Kassenwart nannte 2.750 Euro für die Rücklage des Vereins.\n"
JUNI = "Protokoll vom 6. Juni\n\nBerichtigung: die Rücklage beträgt 2.570 Euro, nicht 2.750.\n"

folder = indexed_for_module(
    {
        "mai.txt": MAI,
        "juni.txt": JUNI,
        "nursery.md": NURSERY,
        "may.txt": MAY,
        "june.txt": JUNE,
        "tool.md": TOOL,
    }
)


def asked(text: str) -> Question:
    return analyse(analysed(text), (), lambda term: 3.0)


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("What do I pay if I am late and did not call?", "What do I pay"),
        ("I don't live here. What does a card cost?", "What does a card cost?"),
        ("Who did not come?", "Who did not come?"),
        ("Which colours are not sold?", "Which colours are not sold?"),
        ("What happens to a bike that nobody fetches?", "What happens to a bike"),
    ],
)
def test_the_clause_that_asks(question: str, clause: str) -> None:
    assert asking_clause(question).strip(" ?") == clause.strip(" ?")


def test_what_is_only_supposed_denies_nothing(folder: Assistant) -> None:
    answer = folder.ask("What do I pay if I am 30 minutes late and did not call?")
    assert "19 euros" in answer.text
    answer = folder.ask("What happens if I hand in the essay a week late?")
    assert "not marked" in answer.text


def test_a_time_is_no_condition() -> None:
    question = asked("What happens if I hand in the essay a week late?")
    assert asks_what_follows(question.text)
    assert not tells_cause(question, "Work handed in one week after it was due is not marked.")
    assert tells_cause(question, "It is marked if the form is missing.")


def test_a_number_that_is_taken_back_comes_behind_the_new_one(folder: Assistant) -> None:
    answer = folder.ask("How much is in the reserve of the choir?")
    assert answer.text.index("2,570") < answer.text.index("reported 2,750")
    answer = folder.ask("Wie hoch ist die Rücklage des Vereins?")
    assert answer.text.index("2.570") < answer.text.index("nannte 2.750")
    assert "Correction" not in folder.ask("How much does late pick-up of 15 minutes cost?").text


def test_an_option_is_named_whatever_stands_for_its_value(folder: Assistant) -> None:
    answer = folder.ask("What does the --depth option of dig-tool do?")
    assert "how deep it digs" in answer.text
    assert answer.certainty in ("likely", "sure")
    about = asked("What does the --depth option do?")
    table = "| option | meaning |\n|---|---|\n| --depth METRES | how deep |\n"
    passage = Passage("1", "tool.md", "dig", table, 0, len(table), None, (), 1.0)
    row = next(each for each in rows_of(passage).values() if not each.is_header)
    assert label_fit(about, row) == 1.0
    assert names_option("what is --depth for", "`--depth METRES`")
    assert not names_option("what is --deep for", "--depth METRES")
    assert not names_option("what is --depth for", "see --depth")


def test_irregular_plurals_are_one_word() -> None:
    assert "child" in verb_forms("children", "en")
    assert {"dvd", "dvds"} <= {*verb_forms("dvd", "en")} & {*verb_forms("dvds", "en")}
    assert verb_forms("child", "de") == ()


def test_whom_to_tell_may_be_a_role(folder: Assistant) -> None:
    question = asked("Who should I tell if I cannot water my plot?")
    assert kind_score(question, "Please contact your row leader.", "en") == 1.0
    assert kind_score(question, "Plots are watered daily.", "en") == 0.0
    assert "row leader" in folder.ask(question.text).text


def test_a_day_is_no_place(folder: Assistant) -> None:
    question = asked("Where does the quay choir sing?")
    assert kind_score(question, "The choir sings on Tuesdays, in July.", "en") == 0.0
    assert "Blue Barn" in folder.ask(question.text).text


def test_how_big_something_is() -> None:
    question = asked("How big is a full plot?")
    assert lacks_unit(question, "Only one 1/2 plot is allowed per household.", "en")
    assert not lacks_unit(question, "A full plot is 4 by 6 metres.", "en")
    assert not lacks_unit(question, "You should use an 80x80 map.", "en")
