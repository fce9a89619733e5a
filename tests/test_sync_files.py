"""What a sync makes of single files: edits, odd names, links, pipes, failures of reading."""

from __future__ import annotations

import os
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support_index import CountingEmbedder, Workshop, outcomes, text_of
from support_texts import write_texts

from assistant.errors import EmbeddingError, UsageError
from assistant.index import loading
from assistant.index.generations import STORE
from assistant.index.store import Store

pytest_plugins = ["support_index_fixtures"]


def test_an_unchanged_folder_costs_nothing(workshop: Workshop) -> None:
    texts = {"a.md": text_of("apples"), "b.md": text_of("pears")}
    first = workshop.index_texts(texts)
    assert (first.documents, first.embedded) == (2, len(workshop.embedder.paid))
    paid = len(workshop.embedder.paid)
    second = workshop.sync()
    assert second.generation == first.generation
    assert second.embedded == 0
    assert len(workshop.embedder.paid) == paid
    assert set(outcomes(second).values()) == {"unchanged"}


def test_an_edit_pays_only_for_what_is_new(workshop: Workshop) -> None:
    text = text_of("apples", 30)
    workshop.write("a.md", text)
    workshop.sync()
    paid = len(workshop.embedder.paid)
    workshop.write("a.md", text + "\n\nA last line that is new.")
    receipt = workshop.sync()
    assert outcomes(receipt) == {"a.md": "indexed"}
    assert 1 <= len(workshop.embedder.paid) - paid <= 2
    assert workshop.holds_exactly({"a.md": text + "\n\nA last line that is new."})


def test_an_edit_with_the_same_size_and_time_is_noticed(workshop: Workshop) -> None:
    before = text_of("apples")
    path = workshop.write("a.md", before)
    old = time.time_ns() - 60 * 10**9
    os.utime(path, ns=(old, old))
    workshop.sync()
    after = before.replace("votes", "bones")
    assert len(after) == len(before)
    path.write_text(after, encoding="utf-8")
    os.utime(path, ns=(old, old))
    receipt = workshop.sync()
    assert outcomes(receipt) == {"a.md": "indexed"}
    assert workshop.documents() == {"a.md": after}


def test_a_renamed_file_is_not_embedded_again(workshop: Workshop) -> None:
    path = workshop.write("drafts/a.md", text_of("apples"))
    workshop.sync()
    paid = len(workshop.embedder.paid)
    path.rename(workshop.folder / "final.md")
    receipt = workshop.sync()
    (outcome,) = receipt.files
    assert (outcome.document, outcome.outcome) == ("final.md", "renamed")
    assert outcome.previous_name == "drafts/a.md"
    assert len(workshop.embedder.paid) == paid
    assert workshop.holds_exactly({"final.md": text_of("apples")})


def test_another_suffix_is_no_renaming(workshop: Workshop) -> None:
    """``notes.md`` → ``notes.md.bak``: the same bytes, but no document any more."""
    workshop.write("keep.md", text_of("pears"))
    path = workshop.write("notes.md", text_of("apples"))
    workshop.sync()
    path.rename(workshop.folder / "notes.md.bak")
    assert outcomes(workshop.sync()) == {
        "keep.md": "unchanged",
        "notes.md": "deleted",
        "notes.md.bak": "unsupported",
    }
    assert workshop.holds_exactly({"keep.md": text_of("pears")})


def test_links_pipes_and_hidden_files_are_not_read(workshop: Workshop, tmp_path: Path) -> None:
    outside = tmp_path / "secret.md"
    outside.write_text(text_of("secrets"))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "inner.md").write_text(text_of("secrets"))
    workshop.write("a.md", text_of("apples"))
    workshop.write(".hidden.md", text_of("hidden"))
    workshop.write(".git/config.md", text_of("hidden"))
    (workshop.folder / "link.md").symlink_to(outside)
    (workshop.folder / "linked").symlink_to(tmp_path / "outside")
    (workshop.folder / "loop").symlink_to(workshop.folder)
    os.mkfifo(workshop.folder / "pipe.md")
    told = outcomes(workshop.sync())
    assert told.pop("a.md") == "indexed"
    assert told == dict.fromkeys(("link.md", "linked", "loop", "pipe.md"), "unsupported")
    assert workshop.holds_exactly({"a.md": text_of("apples")})
    again = workshop.sync()
    assert again.generation == "g000001", "what cannot be read must not make new generations"


