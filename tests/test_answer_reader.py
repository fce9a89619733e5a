"""The reader of passages: models of the public convention, the built-in one, faults and bounds."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import huggingface_hub
import numpy as np
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError
from support_reader import ROBERTA, make_model

from assistant import Assistant, load_settings
from assistant.cli import main
from assistant.errors import ReaderError
from assistant.model.answer_reader import OnnxReader, Reading, make_reader
from assistant.model.reader_files import BUILTIN, folder_on_disk, is_public_name
from assistant.resources import Resources

QUESTION = "When was the garden of Holm laid out?"
YEAR = {"[CLS]": (1.0, 1.0), "1872": (4.0, 5.0), "berta": (0.5, 0.5)}


class Counted:
    """Stands before a reader's session and counts the runs of the model."""

    def __init__(self, reader: OnnxReader) -> None:
        self.runs = 0
        self._session = reader._session
        reader._session = self

    def run(self, *arguments: Any) -> Any:
        """Run the model."""
        self.runs += 1
        return self._session.run(*arguments)


@pytest.fixture(scope="module")
def builtin() -> OnnxReader:
    """The reader of this package."""
    reader = make_reader("builtin")
    assert isinstance(reader, OnnxReader)
    return reader


def read_one(reader: Any, question: str, text: str, title: str = "") -> Reading:
    (reading,) = reader.read(question, [(title, text)])
    assert isinstance(reading, Reading)
    return reading


def found_in(reading: Reading, text: str) -> str:
    start, end, _ = reading.span()
    return text[start:end]


def same(one: Reading, other: Reading) -> bool:
    return one.answerable == other.answerable and all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("starts", "ends", "first", "last")
    )


# ---------------------------------------------------------------- the public convention

