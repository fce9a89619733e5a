"""The 8-bit ONNX file of a reader → weights to train further (``train --begin FOLDER``).

What training and rounding to 8 bits left is all that is kept of a reader: its float weights are
four times as large. A column's numbers times its scale are the weights again, within half a step.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

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


def weights_of(path: Path, names: Iterable[str]) -> dict[str, Any]:
    """The float32 weights of a quantised reader by the names of this package's network (``model``),
    in its shapes.

    Raises ``ValueError`` where the file lacks one of them.
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
    return {name: _weight(name, held, matrices) for name in names}


def _weight(name: str, held: dict[str, Any], matrices: dict[str, Any]) -> Any:
    short = ".".join(_OTHER_NAMES.get(part, part) for part in name.split("."))
    for each in (name, short, f"m.{name}", f"m.{short}"):
        if each in held:
            return np.array(held[each])
        if f"{each}_quantized" in held:
            return _float(held, f"{each}_quantized")
        of_layer = each.removesuffix(".weight")
        if each.endswith(".weight") and of_layer in matrices:
            return np.ascontiguousarray(matrices[of_layer].T)
    raise ValueError(f"the ONNX file has no weights for {name}")


def _float(held: dict[str, Any], name: str) -> Any:
    stem = name.removesuffix("_quantized")
    whole = held[name].astype(np.float32) - held[f"{stem}_zero_point"].astype(np.float32)
    return whole * held[f"{stem}_scale"].astype(np.float32)


def _place(node: str) -> str:
    """``/m/bert/layers.0/q/MatMul_quant`` → ``m.bert.layers.0.q``; a head is a ``Gemm_MatMul``."""
    return node.strip("/").rsplit("/", 1)[0].replace("/", ".")
