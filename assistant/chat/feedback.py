"""Ratings with a reason, and evaluation questions made from bad answers."""

from __future__ import annotations

from assistant.chat.conversations import Conversations, StoredTurn
from assistant.chat.question_set import Proposal, add_question, checked
from assistant.errors import AssistantError
from assistant.service.people import ADD, Person
from assistant.service.service import Service

REASONS = ("Wrong citation", "Incomplete", "Wrong", "Should have refused", "Should have answered")
"""What can be wrong with an answer; each offers to become a question of the evaluation."""


class Feedback:
    """Keeps ratings, and proposes and adds questions."""

    def __init__(self, service: Service, conversations: Conversations) -> None:
        self._service = service
        self._conversations = conversations

    def rate(self, owner: str, conversation: str, position: int, rating: str) -> Proposal | None:
        """Store a rating; a bad one returns a proposed evaluation question, prefilled from the
        answer."""
        known = rating if rating in ("Like", *REASONS) else ""
        self._conversations.rate(owner, conversation, position, known)
        turn = self._turn(owner, conversation, position)
        if turn is None or known in ("", "Like"):
            return None
        answer = turn.answer
        reason = known.lower()
        if answer is None:
            return Proposal(turn.question, False, reason=reason)
        document = quote = ""
        if answer.citations:
            document, quote = answer.citations[0].document, answer.citations[0].quote
        elif answer.retrieved:
            document, quote = answer.retrieved[0].document, answer.retrieved[0].text
        return Proposal(
            question=turn.question,
            refuse=known == "Should have refused",
            document=document,
            quote=" ".join(quote.split()),
            reason=reason,
        )

    def add(
        self,
        owner: str,
        conversation: str,
        about: tuple[int, str],
        filled: tuple[str, bool, str, str, str],
        who: Person | None = None,
    ) -> str:
        """Add a filled-in proposal, for who may add; gives what to tell the person."""
        position, reason = about
        question, refuse, fact, document, quote = filled
        turns = self._conversations.turns(owner, conversation)
        if not any(turn.position == position for turn in turns):
            return "This conversation is gone; nothing was added."
        history = tuple(
            (turn.question, turn.answer.text)
            for turn in turns
            if turn.position < position and turn.answer is not None and turn.answer.text.strip()
        )
        proposal = Proposal(question, refuse, fact, document, quote, reason, history)
        settings = self._service.settings
        try:
            self._service.allowed(ADD, who)
            source = None if refuse else self._service.lookup(document, who)
            identity = add_question(
                settings.chat.question_set, checked(proposal, source), settings.documents.paths
            )
        except AssistantError as exc:
            return f"{exc.what}. {exc.hint}."
        return f"Added as {identity} to {settings.chat.question_set.name}."

    def _turn(self, owner: str, conversation: str, position: int) -> StoredTurn | None:
        turns = self._conversations.turns(owner, conversation)
        return next((turn for turn in turns if turn.position == position), None)
