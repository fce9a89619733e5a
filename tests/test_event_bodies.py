"""Nothing that a browser sends to the chat's events names a file or an address: row 24."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
import pytest

from assistant.chat.closed_blocks import ClosedBlocks, holds_an_object
from assistant.server.event_bodies import BodyError, checked
from benchmarks.event_bodies import ALONE, NUMBER_WALLS, trial
from benchmarks.hostile_bodies import EVIL

FILE = {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}


def test_no_body_touches_a_file_or_looks_an_address_up() -> None:
    found = trial()
    assert found.bodies >= 300
    assert (found.files, found.addresses, found.failures) == ([], [], [])
    assert not found.taken
    assert found.refused < found.bodies, "none came as far as an event"


@pytest.mark.parametrize(("walls", "kinds", "with_addresses"), ALONE)
def test_each_wall_stands_alone(
    walls: tuple[str, ...], kinds: tuple[str, ...], with_addresses: bool, no_network: list[str]
) -> None:
    found = trial(walls, kinds, every=1 if kinds == ("text",) else 7)
    assert found.bodies >= 30
    assert found.files == []
    assert not found.taken or "numbers" not in walls
    if not with_addresses:
        no_network.clear()


def test_without_walls_the_trial_notices(no_network: list[str]) -> None:
    found = trial(NUMBER_WALLS, ("object",), every=9)
    assert any("copied" in each for each in found.files)
    assert any(EVIL in each for each in no_network)
    no_network.clear()
    found = trial((), ("text",))
    assert any("changed" in each for each in found.files)
    assert found.taken


# ---------------------------------------------------------------- the check itself


@pytest.fixture(scope="module")
def blocks() -> gr.Blocks:
    with ClosedBlocks(analytics_enabled=False) as made:
        inputs = [
            gr.Textbox(), gr.State(""), gr.Checkbox(), gr.Radio(["a"]),
            gr.Dropdown([], multiselect=True),
        ]  # fmt: skip
        gr.Button().click(lambda *_: None, inputs, None)
    found: gr.Blocks = made
    return found


def body(data: list[Any], **more: Any) -> bytes:
    """A body for the one event of the page."""
    return json.dumps({"data": data, "fn_index": 0, "session_hash": "abc", **more}).encode()


def test_a_body_goes_on_as_what_was_read(blocks: gr.Blocks) -> None:
    given = body(
        ["a", None, True, "b", ["c"]], trigger_id=3, batched=True, event_id="x", oauth_token="y",
        event_data={"index": [1, 0], "value": ["w", {"text": "x", "path": "/"}], "liked": "Wrong",
                    "_dispatch_value": [FILE]},
    )  # fmt: skip
    assert json.loads(checked("queue/join", given, blocks)) == {
        "data": ["a", None, True, "b", ["c"]], "fn_index": 0, "session_hash": "abc",
        "trigger_id": 3,
        "event_data": {"index": 1, "value": ["w", {"text": "x"}], "liked": "Wrong"},
    }  # fmt: skip
    twice = b'{"data": [[{"path": "/x"}]], ' + body([None] * 5)[1:]
    assert json.loads(checked("queue/join", twice, blocks))["data"] == ["", None, None, None, None]


def test_the_state_of_the_server_is_not_the_browsers_to_set(blocks: gr.Blocks) -> None:
    found = json.loads(checked("queue/join/", body(["a", "mine", None, None, None]), blocks))
    assert found["data"][1] is None


@pytest.mark.parametrize(
    "given",
    [
        [FILE, None, None, None, None], ["a", None, None, None, [FILE]],
        ["a", None, None, None, [["c"]]], ["a", None, "yes", None, None],
        [["a"], None, None, None, None], ["a", None, None, ["b"], None],
        ["a", None, None, None, "c"], ["a"], ["a"] * 6, [1, None, None, None, None],
    ],
)  # fmt: skip
def test_a_value_that_its_component_cannot_have_is_refused(
    blocks: gr.Blocks, given: list[Any]
) -> None:
    with pytest.raises(BodyError, match="data"):
        checked("queue/join", body(given), blocks)


def test_nothing_is_sent_to_other_addresses(blocks: gr.Blocks) -> None:
    for path in ("upload", "run/predict", "component_server", "", "queue/join/x", "queue/data"):
        with pytest.raises(BodyError, match="sent there"):
            checked(path, body([None] * 5), blocks)
    cancel = {"session_hash": "abc", "fn_index": 0, "event_id": "x", "more": FILE}
    found = json.loads(checked("cancel", json.dumps(cancel).encode(), blocks))
    assert "more" not in found


def test_the_page_refuses_objects_without_the_server(blocks: gr.Blocks) -> None:
    assert blocks.has_launched, "Gradio would let an event name any file"
    assert holds_an_object([["a", [{}]]])
    assert not holds_an_object(["a", [None, 1, ["b"]]])
