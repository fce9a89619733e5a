"""Other browsers and other users of the machine: row 30 of the guarantees.

    python -m benchmarks.privacy

Browsers: one asks a question with a word that stands nowhere else. Strangers (without a cookie,
with an empty, a short and a made-up one, with another browser's, each with a stream of its own and
with the first one's) then call every event of the page with that conversation's id, read its stream
and ask for its export. A reply with the word is a hit; so is a conversation that is gone after.

Users: an ingest, questions, a server, an upload and a rollback, then the same on an index and
uploads that an earlier version left readable for all. Every file and folder that is there
meanwhile, copies in temporary folders included, is looked at. As root all are also opened as the
user nobody. Exit status 1 when anything was told or could be read.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from benchmarks.crowd import serving

_WORD = "quizzaciously"
_QUESTION = f"Who is {_WORD} fond of ICLR?"
_CLI = (str(Path(sys.executable).absolute()), "-m", "assistant.cli")
_NOBODY = 65534


# ---------------------------------------------------------------- other browsers


class Page:
    """The events of the chat's page, as a client calls them."""

    def __init__(self, url: str) -> None:
        config = httpx.get(f"{url}/config").json()
        self.kinds = {each["id"]: each["type"] for each in config["components"]}
        self.names = {each["id"]: each["props"].get("elem_id") for each in config["components"]}
        self.events: list[dict[str, Any]] = config["dependencies"]

    def named(self, name: str) -> dict[str, Any]:
        """An event by the name of its function."""
        return next(each for each in self.events if each["api_name"] == name)

    def data(self, event: dict[str, Any], text: str) -> list[object]:
        """Values for an event's inputs, a text wherever one can be."""
        values: dict[str, object] = {
            "dropdown": [], "checkboxgroup": [], "checkbox": False, "uploadbutton": None,
        }  # fmt: skip
        return [
            "" if str(self.names[each]).startswith(("filter-", "after", "before", "ticked"))
            else values.get(self.kinds[each], text)
            for each in event["inputs"]
        ]  # fmt: skip


async def call(
    client: httpx.AsyncClient, page: Page, event: dict[str, Any], session: str, text: str
) -> str:
    """Everything that an event's stream tells, and what the requests for it were answered."""
    body = {
        "data": page.data(event, text), "fn_index": event["id"], "session_hash": session,
        "event_data": {"index": 0, "value": text, "liked": "Wrong"},
    }  # fmt: skip
    told = []
    reply = await client.post("/gradio_api/queue/join", json=body)
    told.append(reply.text)
    with contextlib.suppress(httpx.ReadTimeout):  # nothing was joined: nothing comes
        url = f"/gradio_api/queue/data?session_hash={session}"
        async with client.stream("GET", url, timeout=3.0 if reply.is_error else 20.0) as stream:
            async for line in stream.aiter_lines():
                told.append(line)
                if "process_completed" in line or "close_stream" in line:
                    break
    return "\n".join(told)