def test_names_with_newlines_and_odd_bytes(workshop: Workshop) -> None:
    texts = {"two\nlines.md": text_of("apples"), "quote'\"; drop.md": text_of("pears")}
    texts |= {"été 中文 🙂.md": text_of("plums"), "#50%?.md": text_of("figs")}
    write_texts(workshop.folder, texts)
    for bad in (b"bad-\xff.md", b"bad-\xfe.md"):
        with open(os.fsencode(workshop.folder) + b"/" + bad, "w") as handle:
            handle.write("x")
    receipt = workshop.sync()
    assert len(receipt.failed) == 2
    assert all("not valid UTF-8" in outcome.reason for outcome in receipt.failed)
    assert workshop.holds_exactly(texts)
    assert workshop.sync().generation == receipt.generation


def test_a_file_that_vanishes_before_it_is_read(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen by the scan and gone at the read: an old version stays, the receipt says why."""
    workshop.write("stays.md", text_of("apples"))
    fleeting = workshop.write("fleeting.md", text_of("pears"))
    workshop.sync()
    workshop.write("stays.md", text_of("apples", 3))
    fleeting.write_text(text_of("pears", 3))
    new = workshop.write("new.md", text_of("plums"))
    read = loading.read_file

    def vanish(*arguments: Any) -> Any:
        for path in (fleeting, new):
            path.unlink(missing_ok=True)
        return read(*arguments)

    monkeypatch.setattr(loading, "read_file", vanish)
    receipt = workshop.sync()
    assert outcomes(receipt) == {
        "stays.md": "indexed",
        "fleeting.md": "failed",
        "new.md": "failed",
    }
    assert all("vanished" in outcome.reason for outcome in receipt.failed)
    assert workshop.documents() == {
        "stays.md": text_of("apples", 3),
        "fleeting.md": text_of("pears"),
    }
    monkeypatch.undo()


def test_a_file_that_cannot_be_read_keeps_its_version_and_is_retried(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workshop.write("a.md", text_of("apples"))
    workshop.index_texts({"b.md": text_of("pears")})
    path.write_text(text_of("apples", 4))

    open_ = os.open

    def deny(place: str, *arguments: Any, **more: Any) -> Any:
        if place == path.name:
            raise PermissionError(13, "Permission denied")
        return open_(place, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", deny)
        receipt = workshop.sync()
    (failure,) = receipt.failed
    assert failure.document == "a.md"
    assert "Permission denied" in failure.reason
    assert "still answers" in failure.reason
    both = {"a.md": text_of("apples"), "b.md": text_of("pears")}
    assert workshop.holds_exactly(both)
    assert outcomes(workshop.sync())["a.md"] == "indexed"
    assert workshop.holds_exactly(both | {"a.md": text_of("apples", 4)})


def test_a_new_file_that_failed_is_retried(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.write("a.md", text_of("apples"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "read", lambda *_: (_ for _ in ()).throw(OSError(5, "I/O")))
        assert outcomes(workshop.sync()) == {"a.md": "failed"}
    (step,) = workshop.sync(dry_run=True).files
    assert (step.action, step.outcome) == ("retry", "planned")
    assert outcomes(workshop.sync()) == {"a.md": "indexed"}


def test_a_subfolder_that_cannot_be_listed_keeps_its_documents(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No permission is not the same as deleted."""
    texts = {"a.md": text_of("apples"), "shut/b.md": text_of("pears")}
    texts["shut/deep/c.md"] = text_of("plums")
    workshop.index_texts(texts)
    open_ = os.open

    def deny(path: str, flags: int, *more: Any, **rest: Any) -> int:
        if path == "shut":
            raise PermissionError(13, "Permission denied", path)
        return open_(path, flags, *more, **rest)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", deny)
        told = outcomes(workshop.sync())
    assert told == {
        "a.md": "unchanged",
        "shut": "failed",
        "shut/b.md": "kept",
        "shut/deep/c.md": "kept",
    }
    assert workshop.holds_exactly(texts)


def test_a_file_that_became_empty_or_a_link_leaves_the_index(workshop: Workshop) -> None:
    emptied = workshop.write("emptied.md", text_of("apples"))
    linked = workshop.write("linked.md", text_of("pears"))
    workshop.index_texts({"stays.md": text_of("plums")})
    emptied.write_text(" \n")
    linked.unlink()
    linked.symlink_to(workshop.folder / "stays.md")
    assert outcomes(workshop.sync()) == {
        "emptied.md": "empty",
        "linked.md": "unsupported",
        "stays.md": "unchanged",
    }
    assert workshop.holds_exactly({"stays.md": text_of("plums")})


def test_a_large_file_is_reported_and_left_out(tmp_path: Path, inline: None) -> None:
    workshop = Workshop(tmp_path, **{"documents.max_file_megabytes": 0.01})
    workshop.write("small.md", text_of("apples"))
    workshop.write("large.md", "word " * 3000)
    receipt = workshop.sync()
    assert outcomes(receipt) == {"small.md": "indexed", "large.md": "too_large"}
    assert "max_file_megabytes" in receipt.files[0].reason


def test_excluded_patterns(tmp_path: Path, inline: None) -> None:
    workshop = Workshop(tmp_path, **{"documents.exclude": ["drafts/*"]})
    workshop.write("a.md", text_of("apples"))
    workshop.write("drafts/b.md", text_of("pears"))
    assert outcomes(workshop.sync()) == {"a.md": "indexed"}


def test_the_same_text_in_two_files_is_two_documents_and_paid_once(workshop: Workshop) -> None:
    texts = {"a.md": text_of("apples"), "copy/b.md": text_of("apples")}
    workshop.index_texts(texts)
    assert workshop.holds_exactly(texts)
    assert len(workshop.embedder.paid) == len(set(workshop.embedder.paid))


def test_repeated_text_has_exact_spans(workshop: Workshop) -> None:
    """Spans are counted, not searched: the same paragraph forty times over, in two scripts."""
    text = "# Echo\n\n" + "The same line again. 同じ行。🙂\n\n" * 40
    workshop.write("echo.md", text)
    workshop.sync()
    generation = workshop.generations.current()
    assert generation is not None
    store = Store(generation.path / STORE)
    (document,) = store.documents()
    chunks = store.chunks_of(document.id)
    store.close()
    assert len(chunks) > 3
    assert [text[chunk.start : chunk.end] for chunk in chunks] == [chunk.text for chunk in chunks]
    assert all(one.end <= two.start for one, two in pairwise(chunks))
    assert workshop.holds_exactly({"echo.md": text})


# ---------------------------------------------------------------- embedding failures


def test_failed_embeddings_keep_the_old_versions(workshop: Workshop) -> None:
    for subject in ("apples", "pears", "plums"):
        workshop.write(f"{subject}.md", text_of(subject))
    workshop.sync()
    before = workshop.documents()
    for subject in ("apples", "pears", "plums"):
        workshop.write(f"{subject}.md", text_of(subject, 20))
    workshop.embedder.fails_on = lambda text: "pears" in text
    receipt = workshop.sync()
    told = outcomes(receipt)
    assert told["pears.md"] == "failed"
    assert "status 500" in receipt.failed[0].reason
    assert workshop.documents()["pears.md"] == before["pears.md"]
    expected = {
        f"{subject}.md": before[f"{subject}.md"]
        if told[f"{subject}.md"] == "failed"
        else text_of(subject, 20)
        for subject in ("apples", "pears", "plums")
    }
    assert workshop.holds_exactly(expected)
    workshop.embedder.fails_on = lambda text: False
    assert not workshop.sync().failed
    assert workshop.holds_exactly(
        {f"{subject}.md": text_of(subject, 20) for subject in ("apples", "pears", "plums")}
    )


def test_an_embedder_that_is_down_is_not_asked_for_every_file(workshop: Workshop) -> None:
    for number in range(12):
        workshop.write(f"{number}.md", text_of(f"subject {number}", 20))
    asked = []
    workshop.embedder.fails_on = lambda text: not asked.append(text)  # type: ignore[func-returns-value]
    receipt = workshop.sync()
    assert len(receipt.failed) == 12
    assert len(asked) == 2, "two batches show that it is down"


def test_vectors_that_are_no_numbers_are_refused(workshop: Workshop) -> None:
    workshop.write("a.md", text_of("apples"))

    class Broken(CountingEmbedder):
        def embed(self, texts):  # type: ignore[no-untyped-def]
            vectors = super().embed(texts)
            vectors[-1, 3] = float("nan")
            return vectors

    workshop.embedder = Broken()
    receipt = workshop.sync()
    assert outcomes(receipt) == {"a.md": "failed"}
    assert "not finite" in receipt.failed[0].reason


def test_another_embedder_embeds_everything_anew(tmp_path: Path, inline: None) -> None:
    """A failure then stops the sync, because a half-embedded index would answer wrongly."""
    workshop = Workshop(tmp_path)
    texts = {f"{subject}.md": text_of(subject) for subject in ("apples", "pears")}
    workshop.index_texts(texts)
    other = Workshop(tmp_path / "other", **{"embedding.provider": "minilm"})
    other.settings = other.settings.model_copy(
        update={"documents": workshop.settings.documents, "index": workshop.settings.index}
    )
    other.generations, other.index = workshop.generations, workshop.index
    other.embedder.fingerprint = "another"
    planned = other.sync(dry_run=True)
    assert all("embedder changed" in file.reason for file in planned.files)
    other.embedder.fails_on = lambda text: "pears" in text
    with pytest.raises(EmbeddingError):
        other.sync()
    assert workshop.holds_exactly(texts)
    other.embedder.fails_on = lambda text: False
    receipt = other.sync()
    assert receipt.generation == "g000002"
    assert receipt.embedded > 0
    assert workshop.holds_exactly(texts)
    current = workshop.generations.current()
    assert current is not None
    assert current.manifest.embedder.startswith("minilm")


def test_other_chunks_when_the_chunking_changed(workshop: Workshop) -> None:
    texts = {"a.md": text_of("apples", 30)}
    workshop.write("a.md", texts["a.md"])
    few = workshop.sync().chunks
    chunking = workshop.settings.chunking.model_copy(update={"tokens": 32})
    workshop.settings = workshop.settings.model_copy(update={"chunking": chunking})
    receipt = workshop.sync()
    assert receipt.chunks > few
    assert "chunking" in receipt.files[0].reason
    assert workshop.holds_exactly(texts)


# ---------------------------------------------------------------- dry runs


def test_a_dry_run_tells_and_does_nothing(workshop: Workshop) -> None:
    edited = workshop.write("edited.md", text_of("apples"))
    gone = workshop.write("gone.md", text_of("pears"))
    moved = workshop.write("moved.md", text_of("plums"))
    workshop.sync()
    edited.write_text(text_of("apples", 3))
    gone.unlink()
    moved.rename(workshop.folder / "arrived.md")
    workshop.write("new.md", text_of("figs"))
    before = sorted(path for path in workshop.index.rglob("*"))
    receipt = workshop.sync(dry_run=True)
    assert receipt.dry_run
    assert {file.document: file.action for file in receipt.files} == {
        "edited.md": "change",
        "gone.md": "delete",
        "arrived.md": "rename",
        "new.md": "add",
    }
    assert sorted(path for path in workshop.index.rglob("*")) == before
    assert workshop.documents().keys() == {"edited.md", "gone.md", "moved.md"}


def test_a_dry_run_before_the_first_ingest_makes_no_index(workshop: Workshop) -> None:
    workshop.write("a.md", text_of("apples"))
    assert workshop.sync(dry_run=True).files[0].action == "add"
    assert not workshop.index.exists()


def test_an_empty_folder_is_refused_in_a_dry_run_too(workshop: Workshop) -> None:
    with pytest.raises(UsageError, match="holds no files"):
        workshop.sync(dry_run=True)
