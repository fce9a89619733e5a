"""Questions of other tools: what is carried over, what is left out, and that nothing is run."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.cli import main
from eval.errors import QuestionFileError
from eval.importing.build import Imported, build
from eval.importing.rows import MOST_ROWS, read
from eval.lint import untrue
from eval.questions import EvalQuestion, load_questions, parse_questions

TEXT = (
    "# Boats\n\nThe ferry Karsund carries 220 passengers. Ingrid Solberg designed the breakwater "
    "of Varnholm in 1931.\n\nThe harbour master is Ole Lund.\n"
)
TEXTS = {"boats.md": TEXT}


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def imported(path: Path) -> Imported:
    return build(read(path), TEXTS)


def questions_of(made: Imported) -> dict[str, EvalQuestion]:
    data = {"version": 1, "questions": [dict(row) for row in made.rows]}
    read = parse_questions(data, Path("q.yaml")).questions
    assert not untrue(read, TEXTS)
    return {each.question: each for each in read}


def test_a_csv_gets_its_evidence_from_the_documents(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "q.csv",
        "id,question,answer,expect,tags\n"
        'a,"How many passengers, on the ferry?",220,,"[""boats"", ""sea""]"\n'
        "b,What does the ferry cost?,,refuse,\n"
        "c,Who is the captain?,Nobody Known,,\n"
        "d,What is it?,,,\n"
        ',Who designed the breakwater?,"Ingrid Solberg designed it in 1931, as many say.",,\n',
    )
    made = imported(path)
    asked = questions_of(made)
    ferry = asked["How many passengers, on the ferry?"]
    assert ferry.evidence[0].quote == "The ferry Karsund carries 220 passengers."
    assert (ferry.id, ferry.type, ferry.tags) == ("a", "number", ("imported", "boats", "sea"))
    assert asked["What does the ferry cost?"].expect == "refuse"
    long = asked["Who designed the breakwater?"]
    assert {fact.any for fact in long.facts} == {("1931",), ("Ingrid Solberg",)}
    assert made.left_out == (
        ("line 4", "no sentence of the documents states its answer"),
        ("line 5", "it has no answer, and does not say that there is none"),
    )


def test_ragas_lines_keep_their_contexts_as_quotes(tmp_path: Path) -> None:
    rows = [
        {"user_input": "Who is the harbour master?", "reference": "Ole Lund",
         "reference_contexts": ["The harbour master is\nOle Lund."], "response": "no"},
        {"question": "When?", "ground_truth": ["1931"], "contexts": ["Solberg designed"]},
    ]  # fmt: skip
    path = written(tmp_path, "r.jsonl", "\n".join(json.dumps(row) for row in rows))
    asked = questions_of(imported(path))
    assert asked["Who is the harbour master?"].evidence[0].quote.startswith("The harbour master")
    assert asked["When?"].evidence[0].quote == "Solberg designed"


def test_promptfoo_assertions_become_facts(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "promptfooconfig.yaml",
        """
prompts: ['file://evil.py']
providers: [exec: rm]
tests:
- vars: {question: How many passengers has the ferry?}
  assert:
  - {type: icontains, value: '220'}
  - {type: not-contains-any, value: [230, a hundred]}
  - {type: llm-rubric, value: is polite}
- vars: {topic: The designer of the breakwater of Varnholm and the year}
  assert:
  - {type: contains-all, value: [Solberg, '1931']}
- vars: {question: What is the fare?}
  assert: [{type: is-refusal}]
