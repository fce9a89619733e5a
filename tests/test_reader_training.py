"""The training of the reader, as far as it goes without PyTorch: its rows and their tokens."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import onnx
import pytest
from support_reader import make_model

from assistant.errors import MissingPackageError, UsageError
from assistant.model.answer_reader import OnnxReader
from assistant.model.reader_files import BUILTIN
from benchmarks.reader_training import MOST_TOKENS, need_torch
from benchmarks.reader_training.examples import batch_of, encode
from benchmarks.reader_training.export import INPUTS, MEANING, OUTPUTS, add_meaning
from benchmarks.reader_training.prepare import Row, read_rows, written_rows
from benchmarks.reader_training.restore import weights_of
from benchmarks.reader_training.train import auroc, batches, load_tokenizer

PLACES = ("Holm", "Lind", "Brevik", "Nordby")
FOUNDERS = ("Berta Lindqvist", "Tomas Berg", "Ida Moe", "Jon Falk")


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Four articles with three paragraphs and two questions each, one public set, our questions."""
    paragraphs, queries, passages, asked = [], [], [], []
    for at, (place, founder) in enumerate(zip(PLACES, FOUNDERS, strict=True)):
        told = f"The garden of {place} was founded by {founder} and opened in 19{at}1."
        more = f"The founder of the garden of {place} planted roses along its wall."
        also = f"{founder} was the founder of the garden of {place}, its letters say."
        for number, text in enumerate((told, more, also)):
            paragraphs.append({"id": f"p{at}{number}", "title": f"Garden {place}", "text": text})
        queries += [
            {"id": f"q{at}a", "text": f"Who was the founder of the garden of {place}?",
             "answers": [founder.upper()], "answerable": True,
             "meta": {"source_paragraph": f"p{at}0"}},
            {"id": f"q{at}b", "text": f"When did the garden of {place} close?", "answers": [],
             "answerable": False, "meta": {"source_paragraph": f"p{at}0"}},
        ]  # fmt: skip
    for number in range(40):
        text = f"Barn {number} at Lind was painted red by worker{number} in June."
        passages.append({"id": f"w{number}", "title": "Barns", "text": text})
        asked += [
            {"p": f"w{number}", "q": f"who painted barn {number}", "a": f"worker{number} in",
             "k": "yes"},
            {"p": f"w{number}", "q": f"who built barn {number}", "a": "", "k": "relation"},
        ]  # fmt: skip
    squad = tmp_path / "squad2-dev-half"
    write_lines(squad / "corpus.jsonl", paragraphs)
    write_lines(squad / "queries.jsonl", queries)
    for name in ("qed", "covidqa", "medquad"):
        row = {"q": "who?", "title": "", "text": f"It was {name}.", "label": 1, "spans": [[7, 10]]}
        write_lines(tmp_path / "sets" / name / "rows.jsonl", [row] * 5)
    write_lines(tmp_path / "own" / "passages-00.jsonl", passages)
    write_lines(tmp_path / "own" / "questions-00.jsonl", asked)
    return tmp_path


