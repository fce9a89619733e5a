"""Scans and pictures, with a recogniser that obeys: pages, budgets, the cache, scores and marks."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from fpdf import FPDF
from PIL import Image

from assistant import Assistant
from assistant.chat.evidence import draw_evidence
from assistant.chat.page_picture import draw_page
from assistant.cli import cli
from assistant.errors import DocumentError
from assistant.index.page_cache import PageCache
from assistant.reading.limits import ReadingLimits
from assistant.reading.pages_of_file import PagesOfFile, Recognition
from assistant.reading.pool import Parsers
from assistant.reading.recognised_text import place_words, printed_text
from assistant.reading.recognition import (
    RecognisedLine,
    RecognisedPage,
    RecognisedRun,
    RecognitionLimits,
    pack_page,
    unpack_page,
)
from assistant.settings import Settings
from assistant.types import Page, Progress
from tests.support_index import make_settings
from tests.support_pictures import (
    DOUBTFUL,
    PLAIN,
    png_of,
    pretend_installed,
    scan_of,
    tiff_of,
    use_fake_recogniser,
)

PAGE = RecognitionLimits(page_seconds=1)


class Kept(dict[str, str]):
    """A cache in memory that counts what was read anew."""

    def find(self, key: str) -> str:
        return self.get(key, "")

    def keep(self, key: str, words: str) -> None:
        assert key not in self, "a page was read twice"
        self[key] = words


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_fake_recogniser(monkeypatch, tmp_path)


def line(text: str, left: float, top: float, score: float = 1.0) -> RecognisedLine:
    """Words of .02 a letter on a page as wide as high."""
    tokens = []
    for word in text.split():
        right = left + 0.02 * len(word)
        tokens.append(RecognisedRun(word, left, top, right, top + 0.04, score))
        left = right + 0.01
    return RecognisedLine(tuple(tokens), 0.04)


# ---------------------------------------------------------------- words → text


def test_rows_of_a_slanted_table_stay_rows() -> None:
    slant = 0.06  # more than a row's height over the width
    cells = [
        line(text, left, 0.1 + 0.05 * row + slant * (left - 0.5))
        for row, texts in enumerate(
            (("Name", "Year"), ("Ada", "1815"), ("Bo", "1902"), ("Cy", "7"))
        )
        for left, text in zip((0.1, 0.8), texts, strict=True)
    ]
    text = printed_text(RecognisedPage(tuple(cells), 1.0, slant))
    assert [row.split("\x1f") for row in text.split("\n") if "\x1f" in row][1:] == [
        ["Ada", "1815"], ["Bo", "1902"], ["Cy", "7"],
    ]  # fmt: skip
    straight = printed_text(RecognisedPage(tuple(cells), 1.0))
    assert "Ada\x1f1815" not in straight


def test_a_word_cut_at_a_line_end_is_put_together_and_paragraphs_stay_apart() -> None:
    lines = [line("The trans-", 0.1, 0.1), line("mission ends.", 0.1, 0.15),
             line("Well-", 0.1, 0.2), line("Known it is.", 0.1, 0.25),
             line("Another paragraph.", 0.1, 0.4)]  # fmt: skip
    text = printed_text(RecognisedPage(tuple(lines), 1.0))
    assert "trans\x02\nmission" in text
    assert "Well-\nKnown" in text
    assert "is.\n\nAnother" in text


def test_words_are_found_where_they_stand_in_the_text() -> None:
    page = RecognisedPage((line("a cat sat at a table", 0.1, 0.1), line("cat two", 0.1, 0.2)), 1.0)
    text = "Before. a cat sat at a table\n| two | cat |"
    placed = place_words(text, (Page(1, 8, len(text)),), {1: page})
    assert [text[word.start : word.end] for word in placed] == text[8:].replace("|", "").split()
    assert [(w.start, w.left) for w in placed if text[w.start : w.end] == "cat"] == [
        (10, 1300), (text.rindex("cat"), 1000),
    ]  # fmt: skip
    absent = place_words("nothing of it", (Page(1, 0, 13),), {1: page})
    assert absent == ()


@pytest.mark.parametrize(
    ("turns", "box"),
    [(0, (1000, 2000, 1400, 2400)), (1, (7600, 1000, 8000, 1400)),
     (2, (8600, 7600, 9000, 8000)), (3, (2000, 8600, 2400, 9000))],
)  # fmt: skip
def test_boxes_of_a_turned_page_lie_on_the_page_as_it_is_in_the_file(
    turns: int, box: tuple[int, int, int, int]
) -> None:
    page = RecognisedPage((line("up", 0.1, 0.2),), 1.0, turns=turns)
    (word,) = place_words("up", (Page(1, 0, 2),), {1: page})
    assert (word.left, word.top, word.right, word.bottom) == box


def test_no_word_is_surer_than_its_page() -> None:
    good = RecognisedPage((line("one two three", 0.1, 0.1), line("four", 0.1, 0.2, 0.5)), 1.0)
    bad = RecognisedPage(
        (line("one two three", 0.1, 0.1), *(line("x" * 8, 0.1, 0.2 + at / 50, 0.9)
         for at in range(20))), 1.0,
    )  # fmt: skip
    text = "one two three"
    assert min(w.score for w in place_words(text, (Page(1, 0, 13),), {1: good})) > 0.9
    assert max(w.score for w in place_words(text, (Page(1, 0, 13),), {1: bad})) < 0.5


def test_a_line_that_is_mostly_bare_is_not_trusted() -> None:
    """Of a line in a script that the models do not know only the digits come out, and surely."""
    from assistant.reading.recogniser import _line

    def drawn(text: str, width: float) -> RecognisedLine:
        quad = [[0.0, 0.0], [width, 0.0], [width, 40.0], [0.0, 40.0]]
        return _line((quad, text, [(text, 0.99, quad)]), 1000, 1000)

    assert drawn("1931", 80).tokens[0].score == 0.99
    assert drawn("1931", 600).tokens[0].score == 0.5
    assert RecognisedPage((drawn("1931", 600), drawn("12", 30)), 1.0).is_hardly_read
    assert not RecognisedPage((drawn("1931", 80), drawn("12", 30)), 1.0).is_hardly_read


def test_words_come_through_json_and_nothing_else_does() -> None:
    page = RecognisedPage((line("one two", 0.1, 0.2, 0.75),), 0.7, 0.01, 3)
    packed = json.loads(json.dumps(pack_page(page)))
    again = unpack_page(packed)
    assert (pack_page(again), again.turns) == (pack_page(page), 3)
    for wrong in (
        None, [], {}, {**packed, "shape": 0}, {**packed, "slant": "x"}, {**packed, "lines": [[1]]},
        {**packed, "lines": [[0.1, [["", 0, 0, 0, 0, 1]]]]},
        {**packed, "lines": [[0.1, [["x", 0, 0, 0, float("nan"), 1]]]]},
        {**packed, "lines": [[0.1, [["x", 0, 0, 0, True, 1]]]]},
        {**packed, "lines": [[0.1, [["x", 0, 0, 0, 1, 1]] * 30_000]]},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"no |not enough values"):
            unpack_page(wrong)


# ---------------------------------------------------------------- children


@pytest.mark.usefixtures("fake")
def test_pages_without_text_are_read_among_those_with_text() -> None:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    pdf.add_page()
    pdf.write(text="A page with text of its own, and no picture at all.")
    pdf.add_page()
    pdf.image(Image.new("RGB", (400, 300), (250, 250, 250)), 0, 0, 210)
    with Parsers(recognition=Recognition(PAGE)) as parsers:
        document = parsers.read(bytes(pdf.output()), "a.pdf")
    assert document.text.split("\n\n") == [
        "A page with text of its own, and no picture at all.", PLAIN,
    ]  # fmt: skip
    assert (document.unread_pages, document.notes) == (0, ())
    assert {word.page for word in document.recognised} == {2}
    assert [document.text[w.start : w.end] for w in document.recognised] == PLAIN.split()


@pytest.mark.usefixtures("fake")
def test_a_scan_with_a_stamp_is_read_and_a_picture_beside_text_is_not() -> None:
    def page_with(text: str, width: int) -> bytes:
        pdf = FPDF()
        pdf.add_page()
        pdf.set_font("Helvetica", size=10)
        pdf.image(Image.new("RGB", (400, 560), (250, 250, 250)), 0, 0, width)
        pdf.write(text=text)
        return bytes(pdf.output())

    with Parsers(recognition=Recognition(PAGE)) as parsers:
        assert PLAIN in parsers.read(page_with("Copy 7", 210), "a.pdf").text
        assert parsers.read(page_with("Copy 7", 60), "a.pdf").text == "Copy 7"
        long = "A caption that says more than the picture does. " * 4
        assert PLAIN not in parsers.read(page_with(long, 210), "a.pdf").text
    with Parsers() as parsers:
        (note,) = parsers.read(page_with("Copy 7", 210), "a.pdf").notes
        assert "OCR would read it: 1" in note


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("bad", ["crash", "spin", "hoard"])
def test_a_page_that_ends_its_child_is_left_out_and_the_others_are_read_once(bad: str) -> None:
    kept, told = Kept(), []
    recognition = Recognition(PAGE, kept, lambda *page: told.append(page))
    with Parsers(ReadingLimits(cpu_seconds=3), recognition=recognition) as parsers:
        document = parsers.read(scan_of("plain", bad, "doubtful"), "a.pdf")
        assert document.text == f"{PLAIN}\n\n{DOUBTFUL}"
        assert document.unread_pages == 1
        assert "OCR would read them: 2" in document.notes[0]
        assert len(kept) == 2
        assert told[:2] == [("a.pdf", 1, 3), ("a.pdf", 2, 3)]
        assert parsers.read(png_of("plain"), "b.png").text == PLAIN


@pytest.mark.usefixtures("fake")
def test_what_goes_wrong_with_a_picture_loses_no_text_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    pdf.add_page()
    pdf.write(text="A page with text of its own, and no picture at all.")
    pdf.add_page()
    pdf.image(Image.new("RGB", (400, 300), (250, 0, 0)), 0, 0, 210)
    monkeypatch.setattr(PagesOfFile, "leave_out_current", lambda self: False)
    with Parsers(recognition=Recognition(PAGE)) as parsers:
        document = parsers.read(bytes(pdf.output()), "a.pdf")
    assert document.text == "A page with text of its own, and no picture at all."
    assert document.unread_pages == 1


@pytest.mark.usefixtures("fake")
def test_a_picture_that_ends_its_child_is_told() -> None:
    with Parsers(recognition=Recognition(PAGE)) as parsers:
        with pytest.raises(DocumentError, match="took too long") as caught:
            parsers.read(png_of("spin"), "a.png")
        assert caught.value.outcome == "needs_ocr"


@pytest.mark.usefixtures("fake")
def test_a_file_of_many_slow_pages_is_read_until_its_time_is_over() -> None:
    limits = RecognitionLimits(page_seconds=1, file_seconds=0.000001)
    kept = Kept()
    with (
        Parsers(recognition=Recognition(limits, kept)) as parsers,
        pytest.raises(DocumentError) as caught,
    ):
        parsers.read(scan_of("plain", "doubtful"), "a.pdf")
    assert (caught.value.outcome, kept) == ("needs_ocr", {})


@pytest.mark.usefixtures("fake")
def test_a_file_takes_longer_than_the_limit_of_one_without_pictures() -> None:
    """Two pages of 2.5 s pass a limit of 1 s for the file, and each has 4 s of its own."""
    limits = ReadingLimits(cpu_seconds=1)
    recognition = Recognition(RecognitionLimits(page_seconds=4))
    with Parsers(limits, recognition=recognition) as parsers:
        document = parsers.read(scan_of("slow", "slow"), "a.pdf")
    assert (document.text.count("was slow."), document.unread_pages) == (2, 0)


@pytest.mark.usefixtures("fake")
def test_pictures_of_every_kind_are_pages() -> None:
    def saved(kind: str, **options: object) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (400, 300), (250, 250, 250)).save(file, kind, **options)
        return file.getvalue()

    with Parsers(recognition=Recognition(PAGE)) as parsers:
        for kind in ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF"):
            document = parsers.read(saved(kind), f"x/harbour_map.{kind.lower()}")
            assert (document.text, document.kind, document.title) == (
                PLAIN, "picture", "harbour map",
            )  # fmt: skip
        two = parsers.read(tiff_of("plain", "empty", "doubtful"), "a.tif")
        assert [(p.number, two.text[p.start : p.end]) for p in two.pages] == [
            (1, PLAIN), (2, ""), (3, DOUBTFUL),
        ]  # fmt: skip
        with pytest.raises(DocumentError, match="without words") as caught:
            parsers.read(png_of("empty"), "a.png")
        assert caught.value.outcome == "empty"
        clear = io.BytesIO()
        Image.new("RGBA", (400, 300), (0, 0, 0, 0)).save(clear, "PNG")
        assert parsers.read(clear.getvalue(), "a.png").text == PLAIN  # on white paper


@pytest.mark.usefixtures("fake")
def test_bombs_and_damaged_pictures_are_refused() -> None:
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    good = png_of("plain")
    with Parsers(recognition=Recognition(PAGE)) as parsers:
        for data, name, outcome, word in (
            (bomb.getvalue(), "a.png", "too_large", "900 million pixels"),
            (good[: len(good) // 2], "a.png", "failed", "damaged"),
            (b"\x89PNG\r\n\x1a\n" + b"x" * 40, "a.png", "failed", "no readable picture"),
            (b"words", "a.png", "unsupported", "no such file"),
            (b"\x00\x00\x00\x18ftypheic", "a.heic", "needs_ocr", "cannot be read"),
        ):
            with pytest.raises(DocumentError) as caught:
                parsers.read(data, name)
            assert (caught.value.outcome, word in caught.value.what) == (outcome, True), caught


# ---------------------------------------------------------------- the cache


def test_the_cache_is_bounded_and_keeps_what_was_used_last(tmp_path: Path) -> None:
    cache = PageCache(tmp_path / "pages.sqlite", 10_000)
    for at in range(30):
        cache.keep(f"k{at}", "x" * 1000)
        assert cache.find("k0")
    kept = [at for at in range(30) if cache.find(f"k{at}")]
    assert len(kept) < 10
    assert {0, 29} <= set(kept)
    cache.close()
    assert cache.find("k0") == ""
    again = PageCache(tmp_path / "pages.sqlite", 10_000)
    assert again.find("k29") == "x" * 1000
    again.close()
    assert (tmp_path / "pages.sqlite").stat().st_mode & 0o077 == 0


def test_what_was_read_before_a_kill_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "pages.sqlite"
    script = (
        "import os, pathlib, sys; from assistant.index.page_cache import PageCache\n"
        "cache = PageCache(pathlib.Path(sys.argv[1]), 1e6)\n"
        "for at in range(50): cache.keep(f'k{at}', 'words')\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    cache = PageCache(path, 1e6)
    assert all(cache.find(f"k{at}") == "words" for at in range(50))
    cache.close()


def test_a_damaged_cache_is_begun_anew_and_one_that_cannot_be_written_is_done_without(
    tmp_path: Path,
) -> None:
    path = tmp_path / "pages.sqlite"
    path.write_bytes(os.urandom(5000))
    cache = PageCache(path, 1e6)
    cache.keep("k", "words")
    assert cache.find("k") == "words"
    cache.close()
    folder = tmp_path / "taken"
    (folder / "pages.sqlite").mkdir(parents=True)
    cache = PageCache(folder / "pages.sqlite", 1e6)
    cache.keep("k", "words")
    assert cache.find("k") == ""


# ---------------------------------------------------------------- ingest and answers


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "mill.pdf").write_bytes(scan_of("plain", "doubtful"))
    (folder / "otter.png").write_bytes(png_of("plain"))
    (folder / "notes.md").write_text("# Notes\n\nThe heron stands by the weir.\n")
    return folder


@pytest.fixture
def settings(tmp_path: Path, scans: Path) -> Settings:
    return make_settings(tmp_path / "index", [scans])


def test_without_the_extra_the_receipt_says_in_one_line_what_to_install(
    settings: Settings, scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_installed(monkeypatch, "")
    with Assistant(settings) as assistant:
        receipt = assistant.sync()
    assert {f.document: f.outcome for f in receipt.files} == {
        "mill.pdf": "needs_ocr", "otter.png": "needs_ocr", "notes.md": "indexed",
    }  # fmt: skip
    for arguments in (["ingest", str(scans)], ["status"]):
        said = CliRunner().invoke(cli, ["--set", f"index.path={tmp_path / 'index'}", *arguments])
        joined = " ".join(said.output.split())
        assert joined.count("2 files hold pictures of text") == 1, said.output
        assert joined.count("pip install 'document-assistant[ocr]'") == 1


def test_installing_the_extra_reads_what_was_not_read_and_taking_it_away_loses_nothing(
    settings: Settings, scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partly = FPDF()
    partly.set_font("Helvetica", size=12)
    partly.add_page()
    partly.write(text="The first page has text, and the second one is a picture of it.")
    partly.add_page()
    partly.image(Image.new("RGB", (401, 300), (250, 250, 250)), 0, 0, 210)
    (scans / "partly.pdf").write_bytes(bytes(partly.output()))
    for path in scans.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    pretend_installed(monkeypatch, "")
    with Assistant(settings) as assistant:
        receipt = assistant.sync()
        (first,) = [f for f in receipt.files if f.document == "partly.pdf"]
        assert (first.outcome, first.unread_pages) == ("indexed", 1)
        use_fake_recogniser(monkeypatch, tmp_path)
        receipt = assistant.sync()
        assert {f.document: f.outcome for f in receipt.files} == {
            "mill.pdf": "indexed", "otter.png": "indexed", "notes.md": "unchanged",
            "partly.pdf": "indexed",
        }  # fmt: skip
        assert not any(file.unread_pages for file in receipt.files)
        assert PLAIN in assistant.document_text("partly.pdf")
        assert {f.outcome for f in assistant.sync().files} == {"unchanged"}
        pretend_installed(monkeypatch, "")
        assert {f.outcome for f in assistant.sync().files} == {"unchanged"}


@pytest.mark.usefixtures("fake")
def test_pages_are_told_as_they_are_read(settings: Settings, scans: Path) -> None:
    (scans / "spinning.pdf").write_bytes(scan_of("plain", "spin"))
    slow = settings.model_copy(update={"ocr": settings.ocr.model_copy(update={"page_seconds": 1})})
    steps: list[Progress] = []
    with Assistant(slow) as assistant:
        assistant.sync(progress=steps.append)
    told = [step for step in steps if step.stage == "pictures"]
    assert ("spinning.pdf", 2, 2) in {(step.item, step.done, step.total) for step in told}


@pytest.mark.usefixtures("fake")
def test_a_sentence_of_a_picture_is_labelled_and_a_low_score_is_no_tick(
    settings: Settings,
) -> None:
    with Assistant(settings) as assistant:
        assistant.sync()
        sure = assistant.ask("Where does the otter sleep?")
        doubtful = assistant.ask("For how many crowns was the mill sold?")
        plain = assistant.ask("Where does the heron stand?")
        source = assistant.source("mill.pdf")
        words = assistant.recognised_words("mill.pdf", 2)
        assert assistant.recognised_words("notes.md", 1) == ()
        assert assistant.recognised_words("nowhere", 1) == ()
        picture_source = assistant.source("otter.png")
        drawn = draw_page(source, 2, "", words)
        unmarked = draw_page(source, 2, "")
        of_file = draw_page(picture_source, 1, "", assistant.recognised_words("otter.png", 1))
        pane = draw_evidence(doubtful, 0, assistant.source)
    assert (sure.sentences[0].verdict, sure.citations[0].ocr_score) == ("verbatim", 0.99)
    assert (plain.sentences[0].verdict, plain.citations[0].ocr_score) == ("verbatim", None)
    (sentence,) = doubtful.sentences
    assert sentence.verdict == "weak"
    assert sentence.problems == ("read from a picture, and not surely: “4,310” 41%",)
    assert doubtful.citations[0].ocr_score == 0.41
    assert doubtful.to_dict()["citations"][0]["ocr_score"] == 0.41
    assert "Read from a picture, score 0.41" in pane
    assert pane.count("verdict verbatim") == 0
    assert source.text[words[5].start : words[5].end] == "4,310"
    assert words[5].score == 0.41
    for data, at, shade in ((drawn, (0.72, 0.32), 4), (of_file, (0.15, 0.22), 5)):
        image = Image.open(io.BytesIO(data))
        inside = image.getpixel((int(at[0] * image.width), int(at[1] * image.height)))
        outside = image.getpixel((5, 5))
        assert inside[2] < inside[0] - 50, (inside, shade)
        assert max(outside) - min(outside) < 5
    assert unmarked != drawn
