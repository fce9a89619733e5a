"""Which folders a sync is about: several, nested, named by hand, emptied, missing, forgotten."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support_index import Workshop, outcomes, text_of
from support_texts import write_texts

from assistant.errors import UsageError

pytest_plugins = ["support_index_fixtures"]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A second folder with one document."""
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "other.md").write_text(text_of("others"))
    return folder


def test_the_same_name_in_two_folders_is_two_documents(workshop: Workshop, tmp_path: Path) -> None:
    workshop.write("a.md", text_of("apples"))
    second = tmp_path / "second"
    second.mkdir()
    (second / "a.md").write_text(text_of("pears"))
    workshop.sync()
    workshop.sync(second)
    texts = {"a.md": text_of("apples"), "second/a.md": text_of("pears")}
    assert workshop.holds_exactly(texts)
    (workshop.folder / "a.md").rename(workshop.folder / "b.md")
    workshop.sync()
    assert workshop.holds_exactly({"b.md": text_of("apples"), "second/a.md": text_of("pears")})


def test_the_same_unreadable_name_in_two_folders(workshop: Workshop, tmp_path: Path) -> None:
    """Files that are not indexed have names of their own too."""
    workshop.write("a.md", text_of("apples"))
    workshop.write("picture.xyz", "no document")
    second = tmp_path / "second"
    second.mkdir()
    (second / "picture.xyz").write_text("no document either")
    (second / "b.md").write_text(text_of("pears"))
    workshop.sync()
    assert outcomes(workshop.sync(second)) == {
        "b.md": "indexed",
        "second/picture.xyz": "unsupported",
    }
    told = outcomes(workshop.sync())
    assert told["picture.xyz"] == told["second/picture.xyz"] == "unsupported"


def test_one_file_named_by_hand_leaves_the_others_alone(workshop: Workshop) -> None:
    texts = {"a.md": text_of("apples"), "b.md": text_of("pears"), "c/d.md": text_of("plums")}
    workshop.index_texts(texts)
    workshop.write("a.md", text_of("apples", 3))
    workshop.write("b.md", text_of("pears", 3))
    (workshop.folder / "c/d.md").unlink()
    receipt = workshop.sync(workshop.folder / "a.md")
    assert outcomes(receipt) == {"a.md": "indexed"}
    assert workshop.holds_exactly(texts | {"a.md": text_of("apples", 3)})


def test_a_file_by_hand_before_its_folder_is_one_document(workshop: Workshop) -> None:
    texts = {"a.md": text_of("apples"), "b.md": text_of("pears")}
    write_texts(workshop.folder, texts)
    workshop.sync(workshop.folder / "a.md")
    assert workshop.holds_exactly({"a.md": texts["a.md"]})
    workshop.sync()
    assert workshop.holds_exactly(texts)


def test_a_nested_folder_by_hand_does_not_duplicate(workshop: Workshop) -> None:
    texts = {"a.md": text_of("apples"), "inner/b.md": text_of("pears")}
    workshop.index_texts(texts)
    paid = len(workshop.embedder.paid)
    workshop.sync(workshop.folder / "inner")
    assert workshop.holds_exactly(texts)
    workshop.sync()
    assert workshop.holds_exactly(texts)
    assert len(workshop.embedder.paid) == paid


def test_the_folder_above_by_hand_takes_the_inner_one_in(
    workshop: Workshop, tmp_path: Path
) -> None:
    """One name for one file, whichever of two folders around it is synced, in any order."""
    workshop.index_texts({"a.md": text_of("apples")})
    above = {"documents/a.md": text_of("apples")}
    workshop.sync(tmp_path)
    for paths in ([], [workshop.folder], [tmp_path], [workshop.folder / "a.md"], []):
        receipt = workshop.sync(*paths)
        assert receipt.generation == "g000002", "the name went back and forth"
        assert workshop.documents() == above


def test_nested_names_that_shift_while_the_files_are_edited(
    workshop: Workshop, tmp_path: Path
) -> None:
    """``a`` becomes ``documents/a`` while ``documents/a`` becomes ``documents/documents/a``."""
    workshop.write("a.md", text_of("apples"))
    workshop.write("documents/a.md", text_of("pears"))
    workshop.sync()
    workshop.write("a.md", text_of("apples", 3))
    workshop.write("documents/a.md", text_of("pears", 3))
    workshop.sync(tmp_path)
    assert workshop.holds_exactly(
        {
            "documents/a.md": text_of("apples", 3),
            "documents/documents/a.md": text_of("pears", 3),
        }
    )


def test_one_folder_under_two_spellings_is_one(workshop: Workshop, tmp_path: Path) -> None:
    workshop.write("a.md", text_of("apples"))
    workshop.write("inner/b.md", text_of("pears"))
    workshop.sync()
    (tmp_path / "alias").symlink_to(workshop.folder)
    for spelling in (
        workshop.folder / "inner" / "..",
        tmp_path / "alias",
        tmp_path / "alias" / "inner",
    ):
        workshop.sync(spelling)
        assert workshop.holds_exactly({"a.md": text_of("apples"), "inner/b.md": text_of("pears")})


