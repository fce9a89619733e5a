"""The files that the chat's page needs before it can be used: named in its head, kept in memory.

Gradio's page finds its files in four steps: the page names a script, that one names others, these
name the parts that every page has, and those the components. A browser that reads all names in the
head asks for all of them at once. The names come out of Gradio's own build, in which a script lists
the files that go with each component. A build that lists them in another form gives fewer names;
then the page loads as Gradio's does.

Files are compressed once, when they are first asked for. A browser keeps them: a name in Gradio's
build changes with what the file holds, and ours are asked for with a digest.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import gradio as gr
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.chat.owners import owner_among
from assistant.chat.page import STATIC
from assistant.service.people import PERSON_KEY, Person

_BUILD = Path(gr.__file__).parent / "templates" / "frontend"
_ASSETS, _OWN = "/assets/", "/own/"
_ENTRY = re.compile(r"(?:src|href)=\"\./assets/([\w.-]{1,100})\"")
_LIST = re.compile(r"m\.f=\[([^\]]{1,60000})\]")
_LISTED = re.compile(r"\"\./([\w.-]{1,100})\"")
_STEP = re.compile(
    r"(?P<name>\w{1,40}):(?:(?P<component>\{)(?=\w{1,20}:\(\)=>)|\(\)=>\w{1,4}\(\(\)=>)"
    r"|import\(`\./(?P<file>[\w.-]{1,100})`\)[^\[\]]{0,60},"
    r"__vite__mapDeps\(\[(?P<needs>[\d,]{1,2000})\]"
)
_EVERY_PAGE, _DRAWN = "Blocks-", "component"
_KINDS = {".js": b"text/javascript; charset=utf-8", ".css": b"text/css; charset=utf-8"}
_KEEP = b"private, max-age=31536000, immutable"
_HEAD, _APP = b"<head>", b"<gradio-app"
_EARLY, _EARLY_STYLE = "early.js", "early.css"
"""The script of the first screen that is there before Gradio's page; it stands before its place,
behind its style, which needs no request of its own."""
_MOST_SECONDS = 0.2
"""The page waits so long for what its first screen shows; without it the box comes alone."""
_SCRIPT = "<script"
_GZIP = re.compile(rb"gzip(?: ?; ?q=(?:1|0?\.\d{0,2}[1-9])\d{0,3})?")
_READING = frozenset({"GET", "HEAD"})


@cache
def gradio_files(components: frozenset[str], build: Path = _BUILD) -> tuple[str, ...]:
    """Names in the folder of assets of Gradio's build that a page with components of these types
    asks for, those it asks for first at the beginning."""
    assets = build / "assets"
    found = dict.fromkeys(_ENTRY.findall((build / "index.html").read_text("utf-8")))
    for name in list(found):
        for _, _, _, needs in _steps(assets / name):
            found.update(dict.fromkeys(needs))
    for name in list(found):
        for component, role, file, needs in _steps(assets / name):
            is_drawn = role == _DRAWN and component in components
            if is_drawn or file.startswith(_EVERY_PAGE):
                found.update(dict.fromkeys(needs))
    return tuple(name for name in found if (assets / name).is_file())


def _steps(script: Path) -> Iterator[tuple[str, str, str, list[str]]]:
    """What a script may load: the component it belongs to, in which role, the file, its needs."""
    is_there = script.suffix == ".js" and script.is_file()
    source = script.read_text("utf-8") if is_there else ""
    list_ = _LIST.search(source)
    if list_ is None:
        return
    listed = _LISTED.findall(list_[1])
    component = role = ""
    for found in _STEP.finditer(source):
        if found["component"]:
            component = found["name"]
        elif found["name"]:
            role = found["name"]
        else:
            places = [int(place) for place in found["needs"].split(",") if place]
            needs = [listed[place] for place in places if place < len(listed)]
            yield component, role, found["file"], needs


def own_address(name: str) -> str:
    """The address of one of our scripts or style sheets, with the digest of what it holds."""
    return f"{_OWN}{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:16]}"


def drawn_types(blocks: gr.Blocks) -> frozenset[str]:
    """The types of a page's components that are drawn when it opens."""
    listed = blocks.get_config_file()["components"]
    return frozenset(
        str(each["type"]) for each in listed if each["props"].get("visible") is not False
    )


@dataclass(frozen=True)
class _PageFile:
    """A file as it goes out."""

    path: Path

    @property
    def plain(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.plain, 9, mtime=0)


