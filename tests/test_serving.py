"""``assistant serve`` as a process: its container's settings, no network, a good end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
import yaml
from test_no_network import GUARD

from assistant import load_settings

TOKEN = "a-token-of-24-characters"


@contextmanager
def serving(folder: Path, *arguments: str, **environment: str) -> Iterator[tuple[str, Path]]:
    """The command, until the block ends: its address and what it printed."""
    log = folder / "serve.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [str(Path(sys.executable).absolute()), "-m", "assistant.cli", "serve", "--port", "0",
             *arguments],
            cwd=folder, stdout=out, stderr=out, env={**os.environ, **environment},
        )  # fmt: skip
    try:
        until = time.monotonic() + 120
        while not (found := re.search(r"answers at http://\S*?:(\d+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{found.group(1)}", log
        process.send_signal(signal.SIGINT)  # Ctrl-C
        assert process.wait(20) == 0
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "pond.md").write_text("# Pond\n\nThe pond is 3 metres deep.\n")
    return tmp_path


def ask(url: str, **headers: str) -> str:
    body = {"messages": [{"role": "user", "content": "How deep is the pond?"}]}
    reply = httpx.post(f"{url}/v1/chat/completions", json=body, headers=headers, timeout=60)
    return str(reply.json()["choices"][0]["message"]["content"])


def test_it_indexes_first_answers_and_ends_well(folder: Path) -> None:
    with serving(folder, "documents") as (url, log):
        assert "pond.md" in log.read_text()
        assert "3 metres" in ask(url)
        page = httpx.get(url)
        assert page.status_code == 200
        assert "/own/chat.js" in page.text


def test_the_server_and_its_page_look_nothing_up(folder: Path, tmp_path: Path) -> None:
    guard = tmp_path / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(GUARD)
    attempts = tmp_path / "attempts.txt"
    home = tmp_path / "home"
    home.mkdir()
    with serving(
        folder, "documents", PYTHONPATH=str(guard), NETWORK_ATTEMPTS=str(attempts), HOME=str(home)
    ) as (url, _):
        assert "3 metres" in ask(url)
        for path in ("/", "/docs", "/metrics", "/theme.css"):
            assert httpx.get(url + path).status_code == 200
    assert Path(f"{attempts}.started").exists()
    assert not attempts.exists(), attempts.read_text()


@pytest.mark.parametrize(
    ("sent", "status", "work"),
    [("SIGTERM", -15, "while True: pass"), ("SIGINT", 130, "time.sleep(60)")],
)
def test_it_ends_while_a_question_is_being_answered(
    folder: Path, sent: str, status: int, work: str
) -> None:
    """Work in a thread cannot be stopped: it is left."""
    script = folder / "serve.py"
    script.write_text(
        "import time\nimport assistant.answering.events\n"
        f"def slow(*_, **__):\n    {work}\n"
        "assistant.answering.events.search = slow\nfrom assistant.cli import main\nmain()\n"
    )
    log = folder / "serve.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [str(Path(sys.executable).absolute()), str(script), "serve", "--port", "0",
             "documents"],
            cwd=folder, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        until = time.monotonic() + 120
        while not (found := re.search(r"answers at (http://\S+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        threading.Thread(target=ask_in_vain, args=[found[1]], daemon=True).start()
        while _running(found[1]) < 1:
            assert time.monotonic() < until
            time.sleep(0.1)
        process.send_signal(signal.Signals[sent])
        began = time.monotonic()
        assert process.wait(30) in (status, 128 + signal.Signals[sent])
        assert time.monotonic() - began < 15
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait(10)


def ask_in_vain(url: str) -> None:
    """Ask, and be left without an answer."""
    with suppress(httpx.HTTPError, ValueError):
        ask(url)


def _running(url: str) -> int:
    """How many answers are being made."""
    figures = httpx.get(f"{url}/metrics", timeout=60).text
    found = re.search(r"^assistant_\w*running\w* (\d+)", figures, re.MULTILINE)
    assert found is not None, figures
    return int(found[1])


def test_the_container_starts_with_its_settings(folder: Path, repository: Path) -> None:
    """What the Dockerfile sets, with its folders moved here: the nearest to it without Docker."""
    text = (repository / "Dockerfile").read_text(encoding="utf-8")
    block = re.search(r"^ENV ((?:.*\\\n)*.*)$", text, re.MULTILINE)
    assert block is not None
    found = re.findall(r'(ASSISTANT__\w+)=(?:"([^"]*)"|(\S+))', block[1])
    pairs = {name: quoted or plain for name, quoted, plain in found}
    assert pairs["ASSISTANT__SERVER__HOST"] == "0.0.0.0"
    for name, value in pairs.items():
        for place in ("/documents", "/index", "/uploads"):
            value = value.replace(place, f"{folder}{place}")
        pairs[name] = value
    (folder / "index").mkdir()
    with serving(folder, ASSISTANT_TOKEN=TOKEN, **pairs) as (url, _):
        assert httpx.get(f"{url}/healthz").json()["status"] == "ok"
        assert httpx.get(f"{url}/v1/models").status_code == 401
        assert "3 metres" in ask(url, Authorization=f"Bearer {TOKEN}")
    assert 'CMD ["assistant", "serve"]' in text
    port = load_settings(repository / "config.yaml").server.port
    assert f"EXPOSE {port}" in text
    compose = yaml.safe_load((repository / "compose.yaml").read_text(encoding="utf-8"))
    service = compose["services"]["assistant"]
    assert service["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert "ASSISTANT_TOKEN" in service["environment"]
    for volume in service["volumes"]:
        assert volume.split(":")[1] in text


def test_the_chroma_server_of_the_container_holds_the_vectors(
    folder: Path, repository: Path
) -> None:
    """The command, the health check and the settings of ``compose.chroma.yaml``, without Docker."""
    services = yaml.safe_load((repository / "compose.chroma.yaml").read_text("utf-8"))["services"]
    image = (repository / "Dockerfile").read_text("utf-8")
    chroma, settings = services["chroma"], services["assistant"]["environment"]
    assert "ports" not in chroma
    stored = chroma["volumes"][0].split(":")[1]
    assert f"chown assistant /index /uploads {stored}" in image
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    moved = {"0.0.0.0": "127.0.0.1", "8000": port, stored: str(folder / "vectors")}
    program, *arguments = [moved.get(each, each) for each in chroma["command"]]
    process = subprocess.Popen(
        [str(Path(sys.executable).absolute().parent / program), *arguments],
        cwd=folder, env={**os.environ, **chroma["environment"]},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        check = chroma["healthcheck"]["test"][-1].replace("8000", port)
        until = time.monotonic() + 60
        while subprocess.run([sys.executable, "-c", check], capture_output=True).returncode:
            assert process.poll() is None
            assert time.monotonic() < until
        address = settings["ASSISTANT__INDEX__CHROMA_URL"].replace("8000", port)
        settings["ASSISTANT__INDEX__CHROMA_URL"] = address.replace("chroma:", "127.0.0.1:")
        with serving(folder, "documents", **settings) as (url, _):
            assert "3 metres" in ask(url)
        database = "api/v2/tenants/default_tenant/databases/default_database"
        there = httpx.get(f"http://127.0.0.1:{port}/{database}/collections_count", timeout=60)
        assert there.json() >= 1
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("is_there", [True, False], ids=["empty", "missing"])
def test_it_starts_without_documents(tmp_path: Path, is_there: bool) -> None:
    if is_there:
        (tmp_path / "documents").mkdir()
    with serving(tmp_path) as (url, log), httpx.Client(base_url=url) as browser:
        assert "Drop files into the chat" in log.read_text()
        assert browser.get("/").status_code == 200
        assert browser.get("/healthz").json()["status"] == "no index"
    assert not (tmp_path / ".assistant" / "generations").exists()


def test_a_folder_that_was_named_must_be_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "serve", "--port", "0", "nowhere"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "does not exist" in done.stderr
