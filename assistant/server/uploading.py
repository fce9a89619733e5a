"""``POST /upload?name=…``: the body is one file. The response names it by a number.

There is no form to parse and no path in the request: the page's script sends each file, then passes
the numbers to the event that stores the files.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from assistant.chat.owners import owner_among
from assistant.chat.uploads import Uploads
from assistant.errors import AssistantError, QuotaError
from assistant.server.openai_api import failure
from assistant.service.people import ADD
from assistant.service.service import Service

_LONGEST_NAME = 1000
_GONE = 499


def router(uploads: Uploads, service: Service) -> APIRouter:
    """The route for a folder of uploads, for who may add."""
    routes = APIRouter()

    @routes.post("/upload", include_in_schema=False)
    async def upload(
        request: Request, name: Annotated[str, Query(max_length=_LONGEST_NAME)] = ""
    ) -> Response:
        owner = owner_among(request.cookies)
        try:
            service.allowed(ADD)
            incoming = await uploads.apart(uploads.begin, owner, name)
        except AssistantError as exc:
            return _refused(exc)
        try:
            async for block in request.stream():
                await uploads.apart(incoming.write, block)
            return JSONResponse({"upload": incoming.finish()})
        except AssistantError as exc:
            return _refused(exc)
        except ClientDisconnect:
            return Response(status_code=_GONE)
        finally:
            incoming.discard()

    return routes


def _refused(error: AssistantError) -> Response:
    answer = failure(error)
    if isinstance(error, QuotaError):
        answer.status_code = 413
    return answer
