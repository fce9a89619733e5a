"""Two true and two falsified sources of one fact: does the answer tell that they disagree?

    python -m benchmarks.conflicting_sources [--facts 100] [--seed 1]

The facts are questions of ``../shared/bench/squad2-dev-half`` whose answer is a number, a date or a
name. Of the paragraph that holds the answer four documents are made: as it is, in other words, and
both again with the answer changed to one of the same kind. Among the other paragraphs as they are.

Prints how often a conflict was told, for each kind of value, how often both values stand in the
answer, and how often a conflict is told on the same questions when all four sources agree.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from assistant import Assistant, load_settings
from assistant.text.sentences import sentences

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "bench" / "squad2-dev-half"
_NAME = re.compile(r"[A-Z][\w’'.-]+(?: (?:of|the|de|van|von|and|[A-Z][\w’'.-]+)){0,4}")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_LEADS = ("According to the records, ", "It is known that ", "Sources report that ", "In short, ")
_WORDS = {
    "large": "big", "began": "started", "also": "likewise", "however": "yet", "such as": "like",
    "approximately": "about", "located": "situated", "many": "numerous", "first": "first",
    "important": "major", "known as": "called", "during": "in the course of", "because": "since",
    "usually": "mostly", "often": "frequently", "several": "a number of", "within": "inside",
    "between": "from among", "made": "produced", "used": "employed", "main": "chief",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """A question, its true and its false answer, the text that holds it, and their kind."""

    question: str
    text: str
    true: str
    false: str
    kind: str


def facts(count: int, seed: int) -> tuple[list[Fact], dict[str, str]]:
    """So many facts of different paragraphs, and the paragraphs that none is made of."""
    chance = random.Random(seed)
    corpus = {}
    for line in (DATA / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        corpus[row["id"]] = row["text"]
    rows = [json.loads(line) for line in (DATA / "queries.jsonl").open(encoding="utf-8")]
    rows = [row for row in rows if row["answerable"] and row["answers"]]
    names: dict[str, list[str]] = {}
    for row in rows:
        if _kind(row["answers"][0]) == "name":
            names.setdefault(_asks(row["text"]), []).append(row["answers"][0])
    chance.shuffle(rows)
    found: list[Fact] = []
    used: set[str] = set()
    for row in rows:
        source, answer = row["meta"]["source_paragraph"], row["answers"][0]
        text, kind = corpus.get(source, ""), _kind(answer)
        if source in used or not kind or text.count(answer) != 1:
            continue
        if kind == "name":
            pool = [n for n in names[_asks(row["text"])] if n not in text and n not in answer]
            false = chance.choice(pool) if pool else ""
        else:
            false = _NUMBER.sub(lambda match: _other(match.group(), chance), answer)
        if not false or false == answer:
            continue
        used.add(source)
        found.append(Fact(row["text"], text, answer, false, kind))
        if len(found) == count:
            break
    return found, {key: text for key, text in corpus.items() if key not in used}


def _kind(answer: str) -> str:
    if re.fullmatch(r"(?:[\w]+ ){0,2}(?:1\d|20)\d\d", answer):
        return "date"
    if _NUMBER.search(answer):
        return "number" if len(answer.split()) <= 3 else ""
    return "name" if _NAME.fullmatch(answer) else ""


def _asks(question: str) -> str:
    found = re.search(r"\b(who|where|when|which \w+|what \w+)\b", question.lower())
    return found[1] if found else ""


def _other(number: str, chance: random.Random) -> str:
    bare = number.replace(",", "")
    if "." in bare:
        return f"{float(bare) * chance.choice((0.7, 1.4)):.{len(bare.partition('.')[2])}f}"
    value = int(bare)
    if 1000 <= value <= 2100 and "," not in number:
        return str(value - chance.randint(3, 40))
    changed = max(value + 1, round(value * chance.choice((1.3, 1.6, 2.2))))
    return f"{changed:,}" if "," in number else str(changed)


def in_other_words(text: str, answer: str, chance: random.Random) -> str:
    """The paragraph begun with the sentence that holds the answer, in slightly other words."""
    spans = [text[s.start : s.end] for s in sentences(text)]
    holding = next((s for s in spans if answer in s), text)
    rest = [s for s in spans if s != holding]
    chance.shuffle(rest)
    told = chance.choice(_LEADS) + holding
    made = " ".join((told, *rest[: max(1, len(rest) // 2)]))
    for word, other in _WORDS.items():
        if word not in answer:
            made = re.sub(rf"\b{word}\b", other, made)
    return made


def write(place: Path, chosen: list[Fact], others: dict[str, str], *, falsify: bool) -> None:
    """The documents of a trial; without ``falsify`` all four sources of a fact agree."""
    chance = random.Random(7)
    place.mkdir(parents=True)
    for key, text in others.items():
        (place / f"other-{key}.txt").write_text(text, encoding="utf-8")
    for at, fact in enumerate(chosen):
        texts = [fact.text, in_other_words(fact.text, fact.true, chance)]
        for text in (fact.text, in_other_words(fact.text, fact.true, chance)):
            texts.append(text.replace(fact.true, fact.false) if falsify else text)
        for number, text in enumerate(texts):
            (place / f"fact-{at:03}-{'abcd'[number]}.txt").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print what was not told")
    options = parser.parse_args()
    chosen, others = facts(options.facts, options.seed)
    with tempfile.TemporaryDirectory() as work:
        for falsify in (True, False):
            place = Path(work) / f"files-{falsify}"
            write(place, chosen, others, falsify=falsify)
            settings = load_settings(None, {
                "index.path": f"{work}/index-{falsify}", "documents.paths": [str(place)],
            })  # fmt: skip
            kinds = Counter(fact.kind for fact in chosen)
            told: Counter[str] = Counter()
            both = refused = 0
            with Assistant(settings) as assistant:
                assistant.sync()
                for fact in chosen:
                    answer = assistant.ask(fact.question)
                    told[fact.kind] += bool(answer.conflicts)
                    both += fact.true in answer.text and fact.false in answer.text
                    refused += answer.abstained
                    if options.show and bool(answer.conflicts) != falsify:
                        values = [c.value for x in answer.conflicts for c in x.claims]
                        print(f"- {fact.kind} {fact.question} [{fact.true} | {fact.false}] {values}"
                              f" {answer.text[:300]!r}")  # fmt: skip
            kept = ", ".join(f"{kind} {told[kind]} of {kinds[kind]}" for kind in sorted(kinds))
            print("two true and two falsified sources:" if falsify else "four sources that agree:")
            print(f"  conflict told {told.total()} of {len(chosen)} ({kept}); refused {refused}")
            if falsify:
                print(f"  both values in the answer {both} of {len(chosen)}")


if __name__ == "__main__":
    main()
