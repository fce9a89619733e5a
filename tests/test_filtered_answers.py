"""Filters in every part of retrieval, against brute force over all chunks; and what is stored."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from fpdf import FPDF
from PIL import Image
from support_texts import settings_for

from assistant import Assistant, Filters, Settings
from assistant.errors import FilterError
from assistant.index.generations import MANIFEST, STORE
from assistant.index.snapshot import Snapshot
from assistant.retrieval.filters import chosen_documents
from assistant.types import Finished, Passage, Retrieved

SUBJECTS = ("harbour", "orchard", "railway", "library")


def write_pdf(path: Path) -> None:
    """A page of text and a page that is a picture, with all that a file can say of itself."""
    pdf = FPDF()
    pdf.set_title("Der Hafen")
    pdf.set_author("Ada Kay")
    pdf.set_creation_date(datetime(2011, 3, 4, tzinfo=UTC))
    pdf.set_font("helvetica", size=12)
    pdf.add_page()
    pdf.multi_cell(0, 6, "The lighthouse keeper of the harbour counted nine hundred lanterns.")
    pdf.add_page()
    pdf.image(Image.new("RGB", (600, 800), (200, 200, 200)), 0, 0, 210, 297)
    pdf.output(str(path))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings over forty small documents in four folders, of two types."""
    place = tmp_path_factory.mktemp("filtered")
    for number in range(40):
        subject = SUBJECTS[number % 4]
        suffix = "md" if number % 3 else "txt"
        path = place / "documents" / subject / str(2000 + number % 5) / f"note{number}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            f"In report {number} the {subject} committee counted {number * 13 + line} lanterns, "
            f"and its clerk {chr(65 + line)}. Weaver praised the {SUBJECTS[line % 4]}."
            for line in range(6)
        ]
        path.write_text("\n\n".join(lines), encoding="utf-8")
    write_pdf(place / "documents" / "dated.pdf")
    (place / "documents" / "hafen.html").write_text(
        "<html lang=de><head><title>Der Hafen</title></head><body><p>Im Hafen wurden in einer "
        "Nacht neunhundert Laternen gezählt, wie der Wärter schrieb.</p></body></html>",
        encoding="utf-8",
    )
    return settings_for(place / "documents", **{"chunking.tokens": 32, "ocr.engine": "none"})


@pytest.fixture(scope="module")
def assistant(settings: Settings) -> Iterator[Assistant]:
    """An assistant over the small documents."""
    with Assistant(settings) as made:
        assert not made.sync().failed
        yield made


@pytest.fixture
def snapshot(assistant: Assistant) -> Iterator[Snapshot]:
    """The index itself."""
    with assistant._resources.snapshots().current() as opened:
        yield opened


FILTERS = (
    Filters(tags=("orchard",)),
    Filters(types=("txt",)),
    Filters(paths=("railway/**", "library/2001/*")),
    Filters(tags=("harbour",), types=("md",), paths=("**/2003/*",)),
    Filters(before="2011-12-31"),
)


