"""Time to the first word, beside a bare openai SDK call; a hundred streams at once; a free loop.

    python -m benchmarks.first_token [--rounds 60] [--think-seconds 0.2]

All callers send the same prompt (the answer prompt with passages of documents/) to the same fake
server in a process of its own, in turns: the bare SDK, LlamaIndex over the same SDK, and
``LanguageModel.stream``. It is done twice: with a server that answers at once, where a layer's own
cost shows, and with one that thinks before its first word, as every model does. Then the whole
assistant, whose time is to be no more than 1.1 × (bare call + its retrieval). At last 100 streams
at once beside one slow, steady stream whose largest gap shows whether the loop was blocked.
Medians; exit status 1 when a ratio with a thinking server is above 1.1 or a stream failed.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.model.client import make_client
from assistant.model.context import fit_passages
from assistant.model.language_model import Ended, LanguageModel, TextPiece
from assistant.model.prompts import SENTINEL, load_prompt
from assistant.model.tokens import count_tokens
from assistant.pipeline import Assistant
from assistant.settings import Settings, load_settings
from assistant.types import Delta, Passage
from benchmarks.processes import environment

TOP = Path(__file__).resolve().parent.parent
QUESTION = "When was ICLR founded?"
MODEL = "grounded"
PAUSE_SECONDS = 0.05
Prompt = list[dict[str, str]]
Caller = Callable[[], Awaitable[float]]


@contextmanager
def fake_server(think_seconds: float = 0.0, pause_seconds: float = 0.0) -> Iterator[str]:
    """The address of a fake model server in a process of its own."""
    command = [sys.executable, str(TOP / "tests" / "fake_model_server.py")]
    command += ["--think-seconds", str(think_seconds), "--pause-seconds", str(pause_seconds)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None:
                raise AssertionError("stdout is a pipe")
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def settings_for(url: str, index: Path) -> Settings:
    """The project's own settings with a model at this address."""
    return load_settings(TOP / "config.yaml", {
        "llm.model": MODEL, "llm.base_url": url, "index.path": str(index),
        "documents.paths": [str(TOP / "documents")], "answer.min_confidence": 0.0,
    })  # fmt: skip


def prompt_of(passages: Sequence[Passage]) -> Prompt:
    """The messages the assistant would send."""
    context = fit_passages(passages, 14_000, count_tokens)
    return load_prompt("answer").render(sentinel=SENTINEL, passages=context.text, question=QUESTION)


def callers(settings: Settings, prompt: Prompt) -> dict[str, Caller]:
    """Three ways to the first word, each over a client that stays."""
    from llama_index.core.base.llms.types import ChatMessage

    model = LanguageModel(settings.llm)
    between, _ = make_client(settings.llm, "none")
    _, bare_client = make_client(settings.llm, "none")
    chat = [ChatMessage(role=m["role"], content=m["content"]) for m in prompt]

    async def bare() -> float:
        began = time.perf_counter()
        stream = await bare_client.chat.completions.create(
            model=MODEL, messages=prompt, stream=True, temperature=0.0,
            max_tokens=settings.llm.answer_tokens, stream_options={"include_usage": True},
        )  # fmt: skip
        return await _first(stream, began, lambda e: e.choices and e.choices[0].delta.content)

    async def llama_index() -> float:
        began = time.perf_counter()
        return await _first(await between.astream_chat(chat), began, lambda reply: reply.delta)

    async def ours() -> float:
        began = time.perf_counter()
        return await _first(model.stream(prompt), began, lambda each: isinstance(each, TextPiece))

    return {"bare SDK": bare, "LlamaIndex": llama_index, "LanguageModel": ours}


async def _first(stream: AsyncIterator[Any], began: float, is_word: Callable[[Any], Any]) -> float:
    """Seconds to the first word of a stream that is read to its end; 0 when it broke off."""
    seconds = 0.0
    async for each in stream:
        if not seconds and is_word(each):
            seconds = time.perf_counter() - began
    broke_off = isinstance(each, Ended) and each.incomplete
    return 0.0 if broke_off else seconds


