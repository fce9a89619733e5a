"""Chunks: exact spans, limited size, page and headings, and nothing lost."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.chunking import (
    characters_a_token,
    chunking_fingerprint,
    cut,
    indexed_text,
    page_at,
    section_at,
)
from assistant.model.tokens import count_tokens
from assistant.reading import read_document
from assistant.types import Page, ParsedDocument

TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "the same words again. ",
                "\n\n",
                "\r\n",
                "# Title\n",
                "- item\n",
                "```\n",
                " ",
                "| a |\n",
                "机器学习的方法。",
                "हिन्दी वाक्य। ",
                "ภาษาไทย",
                "مرحبا بالعالم ",
                "😀👩‍👩‍👧",
                "é\u0301",
            ]
        ),
        st.text(max_size=30),
    ),
    max_size=60,
).map("".join)  # fmt: skip


def parsed(text: str, **parts: object) -> ParsedDocument:
    return ParsedDocument(text=text, title="t", kind="text", **parts)  # type: ignore[arg-type]


@settings(max_examples=60)
@given(TEXTS, st.booleans(), st.sampled_from([(16, 0), (40, 0), (40, 12)]))
def test_spans_are_exact_sizes_hold_and_only_white_space_is_lost(
    text: str, is_markdown: bool, size: tuple[int, int]
) -> None:
    tokens, overlap = size
    chunks = cut(parsed(text, is_markdown=is_markdown), tokens=tokens, overlap=overlap)
    covered = bytearray(len(text))
    for chunk in chunks:
        assert text[chunk.start : chunk.end] == chunk.text
        assert chunk.text.strip()
        limit = max(1, round(tokens * characters_a_token(text)))
        rows = 8 * limit if "|" in chunk.text else 0  # a header's and a row's lines stay whole
        assert len(chunk.text) <= 1.25 * limit + 2 + rows  # what joined it, and white space
        covered[chunk.start : chunk.end] = b"\x01" * (chunk.end - chunk.start)
    assert all(covered[at] or text[at].isspace() for at in range(len(text)))
    assert [chunk.start for chunk in chunks] == sorted(chunk.start for chunk in chunks)


@pytest.mark.parametrize(
    "sentence",
    ["The same words come again. ", "机器学习的方法很多。", "हिन्दी का एक वाक्य। ",
     "ภาษาไทยไม่มีช่องว่าง", "جملة عربية قصيرة. ",
     "Ein Satz über schöne Straßen. ", "日本語の文です。", "😀👩‍👩‍👧 "],
)  # fmt: skip
def test_repeated_text_of_every_language_has_distinct_exact_spans(sentence: str) -> None:
    text = sentence * 120
    chunks = cut(parsed(text), tokens=64)
    assert len(chunks) > 3
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    assert all(a.end <= b.start for a, b in pairwise(chunks))


@pytest.mark.parametrize(
    "text",
    [
        "A sentence of plain English prose, as long as most of them are in a newspaper.",
        "Ein Satz über schöne Straßen und über die Häuser, die an ihnen stehen.",
        "Машинное обучение изучает методы построения алгоритмов, способных обучаться.",
        "机器学习是人工智能的一个分支。它研究计算机怎样模拟或实现人类的学习行为。",
        "機械学習とは、経験からの学習により自動で改善するアルゴリズムの研究である。",
        "기계 학습은 경험을 통해 자동으로 개선하는 컴퓨터 알고리즘의 연구이다.",
        "การเรียนรู้ของเครื่องเป็นสาขาหนึ่งของปัญญาประดิษฐ์",
        "यन्त्र अधिगम कृत्रिम बुद्धि का एक भाग है जो अनुभव से बेहतर होता है।",
        "التعلم الآلي هو فرع من فروع الذكاء الاصطناعي",
    ],
)
def test_tokens_are_estimated_within_a_third_in_every_language(text: str) -> None:
    estimated = len(text) / characters_a_token(text)
    assert 0.67 <= estimated / count_tokens(text) <= 1.5


def test_overlap_repeats_the_end_of_the_chunk_before() -> None:
    text = " ".join(f"Sentence number {n} says little." for n in range(60))
    plain = cut(parsed(text), tokens=40)
    overlapping = cut(parsed(text), tokens=40, overlap=15)
    assert all(a.end <= b.start for a, b in pairwise(plain))
    shared = [a.end - b.start for a, b in pairwise(overlapping)]
    assert sum(1 for each in shared if each > 0) >= 0.8 * len(shared)
    assert len(overlapping) > len(plain)


def test_page_of_a_chunk_is_where_it_begins() -> None:
    first, second = "First page. " * 30, "Second page. " * 30
    pages = (Page(4, 0, len(first)), Page(5, len(first), len(first) + len(second)))
    chunks = cut(parsed(first + second, pages=pages), tokens=32)
    for chunk in chunks:
        assert chunk.page == (4 if chunk.start < len(first) else 5)
    assert {chunk.page for chunk in chunks} == {4, 5}
    assert page_at(pages, len(first) - 1) == 4
    assert page_at(pages, len(first)) == 5
    assert page_at((), 3) is None


def test_heading_path_follows_the_levels() -> None:
    lines = [
        "Before any heading.", "# One", "Text of one.", "## Deep", "Text of deep.", "### Deeper",
        "Text of deeper.", "## Second", "Text of second.", "# Two", "Text of two.",
    ]  # fmt: skip
    more = " It has words enough to fill a chunk."
    text = "\n\n".join(line if line.startswith("#") else line + more for line in lines)
    document = read_document(text.encode(), "a.md")
    paths = {}
    for chunk in cut(document, tokens=20):
        for words in ("any heading", "of one", "of deep.", "of deeper", "of second", "of two"):
            if words in chunk.text:
                paths[words] = chunk.heading_path
    assert paths == {
        "any heading": (),
        "of one": ("One",),
        "of deep.": ("One", "Deep"),
        "of deeper": ("One", "Deep", "Deeper"),
        "of second": ("One", "Second"),
        "of two": ("Two",),
    }
    assert section_at(document.headings, text.index("of deeper")) == "Deeper"
    assert section_at(document.headings, 0) == ""


def test_heading_that_opens_a_chunk_counts_as_above_it() -> None:
    document = read_document(b"# One\n\nText.", "a.md")
    assert cut(document, tokens=64)[0].heading_path == ("One",)


def test_no_heading_stands_alone() -> None:
    """A heading before a list as long as a chunk was a chunk of its own, and found first."""
    items = "\n".join(
        f"{n}. Write down what was seen at step {n} of the way." for n in range(1, 23)
    )
    document = read_document(
        f"# Way\n\n{'Short. ' * 30}\n\n## How to go\n\n{items}\n".encode(), "a.md"
    )
    chunks = cut(document, tokens=256)
    assert len(chunks) > 1
    assert all(chunk.text.strip() != "## How to go" for chunk in chunks)
    assert "".join(c.text for c in chunks).count("How to go") == 1
    assert [c.text for c in cut(read_document(b"# Only a heading", "a.md"), tokens=64)] == [
        "# Only a heading"
    ]


def test_white_space_alone_gives_no_chunk() -> None:
    assert cut(parsed(" \n\t\r\n  "), tokens=16) == []
    assert cut(parsed(""), tokens=16) == []


def test_indexed_text_names_title_and_headings_once() -> None:
    assert indexed_text("T", ("A", "B"), "words") == "T › A › B\nwords"
    assert indexed_text("A", ("A",), "words") == "A\nwords"
    assert indexed_text("", (), "words") == "words"


def test_fingerprint_names_size_overlap_and_splitter() -> None:
    seen = {
        chunking_fingerprint(256, 0),
        chunking_fingerprint(128, 0),
        chunking_fingerprint(256, 8),
    }
    assert len(seen) == 3
    assert "sts-" in chunking_fingerprint(256, 0)


def test_sample_documents_are_cut_whole(repository: Path) -> None:
    for path in sorted((repository / "documents").iterdir()):
        document = read_document(path.read_bytes(), path.name)
        chunks = cut(document, tokens=256)
        assert all(document.text[c.start : c.end] == c.text for c in chunks)
        sizes = [count_tokens(c.text) for c in chunks]
        assert max(sizes) <= 1.5 * 256, (path.name, max(sizes))
        assert all(c.page is not None for c in chunks) is (document.kind == "pdf")
        headed = [c for c in chunks if c.heading_path]
        assert len(headed) >= len(chunks) - 1 or document.kind == "text"


def test_counting_tokens_needs_no_network_and_minds_no_special_tokens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert count_tokens("") == 0
    assert count_tokens("one two three") == 3
    assert count_tokens("<|endoftext|>") > 1
    assert not list(tmp_path.iterdir())


def test_no_border_cuts_a_sentence_of_a_wrapped_paragraph() -> None:
    """The splitter takes the end of any line for a better place than the end of a sentence."""
    sentence = "The keepers of the tower count the ships that pass in the morning and write them\n"
    sentence += (
        "down in the long book, unless the fog is so thick that no ship can be seen from it."
    )
    text = "\n".join([sentence] * 12)
    chunks = cut(parsed(text), tokens=100)
    assert len(chunks) > 3
    for chunk in chunks:
        assert chunk.text.strip().startswith("The keepers")
        assert chunk.text.strip().endswith("from it.")
    assert "".join(chunk.text.strip() for chunk in chunks).replace("\n", "") == text.replace(
        "\n", ""
    )


def test_a_line_that_ends_in_an_article_goes_on_with_a_capital() -> None:
    from assistant.text.sentences import sentences

    text = (
        "Any Bill that is not given back by the Keeper within ten Days shall be a Law, unless it\n"
        "be so, as the Charter has it, that the Houses by their\n"
        "Adjournment prevent its Return, in which Case it shall not be a Law."
    )
    assert len(sentences(text)) == 1
