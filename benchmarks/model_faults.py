"""What a failing or hostile model server does to us: rows 8 to 11, 16 and 21 of the guarantees,
what a real model's claims do to our verdicts: rows 41 to 43 (``claim_faults``), and models that are
asked for parts, notes and sections: rows 44 and 45 (``part_faults``).

    python -m benchmarks.model_faults [--rows 8,9,…] [--closings 100] [--cases 10000]

Every fault is played by the fake server of ``tests/`` over real sockets. Row 8 runs the command
line as a process against a broken embedding server, row 21 a whole assistant with every library
logging at DEBUG, and then looks for a canary key and a canary question in all that was left.
Prints one line a trial and a table. Exit status 1 when any row is short.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ModelError
from assistant.model.language_model import Ended, LanguageModel, TextPiece
from assistant.settings import LLMSettings, load_settings
from benchmarks.processes import environment

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests"))

from fake_model_server import PARTIAL, FakeModelServer  # noqa: E402  (lives beside the tests)

KEY_NAME = "ASSISTANT_CANARY"
KEY = "sk-canary-91c7d2a04be6"
QUESTION = "Where did the walrus of Zanzibar bury its marzipan?"
WHOLE = f"{PARTIAL} 1872 [1]."
MESSAGES = [{"role": "user", "content": "When was the garden of Holm laid out?"}]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    number: int
    fault: str
    figure: str
    good: bool


def llm(base_url: str, model: str, **values: Any) -> LLMSettings:
    """Settings for a server of ours."""
    values = {"timeout_seconds": 20.0, "api_key_env": KEY_NAME} | values
    named = {f"llm.{name}": value for name, value in values.items()}
    return load_settings(
        TOP / "config.yaml", {"llm.model": model, "llm.base_url": base_url, **named}
    ).llm


async def _read(model: LanguageModel) -> tuple[str, Ended]:
    pieces = [piece async for piece in model.stream(MESSAGES)]
    end = pieces.pop()
    if not isinstance(end, Ended):
        raise AssertionError("a stream ends with Ended")
    return "".join(piece.text for piece in pieces if isinstance(piece, TextPiece)), end


def _tell(row: int, fault: str, good: bool, what: str) -> bool:
    print(f"{row:3}  {fault:22} {'ok ' if good else 'BAD'}  {what}", flush=True)
    return good


# ---------------------------------------------------------------- 8: embeddings

EMBEDDING_FAULTS = {
    "429": "429", "500": "500", "timeout": "stall", "short": "short", "reordered": "reordered",
    "NaN": "nan", "wrong length": "uneven", "connection refused": "",
}  # fmt: skip
"""Fault → the fake's behaviour. ``reordered`` must be put right, not refused."""


def row_8() -> Row:
    """A document is edited while its embedding server is broken; then the server is well again."""
    good = 0
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        note = work / "notes" / "note.md"
        note.parent.mkdir()
        with FakeModelServer("ok") as server:
            port = int(server.base_url.rsplit(":", 1)[1].split("/")[0])
            url = server.base_url
            _write(note, 1870)
            if _ingest(work, url)[0] != 0:
                raise AssertionError("the first ingest failed")
        said = 1870
        for year, (fault, behaviour) in enumerate(EMBEDDING_FAULTS.items(), start=1871):
            _write(note, year)
            if behaviour:
                with FakeModelServer(behaviour, port=port):
                    code, failed = _ingest(work, url)
            else:
                code, failed = _ingest(work, url)
            with FakeModelServer("ok", port=port):
                now = _stored_year(work, url)
                recovered = _ingest(work, url)[0] == 0 and _stored_year(work, url) == year
            if behaviour == "reordered":
                fine = code == 0 and now == year
                what = f"exit {code}, put in order by index, version {now} stored"
            else:
                fine = code != 0 and failed == ["note.md"] and now == said
                what = f"exit {code}, failed: {failed}, version {now} of {said} still stored"
            said = year
            good += _tell(8, fault, fine and recovered,
                          f"{what}; next ingest {'' if recovered else 'NOT '}whole")  # fmt: skip
    count = len(EMBEDDING_FAULTS)
    return Row(8, "embedding server: " + ", ".join(EMBEDDING_FAULTS), f"{good} of {count}",
               good == count)  # fmt: skip


def _write(note: Path, year: int) -> None:
    """Two chunks, so that a reply can be short or in another order."""
    filler = "The roses grow along the wall and the beech is old. " * 30
    note.write_text(f"# Garden\n\nLaid out in {year}. {filler}\n\n## Roses {year}\n\n{filler}\n")


