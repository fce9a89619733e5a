"""The client of a language model against every way a server was seen to break, over real HTTP."""

from __future__ import annotations

import asyncio
import copy
import gc
import logging
import pickle
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from typing import Any

import pytest
from fake_model_server import PARTIAL, FakeModelServer, Reply

from assistant import Settings, load_settings
from assistant.errors import ModelError
from assistant.model.language_model import Ended, LanguageModel, TextPiece
from assistant.settings import LLMSettings

CANARY = "sk-canary-4f1d0b7e2a"
SECRET_QUESTION = "Where did the walrus bury the marzipan?"
WHOLE = f"{PARTIAL} 1872 [1]."
MESSAGES = [
    {"role": "system", "content": "Answer from the passages."},
    {
        "role": "user",
        "content": '<passage number="1" from="plants">\nThe garden of Holm was laid out in 1872.\n'
        "</passage>\n\nQuestion: When was the garden of Holm laid out?",
    },
]


@pytest.fixture(scope="module", autouse=True)
def libraries() -> None:
    """The libraries are imported before any clock runs."""
    LanguageModel.warm_up()


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", CANARY)


@pytest.fixture
def server() -> Iterator[FakeModelServer]:
    with FakeModelServer() as running:
        yield running


def llm(base_url: str, model: str = "grounded", **values: Any) -> LLMSettings:
    values = {"timeout_seconds": 30.0, "api_key_env": "TEST_KEY", "max_retries": 2} | values
    named = {f"llm.{name}": value for name, value in values.items()}
    settings: Settings = load_settings(
        None, {"llm.model": model, "llm.base_url": base_url, **named}
    )
    return settings.llm


async def read(model: LanguageModel, messages: Sequence[dict[str, str]]) -> tuple[str, Ended]:
    """All words of a stream, and its end."""
    pieces = [piece async for piece in model.stream(messages)]
    end = pieces.pop()
    assert isinstance(end, Ended)
    assert all(isinstance(piece, TextPiece) and piece.text for piece in pieces)
    return "".join(piece.text for piece in pieces if isinstance(piece, TextPiece)), end


def ask(server: FakeModelServer, model: str = "grounded", **values: Any) -> tuple[str, Ended]:
    return asyncio.run(read(LanguageModel(llm(server.base_url, model, **values)), MESSAGES))


def wait_for(condition: Any, seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.005)
    return bool(condition())


# ---------------------------------------------------------------- whole answers


def test_words_come_as_the_server_sends_them_with_its_counts(server: FakeModelServer) -> None:
    server.script = Reply(pieces=("Roses ", "grow", " [1]", "."))
    model = LanguageModel(llm(server.base_url))

    async def pieces() -> list[TextPiece | Ended]:
        return [piece async for piece in model.stream(MESSAGES)]

    *words, end = asyncio.run(pieces())
    assert words == [TextPiece("Roses "), TextPiece("grow"), TextPiece(" [1]"), TextPiece(".")]
    assert isinstance(end, Ended)
    assert (end.incomplete, end.tokens_out, end.model) == ("", 4, "grounded")
    assert end.tokens_in == sum(len(m["content"].split()) for m in MESSAGES)


def test_request_holds_what_the_settings_say_and_nothing_servers_refuse(
    server: FakeModelServer,
) -> None:
    ask(server, temperature=0.25, answer_tokens=77)
    (seen,) = server.requests
    assert seen.headers["authorization"] == f"Bearer {CANARY}"
    assert seen.body["messages"] == MESSAGES
    assert set(seen.body) == {
        "model", "messages", "stream", "stream_options", "temperature", "max_tokens"
    }  # fmt: skip
    assert (seen.body["temperature"], seen.body["max_tokens"]) == (0.25, 77)


@pytest.mark.parametrize(
    ("behaviour", "tokens_out"),
    [
        ("null_finish", 10),  # Ollama: no finish reason, but [DONE]
        ("no_done", 10),  # a finish reason, but no [DONE]
        ("keep_alive", 10),  # comments between events
        ("thinking", 10),  # thoughts before words
        ("no_usage", None),
        ("usage_in_every_event", 10),
    ],
)
def test_whole_answers_of_odd_servers_are_whole(
    server: FakeModelServer, behaviour: str, tokens_out: int | None
) -> None:
    text, end = ask(server, behaviour)
    assert (text, end.incomplete, end.tokens_out) == (WHOLE, "", tokens_out)


