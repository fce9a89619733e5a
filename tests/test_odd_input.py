"""What nobody should send, at every door: one clear error, no traceback, no status 500.

Settings in a file, the environment and ``--set``; questions, names and numbers by Python, the
command line, the chat, ``/v1`` and MCP.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from mcp import Client
from support_server import Running, running

from assistant import Assistant, load_settings
from assistant.chat.owners import OWNER_COOKIE, new_owner
from assistant.chat.page import _turn_of
from assistant.errors import AssistantError, QuestionError, SettingsError, UsageError
from assistant.model.client import Exchange
from assistant.settings import parse_assignment
from assistant.settings.loading import default_config_path, find_config
from assistant.types import Filters

QUESTION = "When was ICLR founded?"
HALF = "\ud800"
_SECONDS = 3.0

# ---------------------------------------------------------------- settings

ODD_VALUES = {
    "deep list": "[" * 5000,
    "closed deep list": "[" * 40 + "]" * 40,
    "deep section": "{a: " * 40 + "1" + "}" * 40,
    "block list": "- " * 5000 + "x",
    "huge number": "9" * 5000,
    "400 digits": "9" * 400,
    "base 60": "1:" * 2000 + "1",
    "infinity": ".inf",
    "no number": ".nan",
    "impossible day": "2020-99-99",
    "empty binary number": "0b_",
    "tag that does not fit": "!!int abc",
    "day that is none": "!!timestamp abc",
    "half of a character": '"\\ud800"',
    "zero character": '"a\\0b"',
    "aliases that explode": "[&a [1,1,1,1,1,1,1,1,1], &b [*a,*a,*a,*a,*a,*a,*a,*a,*a], "
    "&c [*b,*b,*b,*b,*b,*b,*b,*b,*b], &d [*c,*c,*c,*c,*c,*c,*c,*c,*c], [*d,*d,*d,*d,*d,*d]]",
    "alias of itself": "&a [*a]",
}  # fmt: skip
KEYS = ("retrieval.passages", "documents.paths", "index.lock_timeout_seconds", "llm.prices",
        "index.path", "documents.max_file_megabytes")  # fmt: skip


def set_through(
    door: str, key: str, value: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section, field = key.split(".")
    if door == "environment":
        monkeypatch.setenv(f"ASSISTANT__{section.upper()}__{field.upper()}", value)
        load_settings(default_config_path())
    elif door == "set":
        load_settings(default_config_path(), dict([parse_assignment(f"{key}={value}")]))
    else:
        path = folder / "config.yaml"
        entry = f"{field}: {value}" if door == "file" else f"? {value}\n  : 1"
        path.write_text(f"{section}:\n  {entry}\n")
        load_settings(path)


@pytest.mark.parametrize("name", ODD_VALUES)
@pytest.mark.parametrize("door", ["file", "environment", "set", "key"])
def test_an_odd_setting_is_one_clear_error(
    name: str, door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = ODD_VALUES[name]
    for key in KEYS if door != "key" else KEYS[:1]:
        section, field = key.split(".")
        began = time.process_time()
        with pytest.raises(SettingsError) as caught:
            set_through(door, f"{section}.{field}", value, tmp_path, monkeypatch)
        assert time.process_time() - began < _SECONDS
        assert len(str(caught.value)) < 500
        assert "\n" not in caught.value.what


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("retrieval.passages", 10**12), ("retrieval.candidates", 10**9),
        ("retrieval.passages", 10**400), ("retrieval.weight_words", float("inf")),
        ("documents.max_file_megabytes", float("inf")), ("documents.max_file_megabytes", 1e300),
        ("watch.rescan_seconds", float("nan")), ("index.lock_timeout_seconds", 1e12),
        ("embedding.timeout_seconds", 1e12), ("index.path", "a\0b"), ("index.path", Path("a\0b")),
        ("documents.paths", [Path("a\0b")]), ("chat.uploads", "~nobody-of-this-name/x"),
        ("llm.prices", {"m": [float("inf"), 1]}), ("llm.model", HALF), (HALF, 1),
        ("reading.wall_seconds", 10**15), ("chunking.overlap", 10**20),
        *(
            (key, value)
            for key in ("llm.base_url", "embedding.base_url", "index.chroma_url")
            for value in ("http://[", "http://x:99999", "http://x:0", "http://", "x", "ftp://x/",
                          "http://a b/", "http://x:y/", "http://x/\n", "http://[::1")
        ),
    ],
)  # fmt: skip
def test_an_odd_value_of_python_is_one_clear_error(key: str, value: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(default_config_path(), {key: value})
    assert len(str(caught.value)) < 500


def test_a_settings_file_without_end_is_refused_and_one_of_another_tool_passed_over(
    tmp_path: Path,
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("# x\n" * 200_000)
    with pytest.raises(SettingsError, match="100,000 characters"):
        load_settings(path)
    (tmp_path / "inner").mkdir()
    assert find_config(tmp_path / "inner") != path
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings("a\0b")


def command(*arguments: str | bytes, stdin: bytes = b"", **more: str | bytes) -> tuple[int, str]:
    """Exit status and all output of the command line, as a program of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *arguments], input=stdin, capture_output=True,
        env={**os.environb, **{k.encode(): os.fsencode(v) for k, v in more.items()}}, check=False,
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", b"When \xff?"),
        ("ask", "-"),
        ("ask", "x", "--path", b"\xff"),
        ("ask", "x", "--after", "9" * 5000),
        ("ask", "x", "--set", "retrieval.passages=" + "[" * 3000),
        ("ask", "x", "--set", b"llm.model=\xff"),
        ("ask", "x", "--config", b"\xff.yaml"),
        ("ask", "x", b"--\x1b[31m\xc2\x9b\xff"),
        ("serve", "--port", "9" * 5000),
        ("ingest", b"/tmp/\xff\x1b[31m"),
        ("ingest", "x" * 5000),
        ("status", "--set", "index.path=" + "x" * 300),
        ("doctor", "--set", "documents.paths=[" + "x" * 300 + "]"),
    ],
)
def test_the_command_line_ends_in_one_message(arguments: tuple[str | bytes, ...]) -> None:
    status, output = command(*arguments, stdin=b"When \xff\xed\xa0\x80?")
    assert status == 2
    assert "Traceback" not in output
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", output)
    assert len(output.splitlines()) <= 5  # click says how it is used, too


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full"])
@pytest.mark.parametrize("question", ["-", QUESTION])
def test_streams_that_are_closed_or_full_end_in_no_traceback(
    sample: Assistant, closed: str, question: str
) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-m", "assistant",
         "--set", f"index.path={sample.settings.index.path}", "ask", question],
        input=QUESTION, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr + done.stdout
    no_question = question == "-" and "<&-" in closed
    assert done.returncode == (2 if no_question else 1 if "full" in closed else 0)


