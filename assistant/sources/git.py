"""The ``git`` program, run so that nothing of a stranger's repository is obeyed.

No settings of the user, the system or a login are read, no hook, filter, credential helper or other
program is started, no protocol is spoken but the one that is named, no redirect is followed. Time,
memory and the size of every written file are limited; the process runs in a group of its own, which
ends with it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from assistant.errors import DocumentError, UsageError
from assistant.text.visible import shown_value

_MEMORY = 4_000_000_000
_OURS = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null",
    "core.symlinks=false", "core.askPass=false", "core.sshCommand=false", "core.gitProxy=false",
    "core.bigFileThreshold=1m", "credential.helper=", "protocol.allow=never", "gc.auto=0",
    "maintenance.auto=false", "submodule.recurse=false", "fetch.recurseSubmodules=false",
    "fetch.unpackLimit=1", "fetch.fsckObjects=true", "fetch.writeCommitGraph=false",
    "transfer.bundleURI=false", "http.followRedirects=false", "http.proxy=", "http.sslVerify=true",
    "http.lowSpeedLimit=1000", "http.lowSpeedTime=20", "http.extraHeader=", "pack.threads=1",
    "index.threads=1",
)  # fmt: skip
_LIMITED = """
import os, resource, sys
size, seconds, memory = map(int, sys.argv[1:4])
for kind, most in (("FSIZE", size), ("CPU", seconds), ("AS", memory), ("CORE", 0)):
    resource.setrlimit(getattr(resource, "RLIMIT_" + kind), (most, most))
os.execv(sys.argv[4], sys.argv[4:])
"""
"""Sets the limits and becomes git: they hold for all that git starts."""


@dataclass(frozen=True, slots=True)
class Git:
    """The program, a home of its own, the limits, and the one protocol that may be spoken."""

    program: str
    home: Path
    most_bytes: int
    seconds: float
    protocol: str = "none"
    options: tuple[str, ...] = ()

    def run(self, *arguments: str, most_output: int = 1_000_000) -> bytes:
        """What a command of git prints. Raises ``DocumentError`` for one that fails."""
        with self.reading(*arguments) as output:
            data = output.read(most_output + 1)
        if len(data) > most_output:
            raise DocumentError("git prints more than the limits allow", outcome="too_large")
        return data

    @contextmanager
    def reading(self, *arguments: str, stdin: bytes = b"") -> Iterator[IO[bytes]]:
        """The output of a command of git, as it comes. Raises ``DocumentError`` for one that fails
        or is slow; what is not read to its end was enough, and is ended."""
        with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as given:
            given.write(stdin)
            given.seek(0)
            process = subprocess.Popen(
                self._command(arguments), stdin=given, stdout=subprocess.PIPE, stderr=errors,
                env=self._environment(), cwd=self.home, start_new_session=True,
            )  # fmt: skip
            assert process.stdout is not None
            late = threading.Event()

            def end(is_late: bool = True) -> None:
                if is_late:
                    late.set()
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)

            clock = threading.Timer(self.seconds, end)
            clock.daemon = True
            clock.start()
            is_whole = False
            try:
                yield process.stdout
                is_whole = not process.stdout.read(1)
            finally:
                if not is_whole:
                    end(is_late=False)
                process.stdout.close()
                code = process.wait()
                clock.cancel()
            if late.is_set():
                raise DocumentError(f"git did not end within {self.seconds:g} seconds")
            if is_whole and code != 0:
                command = next(each for each in arguments if not each.startswith("-"))
                raise DocumentError(f"git {command} failed: {_said(errors, code)}")

    def _command(self, arguments: Sequence[str]) -> list[str]:
        settings = [word for each in (*_OURS, *self.options) for word in ("-c", each)]
        limits = [str(self.most_bytes), str(int(self.seconds) + 1), str(_MEMORY)]
        return [
            sys.executable, "-I", "-S", "-c", _LIMITED, *limits, self.program, "--no-pager",
            "--no-replace-objects", "--literal-pathspecs", *settings, *arguments,
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath, "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home),
            "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "false", "SSH_ASKPASS": "false", "GIT_SSH_COMMAND": "false",
            "GIT_ALLOW_PROTOCOL": self.protocol, "GIT_PROTOCOL_FROM_USER": "0",
            "GIT_NO_LAZY_FETCH": "1", "GIT_LFS_SKIP_SMUDGE": "1", "GIT_OPTIONAL_LOCKS": "0",
            "GIT_CEILING_DIRECTORIES": str(self.home),
        }  # fmt: skip


def program() -> str:
    """Where git is. Raises ``UsageError`` where it is not installed."""
    found = shutil.which("git")
    if not found:
        raise UsageError(
            "A repository needs the program git, which is not installed",
            hint="install git, or add an archive of the repository (zip, tar)",
        )
    return found


def _said(errors: IO[bytes], code: int) -> str:
    errors.seek(0)
    lines = errors.read(20_000).decode("utf-8", "replace").strip().splitlines()
    told = [each for each in lines if each.startswith(("fatal:", "error:"))] or lines
    return shown_value(told[0][:200]) if told else f"it ended with {code}"
