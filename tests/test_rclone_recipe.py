"""The recipe for cloud drives, with back ends of rclone that need no cloud."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_index import make_settings

from assistant import Assistant

pytestmark = pytest.mark.skipif(not shutil.which("rclone"), reason="rclone is not installed")


def rclone(place: Path, *arguments: str) -> None:
    subprocess.run(
        ["rclone", "--config", str(place / "rclone.conf"), *arguments],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    folder = tmp_path / "drive" / "Papers"
    folder.mkdir(parents=True)
    (folder / "pool.md").write_text("# Pool\n\nThe pool opens at nine.", "utf-8")
    (folder / "boat.md").write_text("# Boat\n\nThe boat is blue.", "utf-8")
    (folder / "film.md").write_text("x" * 200_000, "utf-8")
    (folder / "link.md").symlink_to("/etc/passwd")
    return folder


@pytest.fixture
def webdav(tmp_path: Path, drive: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["rclone", "--config", str(tmp_path / "rclone.conf"), "serve", "webdav",
         "--dir-cache-time", "0s", "--addr", f"127.0.0.1:{port}", str(drive.parent)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(200):
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("back_end", ["local", "webdav"])
def test_the_copy_of_a_drive_is_a_folder_like_any_other(
    tmp_path: Path, drive: Path, webdav: str, back_end: str
) -> None:
    copy = tmp_path / "papers-of-the-drive"
    source = "drive:Papers"
    if back_end == "local":
        rclone(tmp_path, "config", "create", "drive", "alias", "remote", str(drive.parent))
    else:
        rclone(tmp_path, "config", "create", "drive", "webdav", "url", webdav, "vendor", "other")
    sync = ("sync", source, str(copy), "--max-size", "100k", "--skip-links")
    rclone(tmp_path, *sync)
    assert sorted(each.name for each in copy.iterdir()) == ["boat.md", "pool.md"]
    with Assistant(make_settings(tmp_path / "index", [copy])) as assistant:
        assert assistant.sync().count("indexed") == 2
        assert "nine" in assistant.ask("When does the pool open?").text
        rclone(tmp_path, *sync)
        assert assistant.sync().count("unchanged") == 2  # the copy keeps the drive's times
        (drive / "boat.md").unlink()
        (drive / "pool.md").write_text("# Pool\n\nThe pool opens at half past ten.", "utf-8")
        rclone(tmp_path, *sync)
        receipt = assistant.sync()
        assert (receipt.count("indexed"), receipt.count("deleted")) == (1, 1)
        assert "half past ten" in assistant.ask("When does the pool open?").text