async def in_turns(ways: dict[str, Caller], rounds: int) -> dict[str, list[float]]:
    """Every way once a round, after five rounds that do not count."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 5):
        for name, way in ways.items():
            seconds = await way()
            if turn >= 5:
                taken[name].append(seconds)
    return taken


def tell(title: str, taken: dict[str, list[float]]) -> dict[str, float]:
    """Print medians beside the first one; return them."""
    medians = {name: statistics.median(times) for name, times in taken.items()}
    first = next(iter(medians.values()))
    print(f"\n{title} (n = {len(next(iter(taken.values())))} each, in turns)")
    for name, times in taken.items():
        quartiles = statistics.quantiles(times, n=4)
        print(
            f"  {name:24} {1000 * medians[name]:8.2f} ms  "
            f"(quartiles {1000 * quartiles[0]:.2f} to {1000 * quartiles[2]:.2f})  "
            f"× {medians[name] / first:.3f}, {1000 * (medians[name] - first):+.2f} ms"
        )
    return medians


async def whole_assistant(assistant: Assistant, bare: Caller, rounds: int) -> dict[str, Any]:
    """The assistant's first word, and what it is compared with: bare call, retrieval."""

    async def stream() -> float:
        began = time.perf_counter()
        return await _first(assistant.stream(QUESTION), began, lambda e: isinstance(e, Delta))

    async def retrieval() -> float:
        began = time.perf_counter()
        await asyncio.to_thread(assistant.retrieve, QUESTION)
        return time.perf_counter() - began

    return await in_turns({"bare SDK": bare, "retrieval": retrieval, "assistant": stream}, rounds)


async def many_at_once(one: Caller, steady: LanguageModel, prompt: Prompt) -> tuple[int, str]:
    """A hundred calls beside a steady stream; the failures, and the gaps of the steady one."""

    async def watch() -> tuple[float, float]:
        largest = largest_own = 0.0
        while not stop.is_set():
            before = own_before = 0.0
            async with aclosing(steady.stream(prompt)) as pieces:
                async for _ in pieces:
                    now, own = time.perf_counter(), time.thread_time()
                    if before:
                        largest = max(largest, now - before)
                        largest_own = max(largest_own, own - own_before)
                    before, own_before = now, own
        return largest, largest_own

    stop = asyncio.Event()
    await one()
    alone = asyncio.create_task(watch())
    await asyncio.sleep(2.0)
    stop.set()
    gap_alone, _ = await alone
    stop.clear()
    beside = asyncio.create_task(watch())
    await asyncio.sleep(0.5)
    began = time.perf_counter()
    results = await asyncio.gather(*(one() for _ in range(100)), return_exceptions=True)
    seconds = time.perf_counter() - began
    stop.set()
    gap, own = await beside
    failures = sum(not isinstance(result, float) or result == 0.0 for result in results)
    return failures, (
        f"100 in {seconds:.2f} s, {failures} failed; largest gap of the steady stream "
        f"{1000 * gap:.0f} ms, {1000 * own:.0f} ms of it ours ({1000 * gap_alone:.0f} alone)"
    )


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--think-seconds", type=float, default=0.2)
    options = parser.parse_args()
    LanguageModel.warm_up()
    good = True
    with tempfile.TemporaryDirectory() as place:
        index = Path(place) / "index"
        with Assistant(settings_for("http://127.0.0.1:1/v1", index)) as assistant:
            assistant.sync()
            prompt = prompt_of(assistant.retrieve(QUESTION))
        print(f"prompt of {sum(count_tokens(m['content']) for m in prompt):,} tokens")
        for think in (0.0, options.think_seconds):
            with fake_server(think) as url:
                settings = settings_for(url, index)
                ways = callers(settings, prompt)
                title = f"first word, server thinks {think:g} s"
                medians = tell(title, asyncio.run(in_turns(ways, options.rounds)))
                if not think:
                    continue
                good &= medians["LanguageModel"] <= 1.1 * medians["bare SDK"]
                try:
                    with Assistant(settings) as assistant:
                        bare = callers(settings, prompt)["bare SDK"]
                        rounds = max(5, options.rounds // 3)
                        taken = asyncio.run(whole_assistant(assistant, bare, rounds))
                except (AssistantError, ImportError) as exc:
                    print(f"\nthe whole assistant could not be asked: {exc}")
                    continue
                medians = tell("the whole assistant", taken)
                ratio = medians["assistant"] / (medians["bare SDK"] + medians["retrieval"])
                print(f"  assistant / (bare SDK + retrieval) = {ratio:.3f}")
                good &= ratio <= 1.1
        with fake_server() as url, fake_server(pause_seconds=PAUSE_SECONDS) as steady_url:
            print(
                f"\n100 streams at once beside one with a word every {1000 * PAUSE_SECONDS:.0f} ms"
            )
            steady = LanguageModel(settings_for(steady_url, index).llm)
            for name, way in callers(settings_for(url, index), prompt).items():
                failures, told = asyncio.run(many_at_once(way, steady, prompt))
                print(f"  {name:14} {told}")
                good &= failures == 0 or name != "LanguageModel"
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
