"""A bad answer → a question of the evaluation, in the YAML that ``python -m eval`` reads.

Questions are appended and the file is never rewritten, so comments and the order of hand-written
entries stay. A question that expects an answer needs a fact and a quote that stands in its
document; one that the documents cannot answer expects a refusal.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import StorageError, UsageError
from assistant.private_files import FILE_MODE
from assistant.types import Source

VERSION = 1
"""The version of question files, as the evaluation reads it."""

TAG = "from-chat"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question to add.

    ``fact`` is a wording that a right answer contains, ``quote`` the place in ``document`` that
    holds it. All three are empty when the documents do not answer the question (``refuse``).
    """

    question: str
    refuse: bool
    fact: str = ""
    document: str = ""
    quote: str = ""
    reason: str = ""
    history: tuple[tuple[str, str], ...] = ()


def checked(proposal: Proposal, source: Source | None) -> Proposal:
    """The proposal without surrounding space. Raises ``UsageError`` for one that cannot be used."""
    question = " ".join(proposal.question.split())
    if not question:
        raise UsageError("The question is empty", hint="write down what was asked")
    if proposal.refuse:
        return Proposal(question, True, reason=proposal.reason, history=proposal.history)
    fact, quote = " ".join(proposal.fact.split()), " ".join(proposal.quote.split())
    if not fact:
        raise UsageError(
            "No expected words", hint="name a word, a number or a name that a right answer contains"
        )
    if source is None:
        raise UsageError(
            f"The index holds no document {proposal.document!r}", hint="choose one from the list"
        )
    if not quote or quote not in " ".join(source.text.split()):
        raise UsageError(
            f"The quote does not stand in {source.name}",
            hint="copy it from the document, word for word",
        )
    return Proposal(question, False, fact, source.name, quote, proposal.reason, proposal.history)


def add_question(path: Path, proposal: Proposal, folders: Sequence[Path]) -> str:
    """Append a checked proposal; gives the question's id. ``folders`` are what it is about.

    Raises ``StorageError`` when the file cannot be written, ``UsageError`` when it is no question
    file.
    """
    known = _known_ids(path)
    identity = _free_id(proposal.question, known)
    entry = yaml.safe_dump(
        [_entry(proposal, identity)], sort_keys=False, allow_unicode=True, width=100
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else _head(path, folders)
        if before and not before.endswith("\n"):
            before += "\n"
        _replace(path, before + entry)
    except (OSError, UnicodeDecodeError) as exc:
        raise StorageError(
            f"The question cannot be added to {path}: {exc}",
            hint="set chat.question_set to a file that can be written",
        ) from exc
    return identity


def _known_ids(path: Path) -> set[str]:
    if not path.exists():
        return set()
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        rows = data["questions"]
        if not isinstance(rows, list) or list(data)[-1] != "questions":
            raise ValueError("`questions:` must be its last key")
        return {str(row["id"]) for row in rows}
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as exc:
        raise UsageError(
            f"{path} is not a question file: {exc}",
            hint="set chat.question_set to another file, or mend it",
        ) from exc


def _head(path: Path, folders: Sequence[Path]) -> str:
    places = [os.path.relpath(folder, path.parent) for folder in folders]
    top = {"version": VERSION, "documents": places}
    written = yaml.safe_dump(top, sort_keys=False, allow_unicode=True)
    return (
        "# Questions added from the chat. "
        f"`python -m eval --questions {path.name}` asks them.\n{written}questions:\n"
    )


def _entry(proposal: Proposal, identity: str) -> dict[str, Any]:
    tags = [TAG, *([proposal.reason.replace(" ", "-")] if proposal.reason else [])]
    entry: dict[str, Any] = {
        "id": identity,
        "question": proposal.question,
        "type": "unanswerable" if proposal.refuse else "followup" if proposal.history else "fact",
        "tags": tags,
        "expect": "refuse" if proposal.refuse else "answer",
    }
    if not proposal.refuse:
        entry["reference"] = proposal.fact
        entry["facts"] = [{"id": "expected", "any": [proposal.fact], "vital": True}]
        entry["evidence"] = [
            {"document": proposal.document, "quote": proposal.quote, "relevance": 2}
        ]
    entry["history"] = [{"question": q, "answer": a} for q, a in proposal.history]
    return entry


def _free_id(question: str, known: set[str]) -> str:
    slug = "-".join(re.findall(r"[a-z0-9]+", question.lower())[:6])[:48] or "question"
    candidate, number = f"chat-{slug}", 2
    while candidate in known:
        candidate = f"chat-{slug}-{number}"
        number += 1
    return candidate


def _replace(path: Path, text: str) -> None:
    """Write all or nothing: a full disk must not lose existing questions."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else FILE_MODE)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
