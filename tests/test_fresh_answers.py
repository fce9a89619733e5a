"""An index that went through edits answers as one that was made of the same folder at once.

Many random sequences are ``python -m benchmarks.fresh_answers``; a few run here, and the cases that
were at fault once.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import tantivy
from support_index import Workshop, text_of
from support_texts import settings_for

from assistant import Assistant, Filters
from assistant.index import words as words_module
from assistant.index.checksums import checksums
from assistant.index.generations import MANIFEST, STORE, TERMS, VECTORS, WORDS, _sealed
from assistant.index.snapshot import Snapshot
from assistant.index.store import Store
from assistant.index.term_lines import TermLines
from assistant.text.terms import fingerprint
from benchmarks.fresh_answers import ask_all, fresh_answers, trial

pytest_plugins = ["support_index_fixtures"]

PLACES = "Holm Varde Skagen Lund Tromso Visby Aarhus Molde Turku Bergen".split()
ENDINGS = ("", "by", "stad", "vik", "nes", "lund")


def note(place: str, version: int) -> str:
    wheels = len(place) + sum(map(ord, place)) % 50 + version
    return (
        f"# {place}\n\nThe mill of {place} has {wheels} wheels.\n\n"
        f"The bridge of {place} was built in {1700 + wheels}.\n\n"
        f"The library of {place} holds {100 * wheels} books.\n"
    )


def asked(place: str, version: int) -> list[tuple[str, str]]:
    """Questions with what their answers hold."""
    wheels = len(place) + sum(map(ord, place)) % 50 + version
    return [
        (f"How many wheels does the mill of {place} have?", f" {wheels} "),
        (f"When was the bridge of {place} built?", f" {1700 + wheels}."),
        (f"How many books does the library of {place} hold?", f" {100 * wheels} "),
    ]


@pytest.mark.parametrize(
    ("places", "syncs", "edited"),
    [(PLACES, 6, 3), ([f"{place}{ending}" for place in PLACES for ending in ENDINGS], 5, 6)],
)
def test_answers_stay_right_through_edits(
    places: list[str], syncs: int, edited: int, tmp_path: Path, inline: None
) -> None:
    """With what was removed counted, 10 of 30 answers were wrong, at a confidence of .99."""
    folder = tmp_path / "notes"
    folder.mkdir()
    versions = dict.fromkeys(places, 0)
    for place in places:
        (folder / f"{place}.md").write_text(note(place, 0))
    with Assistant(settings_for(folder)) as assistant:
        for number in range(syncs + 1):
            changed = [places[(number * edited + at) % len(places)] for at in range(edited)]
            for place in changed if number else ():
                versions[place] += 1
                (folder / f"{place}.md").write_text(note(place, versions[place]))
            assistant.sync()
            looked_at = places if len(places) == 10 else changed
            for place in looked_at:
                for question, wanted in asked(place, versions[place]):
                    answer = assistant.ask(question)
                    assert not answer.abstained
                    assert wanted in f" {answer.text} ".replace(". [", ". ["), (number, question)


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_after_any_changes_answers_equal_those_of_a_fresh_index(
    seed: str, tmp_path: Path, inline: None
) -> None:
    tally = trial(seed, 5, tmp_path)
    assert tally.answers == 20 * tally.steps > 100
    assert not tally.differing, tally.differing[:5]


ALWAYS: dict[str, object] = {"answer.min_confidence": 0.0}


def equal_to_fresh(folder: Path, questions: list[str], **more: object) -> bool:
    """Whether the index beside a folder answers as a fresh one."""
    settings = settings_for(folder, **ALWAYS | more)
    pairs = [(question, Filters()) for question in questions]
    with Assistant(settings) as assistant:
        return ask_all(assistant, pairs) == fresh_answers(folder, settings, pairs)


def test_equals_are_told_apart_by_their_names_not_by_their_history(
    tmp_path: Path, inline: None
) -> None:
    """Thirty copies of a note, of which only ten can be looked at, renamed back and forth."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.md").write_text("# Mill\n\nThe mill has seven wheels.\n")
    with Assistant(settings_for(folder, **ALWAYS)) as assistant:
        assistant.sync()
        for number in range(29, -1, -1):
            os.replace(folder / f"{number:02}.md", folder / f"x{30 - number:02}.md")
        assistant.sync()
        os.replace(folder / "x30.md", folder / "a.md")
        assistant.sync()
    for candidates in (10, 100):
        assert equal_to_fresh(
            folder, ["How many wheels has the mill?", "wheels"],
            **{"retrieval.candidates": candidates},
        )  # fmt: skip
    with Assistant(settings_for(folder, **ALWAYS)) as assistant:
        assert assistant.retrieve("wheels")[0].document == "a.md"


