"""Many people at once on one server with a slow model: row 23 of the guarantees.

    python -m benchmarks.crowd [--users 50] [--rounds 6] [--running 16] [--waiting 100]

The server runs as a process of its own on the sample folder, with the stand-in model (0.2 s of
thinking, 10 ms between words). Users come through the chat's own event stream and through
``/v1/chat/completions``, half and half; each asks, reads to the end, and asks again. A second pass
has 2 places and 4 in line. Printed: time to the first word, refusals, and the server's memory by
round with its slope. Exit status 1 when an answer is lost or a twentieth of the refusals takes over
two seconds: fifty that come in one instant wait for one processor, most of it Gradio's.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests"))

from fake_model_server import FakeModelServer  # noqa: E402

MOST_REFUSAL_SECONDS = 2.0

QUESTIONS = (
    "When was ICLR founded?", "How many submissions did ICLR 2020 receive?",
    "Who guides through the mathematics of deep learning?", "Where did the first ICLR take place?",
)  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What the users saw. Times in seconds."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


@contextlib.contextmanager
def serving(*assignments: str) -> Iterator[tuple[str, int]]:
    """``assistant serve`` as a process: its address and its number."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [str(Path(sys.executable).absolute()), "-m", "assistant.cli"]
        for each in (f"index.path={scratch}/index", *assignments):
            command += ["--set", each]
        log = Path(scratch) / "log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [*command, "serve", "--port", "0"], cwd=TOP, stderr=out, stdout=out,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        try:
            until = time.monotonic() + 120
            while not (found := re.search(r"answers at (http://\S+)", log.read_text())):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(log.read_text())
                time.sleep(0.05)
            yield found.group(1), process.pid
        finally:
            process.terminate()
            process.wait(20)


def resident_megabytes(process: int) -> float:
    """The memory that a process holds."""
    text = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024  # type: ignore[index]


async def by_http(client: httpx.AsyncClient, question: str, tally: Tally) -> None:
    """One question through the OpenAI door."""
    began = time.perf_counter()
    first = 0.0
    body = {"stream": True, "messages": [{"role": "user", "content": question}]}
    async with client.stream("POST", "/v1/chat/completions", json=body) as reply:
        if reply.status_code == 429:
            tally.refused.append(time.perf_counter() - began)
            return
        async for line in reply.aiter_lines():
            if not first and '"content"' in line and '"content": ""' not in line:
                first = time.perf_counter() - began
            if line == "data: [DONE]":
                tally.first.append(first)
                tally.whole.append(time.perf_counter() - began)
                return
    tally.lost.append(f"http: no end ({reply.status_code})")


def sent_by_the_page(config: dict[str, Any], event: dict[str, Any]) -> list[object]:
    """What the page sends with ``event`` before anything in it was touched."""
    shown = {each["id"]: each["props"].get("value") for each in config["components"]}
    return [shown[each] for each in event["inputs"]]


async def by_chat(
    client: httpx.AsyncClient,
    function: int,
    data: list[object],
    session: str,
    tally: Tally,
) -> None:
    """One question through the page's own events, as the browser sends them."""
    began = time.perf_counter()
    first = 0.0
    join = {"data": data, "fn_index": function, "session_hash": session, "trigger_id": None}
    await client.post("/gradio_api/queue/join", json=join)
    url = f"/gradio_api/queue/data?session_hash={session}"
    async with client.stream("GET", url) as reply:
        async for line in reply.aiter_lines():
            if not first and "answer partial" in line and "waiting" not in line:
                first = time.perf_counter() - began
            if "That did not work" in line:
                tally.refused.append(time.perf_counter() - began)
                return
            if line.startswith("data:") and "process_completed" in line:
                if '"success": false' in line or '"success":false' in line:
                    break
                whole = time.perf_counter() - began
                tally.first.append(first or whole)
                tally.whole.append(whole)
                return
    tally.lost.append("chat: no end")


