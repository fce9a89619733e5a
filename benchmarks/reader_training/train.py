"""Rows → the weights of a reader, with its figures on held-back rows printed on the way.

``python -m benchmarks.reader_training.train --rows FOLDER --minilm FOLDER --out reader.pt``

The loss is the cross-entropy of "does it answer" plus half of that of start and end (Devlin et al.
2019, section 4.3, where a question without an answer has both at ``[CLS]``). Rows that answer and
whose span is not known, or was cut off, teach the first only. AdamW, a linear
warm-up and decay. Word embeddings, half of all weights, stay as they are.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import AssistantError
from benchmarks.reader_training import need_torch
from benchmarks.reader_training.examples import Example, batch_of, encode
from benchmarks.reader_training.prepare import Row, read_rows
from benchmarks.reader_training.restore import weights_of

_LONGEST_SPAN = 20
_SORTED_TOGETHER = 40
"""Batches whose rows are sorted by length together: less padding, and still mixed."""


def load_tokenizer(minilm: Path) -> Any:
    """The tokenizer beside the ONNX file, without its padding and truncation."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(minilm / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def auroc(labels: Sequence[bool], scores: Sequence[float]) -> float:
    """The share of pairs in which the one with the label scores higher (Mann and Whitney 1947)."""
    from scipy.stats import rankdata

    ranks, is_one = rankdata(scores), np.asarray(labels, bool)
    ones, others = int(is_one.sum()), int((~is_one).sum())
    if not ones or not others:
        return float("nan")
    return float((ranks[is_one].sum() - ones * (ones + 1) / 2) / (ones * others))


def batches(lengths: Sequence[int], size: int, chance: random.Random) -> Iterator[list[int]]:
    """The places of all rows once, in batches of like length, in random order."""
    order = list(range(len(lengths)))
    chance.shuffle(order)
    made = []
    for begin in range(0, len(order), size * _SORTED_TOGETHER):
        part = sorted(order[begin : begin + size * _SORTED_TOGETHER], key=lambda i: lengths[i])
        made += [part[at : at + size] for at in range(0, len(part), size)]
    chance.shuffle(made)
    yield from made


def loss_of(model: Any, examples: Sequence[Example]) -> Any:
    """The loss of a batch, a tensor with one number."""
    import torch
    from torch.nn import functional

    ids, mask, kinds = (torch.from_numpy(each) for each in batch_of(examples))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        start, end, answerable = model(ids, mask, kinds)
    start, end, answerable = start.float(), end.float(), answerable.float()
    wanted = torch.tensor([float(each.answerable) for each in examples])
    loss = functional.binary_cross_entropy_with_logits(answerable, wanted)
    has_span = torch.tensor([not each.answerable or each.first > 0 for each in examples])
    if has_span.any():
        padding = torch.zeros_like(start).masked_fill_(mask == 0, -1e4)
        first = torch.tensor([each.first for each in examples])[has_span]
        last = torch.tensor([each.last for each in examples])[has_span]
        spans = functional.cross_entropy((start + padding)[has_span], first)
        spans = spans + functional.cross_entropy((end + padding)[has_span], last)
        loss = loss + 0.5 * spans
    return loss


def figures(model: Any, rows: Sequence[Row], examples: Sequence[Example]) -> str:
    """AUROC of answerable rows against near misses and against other passages, by source, and the
    share of answers that the best span touches."""
    import torch

    model.eval()
    scores: list[float] = [0.0] * len(rows)
    touched: list[bool] = []
    with torch.no_grad():
        for at, (row, example) in enumerate(zip(rows, examples, strict=True)):
            given = (torch.from_numpy(each) for each in batch_of([example]))
            start, end, answerable = (each[0].numpy() for each in model(*given))
            scores[at] = float(answerable)
            if row.spans:
                found = _best_span(start, end, example)
                touched.append(any(found[0] < b and a < found[1] for a, b in row.spans))
    model.train()
    parts = []
    for source in sorted({row.source for row in rows}):
        for kind in ("near", "other"):
            chosen = [
                at
                for at, row in enumerate(rows)
                if row.source == source and row.kind in ("answerable", kind)
            ]
            value = auroc([rows[at].answerable for at in chosen], [scores[at] for at in chosen])
            parts.append(f"{source} {kind} {value:.3f}")
    share = float(np.mean(touched)) if touched else float("nan")
    return f"AUROC {', '.join(parts)}; span touched {share:.3f}"