async def browsers(url: str) -> tuple[int, list[str]]:
    """How many calls strangers made, and what they learned or broke."""
    page = Page(url)
    hits: list[str] = []
    calls = 0
    own = f"own{secrets.token_hex(6)}"
    async with httpx.AsyncClient(base_url=url, timeout=30) as browser:
        await browser.get("/", headers={"Accept": "text/html"})
        await call(browser, page, page.named("_load"), own, "")
        await call(browser, page, page.named("_ask"), own, _QUESTION)
        told = await call(browser, page, page.named("_around"), own, "")
        told += await call(browser, page, page.named("_load"), own, "")
        found = re.search(r"/export/([\w-]+)\.md", told)
        if found is None or _WORD not in told:
            raise RuntimeError("the browser does not see its own conversation")
        conversation = found[1]
        kinds = {
            "none": None, "empty": "", "short": "a", "made up": "x" * 42, "other": None,
            "other with its stream": None, "none with its stream": None,
        }  # fmt: skip
        for kind, cookie in kinds.items():
            headers = {} if cookie is None else {"Cookie": f"assistant_owner={cookie}"}
            async with httpx.AsyncClient(base_url=url, timeout=20, headers=headers) as stranger:
                if kind.startswith("other"):
                    await stranger.get("/", headers={"Accept": "text/html"})
                session = own if "its stream" in kind else f"s{secrets.token_hex(6)}"
                for event in page.events:
                    if event["api_name"] in ("_sync", "_upload"):
                        continue
                    calls += 1
                    if _WORD in await call(stranger, page, event, session, conversation):
                        hits.append(f"{kind}: {event['api_name']}")
                for path in (f"/export/{conversation}.md", f"/document?name={conversation}"):
                    calls += 1
                    if _WORD in (await stranger.get(path)).text:
                        hits.append(f"{kind}: {path}")
        if _WORD not in (await browser.get(f"/export/{conversation}.md")).text:
            hits.append("the conversation is gone")
        async with httpx.AsyncClient(base_url=url, timeout=20) as stranger:
            for kind in ("none", "other"):
                calls += 1
                if kind == "other":
                    await stranger.get("/", headers={"Accept": "text/html"})
                heard = asyncio.create_task(_listen(stranger, own))
                await asyncio.sleep(0.3)
                await call(browser, page, page.named("_ask"), own, _QUESTION)
                if _WORD in await heard:
                    hits.append(f"{kind}: the stream while the browser asks")
    for cookie in ("", "assistant_owner=", "assistant_owner=a"):
        headers = {"Cookie": cookie} if cookie else {}
        async with (
            httpx.AsyncClient(base_url=url, timeout=20, headers=headers) as one,
            httpx.AsyncClient(base_url=url, timeout=20, headers=headers) as two,
        ):
            calls += 1
            await call(one, page, page.named("_ask"), f"one{secrets.token_hex(6)}", _QUESTION)
            if _WORD in await call(two, page, page.named("_load"), f"t{secrets.token_hex(6)}", ""):
                hits.append(f"two clients with the cookie {cookie!r} share their conversations")
    return calls, hits


async def _listen(client: httpx.AsyncClient, session: str) -> str:
    """What comes on a stream within a few seconds."""
    told: list[str] = []
    with contextlib.suppress(httpx.ReadTimeout, TimeoutError):
        async with (
            asyncio.timeout(4.0),
            client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream,
        ):
            async for line in stream.aiter_lines():
                told.append(line)
    return "\n".join(told)


# ---------------------------------------------------------------- other users


def everything(folder: Path) -> Iterator[Path]:
    """All files and folders in a folder."""
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))


def open_to_others(folder: Path, seen: set[str]) -> set[str]:
    """What other users have a right to; all that was looked at goes into ``seen``."""
    found = set()
    for path in everything(folder):
        with contextlib.suppress(OSError):
            mode = path.lstat().st_mode
            seen.add(str(path))
            if mode & 0o077 and not path.is_symlink():
                found.add(f"{path} {mode & 0o777:o}")
    return found


def read_as_nobody(paths: set[str]) -> set[str] | None:
    """What the user nobody can open; None when this user cannot become nobody."""
    if os.geteuid() != 0:
        return None
    script = (
        "import os,sys,json\nread=[]\n"
        "for path in json.load(sys.stdin):\n"
        "  try: os.listdir(path) if os.path.isdir(path) else open(path,'rb').read(1)\n"
        "  except OSError: continue\n"
        "  if os.path.exists(path): read.append(path)\n"
        "print(json.dumps(read))"
    )
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-c", script],
        input=json.dumps(sorted(paths)), capture_output=True, text=True, check=True,
        user=_NOBODY, group=_NOBODY, extra_groups=[], cwd="/",
    )  # fmt: skip
    return set(json.loads(done.stdout))


