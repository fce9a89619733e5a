"""Rerankers: a question and its passages → the relevance of each passage, by a model that reads
both.

``retrieval.reranker`` chooses one; it reads the best ``retrieval.rerank`` passages: a cross-
encoder run by fastembed, which downloads its model on first use; the language model of the
settings; or a third-party reranker (of a package, or given to ``Assistant``), whose replies
``CheckedReranker`` validates. Scoring without a model is part of every retrieval
(``nearness``).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.chunking import indexed_text
from assistant.errors import AssistantError, ModelError, RerankingError, UsageError
from assistant.extras import needs
from assistant.model.context import fit_passages, passages_budget
from assistant.model.hidden import without_thoughts
from assistant.model.language_model import BrokenOffError
from assistant.model.prompts import load_prompt
from assistant.model.tokens import counter_for
from assistant.model.usage import usage_of
from assistant.registry import RERANKERS, checked_fingerprint, first_line
from assistant.settings import LLMSettings, RetrievalSettings
from assistant.types import NO_USAGE, Passage, Usage

if TYPE_CHECKING:
    from assistant.model.language_model import LanguageModel

_BETWEEN = re.compile(r"[\s\[\],;>]+")
_ONNX_FILES = ("model.onnx", "onnx/model.onnx")
_LONGEST_SHOWN = 120
_MOST_TOKENS = 128
_KEPT = "The passages are in the order of the search"


@dataclass(frozen=True, slots=True)
class Ranking:
    """``relevance[i]`` of passage i, higher is better, comparable within one question only.

    ``notice`` says why the order is as it was.
    """

    relevance: tuple[float, ...]
    usage: Usage = NO_USAGE
    notice: str = ""


class Reranker(Protocol):
    """Judges passages for one question; used from several threads at once.

    ``fingerprint`` names model and version, 1 to 200 characters; receipts depend on it.
    """

    fingerprint: str

    def rank(self, question: str, passages: Sequence[Passage]) -> Ranking:
        """One relevance for each passage, in their order: finite numbers, higher is better.

        ``passages`` are at most ``retrieval.rerank``. Raises ``RerankingError`` or ``ModelError``;
        any other exception of a reranker that is not ours is made a ``RerankingError``.
        """
        ...


class CrossEncoder:
    """A cross-encoder in ONNX, by fastembed: a name it knows, or a folder with a model's files."""

    def __init__(self, model: str) -> None:
        with needs("rerank", "retrieval.reranker: cross-encoder"):
            from fastembed.rerank.cross_encoder import TextCrossEncoder
        self.fingerprint = f"cross-encoder:{model}"
        try:
            self._model = _open(TextCrossEncoder, model)
        except Exception as exc:  # whatever its HTTP client or onnxruntime raises
            raise RerankingError(
                f"The cross-encoder {model!r} could not be loaded: {first_line(exc)}",
                hint="retrieval.reranker_model takes a name that fastembed knows, which is "
                "downloaded once, or a folder with model.onnx and its tokenizer; "
                "without a network set retrieval.reranker: none",
            ) from exc

    def rank(self, question: str, passages: Sequence[Passage]) -> Ranking:
        """The model's logit for each passage, with its title and headings in front."""
        texts = [indexed_text(p.title, p.heading_path, p.text, p.context) for p in passages]
        try:
            scores = tuple(float(score) for score in self._model.rerank(question, texts))
        except Exception as exc:  # onnxruntime raises types of its own
            raise RerankingError(f"The cross-encoder failed: {first_line(exc)}") from exc
        if len(scores) != len(texts) or any(score != score for score in scores):
            raise RerankingError(
                f"The cross-encoder gave {len(scores)} scores for {len(texts)} passages, "
                "or scores that are no numbers"
            )
        return Ranking(scores)


def _open(kind: Any, model: str) -> Any:
    folder = Path(model).expanduser()
    if not folder.is_dir():
        return kind(model)
    file = next((name for name in _ONNX_FILES if (folder / name).is_file()), None)
    if file is None:
        raise FileNotFoundError(f"{folder} holds no {' and no '.join(_ONNX_FILES)}")
    with needs("rerank", "retrieval.reranker: cross-encoder"):
        from fastembed.common.model_description import ModelSource

    name = str(folder.resolve())
    if not any(each["model"].lower() == name.lower() for each in kind.list_supported_models()):
        kind.add_custom_model(model=name, sources=ModelSource(hf=name), model_file=file)
    return kind(name, specific_model_path=name)


