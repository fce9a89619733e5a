"""The question file: YAML in, frozen ``EvalQuestion``s out, or one error that names the place.

Nothing is guessed: an unknown key is an error with the nearest known one, and so is a question
that expects an answer without saying which facts make it right.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args

from assistant.settings.yaml_values import YAMLTextError, each_value
from eval.errors import QuestionFileError
from eval.faults import Faults

T = TypeVar("T")

SCHEMA_VERSION = 1
_MOST_VALUES = 2_000_000

QuestionType = Literal[
    "fact",
    "list",
    "number",
    "howto",
    "compare",
    "multi_hop",
    "followup",
    "unanswerable",
    "chitchat",
]
Severity = Literal["critical", "normal"]
Expectation = Literal["answer", "refuse"]

NEEDED = 2
"""Relevance of evidence that a right answer rests on; 1 is a second place that says the same."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a right answer states, in any of the given wordings."""

    id: str
    any: tuple[str, ...]
    vital: bool = True


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Something a right answer must not state, and why somebody might."""

    any: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class GoldEvidence:
    """A quote that holds the answer. A quote, not a chunk's id: it survives re-chunking."""

    document: str
    quote: str
    relevance: int = NEEDED


@dataclass(frozen=True, slots=True)
class EvalTurn:
    """An earlier question and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One question and what makes its answer right; ``id`` pairs runs, ``cluster`` groups.

    ``paraphrases`` are right answers in other words, ``wrong`` are answers that are not right:
    they try the facts, and decide about no answer.
    """

    id: str
    question: str
    type: QuestionType
    expect: Expectation
    severity: Severity = "normal"
    tags: tuple[str, ...] = ()
    cluster: str = ""
    reference: str = ""
    paraphrases: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    must_not: tuple[Forbidden, ...] = ()
    evidence: tuple[GoldEvidence, ...] = ()
    history: tuple[EvalTurn, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits over all that decides right or wrong; tags, cluster and what tries the
        facts may change."""
        return _fingerprint(self)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """All questions of a file, and the folder or files that they are about."""

    questions: tuple[EvalQuestion, ...]
    documents: tuple[Path, ...]
    source: Path

    def fingerprint(self) -> str:
        """Twelve hex digits over all questions, whatever their order."""
        parts = sorted(f"{each.id}:{each.fingerprint}" for each in self.questions)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def only(self, tags: Sequence[str]) -> QuestionSet:
        """The questions with any of these tags, types, severities, clusters or ids."""
        if not tags:
            return self
        wanted = set(tags)
        names = {name for each in self.questions for name in labels(each)}
        for tag in tags:
            if tag not in names:
                raise QuestionFileError(
                    f"No question has the tag {tag!r} in {self.source.name}",
                    hint=_nearest(tag, names),
                )
        kept = tuple(each for each in self.questions if wanted & set(labels(each)))
        return QuestionSet(kept, self.documents, self.source)


@lru_cache(maxsize=4096)
def _fingerprint(question: EvalQuestion) -> str:
    judged = asdict(question)
    for key in ("tags", "cluster", "paraphrases", "wrong"):
        del judged[key]
    canonical = json.dumps(judged, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(canonical).hexdigest()[:12]


def labels(question: EvalQuestion) -> tuple[str, ...]:
    """Every name that ``--only`` knows a question by."""
    named = (question.id, question.type, question.severity, question.expect, question.cluster)
    return tuple(name for name in (*named, *question.tags) if name)


def load_questions(path: Path) -> QuestionSet:
    """Read and check a question file. ``documents`` in it counts from the file's folder.

    Raises ``QuestionFileError`` for a missing or broken file, an empty set, a doubled id, an
    unknown key or a value of the wrong kind.
    """
    import yaml

    try:
        # The C loader reads 300 questions in 0.1 s, the Python one in 1.3 s.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        # The tree is kept for the lines; the loader is a safe one.
        reader = loader(path.read_text(encoding="utf-8"))
        try:
            tree = reader.get_single_node()
            data = reader.construct_document(tree) if tree is not None else None
        finally:
            reader.dispose()
        for _ in each_value(data, _MOST_VALUES):  # ten lines of aliases can stand for billions
            pass
    except FileNotFoundError as exc:
        raise QuestionFileError(
            f"Question file {path} does not exist", hint="check --questions"
        ) from exc
    except (OSError, UnicodeDecodeError, yaml.YAMLError, YAMLTextError) as exc:
        raise QuestionFileError(f"Question file {path} cannot be read: {exc}") from exc
    return parse_questions(data, path, _lines(tree))


def _lines(tree: Any) -> tuple[int, ...]:
    """The line at which each question of a YAML tree begins."""
    pairs = tree.value if isinstance(getattr(tree, "value", None), list) else []
    for pair in pairs:
        if isinstance(pair, tuple) and pair[0].value == "questions":
            rows = pair[1].value
            return tuple(row.start_mark.line + 1 for row in rows) if isinstance(rows, list) else ()
    return ()


def parse_questions(data: object, source: Path, lines: Sequence[int] = ()) -> QuestionSet:
    """Plain data of a question file → ``QuestionSet``; errors as in ``load_questions``, all
    faults of the questions in one. ``lines`` are those at which the questions begin."""
    top = _mapping(data, f"{source.name}", {"version", "documents", "questions"})
    if top.get("version") != SCHEMA_VERSION:
        raise QuestionFileError(
            f"{source.name}: version is {top.get('version')!r}, this program reads {SCHEMA_VERSION}"
        )
    rows = top.get("questions")
    if not isinstance(rows, list) or not rows:
        raise QuestionFileError(
            f"{source.name} holds no questions", hint="add at least one under `questions:`"
        )
    faults = Faults(source.name, lines)
    read = [_question(row, number, faults) for number, row in enumerate(rows, 1)]
    seen: dict[str, int] = {}
    for number, question in enumerate(read, 1):
        if question is not None and question.id:
            first = seen.setdefault(question.id, number)
            faults.of(number, None, _alone, question, first, number)
    faults.raise_any()
    questions = tuple(question for question in read if question is not None)
    folders = top.get("documents", [])
    folders = [folders] if isinstance(folders, str) else folders
    places = _texts(folders, f"{source.name}: documents")
    return QuestionSet(questions, tuple(source.parent / place for place in places), source)


def _alone(question: EvalQuestion, first: int, number: int) -> None:
    if first != number:
        raise QuestionFileError(
            f"Question id {question.id!r} stands twice: at question {first} and {number}",
            hint="ids pair one run with another, so each must be unique",
        )


def _question(row: object, number: int, faults: Faults) -> EvalQuestion | None:
    """The question of a row. Whatever is wrong with it goes to ``faults``."""
    place = f"Question {number}"
    if not isinstance(row, dict):
        return faults.of(number, None, _refused, row, place)
    data: Mapping[str, Any] = row
    if data.get("id"):
        place = f"Question {data['id']!r}"

    def text(key: str, default: str | None = None) -> str:
        return faults.of(number, "", _text, data, key, place, default)

    def choice(key: str, allowed: Sequence[str], default: str = "") -> str:
        return faults.of(number, "", _choice, data, key, place, allowed, default)

    def tried(key: str) -> tuple[str, ...]:
        return faults.of(number, (), _tried, data, key, place)

    def each(key: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        rows = faults.of(number, (), _list, data, key, place)
        made = [faults.of(number, None, read, one, place) for one in rows]
        return tuple(one for one in made if one is not None)

    faults.of(number, None, _mapping, data, place, {field.name for field in fields(EvalQuestion)})
    question = EvalQuestion(
        id=text("id"),
        question=text("question"),
        type=cast(QuestionType, choice("type", get_args(QuestionType))),
        expect=cast(Expectation, choice("expect", get_args(Expectation))),
        severity=cast(Severity, choice("severity", get_args(Severity), "normal")),
        tags=faults.of(number, (), _texts, data.get("tags", []), f"{place}: tags"),
        cluster=text("cluster", ""),
        reference=text("reference", ""),
        paraphrases=tried("paraphrases"),
        wrong=tried("wrong"),
        facts=each("facts", _fact),
        must_not=each("must_not", _forbidden),
        evidence=each("evidence", _evidence),
        history=each("history", _turn),
    )
    if not faults.has(number):
        faults.of(number, None, _consistent, question, place)
    return question


def _refused(row: object, place: str) -> None:
    _mapping(row, place, ())


def _consistent(question: EvalQuestion, place: str) -> None:
    if (question.type == "unanswerable") != (question.expect == "refuse"):
        raise QuestionFileError(
            f"{place}: type {question.type} does not go with expect {question.expect}",
            hint="exactly the questions of type unanswerable expect refuse",
        )
    if question.type in ("unanswerable", "chitchat"):
        if question.facts:
            raise QuestionFileError(f"{place}: a {question.type} question has no facts to state")
        return
    if not any(fact.vital for fact in question.facts):
        raise QuestionFileError(
            f"{place} expects an answer but has no vital fact",
            hint='a fact says what makes an answer right: {id: …, any: ["…"], vital: true}',
        )
    ids = [fact.id for fact in question.facts]
    if len(set(ids)) < len(ids):
        raise QuestionFileError(f"{place} has two facts with one id")
    if not any(each.relevance >= NEEDED for each in question.evidence):
        raise QuestionFileError(f"{place} has no evidence of relevance {NEEDED}")


def _fact(row: object, place: str) -> Fact:
    data = _mapping(row, f"{place}: a fact", {"id", "any", "vital"})
    vital = data.get("vital", True)
    if not isinstance(vital, bool):
        raise QuestionFileError(f"{place}: vital must be true or false, not {vital!r}")
    return Fact(_text(data, "id", place), _wordings(data, place), vital)


def _forbidden(row: object, place: str) -> Forbidden:
    data = _mapping(row, f"{place}: a must_not", {"any", "why"})
    return Forbidden(_wordings(data, place), _text(data, "why", place))


def _evidence(row: object, place: str) -> GoldEvidence:
    data = _mapping(row, f"{place}: evidence", {"document", "quote", "relevance"})
    relevance = data.get("relevance", NEEDED)
    if relevance not in (1, 2) or isinstance(relevance, bool):
        raise QuestionFileError(f"{place}: relevance must be 1 or 2, not {relevance!r}")
    return GoldEvidence(_text(data, "document", place), _text(data, "quote", place), int(relevance))


def _turn(row: object, place: str) -> EvalTurn:
    data = _mapping(row, f"{place}: history", {"question", "answer"})
    return EvalTurn(_text(data, "question", place), _text(data, "answer", place))


def _tried(data: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    answers = _texts(data.get(key, []), f"{place}: {key}")
    if not all(answer.strip() for answer in answers):
        raise QuestionFileError(f"{place}: {key} holds an empty answer")
    if answers and not data.get("facts"):
        raise QuestionFileError(f"{place}: {key} try facts, and it has none")
    return answers


def _wordings(data: Mapping[str, Any], place: str) -> tuple[str, ...]:
    wordings = _texts(data.get("any", []), f"{place}: any")
    if not wordings or not all(wording.strip() for wording in wordings):
        raise QuestionFileError(f"{place}: `any` needs at least one wording, and none empty")
    return wordings


def _mapping(value: object, place: str, known: Iterable[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise QuestionFileError(f"{place} must be a mapping, not {type(value).__name__}")
    names = set(known)
    for key in value:
        if key not in names:
            raise QuestionFileError(
                f"{place}: unknown key {key!r}", hint=_nearest(str(key), sorted(names))
            )
    return value


def _text(data: Mapping[str, Any], key: str, place: str, default: str | None = None) -> str:
    value = data.get(key, default)
    if not isinstance(value, str) or (not value.strip() and default is None):
        raise QuestionFileError(f"{place}: {key} must be a text, not {value!r}")
    return value


def _texts(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise QuestionFileError(f"{place} must be a list of texts, not {value!r}")
    return tuple(value)


def _list(data: Mapping[str, Any], key: str, place: str) -> list[object]:
    value = data.get(key, [])
    if not isinstance(value, list):
        raise QuestionFileError(f"{place}: {key} must be a list, not {value!r}")
    return value


def _choice(
    data: Mapping[str, Any], key: str, place: str, allowed: Sequence[str], default: str = ""
) -> str:
    value = data.get(key, default or None)
    if value not in allowed:
        raise QuestionFileError(
            f"{place}: {key} is {value!r}; one of {', '.join(allowed)}",
            hint=_nearest(str(value), allowed),
        )
    return str(value)


def _nearest(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known: {', '.join(names[:30])}"