async def crowd(
    url: str, users: int, rounds: int, process: int, door: str = "both"
) -> tuple[Tally, list[float]]:
    """Everybody asks ``rounds`` times; the memory after each round."""
    tally, memory = Tally(), []
    limits = httpx.Limits(max_connections=4 * users)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as probe:
        config = (await probe.get("/config")).json()
    box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "question")
    asked = next(d for d in config["dependencies"] if [box, "submit"] in d["targets"])
    at, untouched = asked["inputs"].index(box), sent_by_the_page(config, asked)

    barrier = asyncio.Barrier(users + 1)

    async def user(number: int) -> None:
        question = QUESTIONS[number % len(QUESTIONS)]
        async with httpx.AsyncClient(base_url=url, timeout=120) as client:
            if door == "http" or (door == "both" and number % 2):
                for _ in range(rounds):
                    await by_http(client, question, tally)
                    await barrier.wait()
                return
            await client.get("/", headers={"Accept": "text/html"})  # sets the owner's cookie
            session = f"s{number}{time.perf_counter_ns()}"
            data = [*untouched[:at], question, *untouched[at + 1 :]]
            async with client.stream("GET", f"/gradio_api/heartbeat/{session}"):  # an open tab
                for _ in range(rounds):
                    await by_chat(client, asked["id"], data, session, tally)
                    await barrier.wait()

    people = [asyncio.create_task(user(number)) for number in range(users)]
    for _ in range(rounds):
        await barrier.wait()
        memory.append(resident_megabytes(process))
    await asyncio.gather(*people)
    return tally, memory


def report(name: str, tally: Tally, memory: list[float]) -> bool:
    """Print a pass; whether nothing was lost and every refusal was quick."""

    def p(values: list[float], share: float) -> str:
        return f"{np.percentile(values, share):.2f} s" if values else "–"

    slope = float(np.polyfit(range(len(memory)), memory, 1)[0]) if len(memory) > 2 else 0.0
    later = memory[len(memory) // 2 :]
    late = float(np.polyfit(range(len(later)), later, 1)[0]) if len(later) > 2 else slope
    print(
        f"{name}: {len(tally.whole)} answered, {len(tally.refused)} refused (p95 "
        f"{p(tally.refused, 95)}, slowest {max(tally.refused, default=0):.2f} s), "
        f"{len(tally.lost)} lost; first word p50 "
        f"{p(tally.first, 50)}, p95 {p(tally.first, 95)}; whole p95 {p(tally.whole, 95)}; memory "
        f"{' '.join(f'{m:.0f}' for m in memory)} MB, {slope:+.1f} MB a round, second half "
        f"{late:+.1f}"
    )
    for each in sorted(set(tally.lost)):
        print(f"    {each}")
    return not tally.lost and bool(np.percentile(tally.refused or [0.0], 95) < MOST_REFUSAL_SECONDS)


def main() -> None:
    """Two passes: everybody may wait, and hardly anybody may."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--running", type=int, default=16)
    parser.add_argument("--waiting", type=int, default=100)
    parser.add_argument("--door", choices=("both", "http", "chat"), default="both")
    options = parser.parse_args()
    good = True
    with FakeModelServer(think_seconds=0.2, pause_seconds=0.01) as model:
        served = (f"llm.base_url={model.base_url}", "llm.model=grounded")
        passes = (
            (f"{options.users} users, {options.running} places", options.running, options.waiting),
            (f"{options.users} users, 2 places, 4 in line", 2, 4),
        )
        for name, places, waiting in passes:
            limits = (f"server.max_running={places}", f"server.max_waiting={waiting}")
            with serving(*served, *limits) as (url, process):
                asyncio.run(crowd(url, 4, 1, process, options.door))  # the libraries are loaded now
                tally, memory = asyncio.run(
                    crowd(url, options.users, options.rounds, process, options.door)
                )
                good = report(name, tally, memory) and good
    print(json.dumps({"held": good}))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