class CheckedReranker:
    """A third-party reranker with validated replies; raises ``UsageError`` for one without
    ``rank``."""

    def __init__(self, reranker: Reranker) -> None:
        self.fingerprint = checked_fingerprint(reranker, "reranker")
        self._name = self.fingerprint
        if not callable(getattr(reranker, "rank", None)):
            raise UsageError(
                f"The reranker {self._name} has no method rank", hint="see the protocol Reranker"
            )
        self._reranker = reranker

    def rank(self, question: str, passages: Sequence[Passage]) -> Ranking:
        """The reranker's ranking. Raises ``RerankingError`` for an invalid one."""
        try:
            ranking = self._reranker.rank(question, passages)
        except (AssistantError, MemoryError):
            raise
        except Exception as exc:  # somebody else's code raises what it likes
            raise RerankingError(f"The reranker {self._name} failed: {first_line(exc)}") from exc
        try:
            if not isinstance(ranking, Ranking) or not isinstance(ranking.usage, Usage):
                raise TypeError(f"a {type(ranking).__name__} instead of a Ranking")
            relevance = tuple(float(each) for each in ranking.relevance)
            if len(relevance) != len(passages) or not all(map(isfinite, relevance)):
                raise ValueError(
                    f"{len(relevance)} numbers for {len(passages)} passages, or not finite ones"
                )
        except Exception as exc:  # numbers of other libraries raise types of their own
            raise RerankingError(
                f"The reranker {self._name} gave {exc}", hint="see the protocol Reranker"
            ) from exc
        return Ranking(relevance, ranking.usage)


class ModelReranker:
    """The language model puts the passages in order, all in one call (Sun et al. 2023)."""

    def __init__(self, model: LanguageModel, settings: LLMSettings) -> None:
        self.fingerprint = f"llm:{settings.model}"
        self._model = model
        self._settings = settings

    def rank(self, question: str, passages: Sequence[Passage]) -> Ranking:
        """Relevance by place in the model's list; passages that it leaves out get 0.

        Passages that do not fit into the context are left out of the call. A reply that is no
        order keeps the order as it was, and a notice says so. Raises ``ModelError`` for a model
        that does not reply.
        """
        settings, prompt = self._settings, load_prompt("rerank")
        count = counter_for(settings.model)
        fixed = (prompt.system, prompt.user, question)
        budget = passages_budget(settings.context_tokens, settings.answer_tokens, fixed, count)
        context = fit_passages(passages, budget, count)
        if len(context.passages) < 2:  # nothing to put in order
            return Ranking(_as_it_was(passages))
        messages = prompt.render(passages=context.text, question=question)
        # a thread of its own: this one may run a loop already
        with ThreadPoolExecutor(1, thread_name_prefix="reranking") as pool:
            reply_of = self._model.complete(messages, most_tokens=_MOST_TOKENS)
            try:
                reply, ended = pool.submit(asyncio.run, reply_of).result()
            except BrokenOffError as exc:
                return Ranking(_as_it_was(passages), notice=f"{_KEPT}: {exc.what}")
        usage = usage_of(messages, reply, ended, settings)
        try:
            chosen = read_order(reply, len(context.passages))
        except ModelError as exc:
            return Ranking(_as_it_was(passages), usage, f"{_KEPT}: {exc.what}")
        place = {context.passages[number - 1].chunk_id: at for at, number in enumerate(chosen)}
        relevance = tuple(
            (len(place) - place[p.chunk_id]) / len(place) if p.chunk_id in place else 0.0
            for p in passages
        )
        return Ranking(relevance, usage)


def _as_it_was(passages: Sequence[Passage]) -> tuple[float, ...]:
    return tuple(1.0 - at / len(passages) for at in range(len(passages)))


def read_order(reply: str, count: int) -> list[int]:
    """The passages' numbers in a model's reply, each once; empty for "0". Raises ``ModelError``
    for a reply without a line of numbers, and for one that names no passage there is.

    A line of numbers counts wherever it stands, because models like to explain themselves.
    """
    for line in without_thoughts(reply).splitlines():
        parts = _BETWEEN.sub(" ", line.strip().removesuffix(".")).split()
        if parts and all(part.isdecimal() for part in parts):
            numbers = dict.fromkeys(int(number) for number in re.findall(r"\d{1,6}", line))
            order = [number for number in numbers if 1 <= number <= count]
            if order or list(numbers) == [0]:
                return order
    shown = " ".join(reply.split())[:_LONGEST_SHOWN]
    raise ModelError(
        f"The model was asked for the passages' order and replied {shown!r}",
        hint="retrieval.reranker: none leaves the order to the assistant",
    )


def make_reranker(
    settings: RetrievalSettings, llm: LLMSettings, model: LanguageModel | None
) -> Reranker | None:
    """The reranker that the settings name, if any. Raises ``RerankingError``, and
    ``SettingsError`` for an unknown name."""
    made = RERANKERS.maker(settings.reranker)
    brought = RERANKERS.find(settings.reranker)
    if brought is None:
        reranker: Reranker | None = made(settings, llm, model)
        return reranker
    return RERANKERS.started(brought, lambda: CheckedReranker(made(settings)))


def make_none(settings: RetrievalSettings, llm: LLMSettings, model: LanguageModel | None) -> None:
    """The reranker ``none``."""


def make_cross_encoder(
    settings: RetrievalSettings, llm: LLMSettings, model: LanguageModel | None
) -> Reranker:
    """The reranker ``cross-encoder``. Raises ``RerankingError``."""
    return CrossEncoder(settings.reranker_model)


def make_model_reranker(
    settings: RetrievalSettings, llm: LLMSettings, model: LanguageModel | None
) -> Reranker:
    """The reranker ``llm``. Raises ``RerankingError`` without a model."""
    if model is None:
        raise RerankingError(
            "retrieval.reranker is llm, but no language model is set", hint="set llm.model"
        )
    return ModelReranker(model, llm)
