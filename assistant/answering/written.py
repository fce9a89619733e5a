"""Passages + model → a checked answer in prose: prompt, stream, citations, verdicts.

``answer.strict`` leaves out what is unsupported or not cited.

Filters remove the model's reasoning and its abstention line; ``CitationStream`` normalises the
citations. Text that was sent is never changed. When the stream ends, each sentence is verified
against the passages it cites, without a model.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from assistant.answering.answer import CitedPlace, Draft
from assistant.answering.candidates import rank_candidates
from assistant.answering.choice import choose
from assistant.answering.claims import ClaimChecker, claim_of, states_anything
from assistant.answering.closest import closest_places
from assistant.answering.extractive import why_not
from assistant.answering.model_prompt import Prompted, fewer, learn, learn_before, prompt_of
from assistant.answering.rewrites import accepted_rewrite
from assistant.checking.verifier import Verifier
from assistant.citing.finding import FindingStream
from assistant.citing.model_text import ModelText
from assistant.citing.spacing import PlacedMarker
from assistant.citing.stream import CitedSentence, ParsedAnswer
from assistant.errors import ModelError
from assistant.index.snapshot import Snapshot
from assistant.model.context import Context, fit_history
from assistant.model.faults import PromptTooLongError
from assistant.model.hidden import without_thoughts
from assistant.model.language_model import Ended, LanguageModel
from assistant.model.learned_tokens import learned_counter
from assistant.model.prompt_table import choose_prompt
from assistant.model.prompts import load_prompt
from assistant.model.usage import add_usage, usage_of
from assistant.retrieval.nearness import SentenceIndex
from assistant.retrieval.question import Turn
from assistant.retrieval.search import Found
from assistant.settings import LLMSettings, Settings
from assistant.types import Evidence, Passage, Sentence, Usage

_HISTORY_SHARE = 0.25
"""Share of the context that a conversation may fill when a question is condensed."""

_MOST_TOKENS_OF_A_REWRITE = 96
_LONGEST_SPAN = 700
"""Characters one marker may point at; where its sentences lie further apart, the first one's."""
_LONGEST_OPINION = 3
"""Words: a model that was asked for one word and tells a story has not judged."""
REPEATS = "the model repeated itself and was stopped"
_WORTH = {
    "verbatim": 1.0,
    "supported": 0.9,
    "computed": 1.0,
    "catalogue": 1.0,
    "weak": 0.5,
    "uncited": 0.2,
    "unsupported": 0.0,
}


@dataclass(frozen=True, slots=True)
class Written:
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
    """The self-contained question, rewritten by the model; an empty text where its rewrite is none
    (see ``rewrites``) or never came. Without a history the question is returned as it is."""
    if not history:
        return question, Usage()
    count = learned_counter(settings.base_url, settings.model)
    turns = fit_history(history, int(_HISTORY_SHARE * settings.context_tokens), count)
    told = "\n".join(f"Person: {asked}\nAssistant: {answered}" for asked, answered in turns)
    messages = load_prompt("condense").render(history=told, question=question)
    try:
        reply, ended = await model.complete(messages, most_tokens=_MOST_TOKENS_OF_A_REWRITE)
    except ModelError:
        return "", Usage()
    return accepted_rewrite(reply, question, history), usage_of(messages, reply, ended, settings)


async def write(
    question: str,
    passages: Sequence[Passage],
    model: LanguageModel,
    settings: LLMSettings,
    verifier: Verifier,
    *,
    strict: bool,
) -> AsyncIterator[str | Written]:
    """The answer's text in pieces that no longer change, then one ``Written``.

    Raises ``ModelError`` when no word came. With ``strict`` the text is sent at the end, without
    the sentences that their citations do not support.
    """
    most: int | None = None  # passages; fewer after a refusal for length
    while True:
        prompted = prompt_of(question, passages, settings, most)
        if await learn_before(prompted, settings):
            prompted = prompt_of(question, passages, settings, most)
        try:
            async for piece in _answered(prompted, model, settings, verifier, strict=strict):
                yield piece
            return
        except PromptTooLongError as exc:
            if len(prompted.context.passages) < 2:
                raise
            most = fewer(prompted, exc)


