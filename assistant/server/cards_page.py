"""The page of study cards: of all documents that the caller may ask, or of the ticked ones."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from assistant.chat.document_page import draw_error
from assistant.chat.library import Library
from assistant.chat.sources import LONGEST
from assistant.chat.study_cards import CardsRequest, SourcedCard, draw_cards
from assistant.errors import AssistantError
from assistant.service.service import Service
from assistant.settings.collections import DEFAULT
from assistant.studying.decks import Decks

_MOST_COLLECTIONS = 100
_MOST_CARDS = 100


def router(service: Service, library: Library) -> APIRouter:
    """The route of the study cards of a service."""
    routes = APIRouter()
    decks = Decks(service.lookup)
    one_at_a_time = asyncio.Lock()  # who waits holds no thread: questions need them

    @routes.get(
        "/document/cards", tags=["documents"], summary="Questions to learn from, with their places",
        response_class=HTMLResponse, responses={400: {"description": "No such documents"}},
    )  # fmt: skip
    async def cards(
        seed: Annotated[int, Query(ge=0, le=10**9)] = 1,
        count: Annotated[int, Query(ge=1, le=_MOST_CARDS)] = 20,
        ticked: Annotated[str, Query(max_length=LONGEST)] = "",
        collection: Annotated[list[str] | None, Query(max_length=_MOST_COLLECTIONS)] = None,
    ) -> HTMLResponse:
        """Questions made from the documents, each with the place of its answer. The same ``seed``
        gives the same set. ``ticked`` are numbers of documents, as the chat's list counts them
        (``12:0,3-5``)."""
        asked = CardsRequest(seed, count, ticked, tuple(collection or ()))

        def drawn() -> str:
            with service.audited("read", "page", asked.collections) as told:
                infos = service.infos(asked.collections)
                told += dict.fromkeys(info.collection or DEFAULT for info in infos)
                names = library.chosen(ticked, asked.collections)
                deck = decks.deck(names or [info.name for info in infos], seed, count)
                shown = []
                for card in deck.cards:
                    source = service.lookup(card.quote.document)
                    if source is not None:
                        shown.append(SourcedCard(card, source))
                return draw_cards(deck, shown, asked)

        try:
            async with one_at_a_time:
                return HTMLResponse(await asyncio.to_thread(drawn))
        except AssistantError as exc:
            return HTMLResponse(draw_error(exc.what, exc.hint), 400)

    return routes
