"""Hundreds of hostile addresses, archives, repositories and questions do no harm; harm is seen."""

from __future__ import annotations

import os
import shutil
import socket
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.harm import SECRET, HostileCase, harm_of
from benchmarks.hostile_sources import hostile_cases


def test_no_hostile_case_does_harm(tmp_path: Path) -> None:
    kinds: Counter[str] = Counter()
    harms = {}
    with hostile_cases(tmp_path) as cases:
        for number, case in enumerate(cases):
            if found := harm_of(case, tmp_path / str(number)):
                harms[case.name] = found
            kinds[case.name.partition(":")[0]] += 1
            shutil.rmtree(tmp_path / str(number))
    assert not harms, harms
    assert sum(kinds.values()) >= 200
    assert min(kinds.values()) >= 50


def _leak(place: Path) -> str:
    return (place / "outside/secret.txt").read_text("utf-8")


def _copy(place: Path) -> None:
    (place / "index").mkdir()
    (place / "index" / "a.txt").write_text(SECRET, "utf-8")


def _link(place: Path) -> None:
    (place / "index").mkdir()
    (place / "index" / "a.txt").symlink_to("/etc/passwd")


def _call(place: Path) -> None:
    with socket.socket() as trial:
        trial.settimeout(0.2)
        trial.connect_ex(("127.0.0.1", 9))


@pytest.mark.parametrize(
    ("harm", "seen"),
    [
        (lambda place: (place / "ran").touch(), "ran was made"),
        (lambda place: (place / "outside/secret.txt").write_text("x"), "was made or changed"),
        (lambda place: os.remove(place / "outside/secret.txt"), "was made or changed"),
        (_leak, "secret was told"),
        (_copy, "holds a secret"),
        (_link, "is a link"),
        (_call, "127.0.0.1:9 was called"),
        (lambda place: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_harm_is_seen(tmp_path: Path, harm: object, seen: str) -> None:
    assert callable(harm)
    assert any(seen in each for each in harm_of(HostileCase("harm", harm), tmp_path / "case"))
