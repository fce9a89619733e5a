"""The commands with the real assistant on a small set of questions, and their exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from eval.cli import main

NAMES = (
    "alder birch cedar dogwood elm fir ginkgo hazel ironwood juniper katsura larch maple nutmeg "
    "oak pine quince rowan spruce teak umbrella viburnum willow yew zelkova acacia banyan cypress "
    "ebony fig guava holly"
).split()

Evaluate = Callable[..., Result]


def questions_of(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "id": name,
            "question": f"How many kilograms does the {name} bench weigh?",
            "type": "number",
            "expect": "answer",
            "severity": "critical" if n < 5 else "normal",
            "tags": ["early"] if n < 8 else [],
            "facts": [{"id": "kg", "any": [f"{40 + n} kilograms"]}],
            "reference": f"{40 + n} kilograms.",
            "evidence": [
                {
                    "document": f"part{n % 2}.md",
                    "quote": f"The {name} bench weighs {40 + n} kilograms.",
                }
            ],
        }
        for n, name in enumerate(NAMES)
    ]
    rows += [
        {"id": f"u{n}", "question": asked, "type": "unanswerable", "expect": "refuse",
         "tags": ["near_miss"]}
        for n, asked in enumerate(("Who painted the alder bench?", "Where was the fir bench sold?"))
    ]  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of questions with its documents, a finished run, and that run as the baseline."""
    home = tmp_path_factory.mktemp("set")
    (home / "docs").mkdir()
    for part in (0, 1):
        lines = [
            f"The {name} bench weighs {40 + n} kilograms."
            for n, name in enumerate(NAMES) if n % 2 == part
        ]  # fmt: skip
        text = f"# Benches, part {part}\n\n" + "\n\n".join(lines) + "\n"
        (home / "docs" / f"part{part}.md").write_text(text, encoding="utf-8")
    write_set(home, questions_of(home))
    done = evaluate_in(home)("run")
    assert done.exit_code == 0, done.output
    assert "bless --last" in done.output
    assert evaluate_in(home)("bless", "--last").exit_code == 0
    return home


def write_set(home: Path, rows: Sequence[dict[str, Any]], name: str = "questions.yaml") -> Path:
    path = home / name
    text = yaml.safe_dump({"version": 1, "documents": "docs", "questions": list(rows)})
    path.write_text(text, encoding="utf-8")
    return path


def newest(home: Path) -> Path:
    return sorted(path for path in (home / "runs").iterdir() if not path.name.startswith("."))[-1]


def evaluate_in(home: Path, questions: str = "questions.yaml") -> Evaluate:
    def call(*arguments: str) -> Result:
        # A low threshold: these tests are about the commands, not about confidence.
        given = ["--questions", str(home / questions), "--set", "answer.min_confidence=0.1"]
        return CliRunner().invoke(main, [*given, *arguments])

    return call


@pytest.fixture
def evaluate(folder: Path) -> Evaluate:
    return evaluate_in(folder)


def test_help_teaches_and_is_quick() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "eval", "--help"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "python -m eval bless --last" in done.stdout
    assert "3 inconclusive" in done.stdout
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"scipy", "numpy", "rich", "yaml", "pydantic", "assistant.pipeline"}


@pytest.mark.parametrize(
    "command", ["run", "lint", "compare", "gate", "bless", "report", "beir"]
)  # every command of the plan
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(main, [command, "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.output


def test_an_unchanged_assistant_passes(evaluate: Evaluate, folder: Path) -> None:
    done = evaluate()
    assert done.exit_code == 0, done.output
    assert "Pass:" in done.output
    assert {path.name for path in newest(folder).iterdir()} >= {
        "report.html", "report.md", "junit.xml", "summary.json",
    }  # fmt: skip
    blessed = (folder / "baseline" / "results.jsonl").read_bytes()
    assert (newest(folder) / "results.jsonl").read_bytes() == blessed


def test_a_changed_setting_that_breaks_answers_exits_1(folder: Path) -> None:
    done = evaluate_in(folder)("--set", "answer.min_confidence=1.0")
    assert done.exit_code == 1, done.output
    assert "Regression: 5 critical questions were lost: alder, birch, cedar" in done.output
    assert "answer.min_confidence 0.1 → 1.0" in done.output


def test_run_compares_by_itself_and_bless_needs_a_run_or_last(folder: Path) -> None:
    broken = evaluate_in(folder)("--set", "answer.min_confidence=1.0", "run", "--only", "early")
    assert broken.exit_code == 0, broken.output  # it could run; `gate` decides
    assert "5 critical questions were lost" in broken.output
    assert "of the baseline's questions were not asked" not in broken.output
    for arguments in (("bless",), ("bless", "--last", "x")):
        refused = evaluate_in(folder)(*arguments)
        assert refused.exit_code == 2
        assert "its name, or --last" in refused.output


def test_lint_passes_a_true_set_and_says_what_it_can_see(evaluate: Evaluate) -> None:
    done = evaluate("lint")
    assert done.exit_code == 0, done.output
    assert "34 questions, 2 unanswerable, 5 critical" in done.output
    assert "go unnoticed" in done.output


def test_a_quote_that_does_not_stand_in_the_documents_exits_2(folder: Path) -> None:
    rows = questions_of(folder)
    rows[0]["evidence"][0]["quote"] = "The alder bench weighs nothing."
    write_set(folder, rows, "false.yaml")
    for command in ("lint", "run"):
        done = evaluate_in(folder, "false.yaml")(command)
        assert done.exit_code == 2, done.output
        assert "does not hold the quote" in done.output


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"id": "a"}, {"id": "a"}], "question must be a text"),
        ([], "holds no questions"),
        ([{"id": "a", "kwestion": "x"}], "unknown key 'kwestion'"),
    ],
)
def test_a_bad_question_file_exits_2(folder: Path, rows: list[Any], message: str) -> None:
    write_set(folder, rows, "bad.yaml")
    done = evaluate_in(folder, "bad.yaml")("run")
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


