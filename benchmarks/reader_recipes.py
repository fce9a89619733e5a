"""The readers that ``benchmarks.readers`` runs, each as its documentation writes it.

    python -m benchmarks.reader_recipes NAME FOLDER FILES REPLIES

Reads the files that the lines of FILES name in FOLDER, and writes a line of JSON to REPLIES for
each: the pieces that the reader gives (``text``, HTML tables turned into rows with bars between
their cells) or why it failed. The first line says which version it is. Imports nothing but the
standard library before a reader is opened, because it runs under the Python that has the peer.
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TextIO

Read = Callable[[Path], list[str]]
"""A file's pieces; raises when it cannot be read."""


# ---------------------------------------------------------------- the assistant


def read_with_ours(folder: Path, names: list[str], replies: TextIO) -> None:
    """The reading children of an ingest, as many as it has, asked from threads as in an ingest."""
    from concurrent.futures import ThreadPoolExecutor

    from assistant import __version__, load_settings
    from assistant.index.loading import limits_of
    from assistant.reading.pool import Parsers

    settings = load_settings(None, {})
    reply(replies, version=__version__)
    with Parsers(limits_of(settings.reading), settings.reading.processes) as parsers:

        def read(name: str) -> list[str]:
            document = parsers.read((folder / name).read_bytes(), name)
            return [document.title, document.text]

        threads = max(1, min(settings.reading.processes, os.cpu_count() or 1))
        with ThreadPoolExecutor(threads) as pool:
            for line in pool.map(lambda name: outcome_of(read, name), names):
                reply(replies, **line)


# ---------------------------------------------------------------- the peers


def open_llama_index() -> tuple[str, Read]:
    """``SimpleDirectoryReader`` with its own file readers, and those that its page on file readers
    names for HTML (of the whole body) and RTF. Other files are text to it."""
    from llama_index.core import SimpleDirectoryReader
    from llama_index.readers.file import HTMLTagReader, RTFReader

    page = HTMLTagReader(tag="body")
    others = {".html": page, ".htm": page, ".rtf": RTFReader()}

    def read(path: Path) -> list[str]:
        reader = SimpleDirectoryReader(
            input_files=[str(path)], file_extractor=others, raise_on_error=True
        )
        return [each.text for each in reader.load_data()]

    return importlib.metadata.version("llama-index-readers-file"), read


def open_unstructured() -> tuple[str, Read]:
    """``partition``, its elements joined as its documentation joins them; PDFs by the strategy
    ``fast``, which needs no model.

    It fetches a spaCy model of English at its first file, to tell titles from prose. Where that
    is not installed, an empty pipeline stands in its place: the same text, other names of
    elements, and less work for the peer.
    """
    import spacy

    if not spacy.util.is_package("en_core_web_sm"):
        os.chdir(tempfile.mkdtemp())
        blank = spacy.blank("en")
        blank.add_pipe("sentencizer")
        blank.to_disk("en_core_web_sm")
    from unstructured.partition.auto import partition

    def read(path: Path) -> list[str]:
        more = {"strategy": "fast"} if path.suffix == ".pdf" else {}
        elements = partition(filename=str(path), **more)
        texts = [
            as_rows(table) if (table := each.metadata.text_as_html) else str(each)
            for each in elements
        ]
        return ["\n\n".join(texts)]

    return importlib.metadata.version("unstructured"), read


def open_markitdown() -> tuple[str, Read]:
    """``MarkItDown().convert``: one Markdown text."""
    from markitdown import MarkItDown

    converter = MarkItDown()

    def read(path: Path) -> list[str]:
        result = converter.convert(str(path))
        return [result.title or "", result.text_content]

    return importlib.metadata.version("markitdown"), read


def open_docling() -> tuple[str, Read]:
    """``DocumentConverter``: one Markdown text. Its usual pipeline for PDFs asks a hub for the
    weights of a layout model; this is its own pipeline without models, which promises neither
    reading order nor tables."""
    from docling.datamodel.base_models import InputFormat
    from docling.datamodel.pipeline_options import NativePdfPipelineOptions
    from docling.document_converter import DocumentConverter, NativePdfFormatOption

    native = NativePdfFormatOption(pipeline_options=NativePdfPipelineOptions())
    converter = DocumentConverter(format_options={InputFormat.PDF: native})

    def read(path: Path) -> list[str]:
        return [converter.convert(path).document.export_to_markdown()]

    return importlib.metadata.version("docling-slim"), read


OPENERS: dict[str, Callable[[], tuple[str, Read]]] = {
    "llama_index": open_llama_index,
    "unstructured": open_unstructured,
    "markitdown": open_markitdown,
    "docling": open_docling,
}
"""A peer → what opens it: its version and its way to read a file."""


# ---------------------------------------------------------------- replies


class _Rows(HTMLParser):
    """The cells of HTML tables, a list for each row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def as_rows(table: str) -> str:
    """An HTML table as lines of cells with bars between them."""
    parser = _Rows()
    parser.feed(table)
    return "\n".join(f"| {' | '.join(' '.join(c.split()) for c in row)} |" for row in parser.rows)


def outcome_of(read: Read, name: str, folder: Path | None = None) -> dict[str, Any]:
    """What came of a file; whatever a reader raises is its answer to this file."""
    began = time.perf_counter()
    line: dict[str, Any] = {"file": name}
    try:
        line["pieces"] = read(folder / name) if folder else read(name)  # type: ignore[arg-type]
    except Exception as exc:
        line["error"] = f"{type(exc).__name__}: {exc}"[:500]
    return line | {"seconds": time.perf_counter() - began}


def reply(replies: TextIO, **line: Any) -> None:
    """Write a line now: the process may be ended over the next file."""
    replies.write(json.dumps(line) + "\n")
    replies.flush()


def main() -> int:
    """Read files; exit status 3 when the reader is not installed."""
    name, folder, files, target = sys.argv[1], Path(sys.argv[2]).resolve(), *sys.argv[3:]
    names = Path(files).read_text(encoding="utf-8").splitlines()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with open(target, "w", encoding="utf-8") as replies:
        if name == "assistant":
            read_with_ours(folder, names, replies)
            return 0
        try:
            version, read = OPENERS[name]()
        except ImportError as exc:
            print(f"{type(exc).__name__}: {exc}", file=sys.stderr)
            return 3
        reply(replies, version=version)
        for each in names:
            reply(replies, **outcome_of(read, each, folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