def test_complete_gives_the_whole_text(server: FakeModelServer) -> None:
    text, end = asyncio.run(LanguageModel(llm(server.base_url)).complete(MESSAGES))
    assert text == WHOLE
    assert not end.incomplete


def test_complete_refuses_half_a_reply(server: FakeModelServer) -> None:
    with pytest.raises(ModelError, match=r"broke off.*without saying that it was finished"):
        asyncio.run(LanguageModel(llm(server.base_url, "clean_end")).complete(MESSAGES))


# ---------------------------------------------------------------- broken streams


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("clean_end", "without saying that it was finished"),
        ("half_line", "without saying that it was finished"),
        ("bad_json", "no JSON"),
        ("reset", "broke the connection"),
        ("cut_off", "broke the connection"),
        ("error_event", "'The engine ran out of memory'"),
        ("bare_error_event", "cannot be read"),
        ("length", "llm.answer_tokens"),
        ("content_filter", "content filter"),
        ("aborted", "broke off (finish reason 'abort')"),
    ],
)
def test_partial_text_is_kept_and_marked(
    server: FakeModelServer, behaviour: str, reason: str
) -> None:
    text, end = ask(server, behaviour)
    assert text == PARTIAL
    assert reason in end.incomplete
    assert len(server.requests) == 1  # words were shown: a second try would say them twice


def test_done_inside_the_text_is_no_end(server: FakeModelServer) -> None:
    text, end = ask(server, "done_in_text")
    assert text.endswith("[DONE]")
    assert "without saying that it was finished" in end.incomplete


@pytest.mark.parametrize("behaviour", ["stall", "drip", "slow_words"])
def test_one_deadline_covers_stalls_and_drips(server: FakeModelServer, behaviour: str) -> None:
    began = time.monotonic()
    text, end = ask(server, behaviour, timeout_seconds=1.0)
    assert 0.9 < time.monotonic() - began < 4
    assert text
    assert "llm.timeout_seconds = 1" in end.incomplete


@pytest.mark.parametrize("behaviour", ["early_stall", "flood"])
def test_deadline_before_the_first_word_is_an_error(
    server: FakeModelServer, behaviour: str
) -> None:
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"llm\.timeout_seconds = 1|more than 32 MB"):
        ask(server, behaviour, timeout_seconds=1.0)
    assert time.monotonic() - began < 4


def test_deadline_covers_pauses_between_tries(server: FakeModelServer) -> None:
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"llm\.timeout_seconds = 0\.5|status 500"):
        ask(server, "500", timeout_seconds=0.5, max_retries=9)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("behaviour", "message", "hint"),
    [
        ("401", "status 401", "TEST_KEY"),
        ("403", "status 403", "TEST_KEY"),
        ("404", "status 404", "llm.model"),
        ("no-such-model", "'no-such-model'", "llm.model"),
        ("400", "refused the request", "llm.context_tokens"),
        ("html", "a web page", "llm.base_url"),
        ("ignores_stream", "JSON text where a stream", "streams"),
        ("empty", "an empty reply", "llm.base_url"),
        ("no_choices", "no words", ""),
        ("null_content", "no words", ""),
        ("only_thoughts", "used up llm.answer_tokens", "raise llm.answer_tokens"),
        ("early_error_event", "The engine ran out of memory", ""),
        ("early_reset", "broke the connection", ""),
    ],
)
def test_no_word_at_all_is_one_typed_error_that_says_what_to_do(
    server: FakeModelServer, behaviour: str, message: str, hint: str
) -> None:
    with pytest.raises(ModelError) as caught:
        ask(server, behaviour)
    assert message in caught.value.what
    assert hint in caught.value.hint
    assert len(server.requests) == 1


@pytest.mark.parametrize(("status", "retries"), [("500", 0), ("500", 2), ("429", 2), ("503", 1)])
def test_one_layer_of_retries(server: FakeModelServer, status: str, retries: int) -> None:
    with pytest.raises(ModelError, match=f"status {status}"):
        ask(server, status, max_retries=retries)
    assert len(server.requests) == retries + 1


def test_second_try_is_enough(server: FakeModelServer) -> None:
    server.script = ["500", "grounded"]
    assert ask(server)[0] == WHOLE


