"""Conflicting claims → newest document first; and the sentences that replace a withdrawn one.

The day and version of a document are those that its first lines, its name or its file say
(``document_age``). A document that says of itself that it is withdrawn comes last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.list_items import ReadText
from assistant.answering.picks import Pick
from assistant.answering.sentences_beside import next_sentence
from assistant.answering.slot_values import SlotValue, content_words
from assistant.index.snapshot import Snapshot
from assistant.retrieval.document_age import Age, age_of

_HEAD = 800
"""Characters at the beginning of a document in which it says that it is withdrawn."""
_LOOKED_AT = 12
"""Sentences, the best, among which a withdrawal is looked for."""
_GONE = (
    r"withdrawn|superseded|revoked|repealed|rescinded|obsolete|replaced by|cancelled|no longer "
    r"(?:valid|in force|applies)|aufgehoben|widerrufen|zurückgezogen|ersetzt durch|abgelöst durch|"
    r"ungültig|nicht mehr gültig|außer kraft|abrogée?|annulée?|retirée?|remplacée? par|derogad[ao]|"
    r"anulad[ao]|retirad[ao]"
)
_IS_GONE = re.compile(rf"(?<!\w)(?:{_GONE})(?!\w)", re.IGNORECASE)
_ITSELF = re.compile(
    rf"^[^\w\n]{{0,20}}(?:status\W{{1,5}})?(?:{_GONE})(?!\w)"
    r"|[.;] (?:no longer (?:valid|in force)|superseded|withdrawn)"
    r"(?=[.;,)\n]| by\b| on\b| since\b|$)"
    rf"|(?<!\w)(?:this|these|diese[rs]?|cette|ce|est[ae])\s(?:\w+\s){{1,4}}(?:{_GONE})(?!\w)",
    re.IGNORECASE | re.MULTILINE,
)


def newest_first(
    claims: Sequence[tuple[Pick, SlotValue]], snapshot: Snapshot
) -> tuple[list[tuple[Pick, SlotValue]], list[str]]:
    """Claims by the ages of their documents, newest first, and these ages in words.

    Where fewer than two documents have an age of the same kind the order stays, without words.
    """
    aged = [(_age(pick, snapshot), pick, value) for pick, value in claims]
    days = sum(bool(age.day) for (age, _), _, _ in aged)
    versions = sum(bool(age.version) for (age, _), _, _ in aged)
    if max(days, versions) < 2 and not any(is_gone for (_, is_gone), _, _ in aged):
        return list(claims), [""] * len(claims)

    def order(at: int) -> tuple[bool, str, tuple[int, ...]]:
        age, is_gone = aged[at][0]
        return not is_gone, age.day if days >= versions else "", age.version

    ordered = sorted(range(len(aged)), key=order, reverse=True)  # equals as they were
    return (
        [(aged[at][1], aged[at][2]) for at in ordered],
        [_in_words(*aged[at][0]) for at in ordered],
    )


def with_what_holds(
    picks: Sequence[Pick], ranked: Sequence[Pick], read: ReadText
) -> tuple[Pick, ...]:
    """The picks with later sentences of their documents that withdraw them, each of these with the
    sentence after it, which says what holds instead."""
    later = [
        other for other in ranked[:_LOOKED_AT]
        if _IS_GONE.search(other.text) and any(_is_withdrawn_by(pick, other) for pick in picks)
    ]  # fmt: skip
    result: list[Pick] = []
    for pick in (*picks, *(each for each in later if each not in picks)):
        result.append(pick)
        if pick.row is not None or pick.kind != "prose" or not _IS_GONE.search(pick.text):
            continue
        for following in next_sentence(pick, read):
            if all(following.start != other.start for other in (*picks, *later)):
                result.append(following)
    return tuple(result)


def _is_withdrawn_by(pick: Pick, other: Pick) -> bool:
    """Whether a later sentence of the same document speaks of what an earlier one names."""
    same = pick.passage.document == other.passage.document and pick.end <= other.start
    return same and len(content_words([pick.text]) & content_words([other.text])) >= 2


def _age(pick: Pick, snapshot: Snapshot) -> tuple[Age, bool]:
    """The age of a sentence's document, and whether that says it is withdrawn."""
    document = snapshot.store.document(pick.passage.document)
    if document is None:
        return Age(), False
    head = snapshot.store.read_text(document.name, 0, _HEAD)
    age = age_of(document.name, document.title, document.date, head)
    return age, _ITSELF.search(head) is not None


def _in_words(age: Age, is_gone: bool) -> str:
    version = f"version {'.'.join(map(str, age.version))}" if age.version else ""
    return ", ".join(filter(None, (age.day, version, "withdrawn" if is_gone else "")))
