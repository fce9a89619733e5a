"""The network: MiniLM's six layers as a cross-encoder, with heads for spans and answerability.

BERT as in Devlin et al. 2019 (post-norm layers, learned positions), in the size of MiniLM-L6-H384
(Wang et al. 2020). Spans as in Devlin et al., section 4.3: one logit for each token to be the
start, one to be the end. Answerability: tanh of a layer on [CLS], then one number (their section
3, next sentence prediction). Import this module only after ``need_torch``.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS, LAYERS, INNER, VOCABULARY, POSITIONS = 384, 12, 6, 1536, 30522, 512
_EPSILON = 1e-12


class Layer(nn.Module):
    """Self-attention and a feed-forward part, each added and normalised (Vaswani et al. 2017)."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm_attention = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.norm_output = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """batch × tokens × width → the same. ``bias``: batch × 1 × 1 × tokens, -1e4 at padding.

        Attention is written out (softmax(QKᵀ/√d + bias)V), so that it exports to plain ONNX.
        """
        batch, tokens, _ = x.shape

        def split(t: Tensor) -> Tensor:  # → batch × heads × tokens × width / heads
            return t.view(batch, tokens, HEADS, WIDTH // HEADS).transpose(1, 2)

        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = (query / math.sqrt(WIDTH // HEADS)) @ key.transpose(-1, -2) + bias.to(query.dtype)
        mixed = (scores.softmax(-1).to(value.dtype) @ value).transpose(1, 2)
        x = self.norm_attention(x + self.drop(self.out(mixed.reshape(batch, tokens, WIDTH))))
        return self.norm_output(x + self.drop(self.down(functional.gelu(self.up(x)))))


class Bert(nn.Module):
    """Embeddings and layers."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.word = nn.Embedding(VOCABULARY, WIDTH)
        self.position, self.kind = nn.Embedding(POSITIONS, WIDTH), nn.Embedding(2, WIDTH)
        self.norm, self.drop = nn.LayerNorm(WIDTH, eps=_EPSILON), nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))

    def forward(self, ids: Tensor, mask: Tensor, kinds: Tensor) -> Tensor:
        """Three of batch × tokens → batch × tokens × width."""
        x = self.word(ids) + self.position.weight[: ids.shape[1]] + self.kind(kinds)
        x = self.drop(self.norm(x))
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        return x


class Reader(nn.Module):
    """The reader: ``start``, ``end`` (batch × tokens) and ``answerable`` (batch), all logits."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.bert = Bert(dropout)
        self.pool, self.answer = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 1)
        self.span, self.drop = nn.Linear(WIDTH, 2), nn.Dropout(dropout)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Three of batch × tokens → start, end, answerable."""
        x = self.bert(input_ids, attention_mask, token_type_ids)
        spans = self.span(x)
        answerable = self.answer(self.drop(torch.tanh(self.pool(x[:, 0]))))[:, 0]
        return spans[..., 0], spans[..., 1], answerable


def initialise(bert: Bert, path: Path) -> None:
    """Copy the weights of all-MiniLM-L6-v2 from its ONNX file.

    There the matrices of linear layers have no names of their own: they are the constant inputs of
    MatMul nodes, whose names hold the layer's path; and they are transposed.
    """
    graph = onnx.load(str(path)).graph
    weights = {t.name: torch.tensor(numpy_helper.to_array(t)) for t in graph.initializer}
    matrices = {
        node.name: weights[name]
        for node in graph.node
        if node.op_type == "MatMul"
        for name in node.input
        if name in weights
    }
    words = "embeddings.word_embeddings.weight"
    prefix = next(name for name in weights if name.endswith(words)).removesuffix(words)
    with torch.no_grad():
        embeddings = f"{prefix}embeddings."
        bert.word.weight.copy_(weights[f"{embeddings}word_embeddings.weight"])
        bert.position.weight.copy_(weights[f"{embeddings}position_embeddings.weight"])
        bert.kind.weight.copy_(weights[f"{embeddings}token_type_embeddings.weight"])
        _copy_norm(bert.norm, weights, f"{embeddings}LayerNorm")
        for at, layer in enumerate(bert.layers):
            place = f"{prefix}encoder.layer.{at}."
            parts = {
                "attention.self.query": layer.query,
                "attention.self.key": layer.key,
                "attention.self.value": layer.value,
                "attention.output.dense": layer.out,
                "intermediate.dense": layer.up,
                "output.dense": layer.down,
            }
            for path_in, part in parts.items():
                part.bias.copy_(weights[f"{place}{path_in}.bias"])
                part.weight.copy_(_matrix(matrices, at, path_in).T)
            _copy_norm(layer.norm_attention, weights, f"{place}attention.output.LayerNorm")
            _copy_norm(layer.norm_output, weights, f"{place}output.LayerNorm")


def _matrix(matrices: dict[str, Tensor], layer: int, path: str) -> Tensor:
    tail = f"/layer.{layer}/{path.replace('.', '/')}/MatMul"
    found = [matrix for name, matrix in matrices.items() if f"/{name}".endswith(tail)]
    if len(found) != 1:
        raise ValueError(f"the ONNX file has {len(found)} matrices for layer {layer}, {path}")
    return found[0]


def _copy_norm(norm: Any, weights: dict[str, Tensor], name: str) -> None:
    norm.weight.copy_(weights[f"{name}.weight"])
    norm.bias.copy_(weights[f"{name}.bias"])
