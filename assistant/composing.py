"""Passages + model → a checked answer in prose: prompt, stream, citations, verdicts.

The model's words go through a filter for the abstention line and through ``CitationStream``; what
comes out is sent and never rewritten. When the words end, each sentence is verified against the
passages it cites, without a model.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from assistant.citations import CitationStream, CitedSentence, ParsedAnswer
from assistant.context import Context, fit_history, fit_passages, passages_budget
from assistant.errors import ModelError
from assistant.filters import SentinelFilter, ThoughtFilter
from assistant.generating import Ended, LanguageModel
from assistant.prompts import SENTINEL, load_prompt
from assistant.questions import Turn
from assistant.settings import LLMSettings
from assistant.tokens import counter_for
from assistant.types import Evidence, Passage, Sentence, Usage
from assistant.usage import add_usage, usage_of
from assistant.verification import Verifier, needs_citation

_HISTORY_SHARE = 0.25
"""Share of the context that a conversation may fill when a question is condensed."""

_LONGEST_QUESTION = 1000
_WORTH = {"verbatim": 1.0, "supported": 0.9, "weak": 0.5, "uncited": 0.2, "unsupported": 0.0}


@dataclass(frozen=True, slots=True)
class Composed:
    """A model's whole answer before its citations are placed in the documents.

    ``shown`` is the text that was sent; ``found`` its sentences in the order of the text, each
    with its verification; ``dropped`` how many ``strict`` left out.
    """

    shown: str
    parsed: ParsedAnswer
    context: Context
    sentences: tuple[Sentence, ...]
    abstained: bool
    incomplete: str
    usage: Usage
    model: str
    dropped: int = 0


async def condense(
    question: str, history: Sequence[Turn], model: LanguageModel, settings: LLMSettings
) -> tuple[str, Usage]:
    """The question made to stand alone; no call is made without a history."""
    if not history:
        return question, Usage()
    count = counter_for(settings.model)
    turns = fit_history(history, int(_HISTORY_SHARE * settings.context_tokens), count)
    told = "\n".join(f"Person: {asked}\nAssistant: {answered}" for asked, answered in turns)
    messages = load_prompt("condense").render(history=told, question=question)
    reply, ended = await model.complete(messages)
    line = next((part.strip() for part in reply.splitlines() if part.strip()), "")
    line = line.strip("\"“”'`")[:_LONGEST_QUESTION]
    return line or question, usage_of(messages, reply, ended, settings)


async def compose(
    question: str,
    passages: Sequence[Passage],
    model: LanguageModel,
    settings: LLMSettings,
    verifier: Verifier,
    *,
    strict: bool,
) -> AsyncIterator[str | Composed]:
    """The answer's text as it becomes certain, then one ``Composed``.

    Raises ``ModelError`` when no word came. With ``strict`` the text is sent at the end, without
    the sentences that their citations do not support.
    """
    prompt = load_prompt("answer")
    count = counter_for(settings.model)
    fixed = prompt.render(sentinel=SENTINEL, passages="", question=question)
    budget = passages_budget(
        settings.context_tokens, settings.answer_tokens, [m["content"] for m in fixed], count
    )
    context = fit_passages(passages, budget, count)
    if passages and not context.passages:
        raise ModelError(
            f"No passage fits into llm.context_tokens = {settings.context_tokens}",
            hint="raise it, or lower llm.answer_tokens or chunking.tokens",
        )
    messages = prompt.render(sentinel=SENTINEL, passages=context.text, question=question)
    stream = CitationStream(len(context.passages))
    thought, sentinel = ThoughtFilter(), SentinelFilter()
    words: list[str] = []
    ended: Ended | None = None
    pieces = model.stream(messages)
    try:
        async for piece in pieces:
            if isinstance(piece, Ended):
                ended = piece
                break
            words.append(piece.text)
            shown = stream.feed(sentinel.feed(thought.feed(piece.text)))
            if shown and not strict:
                yield shown
    finally:
        await pieces.aclose()  # closes the upstream connection
    if ended is None:
        raise AssertionError("a stream ends with Ended")
    rest = stream.feed(sentinel.feed(thought.finish()) + sentinel.finish()) + stream.finish()
    if rest and not strict:
        yield rest
    composed = _check(stream.parsed(), context, verifier, sentinel.seen, ended)
    composed = replace(
        composed,
        usage=replace(
            usage_of(messages, "".join(words), ended, settings), context_tokens=context.tokens
        ),
    )
    if strict:
        composed = _strictly(composed)
        if composed.shown:
            yield composed.shown
    yield composed


def confidence_of(sentences: Sequence[Sentence]) -> float:
    """The mean worth of the verdicts, 0 for an answer without sentences."""
    if not sentences:
        return 0.0
    return sum(_WORTH[sentence.verdict] for sentence in sentences) / len(sentences)


async def judge(
    sentences: Sequence[Sentence],
    sources: Sequence[str],
    model: LanguageModel,
    settings: LLMSettings,
) -> tuple[tuple[Sentence, ...], Usage]:
    """A model's second opinion on each cited sentence, added beside our verdict; what it cost.

    ``sources[i]`` is what sentence i cites. An unreadable opinion stays empty: unknown is not
    wrong.
    """
    judged = []
    spent = Usage()
    for sentence, source in zip(sentences, sources, strict=True):
        opinion = ""
        if source:
            messages = load_prompt("judge").render(source=source, claim=sentence.text)
            try:
                reply, ended = await model.complete(messages)
            except ModelError:
                reply = ""
            else:
                spent = add_usage(spent, usage_of(messages, reply, ended, settings))
            first = reply.strip().strip("\"'.*").split()[:1]
            opinion = first[0].lower().strip(".,") if first else ""
            opinion = opinion if opinion in ("supported", "unsupported") else ""
        judged.append(replace(sentence, judged=opinion))
    return tuple(judged), spent


def _check(
    parsed: ParsedAnswer, context: Context, verifier: Verifier, saw_sentinel: bool, ended: Ended
) -> Composed:
    number = {passage: shown for shown, passage in enumerate(parsed.order, start=1)}
    sentences = tuple(
        _verified(found, context, verifier, number)
        for found in parsed.sentences
        if found.passages or needs_citation(found.text, found.kind)
    )
    abstained = saw_sentinel and not sentences
    return Composed(
        shown=parsed.text,
        parsed=parsed,
        context=context,
        sentences=sentences,
        abstained=abstained,
        incomplete="" if abstained else ended.incomplete,
        usage=Usage(),
        model=ended.model,
    )


def _verified(
    found: CitedSentence, context: Context, verifier: Verifier, number: dict[int, int]
) -> Sentence:
    """A sentence with its verdict, and for each passage it cites the stretch that fits best."""
    cited = [context.passages[passage - 1] for passage in found.passages]
    around = " ".join(part for p in cited for part in (p.title, *p.heading_path))
    check = verifier.verify(found.text, [p.text for p in cited], around)
    evidence = []
    for passage, source in zip(found.passages, cited, strict=True):
        place = check if len(cited) == 1 else verifier.verify(found.text, [source.text], around)
        if place.end > place.start:
            start, end = source.start + place.start, source.start + place.end
            evidence.append(Evidence(number[passage], start, end))
    return Sentence(
        text=found.text,
        citations=tuple(number[passage] for passage in found.passages),
        verdict=check.verdict,
        evidence=tuple(evidence),
        problems=check.problems,
    )


def _strictly(composed: Composed) -> Composed:
    """The answer without the sentences that nothing supports, its text put together anew.

    With none left it is an abstention.
    """
    kept = tuple(s for s in composed.sentences if s.verdict not in ("unsupported", "uncited"))
    order: dict[int, int] = {}
    for sentence in kept:
        for marker in sentence.citations:
            order.setdefault(marker, len(order) + 1)
    renumbered = tuple(
        replace(
            sentence,
            citations=tuple(order[m] for m in sentence.citations),
            evidence=tuple(replace(e, marker=order[e.marker]) for e in sentence.evidence),
        )
        for sentence in kept
    )
    passages = composed.parsed.order
    parsed = replace(composed.parsed, order=tuple(passages[m - 1] for m in order))
    text = " ".join(s.text + "".join(f" [{m}]" for m in s.citations) for s in renumbered)
    return replace(
        composed,
        shown=text,
        parsed=parsed,
        sentences=renumbered,
        abstained=composed.abstained or not kept,
        dropped=len(composed.sentences) - len(kept),
    )
