"""An answer drowned in cited sentences states more facts by chance: the gate must see it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from eval_support import TEXTS, answer, citation, question, result

from assistant import Assistant
from assistant.types import Sentence
from eval.compare import compare
from eval.gate import decide
from eval.metrics.citations import on_evidence
from eval.questions import EvalQuestion, GoldEvidence
from eval.recorded import Recording, to_line
from eval.report.content import words_beyond
from eval.scoring import places_of, score
from eval.summary import TO_THE_POINT, value_of
from eval.workflow import Workplace

FLOOD = 8


def flooded(line: str) -> str:
    """A recorded answer with eight sentences of its passages more, each cited correctly."""
    row = json.loads(line)
    told = row["answer"]
    if told is None or told["abstained"] or not told["retrieved"]:
        return line
    marker = max((each["marker"] for each in told["citations"]), default=0)
    added = 0
    for passage in told["retrieved"]:
        position = passage["start"]
        for sentence in passage["text"].split(". "):
            start, position = position, position + len(sentence) + 2
            if len(sentence.split()) < 4 or added == FLOOD:
                continue
            added, marker = added + 1, marker + 1
            told["text"] += f" {sentence}. [{marker}]"
            told["sentences"].append({"text": sentence, "citations": [marker],
                                      "verdict": "verbatim"})  # fmt: skip
            told["citations"].append({
                "marker": marker, "document": passage["document"], "title": passage["title"],
                "page": None, "start": start, "end": start + len(sentence),
                "quote": sentence, "sha256": "",
            })  # fmt: skip
    return json.dumps(row)


def test_a_flooded_run_fails_the_gate(sample: Assistant, repository: Path) -> None:
    questions = Workplace(repository / "eval" / "questions.yaml").load().questions[::4]
    texts = {name: sample.document_text(name) for name in sample.documents()}
    history = {q.id: [(turn.question, turn.answer) for turn in q.history] for q in questions}
    lines = [to_line(q, 0, sample.ask(q.question, history[q.id])) for q in questions]

    def judged(lines: list[str]) -> list:
        recording = Recording(lines)
        return [score(q, recording.answer(q, 0), texts) for q in questions]

    base, now = judged(lines), judged([flooded(line) for line in lines])
    comparison = compare(base, now)
    assert len(comparison.gained) > len(comparison.lost)  # this is how the set was flattered
    verdict = decide(comparison, deterministic=True)
    assert verdict.exit_code() == 1, verdict.sentence
    assert any(each.text.startswith("answer_precision fell") for each in verdict.reasons)
    point = comparison.delta(TO_THE_POINT)
    assert point is not None
    assert point.now < point.base - 0.3
    assert "right and to the point" in verdict.sentence


def test_a_sentence_is_on_evidence_when_its_span_touches_it() -> None:
    asked = question(evidence=(GoldEvidence("trees.md", "It weighs 1,200 kilograms."),))
    places = places_of(asked, TEXTS)
    beside = citation("Birch was built in 1950", 2)
    two = answer(
        citations=(citation("It weighs 1,200 kilograms."), beside),
        sentences=(Sentence("Birch.", (2,), "verbatim"), Sentence("It weighs.", (1,), "verbatim")),
    )
    assert on_evidence(places, two) == (0.5, 0.0)
    assert on_evidence(places, answer(abstained=True)) == (None, None)


@pytest.mark.parametrize(("precision", "point"), [(0.5, 1.0), (0.49, 0.0), (None, 1.0)])
def test_to_the_point_is_right_with_half_of_its_sentences_on_evidence(
    precision: float | None, point: float
) -> None:
    said = result(1, True, measures={"answer_precision": precision})
    assert value_of([said], TO_THE_POINT) == point
    assert value_of([replace(said, correct=False)], TO_THE_POINT) == 0.0


def test_words_beyond_the_reference_are_counted_for_given_answers() -> None:
    asked: dict[str, EvalQuestion] = {"q001": question(reference="Much more."), "q002": question()}
    long = result(1, True, text="It is so much more. [1]")
    refused = result(2, False, outcome="refused", text="No idea at all, sorry, none.")
    assert words_beyond([long, refused], asked) == 3.0
    assert words_beyond([refused], asked) is None
