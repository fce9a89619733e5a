"""The choice of the language model in the chat, in a real browser, against real HTTP servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fake_model_server import FakeModelServer
from playwright.sync_api import Browser, Page, expect
from support_server import Running, Screen, in_thread, running
from test_chat_access import serious
from test_chat_browser import FOUNDED, looking_at, make_folder, serving, settings_for
from test_finding_models import StandIn
from test_people import audit_of, chat

from assistant import Assistant
from assistant.errors import AccessError
from assistant.model.providers import ModelPlace
from assistant.service import model_choice
from assistant.service.model_choice import OFFLINE, ModelChoice
from assistant.service.people import checked_person
from assistant.service.people_file import add_person

pytest_plugins = ["support_model_fixtures"]
pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> **bold** [x](http://evil.example)"
OWN_WORDS = "Answers in the documents’ own words"
Serve = Callable[..., Running]


@pytest.fixture
def hostile() -> Iterator[StandIn]:
    row = {"id": HOSTILE, "owned_by": "vllm", "max_model_len": 4096}
    made = StandIn({"/v1/models": {"data": [row]}})
    yield made
    made.close()


@pytest.fixture
def places(
    server: FakeModelServer, hostile: StandIn, monkeypatch: pytest.MonkeyPatch
) -> tuple[ModelPlace, ...]:
    """The usual ports are those of the two stand-ins."""
    port = int(server.base_url.rpartition(":")[2].removesuffix("/v1"))
    made = (ModelPlace("Ollama", port, ""), ModelPlace("vLLM", hostile.port, ""))
    monkeypatch.setattr(model_choice, "presets", lambda: (made, ()))
    return made


@pytest.fixture
def serve(tmp_path: Path, repository: Path, places: object) -> Iterator[Serve]:
    with ExitStack() as opened:
        yield lambda **more: opened.enter_context(serving(tmp_path, repository, **more))


def open_panel(screen: Screen) -> Page:
    screen.open_sidebar()
    screen.page.locator("#model > button").click()
    expect(screen.page.locator("#model-state")).to_be_visible()
    return screen.page


def choose(page: Page, label: str) -> None:
    """Look if the choice is not there yet, then try it and use it."""
    option = page.locator("#model-options label", has_text=label)
    if not option.count():
        page.locator("#model-look").click()
    option.first.click()
    page.locator("#model-use").click()


def models_asked(server: FakeModelServer) -> list[str]:
    """The models of the requests for answers, without the trials."""
    return [str(b["model"]) for b in server.bodies() if "clear sky" not in str(b["messages"])]


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_a_model_of_this_machine_is_found_tried_and_answers(
    serve: Serve, browser: Browser, server: FakeModelServer, size: tuple[int, int]
) -> None:
    served = serve()
    with looking_at(served, browser) as screen:
        screen.page.set_viewport_size({"width": size[0], "height": size[1]})
        page = open_panel(screen)
        expect(page.locator("#model-state")).to_contain_text("No language model")
        expect(page.locator("#model-options label")).to_have_text(["Without a model (offline)"])
        assert server.requests == []
        page.locator("#model-look").click()
        expect(page.locator("#model-said")).to_contain_text("models found")
        expect(page.locator("#model-options")).to_contain_text(
            "grounded · Ollama · context size not told"
        )
        expect(page.locator("#model-options")).to_contain_text("· vLLM · 4,096 tokens")
        assert server.requests == []  # looked for, and not asked
        assert serious(screen) == []
        choose(page, "grounded ·")
        expect(page.locator("#model-said")).to_contain_text("grounded was tried, and answered in")
        expect(page.locator("#model-state")).to_contain_text("grounded writes the answers")
        assert models_asked(server) == []
        assert len(server.requests) == 1
        assert serious(screen) == []
        page.get_by_role("button", name="Toggle Sidebar").click()
        page.locator(".sidebar:not(.open)").wait_for(state="attached")
        expect(page.locator(".badge")).to_have_text("Written by grounded, checked")
        expect(page.locator("#report")).to_be_visible()
        screen.ask(FOUNDED)
        screen.answered()
        expect(page.locator("#chat .status")).to_contain_text("grounded")
        assert models_asked(server) == ["grounded"]
        assert screen.problems == []
        screen.open()  # a page that is loaded anew, as anybody's would be
        expect(page.locator(".badge")).to_have_text("Written by grounded, checked")
        expect(page.locator("#report")).to_be_visible()
        assert screen.outside == []


def test_without_a_model_and_back_to_the_one_of_the_settings(
    serve: Serve, browser: Browser, server: FakeModelServer
) -> None:
    served = serve(llm__model="grounded", llm__base_url=server.base_url)
    with looking_at(served, browser) as screen:
        page = open_panel(screen)
        choose(page, "Without a model")
        expect(page.locator("#model-state")).to_contain_text("No language model")
        expect(page.locator(".badge")).to_have_text(OWN_WORDS)
        expect(page.locator("#report")).to_have_count(0)
        page.get_by_role("button", name="Toggle Sidebar").click()
        screen.ask(FOUNDED)
        screen.answered()
        assert server.requests == []
        screen.open_sidebar()
        choose(page, "grounded · as the server was started")
        expect(page.locator(".badge")).to_have_text("Written by grounded, checked")
        assert len(server.requests) == 1
        screen.page.get_by_role("button", name="Toggle Sidebar").click()
        screen.ask(FOUNDED)
        screen.answered(2)
        assert set(models_asked(server)) == {"grounded"}


@pytest.mark.parametrize(
    ("name", "told"),
    [("500", "status 500"), (HOSTILE, "does not know the model")],
)
def test_a_model_that_fails_is_told_in_words_and_changes_nothing(
    serve: Serve, browser: Browser, server: FakeModelServer, name: str, told: str
) -> None:
    served = serve()
    if name.isdigit():
        server.script = name
    with looking_at(served, browser) as screen:
        page = open_panel(screen)
        choose(page, "grounded ·" if name.isdigit() else name)
        expect(page.locator("#model-said")).to_contain_text(told)
        expect(page.locator("#model-said")).to_contain_text("Nothing has changed")
        expect(page.locator("#model-state")).to_contain_text("No language model")
        expect(page.locator(".badge")).to_have_text(OWN_WORDS)
        expect(page.locator("#model-options label.selected")).to_have_text(
            "Without a model (offline)"
        )
        assert served.application.service.answering.model_name == ""
        expect(page.locator("#sidebar img")).to_have_count(0)
        assert [each for each in screen.problems if "dialog" in each] == []
        assert screen.outside == []


def test_a_question_that_is_running_keeps_its_model(
    serve: Serve, browser: Browser, server: FakeModelServer
) -> None:
    served = serve(llm__model="grounded", llm__base_url=server.base_url)
    with looking_at(served, browser) as screen, looking_at(served, browser) as other:
        page = open_panel(other)
        page.locator("#model-look").click()
        expect(page.locator("#model-said")).to_contain_text("models found")
        server.think_seconds = 12.0
        screen.ask(FOUNDED)
        expect(screen.page.locator("#chat .waiting")).to_contain_text("found")
        for _ in range(200):  # the model is asked a little later: the reader judges first
            if server.requests:
                break
            screen.page.wait_for_timeout(50)
        server.think_seconds = 0.0
        choose(page, "other_shapes ·")
        expect(page.locator("#model-state")).to_contain_text("other_shapes writes the answers")
        expect(screen.page.locator("#stop")).to_be_visible()  # it runs still
        screen.answered()
        expect(screen.page.locator("#chat .status")).to_contain_text("grounded")
        screen.ask("Who is the curator of the archive?")
        screen.answered(2)
        expect(screen.page.locator("#chat .status").last).to_contain_text("other_shapes")
    assert models_asked(server)[0] == "grounded"
    assert set(models_asked(server)[1:]) == {"other_shapes"}


def test_who_may_not_administer_sees_the_model_alone(
    tmp_path: Path, repository: Path, browser: Browser, server: FakeModelServer, places: object
) -> None:
    make_folder(tmp_path)
    tokens = {
        name: add_person(tmp_path / "people.json", checked_person(name, [right], ["all"]))
        for name, right in (("ada", "ask"), ("dora", "administer"))
    }
    settings = settings_for(
        tmp_path, repository, llm__model="grounded", llm__base_url=server.base_url,
        server__people=str(tmp_path / "people.json"),
    )  # fmt: skip
    with Assistant(settings) as assistant:
        assistant.sync()
        with running(assistant) as served:
            for name, count in (("ada", 0), ("dora", 2)):
                head = {"Authorization": f"Bearer {tokens[name]}"}
                context = browser.new_context(extra_http_headers=head)
                page = open_panel(Screen(context, served.url).open())
                expect(page.locator("#model-state")).to_contain_text("grounded writes the answers")
                expect(page.locator("#model-options label")).to_have_count(count)
                expect(page.locator("#model-look")).to_have_count(1 if count else 0)
                context.close()
            events = [("_load_model", ""), ("_look_for_models", ""), ("_use_model", OFFLINE)]
            told = in_thread(chat(served, tokens["ada"], events))
            assert "needs the right" in told
            assert "as the server was started" not in told
            assert served.application.service.answering.model_name == "grounded"
            ada = checked_person("ada", ["ask"], ["all"])
            with pytest.raises(AccessError):
                ModelChoice(served.application.service).use(OFFLINE, ada)
            in_thread(chat(served, tokens["dora"], events))
            assert served.application.service.answering.model_name == ""
    acts = [(e["who"], e["outcome"]) for e in audit_of(settings) if e["act"] == "model"]
    assert acts == [("ada", "AccessError")] * 2 + [("dora", "ok")] * 2
