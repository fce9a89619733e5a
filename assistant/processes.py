"""Starting one of our own modules in a process of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

_PACKAGE_ROOT = str(Path(__file__).resolve().parents[1])
_AUTOGROUP = Path("/proc/self/autogroup")
_STAND_BACK = 10
"""A tenth of the usual share, of what others want too."""
_PIPE_BYTES = 1 << 20
"""The most that Linux gives a user without rights, unless it is set otherwise."""


def start(
    module: str,
    *arguments: str,
    stderr: IO[bytes],
    environment: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    """Run ``python -m module`` with pipes for its input and output.

    Ctrl-C does not reach it: whoever starts it ends it.
    """
    path = [_PACKAGE_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        # -P: a random.py in the folder one stands in must not be imported
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        # numpy's import starts threads that spin for .05 s, beside whoever waits for this one
        env={
            "OPENBLAS_NUM_THREADS": "1",
            **environment,
            "PYTHONUTF8": "1",
            "PYTHONPATH": os.pathsep.join(path),
        },
        start_new_session=True,
    )


def widen(process: subprocess.Popen[bytes]) -> None:
    """Let a process be further ahead of the one it writes to than 64 KB.

    With so little an ingest's processes waited for each other, and two cores were idle a fifth of
    the time (``docs/decisions.md``). Not for every child: a user has 64 MB of pipes in all.
    """
    if sys.platform != "linux":
        return
    import fcntl

    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):  # a user may have so much of it in all
                fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def stand_back(*, with_children: bool) -> None:
    """Let other processes go first, for a child that is not the one all wait for.

    Linux shares its time out among sessions first (``autogroup``), and ``start`` gives each child
    one; inside a container, and on other systems, only a process's own niceness counts. Its
    children inherit that, the session's not: without ``with_children`` it stays as it is, because
    theirs is work under a clock.
    """
    if with_children:
        with contextlib.suppress(OSError, AttributeError):  # Windows has no nice
            os.nice(_STAND_BACK)
    for _ in range(3):
        try:
            _AUTOGROUP.write_text(str(_STAND_BACK), encoding="ascii")
        except BlockingIOError:  # Linux lets users do so ten times a second, all together
            time.sleep(0.12)
        except OSError:
            return
        else:
            return


def last_words(stderr: IO[bytes]) -> str:
    """The last line that a process which has ended wrote to its file of errors."""
    stderr.seek(0)
    said = stderr.read()[-2000:].decode("utf-8", "replace").strip()
    return "".join(said.splitlines()[-1:])
