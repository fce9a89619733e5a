""" "It raised …" is told under the name that "It" stands for, where that is plain."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support_texts import indexed

from assistant.answering.antecedents import leans, named_before
from assistant.answering.choice import choose
from assistant.answering.picks import Pick, Read
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed
from assistant.types import Passage

TEXT = """# Three projects of the yard

FERRO-2 is a winch by Anna Holm, Piet Vos and eleven colleagues of theirs at the yard in Bergen. It
lifts 340 kilograms with one hand.

Berit Solheim came to the yard in 2004. Before she moved to Bergen, she built boats in Lom for nine
years.

“Quiet hoists for narrow streets” appeared in 2019. Its authors are Mona Lie and Jan Berge.

The crane was sold by Torvald. It stands in Vik now.
"""


def named(question: str, text: str, *before: str) -> str:
    asked = analyse(analysed(question), (), lambda term: 1.0)
    places = [(sentence, 100 * at) for at, sentence in enumerate(before)]
    found = named_before(asked, text, places)
    if found is not None:
        sentence, start = next((s, p) for s, p in places if p <= found.start < p + 100)
        assert sentence[found.start - start : found.end - start] == found.text
    return found.text if found is not None else ""


@pytest.mark.parametrize(
    ("question", "text", "before", "name"),
    [
        ("How much does FERRO-2 lift?", "It lifts 340 kg.", ["FERRO-2 is a winch."], "FERRO-2"),
        ("How much does FERRO-2 lift?", "It lifts 340 kg.", ["The FERRO-2 is heavy."], "FERRO-2"),
        ("Where did Solheim work?", "Before 2004, she was in Lom.", ["Berit Solheim came late."],
         "Berit Solheim"),
        ("Where did Solheim work?", "She built boats.",
         ["Berit Solheim came late.", "She is a builder."], "Berit Solheim"),
        ("Who wrote “Quiet hoists”?", "Its authors are Mona Lie and Jan Berge.",
         ["“Quiet hoists” appeared in 2019."], "Quiet hoists"),
        # "It" is no person, "she" no thing
        ("Where does Torvald live?", "It stands in Vik.", ["Torvald sold the crane."], ""),
        ("What does FERRO-2 lift?", "She lifts it.", ["FERRO-2 is a winch."], ""),
        # the name does not open the sentence, or is another's
        ("What lifts FERRO-2?", "It lifts 340 kg.", ["Near FERRO-2 stands a crane."], ""),
        ("What lifts FERRO-2?", "It lifts 340 kg.", ["FERRO-2's owner came."], ""),
        ("What does the crane lift?", "It lifts 340 kg.", ["FERRO-2 is a winch."], ""),
        # several, and nothing that leans
        ("Where is FERRO-2?", "They stand in Vik.", ["FERRO-2 is a winch."], ""),
        ("Where is FERRO-2?", "The winch stands in Vik.", ["FERRO-2 is a winch."], ""),
    ],
)  # fmt: skip
def test_name_that_a_pronoun_stands_for(
    question: str, text: str, before: list[str], name: str
) -> None:
    assert named(question, text, *before) == name


def test_what_leans() -> None:
    assert leans("It lifts 340 kg.")
    assert leans("According to the list, it is second.")
    assert not leans("That the crane was sold is known.")


def test_answer_says_the_name_and_where_it_stands(tmp_path: Path) -> None:
    with indexed(tmp_path, {"projects.md": TEXT}) as assistant:
        answer = assistant.ask("How many kilograms does FERRO-2 lift with one hand?")
        assert answer.text == "FERRO-2: It lifts 340 kilograms with one hand. [1]"
        (sentence,) = answer.sentences
        about = sentence.about
        assert about is not None
        assert TEXT[about.start : about.end] == about.text == "FERRO-2"
        assert answer.to_dict()["sentences"][0]["about"]["text"] == "FERRO-2"
        told = assistant.ask("How many years did Solheim build boats in Lom?").text
        assert told.startswith("Berit Solheim: Before she moved")
        both = assistant.ask("Where does the crane stand that Torvald sold?")
        assert "The crane was sold by Torvald." in both.text
        assert all(each.about is None for each in both.sentences)


def test_what_a_reader_holds_for_much_worse_stays_away() -> None:
    question = analyse(analysed("Who painted the lighthouse of Vik?"), (), lambda term: 1.0)
    texts = ["Falk painted the lighthouse of Vik.", "Olsen designed the lighthouse of Vik."]

    def chosen(*spans: float) -> int:
        picks: list[Any] = [
            _pick(text, 100 * at, span)
            for at, (text, span) in enumerate(zip(texts, spans, strict=True))
        ]
        candidates: Any = SimpleNamespace(question=question, ranked=tuple(picks))
        return len(choose(candidates, 4, lambda document, start, end: "").picks)

    assert chosen(3.0, 1.0) == 2
    assert chosen(3.0, -5.0) == 1  # worse by more than 6
    assert chosen(-1.0, -9.0) == 1  # also where the best one is no answer to it: 39 were idle
    assert chosen(-1.0, -6.0) == 2


def _pick(text: str, start: int, span: float) -> Pick:
    passage = Passage(f"c{start}", f"{start}.md", "", text, 0, len(text), None, (), 1.0)
    features: Any = SimpleNamespace(kind=1.0, values=0.0)
    read = Read(0.0, span)
    return Pick(passage, text, start, start + len(text), 5.0, features, "prose", read=read)
