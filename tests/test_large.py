"""The benchmark of an index's whole life: its steps, its checks, and how it ends early."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks import large
from benchmarks.processes import environment

ROOT = Path(__file__).resolve().parents[1]


def started(place: Path, *options: str) -> subprocess.Popen[str]:
    """The benchmark as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.large", "--place", str(place), *options],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_tiny_index_lives_its_whole_life(tmp_path: Path) -> None:
    process = started(tmp_path, "--chunks", "200", "--lookups", "5")
    output, errors = process.communicate(timeout=240)
    assert process.returncode == 0, output + errors
    lines = output.splitlines()
    asked = [line for line in lines if line.startswith("asked ")]
    assert [line.partition(":")[0] for line in asked] == [
        "asked after the ingest",
        "asked after the edit",
        "asked on the server",
        "asked after the move back",
    ]
    assert all("5 of 5 facts answered by their file" in line for line in asked)
    steps = [
        line for line in lines if re.search(r"\d s \(processor \d+\.\d s\), peak memory \d", line)
    ]
    assert len(steps) == 11
    unchanged = [line for line in lines if line.startswith("unchanged re-sync")]
    assert len(unchanged) == 2
    assert all(", 0 embedded" in line for line in unchanged)
    assert re.search(r"disk: generation .* GB, index .* GB, server \d", output)
    assert lines[-1] == "all answers right"
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_answer_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = large.Run(tmp_path, time.monotonic() + 60, 10**10)
    large.write_documents(run, 30)
    reply = [["The granary stands.", [name]] for name in run.files.values()]
    reply[1] = [f"By {run.facts['Verrano viaduct']}.", ["elsewhere.md"]]
    reply[2] = [f"By {run.facts['Quillmere observatory']}.", [run.files["Quillmere observatory"]]]
    told = json.dumps({"answers": reply, "first": 1.0, "p50": 1.0, "p95": 1.0})
    monkeypatch.setattr(large, "step", lambda *_: (told, "1.0 s"))
    large.check(run, "now", [])
    assert [line.split(": ")[1] for line in run.wrong] == [
        "Tarnholm lighthouse", "Verrano viaduct", "Ostrava glasshouse", "Lindqvist granary",
    ]  # fmt: skip
    assert "1 of 5 facts answered" in capsys.readouterr().out


def test_a_run_without_time_stops_and_says_so(tmp_path: Path) -> None:
    process = started(tmp_path, "--chunks", "2000", "--minutes", "0.02")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 1, errors
    *done, last = output.splitlines()  # which step it is depends on the machine
    assert re.fullmatch(r"STOPPED: .+; the steps after it were not measured", last)
    assert not any(line.startswith("moved") for line in done)
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_memory_stops_and_says_so(tmp_path: Path) -> None:
    process = started(tmp_path, "--chunks", "2000", "--gigabytes", "0.001")
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert output.splitlines()[-1].startswith("STOPPED: ingest: stopped at 0.")
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_killed_removes_its_folder(tmp_path: Path) -> None:
    process = started(tmp_path, "--chunks", "4000")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("written: ")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []
