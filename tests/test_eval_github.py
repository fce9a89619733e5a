"""What GitHub Actions is told, and that a document's words cannot tell it anything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from eval_support import result

from eval.compare import compare
from eval.gate import decide
from eval.report.content import Report, build
from eval.report.github import workflow_commands, write_summary
from eval.runs import Run, RunManifest

ACTIONS = {"GITHUB_ACTIONS": "true"}


def report(said: str = "Wrong.") -> Report:
    base = [result(n, True, severity="critical" if n == 3 else "normal") for n in range(40)]
    now = [replace(each, correct=n not in (3, 5), text=said) for n, each in enumerate(base)]
    comparison = compare(base, now)
    run = Run(Path("r"), RunManifest("q", 40, {}, {}, "f"), tuple(now))
    return build(run, run, comparison, decide(comparison, deterministic=True))


def test_reasons_are_errors_and_lost_questions_warnings() -> None:
    told = workflow_commands(report(), ACTIONS)
    assert told[0].startswith("::error title=eval G1::1 critical question was lost: q003")
    assert "::warning title=eval%3A lost q005::Question 5?: Wrong." in told
    assert workflow_commands(report(), {}) == []


def test_words_of_a_document_start_no_command() -> None:
    told = workflow_commands(
        report("100 % sure\n::error::owned\r\n::set-output name=x::y"), ACTIONS
    )
    assert all("\n" not in line and "\r" not in line for line in told)
    assert all(line.startswith(("::error title=eval", "::warning title=eval")) for line in told)
    assert any("100 %25 sure" in line for line in told)


def test_the_summary_is_appended(tmp_path: Path) -> None:
    target = tmp_path / "summary.md"
    target.write_text("before\n", encoding="utf-8")
    assert write_summary(report(), {"GITHUB_STEP_SUMMARY": str(target)})
    text = target.read_text(encoding="utf-8")
    assert text.startswith("before\n### ❌")
    assert not write_summary(report(), {})