""",
    )
    made = imported(path)
    asked = questions_of(made)
    ferry = asked["How many passengers has the ferry?"]
    assert ferry.must_not[0].any == ("230", "a hundred")
    assert len(asked["The designer of the breakwater of Varnholm and the year"].facts) == 2
    assert asked["What is the fare?"].expect == "refuse"
    assert made.remarks == (("row 1", "not carried over: llm-rubric"),)


def test_promptfoo_cells(tmp_path: Path) -> None:
    text = "question,__expected\nThe ferry's passengers?,contains-any: 220, two hundred\n"
    path = written(tmp_path, "p.csv", text.replace("contains-any: 220, two hundred",
                                                   '"contains-any: 220, two hundred"'))  # fmt: skip
    (ferry,) = questions_of(imported(path)).values()
    assert ferry.facts[0].any == ("220", "two hundred")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "question,answer\n", "holds no questions"),
        ("a.xlsx", "x", "are not read"),
        ("a.jsonl", '{"question": ', "cannot be read"),
        ("a.json", '{"tests": "file://tests.csv"}', "names its tests"),
        ("a.json", "[1]", "row 1 must be a mapping"),
        ("a.yaml", "!!python/object/apply:os.system ['true']", "cannot be read"),
        ("a.yaml", "- - " * 3000, "cannot be read|must be a mapping"),
        ("a.jsonl", "{}\n" * (MOST_ROWS + 1), "are the most"),
    ],
)
def test_a_file_that_is_none_gives_one_clear_error(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(QuestionFileError, match=said):
        read(written(tmp_path, name, text))


def test_ids_that_stand_twice_and_rows_without_questions_are_left_out(tmp_path: Path) -> None:
    text = (
        "id,question,answer\na,The ferry's passengers?,220\na,Passengers of the ferry?,220\nb,,x\n"
    )
    made = imported(written(tmp_path, "q.csv", text))
    assert [reason for _, reason in made.left_out] == [
        "the id 'a' stands twice", "it has no question"
    ]  # fmt: skip


def test_the_command_writes_a_set_that_loads_and_lints(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    written(docs, "boats.md", TEXT)
    path = written(tmp_path, "q.csv", "question,answer\nThe ferry's passengers?,220\n")
    target = tmp_path / "set" / "questions.yaml"
    arguments = ["import", str(path), "--documents", str(docs), "--out", str(target)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert "1 of 1 rows are questions now, 0 are left out" in done.output
    assert load_questions(target).questions[0].facts[0].any == ("220",)
    assert CliRunner().invoke(main, arguments).exit_code == 2  # it exists
    missing = CliRunner().invoke(main, ["import", str(path)])
    assert missing.exit_code == 2
    assert "--documents" in missing.output


def test_a_beir_folder_brings_its_documents(tmp_path: Path) -> None:
    folder = tmp_path / "beir"
    folder.mkdir()
    written(folder, "corpus.jsonl", json.dumps({"_id": "d1", "title": "Boats", "text": TEXT}))
    queries = [
        {"_id": "q1", "text": "The ferry's passengers?", "metadata": {"answer": "220"}},
        {"_id": "q2", "text": "What of the ferry?"},
    ]
    written(folder, "queries.jsonl", "\n".join(json.dumps(row) for row in queries))
    written(folder, "qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td1\t1\n")
    target = tmp_path / "set" / "questions.yaml"
    done = CliRunner().invoke(main, ["import", str(folder), "--out", str(target)])
    assert done.exit_code == 0, done.output
    assert "query q2: it has no answer" in done.output
    (question,) = load_questions(target).questions
    assert (question.id, question.evidence[0].document) == ("q1", "0000000.txt")


def test_aliases_that_stand_for_billions_are_refused_at_once(tmp_path: Path) -> None:
    names = "abcdefgh"
    lines = ["a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for one, next_one in pairwise(names):
        lines.append(f"{next_one}: &{next_one} [{', '.join([f'*{one}'] * 9)}]")
    bomb = "\n".join(lines)
    tests = (
        f"{bomb}\ntests:\n  - vars: {{question: x}}\n    assert: [{{type: contains, value: *h}}]\n"
    )
    with pytest.raises(QuestionFileError, match="more than"):
        read(written(tmp_path, "promptfoo.yaml", tests))
    ours = (
        "version: 1\nquestions:\n  - {id: x, question: y, tags: [&a [l, l, l, l, l, l, l, l, l], "
    )
    for one, next_one in pairwise(names):
        ours += f"&{next_one} [{', '.join([f'*{one}'] * 9)}], "
    with pytest.raises(QuestionFileError, match="more than"):
        load_questions(written(tmp_path, "questions.yaml", f"{ours}]}}\n"))
