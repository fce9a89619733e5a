"""The page of dated statements: of all documents that the caller may ask, or of the ticked ones."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from assistant.chat.document_page import draw_error
from assistant.chat.library import Library
from assistant.chat.sources import LONGEST
from assistant.chat.timeline import Timeline, TimelineRequest, draw_timeline
from assistant.errors import AssistantError
from assistant.service.service import Service
from assistant.settings.collections import DEFAULT

_MOST_COLLECTIONS = 100


def router(service: Service, library: Library) -> APIRouter:
    """The route of the timeline of a service."""
    routes = APIRouter()
    timeline = Timeline(service)

    @routes.get(
        "/document/timeline", tags=["documents"], summary="Dated statements, in their order",
        response_class=HTMLResponse, responses={400: {"description": "No such documents"}},
    )  # fmt: skip
    async def dated(
        find: Annotated[str, Query(max_length=200)] = "",
        page: Annotated[int, Query(ge=1, le=10**6)] = 1,
        ticked: Annotated[str, Query(max_length=LONGEST)] = "",
        collection: Annotated[list[str] | None, Query(max_length=_MOST_COLLECTIONS)] = None,
    ) -> HTMLResponse:
        """Sentences that name a day or a year, each with the place it stands at. ``ticked`` are
        numbers of documents, as the chat's list counts them (``12:0,3-5``)."""
        asked = TimelineRequest(" ".join(find.split()), page, ticked, tuple(collection or ()))

        def drawn() -> str:
            with service.audited("read", "page", asked.collections) as told:
                infos = service.infos(asked.collections)
                told += dict.fromkeys(info.collection or DEFAULT for info in infos)
                names = library.chosen(ticked, asked.collections)
                return draw_timeline(timeline.of(names or [info.name for info in infos]), asked)

        try:
            return HTMLResponse(await asyncio.to_thread(drawn))
        except AssistantError as exc:
            return HTMLResponse(draw_error(exc.what, exc.hint), 400)

    return routes
