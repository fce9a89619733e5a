"""Versions of the installed packages that affect reading: this package and its readers'
libraries."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version

from assistant.reading.kinds import KIND_OF_SUFFIX

_PACKAGES = (
    "document-assistant", "pypdfium2", "lxml", "olefile", "python-calamine", "striprtf",
    "charset-normalizer", "semantic-text-splitter", "rapidocr",
)  # fmt: skip


@lru_cache(maxsize=1)
def installed_readers() -> str:
    """Names the versions of the readers and the suffixes they know; other digits, and a file that
    was refused may be read now."""
    told = [f"{name} {_version(name)}" for name in _PACKAGES]
    told += [f"{suffix} {kind}" for suffix, kind in sorted(KIND_OF_SUFFIX.items())]
    return blake2b("\n".join(told).encode(), digest_size=6).hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "is not installed"
