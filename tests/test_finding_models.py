"""`assistant models` finds the model servers of this machine: real HTTP against stand-ins."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from fake_model_server import FakeModelServer

from assistant import cli, load_settings
from assistant.errors import ModelError
from assistant.model import providers
from assistant.model.providers import (
    OWN_NAME,
    ModelPlace,
    ServedModel,
    ask_server,
    find_servers,
    try_model,
)
from assistant.server import openai_api

OLLAMA = {
    "/v1/models": {"data": [{"id": "llama3.1:8b", "owned_by": "library"},
                            {"id": "mine:latest", "owned_by": "library"}]},
    "/api/show": {"model_info": {"llama.context_length": 131072}, "parameters": ""},
}  # fmt: skip
LLAMA_CPP = {
    "/v1/models": {"data": [{"id": "qwen", "owned_by": "llamacpp", "meta": {"n_ctx_train": 9}}]},
    "/props": {"default_generation_settings": {"n_ctx": 2048}},
}  # fmt: skip
LM_STUDIO = {
    "/v1/models": {"data": [{"id": "phi-4", "owned_by": "organization_owner"}]},
    "/api/v0/models/phi-4": {"max_context_length": 16384, "loaded_context_length": 8192},
}
VLLM = {"/v1/models": {"data": [{"id": "gemma", "owned_by": "vllm", "max_model_len": 4096}]}}


class StandIn:
    """A server of fixed replies; ``asked`` are the paths that came in."""

    def __init__(self, replies: Mapping[str, Any], status: int = 200) -> None:
        asked = self.asked = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.rfile.read(int(self.headers.get("content-length", 0)))
                found = self.path in replies
                body = replies.get(self.path, {})
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status if found else 404)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def stand_in() -> Iterator[Any]:
    made: list[StandIn] = []

    def make(replies: Mapping[str, Any], status: int = 200) -> StandIn:
        made.append(StandIn(replies, status))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


@pytest.mark.parametrize(
    ("replies", "models"),
    [
        (OLLAMA, (ServedModel("llama3.1:8b", 4096), ServedModel("mine:latest", 4096))),
        (OLLAMA | {"/api/show": {"parameters": "stop  x\nnum_ctx    8192"}},
         (ServedModel("llama3.1:8b", 8192), ServedModel("mine:latest", 8192))),
        (LLAMA_CPP, (ServedModel("qwen", 2048),)),
        (LM_STUDIO, (ServedModel("phi-4", 8192),)),
        (VLLM, (ServedModel("gemma", 4096),)),
        ({"/v1/models": {"data": [{"id": "some", "owned_by": "me"}]}}, (ServedModel("some", 0),)),
    ],
    ids=["ollama", "ollama num_ctx", "llama.cpp", "lm studio", "vllm", "unknown"],
)  # fmt: skip
def test_models_and_their_windows_are_found(
    stand_in: Any, replies: Mapping[str, Any], models: tuple[ServedModel, ...]
) -> None:
    server = stand_in(replies)
    (found,) = find_servers([ModelPlace("x", server.port, "")])
    assert found.models == models
    assert found.problem == ""


@pytest.mark.parametrize(
    ("replies", "status", "problem"),
    [
        ({"/v1/models": b"<html>Welcome</html>"}, 200, "another program"),
        ({"/v1/models": {"data": []}}, 200, "has no model"),
        ({"/v1/models": {"data": "x"}}, 200, "another program"),
        ({"/v1/models": b"[" * 100_000}, 200, "another program"),
        ({"/v1/models": {}}, 401, "wants a key"),
        ({"/v1/models": {"data": [{"id": "a", "owned_by": OWN_NAME}]}}, 200,
         "this assistant itself"),
    ],
)  # fmt: skip
def test_another_program_at_the_port_is_told(
    stand_in: Any, replies: Mapping[str, Any], status: int, problem: str
) -> None:
    server = stand_in(replies, status)
    (found,) = find_servers([ModelPlace("x", server.port, "")])
    assert problem in found.problem
    assert found.models == ()


def test_the_assistant_knows_its_own_interface() -> None:
    assert openai_api._model("x")["owned_by"] == OWN_NAME


def test_names_of_a_hostile_server_are_shortened(stand_in: Any) -> None:
    rows = [{"id": "\x1b[31m" + "x" * 5000, "max_model_len": True}] * 300
    server = stand_in({"/v1/models": {"data": rows}})
    (found,) = find_servers([ModelPlace("x", server.port, "")])
    assert len(found.models) == 200
    assert all(len(m.name) <= 200 and "\x1b" not in m.name for m in found.models)
    assert found.models[0].context_tokens == 0


def test_a_server_that_stalls_is_told_and_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = ask_server("x", f"http://127.0.0.1:{silent.getsockname()[1]}/v1")
    assert found is not None
    assert "no whole answer" in found.problem


def test_only_the_usual_ports_of_this_machine_are_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        providers, "ask_server", lambda name, base_url, key="": asked.append(base_url)
    )
    assert _run(monkeypatch, "models") == 0
    assert sorted(asked) == sorted(
        f"http://127.0.0.1:{port}/v1" for port in (11434, 8080, 1234, 8000)
    )
    assert "ollama pull" in capsys.readouterr().out


def test_list_and_trial_say_how_to_use_a_model(
    stand_in: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with FakeModelServer() as model:
        port = int(model.base_url.rsplit(":", 1)[1].removesuffix("/v1"))
        monkeypatch.setattr(providers, "presets", lambda: ((ModelPlace("Mine", port, ""),), ()))
        assert _run(monkeypatch, "models") == 0
        said = capsys.readouterr().out
        assert f"Mine at {model.base_url}" in said
        assert "grounded" in said
        assert "assistant serve --model" in said
        model.script = "grounded"
        assert _run(monkeypatch, "models", "try", "grounded") == 0
        assert f"--set llm.base_url={model.base_url}" in capsys.readouterr().out
        assert len(model.bodies()) == 1
        assert "passage" not in str(model.bodies())
        assert _run(monkeypatch, "models", "try") == 2


def test_what_is_wrong_is_said_in_plain_words(free_port: int) -> None:
    settings = load_settings(None, {}).llm
    with FakeModelServer() as model:
        port = int(model.base_url.rsplit(":", 1)[1].removesuffix("/v1"))
        places = [ModelPlace("Mine", port, "")]
        for target, words in (
            ("nosuch", "No server on this machine has a model 'nosuch'"),
            (f"http://127.0.0.1:{free_port}", "Nobody answers"),
            (f"http://127.0.0.1:{port}/wrong", "names no model"),
            ("ftp://here", "no address"),
            ("grounded", "key"),
        ):
            model.script = "401"
            with pytest.raises(ModelError) as caught:
                try_model(settings, target, places)
            assert words in str(caught.value.what), target
            assert caught.value.hint, target


def test_trial_of_an_address_takes_the_model_of_the_settings(free_port: int) -> None:
    with FakeModelServer() as model:
        settings = load_settings(None, {"llm.model": "grounded"}).llm
        trial = try_model(settings, model.base_url.removesuffix("/v1"), [])
    assert (trial.model, trial.base_url) == ("grounded", model.base_url)
    assert trial.reply


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["assistant", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)
