"""Requests that cannot be parsed → one clear error in our format that echoes none of the input.

FastAPI's own error echoes the input. It cannot serialise an infinity or a lone surrogate, and then
answers a client's mistake with status 500.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.text.visible import one_line

_MOST_PARTS = 6
_LONGEST = 300


async def refuse_invalid(request: Request, error: Exception) -> JSONResponse:
    """The answer to a request whose path, query or body does not fit."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][:_MOST_PARTS])
    return _refusal(422, f"{place}: {first['msg']}", param=place)


async def refuse_http(request: Request, error: Exception) -> JSONResponse:
    """The answer to a request that Starlette or FastAPI refuses: no such path, a body that is no
    JSON or holds a number that Python does not read."""
    assert isinstance(error, HTTPException)
    return _refusal(error.status_code, str(error.detail), error.headers)


def _refusal(
    status: int, reason: str, headers: Mapping[str, str] | None = None, param: str = ""
) -> JSONResponse:
    said = {
        "message": one_line(reason)[:_LONGEST],
        "type": "invalid_request_error",
        "param": one_line(param)[:_LONGEST] or None,
        "code": str(status),
    }
    return JSONResponse({"error": said}, status, headers)
