"""An opened document: what its page looks like, where it leads, what hostile ones may not do."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, expect
from support_server import Running, Screen, running
from support_texts import write_texts
from test_chat_access import serious
from test_chat_browser import looking_at, settings_for

from assistant import Assistant
from assistant.chat.document_blocks import draw_blocks
from assistant.chat.document_marks import Marks, cited_marks, searched_marks
from assistant.chat.document_page import draw_document
from assistant.reading import read_document
from assistant.server.policy import is_next
from assistant.types import Source
from benchmarks.format_samples import samples

TOKEN = "a-token-of-thirty-characters-xyz"
HOSTILE = "<script>alert(1)</script><img src=http://evil.test/x onerror=alert(2)>"
MANUAL = f"""# Manual of the press

The **press** is heated with `heat 180` before use. {HOSTILE}

## Parts

| Part | Weight in kg | Note |
|---|---|---|
| Plate | 12 | cast iron |
| Lever | 3 | {HOSTILE} |

1. Open the lid.
2. Press the lever.

```
heat 180 && press
```

The lever is oiled each week. The plate is cleaned each month.
"""


def source_of(text: str, name: str = "a.md") -> Source:
    """A document as the index would hold it."""
    read = read_document(text.encode(), name)
    return Source(
        name, read.title, read.kind, "0" * 64, f"/nowhere/{name}", read.text, read.pages,
        read.headings,
    )  # fmt: skip


def words_of(drawn: str) -> str:
    """The letters and digits that a reader sees."""
    return "".join(re.findall(r"\w", html.unescape(re.sub(r"<[^>]*>", "", drawn))))


# ---------------------------------------------------------------- drawing


@pytest.mark.parametrize("name", [name for name in samples() if name.startswith("a.")])
def test_no_word_of_any_format_is_lost(name: str) -> None:
    read = read_document(samples()[name][0], name)
    source = Source(name, read.title, read.kind, "", "", read.text, read.pages, read.headings)
    drawn = draw_blocks(source, 0, len(source.text), Marks())
    wanted = re.sub(r"^```\w*$", "", source.text, flags=re.M)
    assert words_of(drawn) == "".join(re.findall(r"\w", wanted))
    assert not re.search(r"^\s*(?:\||#)", html.unescape(re.sub("<[^>]*>", "\n", drawn)), re.M)


def test_headings_grids_lists_code_and_mail_are_drawn_as_such() -> None:
    drawn = draw_document(source_of(MANUAL), Marks())
    assert "<h3>Parts</h3>" in drawn
    assert "<thead><tr><th>Part</th><th>Weight in kg</th><th>Note</th></tr></thead>" in drawn
    assert "<td>cast iron</td>" in drawn
    assert '<span class="label">1.</span> Open the lid.' in drawn
    assert '<pre class="code" tabindex="0">heat 180 &amp;&amp; press</pre>' in drawn
    assert "The <strong>press</strong> is heated with <code>heat 180</code>" in drawn
    mail = read_document(samples()["a.eml"][0], "a.eml")
    drawn = draw_blocks(Source("a.eml", "", "eml", "", "", mail.text), 0, len(mail.text), Marks())
    assert "<dt>From</dt><dd>a@example.org</dd>" in drawn


def test_a_mark_stays_on_its_words_through_cells_and_emphasis() -> None:
    source = source_of(MANUAL)
    start = source.text.index("| Plate")
    marks = cited_marks(source.text, start, source.text.index("cast iron") + 9)
    drawn = draw_blocks(source, 0, len(source.text), marks)
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", drawn) == ["Plate", "12", "cast iron"]
    assert drawn.count('id="cited"') == 1
    start = source.text.index("The **press")
    drawn = draw_blocks(source, 0, len(source.text), cited_marks(source.text, start, start + 18))
    marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", drawn))
    assert words_of(marked) == "Thepressishe"[: len(words_of(marked))]


def test_a_part_of_a_long_table_keeps_the_names_of_its_columns() -> None:
    rows = "".join(f"| {n} | value {n} |\n" for n in range(5000))
    source = source_of(f"# Long\n\n| Number | Value |\n|---|---|\n{rows}")
    start = source.text.index("value 4000 ")
    drawn = draw_document(source, cited_marks(source.text, start, start + 10))
    assert "<th>Number</th><th>Value</th>" in drawn
    assert "value 4001" in drawn
    assert "value 12 " not in drawn


def test_words_are_found_whatever_their_case_and_blanks() -> None:
    text = "The  Lever\nis red. A lever is blue. the lever IS green."
    marks = searched_marks(text, "LEVER is", 20)
    assert [text[a:b] for a, b in marks.spans] == ["Lever\nis", "lever is", "lever IS"]
    assert marks.current == 1
    assert searched_marks(text, "(a+)+$").spans == ()
    assert searched_marks("a" * 3000, "a").is_cut


def test_a_text_of_signs_alone_is_drawn_in_time() -> None:
    import time

    for piece in ("** ", "`", "| ", "- ", "```\n", "1. \n", "|--|--|\n"):
        source = source_of("# T\n\nword\n" + piece * (24_000 // len(piece)))
        began = time.process_time()
        draw_document(source, searched_marks(source.text, piece.strip()))
        assert time.process_time() - began < 2.0, piece


# ---------------------------------------------------------------- the server


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("opened")
    write_texts(
        place / "notes", {"press.md": MANUAL, f"{HOSTILE[:20].replace('/', '_')}.txt": HOSTILE}
    )
    (place / "notes" / "mail.eml").write_bytes(samples()["a.eml"][0])
    (place / "notes" / "birds.docx").write_bytes(samples()["a.docx"][0])
    (place / "notes" / "count.xlsx").write_bytes(samples()["a.xlsx"][0])
    with Assistant(settings_for(place, repository)) as assistant:
        assistant.sync()
        with running(assistant) as server:
            yield server


def test_the_original_is_sent_as_it_was_indexed(served: Running, tmp_path: Path) -> None:
    path = Path(served.assistant.source("birds.docx").path)
    reply = httpx.get(f"{served.url}/document/file?name=birds.docx")
    assert reply.content == path.read_bytes()
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["content-disposition"].startswith("attachment;")
    assert reply.headers["x-content-type-options"] == "nosniff"
    for name in served.assistant.documents():
        reply = httpx.get(f"{served.url}/document/file", params={"name": name})
        assert reply.status_code == 200, name
        assert "<" not in reply.headers["content-disposition"]
    for name in ("../../etc/passwd", "/etc/passwd", "nothing.md", ""):
        reply = httpx.get(f"{served.url}/document/file", params={"name": name})
        assert reply.status_code == 404, name


@pytest.mark.parametrize("swap", ["other bytes", "link", "gone", "pipe"])
def test_what_lies_there_instead_of_the_original_is_not_sent(
    swap: str, tmp_path: Path, repository: Path
) -> None:
    write_texts(tmp_path / "notes", {"a.md": "# A\n\nThe heron is grey.\n"})
    (tmp_path / "secret.txt").write_text("SECRET")
    with Assistant(settings_for(tmp_path, repository)) as assistant:
        assistant.sync()
        path = tmp_path / "notes" / "a.md"
        path.unlink()
        if swap == "other bytes":
            path.write_text("SECRET")
        elif swap == "link":
            path.symlink_to(tmp_path / "secret.txt")
        elif swap == "pipe":
            import os

            os.mkfifo(path)
        with running(assistant) as server:
            reply = httpx.get(f"{server.url}/document/file?name=a.md", timeout=5)
    assert reply.status_code == 404
    assert "SECRET" not in reply.text
    assert "Back to the chat" in reply.text


def test_a_file_that_is_swapped_while_it_is_sent_is_broken_off(tmp_path: Path) -> None:
    from hashlib import sha256

    from assistant.chat.original_file import original_file
    from assistant.errors import DocumentError
    from assistant.reading.opening import OpeningRules

    path = tmp_path / "a.txt"
    path.write_bytes(b"grey heron" * 300_000)
    source = Source("a.txt", "", "text", sha256(path.read_bytes()).hexdigest(), str(path), "")
    file = original_file(source, OpeningRules(10_000_000))
    path.write_bytes(b"other text" * 300_000)
    got: list[bytes] = []
    with pytest.raises(DocumentError):
        got.extend(file.parts)
    assert sum(map(len, got)) < file.length


def test_a_link_leads_through_the_login_to_its_place(tmp_path: Path, repository: Path) -> None:
    write_texts(tmp_path / "notes", {"a b&c.md": "# A\n\nThe heron is grey.\n"})
    with Assistant(settings_for(tmp_path, repository)) as assistant:
        assistant.sync()
        with running(assistant, TOKEN) as server, httpx.Client(base_url=server.url) as client:
            client.headers["accept"] = "text/html"
            wanted = f"/document?{urlencode({'name': 'a b&c.md', 'start': 5, 'end': 9})}"
            away = client.get(wanted)
            assert away.status_code == 303
            going = parse_qs(urlsplit(away.headers["location"]).query)["next"][0]
            assert going == wanted
            assert html.escape(wanted) in client.get(away.headers["location"]).text
            wrong = client.post("/login", data={"token": "x", "next": wanted})
            assert html.escape(wanted) in wrong.text
            inside = client.post("/login", data={"token": TOKEN, "next": wanted})
            assert inside.headers["location"] == wanted
            assert client.get(wanted).status_code == 200
            assert client.get("/document/file?name=a b&c.md").status_code == 404  # cut name
            for evil in ("//evil.test/", "https://evil.test", "/document?\r\nSet-Cookie: a=b",
                         "/\\evil.test", "/document?x\\y", "/logout", "javascript:alert(1)",
                         "/document?<script>"):  # fmt: skip
                assert not is_next(evil)
                reply = client.post("/login", data={"token": TOKEN, "next": evil})
                assert reply.headers["location"] == "/", evil
        with running(assistant, TOKEN) as server:
            assert httpx.get(f"{server.url}/document/file?name=a.md").status_code == 401


# ---------------------------------------------------------------- in a browser


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_hostile_documents_of_every_look_are_calm_and_readable(
    served: Running, browser: Browser, size: tuple[int, int], colours: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=colours,  # type: ignore[arg-type]
    )
    screen = Screen(context, served.url)
    page = screen.page
    for name in served.assistant.documents():
        page.goto(f"{served.url}/document?{urlencode({'name': name, 'find': 'e'})}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert serious(screen) == [], name
        assert page.evaluate("document.scripts.length + document.images.length") == 0
    assert screen.outside == []
    assert screen.problems == []
    context.close()


@pytest.mark.browser
def test_matches_pages_original_and_the_way_back(
    served: Running, browser: Browser, tmp_path: Path
) -> None:
    with looking_at(served, browser) as screen:
        page = screen.page
        screen.ask("How often is the lever oiled?")
        screen.answered()
        card = page.locator("#evidence .card").first
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        card.locator(".copy-link").click()
        expect(card.locator(".copy-link")).to_have_text("Copied")
        link = page.evaluate("navigator.clipboard.readText()")
        assert link.startswith(f"{served.url}/document?")
        page.goto(link)
        expect(page.locator("mark#cited")).to_contain_text("oiled each week")
        expect(page.locator("mark#cited")).to_be_in_viewport()
        expect(page.locator(".grid td", has_text="cast iron")).to_be_visible()
        page.get_by_role("searchbox").fill("lever")
        page.get_by_role("searchbox").press("Enter")
        expect(page.locator(".matches")).to_contain_text("Match 1 of 3")
        page.get_by_role("link", name="Next match").click()
        expect(page.locator(".matches")).to_contain_text("Match 2 of 3")
        expect(page.locator("mark")).to_have_count(3)
        expect(page.locator("mark#cited")).to_be_in_viewport()
        page.get_by_role("link", name="Previous match").click()
        expect(page.locator(".matches")).to_contain_text("Match 1 of 3")
        with page.expect_download() as waiting:
            page.get_by_role("link", name="Original file").click()
        assert waiting.value.suggested_filename == "press.md"
        assert Path(waiting.value.path()).read_text(encoding="utf-8") == MANUAL
        page.get_by_role("link", name="Back to the chat").click()
        expect(page.locator("#chat .answer")).to_contain_text("oiled each week")
        assert screen.outside == []
