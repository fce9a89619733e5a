"""Stored runs of one question set → abilities, and what each question tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval import runs as stored
from eval.errors import InvalidComparisonError
from eval.exam.irt import FEWEST_CONFIGURATIONS, Fit, fit, prune, splits
from eval.questions import QuestionSet
from eval.summary import by_question, is_error, is_right
from eval.workflow import differences, find_run

if TYPE_CHECKING:
    from eval.runs import Run
    from eval.workflow import Workplace

TELLING = 5
"""So many of the questions that tell most and least are named."""


@dataclass(frozen=True, slots=True)
class Rated:
    """Configurations and questions on one scale. ``answers`` is by configuration, then question;
    ``notes`` says how each configuration differs from the first."""

    names: tuple[str, ...]
    notes: tuple[str, ...]
    ids: tuple[str, ...]
    answers: tuple[tuple[bool | None, ...], ...]
    fitted: Fit

    def pruned(self, percent: float) -> Rated:
        """Without the questions that tell least, estimated anew on exactly those that are left."""
        kept = prune(self.fitted, percent)
        answers = tuple(tuple(row[number] for number in kept) for row in self.answers)
        ids = tuple(self.ids[number] for number in kept)
        return Rated(self.names, self.notes, ids, answers, fit(answers))

    def lines(self) -> list[str]:
        """The table for a terminal, ablest first."""
        order = sorted(range(len(self.names)), key=lambda n: -self.fitted.ability[n])
        told = [f"{'ability':>8} {'± error':>8} {'right':>7}  configuration"]
        for number in order:
            known = [each for each in self.answers[number] if each is not None]
            share = sum(known) / len(known) if known else 0.0
            note = f"  {self.notes[number]}" if self.notes[number] else ""
            told.append(
                f"{self.fitted.ability[number]:+8.2f} {self.fitted.error[number]:8.2f} "
                f"{share:7.1%}  {self.names[number]}{note}"
            )
        split = sum(splits(self.answers))
        told.append(
            f"{split} of {len(self.ids)} questions ({split / len(self.ids):.0%}) split the "
            "configurations"
        )
        ranked = sorted(range(len(self.ids)), key=lambda n: -self.fitted.worth(n))
        for word, chosen in (("most", ranked[:TELLING]), ("least", ranked[: -TELLING - 1 : -1])):
            told.append(f"tell {word}: " + ", ".join(self._question(n) for n in chosen))
        return told

    def _question(self, number: int) -> str:
        return f"{self.ids[number]} ({self.fitted.worth(number):.2f})"


def rate(place: Workplace, question_set: QuestionSet, names: Sequence[str]) -> Rated:
    """Rate the named runs, or all finished ones of this set.

    Raises ``InvalidComparisonError`` for fewer than three, or for a run of other questions.
    """
    wanted = question_set.fingerprint()
    found = [stored.load_run(find_run(place, name)) for name in names] or _finished(place, wanted)
    for run in found:
        if run.manifest.questions != wanted or run.manifest.only:
            raise InvalidComparisonError(
                f"The run {run.path.name} asked other questions than {place.questions.name} holds",
                hint="rate runs of this question file",
            )
    if len(found) < FEWEST_CONFIGURATIONS:
        raise InvalidComparisonError(
            f"{len(found)} finished runs of these questions: abilities need at least "
            f"{FEWEST_CONFIGURATIONS}",
            hint="run them with other settings: python -m eval --set retrieval.passages=4 run",
        )
    ids = tuple(question.id for question in question_set.questions)
    answers = tuple(_answers(run, ids) for run in found)
    notes = ("", *(_note(run, found[0]) for run in found[1:]))
    return Rated(tuple(run.path.name for run in found), notes, ids, answers, fit(answers))


def _finished(place: Workplace, wanted: str) -> list[Run]:
    paths = sorted(place.runs.glob("*/" + stored.SUMMARY))
    loaded = [stored.load_run(path.parent) for path in paths]
    return [r for r in loaded if r.manifest.questions == wanted and not r.manifest.only]


def _answers(run: Run, ids: Sequence[str]) -> tuple[bool | None, ...]:
    grouped = by_question(run.results)
    return tuple(
        None if name not in grouped or is_error(grouped[name]) else is_right(grouped[name])
        for name in ids
    )


def _note(run: Run, first: Run) -> str:
    return "; ".join(differences(run.manifest, first.manifest))
