"""A model's query over tables: what a right-headed one adds, and what a wrong-headed one spoils.

    python -m benchmarks.queries [--show] [--quick]

The twelve tables and sixty questions of ``benchmarks.computing``, and questions that the rules do
not understand. Stand-in models answer over real HTTP: one writes the query that is meant; others
write that query with one part wrong (each column, function, value, sign, order and clause in turn),
attack the database, or answer in prose. ``wrong figures`` are those that are not said to be
uncertain; there must be none. Exit status 1 where there is one, or too little is gained.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import Answer, Assistant, load_settings
from benchmarks.computing import ANSWERED, NOT_ANSWERED, SAMPLES, figure, says, write_tables

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from fake_model_server import FakeModelServer, Reply

GOAL_GAINED = 20


@dataclass(frozen=True, slots=True)
class QueryCase:
    """A question, the file of its table, the query that is meant (``{t}`` is the table), and a
    text that the figure has to hold."""

    question: str
    file: str
    sql: str
    expected: str


def _section(name: str) -> list[str]:
    text = Path(__file__).with_name("query_cases.txt").read_text(encoding="utf-8")
    part = text.partition(f"[{name}]\n")[2]
    return [line for line in re.split(r"^\[\w+\]$", part, flags=re.M)[0].splitlines() if line]


def _cases(name: str) -> tuple[QueryCase, ...]:
    rows = [[part.strip() for part in line.split(" | ")] for line in _section(name)]
    return tuple(QueryCase(*row[:3], row[3] if len(row) > 3 else "") for row in rows)


TIED = _cases("tied")
UNTIED = _cases("untied")
"""Words that the table does not hold: shown with ``warn`` alone, and never as sure."""
FOREIGN = _cases("foreign")
"""What no table holds, or no query may answer so: only a refusal is right."""
HOSTILE = (
    *(line.encode("ascii").decode("unicode_escape") for line in _section("hostile")),
    "",
    f"SELECT {'x,' * 900}x FROM {{t}}",
)


# ---------------------------------------------------------------- stand-ins


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table as the prompt shows it: its name, its columns with their kinds, and cells of each."""

    name: str
    kinds: Mapping[str, str]
    cells: Mapping[str, tuple[str, ...]]


def tables_shown(prompt: str) -> dict[str, ShownTable]:
    """File → table, as a model reads them in the prompt."""
    found: dict[str, ShownTable] = {}
    for block in re.split(r"^(?=Table t\d+: )", prompt, flags=re.MULTILINE)[1:]:
        head, *lines = block.splitlines()
        match = re.match(r"Table (t\d+): .*?([\w.-]+), \d+ rows$", head)
        if match is None:
            continue
        kinds, cells = {}, {}
        for line in lines:
            column = re.match(r"- (\w+): “.*”, (\w+)[^,]*,.*?e\.g\. (.*)$", line)
            if column:
                kinds[column[1]] = column[2]
                cells[column[1]] = tuple(each for each in column[3].split("; ") if each != "…")
        found[match[2]] = ShownTable(match[1], kinds, cells)
    return found


def prompt_of(body: Mapping[str, Any]) -> str:
    """The words that a request shows the model, if it asks for a query."""
    text = "\n".join(str(message["content"]) for message in body["messages"])
    return text if "write one SQLite query" in text else ""


def case_of(prompt: str, cases: Sequence[QueryCase]) -> QueryCase | None:
    """The case whose question a prompt asks."""
    asked = prompt.rpartition("Question: ")[2].strip()
    return next((each for each in cases if each.question == asked), None)


def meant(prompt: str, case: QueryCase) -> str:
    """The query that is meant, over the table as the prompt names it."""
    table = tables_shown(prompt).get(case.file)
    return case.sql.format(t=table.name) if table else "NOT_IN_THE_DOCUMENTS"


