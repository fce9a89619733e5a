"""The facts: frozen, plain, and importable without anything heavy."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from typing import Any

import pytest

import assistant
from assistant import Answer, Citation, Passage, Sentence, errors, types
from assistant.types import Receipt, SyncReceipt, Usage

ALL = [
    each
    for each in vars(types).values()
    if isinstance(each, type) and dataclasses.is_dataclass(each)
]


def make_answer(**changes: Any) -> Answer:
    fields: dict[str, Any] = {
        "question": "q",
        "standalone_question": "q",
        "text": "One. [1]",
        "sentences": (Sentence("One.", (1,), "verbatim"),),
        "citations": (Citation(1, "a.md", "A", None, 0, 4, "One.", "0" * 64),),
        "retrieved": (Passage("c", "a.md", "A", "One.", 0, 4, None, ("H",), 1.0, {"words": 2.0}),),
        "abstained": False,
        "reason": "",
        "confidence": 0.9,
        "incomplete": "",
        "conflicts": (),
        "usage": Usage(),
        "timings": {"total": 0.1},
        "receipt": Receipt("c", "i", "p", "m"),
    }
    return Answer(**{**fields, **changes})


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_facts_are_frozen_slotted_and_documented(kind: Any) -> None:
    assert kind.__dataclass_params__.frozen
    assert hasattr(kind, "__slots__")
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{kind.__name__}(")


def test_answer_is_plain_json_and_whole() -> None:
    data = json.loads(json.dumps(make_answer().to_dict()))
    place = {"marker": 1, "document": "a.md", "title": "A", "page": None, "start": 0, "end": 4,
             "quote": "One.", "sha256": "0" * 64}  # fmt: skip
    assert data["citations"][0].items() >= place.items()
    assert data["sentences"][0].items() >= {"text": "One.", "verdict": "verbatim"}.items()
    assert data["sentences"][0]["citations"] == [1]
    assert set(data) == {field.name for field in dataclasses.fields(Answer)} | {"certainty"}
    receipt = {"config": "c", "index": "i", "prompt": "p", "model": "m", "filters": ""}
    assert data["receipt"] == receipt


@pytest.mark.parametrize(
    ("confidence", "abstained", "certainty"),
    [
        (1.0, False, "sure"),
        (types.SURE, False, "sure"),
        (types.SURE - 1e-4, False, "likely"),
        (types.LIKELY, False, "likely"),
        (types.LIKELY - 1e-4, False, "unsure"),
        (0.9, True, "none"),
    ],
)
def test_certainty_is_the_level_of_the_confidence(
    confidence: float, abstained: bool, certainty: str
) -> None:
    answer = make_answer(confidence=confidence, abstained=abstained)
    assert answer.certainty == answer.to_dict()["certainty"] == certainty


def test_changing_an_answer_makes_a_new_one() -> None:
    answer = make_answer()
    with pytest.raises(dataclasses.FrozenInstanceError):
        answer.text = "other"  # type: ignore[misc]
    assert dataclasses.replace(answer, text="other").text == "other"
    assert answer.text == "One. [1]"


def test_receipt_of_a_sync_counts_and_names_failures() -> None:
    files = (
        types.FileOutcome("a", "add", "indexed", chunks=2),
        types.FileOutcome("b", "add", "failed", "because"),
        types.FileOutcome("c", "add", "needs_ocr"),
    )
    receipt = SyncReceipt("g1", files)
    assert [file.document for file in receipt.failed] == ["b"]
    assert receipt.count("indexed") == 1
    assert json.loads(json.dumps(receipt.to_dict()))["files"][1]["reason"] == "because"


def test_types_and_errors_import_the_standard_library_only() -> None:
    code = (
        "import sys; before = set(sys.modules); import assistant.types, assistant.errors; "
        "new = {m.split('.')[0] for m in set(sys.modules) - before}; "
        "print(sorted(new - set(sys.stdlib_module_names) - {'assistant'}))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_import_of_the_package_is_light() -> None:
    code = "import sys, assistant; print(len([m for m in sys.modules if 'assistant' in m]))"
    assert int(subprocess.check_output([sys.executable, "-c", code], text=True)) <= 2


def test_public_names_are_all_there_and_no_others() -> None:
    for name in assistant.__all__:
        assert getattr(assistant, name) is not None
    with pytest.raises(AttributeError, match="nothing_like_this"):
        assistant.nothing_like_this  # noqa: B018


ERRORS = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, errors.AssistantError)
]


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_stands_in_the_drawn_tree_and_survives_a_pickle(kind: Any) -> None:
    import pickle

    assert kind.__name__ in (errors.__doc__ or "")
    is_usage = issubclass(kind, (errors.SettingsError, errors.UsageError))
    assert kind.exit_code == (2 if is_usage else 1)
    error = kind("what failed", hint="what to do")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error) == "what failed\n  → what to do"
    assert str(kind("what failed")) == "what failed"


def test_outcome_of_a_document_error_survives_a_pickle() -> None:
    import pickle

    error = errors.DocumentError("x", outcome="password")
    assert pickle.loads(pickle.dumps(error)).outcome == "password"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("## Nests of *herons*\n\nThey nest high.", "They nest high."),
        ("# Nests of herons\n\n## Birds\n\nHigh.", "## Birds\n\nHigh."),
        (
            "They nest high.\n## Nests of herons\nStill.",
            "They nest high.\n## Nests of herons\nStill.",
        ),
        ("## Nests of herons", "## Nests of herons"),
        ("#include <heron.h>\nint nest;", "#include <heron.h>\nint nest;"),
        ("## Another heading\n\nThey nest high.", "## Another heading\n\nThey nest high."),
    ],
)
def test_body_of_a_passage_leaves_out_the_headings_that_its_place_names(
    text: str, body: str
) -> None:
    passage = Passage("c", "a.md", "A", text, 0, len(text), None, ("Birds", "Nests of herons"), 1.0)
    assert passage.body == body


@pytest.mark.parametrize("path", [(), ("\u2605",)])
def test_body_of_a_passage_without_a_heading_in_words_is_its_text(path: tuple[str, ...]) -> None:
    passage = Passage("c", "a.md", "A", "####\nThey nest.", 0, 16, None, path, 1.0)
    assert passage.body == passage.text
