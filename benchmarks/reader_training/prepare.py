"""Public sets and our own questions → rows to train on and rows held back.

``python -m benchmarks.reader_training.prepare --squad FOLDER --sets FOLDER --questions FOLDER
--out FOLDER`` writes ``train.jsonl`` and ``held.jsonl``. Of SQuAD 2.0 the articles are divided by
``benchmarks.reader_articles``; of our questions one passage in twenty is held back. To a question
that its own passage answers come other passages that share its words and lack the answer.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError, UsageError
from benchmarks.reader_articles import articles_of

SETS = ("qed", "covidqa", "medquad")
_HELD_BACK = 20
_OTHERS_OF_SQUAD = 2
_SHARE_OF_OTHERS = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """A question and a passage. ``spans``: characters of the text that answer, none if it does not.

    ``kind``: ``answerable``; ``near``, a near miss; or ``other``, another passage.
    """

    question: str
    title: str
    text: str
    spans: tuple[tuple[int, int], ...]
    answerable: bool
    source: str
    kind: str


def read_rows(path: Path) -> list[Row]:
    """Rows as ``write_rows`` wrote them."""
    return [
        Row(**{**each, "spans": tuple((a, b) for a, b in each["spans"])}) for each in _lines(path)
    ]


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Rows as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as handle:
        for row in rows:
            handle.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


class Ranker:
    """Passages by shared words: saturated counts times idf (BM25 without lengths; Robertson and
    Zaragoza 2009, with k1 = 1.2 and b = 0)."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(_words(text)) for text in texts]
        holding = Counter(word for each in counts for word in each)
        self._idf = {word: math.log(len(texts) / n + 1) for word, n in holding.items()}
        self._places: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, each in enumerate(counts):
            for word, n in each.items():
                self._places[word].append((at, n / (n + 1.2)))

    def best(self, question: str, most: int = 12) -> list[int]:
        """The places of the best texts, best first."""
        scores: Counter[int] = Counter()
        for word in dict.fromkeys(_words(question)):
            for at, weight in self._places.get(word, ()):
                scores[at] += self._idf[word] * weight  # type: ignore[assignment]
        return [at for at, _ in scores.most_common(most)]


def squad_rows(folder: Path) -> tuple[list[Row], list[Row]]:
    """Rows of the articles trained on, and of those held back."""
    corpus = {row["id"]: row for row in _lines(folder / "corpus.jsonl")}
    articles = articles_of(folder)
    by_title: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in corpus.values():
        by_title[row["title"]].append(row)
    rankers = {title: Ranker([row["text"] for row in rows]) for title, rows in by_title.items()}
    trained: list[Row] = []
    held: list[Row] = []
    for query in _lines(folder / "queries.jsonl"):
        rows = trained if query["id"] in articles.trained_on else held
        passage = corpus[query["meta"]["source_paragraph"]]
        title, answers = passage["title"], query.get("answers") or []
        if not query["answerable"]:
            rows.append(_row(query["text"], title, passage["text"], (), "squad", "near"))
            continue
        spans = find_spans(passage["text"], answers)
        rows.append(_row(query["text"], title, passage["text"], spans, "squad", "answerable"))
        others = (by_title[title][at] for at in rankers[title].best(query["text"]))
        texts = [
            each["text"]
            for each in others
            if each["id"] != passage["id"] and not find_spans(each["text"], answers)
        ]
        rows.extend(
            _row(query["text"], title, text, (), "squad", "other")
            for text in texts[:_OTHERS_OF_SQUAD]
        )
    return trained, held


