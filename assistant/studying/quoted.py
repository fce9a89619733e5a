"""What stands in quotation marks → items: titles of works, and who said something. Pure.

Articles without figures have these: a paper is named by its title, an interview names its speakers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.studying.items import Item, Quote
from assistant.studying.words import PERSON, content_words, is_self_contained, joined, names_in
from assistant.text.sentences import sentences

_QUOTED = re.compile(r"[“\"]([^“”\"\n]{12,160})[”\"]")
_WORK = re.compile(
    r"\b(?:papers?|articles?|books?|report|talk|study|called|titled|entitled|in|presented)\b[^.“\"]{0,40}$",
    re.IGNORECASE,
)
_SAYING = re.compile(
    rf"[”\"],? (?:(?P<one>{PERSON}|[A-Z][\w’'-]+) (?:says|said|explains|explained|adds|added|notes|"
    rf"noted|recalls|argues)|(?:says|said|explains|adds|notes|recalls) (?P<two>{PERSON}|"
    r"[A-Z][\w’'-]+))\b"
)
_NO_SPEAKERS = frozenset("He She They It We The This That Who".split())
FEWEST_WORDS, MOST_WORDS = 4, 7
"""Content words of a question."""
SHARE = 0.45
"""At most this share of the quotation's content words is asked with."""


def quoted_items(document: str, text: str) -> Iterator[Item]:
    """Titles of works, and sayings with their speakers."""
    for span in sentences(text):
        if span.kind not in ("prose", "item"):
            continue
        said = " ".join(text[span.start : span.end].split())
        if len(said) <= 600:
            quote = Quote(document, said, (span.start, span.end))
            yield from _titles(quote)
            yield from _sayings(quote)


def _titles(quote: Quote) -> Iterator[Item]:
    said = quote.text
    found = list(_QUOTED.finditer(said))
    if len(found) != 1:
        return
    match = found[0]
    title = match.group(1).strip(" ,.")
    is_work = _WORK.search(said[: match.start()]) is not None
    if not is_work or len(title.split()) < 3 or not title[0].isupper():
        return
    rest = said[: match.start()] + " " + said[match.end() :]
    rest = re.sub(r"\b(?:papers?|called|titled|entitled|In|by|researchers?|authors?)\b", " ", rest)
    inside = {word.lower() for word in content_words(title)}
    words = [w for w in content_words(rest) if w.lower() not in inside]
    if len(words) < FEWEST_WORDS or not is_self_contained(rest.strip(" ,")):
        return
    topic = joined(words[-MOST_WORDS:])
    yield Item(
        "title", topic, "title of the paper", f"What is the title of the paper: {topic}?",
        ((title,),), (quote,), tuple(n for n in names_in(rest) if n in topic),
    )  # fmt: skip


def _sayings(quote: Quote) -> Iterator[Item]:
    said = quote.text
    speaker = _SAYING.search(said)
    quoted = _QUOTED.search(said)
    if speaker is None or quoted is None:
        return
    who = speaker["one"] or speaker["two"]
    words = list(dict.fromkeys(content_words(quoted.group(1))))
    if who in _NO_SPEAKERS or len(words) < 2 * FEWEST_WORDS:
        return
    # Longer words tell more; they are asked in their order.
    longest = sorted(words, key=lambda word: (-len(word), word))
    kept = set(longest[: min(MOST_WORDS, max(FEWEST_WORDS, int(SHARE * len(words))))])
    topic = joined(word for word in words if word in kept)
    yield Item(
        "saying", topic, "said by whom", f"Who said this: {topic}?",
        ((who, who.split()[-1]),), (quote,), (),
    )  # fmt: skip
