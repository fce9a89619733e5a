"""What calls of a model cost: tokens as the server counted them, else estimated; dollars."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.model.language_model import Ended, Message
from assistant.model.tokens import counter_for
from assistant.settings import LLMSettings
from assistant.types import Usage


def usage_of(messages: Sequence[Message], reply: str, ended: Ended, settings: LLMSettings) -> Usage:
    """The server's token counts, else tiktoken's, labelled as estimated."""
    estimated = ended.tokens_in is None or ended.tokens_out is None
    if ended.tokens_in is None or ended.tokens_out is None:
        count = counter_for(settings.model)
        tokens_in, tokens_out = sum(count(m["content"]) for m in messages), count(reply)
    else:
        tokens_in, tokens_out = ended.tokens_in, ended.tokens_out
    price = settings.price_of(settings.model)
    cost = (tokens_in * price[0] + tokens_out * price[1]) / 1e6 if price else None
    return Usage(tokens_in, tokens_out, calls=1, cost=cost, estimated=estimated)


def add_usage(a: Usage, b: Usage) -> Usage:
    """Two usages together; a cost is known only when every call's is."""
    if not a.calls or not b.calls:
        return b if not a.calls else a
    known = a.cost is not None and b.cost is not None
    return Usage(
        tokens_in=a.tokens_in + b.tokens_in,
        tokens_out=a.tokens_out + b.tokens_out,
        calls=a.calls + b.calls,
        cost=(a.cost or 0.0) + (b.cost or 0.0) if known else None,
        estimated=a.estimated or b.estimated,
        context_tokens=max(a.context_tokens, b.context_tokens),
    )
