"""Questions about a folder and its documents, and questions that only look like it.

Forty questions on three folders that are written here: counts and lists must be exact and every
document named. Twenty-four traps ask what a document says; none may be answered from the catalogue.

    python -m benchmarks.folder_questions
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from assistant import Assistant, load_settings
from assistant.answering.folder_answers import CATALOGUE
from assistant.types import NO_FILTERS, Answer, Filters

ISLAND = {
    "ferry/timetable-2023.md": "# Timetable 2023\n\nThe ferry leaves Hamnes at 07:10 and 16:40.\n",
    "ferry/timetable-2025.md": "# Timetable 2025\n\nThe ferry leaves Hamnes at 06:55 and 17:20.\n",
    "ferry/tariff.md": "# Ferry tariff\n\nA crossing costs 64 crowns. Bicycles go free.\n",
    "lighthouse.md": (
        "# The lighthouse on Skarvoy\n\nThe lighthouse was lit in 1868 and is 31 metres high.\n\n"
        "## The keepers\n\nSeven keepers have served since then. Marit Voll was the last.\n\n"
        "## The lamp\n\nThe lamp burned rapeseed oil until 1911. It turns once a minute.\n"
    ),
    "birds.md": (
        "# Sea birds of the island\n\n## Abstract\n\nWe counted puffins for nine summers. Their "
        "number fell by a third. Mink are the cause.\n\n## Method\n\nTwo people counted from a "
        "boat in June. The summary statistic used is the median.\n\n## Result\n\nThe colony had "
        "4,120 pairs at the end.\n"
    ),
    "smokehouse.md": "# The smokehouse\n\nMackerel hangs over alder smoke for six hours.\n",
}
OFFICE = {
    "contracts/lease_v1.txt": (
        "Lease of the workshop\n\nThe rent is 4,200 francs a month. The lease was signed by Ines "
        "Roth.\n"
    ),
    "contracts/lease_v2.txt": (
        "Lease of the workshop\n\nThe rent is 4,550 francs a month. The lease was signed by Ines "
        "Roth.\n"
    ),
    "mail/boiler.eml": (
        "From: Teo Brandl <teo@example.org>\nTo: office@example.org\nSubject: The boiler is cold\n"
        "Date: Mon, 12 Jan 2026 08:00:00 +0100\n\nThe boiler has been cold since Friday. Please "
        "send someone before noon.\n"
    ),
    "mail/keys.eml": (
        "From: Ada Lindt <ada@example.org>\nTo: office@example.org\nSubject: Keys for the gate\n"
        "Date: Tue, 3 Feb 2026 09:30:00 +0100\n\nI left three keys for the gate with the porter.\n"
    ),
    "report.html": (
        "<html><head><title>Flood damage in the cellar</title></head>"
        "<body><h1>Flood damage in the cellar</h1><p>Water stood 40 centimetres high "
        "in the cellar on 9 May.</p><h2>What was lost</h2><p>The archive lost 212 folders.</p>"
        "<h2>Next steps</h2><p>A pump will be fitted near the boiler.</p></body></html>"
    ),
    "note.rtf": (
        r"{\rtf1\ansi{\info{\title Order of the day}{\author Jon Aebi}}\pard The order of the "
        r"day begins at nine.\par}"
    ),
    "stock.csv": "article,count\npaper,12\nink,3\n",
    "hearing.txt": (
        "Hearing of the court\n\nThe parties submitted 17 documents to the court. The court "
        "accepted eleven of them.\n"
    ),
}
VEREIN = {
    "satzung-2019.md": "# Satzung 2019\n\nDer Beitrag beträgt 40 Euro im Jahr.\n",
    "satzung-2024.md": "# Satzung 2024\n\nDer Beitrag beträgt 55 Euro im Jahr.\n",
    "protokolle/mai.md": (
        "# Protokoll der Sitzung im Mai\n\nDer Verein kauft ein neues Ruderboot. Die Kasse zahlt "
        "1.800 Euro.\n\n## Werkstatt\n\nDie Werkstatt bekommt ein neues Dach.\n"
    ),
    "protokolle/juni.md": (
        "# Protokoll der Sitzung im Juni\n\nDas Ruderboot heißt Möwe. Zwölf Mitglieder waren da.\n"
    ),
    "hausordnung.txt": "Hausordnung\n\nDas Bootshaus schließt um 21 Uhr. Hunde bleiben draußen.\n",
}
FOLDERS = {"island": ISLAND, "office": OFFICE, "verein": VEREIN}
_OFFICE_TEXTS = ("contracts/lease_v1.txt", "contracts/lease_v2.txt", "hearing.txt")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what its answer must hold and must not, and the documents it must name."""

    folder: str
    question: str
    says: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS
    history: tuple[tuple[str, str], ...] = ()
    is_count: bool = False


