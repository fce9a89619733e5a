"""Our verdicts on sentences that a real small model wrote, against judgement by hand.

    python -m benchmarks.real_sentences [--show]

``real_sentences.jsonl`` holds sentences of SmolLM2-135M-Instruct, asked about ``documents/`` with
the best passage and no word of citations. Each was read beside its passage and judged ``true``
(the passage says all of it), ``partly``, or ``false``, before any verdict was computed. ``before``
is what the model wrote before it in the same answer; ``start`` and ``end`` are the passage's place
in the document's text. Rules were mended on the part ``mended``. The part ``held out`` answers
other questions; it was judged before its verdicts were computed, and no rule was changed for it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant import Assistant, load_settings
from assistant.answering.claims import ClaimChecker
from assistant.checking.verdicts import GOOD
from assistant.checking.verifier import Verification, Verifier
from assistant.citing.stream import CitedSentence, parse
from assistant.embedding.static import StaticEmbedder
from assistant.types import Passage, Source

TOP = Path(__file__).resolve().parent.parent
SENTENCES = Path(__file__).with_suffix(".jsonl")
Row = Mapping[str, Any]


def load() -> list[Row]:
    """The judged sentences."""
    return [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]


def sources_of(rows: Sequence[Row]) -> dict[str, Source]:
    """The documents of ``documents/`` as the assistant reads them."""
    with tempfile.TemporaryDirectory() as place:
        settings = load_settings(
            TOP / "config.yaml",
            {"documents.paths": [str(TOP / "documents")], "index.path": place, "llm.model": ""},
        )
        with Assistant(settings) as assistant:
            assistant.sync()
            names = dict.fromkeys(row["document"] for row in rows)
            return {name: assistant.source(name) for name in names}


def verdict_on(row: Row, source: Source, verifier: Verifier) -> Verification:
    """The verdict that the sentence has in its answer, citing its passage."""
    text = source.text[row["start"] : row["end"]]
    if " ".join(text.split())[: len(row["begins"])] != row["begins"]:
        raise SystemExit(f"{row['document']}: the passage at {row['start']} has moved")
    above = [h.title for h in source.headings if h.start <= row["start"]][-1:]
    passage = Passage(
        "", source.name, source.title, text, row["start"], row["end"], None, tuple(above), 1.0
    )
    written = parse(f"{row['before']} {row['sentence']}".strip(), 1).sentences
    cited = [CitedSentence(each.text, (1,), each.kind) for each in written]
    return ClaimChecker([passage], verifier).check(cited, len(cited) - 1)


def main() -> None:
    """Print the table of both parts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--show", action="store_true", help="print what is told wrongly")
    options = parser.parse_args()
    rows = load()
    sources = sources_of(rows)
    verifier = Verifier(StaticEmbedder().embed)
    for part in ("mended", "held out"):
        counts: Counter[tuple[str, str]] = Counter()
        for row in rows:
            if row["part"] == part:
                check = verdict_on(row, sources[row["document"]], verifier)
                counts[row["judgement"], check.verdict] += 1
                is_wrong = (check.verdict in GOOD) == (row["judgement"] == "false")
                if options.show and is_wrong and row["judgement"] != "partly":
                    print(f"  {row['judgement']} {check.verdict}: {row['sentence']}")
        tell(part, counts)


def tell(part: str, counts: Counter[tuple[str, str]]) -> None:
    """Print one part's table and its two figures."""
    print(f"{part}: {sum(counts.values())} sentences")
    for judgement in ("true", "partly", "false"):
        told = {v: n for (j, v), n in sorted(counts.items()) if j == judgement}
        print(f"  {judgement:7}" + "  ".join(f"{verdict} {n}" for verdict, n in told.items()))
    good = {j: sum(counts[j, v] for v in GOOD) for j in ("true", "partly", "false")}
    true = sum(n for (j, _), n in counts.items() if j == "true")
    print(
        f"  of {sum(good.values())} called supported or verbatim, {good['false']} are false and "
        f"{good['partly']} true in part; of {true} true ones {counts['true', 'unsupported']} are "
        "called unsupported"
    )


if __name__ == "__main__":
    main()
