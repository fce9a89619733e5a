"""Starting one of our own modules in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

_PACKAGE_ROOT = str(Path(__file__).resolve().parents[1])


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


def last_words(stderr: IO[bytes]) -> str:
    """The last line that a process which has ended wrote to its file of errors."""
    stderr.seek(0)
    said = stderr.read()[-2000:].decode("utf-8", "replace").strip()
    return "".join(said.splitlines()[-1:])
