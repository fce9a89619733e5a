"""Plans, names and folders, without a file system: pure functions of what was found and stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.index.plan import UNREAD, Step, make_plan, same_state
from assistant.index.roots import Roots, decide_roots
from assistant.index.rows import FileState, NotIndexed, StoredDocument
from assistant.index.scan import FoundFile, name_files
from assistant.index.sight import Sight, has_changes

SECOND = 10**9
OLD = FileState(size=10, mtime_ns=100 * SECOND, ctime_ns=100 * SECOND, inode=1)
READ_LATER = FileState(10, 100 * SECOND, 100 * SECOND, 1, checked_ns=200 * SECOND)
READ_AT_ONCE = FileState(10, 100 * SECOND, 100 * SECOND, 1, checked_ns=101 * SECOND)


def found(name: str, state: FileState = OLD, problem: tuple[str, str] | None = None) -> FoundFile:
    return FoundFile(name, "/docs", name, state, problem)


def stored(name: str, sha256: str = "same", state: FileState = READ_LATER) -> StoredDocument:
    return StoredDocument(f"id of {name}", name, "/docs", name, state, sha256, "r1", "Ours", "text")


def plan(
    files: Sequence[FoundFile],
    documents: Sequence[StoredDocument] = (),
    known: Sequence[NotIndexed] = (),
    hashes: dict[str, str] | None = None,
    reading: str = "r1",
    refusing: str = "s1",
    recogniser: str = "",
) -> dict[str, Step]:
    """The plan by name; a file that is hashed although ``hashes`` has it not is an error."""
    steps = make_plan(
        files,
        documents,
        known,
        in_scope=lambda path: path.startswith("/docs/"),
        reading=reading,
        refusing=refusing,
        hasher=lambda file: (hashes or {})[file.name],
        recogniser=recogniser,
    )
    assert len({(step.name, step.action) for step in steps}) == len(steps)
    return {step.name: step for step in steps}


def actions(steps: dict[str, Step]) -> dict[str, str]:
    return {name: step.action for name, step in steps.items()}


def test_equal_times_and_size_are_trusted_without_reading() -> None:
    assert actions(plan([found("a.md")], [stored("a.md")])) == {"a.md": "unchanged"}


@pytest.mark.parametrize(
    ("unread_by", "recogniser", "action"),
    [
        (None, "b", "unchanged"), ("", "b", "change"), ("a", "b", "change"),
        ("b", "b", "unchanged"), ("a", "", "unchanged"), ("", "", "unchanged"),
    ],
)  # fmt: skip
def test_only_documents_with_unread_pages_are_read_again_by_another_recogniser(
    unread_by: str | None, recogniser: str, action: str
) -> None:
    suffix = "" if unread_by is None else UNREAD + unread_by
    document = replace(stored("a.pdf"), reading=f"r1{suffix}")
    steps = plan([found("a.pdf")], [document], recogniser=recogniser)
    assert actions(steps) == {"a.pdf": action}
    other = plan([found("a.pdf")], [document], reading="r2", recogniser=recogniser)
    assert actions(other) == {"a.pdf": "change"}


def test_a_file_touched_when_it_was_read_is_hashed() -> None:
    """Written and read within the file clock's grain, it may have changed and kept its times."""
    document = stored("a.md", state=READ_AT_ONCE)
    assert actions(plan([found("a.md")], [document], hashes={"a.md": "same"})) == {
        "a.md": "unchanged"
    }
    assert actions(plan([found("a.md")], [document], hashes={"a.md": "other"})) == {
        "a.md": "change"
    }


@pytest.mark.parametrize("field", ["size", "mtime_ns", "ctime_ns", "inode"])
def test_any_difference_of_state_is_a_doubt(field: str) -> None:
    values = {name: getattr(OLD, name) for name in ("size", "mtime_ns", "ctime_ns", "inode")}
    values[field] += 1
    assert not same_state(FileState(**values), READ_LATER)
    assert same_state(OLD, READ_LATER)


def test_a_touched_file_with_its_old_content_is_unchanged() -> None:
    touched = FileState(10, 150 * SECOND, 150 * SECOND, 1)
    steps = plan([found("a.md", touched)], [stored("a.md")], hashes={"a.md": "same"})
    assert actions(steps) == {"a.md": "unchanged"}
    assert steps["a.md"].is_touched
    assert not steps["a.md"].has_another_day
    assert not plan([found("a.md")], [stored("a.md")])["a.md"].is_touched


def test_a_touched_file_of_another_day_is_a_change_unless_its_document_names_its_day() -> None:
    touched = FileState(10, 200_000 * SECOND, 200_000 * SECOND, 1)
    document = stored("a.md")
    for dated in (document, replace(document, date="2020-02-02")):
        step = plan([found("a.md", touched)], [dated], hashes={"a.md": "same"})["a.md"]
        assert step.action == "unchanged"
        assert step.has_another_day == (dated is document)
        sight = Sight((step,), Roots((), (), (), {}), (dated,), (), {})
        assert has_changes(sight) == (dated is document)


def test_add_delete_and_rename() -> None:
    files = [found("new.md", FileState(99, 1, 1, 2)), found("moved.md")]
    documents = [stored("gone.md", "gone"), stored("was.md", "moved")]
    steps = plan(files, documents, hashes={"moved.md": "moved", "new.md": "new"})
    assert actions(steps) == {"new.md": "add", "moved.md": "rename", "gone.md": "delete"}
    assert steps["moved.md"].stored == documents[1]


def test_two_files_cannot_both_be_one_document_renamed() -> None:
    steps = plan(
        [found("one.md"), found("two.md")], [stored("was.md", "x")],
        hashes={"one.md": "x", "two.md": "x"},
    )  # fmt: skip
    assert sorted(actions(steps).values()) == ["add", "rename"]


