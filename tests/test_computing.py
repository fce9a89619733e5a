"""Figures computed from tables: which numbers are read, which are refused, and what is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from support_index import make_settings
from support_texts import indexed

from assistant import Answer, Assistant
from assistant.computing.asked import wishes_of
from assistant.computing.typed import TypedTable, typed_table
from assistant.computing.values import TypedColumn, decimal_signs, typed_column
from assistant.tables.model import find_tables
from benchmarks import computing as trial

FILES: Mapping[str, str] = {
    "budget.md": """# Budget of the choir

The total budget of the choir for 2024 was 9,900 EUR, approved in March.

| Item | Planned (EUR) | Spent (EUR) |
|---|---|---|
| Hall | 3,000 | 2,800 |
| Scores | 900 | 1,050 |
| Conductor | 4,500 | 4,500 |
| Travel | 1,500 | 700 |
| **Total** | **9,900** | **9,999** |

The highest point of the tour is the Brocken with 1,141 m.
""",
    "sales.csv": "Region,Shop,Sales\nNorth,A,10\nNorth,B,20\nNorth,Subtotal,30\nSouth,C,5\n"
    "South,D,7\nSouth,Subtotal,12\nTotal,,42\n",
    "teams.md": """# Teams

| Team | Division | Points | Goal difference |
|---|---|---|---|
| Reds | North | 21 | +7 |
| Blues | North | 18 | −2 |
| Greens | South | 18 | 0 |
| Golds | South | 5 | -5 |
""",
    "hours.md": """# Staff

| Name | Hours | Rate |
|---|---|---|
| Ann | 12 | $20 |
| Bo | approx. 10 | $25 |
| Cy | 8 | €22 |
""",
    "visits.csv": "Museum,City,Visitors\nGlass House,Oslo,1.200\nSea Hall,Bergen,1.100\n",
    "stalls.md": """# Stalls at the market

The total rent of the stalls came to 410 EUR, because two were let at half price.

| Stall | Rent (EUR) |
|---|---|
| Bread | 200 |
| Cheese | 180 |
| Fish | 160 |
""",
    "clubs.md": """# Clubs of the valley

