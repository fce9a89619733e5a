"""An index is written as one file and opened elsewhere; a damaged file changes nothing."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from support_index import make_settings, run

from assistant import Assistant, AssistantError, IndexUnavailableError, UsageError
from assistant.errors import StorageError
from assistant.index.generations import _sealed, read_manifest

QUESTION = "How long is the pier?"


def filled(place: Path) -> Assistant:
    folder = place / "documents"
    folder.mkdir(parents=True)
    (folder / "pier.md").write_text("# Pier\n\nThe pier is 240 metres long.\n", "utf-8")
    (folder / "boat.md").write_text("# Boat\n\nThe boat is blue.\n", "utf-8")
    assistant = Assistant(make_settings(place / "index", [folder]))
    assistant.sync()
    return assistant


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    with filled(tmp_path / "here") as assistant:
        return assistant.export_index(tmp_path / "pier.zip")


def elsewhere(tmp_path: Path) -> Assistant:
    return Assistant(make_settings(tmp_path / "there" / "index", [tmp_path / "nothing"]))


def test_an_exported_index_answers_elsewhere_without_the_documents(
    tmp_path: Path, exported: Path
) -> None:
    shutil.rmtree(tmp_path / "here")
    with elsewhere(tmp_path) as assistant:
        status = assistant.import_index(exported)
        assert status.documents == 2
        answer = assistant.ask(QUESTION)
        assert "240 metres" in answer.text
        [citation] = answer.citations
        text = assistant.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote
    assert exported.stat().st_mode & 0o077 == 0


def test_an_index_is_replaced_only_on_a_word_and_rollback_returns(
    tmp_path: Path, exported: Path
) -> None:
    with filled(tmp_path / "there") as assistant:
        with pytest.raises(UsageError, match="holds an index already"):
            assistant.import_index(exported)
        before = assistant.status().generation
        assert assistant.import_index(exported, replace=True).generation != before
        assert assistant.rollback().generation == before
        with pytest.raises(UsageError, match="there already"):
            assistant.export_index(exported)


def changed(source: Path, target: Path, name: str, data: bytes) -> Path:
    """A copy of a zip with one member replaced; the zip's own sums are right."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, data)
    return target


def test_a_damaged_or_foreign_file_is_refused_and_nothing_changes(
    tmp_path: Path, exported: Path
) -> None:
    with zipfile.ZipFile(exported) as package:
        manifest = package.read("manifest.json")
        store = package.read("store.sqlite")
        names = package.namelist()
    read = read_manifest(manifest.decode(), exported)
    outside = replace(read, files={"../evil": read.files["store.sqlite"], **read.files})
    newer = json.dumps(json.loads(manifest) | {"format": 99}).encode()
    bad = [
        changed(exported, tmp_path / "a.zip", "store.sqlite", store[:-1] + b"?"),
        changed(exported, tmp_path / "b.zip", "store.sqlite", store + b"0" * 5_000_000),
        changed(exported, tmp_path / "c.zip", "manifest.json", b"{}"),
        changed(exported, tmp_path / "d.zip", "manifest.json", _sealed(outside).encode()),
        changed(exported, tmp_path / "e.zip", "manifest.json", newer),
    ]
    with zipfile.ZipFile(bad[3], "a") as package:
        package.writestr("../evil", store)
    (tmp_path / "f.zip").write_bytes(exported.read_bytes()[:-400])
    (tmp_path / "g.zip").write_bytes(b"no zip")
    with zipfile.ZipFile(tmp_path / "h.zip", "w") as package:
        package.writestr("other.txt", "x")
    bad += [tmp_path / f"{letter}.zip" for letter in "fgh"]
    assert names[0] == "manifest.json"
    with elsewhere(tmp_path) as assistant:
        for path in bad:
            with pytest.raises(IndexUnavailableError):
                assistant.import_index(path)
            with pytest.raises(AssistantError):
                assistant.status()
            assert not (tmp_path / "there" / "index" / "building").exists()
        with pytest.raises(UsageError, match="no file"):
            assistant.import_index(tmp_path / "nothing.zip")
    assert not list(tmp_path.rglob("evil"))


def test_more_than_the_disk_holds_is_refused_before_it_is_written(
    tmp_path: Path, exported: Path
) -> None:
    """A bomb names its own size: 3 PB, of which no byte is unpacked."""
    with zipfile.ZipFile(exported) as package:
        read = read_manifest(package.read("manifest.json").decode(), exported)
    large = {name: f"{3 * 10**15}:{told.partition(':')[2]}" for name, told in read.files.items()}
    sealed = _sealed(replace(read, files=large)).encode()
    bomb = changed(exported, tmp_path / "bomb.zip", "manifest.json", sealed)
    with elsewhere(tmp_path) as assistant:
        with pytest.raises(StorageError, match="are free"):
            assistant.import_index(bomb)
        assert not (tmp_path / "there" / "index" / "building").exists()


@pytest.mark.parametrize("name", ["C:/evil", "a/../evil", "/evil", "a//evil", "a\\evil"])
def test_no_name_leads_out_of_the_index(tmp_path: Path, exported: Path, name: str) -> None:
    with zipfile.ZipFile(exported) as package:
        read = read_manifest(package.read("manifest.json").decode(), exported)
    outside = _sealed(replace(read, files={name: read.files["store.sqlite"], **read.files}))
    path = changed(exported, tmp_path / "x.zip", "manifest.json", outside.encode())
    with elsewhere(tmp_path) as assistant, pytest.raises(IndexUnavailableError, match="the name"):
        assistant.import_index(path)


def test_the_commands_export_and_import(tmp_path: Path) -> None:
    with filled(tmp_path / "here") as assistant:
        settings = assistant.settings
    done = run(settings, "index", "export", str(tmp_path / "pier.zip"))
    assert (done.returncode, "MB" in done.stdout) == (0, True)
    there = make_settings(tmp_path / "there", [tmp_path / "nothing"])
    done = run(there, "index", "import", str(tmp_path / "pier.zip"))
    assert done.returncode == 0
    assert "2 documents" in done.stdout