TEXT = "The garden of Holm was laid out in 1872 by Berta."


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"inputs": ("input_ids", "attention_mask")},
        {"outputs": ("end_logits", "start_logits")},
        {"outputs": ("output_s", "output_end")},
        {"template": ROBERTA, "inputs": ("input_ids", "attention_mask")},
        {"name": "onnx/model.onnx"},
    ],
    ids=["bert", "no-types", "turned", "other-names", "roberta", "in-a-subfolder"],
)
def test_public_models_are_read_by_their_convention(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    (tmp_path / "onnx").mkdir()
    reader = make_reader(str(make_model(tmp_path, YEAR, **changes)))
    reading = read_one(reader, QUESTION, TEXT)
    start, end, score = reading.span()
    assert TEXT[start:end] == "1872"
    assert score == pytest.approx(4 + 5 - 2), "start and end, less those of no answer"
    assert reading.answerable == pytest.approx(score)
    other = read_one(reader, f"{QUESTION} In 1872?", "The gate opens by 1875.")
    assert other.answerable < 0, "no answer beats every span; the question holds none"


def test_ours_says_itself_how_likely_a_passage_answers(tmp_path: Path) -> None:
    scores = {**YEAR, "rose": (-0.75, 0.0)}
    reader = make_reader(str(make_model(tmp_path, scores, answerable="rose")))
    reading = read_one(reader, QUESTION, TEXT)
    assert reading.answerable == -0.75
    assert found_in(reading, TEXT) == "1872"


def test_a_quantised_model_is_taken_before_the_whole_one(tmp_path: Path) -> None:
    make_model(tmp_path, {"[CLS]": (1, 1), "berta": (9, 9)}, name="model.onnx")
    make_model(tmp_path, YEAR, name="model_quantized.onnx")
    assert found_in(read_one(make_reader(str(tmp_path)), QUESTION, TEXT), TEXT) == "1872"


def test_offsets_are_characters_of_the_passage_with_a_title_in_front(tmp_path: Path) -> None:
    scores = {"[CLS]": (1.0, 1.0), "1872": (9.0, 9.0), "café": (3.0, 3.0), "rose": (2.0, 4.0)}
    reader = make_reader(str(make_model(tmp_path, scores)))
    text = "🌹🌹 Näh\u0308er: café 🌹 rose."
    reading = read_one(reader, QUESTION, text, title="1872 🌹 in Holm")
    assert found_in(reading, text) == "café 🌹 rose", "never of the title, whatever it scores"
    assert all(text[a:b].strip() for a, b in zip(reading.starts, reading.ends, strict=True))
    assert same(reading, read_one(reader, QUESTION, text, title="1872 🌹 in Holm"))


def test_an_answer_is_neither_turned_round_nor_a_whole_page(tmp_path: Path) -> None:
    scores = {"[CLS]": (1.0, 1.0), "rose": (9.0, 0.0), "1872": (0.0, 9.0)}
    reader = make_reader(str(make_model(tmp_path, scores)))
    turned = "1872 was the rose"
    start, end, _ = read_one(reader, QUESTION, turned).span()
    assert start < end
    assert turned[start:end] != turned
    far = "rose " + "the " * 30 + "1872"
    assert len(found_in(read_one(reader, QUESTION, far), far).split()) <= 24
    near = "rose the gate 1872 opens"
    assert found_in(read_one(reader, QUESTION, near), near) == "rose the gate 1872"


def test_spans_of_overlapping_windows_lie_in_the_passage(tmp_path: Path) -> None:
    """The last words of a window stand in the next one too; no span leads back from one to the
    other."""
    chance = random.Random(5)
    words = "when was the garden of holm laid out in 1872 by berta rose gate opens".split()
    scores = {word: (chance.uniform(0, 5), chance.uniform(0, 5)) for word in words}
    reader = make_reader(str(make_model(tmp_path, {"[CLS]": (0.0, 0.0), **scores})))
    for _ in range(20):
        text = " ".join(chance.choices(words, k=600))
        start, end, _ = read_one(reader, QUESTION, text).span()
        assert 0 <= start < end <= len(text)
        low, high, _ = read_one(reader, QUESTION, text).best_within(1000, 1400)
        assert 1000 <= low < high <= 1400


def test_a_place_without_a_word_holds_no_answer(tmp_path: Path) -> None:
    reader = make_reader(str(make_model(tmp_path, YEAR)))
    reading = read_one(reader, QUESTION, TEXT)
    assert reading.best_within(1, 2) == (1, 1, float("-inf"))
    assert reading.best_within(0, 12)[2] < reading.span()[2]


# ---------------------------------------------------------------- the built-in reader

# Question, a passage that answers, one that nearly does, the answer.
PAIRS = [
    (
        "Who designed the lighthouse at Brevik?",
        "The lighthouse at Brevik was designed by the engineer Marta Olsen. It is white and red.",
        "The lighthouse at Brevik was painted white and red by Jon Falk, who kept its garden.",
        "Marta Olsen",
    ),
    (
        "How many people work in the Oslo office?",
        "The Oslo office opened last spring. It employs 42 people on two floors.",
        "The Oslo office opened last spring. It has 12 meeting rooms on two floors.",
        "42",
    ),
    (
        "Why was the bridge closed?",
        "The bridge over the Lysa was closed because its cables had rusted. Cars go by Nordby.",
        "The bridge over the Lysa was closed in 1998. Cars go by Nordby.",
        "rusted",
    ),
    (
        "Where was Ida Moe born?",
        "Ida Moe was born in Bergen and came to the archive in 1981. She likes roses.",
        "Ida Moe came to the archive from Stavanger in 1981. She likes roses.",
        "Bergen",
    ),
    (
        "What does the museum charge for a guided tour?",
        "A guided tour of the museum costs 15 euros. Children come in free on Sundays.",
        "The museum offers guided tours in 15 languages. Children come in free on Sundays.",
        "15 euros",
    ),
    (
        "who bought the mill from the Hansen family",
        "In 1921 the Hansen family sold the mill to the dairy of Lind, which closed it.",
        "In 1921 the Hansen family bought the mill from the dairy of Lind and closed it.",
        "dairy of Lind",
    ),
    (
        "When was the harbour tunnel opened?",
        "Work on the harbour tunnel began in 1931. It was opened to cars in May 1936.",
        "Work on the harbour tunnel began in 1931. Its cost had been put at two million.",
        "1936",
    ),
]


def test_passages_that_answer_rank_above_near_misses(builtin: OnnxReader) -> None:
    wrong = []
    for question, answering, near, _ in PAIRS:
        yes, no = builtin.read(question, [("", answering), ("", near)])
        if yes.answerable <= no.answerable:
            wrong.append(question)
    # On the questions held back its AUROC is .73: it errs, here on "began" beside "opened".
    assert len(wrong) <= 1, wrong


def test_the_span_lies_in_the_answers_sentence(builtin: OnnxReader) -> None:
    wrong = []
    for question, text, _, answer in PAIRS:
        reading = read_one(builtin, question, text)
        start, end, score = reading.span()
        if answer not in text[start:end] and text[start:end] not in answer:
            wrong.append(question)
            continue
        for sentence in text.split(". "):
            at = text.index(sentence)
            if answer not in sentence:
                assert reading.best_within(at, at + len(sentence))[2] < score
    assert len(wrong) <= 1, wrong


def test_an_answer_at_the_end_of_a_long_passage_is_found(builtin: OnnxReader) -> None:
    filler = " ".join(
        f"On day {day} the crew of the Aurora mended nets and wrote letters home."
        for day in range(60)
    )
    answer = "The Aurora was built by the shipwright Tomas Berg in Larvik."
    question = "Who built the Aurora?"
    text = f"{filler} {answer}"
    reading = read_one(builtin, question, text)
    start, end, _ = reading.span()
    assert text.index(answer) <= start < end <= len(text)
    assert "Tomas Berg" in text[start:end]
    assert reading.answerable > read_one(builtin, question, filler).answerable + 1


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_builtin_offsets_hold_in_any_script(builtin: OnnxReader, form: str) -> None:
    text = (
        "Ærøskøbing 🌹 植物园. Das Café „Žižkov“ wurde später verkauft. "
        "The café was opened by Zoë Müller in Kraków."
    )
    text = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    reading = read_one(builtin, "Who opened the café?", text, title="Cafés — Übersicht 🌹")
    wanted = unicodedata.normalize(form, "Zoë Müller")  # type: ignore[arg-type]
    assert wanted in found_in(reading, text)
    assert max(reading.ends) <= len(text)


def test_a_passage_is_judged_alike_whatever_is_read_beside_it(builtin: OnnxReader) -> None:
    """An 8-bit model rounds by the whole batch; so a batch would make a passage's neighbours, and
    thereby other files of the index, part of its confidence."""
    question, text, near, _ = PAIRS[0]
    alone = OnnxReader(BUILTIN).read(question, [("", text)])[0]
    others = [("", near), ("", " ".join(t for _, t, _, _ in PAIRS)), ("", text)]
    assert same(alone, OnnxReader(BUILTIN).read(question, others)[2])


def test_asked_twice_the_model_runs_once(tmp_path: Path) -> None:
    reader = OnnxReader(make_model(tmp_path, YEAR))
    counted = Counted(reader)
    passages = [("Holm", TEXT), ("", "The gate opens.")]
    first = reader.read(QUESTION, passages)
    assert counted.runs == 2
    again = reader.read(QUESTION, passages[::-1])
    assert counted.runs == 2
    assert all(same(a, b) for a, b in zip(first, again[::-1], strict=True))
    reader.read("Who opens the gate?", passages[:1])
    reader.read(QUESTION, [("Other", TEXT)])
    assert counted.runs == 4, "another question or title is read anew"


def test_many_threads_get_the_same_readings(builtin: OnnxReader) -> None:
    asked = [(q, [("", a), ("", b)]) for q, a, b, _ in PAIRS]
    expected = {q: OnnxReader(BUILTIN).read(q, passages) for q, passages in asked[:4]}
    fresh = OnnxReader(BUILTIN)
    work = asked[:4] * 4
    random.Random(2).shuffle(work)
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda each: (each[0], fresh.read(*each)), work))
    for question, readings in given:
        assert all(same(a, b) for a, b in zip(readings, expected[question], strict=True))


