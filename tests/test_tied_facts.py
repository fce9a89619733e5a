"""The facts of one claim stand in one sentence, entry or row, not anywhere in the passage."""

from __future__ import annotations

import pytest

from assistant.checking.tied import entries_of
from assistant.checking.verifier import Verifier
from assistant.embedding.static import StaticEmbedder

GUIDE = """### Looms and dyes

- MIRA, a loom that tunes itself, is by Karin Ozol, Sanna Volk and Bram Ketola.
- DARN4, a method for mending wool by random walks, is by Chung Yarrow and Mingus Hall. It raised \
output by a factor of up to 3.7.

## Weaving at work

ThreadBank gives a loom a memory of fixed size. It kept working after a million stitches. Its \
twelve authors include Yule Wander and Julian Moss.

"Forked warps for large batches" speeds up weaving. Ben Atwater is the first of its thirteen \
authors. "Honest scores for cloth", by Gian Dett, gives each bolt a score.
"""
TABLE = """The table lists the parishes.

| Parish | Souls | Sheep | Known for |
|---|---|---|---|
| Cora | 2,708 | 5,429 | slate and slow trains |
| Selm | 3,327 | 4,732 | lectures on whaling |
| Wool pressing | 2 | 61 | blankets |
"""
LISTED = """Session on wool

Slow looms for fast weavers
Karin Ozol, Sanna Volk

A memory for threads
Yule Wander, Julian Moss
"""
RECORDS = "Name: Ida Moe\nPhone: 5512\n\nName: Kai Lund\nPhone: 7741\n"
LETTER = "From: Ida Moe\nDate: 3 May 2014\n\nThe gate of Holm was painted green.\n"


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(StaticEmbedder().embed)


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("DARN4 is by Yule Wander and Julian Moss.", GUIDE),
        ("The authors of ThreadBank are Mingus Hall and Chung Yarrow.", GUIDE),
        ("MIRA raised output by a factor of up to 3.7.", GUIDE),
        ("\"Honest scores for cloth\" is by Ben Atwater.", GUIDE),
        ("Cora has 4,732 sheep.", TABLE),
        ("Selm is known for slate.", TABLE),
        ("Wool pressing has 2,708 souls.", TABLE),
        ("\"A memory for threads\" is by Karin Ozol and Sanna Volk.", LISTED),
        ("Ida Moe has the phone number 7741.", RECORDS),
    ],
)  # fmt: skip
def test_facts_of_two_entries_are_not_one_claim(
    verifier: Verifier, claim: str, passage: str
) -> None:
    check = verifier.verify(claim, [passage])
    assert check.verdict in ("weak", "unsupported")
    assert any("of something other than" in problem for problem in check.problems)


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("DARN4 is by Chung Yarrow and Mingus Hall.", GUIDE),
        ("DARN4 raised output by a factor of up to 3.7.", GUIDE),
        ("The authors of ThreadBank include Yule Wander and Julian Moss.", GUIDE),
        ("The first author of \"Forked warps for large batches\" is Ben Atwater.", GUIDE),
        ("Cora has 2,708 souls and 5,429 sheep.", TABLE),
        ("Cora has 2,708 souls and Selm has 3,327 souls.", TABLE),
        ("\"A memory for threads\" is by Yule Wander and Julian Moss.", LISTED),
        ("Ida Moe has the phone number 5512.", RECORDS),
        ("The letter of 3 May 2014 says that the gate of Holm was painted green.", LETTER),
    ],
)  # fmt: skip
def test_facts_of_one_entry_are(verifier: Verifier, claim: str, passage: str) -> None:
    check = verifier.verify(claim, [passage])
    assert not [problem for problem in check.problems if "other than" in problem]


def test_two_cited_passages_may_hold_a_fact_each(verifier: Verifier) -> None:
    claim = "MIRA is by Karin Ozol, and Cora has 2,708 souls."
    assert verifier.verify(claim, [GUIDE, TABLE]).problems == ()


def test_a_row_knows_its_header_and_an_item_what_stands_above() -> None:
    rows = [entry for entry in entries_of(TABLE).all if entry.is_row]
    assert [row.text.split("|")[1].strip() for row in rows] == ["Cora", "Selm", "Wool pressing"]
    assert all("Souls" in row.above for row in rows)
    mira = next(entry for entry in entries_of(GUIDE).all if entry.text.startswith("MIRA"))
    assert "Looms and dyes" in mira.above
