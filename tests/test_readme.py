"""The README as a stranger follows it: its examples run, its figures are true, and every command of
it works with the package and its base dependencies alone.

The last of these installs the package into an empty environment, which needs a package index; it
runs where ``CI_REQUIRE_WHEEL=1``, as ``.ci/run`` sets it (two to four minutes).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
import yaml
from fake_model_server import FakeModelServer
from readme_blocks import NOT_RUN, block_with, commands, examples

QUESTION = "When was ICLR founded?"
PAGES = ("/", "/docs", "/v1/chat/completions", "/mcp", "/healthz", "/metrics")
PROGRAM = 'import sys; exec(compile(sys.stdin.read(), "README.md", "exec"))'


@pytest.fixture(scope="module")
def readme(repository: Path) -> Path:
    return repository / "README.md"


class Reader:
    """A person with a shell, a home with a folder of papers, and one Python environment."""

    def __init__(self, home: Path, binaries: Path, documents: Path) -> None:
        self.home, self.python = home, binaries / "python"
        self.folder = home / "anywhere"
        shutil.copytree(documents, home / "papers")
        (home / "papers" / "reports").mkdir()
        shutil.copy(documents / "deep-learning-theory.pdf", home / "papers/reports/minutes.pdf")
        shutil.copytree(documents, self.folder / "documents")
        shutil.copytree(documents, self.folder / "papers")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "ASSISTANT"))}
        self.environment = kept | {
            "HOME": str(home),
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
            "BROWSER": "true",  # what `--open` starts
            "ASSISTANT__SERVER__PORT": str(self.port),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def type(
        self, line: str, folder: Path | None = None, *, expected: int = 0, timeout: float = 300
    ) -> str:
        """A line typed into a shell; gives all that it printed."""
        done = subprocess.run(
            ["bash", "-c", line], cwd=folder or self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=timeout, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stdout, f"{line}\n{done.stdout}"
        assert done.returncode == expected, f"{line} → {done.returncode}\n{done.stdout}"
        return done.stdout

    def run_example(self, text: str) -> str:
        """A Python example as a script in the folder; gives what it printed."""
        done = subprocess.run(
            [str(self.python), "-P", "-c", PROGRAM], input=text, cwd=self.folder,
            env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{text}\n{done.stderr}"
        return done.stdout

    @contextlib.contextmanager
    def staying(self, line: str, folder: Path | None = None) -> Iterator[subprocess.Popen[str]]:
        """A command that stays until Ctrl-C; it must end by itself then, and well."""
        process = subprocess.Popen(
            ["bash", "-c", f"exec {line}"], cwd=folder or self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield process
            os.killpg(process.pid, signal.SIGINT)
            said = process.communicate(timeout=30)[0]
            assert "Traceback" not in said, f"{line}\n{said}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    @contextlib.contextmanager
    def serving(self, line: str, folder: Path | None = None) -> Iterator[str]:
        """A server that answers at the address given."""
        url = f"http://127.0.0.1:{self.port}"
        with self.staying(line, folder) as process:
            until = time.monotonic() + 120
            while status_of(f"{url}/healthz") != 200:
                assert process.poll() is None, process.communicate()[0]
                assert time.monotonic() < until, f"{line}: no answer at {url}"
                time.sleep(0.2)
            yield url


def status_of(address: str) -> int:
    """The HTTP status of a GET; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=20) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as exc:
        return exc.code
    except OSError:
        return 0


# ---------------------------------------------------------------- examples and figures


def run_examples(reader: Reader, readme: Path, url: str) -> None:
    """Both Python examples: the package's own, and the OpenAI client's against a server."""
    own, client = examples(readme)
    assert "2012" in reader.run_example(own)
    assert "ICLR" in reader.run_example(client.replace("http://127.0.0.1:7860", url))


def test_examples_run(readme: Path, repository: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path, Path(sys.executable).parent, repository / "documents")
    reader.environment["PYTHONPATH"] = str(repository)
    with reader.serving("python -P -m assistant serve") as url:
        run_examples(reader, readme, url)


def test_an_example_with_an_undefined_name_fails(repository: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path, Path(sys.executable).parent, repository / "documents")
    with pytest.raises(AssertionError, match="NameError"):
        reader.run_example("print(answer_text)")


def test_number_of_questions_is_that_of_the_set(repository: Path) -> None:
    questions = yaml.load(
        (repository / "eval" / "questions.yaml").read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )["questions"]
    seen = 0
    for name in ("README.md", "CHANGELOG.md", "eval/README.md"):
        told = re.findall(r"(\d+) questions (?!of)", (repository / name).read_text("utf-8"))
        seen += len(told)
        assert {int(number) for number in told if int(number) > 100} <= {len(questions)}, name
    assert seen >= 3


