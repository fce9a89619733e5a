"""Packages that only an extra installs: an import that fails names the command that mends it.

    with needs("rerank", "The cross-encoder"):
        from fastembed.rerank.cross_encoder import TextCrossEncoder

``tests/test_extras.py`` proves that every import of such a package stands in a block like this.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from assistant.errors import MissingPackageError

DISTRIBUTION = "document-assistant"


@contextmanager
def needs(extra: str, what: str) -> Iterator[None]:
    """Imports of an extra's packages, for ``what``. Raises ``MissingPackageError``."""
    try:
        yield
    except ModuleNotFoundError as exc:
        raise _missing(extra, what, exc.name or str(exc)) from exc
    except ImportError as exc:  # the package is there, but a library of it does not load
        reason = str(exc).strip() or type(exc).__name__
        raise MissingPackageError(
            f"{what} cannot load its package: {reason.splitlines()[0]}",
            hint=f"install it again: pip install --force-reinstall '{DISTRIBUTION}[{extra}]'",
        ) from exc


def check_installed(extra: str, what: str, package: str) -> None:
    """Look for a package without importing it. Raises ``MissingPackageError``.

    For long work that needs the package at its end.
    """
    try:
        found = find_spec(package)
    except ValueError:  # imported already, by something that left no spec
        found = None
    if found is None:
        raise _missing(extra, what, package)


def _missing(extra: str, what: str, package: str) -> MissingPackageError:
    return MissingPackageError(
        f"{what} needs the package {package.split('.')[0]}, which is not installed",
        hint=f"install with pip install '{DISTRIBUTION}[{extra}]', "
        f"or pip install '.[{extra}]' in a checkout",
    )
