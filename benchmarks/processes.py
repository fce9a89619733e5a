"""Child processes of the benchmarks: their surroundings, their families, their ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

_BYTECODE = Path(tempfile.gettempdir()) / f"benchmarks-bytecode-{os.getuid()}"


def environment(**more: str) -> dict[str, str]:
    """This process's environment without settings of ours, with compiled modules kept.

    Compiled modules are what an installed program has; without them every start compiles
    thousands of files and a benchmark of start-up measures the compiler.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ASSISTANT") and name != "PYTHONDONTWRITEBYTECODE"
    }
    top = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [top, kept.get("PYTHONPATH")]))
    return kept | {"PYTHONPYCACHEPREFIX": str(_BYTECODE), "PYTHONPATH": path} | more


CHROMA = Path(sys.executable).parent / "chroma"
"""The program that comes with the package chromadb."""


@contextmanager
def chroma_server(place: Path, port: int = 0) -> Iterator[str]:
    """The address of a Chroma server on this machine that keeps its data in a folder; ended
    afterwards. ``port`` of 0 means any that is free."""
    place.mkdir(exist_ok=True)
    with socket.create_server(("127.0.0.1", port)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [str(CHROMA), "run", "--path", str(place), "--host", "127.0.0.1", "--port", str(port)],
        env=environment(ANONYMIZED_TELEMETRY="False"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=place,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urlopen(f"{address}/api/v2/heartbeat", timeout=1).read()
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError("the Chroma server ended") from None
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # a large index is still being written
            process.kill()
            process.wait()


def descendants(pid: int) -> list[int]:
    """The children of a process and theirs, from /proc (an empty list where there is none)."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue  # ended meanwhile
        parents.setdefault(parent, []).append(int(folder.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def wait_until_gone(pids: Iterable[int], patience_seconds: float = 20.0) -> None:
    """Wait for processes that end by themselves."""
    deadline = time.monotonic() + patience_seconds
    for pid in pids:
        while _runs(pid) and time.monotonic() < deadline:
            time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