def test_python_and_port_are_those_of_the_project(readme: Path, repository: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    wanted = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    assert re.findall(r"Python ≥ ([\d.]+)", text) == [wanted["requires-python"].strip(">=")]
    port = yaml.safe_load((repository / "config.yaml").read_text())["server"]["port"]
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", text)) == {str(port)}


def test_demo_asks_as_many_questions_as_the_readme_says(readme: Path, repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    asked = re.findall(r"^\t@\$\(BIN\)/assistant ask ", makefile, re.MULTILINE)
    words = {2: "two", 3: "three", 4: "four"}
    assert f"asks {words[len(asked)]} questions" in readme.read_text(encoding="utf-8")
    assert f"ask {words[len(asked)]} questions" in makefile


def test_size_of_the_extra_is_what_the_readme_says(readme: Path) -> None:
    (told,) = re.findall(r"scipy, for its statistics \((\d+) MB\)", readme.read_text("utf-8"))
    try:
        files = distribution("scipy").files or ()
    except PackageNotFoundError:
        pytest.skip("needs the extra `eval`")
    sizes = [Path(str(f.locate())).stat().st_size for f in files if f.suffix != ".pyc"]
    assert sum(sizes) / 2**20 == pytest.approx(int(told), rel=0.25)


# ---------------------------------------------------------------- every command, base only


@pytest.fixture(scope="module")
def checkout(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git would publish, so that the checkout stays as it is."""
    if os.environ.get("CI_REQUIRE_WHEEL") != "1":
        pytest.skip("installs from a package index; CI_REQUIRE_WHEEL=1 runs it")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=repository, capture_output=True, text=True, check=True,
    )  # fmt: skip
    copy = tmp_path_factory.mktemp("checkout")
    for name in listed.stdout.splitlines():
        if (repository / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def reader(
    checkout: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reader]:
    """Somebody with an empty environment outside of the checkout."""
    home = tmp_path_factory.mktemp("home")
    subprocess.run([sys.executable, "-m", "venv", str(home / "venv")], check=True)
    someone = Reader(home, home / "venv" / "bin", repository / "documents")
    someone.environment["PIP_CONSTRAINT"] = str(repository / "constraints.txt")
    someone.environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    yield someone
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def model() -> Iterator[FakeModelServer]:
    with FakeModelServer() as server:
        server.script = "grounded"
        yield server


@pytest.mark.timeout(1200)
def test_every_command_works_without_extras(
    readme: Path, reader: Reader, checkout: Path, model: FakeModelServer
) -> None:
    began = time.monotonic()
    typed = [line for line in commands(readme) if line not in NOT_RUN]
    typed.remove("pip install .")
    reader.type("pip install --quiet .", checkout, timeout=900)
    where = reader.type("python -P -c 'import assistant; print(assistant.__file__)'").strip()
    assert Path(where).is_relative_to(reader.home / "venv"), "the wheel's own code"
    marker = reader.home / "venv" / ".use"
    marker.touch()  # so that make takes this environment for its own
    for line in typed:
        type_one(line, readme, reader, checkout, model)
        print(f"{time.monotonic() - began:6.1f} s  {line}")


def type_one(
    line: str, readme: Path, reader: Reader, checkout: Path, model: FakeModelServer
) -> None:
    """One command of the README, with what it needs around it."""
    make = f"{line} VENV={reader.home / 'venv'} PYTHON={reader.python}"
    if line == "make demo":
        assert "2012" in reader.type(make, checkout)
    elif line == "make serve":
        with reader.serving(make, checkout) as url:
            assert status_of(url) == 200
    elif line == "assistant serve --open":
        with reader.serving(line) as url:
            assert {page: status_of(url + page) for page in PAGES if "/v1" not in page} == {
                page: 406 if page == "/mcp" else 200 for page in PAGES if "/v1" not in page
            }
            assert all(page in block_with(readme, "any OpenAI client").text for page in PAGES)
            run_examples(reader, readme, url)
    elif line == "assistant ingest --watch":
        with reader.staying(line) as process:
            assert process.stdout is not None
            while "Watching" not in process.stdout.readline():
                assert process.poll() is None
            before = json.loads(reader.type("assistant status --json"))["generation"]
            (reader.home / "papers" / "new.md").write_text("# New\n\nA heron stands there.\n")
            until = time.monotonic() + 60
            while json.loads(reader.type("assistant status --json"))["generation"] == before:
                assert time.monotonic() < until, "the new file was not seen"
    elif "llm.model" in line:
        line = line.replace('"…"', f'"{QUESTION}"').replace("KEY=…", "KEY=none")
        line = re.sub(r" --set llm\.base_url=\S+", "", line)
        line = line.replace(" ask ", f" --set llm.base_url={model.base_url} ask ")
        asked = len(model.requests)
        assert "[1]" in reader.type(line)
        assert len(model.requests) > asked
    elif line == "pip install '.[eval]'":
        said = reader.type("python -m eval", checkout, expected=2)
        assert "pip install 'document-assistant[eval]'" in said
        reader.type(line.replace("install", "install --quiet"), checkout, timeout=900)
        said = reader.type("python -P -m eval", expected=2)
        assert "only a checkout has" in said, "the wheel has no documents/"
    elif "my-questions.yaml" in line:
        own = {
            "version": 1,
            "documents": "documents",
            "questions": [
                {"id": "a", "question": QUESTION, "type": "fact", "expect": "answer",
                 "facts": [{"id": "year", "any": ["2012"]}], "reference": "In 2012.",
                 "evidence": [{"document": "iclr-history.md", "quote": "2012", "relevance": 2}]}
            ],
        }  # fmt: skip
        (reader.folder / "my-questions.yaml").write_text(yaml.safe_dump(own))
        assert "1 questions" in reader.type(f"{line} run")
    elif line.startswith("python -m eval"):
        reader.type(line, checkout)
    else:
        reader.type(line)
