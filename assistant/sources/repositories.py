"""A git repository at a commit → the files of its tree, one after the other, within limits.

Nothing is checked out: the tree is listed and the contents are read as they are stored, so that no
hook, filter, attribute, link or submodule has a say. A folder of this machine is read where it
lies; of an https address, the one commit is fetched from the address that was checked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from assistant.errors import DocumentError, UsageError
from assistant.sources.archives import MOST_MEMBERS, Member, safe_path
from assistant.sources.fetching import WebDoor, checked, pinned
from assistant.sources.git import Git, program
from assistant.text.visible import shown_value

_REVISION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,199}")
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_POINTER = b"version https://git-lfs.github.com/spec/"
_LONGEST_LINE = 8_000
_KINDS = {"120000": "it is a link", "160000": "it is another repository (a submodule)"}


@dataclass(frozen=True, slots=True)
class RepositoryLimits:
    """The most bytes of one file, of all of them, and of what is fetched; the most seconds for one
    command of git."""

    file_bytes: int
    total_bytes: int = 500_000_000
    fetched_bytes: int = 1_000_000_000
    seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at a commit, for as long as its files are read."""

    git: Git
    folder: Path
    commit: str
    limits: RepositoryLimits

    def files(self) -> Iterator[Member]:
        """The files of the commit, and what is left out of them with the reason. Raises
        ``DocumentError`` for a repository that is damaged or larger than the limits."""
        wanted: list[tuple[str, str, int]] = []
        total = 0
        for mode, blob, size, name in self._entries():
            path = safe_path(name)
            problem = _KINDS.get(mode, "")
            if not problem and not path:
                problem = "its name is hidden, leads elsewhere, or is none that a file can have"
            if not problem and size > self.limits.file_bytes:
                problem = f"{size / 1e6:.1f} MB; documents.max_file_megabytes is the limit"
            if problem:
                yield Member(name, problem=problem)
                continue
            total += size
            if total > self.limits.total_bytes:
                raise _too_large()
            wanted.append((blob, path, size))
        yield from self._contents(wanted)

    def _entries(self) -> Iterator[tuple[str, str, int, str]]:
        """Mode, object, size and name of every entry of the tree, at most ``MOST_MEMBERS``."""
        listing = ("ls-tree", "-r", "-z", "--long", "--full-tree", self.commit)
        with self.git.reading(f"--git-dir={self.folder}", *listing) as output:
            for count, line in enumerate(_records(output)):
                if count >= MOST_MEMBERS:
                    raise DocumentError(
                        f"The repository holds more than {MOST_MEMBERS:,} files",
                        outcome="too_large",
                    )
                head, _, name = line.partition(b"\t")
                fields = head.decode("ascii", "replace").split()
                if len(fields) != 4:
                    raise DocumentError("The repository's tree cannot be read")
                mode, _, blob, size = fields
                told = name.decode("utf-8", "replace")
                yield mode, blob, int(size) if size.isdecimal() else 0, told

    def _contents(self, wanted: list[tuple[str, str, int]]) -> Iterator[Member]:
        asked = "".join(f"{blob}\n" for blob, _, _ in wanted).encode("ascii")
        if not asked:
            return
        reading = self.git.reading(f"--git-dir={self.folder}", "cat-file", "--batch", stdin=asked)
        with reading as output:
            for blob, path, size in wanted:
                head = output.readline(_LONGEST_LINE).split()
                if head != [blob.encode(), b"blob", str(size).encode()]:
                    raise DocumentError(f"{shown_value(path)} is missing in the repository")
                data = output.read(size)
                if len(data) != size or output.read(1) != b"\n":
                    raise DocumentError(f"{shown_value(path)} is cut off in the repository")
                if data.startswith(_POINTER) and size < 2_000:
                    yield Member(path, problem="its content lies in Git LFS, which is not fetched")
                else:
                    yield Member(path, data)


@contextmanager
def opened(
    source: str, revision: str, limits: RepositoryLimits, door: WebDoor | None = None
) -> Iterator[Repository]:
    """A repository at a commit, a branch or a tag (``HEAD``: the newest of its main branch).

    Raises ``UsageError`` for what is neither a repository's folder nor an https address of a public
    host, and ``DocumentError`` for what git cannot read.
    """
    if not _REVISION.fullmatch(revision) or ".." in revision or revision.endswith(".lock"):
        raise UsageError(
            f"{shown_value(revision)} is no commit, branch or tag",
            hint="for example HEAD, main, v1.2 or the 40 digits of a commit",
        )
    with TemporaryDirectory(prefix="repository-") as place:
        home = Path(place)
        if source.lower().startswith("https://"):
            git, folder, revision = _fetched(source, revision, home, limits, door or WebDoor())
        else:
            git = Git(program(), home, limits.fetched_bytes, limits.seconds)
            folder = _git_folder(source)
        named = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        try:
            found = git.run(f"--git-dir={folder}", *named).decode("ascii", "replace").strip()
        except DocumentError:
            found = ""
        if not _HASH.fullmatch(found):
            raise DocumentError(
                f"{shown_value(source)} has no commit, branch or tag {shown_value(revision)}, "
                "or is no repository that git opens"
            )
        yield Repository(git, folder, found, limits)


def _fetched(
    source: str, revision: str, home: Path, limits: RepositoryLimits, door: WebDoor
) -> tuple[Git, Path, str]:
    """An empty repository with the one commit, from the address that was checked."""
    url = checked(source)
    if url.query:
        raise UsageError(f"The address {shown_value(source)} is no repository's: it has a query")
    address, host = pinned(url, door), url.raw_host.decode("ascii")
    options = ["protocol.https.allow=always"]
    if address != host.strip("[]"):
        shown = f"[{address}]" if ":" in address else address
        options.append(f"http.curloptResolve={host}:{url.port or 443}:{shown}")
    authorities = door.certificates or os.environ.get("GIT_SSL_CAINFO", "")
    if authorities:
        options.append(f"http.sslCAInfo={authorities}")
    git = Git(program(), home, limits.fetched_bytes, limits.seconds, "https", tuple(options))
    folder = home / "fetched"
    git.run("init", "--quiet", "--bare", "--template=", str(folder))
    git.run(
        f"--git-dir={folder}", "fetch", "--quiet", "--depth=1", "--no-tags",
        "--no-write-commit-graph", "--no-recurse-submodules", "--no-auto-maintenance",
        "--", str(url), revision,
    )  # fmt: skip
    return git, folder, "FETCH_HEAD"


def _git_folder(source: str) -> Path:
    """Where a folder of this machine keeps its repository. Raises ``UsageError``."""
    place = Path(source).absolute()
    for folder in (place / ".git", place):
        if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
            return folder
    if (place / ".git").is_file():  # a work tree beside its repository, which git finds
        return place / ".git"
    raise UsageError(
        f"{shown_value(source)} is no git repository",
        hint="name its folder, or its address, which begins with https://",
    )


def _records(output: IO[bytes]) -> Iterator[bytes]:
    """The parts of an output that end with a zero byte."""
    rest = b""
    while part := output.read(65_536):
        *whole, rest = (rest + part).split(b"\0")
        yield from whole
        if len(rest) > 1_000_000:
            raise DocumentError("The repository's tree holds a name that is too long")


def _too_large() -> DocumentError:
    return DocumentError(
        "The repository's files are together larger than the limits allow", outcome="too_large"
    )