def test_a_terminal_of_few_characters_is_no_traceback(sample: Assistant) -> None:
    status, output = command(
        "--set", f"index.path={sample.settings.index.path}", "ask", QUESTION,
        PYTHONIOENCODING="ascii", PYTHONUTF8="0",
    )  # fmt: skip
    assert status == 0
    assert "2013" in output


# ---------------------------------------------------------------- Python


@pytest.mark.parametrize("question", [HALF, f"Who {HALF}?", "\x1b", None, 7, b"Who?", ["Who?"]])
def test_an_odd_question_is_one_clear_error(sample: Assistant, question: Any) -> None:
    async def streamed() -> None:
        async for _ in sample.stream(question):
            pass

    for ask in (sample.ask, sample.retrieve, lambda q: asyncio.run(streamed())):
        with pytest.raises(QuestionError):
            ask(question)


@pytest.mark.parametrize("turn", ["ab", ("a",), ("a", None), (1, "b"), None, ("a", "b", "c")])
def test_an_earlier_turn_that_is_none_is_one_clear_error(sample: Assistant, turn: Any) -> None:
    with pytest.raises(QuestionError, match="earlier turn"):
        sample.ask("And when was it founded?", [turn])


def test_halves_of_characters_in_an_earlier_turn_do_no_harm(sample: Assistant) -> None:
    answer = sample.ask("And when?", [(f"What is {HALF} ICLR?", f"\ud83d\ude00 {HALF} told")])
    json.dumps(answer.to_dict(), ensure_ascii=False).encode()