def test_server_that_is_not_there_is_named() -> None:
    with FakeModelServer() as gone:
        url = gone.base_url
    model = LanguageModel(llm(url, max_retries=0))
    with pytest.raises(ModelError, match=r"cannot be reached[\s\S]*llm\.base_url"):
        asyncio.run(read(model, MESSAGES))


# ---------------------------------------------------------------- Retry-After


def test_short_retry_after_is_waited_for(server: FakeModelServer) -> None:
    server.script = ["429+1", "grounded"]
    assert ask(server)[0] == WHOLE
    first, second = (seen.at for seen in server.requests)
    assert 0.95 < second - first < 6


def test_retry_after_as_a_date_is_waited_for(server: FakeModelServer) -> None:
    server.script = ["429+date", "grounded"]  # one to two seconds ahead
    assert ask(server)[0] == WHOLE
    first, second = (seen.at for seen in server.requests)
    assert 0.9 < second - first < 7


@pytest.mark.parametrize(
    ("plan", "timeout"), [("429+200", 300.0), ("503+200", 300.0), ("429+20", 10.0)]
)
def test_retry_after_that_is_too_long_fails_fast_and_says_so(
    server: FakeModelServer, plan: str, timeout: float
) -> None:
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"Retry-After: \d+"):
        ask(server, plan, timeout_seconds=timeout)
    assert time.monotonic() - began < 5
    assert len(server.requests) == 1


# ---------------------------------------------------------------- closing


def test_closing_the_iterator_closes_the_connection(server: FakeModelServer) -> None:
    model = LanguageModel(llm(server.base_url, "stall"))

    async def one() -> float:
        async with aclosing(model.stream(MESSAGES)) as pieces:
            await anext(pieces)
            assert server.open_connections == 1
            closed = time.monotonic()
        assert await asyncio.to_thread(wait_for, lambda: server.open_connections == 0)
        return server.wires.lost_at[-1] - closed

    async def many() -> list[float]:
        return sorted([await one() for _ in range(20)])

    assert asyncio.run(many())[18] < 1.0


def test_cancelling_the_task_closes_the_connection(server: FakeModelServer) -> None:
    async def main() -> None:
        for behaviour in ("stall", "early_stall"):
            model = LanguageModel(llm(server.base_url, behaviour))
            task = asyncio.create_task(read(model, MESSAGES))
            while server.open_connections == 0:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(wait_for, lambda: server.open_connections == 0)

    asyncio.run(main())


def test_stream_that_is_dropped_half_read_closes_its_connection(server: FakeModelServer) -> None:
    async def main() -> None:
        model = LanguageModel(llm(server.base_url, "stall"))
        async for _ in model.stream(MESSAGES):
            break
        gc.collect()
        assert await asyncio.to_thread(wait_for, lambda: server.open_connections == 0)

    asyncio.run(main())


def test_connections_end_with_their_loop(server: FakeModelServer) -> None:
    model = LanguageModel(llm(server.base_url, "no_done"))  # leaves its connection for reuse
    for _ in range(5):
        assert asyncio.run(model.complete(MESSAGES))[0] == WHOLE
        # sooner than the server itself would give up an idle connection
        assert wait_for(lambda: server.open_connections == 0, seconds=2.0)
    assert len(model._held) == 1  # a client of an ended loop goes when the next one comes


# ---------------------------------------------------------------- many at once


def test_hundred_streams_side_by_side(server: FakeModelServer) -> None:
    server.think_seconds = 0.3
    model = LanguageModel(llm(server.base_url, timeout_seconds=60.0))

    async def main() -> list[tuple[str, Ended]]:
        return await asyncio.gather(*(read(model, MESSAGES) for _ in range(100)))

    results = asyncio.run(main())
    assert {text for text, _ in results} == {WHOLE}
    assert not any(end.incomplete for _, end in results)
    assert server.wires.made >= 100  # they did run side by side


def test_interleaved_streams_keep_their_own_ends(server: FakeModelServer) -> None:
    server.script = ["clean_end", "grounded"]
    model = LanguageModel(llm(server.base_url))

    async def main() -> tuple[Ended, Ended]:
        broken, whole = model.stream(MESSAGES), model.stream(MESSAGES)
        await anext(broken)
        await anext(whole)
        ends = []
        for pieces in (broken, whole):
            ends.append([piece async for piece in pieces][-1])
        assert isinstance(ends[0], Ended)
        assert isinstance(ends[1], Ended)
        return ends[0], ends[1]

    broken_end, whole_end = asyncio.run(main())
    assert "without saying" in broken_end.incomplete
    assert whole_end.incomplete == ""


