"""Event bodies of the chat that name files and addresses: row 24 of the guarantees.

    python -m benchmarks.event_bodies [--quick]

Every body is one that a hostile client could send: to the events of the page and to the other
addresses of Gradio, as objects, texts, broken JSON and under other spellings of the address. What
the process does meanwhile is watched from inside (Python's audit events: files opened, moved and
linked, names looked up, connections made), and afterwards the files that must not be touched are
compared and every folder of the server is searched for their words.

Then each wall stands alone against the bodies that it is there for, and last there is none, to show
that the trial notices. Exit status 1 when anything happened behind a wall that promises it cannot,
when a body was answered with an error of the server, or when nothing happened without walls.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests"))

import httpx  # noqa: E402
from support_server import Running, running  # noqa: E402

from assistant import Assistant, load_settings  # noqa: E402
from benchmarks.hostile_bodies import Body, Events, Place, bodies  # noqa: E402

OBJECT_WALLS = ("bodies", "objects", "launched")
"""Against objects that name files: the server's check, the page's own, Gradio's."""
NUMBER_WALLS = ("numbers", "place")
"""Against texts that name files where the numbers of uploads belong."""
WALLS = OBJECT_WALLS + NUMBER_WALLS

_WAIT_SECONDS = 10.0


@dataclass(slots=True)
class Outcome:
    """What a trial saw: ``files`` opened, copied, moved or changed, ``addresses`` looked up.

    ``taken`` says that another browser's upload was, ``failures`` are errors of the server and
    tracebacks in its log.
    """

    bodies: int = 0
    refused: int = 0
    files: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    taken: bool = False

    def line(self) -> str:
        """One line for the page of guarantees."""
        return (
            f"{self.bodies} bodies: {len(self.files)} files outside touched, "
            f"{len(self.addresses)} addresses looked up, {int(self.taken)} others' uploads taken, "
            f"{len(self.failures)} errors of the server"
        )


# ---------------------------------------------------------------- what happens