@pytest.mark.parametrize("limit", [0, -1, 10**6, 10**30, float("nan"), 2.0, True, "3"])
def test_an_odd_limit_is_one_clear_error(sample: Assistant, limit: Any) -> None:
    with pytest.raises(UsageError, match="limit"):
        sample.retrieve(QUESTION, limit)


@pytest.mark.parametrize(
    "name", [HALF, f"a{HALF}.md", None, pytest.param(10**5000, id="long number"), "\0", ["a"]]
)
def test_an_odd_name_is_one_clear_error(sample: Assistant, name: Any) -> None:
    with pytest.raises(UsageError, match="no document"):
        sample.source(name)


@pytest.mark.parametrize("path", ["a\0b", "/tmp/\udcff", "x" * 5000])
def test_an_odd_folder_is_one_clear_error(sample: Assistant, path: str) -> None:
    with pytest.raises(AssistantError):
        sample.sync([path], dry_run=True)


@pytest.mark.parametrize(
    "filters",
    [Filters(paths=(HALF,)), Filters(types=(10**5000,)), Filters(after=float("nan")),  # type: ignore[arg-type]
     Filters(tags=(HALF,)), Filters(before="9" * 5000), Filters(paths=7)],  # type: ignore[arg-type]
)  # fmt: skip
def test_an_odd_filter_is_one_clear_error(sample: Assistant, filters: Filters) -> None:
    with pytest.raises(UsageError):
        sample.ask(QUESTION, filters=filters)


# ---------------------------------------------------------------- HTTP


@pytest.fixture(scope="module")
def served(sample: Assistant) -> Iterator[Running]:
    with running(sample) as server:
        yield server


def message(content: str, more: str = "") -> str:
    return '{"messages": [{"role": "user", "content": ' + content + "}]" + more + "}"


PLAIN = '"When?"'
ODD_NUMBERS = ("1e999", "-1e999", "NaN", "Infinity", "9" * 400, "9" * 5000, "1.5", '"\\ud800"',
               "[" * 30 + "]" * 30, "null", "{}")  # fmt: skip
