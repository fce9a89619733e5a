"""Markers of a model's text: every shape, any cut of the stream, nothing dangling."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citing.stream import CitationStream, ParsedAnswer, parse

FRAGMENTS = st.sampled_from(
    "The sky is blue|. |, |\n|\n\n- | |[1]|[2]|[3]|[9]|[0]|[1, 2]|[1][2]|[1-3]|【2】|[Source 1]|"
    "[[3]]|[^2]|[2†source]|［1］|[12]|(see [1])|[a](http://x.example)|![](http://x.example/y)|[|]|"
    "`[1]`|```\n[1]\n```\n|\\[1\\]|[1]: http://x.example\n|<http://x.example>|et al. |3.5 |"
    "[citation needed]|arr[1]|[2024]".split("|")
)
TEXTS = st.lists(FRAGMENTS, max_size=30).map("".join)


def in_pieces(text: str, cuts: list[int], passages: int) -> tuple[str, ParsedAnswer]:
    stream = CitationStream(passages)
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    sent = [stream.feed(text[a:b]) for a, b in pairwise(places)]
    sent.append(stream.finish())
    return "".join(sent), stream.parsed()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It rained [1].", "It rained [1]."),
        ("It rained [3]. It froze [1].", "It rained [1]. It froze [2]."),
        ("It rained【2】.", "It rained [1]."),
        ("It rained [Source 2].", "It rained [1]."),
        ("It rained [[2]].", "It rained [1]."),
        ("It rained [^2].", "It rained [1]."),
        ("It rained [2†source].", "It rained [1]."),
        ("It rained ［2］.", "It rained [1]."),
        ("It rained [1, 3].", "It rained [1][2]."),
        ("It rained [1-3].", "It rained [1][2][3]."),
        ("It rained [9].", "It rained."),
        ("It rained [0].", "It rained."),
        ("It rained ([9]).", "It rained."),
        ("See [here](http://evil.example/x) [1].", "See here [1]."),
    ],
)
def test_every_shape_becomes_ours(text: str, shown: str) -> None:
    found = parse(text, passages=3)
    assert _tight(found.text) == _tight(shown)


def _tight(text: str) -> str:
    return text.replace(" [", "[")


def test_a_marker_belongs_to_the_sentence_before_it() -> None:
    found = parse("It rained [1]. It froze. [2] It thawed [1][3].", passages=3)
    assert [s.passages for s in found.sentences] == [(1,), (2,), (1, 3)]


def test_images_and_links_leave_nothing_to_load() -> None:
    found = parse("A ![x](http://evil.example/?q=1) b <http://evil.example> [1].", passages=1)
    assert found.text == "A b http://evil.example [1]."  # an address is plain text, never a link
    assert found.removed == 2


@given(TEXTS, st.lists(st.integers(0, 10_000), max_size=20))
def test_any_cut_of_the_stream_gives_what_the_whole_text_gives(text: str, cuts: list[int]) -> None:
    whole = parse(text, passages=3)
    sent, parsed = in_pieces(text, cuts, passages=3)
    assert sent == whole.text
    assert parsed == whole


@given(TEXTS)
def test_markers_are_1_to_n_in_order_and_name_passages_that_exist(text: str) -> None:
    found = parse(text, passages=3)
    assert all(1 <= passage <= 3 for passage in found.order)
    assert len(set(found.order)) == len(found.order)
    first: list[int] = []
    for marker in found.markers:
        assert found.text[marker.start : marker.end].strip() == f"[{marker.number}]"
        if marker.number not in first:
            first.append(marker.number)
    assert first == list(range(1, len(found.order) + 1))


@given(st.text(alphabet="[]【】^0123456789,-! ()<`\\ab\n", max_size=120))
def test_stray_brackets_break_nothing(text: str) -> None:
    whole = parse(text, passages=5)
    sent, parsed = in_pieces(text, list(range(len(text))), passages=5)
    assert (sent, parsed) == (whole.text, whole)


def test_time_grows_with_the_text_and_no_faster() -> None:
    def seconds(repeats: int) -> float:
        text = "[" * repeats + "Words [1] and [more " * repeats
        best = float("inf")
        for _ in range(3):
            started = time.process_time()
            parse(text, passages=3)
            best = min(best, time.process_time() - started)
        return best

    assert seconds(4000) < 16 * max(seconds(1000), 0.005)
