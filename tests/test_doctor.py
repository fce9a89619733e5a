"""The doctor names what is wrong, and every call that could go out."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

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