def _assistant(place: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    values = {
        "index.path": place / "index", "embedding.provider": "openai", "embedding.base_url": url,
        "embedding.timeout_seconds": 4.0, "embedding.api_key_env": KEY_NAME,
    }  # fmt: skip
    sets = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    return subprocess.run(
        [sys.executable, "-m", "assistant", *sets, *arguments],
        cwd=place, env=environment(**{KEY_NAME: KEY}), capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip


def _ingest(place: Path, url: str) -> tuple[int, list[str]]:
    """Exit status and the documents marked failed."""
    done = _assistant(place, url, "ingest", str(place / "notes"), "--json")
    try:
        files = json.loads(done.stdout)["files"]
    except ValueError:
        print(done.stderr.strip(), file=sys.stderr)
        files = []
    return done.returncode, [f["document"] for f in files if f["outcome"] == "failed"]


def _stored_year(place: Path, url: str) -> int:
    """The year in the version that answers now."""
    from assistant.pipeline import Assistant

    settings = load_settings(TOP / "config.yaml", {
        "index.path": str(place / "index"), "embedding.provider": "openai",
        "embedding.base_url": url, "embedding.api_key_env": KEY_NAME,
    })  # fmt: skip
    with Assistant(settings) as assistant:
        text = assistant.document_text("note.md")
    return int(text.split("Laid out in ")[1][:4])


# ---------------------------------------------------------------- 9 to 11: streams

STREAM_FAULTS = {
    "clean end": "clean_end", "half a line": "half_line", "bad JSON": "bad_json",
    "reset": "reset", "error event": "error_event", "stall": "stall", "drip": "drip",
}  # fmt: skip
DEADLINE = 2.0


def row_9() -> Row:
    """The words so far are kept and marked; the deadline is kept."""
    good = 0
    with FakeModelServer() as server:
        for fault, behaviour in STREAM_FAULTS.items():
            model = LanguageModel(llm(server.base_url, behaviour, timeout_seconds=DEADLINE))
            began = time.monotonic()
            try:
                text, end = asyncio.run(_read(model))
                seconds = time.monotonic() - began
                fine = text == PARTIAL and bool(end.incomplete) and seconds < DEADLINE + 1.0
                what = f"{len(text)} characters kept, {seconds:.2f} s: {_short(end.incomplete)}"
            except Exception as exc:
                fine, what = False, repr(exc)
            good += _tell(9, fault, fine, what)
    count = len(STREAM_FAULTS)
    return Row(9, "chat stream: " + ", ".join(STREAM_FAULTS), f"{good} of {count}", good == count)


def row_10() -> Row:
    """What the server asks before a retry."""
    good = 0
    for fault, plan in (("1 s", "429+1"), ("200 s", "429+200"), ("a date", "429+date")):
        with FakeModelServer([plan, "null_finish"]) as server:
            began = time.monotonic()
            model = LanguageModel(llm(server.base_url, "any", timeout_seconds=60.0))
            try:
                text, _ = asyncio.run(_read(model))
                pause = server.requests[1].at - server.requests[0].at
                fine = text == WHOLE and fault != "200 s" and 0.9 < pause < 6
                what = f"waited {pause:.2f} s, then answered"
            except ModelError as exc:
                seconds = time.monotonic() - began
                fine = fault == "200 s" and "Retry-After: 200" in str(exc) and seconds < 5
                what = f"{seconds:.2f} s, {len(server.requests)} request: {_short(str(exc))}"
            good += _tell(10, f"Retry-After {fault}", fine, what)
    return Row(10, "Retry-After: 1 s, 200 s, a date", f"{good} of 3", good == 3)


def row_11(closings: int) -> Row:
    """From closing the iterator, or cancelling its task, to the end of the connection upstream."""

    async def closed(server: FakeModelServer, model: LanguageModel, cancel: bool) -> float:
        before = len(server.wires.lost_at)
        if cancel:
            task = asyncio.create_task(_read(model))
            while server.open_connections == 0:
                await asyncio.sleep(0.002)
            await asyncio.sleep(0.02)
            began = time.monotonic()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        else:
            async with aclosing(model.stream(MESSAGES)) as pieces:
                await anext(pieces)
                began = time.monotonic()
        while len(server.wires.lost_at) == before and time.monotonic() - began < 10:
            await asyncio.sleep(0.002)
        lost = server.wires.lost_at[before:]
        return lost[0] - began if lost else 10.0

    async def all_of_them(server: FakeModelServer) -> list[float]:
        model = LanguageModel(llm(server.base_url, "stall"))
        return sorted([await closed(server, model, turn % 2 == 1) for turn in range(closings)])

    with FakeModelServer() as server:
        times = asyncio.run(all_of_them(server))
    p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
    what = f"n = {closings}, median {times[len(times) // 2]:.4f} s, max {times[-1]:.4f} s"
    fine = _tell(11, "closed iterator, cancel", p95 < 1.0, what)
    return Row(11, "Stop or a closed tab: upstream connection closed", f"p95 {p95:.3f} s", fine)


# ---------------------------------------------------------------- 16: citations


def row_16(cases: int) -> Row:
    """Generated answers, streamed and whole; see ``benchmarks.citation_cases``."""
    from benchmarks.citation_cases import faults, generated, pieces

    chance = random.Random(1)
    broken = dangling = 0
    for _ in range(cases):
        text = generated(chance)
        found = faults(text, pieces(text, chance))
        broken += bool(found)
        dangling += "dangling marker" in found
    fine = _tell(16, "markers and links", broken == 0, f"{broken} of {cases:,} cases broken")
    return Row(16, "[99], [0], split markers, links in answers",
               f"{dangling} dangling, {broken} broken in {cases:,}", fine)  # fmt: skip


# ---------------------------------------------------------------- 21: canaries

_CANARY_RUN = """
import asyncio, logging, pickle, sys, traceback
from pathlib import Path
from assistant import load_settings
from assistant.model.language_model import LanguageModel
from assistant.pipeline import Assistant

logging.basicConfig(level=logging.DEBUG, filename="debug.log")
for name in list(logging.root.manager.loggerDict):
    logging.getLogger(name).setLevel(logging.DEBUG)
url, folder, key_name, question, *behaviours = sys.argv[1:]
said, answers = [], 0

def kept(exc):
    return [traceback.format_exc(), repr(exc), str(exc), repr(pickle.dumps(exc))]

for behaviour in behaviours:
    settings = load_settings(None, {
        "documents.paths": [folder], "index.path": "index", "llm.model": behaviour,
        "llm.base_url": url, "llm.api_key_env": key_name, "llm.timeout_seconds": 3.0,
        "llm.max_retries": 1, "embedding.provider": "openai", "embedding.base_url": url,
        "embedding.api_key_env": key_name, "answer.min_confidence": 0.0,
    })
    with Assistant(settings) as assistant:
        if not Path("index").exists():
            assistant.sync()
        said += [repr(assistant), repr(vars(assistant)), repr(settings)]
        for history in ((), (("Who wrote it?", "Berta Lindqvist [1]."),)):
            try:
                answer = assistant.ask(question, history)
                said.append(repr(answer.receipt))
                answers += 1
            except Exception as exc:
                said += kept(exc)
    model = LanguageModel(settings.llm)
    try:
        asyncio.run(model.complete([{"role": "user", "content": question}]))
    except Exception as exc:
        said += kept(exc)
    said += [repr(model), repr(vars(model)), repr(pickle.dumps(model))]
print(answers)
Path("said.txt").write_text("\\n".join(said))
"""

_CANARY_BEHAVIOURS = (
    "grounded", "401", "echo_key", "500", "clean_end", "bad_json", "reset", "error_event", "stall",
    "html", "no_choices",
)  # fmt: skip


def row_21() -> Row:
    """A key and a question that must be nowhere but in the requests."""
    with tempfile.TemporaryDirectory() as place, FakeModelServer() as server:
        work = Path(place) / "work"
        folder = Path(place) / "notes"
        for each in (work, folder):
            each.mkdir()
        (folder / "note.md").write_text("# Walrus\n\nThe walrus of Zanzibar ate the marzipan.\n")
        server.script = lambda body: "ok" if "input" in body else str(body["model"])
        surroundings = environment(
            **{KEY_NAME: KEY, "HOME": str(work), "TMPDIR": str(work), "XDG_CACHE_HOME": str(work)}
        )
        done = subprocess.run(
            [sys.executable, "-c", _CANARY_RUN, server.base_url, str(folder), KEY_NAME, QUESTION,
             *_CANARY_BEHAVIOURS],
            cwd=work, env=surroundings, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        if done.returncode or not (work / "said.txt").exists():
            print(done.stderr[-3000:], file=sys.stderr)
            return Row(21, "canary key and canary question", "the run failed", False)
        sent = [seen for seen in server.requests if QUESTION in json.dumps(dict(seen.body))]
        with_key = [seen for seen in sent if KEY in seen.headers.get("authorization", "")]
        left = {"stdout": done.stdout.encode(), "stderr": done.stderr.encode()}
        left |= {str(path.relative_to(place)): path.read_bytes() for path in work.rglob("*")
                 if path.is_file()}  # fmt: skip
    hits = [(name, canary) for name, data in left.items() for canary in _forms() if canary in data]
    for name, canary in hits:
        print(f"     {name}: {canary!r}")
    logged = left.get("work/debug.log", b"")
    searched = bool(with_key) and b"Request options" in logged and b"HTTP Request" in logged
    what = (f"{len(hits)} hits in {len(left)} files of {sum(map(len, left.values())):,} bytes "
            f"({logged.count(b'DEBUG'):,} debug records); key and question were sent "
            f"{len(with_key)} times, {done.stdout.strip()} whole answers")  # fmt: skip
    fine = _tell(21, "canaries", searched and not hits, what)
    return Row(21, "canary key and canary question in logs, traces, errors, saved files",
               f"{len(hits)} hits" if searched else "nothing was searched", fine)  # fmt: skip


def _forms() -> Iterator[bytes]:
    """Both canaries as they could stand in a file."""
    for text in (KEY, QUESTION):
        yield text.encode()
        yield text.encode("utf-16-le")
        yield json.dumps(text)[1:-1].replace(" ", "\\u0020").encode()


# ---------------------------------------------------------------- 41 to 43: claims


def claims(number: int) -> Row:
    """Generated answers with false lists, without citations, and in short lines."""
    from benchmarks.claim_faults import trial

    fault, wrong, count = trial(number)
    fine = _tell(number, "claims", wrong == 0, f"{wrong} of {count} cases wrong")
    return Row(number, fault, f"{wrong} wrong in {count}", fine)


def parts(number: int) -> Row:
    """Models that are asked for questions, for notes on parts, and for sections."""
    from benchmarks.part_faults import part_trial

    fault, wrong, count = part_trial(number)
    for text in wrong[:20]:
        _tell(number, "parts", False, _short(text))
    fine = _tell(number, "parts", not wrong, f"{len(wrong)} of {count} cases wrong")
    return Row(number, fault, f"{len(wrong)} wrong in {count}", fine)


# ---------------------------------------------------------------- the table


def _short(text: str) -> str:
    return " ".join(text.split())[:110]


@contextmanager
def _key_in_environment() -> Iterator[None]:
    os.environ[KEY_NAME] = KEY
    try:
        yield
    finally:
        del os.environ[KEY_NAME]


# ---------------------------------------------------------------- 31: habits of real models


def row_31() -> Row:
    """Thoughts, marks of turns, foreign citations, abstentions in other words, loops."""
    from benchmarks.model_habits import CASES, generated, wrong

    habits = [*CASES, *generated()]
    bad = wrong(habits)
    for line in bad[:20]:
        _tell(31, "habit", False, line)
    _tell(31, "habits of real models", not bad, f"{len(habits) - len(bad)} of {len(habits)}")
    return Row(31, "thoughts, tokens, foreign citations, other abstentions, loops",
               f"{len(bad)} of {len(habits)} shown wrong, in 4 cuts each", not bad)  # fmt: skip


def main() -> int:
    """Run the rows and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", default="8,9,10,11,16,21,31,41,42,43,44,45")
    parser.add_argument("--closings", type=int, default=100)
    parser.add_argument("--cases", type=int, default=10_000)
    options = parser.parse_args()
    rows: dict[int, Callable[[], Row]] = {
        8: row_8, 9: row_9, 10: row_10, 11: lambda: row_11(options.closings),
        16: lambda: row_16(options.cases), 21: row_21, 31: row_31,
        41: lambda: claims(41), 42: lambda: claims(42), 43: lambda: claims(43),
        44: lambda: parts(44), 45: lambda: parts(45),
    }  # fmt: skip
    with _key_in_environment():
        LanguageModel.warm_up()
        results = [rows[int(number)]() for number in options.rows.split(",")]
    print(f"\n{'row':>3}  {'figure':34} fault or attack")
    for row in results:
        print(f"{row.number:3}  {row.figure:34} {row.fault}{'' if row.good else '   <-- SHORT'}")
    return 0 if all(row.good for row in results) else 1


if __name__ == "__main__":
    sys.exit(main())