class Watch:
    """Audit events of this process that touch what must not be touched.

    One hook for the whole process, because Python cannot take one away again.
    """

    _now: Watch | None = None
    _hooked = False

    def __init__(self, forbidden: Sequence[str]) -> None:
        self.forbidden = tuple(forbidden)
        self.files: list[str] = []
        self.addresses: list[str] = []

    def __enter__(self) -> Watch:
        if not Watch._hooked:
            Watch._hooked = True
            sys.addaudithook(_notice)
        Watch._now = self
        return self

    def __exit__(self, *_: object) -> None:
        Watch._now = None

    def see(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Keep an event that should not be."""
        if event in ("open", "os.rename", "os.link", "os.symlink", "os.remove", "os.truncate"):
            for each in arguments[:2]:
                if isinstance(each, str | bytes) and os.fsdecode(each).startswith(self.forbidden):
                    self.files.append(f"{event} {os.fsdecode(each)}")
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            name = arguments[0]
            name = name.decode(errors="replace") if isinstance(name, bytes) else str(name)
            if name not in ("127.0.0.1", "localhost", "None"):
                self.addresses.append(f"{event} {name}")
        elif event == "socket.connect":
            address = arguments[1]
            if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1"):
                self.addresses.append(f"{event} {address[0]}")


def _notice(event: str, arguments: tuple[Any, ...]) -> None:
    if Watch._now is not None:
        Watch._now.see(event, arguments)


@contextmanager
def _listening(seen: list[str]) -> Iterator[int]:
    """A server of this machine that nobody may be led to; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        ends = threading.Event()

        def take() -> None:
            while not ends.is_set():
                with contextlib.suppress(TimeoutError, OSError):
                    wire, _ = listener.accept()
                    seen.append("a connection to a server of this machine")
                    wire.close()

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ends.set()
            thread.join(2)


# ---------------------------------------------------------------- the trial


def trial(walls: Collection[str] = WALLS, kinds: Collection[str] = (), every: int = 1) -> Outcome:
    """Send the bodies of these kinds (all without) with only these walls standing."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch, ExitStack() as stack:
        place = Place(Path(scratch).resolve())
        place.lay_out()
        stack.enter_context(mock.patch.dict(os.environ, {"GRADIO_TEMP_DIR": str(place.cache)}))
        settings = load_settings(
            TOP / "config.yaml",
            {
                "documents.paths": [str(place.top / "notes")],
                "index.path": str(place.top / "index"),
                "chat.uploads": str(place.uploads), "chat.question_set": str(place.top / "q.yaml"),
            },
        )  # fmt: skip
        assistant = stack.enter_context(Assistant(settings))
        assistant.sync()
        # uvloop looks names up without Python's audit events
        server = stack.enter_context(running(assistant, loop="asyncio"))
        stack.enter_context(_only(walls, server))
        port = stack.enter_context(_listening(outcome.addresses))
        before = place.state()
        forbidden = [str(place.outside), "/etc/hostname", "/etc/passwd", "/proc/self/environ"]
        with httpx.Client(base_url=server.url, timeout=_WAIT_SECONDS) as client:
            events = Events.read(client.get("/config").json())
            client.get("/")  # sets the owner's cookie
            victim = _victim(server.url)
            chosen = [
                each
                for each in bodies(place, events, port, victim)
                if not kinds or each.kind in kinds
            ]
            log = stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
            with Watch(forbidden) as watch:
                for body in chosen[::every]:
                    _send(client, body, outcome)
        found = log.getvalue()
        outcome.failures += ["a traceback in the log"] * found.count("Traceback (most recent call")
        outcome.files += watch.files + place.copies()
        outcome.addresses += watch.addresses
        after = place.state()
        outcome.files += [f"changed {name}" for name in before if before[name] != after.get(name)]
        outcome.taken = not (place.uploads / ".incoming" / victim).is_file()
        outcome.files += [
            f"indexed {name}" for name in assistant.documents() if name != "garden.md"
        ]
    return outcome


def _victim(url: str) -> str:
    """A file that another browser has sent and not yet taken in."""
    with httpx.Client(base_url=url) as other:
        other.get("/")
        reply = other.post("/upload?name=theirs.txt", content=b"The other browser's own words.")
        return str(reply.json()["upload"])


def _send(client: httpx.Client, body: Body, outcome: Outcome) -> None:
    outcome.bodies += 1
    content = body.content
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    headers = dict(body.headers) or {"content-type": "application/json"}
    shown = f"{body.method} {body.path} {content[:120]!r}"
    try:
        reply = client.request(body.method, body.path, content=content, headers=headers)
    except httpx.HTTPError as exc:
        outcome.failures.append(f"{type(exc).__name__} at {shown}")
        return
    if reply.status_code >= 500:
        outcome.failures.append(f"{reply.status_code} at {shown}")
    outcome.refused += reply.status_code >= 400
    session = body.content.get("session_hash") if isinstance(body.content, dict) else None
    if reply.status_code == 200 and session and "event_id" in reply.text:
        _until_done(client, str(session))


def _until_done(client: httpx.Client, session: str) -> None:
    """Wait until an event has ended, well or badly."""
    until = time.monotonic() + _WAIT_SECONDS
    with (
        contextlib.suppress(httpx.HTTPError),
        client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as reply,
    ):
        for line in reply.iter_lines():
            if "process_completed" in line or "close_stream" in line or time.monotonic() > until:
                return


@contextmanager
def _only(walls: Collection[str], server: Running) -> Iterator[None]:
    """Take all other walls away."""
    import gradio as gr

    from assistant.chat.closed_blocks import ClosedBlocks
    from assistant.chat.uploads import Uploads

    def name_of(_: Uploads, number: str, owner: str) -> str:
        return Path(number).name or "file"

    with ExitStack() as stack:
        if "bodies" not in walls:
            stack.enter_context(
                mock.patch("assistant.server.event_bodies.checked", lambda path, body, blocks: body)
            )
        if "objects" not in walls:
            whole = gr.Blocks.preprocess_data
            stack.enter_context(mock.patch.object(ClosedBlocks, "preprocess_data", whole))
        if "launched" not in walls:
            blocks = server.application.page.blocks
            stack.enter_context(mock.patch.object(blocks, "has_launched", False))
        if "numbers" not in walls:
            stack.enter_context(mock.patch.object(Uploads, "_name_of", name_of))
        if "place" not in walls:
            stack.enter_context(
                mock.patch("assistant.chat.uploads.lies_directly_in", return_value=True)
            )
        yield


ALONE = (
    # a wall, what is sent to it, and whether it also keeps addresses out
    (("bodies", *NUMBER_WALLS), ("object", "odd"), True),
    (("objects", *NUMBER_WALLS), ("object",), True),
    (("launched", *NUMBER_WALLS), ("object",), False),
    ((*OBJECT_WALLS, "numbers"), ("text",), True),
    ((*OBJECT_WALLS, "place"), ("text",), True),
)  # fmt: skip


def main() -> int:
    """All walls, each alone, none."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="each wall alone against a few bodies")
    options = parser.parse_args()
    every = 7 if options.quick else 1
    whole = trial()
    print(whole.line())
    good = not (whole.files or whole.addresses or whole.failures or whole.taken)
    for each in (*whole.files, *whole.addresses, *whole.failures):
        print(f"    {each}")
    for walls, kinds, with_addresses in ALONE:
        found = trial(walls, kinds, every)
        against = NUMBER_WALLS if kinds == ("text",) else OBJECT_WALLS
        [alone] = [wall for wall in walls if wall in against]
        harm = found.files + (found.addresses if with_addresses else [])
        print(f"{alone} alone: {found.line()}")
        for each in harm:
            print(f"    {each}")
        good = good and not harm
    none = trial((), (), every)
    print(f"without walls: {none.line()}")
    good = good and bool(none.files) and bool(none.addresses)
    print(whole.line())
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
