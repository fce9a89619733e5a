"""Parsing on a real Ray cluster of this machine: one head, two processors, one worker killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support_texts import settings_for

from assistant import Assistant

pytest.importorskip(
    "ray", reason="needs Ray, 240 MB: pip install -e '.[ray]'; `make ray` installs it and runs this"
)

_SCRIPT = """
import json, sys
from pathlib import Path
import ray
ray.init(num_cpus=2, include_dashboard=False, logging_level=40, log_to_driver=False)
from assistant import Assistant, load_settings
index, folder = sys.argv[1:3]
settings = load_settings(None, {"index.path": index, "documents.paths": [folder]})
print("up", flush=True)
with Assistant(settings) as assistant:
    receipt = assistant.sync(ray_address="auto")
    print(json.dumps([receipt.documents, receipt.chunks, len(receipt.failed),
                      sorted(f.document for f in receipt.files)]), flush=True)
"""


def write_documents(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        rows = "".join(
            f"<p>Sentence {n} of file {number} says {n * number}.</p>" for n in range(60)
        )
        (folder / f"{number:03}.html").write_text(f"<html><body>{rows}</body></html>")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Any]:
    """Starts a cluster with a driver on it; gives the process."""
    started: list[subprocess.Popen[str]] = []

    def start(index: Path, folder: Path) -> subprocess.Popen[str]:
        environment = dict(os.environ, RAY_USAGE_STATS_ENABLED="0", RAY_DISABLE_IMPORT_WARNING="1")
        top = str(Path(__file__).resolve().parent.parent)
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, [top, os.environ.get("PYTHONPATH")])
        )
        process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT, str(index), str(folder)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True, cwd=tmp_path,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()


def workers_of(pid: int) -> list[int]:
    """Ray's worker processes below a driver that run a task of ours."""
    from benchmarks.processes import descendants

    found = []
    for each in descendants(pid):
        try:
            line = Path(f"/proc/{each}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if line.startswith("ray::load_there"):
            found.append(each)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="finds workers in /proc")
def test_a_killed_worker_loses_nothing_and_doubles_nothing(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    write_documents(folder, 120)
    process = run(tmp_path / "index", folder)
    killed: list[int] = []

    def kill_one() -> None:
        deadline = time.monotonic() + 60
        while not killed and time.monotonic() < deadline and process.poll() is None:
            for pid in workers_of(process.pid)[:1]:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            time.sleep(0.005)

    assert process.stdout.readline().strip() == "up"
    killer = threading.Thread(target=kill_one)
    killer.start()
    reply = next(line for line in process.stdout if line.startswith("["))  # Ray talks there, too
    killer.join()
    assert killed, "no worker was caught at work"
    documents, chunks, failed, names = json.loads(reply)
    assert (documents, failed) == (120, 0)
    assert names == [f"{number:03}.html" for number in range(120)]
    with Assistant(settings_for(folder, tmp_path / "plain")) as plain:
        receipt = plain.sync()
        assert (receipt.documents, receipt.chunks) == (documents, chunks)
        ours = [p.text for p in plain.retrieve("What does sentence 7 of file 11 say?")]
    with Assistant(settings_for(folder, tmp_path / "index")) as assistant:
        assert [p.text for p in assistant.retrieve("What does sentence 7 of file 11 say?")] == ours
        assert assistant.sync().embedded == 0  # threads find nothing to do


def test_a_cluster_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.md").write_text("# A\n\nA sentence.\n")
    done = subprocess.run(
        [
            sys.executable, "-m", "assistant", "--set", f"index.path={tmp_path / 'index'}",
            "ingest", str(tmp_path / "documents"), "--engine", "ray",
        ],
        env=dict(os.environ, RAY_ADDRESS="", RAY_USAGE_STATS_ENABLED="0"),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "ray start --head" in done.stderr
    assert "Traceback" not in done.stderr
