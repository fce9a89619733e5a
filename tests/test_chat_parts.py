"""The parts of the chat without a browser: what is drawn, kept, exported, uploaded, added."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.chat.conversations import Conversations
from assistant.chat.escaped import as_written, escape, one_line, unescape
from assistant.chat.evidence import draw_evidence, surroundings
from assistant.chat.exporting import as_markdown
from assistant.chat.messages import draw_answer, draw_partial
from assistant.chat.question_set import Proposal, add_question, checked
from assistant.chat.stored_files import safe_name
from assistant.chat.uploads import ASIDE, Quotas, Uploads
from assistant.errors import BusyError, QuotaError, StorageError, UsageError
from assistant.retrieval.reasons import explain
from assistant.server.access import Access
from assistant.server.guards import Guards, RequestLimits
from assistant.server.policy import (
    host_is_allowed,
    origin_is_allowed,
    path_is_known,
    script_hashes,
)
from assistant.service.admission import AdmissionControl
from assistant.types import Answer, Citation, Evidence, Receipt, Sentence, Usage
from eval.questions import load_questions

TAG = re.compile(r"<(?!/?(?:div|p|br|em|strong|s|ul|ol|li|pre|code|blockquote|button|span|h2|hr|"
                 r"article|mark|a|details|summary|table|thead|tbody|tr|th|td)\b)")  # fmt: skip


def answer(text: str, *sentences: Sentence, **more: object) -> Answer:
    markers = sorted({marker for s in sentences for marker in s.citations})
    citations = tuple(
        Citation(m, "a.md", "A <b>title</b>", None, 0, 5, "quote", "0" * 64) for m in markers
    )
    made = Answer(
        "q?", "q?", text, sentences, citations, (), False, "", 0.9, "", (), Usage(), {"total": 0.1},
        Receipt("c", "i", "p", "model"),
    )  # fmt: skip
    return replace(made, **more)


# ---------------------------------------------------------------- drawing


def test_each_marker_has_the_verdict_of_its_own_sentence() -> None:
    text = "**One** is here [1]. Two is not [1]. Three is bare.\n\n- Four, `a[1]` and five [2]"
    drawn = draw_answer(
        answer(
            text,
            Sentence("**One** is here.", (1,), "verbatim"),
            Sentence("Two is not.", (1,), "unsupported", problems=("no <two>",)),
            Sentence("Three is bare.", (), "uncited"),
            Sentence("Four, `a[1]` and five", (2,), "weak"),
        ),
        7,
    )
    markers = re.findall(r'class="marker (\w+)(?: t7 s(\d) m(\d))?"', drawn)
    assert markers == [
        ("verbatim", "0", "1"), ("unsupported", "1", "1"), ("uncited", "", ""), ("weak", "3", "2"),
    ]  # fmt: skip
    assert "<code>a[1]</code>" in drawn
    assert "no &lt;two&gt;" in drawn
    assert drawn.index("bare.") < drawn.index("uncited") < drawn.index("<ul>")


@given(st.text(alphabet=st.sampled_from("<>&\"'`*_[]()!#|$~:/\\\n ab1-\u202e\x1b"), max_size=80))
def test_no_text_becomes_markup_of_its_own(text: str) -> None:
    for drawn in (
        draw_partial(text, 3),
        draw_answer(answer(text, Sentence(text, (1,), "weak"), notice=text, incomplete=text), 0),
        draw_evidence(answer(text, Sentence(text, (1,), "weak")), 0, lambda name: None),
        f"<p>{escape(text)}{one_line(text)}</p>",
    ):
        assert "\n" not in drawn
        assert not TAG.search(drawn), drawn
        assert "\x1b" not in drawn
        assert "\u202e" not in drawn
        assert " on" not in "".join(re.findall(r"<[^>]*>", drawn)).replace(" on the", "")
    asked = as_written(text)
    assert not re.search(r"[*_`\[\]<>!#|$~\\]", asked.replace("<br>", "").replace("&#", ""))
    kept = text.replace("\x1b", "\ufffd").replace("\u202e", "\ufffd")
    assert unescape(asked) == kept


def test_a_marker_that_cites_nothing_known_stays_text() -> None:
    assert "[9]" in draw_answer(answer("See [9].", Sentence("See [9].", (), "uncited")), 0)


def test_surroundings_stop_at_a_heading() -> None:
    text = "# Old\n\nFirst words here. Second words.\n\n## New\n\nThe place is here. After it.\n"
    start = text.index("The place")
    low, high = surroundings(text, start, start + len("The place is here."))
    assert text[low:high] == "The place is here. After it."


def test_evidence_of_a_changed_file_shows_the_quote_that_was(notes: Assistant) -> None:
    found = notes.ask("Who is the curator of the archive?")
    drawn = draw_evidence(found, 0, notes.source)
    assert 'class="changed"' not in drawn
    other = tuple(replace(c, sha256="f" * 64) for c in found.citations)
    changed = draw_evidence(replace(found, citations=other), 0, notes.source)
    assert "has changed since this answer" in changed
    assert "Ida Moe" in changed
    assert "no longer in the index" in draw_evidence(found, 0, lambda name: None)


def test_explanations_name_words_and_ranks(notes: Assistant) -> None:
    passages = notes.retrieve("Who is the curator of the archive in Bergen?")
    [best, *_] = explain("Who is the curator of the archive in Bergen?", passages)
    assert set(best.shared) == {"curator", "archive"}
    assert best.missing == ("bergen",)
    assert dict(best.ranks)["words"] == 1
    assert best.of == len(passages)


# ---------------------------------------------------------------- keeping


def test_conversations_outlive_the_server_and_open_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "conversations.sqlite"
    made = answer("One [1].", Sentence("One.", (1,), "weak", (Evidence(1, 0, 5),)))
    first = Conversations(file)
    identity = first.begin("anna", "What is one?")
    first.put("anna", identity, 0, "What is one?", made)
    first.put("anna", identity, 1, "And two?", None)
    first.close()
    second = Conversations(file)
    assert [(t.question, t.answer) for t in second.turns("anna", identity)] == [
        ("What is one?", made), ("And two?", None),
    ]  # fmt: skip
    assert second.turns("bert", identity) == []
    second.put("bert", identity, 0, "Mine", None)
    second.rate("bert", identity, 0, "Like")
    second.delete("bert", identity)
    assert [t.rating for t in second.turns("anna", identity)] == ["", ""]
    second.put("anna", identity, 0, "Again?", made)
    assert [t.question for t in second.turns("anna", identity)] == ["Again?"]
    assert file.stat().st_mode & 0o077 == 0
    assert b"anna" not in file.read_bytes()
    second.close()


def test_a_file_that_is_no_database_is_a_storage_error(tmp_path: Path) -> None:
    file = tmp_path / "conversations.sqlite"
    file.write_text("not a database at all, but long enough to be looked at " * 10)
    with pytest.raises(StorageError, match="cannot be kept"):
        Conversations(file)


def test_an_export_names_every_place(tmp_path: Path) -> None:
    kept = Conversations(None)
    identity = kept.begin("anna", "What?")
    kept.put("anna", identity, 0, "What?", answer("One [1].", Sentence("One.", (1,), "weak")))
    text = as_markdown("What?", kept.turns("anna", identity))
    assert "**[1]** `a.md` · characters 0–5" in text
    assert "> quote" in text
    assert "△ partly supported: One." in text


# ---------------------------------------------------------------- files and questions


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), (".bashrc", "bashrc"),
        ("a\x00b\n.txt", "a_b_.txt"), ("...", "file"), ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("Ünïcode 名前.md", "Ünïcode 名前.md"), ("名" * 300 + ".md", "名" * 65 + ".md"),
        ("x." + "y" * 300, "x." + "y" * 148), ("a\udc80\x9b.txt", "a__.txt"),
    ],
)  # fmt: skip
def test_names_of_uploads_are_made_safe(given: str, kept: str) -> None:
    assert safe_name(given) == kept


LARGE = Quotas(file=1_000_000, session=50_000_000, total=100_000_000)


def send(uploads: Uploads, owner: str, name: str, data: bytes) -> str:
    """Send a file as the server does; gives its number."""
    incoming = uploads.begin(owner, name)
    try:
        incoming.write(data)
        return incoming.finish()
    finally:
        incoming.discard()


def shown(folder: Path) -> list[str]:
    """The files that a sync would see."""
    return sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))


def test_an_upload_replaces_nothing(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, LARGE)
    for text, expected in (("one", "a.txt"), ("one", "a.txt"), ("two", "a (2).txt")):
        [taken] = uploads.take_in("anna", [send(uploads, "anna", "../a.txt", text.encode())])
        assert taken.name == expected
        assert taken.read_text() == text
        assert taken.stat().st_mode & 0o077 == 0
    assert shown(tmp_path) == ["a (2).txt", "a.txt"]
    assert list((tmp_path / ASIDE).iterdir()) == []


def test_many_of_one_name_are_not_compared_with_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = Uploads(tmp_path, LARGE)
    for number in range(60):
        uploads.take_in("anna", [send(uploads, "anna", "a.txt", b"%02d" % number)])
    assert len(shown(tmp_path)) == 60
    assert "a (21).txt" in shown(tmp_path)
    assert "a (22).txt" not in shown(tmp_path)

    def digest(path: Path) -> bytes:
        raise AssertionError("files of other sizes are not read")

    monkeypatch.setattr("assistant.chat.stored_files._digest", digest)
    uploads.take_in("anna", [send(uploads, "anna", "a.txt", b"longer")])


def test_only_who_sent_a_file_can_take_it_in(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads", LARGE)
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody's business")
    mine, theirs = (send(uploads, owner, "a.txt", b"x") for owner in ("anna", "berta"))
    for wrong in (theirs, str(secret), "../secret.txt", "../../secret.txt", "", ".", "x\x00y"):
        with pytest.raises(UsageError, match="gone"):
            uploads.take_in("anna", [mine, wrong])  # all or nothing
    assert shown(tmp_path / "uploads") == []
    assert secret.exists()
    with pytest.raises(UsageError, match="browser"):
        send(uploads, "", "a.txt", b"x")
    with pytest.raises(UsageError, match="name"):
        send(uploads, "anna", " ", b"x")
    with pytest.raises(UsageError, match="at once"):
        uploads.take_in("anna", [mine] * 101)
    assert len(uploads.take_in("anna", [mine, mine])) == 1


def test_what_was_swapped_for_a_link_is_not_taken_in(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads", LARGE)
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody's business")
    for swap in ("symlink_to", "hardlink_to"):
        number = send(uploads, "anna", "a.txt", b"x")
        place = tmp_path / "uploads" / ASIDE / number
        place.unlink()
        getattr(place, swap)(secret)
        with pytest.raises(UsageError, match="gone"):
            uploads.take_in("anna", [number])
    place.unlink()
    place.parent.rename(tmp_path / "moved")
    place.parent.symlink_to(tmp_path)
    with pytest.raises(StorageError):
        send(uploads, "anna", "a.txt", b"x")
    assert secret.read_text() == "nobody's business"


def test_uploads_have_quotas(tmp_path: Path) -> None:
    now = [1000.0]
    quotas = Quotas(file=300_000, session=700_000, total=1_150_000)
    uploads = Uploads(tmp_path, quotas, lambda: now[0])
    with pytest.raises(QuotaError, match="max_file_megabytes"):
        send(uploads, "anna", "a.txt", b"x" * 300_001)
    now[0] += 90_000  # another day
    for number in range(2):
        send(uploads, "anna", f"{number}.txt", b"x" * 300_000)
    with pytest.raises(QuotaError, match="in a day"):
        send(uploads, "anna", "3.txt", b"x" * 200_000)
    send(uploads, "berta", "a.txt", b"x" * 300_000)
    with pytest.raises(QuotaError, match="uploads_megabytes"):
        send(uploads, "carla", "a.txt", b"x" * 300_000)
    size = sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file())
    assert size <= quotas.total


def test_only_so_many_arrive_at_once(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, LARGE)
    arriving = [uploads.begin("anna", "a.txt") for _ in range(64)]
    with pytest.raises(BusyError):
        uploads.begin("berta", "a.txt")
    arriving[0].finish()
    arriving[1].discard()
    arriving[1].discard()
    arriving[0].discard()
    again = [uploads.begin("berta", "a.txt") for _ in range(2)]
    with pytest.raises(BusyError):
        uploads.begin("berta", "a.txt")
    for each in (*arriving, *again):
        each.discard()


def test_empty_files_count_too(tmp_path: Path) -> None:
    quotas = Quotas(file=300_000, session=700_000, total=10_000_000)
    uploads = Uploads(tmp_path, quotas)
    for number in range(10):
        send(uploads, "anna", f"{number}.txt", b"")
    with pytest.raises(QuotaError, match="in a day"):
        send(uploads, "anna", "one-too-many.txt", b"")
    for number in range(160):
        (tmp_path / f"small{number}.txt").touch()
    with pytest.raises(QuotaError, match="uploads_megabytes"):
        send(uploads, "berta", "a.txt", b"")


def test_what_nobody_takes_in_is_deleted(tmp_path: Path) -> None:
    now = [1000.0]
    uploads = Uploads(tmp_path, LARGE, lambda: now[0])
    old = send(uploads, "anna", "a.txt", b"x")
    left = tmp_path / ASIDE / "of-a-server-before"
    left.write_bytes(b"x")
    os.utime(left, (1, 1))
    send(uploads, "anna", "b.txt", b"x")
    assert not left.exists()
    assert (tmp_path / ASIDE / old).exists()
    now[0] += 4000
    new = send(uploads, "anna", "c.txt", b"x")
    assert [p.name for p in (tmp_path / ASIDE).iterdir()] == [new]
    with pytest.raises(UsageError, match="gone"):
        uploads.take_in("anna", [old])


def test_questions_are_added_without_touching_the_others(notes: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    source = notes.source("archive/plants.md")
    proposal = Proposal(
        "Who is the curator?", False, "Ida Moe", source.name, "Its curator is\nIda Moe.", "wrong"
    )
    first = add_question(file, checked(proposal, source), [tmp_path / "notes"])
    file.write_text(file.read_text() + "# a comment of mine\n")
    second = add_question(file, checked(proposal, source), [tmp_path / "notes"])
    refusal = Proposal("Who sells “umbrellas”: here?", True, history=(("a?", "b"),))
    add_question(file, checked(refusal, None), [tmp_path / "notes"])
    questions = load_questions(file)
    assert [q.id for q in questions.questions][:2] == [first, second]
    assert first != second
    assert questions.questions[2].expect == "refuse"
    assert questions.documents == (tmp_path / "notes",)
    assert "# a comment of mine" in file.read_text()
    for wrong in (
        Proposal(" ", True),
        Proposal("Who?", False, "", source.name, "Its curator is Ida Moe."),
        Proposal("Who?", False, "Ida", source.name, "words that stand nowhere"),
    ):
        with pytest.raises(UsageError):
            checked(wrong, source)
    (tmp_path / "other.yaml").write_text("- just\n- a list\n")
    with pytest.raises(UsageError, match="not a question file"):
        add_question(tmp_path / "other.yaml", checked(proposal, source), [])
    assert (tmp_path / "other.yaml").read_text() == "- just\n- a list\n"


# ---------------------------------------------------------------- the gate and the walls


def test_the_gate_serves_in_order_and_loses_no_place() -> None:
    async def trial() -> None:
        gate = AdmissionControl(2, 3)
        order: list[int] = []

        async def visit(number: int) -> None:
            async with gate.enter():
                order.append(number)
                await asyncio.sleep(0.01)

        tasks = [asyncio.create_task(visit(number)) for number in range(5)]
        await asyncio.sleep(0)
        assert (gate.inside, gate.in_line) == (2, 3)
        with pytest.raises(BusyError):
            gate.check()
        with pytest.raises(BusyError):
            await visit(9)
        tasks[3].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert order == [0, 1, 2, 4]
        assert (gate.inside, gate.in_line) == (0, 0)

    asyncio.run(trial())


@given(st.lists(st.integers(0, 6), max_size=30))
def test_no_cancellation_costs_a_place(cancelled: list[int]) -> None:
    async def trial() -> None:
        gate = AdmissionControl(2, 100)

        async def visit() -> None:
            async with gate.enter():
                await asyncio.sleep(0)

        for number in cancelled:
            tasks = [asyncio.create_task(visit()) for _ in range(7)]
            for _ in range(number):
                await asyncio.sleep(0)
            tasks[number].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert (gate.inside, gate.in_line) == (0, 0)

    asyncio.run(trial())


def test_sessions_end_with_their_time_and_their_token() -> None:
    now = [1000.0]
    access = Access("a-long-enough-token", lambda: now[0])
    session = access.log_in("a-long-enough-token")
    assert access.admits("", session)
    assert not access.admits("", session[:-1] + ("0" if session[-1] != "0" else "1"))
    assert not Access("another-long-token!", lambda: now[0]).admits("", session)
    assert access.admits("Bearer a-long-enough-token", "")
    assert not access.admits("Basic a-long-enough-token", "")
    now[0] += 31 * 86_400
    assert not access.admits("", session)
    assert "a-long-enough-token" not in repr(access)


def test_a_websocket_is_closed_before_it_is_one() -> None:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def app(*_: object) -> None:
        raise AssertionError("no websocket reaches the application")

    guards = Guards(app, Access(""), [], RequestLimits(1, 1))
    asyncio.run(guards({"type": "websocket", "path": "/"}, receive, send))  # type: ignore[arg-type]
    assert [each["type"] for each in sent] == ["websocket.close"]


def test_hosts_origins_and_paths() -> None:
    assert host_is_allowed("assistant.example:443", ["assistant.example"])
    assert host_is_allowed("192.168.1.4:7860", [])
    assert host_is_allowed("[::1]:7860", [])
    assert host_is_allowed("my_host.:80", ["my_host"])
    for bad in (
        "evil.test", "", "a b", "127.0.0.1.evil.test", "localhost.evil.test", "x:y:z",
        "localhost:1@evil.test", "localhost/x", "localhost:999999", "localhost\n",
    ):  # fmt: skip
        assert not host_is_allowed(bad, ["assistant.example"]), bad
    # what would begin a new directive or source of the content policy
    for more in (" ", ";", " ; script-src *", "\t", ",", "'", '"', "%25x ; script-src * ;", "*"):
        for host in (f"localhost{more}", f"127.0.0.1{more}", f"[::1{more}]", f"localhost:80{more}"):
            assert not host_is_allowed(host, []), host
    assert origin_is_allowed("POST", "h:1", "http://h:1", "same-origin")
    assert origin_is_allowed("POST", "h:1", None, None)
    assert not origin_is_allowed("GET", "h:1", "http://other", None)
    assert not origin_is_allowed("POST", "h:1", None, "cross-site")
    assert path_is_known("/gradio_api/queue/join")
    for bad in ("/gradio_api/file=/etc/passwd", "/own/../x", "/gradio_api/proxy=x", "/assets/\\x"):
        assert not path_is_known(bad), bad
    page = b"<script>a</script><script src='x'></script><script type=module>b</script>"
    assert len(script_hashes(page)) == 2


def test_a_deleted_conversation_comes_back_for_its_owner_alone_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.sqlite"
    kept = Conversations(path)
    identity = kept.begin("anna", "What is 100%_sure?")
    kept.put("anna", identity, 0, "What is 100%_sure?", None)
    assert len(kept.turns("anna", identity)) == 1
    kept.delete("anna", identity)
    assert kept.listing("anna") == []
    assert kept.turns("anna", identity) == []
    assert not kept.owned("anna", identity)
    assert not kept.restore("bert", identity)
    assert kept.restore("anna", identity)
    kept.rename("bert", identity, "mine")
    assert [each.title for each in kept.listing("anna", search="100%_")] == ["What is 100%_sure?"]
    assert kept.listing("anna", search="100_%") == []
    kept.delete("anna", identity)
    now = time.time()
    monkeypatch.setattr("assistant.chat.conversations.time.time", lambda: now + 601)
    assert not kept.restore("anna", identity)
    kept.begin("anna", "Another?")
    monkeypatch.undo()
    assert not kept.restore("anna", identity)
    kept.close()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM conversations").fetchone() == (1,)


def test_conversations_of_an_earlier_version_open(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(
            "CREATE TABLE conversations (id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT "
            "NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL);"
        )
    kept = Conversations(path)
    kept.delete("anna", kept.begin("anna", "What?"))
    assert kept.listing("anna") == []
    kept.close()