def test_one_model_serves_the_loops_of_several_threads(server: FakeModelServer) -> None:
    model = LanguageModel(llm(server.base_url, timeout_seconds=60.0))
    texts: list[str] = []

    def work() -> None:
        async def main() -> None:
            for text, _ in await asyncio.gather(*(read(model, MESSAGES) for _ in range(5))):
                texts.append(text)

        for _ in range(2):
            asyncio.run(main())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert texts == [WHOLE] * 40


def test_libraries_are_never_imported_on_the_event_loop(
    server: FakeModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import assistant.model.language_model as generating

    threads: list[threading.Thread] = []
    real = generating.load_libraries

    def noted() -> None:
        threads.append(threading.current_thread())
        real()

    monkeypatch.setattr(generating, "load_libraries", noted)
    assert ask(server)[0] == WHOLE
    assert threads
    assert threading.current_thread() not in threads


# ---------------------------------------------------------------- secrets and globals


@pytest.mark.parametrize(
    "behaviour",
    ["grounded", "401", "500", "404", "400", "echo_key", "html", "bad_json", "reset", "stall"],
)
def test_key_and_question_are_in_no_text_log_or_pickle(
    server: FakeModelServer, behaviour: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "openai._base_client", "httpx", "httpcore", "llama_index"):
        caplog.set_level(logging.DEBUG, logger=name)
    model = LanguageModel(llm(server.base_url, behaviour, timeout_seconds=2.0, max_retries=1))
    messages = [MESSAGES[0], {"role": "user", "content": f"Question: {SECRET_QUESTION}"}]
    shown: list[object] = [model, vars(model)]
    try:
        _, end = asyncio.run(read(model, messages))
        shown.append(end)
    except ModelError as exc:
        shown += [exc, exc.hint, traceback.format_exc(), pickle.dumps(exc)]
        cause = exc.__cause__
        while cause is not None:
            shown += [cause, getattr(cause, "body", "")]
            cause = cause.__cause__ or cause.__context__
    shown += [vars(model), pickle.dumps(model), copy.deepcopy(model), caplog.text]
    text = "\n".join(f"{each!s}\n{each!r}" for each in shown)
    assert "HTTP Request" in caplog.text  # the libraries did log
    assert "Request options" in caplog.text
    assert CANARY not in text
    assert SECRET_QUESTION not in text
    assert pickle.loads(pickle.dumps(model))._settings == model._settings


def test_other_users_of_the_sdk_log_as_they_like(
    server: FakeModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    import openai

    ask(server)
    caplog.set_level(logging.DEBUG, logger="openai._base_client")
    with openai.OpenAI(api_key="other", base_url=server.base_url, max_retries=0) as client:
        client.embeddings.create(model="ok", input="their own text", encoding_format="float")
    assert "their own text" in caplog.text


@pytest.mark.parametrize("bad", ["sk-canary\nX-Evil: 1", "sk-‘canary’", "sk canary"])
def test_key_that_no_header_can_hold_is_refused_without_showing_it(
    server: FakeModelServer, bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", bad)
    with pytest.raises(ModelError, match="TEST_KEY") as caught:
        LanguageModel(llm(server.base_url))
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_line_break_at_the_end_of_a_key_does_no_harm(
    server: FakeModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", f"{CANARY}\n")
    ask(server)
    assert server.requests[0].headers["authorization"] == f"Bearer {CANARY}"


def test_password_in_the_address_is_refused_without_showing_it() -> None:
    with pytest.raises(ModelError, match=r"llm\.base_url") as caught:
        LanguageModel(llm("http://me:hunter2@localhost:1/v1"))
    assert "hunter2" not in str(caught.value)


def test_missing_key_is_said_at_once_and_by_its_variable() -> None:
    with pytest.raises(ModelError, match="OTHER_KEY"):
        LanguageModel(llm("https://api.openai.com/v1", api_key_env="OTHER_KEY"))


def test_own_server_needs_no_key(server: FakeModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_KEY")
    assert ask(server)[0] == WHOLE


def test_globals_of_llama_index_stay_untouched(server: FakeModelServer) -> None:
    from llama_index.core import Settings as Globals

    ask(server)
    held = {name: value for name, value in vars(Globals).items() if value is not None}
    assert held == {}
