"""Near-duplicates are folded, and no document crowds out the others."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.duplicates import cap_documents, fold_duplicates
from assistant.types import Passage

STORY = (
    "In the spring the committee met in a small town by the sea and decided, after two long days, "
    "to publish every review with the paper it belongs to, so that all could read them."
)


def passage(chunk: str, document: str, text: str, score: float) -> Passage:
    return Passage(chunk, document, document, text, 0, len(text), None, (), score)


def test_same_text_in_two_documents_becomes_one_passage_that_names_both() -> None:
    found = fold_duplicates(
        [
            passage("1", "a.md", STORY, 0.9),
            passage("2", "b.md", STORY.replace("small", "little"), 0.8),
            passage("3", "c.md", "Something else was written here by others.", 0.7),
            passage("4", "c.md", STORY.upper(), 0.6),
        ],
        0.6,
        10,
    )
    assert [p.chunk_id for p in found] == ["1", "3"]
    assert found[0].duplicates == ("b.md", "c.md")
    assert found[0].text == STORY


def test_like_texts_that_differ_stay_apart() -> None:
    one = passage("1", "a.md", STORY, 0.9)
    two = passage("2", "b.md", " ".join(reversed(STORY.split())), 0.8)
    assert len(fold_duplicates([one, two], 0.8, 10)) == 2


def test_short_texts_are_duplicates_only_when_equal() -> None:
    texts = ["Yes.", "yes", "No.", "Yes, no."]
    found = fold_duplicates([passage(t, t, t, 0.5) for t in texts], 0.8, 10)
    assert [p.text for p in found] == ["Yes.", "No.", "Yes, no."]


def test_folding_stops_at_the_limit() -> None:
    many = [passage(str(n), "a", f"text number {n} " * 4, 1 - n / 100) for n in range(20)]
    assert [p.chunk_id for p in fold_duplicates(many, 0.8, 3)] == ["0", "1", "2"]


@pytest.mark.parametrize(("limit", "share", "most"), [(8, 0.75, 6), (4, 0.5, 2), (3, 0.1, 1)])
def test_no_document_fills_more_than_its_share(limit: int, share: float, most: int) -> None:
    crowd = [passage(f"a{n}", "a", f"{n}", 0.9 - n / 100) for n in range(10)]
    others = [passage(f"b{n}", f"b{n}", f"{n}", 0.5 - n / 100) for n in range(10)]
    chosen = cap_documents([*crowd, *others], limit, share)
    assert len(chosen) == limit
    assert Counter(p.document for p in chosen)["a"] == most


def test_places_nobody_else_wants_go_back() -> None:
    crowd = [passage(f"a{n}", "a", f"{n}", 0.9 - n / 100) for n in range(10)]
    assert [p.chunk_id for p in cap_documents(crowd, 4, 0.5)] == ["a0", "a1", "a2", "a3"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1)), max_size=20),
    st.integers(1, 8),
    st.floats(0.05, 1),
)
def test_cap_keeps_as_many_as_there_are_in_order(
    drawn: list[tuple[str, float]], limit: int, share: float
) -> None:
    ranked = sorted(
        (passage(str(n), document, "", score) for n, (document, score) in enumerate(drawn)),
        key=lambda p: -p.score,
    )
    chosen = cap_documents(ranked, limit, share)
    assert len(chosen) == min(limit, len(ranked))
    assert len({p.chunk_id for p in chosen}) == len(chosen)
    assert [p.score for p in chosen] == sorted((p.score for p in chosen), reverse=True)
