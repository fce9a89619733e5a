"""Start-up: cold commands beside imports of their frameworks, and `serve` beside an empty page.

    python -m benchmarks.cold_start [--runs 9]

The yardstick of the commands is one process that imports ``chromadb`` and ``llama_index.core`` and
ends, which a stock recipe by these two cannot do without. A second one imports all that ``assistant
ask`` has loaded when it ends, and does nothing with it. The yardstick of ``assistant serve`` is a
Gradio app with one text field; ready is the moment when the page is given out. All are started in
turn, as fresh processes, with their modules compiled and their files in the cache of the system; so
"cold" means a new process, not a new machine.

Prints the median seconds of each with the range, and its ratio to the yardstick beside the goal.
Exit status 1 when one is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from benchmarks.corpus import write_folder
from benchmarks.processes import environment

YARDSTICK, OWN = "import chromadb + llama_index.core", "what `ask` imports, alone"
EMPTY_APP, SERVE = "an empty Gradio app", "assistant serve"
GOALS = {"assistant ask": 1.15, "assistant --help": 1 / 3, SERVE: 1.2}
_MOST_SECONDS = 120.0
_QUESTION = "Which method reaches the best points on a single card?"

_LIST = """
import sys
from assistant.cli import main
try:
    main()
finally:
    names = [name for name, module in sys.modules.items() if getattr(module, "__spec__", None)]
    print(*names, file=open({file!r}, "w"))
"""
_IMPORT = """
import contextlib, importlib
for name in open({file!r}).read().split():
    with contextlib.suppress(Exception):
        importlib.import_module(name)
"""
EMPTY = """
import os, sys
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio
with gradio.Blocks() as blocks:
    gradio.Textbox(elem_id="question")
blocks.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
"""


def commands(place: Path, folder: Path) -> dict[str, list[str]]:
    """What is started, by the name it is shown under."""
    assistant = [
        sys.executable, "-m", "assistant",
        "--set", f"index.path={place / 'index'}", "--set", f"documents.paths=[{folder}]",
    ]  # fmt: skip
    imported = str(place / "imported")
    listing = [sys.executable, "-c", _LIST.format(file=imported), *assistant[3:], "ask", _QUESTION]
    subprocess.run([*assistant, "ingest"], env=environment(), capture_output=True, check=True)
    subprocess.run(listing, env=environment(), capture_output=True, check=True)
    return {
        YARDSTICK: [sys.executable, "-c", "import chromadb, llama_index.core"],
        OWN: [sys.executable, "-c", _IMPORT.format(file=imported)],
        "assistant ask": [*assistant, "ask", _QUESTION],
        "assistant --help": [*assistant, "--help"],
        "assistant ingest, unchanged": [*assistant, "ingest"],
        "assistant status": [*assistant, "status"],
    }


def servers(place: Path) -> dict[str, list[str]]:
    """Servers by name, without their ports, which come last."""
    index = f"index.path={place / 'index'}"
    return {
        EMPTY_APP: [sys.executable, "-c", EMPTY],
        SERVE: [sys.executable, "-m", "assistant", "--set", index, "serve", "--port"],
    }


def start(command: list[str]) -> float:
    """Seconds from start to end of one process."""
    began = time.perf_counter()
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}:\n{done.stderr}")
    return seconds


def ready(command: list[str]) -> float:
    """Seconds from a server's start until it gives out its page."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    began = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*command, str(port)], env=environment(), stdout=quiet, stderr=quiet)
    try:
        while process.poll() is None and time.perf_counter() - began < _MOST_SECONDS:
            with contextlib.suppress(httpx.HTTPError):
                if "gradio" in httpx.get(f"http://127.0.0.1:{port}/", timeout=5).text:
                    return time.perf_counter() - began
            time.sleep(0.02)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
    raise SystemExit(f"{command} was never ready")


def measured(
    runs: int, commands: Mapping[str, list[str]], take: Callable[[list[str]], float]
) -> dict[str, list[float]]:
    """Seconds by name, all in turn; the first of each only warms the caches."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            took = take(command)
            if number:
                seconds[name].append(took)
    return seconds


def measure(runs: int, files: int = 100) -> dict[str, dict[str, list[float]]]:
    """Seconds of so many starts of each command and each server, by name."""
    with tempfile.TemporaryDirectory(prefix="cold-") as scratch:
        place = Path(scratch)
        write_folder(place / "documents", files, 450)
        return {
            "commands": measured(runs, commands(place, place / "documents"), start),
            "servers": measured(runs, servers(place), ready),
        }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--files", type=int, default=100)
    options = parser.parse_args()
    found = measure(options.runs, options.files)
    missed = show(found["commands"], YARDSTICK)
    ask, own = (statistics.median(found["commands"][name]) for name in ("assistant ask", OWN))
    print(f"assistant ask against {OWN}: {ask / own:.2f} ×")
    missed += show(found["servers"], EMPTY_APP)
    return 1 if missed else 0


def show(seconds: Mapping[str, list[float]], yardstick: str) -> int:
    """The table; how many goals are missed."""
    unit = statistics.median(seconds[yardstick])
    missed = 0
    print(f"medians of {len(seconds[yardstick])} starts of each, in turn")
    for name, values in seconds.items():
        ratio = statistics.median(values) / unit
        goal = GOALS.get(name)
        is_met = goal is None or ratio <= goal
        missed += not is_met
        shown = "" if goal is None else f"   goal ≤ {goal:.2f}: {'met' if is_met else 'MISSED'}"
        print(
            f"{name:<36}{statistics.median(values):6.2f} s ({min(values):.2f} to "
            f"{max(values):.2f})   {ratio:5.2f} ×{shown}"
        )
    return missed


if __name__ == "__main__":
    sys.exit(main())
