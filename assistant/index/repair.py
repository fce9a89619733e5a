"""The base of the next generation: the current one if it is whole, else its undamaged parts.

A damaged word or vector index, or one of an earlier version's format, is rebuilt from the store.
After damage to the store or the manifest, the previous generation is brought up to date from the
folders; without one, all files are read again. The documents are never at risk: the folders hold
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from math import inf

from assistant.errors import AssistantError, IndexDamagedError
from assistant.index.checksums import damage
from assistant.index.generations import FORMAT, STORE, TERMS, Generation, Generations
from assistant.index.store import Store
from assistant.index.term_lines import lines_in
from assistant.text.terms import fingerprint


@dataclass(frozen=True, slots=True)
class Base:
    """A sound start, and whether its ``words`` and ``vectors`` must be made anew from its store;
    ``damage`` says what was wrong.

    ``parent`` is the generation to return to by rollback, ``roots`` are folders that are known
    though the store which listed them is not usable.
    """

    base: Generation | None
    parent: str
    words: bool = False
    vectors: bool = False
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
        return _brought_up_to_date(Base(current, name))
    told = f"Damaged: {'; '.join(f'{file} {what}' for file, what in wrong.items())}"
    if STORE not in wrong:
        told += ". Words and vectors were built anew from the stored texts"
        return Base(current, _sound_parent(generations, current), True, True, told)
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
            told = f"{told}. Built anew on {name}"
            return _brought_up_to_date(Base(found, name, damage=told, roots=roots))
    return Base(None, "", True, True, f"{told}. All files were read again", roots)


def _brought_up_to_date(found: Base) -> Base:
    """The base with what it lacks of this version: the terms of all chunks, and their vectors.

    Without, its words count chunks that were removed, and questions cannot be compared with all
    vectors.
    """
    if found.base is None:
        return found
    path, manifest = found.base.path, found.base.manifest
    words = manifest.format < FORMAT
    words = words or lines_in(path / TERMS, fingerprint()) != manifest.chunks
    with closing(Store(path / STORE)) as store:
        store.vectors.only_of(manifest.embedder)
        vectors = len(store.vectors) != manifest.chunks
    if not words and not vectors:
        return found
    parts = " and ".join(["words"] * words + ["vectors"] * vectors)
    told = f"An earlier version made the {parts}. They were made anew from the stored texts"
    told = f"{found.damage}. {told}" if found.damage else told
    return replace(found, words=words, vectors=vectors, damage=told)


def _sound_parent(generations: Generations, current: Generation) -> str:
    parent = current.manifest.parent
    return parent if parent in generations.names() else ""