def users(scratch: Path) -> tuple[int, set[str], set[str] | None]:
    """How much was looked at, what was open by its mode, and what nobody could open."""
    notes, private = scratch / "notes", scratch / "private"
    for folder in (notes, private, private / "tmp"):
        folder.mkdir()
        folder.chmod(0o755)
    (notes / "a.md").write_text("# Garden\n\nThe garden was laid out by Berta Lindqvist.\n")
    settings = {
        "documents.paths": [str(notes)], "index.path": str(private / "index"),
        "chat.uploads": str(private / "uploads"),
    }  # fmt: skip
    arguments = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    environment = {**os.environ, "TMPDIR": str(private / "tmp")}
    seen: set[str] = set()
    bad: set[str] = set()

    def run(*command: str) -> None:
        subprocess.run(
            [*_CLI, *arguments, *command], check=True, capture_output=True, cwd=scratch,
            env=environment,
        )  # fmt: skip

    def look() -> None:
        bad.update(open_to_others(private, seen) - {f"{private / 'tmp'} 755"})

    def served() -> None:
        with serving_here(arguments, environment, scratch) as url:
            asyncio.run(_ask_once(url))
            look()

    run("ingest")
    look()
    (notes / "b.md").write_text("# Railway\n\nThe railway was opened in 1901.\n")
    run("ingest")
    run("ask", "Who laid out the garden?")
    look()
    served()
    upload(settings)
    look()
    run("rollback")
    look()
    for path in (private / "index", private / "uploads", *everything(private / "index"),
                 *everything(private / "uploads")):  # fmt: skip
        path.chmod(0o755 if path.is_dir() else 0o644)
    run("ask", "Who laid out the garden?")
    bad.update(open_to_others(private / "index", seen))
    served()  # uploads are the server's: it closes them when it starts
    read = read_as_nobody(seen)
    return len(seen), bad, None if read is None else read - {str(private / "tmp")}


@contextlib.contextmanager
def serving_here(arguments: list[str], environment: dict[str, str], scratch: Path) -> Iterator[str]:
    """``serving`` with temporary files in a folder of ours."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        with serving(*[each for each in arguments if each != "--set"]) as (url, _):
            yield url
    finally:
        os.environ.clear()
        os.environ.update(before)


async def _ask_once(url: str) -> None:
    page = Page(url)
    async with httpx.AsyncClient(base_url=url, timeout=30) as browser:
        await browser.get("/", headers={"Accept": "text/html"})
        await call(browser, page, page.named("_ask"), "once", "Who laid out the garden?")


def upload(settings: dict[str, Any]) -> None:
    """Take a file in as the chat does, in this process, with its usual umask."""
    from assistant import Assistant, load_settings
    from assistant.chat.library import Library
    from assistant.chat.uploads import Quotas, Uploads
    from assistant.service.service import Service

    async def take() -> None:
        with Assistant(load_settings(None, settings)) as assistant:
            kept = Uploads(assistant.settings.chat.uploads, Quotas(10**6, 10**7, 10**8))
            incoming = kept.begin("anna", "minutes.txt")
            incoming.write(b"The council met in March.\n")
            async for _ in Library(Service(assistant), kept).upload("anna", [incoming.finish()]):
                pass

    asyncio.run(take())


def main() -> int:
    """Both trials, a line each."""
    with serving() as (url, _):
        calls, hits = asyncio.run(browsers(url))
    print(f"{calls} calls by 7 kinds of strangers: {len(hits)} hits {'; '.join(hits)}".rstrip())
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        looked, bad, read = users(Path(place))
    as_nobody = "" if read is None else f", {len(read)} read by the user nobody"
    print(f"{looked} files and folders: {len(bad)} open to others{as_nobody}")
    for each in sorted(bad | (read or set())):
        print(f"    {each}")
    print(
        f"{calls} calls by strangers, {len(hits)} hits; {looked} files and folders, {len(bad)} "
        f"open to other users{as_nobody}"
    )
    return 1 if hits or bad or read else 0


if __name__ == "__main__":
    sys.exit(main())
