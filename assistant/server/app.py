"""The application: our routes first, then the Gradio page, and the guards around it all."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from assistant import __version__
from assistant.chat.conversations import Conversations
from assistant.chat.header import TITLE
from assistant.chat.notes import PinnedNotes
from assistant.chat.page import STATIC, ChatPage
from assistant.chat.uploads import Quotas, Uploads
from assistant.errors import AssistantError
from assistant.pipeline import Assistant
from assistant.server import cards_page, openai_api, pages, timeline_page, uploading
from assistant.server.access import Access
from assistant.server.cross_origin import CrossOrigin
from assistant.server.event_bodies import EventBodies
from assistant.server.guards import Guards, RequestLimits
from assistant.server.invalid_requests import refuse_http, refuse_invalid
from assistant.server.mcp_door import make_mcp
from assistant.server.page_files import PageFiles, own_address
from assistant.service.people_file import People
from assistant.service.service import Service
from assistant.settings import Settings
from assistant.text.visible import one_line

CONVERSATIONS = "conversations.sqlite"
_WARM_SECONDS = 2.0
"""How long an end waits for the warming up, which cannot be stopped."""

_OWN_FILES = ("chat.css", "chat.js", "files.js", "sources.js", "keys.js")
_log = logging.getLogger("assistant.server")


@dataclass(frozen=True, slots=True)
class Application:
    """The running application: ``asgi`` with the guards, and its parts for callers and tests."""

    asgi: ASGIApp
    service: Service
    conversations: Conversations
    page: ChatPage


def make_app(assistant: Assistant, token: str = "", names: Collection[str] = ()) -> Application:
    """Build the whole server for an assistant. ``names`` are additional host names that it
    accepts."""
    settings = assistant.settings
    people = People(Path(settings.server.people)) if settings.server.people else None
    service = Service(assistant, people)
    kept = settings.chat.keep_conversations
    conversations = Conversations(settings.index.path / CONVERSATIONS if kept else None)
    access = Access(token, people=people)
    uploads = Uploads(settings.chat.uploads, _quotas(settings))
    notes = PinnedNotes(conversations, service.date_of)
    page = ChatPage(service, conversations, uploads, notes)
    page.library.close_uploads()
    mcp, mcp_app = make_mcp(service)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        warming = asyncio.ensure_future(asyncio.to_thread(service.warm_up))
        try:
            async with mcp.session_manager.run():
                yield
        finally:
            await asyncio.wait([warming], timeout=_WARM_SECONDS)
            if warming.done() and (problem := warming.exception()) is not None:
                _log.error("warming up failed", exc_info=problem)
            conversations.close()

    app: FastAPI = FastAPIOffline(
        title=TITLE,
        version=__version__,
        summary="Answers from a folder of documents, every sentence with its source.",
        lifespan=lifespan,
        redoc_url=None,
        static_url="/static/docs",
    )
    app.add_exception_handler(AssistantError, _known_failure)
    app.add_exception_handler(RequestValidationError, refuse_invalid)
    app.add_exception_handler(HTTPException, refuse_http)
    app.add_exception_handler(Exception, _unknown_failure)
    app.include_router(openai_api.router(service))
    app.include_router(pages.router(service, conversations, notes, access))
    app.include_router(uploading.router(uploads, service))
    app.include_router(timeline_page.router(service, page.library))
    app.include_router(cards_page.router(service, page.library))
    app.router.routes.extend(mcp_app.routes)
    app.mount("/own", StaticFiles(directory=STATIC), name="own")
    gr.mount_gradio_app(
        app,
        page.blocks,
        path="/",
        footer_links=[],
        show_error=False,
        max_file_size=0,  # files come by our own route
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        head=_head(),
        theme=gr.themes.Default(primary_hue="blue"),
    )
    limits = RequestLimits(
        upload=uploads.quotas.file,
        request=settings.server.max_request_kilobytes * 1000,
    )
    files = PageFiles(app, page.blocks, _OWN_FILES, page.first_screen.draw)
    checked = EventBodies(files, page.blocks)
    origins = settings.server.allowed_origins
    hosts = {*names, *settings.server.allowed_hosts}
    guarded: ASGIApp = Guards(checked, access, hosts, limits, origins, service.record)
    if origins:
        guarded = CrossOrigin(guarded, origins)
    return Application(guarded, service, conversations, page)


def _head() -> str:
    drawn = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    for name in _OWN_FILES:
        address = own_address(name)
        if name.endswith(".css"):
            drawn += f'<link rel="stylesheet" href="{address}">'
        else:
            drawn += f'<script src="{address}" defer></script>'
    return drawn


def _quotas(settings: Settings) -> Quotas:
    chat = settings.chat
    return Quotas(
        file=int(settings.documents.max_file_megabytes * 1e6),
        session=int(chat.session_upload_megabytes * 1e6),
        total=int(chat.uploads_megabytes * 1e6),
    )


async def _known_failure(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AssistantError)
    return openai_api.failure(error)


async def _unknown_failure(request: Request, error: Exception) -> JSONResponse:
    """No inner details go out; the log has them under the same number."""
    number = secrets.token_hex(4)
    _log.error("failure %s at %s", number, one_line(request.url.path), exc_info=error)
    said = f"Something went wrong here (failure {number}; the server's log has the details)"
    return JSONResponse(
        {"error": {"message": said, "type": "internal", "param": None, "code": number}}, 500
    )
