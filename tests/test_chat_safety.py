"""Hostile documents and models in front of a real browser: nothing runs, nothing is requested.

Row 12 and 13 of the guarantees, on the payloads of ``benchmarks.page_payloads``: as the page is
served, then with each wall taken away in turn.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from support_server import chromium

from benchmarks.page_payloads import PAYLOADS, WALLS, trial

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def test_no_payload_runs_or_loads_anything(browser: Browser) -> None:
    found = trial(browser, numbers=range(0, len(PAYLOADS), 2))
    assert found.shown == len(PAYLOADS), "a payload was not on the page at all"
    assert (found.ran, found.requested) == ([], [])


@pytest.mark.parametrize("wall", WALLS)
def test_any_wall_may_fall(browser: Browser, wall: str) -> None:
    standing = [each for each in WALLS if each != wall]
    start = 1 + 2 * WALLS.index(wall)  # the benchmark tries all of them
    found = trial(browser, standing, range(start, len(PAYLOADS), 10))
    assert found.shown
    assert (found.ran, found.requested) == ([], [])


def test_without_any_wall_the_trial_notices(browser: Browser) -> None:
    found = trial(browser, [], [1, 3, 4])
    assert found.requested
    assert found.ran
