"""Tiny question-answering models in the public convention, made with onnx and run by onnxruntime.

Each word of the vocabulary has a number that an answer begins or ends there; ``[CLS]`` has that of
"no answer". So a test knows what a model must find.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

WORDS = "when was the garden of holm laid out in 1872 by berta rose näh 🌹 café gate opens".split()
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
BERT = "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1"
ROBERTA = "[CLS]:0 $A:0 [SEP]:0 [SEP]:0 $B:0 [SEP]:0"
"""No token types: every token has type 0, and two separators stand between the texts."""


def make_model(
    folder: Path,
    scores: Mapping[str, tuple[float, float]],
    *,
    inputs: Sequence[str] = ("input_ids", "attention_mask", "token_type_ids"),
    outputs: Sequence[str] = ("start_logits", "end_logits"),
    answerable: str = "",
    template: str = BERT,
    name: str = "model.onnx",
    width: int = 0,
) -> Path:
    """A folder with a model and its tokenizer. ``scores``: word → (start, end).

    ``answerable`` names a word whose start score is given as the whole passage's number; with a
    ``width`` the outputs have that many numbers for each token, as those of no such model have.
    """
    from onnx import TensorProto, helper, save

    folder.mkdir(parents=True, exist_ok=True)
    _tokenizer(template).save(str(folder / "tokenizer.json"))
    vocabulary = [*SPECIAL, *WORDS]
    shape = [len(vocabulary), width] if width else [len(vocabulary)]
    node, known = helper.make_node, set(scores)
    assert known <= set(vocabulary), known - set(vocabulary)
    nodes, tables = [], []
    for output in outputs:
        side = 1 if "end" in output else 0
        table = np.zeros(shape, np.float32)
        for word, both in scores.items():
            table[vocabulary.index(word)] = both[side]
        tables.append(
            helper.make_tensor(f"{output}_table", TensorProto.FLOAT, shape, table.ravel())
        )
        nodes.append(node("Gather", [f"{output}_table", "input_ids"], [output]))
    axes = ["batch", "tokens", *(["numbers"] if width else [])]
    told = [helper.make_tensor_value_info(each, TensorProto.FLOAT, axes) for each in outputs]
    if answerable:
        number = scores[answerable][0]
        tables.append(helper.make_tensor("number", TensorProto.FLOAT, [1], [number]))
        nodes.append(node("Identity", ["number"], ["answerable"]))
        told.append(helper.make_tensor_value_info("answerable", TensorProto.FLOAT, [1]))
    given = [
        helper.make_tensor_value_info(each, TensorProto.INT64, ["batch", "tokens"])
        for each in inputs
    ]
    graph = helper.make_graph(nodes, "reader", given, told, tables)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    save(model, str(folder / name))
    return folder


def _tokenizer(template: str) -> object:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = {token: n for n, token in enumerate([*SPECIAL, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair=template, special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer
