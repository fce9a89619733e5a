"""What looks like its source and is not: circles, makers, plans, speakers, counts, places."""

from __future__ import annotations

import pytest

from assistant.answering.claims import ClaimChecker
from assistant.checking.bound import loosely_bound
from assistant.checking.verifier import Verifier
from assistant.citing.stream import CitedSentence, parse
from assistant.embedding.static import StaticEmbedder
from assistant.types import Passage
from benchmarks.claim_faults import KINDS, trial
from benchmarks.real_sentences import load, sources_of, verdict_on

WOOL = (
    "Around the year 1900, Vidar recalls, hand looms were the usual way of weaving wool in Holm. "
    "The fair of 1920 had been planned for Selm and was held in Holm instead. At the fair of 1922, "
    "Petra Naku showed that double weaving occurs in modern looms as well. The digest goes through "
    "three papers on sheep and two on dyes. The guild does not claim that hand looms are the right "
    "way to weave wool."
)

CALIFORNIA = "The lab is in Pasadena, California, by a lake."


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(StaticEmbedder().embed)


def checked(verifier: Verifier, answer: str, text: str) -> list[str]:
    passage = Passage("c", "d.md", "", text, 0, len(text), None, (), 1.0)
    cited = [CitedSentence(s.text, (1,), s.kind) for s in parse(answer, 1).sentences]
    checker = ClaimChecker([passage], verifier)
    return [checker.check(cited, at).verdict for at in range(len(cited))]


@pytest.mark.parametrize(
    ("claim", "problem"),
    [
        ("The hand looms of weaving were introduced by Vidar in 1900.", "made anything"),
        ("The fair of 1920 was held in Selm in Holm.", "only in what was planned"),
        ("Vidar showed that double weaving occurs in modern looms as well.", "somebody else"),
        ("The digest goes through one on sheep and two on dyes.", "counts sheep otherwise"),
        ("The guild suggests that hand looms are the right way to weave wool.", "not claim"),
        ("The looms of the looms are the looms of weaving looms in Holm.", "circle"),
        ("The hand looms of Holm were not usual in 1900.", ""),
    ],
)
def test_near_misses_are_told(verifier: Verifier, claim: str, problem: str) -> None:
    check = verifier.verify(claim, [WOOL])
    assert check.verdict in ("weak", "unsupported")
    assert any(problem in told for told in check.problems)


@pytest.mark.parametrize(
    "claim",
    [
        "The fair of 1920 had been planned for Selm.",
        "Petra Naku showed that double weaving occurs in modern looms.",
        "The digest has three papers on sheep and two on dyes.",
        "Hand looms were the usual way of weaving wool in Holm around 1900.",
    ],
)
def test_what_is_so_is_supported(verifier: Verifier, claim: str) -> None:
    assert verifier.verify(claim, [WOOL]).verdict in ("verbatim", "supported")


@pytest.mark.parametrize(
    ("claim", "source", "verdicts"),
    [
        ("The lab is in Pasadena, CA.", CALIFORNIA, ("supported",)),
        ("The lab is in Pasadena, California.", "It is in Pasadena, CA, a lab.", ("supported",)),
        ("The lab lies in Britain.", "The lab is in Leeds, UK.", ("supported", "weak")),
        ("The lab is in Pasadena, TX.", CALIFORNIA, ("unsupported",)),
        ("The lab is held in the UK.", "The lab is held in a hall by a lake.", ("unsupported",)),
    ],
)  # fmt: skip
def test_places_have_many_forms(
    verifier: Verifier, claim: str, source: str, verdicts: tuple[str, ...]
) -> None:
    assert verifier.verify(claim, [source]).verdict in verdicts


def test_a_fragment_and_what_leans_on_a_wrong_sentence_are_weak(verifier: Verifier) -> None:
    text = "The check allows an objective comparison of wool. In general the guild is for it."
    assert checked(verifier, "It allows for a more general comparison.", text) == ["weak"]
    answer = (
        "The check was invented in 1714 by Zeno. It allows an objective comparison of wool by Zeno."
    )
    assert checked(verifier, answer, text)[0] == "unsupported"
    leaning = (
        "Wool is bought by nobody in Mars. It allows an objective comparison of the wool of Holm."
    )
    assert checked(verifier, leaning, text + " Holm has wool.")[1] in ("weak", "unsupported")


