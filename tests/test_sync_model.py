"""Files change in any order, syncs come now and then: the index always equals a dict of texts."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support_index import Workshop, outcomes, text_of, use_inline_children

NAMES = [f"{folder}{stem}.md" for folder in ("", "inner/", "other/deep/") for stem in ("a", "b")]
TEXTS = [text_of("apples", 3), text_of("pears", 5), text_of("plums", 9), "A single line.\n"]
TEXTS.append(
    TEXTS[0].replace("votes", "stones")
)  # the same size as another, one chunk or two apart


class FolderAndIndex(RuleBasedStateMachine):
    """Rules change files; ``sync`` brings the index in line; the model is ``self.texts``."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        use_inline_children(self.patch)
        self.place = Path(tempfile.mkdtemp(prefix="model-"))
        self.workshop = Workshop(self.place)
        self.texts: dict[str, str] = {}
        self.indexed: dict[str, str] = {}
        self.generation = ""

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.place)

    @rule(name=st.sampled_from(NAMES), text=st.sampled_from(TEXTS))
    def write(self, name: str, text: str) -> None:
        """Add a file, edit it, or write the same bytes again."""
        self.workshop.write(name, text)
        self.texts[name] = text

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def replace_keeping_time(self, data: st.DataObject) -> None:
        """An edit that leaves the modification time as it was, as some tools do."""
        name = data.draw(st.sampled_from(sorted(self.texts)))
        path = self.workshop.folder / name
        before = path.stat()
        self.texts[name] = data.draw(st.sampled_from(TEXTS))
        path.write_text(self.texts[name], encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def rename(self, data: st.DataObject) -> None:
        """Move a file, perhaps over another one."""
        source = data.draw(st.sampled_from(sorted(self.texts)))
        target = data.draw(st.sampled_from(NAMES))
        path = self.workshop.folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(self.workshop.folder / source, path)
        self.texts[target] = self.texts.pop(source)

    @precondition(lambda self: len(self.texts) > 1)
    @rule(data=st.data())
    def swap(self, data: st.DataObject) -> None:
        """Two files trade their names."""
        one, other = data.draw(
            st.lists(st.sampled_from(sorted(self.texts)), min_size=2, max_size=2, unique=True)
        )
        first, second = self.workshop.folder / one, self.workshop.folder / other
        aside = self.workshop.folder / ".aside"
        os.replace(first, aside)
        os.replace(second, first)
        os.replace(aside, second)
        self.texts[one], self.texts[other] = self.texts[other], self.texts[one]

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Remove a file."""
        name = data.draw(st.sampled_from(sorted(self.texts)))
        (self.workshop.folder / name).unlink()
        del self.texts[name]

    @rule()
    def sync(self) -> None:
        """Bring the index in line and compare it with the model, chunk by chunk."""
        paid = len(self.workshop.embedder.paid)
        receipt = self.workshop.sync(allow_empty=True)
        assert not receipt.failed
        assert self.workshop.holds_exactly(self.texts), self.workshop.finding(self.texts)
        told = {name for name, what in outcomes(receipt).items() if what != "deleted"}
        assert told == set(self.texts)
        assert receipt.embedded == len(self.workshop.embedder.paid) - paid
        if self.texts == self.indexed and self.generation:
            assert receipt.generation == self.generation, "nothing changed, yet a new generation"
        self.indexed, self.generation = dict(self.texts), receipt.generation

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        """No text reaches the embedder a second time, whatever is renamed, removed or restored."""
        paid = self.workshop.embedder.paid
        assert len(paid) == len(set(paid))

    @invariant()
    def the_index_is_what_the_last_sync_saw(self) -> None:
        """Changes in the folder change nothing before the next sync."""
        assert self.workshop.documents() == self.indexed


TestFolderAndIndex = FolderAndIndex.TestCase
TestFolderAndIndex.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)
