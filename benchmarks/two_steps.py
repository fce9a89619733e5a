"""Questions that need a name from one document to be answered from another: is the answer found?

    python -m benchmarks.two_steps [--questions 50] [--documents 1200] [--one-step]

The questions ask when or where the director of a film was born. Film and director are articles of
their own in ``../shared/bench/distractors-2wiki``; the gold is read from the director's article.
They lie among ``--documents`` other articles. Prints how often the answer says the gold, how often
it was made in steps, and the seconds of a question. ``--one-step`` leaves the second search out.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from assistant import Assistant, load_settings

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "bench" / "distractors-2wiki"
_DIRECTED = re.compile(r"\b(?:film|movie)\b[^.]*?directed by ((?:[A-Z][\w.'-]+ ?){2,4})")
_DAY = r"(?:\d{1,2} [A-Z][a-z]+ (\d{4})|[A-Z][a-z]+ \d{1,2}, (\d{4}))"
_BORN = re.compile(rf"(?:born (?:on )?|\(){_DAY}")
_PLACE = re.compile(r"[Bb]orn in ([A-Z][a-z]+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what its answer must hold, and the titles of the two articles."""

    question: str
    gold: str
    titles: tuple[str, str]


def questions(texts: dict[str, str]) -> Iterator[Asked]:
    """The questions that the articles allow."""
    for title, text in texts.items():
        directed = _DIRECTED.search(text)
        director = directed[1].strip(" .") if directed else ""
        if director not in texts:
            continue
        film = re.sub(r" \(.*\)", "", title)
        born, place = _BORN.search(texts[director]), _PLACE.search(texts[director])
        subject = f"was the director of the film {film} born?"
        if born:
            yield Asked(f"When {subject}", born[1] or born[2], (title, director))
        if place:
            yield Asked(f"Where {subject}", place[1], (title, director))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--documents", type=int, default=1200)
    parser.add_argument("--one-step", action="store_true")
    options = parser.parse_args()
    rows = [json.loads(line) for line in (DATA / "corpus.jsonl").open(encoding="utf-8")]
    texts = {row["title"]: row["text"] for row in rows}
    asked = list(questions(texts))
    random.Random(1).shuffle(asked)
    asked = asked[: options.questions]
    among = random.Random(2).sample(sorted(texts), options.documents)
    titles = dict.fromkeys([*among, *(title for each in asked for title in each.titles)])
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (work / "files").mkdir()
        for number, title in enumerate(titles):
            text = f"# {title}\n\n{texts[title]}\n"
            (work / "files" / f"{number}.md").write_text(text, encoding="utf-8")
        if options.one_step:
            stack.enter_context(patch("assistant.answering.events.stepwise", lambda *_: None))
        settings = load_settings(
            None, {"index.path": str(work / "index"), "documents.paths": [str(work / "files")]}
        )
        assistant = stack.enter_context(Assistant(settings))
        assistant.sync()
        began = time.perf_counter()
        answers = [(each, assistant.ask(each.question)) for each in asked]
        seconds = (time.perf_counter() - began) / len(asked)
    said = sum(each.gold in answer.text for each, answer in answers)
    steps = sum(answer.text.startswith("Step 1") for _, answer in answers)
    refused = sum(answer.abstained for _, answer in answers)
    print(f"gold said {said} of {len(asked)}, in steps {steps}, refused {refused}")
    print(f"{seconds:.2f} s a question")


if __name__ == "__main__":
    main()
