"""How soon the chat can be used, against an empty Gradio app: seconds in a real browser.

    python -m benchmarks.page_ready [--runs 9]

Both servers run as processes of their own and are loaded in turn, each time in a fresh browser
profile. The chat shows its first screen (what is here, the questions to begin with, a field that
takes a question) before Gradio has drawn the page, and hands over to it. Printed for a first visit
and for a second one in the same profile, which has the files: medians and ratios until a question
can be typed and what is here can be read, and until the page's own text field is there. The empty
app has its field, and nothing to read. Exit status 1 when the first screen is above the aim, 1.3.
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
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.cold_start import EMPTY
from benchmarks.crowd import serving

AIM = 1.3
SHOWN = (
    (("#early-question, #question textarea", "#early .here, #chat .welcome .here"),
     ("#question textarea",)),
    (("#question textarea",), ("#question textarea",)),
)  # fmt: skip
"""What is waited for in the chat and in the empty app: the first screen, the page's own field."""
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


def ready_seconds(browser: Browser, url: str, steps: Sequence[Sequence[str]]) -> list[float]:
    """From the address until each step's selectors are all visible: of a first visit and of a
    second one."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    seconds: list[float] = []
    for _ in range(2):
        page = context.new_page()
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        for selectors in steps:
            for selector in selectors:
                page.locator(selector).first.wait_for(state="visible")
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
        pairs = (("empty", empty, SHOWN[1]), ("chat", url, SHOWN[0]))
        for _, address, steps in pairs:
            ready_seconds(browser, address, steps)  # the first load also warms the server
        for _ in range(options.runs):
            for name, address, steps in pairs:
                times[name].append(ready_seconds(browser, address, steps))
    ratios: list[float] = []
    for visit, said in enumerate(
        (
            "first visit, first screen",
            "first visit, page's own field",
            "second visit, first screen",
            "second visit, page's own field",
        )
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
    print(f"aim for the first screen: at most {AIM}")
    sys.exit(0 if max(ratios[0], ratios[2]) <= AIM else 1)


if __name__ == "__main__":
    main()