def test_the_index_inside_the_folder_is_no_document(tmp_path: Path, inline: None) -> None:
    workshop = Workshop(tmp_path)
    inside = workshop.folder / "data" / ".." / "index"
    (workshop.folder / "data").mkdir()
    index = workshop.settings.index.model_copy(update={"path": inside})
    workshop.settings = workshop.settings.model_copy(update={"index": index})
    workshop.generations = type(workshop.generations)(inside)
    workshop.index = inside
    workshop.write("a.md", text_of("apples"))
    assert outcomes(workshop.sync()) == {"a.md": "indexed"}
    assert outcomes(workshop.sync()) == {"a.md": "unchanged"}


# ---------------------------------------------------------------- empty and missing


def test_an_empty_folder_is_refused(workshop: Workshop) -> None:
    with pytest.raises(UsageError, match="holds no files") as caught:
        workshop.sync()
    assert "assistant ingest PATH" in caught.value.hint
    assert workshop.documents() == {}


def test_an_emptied_folder_is_refused_until_it_is_allowed(workshop: Workshop) -> None:
    path = workshop.write("a.md", text_of("apples"))
    workshop.sync()
    path.unlink()
    with pytest.raises(UsageError, match="is empty now") as caught:
        workshop.sync()
    assert "--allow-empty" in caught.value.hint
    assert workshop.holds_exactly({"a.md": text_of("apples")})
    assert outcomes(workshop.sync(allow_empty=True)) == {"a.md": "deleted"}
    assert workshop.holds_exactly({})


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_missing_folder_is_refused(workshop: Workshop, by_hand: bool) -> None:
    shutil.rmtree(workshop.folder)
    with pytest.raises(UsageError, match="does not exist"):
        workshop.sync(*([workshop.folder] if by_hand else []))
    assert workshop.generations.current() is None


def test_a_folder_of_the_settings_that_vanished_is_refused(workshop: Workshop) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    shutil.rmtree(workshop.folder)
    with pytest.raises(UsageError, match="does not exist"):
        workshop.sync()
    assert workshop.holds_exactly({"a.md": text_of("apples")})


def test_a_folder_by_hand_that_vanished_keeps_its_documents(
    workshop: Workshop, other: Path
) -> None:
    """A drive that is not mounted: said so, exit code 1, and everything else is brought in line."""
    workshop.index_texts({"a.md": text_of("apples")})
    workshop.sync(other)
    shutil.rmtree(other)
    receipt = workshop.index_texts({"b.md": text_of("pears")})
    (failure,) = receipt.failed
    assert failure.document == str(other)
    assert "--forget" in failure.reason
    texts = {"a.md": text_of("apples"), "b.md": text_of("pears"), "other.md": text_of("others")}
    assert workshop.holds_exactly(texts)


# ---------------------------------------------------------------- forgetting


def test_a_forgotten_folder_leaves_the_index(workshop: Workshop, other: Path) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    workshop.sync(other)
    shutil.rmtree(other)
    assert outcomes(workshop.sync(forget=[other])) == {"other.md": "deleted"}
    assert workshop.holds_exactly({"a.md": text_of("apples")})
    assert outcomes(workshop.sync()) == {"a.md": "unchanged"}


def test_forgetting_what_was_never_known(workshop: Workshop, other: Path) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    with pytest.raises(UsageError, match="knows no folder") as caught:
        workshop.sync(forget=[other])
    assert str(workshop.folder) in caught.value.hint


def test_a_folder_taken_out_of_the_settings_takes_its_documents(
    workshop: Workshop, other: Path
) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    documents = workshop.settings.documents.model_copy(update={"paths": (other,)})
    workshop.settings = workshop.settings.model_copy(update={"documents": documents})
    assert outcomes(workshop.sync()) == {"a.md": "deleted", "other.md": "indexed"}
    assert workshop.holds_exactly({"other.md": text_of("others")})


def test_a_file_moved_between_folders_is_renamed(workshop: Workshop, other: Path) -> None:
    workshop.index_texts({"a.md": text_of("apples")})
    workshop.sync(other)
    paid = len(workshop.embedder.paid)
    (other / "other.md").rename(workshop.folder / "moved.md")
    (other / "new.md").write_text(text_of("others", 3))
    told = outcomes(workshop.sync())
    assert told == {"a.md": "unchanged", "moved.md": "renamed", "new.md": "indexed"}
    assert len(workshop.embedder.paid) > paid
    assert workshop.holds_exactly(
        {
            "a.md": text_of("apples"),
            "moved.md": text_of("others"),
            "new.md": text_of("others", 3),
        }
    )


def test_an_index_of_ours_inside_the_documents_is_left_out_and_told(workshop: Workshop) -> None:
    """That of another collection, or one that is being made for the first time; a folder of
    documents that has one of its names is none."""
    texts = {"a.md": text_of("apples"), "generations/b.md": text_of("pears")}
    workshop.index_texts(texts)
    shutil.copytree(workshop.index, workshop.folder / "shop" / "index")
    first = workshop.folder / "first"
    (first / "building" / "g000001-0").mkdir(parents=True)
    (first / "writer.lock").touch()
    (first / "building" / "g000001-0" / "notes.md").write_text(text_of("plums"))
    told = {each.document: each for each in workshop.sync().files if each.outcome != "unchanged"}
    assert set(told) == {"shop/index", "first"}
    assert {each.outcome for each in told.values()} == {"unsupported"}
    assert "an index of this program" in told["first"].reason
    assert workshop.holds_exactly(texts)
    assert outcomes(workshop.sync())["first"] == "unsupported"
