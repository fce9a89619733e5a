"""Generated answers full of markers and links, cut at random: what is shown, against promises.

    python -m benchmarks.citation_cases [--cases 10000] [--seed 1]

Each case is a text of up to 40 fragments (prose, markers of every shape, numbers that no passage
has, links, images, definitions, code, stray brackets and backticks) and a random cut into pieces.
Checked: the stream gives what the whole text gives; no marker of ours is misplaced, and nothing
else outside code reads as a marker (judged by another pattern than the product's); a CommonMark
renderer (markdown-it-py) finds neither link nor image; little is held back at any cut.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.citing.code import Code, CodeSpans
from assistant.citing.stream import CitationStream, ParsedAnswer, parse

PASSAGES = 8
_RENDERER = MarkdownIt("commonmark", {"html": False}).enable("table")
_PLACED = "\ue000"
_READS_AS_MARKER = re.compile(
    r"[\[【［]\s*\^?\s*(?:(?:source|passage|doc)s?\.?\s*)?\d+(?:\s*(?:,|;|-|–|and)\s*\d+)*"
    r"\s*(?:†[^\]】］\n]*)?\s*[\]】］]",
    re.IGNORECASE,
)
_INTERVAL = re.compile(r"\[\s*0\s*[,;–-]")
_EMPTY = re.compile(r"[(（][ ,;]*[)）]")

_WORDS = (
    "the sky,is blue,and,grass,xref 3,(1),in 2019,values,of 1,591,see,config.yaml,e.g.,42 %,"
    "Dr. Smith said,不是,モデル,it’s,a_b,x < y,a * b,5 > 3,half-open"
).split(",")
_MARKERS = (
    "[1] [2] [3] [8] [1,2] [1;2] [1-3] [1–3] [[1]] [[2],[3]] 【1】 【1†source】 【4:0†x】 ［1］ "
    "[^1] [Source_1] [S1] [0] [9] [99] [99,98] [7-12] [90–99] [[99]] 【99】 【99†source】 ［0］ "
    "[^42] \\[1\\] ([1]) ([99]) ([99],[98]) a[2] argv[0] ![1] [1]( 【2】(x) "
    "[1]: 【99】: [2[99]] [[99]2]"
).split()
_MARKERS += (
    "[1, 2]|[ 1 ]|[ 99 ]|[Source 1]|[passage 2]|[doc 3]|[Source 99]|[1 and 2]|[1, p. 12]|[1], [99]|"
    "[99], [1]|([99], [98])|( [99] )|[1][99][2]|[doc: 99]"
).split("|")
_LINKS = (
    "[text](http://evil.example/?q=1) ![x](http://evil.example/a.png) ![](data:image/png;base64,A) "
    "[1](http://evil.example) [![a](b)](c) [t](<a) [a]( <http://evil.example> "
    "<javascript:alert(1)> <me@evil.example> [ref][1] [ref][foo] ](x) ][ [] []() [a]() http://bare.example"
    " www.evil.example [a](b(c)d) [`c`](u) [foo]: [foo]:x <a <b> </b> [99](u) ![99](u) [[1](u)]"
).split()
_LINKS += (
    "[a b](c d);[see this](not a link);[a](u 'title');\n[foo]: http://evil.example\n;"
    "\n[1]: http://evil.example\n;\n> [foo]: /evil\n;\n- [1]: /evil 'title'\n"
).split(";")
_CODE = (
    "`;``;```;`a[1]`;``b`[2]``;`![x](u)`;\\`;\n```\n;\n```py\na[1]\n```\n;\n~~~\n[99]\n~~~\n;~~~;"
    "\n  ```\n;\n   ```\n;\n- a\n  ```\n  x[3]\n  ```\n;\n    ```\n;\n> ```\n;```[a](b)```;`|`"
).split(";")
_SPACING = " ¦ ¦ ¦¦. ¦.¦, ¦\n¦\n\n¦\n- ¦\n1. ¦\n# ¦\n> ".split("¦")
_GLUE = [*_SPACING, *"*¦\\¦[¦]¦(¦)¦!¦<¦>¦:¦  ¦\r\n¦|¦1¦【¦】¦^¦†".split("¦")]


def generated(chance: random.Random) -> str:
    """One text."""
    parts = []
    for _ in range(chance.randint(1, 40)):
        kinds = (_WORDS, _MARKERS, _LINKS, _CODE, _GLUE)
        parts.append(chance.choice(chance.choices(kinds, (4, 4, 2, 1, 4))[0]))
        if chance.random() < 0.6:
            parts.append(chance.choice(_SPACING))
    return "".join(parts)


def pieces(text: str, chance: random.Random) -> list[str]:
    """The text cut at random places, now and then into single characters."""
    if chance.random() < 0.2:
        return list(text)
    count = min(len(text), chance.randint(0, 12))
    cuts = [0, *sorted(chance.choices(range(len(text) + 1), k=count)), len(text)]
    return [text[a:b] for a, b in pairwise(cuts)]


def streamed(parts: list[str], passages: int) -> tuple[str, ParsedAnswer]:
    """What was sent piece by piece, and the result at the end."""
    stream = CitationStream(passages)
    sent = "".join([*(stream.feed(part) for part in parts), stream.finish()])
    return sent, stream.parsed()


def prose(answer: ParsedAnswer) -> str:
    """The shown text code left out, our markers as one character."""
    shown = answer.text
    for marker in reversed(answer.markers):
        shown = shown[: marker.start] + _PLACED + shown[marker.end :]
    code = CodeSpans()
    return "".join("`" if isinstance(p, Code) else p for p in [*code.feed(shown), *code.finish()])


def _tokens(text: str) -> list[Token]:
    return [child for token in _RENDERER.parse(text) for child in (token.children or [])]


def faults(text: str, parts: list[str], passages: int = PASSAGES) -> list[str]:
    """What a case breaks of the promises; empty when all are kept."""
    whole = parse(text, passages)
    sent, result = streamed(parts, passages)
    found = []
    if result != whole or sent != whole.text:
        found.append("stream differs from batch")
    rest = prose(whole)
    if any(not _INTERVAL.match(m.group()) for m in _READS_AS_MARKER.finditer(rest)):
        found.append("dangling marker")
    kinds = {token.type for token in _tokens(whole.text)}
    if kinds & {"link_open", "image"}:
        found.append("link or image")
    seen = list(dict.fromkeys(m.number for m in whole.markers))
    placed = all(whole.text[m.start : m.end] == f"[{m.number}]" for m in whole.markers)
    known = all(1 <= m.passage <= passages for m in whole.markers)
    matched = all(whole.order[m.number - 1] == m.passage for m in whole.markers)
    if not (placed and known and matched and seen == list(range(1, len(whole.order) + 1))):
        found.append("misplaced marker")
    if set(whole.order) != {p for s in whole.sentences for p in s.passages} and whole.sentences:
        found.append("citation lost between text and sentences")
    return found


def held_back(text: str, chance: random.Random) -> int:
    """Characters that would still come if the stream ended at a random place."""
    stream = CitationStream(PASSAGES)
    stream.feed(text[: chance.randint(0, len(text))])
    return len(stream.finish())


def main() -> None:
    """Run the cases and print what was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    counts: Counter[str] = Counter()
    unknown = markers = characters = most_held = 0
    started = time.process_time()
    for _ in range(options.cases):
        text = generated(chance)
        parts = pieces(text, chance)
        broken = faults(text, parts)
        counts.update(broken)
        if broken and sum(counts.values()) <= 5:
            print(broken, repr(text), repr(parse(text, PASSAGES).text), sep="\n  ")
        answer = parse(text, PASSAGES)
        markers += len(answer.markers)
        unknown += answer.unknown
        characters += len(text)
        most_held = max(most_held, held_back(text, chance))
    print(f"{options.cases:,} generated texts, {characters:,} characters, "
          f"{markers:,} markers shown, {unknown:,} unknown ones removed, "
          f"{time.process_time() - started:.0f} s")  # fmt: skip
    for name in ("stream differs from batch", "dangling marker", "link or image",
                 "misplaced marker", "citation lost between text and sentences"):  # fmt: skip
        print(f"{counts[name]:6} {name}")
    print(f"{most_held:6} characters held back at most")
    for size in (10_000, 100_000):
        text = "".join(generated(chance) for _ in range(size // 100))[:size]
        began = time.process_time()
        parse(text, PASSAGES)
        print(f"{size:,} characters parsed in {1000 * (time.process_time() - began):.0f} ms")


if __name__ == "__main__":
    main()