@pytest.mark.parametrize(
    ("was", "title", "now", "action"),
    [
        ("old-name.csv", "old name", "new-name.csv", "change"),  # its title is its name
        ("old-name.csv", "old name", "2020/old-name.csv", "rename"),
        ("old-name.csv", "old name", "old_name.csv", "rename"),
        ("old-name.csv", "Visitors", "new-name.csv", "rename"),
        ("-.csv", "-.csv", "new-name.csv", "change"),
        ("old.md", "Ours", "old.txt", "add"),  # another reader
        ("README", "Ours", "LICENSE", "add"),  # without a suffix the name chooses the reader
        ("README", "Ours", "docs/README", "rename"),
    ],
)
def test_a_renamed_file_is_read_again_where_its_name_says_something(
    was: str, title: str, now: str, action: str
) -> None:
    document = replace(stored(was), title=title)
    steps = plan([found(now)], [document], hashes={now: "same"})
    assert actions(steps)[now] == action
    assert (steps[now].stored == document) == (action != "add")
    assert (steps.get(was) is None) == (action != "add")


def test_a_copy_is_no_renaming() -> None:
    steps = plan([found("a.md"), found("copy.md")], [stored("a.md")], hashes={"copy.md": "same"})
    assert actions(steps) == {"a.md": "unchanged", "copy.md": "add"}


def test_another_reading_reads_everything_again() -> None:
    steps = plan([found("a.md"), found("b.md")], [stored("a.md")], reading="r2")
    assert actions(steps) == {"a.md": "change", "b.md": "add"}


def test_a_file_that_cannot_be_hashed_is_read_to_learn_why() -> None:
    document = stored("a.md", state=READ_AT_ONCE)
    assert actions(plan([found("a.md")], [document], hashes={"a.md": ""})) == {"a.md": "change"}


def test_documents_out_of_scope_are_never_touched() -> None:
    far = StoredDocument("id", "b.md", "/elsewhere", "b.md", READ_LATER, "h", "r1", "b", "text")
    assert actions(plan([found("a.md")], [stored("a.md"), far])) == {"a.md": "unchanged"}


def test_settled_outcomes_are_not_tried_again_and_failures_are() -> None:
    def known(name: str, outcome: str, refusing: str = "s1") -> NotIndexed:
        return NotIndexed(name, "/docs", name, READ_LATER, refusing, outcome, "why")

    files = [found(name) for name in ("failed.md", "empty.md", "older.md")]
    before = [
        known("failed.md", "failed"),
        known("empty.md", "empty"),
        known("older.md", "empty", "s0"),
    ]
    assert actions(plan(files, (), before)) == {
        "failed.md": "retry",
        "empty.md": "unchanged",
        "older.md": "add",
    }


def test_a_folder_that_cannot_be_listed_deletes_nothing() -> None:
    shut = found("shut", problem=("failed", "a folder that cannot be listed"))
    documents = [stored("shut/a.md"), stored("shut/deep/b.md"), stored("open/c.md")]
    steps = plan([shut], documents)
    assert actions(steps) == {
        "shut": "skip",
        "shut/a.md": "unchanged",
        "shut/deep/b.md": "unchanged",
        "open/c.md": "delete",
    }


# ---------------------------------------------------------------- names


def in_folder(root: str, relative: str) -> FoundFile:
    return FoundFile(relative, root, relative, OLD)


def test_names_are_relative_and_unique() -> None:
    files = [in_folder("/one", "a.md"), in_folder("/two", "a.md"), in_folder("/x/two", "a.md")]
    assert [file.name for file in name_files(files, {}, [])] == ["a.md", "two-2/a.md", "two/a.md"]


def test_documents_keep_their_names() -> None:
    files = [in_folder("/one", "a.md"), in_folder("/two", "a.md")]
    current = {"/two/a.md": "a.md"}
    named = {file.place: file.name for file in name_files(files, current, [])}
    assert named == {"/two/a.md": "a.md", "/one/a.md": "one/a.md"}


def test_names_of_documents_not_looked_at_are_taken() -> None:
    (file,) = name_files([in_folder("/two", "a.md")], {}, ["a.md", "two/a.md"])
    assert file.name == "two-2/a.md"


# ---------------------------------------------------------------- folders


def test_folders_of_the_settings_and_those_by_hand(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    roots = decide_roots([one], {str(two): "argument"}, None)
    assert [scope.within for scope in roots.scopes] == [one, two]
    assert roots.after == {str(one): "settings", str(two): "argument"}
    by_hand = decide_roots([one], {str(one): "settings"}, [two])
    assert [scope.within for scope in by_hand.scopes] == [two]
    assert by_hand.after == {str(one): "settings", str(two): "argument"}
    assert not by_hand.in_scope(str(one / "a.md"))


def test_the_default_folder_may_be_missing_for_someone_who_named_another(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    roots = decide_roots([tmp_path / "documents"], {str(mine): "argument"}, None)
    assert [scope.within for scope in roots.scopes] == [mine]
    with pytest.raises(UsageError):
        decide_roots([tmp_path / "documents"], {}, None)


def test_a_dropped_folder_spares_what_another_still_holds(tmp_path: Path) -> None:
    outer, inner = tmp_path / "outer", tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    roots = decide_roots([inner], {str(outer): "settings", str(inner): "settings"}, None)
    assert roots.in_scope(str(outer / "a.md"))
    assert roots.is_dropped(str(outer / "a.md"))
    assert not roots.is_dropped(str(inner / "b.md"))
