"""The question file: what is refused, with which words, and what lint finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from eval_support import TEXTS, question

from assistant import Assistant
from assistant.errors import UsageError
from eval.compare import compare
from eval.errors import QuestionFileError
from eval.gate import decide
from eval.hardness import shared_words
from eval.lint import check, untrue
from eval.questions import (
    EvalQuestion,
    Fact,
    Forbidden,
    GoldEvidence,
    load_questions,
    parse_questions,
)
from eval.runs import load_run
from eval.workflow import Workplace

SOURCE = Path("set/questions.yaml")


def row(**changes: Any) -> dict[str, Any]:
    plain = {
        "id": "a",
        "question": "How heavy is Alder?",
        "type": "number",
        "expect": "answer",
        "facts": [{"id": "kg", "any": ["1,200 kilograms"]}],
        "evidence": [{"document": "trees.md", "quote": "It weighs 1,200 kilograms."}],
    }
    return {key: value for key, value in (plain | changes).items() if value is not ...}


def parse(*rows: dict[str, Any], **top: Any) -> Any:
    return parse_questions({"version": 1, "questions": list(rows)} | top, SOURCE)


def test_a_plain_question_is_read_with_its_defaults() -> None:
    (only,) = parse(row()).questions
    assert only.severity == "normal"
    assert only.facts == (Fact("kg", ("1,200 kilograms",), vital=True),)
    assert only.evidence[0].relevance == 2


def test_documents_count_from_the_folder_of_the_file() -> None:
    assert parse(row(), documents="docs").documents == (Path("set/docs"),)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(), row()], "'a' stands twice: at question 1 and 2"),
        ([], "holds no questions"),
        ([row(qestion="x")], "unknown key 'qestion'"),
        ([row(type="facts")], "did you mean 'fact'"),
        ([row(facts=[])], "no vital fact"),
        ([row(facts=[{"id": "x", "any": ["y"], "vital": False}])], "no vital fact"),
        ([row(facts=[{"id": "x", "any": []}])], "needs at least one wording"),
        ([row(facts=[{"id": "x", "any": ["a"]}, {"id": "x", "any": ["b"]}])], "two facts"),
        ([row(evidence=[])], "no evidence"),
        ([row(evidence=[{"document": "d", "quote": "q", "relevance": 3}])], "1 or 2"),
        ([row(evidence=[{"document": "d", "qoute": "q"}])], "did you mean 'quote'"),
        ([row(type="unanswerable")], "does not go with"),
        ([row(expect="refuse")], "does not go with"),
        ([row(question="  ")], "question must be a text"),
        ([row(tags="graphs")], "tags must be a list"),
        ([row(id=...)], "id must be a text"),
        (["nonsense"], "must be a mapping"),
    ],
)
def test_a_bad_set_is_refused_with_the_place_and_the_reason(rows: list[Any], message: str) -> None:
    with pytest.raises(QuestionFileError, match=message) as caught:
        parse(*rows)
    assert caught.value.exit_code == 2


def test_unknown_key_names_the_nearest_known_one() -> None:
    with pytest.raises(QuestionFileError, match="did you mean 'question'"):
        parse(row(qestion="x"))


def test_another_version_and_broken_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match="version is 2"):
        parse(row(), version=2)
    with pytest.raises(QuestionFileError, match="does not exist"):
        load_questions(tmp_path / "none.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("questions: [", encoding="utf-8")
    with pytest.raises(QuestionFileError, match="cannot be read"):
        load_questions(broken)


def test_all_faults_of_a_file_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    rows = [row(qestion="x", type="facts"), row(id="b"), row(id="b", facts=[{"id": "x"}]), "no"]
    path.write_text(yaml.safe_dump({"version": 1, "questions": rows}), encoding="utf-8")
    starts = [n for n, line in enumerate(path.read_text().splitlines(), 1) if line[:2] == "- "]
    with pytest.raises(QuestionFileError) as caught:
        load_questions(path)
    told = str(caught.value).splitlines()
    assert told[0] == "set.yaml has 5 faults:"
    for number, said in (
        (0, "unknown key 'qestion' (did you mean 'question'?)"),
        (0, "type is 'facts'"),
        (2, "needs at least one wording"),
        (2, "'b' stands twice"),
        (3, "must be a mapping"),
    ):
        wanted = f"  set.yaml:{starts[number]}: "
        assert any(line.startswith(wanted) and said in line for line in told), said


def test_fingerprint_moves_with_what_is_judged_and_not_with_tags() -> None:
    plain = question()
    assert question(tags=("new",), cluster="x").fingerprint == plain.fingerprint
    for changed in (
        question(question="How heavy?"),
        question(facts=(Fact("kg", ("1,300",)),)),
        question(severity="critical"),
        question(must_not=(Forbidden(("90",), "Birch"),)),
    ):
        assert changed.fingerprint != plain.fingerprint


def test_only_selects_by_tag_type_severity_and_id() -> None:
    chosen = parse(row(), row(id="b", tags=["heavy"]), row(id="c", severity="critical"))
    assert [q.id for q in chosen.only(["heavy"]).questions] == ["b"]
    assert [q.id for q in chosen.only(["critical", "a"]).questions] == ["a", "c"]
    with pytest.raises(QuestionFileError, match="did you mean 'heavy'"):
        chosen.only(["hevy"])


# ---------------------------------------------------------------- lint


def findings(*questions: EvalQuestion) -> list[str]:
    return [each.message for each in check(questions, TEXTS)]


def test_lint_accepts_a_true_question() -> None:
    assert not untrue([question()], TEXTS)


def test_lint_finds_a_quote_that_does_not_stand_in_the_document() -> None:
    false = question(evidence=(GoldEvidence("trees.md", "It weighs 1,300 kilograms."),))
    assert "does not hold the quote" in untrue([false], TEXTS)[0].message
    missing = question(evidence=(GoldEvidence("no.md", "It weighs"),))
    assert "no document is called 'no.md'" in untrue([missing], TEXTS)[0].message


def test_lint_finds_a_reference_that_fails_its_own_facts() -> None:
    assert "does not state the fact 'kg'" in untrue([question(reference="Much.")], TEXTS)[0].message
    forbidden = question(must_not=(Forbidden(("kilograms",), "pounds"),))
    assert "states what it must not: pounds" in untrue([forbidden], TEXTS)[0].message


def test_lint_warns_of_imbalance_and_near_duplicates() -> None:
    twin = question(id="twin", question="How much does the Alder weigh?")
    messages = "\n".join(findings(question(), twin))
    assert "unanswerable" in messages
    assert "only 2 questions" in messages
    assert "nearly the same question as 'twin'" in messages
    far = [
        question(id=f"u{n}", type="unanswerable", expect="refuse", facts=(), evidence=())
        for n in range(3)
    ]
    assert any("near misses" in message for message in findings(*far))


def test_the_projects_own_questions_are_true_of_its_documents(
    sample: Assistant, repository: Path
) -> None:
    chosen = load_questions(repository / "eval" / "questions.yaml")
    texts = {name: sample.document_text(name) for name in sample.documents()}
    assert check(chosen.questions, texts) == []


def test_the_second_set_is_true_and_a_lost_critical_question_fails_its_gate(
    sample: Assistant, repository: Path
) -> None:
    path = repository / "eval" / "kinds" / "questions.yaml"
    chosen = load_questions(path)
    texts = {name: sample.document_text(name) for name in sample.documents()}
    assert check(chosen.questions, texts) == []
    blessed = load_run(path.parent / "baseline")
    prints = {each.id: each.fingerprint for each in blessed.results}
    assert prints == {each.id: each.fingerprint for each in chosen.questions}
    right = [each for each in blessed.results if each.severity == "critical" and each.correct]
    assert len(right) >= 10
    lost = [replace(e, correct=False) if e.id == right[0].id else e for e in blessed.results]
    verdicts = [
        decide(compare(blessed.results, now), deterministic=True).state
        for now in (blessed.results, lost)
    ]
    assert verdicts == ["pass", "regression"]


def test_the_set_on_handbooks_is_true_and_its_baseline_is_of_today(repository: Path) -> None:
    path = repository / "eval" / "handbooks" / "questions.yaml"
    chosen = load_questions(path)
    texts = {
        each.name: each.read_text(encoding="utf-8")
        for each in (path.parent / "documents").iterdir()
    }
    assert check(chosen.questions, texts) == []
    blessed = load_run(path.parent / "baseline")
    prints = {each.id: each.fingerprint for each in blessed.results}
    assert prints == {each.id: each.fingerprint for each in chosen.questions}
    critical = [each for each in blessed.results if each.severity == "critical"]
    assert len(critical) >= 8
    assert sum(each.correct for each in critical) >= 8


def test_the_questions_on_articles_are_true_of_them(repository: Path, shared: Path) -> None:
    path = repository / "eval" / "articles" / "questions.yaml"
    questions = load_questions(path).questions
    texts = {
        each.name: each.read_text(encoding="utf-8") for each in (shared / "documents").glob("*.txt")
    }
    assert check(questions, texts) == []
    refused = [each for each in questions if each.expect == "refuse"]
    assert len(questions) - len(refused) >= 60
    assert len(refused) >= 15
    longest = max(len(each.quote) for question in questions for each in question.evidence)
    assert longest <= 130  # a phrase that holds the answer, no more of somebody else's text
    shares = [share for each in questions if (share := shared_words(each)) is not None]
    assert sum(share > 0.5 for share in shares) <= 0.6 * len(shares)


def test_the_questions_on_articles_say_what_is_missing_without_them(
    repository: Path, tmp_path: Path
) -> None:
    path = tmp_path / "checkout" / "eval" / "articles" / "questions.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes((repository / "eval" / "articles" / "questions.yaml").read_bytes())
    place = Workplace(questions=path)
    with pytest.raises(UsageError, match=r"the folder .*documents of its documents does not exist"):
        place.settings(place.load())


def test_the_projects_own_questions_cover_what_they_should(repository: Path) -> None:
    chosen = load_questions(repository / "eval" / "questions.yaml").questions
    refuse = [q for q in chosen if q.expect == "refuse"]
    near = [q for q in refuse if "near_miss" in q.tags]
    tags = {tag for q in chosen for tag in q.tags} | {q.type for q in chosen}
    assert len(chosen) >= 150
    assert len(refuse) >= 30
    assert len(near) > len(refuse) / 2
    assert {
        "fact", "list", "number", "howto", "compare", "multi_document", "followup", "paraphrase",
        "typo", "name", "title", "contradiction", "chitchat", "unanswerable",
    } <= tags  # fmt: skip


def test_any_yaml_that_parses_gives_questions_or_one_clear_error() -> None:
    for text in ("[]", "1", "null", "{version: 1, questions: 3}", "{version: 1, questions: [[]]}"):
        with pytest.raises(QuestionFileError):
            parse_questions(yaml.safe_load(text), SOURCE)