def _count(
    folder: str, question: str, says: str, names: tuple[str, ...] = (),
    filters: Filters = NO_FILTERS,
) -> Asked:  # fmt: skip
    return Asked(folder, question, (says,), names, filters=filters, is_count=True)


_LIGHTHOUSE = ("The lighthouse was lit in 1868", "Seven keepers have served", "rapeseed oil until")
QUESTIONS = (
    _count("island", "How many documents are there?", "6 documents"),
    _count("island", "how many files do you have", "6 documents"),
    _count("island", "How many documents are there?", "3 documents",
           filters=Filters(paths=("ferry/**",))),
    _count("island", "How many files mention the ferry?", "3 of the 6",
           ("ferry/timetable-2023.md", "ferry/timetable-2025.md", "ferry/tariff.md")),
    _count("island", "In how many documents is mackerel mentioned?", "1 of the 6",
           ("smokehouse.md",)),
    _count("island", "How many documents mention helicopters?", "None of the 6"),
    _count("island", "How many documents are about puffins?", "1 of the 6", ("birds.md",)),
    _count("island", "How many documents are in the ferry folder?", "3 of 6"),
    _count("island", "How many documents are from 2025?", "1 of 6", ("ferry/timetable-2025.md",)),
    Asked("island", "Please list all documents.", ("6 documents",), tuple(ISLAND)),
    Asked("island", "Which files mention Hamnes?", ("2 of the 6",),
          ("ferry/timetable-2023.md", "ferry/timetable-2025.md"), ("smokehouse",)),
    Asked("island", "List all documents about the ferry", (),
          ("ferry/timetable-2023.md", "ferry/timetable-2025.md", "ferry/tariff.md"), ("birds.md",)),
    Asked("island", "Summarise lighthouse.md", ("not a summary", *_LIGHTHOUSE),
          ("lighthouse.md",), ("puffins",)),
    Asked("island", "What are the main points of the lighthouse document?", _LIGHTHOUSE),
    Asked("island", "What is “Sea birds of the island” about?",
          ("We counted puffins", "fell by a third", "Two people counted", "4,120 pairs"),
          ("birds.md",)),
    Asked("island", "Give me a short summary of the smokehouse", ("over alder smoke",)),
    Asked("island", "What are these documents about?", ("Mackerel hangs",),
          tuple(ISLAND)),
    Asked("island", "Which is the newest document?", ("ferry/timetable-2025.md", "2025"), (),
          ("timetable-2023",)),
    Asked("island", "What is the oldest document about the ferry?",
          ("ferry/timetable-2023.md",)),
    Asked("island", "Summarize it", _LIGHTHOUSE[1:],
          history=(("What is lighthouse.md about?", "The opening lines of lighthouse.md"),)),
    _count("office", "How many emails are there?", "2 of 8", ("mail/boiler.eml", "mail/keys.eml")),
    _count("office", "How many PDFs do you have?", "None of the 8"),
    _count("office", "How many txt files are in the folder?", "3 of 8", _OFFICE_TEXTS),
    _count("office", "how many documents mention the boiler", "2 of the 8",
           ("mail/boiler.eml", "report.html")),
    _count("office", "How many documents are by Jon Aebi?", "1 of 8", ("note.rtf",)),
    _count("office", "How many documents mention the boiler?", "1 of the 2", ("mail/boiler.eml",),
           filters=Filters(types=("eml",))),
    Asked("office", "Who wrote “Order of the day”?", ("Jon Aebi",), ("note.rtf",)),
    Asked("office", "Who sent boiler.eml?", ("Teo Brandl",), ("mail/boiler.eml",)),
    Asked("office", "When is keys.eml from?", ("2026-02-03",), ("mail/keys.eml",)),
    Asked("office", "What is the latest version of the lease document?",
          ("contracts/lease_v2.txt",)),
    Asked("office", "What is “Flood damage in the cellar” about?",
          ("40 centimetres", "212 folders", "A pump will be fitted"), ("report.html",)),
    Asked("office", "What kinds of files are there?", ("txt: 3", "eml: 2", "html: 1", "csv: 1")),
    Asked("office", "Which documents did Ada Lindt write?", ("1 of 8",), ("mail/keys.eml",)),
    _count("verein", "Wie viele Dokumente gibt es?", "5 documents"),
    _count("verein", "Wie viele Dateien erwähnen das Ruderboot?", "2 of the 5",
           ("protokolle/mai.md", "protokolle/juni.md")),
    _count("verein", "Wie viele Protokolle gibt es?", "2 of 5"),
    Asked("verein", "Worum geht es in protokolle/mai.md?",
          ("neues Ruderboot", "neues Dach"), ("protokolle/mai.md",)),
    Asked("verein", "Fasse die Hausordnung zusammen", ("Das Bootshaus schließt",)),
    Asked("verein", "Welche Dokumente erwähnen Hunde?", ("1 of the 5",), ("hausordnung.txt",)),
    Asked("verein", "Welches ist das neueste Dokument?", ("satzung-2024.md",)),
)  # fmt: skip
TRAPS = (
    ("office", "How many documents were submitted to the court?"),
    ("island", "What is the summary statistic used?"),
    ("office", "How many documents did the court accept?"),
    ("office", "Which files were lost in the flood?"),
    ("office", "How many folders did the archive lose?"),
    ("office", "Who signed the lease?"),
    ("office", "Who wrote Hamlet?"),
    ("office", "What is photosynthesis about?"),
    ("office", "What is the latest version of Python?"),
    ("office", "When was the lease signed?"),
    ("island", "When was the lighthouse built?"),
    ("island", "How old is the lighthouse?"),
    ("island", "Which is the newest lighthouse?"),
    ("island", "How many keepers have there been?"),
    ("island", "What are the main causes of the decline?"),
    ("island", "Summarise the argument for closing the school"),
    ("island", "How many pairs are there?"),
    ("island", "List all birds of the island"),
    ("island", "How many papers were accepted in 2019?"),
    ("office", "What is the current rent?"),
    ("office", "In which document format must the form be handed in?"),
    ("office", "How many pages may the report have?"),
    ("office", "What is in the cellar?"),
    ("island", "Who created the smokehouse?"),
    ("office", "What does the lease cover?"),
    ("island", "What is the last lighthouse on the island?"),
    ("verein", "Wie viele Mitglieder waren da?"),
    ("verein", "Wie viele Dokumente muss ein neues Mitglied vorlegen?"),
    ("verein", "Wer hat das Dach bezahlt?"),
    ("verein", "Was sind die wichtigsten Regeln für Hunde?"),
)


