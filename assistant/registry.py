"""Names of parts → what makes them: the built-in ones, and those of installed packages.

    [project.entry-points."document_assistant.embedders"]
    hashed = "my_package:make_embedder"

Nothing is imported before a part is asked for by its name. A built-in name means the built-in part,
whatever a package calls its own.
"""

from __future__ import annotations

import difflib
import importlib
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from assistant.errors import (
    AssistantError,
    DocumentError,
    EmbeddingError,
    RerankingError,
    SettingsError,
    UsageError,
)

_LONGEST_FINGERPRINT = 200
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class Brought:
    """A part of an installed package: its name, where its maker is (``module:function``), and the
    package with its version."""

    name: str
    maker: str
    package: str

    def __str__(self) -> str:
        return f"{self.name} ({self.package})"


@dataclass(frozen=True, slots=True)
class Registry:
    """The table of one kind of part: built-in names and their makers, and a group of entry points.

    ``setting`` is what chooses among them; ``error`` is raised when a part cannot be made.
    """

    what: str
    group: str
    error: type[AssistantError]
    setting: str = ""
    built_in: Mapping[str, str] = field(default_factory=dict)

    def brought(self) -> tuple[Brought, ...]:
        """What installed packages bring, by name; nothing is imported."""
        return _brought(self.group)

    def find(self, name: str) -> Brought | None:
        """The part of a package that is used for this name."""
        if name in self.built_in:
            return None
        return next((each for each in self.brought() if each.name == name), None)

    def check(self, name: str) -> None:
        """Raises ``SettingsError`` for a name that nothing goes by."""
        if name in self.built_in or self.find(name) is not None:
            return
        packages = [each for each in self.brought() if each.name not in self.built_in]
        names = [*self.built_in, *(each.name for each in packages)]
        near = difflib.get_close_matches(name, names, 1, 0.5)
        told = f"did you mean {near[0]!r}? " if near else ""
        others = ", ".join(map(str, packages)) or f"none (entry points {self.group!r})"
        raise SettingsError(
            f"Setting {self.setting} = {name!r} is not valid: no {self.what} has this name",
            hint=f"{told}built in: {', '.join(self.built_in)}; of packages: {others}",
        )

    def maker(self, name: str) -> Callable[..., Any]:
        """What makes the part of this name. Raises ``SettingsError`` for an unknown name, and the
        table's own error for a package that cannot be imported."""
        self.check(name)
        brought = self.find(name)
        if brought is not None:
            return self.loaded(brought)
        found: Callable[..., Any] = _imported(self.built_in[name])
        return found

    def loaded(self, brought: Brought) -> Callable[..., Any]:
        """The maker of a package's part. Raises the table's own error."""
        try:
            maker: Callable[..., Any] = _imported(brought.maker)
            if not callable(maker):
                raise TypeError(f"{brought.maker} cannot be called")
        except Exception as exc:  # a package's modules raise what they like
            raise self.error(
                f"The {self.what} {brought} cannot be loaded: {first_line(exc)}",
                hint=f"install the package {brought.package.split()[0]} again, or remove it",
            ) from exc
        return maker

    def started(self, brought: Brought, start: Callable[[], _Part]) -> _Part:
        """A package's part, made. Raises its own ``AssistantError``, else the table's own."""
        try:
            return start()
        except AssistantError:
            raise
        except Exception as exc:  # somebody else's code raises what it likes
            raise self.error(
                f"The {self.what} {brought} cannot start: {first_line(exc)}",
                hint=f"see the documentation of its package, or change {self.setting}",
            ) from exc


EMBEDDERS = Registry(
    "embedder",
    "document_assistant.embedders",
    EmbeddingError,
    "embedding.provider",
    {
        "static": "assistant.embedding:make_static",
        "minilm": "assistant.embedding:make_minilm",
        "openai": "assistant.embedding:make_remote",
    },
)
"""A maker is given the section ``embedding`` of the settings and returns an ``Embedder``."""

RERANKERS = Registry(
    "reranker",
    "document_assistant.rerankers",
    RerankingError,
    "retrieval.reranker",
    {
        "none": "assistant.retrieval.rerankers:make_none",
        "cross-encoder": "assistant.retrieval.rerankers:make_cross_encoder",
        "llm": "assistant.retrieval.rerankers:make_model_reranker",
    },
)
"""A maker is given the section ``retrieval`` of the settings and returns a ``Reranker``."""

READERS = Registry("document reader", "document_assistant.readers", DocumentError)
"""Named by the suffix they read, without its dot. A maker is given nothing and returns a
``DocumentReader``. The built-in readers are chosen by content too: ``assistant.reading``."""


def checked_fingerprint(part: object, what: str) -> str:
    """The fingerprint of a part that is not ours. Raises ``UsageError`` for what can be none."""
    found = getattr(part, "fingerprint", None)
    if (
        isinstance(found, str)
        and 1 <= len(found.strip()) <= len(found) <= _LONGEST_FINGERPRINT
        and found.isprintable()
    ):
        return found
    raise UsageError(
        f"The {what} {type(part).__name__} has the fingerprint {reprlib.repr(found)}",
        hint=f"it takes a text of 1 to {_LONGEST_FINGERPRINT} characters that names the part and "
        "its version: the index is bound to it",
    )


def first_line(exc: BaseException) -> str:
    """Somebody else's error in one line."""
    text = str(exc).strip()
    return f"{type(exc).__name__}: {text.splitlines()[0] if text else ''}".rstrip(": ")


def _imported(place: str) -> Any:
    """``"module:name"`` → the object; the name may have dots, as entry points allow."""
    module, _, name = place.partition(":")
    found: Any = importlib.import_module(module.strip())
    for part in filter(None, name.partition("[")[0].strip().split(".")):
        found = getattr(found, part)
    return found


@lru_cache(maxsize=8)
def _brought(group: str) -> tuple[Brought, ...]:
    """Once for each process: looking through 300 packages takes 15 ms."""
    from importlib.metadata import entry_points

    found: dict[str, Brought] = {}
    for each in entry_points(group=group):
        distribution = each.dist
        package = f"{distribution.name} {distribution.version}" if distribution else "a package"
        found.setdefault(each.name, Brought(each.name, each.value, package))
    return tuple(sorted(found.values(), key=lambda each: each.name))
