"""Keeps questions, passages and documents out of the openai SDK's debug records of our requests.

At level DEBUG the SDK logs every request's body (never its key). A person's question is not ours to
log; requests made inside ``unlogged_bodies`` are recorded without theirs, all others untouched.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
from collections.abc import Iterator

_ours: contextvars.ContextVar[bool] = contextvars.ContextVar("assistant_request", default=False)
_BODIES = frozenset({"json_data", "extra_json", "content", "files"})


@contextlib.contextmanager
def unlogged_bodies() -> Iterator[None]:
    """Requests made inside are logged without what they say."""
    logger = logging.getLogger("openai._base_client")
    if _FILTER not in logger.filters:
        logger.addFilter(_FILTER)
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)


class _WithoutBodies(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if _ours.get() and isinstance(record.args, dict):
            record.args = {k: "…" if k in _BODIES else v for k, v in record.args.items()}
        return True


_FILTER = _WithoutBodies()
