"""The verdict where GitHub Actions shows it: annotations in the log, and the step's summary.

Only in a run of Actions, which says so in its environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from assistant.text.visible import one_line
from eval.report import markdown
from eval.report.content import Report

MOST = 10
"""GitHub shows ten annotations of a kind for a step."""


def workflow_commands(report: Report, environment: Mapping[str, str] = os.environ) -> list[str]:
    """Workflow commands: an error for each reason of a regression, a warning for each question
    that was lost. Empty outside of GitHub Actions."""
    if environment.get("GITHUB_ACTIONS") != "true":
        return []
    reasons = report.verdict.reasons if report.verdict is not None else ()
    told = [
        _command("error" if each.state in ("regression", "invalid") else "warning",
                 f"eval {each.rule}", each.text)
        for each in reasons
    ]  # fmt: skip
    lost = report.comparison.lost if report.comparison is not None else ()
    told += [
        _command("warning", f"eval: lost {pair.id}", f"{pair.now[0].question}: {pair.now[0].text}")
        for pair in lost[:MOST]
    ]
    return told


def write_summary(report: Report, environment: Mapping[str, str] = os.environ) -> bool:
    """Append the report to the step's summary; whether there is one."""
    target = environment.get("GITHUB_STEP_SUMMARY")
    if not target:
        return False
    with Path(target).open("a", encoding="utf-8", newline="\n") as file:
        file.write(markdown.render(report) + "\n")
    return True


def _command(level: str, title: str, text: str) -> str:
    """One workflow command. Its own signs in a document's words must not start another."""
    escaped = _escaped(one_line(text)[:400])
    name = _escaped(one_line(title)).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={name}::{escaped}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
