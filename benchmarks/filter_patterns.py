"""Path filters that were written to take long, and filters that are too large, at every door.

    python -m benchmarks.filter_patterns [--patterns 1000] [--seed 1]

Row 26 of the guarantees. Patterns of stars, question marks, folders and a few letters, some as long
as a filter may be, are matched with names of 25,000 and 100,000 characters that are made of the
same letters. Time is that of the processor. Then too many, too long and unusable patterns are sent
by every way that a filter can come: Python, LlamaIndex, the command line, the chat, ``/v1``, MCP.

Exit status 1 when a match takes longer than a second, when four times the characters take more than
eight times as long (4 is linear), or when a filter that is too large gets an answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests"))

import httpx  # noqa: E402
from support_server import Running, running  # noqa: E402

from assistant import Assistant, Filters, load_settings  # noqa: E402
from assistant.errors import FilterError  # noqa: E402
from assistant.llamaindex import HybridRetriever  # noqa: E402
from assistant.retrieval.filters import (  # noqa: E402
    LONGEST_VALUE,
    MOST_CHARACTERS,
    MOST_VALUES,
    make_filters,
)
from assistant.text.globs import PathPatterns  # noqa: E402

SHORT, LONG = 25_000, 100_000
MOST_SECONDS, MOST_GROWTH = 1.0, 8.0
_LEAST_SECONDS = 0.02
"""Of the longer name; the growth of less is that of the clock."""
_PIECES = ("*", "**", "**/", "?", "a", "b", "/", "*a", "a*", "**a")
_QUESTION = "When was the garden laid out?"
TOO_LARGE: Sequence[tuple[str, list[str]]] = (
    ("one more than may be", ["*.md"] * (MOST_VALUES + 1)),
    ("30,000 patterns", ["*a*b"] * 30_000),
    ("one character too long", ["*" * (LONGEST_VALUE + 1)]),
    ("100,000 characters", ["*a" * 50_000]),
    ("too long together", ["*" * LONGEST_VALUE] * (MOST_CHARACTERS // LONGEST_VALUE + 1)),
    ("a zero character", ["a\0b"]),
)


# ---------------------------------------------------------------- time


def pattern(chance: random.Random) -> str:
    """A pattern that is as long as chance wants, up to the bound of a filter."""
    begin = chance.choice(("", "*", "**", "**/"))  # else most names end the match at once
    if chance.random() < 0.5:  # many sets of states, so that none is met twice
        body = "a" + "".join(chance.choices("?a", (100, 1), k=LONGEST_VALUE))
    else:
        pieces = [chance.choice(_PIECES) for _ in range(chance.choice((1, 2, 3, 5, 10)))]
        body = "".join(pieces) * chance.choice((1, 20, LONGEST_VALUE))
    return (begin + body)[: LONGEST_VALUE - 1] + chance.choice("?*abc")


def seconds(patterns: Sequence[str], name: str) -> float:
    """Of the processor, for a name that no pattern has met yet."""
    made = PathPatterns(patterns)
    began = time.process_time()
    made.match(name)
    return time.process_time() - began


def measure(number: int, seed: int) -> tuple[float, float, str]:
    """The longest match, the largest growth, and the pattern of either that is over its bound."""
    chance = random.Random(seed)
    longest = growth = 0.0
    bad = ""
    for _ in range(number):
        several = [pattern(chance) for _ in range(chance.choice((1, 1, 10)))]
        letters = chance.choice(("a", "ab", "aab/"))
        part = "".join(chance.choice(letters) for _ in range(chance.choice((1, 7, LONG))))
        name = part * (LONG // len(part) + 1)
        took = seconds(several, name[:LONG])
        longest = max(longest, took)
        grew = 0.0
        if took > _LEAST_SECONDS:
            grew = min(
                seconds(several, name[:LONG]) / max(seconds(several, name[:SHORT]), 1e-9)
                for _ in range(2)
            )
            growth = max(growth, grew)
        if took > MOST_SECONDS or grew > MOST_GROWTH:
            bad = f"{several!r}"[:500]
    return longest, growth, bad


# ---------------------------------------------------------------- doors


Door = Callable[[list[str]], bool]
"""Sends patterns; whether they were refused by one clear error."""


def _refuses(work: Callable[[], object]) -> bool:
    try:
        work()
    except FilterError:
        return True
    return False


def _command_line(index: Path, paths: list[str]) -> bool:
    given = [part for each in paths for part in ("--path", each)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "assistant", "--set", f"index.path={index}", "ask", _QUESTION,
             *given],
            cwd=TOP, capture_output=True, text=True, check=False,
        )  # fmt: skip
    except (OSError, ValueError):  # the system takes no such argument
        return True
    return done.returncode == 2 and "Traceback" not in done.stderr and "Error" in done.stderr


def _chat(served: Running, paths: list[str]) -> bool:
    async def said() -> str:
        talk = served.application.page.talk
        asked = talk.ask("o" * 43, "", _QUESTION, Filters(paths=tuple(paths)))
        return "".join([str(view.messages) async for view in asked])

    return "is the most" in (shown := asyncio.run(said())) or "cannot be used" in shown


def _openai(served: Running, paths: list[str]) -> bool:
    asked = {"messages": [{"role": "user", "content": _QUESTION}], "filters": {"paths": paths}}
    answer = httpx.post(f"{served.url}/v1/chat/completions", json=asked, timeout=60)
    return 400 <= answer.status_code < 500


def _mcp(served: Running, paths: list[str]) -> bool:
    call = {"name": "ask", "arguments": {"question": _QUESTION, "paths": paths}}
    answer = httpx.post(
        f"{served.url}/mcp", timeout=60,
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
        headers={"Accept": "application/json, text/event-stream"},
    )  # fmt: skip
    if 400 <= answer.status_code < 500:
        return True
    said: dict[str, Any] = json.loads(answer.text.partition("data: ")[2] or answer.text)
    return "error" in said or bool(said["result"].get("isError"))


@contextmanager
def opened_doors() -> Iterator[dict[str, Door]]:
    """Every way that a filter can come, to an index of one note."""
    with tempfile.TemporaryDirectory(prefix="filters-") as scratch:
        place = Path(scratch)
        notes = place / "notes"
        notes.mkdir()
        (notes / "garden.md").write_text("# Garden\n\nThe garden was laid out in 1871.\n")
        given = {
            "index.path": str(place / "index"),
            "documents.paths": [str(notes)],
            "chat.uploads": str(place / "uploads"),
        }
        with Assistant(load_settings(None, given)) as assistant, running(assistant) as served:
            assistant.sync()

            def retriever(paths: list[str]) -> bool:
                made = Filters(paths=tuple(paths))
                return _refuses(
                    lambda: HybridRetriever(assistant, filters=made).retrieve(_QUESTION)
                )

            yield {
                "make_filters": lambda paths: _refuses(lambda: make_filters(paths)),
                "Python": lambda paths: _refuses(
                    lambda: assistant.ask(_QUESTION, filters=Filters(paths=tuple(paths)))
                ),
                "LlamaIndex": retriever,
                "command line": lambda paths: _command_line(place / "index", paths),
                "chat": lambda paths: _chat(served, paths),
                "/v1": lambda paths: _openai(served, paths),
                "MCP": lambda paths: _mcp(served, paths),
            }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, send, and print both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--patterns", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    longest, growth, bad = measure(options.patterns, options.seed)
    if bad:
        print(f"over its bound: {bad}")
    with opened_doors() as doors:
        answered = [
            f"{door}: {name}"
            for door, send in doors.items()
            for name, paths in TOO_LARGE
            if not send(paths)
        ]
        sent = len(doors) * len(TOO_LARGE)
    for each in answered:
        print(f"not refused: {each}")
    print(
        f"{options.patterns} filters on names of {LONG:,} characters: longest {longest:.2f} s of "
        f"processor time, at most {growth:.1f} times that of a quarter (4 is linear); "
        f"{sent - len(answered)} of {sent} too large ones refused at {len(doors)} doors"
    )
    return 1 if bad or answered else 0


if __name__ == "__main__":
    sys.exit(main())