@pytest.mark.parametrize("number", [number for number, *_ in KINDS])
def test_generated_claims_are_told_rightly(number: int) -> None:
    fault, wrong, count = trial(number)
    assert count >= 100, fault
    assert wrong == 0


def test_verdicts_on_real_sentences_stay_as_good_as_they_are(verifier: Verifier) -> None:
    """On the part that rules were mended on; the other part's figures are printed by
    ``python -m benchmarks.real_sentences``."""
    rows = [row for row in load() if row["part"] == "mended"]
    assert len(rows) > 100
    sources = sources_of(rows)
    told = [
        (row["judgement"], verdict_on(row, sources[row["document"]], verifier).verdict)
        for row in rows
    ]
    good = [judgement for judgement, verdict in told if verdict in ("verbatim", "supported")]
    assert good.count("false") / len(good) <= 0.1
    refused = [judgement for judgement, verdict in told if verdict == "unsupported"]
    assert refused.count("true") <= 0.1 * sum(judgement == "true" for judgement, _ in told)


def test_a_lead_in_that_denies_turns_its_items_round(verifier: Verifier) -> None:
    item = "The digest goes through three papers on sheep and two on dyes."
    assert checked(verifier, f"The following never happened:\n\n- {item}", WOOL)[1] == "unsupported"
    assert checked(verifier, f"Here are the facts:\n\n- {item}", WOOL)[1] == "verbatim"


@pytest.mark.parametrize(
    ("claim", "source", "says"),
    [
        (
            "The wool shortage is a variation of felting in which wet fibres are pressed.",
            "Nuno work is a variation of felting. Fibres are pressed wet. The wool shortage came.",
            "no sentence",
        ),
        (
            "Makers' marks and stitches.",
            "# Makers' marks and stitches\n\nEach coat has a label.",
            "heading",
        ),
        (
            "Sheep of the valley recognise the faces of their herders.",
            "The study asks whether sheep of the valley recognise the faces of their herders.",
            "asks",
        ),
        (
            "The mill not only spins wool but also dyes the wool.",
            "The mill spins wool and dyes the wool.",
            "not only",
        ),
        (
            "Holm sold 935 coats in 2018, an increase of 55 percent.",
            "Holm sold 935 coats in 2018. Holm sold 1,449 coats then, an increase of 55 percent.",
            "numbers",
        ),
        (
            "The sorter grades each fleece by picking the nearest mean.",
            "The sorter grades each fleece by its mean and picks the nearest mean.",
            "means",
        ),
        (
            "The two tasks are washing the raw fleece of sheep and washing the fleece of sheep.",
            "The two tasks are washing the raw fleece of sheep and carding it.",
            "twice",
        ),
        (
            "The felt is a simple cloth that a weaver is expected to know.",
            "Loden: a simple cloth that a weaver is expected to know. The felt comes later.",
            "something else",
        ),
        (
            "The problem of sorting fleeces of different sizes into few bins has been solved.",
            "Sorting fleeces of different sizes into few bins is a hard problem.",
            "something else",
        ),
        (
            "The grey dye was not allowed at Holm.",
            "At Holm no other dye than the grey dye was allowed.",
            "others",
        ),
    ],
)
def test_a_claim_is_supported_only_where_one_sentence_says_it(
    claim: str, source: str, says: str, verifier: Verifier
) -> None:
    coverage = verifier.examine(claim, [source])[-1]
    assert says in loosely_bound(claim, [source], coverage)
    assert not loosely_bound(source, [source], verifier.examine(source, [source])[-1]) or says in (
        "numbers", "no sentence", "heading", "asks",
    )  # fmt: skip


SOURCE = (
    "From the start the meeting put its reviews on the public web, a practice that other large "
    "meetings took up only years later. The bridge was closed after the flood of 1951 by the town."
)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (SOURCE.partition(" The")[0].replace("only years", "almost a year"), "weak"),
        (SOURCE.partition(" The")[0], "verbatim"),
        ("The bridge was closed before the flood of 1951 by the town.", "unsupported"),
        ("The bridge was closed by the town after the flood of 1951.", "supported"),
    ],
)
def test_a_copy_with_another_word_of_degree_is_not_supported(
    verifier: Verifier, claim: str, verdict: str
) -> None:
    assert verifier.verify(claim, [SOURCE]).verdict == verdict