def write(folder: Path, files: dict[str, str]) -> None:
    """Write the files of a folder."""
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def faults(asked: Asked, answer: Answer) -> list[str]:
    """What is wrong with an answer; empty when it is right."""
    if answer.reason != CATALOGUE:
        return ["searched"]
    found = [f"lacks {each!r}" for each in asked.says if each not in answer.text]
    found += [f"does not name {each}" for each in asked.names if each not in answer.text]
    found += [f"has {each!r}" for each in asked.never if each in answer.text]
    for sentence in answer.sentences:
        if sentence.verdict == "catalogue":
            continue
        quotes = [answer.citations[marker - 1].quote for marker in sentence.citations]
        if sentence.text not in [" ".join(quote.split()) for quote in quotes]:
            found.append(f"does not cite {sentence.text!r}")
    return found


def main() -> int:
    right = counts = exact = caught = 0
    slowest = 0.0
    with tempfile.TemporaryDirectory() as work:
        assistants = {}
        for name, files in FOLDERS.items():
            write(Path(work) / name, files)
            settings = load_settings(None, {
                "index.path": f"{work}/{name}-index", "documents.paths": [f"{work}/{name}"],
            })  # fmt: skip
            assistants[name] = Assistant(settings)
            assistants[name].sync()
        for asked in QUESTIONS:
            began = time.perf_counter()
            answer = assistants[asked.folder].ask(
                asked.question, asked.history, filters=asked.filters
            )
            slowest = max(slowest, time.perf_counter() - began)
            wrong = faults(asked, answer)
            right += not wrong
            counts += asked.is_count
            exact += asked.is_count and not wrong
            if wrong:
                print(f"wrong: {asked.folder}: {asked.question}: {'; '.join(wrong)}")
                print("       " + answer.text.replace("\n", "\n       "))
        for folder, question in TRAPS:
            if assistants[folder].ask(question).reason == CATALOGUE:
                caught += 1
                print(f"trapped: {folder}: {question}: {assistants[folder].ask(question).text}")
        for assistant in assistants.values():
            assistant.close()
    print(f"right {right} of {len(QUESTIONS)}, counts exact {exact} of {counts}")
    print(f"traps answered from the catalogue {caught} of {len(TRAPS)}")
    print(f"slowest {slowest:.3f} s")
    return 0 if right == len(QUESTIONS) and not caught else 1


if __name__ == "__main__":
    sys.exit(main())
