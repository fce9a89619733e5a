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

OBJECT_WALLS = ("bodies", "objects", "launched")
"""Against objects that name files: the server's check, the page's own, Gradio's."""
NUMBER_WALLS = ("numbers", "place")
"""Against texts that name files where the numbers of uploads belong."""
WALLS = OBJECT_WALLS + NUMBER_WALLS

EVIL = "evil.test"
CANARY = "The canary of the north tower sings at"
FILES = 12
_META = {"_type": "gradio.FileData"}
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


@dataclass(frozen=True, slots=True)
class Body:
    """One request. ``kind`` says which walls are against it; ``content`` is JSON data or bytes."""

    kind: str
    content: Any
    path: str = "/gradio_api/queue/join"
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()


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


# ---------------------------------------------------------------- the place


@dataclass(frozen=True, slots=True)
class Place:
    """A server's folders, and a folder outside of them."""

    top: Path

    @property
    def outside(self) -> Path:
        return self.top / "outside"

    @property
    def cache(self) -> Path:
        return self.top / "gradio"

    @property
    def uploads(self) -> Path:
        return self.top / "uploads"

    def secret(self, number: int) -> Path:
        """A file that must not be touched."""
        return self.outside / f"secret{number % FILES}.txt"

    def lay_out(self) -> None:
        """Notes to answer from, files that are not for anybody, and links that lead to them."""
        notes = self.top / "notes"
        for folder in (notes, self.outside, self.cache, self.uploads / ".incoming"):
            folder.mkdir(parents=True)
        (notes / "garden.md").write_text("# Garden\n\nThe garden was laid out in 1872.\n")
        for number in range(FILES):
            self.secret(number).write_text(f"{CANARY} {number} o'clock.\n")
        (self.cache / "link.txt").symlink_to(self.secret(0))
        (self.cache / "folder").symlink_to(self.outside)
        (self.uploads / ".incoming" / "link").symlink_to(self.secret(1))

    def state(self) -> dict[str, tuple[int, int, int]]:
        """What the files outside are: number, size and time."""
        found = {}
        for path in sorted(self.outside.iterdir()) if self.outside.is_dir() else ():
            status = path.stat()
            found[path.name] = (status.st_ino, status.st_size, status.st_mtime_ns)
        return found

    def copies(self) -> list[str]:
        """Files of the server that hold words from outside."""
        found = []
        for folder in (self.cache, self.uploads, self.top / "index"):
            for path in folder.rglob("*"):
                if (
                    path.is_file()
                    and not path.is_symlink()
                    and CANARY.encode() in path.read_bytes()
                ):
                    found.append(f"copied to {path}")
        return found


# ---------------------------------------------------------------- the bodies


@dataclass(frozen=True, slots=True)
class Events:
    """The page's events: their numbers, and how many values each takes."""

    upload: int
    inputs: dict[int, int]

    @classmethod
    def read(cls, config: dict[str, Any]) -> Events:
        name = {c["id"]: c["props"].get("elem_id") for c in config["components"]}
        inputs = {each["id"]: len(each["inputs"]) for each in config["dependencies"]}
        [upload] = [
            each["id"]
            for each in config["dependencies"]
            if any(name.get(target) == "uploaded" for target, _ in each["targets"])
        ]
        return cls(upload, inputs)


def paths(place: Place, port: int) -> list[str]:
    """Names of files and addresses, as a client could write them."""
    secret = str(place.secret(2))
    relative = os.path.relpath(place.secret(3))
    return [
        secret, relative, str(place.outside), f"{place.outside}//secret4.txt", f"{secret}/",
        f"{place.cache}/../outside/secret5.txt", f"{place.cache}/link.txt",
        f"{place.cache}/folder/secret6.txt", f"{place.uploads}/.incoming/link",
        f"{place.uploads}/../outside/secret7.txt", f"{place.top}/index/conversations.sqlite",
        secret.replace("/", "%2F"), f"{secret}\x00.txt", f"file://{secret}", f"~/{relative}",
        "/etc/hostname", "/etc/passwd", "/proc/self/environ", "../../../../../../etc/hostname",
        f"http://{EVIL}/x.txt", f"https://{EVIL}/x.txt", f"HTTP://{EVIL}/x.txt",
        f"http://127.0.0.1:{port}/x.txt", f"http://user:word@{EVIL}:81/", f"//{EVIL}/x.txt",
        f"\\\\{EVIL}\\share\\x.txt", f"/gradio_api/file={secret}", f"ftp://{EVIL}/x.txt",
        f"data:text/plain;base64,{'QUJD' * 4}", "",
    ]  # fmt: skip


