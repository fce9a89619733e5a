"""``drift``: does a server answer as often, and as surely, as the blessed run did?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from eval.commands import catch, tell
from eval.errors import EXIT_REGRESSION

if TYPE_CHECKING:
    from eval.results import Result
    from eval.workflow import Workplace


@click.command()
@click.option(
    "--watch",
    is_flag=True,
    help="Show the alarm on the server's /metrics too, from now on.",
)
@click.pass_obj
@catch
def drift(place: Workplace, watch: bool) -> None:
    """Compare a server's daily counts with the blessed run. Fails when a share has changed.

    The server counts by day how many questions it answered and how many of the answers were sure
    (server.daily_log; never a text). Each day is a bet against the baseline's shares; the alarm
    comes when the bets have won so much that chance would do it in at most 5 of 100 logs, ever:
    you may look every day. People ask other questions than your set: an alarm says that the shares
    differ, not why. `python -m eval` says whether the assistant got worse.

    \b
      python -m eval --config config.yaml drift
      python -m eval drift --watch
    """
    from assistant.errors import UsageError
    from assistant.service.drift import FOLDER, drifts, expect, read_days
    from assistant.settings import load_settings
    from eval.workflow import load_baseline

    folder = load_settings(place.config, dict(place.overrides or {})).index.path / FOLDER
    expected = expected_of(load_baseline(place).results)
    if watch:
        expect(folder, expected)
        tell(f"/metrics compares with the baseline from now on ({folder})")
    days = read_days(folder)
    if not days and not watch:
        raise UsageError(
            f"{folder} holds no counts yet",
            hint="`assistant serve` writes them; name its settings with --config",
        )
    found = drifts(days.values(), expected)
    for each in found:
        line = (
            f"{each.measure}: {each.expected:.1%} in the blessed run, {each.mean:.1%} of "
            f"{each.questions} questions on {len(days)} days; evidence {each.evidence:.3g} of "
            f"{each.alarm_at:g}"
        )
        tell(f"{line}: it {each.direction}, since {each.since}" if each.is_alarm else line)
    if any(each.is_alarm for each in found):
        sys.exit(EXIT_REGRESSION)


def expected_of(results: Sequence[Result]) -> dict[str, float]:
    """The shares of answered and of surely answered questions of a run, small talk apart."""
    from assistant.types import certainty_of

    asked = [each for each in results if each.type != "chitchat" and each.outcome != "error"]
    given = [each for each in asked if each.outcome == "answered"]
    sure = [each for each in given if certainty_of(each.confidence) == "sure"]
    return {"answered": len(given) / len(asked), "sure": len(sure) / len(asked)} if asked else {}
