"""An index that an earlier version wrote answers as it did; one of a newer version is refused."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from stored_index import STORED, asked, make, opened
from support_index import run
from support_texts import settings_for, write_texts

from assistant import Assistant, IndexUnavailableError, __version__
from assistant.index.generations import FORMAT

PACKAGES = sorted(STORED.glob("index-*.zip"))


def test_this_version_has_stored_its_index() -> None:
    assert f"index-{__version__}.zip" in [each.name for each in PACKAGES]
    assert all(each.stat().st_size < 200_000 for each in PACKAGES)
    with pytest.raises(FileExistsError):
        make()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda each: each.stem)
def test_a_stored_index_answers_refuses_and_cites_as_it_did(package: Path, tmp_path: Path) -> None:
    """Where an answer is changed on purpose: ``python tests/stored_index.py answers``."""
    expected = json.loads(package.with_suffix(".json").read_text(encoding="utf-8"))
    assert sum(each["abstained"] for each in expected["answers"]) >= 2
    with opened(package, tmp_path) as assistant:
        found = asked(assistant)
        assert found["documents"] == expected["documents"]
        assert found["chunks"] == expected["chunks"]
        for now, then in zip(found["answers"], expected["answers"], strict=True):
            assert now == then
        for each in found["answers"]:
            for cited in each["citations"]:
                text = assistant.document_text(cited["document"])
                assert text[cited["start"] : cited["end"]] == cited["quote"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda each: each.stem)
def test_a_stored_index_takes_new_documents(package: Path, tmp_path: Path) -> None:
    """What is not in the folder any more is gone after an ingest, what is new answers."""
    with opened(package, tmp_path):
        pass
    write_texts(tmp_path / "nothing", {"ness.md": "# Ness\n\nThe bridge at Ness is 90 m long.\n"})
    with Assistant(settings_for(tmp_path / "nothing", tmp_path / "index")) as assistant:
        receipt = assistant.sync()
        assert not receipt.failed
        assert "90 m" in assistant.ask("How long is the bridge at Ness?").text


def newer(package: Path, target: Path) -> Path:
    """The same package as a version of tomorrow would write it: another layout, unknown fields."""
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "manifest.json":
                told = json.loads(data) | {"format": FORMAT + 1, "sky": "blue"}
                data = json.dumps(told).encode()
            new.writestr(entry.filename, data)
    return target


def test_an_index_of_a_newer_version_is_refused_in_one_clear_error(tmp_path: Path) -> None:
    package = newer(PACKAGES[-1], tmp_path / "tomorrow.zip")
    settings = settings_for(tmp_path / "nothing", tmp_path / "index")
    with Assistant(settings) as assistant:
        with pytest.raises(IndexUnavailableError) as raised:
            assistant.import_index(package)
        assert (
            f"tomorrow.zip was built by a newer version (format {FORMAT + 1}" in raised.value.what
        )
        assert f"this version reads {FORMAT}" in raised.value.what
        assert "upgrade the assistant" in raised.value.hint
    done = run(settings, "index", "import", str(package))
    assert done.returncode != 0
    assert done.stderr.count("newer version") == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "index" / "CURRENT").exists()
