"""Can the package be installed from wheels alone, on every platform and Python that it names?

    python -m benchmarks.platforms [--uv COMMAND] [--extra NAME ...]

Asks uv's resolver (`pip install uv`) for the base dependencies on each platform, with no source
distribution allowed, so that nobody needs a compiler. Prints a table; the exit status is 1 when a
platform that is promised cannot be served. Needs a package index; installs nothing.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PROMISED: Mapping[str, str] = {
    "Linux x86-64": "x86_64-manylinux_2_28",
    "Linux arm64": "aarch64-manylinux_2_28",
    "macOS 14 arm64": "aarch64-apple-darwin",
}
"""Name → what uv calls it."""
LOOKED_AT: Mapping[str, str] = {
    "macOS 14 x86-64": "x86_64-apple-darwin",
    "Windows x86-64": "x86_64-pc-windows-msvc",
    "Linux x86-64, musl": "x86_64-unknown-linux-musl",
}
"""Shown, and not promised: on Windows the parsers' limits are missing (Python's `resource`), and
Chroma has no wheel for musl."""
MACOS = "14.0"
"""onnxruntime, which Chroma needs, has wheels of Python 3.14 from this release of macOS on."""


def pythons(project: Mapping[str, object]) -> list[str]:
    """The versions that the classifiers name."""
    named = "\n".join(map(str, project["classifiers"]))  # type: ignore[call-overload]
    return re.findall(r"Python :: (3\.\d+)$", named, re.MULTILINE)


def resolve(uv: str, platform: str, python: str, extras: Sequence[str]) -> str:
    """Empty when wheels alone will do, else the resolver's reason."""
    done = subprocess.run(
        [
            uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate",
            "--only-binary", ":all:", "--python-platform", platform, "--python-version", python,
            *(word for extra in extras for word in ("--extra", extra)),
            "pyproject.toml",
        ],
        cwd=HERE, env=os.environ | {"MACOSX_DEPLOYMENT_TARGET": MACOS},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return "" if "chromadb==" in done.stdout else "the resolver gave no chromadb"
    return " ".join(done.stderr.split())


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each platform, and what is missing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--uv", default="uv", help="the command; found on the PATH by default")
    parser.add_argument("--extra", action="append", default=[], help="an extra too; repeatable")
    options = parser.parse_args(arguments)
    if shutil.which(options.uv) is None:
        parser.error(f"{options.uv} is not here: pip install uv")
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = pythons(project)
    print(f"{'':20}" + "".join(f"{version:>8}" for version in versions))
    broken, reasons = False, []
    for name, platform in {**PROMISED, **LOOKED_AT}.items():
        found = [resolve(options.uv, platform, version, options.extra) for version in versions]
        print(f"{name:20}" + "".join(f"{'no' if why else 'wheels':>8}" for why in found))
        broken = broken or (name in PROMISED and any(found))
        reasons += [f"{name}, {v}: {why}" for v, why in zip(versions, found, strict=True) if why]
    for reason in reasons:
        print(reason[:600])
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
