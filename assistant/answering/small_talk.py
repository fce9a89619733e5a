"""Greetings, thanks and questions about the assistant itself: answered without the documents."""

from __future__ import annotations

import re

from assistant.answering.answer import Draft

_GREETING = re.compile(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|howdy|hallo|salut|hola)"
    r"(?: (?:there|all|everyone|assistant|again))*"
)
_THANKS = re.compile(
    r"(?:(?:ok(?:ay)?|great|perfect|nice|cool|super|wonderful|awesome|got it|good|many|very|well|"
    r"alright|that (?:is|was|s) (?:great|helpful|all|perfect))[ ,]*)*"
    r"(?:thanks?|thank you|thx|cheers|much appreciated)"
    r"(?: (?:a lot|so much|very much|you|again|for (?:the|your) (?:help|answer|answers)|that "
    r"(?:helps|helped|was (?:helpful|great))))*"
)
_PRAISE = re.compile(
    r"(?:ok(?:ay)?|great|perfect|nice|cool|super|wonderful|awesome|got it|good job|well done)"
    r"(?: (?:work|job|answer))*"
)
_BYE = re.compile(
    r"(?:bye|goodbye|bye bye|see you|see you (?:later|soon)|good night|ciao|farewell)"
)
_SELF = re.compile(
    r"(?:and )?(?:who|what) are you|what can (?:you|i) (?:do|ask)(?: (?:you|for me|here|me))*|"
    r"what (?:do you do|is this)|how (?:do|does|can) (?:you|this|i use (?:you|this)) ?(?:work)?|"
    r"help(?: me)?|are you (?:a|an) (?:\w+ )?(?:robot|bot|human|person|ai|machine|program)|"
    r"(?:what is|what s|whats) your name|how are you(?: (?:doing|today))*|"
    r"can you help(?: me)?|what (?:kind of )?questions can i ask(?: you)?"
)

_ABOUT = (
    "I answer questions from the documents in your folder. Each sentence of an answer says where "
    "it comes from; when the documents do not hold the answer, I say so."
)


def small_talk_draft(text: str) -> Draft | None:
    """The answer to small talk; None for a question to the documents."""
    reply = reply_to(text)
    return Draft(text=reply, reason="smalltalk") if reply else None


def reply_to(text: str) -> str:
    """The reply to a greeting, thanks or a question about the assistant; empty for all else."""
    bare = re.sub(r"[^\w ]+", " ", text.casefold())
    bare = " ".join(bare.split())
    if len(bare) > 80:
        return ""
    if _SELF.fullmatch(bare):
        return _ABOUT
    if _THANKS.fullmatch(bare) or _PRAISE.fullmatch(bare):
        return "You are welcome. Ask on whenever you like."
    if _BYE.fullmatch(bare):
        return "Goodbye."
    greeting = _GREETING.match(bare)
    if greeting:
        rest = bare[greeting.end() :].strip()
        if not rest:
            return f"Hello. {_ABOUT}"
        if _SELF.fullmatch(rest):
            return _ABOUT
    return ""
