"""Runs: their folder, a cut-off and its resumption, replay, blessing. With a made-up assistant."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from eval_support import TEXT, TEXTS, answer, passage, question, result

from assistant import Assistant
from assistant.errors import UsageError
from assistant.settings import Settings, load_settings
from assistant.types import Answer
from eval import recorded, runs, workflow
from eval.errors import InvalidComparisonError, QuestionFileError
from eval.gate import Budgets
from eval.questions import Fact, GoldEvidence, QuestionSet
from eval.runner import EXTRACTIVE, Bench
from eval.runs import RunFolder, load_run
from eval.workflow import Plan, Workplace, run_questions

COUNT = 34


class FakeAssistant:
    """Answers every question with its own weight; ``before`` is called with each question."""

    def __init__(self, before: Callable[[str], None] = lambda asked: None) -> None:
        self._before = before
        self.histories: list[Sequence[tuple[str, str]]] = []

    def ask(self, asked: str, history: Sequence[tuple[str, str]] = ()) -> Answer:
        self._before(asked)
        self.histories.append(history)
        return answer(retrieved=(passage(0, len(TEXT)),))


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(questions=tmp_path / "questions.yaml")


@pytest.fixture(scope="session")
def plain_settings(repository: Path) -> Settings:
    return load_settings(repository / "config.yaml")


@pytest.fixture
def chosen(place: Workplace) -> QuestionSet:
    many = tuple(
        question(id=f"q{n}", question=f"How much does Alder weigh, part {n}?") for n in range(COUNT)
    )
    return QuestionSet(many, (), place.questions)


@pytest.fixture
def bench(plain_settings: Settings) -> Bench:
    return Bench(FakeAssistant(), TEXTS, plain_settings)


def bytes_of(path: Path) -> bytes:
    return (path / runs.RESULTS).read_bytes()


def test_two_runs_give_the_same_bytes_whatever_finishes_first(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    def dawdle(asked: str) -> None:
        time.sleep(0.01 if "part 1" in asked else 0.0)

    one = run_questions(place, chosen, Plan(), bench)
    slow = replace(bench, assistant=FakeAssistant(dawdle))
    other = run_questions(place, chosen, Plan(jobs=8), slow)
    assert one.path != other.path
    assert bytes_of(one.path) == bytes_of(other.path)
    assert len(one.results) == COUNT
    assert b"seconds" not in bytes_of(one.path)


def test_two_questions_are_under_way_where_no_model_is_asked(
    plain_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = plain_settings.with_model("some-model")
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert [Plan(jobs=0).at_once(each) for each in (plain_settings, model)] == [2, 1]
    assert Plan(jobs=5).at_once(model) == 5
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert Plan(jobs=0).at_once(plain_settings) == 1


def test_a_run_that_was_cut_off_goes_on_and_ends_the_same(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    whole = run_questions(place, chosen, Plan(), bench)

    def cut(asked: str) -> None:
        if "part 20?" in asked:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_questions(place, chosen, Plan(), replace(bench, assistant=FakeAssistant(cut)))
    broken = runs.newest(place.runs, finished=False)
    assert broken is not None
    with pytest.raises(InvalidComparisonError, match="--resume") as caught:
        load_run(broken)
    assert caught.value.exit_code == 4
    with (broken / runs.RESULTS).open("a", encoding="utf-8") as file:
        file.write('{"id":"q20","fingerp')  # the power went while a line was written
    with (broken / runs.ANSWERS).open("a", encoding="utf-8") as file:
        file.write('{"id":"q20","repeat":0,"asked":[],"answer":null}\n')
    asked = FakeAssistant()
    resumed = run_questions(place, chosen, Plan(resume=True), replace(bench, assistant=asked))
    assert resumed.path == broken
    assert len(asked.histories) == COUNT - 20
    assert bytes_of(resumed.path) == bytes_of(whole.path)
    for name in (runs.ANSWERS, runs.BASELINES):
        assert (broken / name).read_bytes() == (whole.path / name).read_bytes()


def test_resume_refuses_another_set_and_nothing(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    with pytest.raises(UsageError, match="nothing to resume"):
        run_questions(place, chosen, Plan(resume=True), bench)

    def cut(asked: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_questions(place, chosen, Plan(), replace(bench, assistant=FakeAssistant(cut)))
    fewer = QuestionSet(chosen.questions[:-1], (), chosen.source)
    with pytest.raises(UsageError, match="cannot go on: questions changed"):
        run_questions(place, fewer, Plan(resume=True), bench)
    with pytest.raises(UsageError, match="cannot go on: repeat changed"):
        run_questions(place, chosen, Plan(resume=True, repeat=2), bench)


def test_what_breaks_is_recorded_and_the_run_goes_on(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    def burst(asked: str) -> None:
        if "part 3?" in asked:
            raise UsageError("a mild failure")
        if "part 4?" in asked:
            raise ZeroDivisionError("a wild one")

    run = run_questions(place, chosen, Plan(), replace(bench, assistant=FakeAssistant(burst)))
    assert [r.error for r in run.results[3:5]] == [
        "a mild failure",
        "ZeroDivisionError: a wild one",
    ]
    assert run.results[3].correct is None
    summary = json.loads((run.path / runs.SUMMARY).read_text(encoding="utf-8"))
    assert summary["errors"] == 2
    assert summary["figures"]["correct"]["n"] == COUNT - 2


def test_history_is_passed_on(place: Workplace, bench: Bench, repository: Path) -> None:
    from eval.questions import EvalTurn

    asked = FakeAssistant()
    follow = question(id="f", type="followup", history=(EvalTurn("Who?", "Alder."),))
    chosen = QuestionSet((follow,), (), place.questions)
    run_questions(place, chosen, Plan(), replace(bench, assistant=asked))
    assert asked.histories == [[("Who?", "Alder.")]]


def test_repeats_are_asked_and_count_once(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    run = run_questions(place, chosen, Plan(repeat=3), bench)
    assert len(run.results) == 3 * COUNT
    assert [r.repeat for r in run.results[:4]] == [0, 1, 2, 0]
    summary = json.loads((run.path / runs.SUMMARY).read_text(encoding="utf-8"))
    assert summary["questions"] == summary["figures"]["correct"]["n"] == COUNT


def test_questions_that_are_not_true_are_not_asked(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    false = question(id="false", evidence=(GoldEvidence("trees.md", "No such words."),))
    with pytest.raises(QuestionFileError, match=r"false: trees\.md does not hold the quote"):
        run_questions(place, QuestionSet((false,), (), chosen.source), Plan(), bench)
    assert not place.runs.exists()


def test_replay_judges_anew_without_asking(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    first = run_questions(place, chosen, Plan(), bench)

    def never(asked: str) -> None:
        raise AssertionError("asked")

    silent = replace(bench, assistant=FakeAssistant(never))
    again = run_questions(place, chosen, Plan(replay=first.path), silent)
    assert bytes_of(again.path) == bytes_of(first.path)
    stricter = replace(chosen.questions[0], facts=(Fact("t", ("tonnes",)),), reference="tonnes")
    reworded = replace(chosen.questions[1], question="Something else?")
    changed = QuestionSet((stricter, reworded, *chosen.questions[2:]), (), chosen.source)
    other = run_questions(place, changed, Plan(replay=first.path), silent)
    assert other.results[0].correct is False
    assert "to another question" in other.results[1].error


def test_a_recorded_answer_comes_back_whole(sample: Assistant) -> None:
    from dataclasses import replace as changed

    for asked in ("In which year was ICLR founded?", "Hello!", "Who was the first man on Mars?"):
        said = sample.ask(asked)
        line = recorded.to_line(question(), 0, said)
        back = recorded.answer_from(json.loads(line)["answer"])
        assert back == changed(said, timings={})
    with pytest.raises(InvalidComparisonError, match="cannot be read"):
        recorded.answer_from({"text": "x"})


# ---------------------------------------------------------------- the baseline


def test_bless_moves_the_baseline_without_times_and_paths(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    run = run_questions(place, chosen, Plan(), bench)
    runs.bless(run, place.baseline)
    base = workflow.load_baseline(place)
    assert base.results == run.results
    assert {path.name for path in place.baseline.iterdir()} == {
        "manifest.json", "results.jsonl", "summary.json",
    }  # fmt: skip
    for path in place.baseline.iterdir():
        text = path.read_text(encoding="utf-8")
        assert str(place.questions.parent) not in text
        assert "p95" not in text
    comparison, verdict = workflow.judge(run, base, again={}, budgets=Budgets())
    assert verdict.state == "pass"
    assert len(comparison.pairs) == COUNT


def test_a_part_of_the_set_cannot_become_the_baseline(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    run = run_questions(place, chosen, Plan(only=("fact",)), bench)
    with pytest.raises(InvalidComparisonError, match="asked only fact"):
        runs.bless(run, place.baseline)
    assert not place.baseline.exists()


def test_without_a_baseline_the_way_to_one_is_named(place: Workplace) -> None:
    with pytest.raises(InvalidComparisonError, match="bless --last") as caught:
        workflow.load_baseline(place)
    assert caught.value.exit_code == 4


def test_a_damaged_run_or_one_of_another_format_is_refused(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    path = run_questions(place, chosen, Plan(), bench).path
    text = (path / runs.RESULTS).read_text(encoding="utf-8")
    (path / runs.RESULTS).write_text(text.replace('"repeat"', '"retries"', 1), encoding="utf-8")
    with pytest.raises(InvalidComparisonError, match="cannot be read"):
        load_run(path)
    manifest = path / runs.MANIFEST
    changed = manifest.read_text(encoding="utf-8").replace('"format": 1', '"format": 9')
    manifest.write_text(changed, encoding="utf-8")
    with pytest.raises(InvalidComparisonError, match="format 9"):
        load_run(path)
    manifest.write_text("{", encoding="utf-8")
    with pytest.raises(InvalidComparisonError, match="cannot be read"):
        load_run(path)


def test_runs_of_one_second_do_not_overwrite_each_other(
    tmp_path: Path, place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    manifest = run_questions(place, chosen, Plan(), bench).manifest
    made = {RunFolder.create(tmp_path / "r", manifest).path for _ in range(5)}
    assert len(made) == 5


def test_a_suspect_is_asked_again_before_it_counts(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    important = tuple(replace(each, severity="critical") for each in chosen.questions)
    chosen = QuestionSet(important, (), chosen.source)
    base = run_questions(place, chosen, Plan(), bench)
    worse = replace(base, results=(replace(base.results[0], correct=False), *base.results[1:]))
    assert workflow.has_suspects(worse, base)
    again = workflow.confirm(worse, base, chosen, bench)
    assert list(again) == ["q0"]
    _, cleared = workflow.judge(worse, base, again=again, budgets=Budgets())
    assert not any(reason.rule == "G1" for reason in cleared.reasons)
    _, stored = workflow.judge(worse, base, again={}, budgets=Budgets())
    assert stored.reasons[0].rule == "G1"


def test_a_run_knows_whether_its_assistant_varies(
    place: Workplace, chosen: QuestionSet, bench: Bench
) -> None:
    from assistant.answering.answer import EXTRACTIVE as PIPELINES_NAME

    assert EXTRACTIVE == PIPELINES_NAME
    assert run_questions(place, chosen, Plan(), bench).manifest.deterministic


def test_differences_between_the_runs_are_named(
    place: Workplace, chosen: QuestionSet, bench: Bench, repository: Path
) -> None:
    base = run_questions(place, chosen, Plan(), bench)
    moved = load_settings(repository / "config.yaml", {"retrieval.passages": 3})
    changed = dict(TEXTS, **{"other.md": "New words."})
    now = run_questions(place, chosen, Plan(), replace(bench, settings=moved, texts=changed))
    _, verdict = workflow.judge(now, base, again={}, budgets=Budgets())
    remarks = " ".join(verdict.remarks)
    assert "1 documents are not what they were: other.md" in remarks
    assert "retrieval.passages 8 → 3" in remarks


def test_results_hold_no_machine_path(place: Workplace, chosen: QuestionSet, bench: Bench) -> None:
    run = run_questions(place, chosen, Plan(), bench)
    for name in (runs.MANIFEST, runs.RESULTS, runs.SUMMARY):
        assert str(Path.home()) not in (run.path / name).read_text(encoding="utf-8")
    assert result(1, True).id == "q001"


def test_a_set_whose_documents_are_missing_says_which(tmp_path: Path) -> None:
    from eval.workflow import HOME, Workplace

    source = tmp_path / "mine.yaml"
    ours = QuestionSet((), (tmp_path / "gone",), source)
    with pytest.raises(UsageError, match=r"mine\.yaml.*gone") as caught:
        Workplace(questions=source).settings(ours)
    assert "counts from" in caught.value.hint
    packaged = QuestionSet((), (HOME / "gone",), HOME / "questions.yaml")
    with pytest.raises(UsageError, match="only a checkout has") as caught:
        Workplace().settings(packaged)
    assert "--questions" in caught.value.hint
    named = Workplace(overrides={"documents.paths": [str(tmp_path)]})
    assert named.settings(packaged).documents.paths == (tmp_path,)


def test_limits_stop_a_run_that_can_go_on(tmp_path: Path) -> None:
    from eval.limits import RunLimits, StoppedRunError

    now = iter([0.0, 1.0, 2.5, 9.0])
    check = RunLimits(seconds=2.0).guard(clock=lambda: next(now))
    check(None, 1, 3)
    with pytest.raises(StoppedRunError, match="after 2 of 3 answers: 2 s, --most-seconds is 2"):
        check(None, 2, 3)
    check(None, 3, 3)  # nothing is left to stop
    spent = RunLimits(cost=1.0).guard(spent=0.5)
    spent(0.25, 1, 3)
    with pytest.raises(StoppedRunError, match="a cost of 1, --most-cost is 1"):
        spent(0.25, 2, 3)
