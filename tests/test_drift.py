"""The daily counts: what they hold, and how often their alarm is false."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from eval_support import answer, result

from assistant.service.drift import (
    EXPECTED,
    LEVEL,
    LOG,
    MEASURES,
    DailyLog,
    DayCounts,
    DriftLogError,
    capital,
    drifts,
    expect,
    read_days,
)
from assistant.service.metrics import Metrics
from eval.drift_command import expected_of

SIMULATIONS = 2_000


def days_of(chance: random.Random, days: int, mean: Callable[[int], float]) -> list[DayCounts]:
    made = []
    for day in range(days):
        asked = chance.randint(0, 40)
        answered = sum(chance.random() < mean(day) for _ in range(asked))
        sure = sum(chance.random() < 0.7 for _ in range(answered))
        made.append(DayCounts(f"2026-{day // 28 + 1:02}-{day % 28 + 1:02}", asked, answered, sure))
    return made


def test_false_alarms_stay_below_the_level_however_often_one_looks() -> None:
    chance = random.Random(7)
    false = tested = 0
    for _ in range(SIMULATIONS):
        days = days_of(chance, 60, lambda day: 0.8)
        found = drifts(days, {"answered": 0.8, "sure": 0.56})
        false += any(each.is_alarm for each in found)
        asked = answered = 0
        for day in days:  # a z test at the same level, looked at every day
            asked, answered = asked + day.questions, answered + day.answered
            deviation = (0.8 * 0.2 * asked) ** 0.5
            if asked >= 30 and abs(answered - 0.8 * asked) > 1.96 * deviation:
                tested += 1
                break
    assert false / SIMULATIONS <= LEVEL, false
    assert tested / SIMULATIONS > 3 * LEVEL, tested  # why a plain test will not do
    print(f"false alarms: {false / SIMULATIONS:.1%}, of a daily z test {tested / SIMULATIONS:.1%}")


def test_a_planted_fall_is_found_with_its_direction_and_day() -> None:
    chance = random.Random(3)
    found = 0
    for _ in range(100):
        days = days_of(chance, 56, lambda day: 0.8 if day < 28 else 0.6)
        (answered,) = drifts(days, {"answered": 0.8})
        found += answered.is_alarm and answered.direction == "fell" and answered.since >= "2026-02"
    assert found >= 95


def test_capital_is_a_fair_game_under_the_expected_mean() -> None:
    """The next question's expected capital is today's: what the bound rests on."""
    for hits in ([(0, 0)], [(3, 10)], [(30, 30)]):
        now = capital(hits, 0.7)[-1]
        won, lost = capital([*hits, (1, 1)], 0.7)[-1], capital([*hits, (0, 1)], 0.7)[-1]
        assert 0.7 * won + 0.3 * lost == pytest.approx(now)
    with pytest.raises(ValueError, match="above 0 and below 1"):
        capital([(1, 1)], 1.0)


def test_the_log_counts_and_holds_no_word(tmp_path: Path) -> None:
    log = DailyLog(tmp_path / "daily")
    log.count(answer(confidence=0.95))
    log.count(answer(confidence=0.3))
    log.count(answer("I do not know.", abstained=True))
    log.count(answer("Hello!", citations=(), sentences=()))  # small talk
    text = (tmp_path / "daily" / LOG).read_text(encoding="utf-8")
    (line,) = text.splitlines()
    counts = json.loads(line)
    assert {**counts, "day": ""} == {"day": "", "questions": 3, "answered": 2, "sure": 1}
    assert DailyLog(tmp_path / "daily").days == log.days  # a restart goes on
    assert (tmp_path / "daily" / LOG).stat().st_mode & 0o077 == 0


def test_a_damaged_log_is_set_aside_and_an_unwritable_one_stops_nothing(tmp_path: Path) -> None:
    for text in ("{", '{"day": "x"}', '{"day": "2026-01-01", "questions": 1, "answered": 2}'):
        (tmp_path / LOG).write_text(text, encoding="utf-8")
        with pytest.raises(DriftLogError, match="line 1"):
            read_days(tmp_path)
    assert DailyLog(tmp_path).days == []
    assert (tmp_path / f"{LOG}.damaged").exists()
    (tmp_path / "file").write_text("", encoding="utf-8")
    DailyLog(tmp_path / "file" / "below").count(answer())


def test_metrics_show_the_alarm_once_a_mean_is_expected(tmp_path: Path) -> None:
    log = DailyLog(tmp_path)
    for _ in range(60):
        log.count(answer("No.", abstained=True))
    metrics = Metrics(log.drifts)
    assert b'assistant_drift_alarm{measure="answered"}' not in metrics.text()
    expect(tmp_path, {"answered": 0.8})
    assert b'assistant_drift_alarm{measure="answered"} 1.0' in metrics.text()
    (tmp_path / EXPECTED).write_text("[", encoding="utf-8")
    assert b"assistant_drift_alarm" in metrics.text()  # a broken file breaks no page


def test_what_is_expected_comes_from_the_blessed_run(tmp_path: Path) -> None:
    results = [result(n, True, confidence=0.95 if n < 2 else 0.3) for n in range(4)]
    results += [result(4, True, outcome="refused", expect="refuse")]
    results += [replace(result(5, True), type="chitchat"), result(6, None)]
    assert expected_of(results) == {"answered": 0.8, "sure": 0.4}
    assert set(expected_of(results)) == set(MEASURES)


def test_the_command_fails_on_an_alarm(tmp_path: Path) -> None:
    from eval.cli import main

    index = tmp_path / "index"
    given = ["--set", f"index.path={index}", "drift"]
    assert "holds no counts yet" in CliRunner().invoke(main, given).output
    log = DailyLog(index / "daily")
    for _ in range(80):
        log.count(answer("No.", abstained=True))
    done = CliRunner().invoke(main, [*given, "--watch"])
    assert done.exit_code == 1, done.output
    assert "it fell, since" in done.output
    assert (index / "daily" / EXPECTED).exists()
