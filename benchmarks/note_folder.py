"""A folder of small notes that changes at random, and questions about it: nothing of it is real.

Notes share their words, state other numbers for the same thing, and come as copies, so that scores
tie and sources contradict each other. Several formats are among them, some titles come from the
file's name, some dates from its time.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from assistant import Filters

_PLACES = "Holm Varde Skagen Lund Tromso Visby Aarhus Molde Turku Bergen Umea Narvik".split()
_THINGS = "library harbour observatory bridge theatre garden lighthouse archive".split()
_PEOPLE = "Berta Lindqvist, Ida Moe, Jens Krag, Maren Holt, Olav Sund, Tove Rask".split(", ")
_FOLDERS = ("", "minutes/", "letters/", "letters/old/", "reports 2020/")
_SUFFIXES = (".md", ".md", ".md", ".txt", ".html", ".csv")
_SENTENCES = (
    "The {thing} of {place} was opened in {year} by {person}.",
    "In {year} the {thing} of {place} counted {number} visitors.",
    "{person} wrote that the {thing} of {place} needs {number} new lamps.",
    "The {thing} of {place} is closed on {number} days of the year.",
    "Nobody in {place} remembers who paid for the {thing}.",
    "The keeper of the {thing} of {place} is {person}, who came in {year}.",
    "Related articles\nTen things to know about {place} before you go.",
    "- lamps for the {thing}\n- ropes for the {thing}\n- {number} tins of paint",
    "The roof leaks, and {person} has asked for {number} kroner.",
)
_ASKED = (
    "When was the {thing} of {place} opened?",
    "Who opened the {thing} of {place}?",
    "How many visitors did the {thing} of {place} count in {year}?",
    "Who is the keeper of the {thing}?",
    "What does {person} need?",
    "On how many days is the {thing} of {place} closed?",
    "lamps {place}",
    "What is needed for the {thing}? List all things.",
    "When was the obsrvatory of {place} opend?",
    "What colour is the {thing} of {place}?",
    "Which note is number {number}?",
)


class NoteFolder:
    """A folder whose notes come and go; what ``chance`` draws, happens."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self._chance = chance
        self._made = 0
        folder.mkdir(parents=True, exist_ok=True)

    def fill(self, count: int) -> None:
        """Write so many new notes."""
        for _ in range(count):
            self.add()

    def change(self) -> str:
        """Change something; what it was."""
        changes: list[Callable[[], str]] = [
            self.add, self.edit, self.edit, self.retitle, self.rename, self.move, self.swap,
            self.copy, self.delete, self.touch, self.convert,
        ]  # fmt: skip
        return self._chance.choice(changes)() if self.files() else self.add()

    def files(self) -> list[Path]:
        """All notes, by name."""
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    # ------------------------------------------------------------ changes

    def add(self) -> str:
        """A new note."""
        self._made += 1
        path = self.folder / self._name(self._chance.choice(_SUFFIXES))
        self._write(path, self._text(path.suffix))
        return f"add {self._shown(path)}"

    def edit(self) -> str:
        """Other text in a note: all of it, or a sentence more."""
        path = self._any()
        if path.suffix == ".md" and self._chance.random() < 0.5:
            self._write(path, f"{_read(path)}\n{self._sentence()}\n")
        else:
            self._write(path, self._text(path.suffix))
        return f"edit {self._shown(path)}"

    def retitle(self) -> str:
        """Another title, or another day in the front matter; the text below stays."""
        path = self._any(".md")
        text = _read(path)
        body = text.split("---\n", 2)[2] if text.startswith("---\n") else text
        if self._chance.random() < 0.5:
            day = f"{self._chance.randint(2001, 2024)}-03-{self._chance.randint(10, 28)}"
            title = self._chance.choice(_PLACES)
            self._write(path, f"---\ntitle: Notes of {title}\ndate: {day}\n---\n{body}")
        else:
            rest = body.partition("\n")[2]
            self._write(path, f"# About {self._chance.choice(_PLACES)}\n{rest}")
        return f"retitle {self._shown(path)}"

    def rename(self) -> str:
        """Another name in the same folder."""
        path = self._any()
        return self._to(path, path.parent / Path(self._name(path.suffix)).name)

    def move(self) -> str:
        """The same name in another folder."""
        path = self._any()
        return self._to(path, self.folder / self._chance.choice(_FOLDERS) / path.name)

    def swap(self) -> str:
        """Two notes trade their names."""
        one, other = self._any(), self._any()
        aside = self.folder / ".aside"
        os.replace(one, aside)
        if other.exists():
            os.replace(other, one)
        os.replace(aside, other)
        return f"swap {self._shown(one)} and {self._shown(other)}"

    def copy(self) -> str:
        """The same note once more, under another name."""
        path = self._any()
        target = self.folder / self._name(path.suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
        return f"copy {self._shown(path)} to {self._shown(target)}"

    def delete(self) -> str:
        """Remove a note, unless it is the last."""
        path = self._any()
        if len(self.files()) > 1:
            path.unlink()
        return f"delete {self._shown(path)}"

    def touch(self) -> str:
        """Another time, the same text."""
        path = self._any()
        self._date(path)
        return f"touch {self._shown(path)}"

    def convert(self) -> str:
        """The same bytes under another suffix."""
        path = self._any()
        return self._to(path, path.with_suffix(self._chance.choice(_SUFFIXES)))

    # ------------------------------------------------------------ their parts

    def _to(self, path: Path, target: Path) -> str:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
        return f"rename {self._shown(path)} to {self._shown(target)}"

    def _any(self, suffix: str = "") -> Path:
        found = self.files()
        return self._chance.choice([path for path in found if path.suffix == suffix] or found)

    def _name(self, suffix: str) -> str:
        chance = self._chance
        place, thing = chance.choice(_PLACES).lower(), chance.choice(_THINGS)
        stem = chance.choice((f"{place}-{thing}", f"note-{chance.randint(1, 40):02}", thing))
        return f"{chance.choice(_FOLDERS)}{stem}{suffix}"

    def _sentence(self) -> str:
        return filled(self._chance.choice(_SENTENCES), self._chance)

    def _text(self, suffix: str) -> str:
        chance = self._chance
        parts = [self._sentence() for _ in range(chance.randint(1, 12))]
        title = f"{chance.choice(_THINGS).capitalize()} of {chance.choice(_PLACES)}"
        if suffix == ".csv":
            rows = [f"{chance.choice(_PLACES)},{chance.randint(1, 900)}" for _ in parts]
            return "\n".join(["place,visitors", *rows]) + "\n"
        if suffix == ".html":
            body = "".join(f"<p>{part}</p>" for part in parts)
            return f"<html><body><h1>{title}</h1>{body}</body></html>"
        if suffix == ".md" and chance.random() < 0.7:
            half = len(parts) // 2
            return "\n\n".join([f"# {title}", *parts[:half], "## More of it", *parts[half:]])
        return "\n\n".join(parts) + "\n"

    def _write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self._date(path)

    def _date(self, path: Path) -> None:
        day = datetime(
            self._chance.randint(2015, 2024), 6, self._chance.randint(1, 28), 12, tzinfo=UTC
        )
        os.utime(path, (day.timestamp(), day.timestamp()))

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def filled(pattern: str, chance: random.Random) -> str:
    """A pattern with a place, a thing, a person, a year and a number."""
    return pattern.format(
        place=chance.choice(_PLACES), thing=chance.choice(_THINGS), person=chance.choice(_PEOPLE),
        year=chance.randint(1850, 1990), number=chance.randint(2, 400),
    )  # fmt: skip


def questions(chance: random.Random, count: int) -> list[tuple[str, Filters]]:
    """So many questions, every fifth of some documents only."""
    some = (
        Filters(paths=("letters/**",)), Filters(types=("md",)), Filters(after="2020-01-01"),
        Filters(before="2018"), Filters(tags=("minutes",)),
    )  # fmt: skip
    return [
        (filled(chance.choice(_ASKED), chance), chance.choice(some) if at % 5 == 4 else Filters())
        for at in range(count)
    ]
