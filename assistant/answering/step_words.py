"""The steps of an answer that takes several, and what they cost at most, in words."""

from __future__ import annotations

from assistant.settings import LLMSettings
from assistant.types import Progress


def told_cost(calls: int, tokens_in: int, tokens_out: int, settings: LLMSettings) -> str:
    """Calls and tokens; dollars where the model has a price."""
    counted = f"{calls} call{'s' if calls != 1 else ''}"
    told = f"at most {counted} of the model, about {tokens_in + tokens_out:,} tokens"
    price = settings.price_of(settings.model)
    if price is None:
        return told
    cost = (tokens_in * price[0] + tokens_out * price[1]) / 1e6
    return f"{told}, at most ${cost:.4f}"


def told_step(step: Progress) -> str:
    """One line; the item may be a document's words, so whoever shows it escapes it."""
    count = f" {step.done + 1} of {step.total}" if step.total and step.stage != "planned" else ""
    return (
        f"{step.stage.capitalize()}{count}: {step.item}" if step.item else step.stage.capitalize()
    )
