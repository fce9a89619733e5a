"""Starting one of our own modules in a process of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_PACKAGE_ROOT = str(Path(__file__).resolve().parents[1])
_STAND_BACK = 10
"""A tenth of the usual share, of what others want too."""


def start(
    module: str,
    *arguments: str,
    stderr: IO[bytes],
    environment: Mapping[str, str],
    pass_fds: Sequence[int] = (),
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
        env={**environment, "PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(path)},
        start_new_session=True,
        pass_fds=pass_fds,
    )


def stand_back() -> None:
    """Let other processes go first, for a child that is not the one all wait for.

    Linux shares its time out among sessions first (``autogroup``), then within each; ``start``
    gives each child a session. Other systems know only the second.
    """
    with contextlib.suppress(OSError, AttributeError):  # Windows has no nice
        os.nice(_STAND_BACK)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(_STAND_BACK), encoding="ascii")


def last_words(stderr: IO[bytes]) -> str:
    """The last line that a process which has ended wrote to its file of errors."""
    stderr.seek(0)
    said = stderr.read()[-2000:].decode("utf-8", "replace").strip()
    return "".join(said.splitlines()[-1:])
