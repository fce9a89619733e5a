"""Generated documents: the same for the same seed, without any file beside the checkout.

The text is made of English words in sentences, paragraphs and headings, so that readers, the
chunker and the embedders do the work they do on real prose. It means nothing.
"""

from __future__ import annotations

import random
from pathlib import Path

_SUBJECTS = (
    "the model,a network,the committee,one author,the dataset,our method,the reviewer,a decoder,"
    "the workshop,the encoder,a baseline,the optimizer,the benchmark,a student,the chair,"
    "the attention layer,a random forest,the corpus,the ablation,a second team,the gradient,"
    "the archive,the transformer,a survey,the keynote,the first experiment,the controller"
).split(",")
_VERBS = (
    "improves,rejects,compares,describes,measures,outperforms,extends,repeats,questions,replaces,"
    "confirms,estimates,summarises,removes,predicts,ranks,merges,annotates,revises,samples,"
    "accelerates,simplifies,evaluates,contradicts,regularises"
).split(",")
_OBJECTS = (
    "the earlier result,a larger vocabulary,every hidden layer,the acceptance rate,a sparse prior,"
    "the learning rate,three public datasets,the camera-ready version,a shorter proof,"
    "the translation task,its own estimate,the noisy labels,a graph of citations,the token budget,"
    "the convergence bound,a pretrained backbone,the validation split,two ablations,the rebuttal,"
    "the poster session,a latent variable,the reward signal,the sampling step,the final table"
).split(",")
_ENDINGS = (
    "in most of the runs,at half the cost,for the third year,without any tuning,on a single card,"
    "across all seeds,before the deadline,under a fixed budget,when the input is short,"
    "according to the appendix,by a wide margin,despite the smaller sample,after the first epoch,"
    "in the second half of training,with fewer parameters,as the organisers had asked"
).split(",")


def sentence(chance: random.Random) -> str:
    """One sentence of ten to twenty words, now and then with a number."""
    words = [chance.choice(part) for part in (_SUBJECTS, _VERBS, _OBJECTS, _ENDINGS)]
    if chance.random() < 0.4:
        words.append(f"and reaches {chance.randint(10, 999) / 10:.1f} points in {_year(chance)}")
    text = " ".join(words)
    return text[0].upper() + text[1:] + "."


def document(seed: str, words: int) -> str:
    """A Markdown document of about ``words`` words; another ``seed``, another text."""
    chance = random.Random(seed)
    parts = [f"# Report {seed}\n"]
    count = 0
    while count < words:
        if len(parts) % 4 == 0:
            parts.append(f"## {chance.choice(_SUBJECTS).capitalize()} in {_year(chance)}\n")
        paragraph = " ".join(sentence(chance) for _ in range(chance.randint(4, 7)))
        count += len(paragraph.split())
        parts.append(paragraph + "\n")
    return "\n".join(parts)


def write_folder(folder: Path, count: int, words: int, seed: int = 1) -> dict[str, str]:
    """``count`` files in ``folder`` (and a folder in it); their texts by relative name."""
    texts = {}
    for number in range(count):
        name = f"part/note-{number:04d}.md" if number % 3 == 0 else f"note-{number:04d}.md"
        texts[name] = document(f"{seed}-{number}", words)
        write(folder, name, texts[name])
    return texts


def write(folder: Path, name: str, text: str) -> None:
    """One file, with the folders above it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _year(chance: random.Random) -> int:
    return chance.randint(1995, 2025)
