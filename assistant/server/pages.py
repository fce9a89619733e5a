"""Our own small pages: documents at their cited place, exports, the login, health and metrics."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from assistant import __version__
from assistant.chat.conversations import Conversations
from assistant.chat.document_marks import MOST_PLACES, cited_marks, searched_marks
from assistant.chat.document_page import DRAWN, draw_document, draw_error, draw_login
from assistant.chat.exporting import as_markdown
from assistant.chat.notebook import notes_as_markdown
from assistant.chat.notes import PinnedNotes
from assistant.chat.original_file import OriginalFile, original_file
from assistant.chat.owners import owner_among
from assistant.chat.page_picture import draw_page
from assistant.chat.word_export import WORD_TYPE, notes_as_word
from assistant.errors import AssistantError
from assistant.index.scan import access_of
from assistant.server.access import SESSION_COOKIE, SESSION_SECONDS, Access
from assistant.server.policy import is_next
from assistant.service.metrics import CONTENT_TYPE
from assistant.service.people import TOKEN_HOLDER
from assistant.service.service import Service
from assistant.types import Source

_LONGEST_NAME = 4096
Name = Annotated[str, Query(max_length=_LONGEST_NAME)]
Offset = Annotated[int, Query(ge=0, le=10**9)]


_MOST_EXPORTED = 1000


def _download(
    data: str | bytes, name: str = "conversation.md", kind: str = "text/markdown; charset=utf-8"
) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=kind, headers=headers)


def router(
    service: Service, conversations: Conversations, notes: PinnedNotes, access: Access
) -> APIRouter:
    """The pages for a service."""
    routes = APIRouter()

    def read(name: str) -> Source:
        with service.audited("read", "page", [service.assistant.collection_of(name)]):
            return service.source(name)

    @routes.get("/healthz", tags=["operation"], summary="Whether it answers")
    async def health() -> JSONResponse:
        """``ok`` with an index to answer from, else ``no index`` and status 503."""
        everywhere = service.settings.collection_names()
        try:
            states = await asyncio.to_thread(service.states, everywhere, TOKEN_HOLDER)
        except AssistantError:
            return JSONResponse({"status": "no index", "version": __version__}, 503)
        documents = sum(status.documents for status in states.values())
        return JSONResponse({"status": "ok", "version": __version__, "documents": documents})

    @routes.get("/metrics", tags=["operation"], summary="Figures in the Prometheus format")
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)

    @routes.get(
        "/document", tags=["documents"], summary="A document at a place",
        response_class=HTMLResponse, responses={404: {"description": "No such document"}},
    )  # fmt: skip
    async def document(
        name: Name,
        start: Annotated[int | None, Query(ge=0, le=10**9)] = None,
        end: Offset = 0,
        page: Annotated[int | None, Query(ge=0, le=10**7)] = None,
        version: Annotated[str, Query(max_length=64)] = "",
        find: Annotated[str, Query(max_length=200)] = "",
        also: Annotated[list[str] | None, Query(max_length=MOST_PLACES)] = None,
    ) -> HTMLResponse:
        """The text around ``start`` to ``end``, or around a match of ``find``, with the words
        marked. ``also`` names other cited places as ``start-end``."""

        def drawn() -> str:
            source = read(name)
            if find.strip():
                marks = searched_marks(source.text, find, start or 0)
            else:
                marks = cited_marks(source.text, start or 0, end, also or ())
            return draw_document(source, marks, start=start, page=page, version=version)

        try:
            return HTMLResponse(await asyncio.to_thread(drawn))
        except AssistantError as exc:
            return HTMLResponse(draw_error(exc.what, exc.hint), 404)

    @routes.get(
        "/document/file", tags=["documents"], summary="The original file of a document",
        response_class=Response,
        responses={
            200: {"content": {"application/octet-stream": {}}}, 404: {"description": "No such file"}
        },
    )  # fmt: skip
    async def original(name: Name) -> Response:
        access = access_of(service.settings.documents)

        def found() -> OriginalFile:
            return original_file(read(name), access)

        try:
            file = await asyncio.to_thread(found)
        except AssistantError as exc:
            return HTMLResponse(draw_error(exc.what, exc.hint), 404)
        headers = {
            "Content-Length": str(file.length),
            "Content-Disposition": file.disposition,
            "Cache-Control": "private, no-store",
        }
        return StreamingResponse(file.parts, media_type="application/octet-stream", headers=headers)

    @routes.get(
        "/document/page.png", tags=["documents"],
        summary="A page of a PDF, or a picture, with a span marked",
        response_class=Response,
        responses={200: {"content": {"image/png": {}}}, 404: {"description": "No such page"}},
    )  # fmt: skip
    async def picture(
        name: Name,
        page: Annotated[int, Query(ge=1, le=10**7)],
        start: Offset = 0,
        end: Offset = 0,
    ) -> Response:
        try:
            source = await asyncio.to_thread(read, name)
            if source.kind not in DRAWN or page not in {each.number for each in source.pages}:
                return JSONResponse({"error": {"message": "There is no such page"}}, 404)
            words = await asyncio.to_thread(service.recognised_words, name, page)
            marked = tuple(word for word in words if word.start < end and start < word.end)
            quote = "" if words else source.text[start:end]
            data = await asyncio.to_thread(draw_page, source, page, quote, marked)
        except AssistantError as exc:
            return JSONResponse({"error": {"message": str(exc)}}, 404)
        return Response(data, media_type="image/png", headers={"Cache-Control": "private"})

    @routes.get("/export/{name}", include_in_schema=False)
    async def export(name: str, request: Request) -> Response:
        owner = owner_among(request.cookies)
        if name == "notes.docx":
            made = await asyncio.to_thread(notes_as_word, notes.listing(owner))
            return _download(made, name, WORD_TYPE)
        identity = name.removesuffix(".md")
        if identity == "notes":
            return _download(notes_as_markdown(notes.listing(owner)), "notes.md")
        if identity == "all":
            found = conversations.listing(owner, _MOST_EXPORTED)
            each = ((one.title, conversations.turns(owner, one.id)) for one in found)
            return _download("\n".join(as_markdown(title, turns) for title, turns in each))
        turns = conversations.turns(owner, identity)
        if not turns:
            return JSONResponse({"error": {"message": "There is no such conversation"}}, 404)
        title = next((h.title for h in conversations.listing(owner) if h.id == identity), "")
        return _download(as_markdown(title or turns[0].question, turns))

    @routes.get("/login", include_in_schema=False)
    async def login_page(next_page: Annotated[str, Query(alias="next")] = "") -> Response:
        going = next_page if is_next(next_page) else ""
        if access.is_open:
            return RedirectResponse(going or "/", 303)
        return HTMLResponse(draw_login("", going))

    @routes.post("/login", include_in_schema=False)
    async def login(
        request: Request,
        token: Annotated[str, Form(max_length=1000)] = "",
        next_page: Annotated[str, Form(alias="next")] = "",
    ) -> Response:
        going = next_page if is_next(next_page) else ""
        session = access.log_in(token)
        who = access.person("", session)
        if session:
            service.record("login", "page", "ok", (), who)
        else:
            if access.is_noted():
                service.record("login", "page", "refused", (), who)
            wait = await access.refuse()
            if wait > 0:
                said = f"That is not the token. After many wrong ones, wait {wait:.0f} s."
                return HTMLResponse(draw_login(said, going), 429, {"Retry-After": f"{wait:.0f}"})
            return HTMLResponse(draw_login("That is not the token.", going), 403)
        response = RedirectResponse(going or "/", 303)
        response.set_cookie(
            SESSION_COOKIE, session, max_age=SESSION_SECONDS, httponly=True, samesite="lax",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    @routes.post("/logout", include_in_schema=False)
    async def logout() -> Response:
        response = RedirectResponse("/login", 303)
        response.delete_cookie(SESSION_COOKIE)
        return response

    return routes