def spoiled(sql: str, table: ShownTable) -> Iterator[str]:
    """The same query with one part wrong, in every way that its table allows."""
    words = list(re.finditer(r"\b[a-z_0-9]+\b", sql))
    for match in words:
        if match.group() not in table.kinds:
            continue
        for other in table.kinds:
            if other != match.group():
                yield sql[: match.start()] + other + sql[match.end() :]
                yield re.sub(rf"\b{match.group()}\b", other, sql)
    for name in ("SUM", "AVG", "MIN", "MAX", "COUNT"):
        for other in ("SUM", "AVG", "MIN", "MAX", "COUNT"):
            if f"{name}(" in sql and other != name:
                yield sql.replace(f"{name}(", f"{other}(")
    for match in re.finditer(r"'([^']*)'", sql):
        for cells in table.cells.values():
            for cell in cells[:4]:
                if cell != match[1]:
                    yield f"{sql[: match.start(1)]}{cell}{sql[match.end(1) :]}"
    for match in re.finditer(r"(?<![\w.])\d+\b", sql):
        for other in (int(match.group()) + 1, int(match.group()) * 10, 0):
            yield f"{sql[: match.start()]}{other}{sql[match.end() :]}"
    for sign in (" > ", " < ", " >= ", " <= ", " = ", " <> "):
        for other in (" > ", " < ", " >= ", " <= ", " = ", " <> "):
            if sign in sql and sign != other:
                yield sql.replace(sign, other)
    clauses = r" WHERE .*?(?= GROUP| ORDER|$)", r" GROUP BY \w+", r" ORDER BY .*", r" LIMIT \d+"
    for clause in clauses:
        if re.search(clause, sql):
            yield re.sub(clause, "", sql)
    if "ORDER BY" in sql:
        yield sql.replace(" DESC", "") if " DESC" in sql else sql.replace(" LIMIT", " DESC LIMIT")
        yield re.sub(r"LIMIT \d+", "LIMIT 3", sql)
    for column, cells in table.cells.items():
        for cell in cells[:2]:
            value = cell if re.fullmatch(r"\d+(\.\d+)?", cell) else f"'{cell}'"
            for sign in ("=", "<>", ">"):
                limit = f"{column} {sign} {value}"
                if " WHERE " in sql:
                    yield sql.replace(" WHERE ", f" WHERE {limit} AND ")
                else:
                    yield re.sub(r"( FROM \w+)", rf"\1 WHERE {limit}", sql)
    yield re.sub(r"SELECT (\w+) / (\w+)", r"SELECT \2 / \1", sql)
    yield re.sub(r"SELECT .*? FROM", "SELECT COUNT(*) FROM", sql)
    yield re.sub(r"SELECT (\w+) FROM", r"SELECT DISTINCT \1 FROM", sql)


def spoiled_distinct(sql: str, table: ShownTable) -> list[str]:
    """Each spoiled query once, without the one that is meant."""
    return [each for each in dict.fromkeys(spoiled(sql, table)) if each != sql]


# ---------------------------------------------------------------- asking


def _same(told: str, right: str) -> bool:
    """Whether two figures say the same; limits that change nothing may differ."""
    return bool(right) and told.rpartition(": ")[2] == right.rpartition(": ")[2]


@dataclass(slots=True)
class Tally:
    """What became of the questions put to one stand-in."""

    counts: Counter[str]
    wrong: list[str]

    def note(self, answer: Answer, expected: str, *, whole: str = "") -> None:
        """``right``, ``refused``, ``not checked`` (shown as unsure), or ``wrong``."""
        told = figure(answer)
        is_right = bool(expected) and (_same(told, whole) if whole else says(told, expected))
        if answer.abstained or not told:
            self.counts["refused"] += 1
        elif answer.certainty == "unsure" or answer.conflicts:
            self.counts["not checked, right" if is_right else "not checked, not right"] += 1
        elif is_right:
            self.counts["right"] += 1
        elif not re.search(r"\d", told) and not whole:
            self.counts["no figure"] += 1
        else:
            self.counts["wrong"] += 1
            self.wrong.append(f"{answer.question} → {answer.certainty}: {told[:160]}")

    def told(self) -> str:
        """One line."""
        parts = [f"{name} {count}" for name, count in sorted(self.counts.items())]
        return f"{', '.join(parts)}; wrong figures {len(self.wrong)}"


