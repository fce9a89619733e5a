"""Ligatures and marks of TeX's fonts whose letters have no names."""

from __future__ import annotations

import pytest

from assistant.reading.ligatures import with_ligatures
from assistant.reading.pdf import read_pdf


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("a di\x1berence of speci\x1ced \x1dows", "a difference of specified flows"),
        ("the \x1crst e\x1ecient sti\x1fe\r\n", "the first efficient stiffle\r\n"),
        ("a \x1ct that cuts o\x1b here, and stu\x1b.", "a fit that cuts off here, and stuff."),
        (
            "di\x0berence, de\x0cned, in\rated, e\x0ecient",
            "difference, defined, inflated, efficient",
        ),
        ("Hello (\x1cnal)\r\nand\r\nlast", "Hello (final)\r\nand\r\nlast"),
        ("\x10Phylogenetic e\x1bects\x11. Pages 3\x157", "“Phylogenetic effects”. Pages 3–7"),
        (
            "B¨onsch, Fr¨ohlich, Gonz´alez, M´eheu, Rodr´ıguez",
            "Bönsch, Fröhlich, González, Méheu, Rodríguez",
        ),
        ("Universit¨at, Simon´e, fenˆetre", "Universität, Simoné, fenêtre"),
    ],
)
def test_ligatures_of_both_encodings_are_told(raw: str, told: str) -> None:
    assert with_ligatures(raw) == told


@pytest.mark.parametrize(
    "raw",
    [
        "lines\r\nend\r\nhere",
        "where \x1b = 3 and x\x1c < 2, K \x1c |C|",
        "max\r\n\x0c\r\n\x0c\r\nas",
        "page\x0cnext",
        "cell\x1fcell",
        "Hawai´i, Xi´an, Qur´an, Baha´i, L´Oreal, jusqu´a, gibt´es, code`index`, KˆA",
        "it´s l´arbre qu´elle n´a, don`t, we`re, I´m",
        "the `alpha' and ˆf(x), xˆi = w˜i + uˆ2, ´1",
        "words without any, said \x10 aloud \x11",
    ],
)
def test_formulas_and_line_ends_stay(raw: str) -> None:
    assert with_ligatures(raw) == raw


def page_that_draws(text: bytes) -> bytes:
    """A PDF with one line in a font whose encoding names none of the ligatures' numbers."""
    drawn = b"BT /F 12 Tf 40 300 Td (%s) Tj ET" % text
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>>>>>"
        ),
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def test_a_page_is_read_with_its_ligatures() -> None:
    drawn = rb"The di\033erence of speci\034ed e\013ects is \020small\021 here."
    document = read_pdf(page_that_draws(drawn), "paper.pdf")
    assert document.text == "The difference of specified effects is “small” here."
