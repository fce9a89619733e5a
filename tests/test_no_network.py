"""With name look-ups and other hosts blocked in every process, all works and nothing is tried.

A ``sitecustomize`` on ``PYTHONPATH`` puts the guard into the command line *and* its children, below
whatever they import. It writes each attempt to a file before it refuses it, so that code which
swallows the error is found out too. Native code does not pass by Python's sockets; so where a
network namespace can be made, the same runs have no network at all, not even a loopback address.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support_index import command, make_settings, text_of

from assistant.settings import Settings

GUARD = """
import os, sys

def _note(event, host):
    with open(os.environ["NETWORK_ATTEMPTS"], "a") as handle:
        handle.write(f"{event} {host} by {sys.argv}\\n")
    raise OSError(f"no network in this test: {event} {host}")

def _is_here(host):
    host = host.decode() if isinstance(host, bytes) else str(host or "")
    return not host or host == "::1" or host == "localhost" or host.startswith("127.")

def _watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(address[0]):
            _note(event, address[0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        if not _is_here(arguments[0]):
            _note(event, arguments[0])

sys.addaudithook(_watch)
with open(os.environ["NETWORK_ATTEMPTS"] + ".started", "a") as handle:
    handle.write(f"{os.getpid()}\\n")
"""


class Guarded:
    """Runs the command line behind the guard."""

    def __init__(self, place: Path, settings: Settings, *before: str) -> None:
        self.attempts = place / "attempts.txt"
        self.settings = settings
        self._before = before
        self._guard = place / "guard"
        self._guard.mkdir()
        (self._guard / "sitecustomize.py").write_text(GUARD)
        self._home = place / "home"
        self._home.mkdir()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command, in a home folder that holds no models and no settings."""
        return self.start([*self._before, *command(self.settings, *arguments)])

    def start(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        """Any process behind the guard."""
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(
                filter(None, [str(self._guard), os.environ.get("PYTHONPATH")])
            ),
            "NETWORK_ATTEMPTS": str(self.attempts),
            "HOME": str(self._home),
        }
        return subprocess.run(
            words, env=environment, cwd=self._home, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip

    def tried(self) -> str:
        """What was attempted so far."""
        return self.attempts.read_text() if self.attempts.exists() else ""

    def processes(self) -> int:
        """How many processes had the guard."""
        return len((self._guard.parent / "attempts.txt.started").read_text().splitlines())


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A folder with two documents, no index yet."""
    place = tmp_path_factory.mktemp("offline")
    folder = place / "documents"
    folder.mkdir()
    (folder / "a.md").write_text(text_of("apples"), encoding="utf-8")
    (folder / "b.html").write_text(
        '<html><head><link rel="stylesheet" href="https://example.org/x.css">'
        '<script src="https://example.org/x.js"></script></head><body>'
        '<img src="https://example.org/x.png"><p>The pears committee met in 1999.</p></body></html>'
    )
    return make_settings(place / "index", [folder])


def no_network_at_all() -> list[str]:
    """A prefix that starts a process in a network namespace of its own, where that is allowed."""
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-n", "true"], check=False).returncode == 0:
        return [unshare, "-n"]
    return []


def test_nothing_is_looked_up_or_reached(settings: Settings, tmp_path: Path) -> None:
    guarded = Guarded(tmp_path, settings, *no_network_at_all())
    made = guarded.run("ingest", "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["documents"] == 2
    assert guarded.processes() >= 3, "the children of the ingest had no guard"
    answered = guarded.run("ask", "--json", "When did the pears committee meet?")
    assert answered.returncode == 0, answered.stderr
    assert "1999" in json.loads(answered.stdout)["text"]
    assert guarded.run("status", "--json").returncode == 0
    examined = guarded.run("doctor", "--json")
    assert examined.returncode == 0, examined.stdout
    assert json.loads(examined.stdout)["outbound"] == []
    assert guarded.tried() == ""


def test_the_guard_notes_what_is_tried(settings: Settings, tmp_path: Path) -> None:
    """Else the test above would pass whatever happened."""
    guarded = Guarded(tmp_path, settings)
    swallowing = (
        "import socket, urllib.request\n"
        "for call in (lambda: urllib.request.urlopen('http://example.org/'),\n"
        "             lambda: socket.create_connection(('192.0.2.1', 80), 1)):\n"
        "    try: call()\n"
        "    except OSError: pass\n"
    )
    guarded.start([sys.executable, "-c", swallowing])
    tried = guarded.tried()
    assert "socket.getaddrinfo example.org" in tried
    assert "192.0.2.1" in tried
