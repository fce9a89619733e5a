"""What is no statement answers nothing: questions in the text, titles of figures, references."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support_texts import indexed

from assistant.answering.asked_headings import points_elsewhere
from assistant.answering.fit_to_answer import _is_no_statement, is_reference
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed
from assistant.text.sentences import sentences

LOWER = (
    "the yard keeps its books in lower case. all hoists of u.s. make, e.g. the long one, are "
    "rated at 3.5 tonnes. what is the crane rated at? acme inc. sold it in may."
)
NOTES = """# notes of the yard

what is the rated load of the harbour crane? that was asked three times this year.

the harbour crane was painted grey in 1998. its rated load is 42 tonnes since the winch was renewed.

Figure 3 Rated load of the harbour crane by year and season

Holm A Vos PK Lie M Rated loads of old harbour cranes: a survey J Cranes 1993 268 3180 3183
"""


def test_a_writer_without_capitals_still_ends_sentences() -> None:
    found = [LOWER[each.start : each.end] for each in sentences(LOWER)]
    assert found == [
        "the yard keeps its books in lower case.",
        "all hoists of u.s. make, e.g. the long one, are rated at 3.5 tonnes.",
        "what is the crane rated at?",
        "acme inc. sold it in may.",
    ]


def test_beside_capitals_a_small_letter_begins_no_sentence() -> None:
    text = "The yard of Holm keeps books etc. in lower case, as Mr. van Dijk said. It is small."
    assert len(sentences(text)) == 2


def test_questions_and_titles_of_figures_are_no_answers(tmp_path: Path) -> None:
    with indexed(tmp_path, {"notes.md": NOTES}) as assistant:
        answer = assistant.ask("What is the rated load of the harbour crane?")
        assert "42 tonnes" in answer.text
        assert "?" not in answer.text
        assert "Figure 3" not in answer.text


@pytest.mark.parametrize(
    ("question", "text", "is_none"),
    [
        ("What is the load?", "What is the rated load of the crane?", True),
        ("Which question did Holm ask?", "What is the rated load of the crane?", False),
        ("What is the load?", "Figure 3 Rated load of the crane by year", True),
        ("What does figure 3 show?", "Figure 3 Rated load of the crane by year", False),
        ("What is the load?", "Table 2 gives 42 tonnes as the rated load of the crane.", False),
    ],
)
def test_what_is_asked_for_may_be_a_question_or_a_title(
    question: str, text: str, is_none: bool
) -> None:
    asked = analyse(analysed(question), (), lambda term: 1.0)
    sentence: Any = SimpleNamespace(text=text, row=None)
    assert _is_no_statement(asked, sentence) is is_none


@pytest.mark.parametrize(
    "text",
    [
        "Holm A Vos PK Lie M Rated loads of old harbour cranes: a survey J Cranes 1993 268 3180",
        "Wei, Z., Lieber, M. R. Functional analysis of old cranes and winches. Cranes 1993; 268, 3",
        "Holm, A. and Vos, P. (1993). Rated loads.",
    ],
)
def test_entries_of_references(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "In 1993 Holm A. measured 268 loads of old harbour cranes in the yards of Bergen and Lom.",
        "Anna Holm and Piet Vos rated the loads of old cranes in 1993 at 268 tonnes each.",
    ],
)
def test_sentences_are_no_references(text: str) -> None:
    assert not is_reference(text)


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("The following table sets forth our sales by group.", True),
        ("Table 4 shows the loads of all cranes.", True),
        ("The loads are summarized in the schedule of the yard.", True),
        ("sales by group the following table presents sales for the years 2006 and 2005.", True),
        ("Sales rose to 40, as the following table shows.", False),
        ("As the following table shows, sales rose by 5 %.", False),
        ("Sales rose by 5 percent, as the yard says.", False),
        ("The list of cranes was lost in 1998.", False),
    ],
)
def test_what_only_announces_a_table(text: str, does: bool) -> None:
    question = analyse(analysed("What were the sales in 2006?"), (), lambda term: 1.0)
    assert points_elsewhere(question, text) is does


def test_a_mention_explains_nothing(tmp_path: Path) -> None:
    texts = {
        "yard.md": "# Yard\n\nThe yard sorts TQXR boats natively. A TQXR hull goes first.\n\n"
        "The KLM (keel lifting machine) stands outside.\n",
        "boats.md": "# Boats\n\nA skiff is a small boat with one oar. TQXR boats come from Lom.\n",
    }
    with indexed(tmp_path, texts) as assistant:
        assert assistant.ask("What does TQXR stand for?").abstained
        assert assistant.ask("What is TQXR used for?").certainty in ("unsure", "none")
        assert "keel lifting machine" in assistant.ask("What does KLM stand for?").text
        assert assistant.ask("What is a skiff?").certainty == "sure"