Replier = Callable[[Mapping[str, Any]], Reply]


def right_headed(cases: Sequence[QueryCase]) -> Replier:
    """Writes the query that is meant, and for other questions that nothing fits."""

    def reply(body: Mapping[str, Any]) -> Reply:
        prompt = prompt_of(body)
        case = case_of(prompt, cases) if prompt else None
        return Reply(meant(prompt, case) if case else "NOT_IN_THE_DOCUMENTS")

    return reply


def settings_for(place: Path, base_url: str, mode: str) -> dict[str, object]:
    """The settings of an assistant over the twelve tables that asks a stand-in."""
    return {
        "index.path": str(place / "index"),
        "documents.paths": [str(place / "tables"), str(SAMPLES)],
        "llm.model": "stand-in",
        "llm.base_url": base_url,
        "llm.api_key_env": "NO_KEY_FOR_A_STAND_IN",
        "answer.table_queries": mode,
    }


def ask_cases(
    place: Path, cases: Sequence[QueryCase], reply: Replier, mode: str, *, as_foreign: bool = False
) -> tuple[Tally, dict[str, str]]:
    """Each question once: the tally, and what was told first."""
    tally, told = Tally(Counter(), []), {}
    with FakeModelServer(reply) as server:
        settings = load_settings(None, settings_for(place, server.base_url, mode))
        with Assistant(settings) as assistant:
            for case in cases:
                answer = assistant.ask(case.question)
                told[case.question] = figure(answer)
                tally.note(answer, "" if as_foreign else case.expected)
    return tally, told


def ask_wrong_headed(
    place: Path, cases: Sequence[QueryCase], right: Mapping[str, str], mode: str, every: int
) -> Tally:
    """Each question with each ``every``-th query that has one part wrong. A query that gives the
    very sentence that the right one gives is right."""
    tally = Tally(Counter(), [])
    waiting: list[str] = []
    shown: list[str] = []

    def reply(body: Mapping[str, Any]) -> Reply:
        prompt = prompt_of(body)
        case = case_of(prompt, cases) if prompt else None
        if case is None:
            return Reply("The figure is 123,456 [1].")
        if not waiting:
            table = tables_shown(prompt).get(case.file)
            if table is not None:
                waiting.extend(spoiled_distinct(meant(prompt, case), table)[::every])
        shown.append(waiting.pop(0) if waiting else "NOT_IN_THE_DOCUMENTS")
        return Reply(shown[-1])

    with FakeModelServer(reply) as server:
        settings = load_settings(None, settings_for(place, server.base_url, mode))
        with Assistant(settings) as assistant:
            for case in cases:
                waiting.clear()
                while True:
                    before = len(tally.wrong)
                    answer = assistant.ask(case.question)
                    tally.note(answer, case.expected or "-", whole=right.get(case.question, "-"))
                    if len(tally.wrong) > before:
                        tally.wrong[-1] += f" ← {shown[-1]}"
                    if not waiting:
                        break
    return tally


def ask_hostile(place: Path, mode: str, attacks: Sequence[str] = HOSTILE) -> tuple[Tally, bool]:
    """One question with every attack; and whether the index answers as before."""
    case, tally = TIED[0], Tally(Counter(), [])
    current = [""]

    def reply(body: Mapping[str, Any]) -> Reply:
        prompt = prompt_of(body)
        if not prompt:
            return Reply("NOT_IN_THE_DOCUMENTS")
        table = tables_shown(prompt)[case.file]
        return Reply(current[0].replace("{t}", table.name))

    with FakeModelServer(reply) as server:
        settings = load_settings(None, settings_for(place, server.base_url, mode))
        with Assistant(settings) as assistant:
            for attack in attacks:
                current[0] = attack
                tally.note(assistant.ask(case.question), "-")
            current[0] = case.sql
            is_whole = says(figure(assistant.ask(case.question)), case.expected)
    return tally, is_whole


