"""The crowd's command sends what the page sends, and counts what is lost."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from fake_model_server import FakeModelServer
from test_chat_browser import serving

from benchmarks import crowd


def test_a_crowd_is_answered_by_both_doors(tmp_path: Path, repository: Path) -> None:
    with (
        FakeModelServer() as model,
        serving(
            tmp_path, repository, llm__model="grounded", llm__base_url=model.base_url
        ) as server,
    ):
        tally, _ = asyncio.run(crowd.crowd(server.url, 4, 2, os.getpid()))
    assert (len(tally.whole), tally.lost) == (8, [])
    assert min(tally.first) > 0
    assert crowd.report("four", tally, [1.0])


def test_what_is_lost_fails_the_command() -> None:
    assert not crowd.report("lost", crowd.Tally(whole=[1.0], lost=["chat: no end"]), [1.0])
    assert not crowd.report("slow", crowd.Tally(whole=[1.0], refused=[3.0] * 4), [1.0])
