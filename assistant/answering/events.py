"""A question → the events of its answer: of the documents' own sentences, or written by a model.

without a model:  small talk? ─ search ─ field? ─ folder? ─▶ Retrieved ─ works? ─ figure? ─ steps?
                  ─ extract
with a model:     small talk? ─ summary? ─ folder? ─ condense ─ search ─ report? ─ more searches
                  ─ query? ─▶ Retrieved ─ figure? ─ refuse? ─ write ─ verify
either:           ─▶ Delta … Delta ─ build the answer ─▶ Finished

A step with "?" answers some questions and passes the others on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from assistant.answering.answer import Basis, Draft, at_once, build_answer
from assistant.answering.clock import Clock
from assistant.answering.computed_answers import (
    computed_draft,
    drafted,
    not_a_row,
    without_false_figure,
)
from assistant.answering.document_fields import field_draft
from assistant.answering.extractive import Chosen, chosen_from, extractive_draft
from assistant.answering.folder_answers import folder_draft, summary_documents
from assistant.answering.labelled_lines import labelled_draft
from assistant.answering.listed_work_answers import listed_work_draft
from assistant.answering.picks import Pick
from assistant.answering.queried_answers import queried, table_question, told_query_cost
from assistant.answering.reshaping import reshaped
from assistant.answering.several_steps import stepwise
from assistant.answering.small_talk import small_talk_draft
from assistant.answering.threads import in_own_thread, in_thread
from assistant.answering.two_questions import answered_in_parts
from assistant.errors import ModelError
from assistant.index.snapshot import Snapshot
from assistant.model.usage import add_usage
from assistant.resources import Resources
from assistant.retrieval.follow_up import Turn
from assistant.retrieval.question import Asked
from assistant.retrieval.search import Found, search
from assistant.text.analysed import analysed
from assistant.types import (
    NO_FILTERS,
    NO_USAGE,
    Delta,
    Event,
    Filters,
    Finished,
    Progress,
    Retrieved,
)

_MAY_NOT_ANSWER = "The passages do not seem to answer this: read them before you use the answer"


def answer_events(
    resources: Resources, asked: Asked, filters: Filters = NO_FILTERS, *, deep: bool = False
) -> Iterator[Event]:
    """The events of an answer, for a caller without an event loop; ``deep`` asks the model for a
    report. Raises ``AssistantError``."""
    talk = small_talk_draft(asked.text)
    if talk is not None:
        return at_once(build_answer(asked.text, talk, resources.fingerprint()))
    if resources.writes:
        return in_own_thread(_written(resources, asked, filters, deep))
    return _extracted(resources, asked, filters)


def answer_events_async(
    resources: Resources, asked: Asked, filters: Filters = NO_FILTERS, *, deep: bool = False
) -> AsyncIterator[Event]:
    """The same events for an event loop; work that takes long is done in a thread."""
    if resources.writes and small_talk_draft(asked.text) is None:
        return _written(resources, asked, filters, deep)
    return in_thread(answer_events(resources, asked, filters))


def quoted_events(
    resources: Resources, asked: Asked, filters: Filters = NO_FILTERS
) -> Iterator[Event]:
    """The events of an answer for which no language model is called, whichever is set."""
    return _extracted(resources, asked, filters, "Quoted without a model." * resources.writes)


def _extracted(
    resources: Resources,
    asked: Asked,
    filters: Filters,
    notice: str = "",
) -> Iterator[Event]:
    """An answer of the documents' own sentences; ``notice`` says why the model is left out."""
    clock, config, settings = Clock(), resources.fingerprint(), resources.settings.answer
    resources.load_reader_ahead()
    with resources.opened(filters.collections) as snapshot:
        tools = resources.search_tools(without_model=bool(notice))
        clock.stage("open")
        found = search(asked, snapshot, tools, filters)
        clock.stage("retrieve")
        draft = field_draft(found, snapshot)
        said = analysed(asked.text, snapshot.manifest.languages, asked.before)
        about = None if draft else folder_draft(said, asked.history, snapshot, filters)
        if about is not None:
            clock.stage("catalogue")
            basis = Basis(snapshot, None, filters)
            yield from at_once(build_answer(asked.text, about, config, basis, clock.total()))
            return
        yield Retrieved(found.question.standalone, found.passages)
        draft = draft or listed_work_draft(found, snapshot) or labelled_draft(found, snapshot)
        computed = None if draft else computed_draft(found, snapshot)
        draft = draft or drafted(computed)
        reader, sentences = resources.reader(), resources.sentences()

        def ask(
            part: str, before: Sequence[Turn] = (), after: Pick | None = None
        ) -> tuple[Found, Chosen]:
            result = search(Asked(part, before), snapshot, tools, filters)
            return result, chosen_from(result, snapshot, sentences, reader, settings, after)

        if draft is None:
            steps = stepwise(found, ask, settings.min_confidence)
            steps = steps or answered_in_parts(found, snapshot, ask)
            draft, found = steps or (None, found)
        draft = draft or extractive_draft(found, snapshot, sentences, reader, settings)
        draft = not_a_row(computed, draft, snapshot)
        yield Delta(draft.text)
        clock.stage("answer")
        told = ". ".join(filter(None, (notice, draft.notice)))
        draft = replace(draft, notice=told, usage=found.usage)
        basis = Basis(snapshot, found, filters)
        yield Finished(build_answer(asked.text, draft, config, basis, clock.total()))