BODIES = [
    *(message(PLAIN, f', "n": {number}') for number in ODD_NUMBERS if number != "null"),
    *(message(PLAIN, f', "stream": {number}') for number in ("1e999", "NaN", "9" * 5000)),
    *(message(PLAIN, f', "filters": {{"after": {number}}}') for number in ODD_NUMBERS),
    *(message(PLAIN, f', "model": {number}') for number in ODD_NUMBERS),
    message('"\\ud800"'), message('"When \\udfff?"'), message("1e999"), message('"\\u0000"'),
    message(PLAIN, ', "filters": {"paths": ["\\ud800"]}'),
    message(PLAIN, ', "filters": {"paths": ' + "[" * 5000),
    message(PLAIN, ', "filters": ' + '{"paths":' * 2000 + "1" + "}" * 2000),
    message("[" * 100_000), "[" * 500_000, '{"a":' * 100_000, "9" * 300_000, "1e999", "NaN", "{",
    '"\\ud800"', "", "\x00", message('[{"type": "text", "text": "\\ud800"}]'),
    '{"messages": [{"role": "\\ud800", "content": "x"}]}', '{"\\ud800": 1e999}',
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=[f"{n}" for n in range(len(BODIES))])
def test_an_odd_body_is_refused(served: Running, body: str) -> None:
    answer = httpx.post(
        f"{served.url}/v1/chat/completions", content=body.encode(),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    assert 400 <= answer.status_code < 500, answer.text[:300]
    assert answer.json()["error"]["message"]
    assert len(answer.content) < 1000


def test_fields_that_are_not_used_may_be_odd(served: Running) -> None:
    answer = httpx.post(
        f"{served.url}/v1/chat/completions", headers={"Content-Type": "application/json"},
        content=message(f'"{QUESTION}"', ', "temperature": 1e999, "seed": NaN, "user": "\\ud800"'),
    )  # fmt: skip
    assert answer.status_code == 200
    assert "2013" in answer.json()["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    "path",
    [
        "/document?name=%ED%A0%80", "/document?name=%00", "/document?name=x&start=1e999",
        "/document?name=x&start=" + "9" * 5000, "/document?name=x&page=NaN", "/document",
        "/document/page.png?name=%FF&page=1", "/document/page.png?name=x&page=" + "9" * 400,
        "/document/timeline?ticked=%ED%A0%80", "/document/timeline?page=" + "9" * 400,
        "/document/timeline?ticked=" + "9" * 19_000, "/document/timeline?collection=%00",
        "/document/cards?ticked=%ED%A0%80", "/document/cards?seed=" + "9" * 400,
        "/document/cards?count=0", "/document/cards?count=1e9", "/document/cards?collection=%00",
        "/export/%ED%A0%80.md", "/export/%00", "/v1/models/%ED%A0%80", "/v1/models/%00",
        "/own/%00", "/own/%ED%A0%80", "/own/" + "x" * 3000, "/static/docs/%00",
    ],
)  # fmt: skip
def test_an_odd_address_is_refused(served: Running, path: str) -> None:
    answer = httpx.get(served.url + path, headers={"Cookie": f"{OWNER_COOKIE}={new_owner()}"})
    assert 400 <= answer.status_code < 500, answer.text[:300]


@pytest.mark.parametrize(
    "body",
    [
        '{"fn_index": 1e999, "session_hash": "x", "data": []}',
        '{"fn_index": ' + "9" * 5000 + ', "session_hash": "x", "data": []}',
        '{"fn_index": 0, "session_hash": "\\ud800", "data": []}',
        '{"fn_index": 0, "session_hash": "x", "data": ["\\ud800"]}',
        '{"fn_index": 0, "session_hash": "x", "data": [NaN]}',
        '{"fn_index": 0, "session_hash": "x", "data": ' + "[" * 100_000,
        '{"fn_index": 0, "session_hash": "x", "data": [], "event_data": {"index": 1e999}}',
        "[" * 100_000, "NaN", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["queue/join", "cancel", "reset"])
def test_an_odd_event_is_refused(served: Running, path: str, body: str) -> None:
    answer = httpx.post(
        f"{served.url}/gradio_api/{path}", content=body.encode(),
        headers={"Cookie": f"{OWNER_COOKIE}={new_owner()}", "Content-Type": "application/json"},
    )  # fmt: skip
    assert 400 <= answer.status_code < 500, answer.text[:300]


@pytest.mark.parametrize("shown", ["9" * 5000, "-1.7", "1e999.7", "\u00b2.7", "", ".", "\u0663.7"])
def test_an_odd_turn_is_no_turn(shown: str) -> None:
    assert _turn_of(shown) in (None, 3)


def test_events_of_an_odd_session_are_none(served: Running) -> None:
    answer = httpx.get(
        f"{served.url}/gradio_api/queue/data?session_hash=%ED%A0%80",
        headers={"Cookie": f"{OWNER_COOKIE}={new_owner()}"},
    )
    assert '"session_not_found": true' in answer.text  # the page reads it in the stream


def test_an_odd_question_in_the_chat_is_told_there(served: Running) -> None:
    async def views() -> list[str]:
        talk = served.application.page.talk
        return [str(view.messages) async for view in talk.ask("o" * 43, "", f"Who {HALF}?")]

    [shown] = asyncio.run(views())
    assert "half of a character" in shown
    shown.encode()


@pytest.mark.parametrize(
    "arguments",
    [
        '{"question": "\\ud800"}', '{"question": 1e999}', '{"question": "x", "paths": ["\\ud800"]}',
        '{"question": "x", "types": [1e999]}', '{"question": ' + "[" * 300 + "]" * 300 + "}",
        '{"question": ' + "9" * 5000 + "}", '{"question": ' + "[" * 100_000, '{"question": NaN}',
    ],
)  # fmt: skip
def test_an_odd_call_of_a_tool_is_an_error_of_that_call(served: Running, arguments: str) -> None:
    body = (
        '{"jsonrpc": "2.0", "id": 1, "method": "tools/call", '
        '"params": {"name": "ask", "arguments": ' + arguments + "}}"
    )
    answer = httpx.post(
        f"{served.url}/mcp", content=body.encode(),
        headers={"Content-Type": "application/json",
                 "Accept": "application/json, text/event-stream"},
    )  # fmt: skip
    assert answer.status_code < 500, answer.text[:300]
    said = answer.json()
    assert "error" in said or said["result"]["isError"], said


def test_odd_numbers_and_names_of_tools_are_errors_of_the_call(served: Running) -> None:
    async def use() -> None:
        async with Client(f"{served.url}/mcp") as client:
            for tool, arguments in (
                ("search", {"question": "x", "limit": 10**30}),
                ("get_document", {"document": "\0"}),
                ("list_documents", {"start": -(10**30), "limit": 10**30}),
                ("get_document", {"document": "x", "start": 10**400}),
            ):
                assert (await client.call_tool(tool, arguments)).is_error, arguments

    asyncio.run(use())


# ---------------------------------------------------------------- a model


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (("A \ud83d", "\ude00 b"), "A \N{GRINNING FACE} b"),
        (("A \ud83d", " b"), "A \N{REPLACEMENT CHARACTER} b"),
        (("A", "\ud83d"), "A\N{REPLACEMENT CHARACTER}"),
        (("\ude00\ud83d", "\ud83d", "\ude00"), "\ufffd\ufffd\N{GRINNING FACE}"),
        (("A", "b"), "Ab"),
    ],
)  # fmt: skip
def test_halves_of_characters_of_a_model_are_joined(pieces: tuple[str, ...], expected: str) -> None:
    from assistant.model.language_model import whole_pieces

    async def sent() -> Any:
        for piece in pieces:
            yield piece

    async def received() -> str:
        return "".join([piece async for piece in whole_pieces(sent())])

    assert asyncio.run(received()) == expected