def objects(path: str, number: int) -> list[Any]:
    """Values of an event that name a path, in ways that could be taken for a file."""
    plain = {"path": path, "meta": _META}
    whole = {
        **plain, "url": path, "orig_name": path, "size": 3, "mime_type": "text/plain",
        "is_stream": False,
    }  # fmt: skip
    shapes: list[Any] = [
        [plain], plain, [{**plain, "is_stream": True}], [whole], {"a": [{"b": [[plain]]}]},
        {"value": [plain], "__type__": "update"}, [[plain, "x"], ["y", plain]],
        [{"path": path, "meta": {"_type": "gradio.FileData", "more": 1}, "data": path}],
        [{"url": path, "path": f"/gradio_api/file={path}", "meta": _META}], [{"path": path}],
        [{"path": path, "meta": []}], {"video": plain, "subtitles": plain},
        {"text": "x", "files": [plain]},
    ]  # fmt: skip
    return [shapes[number % len(shapes)], shapes[(number * 5 + 3) % len(shapes)], shapes[0]]


def bodies(place: Place, events: Events, port: int, victim: str) -> list[Body]:
    """All bodies. ``victim`` is the number of a file that another browser has sent."""

    def join(data: Sequence[Any], event: int = events.upload, **more: Any) -> dict[str, Any]:
        made.append(None)
        session = f"s{len(made)}"
        return {"data": data, "fn_index": event, "session_hash": session, "trigger_id": 1, **more}

    made: list[None] = []
    found: list[Body] = []
    others = [event for event, count in events.inputs.items() if count and event != events.upload]
    for number, path in enumerate(paths(place, port)):
        for at, value in enumerate(objects(path, number)):
            event = others[(number + at) % len(others)] if at == 1 else events.upload
            data = [value] + [None] * (events.inputs[event] - 1)
            found.append(Body("object", join(data, event)))
        plain = {"path": path, "meta": _META}
        last = [None] * (events.inputs[others[0]] - 1) + [plain]
        found.append(Body("object", join(last, others[0])))
        detail = {"index": 0, "value": [plain], "liked": True, "path": path, "meta": _META}
        found.append(Body("object", join([path], event_data=detail)))
        found.append(Body("text", join([path])))
    plain = {"path": str(place.secret(8)), "meta": _META}
    found += [
        Body("text", join([f"{victim}.1"])), Body("text", join([f"link {victim}"])),
        Body("text", join(["../link"])), Body("text", join([f"{place.secret(9)} {victim}"])),
        Body("object", join([[[plain]]], batched=True)),
        Body("object", join([[plain]], simple_format=True)),
        Body("object", join([[plain]], event_id="x", oauth_token="hf_x", request={"url": "x"})),
        Body("object", join([[plain]], batch_trigger_ids=[1])),
        Body("object", join([[plain]] * 50)),
    ]  # fmt: skip
    found += [Body("odd", content) for content in _odd(join, plain)]
    return found + list(_other_ways(join([[plain]]), plain))