def ask_sixty(place: Path, reply: Replier, mode: str) -> Tally:
    """The sixty questions of ``benchmarks.computing`` with a model beside."""
    cases = [QueryCase(q, "", "", a) for q, a in (*ANSWERED, *((q, "") for q in NOT_ANSWERED))]
    return ask_cases(place, cases, reply, mode)[0]


def boastful(body: Mapping[str, Any]) -> Reply:
    """Adds up the first numbers of the first table, and says so in prose when it is not asked for
    a query: wrong whatever the question."""
    prompt = prompt_of(body)
    if not prompt:
        return Reply("The total is 10,250.75 [1]. The average is 2,100.5 [1].")
    table = next(iter(tables_shown(prompt).values()))
    numbers = [name for name, kind in table.kinds.items() if kind == "number"]
    return Reply(f"SELECT SUM({numbers[0] if numbers else 'x'}) FROM {table.name}")


def prepare(place: Path) -> None:
    """Index the twelve tables beside the sample documents."""
    write_tables(place / "tables")
    chosen = settings_for(place, "http://127.0.0.1:9/v1", "none") | {"llm.model": ""}
    with Assistant(load_settings(None, chosen)) as assistant:
        assistant.sync()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the counts."""
    parse = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parse.add_argument("--show", action="store_true", help="print what is wrong, and every figure")
    parse.add_argument("--quick", action="store_true", help="each twentieth spoiled query only")
    options = parse.parse_args(arguments)
    every = 20 if options.quick else 1
    tallies: list[Tally] = []

    def tell(name: str, tally: Tally) -> None:
        tallies.append(tally)
        print(f"{name}: {tally.told()}", flush=True)
        for line in tally.wrong if options.show else ():
            print(f"    {line}")

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        prepare(place)
        every_case = (*TIED, *UNTIED)
        nothing = right_headed(())
        print(f"{len(TIED)} questions that only a query answers, {len(UNTIED)} in other words, "
              f"{len(FOREIGN)} that nothing answers, 60 of benchmarks.computing")  # fmt: skip
        tell("no query (none), all of them", ask_cases(place, every_case, nothing, "none")[0])
        gained, right = ask_cases(place, TIED, right_headed(TIED), "checked")
        tell("right-headed, checked", gained)
        if options.show:
            for case in TIED:
                print(f"    {case.question} → {right[case.question][:120] or 'refused'}")
        for mode in ("checked", "warn"):
            tell(f"right-headed, in other words, {mode}",
                 ask_cases(place, UNTIED, right_headed(UNTIED), mode)[0])  # fmt: skip
            foreign = ask_cases(place, FOREIGN, right_headed(FOREIGN), mode, as_foreign=True)[0]
            tell(f"a query where nothing answers, {mode}", foreign)
            tell(f"wrong-headed, one part each, {mode}",
                 ask_wrong_headed(place, every_case, right, mode, every))  # fmt: skip
            tell(f"sixty questions, boastful, {mode}", ask_sixty(place, boastful, mode))
            hostile, is_whole = ask_hostile(place, mode)
            tell(f"{len(HOSTILE)} hostile replies, {mode}", hostile)
            if not is_whole:
                print("    the index does not answer as before")
    wrong = sum(len(each.wrong) for each in tallies)
    print(f"gained {gained.counts['right']} of {len(TIED)} (goal {GOAL_GAINED}), "
          f"wrong figures {wrong} (goal 0)")  # fmt: skip
    return 0 if not wrong and is_whole and gained.counts["right"] >= GOAL_GAINED else 1


if __name__ == "__main__":
    sys.exit(main())
