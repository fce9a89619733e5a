"""Metrics in the Prometheus format: counts and times, never a word of a question.

Each server has its own registry, so two servers in one process do not mix their counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from assistant.service.drift import Drift
from assistant.types import Answer, SyncReceipt

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0)


class Metrics:
    """The figures of one server."""

    def __init__(self, drifts: Callable[[], Sequence[Drift]] | None = None) -> None:
        self._drifts = drifts
        self._registry = registry = CollectorRegistry()
        self._questions = Counter(
            "assistant_questions_total",
            "Questions by how they ended and by the door they came through",
            ["outcome", "door"],
            registry=registry,
        )
        self._sentences = Counter(
            "assistant_sentences_total", "Sentences of answers by verdict", ["verdict"],
            registry=registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "assistant_answer_seconds", "From the question to the whole answer",
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._first = Histogram(
            "assistant_first_word_seconds", "From the question to the first word of its answer",
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._tokens = Counter(
            "assistant_model_tokens_total", "Tokens of the language model", ["direction"],
            registry=registry,
        )  # fmt: skip
        self._files = Counter(
            "assistant_files_total", "Files of syncs by outcome", ["outcome"], registry=registry
        )
        self.running = Gauge(
            "assistant_answers_running", "Answers being made now", registry=registry
        )
        self.waiting = Gauge(
            "assistant_questions_waiting", "Questions waiting for their turn", registry=registry
        )

        self._drift_evidence = Gauge(
            "assistant_drift_evidence",
            "Evidence that a share differs from the blessed run's, as a multiple of 1",
            ["measure"], registry=registry,
        )  # fmt: skip
        self._drift_alarm = Gauge(
            "assistant_drift_alarm",
            "1 when a share has changed since the blessed run, with 5 % for a false alarm, ever",
            ["measure"], registry=registry,
        )  # fmt: skip

    def answered(self, answer: Answer, door: str, seconds: float, first: float) -> None:
        """A whole answer went out."""
        if answer.abstained:
            outcome = "abstained"
        elif answer.incomplete:
            outcome = "incomplete"
        else:
            outcome = "answered"
        self._questions.labels(outcome, door).inc()
        self._seconds.observe(seconds)
        self._first.observe(first)
        for sentence in answer.sentences:
            self._sentences.labels(sentence.verdict).inc()
        self._tokens.labels("in").inc(answer.usage.tokens_in)
        self._tokens.labels("out").inc(answer.usage.tokens_out)

    def ended(self, outcome: str, door: str) -> None:
        """A question ended without an answer: ``busy``, ``error`` or ``stopped``."""
        self._questions.labels(outcome, door).inc()

    def synced(self, receipt: SyncReceipt) -> None:
        """A sync ended."""
        for file in receipt.files:
            self._files.labels(file.outcome).inc()

    def text(self) -> bytes:
        """All figures, as ``/metrics`` gives them."""
        for each in self._drifts() if self._drifts is not None else ():
            self._drift_evidence.labels(each.measure).set(each.evidence)
            self._drift_alarm.labels(each.measure).set(each.is_alarm)
        return generate_latest(self._registry)