def _odd(join: Any, plain: dict[str, Any]) -> Iterator[Any]:
    """JSON that is deep, large, broken or double."""
    good = json.dumps(join([""]))
    text = json.dumps(plain)
    yield good.replace('[""]', f'[""], "data": [[{text}]]').encode()
    yield good.replace('[""]', f'[[{text}]], "data": [""]').encode()
    yield good.replace('"data"', '"\\u0064ata"').replace('[""]', f"[[{text}]]").encode()
    for depth in (50, 5000, 200_000):
        yield good.replace('[""]', "[" * depth + text + "]" * depth).encode()
        yield good.replace('[""]', '[{"a":' * depth + text + "}]" * depth).encode()
    for value in ("1e999", "NaN", "-Infinity", "1" * 5000, '"\\ud800"', '"\\u0000"', "tru", "'x'"):
        yield good.replace('[""]', f"[{value}]").encode()
        yield good.replace('"trigger_id": 1', f'"trigger_id": {value}').encode()
    yield from (b"", b"null", b"[]", b"{}", b'"x"', b"\xff\xfe{}", b"{" * 1000)
    yield good.encode("utf-16")
    yield b"\xef\xbb\xbf" + good.encode()
    yield good.replace('[""]', f"[{','.join([text] * 9000)}]").encode()
    yield good.replace('[""]', f'["{"x" * 900_000}"]').encode()
    for event in (-1, 9999, 1.5, "1", None, True, 2**70, [1], {"a": 1}):
        yield {**join([[plain]]), "fn_index": event}
    for session in ("", "../x", "a/b", None, 7, "x" * 5000, ["x"], {"path": "x"}, "é"):
        yield {**join([[plain]]), "session_hash": session}
    for detail in ([plain], "x", 7, {"index": -1}, {"index": 10**30}, {"index": [1, 2, 3]},
                   {"value": {"text": plain}}, {"value": [[plain]]}, {"liked": plain}):  # fmt: skip
        yield {**join([""]), "event_data": detail}


def _other_ways(body: dict[str, Any], plain: dict[str, Any]) -> Iterator[Body]:
    """The same to other addresses, under other spellings and as other kinds of content."""
    prefix = "/gradio_api"
    for path in (
        "/queue/join/", "/queue/%6aoin", "/queue%2Fjoin", "/./queue/join", "/queue//join",
        "/QUEUE/JOIN", "/queue/join;x", "/queue/join?fn_index=0", "/run/predict", "/run/predict/",
        "/api/predict", "/call/_upload", "/call/v2/_upload", "/component_server", "/upload",
        "/upload?upload_id=x", "/stream/x", "/stream/x/close", "/process_recording", "/vibe-edit/",
        "/vibe-code/", "/run-history/connect", "/cancel", "/reset", "/queue/data", "/heartbeat/x",
        "/startup-events", "/info", "/mcp/", "/queue/join/../../run/predict",
    ):  # fmt: skip
        yield Body("object", body, prefix + path)
    for path in (
        "/%67radio_api/queue/join", "/gradio_api%2Fqueue/join", "/queue/join", "/run/predict",
        "/config", "/", "//gradio_api/queue/join", "/?deep_link=../outside",
    ):  # fmt: skip
        yield Body("object", body, path)
    text = json.dumps(body).encode()
    for kind in (
        "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-7",
        "multipart/form-data; boundary=x", "application/octet-stream", "",
    ):  # fmt: skip
        yield Body("object", text, headers=(("content-type", kind),))
    yield Body("object", text, headers=(("content-encoding", "gzip"),))
    yield Body("object", text, headers=(("x-http-method-override", "PUT"),))
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
        yield Body("object", text, method=method)
    part = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="../../outside/secret0.txt"'
        b"\r\n\r\nchanged\r\n--x--\r\n"
    )
    named = (("content-type", "multipart/form-data; boundary=x"),)
    yield Body("object", part, f"{prefix}/upload", headers=named)
    yield Body(
        "object", part.replace(b"../../outside/secret0.txt", b""), f"{prefix}/upload", headers=named
    )
    yield Body("object", part, "/upload?name=../../outside/secret0.txt", headers=named)
    yield Body("object", part, "/upload?name=%2Fetc%2Fhostname")
    yield Body("object", part, "/upload?name=")
    yield Body("object", part, "/upload?name=" + "x" * 3000)


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
