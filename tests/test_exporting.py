"""The Markdown export: nothing in it loads, leads or runs, and quotes are what they were."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.chat.conversations import StoredTurn
from assistant.chat.exporting import as_markdown, harmless, literal
from assistant.types import Answer, Citation, Receipt, Sentence, Usage

PAYLOADS = (
    "<img src=http://evil.test/p.png>",
    '<img src="http://evil.test/p.png" onerror=alert(1)>',
    "![](http://evil.test/p.png)",
    "![a][1]\n\n[1]: http://evil.test/p.png",
    "[1]: http://evil.test\n[1](http://evil.test) [1][1]",
    "[click](javascript:alert(1))",
    "<http://evil.test>",
    "http://evil.test/ and www.evil.test and WWW.evil.test",
    "\\![](http://evil.test)",
    "\\<img src=http://evil.test>",
    "&lt;img src=http://evil.test&gt; &#60;img&#62;",
    "<script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "<!-- --><iframe src=//evil.test>",
    "```\n<img src=http://evil.test>\n```",
    '```mermaid\nclick A href "http://evil.test"\n```',
    "~~~dataviewjs\nfetch('http://evil.test')\n~~~",
    "> ```js x\n> <img src=http://evil.test>",
    "`a` <img src=http://evil.test> `",
    "`<img src=http://evil.test>",
    "|a|b|\n|-|-|\n|![](http://evil.test)|<img src=http://evil.test>|",
    "    <img src=http://evil.test>",
    "[a\n](http://evil.test)",
    "![[http://evil.test]]",
    "[^1]: http://evil.test",
    "# x\n<div>\n\n![](http://evil.test)\n</div>",
    "&#33;[](http://evil.test)",
    "[1]\\(http://evil.test)",
    "![\u200b](http://evil.test)",
    "<a\thref=http://evil.test>x</a>",
)

_LIVE = re.compile(r"<(?!/?(?:p|h1|h2|ul|ol|li|em|strong|code|pre|blockquote|hr|br|s|table|thead|"
                   r"tbody|tr|th|td)\b)[^>]*>|\b(?:src|href)=\"")  # fmt: skip


def rendered(text: str) -> str:
    """Markdown as a program shows it that runs everything."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return parser.render(text)


def live(text: str) -> list[str]:
    """The elements of a rendered text that load, lead or run something."""
    shown = re.sub(r"<(ol) start=\"\d+\">|<(t[hd]) style=\"[^\"]*\">", r"<\1\2>", rendered(text))
    return [match.group() for match in _LIVE.finditer(shown)]


def exported(words: str) -> str:
    """A conversation in which these words stand wherever others' words can."""
    answer = Answer(
        question=words, standalone_question=words, text=f"{words} [1] {words}",
        sentences=(Sentence(words, (1,), "weak", problems=(words,)),),
        citations=(Citation(1, words, words, 3, 0, 5, words, "f" * 64, words),),
        retrieved=(), abstained=False, reason="", confidence=0.5, incomplete=words, conflicts=(),
        usage=Usage(), timings={}, receipt=Receipt("c", "i", "p", words), notice=words,
    )  # fmt: skip
    refusal = Answer(
        question=words, standalone_question=words, text=words, sentences=(), citations=(),
        retrieved=(), abstained=True, reason="", confidence=0.5, incomplete="", conflicts=(),
        usage=Usage(), timings={}, receipt=Receipt("c", "i", "p", words),
    )  # fmt: skip
    return as_markdown(
        words,
        [StoredTurn(0, words, answer), StoredTurn(1, words, refusal), StoredTurn(2, words, None)],
    )


def test_the_check_sees_what_is_live() -> None:
    seen = [payload for payload in PAYLOADS if live(payload)]
    assert len(seen) >= 15  # the others are for programs that read more than CommonMark


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_an_export_loads_leads_or_runs(payload: str) -> None:
    text = exported(payload)
    assert live(text) == []
    assert not re.search(r"<[a-z!/]", text, re.IGNORECASE)
    assert "://" not in text
    assert "www." not in text.lower()
    assert {token.info for token in MarkdownIt().parse(text) if token.type == "fence"} <= {""}


@given(st.text("<>![]()&\\`*_#:/~|-+=1a.\n\t htpw", max_size=60))
def test_no_text_at_all_does(words: str) -> None:
    assert live(exported(words)) == []
    assert live(harmless(words, {1, 11})) == []


@given(st.text("<>![]()&\\`*_#:/~|-+=1a.$\"' htpw", max_size=40))
def test_a_literal_text_is_shown_as_it_was(words: str) -> None:
    shown = html.unescape(re.sub(r"</?p>", "", rendered(literal(words))))
    assert shown.strip() == " ".join(words.split())
    quoted = html.unescape(re.sub(r"</?(?:p|blockquote)>|\n", "", rendered(f"> {literal(words)}")))
    assert quoted.strip() == " ".join(words.split())


@pytest.mark.parametrize("words", ["```\nx", "~~~~\nx\n~~~", "```", "a\n```\nx\n\n```\n```\ny"])
def test_code_that_is_never_closed_hides_nothing(words: str) -> None:
    shown = rendered(exported(words))
    assert shown.count("<h2>") == 3
    assert shown.count("Sources:") == 1


def test_an_answer_keeps_its_form_and_its_markers() -> None:
    text = "First **point** [1].\n\n- a\n- b [2][1]\n\n```\nx = 1\n```\n\n| a |\n|---|\n| 1 |"
    assert harmless(text, {1, 2}) == text
    assert harmless("```\nx\n```\n", ()) == "```\nx\n```\n"
    assert harmless("As [3] says, [1](x).", {1}) == "As \\[3\\] says, \\[1\\]\\(x)."
