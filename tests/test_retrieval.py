"""Fusion as mathematics, and retrieval on the sample folder."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Settings
from assistant.errors import IndexUnavailableError
from assistant.retrieval.question import analyse
from assistant.retrieval.search import fuse, retrieve
from assistant.retrieval.word_statistics import inverse_document_frequency
from assistant.text.analysed import analysed

IDS = st.sampled_from("abcdefgh")
SCORES = st.floats(-50, 50, allow_nan=False).map(lambda score: round(score, 3))
PART = st.dictionaries(IDS, SCORES, max_size=8)
PARTS = st.lists(PART, min_size=1, max_size=4)


@st.composite
def parts_and_weights(draw: Any) -> tuple[list[dict[str, float]], list[float]]:
    parts = draw(PARTS)
    weight = st.floats(0, 3).map(lambda each: round(each, 2))
    return parts, draw(st.lists(weight, min_size=len(parts), max_size=len(parts)))


@given(parts_and_weights())
def test_fused_scores_lie_between_0_and_1_and_cover_every_id(
    drawn: tuple[list[dict[str, float]], list[float]],
) -> None:
    parts, weights = drawn
    fused = fuse(parts, weights)
    assert set(fused) == {key for part in parts for key in part}
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in fused.values())


@given(parts_and_weights(), st.randoms())
def test_order_of_parts_and_ids_does_not_matter(
    drawn: tuple[list[dict[str, float]], list[float]], random: Any
) -> None:
    parts, weights = drawn
    order = list(range(len(parts)))
    random.shuffle(order)
    shuffled = []
    for at in order:
        items = list(parts[at].items())
        random.shuffle(items)
        shuffled.append(dict(items))
    other = fuse(shuffled, [weights[at] for at in order])
    assert other == pytest.approx(fuse(parts, weights))


@given(parts_and_weights(), st.floats(0.1, 10))
def test_scale_of_the_weights_does_not_matter(
    drawn: tuple[list[dict[str, float]], list[float]], factor: float
) -> None:
    parts, weights = drawn
    scaled = fuse(parts, [weight * factor for weight in weights])
    assert scaled == pytest.approx(fuse(parts, weights), abs=1e-6)


@given(parts_and_weights())
def test_what_every_part_ranks_at_least_as_high_is_fused_at_least_as_high(
    drawn: tuple[list[dict[str, float]], list[float]],
) -> None:
    parts, weights = drawn
    fused = fuse(parts, weights)
    for one in fused:
        for two in fused:
            if all(one in part and two in part and part[one] >= part[two] for part in parts):
                assert fused[one] >= fused[two] - 1e-9


@given(PART)
def test_a_part_alone_keeps_its_own_order(part: dict[str, float]) -> None:
    fused = fuse([part], [1.0])
    for one in part:
        for two in part:
            if part[one] > part[two]:
                assert fused[one] > fused[two]


def test_examples_of_fusion() -> None:
    assert fuse([{"a": 4.0, "b": 2.0}, {"a": 0.1, "b": 0.3}], [1, 1]) == {"a": 0.5, "b": 0.5}
    assert fuse([{"a": 4.0, "b": 2.0}, {"a": 0.1, "b": 0.3}], [3, 1]) == {"a": 0.75, "b": 0.25}
    assert fuse([{"a": 4.0}, {"b": 4.0}], [3, 1]) == {"a": 0.75, "b": 0.25}
    assert fuse([{}, {"b": 4.0, "a": 1.0}], [3, 1]) == {"b": 1.0, "a": 0.0}
    assert fuse([{"a": 1.0}], [0]) == {"a": 0.0}
    assert fuse([], []) == {}
    with pytest.raises(ValueError, match="2 parts but 1 weights"):
        fuse([{}, {}], [1])


def test_unknown_to_a_part_is_never_better_than_known_to_it() -> None:
    fused = fuse([{"a": 0.2, "b": 0.1}, {"a": 0.5, "b": 0.5, "c": 0.5}], [1, 1])
    assert fused["a"] > fused["b"] >= fused["c"]


# ---------------------------------------------------------------- on the sample folder


def test_passages_are_best_first_exact_and_within_the_limits(sample: Assistant) -> None:
    question = "Who introduced the neural tangent kernel?"
    passages = sample.retrieve(question)
    assert len(passages) == sample.settings.retrieval.passages
    assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)
    assert len({p.chunk_id for p in passages}) == len(passages)
    for passage in passages:
        text = sample.document_text(passage.document)
        assert text[passage.start : passage.end] == passage.text
        assert 0 <= passage.score <= 1
        assert set(passage.scores) <= {"words", "vector", "sentence", "likeness", "title"}
    assert "tangent kernel" in passages[0].text
    assert passages[0].document == "deep-learning-theory.pdf"
    assert passages[0].page == 2
    assert passages == sample.retrieve(question)
    assert sample.retrieve(question, 2)[0] == passages[0]
    assert len(sample.retrieve(question, 2)) == 2


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("How long did the few-shot baseline train?", "few-shot-learning-baseline.txt"),
        ("first-fit decreasing rule", "learning-in-the-data-center.html"),
        ("Adis Abeba conferense", "iclr-history.md"),
        ("message passing on graphs", "graph-learning.md"),
    ],
)
def test_first_passage_is_of_the_right_document(
    sample: Assistant, question: str, document: str
) -> None:
    assert document in {passage.document for passage in sample.retrieve(question, 3)}


@pytest.mark.parametrize(
    "question", ["zzzz qqqq", "der die das", "机器学习", "?! a", "the of and", "😀 x", "0"]
)
def test_odd_questions_still_give_passages_or_none_without_failing(
    sample: Assistant, question: str
) -> None:
    for passage in sample.retrieve(question):
        assert passage.text


def test_retriever_of_llamaindex_gives_the_same_passages(sample: Assistant) -> None:
    question = "Who founded ICLR?"
    nodes = sample.as_retriever(limit=3).retrieve(question)
    passages = sample.retrieve(question, 3)
    assert [node.node.node_id for node in nodes] == [p.chunk_id for p in passages]
    assert [node.score for node in nodes] == [p.score for p in passages]
    for node, passage in zip(nodes, passages, strict=True):
        assert node.node.get_content() == passage.text
        assert (node.node.start_char_idx, node.node.end_char_idx) == (passage.start, passage.end)
        assert node.node.metadata["document"] == passage.document


def test_llamaindex_globals_stay_untouched(sample: Assistant) -> None:
    from llama_index.core import Settings as GlobalSettings

    sample.as_retriever().retrieve("Who founded ICLR?")
    assert GlobalSettings._llm is None
    assert GlobalSettings._embed_model is None


def test_chunk_transform_cuts_as_the_index_does(sample: Assistant) -> None:
    from llama_index.core.schema import Document

    from assistant.chunking import cut
    from assistant.llamaindex import ChunkTransform
    from assistant.reading import read_document

    path = sample.settings.documents.paths[0] / "iclr-history.md"
    parsed = read_document(path.read_bytes(), path.name)
    node = Document(text=parsed.text, metadata={"is_markdown": True, "source": "x"})
    nodes = ChunkTransform(tokens=128)([node])
    chunks = cut(parsed, tokens=128)
    assert [n.text for n in nodes] == [c.text for c in chunks]
    assert [(n.start_char_idx, n.end_char_idx) for n in nodes] == [(c.start, c.end) for c in chunks]
    paths = [" › ".join(chunk.heading_path) for chunk in chunks]
    assert [n.metadata["heading_path"] for n in nodes] == paths
    assert {n.metadata["source"] for n in nodes} == {"x"}
    assert len({n.node_id for n in nodes}) == len(nodes)
    assert {n.source_node.node_id for n in nodes} == {node.node_id}


def test_index_of_another_embedder_is_refused(sample_settings: Settings, sample: Assistant) -> None:
    changed = sample_settings.model_copy(
        update={"embedding": sample_settings.embedding.model_copy(update={"provider": "minilm"})}
    )
    with Assistant(changed) as other, pytest.raises(IndexUnavailableError) as caught:
        other.ask("Who founded ICLR?")
    assert "minilm" in str(caught.value)
    assert "assistant ingest" in caught.value.hint


def test_weight_of_zero_switches_a_part_off(sample_settings: Settings, sample: Assistant) -> None:
    retrieval = sample_settings.retrieval.model_copy(
        update=dict.fromkeys(
            ("weight_vector", "weight_sentence", "weight_likeness", "weight_title"), 0.0
        )
        | {"max_share_per_document": 1.0}
    )
    settings = sample_settings.model_copy(update={"retrieval": retrieval})
    with Assistant(settings) as words_only:
        passages = words_only.retrieve("first-fit decreasing rule bins")
    words = [passage.scores.get("words", 0.0) for passage in passages]
    assert words == sorted(words, reverse=True)
    assert dataclasses.is_dataclass(passages[0])


def test_what_is_not_read_closely_is_not_loaded(
    sample: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty passages are read for the parts that compare texts, twice the wanted ones without."""
    plain = sample.settings.retrieval.model_copy(
        update=dict.fromkeys(("weight_sentence", "weight_likeness", "weight_title"), 0.0)
    )
    question = "How many bins does first-fit decreasing need?"
    loaded: list[int] = []
    with sample._resources.snapshots().current() as snapshot:
        chunks = snapshot.store.chunks
        monkeypatch.setattr(
            snapshot.store, "chunks", lambda ids: (loaded.append(len(ids)), chunks(ids))[1]
        )
        monkeypatch.setattr(
            "assistant.retrieval.search.title_coverage",
            lambda *_: pytest.fail("no title is wanted"),
        )
        asked = analyse(
            analysed(question), (), lambda term: inverse_document_frequency(snapshot, term, {})
        )
        embedder, index = sample._resources.embedder(), sample._resources.sentences()
        found = retrieve(asked, snapshot, embedder, index, plain, 3)
    assert loaded == [6]
    assert len(found) == 3
    assert {"sentence", "likeness", "title"}.isdisjoint(found[0].scores)
