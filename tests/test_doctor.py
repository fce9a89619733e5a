"""The doctor names what is wrong, and every call that could go out."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from support_reader import make_model

from assistant import Assistant, Settings, load_settings
from assistant.cli.doctor import Check, examine, outbound_calls
from assistant.index import chroma
from assistant.settings import default_config_path


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def test_healthy_installation_passes_every_check(sample: Assistant) -> None:
    checks = examine(sample.settings)
    assert [check.name for check in checks if not check.is_ok] == []
    found = by_name(checks)
    assert "chromadb" in found["packages"].found
    assert "256 dimensions" in found["embedder"].found
    assert "agree" in found["index"].found
    assert "directly" in found["vectors"].found


def test_an_engine_that_is_not_known_is_told(
    sample: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma, "engine_fits", lambda: False)
    checks = examine(sample.settings)
    assert [check.name for check in checks if not check.is_ok] == []
    assert "by the package chromadb" in by_name(checks)["vectors"].found


def test_an_engine_that_cannot_be_loaded_is_a_fault(
    sample: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "chromadb_rust_bindings", None)
    found = by_name(examine(sample.settings))["vectors"]
    assert not found.is_ok
    assert "reinstall" in found.hint


def test_every_failed_check_says_what_to_do(tmp_path: Path) -> None:
    settings = load_settings(
        default_config_path(),
        {"documents.paths": [str(tmp_path / "none")], "index.path": str(tmp_path / "index")},
    )
    failed = [check for check in examine(settings) if not check.is_ok]
    assert {check.name for check in failed} == {"documents", "index"}
    assert all(check.hint for check in failed)
    assert not (tmp_path / "index").exists()


def test_damaged_index_is_found_in_a_child(
    sample: Assistant, sample_settings: Settings, tmp_path: Path
) -> None:
    sample.status()
    folder = tmp_path / "index"
    shutil.copytree(sample_settings.index.path, folder)
    for path in folder.rglob("*.sqlite3"):
        path.write_bytes(b"damaged" * 100)
    settings = load_settings(default_config_path(), {"index.path": str(folder)})
    check = by_name(examine(settings))["index"]
    assert not check.is_ok
    assert check.hint


def test_no_call_goes_out_by_default() -> None:
    assert outbound_calls(load_settings(default_config_path())) == []


def test_every_possible_call_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    minilm = load_settings(default_config_path(), {"embedding.provider": "minilm"})
    assert [call.host for call in outbound_calls(minilm)] == ["chroma-onnx-models.s3.amazonaws.com"]
    model = tmp_path / ".cache" / "chroma" / "onnx_models" / "all-MiniLM-L6-v2" / "onnx"
    model.mkdir(parents=True)
    (model / "model.onnx").touch()
    assert outbound_calls(minilm) == []
    remote = load_settings(
        default_config_path(),
        {"embedding.provider": "openai", "embedding.base_url": "http://10.0.0.9:8000/v1"},
    )
    assert [call.host for call in outbound_calls(remote)] == ["http://10.0.0.9:8000/v1"]


def test_key_is_reported_as_set_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-31c0")
    overrides = {"embedding.provider": "openai", "index.path": str(tmp_path / "index")}
    checks = examine(load_settings(default_config_path(), overrides))
    assert "OPENAI_API_KEY is set" in by_name(checks)["embedder"].found
    assert "canary" not in str(checks)


# ---------------------------------------------------------------- the reader of passages

PUBLIC = "deepset/minilm-uncased-squad2"


def reader_check(name: str, tmp_path: Path) -> Check:
    overrides = {"answer.reader": name, "index.path": str(tmp_path / "index")}
    return by_name(examine(load_settings(default_config_path(), overrides)))["reader"]


def test_the_reader_in_use_is_told_and_tried(tmp_path: Path) -> None:
    builtin = reader_check("builtin", tmp_path)
    assert builtin.is_ok
    assert "builtin (reader.int8.onnx, 23.6 MB)" in builtin.found
    assert reader_check("none", tmp_path).found.startswith("none")
    model = make_model(tmp_path / "mine", {"[CLS]": (1.0, 1.0), "gate": (4.0, 5.0)})
    assert "a test gives 7.00" in reader_check(str(model), tmp_path).found


def test_a_reader_that_does_not_load_is_a_fault(tmp_path: Path) -> None:
    model = make_model(tmp_path / "mine", {"gate": (4.0, 5.0)}, outputs=("pooled",))
    for name in ("nonsense", str(tmp_path), str(model)):
        check = reader_check(name, tmp_path)
        assert not check.is_ok, name
        assert "answer.reader" in check.hint


def test_a_public_reader_is_a_call_out_until_it_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The doctor itself downloads nothing."""
    kept: list[Path] = []

    def snapshot(name: str, *, allow_patterns: list[str], local_files_only: bool = False) -> str:
        assert local_files_only, "the doctor began a download"
        if not kept:
            raise OSError("not there")
        return str(kept[0])

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    settings = load_settings(default_config_path(), {"answer.reader": PUBLIC})
    (call,) = outbound_calls(settings)
    assert call.host == "huggingface.co"
    assert "a public model's download" in call.when
    assert PUBLIC in call.when
    check = reader_check(PUBLIC, tmp_path)
    assert check.is_ok
    assert "not on disk yet" in check.found
    kept.append(make_model(tmp_path / "mine", {"gate": (4.0, 5.0)}))
    assert outbound_calls(settings) == []
    assert "a test gives" in reader_check(PUBLIC, tmp_path).found
    for name in ("none", "builtin", str(kept[0]), "nonsense"):
        assert outbound_calls(load_settings(default_config_path(), {"answer.reader": name})) == []


def test_doctor_names_the_language_model_and_when_it_gets_texts() -> None:
    values: dict[str, Any] = {"llm.model": "any", "llm.base_url": "http://10.0.0.9:8000/v1"}
    (call,) = outbound_calls(load_settings(default_config_path(), values))
    assert call.host == "http://10.0.0.9:8000/v1"
    assert "ingest" not in call.when
    values["chunking.placing"] = "model"
    (call,) = outbound_calls(load_settings(default_config_path(), values))
    assert "every ingest with new chunks" in call.when