| Club | Boats owned |
|---|---|
| Heron | 3 |
| Otter | 2 |
| Nine further clubs | 9 |
""",
    "long.csv": "Number,Town,Litres\n"
    + "".join(f"{at},T{at % 7},{3 * at}\n" for at in range(1, 1001)),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with indexed(tmp_path_factory.mktemp("computing"), FILES) as found:
        yield found


# ---------------------------------------------------------------- numbers


def column(*texts: str, name: str = "Sum", language: str = "en") -> TypedColumn:
    return typed_column(name, texts, signs=decimal_signs(texts), language=language, is_sheet=False)


NUMBERS = [
    (("1,200.50", "800"), "en", ("1200.50", "800")),
    (("1.200,50", "800"), "en", ("1200.50", "800")),
    (("1,200", "800"), "en", ("1200", "800")),
    (("1.200", "800"), "de", ("1200", "800")),
    (("1.200", "0.125"), "", ("1.200", "0.125")),
    (("12 500", "3 000,5"), "", ("12500", "3000.5")),
    (("(300)", "−2", "+7"), "en", ("-300", "-2", "7")),
    (("€1.200", "€800"), "", ("1200", "800")),
    (("1.234.567", "12"), "", ("1234567", "12")),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "language", "values"), NUMBERS)
def test_numbers_are_read_as_their_column_writes_them(
    texts: tuple[str, ...], language: str, values: tuple[str, ...]
) -> None:
    found = column(*texts, language=language)
    assert found.problem == ""
    assert [each and each.value for each in found.amounts] == [Decimal(each) for each in values]


@pytest.mark.parametrize(
    ("texts", "language", "reason"),
    [
        (("1.200", "800"), "", "two ways"),
        (("1,200.5", "1.200,5"), "en", "two ways"),
        (("3 kg", "4 l"), "en", "mixes units"),
        (("$20", "€22"), "en", "mixes units"),
        (("12", "approx. 10", "8"), "en", "no plain number"),
    ],
)
def test_a_column_that_is_not_sure_says_why(
    texts: tuple[str, ...], language: str, reason: str
) -> None:
    assert reason in column(*texts, language=language).problem


def test_an_exponent_is_part_of_the_number_and_a_power_of_a_unit_of_the_unit() -> None:
    assert column("10³", "20³").problem or column("10³", "20³").kind == "text"
    assert column("30 m²", "12 m²").unit == "m²"


@pytest.mark.parametrize("name", ["Order no.", "ID", "Phone", "Year", "ISBN", "Shelf number"])
def test_numbers_that_name_things_are_known(name: str) -> None:
    assert column("4", "9", "17", name=name).is_name
    assert not column("4", "9", "17").is_name


def table(text: str) -> TypedTable:
    found = typed_table(find_tables(text), "a.md", "en", "markdown")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("last", "summing", "doubtful"),
    [
        ("Total | 30", (2,), ()),
        ("Grand total 2024 | 30", (2,), ()),
        (" | 30", (2,), ()),
        ("Average | 15", (2,), ()),
        ("Total Energy Ltd | 31", (), (2,)),
        ("Everything | 30", (), (2,)),
        ("Third | 31", (), ()),
    ],
)
def test_a_row_that_sums_others_is_told_apart(
    last: str, summing: tuple[int, ...], doubtful: tuple[int, ...]
) -> None:
    found = table(f"| Firm | Tons |\n|---|---|\n| One | 10 |\n| Two | 20 |\n| {last} |\n")
    assert (found.summing, found.doubtful) == (summing, doubtful)


def test_a_row_above_the_rows_it_sums_is_doubtful() -> None:
    rows = "| Income | 30,700 |\n| Fees | 18,200 |\n| Bar | 12,500 |\n| Repairs | 7,600 |\n"
    found = table(f"| Item | 2021 |\n|---|---|\n{rows}")
    assert found.doubtful == (0,)
    small = "| A | 3 |\n| B | 1 |\n| C | 2 |\n| D | 9 |\n"
    assert table(f"| Item | 2021 |\n|---|---|\n{small}").doubtful == ()


@pytest.mark.parametrize(
    "question",
    ["Who built the bridge?", "What is the fee of a day ticket?", "Where is the harbour?",
     "What does error 1603 mean?", "What does a red lamp mean when it blinks?",
     "How is the total computed?", "Why is the average low?"],
)  # fmt: skip
def test_a_question_that_asks_for_no_figure_has_no_wish(question: str) -> None:
    assert not wishes_of(question, "en") or question.startswith("How is")


# ---------------------------------------------------------------- answers


def first(answer: Answer) -> str:
    return answer.sentences[0].text if answer.sentences else answer.reason


FIGURES = [
    ("Which club has the most boats owned?", "Heron has the highest Boats owned: 3"),
    ("What is the total spent of the choir?", "9,050 EUR"),
    ("How much more was spent on scores than planned?", "150 EUR"),
    ("What is the average goal difference?", "is 0."),
    ("How many points more do the Reds have than the Golds?", "is 16;"),
    ("top 2 teams by points", "3. Greens (18)"),
    ("What share of the points did the Reds get?", "33.9 %"),
    ("What are the total sales of the North region?", "is 30."),
    ("Which shop has the highest sales?", "B has the highest Sales: 20"),
    ("How many teams have more than 10 points?", "3 rows"),
    ("What is the total number of points except the Golds?", "is 57."),
    ("What are the total litres of town T3?", "214,500"),
    ("What are the total litres of long?", "1,501,500"),
]


@pytest.mark.parametrize(("question", "figure"), FIGURES)
def test_a_figure_is_computed(assistant: Assistant, question: str, figure: str) -> None:
    answer = assistant.ask(question)
    assert figure in first(answer)
    assert [each.verdict for each in answer.sentences[:2]] == ["computed", "computed"]


REFUSED = [
    (
        "What is the total number of points of teams without the North or the Golds?",
        "leaves out",
    ),
    ("What is the total number of visitors of the museums?", "two ways"),
    ("What is the total of the hours of the staff?", "no plain number"),
    ("What is the average rate of the staff?", "mixes units"),
    ("What are the total sales of the East region?", "“East”"),
    ("How many teams do not have more than 10 points?", "leaves out"),
    ("How many teams are in divisions with more than 20 points?", "all rows of one"),
    ("Which division has the highest average points?", "at once"),
    ("Which divisions have a total of more than 15 points?", "rows or of their sums"),
    ("How many teams are in the South or have more than 20 points?", "“or”"),
    ("What is the average wage of the Reds?", ""),
    ("Is the total spent more than planned?", "several columns"),
]


@pytest.mark.parametrize(("question", "reason"), REFUSED)
def test_what_cannot_be_computed_is_refused_with_the_reason(
    assistant: Assistant, question: str, reason: str
) -> None:
    answer = assistant.ask(question)
    assert answer.abstained
    assert reason in answer.reason
    assert answer.citations == ()


STATED = [
    ("What is the total budget of the choir?", "approved in March"),
    ("What is the total rent of the stalls?", "410 EUR"),
    ("What is the highest point of the tour?", "Brocken"),
    ("What is the goal difference of the Reds?", "+7"),
]


@pytest.mark.parametrize(("question", "words"), STATED)
def test_what_a_document_states_is_quoted_and_not_computed(
    assistant: Assistant, question: str, words: str
) -> None:
    answer = assistant.ask(question)
    assert words in answer.text
    assert "computed" not in {each.verdict for each in answer.sentences}


def test_every_row_of_a_figure_is_cited_to_its_cell(assistant: Assistant) -> None:
    answer = assistant.ask("What is the total spent of the choir?")
    text = assistant.document_text("budget.md")
    cells = [text[each.start : each.end] for each in answer.sentences[0].evidence]
    assert cells == ["2,800", "1,050", "4,500", "700"]
    assert answer.citations[0].quote == "| Hall | 3,000 | 2,800 |"
    assert all(text[c.start : c.end] == c.quote for c in answer.citations)
    assert "2,800 + 1,050 + 4,500 + 700" in answer.text


def test_a_total_that_the_table_says_otherwise_is_told(assistant: Assistant) -> None:
    answer = assistant.ask("What is the total spent of the choir?")
    assert "own row “Total” says 9,999" in answer.notice
    assert "is not counted" in answer.notice


def test_many_rows_are_cited_in_stretches_that_hold_them_all(assistant: Assistant) -> None:
    answer = assistant.ask("What are the total litres of town T3?")
    rows = [line for line in FILES["long.csv"].splitlines() if ",T3," in line]
    cited = "\n".join(each.quote for each in answer.citations)
    assert len(rows) == 143
    assert all(f"| {' | '.join(row.split(','))} |" in cited for row in rows)


def test_the_same_answer_comes_as_json(assistant: Assistant) -> None:
    answer = assistant.ask("What is the total spent of the choir?")
    told = json.loads(json.dumps(answer.to_dict()))
    assert told["sentences"][0]["verdict"] == "computed"


@pytest.mark.parametrize(
    ("question", "told"),
    [("What is the total spent of the choir?", "9,050 EUR"),
     ("What is the average rate of the staff?", "mixes units")],
)  # fmt: skip
def test_a_model_that_is_wrong_cannot_spoil_a_figure(
    tmp_path: Path, question: str, told: str
) -> None:
    from support_parts import Parrot

    model = Parrot("The total is 1,000,000 EUR [1].")
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("budget.md", "hours.md"):
        (folder / name).write_text(FILES[name], encoding="utf-8")
    with Assistant(make_settings(tmp_path / "index", [folder]), model=model) as written:
        written.sync()
        answer = written.ask(question)
        assert told in answer.text
        assert "1,000,000" not in answer.text
        assert model.asked == []


def test_several_tables_that_differ_stand_side_by_side(tmp_path: Path) -> None:
    files = {
        "north.csv": "Shop,Turnover\nA,10\nB,20\n",
        "south.csv": "Shop,Turnover\nC,1\nD,2\n",
    }
    with indexed(tmp_path, files) as assistant:
        answer = assistant.ask("What is the total turnover of the shops?")
        assert "north.csv: The total of Turnover is 30." in answer.text
        assert "south.csv: The total of Turnover is 3." in answer.text
        assert "Several tables fit" in answer.notice
        alone = assistant.ask("What is the total turnover of the shops in north?")
        assert "is 30." in alone.text
        assert "south" not in alone.text


def test_sixty_questions_over_twelve_tables(tmp_path: Path) -> None:
    found = trial.ask_all(tmp_path)
    assert found.wrong == 0
    assert found.right >= trial.GOAL_RIGHT


def test_what_stands_behind_a_number_in_a_cell_is_not_counted(tmp_path: Path) -> None:
    """ "How many bits has a long?" asks for the 64 in a cell, and counts no rows."""
    rows = "".join(
        f"| {name} | {bits}-bit {what} | {name.capitalize()} |\n"
        for name, bits, what in [
            ("byte", 8, "whole number with a sign"), ("short", 16, "whole number with a sign"),
            ("int", 32, "whole number with a sign"), ("long", 64, "whole number with a sign"),
            ("float", 32, "number with a point"), ("double", 64, "number with a point"),
            ("char", 16, "sign of a text"),
        ]
    )  # fmt: skip
    rows += "| truth | may be set to yes or no | Truth |\n"
    head = "# Variables\n\n| Type | Description | Wrapper |\n|---|---|---|\n"
    page = f"{head}{rows}\nTable 1: Types in Java\n"
    with indexed(tmp_path, {"numbers.md": page}) as made:
        answer = made.ask("How many bits has a long in Java?")
        assert all(sentence.verdict != "computed" for sentence in answer.sentences)
        assert "64-bit" in answer.text


def test_units_in_the_first_column_are_not_counted_either(tmp_path: Path) -> None:
    rows = "".join(f"| {bits}-bit | i{bits} | u{bits} |\n" for bits in (8, 16, 32, 64, 128))
    head = "# Numbers\n\nTypes differ in bits.\n\n| Length | Signed | Unsigned |\n|---|---|---|\n"
    page = f"{head}{rows}"
    with indexed(tmp_path, {"numbers.md": page}) as made:
        answer = made.ask("How many bits has a u128?")
        assert all(sentence.verdict != "computed" for sentence in answer.sentences)
        assert "128-bit" in answer.text
        assert "5 rows" in made.ask("How many unsigned types are there?").text


def test_equal_neighbours_may_be_one_merged_cell_and_it_says_so(tmp_path: Path) -> None:
    """A merged cell stands in each of its rows; the text does not tell it from equal amounts."""
    page = "| Ward | Cost |\n|---|---|\n| North | 4250 |\n| South | 4250 |\n| East | 100 |\n"
    with indexed(tmp_path, {"wards.md": f"# Costs of the wards\n\n{page}"}) as made:
        answer = made.ask("What is the total cost of the wards?")
        assert "8,600" in answer.text
        assert "merged cell" in f"{answer.text} {answer.notice}"


UNCLEAR = [
    ("What is the price of the lightest bike?", "several columns"),
    ("In which town is the shop with the highest price?", "a sum of rows"),
]


@pytest.mark.parametrize(("question", "reason"), UNCLEAR)
def test_a_superlative_that_is_about_another_column_is_no_superlative_of_the_named_one(
    tmp_path: Path, question: str, reason: str
) -> None:
    """The lightest bike costs 900; the lowest price is 300."""
    rows = "Shop,Town,Bike,Weight (kg),Price (EUR)\nA,Holm,Otter,12,900\nB,Holm,Badger,30,300\n"
    rows += "C,Vik,Stoat,20,700\n"
    with indexed(tmp_path, {"bikes.csv": rows}) as made:
        answer = made.ask(question)
        assert answer.abstained
        assert reason in answer.reason


@pytest.mark.parametrize(
    "question",
    ["How many divisions have no teams with more than 10 points?",
     "How many teams don't have more than 10 points?",
     "How many teams never had more than 10 points?"],
)  # fmt: skip
def test_a_limit_under_a_negation_is_not_computed(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert "computed" not in {each.verdict for each in answer.sentences}


def test_no_more_than_is_a_limit(assistant: Assistant) -> None:
    assert first(assistant.ask("How many teams have no more than 18 points?")).startswith("3 rows")


def test_a_limit_with_two_ends_holds_both(assistant: Assistant) -> None:
    answer = assistant.ask("How many teams have between 10 and 20 points?")
    assert first(answer).startswith("2 rows")


@pytest.mark.parametrize("long", ["1" * 28, "7" * 100, "0." + "1" * 80, "1" * 20 + "." + "1" * 20])
@pytest.mark.parametrize("asked", ["average", "total", "highest"])
def test_a_number_of_more_digits_than_are_computed_exactly_is_no_plain_number(
    tmp_path: Path, long: str, asked: str
) -> None:
    """Sixty digits are computed: a longer one was shown rounded, and its average failed."""
    rows = f"Shop,Cost\nIce,{long}\nTea,2\nRope,5\nSalt,8\n"
    with indexed(tmp_path, {"shops.csv": rows}) as made:
        answer = made.ask(f"What is the {asked} cost of the shops?")
        assert answer.abstained
        assert "is no plain number" in answer.reason


@pytest.mark.parametrize("long", ["9" * 27, "1" * 13 + "." + "1" * 14])
def test_long_numbers_are_added_exactly(tmp_path: Path, long: str) -> None:
    with indexed(tmp_path, {"shops.csv": f"Shop,Cost\nIce,{long}\nTea,2\nRope,5\n"}) as made:
        assert f"{Decimal(long) + 7:,f}" in made.ask("What is the total cost of the shops?").text
