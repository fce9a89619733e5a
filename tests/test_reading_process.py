"""The texts of a large folder are read in a process of their own: same index."""

from __future__ import annotations

import io
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support_index import Workshop, outcomes, text_of

from assistant.errors import AssistantError, DocumentError
from assistant.index.loaded import packed
from assistant.index.loading import load_all, options_of
from assistant.index.plan import Step
from assistant.index.processes import reading_process
from assistant.index.processes.reading_process import load_apart
from assistant.index.roots import Scope
from assistant.index.scan import scan
from assistant.index.words import WordIndex
from assistant.settings import Settings
from benchmarks.format_samples import samples

pytest_plugins = ["support_index_fixtures"]


@pytest.fixture(autouse=True)
def every_folder_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_process, "MANY_FILES", 1)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The reading processes that are started."""
    processes: list[Any] = []
    popen = subprocess.Popen

    def start(command: list[str], **more: Any) -> Any:
        process = popen(command, **more)
        if "assistant.index.processes.reading_process" in command:
            processes.append(process)
        return process

    monkeypatch.setattr(subprocess, "Popen", start)
    return processes


def steps_of(folder: Path, settings: Settings) -> list[Step]:
    files = scan([Scope(folder, folder)], settings.documents, folder / "no index")
    return [Step("add", file.name, file) for file in files]


def told(results: Iterator[tuple[Step, Any]]) -> dict[str, Any]:
    """Results without the clock, errors as text."""
    found = {}
    for step, result in results:
        message = packed(result)
        if "rest" in message:
            message["rest"][1] = []
        found[step.name] = message
    return found


def test_a_process_reads_what_threads_read(workshop: Workshop, started: list[Any]) -> None:
    for name, sample in samples().items():
        path = workshop.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample if isinstance(sample, bytes) else sample[0])
    workshop.write("notes/related.md", "# Ponds\n\nA pond.\n\nRelated articles\nBuy a boat\n\nEnd.")
    workshop.write("surrogates.txt", "A heron \u2028 and 中文 and \U0001f600 stand here.")
    workshop.write("empty.md", "")
    steps = steps_of(workshop.folder, workshop.settings)
    settings = workshop.settings
    here = told(load_all(steps, options_of(settings)))
    there = told(load_apart(steps, options_of(settings)))
    assert len(started) == 1
    assert list(there) == [step.name for step in steps]
    assert there == here
    assert any("what" in message for message in here.values())
    assert there["notes/related.md"]["rest"][2], "noise is found where the text is read"


def test_a_text_that_is_none_is_read_as_what_it_is(workshop: Workshop, started: list[Any]) -> None:
    pdf = next(each for name, each in samples().items() if name.endswith(".pdf"))
    (workshop.folder / "misnamed.txt").write_bytes(pdf if isinstance(pdf, bytes) else pdf[0])
    workshop.write("long.txt", "A heron stands in the pond.\n" * 50_000)
    settings = workshop.settings
    steps = steps_of(workshop.folder, settings)
    assert told(load_apart(steps, options_of(settings))) == told(
        load_all(steps, options_of(settings))
    )
    assert len(started) == 1


def test_a_reading_process_that_is_killed_loses_nothing(
    workshop: Workshop, started: list[Any]
) -> None:
    for number in range(40):
        workshop.write(f"{number:02}.md", text_of(f"topic{number}", 400))
    settings = workshop.settings
    steps = steps_of(workshop.folder, settings)
    results = load_apart(steps, options_of(settings))
    seen = [next(results)]
    os.kill(started[0].pid, signal.SIGKILL)
    seen += results
    assert [step.name for step, _ in seen] == [step.name for step in steps]
    assert not any(isinstance(result, DocumentError) for _, result in seen)
    assert len(started) == 3, "after a death one file goes alone"


_DEADLY = """
import fnmatch, os, sys
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        name = os.path.basename(arguments[0])
        once = os.path.join(os.environ["DEADLY"], name)
        turn = name == "c.md" or name == "e.md" and os.path.exists(once.replace("e.md", "c.md"))
        first = turn and not os.path.exists(once)
        if first or fnmatch.fnmatch(name, os.environ["ALWAYS"]):
            os.makedirs(once, exist_ok=True)
            print("a bad", name, file=sys.stderr, flush=True)
            os._exit(7)
