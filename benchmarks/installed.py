"""The size of an installation: each tool's packages and all that they need, as installed here.

    python -m benchmarks.installed

Counted from the lists of files that the packages keep, compiled files left out; what several need
is in each one's sum. A package that is not installed is named instead of counted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOOLS: Mapping[str, Sequence[str]] = {
    "the assistant (chat, server, all formats)": ["document-assistant"],
    "LlamaIndex's recipe": ["llama-index-core", "llama-index-vector-stores-chroma"],
    "LangChain's recipe": ["langchain-chroma", "langchain-text-splitters"],
    "Haystack's recipe": ["haystack-ai", "chroma-haystack"],
    "Chroma alone": ["chromadb"],
    "Gradio alone": ["gradio"],
}


def closure(names: Sequence[str]) -> tuple[dict[str, Distribution], set[str]]:
    """Packages and all that they require on this machine, and which of them are missing."""
    found: dict[str, Distribution] = {}
    missing: set[str] = set()
    waiting = [Requirement(name) for name in names]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        for extra in ("", *wanted.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            try:
                found[name] = distribution(name)
            except PackageNotFoundError:
                missing.add(name)
                continue
            for line in found[name].requires or ():
                requirement = Requirement(line)
                marker = requirement.marker
                if marker is None or marker.evaluate({"extra": extra}):
                    waiting.append(requirement)
    return found, missing


def size_of(package: Distribution) -> int:
    """Bytes of a package's files."""
    total = 0
    for file in package.files or ():
        if file.suffix == ".pyc":
            continue
        try:
            total += Path(str(file.locate())).stat().st_size
        except OSError:
            continue  # listed, but removed since
    return total


def main() -> int:
    """Print a line for each tool and the largest packages of the assistant's."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.parse_args()
    for number, (tool, names) in enumerate(TOOLS.items()):
        found, missing = closure(names)
        sizes = {name: size_of(package) for name, package in found.items()}
        note = f"; not installed: {', '.join(sorted(missing))}" if missing else ""
        print(f"{tool}: {sum(sizes.values()) / 1e6:.0f} MB, {len(sizes)} packages{note}")
        if number == 0:
            largest = sorted(sizes.items(), key=lambda item: -item[1])[:10]
            print("  " + ", ".join(f"{name} {size / 1e6:.0f}" for name, size in largest))
    return 0


if __name__ == "__main__":
    sys.exit(main())
