"""How the built-in reader was made (``assistant/model/reader/``), step by step.

``python -m benchmarks.reader_training.prepare``  public sets and our questions → rows
``python -m benchmarks.reader_training.train``    rows → weights (PyTorch; an hour on two cores)
``python -m benchmarks.reader_training.export``   weights → the folder of a reader

Each takes ``--help``. PyTorch is no dependency of this project: ``pip install torch``. The weights
begin as those of all-MiniLM-L6-v2, from the ONNX file that Chroma downloads for
``embedding.provider: minilm`` (``--minilm`` takes its folder), or as those of a reader that was
exported before (``--begin`` takes its folder; its 8-bit weights are near enough).

Questions that people wrote come from a folder with pairs of files of JSON lines:

``passages-NAME.jsonl``   ``{"id": "w:17", "title": "Louis, Count of Verdun", "text": "…"}``
``questions-NAME.jsonl``  ``{"p": "w:17", "q": "who made him ruler", "a": "Reginbert", "k": "yes"}``

``a`` is a substring of the passage's text, or empty for a near miss: a question that the passage
seems to answer and does not. ``k`` names the kind and is not used. Ours are not public; without
them training uses the public sets alone.

What ``assistant.model.answer_reader`` expects of the exported model:

| | name | shape | type |
|---|---|---|---|
| input | input_ids, attention_mask, token_type_ids | batch × tokens | int64 |
| output | start_logits, end_logits | batch × tokens | float32 |
| output | answerable | batch | float32, a logit |
| output | meaning | batch × dimensions | float32, a unit vector for a text alone, without padding |

The texts are ``[CLS] question [SEP] title. passage [SEP]``, at most 256 tokens; start and end at
``[CLS]`` stand for "no answer".
"""

from __future__ import annotations

import importlib.util

from assistant.errors import MissingPackageError

MOST_TOKENS = 256
"""Tokens of question and passage together, here and in ``assistant.model.answer_reader``."""


def need_torch() -> None:
    """Raises ``MissingPackageError`` where PyTorch is not installed."""
    if importlib.util.find_spec("torch") is None:
        raise MissingPackageError(
            "Training and exporting a reader need PyTorch, which is no dependency of this project",
            hint="pip install torch",
        )