def prepared(sources: Path, *arguments: str) -> tuple[list[Row], list[Row]]:
    out = sources / "rows"
    subprocess.run(
        [sys.executable, "-m", "benchmarks.reader_training.prepare", "--out", str(out), *arguments],
        check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    return read_rows(out / "train.jsonl"), read_rows(out / "held.jsonl")


def test_rows_of_all_sources_are_made_and_divided(sources: Path) -> None:
    trained, held = prepared(
        sources, "--squad", str(sources / "squad2-dev-half"), "--sets", str(sources / "sets"),
        "--questions", str(sources / "own"), "--most", "3",
    )  # fmt: skip
    for rows in (trained, held):
        squad = [row for row in rows if row.source == "squad"]
        assert {row.kind for row in squad} == {"answerable", "near", "other"}
        assert len({row.title for row in squad}) == 2, "half of the articles"
        assert {row.kind for row in rows if row.source == "own"} >= {"answerable", "near"}
    titles = [{row.title for row in rows if row.source == "squad"} for rows in (trained, held)]
    assert not titles[0] & titles[1]
    texts = [
        {r.text for r in rows if r.source == "own" and r.kind != "other"}
        for rows in (trained, held)
    ]
    assert not texts[0] & texts[1]
    assert len(texts[1]) == 2, "one passage in twenty"
    assert [row.source for row in trained if row.source == "qed"] == ["qed"] * 3
    for row in trained + held:
        assert row.answerable == bool(row.spans) == (row.kind == "answerable")
        for start, end in row.spans:
            assert (
                row.text[start:end].casefold()
                in " ".join(
                    (*FOUNDERS, row.text[7:10], *(f"worker{n} in" for n in range(40)))
                ).casefold()
            )
    for row in trained + held:
        if row.kind == "other" and row.source == "squad":
            assert "planted roses" in row.text, "it shares the words and lacks the answer"


def test_without_our_questions_the_public_part_is_enough(sources: Path) -> None:
    trained, _ = prepared(sources, "--squad", str(sources / "squad2-dev-half"))
    assert {row.source for row in trained} == {"squad"}


def test_a_question_that_fits_no_passage_is_an_error(sources: Path) -> None:
    path = sources / "own" / "questions-00.jsonl"
    for wrong in ({"p": "none", "q": "?", "a": ""}, {"p": "w1", "q": "?", "a": "not in it"}):
        write_lines(path, [wrong])
        with pytest.raises(UsageError, match=r"questions-00\.jsonl: question 1"):
            written_rows(sources / "own")


def test_tokens_are_cut_and_labelled_as_the_reader_reads() -> None:
    tokenizer = load_tokenizer(BUILTIN)
    reader = OnnxReader(BUILTIN)
    text = f"{'The crew mended nets. ' * 100}Zoë Müller built the 🌹 Aurora. {'It left. ' * 200}"
    start = text.index("Zoë")
    row = Row("Who built it?", "Ship", text, ((start, start + 10),), True, "own", "answerable")
    example = encode(tokenizer, row)
    assert len(example.ids) == MOST_TOKENS
    assert text[example.places[example.first][0] : example.places[example.last][1]] == "Zoë Müller"
    short = Row("Who built it?", "Ship", text[start : start + 200], (), False, "own", "near")
    example = encode(tokenizer, short)
    (window,) = reader._windows(short.question, short.title, short.text)
    assert (example.ids, example.kinds) == (window.ids, window.kinds)
    assert example.places == window.places
    assert (example.first, example.last) == (0, 0)
    ids, mask, kinds = batch_of([example, encode(tokenizer, row)])
    assert ids.shape == mask.shape == kinds.shape == (2, MOST_TOKENS)
    assert mask.sum() == len(example.ids) + MOST_TOKENS


def test_an_epoch_takes_every_row_once() -> None:
    import random

    taken = [at for part in batches(list(range(1000)), 16, random.Random(1)) for at in part]
    assert sorted(taken) == list(range(1000))
    assert taken != sorted(taken)


def test_auroc_counts_ties_as_halves() -> None:
    assert auroc([True, False], [1.0, 0.0]) == 1.0
    assert auroc([True, False, False], [1.0, 1.0, 0.0]) == 0.75


def test_the_shipped_model_has_the_interface_that_is_exported() -> None:
    graph = onnx.load(str(BUILTIN / "reader.int8.onnx")).graph
    assert {each.name for each in graph.input} == set(INPUTS)
    assert tuple(each.name for each in graph.output) == (*OUTPUTS, MEANING)
    assert [len(each.type.tensor_type.shape.dim) for each in graph.output] == [2, 2, 1, 2]


def test_meanings_are_told_once_and_change_no_reading(tmp_path: Path) -> None:
    shutil.copytree(BUILTIN, tmp_path / "reader")
    path = tmp_path / "reader" / "reader.int8.onnx"
    model = onnx.load(str(path))
    with pytest.raises(UsageError, match="tells meanings already"):
        add_meaning(path)
    del model.graph.output[3:]
    kept = [node for node in model.graph.node if not node.output[0].startswith(MEANING)]
    del model.graph.node[:]
    model.graph.node.extend(kept)
    onnx.save(model, str(path))
    asked = ("Who mended the gate?", [("Gates", "Ida mended the gate of Holm. It was red.")])
    without = OnnxReader(path.parent)
    assert without.meanings(["a gate"]).shape == (1, 0)
    add_meaning(path)
    told = OnnxReader(path.parent)
    one, other = without.read(*asked)[0], told.read(*asked)[0]
    assert one.answerable == other.answerable
    assert (one.first == other.first).all()
    assert told.meanings(["a gate"]).shape == (1, 1152)
    with pytest.raises(UsageError, match="no such layers"):
        add_meaning(make_model(tmp_path / "other", {"rose": (1.0, 1.0)}) / "model.onnx")


@pytest.mark.parametrize(
    "command",
    [["train", "--rows", ".", "--minilm", ".", "--out", "x"],
     ["export", "--weights", ".", "--minilm", ".", "--out", "x"]],
)  # fmt: skip
def test_without_pytorch_one_error_names_the_remedy(command: list[str]) -> None:
    if importlib.util.find_spec("torch") is not None:
        pytest.skip("PyTorch is installed")
    with pytest.raises(MissingPackageError):
        need_torch()
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.reader_training.{command[0]}", *command[1:]],
        cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "pip install torch" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_shipped_file_gives_its_weights_back(shared: Path) -> None:
    names = {
        "bert.word.weight": (30522, 384),
        "bert.position.weight": (512, 384),
        "bert.layers.5.query.weight": (384, 384),
        "bert.layers.0.up.weight": (1536, 384),
        "bert.layers.3.norm_output.bias": (384,),
        "span.weight": (2, 384),
        "pool.weight": (384, 384),
        "answer.weight": (1, 384),
    }
    found = weights_of(BUILTIN / "reader.int8.onnx", names)
    assert {name: each.shape for name, each in found.items()} == names
    graph = onnx.load(str(shared / "models" / "all-MiniLM-L6-v2" / "onnx" / "model.onnx")).graph
    held = {each.name: each for each in graph.initializer}
    words = next(name for name in held if name.endswith("embeddings.word_embeddings.weight"))
    first = onnx.numpy_helper.to_array(held[words])
    # training leaves them as they were, so 8 bits are all that parts them
    step = (first.max() - first.min()) / 255
    assert abs(found["bert.word.weight"] - first).max() <= step


def test_a_file_without_a_weight_says_which() -> None:
    with pytest.raises(ValueError, match=r"no weights for bert\.layers\.9\.key\.weight"):
        weights_of(BUILTIN / "reader.int8.onnx", ["bert.layers.9.key.weight"])
