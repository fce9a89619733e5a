"""The recogniser itself, with the extra installed: words, rows, turned pages, and no network."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from assistant.errors import DocumentError
from assistant.reading.limits import ReadingLimits
from assistant.reading.pages_of_file import Recognition
from assistant.reading.pool import Parsers
from assistant.reading.recognition import LOW_SCORE, RecognitionLimits
from benchmarks.drawn_scans import PHOTO, SCAN, Drawn, as_file, as_pdf, columns, letter, table
from benchmarks.scans import compare, hashed, whole_rows, words_of
from benchmarks.scans import main as measure_scans

pytest.importorskip("rapidocr", reason="the extra ocr is not installed")


@pytest.fixture(scope="module")
def parsers() -> Parsers:
    with Parsers(recognition=Recognition(RecognitionLimits())) as pool:
        yield pool


def share(parsers: Parsers, drawn: Drawn, data: bytes, name: str) -> float:
    document = parsers.read(data, name)
    result = compare(name, document, map(hashed, words_of(drawn.words)), 0.0)
    return result.right / result.words


def test_a_letter_is_read_word_for_word(parsers: Parsers) -> None:
    drawn = letter(PHOTO)
    assert share(parsers, drawn, as_pdf(drawn), "a.pdf") > 0.98


def test_rows_of_a_photographed_table_are_rows(parsers: Parsers) -> None:
    document = parsers.read(as_file(table(PHOTO), "JPEG"), "a.jpg")
    assert whole_rows(document.text) == 7
    assert document.text.splitlines()[1].startswith("|---|")
    page = {(word.left, word.top) for word in document.recognised}
    assert len(page) == len(document.recognised)


def test_columns_are_read_one_after_the_other(parsers: Parsers) -> None:
    text = " ".join(parsers.read(as_file(columns(SCAN)), "a.png").text.split())
    assert "gave 212 clocks that she had collected in forty years" in text
    assert text.index("strikes the hours") < text.index("Visitors may wind")


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_that_lies_on_its_side_or_head_is_read(parsers: Parsers, quarters: int) -> None:
    drawn = letter()
    upright = parsers.read(as_file(drawn), "a.png")
    turned = Drawn("", Image.fromarray(np.rot90(np.asarray(drawn.picture), quarters)), drawn.words)
    assert share(parsers, turned, as_file(turned), "b.png") > 0.95
    there = {upright.text[w.start : w.end]: w for w in upright.recognised}["Kittiwake"]
    document = parsers.read(as_file(turned), "b.png")
    here = {document.text[w.start : w.end]: w for w in document.recognised}["Kittiwake"]
    x, y = (there.left + there.right) / 2, (there.top + there.bottom) / 2
    for _ in range(quarters):  # a quarter against the clock
        x, y = y, 10_000 - x
    assert abs((here.left + here.right) / 2 - x) < 300
    assert abs((here.top + here.bottom) / 2 - y) < 300


def test_a_camera_held_upright_is_obeyed(parsers: Parsers) -> None:
    drawn = letter()
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # the picture is to be turned by a quarter with the clock
    drawn.picture.transpose(Image.Transpose.ROTATE_90).save(file, "JPEG", exif=exif)
    document = parsers.read(file.getvalue(), "a.jpg")
    assert "The fee for the season is 1,480 euros" in document.text
    word = next(w for w in document.recognised if document.text[w.start : w.end] == "Harbour")
    assert max(word.left, word.top) < 2500


def test_a_smudged_page_is_not_sure_of_itself(parsers: Parsers) -> None:
    picture = letter().picture
    small = picture.resize((picture.width // 4, picture.height // 4))
    smudged = Drawn("", small.resize(picture.size), "")
    document = parsers.read(as_file(smudged), "a.png")
    wrong = [w for w in document.recognised if document.text[w.start : w.end] not in letter().words]
    assert wrong
    assert all(word.score < LOW_SCORE for word in document.recognised)
    good = parsers.read(as_file(letter()), "b.png")
    assert sum(word.score < LOW_SCORE for word in good.recognised) <= 5


def test_the_child_reads_inside_its_memory_and_refuses_inside_less() -> None:
    data = as_pdf(letter())
    with Parsers(recognition=Recognition(RecognitionLimits())) as parsers:
        parsers.read(data, "a.pdf")
        assert 200e6 < parsers.peak_bytes < 1000e6
    narrow = RecognitionLimits(memory_megabytes=500)
    limits = ReadingLimits(memory_megabytes=500)
    with (
        Parsers(limits, recognition=Recognition(narrow)) as parsers,
        pytest.raises(DocumentError) as caught,
    ):
        parsers.read(data, "a.pdf")
    assert caught.value.outcome in ("needs_ocr", "too_large")


def test_the_measurement_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure_scans([]) == 0, capsys.readouterr().out