@pytest.mark.parametrize("count", [-1, 10**30, True, "7", 1.5, None, float("inf")])
def test_an_odd_count_or_name_of_a_model_is_not_told(count: Any) -> None:
    exchange = Exchange(deadline=0.0)
    usage = SimpleNamespace(prompt_tokens=count, completion_tokens=7)
    exchange.look_at(SimpleNamespace(usage=usage, model=f"m{HALF}" + "x" * 10_000, choices=None))
    assert (exchange.tokens_in, exchange.tokens_out) == (None, 7)
    assert len(exchange.model.encode()) < 1000
    exchange.look_at(SimpleNamespace(usage=None, model=["x"], choices=None))
    assert exchange.model.startswith("m")


# ---------------------------------------------------------------- names of files

ODD_NAMES = ("a\nb\x9b31m.md", "c\u2028d.md", "e\u202ef.txt", "g\x1b[31m.md", "bad\r\n\x9b.xyz")


def test_an_odd_name_of_a_file_stays_in_its_row(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name in ODD_NAMES:
        (folder / name).write_text("# Title\n\nICLR was founded in 2013.\n")
    (folder / os.fsdecode(b"h\xff.md")).write_text("# Title\n\nHello there.\n")
    place = ("--set", f"index.path={tmp_path / 'index'}", "--set", f"documents.paths=[{folder}]")
    unsafe = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]")
    told = {}
    for said in ("ingest", "status", "ask", "doctor"):
        question = ("When was ICLR founded?",) if said == "ask" else ()
        for more in ((), ("--json",)):
            _, output = command(*place, said, *question, *more)
            assert "Traceback" not in output
            assert not unsafe.search(output), (said, more, unsafe.search(output))
            told[said, *more] = output
    rows = [
        line for line in told["ingest",].splitlines() if re.match("indexed|unsupp|failed", line)
    ]
    assert len(rows) == len(ODD_NAMES) + 1
    files = json.loads(told["ingest", "--json"])["files"]
    assert {each["document"] for each in files} >= set(ODD_NAMES)


@pytest.mark.parametrize(
    "name", ["", "%20", "%00", "%0A", "%ED%A0%80", "..", "/", "x" * 2000, "a" * 999]
)
def test_an_upload_of_an_odd_name_is_stored_safely_or_refused(served: Running, name: str) -> None:
    answer = httpx.post(
        f"{served.url}/upload?name={name}", content=b"x",
        headers={"Cookie": f"{OWNER_COOKIE}={new_owner()}"},
    )  # fmt: skip
    assert answer.status_code == 200 or answer.json()["error"]["message"]
    assert answer.status_code < 500
    assert (answer.status_code >= 400) == (name in ("", "%20", "%0A") or len(name) > 1000)
