"""Files of a folder are opened without links, without waiting, and never past the limit."""

from __future__ import annotations

import io
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from assistant.reading import opening
from assistant.reading.opening import OpeningRules, copy_file, open_folder, read_file

LIMIT = 1000
ACCESS = OpeningRules(LIMIT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a folder in it, a document in that, and a secret beside both."""
    (tmp_path / "inside" / "deep").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "inside" / "deep" / "a.md").write_text("a document")
    (tmp_path / "outside" / "a.md").write_text("a secret")
    return Path(os.path.realpath(tmp_path)) / "inside"


def refusal(place: Path, access: OpeningRules = ACCESS) -> DocumentError:
    """The error of reading this, within five seconds: what waits for a writer waits for good."""
    caught: list[DocumentError] = []

    def read() -> None:
        try:
            read_file(str(place), place.name, access)
        except DocumentError as exc:
            caught.append(exc)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(5)
    assert not thread.is_alive(), "it waits"
    assert caught, "it was read"
    return caught[0]


def test_a_file_is_read_with_the_state_it_had(folder: Path) -> None:
    file = folder / "deep" / "a.md"
    data, status = read_file(str(file), "a.md", ACCESS)
    assert data == b"a document"
    assert os.path.samestat(status, file.stat())
    assert status.st_size == len(data)


@pytest.mark.parametrize("size", [0, 1, LIMIT - 1, LIMIT])
def test_a_file_up_to_the_limit_is_read_whole(folder: Path, size: int) -> None:
    (folder / "a.md").write_bytes(b"x" * size)
    data, _ = read_file(str(folder / "a.md"), "a.md", ACCESS)
    assert len(data) == size


def test_a_link_in_its_place_is_not_followed(folder: Path) -> None:
    (folder / "link.md").symlink_to(folder.parent / "outside" / "a.md")
    found = refusal(folder / "link.md")
    assert (found.outcome, "link in its path" in found.what) == ("failed", True)
    data, _ = read_file(str(folder / "link.md"), "link.md", OpeningRules(LIMIT, follows_links=True))
    assert data == b"a secret"


def test_a_link_above_it_is_not_followed(folder: Path) -> None:
    (folder / "deep").rename(folder / "gone")
    (folder / "deep").symlink_to(folder.parent / "outside")
    assert "link in its path" in refusal(folder / "deep" / "a.md").what
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        open_folder(str(folder / "deep"), follows_links=False)


def _pipe(place: Path) -> None:
    os.mkfifo(place)


def _socket(place: Path) -> None:
    server = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(place.parent)  # the whole path is too long for a socket
    try:
        server.bind(place.name)
    finally:
        os.chdir(here)
        server.close()


@pytest.mark.parametrize("make", [_pipe, _socket, Path.mkdir])
def test_what_is_no_regular_file_is_refused_at_once(
    folder: Path, make: Callable[[Path], None]
) -> None:
    make(folder / "b.md")
    found = refusal(folder / "b.md")
    assert (found.outcome, "no regular file" in found.what) == ("failed", True)


def test_devices_are_refused() -> None:
    assert "no regular file" in refusal(Path("/dev/zero")).what


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "large.md").open("wb") as file:
        file.truncate(50 * 10**9)
    monkeypatch.setattr(opening, "_parts", lambda *_: pytest.fail("it was read"))
    found = refusal(folder / "large.md")
    assert found.outcome == "too_large"
    assert "documents.max_file_megabytes" in found.what


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="needs Linux's /proc")
def test_a_file_that_is_longer_than_it_says_is_read_to_the_limit_and_one_byte(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``smaps`` calls itself a regular file of no bytes."""
    place = Path("/proc") / str(os.getpid()) / "smaps"
    asked = []
    read = os.read

    def counting(descriptor: int, size: int) -> bytes:
        data = read(descriptor, size)
        asked.append(len(data))
        return data

    monkeypatch.setattr(os, "read", counting)
    found = refusal(place)
    assert (found.outcome, "grew while it was read" in found.what) == ("too_large", True)
    assert sum(asked) <= LIMIT + 1
    with pytest.raises(DocumentError, match="grew"):
        copy_file(str(place), "smaps", ACCESS, io.BytesIO())


def test_a_path_longer_than_the_system_takes_is_opened_step_by_step(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    place = os.path.realpath(tmp_path)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=here)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here, place = inner, f"{place}/{'d' * 200}"
    file = os.open("a.md", os.O_WRONLY | os.O_CREAT, dir_fd=here)
    os.write(file, b"deep")
    os.close(file)
    os.close(here)
    if opening._WALKS:
        assert read_file(f"{place}/a.md", "a.md", ACCESS)[0] == b"deep"


def test_a_folder_that_may_be_passed_but_not_listed_is_no_obstacle(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may list everything")
    folder.chmod(0o111)
    try:
        assert read_file(str(folder / "deep" / "a.md"), "a.md", ACCESS)[0] == b"a document"
    finally:
        folder.chmod(0o755)


def test_no_descriptor_is_left_open(folder: Path) -> None:
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    (folder / "link.md").symlink_to(folder / "deep" / "a.md")
    read_file(str(folder / "deep" / "a.md"), "a.md", ACCESS)
    for name in ("link.md", "gone.md", "deep", "gone/a.md"):
        with pytest.raises(DocumentError):
            read_file(str(folder / name), name, ACCESS)
    if before:
        assert len(os.listdir("/proc/self/fd")) == before
