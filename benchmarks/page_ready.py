"""How soon the chat can be used, against an empty Gradio app: seconds in a real browser.

    python -m benchmarks.page_ready [--runs 9]

Both servers run as processes of their own and are loaded in turn, each time in a fresh browser
profile, until a question can be typed (the chat has an early field, which hands its words over) and
until the page's own text field is there. Printed: medians and ratios of a first visit and of a
second one in the same profile, which has the files. Exit status 1 when the page's own field is
above the aim, 1.3.
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
from collections.abc import Iterator
from pathlib import Path

from benchmarks.cold_start import EMPTY
from benchmarks.crowd import serving

AIM = 1.3
TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests"))

from playwright.sync_api import Browser  # noqa: E402
from support_server import chromium  # noqa: E402


@contextlib.contextmanager
def empty_app() -> Iterator[str]:
    """A Gradio app with one text field, as a process."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "empty.py"
        file.write_text(EMPTY)
        process = subprocess.Popen([sys.executable, str(file), str(port)])
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def ready_seconds(browser: Browser, url: str) -> list[float]:
    """From the address to a field that can be typed into, and to the page's own: of a first and of
    a second visit."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    seconds: list[float] = []
    for _ in range(2):
        page = context.new_page()
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        for field in ("#early-question, #question textarea", "#question textarea"):
            page.wait_for_selector(field, state="visible")
            seconds.append(time.perf_counter() - began)
        page.wait_for_load_state("load")
        page.close()
    context.close()
    return seconds


def main() -> None:
    """Print both and their ratios; exit status 1 when the first visit is above the aim."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    times: dict[str, list[list[float]]] = {"chat": [], "empty": []}
    with serving() as (url, _), empty_app() as empty, chromium() as browser:
        for address in (url, empty):
            ready_seconds(browser, address)  # the first load also warms the server
        for _ in range(options.runs):
            times["empty"].append(ready_seconds(browser, empty))
            times["chat"].append(ready_seconds(browser, url))
    ratios: list[float] = []
    for visit, said in enumerate(
        ("first visit, typing", "first visit", "second visit, typing", "second visit")
    ):
        medians: dict[str, float] = {}
        for name, both in times.items():
            values = [each[visit] for each in both]
            medians[name] = statistics.median(values)
            print(
                f"{said}: {name:<6} median {medians[name]:.2f} s "
                f"({min(values):.2f} to {max(values):.2f})"
            )
        ratios.append(medians["chat"] / medians["empty"])
        print(f"{said}: chat / empty Gradio app {ratios[-1]:.2f}, n {options.runs}")
    print(f"aim for the first visit: at most {AIM}")
    sys.exit(0 if ratios[1] <= AIM else 1)


if __name__ == "__main__":
    main()