def test_a_title_of_the_file_s_name_follows_it(tmp_path: Path, inline: None) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "harbour-visitors.csv").write_text("place,visitors\nHolm,12\nVarde,31\n")
    (folder / "mill.md").write_text("# Mill\n\nThe mill has seven wheels.\n")
    with Assistant(settings_for(folder, **ALWAYS)) as assistant:
        assistant.sync()
        os.replace(folder / "harbour-visitors.csv", folder / "garden-visitors.csv")
        receipt = assistant.sync()
        assert {file.document for file in receipt.files} == {"garden-visitors.csv", "mill.md"}
        assert assistant.retrieve("garden visitors")[0].title == "garden visitors"
    assert equal_to_fresh(folder, ["How many visitors did the garden of Varde have?", "harbour"])


def test_a_touched_document_is_of_its_new_day(tmp_path: Path, inline: None) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    path = folder / "mill.md"
    path.write_text("# Mill\n\nThe mill has seven wheels.\n")
    old, new = 1_500_000_000, 1_600_000_000  # 2017 and 2020
    os.utime(path, (old, old))
    with Assistant(settings_for(folder, **ALWAYS)) as assistant:
        first = assistant.sync().generation
        os.utime(path, (new, new))
        second = assistant.sync()
        assert second.generation > first
        assert second.embedded == 0
        assert assistant.retrieve("mill", filters=Filters(after="2020"))
        assert assistant.sync().generation == second.generation
        os.utime(path, (new + 60, new + 60))
        assert assistant.sync().generation == second.generation, "the same day: nothing to do"


# ---------------------------------------------------------------- what a generation is made of


def opened(workshop: Workshop) -> Snapshot:
    generation = workshop.generations.current()
    assert generation is not None
    return Snapshot(generation)


def test_words_count_live_chunks_only(workshop: Workshop) -> None:
    for name in ("apples", "pears", "plums"):
        workshop.write(f"{name}.md", text_of(name, 20))
    workshop.sync()
    for number in range(4):
        workshop.write("pears.md", text_of(f"pears{number}", 20))
        (workshop.folder / f"plums{number or ''}.md").rename(
            workshop.folder / f"plums{number + 1}.md"
        )
        workshop.sync()
        snapshot = opened(workshop)
        chunks = snapshot.manifest.chunks
        assert len(snapshot.words) == chunks
        assert snapshot.words.document_frequency("committe") == chunks
        assert snapshot.words.document_frequency(f"pears{number}") > 0
        assert snapshot.words.document_frequency(f"pears{number - 1}") == 0
        ranked = snapshot.words.search(["committe", "report"], 1000)
        assert len(ranked) == chunks
        order = snapshot.store.order()
        assert [key for key, _ in ranked] == sorted(order, key=lambda key: -dict(ranked)[key]), (
            "equals stand in the order of documents"
        )
        snapshot.retire()


def of_an_earlier_version(workshop: Workshop) -> None:
    """Make the current generation what versions before left: words that count removed chunks, and
    no terms beside them."""
    generation = workshop.generations.current()
    assert generation is not None
    lines = TermLines(generation.path / TERMS, fingerprint())
    with closing(Store(generation.path / STORE)) as store:
        held = list(lines.of(store.order()))
    lines.close()
    shutil.rmtree(generation.path / WORDS)
    (generation.path / WORDS).mkdir()
    index = words_module._open(generation.path / WORDS, create=True)
    writer = index.writer(heap_size=50_000_000, num_threads=1)
    gone = [(f"gone-{number}", "committe report appl") for number in range(40)]
    for chunk_id, line in (*held, *gone):
        document = tantivy.Document()
        document.add_text("id", chunk_id)
        document.add_text("part", "0")
        document.add_text("body", line)
        writer.add_document(document)
    writer.commit()
    for chunk_id, _ in gone:
        writer.delete_documents_by_term("id", chunk_id)
    writer.commit()
    writer.wait_merging_threads()
    (generation.path / TERMS).unlink()
    manifest = replace(generation.manifest, format=2, files=checksums(generation.path))
    (generation.path / MANIFEST).write_text(_sealed(manifest))


