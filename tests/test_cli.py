"""The command line as people and scripts meet it: output, exit status and clear refusals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from assistant import Assistant, Settings, __version__
from assistant.cli import cli, main


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command line in this process; gives exit status, standard output and error."""

    def runner(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        import io

        monkeypatch.setattr(sys, "argv", ["assistant", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as caught:
            main()
        shown = capsys.readouterr()
        return int(caught.value.code or 0), shown.out, shown.err

    return runner


@pytest.fixture
def on_sample(run: Any, sample_settings: Settings, sample: Assistant, repository: Path) -> Any:
    """The same, on the sample index."""
    index = f"index.path={sample_settings.index.path}"
    config = str(repository / "config.yaml")

    def runner(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        result: tuple[int, str, str] = run(
            *arguments[:1], "--config", config, "--set", index, *arguments[1:], stdin=stdin
        )
        return result

    return runner


QUESTION = "Who introduced the neural tangent kernel?"


def test_answer_for_people_shows_citation_verdict_place_and_quote(on_sample: Any) -> None:
    status, out, _ = on_sample("ask", QUESTION)
    assert status == 0
    assert "[1✓]" in out
    assert "✓ word for word from the source" in out
    assert "answers your question (confidence" in out
    assert "deep-learning-theory.pdf · page 2" in out
    assert "Jacot" in out


def test_json_is_the_whole_answer_and_nothing_else_is_on_standard_output(
    on_sample: Any, sample: Assistant
) -> None:
    status, out, _ = on_sample("ask", "--json", QUESTION)
    assert status == 0
    data = json.loads(out)
    assert set(data) == set(sample.ask(QUESTION).to_dict())
    assert data["citations"][0]["document"] == "deep-learning-theory.pdf"


def test_question_may_come_in_words_or_on_standard_input(on_sample: Any) -> None:
    words = json.loads(on_sample("ask", "--json", *QUESTION.split())[1])
    piped = json.loads(on_sample("ask", "--json", "-", stdin=f"{QUESTION}\n")[1])
    assert words["text"] == piped["text"]


def test_abstention_is_no_failure(on_sample: Any) -> None:
    status, out, _ = on_sample("ask", "Who composed the opera Tosca?")
    assert status == 0
    assert "No answer in the documents" in out
    assert "Closest passages" in out


def test_disagreement_is_announced(on_sample: Any) -> None:
    _, out, _ = on_sample("ask", "When was ICLR founded?")
    assert "The documents disagree" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", ""], "The question is empty"),
        (["ask", "   "], "The question is empty"),
        (["ask", "a" * 100_000], "100,000 characters"),
        (["ask", "what\x07is it"], "U+0007"),
        (["ask"], "QUESTION"),
        (["ask", "x", "--set", "retrieval.pasages=3"], "retrieval.passages"),
        (["ask", "x", "--set", "retrieval.passages"], "key=value"),
        (["ask", "x", "--set", "retrieval.passages=many"], "retrieval.passages"),
        (["ask", "x", "--config", "/none/config.yaml"], "/none/config.yaml"),
        (["ingest", "/none/at-all"], "/none/at-all"),
        (["ingest", "--wrong"], "--wrong"),
        (["nonsense"], "nonsense"),
    ],
)
def test_wrong_use_is_one_message_and_status_2(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert status == 2
    assert out == ""
    assert message in err
    assert "Traceback" not in err
    assert not (tmp_path / ".assistant" / "CURRENT").exists()


@pytest.mark.parametrize("command", ["status", "rollback"])
def test_without_an_index_the_next_step_is_named(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run(command)
    assert status == 1
    assert out == ""
    assert "assistant ingest" in err or "no earlier" in err.lower() or "There is no" in err


def test_ask_without_documents_says_which_folder_is_missing(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run("ask", "What is it?")
    assert status == 2
    assert out == ""
    assert str(tmp_path / "documents") in err


def test_ingest_says_that_the_index_holds_other_folders_too(run: Any, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.md").write_text(f"# {name}\n\nA text.\n", encoding="utf-8")
    index = ("--set", f"index.path={tmp_path / 'index'}")
    _, out, err = run("ingest", *index, str(tmp_path / "first"))
    assert "indexed before" not in out + err
    _, out, err = run("ingest", *index, str(tmp_path / "second"))
    assert "1 of these documents lie in folders that were indexed before" in out + err


def test_ingest_tells_per_file_what_happened_and_fails_with_1(
    run: Any, tmp_path: Path, notes_folder: Path
) -> None:
    index = ("--set", f"index.path={tmp_path / 'index'}")
    status, out, _ = run("ingest", *index, "--dry-run", str(notes_folder))
    assert status == 0
    assert "Nothing was changed" in out
    status, out, err = run("ingest", *index, "--json", str(notes_folder))
    assert status == 1
    receipt = json.loads(out)
    by_name = {file["document"]: file for file in receipt["files"]}
    assert by_name["broken.pdf"]["outcome"] == "failed"
    assert by_name["broken.pdf"]["reason"]
    assert by_name["howto.md"]["outcome"] == "indexed"
    assert "Traceback" not in err
    status, out, _ = run("ingest", *index, str(notes_folder))
    assert status == 1  # the broken file is tried again, and still broken
    assert "broken.pdf" in out
    status, out, _ = run("status", *index, "--json")
    assert status == 0
    assert json.loads(out)["documents"] == len(receipt["files"]) - 1


def test_status_and_doctor_print_json_alone(on_sample: Any) -> None:
    status, out, _ = on_sample("status", "--json")
    assert status == 0
    assert json.loads(out)["documents"] > 5
    status, out, _ = on_sample("doctor", "--json")
    assert status == 0
    found = json.loads(out)
    assert found["outbound"] == []
    assert all(check["ok"] for check in found["checks"])


def test_config_prints_yaml_that_can_be_used_again(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-99a1")
    status, out, err = run("--set", "retrieval.passages=5", "config", "--set", "chunking.tokens=99")
    assert status == 0
    assert "sk-canary" not in out + err
    printed = yaml.safe_load(out)
    assert printed["retrieval"]["passages"] == 5
    assert printed["chunking"]["tokens"] == 99
    for name in ("config", "embedder", "chunking"):
        assert f"#   {name}: " in out
    (tmp_path / "mine.yaml").write_text(out, encoding="utf-8")
    status, again, _ = run("config", "--config", "mine.yaml", "--json")
    assert status == 0
    data = json.loads(again)
    assert data["settings"] == printed
    assert data["source"] == str(tmp_path / "mine.yaml")
    assert data["fingerprints"]["config"] in out


def test_setting_after_the_command_wins_over_one_before_it(run: Any) -> None:
    _, out, _ = run(
        "--set", "retrieval.passages=5", "config", "--json", "--set", "retrieval.passages=6"
    )
    assert json.loads(out)["settings"]["retrieval"]["passages"] == 6


COMMANDS = sorted(cli.commands)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_teaches(run: Any, command: str) -> None:
    status, out, err = run(command, "--help")
    assert status == 0
    assert err == ""
    described = cli.commands[command]
    assert len((described.help or "").split()) >= 8
    for parameter in described.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{command} {parameter.name}"
            assert parameter.opts[0] in out
    assert "--json" in out or command in ("serve", "index", "people")


def test_top_help_shows_first_steps_and_all_commands(run: Any) -> None:
    status, out, _ = run("--help")
    assert status == 0
    assert "First steps" in out
    assert all(command in out for command in COMMANDS)
    assert run("-h")[1] == out
    assert __version__ in run("--version")[1]


def _python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env=dict(os.environ, **environment),
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_loads_nothing_heavy() -> None:
    heavy = "{'chromadb', 'llama_index', 'openai', 'numpy', 'lxml', 'tantivy', 'rich', 'pydantic'}"
    found = _python(
        "import sys; from assistant.cli import cli; cli.main(['--help'], standalone_mode=False); "
        f"print(sorted({heavy} & set(sys.modules)), file=sys.stderr)"
    )
    assert found.returncode == 0
    assert found.stderr.strip() == "[]"


def test_ask_loads_no_framework_it_does_not_need(
    sample: Assistant, sample_settings: Settings
) -> None:
    code = (
        "import sys; sys.argv = ['assistant', 'ask', '--json', '--set', "
        f"'index.path={sample_settings.index.path}', {QUESTION!r}]\n"
        "from assistant.cli import main\n"
        "try: main()\n"
        "finally: print(sorted({'llama_index', 'openai', 'gradio', 'chromadb', "
        "'requests'} & set(sys.modules)), "
        "file=sys.stderr)"
    )
    found = _python(code)
    assert found.returncode == 0, found.stderr
    assert found.stderr.strip().splitlines()[-1] == "[]"
    assert json.loads(found.stdout)["citations"]


def test_a_command_ends_with_what_was_registered_and_waits_for_no_thread() -> None:
    began = time.monotonic()
    found = _python(
        "import atexit, sys, threading, time\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "atexit.register(print, 'registered')\n"
        "sys.argv = ['assistant', 'ask', '--no-such-option']\n"
        "from assistant.__main__ import main\n"
        "main()"
    )
    assert found.returncode == 2
    assert "--no-such-option" in found.stderr
    assert found.stdout.endswith("registered\n")
    assert time.monotonic() - began < 30


_GUARD = """
import os, sys

def _watch(event, arguments):
    if event == "socket.connect":
        host = arguments[1][0] if isinstance(arguments[1], tuple) else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0] or ""
    else:
        return
    if host and not str(host).startswith(("127.", "::1", "localhost")):
        with open(os.environ["GUARD_LOG"], "a") as log:
            log.write(f"{event} {host}\\n")
        raise OSError("no network")

sys.addaudithook(_watch)
open(os.environ["GUARD_LOG"], "a").write("started\\n")
"""


def test_ingest_and_ask_work_without_a_network_and_attempt_nothing(
    tmp_path: Path, notes_folder: Path
) -> None:
    """The guard is in every child process too."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(_GUARD, encoding="utf-8")
    log = tmp_path / "attempts.log"
    environment = dict(os.environ, PYTHONPATH=str(tmp_path / "guard"), GUARD_LOG=str(log))
    environment["HOME"] = str(tmp_path)
    command = [sys.executable, "-m", "assistant"]
    index = f"index.path={tmp_path / 'index'}"
    for arguments, expected in (
        (["ingest", "--set", index, str(notes_folder)], 1),
        (["ask", "--set", index, "Who is the curator of the herbarium?"], 0),
    ):
        done = subprocess.run(
            [*command, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == expected, done.stderr
    lines = log.read_text(encoding="utf-8").splitlines()
    assert lines.count("started") >= 4, "two commands, and the children that write and verify"
    assert set(lines) == {"started"}


def test_closed_pipe_is_no_traceback(sample: Assistant, sample_settings: Settings) -> None:
    command = f"{sys.executable} -m assistant config --set index.path={sample_settings.index.path}"
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -n 1"], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("# ")


def test_ask_without_anything_to_index_leaves_nothing_behind(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("ask", "What is it?")[0] == 2
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "documents").mkdir()
    assert run("ask", "What is it?")[0] == 2
    assert list(tmp_path.iterdir()) == [tmp_path / "documents"]


def test_interrupted_question_ends_with_130() -> None:
    """Standard input is a pipe that says nothing, so the command waits until Ctrl-C."""
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "import sys; sys.argv = ['assistant', 'ask', '-']; "
        "from assistant.cli import main; print('ready', flush=True); main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(1.0)  # it is inside of the command then
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Interrupted." in err
    assert "Traceback" not in err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_each_shell_is_told_and_works(run: Any, shell: str) -> None:
    assert f"{shell}_source" in run("--help")[1]
    environment = {
        "_ASSISTANT_COMPLETE": f"{shell}_complete", "COMP_WORDS": "assistant st", "COMP_CWORD": "1",
    }  # fmt: skip
    if shell == "fish":
        environment["COMP_CWORD"] = "st"
    code = (
        "import sys; sys.argv = ['assistant']; from assistant.cli import cli; "
        "cli.main(prog_name='assistant', standalone_mode=False)"
    )
    assert "status" in _python(code, **environment).stdout