if "assistant.index.processes.reading_process" in sys.orig_argv:
    sys.addaudithook(watch)
"""


@pytest.fixture
def deadly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Reading processes end when they open what ``ALWAYS`` names; a folder tells of each."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(_DEADLY)
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("DEADLY", str(site))
    return site


def test_a_file_that_ends_the_process_twice_fails_alone(
    workshop: Workshop, deadly: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``b.md`` ends every process that opens it, ``c.md`` the first one, ``e.md`` one after that.

    Threads open the files in any order: without turns, ``e.md`` could end the process before
    ``c.md`` was opened, and ``c.md`` would end the one in which it is alone.
    """
    monkeypatch.setenv("ALWAYS", "b.md")
    for name in ("a.md", "b.md", "c.md", "d.md", "e.md", "f.md"):
        workshop.write(name, text_of(name))
    settings = workshop.settings
    steps = steps_of(workshop.folder, settings)
    seen = list(load_apart(steps, options_of(settings)))
    assert [step.name for step, _ in seen] == [step.name for step in steps]
    assert (deadly / "c.md").exists(), "the trial killed nothing"
    failed = [result for _, result in seen if isinstance(result, DocumentError)]
    assert [error.what for error in failed] == [
        "b.md broke the reading process (status 7) a bad b.md"
    ]


@pytest.mark.usefixtures("deadly")
def test_a_process_that_ends_at_every_file_is_not_started_for_each(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, started: list[Any]
) -> None:
    monkeypatch.setenv("ALWAYS", "*.md")
    for number in range(50):
        workshop.write(f"{number}.md", text_of(f"topic{number}"))
    settings = workshop.settings
    steps = steps_of(workshop.folder, settings)
    with pytest.raises(AssistantError, match=r"ends at every file \(status 7\) a bad"):
        list(load_apart(steps, options_of(settings)))
    assert len(started) == 10, "five times: all of them, then one alone"


def test_half_a_line_of_a_process_that_died_is_no_result(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.write("a.md", text_of("apples"))
    settings = workshop.settings
    steps = steps_of(workshop.folder, settings)
    with reading_process._Reading(steps, options_of(settings)) as child:
        whole = child._process.stdout
        child._process.stdout = io.BytesIO(b'{"what": "no", "hint": ')
        assert list(child.results()) == []
        whole.close()


def test_leaving_in_the_middle_ends_the_process(workshop: Workshop, started: list[Any]) -> None:
    for number in range(40):
        workshop.write(f"{number:02}.md", text_of(f"topic{number}", 400))
    settings = workshop.settings
    steps = steps_of(workshop.folder, settings)
    results = load_apart(steps, options_of(settings))
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert started[0].poll() is not None


def test_a_large_ingest_is_the_same_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {f"{name}.md": text_of(name, 30) for name in ("apples", "pears", "plums")}
    found = []
    for place, many in ((tmp_path / "large", 1), (tmp_path / "small", 1000)):
        monkeypatch.setattr(reading_process, "MANY_FILES", many)
        workshop = Workshop(place)
        for name, text in texts.items():
            workshop.write(name, text)
        assert set(outcomes(workshop.sync()).values()) == {"indexed"}
        workshop.write("pears.md", text_of("pears", 12))
        (workshop.folder / "plums.md").unlink()
        workshop.sync()
        now = {"apples.md": texts["apples.md"], "pears.md": text_of("pears", 12)}
        assert workshop.holds_exactly(now)
        generation = workshop.generations.current()
        assert generation is not None
        words = WordIndex(generation.path / "words")
        found.append((len(words), words.document_frequency("pear")))
    assert found[0] == found[1]
