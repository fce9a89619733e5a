"""Reading in children: limits hold, a broken child is one file's failure, nothing else is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant import load_settings
from assistant.errors import DocumentError
from assistant.index.loading import limits_of
from assistant.reading import read_document
from assistant.reading import worker as child_module
from assistant.reading.frames import READY, Reply, missing_bytes, pack_reply, unpack_reply
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.pool import ChildDiedError, Parsers
from assistant.types import Heading, Page, ParsedDocument
from benchmarks.bombs import bombs
from benchmarks.format_samples import make_docx, make_pptx, samples
from benchmarks.parsing_limits import mutate, originals, read

PAGE = b"<h1>Heron</h1><p>The heron stands by the river.</p>"
QUICK = ReadingLimits(wall_seconds=2.0)
SHORT = ReadingLimits(cpu_seconds=1)


def refusal(parsers: Parsers, data: bytes, name: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        parsers.read(data, name)
    return caught.value


@pytest.fixture
def parsers() -> Parsers:
    with Parsers() as pool:
        yield pool


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Children whose readers obey words in a file: hang, spin, crash, hoard, connect, write."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import os, sys, time, socket, ctypes\n"
        "import assistant.reading as reading\n"
        "real = reading.read_document\n"
        "def obey(data, name, limits):\n"
        "    if b'HANG' in data: time.sleep(60)\n"
        "    if b'SPIN' in data:\n"
        "        while True: pass\n"
        "    if b'CRASH' in data: ctypes.string_at(0)\n"
        "    if b'ONCE' in data and obey.files: ctypes.string_at(0)\n"
        "    if b'HOARD' in data: bytearray(5_000_000_000)\n"
        "    if b'CONNECT' in data: socket.create_connection(('127.0.0.1', 9))\n"
        "    if b'LOOKUP' in data: socket.getaddrinfo('example.org', 80)\n"
        "    if b'WRITE' in data: open('/tmp/by-a-parser', 'w')\n"
        "    if b'START' in data: os.system('true')\n"
        "    if b'PRINT' in data: print('noise'); os.write(1, b'noise')\n"
        "    if b'KEYS' in data: raise ValueError(' '.join(os.environ))\n"
        "    obey.files += 1\n"
        "    return real(data, name, limits)\n"
        "obey.files = 0\n"
        "reading.read_document = obey\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(site))


# ---------------------------------------------------------------- a child like none


@pytest.mark.parametrize("name", samples())
def test_reading_in_a_child_gives_what_reading_here_gives(parsers: Parsers, name: str) -> None:
    data, _ = samples()[name]
    assert parsers.read(data, name) == read_document(data, name)


def test_refusals_come_through_whole(parsers: Parsers) -> None:
    error = refusal(parsers, b"\x89PNG\r\n\x1a\n" + b"x" * 40, "a.png")
    assert (error.outcome, "ocrmypdf" in error.hint, "a.png" in error.what) == (
        "needs_ocr", True, True,
    )  # fmt: skip


def test_plain_text_starts_no_child(parsers: Parsers) -> None:
    assert parsers.read(b"# Heron\n\nwords", "a.md").title == "Heron"
    assert parsers.peak_bytes == 0
    parsers.read(PAGE, "a.html")
    assert parsers.peak_bytes > 0


def test_several_threads_share_the_children() -> None:
    with Parsers(processes=2) as parsers, ThreadPoolExecutor(8) as threads:
        pages = [f"<p>Page number {number}.</p>".encode() for number in range(60)]
        texts = threads.map(lambda page: parsers.read(page, "a.html").text, pages)
        assert list(texts) == [f"Page number {number}.\n" for number in range(60)]


def test_a_large_file_goes_over_the_pipe_and_back(parsers: Parsers) -> None:
    text = "Words that go over the pipe. " * 200_000
    assert parsers.read(text.encode(), "a.txt").text == text


# ---------------------------------------------------------------- limits


@pytest.mark.usefixtures("misbehaving")
@pytest.mark.parametrize(
    ("word", "outcome", "reason"),
    [
        ("HANG", "failed", "more than 2 seconds"),
        ("SPIN", "too_large", "more than 1 seconds"),
        ("HOARD", "too_large", "more than 900 MB"),
        ("CRASH", "failed", "broke its parser"),
        ("CONNECT", "failed", "socket."),
        ("LOOKUP", "failed", "socket.getaddrinfo"),
        ("WRITE", "failed", "tried to write a file"),
        ("START", "failed", "os.system"),
    ],
)
def test_what_a_parser_must_not_do_ends_in_a_refusal(word: str, outcome: str, reason: str) -> None:
    with Parsers(QUICK if word == "HANG" else SHORT) as parsers:
        error = refusal(parsers, f"<p>{word}</p>".encode(), "a.html")
        assert (error.outcome, reason in error.what) == (outcome, True), error
        assert parsers.read(PAGE, "a.html").title == "Heron"  # the next file is read
    assert not Path("/tmp/by-a-parser").exists()


@pytest.mark.usefixtures("misbehaving")
def test_a_parser_that_prints_breaks_no_reply() -> None:
    with Parsers() as parsers:
        assert parsers.read(b"<p>PRINT</p>", "a.html").text == "PRINT\n"


@pytest.mark.usefixtures("misbehaving")
def test_a_child_that_an_earlier_file_hurt_costs_a_later_file_nothing() -> None:
    with Parsers(processes=1) as parsers:
        parsers.read(PAGE, "a.html")
        assert parsers.read(b"<p>ONCE</p>", "a.html").text == "ONCE\n"
        assert isinstance(refusal(parsers, b"<p>CRASH</p>", "a.html"), ChildDiedError)


@pytest.mark.usefixtures("misbehaving")
def test_keys_of_the_environment_do_not_reach_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_API_KEY", "x")
    with Parsers() as parsers:
        reason = refusal(parsers, b"<p>KEYS</p>", "a.html").what
    assert "PATH" in reason
    assert "SECRET" not in reason


@pytest.mark.usefixtures("misbehaving")
def test_closing_ends_children_at_work_at_once() -> None:
    parsers = Parsers()
    caught: list[BaseException] = []

    def wait() -> None:
        try:
            parsers.read(b"<p>HANG</p>", "a.html")
        except DocumentError as exc:
            caught.append(exc)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(1.0)
    began = time.perf_counter()
    parsers.close()
    thread.join(5)
    assert caught
    assert time.perf_counter() - began < 5


def test_pages_characters_and_unpacked_bytes_are_limited() -> None:
    limits = ReadingLimits(max_pages=3, max_characters=1000)
    with Parsers(limits) as parsers:
        assert refusal(parsers, make_pptx((("a", "b"),) * 4), "a.pptx").outcome == "too_large"
        error = refusal(parsers, b"<p>" + b"ha " * 500, "a.html")
        assert (error.outcome, "max_characters" in error.hint) == ("too_large", True)
        assert refusal(parsers, b"ha " * 500, "a.txt").outcome == "too_large"
    large = make_docx("<w:p><w:r><w:t>ha</w:t></w:r></w:p>" * 1_000_000)
    with Parsers() as parsers:
        error = refusal(parsers, large, "a.docx")
        assert (error.outcome, "unpacks to more than" in error.what) == ("too_large", True)


QUICK_BOMBS = [
    "10000-pages.pdf", "page-tree-loop.pdf", "size-is-a-lie.docx", "laughs.docx", "deep.docx",
    "far-cell.xlsx", "laughs.xlsx", "nested.zip.docx", "deep-objects.json", "deep.xml",
    "laughs.xml", "quadratic.xml", "outside.xml", "laughs.svg", "deep.html", "hashes.md",
    "bin.rtf", "overlapping-pieces.doc", "circle.ppt",
]  # fmt: skip


@pytest.mark.parametrize("name", QUICK_BOMBS)
def test_bombs_end_in_a_refusal_or_a_small_text(parsers: Parsers, name: str) -> None:
    ending = read(parsers, bombs()[name](), name)
    assert ending.outcome in ("text", "too_large", "failed", "empty"), ending
    assert ending.characters < 1_000_000
    assert not ending.child_died


def test_outside_entities_are_never_resolved(tmp_path: Path, parsers: Parsers) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    text = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]><x>text &a;</x>'
    for name in ("a.xml", "a.html", "a.svg"):
        ending = read(parsers, text.encode(), name)
        assert ending.outcome == "text" or "refused" in ending.reason
        if ending.outcome == "text":
            assert "canary" not in parsers.read(text.encode(), name).text


@pytest.mark.parametrize("seed", range(3))
def test_mutated_files_end_in_a_text_or_a_typed_refusal(parsers: Parsers, seed: int) -> None:
    chance = random.Random(seed)
    for name, data in originals()[:28]:
        ending = read(parsers, mutate(data, chance), name)
        assert ending.outcome != "PARENT", (name, ending)
        assert not ending.dallied, name


# ---------------------------------------------------------------- the child alone


def start_child() -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "assistant.reading.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdout.read(1) == READY
    return child


def test_a_child_ends_with_its_parent_and_not_with_ctrl_c() -> None:
    child = start_child()
    child.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.5)
    child.communicate(b"", timeout=10)
    assert child.returncode == 0


def test_no_child_outlives_a_killed_parent() -> None:
    code = (
        "import sys, time; from assistant.reading.pool import Parsers; p = Parsers();"
        "p.read(b'<p>x</p>', 'a.html'); print(p._idle[0]._process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]:
            return  # ended; nobody is left to ask how
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the child lives on")


def test_every_failure_of_a_reader_becomes_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for error, outcome in (
        (MemoryError(), "too_large"), (RecursionError(), "failed"), (ZeroDivisionError(), "failed"),
    ):  # fmt: skip

        def fail(*_: object, error: Exception = error) -> ParsedDocument:
            raise error

        monkeypatch.setattr(child_module, "read_document", fail)
        answer = child_module.answer(b"x", "a.html", DEFAULT_LIMITS)
        assert isinstance(answer, DocumentError)
        assert answer.outcome == outcome


# ---------------------------------------------------------------- replies


DOCUMENT = ParsedDocument(
    "a\ud800b", "t", "pdf", (Page(1, 0, 3),), (Heading(1, "t", 0),), True, "2024-01-01", "en", "A",
    ("note",),
)  # fmt: skip


def test_a_document_comes_back_as_it_was() -> None:
    frame = pack_reply(Reply(DOCUMENT, 5, True))
    assert missing_bytes(frame, DEFAULT_LIMITS) == 0
    reply = unpack_reply(frame, "a.pdf")
    assert reply == Reply(replace_text(DOCUMENT, "a?b"), 5, True)


def replace_text(document: ParsedDocument, text: str) -> ParsedDocument:
    from dataclasses import replace

    return replace(document, text=text)


@pytest.mark.parametrize(
    "change",
    [
        {"text": 5}, {"pages": [[1, 0, 99]]}, {"pages": [[1, -1, 2]]}, {"headings": [[1, 2, 0]]},
        {"headings": [[1, "t", 99]]}, {"outcome": "indexed"}, {"peak_bytes": "x"}, {"notes": [1]},
        {"pages": 3}, {"headings": [[1]]},
    ],
)  # fmt: skip
def test_an_impossible_reply_is_refused(change: dict[str, object]) -> None:
    frame = pack_reply(Reply(DOCUMENT, 5))
    body = json.dumps(json.loads(frame[8:]) | change).encode()
    with pytest.raises((ValueError, TypeError)):
        unpack_reply(len(body).to_bytes(8, "big") + body, "a.pdf")


def test_a_reply_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        missing_bytes(b"\xff" * 8, DEFAULT_LIMITS)


def test_limits_in_the_settings_are_the_ones_used(repository: Path) -> None:
    settings = load_settings(repository / "config.yaml")
    assert limits_of(settings.reading) == DEFAULT_LIMITS
