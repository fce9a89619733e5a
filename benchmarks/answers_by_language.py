"""Are answers right in every language? Fifteen small documents and questions in each, our own.

    python -m benchmarks.answers_by_language [LANGUAGE …] [--half odd|even]
        [--apart | --alone] [--misses]

For each language the share of answers that say the gold words, the share refused, and how often the
first passage is the right document. All documents of all languages lie in one folder. With
``--apart`` each language has an index of its own. With ``--alone`` each document has: it must
answer its question, and refuse that of the next document. The texts are in
``benchmarks/languages``, one file a language: paragraphs, each with its question (``?``) and the
words of a right answer (``=``). Changes were made by looking at the odd ones; the even ones are a
check.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import Assistant, load_settings
from assistant.text.folding import fold
from eval.statistics import wilson

DATA = Path(__file__).parent / "languages"


@dataclass(frozen=True, slots=True)
class Item:
    """A document with its question; any of ``gold`` in the answer makes it right."""

    language: str
    number: int
    text: str
    question: str
    gold: tuple[str, ...]

    @property
    def name(self) -> str:
        """The document's name in its folder."""
        return f"{self.language}/{self.number:02}.txt"


@dataclass(frozen=True, slots=True)
class Result:
    """How a question went."""

    item: Item
    right: bool
    refused: bool
    found: bool
    answer: str


def read_items(languages: Sequence[str] = (), half: str = "") -> list[Item]:
    """The items of some languages, or of all; of one half or both."""
    items = []
    for path in sorted(DATA.glob("*.txt")):
        if languages and path.stem not in languages:
            continue
        for number, block in enumerate(path.read_text(encoding="utf-8").split("\n\n"), start=1):
            if half and (number % 2 == 1) != (half == "odd"):
                continue
            text, question, gold = _parts(block)
            items.append(Item(path.stem, number, text, question, gold))
    return items


def _parts(block: str) -> tuple[str, str, tuple[str, ...]]:
    lines = block.strip().split("\n")
    texts = [line for line in lines if not line.startswith(("? ", "= "))]
    question = next(line[2:] for line in lines if line.startswith("? "))
    gold = next(line[2:] for line in lines if line.startswith("= "))
    return "\n".join(texts), question, tuple(each.strip() for each in gold.split("|"))


def ask(items: Sequence[Item], work: Path) -> Iterator[Result]:
    """Index the documents of the items and ask their questions."""
    for item in items:
        path = work / "documents" / item.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(item.text + "\n", encoding="utf-8")
    settings = load_settings(
        None, {"documents.paths": [str(work / "documents")], "index.path": str(work / "index")}
    )
    with Assistant(settings) as assistant:
        assistant.sync()
        for item in items:
            answer = assistant.ask(item.question)
            told = fold(" ".join(answer.text.split()))
            yield Result(
                item,
                right=not answer.abstained and any(fold(each) in told for each in item.gold),
                refused=answer.abstained,
                found=bool(answer.retrieved) and answer.retrieved[0].document == item.name,
                answer=answer.text,
            )


def results(items: Sequence[Item], *, apart: bool) -> list[Result]:
    """The results of all items; with ``apart`` each language in an index of its own."""
    groups = [items]
    if apart:
        codes = dict.fromkeys(item.language for item in items)
        groups = [[item for item in items if item.language == code] for code in codes]
    found: list[Result] = []
    for group in groups:
        with tempfile.TemporaryDirectory() as folder:
            found.extend(ask(group, Path(folder)))
    return found


def ask_alone(item: Item, stranger: Item) -> tuple[Result, bool]:
    """An item's question with its document alone in an index, and whether a question of another
    document is refused there."""
    with tempfile.TemporaryDirectory() as folder:
        (own,) = ask([item], Path(folder))
        settings = load_settings(
            None,
            {
                "documents.paths": [str(Path(folder) / "documents")],
                "index.path": str(Path(folder) / "index"),
            },
        )
        with Assistant(settings) as assistant:
            return own, assistant.ask(stranger.question).abstained


def print_alone(items: Sequence[Item]) -> None:
    """Ask each document alone, and print a line for each language and for all."""
    print("language    n  gold said  refused  another document's question refused")
    everything: list[tuple[Result, bool]] = []
    for code in dict.fromkeys(item.language for item in items):
        own = [item for item in items if item.language == code]
        strangers = [*own[1:], own[0]]
        found = [ask_alone(item, other) for item, other in zip(own, strangers, strict=True)]
        everything.extend(found)
        _print_alone(code, found)
    _print_alone("all", everything)


def _print_alone(name: str, found: Sequence[tuple[Result, bool]]) -> None:
    right = sum(own.right for own, _ in found)
    refused = sum(own.refused for own, _ in found)
    strange = sum(is_refused for _, is_refused in found)
    print(f"{name:8} {len(found):4}  {right:9}  {refused:7}  {strange}")


def main() -> int:
    """Print a line for each language, and for all together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("language", nargs="*", help="such as de; all when none is named")
    parser.add_argument("--half", choices=("odd", "even"), default="")
    parser.add_argument("--apart", action="store_true", help="an index for each language")
    parser.add_argument("--alone", action="store_true", help="an index for each document")
    parser.add_argument("--misses", action="store_true", help="print what went wrong")
    chosen = parser.parse_args()
    items = read_items(chosen.language, chosen.half)
    if not items:
        print(f"no such language: {' '.join(chosen.language)}")
        return 2
    if chosen.alone:
        print_alone(items)
        return 0
    found = results(items, apart=chosen.apart)
    print("language    n  gold said          refused  right document first")
    for code in [*dict.fromkeys(item.language for item in items), ""]:
        part = [each for each in found if not code or each.item.language == code]
        right, n = sum(each.right for each in part), len(part)
        interval = wilson(right, n)
        print(
            f"{code or 'all':8} {n:4}  {right / n:.2f} [{interval.low:.2f}, {interval.high:.2f}]  "
            f"{sum(each.refused for each in part) / n:7.2f}  "
            f"{sum(each.found for each in part) / n:.2f}"
        )
    if chosen.misses:
        for each in found:
            if not each.right:
                print(f"{each.item.name} · {each.item.question} · {each.answer[:160]!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