def written_rows(folder: Path, seed: int = 1) -> tuple[list[Row], list[Row]]:
    """Rows of the questions that people wrote (the package's docstring has the format).

    Raises ``UsageError`` for an unknown passage or an answer that is not in its text.
    """
    chance = random.Random(seed)
    trained: list[Row] = []
    held: list[Row] = []
    for path in sorted(folder.glob("questions-*.jsonl")):
        passages = list(_lines(path.with_name(path.name.replace("questions", "passages", 1))))
        by_id = {each["id"]: each for each in passages}
        held_back = {each["id"] for each in passages[::_HELD_BACK]}
        ranker = Ranker([each["text"] for each in passages])
        for at, asked in enumerate(_lines(path), 1):
            passage, answer = by_id.get(asked["p"]), asked["a"] or ""
            if passage is None or answer not in passage["text"]:
                raise UsageError(
                    f"{path.name}: question {at} fits no passage: {asked}",
                    hint="p is the id of a passage, a is empty or stands in its text",
                )
            rows = held if passage["id"] in held_back else trained
            begin = passage["text"].index(answer)
            spans = ((begin, begin + len(answer)),) if answer else ()
            kind = "answerable" if answer else "near"
            rows.append(_row(asked["q"], passage["title"], passage["text"], spans, "own", kind))
            if not answer or chance.random() >= _SHARE_OF_OTHERS:
                continue
            for best in ranker.best(asked["q"]):
                other = passages[best]
                if other is not passage and not find_spans(other["text"], [answer]):
                    rows.append(_row(asked["q"], other["title"], other["text"], (), "own", "other"))
                    break
    return trained, held


def set_rows(path: Path, most: int, seed: int = 1) -> list[Row]:
    """At most so many rows of a set in the form q, title, text, label, spans, kind."""
    given = list(_lines(path))
    random.Random(seed).shuffle(given)
    return [
        _row(
            each["q"],
            each["title"],
            each["text"],
            tuple((a, b) for a, b in each.get("spans") or ()),
            path.parent.name,
            each.get("kind") or ("answerable" if each["label"] else "other"),
        )
        for each in given[:most]
    ]


def find_spans(text: str, answers: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where answers stand in a text, whatever their case; each once, at its first place."""
    spans = []
    for answer in answers:
        found = re.search(re.escape(answer), text, re.IGNORECASE) if answer else None
        if found and found.span() not in spans:
            spans.append(found.span())
    return tuple(spans)


def _row(
    question: str,
    title: str,
    text: str,
    spans: tuple[tuple[int, int], ...],
    source: str,
    kind: str,
) -> Row:
    return Row(question, title, text, spans, kind == "answerable", source, kind)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as handle:
        for line in handle:
            if line.strip():
                yield json.loads(line)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--squad", type=Path, help="the folder squad2-dev-half (BEIR layout)")
    parser.add_argument("--sets", type=Path, help=f"a folder with {', '.join(SETS)}/rows.jsonl")
    parser.add_argument("--questions", type=Path, help="a folder with questions that people wrote")
    parser.add_argument("--most", type=int, default=2400, help="rows of each of the sets")
    parser.add_argument("--out", type=Path, required=True)
    try:
        prepare(parser, parser.parse_args())
    except AssistantError as exc:
        print(exc, file=sys.stderr)
        sys.exit(exc.exit_code)


def prepare(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Write the rows and print how many of each kind. Raises ``UsageError``."""
    trained: list[Row] = []
    held: list[Row] = []
    for folder, rows_of in ((chosen.squad, squad_rows), (chosen.questions, written_rows)):
        if folder is not None:
            some, others = rows_of(folder)
            trained += some
            held += others
    if chosen.sets is not None:
        for name in SETS:
            trained += set_rows(chosen.sets / name / "rows.jsonl", chosen.most)
    if not trained:
        parser.error("nothing to train on: give --squad, --sets or --questions")
    for name, rows in (("train", trained), ("held", held)):
        write_rows(chosen.out / f"{name}.jsonl", rows)
        kinds = Counter((row.source, row.kind) for row in rows)
        print(f"{name}: {len(rows)} rows")
        for (source, kind), count in sorted(kinds.items()):
            print(f"  {source:10} {kind:10} {count}")


if __name__ == "__main__":
    main()