def _best_span(start: Any, end: Any, example: Example) -> tuple[int, int]:
    begin, stop = example.passage, len(example.ids) - 1
    if stop <= begin:
        return 0, 0
    sums = start[begin:stop, None] + end[None, begin:stop]
    ones = np.ones_like(sums, dtype=bool)
    sums = np.where(np.triu(ones) & ~np.triu(ones, _LONGEST_SPAN), sums, -np.inf)
    first, last = np.unravel_index(int(sums.argmax()), sums.shape)
    return example.places[begin + int(first)][0], example.places[begin + int(last)][1]


def train(chosen: argparse.Namespace) -> None:
    """Train as the command line says and write the weights."""
    need_torch()
    import torch

    from benchmarks.reader_training.model import Reader, initialise

    torch.set_num_threads(chosen.threads)
    torch.manual_seed(chosen.seed)
    chance = random.Random(chosen.seed)
    tokenizer = load_tokenizer(chosen.minilm)
    examples = [encode(tokenizer, row) for row in read_rows(chosen.rows / "train.jsonl")]
    held = read_rows(chosen.rows / "held.jsonl")
    chance.shuffle(held)
    held = held[: chosen.held]
    held_examples = [encode(tokenizer, row) for row in held]
    model = Reader(dropout=0.1)
    if chosen.begin is None:
        initialise(model.bert, chosen.minilm / "model.onnx")
    else:
        names = [name for name, _ in model.named_parameters()]
        begun_with = weights_of(chosen.begin / "reader.int8.onnx", names)
        model.load_state_dict({name: torch.from_numpy(each) for name, each in begun_with.items()})
    model.train()
    model.bert.word.weight.requires_grad_(False)
    body = [each for each in model.bert.parameters() if each.requires_grad]
    heads = [each for name, each in model.named_parameters() if not name.startswith("bert.")]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": chosen.rate}, {"params": heads, "lr": 5 * chosen.rate}],
        weight_decay=0.01,
    )
    steps = chosen.steps or max(1, int(len(examples) * chosen.epochs / chosen.batch))

    def rate(step: int) -> float:
        return min((step + 1) / (0.06 * steps + 1), max(0.02, (steps - step) / (0.94 * steps + 1)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    print(f"{len(examples)} rows, {steps} steps")
    lengths, losses, begun, step = [len(e.ids) for e in examples], [], time.monotonic(), 0
    while step < steps:
        for places in batches(lengths, chosen.batch, chance):
            loss = loss_of(model, [examples[i] for i in places])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(body + heads, 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
            step += 1
            if step % chosen.every == 0 or step == steps:
                told = figures(model, held, held_examples)
                mean, seconds = np.mean(losses[-chosen.every :]), time.monotonic() - begun
                print(f"step {step}/{steps}, loss {mean:.3f}, {seconds:.0f} s: {told}", flush=True)
            if step == steps:
                break
    torch.save(model.state_dict(), chosen.out)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=Path, required=True, help="the folder of `prepare`")
    parser.add_argument(
        "--minilm", type=Path, required=True, help="a folder with model.onnx and tokenizer.json"
    )
    parser.add_argument("--begin", type=Path, help="the folder of a reader to train further")
    parser.add_argument("--out", type=Path, required=True, help="the file of weights to write")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--steps", type=int, default=0, help="so many steps instead of epochs")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1e-4, help="of the layers; heads: five times")
    parser.add_argument("--every", type=int, default=300, help="steps between two sets of figures")
    parser.add_argument("--held", type=int, default=1000, help="held-back rows for the figures")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    try:
        train(parser.parse_args())
    except AssistantError as exc:
        print(exc, file=sys.stderr)
        sys.exit(exc.exit_code)


if __name__ == "__main__":
    main()
