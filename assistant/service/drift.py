"""Does the server answer as often, and as surely, as the blessed run did? A log of counts by day
and an alarm that may be looked at as often as one likes.

The log holds numbers only: a day, how many questions were asked, how many were answered, how many
answers were sure; never a word of a question. The alarm bets against "the mean is still m": each
day multiplies the capital by what a bet on a lower mean (and one on a higher one) wins. While the
mean is m, capital is a martingale, so that it ever reaches 1 / level has a probability of at most
level, however often it is looked at (Ville's inequality; Waudby-Smith and Ramdas 2024, "Estimating
means of bounded random variables by betting"). A test that is repeated daily has no such bound.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock

from assistant.errors import AssistantError
from assistant.private_files import FILE_MODE, make_private
from assistant.types import Answer, certainty_of

LEVEL = 0.05
"""The probability of a false alarm, ever, of all measures of one log together."""
BETS = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Shares of the capital that are staked, side by side: small ones find small drifts, large ones
find large drifts soon. Their mean is a bet, too."""
MEASURES = ("answered", "sure")
FOLDER = "daily"
"""In the index's folder."""
LOG, EXPECTED = "daily.jsonl", "expected.json"
MOST_DAYS = 3_650


class DriftLogError(AssistantError):
    """A daily log that cannot be read."""


@dataclass(frozen=True, slots=True)
class DayCounts:
    """The counts of one day. ``answered`` and ``sure`` are of ``questions``."""

    day: str
    questions: int = 0
    answered: int = 0
    sure: int = 0


@dataclass(frozen=True, slots=True)
class Drift:
    """A measure against its expected mean. ``evidence`` is the largest capital that a bet against
    the mean reached; at ``alarm_at`` or more the mean has changed."""

    measure: str
    expected: float
    mean: float
    questions: int
    evidence: float
    alarm_at: float
    since: str = ""

    @property
    def is_alarm(self) -> bool:
        """Whether the mean has changed, with at most ``LEVEL`` for a false alarm."""
        return self.evidence >= self.alarm_at

    @property
    def direction(self) -> str:
        """``fell`` or ``rose``."""
        return "fell" if self.mean < self.expected else "rose"


def capital(hits: Sequence[tuple[int, int]], expected: float) -> list[float]:
    """The capital of the bets against a mean after each of the (hits, questions), starting at 1.

    Half of it bets on a lower mean, half on a higher one. ``expected`` must lie inside 0 to 1.
    """
    if not 0 < expected < 1:
        raise ValueError(f"an expected mean is above 0 and below 1, not {expected}")
    # A bet must not be able to lose all: its stake is a share of the most that it can lose.
    lower = [bet / (1 - expected) for bet in BETS]
    higher = [bet / expected for bet in BETS]
    logs = [0.0] * (2 * len(BETS))
    path = []
    for hit, asked in hits:
        missed = asked - hit
        for number, stake in enumerate((*(-each for each in lower), *higher)):
            logs[number] += hit * math.log1p(stake * (1 - expected))
            logs[number] += missed * math.log1p(-stake * expected)
        top = max(logs)
        path.append(math.exp(min(700.0, top)) * sum(math.exp(x - top) for x in logs) / len(logs))
    return path


def drifts(days: Iterable[DayCounts], expected: Mapping[str, float]) -> list[Drift]:
    """Each measure that has an expected mean, against the days in order."""
    ordered = sorted(days, key=lambda each: each.day)
    asked = sum(each.questions for each in ordered)
    wanted = {name: mean for name, mean in expected.items() if name in MEASURES and 0 < mean < 1}
    found = []
    for name, mean in wanted.items():
        hits = [(getattr(each, name), each.questions) for each in ordered]
        path = capital(hits, mean)
        limit = len(wanted) / LEVEL
        since = next((d.day for d, e in zip(ordered, path, strict=True) if e >= limit), "")
        total = sum(hit for hit, _ in hits)
        share = total / asked if asked else mean
        found.append(Drift(name, mean, share, asked, max(path, default=1.0), limit, since))
    return found


class DailyLog:
    """The counts of the days. Written after each question through a file that replaces the old one;
    a log that cannot be written costs counts, never an answer. A damaged one is set aside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._expected: tuple[int, Mapping[str, float]] = (0, {})
        try:
            self._days = read_days(folder)
        except DriftLogError:
            self._days = {}
            with suppress(OSError):
                os.replace(folder / LOG, folder / f"{LOG}.damaged")

    @property
    def days(self) -> list[DayCounts]:
        """All days, oldest first."""
        with self._lock:
            return [self._days[day] for day in sorted(self._days)]

    def drifts(self) -> list[Drift]:
        """The measures against what `python -m eval drift --watch` expects; none without that."""
        try:
            stamp = (self._folder / EXPECTED).stat().st_mtime_ns
            if stamp != self._expected[0]:
                self._expected = (stamp, read_expected(self._folder))
        except (OSError, DriftLogError):
            return []
        return drifts(self.days, self._expected[1])

    def count(self, answer: Answer, today: date | None = None) -> None:
        """Count an answer from documents; small talk cites none and does not count."""
        if not answer.abstained and not answer.citations:
            return
        name = (today or datetime.now(UTC).date()).isoformat()
        is_sure = not answer.abstained and certainty_of(answer.confidence) == "sure"
        with self._lock:
            old = self._days.get(name, DayCounts(name))
            self._days[name] = DayCounts(
                name,
                old.questions + 1,
                old.answered + (not answer.abstained),
                old.sure + is_sure,
            )
            for day in sorted(self._days)[:-MOST_DAYS]:
                del self._days[day]
            lines = [json.dumps(asdict(self._days[day])) for day in sorted(self._days)]
            with suppress(OSError):
                _replace(self._folder / LOG, "".join(f"{line}\n" for line in lines))


def expect(folder: Path, expected: Mapping[str, float]) -> None:
    """Say what a server with this folder is to be compared with. Raises ``DriftLogError``."""
    try:
        _replace(folder / EXPECTED, json.dumps(dict(expected)) + "\n")
    except OSError as exc:
        raise DriftLogError(f"{folder / EXPECTED} cannot be written: {exc.strerror}") from exc


def read_expected(folder: Path) -> dict[str, float]:
    """Measure → its expected mean. Raises ``DriftLogError``."""
    path = folder / EXPECTED
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {name: float(data[name]) for name in MEASURES if name in data}
    except (OSError, ValueError, TypeError) as exc:
        raise DriftLogError(f"{path} cannot be read: {exc}") from exc


def _replace(path: Path, text: str) -> None:
    make_private(path.parent)
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    os.chmod(fresh, FILE_MODE)
    os.replace(fresh, path)


def read_days(folder: Path) -> dict[str, DayCounts]:
    """Day → its counts; empty where there is no log. Raises ``DriftLogError``."""
    path = folder / LOG
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as exc:
        raise DriftLogError(f"The daily log {path} cannot be read: {exc}") from exc
    found = {}
    for number, line in enumerate(lines, 1):
        try:
            day = DayCounts(**json.loads(line))
            date.fromisoformat(day.day)
            counts = (day.questions, day.answered, day.sure)
            if not all(type(each) is int for each in counts) or not (
                day.questions >= day.answered >= day.sure >= 0
            ):
                raise ValueError(f"counts {counts}")
        except (ValueError, TypeError) as exc:
            raise DriftLogError(
                f"{path}, line {number} is no day's counts: {exc}", hint="move the file away"
            ) from exc
        found[day.day] = day
    return found