async def _written(
    resources: Resources, asked: Asked, filters: Filters, deep: bool
) -> AsyncIterator[Event]:
    """An answer that the model writes, every sentence checked.

    With ``llm.fallback: extractive`` a model that cannot begin is replaced by the documents' own
    sentences, and the answer says so.
    """
    sent = False
    events = _by_model(resources, asked, filters, deep)
    try:
        async for event in events:
            sent = sent or isinstance(event, Delta)
            yield event
    except ModelError as exc:
        if sent or resources.settings.llm.fallback != "extractive":
            raise
        notice = f"Written without the model: {exc.what}"
        async for event in in_thread(_extracted(resources, asked, filters, notice)):
            yield event
    finally:
        await events.aclose()  # type: ignore[attr-defined]  # a stopped reader stops the server


async def _by_model(
    resources: Resources, asked: Asked, filters: Filters, deep: bool
) -> AsyncIterator[Event]:
    from assistant.answering.deep_events import Deeper, Searched, deep_events
    from assistant.answering.written import Written, condense, judged, write, written_draft

    clock, config, settings = Clock(), resources.fingerprint(), resources.settings
    said_now, shape = asked.text, reshaped(asked)
    asked = shape.asked
    with resources.opened(filters.collections) as snapshot:
        said = analysed(asked.text, snapshot.manifest.languages, asked.before)
        about = await asyncio.to_thread(folder_draft, said, asked.history, snapshot, filters)
        if about is not None:
            clock.stage("catalogue")
            basis = Basis(snapshot, None, filters)
            documents = (
                await asyncio.to_thread(summary_documents, said, asked.history, snapshot, filters)
                if settings.answer.summary_calls or deep
                else ()
            )
            if documents:
                from assistant.answering.summary_events import SummaryRequest, summary_events

                opening = SummaryRequest(said_now, shape.told(asked.text), documents, about)
                most_calls = settings.answer.summary_calls
                if deep:
                    most_calls = max(most_calls, settings.answer.deep_calls)
                summary = summary_events(resources, opening, basis, clock, most_calls)
                async with aclosing(summary) as events:  # type: ignore[type-var]
                    async for event in events:
                        yield event
                return
            for event in at_once(build_answer(said_now, about, config, basis, clock.total())):
                yield event
            return
    model = await asyncio.to_thread(resources.model)
    standalone, spent = "", NO_USAGE
    if not shape.form:  # the question before is found again as it was found then
        standalone, spent = await condense(asked.text, asked.history, model, settings.llm)
    if asked.history:
        clock.stage("condense")
    with resources.opened(filters.collections) as snapshot:
        tools = await asyncio.to_thread(resources.search_tools)
        clock.stage("open")
        # without a rewrite the rules of ``retrieval.follow_up`` borrow from the conversation
        wanted = Asked(standalone) if standalone else asked
        found = await asyncio.to_thread(search, wanted, snapshot, tools, filters)
        standalone = standalone or found.question.standalone
        clock.stage("retrieve")
        searched = Searched(said_now, standalone, found, add_usage(spent, found.usage))
        basis = Basis(snapshot, found, filters)
        deeper = Deeper(found, searched.spent)
        steps = deep_events(
            resources, searched, basis, tools, model, clock, deep=deep and not shape.form
        )
        async with aclosing(steps) as taken:  # type: ignore[type-var]
            async for step in taken:
                if isinstance(step, Deeper):
                    deeper = step
                    continue
                yield step
                if isinstance(step, Finished):
                    return
        found, spent = deeper.found, deeper.spent
        computed = await asyncio.to_thread(computed_draft, found, snapshot)
        figure, no_query = drafted(computed), ""
        over_tables = await asyncio.to_thread(table_question, computed, found, snapshot, settings)
        if over_tables is not None:
            yield Progress("planned", 0, 1, f"a query over tables: {told_query_cost(settings)}")
            yield Progress("asking for a query", 0, 1, standalone)
            made = await queried(over_tables, model, snapshot, settings)
            clock.stage("query")
            spent = add_usage(spent, made.usage)
            figure, no_query = made.draft or figure, made.problem
        yield Retrieved(standalone, found.passages)
        if not found.passages:
            draft = extractive_draft(found, snapshot, resources.sentences(), None, settings.answer)
            yield Delta(draft.text)
            draft, basis = replace(draft, usage=spent), Basis(snapshot, found, filters)
            yield Finished(build_answer(said_now, draft, config, basis, clock.total()))
            return
        if figure is not None:
            if no_query:
                figure = replace(figure, notice=f"No query: {no_query}")
            yield Delta(figure.text)
            clock.stage("answer")
            draft, basis = replace(figure, usage=spent), Basis(snapshot, found, filters)
            yield Finished(build_answer(asked.text, draft, config, basis, clock.total()))
            return
        refused = await asyncio.to_thread(_unanswerable, resources, found, snapshot)
        clock.stage("answerable")
        if refused is not None and settings.answer.refuse == "strict":
            yield Delta(refused.text)
            draft, basis = replace(refused, usage=spent), Basis(snapshot, found, filters)
            yield Finished(build_answer(said_now, draft, config, basis, clock.total()))
            return
        verifier = await asyncio.to_thread(resources.verifier)
        written: Written | None = None
        strict = settings.answer.strict
        told = shape.told(standalone)
        pieces = write(told, found.passages, model, settings.llm, verifier, strict=strict)
        async with aclosing(pieces) as stream:  # type: ignore[type-var]
            async for piece in stream:
                if isinstance(piece, str):
                    if "first_word" not in clock.timings:
                        clock.stage("first_word")
                    yield Delta(piece)
                else:
                    written = piece
        if written is None:
            raise AssertionError("a stream ends with Written")
        clock.stage("write")
        if settings.answer.judge and written.sentences:
            written = await judged(written, model, settings.llm)
            clock.stage("judge")
        draft = await asyncio.to_thread(
            written_draft, written, found, snapshot, resources.sentences(), settings
        )
        draft = await asyncio.to_thread(without_false_figure, computed, draft, snapshot)
        draft = replace(draft, usage=add_usage(spent, draft.usage))
        if draft.abstained:
            yield Delta(draft.text)
        parts = [deeper.notice, f"No query: {no_query}" * bool(no_query), draft.notice]
        if refused is not None and not draft.abstained:
            parts.insert(0, _MAY_NOT_ANSWER)
        draft = replace(draft, notice=". ".join(filter(None, parts)))
        basis = Basis(snapshot, found, filters)
        yield Finished(build_answer(said_now, draft, config, basis, clock.total()))


def _unanswerable(resources: Resources, found: Found, snapshot: Snapshot) -> Draft | None:
    """The refusal that there would be without a model, for the same passages; None where they
    answer, or ``answer.refuse`` does not ask."""
    settings = resources.settings.answer
    if settings.refuse == "never":
        return None
    draft = extractive_draft(found, snapshot, resources.sentences(), resources.reader(), settings)
    return draft if draft.abstained else None
