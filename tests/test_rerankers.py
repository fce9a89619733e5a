"""Rerankers behind one seam: a cross-encoder's file that is run for real, and a model over HTTP."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_model_server import FakeModelServer, Reply
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Settings
from assistant.errors import MissingPackageError, ModelError, RerankingError, SettingsError
from assistant.retrieval.duplicates import reorder
from assistant.retrieval.rerankers import CrossEncoder, read_order
from assistant.settings import load_settings
from assistant.types import Passage

QUESTION = "When was the garden of Holm laid out?"


def passage(chunk: str, text: str, score: float) -> Passage:
    return Passage(chunk, "a.md", "", text, 0, len(text), None, (), score, {"words": score})


# ---------------------------------------------------------------- order


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-20, 20)), max_size=12))
def test_scores_keep_their_values_and_follow_the_new_order(
    drawn: list[tuple[float, float]],
) -> None:
    before = [passage(str(n), "t", score) for n, (score, _) in enumerate(drawn)]
    relevance = [value for _, value in drawn]
    after = reorder(before, relevance)
    assert sorted(p.score for p in after) == sorted(p.score for p in before)
    assert [p.score for p in after] == sorted((p.score for p in after), reverse=True)
    told = [relevance[int(p.chunk_id)] for p in after]
    assert told == sorted(relevance, reverse=True)
    assert all(p.scores["reranker"] == round(relevance[int(p.chunk_id)], 6) for p in after)
    assert all("words" in p.scores for p in after)


# ---------------------------------------------------------------- a cross-encoder


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny cross-encoder in the layout of real ones: its logit is the number of equal tokens in
    question and passage. It is executed by onnxruntime like any other."""
    from onnx import TensorProto, helper, save
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    folder = tmp_path_factory.mktemp("cross-encoder")
    words = "when was the garden of holm laid out in by berta gate opens rose dead wood".split()
    vocabulary = {token: n for n, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )  # fmt: skip
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
        "cls_token": "[CLS]",
        "sep_token": "[SEP]",
    }
    for name, content in {
        "config.json": {"pad_token_id": 0},
        "tokenizer_config.json": {"model_max_length": 512, **special},
        "special_tokens_map.json": special,
    }.items():
        (folder / name).write_text(json.dumps(content))
    whole = TensorProto.INT64
    shape = ["batch", "tokens"]
    node = helper.make_node
    graph = helper.make_graph(
        [
            node("Unsqueeze", ["input_ids", "last"], ["as_rows"]),
            node("Unsqueeze", ["input_ids", "middle"], ["as_columns"]),
            node("Equal", ["as_rows", "as_columns"], ["equal"]),
            node("Cast", ["equal"], ["same"], to=TensorProto.FLOAT),
            node("Greater", ["input_ids", "marks"], ["is_word"]),
            node("Cast", ["is_word"], ["word"], to=TensorProto.FLOAT),
            node("Cast", ["token_type_ids"], ["second"], to=TensorProto.FLOAT),
            node("Sub", ["one", "second"], ["first"]),
            node("Mul", ["first", "word"], ["asked"]),
            node("Unsqueeze", ["asked", "last"], ["asked_rows"]),
            node("Unsqueeze", ["second", "middle"], ["told_columns"]),
            node("Mul", ["same", "asked_rows"], ["half"]),
            node("Mul", ["half", "told_columns"], ["pairs"]),
            node("ReduceMax", ["pairs", "last"], ["found"], keepdims=0),
            node("ReduceSum", ["found", "middle"], ["logits"], keepdims=1),
        ],
        "shared-words",
        [
            helper.make_tensor_value_info(name, whole, shape)
            for name in ("input_ids", "attention_mask", "token_type_ids")
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 1])],
        [
            helper.make_tensor("last", whole, [1], [2]),
            helper.make_tensor("middle", whole, [1], [1]),
            helper.make_tensor("marks", whole, [], [3]),
            helper.make_tensor("one", TensorProto.FLOAT, [], [1.0]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    save(model, str(folder / "model.onnx"))
    return folder


def with_reranker(notes: Assistant, **changes: Any) -> Settings:
    retrieval = notes.settings.retrieval.model_copy(update=changes)
    return notes.settings.model_copy(update={"retrieval": retrieval})


def test_cross_encoder_orders_passages_by_its_own_reading(
    notes: Assistant, cross_encoder: Path
) -> None:
    settings = with_reranker(notes, reranker="cross-encoder", reranker_model=str(cross_encoder))
    with Assistant(settings) as reading:
        passages = reading.retrieve(QUESTION)
        told = [p.scores["reranker"] for p in passages]
        assert told == sorted(told, reverse=True)
        assert told[0] == 7  # every word of the question but "when"
        assert told[-1] < 3
        plain = notes.retrieve(QUESTION)
        assert {p.chunk_id for p in passages} == {p.chunk_id for p in plain}
        assert [p.score for p in passages] == pytest.approx([p.score for p in plain], abs=1e-4)
        answer = reading.ask(QUESTION)
        assert "1872" in answer.text
        assert answer.usage.calls == 0
        assert len(reading.retrieve(QUESTION, 2)) == 2


def test_only_the_best_passages_are_read(notes: Assistant, cross_encoder: Path) -> None:
    settings = with_reranker(
        notes, reranker="cross-encoder", reranker_model=str(cross_encoder), rerank=2
    )
    with Assistant(settings) as reading:
        passages = reading.retrieve(QUESTION)
    assert sum("reranker" in p.scores for p in passages) == 2
    assert len(passages) == len(notes.retrieve(QUESTION))


@pytest.mark.parametrize("name", ["no-such/model", "/no/such/folder"])
def test_unknown_cross_encoder_is_one_clear_error(notes: Assistant, name: str) -> None:
    settings = with_reranker(notes, reranker="cross-encoder", reranker_model=name)
    with Assistant(settings) as reading, pytest.raises(RerankingError, match=name) as caught:
        reading.ask(QUESTION)
    assert "retrieval.reranker_model" in caught.value.hint


def test_folder_without_a_model_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(RerankingError, match=r"model\.onnx"):
        CrossEncoder(str(tmp_path))


def test_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fastembed", "fastembed.rerank", "fastembed.rerank.cross_encoder"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingPackageError) as caught:
        CrossEncoder("Xenova/ms-marco-MiniLM-L-6-v2")
    assert "document-assistant[rerank]" in caught.value.hint


# ---------------------------------------------------------------- the language model


@pytest.fixture(scope="module")
def server() -> Iterator[FakeModelServer]:
    with FakeModelServer() as running:
        yield running


def by_model(notes: Assistant, server: FakeModelServer, **llm: Any) -> Settings:
    server.requests.clear()
    settings = with_reranker(notes, reranker="llm")
    update = {"model": "grounded", "base_url": server.base_url, "api_key_env": ""} | llm
    return settings.model_copy(update={"llm": settings.llm.model_copy(update=update)})


def test_model_puts_the_passages_in_order_and_the_call_is_counted(
    notes: Assistant, server: FakeModelServer
) -> None:
    server.script = None
    with Assistant(by_model(notes, server)) as reading:
        passages = reading.retrieve(QUESTION)
        assert passages[0].scores["reranker"] == 1.0
        assert "laid out" in passages[0].text
        prompt = server.bodies()[0]["messages"][-1]["content"]
        assert prompt.endswith(f"Question: {QUESTION}")
        assert '<passage number="1"' in prompt
        answer = reading.ask(QUESTION)
    assert answer.usage.calls == 2  # the order and the answer
    assert "187" in answer.text


def test_retrieval_by_model_works_inside_a_running_loop(
    notes: Assistant, server: FakeModelServer
) -> None:
    server.script = None

    async def inside() -> tuple[Passage, ...]:
        return reading.retrieve(QUESTION)

    with Assistant(by_model(notes, server)) as reading:
        assert asyncio.run(inside())[0].scores["reranker"] == 1.0


def orders(reply: str) -> Any:
    """A server that answers requests for an order with this, and others as ever."""

    def script(body: Mapping[str, Any]) -> str | Reply:
        system = body["messages"][0]["content"]
        return Reply(reply) if system.startswith("You put passages") else "grounded"

    return script


def test_order_of_the_model_is_what_is_shown(notes: Assistant, server: FakeModelServer) -> None:
    server.script = None
    plain = notes.retrieve(QUESTION)
    server.script = orders("3, 1")
    with Assistant(by_model(notes, server)) as reading:
        passages = reading.retrieve(QUESTION)
    assert [p.chunk_id for p in passages[:2]] == [plain[2].chunk_id, plain[0].chunk_id]
    assert all(p.scores["reranker"] == 0 for p in passages[2:])


def test_reply_that_is_no_order_keeps_the_order_and_says_so(
    notes: Assistant, server: FakeModelServer
) -> None:
    server.script = orders("I would say the first one is rather nice.")
    with Assistant(by_model(notes, server)) as reading:
        answer = reading.ask(QUESTION)
    assert "1872" in answer.text
    assert "rather nice" in answer.notice
    assert "order of the search" in answer.notice


def test_reranking_by_model_needs_a_model() -> None:
    with pytest.raises(SettingsError, match="llm"):
        load_settings(None, {"retrieval.reranker": "llm"})


@pytest.mark.parametrize(
    ("reply", "order"),
    [
        ("2, 1, 3", [2, 1, 3]),
        ("[2] > [1]", [2, 1]),
        ("Here is the order:\n3, 2.", [3, 2]),
        ("0", []),
        ("2, 2, 9, 1", [2, 1]),
        ("1", [1]),
        ("3 1 2", [3, 1, 2]),
    ],
)
def test_orders_are_read_as_models_write_them(reply: str, order: list[int]) -> None:
    assert read_order(reply, 3) == order


@given(st.text(max_size=200), st.integers(0, 9))
def test_any_reply_is_an_order_or_a_model_error(reply: str, count: int) -> None:
    try:
        order = read_order(reply, count)
    except ModelError:
        return
    assert len(order) == len(set(order))
    assert all(1 <= number <= count for number in order)
