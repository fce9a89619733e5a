"""Weights → ``reader.int8.onnx`` with its tokenizer, and how far its readings are from float's.

``python -m benchmarks.reader_training.export --weights reader.pt --minilm FOLDER --out FOLDER``

Matrices and embeddings become 8 bits, each column with a scale of its own (onnxruntime's dynamic
quantisation): 91 MB become 24, the AUROC of near misses .728 becomes .727.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from assistant.errors import AssistantError, UsageError
from assistant.model.answer_reader import OnnxReader
from benchmarks.reader_training import need_torch
from benchmarks.reader_training.train import load_tokenizer

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start_logits", "end_logits", "answerable")
MEANING = "meaning"
_MEANING_LAYERS = (2, 3, 4)
"""Of 0 to 5. What a text means is told best by these: the last one tells where an answer stands."""
_TRIAL = ("Who mended the gate?", [("Gates", "Ida mended the gate of Holm. It was red.")])


def export(weights: Path, minilm: Path, out: Path) -> None:
    """Write the float model into ``out/float`` and the quantised one with its tokenizer into
    ``out``, and read a trial passage with both."""
    need_torch()
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from benchmarks.reader_training.model import Reader

    model = Reader(dropout=0.0).eval()
    model.load_state_dict(torch.load(weights, weights_only=True))
    whole = out / "float"
    whole.mkdir(parents=True, exist_ok=True)
    ids = torch.randint(1000, 20_000, (2, 16))
    axes = {name: {0: "batch", 1: "tokens"} for name in (*INPUTS, *OUTPUTS[:2])}
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids), torch.zeros_like(ids)),
        str(whole / "reader.onnx"),
        input_names=list(INPUTS),
        output_names=list(OUTPUTS),
        dynamic_axes={**axes, "answerable": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(
        str(whole / "reader.onnx"),
        str(out / "reader.int8.onnx"),
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gather"],
        extra_options={"MatMulConstBOnly": True},
    )
    for made in (whole / "reader.onnx", out / "reader.int8.onnx"):
        add_meaning(made)
    load_tokenizer(minilm).save(str(out / "tokenizer.json"))
    shutil.copy(out / "tokenizer.json", whole)
    for folder in (whole, out):
        (reading,) = OnnxReader(folder).read(*_TRIAL)
        size = sum(path.stat().st_size for path in folder.glob("*.onnx")) / 1e6
        print(f"{folder}: {size:.1f} MB, a trial reads {reading.answerable:.3f}, {reading.span()}")


def add_meaning(path: Path) -> None:
    """Give a model's file the output ``meaning``: a unit vector for the whole text, of the means
    over all tokens after three layers. It changes no other output.

    Raises ``UsageError`` where the file has no such layers or has the output already.
    """
    import onnx
    from onnx import TensorProto, helper

    model = onnx.load(str(path))
    graph = model.graph
    made = [each for node in graph.node for each in node.output]
    ends = [f"bert/layers.{at}/n2/LayerNormalization_output_0" for at in _MEANING_LAYERS]
    layers = [each for end in ends for each in made if each.endswith(end)]
    if len(layers) != len(ends) or MEANING in {each.name for each in graph.output}:
        raise UsageError(f"{path.name} has no such layers, or tells meanings already")
    parts = []
    for at, layer in enumerate(layers):
        mean, unit = f"{MEANING}_mean_{at}", f"{MEANING}_unit_{at}"
        graph.node.append(helper.make_node("ReduceMean", [layer], [mean], axes=[1], keepdims=0))
        graph.node.append(helper.make_node("LpNormalization", [mean], [unit], axis=-1, p=2))
        parts.append(unit)
    graph.node.append(helper.make_node("Concat", parts, [f"{MEANING}_all"], axis=-1))
    graph.node.append(
        helper.make_node("LpNormalization", [f"{MEANING}_all"], [MEANING], axis=-1, p=2)
    )
    shape = ["batch", "dimensions"]
    graph.output.append(helper.make_tensor_value_info(MEANING, TensorProto.FLOAT, shape))
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument(
        "--minilm", type=Path, required=True, help="the folder with the tokenizer.json"
    )
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    try:
        export(chosen.weights, chosen.minilm, chosen.out)
    except AssistantError as exc:
        print(exc, file=sys.stderr)
        sys.exit(exc.exit_code)


if __name__ == "__main__":
    main()
