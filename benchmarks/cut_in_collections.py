"""What a question loses when a corpus is cut into several collections that are asked together.

    python -m benchmarks.cut_in_collections ../shared/bench/scifact [--cuts 2 4 8]

Indexes a set in BEIR layout (``corpus.jsonl``, ``queries.jsonl``, ``qrels.tsv``) whole, then cut
into collections: by chance (seed 1), or by length, so that the mean lengths of chunks and the
rarities of words differ. Prints nDCG@10 and recall@10 of each, the difference to one index with a
95 % interval over queries, and the milliseconds of a question.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import Assistant, load_settings
from eval.beir import Benchmark, by_document, load, measure
from eval.statistics import mean, quantile, t_interval

DEPTH, PASSAGES = 10, 50
CUTS = (2, 4, 8)
WAYS = ("chance", "length")
_SEED = 1


@dataclass(frozen=True, slots=True)
class AskedInParts:
    """A corpus asked in so many collections: nDCG@10 and recall@10 by query, and milliseconds."""

    ndcg: Sequence[float]
    recall: Sequence[float]
    milliseconds: float


def parts_of(benchmark: Benchmark, parts: int, way: str) -> list[list[str]]:
    """The ids of the corpus in so many parts."""
    ids = list(benchmark.corpus)
    if way == "length":
        ids.sort(key=lambda each: (len(benchmark.corpus[each]), each))
        size = -(-len(ids) // parts)
        return [ids[at : at + size] for at in range(0, len(ids), size)]
    random.Random(_SEED).shuffle(ids)
    return [ids[at::parts] for at in range(parts)]


def asked_in_parts(
    benchmark: Benchmark, parts: Sequence[Sequence[str]], place: Path
) -> AskedInParts:
    """Index each part as a collection of its own, and ask all of them every query."""
    names: dict[str, str] = {}
    collections: dict[str, Mapping[str, object]] = {}
    for number, part in enumerate(parts):
        folder = place / f"documents-{number}"
        folder.mkdir(parents=True)
        collection = f"part{number}"
        for at, key in enumerate(part):
            title = benchmark.titles[key]
            text = f"{title}\n\n{benchmark.corpus[key]}" if title else benchmark.corpus[key]
            (folder / f"{at:07}.txt").write_text(text, encoding="utf-8", newline="")
            names[f"{collection}:{at:07}.txt"] = key
        collections[collection] = {
            "path": str(place / f"index-{number}"), "documents": [str(folder)]
        }  # fmt: skip
    settings = load_settings(
        overrides={
            "index.path": str(place / "index"),
            "documents.paths": [str(place / "none")],
            "index.collections": collections,
        }
    )
    ndcg, recall, seconds = [], [], []
    with Assistant(settings) as assistant:
        for collection in collections:
            assistant.of_collection(collection).sync()
        within = assistant.within(list(collections))
        for key, text in benchmark.queries.items():
            gold = benchmark.gold.get(key)
            if not gold:
                continue
            began = time.perf_counter()
            passages = assistant.retrieve(text, PASSAGES, filters=within)
            seconds.append(time.perf_counter() - began)
            found = measure(by_document(passages, names)[:DEPTH], gold, DEPTH)
            ndcg.append(found["ndcg@10"])
            recall.append(found["recall@10"])
    return AskedInParts(ndcg, recall, 1000 * (quantile(seconds, 0.5) or 0.0))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; returns 1 when a cut by chance loses more than ``--most``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cuts", type=int, nargs="+", default=CUTS)
    parser.add_argument("--by", choices=WAYS, nargs="+", default=WAYS)
    parser.add_argument("--most", type=float, default=0.005)
    given = parser.parse_args(arguments)
    benchmark = load(given.folder)
    print(f"{benchmark.name}: {len(benchmark.corpus)} documents, {len(benchmark.gold)} queries")
    lost = 0.0
    with tempfile.TemporaryDirectory() as place:
        one = asked_in_parts(benchmark, [list(benchmark.corpus)], Path(place) / "one")
        print(
            f"1 index             nDCG@10 {mean(one.ndcg) or 0.0:.4f}  recall@10 "
            f"{mean(one.recall) or 0.0:.4f}  p50 {one.milliseconds:.0f} ms"
        )
        for way in given.by:
            for parts in given.cuts:
                cut = asked_in_parts(
                    benchmark, parts_of(benchmark, parts, way), Path(place) / f"{way}{parts}"
                )
                differences = [b - a for a, b in zip(one.ndcg, cut.ndcg, strict=True)]
                interval = t_interval(differences)
                assert interval is not None, "a set has several queries"
                print(
                    f"{parts} by {way:14} nDCG@10 {mean(cut.ndcg) or 0.0:.4f}  recall@10 "
                    f"{mean(cut.recall) or 0.0:.4f}  p50 {cut.milliseconds:.0f} ms  difference "
                    f"{interval.estimate:+.4f} [{interval.low:+.4f}, {interval.high:+.4f}]",
                    flush=True,
                )
                if way == "chance":
                    lost = max(lost, -interval.estimate)
    return int(lost > given.most)


if __name__ == "__main__":
    sys.exit(main())
