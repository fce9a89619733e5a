"""Requests that cannot be read → one clear error with status 422 that repeats nothing of them.

FastAPI's own answer holds what came in, and cannot be written when that is an infinity or half of
a character: a status 500 for a client's slip.
"""

from __future__ import annotations

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from assistant.text.visible import one_line

_MOST_PARTS = 6
_LONGEST = 300


async def refuse_invalid(request: Request, error: Exception) -> JSONResponse:
    """The answer to a request whose path, query or body does not fit."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][:_MOST_PARTS])
    said = one_line(f"{place}: {first['msg']}")[:_LONGEST]
    return JSONResponse(
        {"error": {"message": said, "type": "invalid_request_error", "param": None, "code": 422}},
        422,
    )
