"""Retrieval figures on BEIR-layout folders, through the real index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eval_support import passage
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UsageError
from eval import beir


def write(folder: Path, corpus: list[dict[str, Any]], queries: list[dict[str, Any]], qrels: str,
          spans: str = "") -> Path:  # fmt: skip
    folder.mkdir(exist_ok=True)
    for name, rows in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / name).write_text(lines, encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels, encoding="utf-8")
    if spans:
        (folder / "spans.tsv").write_text("q\tc\ts\te\n" + spans, encoding="utf-8")
    return folder


TREES = ("alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel")
CORPUS = [
    {
        "id": f"d/{n}",
        "title": name.title(),
        "text": f"The {name} is felled in month {n} of the year.",
    }
    for n, name in enumerate(TREES)
]
QUERIES = [{"_id": f"q{n}", "text": f"When is the {name} felled?"} for n, name in enumerate(TREES)]
QRELS = "".join(f"q{n}\td/{n}\t1\n" for n in range(7))


def test_a_small_benchmark_end_to_end(tmp_path: Path, repository: Path) -> None:
    text = CORPUS[0]["text"]
    spans = f"q0\td/0\t{text.index('month')}\t{len(text)}\n"
    folder = write(tmp_path / "trees", CORPUS, QUERIES, QRELS + "q7\td/7\t0\n", spans)
    outcome = beir.evaluate(folder, repository / "config.yaml", {}, cache=tmp_path / "cache")
    assert (outcome.documents, len(outcome.queries), outcome.skipped) == (8, 7, 1)
    figures = outcome.figures()
    assert figures["ndcg@10"].estimate == 1.0
    assert figures["chunk recall@1"].estimate == 1.0
    assert figures["span recall@5"].estimate == 1.0
    assert 0 < figures["span precision@5"].estimate < 1
    out = tmp_path / "queries.jsonl"
    beir.write_queries(outcome, out)
    first = json.loads(out.read_text(encoding="utf-8").splitlines()[0])
    assert first["ranking"][0] == "d/0"
    said = beir.render(outcome)
    assert "8 documents" in said
    assert "p95" in said


@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8),
    st.dictionaries(st.sampled_from("abcdefghij"), st.integers(1, 2), min_size=1, max_size=6),
)
def test_document_figures_agree_with_an_independent_library(
    ranking: list[str], gold: dict[str, int]
) -> None:
    ir = pytest.importorskip("ir_measures")
    mine = beir.measure(ranking, {k: float(v) for k, v in gold.items()}, 10)
    qrels = [ir.Qrel("q", name, grade) for name, grade in gold.items()]
    run = [ir.ScoredDoc("q", name, 100.0 - n) for n, name in enumerate(ranking)]
    if not run:
        assert set(mine.values()) == {0.0}  # an empty retrieval is 0, not absent
        return
    wanted = {"ndcg@10": ir.nDCG @ 10, "mrr@10": ir.RR @ 10, "recall@5": ir.R @ 5}
    theirs = {str(m.measure): m.value for m in ir.iter_calc(wanted.values(), qrels, run)}
    for name, measure in wanted.items():
        assert mine[name] == pytest.approx(theirs[str(measure)])


def test_a_documents_second_passage_takes_a_place_and_earns_nothing() -> None:
    gold = {"a": 1.0, "b": 1.0}
    assert beir.measure(["a", "a", "b"], gold, 10)["recall@3"] == 1.0
    assert beir.measure(["a", "a", "b"], gold, 10)["ndcg@10"] < 1.0
    assert beir.measure(["a", "b"], gold, 10)["ndcg@10"] == 1.0


def test_documents_rank_by_their_best_passage_and_twins_follow() -> None:
    names = {"trees.md": "t", "other.md": "o", "twin.md": "w"}
    found = [
        passage(0, 5), passage(0, 5, "other.md", duplicates=("twin.md",)), passage(6, 9),
    ]  # fmt: skip
    assert beir.by_document(found, names) == ["t", "o", "w"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", None, "cannot be read"),
        ("corpus.jsonl", "{", "not JSON line by line"),
        ("corpus.jsonl", "[]\n", "not an object"),
        ("corpus.jsonl", '{"text": "x"}\n', "without `id`"),
        ("qrels.tsv", None, "holds no qrels.tsv"),
        ("qrels.tsv", "head\nq0\td/0\n", "is not query-id"),
        ("qrels.tsv", "head\nq0\tnone\t1\n", "which corpus.jsonl does not hold"),
        ("qrels.tsv", "head\n", "no query with a relevant document"),
    ],
)
def test_another_layout_is_a_clear_error(
    tmp_path: Path, name: str, content: str | None, message: str
) -> None:
    folder = write(tmp_path / "bad", CORPUS, QUERIES, QRELS)
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        beir.load(folder)


def test_product_documentation_is_found_as_well_as_published(
    shared: Path, tmp_path: Path, repository: Path
) -> None:
    """Published on all 100 questions: BM25 .628, its fusion with static vectors .713 to .761."""
    folder = shared / "bench" / "claude-docs"
    outcome = beir.evaluate(
        folder, repository / "config.yaml", {}, cache=tmp_path / "cache", limit=25
    )
    assert outcome.figures()["ndcg@10"].estimate > 0.7