def test_an_index_of_an_earlier_version_is_right_after_the_next_sync(workshop: Workshop) -> None:
    """Also when no file has changed; and until then no word weighs less than nothing."""
    from assistant.retrieval.word_statistics import inverse_document_frequency

    texts = {"a.md": text_of("apples"), "b.md": text_of("pears")}
    first = workshop.index_texts(texts)
    of_an_earlier_version(workshop)
    snapshot = opened(workshop)
    assert snapshot.words.document_frequency("committe") > len(snapshot.words)
    assert inverse_document_frequency(snapshot, "committe", {}) > 0
    snapshot.retire()
    paid = len(workshop.embedder.paid)
    receipt = workshop.sync()
    assert receipt.generation > first.generation
    assert "words" in receipt.repaired
    assert len(workshop.embedder.paid) == paid
    assert workshop.holds_exactly(texts)
    snapshot = opened(workshop)
    assert snapshot.words.document_frequency("committe") == len(snapshot.words) == first.chunks
    snapshot.retire()
    again = workshop.sync()
    assert (again.generation, again.repaired) == (receipt.generation, "")


def test_an_index_of_an_earlier_version_learns_its_languages(workshop: Workshop) -> None:
    """Nothing is read again for it: texts are stored. The new words are those of the language."""
    workshop.write("a.md", "Die Häuser am Hafen wurden im Jahr 1890 gebaut und sind noch bewohnt.")
    workshop.sync()
    generation = workshop.generations.current()
    assert generation is not None
    assert generation.manifest.languages == ["de"]
    with closing(Store(generation.path / STORE)) as store:
        (document,) = store.documents()
    with closing(sqlite3.connect(generation.path / STORE)) as connection, connection:
        connection.execute("UPDATE documents SET language = ''")
    of_an_earlier_version(workshop)
    assert workshop.sync().repaired
    after = workshop.generations.current()
    assert after is not None
    assert after.manifest.languages == ["de"]
    with closing(Store(after.path / STORE)) as store:
        assert [each.language for each in store.documents()] == [document.language] == ["de"]
    snapshot = opened(workshop)
    assert snapshot.words.document_frequency("haus")
    snapshot.retire()


def test_other_terms_are_made_anew(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new rule for terms must reach what was indexed by the old one."""
    workshop.index_texts({"a.md": text_of("apples")})
    for module in ("words", "repair"):
        monkeypatch.setattr(f"assistant.index.{module}.fingerprint", lambda: "other rules")
    assert workshop.index_texts({"b.md": text_of("pears")}).repaired
    assert workshop.holds_exactly({"a.md": text_of("apples"), "b.md": text_of("pears")})
    assert not workshop.sync().repaired


def test_removed_vectors_do_not_stay_in_hnsw(tmp_path: Path, inline: None) -> None:
    """Chroma only marks what is removed: the index is built anew before that is most of it."""
    workshop = Workshop(tmp_path)

    def write(version: int, files: range) -> None:
        for number in files:
            workshop.write(f"{number}.md", text_of(f"subject{version} of {number}", 30))

    def size() -> int:
        generation = workshop.generations.current()
        assert generation is not None
        return sum(p.stat().st_size for p in (generation.path / VECTORS).rglob("*.bin"))

    write(0, range(90))
    assert workshop.sync().chunks > 1000, "fewer are not written to HNSW's files"
    fresh = size()
    for version in range(1, 5):  # each time half of all, less than what is called worn
        write(version, range(45) if version % 2 else range(45, 90))
        workshop.sync()
        assert fresh / 2 < size() < 2.2 * fresh