class PageFiles:
    """Wraps an application: its page names its files, and those come from here.

    ``draw_first`` draws the first screen of an owner and a person, in a thread.
    """

    def __init__(
        self,
        app: ASGIApp,
        blocks: gr.Blocks,
        own: Collection[str],
        draw_first: Callable[[str, Person | None], str],
    ) -> None:
        self._app = app
        self._draw_first = draw_first
        own = (_EARLY, *own)
        self._style = f"<style>{(STATIC / _EARLY_STYLE).read_text('utf-8')}</style>"
        self._script = f'<script src="{own_address(_EARLY)}"></script>'
        names = gradio_files(drawn_types(blocks))
        theme = f"/theme.css?v={getattr(blocks, 'theme_hash', '')}"
        addresses = [own_address(name) for name in own]
        self.hints = "".join(
            _hint(address) for address in (*(f"{_ASSETS}{n}" for n in names), theme, *addresses)
        ).encode()
        self._kept: Mapping[str, _PageFile] = {
            **{f"{_ASSETS}{name}": _PageFile(_BUILD / "assets" / name) for name in names},
            **{
                address: _PageFile(STATIC / name)
                for address, name in zip(addresses, own, strict=True)
            },
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a kept file, write the names into the page, pass on the rest."""
        if scope["type"] != "http" or scope["method"] not in _READING:
            await self._app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        kept = self._kept.get(f"{scope['path']}?{query}" if query else scope["path"])
        if kept is not None:
            await _give(kept, scope, send)
        elif scope["path"] == "/":
            early = f"{self._style}{await self._first(scope)}{self._script}".encode()
            await self._app(scope, receive, _Page(send, self.hints, early).send)
        else:
            await self._app(scope, receive, send)

    async def _first(self, scope: Scope) -> str:
        """The first screen, or nothing where it takes too long. Nothing in it may be a script: the
        content policy allows those that stand in the page."""
        owner, who = owner_among(Request(scope).cookies), scope.get(PERSON_KEY)
        drawing = asyncio.to_thread(self._draw_first, owner, who)
        try:
            drawn = await asyncio.wait_for(drawing, _MOST_SECONDS)
        except TimeoutError:
            return ""
        return "" if _SCRIPT in drawn.lower() else drawn


def _hint(address: str) -> str:
    if ".js" in address and address.startswith(_ASSETS):
        # low: the style sheets come first, which the early screen waits for
        return f'<link rel="modulepreload" fetchpriority="low" crossorigin href="{address}">'
    kind = "script" if ".js" in address else "style"
    crossed = " crossorigin" if address.startswith(_ASSETS) else ""
    return f'<link rel="preload" as="{kind}"{crossed} href="{address}">'


async def _give(kept: _PageFile, scope: Scope, send: Send) -> None:
    accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
    is_packed = any(_GZIP.fullmatch(each.strip()) for each in accepted.split(b","))
    body = kept.packed if is_packed else kept.plain
    headers = [
        (b"content-type", _KINDS[kept.path.suffix]),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", _KEEP),
        (b"vary", b"Accept-Encoding"),
        *([(b"content-encoding", b"gzip")] if is_packed else []),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


class _Page:
    """Writes the names into the head of a page, and the early script before the application. The
    page is held until it is whole."""

    def __init__(self, send: Send, hints: bytes, early: bytes) -> None:
        self._send = send
        self._hints = hints
        self._early = early
        self._start: Message | None = None
        self._body: list[bytes] = []

    async def send(self, message: Message) -> None:
        """Pass a message on; of a page, when its last part has come."""
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self._body.append(message.get("body", b""))
            if not message.get("more_body"):
                page = b"".join(self._body).replace(_HEAD, _HEAD + self._hints, 1)
                page = page.replace(_APP, self._early + _APP, 1)
                await self._send(_relabelled(self._start, len(page)))
                await self._send({"type": "http.response.body", "body": page})


def _is_page(message: Message) -> bool:
    kind = next((v for name, v in message["headers"] if name.lower() == b"content-type"), b"")
    return message["status"] == 200 and kind.startswith(b"text/html")


def _relabelled(message: Message, length: int) -> Message:
    kept = [each for each in message["headers"] if each[0].lower() != b"content-length"]
    return {**message, "headers": [*kept, (b"content-length", str(length).encode())]}
