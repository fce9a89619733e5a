"""Sentence borders: exact spans on any text, and few wrong borders on labelled samples."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.text.sentences import sentences, units

PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                ". ", "! ", "? ", "… ", "。", "！", "？」", "। ", "॥ ", "؟ ", "\n", "\r\n", "\n\n",
                "\t", " ", "\x0b", "\x0c", "\u2028", "\u0085", "- ", "* ", "1. ", "(a) ", "# ",
                "## ", "| ", " | ", "|---|", "```\n", "~~~", "***\n", "> ", "“", "”", "»", ")",
                "[1]", "[^2]", "e.g. ", "Dr. ", "U.S. ", "3.14", "\"", "😀", "👩‍👩‍👧", "\u200b",
                "机器学习", "句子。", "हिन्दी", "वाक्य।", "ภาษาไทย", "مرحبا", "Ä", "ß", "ﬁ", "A",
            ]
        ),
        st.text(max_size=12),
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(PIECES)
@example("```\n\n")
def test_spans_are_exact_in_order_and_never_overlap(text: str) -> None:
    at = 0
    for span in sentences(text):
        assert at <= span.start < span.end <= len(text)
        piece = text[span.start : span.end]
        assert piece == piece.strip()
        at = span.end


@given(PIECES)
def test_every_letter_is_in_some_sentence(text: str) -> None:
    covered = set()
    for span in sentences(text):
        covered.update(range(span.start, span.end))
    lost = [
        (at, character)
        for at, character in enumerate(text)
        if character.isalpha() and at not in covered
    ]
    # The letter of a list mark such as "(a)" belongs to no sentence.
    assert all(text[at + 1 : at + 2] in (".", ")") for at, _ in lost), lost


@given(PIECES)
def test_sentences_are_stable_when_cut_again(text: str) -> None:
    """A sentence on its own has no border inside that it did not have in the text."""
    for span in sentences(text):
        if span.kind == "prose" and "\n" not in text[span.start : span.end]:
            piece = text[span.start : span.end]
            assert len([s for s in sentences(piece) if s.kind == "prose"]) <= 1


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


def kinds(text: str) -> list[str]:
    return [span.kind for span in sentences(text)]


# Our own sentences, one list item each; joined by a space (or nothing) they must be found again.
ENGLISH = [
    "The committee met on Jan. 5 and again on Feb. 12.",
    "Dr. A. K. Rao and Prof. Lindqvist wrote the report, e.g. its third chapter.",
    "It cost $4.50 in 1998; today it costs 3.2 times as much!",
    "Who would pay that?",
    "\"Nobody would,\" she said.",
    "\"Stop here.\"",
    "Then the train left at 5 p.m. from platform no. 7.",
    "See Fig. 3 and Sec. 2.1 of Vol. 4 for the details (cf. the appendix).",
    "The U.S. team and the U.K. team shared the prize.",
    "The firm Bolt & Sons Ltd. was sold.",
    "J. S. Bach wrote more than 1,000 works.",
    "Kumar et al. (2019) measured 0.75 vs. 0.71.",
    "The method works [3].",
    "It fails on long texts.[4]",
    "Version 2.0.1 fixed that…",
    "Really?!",
    "Yes.",
    "The answer, they say, is no.",
    "Then came the St. Louis congress, i.e. the big one.",
    "It lasted 10 min.",
    "The files are called notes.txt and a.out.",
    "He lives at 12 Park Ave. in the centre.",
    "(This stands in brackets.)",
    "Approx. 40 people came.",
    "She earned a Ph.D. in physics.",
    "He then joined Acme Inc.",
    "The move surprised many.",
    "“Why?” asked the editor.",
    "**Bold statements end too.**",
    "Vitamins B and C were tested.",
]  # fmt: skip
GERMAN = [
    "Am 3. Oktober 1990 war es so weit.",
    "Die Feier begann z. B. in Köln um 8 Uhr.",
    "Dr. Weiß kam mit Prof. Grün, d. h. zu zweit.",
    "Das 19. Jahrhundert begann ruhig.",
    "Es kostete ca. 3,50 Euro bzw. 4 Franken.",
    "„Komm bald wieder!“, rief sie.",
    "Warum?",
    "Niemand weiß es.",
    "Vgl. dazu Bd. 2 und Abb. 7.",
    "Die Straße Nr. 5 war gesperrt.",
    "Am Ende blieb nur das Übliche.",
]
CHINESE = [
    "这是第一句话。", "第二句有逗号，还有顿号、分号；但没有结束！", "他问：“你去哪里？”",
    "今年增长了3.5%。", "（括号里的话。）", "真的吗？！", "最后一句。",
]  # fmt: skip
HINDI = [
    "यह पहला वाक्य है।", "दूसरा वाक्य थोड़ा लंबा है, और इसमें अल्पविराम है।", "क्या यह प्रश्न है?",
    "हाँ!", "डॉ. शर्मा 2019 में आए।", "अंतिम वाक्य यहाँ है॥",
]  # fmt: skip


def wrong_borders(expected: list[str], joint: str) -> int:
    """How many borders were missed or made up."""
    text = joint.join(expected)
    wanted, at = set(), 0
    for each in expected:
        at += len(each)
        wanted.add(at)
        at += len(joint)
    found = {span.end for span in sentences(text)}
    return len(wanted ^ found)


@pytest.mark.parametrize(
    ("sample", "joint", "allowed"),
    [
        pytest.param(ENGLISH, " ", 1, id="english"),
        pytest.param(GERMAN, " ", 1, id="german"),
        pytest.param(CHINESE, "", 0, id="chinese"),
        pytest.param(HINDI, " ", 0, id="hindi"),
    ],
)
def test_few_wrong_borders_on_labelled_samples(sample: list[str], joint: str, allowed: int) -> None:
    wrong = wrong_borders(sample, joint)
    assert wrong <= allowed, f"{wrong} wrong of {len(sample)} borders: {cut(joint.join(sample))}"


def test_thai_paragraph_stays_whole() -> None:
    text = "ภาษาไทยไม่มีเครื่องหมายจบประโยค เราจึงอ้างอิงทั้งย่อหน้า\n\nย่อหน้าที่สอง"
    assert len(cut(text)) == 2


def test_list_items_are_units_without_their_marks() -> None:
    text = "There are three:\n\n- apples\n* pears. Ripe ones.\n2. plums\n(c) figs\n"
    assert cut(text) == ["There are three:", "apples", "pears.", "Ripe ones.", "plums", "figs"]
    assert kinds(text)[1:] == ["item"] * 5


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Quotes:\n   Pargeter 4,850\n   J. Dunmore 5,400\n", ["prose", "label", "label"]),
        ("Rooms:\nA. Hall\nB. Loft\n", ["prose", "item", "item"]),
        ("C. Third room\nD. Fourth room\n", ["item", "item"]),
        ("I. Begin\nV. End\n", ["item", "item"]),
        ("Say:\nJ) Dunmore\n", ["prose", "item"]),
    ],
)
def test_initials_of_names_open_no_item(text: str, kinds: list[str]) -> None:
    assert [each.kind for each in sentences(text)][-2:] == kinds[-2:]


def test_wrapped_list_item_is_one_sentence() -> None:
    text = "- the shape of a function, meaning its use\n  of resources over time;\n- the next one\n"
    assert len(cut(text)) == 2


def test_headings_tables_rules_and_code_are_kept_apart() -> None:
    text = (
        "# A title. With a full stop\n\nProse here. More.\n\n| name | year |\n|---|---|\n"
        "| Ann. | 2001 |\n\n---\n\n```\nx = 1. Not a sentence. y\n\nz\n```\n"
    )
    found = list(zip(kinds(text), cut(text), strict=True))
    assert found[0] == ("heading", "A title. With a full stop")
    assert [kind for kind, _ in found[1:]] == ["prose", "prose", "table", "table", "code"]
    assert found[4] == ("table", "| Ann. | 2001 |")
    assert "Not a sentence" in found[5][1]


def test_hard_wrapped_lines_make_one_sentence() -> None:
    text = (
        "The first line of this paragraph was broken by an editor at about\n"
        "Seventy characters, and a name stood first on the next line. After\n"
        "that came the end.\n"
    )
    found = [" ".join(each.split()) for each in cut(text)]
    assert len(found) == 2
    assert found[0].endswith("about Seventy characters, and a name stood first on the next line.")
    assert found[1] == "After that came the end."


def test_crlf_and_lf_give_the_same_sentences() -> None:
    text = "One line that is broken after a comma,\nand goes on. Two.\n\n- three\n- four\n"
    unix, windows = cut(text), cut(text.replace("\n", "\r\n"))
    assert [" ".join(each.split()) for each in windows] == [" ".join(u.split()) for u in unix]


def test_short_lines_without_an_end_are_labels() -> None:
    text = "Figure 2\n\nBy A. Writer\n\nThis is a sentence that ends.\n"
    assert kinds(text) == ["label", "label", "prose"]


def test_units_of_a_long_text_take_linear_time() -> None:
    text = "word " * 40_000 + "(" * 5_000 + "." * 20_000 + "|-" * 20_000
    began = time.perf_counter()
    list(units(text))
    sentences(text)
    assert time.perf_counter() - began < 3.0
