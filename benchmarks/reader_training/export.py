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

from assistant.errors import AssistantError
from assistant.model.answer_reader import OnnxReader
from benchmarks.reader_training import need_torch
from benchmarks.reader_training.train import load_tokenizer

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start_logits", "end_logits", "answerable")
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
    load_tokenizer(minilm).save(str(out / "tokenizer.json"))
    shutil.copy(out / "tokenizer.json", whole)
    for folder in (whole, out):
        (reading,) = OnnxReader(folder).read(*_TRIAL)
        size = sum(path.stat().st_size for path in folder.glob("*.onnx")) / 1e6
        print(f"{folder}: {size:.1f} MB, a trial reads {reading.answerable:.3f}, {reading.span()}")


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
