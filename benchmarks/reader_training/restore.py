"""The 8-bit ONNX file of a reader → weights to train further (``train --begin FOLDER``).

What training and rounding to 8 bits left is all that is kept of a reader: its float weights are
four times as large. A column's numbers times its scale are the weights again, within half a step.
Import this module only after ``need_torch``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from benchmarks.reader_training.model import Reader

_OTHER_NAMES = {
    "query": "q",
    "key": "k",
    "value": "v",
    "out": "o",
    "norm_attention": "n1",
    "norm_output": "n2",
    "position": "pos",
    "answer": "ans",
}
"""Names in this network → in the first reader that was published with the project."""


def restore(model: Reader, path: Path) -> None:
    """Give the network the weights of a quantised reader.

    Raises ``ValueError`` where the file lacks one of its weights.
    """
    graph = onnx.load(str(path)).graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    matrices = {
        _place(node.name): _float(held, name)
        for node in graph.node
        if node.op_type == "MatMulInteger"
        for name in node.input
        if name in held and name.endswith("_quantized")
    }
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(_weight(name, held, matrices)))


def _weight(name: str, held: dict[str, Any], matrices: dict[str, Any]) -> Any:
    short = ".".join(_OTHER_NAMES.get(part, part) for part in name.split("."))
    for each in (name, short, f"m.{name}", f"m.{short}"):
        if each in held:
            return np.array(held[each])
        if f"{each}_quantized" in held:
            return _float(held, f"{each}_quantized")
        if each.endswith(".weight") and each.removesuffix(".weight") in matrices:
            return np.ascontiguousarray(matrices[each.removesuffix(".weight")].T)
    raise ValueError(f"the ONNX file has no weights for {name}")


def _float(held: dict[str, Any], name: str) -> Any:
    stem = name.removesuffix("_quantized")
    whole = held[name].astype(np.float32) - held[f"{stem}_zero_point"].astype(np.float32)
    return whole * held[f"{stem}_scale"].astype(np.float32)


def _place(node: str) -> str:
    """``/m/bert/layers.0/q/MatMul_quant`` → ``m.bert.layers.0.q``."""
    return node.strip("/").rsplit("/", 1)[0].replace("/", ".")
