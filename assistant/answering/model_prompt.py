"""Question and passages → the messages a model gets, as many passages as fit into its window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.errors import ModelError
from assistant.model.context import Context, fit_passages, passages_budget
from assistant.model.faults import PromptTooLongError
from assistant.model.language_model import Ended, Message
from assistant.model.learned_tokens import is_learned, learn_ratio, learned_counter
from assistant.model.prompt_table import PromptChoice, choose_prompt
from assistant.model.prompts import SENTINEL, load_prompt
from assistant.model.server_tokens import served_tokens
from assistant.model.tokens import counter_for
from assistant.settings import LLMSettings
from assistant.types import Passage

_MUCH = 0.4
"""Share of the window: tables and other scripts have up to 4.8 times the estimated tokens, most
texts less than twice."""
_SMALLER = 0.6
"""Share of the passages that is kept after a refusal that names no counts."""


@dataclass(frozen=True, slots=True)
class Prompted:
    """The messages, the passages in them, which prompt it is, and the question that it ends with
    (empty where it ends otherwise)."""

    messages: list[Message]
    context: Context
    choice: PromptChoice
    question: str = ""


def prompt_of(
    question: str, passages: Sequence[Passage], settings: LLMSettings, most: int | None = None
) -> Prompted:
    """The best passages that fit, at most ``most``. Raises ``ModelError`` when not one fits."""
    choice = choose_prompt(settings.model, settings.context_tokens)
    prompt = load_prompt(choice.prompt)
    fixed = prompt.render(sentinel=SENTINEL, passages="", question=question)
    fixed_texts = [message["content"] for message in fixed]
    shown = passages[: min(choice.passages or len(passages), most or len(passages))]
    context = Context((), (), "", 0)
    # what was learned of the tokens may be too much for this prompt: then the server decides
    for count in (
        learned_counter(settings.base_url, settings.model),
        counter_for(settings.model),
    ):
        budget = passages_budget(
            settings.context_tokens, settings.answer_tokens, fixed_texts, count
        )
        context = fit_passages(shown, budget, count)
        if not context.passages:
            context = fit_passages(passages, budget, count)
        if context.passages:
            break
    if passages and not context.passages:
        raise ModelError(
            f"No passage fits into llm.context_tokens = {settings.context_tokens}",
            hint="raise it, or lower llm.answer_tokens or chunking.tokens",
        )
    messages = prompt.render(sentinel=SENTINEL, passages=context.text, question=question)
    return Prompted(messages, context, choice, question)


async def learn_before(prompted: Prompted, settings: LLMSettings) -> bool:
    """Let a server that can count say how many tokens a prompt has before it is sent: once for a
    script, and only where the estimate fills much of the window. True when it told."""
    server, model = settings.base_url, settings.model
    text = prompted.messages[-1]["content"]
    count = counter_for(model)
    estimated = count(text)
    if estimated < _MUCH * settings.context_tokens or is_learned(server, model, text):
        return False
    told = await served_tokens(settings, text)
    learn_ratio(server, model, text, estimated, told or estimated)  # it is asked only once
    return told is not None


def fewer(prompted: Prompted, refusal: PromptTooLongError) -> int:
    """How many passages the next try has, by the server's counts where it gave them."""
    count = len(prompted.context.passages)
    share = 0.8 * refusal.window / refusal.prompt_tokens if refusal.prompt_tokens else _SMALLER
    return max(1, min(count - 1, int(count * share)))


def learn(messages: Sequence[Message], ended: Ended, settings: LLMSettings) -> None:
    """Remember what the server counted for this prompt."""
    if ended.tokens_in is None:
        return
    count = counter_for(settings.model)
    text = messages[-1]["content"]
    estimated = sum(count(message["content"]) for message in messages)
    learn_ratio(settings.base_url, settings.model, text, estimated, ended.tokens_in)
