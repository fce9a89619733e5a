"""What a hostile client sends to the page's events, and the folders that it is after.

Bodies for ``benchmarks.event_bodies``: objects that name files and addresses, texts where the
numbers of uploads belong, broken JSON, other addresses and other spellings of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EVIL = "evil.test"
CANARY = "The canary of the north tower sings at"
FILES = 12
_META = {"_type": "gradio.FileData"}


@dataclass(frozen=True, slots=True)
class Body:
    """One request. ``kind`` says which walls are against it; ``content`` is JSON data or bytes."""

    kind: str
    content: Any
    path: str = "/gradio_api/queue/join"
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()


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
    beside: list[Any] = [[]] * (events.inputs[events.upload] - 1)  # no collection is chosen
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
        found.append(Body("text", join([path, *beside])))
    plain = {"path": str(place.secret(8)), "meta": _META}
    found += [
        Body("text", join([text, *beside]))
        for text in (f"{victim}.1", f"link {victim}", "../link", f"{place.secret(9)} {victim}")
    ]
    found += [
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
