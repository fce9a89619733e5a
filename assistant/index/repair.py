"""What the next generation is built on: the current one if it is whole, else what is sound of it.

A damaged word or vector index is built anew from the store. A damaged store or manifest is not
trusted at all: the generation before is brought up to date from the folders, and without one
everything is read again. The files themselves are never in danger: the folders hold them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from assistant.errors import AssistantError, IndexDamagedError
from assistant.index.checksums import damage
from assistant.index.generations import STORE, Generation, Generations


@dataclass(frozen=True, slots=True)
class Base:
    """A sound start: ``rebuild`` when only its store may be used; ``damage`` says what was wrong.

    ``parent`` is the generation to return to by rollback, ``roots`` are folders that are known
    though the store which listed them is not usable.
    """

    base: Generation | None
    parent: str
    rebuild: bool = False
    damage: str = ""
    roots: Mapping[str, str] = field(default_factory=dict)


def find_base(generations: Generations) -> Base:
    """The current generation checked whole, or what takes its place."""
    name = ""
    try:
        name = generations.current_name()
        if not name:
            return Base(None, "")
        current = generations.load(name)
    except IndexDamagedError as exc:
        return _from_another(generations, name, exc.what, {})
    wrong = damage(current.path, current.manifest.files, inf)
    if not wrong:
        return Base(current, name)
    told = f"Damaged: {'; '.join(f'{file} {what}' for file, what in wrong.items())}"
    if STORE not in wrong:
        told += ". Words and vectors were built anew from the stored texts"
        return Base(current, _sound_parent(generations, current), True, told)
    return _from_another(generations, name, told, current.manifest.roots)


def _from_another(
    generations: Generations, damaged: str, told: str, roots: Mapping[str, str]
) -> Base:
    """The newest sound generation but the damaged one, else nothing."""
    for name in reversed(generations.names()):
        if name == damaged:
            continue
        try:
            found = generations.load(name)
        except AssistantError:
            continue
        if not damage(found.path, found.manifest.files, inf):
            return Base(found, name, False, f"{told}. Built anew on {name}", roots)
    return Base(None, "", True, f"{told}. All files were read again", roots)


def _sound_parent(generations: Generations, current: Generation) -> str:
    parent = current.manifest.parent
    return parent if parent in generations.names() else ""
