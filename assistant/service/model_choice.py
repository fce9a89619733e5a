"""The language model that answers the next questions of a running server.

Whoever administers the server chooses among the models that run on this machine, the one that the
server was started with, and none. A choice is tried once, and kept until the server ends. The sync
of documents keeps the model of the settings.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.errors import AccessError, ModelError, UsageError
from assistant.model.providers import (
    ModelPlace,
    ModelServer,
    ServedModel,
    find_servers,
    presets,
    try_served,
)
from assistant.service.people import ADMINISTER, Person
from assistant.service.service import Service
from assistant.settings import LLMSettings

OFFLINE, STARTED = "offline", "started"
"""The choices that are always there: no model, and the one that the server was started with."""
_SMALLEST_WINDOW = 512


@dataclass(frozen=True, slots=True)
class ModelOption:
    """A choice: what it is known by, what is shown, and where its model is served."""

    key: str
    label: str
    base_url: str = ""
    served: ServedModel | None = None


@dataclass(frozen=True, slots=True)
class FoundModels:
    """What can be chosen now, and which servers gave no model and why."""

    options: tuple[ModelOption, ...]
    problems: tuple[str, ...]


class ModelChoice:
    """The choice of one server; for several threads. ``places`` are asked, all on this machine."""

    def __init__(self, service: Service, places: Sequence[ModelPlace] | None = None) -> None:
        self._service = service
        self._places = presets()[0] if places is None else tuple(places)
        self._lock = threading.Lock()
        self._current = STARTED if service.assistant.model_name else OFFLINE
        self._known: dict[str, ModelOption] = {}
        self._with(())

    @property
    def current(self) -> str:
        """The key of the choice that answers now."""
        return self._current

    @property
    def model_name(self) -> str:
        """The model that answers now; empty where none does."""
        return self._service.answering.model_name

    def options(self) -> tuple[ModelOption, ...]:
        """What could be chosen when this was last looked for."""
        with self._lock:
            return tuple(self._known.values())

    def may_choose(self, who: Person | None = None) -> bool:
        """Whether this person may look for models and choose one."""
        try:
            self._service.allowed(ADMINISTER, who)
        except AccessError:
            return False
        return True

    def look(self, who: Person | None = None) -> FoundModels:
        """Ask the usual ports of this machine. Takes seconds; raises ``AccessError``."""
        with self._service.audited("model", "chat", who=who):
            self._service.allowed(ADMINISTER, who)
            return self._with(find_servers(self._places))

    def use(self, key: str, who: Person | None = None) -> str:
        """Try a choice, then use it for the questions from now on; what is to be told of it.

        Takes as long as the model does. Raises ``AccessError``, ``UsageError`` for what is no
        choice, and ``ModelError`` for a model that does not answer; then nothing has changed.
        """
        with self._service.audited("model", "chat", who=who):
            self._service.allowed(ADMINISTER, who)
            option = self._known.get(key)
            if option is None:
                raise UsageError("This model is no choice any more", hint="look again")
            started = self._service.assistant
            if option.served is not None:
                llm = settings_of_found(started.settings.llm, option.base_url, option.served)
                told = _tried(llm, option.base_url, option.served)
                answering = started.with_language_model(llm)
            elif key == OFFLINE:
                told, answering = "Answers are made of the documents’ own sentences now.", started
                if started.model_name:
                    llm = started.settings.llm.model_copy(update={"model": ""})
                    answering = started.with_language_model(llm)
            else:
                told, answering = f"{started.model_name} writes the answers again.", started
                llm = started.settings.llm
                if llm.model:  # one that a program gave cannot be tried from here
                    told = _tried(llm, llm.base_url, ServedModel(llm.model))
            with self._lock:
                self._service.answering, self._current = answering, key
            return told

    def _with(self, servers: Sequence[ModelServer]) -> FoundModels:
        options = [ModelOption(OFFLINE, "Without a model (offline)")]
        if name := self._service.assistant.model_name:
            options.append(ModelOption(STARTED, f"{name} · as the server was started"))
        options += [
            ModelOption(
                f"{server.base_url} {served.name}",
                f"{served.name} · {server.name} · {_told_window(served)}",
                server.base_url,
                served,
            )
            for server in servers
            for served in server.models
        ]
        with self._lock:
            kept = self._known.get(self._current)
            if kept is not None and kept.key not in {each.key for each in options}:
                options.append(kept)  # it answers still, though its server is silent now
            self._known = {each.key: each for each in options}
        problems = tuple(f"{each.name}: {each.problem}" for each in servers if each.problem)
        return FoundModels(tuple(self._known.values()), problems)


def _told_window(served: ServedModel) -> str:
    size = served.context_tokens
    return f"{size:,} tokens" if size else "context size not told"


def settings_of_found(llm: LLMSettings, base_url: str, served: ServedModel) -> LLMSettings:
    """The settings for a model that was found. No larger window is used than the settings allow,
    and the key of another server is not sent there."""
    changed = {"model": served.name, "base_url": base_url}
    if base_url != llm.base_url:
        changed["api_key_env"] = ""
    window = min(llm.context_tokens, served.context_tokens or llm.context_tokens)
    if window < _SMALLEST_WINDOW:
        raise ModelError(
            f"{served.name} has a window of {window:,} tokens, too few for a passage",
            hint=f"start its server with a larger one, {llm.context_tokens:,} for example",
        )
    answer = min(llm.answer_tokens, window // 2 - 1)
    return llm.model_copy(update={**changed, "context_tokens": window, "answer_tokens": answer})


def _tried(llm: LLMSettings, base_url: str, served: ServedModel) -> str:
    trial = try_served(llm, base_url, served)
    return f"{trial.model} was tried, and answered in {trial.seconds:.1f} s."
