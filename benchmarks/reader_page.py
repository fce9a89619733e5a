"""What ``benchmarks.readers`` measured as a section of docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
HEADING, NEXT = "## Files of an office\n", "## How to read it\n"
NAMES = {
    "assistant": "the assistant",
    "llama_index": "LlamaIndex",
    "unstructured": "unstructured",
    "markitdown": "markitdown",
    "docling": "docling",
}
READING = """\
Written by `python -m benchmarks.readers --files 200 2000 --peers DIR --write`: the readers alone,
without an index. Folders of {told} files; each reader
read them in one process, by turns, on two cores that other work kept busy, so processor seconds say
more than seconds. The assistant reads in children, as an ingest does, the peers in one process. A
sentence counts where it stands whole, in order, in one piece of what a reader gives; a cell where
its row and its column can be told. "Notes" are footnotes, speaker notes and attachments, "scripts"
what must not come out, "no text: told" the files without text of which a reader says so.
The real files were known while our readers were written, the made ones are ours, and two faults of
our own that they showed are mended: the shares say what is read here, not how it is on files that
nobody has seen.
"""
MODEL_FREE = """\
docling reads PDFs by its pipeline without models and unstructured by its strategy `fast`: their
other ways take weights from a hub, which were not to be had. In the place of unstructured's spaCy
model, which it fetches itself, stood an empty one: it names elements otherwise, and costs nothing.
"""


def section(results: Mapping[str, Any]) -> str:
    """The section: totals by size, then formats and parts of the smallest folder."""
    if not results:
        return ""
    sizes = sorted(results, key=int)
    smallest = results[sizes[0]]
    parts = [HEADING, _head(results, sizes)]
    for size in sizes:
        parts.append(_totals(results[size]))
    parts.append(f"Sentences and cells found by format, in {int(sizes[0]):,} files:\n")
    parts.append(_by_format(smallest))
    parts.append("Sentences by where they stand:\n")
    parts.append(_by_part(smallest))
    if smallest["formats"]:
        parts.append("Seconds, processor seconds and MiB of each format in a process of its own:\n")
        parts.append(_costs(smallest))
    return "\n".join(parts)


def _head(results: Mapping[str, Any], sizes: Iterable[str]) -> str:
    told = " and ".join(f"{int(size):,} ({results[size]['real']} real)" for size in sizes)
    return READING.format(told=told) + (MODEL_FREE if _has_peers(results) else "")


def _measured(found: Mapping[str, Any]) -> dict[str, Any]:
    return {each: found["readers"][each] for each in NAMES if each in found["readers"]}


def _has_peers(results: Mapping[str, Any]) -> bool:
    return any(len(found["readers"]) > 1 for found in results.values())


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _totals(found: Mapping[str, Any]) -> str:
    rows = []
    for reader, row in _measured(found).items():
        whole, textless = row["all"], row["textless"]
        rows.append(
            [
                f"{NAMES[reader]} {row['version']}",
                f"{whole['files'] - whole['failed'] - whole['empty']:,}",
                f"{whole['failed']} / {whole['empty']}",
                _share(whole["found"], whole["phrases"]),
                _share(whole["placed"], whole["cells"]),
                _share(whole["extras_found"], whole["extras"]),
                f"{whole['leaks']}",
                f"{textless['told']} of {textless['files']}",
                f"{row['seconds']:.1f}",
                f"{row['processor']:.1f}",
                f"{row['peak'] / (1 << 20):.0f}",
            ]
        )
    head = (
        f"{found['files']:,} files", "read", "failed / silent", "sentences", "cells", "notes",
        "scripts", "no text: told", "s", "processor s", "MiB",
    )  # fmt: skip
    left_out = {each: why for each, why in found["missing"].items() if each not in _measured(found)}
    unread = [each for each in NAMES if each not in {**_measured(found), **left_out}]
    left_out |= dict.fromkeys(unread, "not measured at this size")
    return _table(head, rows) + "".join(
        f"\n{NAMES[each]}: {left_out[each]}.\n" for each in left_out
    )


def _by_format(found: Mapping[str, Any]) -> str:
    readers = _measured(found)
    groups = dict.fromkeys(group for row in readers.values() for group in row["by_format"])
    rows = []
    for group in groups:
        cells = [group, str(readers["assistant"]["by_format"][group]["files"])]
        for row in readers.values():
            tally = row["by_format"][group]
            share = _share(tally["found"], tally["phrases"])
            lost = tally["failed"] + tally["empty"]
            placed = f" · {_share(tally['placed'], tally['cells'])}" if tally["cells"] else ""
            cells.append(f"{share}{placed}" + (f" ({lost} not read)" if lost else ""))
        rows.append(cells)
    return _table(["", "files", *(NAMES[each] for each in readers)], rows)


def _by_part(found: Mapping[str, Any]) -> str:
    readers = _measured(found)
    parts = readers["assistant"]["all"]["parts"]
    rows = [
        [part, str(of), *(_share(*row["all"]["parts"][part]) for row in readers.values())]
        for part, (_, of) in parts.items()
    ]
    return _table(["", "of", *(NAMES[each] for each in readers)], rows)


def _costs(found: Mapping[str, Any]) -> str:
    readers = _measured(found)
    rows = [
        [
            group,
            *(
                f"{took['seconds']:.1f} · {took['processor']:.1f} · {took['peak'] / (1 << 20):.0f}"
                for took in (costs[each] for each in readers if each in costs)
            ),
        ]
        for group, costs in found["formats"].items()
    ]
    return _table(["", *(NAMES[each] for each in readers)], rows)


def _share(count: int, of: int) -> str:
    if not of:
        return "–"
    return "100 %" if count == of else f"{min(99.9, 100 * count / of):.1f} %"


def kept_section(page: Path = PAGE) -> str:
    """The section as the page has it, or an empty text."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    start = text.find(HEADING)
    return text[start : text.index(NEXT, start)] if start >= 0 else ""


def write_section(text: str, page: Path = PAGE) -> None:
    """Put the section before the page's last one, in place of an earlier one."""
    old = page.read_text(encoding="utf-8").replace(kept_section(page), "")
    page.write_text(old.replace(NEXT, f"{text}\n{NEXT}", 1), encoding="utf-8")