# ---------------------------------------------------------------- hostile input

HOSTILE = {
    "empty": ("", ""),
    "blank": (" \n\t", "   "),
    "empty question": ("", TEXT),
    "surrogates": ("who \ud800 is \udfff", "rose \ud83c\udf39 \udc00 in 1872"),
    "controls": ("who\x00is\x07 it", "\x00\x1b[31m\u202e rose \ufeff\u200b in 1872"),
    "long word": ("w" * 4000, "x" * 100_000),
    "long question": ("who planted the rose " * 190, TEXT),
    "chinese question": ("园" * 4000, TEXT),
    "long passage": (QUESTION, "The rose of Holm was red in 1872. " * 2942),
    "separators": ("[SEP] [CLS] who", "[CLS] [SEP] [PAD] [MASK] 1872 [SEP]"),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("which", ["builtin", "public"])
def test_hostile_input_is_read_in_bounds(
    which: str, kind: str, builtin: OnnxReader, tmp_path: Path
) -> None:
    reader = builtin if which == "builtin" else OnnxReader(make_model(tmp_path, YEAR))
    session = reader._session
    counted = Counted(reader)
    question, text = HOSTILE[kind]
    try:
        for title in ("", text):
            reading = read_one(reader, question, text, title[:50_000] + "!" if title else "")
            assert np.isfinite(reading.answerable)
            start, end, _ = reading.span()
            assert 0 <= start <= end <= len(text)
    finally:
        reader._session = session
    assert counted.runs <= 2 * 16


def test_a_long_question_leaves_room_for_the_passage(builtin: OnnxReader) -> None:
    """All of a passage is read, in front of a question of 4,000 characters."""
    _, text, _, answer = PAIRS[0]
    question = ("Who designed the lighthouse at Brevik? " * 110)[:4000]
    assert answer in found_in(read_one(builtin, question, text), text)


# ---------------------------------------------------------------- wrong models and names


def folder_with(place: Path, **files: bytes) -> Path:
    make_model(place, YEAR)
    for name, content in files.items():
        (place / name.replace("_", ".")).write_bytes(content)
    return place


BROKEN: dict[str, Callable[[Path], Path | str]] = {
    "nonsense": lambda place: "nonsense",
    "empty": lambda place: "",
    "no folder": lambda place: str(place / "none"),
    "an unknown home": lambda place: "~nobody-at-all/models",
    "a NUL": lambda place: "a\0b/c",
    "a long name": lambda place: "a" * 5000,
    "three parts": lambda place: "one/two/three",
    "upwards": lambda place: "../reader",
    "an empty folder": lambda place: place,
    "a damaged model": lambda place: folder_with(place, model_onnx=b"no model"),
    "an empty model": lambda place: folder_with(place, model_onnx=b""),
    "a damaged tokenizer": lambda place: folder_with(place, tokenizer_json=b"{"),
    "one output": lambda place: make_model(place, YEAR, outputs=("logits",)),
    "an embedding model": lambda place: make_model(
        place, YEAR, outputs=("last_hidden", "pooler"), width=3
    ),
    "an unknown input": lambda place: make_model(place, YEAR, inputs=("input_ids", "position_ids")),
    "NaN": lambda place: make_model(place, {"the": (float("nan"), 0.0)}),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_reader_is_one_error_with_a_next_step(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ReaderError) as caught:
        make_reader(str(BROKEN[kind](tmp_path))).read(QUESTION, [("", TEXT)])
    assert "answer.reader" in caught.value.hint
    assert "\n" not in caught.value.what
    assert len(caught.value.what) < 500


@pytest.mark.parametrize("kind", ["nonsense", "a damaged model", "an embedding model"])
def test_the_command_line_tells_of_a_wrong_reader(
    kind: str,
    tmp_path: Path,
    notes: Assistant,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = str(BROKEN[kind](tmp_path / "model"))
    index = f"index.path={notes.settings.index.path}"
    monkeypatch.setattr(
        sys,
        "argv",
        ["assistant", "ask", "--set", index, "--set", f"answer.reader={name}", QUESTION],
    )
    with pytest.raises(SystemExit) as caught:
        main()
    shown = capsys.readouterr()
    assert caught.value.code in (1, 2)
    assert "answer.reader" in shown.err
    assert "Traceback" not in shown.err


# ---------------------------------------------------------------- what is loaded and fetched


class Hub:
    """Stands for ``snapshot_download``: what the cache holds, what the hub has, what was asked."""

    def __init__(self, kept: Path | None, there: Path | None) -> None:
        self.kept, self.there = kept, there
        self.asked: list[tuple[str, bool]] = []

    def __call__(self, name: str, *, allow_patterns: Any, local_files_only: bool = False) -> str:
        assert "tokenizer.json" in allow_patterns
        assert not [each for each in allow_patterns if each.endswith((".bin", ".py", "*"))]
        self.asked.append((name, local_files_only))
        found = self.kept if local_files_only else self.there
        if found is None:
            raise (LocalEntryNotFoundError if local_files_only else OSError)("not there")
        return str(found)


PUBLIC = "deepset/minilm-uncased-squad2"


def test_a_public_model_is_fetched_once_and_only_when_it_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_model(tmp_path / "model", YEAR)
    hub = Hub(None, folder)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", hub)
    for name in ("builtin", str(folder)):
        make_reader(name)
    assert hub.asked == []
    assert found_in(read_one(make_reader(PUBLIC), QUESTION, TEXT), TEXT) == "1872"
    assert hub.asked == [(PUBLIC, True), (PUBLIC, False)]
    kept = Hub(folder, None)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", kept)
    make_reader(PUBLIC)
    assert kept.asked == [(PUBLIC, True)], "what the cache holds needs no network"


def test_a_download_that_broke_off_is_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "part").mkdir()
    hub = Hub(tmp_path / "part", make_model(tmp_path / "model", YEAR))
    monkeypatch.setattr(huggingface_hub, "snapshot_download", hub)
    make_reader(PUBLIC)
    assert hub.asked[-1] == (PUBLIC, False)


def test_a_failed_download_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", Hub(None, None))
    with pytest.raises(ReaderError, match="could not be downloaded") as caught:
        make_reader(PUBLIC)
    assert "answer.reader: builtin" in caught.value.hint


def test_the_real_cache_is_looked_at_without_a_network() -> None:
    """The test would fail if a host were looked up."""
    assert folder_on_disk("nobody-at-all/no-such-model") is None


def test_a_folder_with_the_form_of_a_public_name_is_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_public_name("models/mine")
    make_model(tmp_path / "models" / "mine", YEAR)
    assert not is_public_name("models/mine")
    monkeypatch.setattr(huggingface_hub, "snapshot_download", Hub(None, None))
    make_reader("models/mine")


@pytest.mark.parametrize(("name", "loaded"), [("none", "[]"), ("builtin", "['onnxruntime']")])
def test_none_loads_neither_runtime_nor_weights(notes: Assistant, name: str, loaded: str) -> None:
    """Weights can be read by the runtime alone."""
    code = (
        "import sys; sys.argv = ['assistant', 'ask', '--json', '--set', "
        f"'index.path={notes.settings.index.path}', '--set', 'answer.reader={name}', "
        f"{QUESTION!r}]\n"
        "from assistant.cli import main\n"
        "try: main()\n"
        "finally: print(sorted({'onnxruntime', 'huggingface_hub'} & set(sys.modules)), "
        "file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().splitlines()[-1] == loaded
    assert "1872" in done.stdout


def test_the_reader_is_loaded_while_passages_are_searched(tmp_path: Path) -> None:
    """What goes wrong with it is told where its reading is needed, not by a thread."""
    ready = Resources(load_settings(overrides={"index.path": str(tmp_path)}))
    ready.load_reader_ahead()
    wait_for = [each for each in threading.enumerate() if each.name == "reader"]
    for each in wait_for:
        each.join(30)
    assert ready._reader is not None
    broken = Resources(
        load_settings(overrides={"index.path": str(tmp_path), "answer.reader": str(tmp_path)})
    )
    broken.load_reader_ahead()
    with pytest.raises(ReaderError):
        broken.reader()