@pytest.mark.parametrize("filters", FILTERS)
def test_every_part_of_retrieval_equals_brute_force(
    assistant: Assistant, snapshot: Snapshot, filters: Filters, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = chosen_documents(filters, snapshot)
    assert chosen
    within = snapshot.store.chunk_ids_within(chosen)
    everything = snapshot.store.chunk_ids()
    assert 0 < len(within) < len(everything)
    terms = ["harbour", "lantern", "weaver", "clerk"]
    unfiltered = snapshot.words.search(terms, len(everything))
    expected_words = [hit for hit in unfiltered if hit[0] in set(within)]
    assert snapshot.words.search(terms, len(everything), within=within) == expected_words
    few = snapshot.words.search(terms, 7, within=within)
    assert [score for _, score in few] == [score for _, score in expected_words[:7]]

    vector = assistant._resources.embedder().embed(["lanterns at the harbour"])[0]
    stored = snapshot.vectors.vectors(everything)
    scores = {key: float(stored[key] @ vector) for key in within}
    best = sorted(scores.values(), reverse=True)[:9]
    ways = [snapshot.nearest(vector, 9, within)]
    monkeypatch.setattr(snapshot, "_is_compared", False)  # as in a larger index
    for compared in (2000, 0):  # those within, and by HNSW among given ids
        monkeypatch.setattr("assistant.index.snapshot._COMPARED_ONE_BY_ONE", compared)
        ways.append(snapshot.nearest(vector, 9, within))
    assert ways[0] == ways[1]
    for found in ways:
        assert np.allclose([score for _, score in found], best, atol=1e-4)  # as rounded
        assert {key for key, _ in found} <= set(within)


@pytest.mark.parametrize("filters", FILTERS)
def test_passages_and_their_duplicates_are_of_these_documents_alone(
    assistant: Assistant, snapshot: Snapshot, filters: Filters
) -> None:
    chosen = set(chosen_documents(filters, snapshot) or ())
    allowed = {info.name for identity, info in snapshot.infos() if identity in chosen}
    passages = assistant.retrieve("Who praised the railway in report 6?", 50, filters=filters)
    assert passages
    assert {p.document for p in passages} <= allowed
    assert all(set(p.duplicates) <= allowed for p in passages)
    assert all(p.scores.keys() >= {"sentence", "vector"} for p in passages)


def test_answer_stream_and_retriever_take_filters(assistant: Assistant) -> None:
    question = "How many lanterns did the committee count in report 6?"
    plain = assistant.ask(question)
    assert plain.citations[0].document.startswith("railway/")
    assert not plain.notice
    assert not plain.receipt.filters
    filters = Filters(tags=("orchard",))
    answer = assistant.ask(question, filters=filters)
    assert all(p.document.startswith("orchard/") for p in answer.retrieved)
    assert all(c.document.startswith("orchard/") for c in answer.citations)
    assert answer.notice == "Asked of 10 of 42 documents (tag orchard)"
    assert answer.receipt.filters == "tag orchard"

    async def last() -> tuple[tuple[Passage, ...], Finished]:
        events = [event async for event in assistant.stream(question, filters=filters)]
        assert isinstance(events[0], Retrieved)
        assert isinstance(events[-1], Finished)
        return events[0].passages, events[-1]

    passages, finished = asyncio.run(last())
    assert passages == answer.retrieved
    assert finished.answer.text == answer.text
    nodes = assistant.as_retriever(filters=filters).retrieve(question)
    assert [n.node.metadata["document"] for n in nodes] == [p.document for p in passages]


def test_no_document_is_an_error_that_says_so(assistant: Assistant) -> None:
    with pytest.raises(FilterError, match="No document of the index fits tag moon"):
        assistant.ask("How many lanterns?", filters=Filters(tags=("moon",)))
    with pytest.raises(FilterError, match="'soon' is not a date"):
        assistant.retrieve("How many lanterns?", filters=Filters(after="soon"))


def test_title_date_language_and_author_are_kept(assistant: Assistant) -> None:
    infos = {info.name: info for info in assistant.document_infos()}
    dated = infos["dated.pdf"]
    assert (dated.title, dated.kind, dated.date) == ("Der Hafen", "pdf", "2011-03-04")
    assert dated.author == "Ada Kay"
    assert (infos["hafen.html"].title, infos["hafen.html"].language) == ("Der Hafen", "de")
    assert infos["harbour/2000/note0.txt"].tags == ("harbour", "2000")
    assert infos["harbour/2000/note0.txt"].date > "2020"  # the file's own day of change


def test_an_index_of_the_first_layout_answers_and_is_read_again(
    settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(
        update={"index": settings.index.model_copy(update={"path": tmp_path / "index"})}
    )
    with Assistant(settings) as made:
        made.sync()
    folder = tmp_path / "index" / "generations" / "g000001"
    with sqlite3.connect(folder / STORE) as connection:
        for column in ("date", "language", "author", "notes", "noise"):
            connection.execute(f"ALTER TABLE documents DROP COLUMN {column}")
        for column in ("placing", "context"):
            connection.execute(f"ALTER TABLE chunks DROP COLUMN {column}")
        connection.execute("UPDATE documents SET reading = 'readers-3'")
    connection.close()
    manifest = json.loads((folder / MANIFEST).read_text())
    added = ("files", "seal", "roots")
    old = {key: value for key, value in manifest.items() if key not in added} | {"format": 1}
    (folder / MANIFEST).write_text(json.dumps(old))
    with Assistant(settings) as made:
        assert made.ask("How many lanterns did the lighthouse keeper count?").citations
        assert {i.author for i in made.document_infos()} == {""}
        receipt = made.sync()
        assert receipt.count("indexed") == 42
        assert receipt.embedded == 0
        assert "Ada Kay" in {i.author for i in made.document_infos()}


def test_what_is_missing_of_a_file_is_in_receipt_and_status(assistant: Assistant) -> None:
    partial = assistant.status().partial
    assert [info.name for info in partial] == ["dated.pdf"]
    assert "OCR would read them: 2" in partial[0].notes[0]
    copy = assistant.settings.documents.paths[0] / "copy.pdf"
    write_pdf(copy)
    try:
        receipt = assistant.sync()
        outcome = next(file for file in receipt.files if file.document == "copy.pdf")
        assert outcome.outcome == "indexed"
        assert outcome.notes == partial[0].notes
    finally:
        copy.unlink()
        assistant.sync()


def test_search_within_nothing_finds_nothing(snapshot: Snapshot) -> None:
    assert snapshot.words.search(["lantern"], 5, within=[]) == []
    assert snapshot.nearest(np.ones(256, np.float32), 5, []) == []
    assert snapshot.vectors.search(np.ones(256, np.float32), 5, []) == []