async def write_whole(
    prompted: Prompted, model: LanguageModel, settings: LLMSettings, verifier: Verifier
) -> Written:
    """The whole checked text of one prompt, and nothing before its end. Raises ``ModelError`` when
    no word came, ``PromptTooLongError`` for a prompt with too many passages."""
    pieces = _answered(prompted, model, settings, verifier, strict=False)
    async with aclosing(pieces) as stream:  # type: ignore[type-var]
        async for piece in stream:
            if isinstance(piece, Written):
                return piece
    raise AssertionError("a text ends with Written")


async def _answered(
    prompted: Prompted,
    model: LanguageModel,
    settings: LLMSettings,
    verifier: Verifier,
    *,
    strict: bool,
) -> AsyncIterator[str | Written]:
    """What ``write`` gives, of one prompt."""
    messages, context = prompted.messages, prompted.context
    checker = ClaimChecker(context.passages, verifier)
    stream = FindingStream(len(context.passages), checker.find)
    shown_to_it = context.passages
    documents, titles = [p.document for p in shown_to_it], [p.title for p in shown_to_it]
    text = ModelText(documents, titles, prompted.question)
    words: list[str] = []
    ended: Ended | None = None
    pieces = model.stream(messages)
    try:
        async for piece in pieces:
            if isinstance(piece, Ended):
                ended = piece
                break
            words.append(piece.text)
            shown = stream.feed(text.feed(piece.text))
            if shown and not strict:
                yield shown
            if text.repeats:
                ended = Ended(REPEATS, None, None, getattr(model, "name", settings.model))
                break
            if text.asks_itself:
                ended = Ended("", None, None, getattr(model, "name", settings.model))
                break
    finally:
        await pieces.aclose()  # closes the upstream connection
    if ended is None:
        raise AssertionError("a stream ends with Ended")
    learn(messages, ended, settings)
    rest = stream.feed(text.finish()) + stream.finish()
    if rest and not strict:
        yield rest
    written = await _check(stream.parsed(), context, checker, text.abstains, ended)
    written = replace(
        written,
        usage=replace(
            usage_of(messages, "".join(words), ended, settings), context_tokens=context.tokens
        ),
    )
    if strict:
        written = strictly(written)
        if written.shown:
            yield written.shown
    yield written


def confidence_of(sentences: Sequence[Sentence]) -> float:
    """The mean worth of the verdicts, 0 for an answer without sentences."""
    if not sentences:
        return 0.0
    return sum(_WORTH[sentence.verdict] for sentence in sentences) / len(sentences)


def written_draft(
    written: Written,
    found: Found,
    snapshot: Snapshot,
    sentences: SentenceIndex,
    settings: Settings,
) -> Draft:
    """A model's checked answer, or its abstention explained."""
    confidence = round(confidence_of(written.sentences), 4)
    model = written.model or settings.llm.model
    prompt = load_prompt(
        choose_prompt(settings.llm.model, settings.llm.context_tokens).prompt
    ).fingerprint
    notice = ""
    if written.dropped:
        count = written.dropped
        notice = f"{count} sentence{'s' if count != 1 else ''} left out: not supported by a source."
    if written.abstained:
        most, read = settings.answer.max_sentences, snapshot.store.read_text
        chosen = choose(rank_candidates(found.question, found.passages, sentences), most, read)
        reason = why_not(chosen, found.passages)
        return Draft(
            text=reason, abstained=True, reason=reason, confidence=confidence,
            usage=written.usage, model=model, prompt=prompt, notice=notice,
            closest=closest_places(chosen.ranked, "", None),
        )  # fmt: skip
    return Draft(
        text=written.shown,
        sentences=written.sentences,
        places=places_of(written),
        confidence=confidence,
        incomplete=written.incomplete,
        notice=notice,
        usage=written.usage,
        model=model,
        prompt=prompt,
    )


def places_of(written: Written) -> tuple[CitedPlace, ...]:
    """What each marker of the shown text points at."""
    order = enumerate(written.parsed.order, start=1)
    return tuple(_place(written, marker, passage) for marker, passage in order)


