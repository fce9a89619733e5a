"""Single rules of lists, tables, hearsay and deeds, on the candidates of a real search."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering import candidates, extractive
from assistant.answering.candidates import Candidates
from assistant.answering.deeds import deed_bonus, deed_terms
from assistant.answering.led_lists import told_by_one_item
from assistant.answering.led_rows import table_of
from assistant.answering.statement_marks import below_flat_ones
from assistant.answering.untold import is_of_other_version
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import analysed

QUAY = """# Quays of Tandel

The quays of Tandel are swept in these months:

| 1. | Reed | March |
| 2. | Heron | May |
| 3. | Salt | October |

# Foxes of Tandel

The foxes of Tandel are said to be fierce and large. The foxes of Tandel are timid and small.
"""
GERMAN = "# Garten\n\nDie Linde im Garten von Tandel wurde 1871 von Ida Moor gepflanzt.\n"
quays = indexed_for_module({"quays.md": QUAY})
garden = indexed_for_module({"garten.md": GERMAN})


def found(assistant: Assistant, patch: pytest.MonkeyPatch, question: str) -> Candidates:
    seen: list[Candidates] = []
    real = candidates.rank_candidates

    def noting(*arguments: Any, **named: Any) -> Candidates:
        seen.append(real(*arguments, **named))
        return seen[-1]

    patch.setattr(extractive, "rank_candidates", noting)
    assistant.ask(question)
    return seen[-1]


def asked(text: str) -> Question:
    return analyse(analysed(text, ("en",)), (), lambda term: 1.0)


def test_a_row_brings_its_whole_table_where_several_are_asked_for(
    quays: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked = found(quays, monkeypatch, "Which three quays of Tandel are swept?").ranked
    row = next(pick for pick in ranked if pick.row is not None and "Heron" in pick.text)

    def read(document: str, start: int, end: int) -> str:
        return QUAY[max(0, start) : end]

    told = table_of(asked("Which three quays of Tandel are swept?"), row, read)
    assert told[0].text == "The quays of Tandel are swept in these months:"
    assert [any(name in pick.text for name in ("Reed", "Heron", "Salt")) for pick in told[1:]] == [
        True
    ] * 3
    assert (
        table_of(asked("Which quays of Tandel are swept in the month of Heron?"), row, read) == []
    )
    assert table_of(asked("When was the quay of Tandel swept?"), row, read) == []


def test_one_item_tells_what_the_others_and_the_lead_do_not() -> None:
    question = asked("Which key lowers the load?")
    lead, items = "These keys change the load:", ["P to raise it by ten", "F to fetch it"]
    assert told_by_one_item(question, lead, "Q to lower it by ten", items)
    assert not told_by_one_item(question, lead, "Q to lower it by ten", ["L to lower it slowly"])
    assert not told_by_one_item(question, "These keys change the load.", "Q to lower it", items)
    assert not told_by_one_item(
        asked("Which keys lower the load?"), lead, "Q to lower it by ten", items
    )


def test_hearsay_stands_below_the_flat_statement(
    quays: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = asked("How large are the foxes of Tandel?")
    ranked = found(quays, monkeypatch, question.text).ranked
    said = next(pick for pick in ranked if "said to be" in pick.text)
    flat = next(pick for pick in ranked if "timid" in pick.text)
    flat = replace(flat, score=said.score - 0.3, lift=0.0, features=said.features)
    assert below_flat_ones(question, [said, flat]) == {
        0: pytest.approx(flat.order - 0.01 - said.lift, abs=0.1)
    }
    assert below_flat_ones(question, [said, flat])[0] + said.lift < flat.order
    assert below_flat_ones(question, [flat, said]) == {}
    assert below_flat_ones(question, [said]) == {}


def test_the_sentence_that_tells_the_deed_gains(
    garden: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = found(garden, monkeypatch, "Wer pflanzte die Linde im Garten von Tandel?")
    question, best = seen.question, seen.ranked[0]
    wanted = deed_terms(question)
    assert wanted
    planted: Any = SimpleNamespace(terms=wanted | {"lind"})
    other: Any = SimpleNamespace(terms=frozenset({"brunn"}))
    assert deed_bonus(question, wanted, planted, best.features) > 0.0
    assert deed_bonus(question, wanted, other, best.features) == 0.0


@pytest.mark.parametrize(
    ("text", "is_other"),
    [
        ("Version 2.0 came out in May.", True),
        ("Version 1.0 came out in May, 2.0 in June.", False),
        ("It came out in May.", False),
        ("It weighs 2.0 kg and came out in May.", True),  # a number alone may be a version's
    ],
)
def test_another_version_tells_nothing(
    quays: Assistant, monkeypatch: pytest.MonkeyPatch, text: str, *, is_other: bool
) -> None:
    best = found(quays, monkeypatch, "How large are the foxes of Tandel?").ranked[0]
    told = replace(best, text=text)
    assert is_of_other_version("When did Tandel 1.0 come out?", told) is is_other
    assert not is_of_other_version("When did Tandel come out?", told)