def test_a_baseline_of_other_questions_exits_4(folder: Path, tmp_path: Path) -> None:
    import shutil

    other = tmp_path / "other"
    shutil.copytree(folder / "docs", other / "docs")
    shutil.copytree(folder / "baseline", other / "baseline")
    rows = [row | {"id": f"new-{row['id']}"} for row in questions_of(folder)]
    write_set(other, rows)
    done = evaluate_in(other)()
    assert done.exit_code == 4, done.output
    assert "Invalid: no question is the same in both runs" in done.output


def test_no_baseline_no_run_and_a_wrong_name_exit_4(tmp_path: Path, folder: Path) -> None:
    write_set(tmp_path, questions_of(folder))
    alone = evaluate_in(tmp_path)
    for arguments in ((), ("gate",), ("compare", "a", "b"), ("bless", "none"), ("report",)):
        done = alone(*arguments)
        assert done.exit_code == 4, done.output
        assert "→" in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("--set", "retrieval.passagess=3", "run"),
        ("--set", "nonsense", "run"),
        ("run", "--only", "erly"),
        ("run", "--resume"),
        ("run", "--resume", "--replay", "baseline"),
        ("frobnicate",),
    ],
)
def test_wrong_usage_exits_2(evaluate: Evaluate, arguments: tuple[str, ...]) -> None:
    done = evaluate(*arguments)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output


def test_a_critical_question_that_is_lost_exits_1_and_is_asked_again(
    evaluate: Evaluate, folder: Path
) -> None:
    assert evaluate("run").exit_code == 0
    path = newest(folder) / "results.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])
    assert first["severity"] == "critical"
    lines[0] = json.dumps(first | {"correct": False})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    stored = evaluate("compare", "baseline", newest(folder).name)
    assert stored.exit_code == 1
    assert "1 critical question was lost: alder" in stored.output
    again = evaluate("gate", newest(folder).name)  # asks it anew, and it is right
    assert again.exit_code == 0, again.output


def test_only_repeat_jobs_replay_and_dry_run(evaluate: Evaluate, folder: Path) -> None:
    before = len(list((folder / "runs").iterdir()))
    preview = evaluate("run", "--only", "early", "--repeat", "2", "--dry-run")
    assert preview.exit_code == 0
    assert "16 answers" in preview.output
    assert len(list((folder / "runs").iterdir())) == before
    assert evaluate("run", "--only", "early", "--repeat", "2", "--jobs", "4").exit_code == 0
    part = newest(folder)
    manifest = json.loads((part / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["only"], manifest["repeat"]) == (["early"], 2)
    assert evaluate("bless", part.name).exit_code == 4
    replayed = evaluate("run", "--only", "early", "--repeat", "2", "--replay", part.name)
    assert replayed.exit_code == 0, replayed.output
    assert (newest(folder) / "results.jsonl").read_bytes() == (part / "results.jsonl").read_bytes()


def test_report_is_written_again(evaluate: Evaluate, folder: Path) -> None:
    page = folder / "runs"
    done = evaluate("report")
    assert done.exit_code == 0
    assert str(page) in done.output.replace("\n", "")


def test_every_error_class_has_its_exit_code() -> None:
    """1 means a regression and nothing else, so a broken index must not leave with it."""
    from assistant.errors import IndexUnavailableError, SettingsError
    from eval.cli import catch
    from eval.errors import InvalidComparisonError, QuestionFileError

    for error, code in (
        (IndexUnavailableError("x"), 4),
        (SettingsError("x"), 2),
        (QuestionFileError("x"), 2),
        (InvalidComparisonError("x"), 4),
        (KeyboardInterrupt(), 130),
    ):

        def burst(raised: BaseException = error) -> None:
            raise raised

        with pytest.raises(SystemExit) as caught:
            catch(burst)()
        assert caught.value.code == code


def test_a_run_that_reaches_its_limit_says_so_and_goes_on(evaluate: Evaluate, folder: Path) -> None:
    from eval.errors import EXIT_INVALID
    from eval.runs import SUMMARY

    stopped = evaluate("run", "--only", "early", "--most-seconds", "0.000001")
    assert stopped.exit_code == EXIT_INVALID
    assert "stopped after 1 of 8 answers" in stopped.output
    assert not (newest(folder) / SUMMARY).exists()
    done = evaluate("run", "--only", "early", "--resume")
    assert done.exit_code == 0, done.output
    assert (newest(folder) / SUMMARY).exists()