def _place(written: Written, marker: int, passage: int) -> CitedPlace:
    """The cited span of a marker: all evidence of its sentences together, else the whole
    passage."""
    found = [e for s in written.sentences for e in s.evidence if e.marker == marker]
    source = written.context.passages[passage - 1]
    if not found:
        return CitedPlace(source.document, source.start, source.end)
    start, end = min(e.start for e in found), max(e.end for e in found)
    if end - start > _LONGEST_SPAN:
        start, end = found[0].start, found[0].end
    return CitedPlace(source.document, start, end)


async def judged(written: Written, model: LanguageModel, settings: LLMSettings) -> Written:
    """The answer with a model's second opinion on each cited sentence, and what that cost."""
    passages = written.parsed.order
    sources = [
        "\n\n".join(
            written.context.passages[passages[marker - 1] - 1].text for marker in sentence.citations
        )
        for sentence in written.sentences
    ]
    sentences, spent = await judge(written.sentences, sources, model, settings)
    return replace(written, sentences=sentences, usage=add_usage(written.usage, spent))


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
            opinion = read_opinion(reply)
        judged.append(replace(sentence, judged=opinion))
    return tuple(judged), spent


def read_opinion(reply: str) -> str:
    """``supported`` or ``unsupported``; empty for a reply that says both, neither, or a story."""
    words = without_thoughts(reply).lower().split()
    said = {word.strip("\"'`.,:;*()[]") for word in words}
    opinions = said & {"supported", "unsupported"}
    return opinions.pop() if len(opinions) == 1 and len(words) <= _LONGEST_OPINION else ""


async def _check(
    parsed: ParsedAnswer, context: Context, checker: ClaimChecker, abstains: bool, ended: Ended
) -> Written:
    number = {passage: shown for shown, passage in enumerate(parsed.order, start=1)}
    verified = []
    for at, found in enumerate(parsed.sentences):
        if found.passages or checker.needs_citation(parsed.sentences, at):
            verified.append(_verified(parsed.sentences, at, context, checker, number))
            await asyncio.sleep(0)  # others, and the end of the server, need not wait for the rest
    if not verified and not abstains:  # an answer in short lines only: these are checked instead
        for at, found in enumerate(parsed.sentences):
            if states_anything(found):
                verified.append(_verified(parsed.sentences, at, context, checker, number))
    sentences = tuple(verified)
    states = any(each.verdict not in ("uncited", "unsupported") for each in sentences)
    abstained = (abstains and not states) or not parsed.text.strip()
    return Written(
        shown=parsed.text,
        parsed=parsed,
        context=context,
        sentences=() if abstained else sentences,
        abstained=abstained,
        incomplete="" if abstained else ended.incomplete,
        usage=Usage(),
        model=ended.model,
    )


def _verified(
    sentences: Sequence[CitedSentence],
    at: int,
    context: Context,
    checker: ClaimChecker,
    number: dict[int, int],
) -> Sentence:
    """A sentence with its verdict, and for each passage it cites the stretch that fits best."""
    found, claim = sentences[at], claim_of(sentences, at)
    check = checker.check(sentences, at)
    evidence = []
    for passage in found.passages:
        source = context.passages[passage - 1]
        place = check if len(found.passages) == 1 else checker.verify(claim, (passage,))
        if place.end > place.start:
            start, end = source.start + place.start, source.start + place.end
            evidence.append(Evidence(number[passage], start, end))
    return Sentence(
        text=found.text,
        citations=tuple(number[passage] for passage in found.passages),
        verdict=check.verdict,
        evidence=tuple(evidence),
        problems=check.problems,
        is_found=found.is_found,
    )


def strictly(written: Written) -> Written:
    """The answer without unsupported sentences, its text and markers renumbered.

    With none left it is an abstention.
    """
    kept = tuple(s for s in written.sentences if s.verdict not in ("unsupported", "uncited"))
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
    passages = tuple(written.parsed.order[m - 1] for m in order)
    text, markers = "", []
    for sentence in renumbered:
        text += f" {sentence.text}" if text else sentence.text
        for m in sentence.citations:
            start = len(text) + 1
            text += f" [{m}]"
            markers.append(PlacedMarker(start, len(text), m, passages[m - 1]))
    parsed = replace(written.parsed, text=text, markers=tuple(markers), order=passages)
    return replace(
        written,
        shown=text,
        parsed=parsed,
        sentences=renumbered,
        abstained=written.abstained or not kept,
        dropped=len(written.sentences) - len(kept),
    )
