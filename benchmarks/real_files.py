"""Questions about real files of many formats: right, wrong and refused, by certainty.

    python -m benchmarks.real_files [../shared/bench/formats/files] [--show]     half a minute

The folder holds 99 files as people have them: papers, a health booklet, a handbook, a book, spread
sheets, data sheets, mails, pictures. All of them are indexed together and asked what a reader would
ask; the questions are ours. An answer is right when it holds one of the phrases that were looked up
in the file by hand; for a question that no file answers, a refusal is right. ``--show`` prints each
answer that is not right. Part of these questions was used while the code was written: a figure of
how well it does on such files, not on files that nobody has seen.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from assistant import Answer, Assistant, load_settings
from eval.statistics import wilson

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "bench" / "formats" / "files"
ANSWERED: tuple[tuple[str, str], ...] = (
    ("Who wrote A Perspective on Explanations of Molecular Prediction Models?", "Wellawatte"),
    ("What does XAI stand for?", "explainable artificial intelligence"),
    ("What two-step process can uncover structure-property relationships?", "black-box model and"),
    ("What is LIME?", "Locally Interpretable|perturbations around the example"),
    ("What does SHAP stand for?", "Shapley Additive"),
    ("Which descriptors indicate that adding heteroatoms increases solubility?", "MACCS"),
    ("What is the tensile strength of SNB22-3 bars?", "1000"),
    ("What is the Brinell hardness of SNB22-3?", "293-375"),
    ("Which standard covers SNB22-3?", "JIS G 4108"),
    ("Who is the leader of Canada in the factbook?", "Trudeau"),
    ("What sport is listed for France?", "Soccer"),
    ("What is the capital of Trinidad & Tobado?", "Port of Spain"),
    ("Which adsorption isotherm does egg shell follow?", "Langmuir"),
    ("Who ordered the readiness check of the Belarusian military on December 13?", "Lukashenko"),
    ("How many BTR-80s did Belarusian forces deploy toward Malaryta?", "25 BTR"),
    ("Which rivers did Belarusian troops practice crossing?", "Neman and Berezina"),
    ("How many MiG-31K interceptors did Russia deploy to Machulishchy?", "three MiG"),
    ("Who wrote Winter Sports in Switzerland?", "Benson"),
    ("When was Winter Sports in Switzerland published?", "1913|2019"),
    ("Who illustrated Winter Sports in Switzerland?", "Fleming Williams"),
    ("Who took the photographs in Winter Sports in Switzerland?", "Le Blond"),
    ("How many players does an ice-hockey team have?", "six players"),
    ("How high is St. Moritz above sea level?", "6090"),
    ("How many new jobs did Reliance create?", "2,32,822"),
    ("What was the net profit of Reliance?", "67,845"),
    ("What is Reliance's market capitalisation?", "17,81,841"),
    ("Who is the chairman and managing director of Reliance?", "Mukesh"),
    ("By when does Google aim to reach net-zero emissions?", "2030"),
    ("By how much does Google want to reduce its absolute emissions before 2030?", "50%"),
    ("What base models are there for PubLayNet in the LayoutParser model zoo?", "F / M"),
    ("Which dataset has layouts of history Japanese documents?", "HJDataset"),
    ("Who are the authors of LayoutParser?", "Zejiang Shen"),
    ("What code has the Astrophysics Science Division?", "660"),
    ("Which office is code 606?", "Computational and Information"),
    ("What is the wrapper class of int in Java?", "Integer"),
    ("How many bits has a long in Java?", "64-bit"),
    ("What is the ISBN of Understanding Breast Cancer?", "978 1 925136 98 2"),
    ("When was Understanding Breast Cancer first published?", "May 2006"),
    ("What are the risk factors of breast cancer?", "hormone replacement"),
    ("What are the symptoms of breast cancer?", "lump"),
    ("What are the side effects of radiotherapy?", "Tiredness"),
    ("What is DCIS?", "Abnormal cells"),
    ("What is a sentinel node biopsy?", "first lymph node"),
    ("What is tamoxifen?", "anti-oestrogen"),
    ("What is cording?", "Tight cords|axillary web syndrome"),
    ("What is a cold cap?", "cooling system"),
    ("What are hormone receptors?", "protein"),
    ("What is breast oedema?", "fluid in the breast"),
    ("What is lymphoedema?", "swelling"),
    ("What percentage of breast cancers occur in men?", "less than 1%"),
    ("How many women are diagnosed with breast cancer each year in Australia?", "15,000"),
    ("How long does radiotherapy take?", "weeks"),
    ("Who wrote Dense Passage Retrieval for Open-Domain Question Answering?", "Karpukhin"),
    ("What batch size was used to train DPR?", "128"),
    ("What learning rate was used for DPR?", "10−5|10-5"),
    ("What top-20 accuracy does DPR reach on Natural Questions?", "78.4"),
    ("What is the title of the Nokia guide?", "Interface Configuration Guide"),
    ("Which mode of operation does a faceplate port for PXC use support?", "hybrid"),
    ("How many bottles of water were delivered?", "20,000"),
    ("For how many hours were the trucks used?", "15 hours"),
    ("Who appoints standing trustees?", "United States Trustee"),
    ("How many Stanley Cups did the Maple Leafs win?", "13"),
    ("Where are the Flyers?", "PHI"),
    ("What is Vodafone's page for mobile churn?", "11"),
    ("Which tool created the PDF form example?", "OpenOffice"),
    ("Who sent the email about a fake attachment?", "Mallori"),
    ("Quels sont les auteurs de Résumés et interrogations de logs de requêtes OLAP ?", "Aligon"),
    ("¿Por qué considera dimitir Pedro Sánchez?", "desprestigio"),
    ("What is Begoña's relation to Pedro Sánchez?", "esposa"),
    ("What is the meeting ID of the 45 minute meeting?", "869 1664 1575"),
)
"""A question, and the phrases of which one makes its answer right."""
NOT_ANSWERED: tuple[str, ...] = (
    "What is the capital of Germany?",
    "What is the dosage of tamoxifen?",
    "How much does breast reconstruction cost?",
    "Who discovered the BRCA1 gene?",
    "How many women in France have breast cancer?",
    "How tall is the Eiger?",
    "When was the Simplon tunnel opened?",
    "What is the price of a ski pass in Davos?",
    "How many players are in a curling team?",
    "Who founded the Davos skating club?",
    "What GPU was used to train DPR?",
    "How long did it take to train DPR?",
    "What is the license of LayoutParser?",
    "Who funded the molecular explanations work?",
    "What is the chemical formula of sulphuric acid?",
    "How many missiles did Iran deliver to Russia?",
    "Who is the commander of the Belarusian army?",
    "What is the population of the United States in the factbook?",
    "What is the price of gold?",
    "Who won the 2022 world cup?",
    "What does the memo say about parking?",
    "What is the maximum speed of a bobsleigh?",
    "What was Reliance's net profit in 2019-20?",
    "What is the Vickers hardness of SNB22-4?",
    "How many blankets were delivered in 2022?",
    "Which team has its home in Boston?",
    "What was the exchange rate of the euro in Vodafone's figures?",
    "Who is the president of France in the factbook?",
    "How many authors does the breast cancer guide have?",
    "What is the salary of a standing trustee?",
)


def is_right(answer: Answer, phrases: str) -> bool:
    """Whether an answer was given that holds one of the phrases (``|`` between them)."""
    said = " ".join(answer.text.split()).casefold()
    return not answer.abstained and any(each.casefold() in said for each in phrases.split("|"))


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--show", action="store_true", help="print each answer that is not right")
    options = parser.parse_args()
    levels: dict[str, Counter[bool]] = {}
    right = refused = false = 0
    with tempfile.TemporaryDirectory() as place:
        settings = load_settings(
            None, {"index.path": place, "documents.paths": [str(options.folder)]}
        )
        with Assistant(settings) as assistant:
            assistant.sync()
            for question, phrases in ANSWERED:
                answer = assistant.ask(question)
                is_good = is_right(answer, phrases)
                right, refused = right + is_good, refused + answer.abstained
                levels.setdefault(answer.certainty, Counter())[is_good] += 1
                if options.show and not is_good:
                    print(f"{answer.certainty:6} {question}\n       {answer.text[:200]!r}")
            for question in NOT_ANSWERED:
                answer = assistant.ask(question)
                false += not answer.abstained
                levels.setdefault(answer.certainty, Counter())[answer.abstained] += 1
                if options.show and not answer.abstained:
                    print(f"{answer.certainty:6} {question} (no file says)")
                    print(f"       {answer.text[:200]!r}")
    for name, count, total in (
        ("right answers", right, len(ANSWERED)),
        ("refused though a file answers", refused, len(ANSWERED)),
        ("wrong answers", len(ANSWERED) - right - refused, len(ANSWERED)),
        ("answered though no file does", false, len(NOT_ANSWERED)),
    ):
        interval = wilson(count, total)
        if interval is not None:
            print(f"{name}: {count} of {total} ({interval.low:.1%} to {interval.high:.1%})")
    print("right by certainty: " + ", ".join(
        f"{level} {levels[level][True]} of {levels[level].total()}"
        for level in ("sure", "likely", "unsure", "none") if level in levels
    ))  # fmt: skip


if __name__ == "__main__":
    main()
