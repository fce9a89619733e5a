"""More bad habits: other languages, families of models, numbered loops, foreign citations.

Used by ``benchmarks.model_habits``; each text must be shown so in any cut of the stream.
"""

from __future__ import annotations

FACT = "The garden of Holm was laid out in 1872 by Berta Lindqvist"
CITED = f"{FACT} [1]."
_THOUGHT = "Okay, the user wants the year. Passage 2 says 1875, hmm. Let me check [2]."
_BLOCKS = (
    ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"), ("<reflection>", "</reflection>"), ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"), ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<seed:think>", "</seed:think>"), ("<unused94>thought\n", "<unused95>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("<|channel|>commentary to=search <|constrain|>json<|message|>",
     "<|end|><|start|>assistant<|channel|>final<|message|>"),
)  # fmt: skip
_LONE_CLOSERS = ("</think>", "</thinking>", "[/THINK]", "◁/think▷", "<|end_of_thought|>")
_AFTER = (
    "<|im_end|>", "<|im_end|>\n<|im_start|>user\nAnd who paid?", "</s>", "<|eot_id|>",
    "<|endoftext|>", "<end_of_turn>\n<start_of_turn>user\nWho?", "<｜end▁of▁sentence｜>", "<|end|>",
    "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhy?", "<|return|>", "<eos>", "<|im_e",
    "<|end_of_text|>", "[INST] And then? [/INST]", "<|user|>\nAnd then?", "</passage>",
)  # fmt: skip
_BEFORE = (
    "<|im_start|>assistant\n", "<s>", "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "<|assistant|>\n", "<start_of_turn>model\n", "<bos>", "<｜Assistant｜>", "<pad><pad>",
    '<passage number="1" from="The Garden of Holm">\n', "<|start|>assistant<|message|>", "<answer>",
    "[INST] When? [/INST] ",
)  # fmt: skip

THOUGHTS: tuple[tuple[str, str], ...] = (
    *((f"{opener}{_THOUGHT}{closer}\n\n{CITED}", CITED) for opener, closer in _BLOCKS),
    *((f"{opener}{_THOUGHT}", "") for opener, _ in _BLOCKS),
    *((f"{_THOUGHT}{closer}\n\n{CITED}", CITED) for closer in _LONE_CLOSERS),
    *((CITED + token, CITED) for token in _AFTER),
    *((token + CITED, CITED) for token in _BEFORE),
)
"""Said, shown."""

SENTINELS = (
    "NOT_IN_THE_DOCUMENTS", "**NOT_IN_THE_DOCUMENTS**", "`NOT_IN_THE_DOCUMENTS`",
    "NOT\\_IN\\_THE\\_DOCUMENTS", "NOT IN THE DOCUMENTS", '"NOT_IN_THE_DOCUMENTS."',
    "not_in_the_documents", "[NOT_IN_THE_DOCUMENTS]", "NOT-IN-THE-DOCUMENTS", "NOT_IN_THE_DOCUMENT",
    "Answer: NOT_IN_THE_DOCUMENTS", "# NOT_IN_THE_DOCUMENTS",
    "NOT_IN_THE_DOCUMENTS\n\nThe passages speak of roses.",
    "I could not find it in the passages.\n\nNOT_IN_THE_DOCUMENTS",
)  # fmt: skip

ABSTENTIONS = (
    "The documents don't say.", "The name of the curator is not stated.",
    "None of the passages mentions it.", "No information is provided.",
    "It is not clear from the context.", "I'm sorry, but the passages do not say.",
    "The passages do not mention the curator's age.", "Keine Angabe.", "Nicht angegeben.",
    "Das wird in den Dokumenten nicht erwähnt.", "Non mentionné.",
    "Les documents ne mentionnent pas le prix.", "Los documentos no mencionan el precio.",
    "Non è menzionato nei documenti.", "Não mencionado.", "Os documentos não mencionam o preço.",
    "Niet vermeld.", "De documenten vermelden dit niet.", "Det nämns inte i dokumenten.",
    "Nie podano.", "Dokumenty nie zawierają tej informacji.", "Не указано.",
    "В документах не упоминается цена.", "未提及", "文書には記載されていません。",
    "문서에 언급되어 있지 않습니다.", "لا تذكر الوثائق ذلك.", "दस्तावेज़ों में इसका उल्लेख नहीं है।",
    "Belgelerde belirtilmemiştir.", "Ei mainita.",
    # nothing is stated
    "Sure!", "Here is the answer:", "[1]", "When was the garden laid out?", "...",
    "Based on the passages:", '{"answer": "N/A"}',
)  # fmt: skip

STATEMENTS = (
    "The garden was laid out in 1872.", "Dogs are not allowed.", "It is not open on Mondays.",
    "The committee did not mention the fee.", "No, dogs are not allowed.", "No.", "1872", "Yes.",
    "The passages do not mention the fee, but the student pays 85 kroner.",
    "Der Garten ist montags nicht geöffnet.", "Le jardin n'est pas ouvert le lundi.",
    "El jardín no abre los lunes.", "Сад не работает по понедельникам.", "花园星期一不开放。",
    "犬は入れません。", "None of the roses is red.", "There is no lift in the tower.",
    "Unknown persons stole the painting in 1911.", "The model does not contain convolutions.",
    "There is no evidence of water on the moon in the samples.",
)  # fmt: skip

_OTHER = "Question: Who paid for the garden of Holm?\nAnswer: Nobody knows [1]."


def asked_again(question: str) -> tuple[tuple[str, str], ...]:
    """The prompt's end said again, before an answer or behind it: said, shown."""
    turns = (
        f"The question: {question}\nAnswer: 1872.", f"Question: {question} Answer:",
        f"**Question:** {question}\n\n**Answer:** It was 1872 [1].", f"User: {question}",
        f"The question is: {question.lower()}", f"Q: {question}\nA: 1872", f"Frage: {question}",
        f"Question: {question[:-10]}", f"# Question: {question}\n",
    )  # fmt: skip
    openings = (
        f"Question: {question}\nAnswer: ", f"{question}\n", f"{question} ", "Answer: ",
        "**Answer:** ", "The answer is: ", f"Question: {question}\n\n", "Final answer: ",
    )  # fmt: skip
    kept = (
        f"{CITED}\n{_OTHER}", f"{FACT}, and when it was laid out is told here [1].",
        f"The page asks: {question.lower()} It does not say [1].",
        "When was the garden of Holm laid out is the title of [1].", "Questions: see page 2 [1].",
        f"A: {CITED}\nB: the rose [1].",
    )  # fmt: skip
    return (
        *((f"{CITED}{gap}{turn}", CITED) for turn in turns for gap in ("\n", "\n\n", " ")),
        *((opening + CITED, CITED) for opening in openings),
        *((text, text) for text in kept),
    )


FORMS: tuple[tuple[str, str], ...] = (
    (f"{FACT}. (1)", f"{FACT}. [1]"), (f"{FACT} (passage 1, p. 3).", CITED),
    (f"{FACT} (source: 1).", CITED), (f"{FACT} (see passage 1).", CITED),
    (f"{FACT} (Doc 1).", CITED), (f"{FACT} （来源 1）.", CITED), (f"{FACT}¹.", CITED),
    (f"{FACT}<sup>1</sup>.", CITED), (f"{FACT} [iclr-history.md, p. 2].", CITED),
    (f"{FACT} (source: iclr-history.md).", CITED), (f"{FACT} [History of ICLR].", CITED),
    ("Passage 2 states that it was 1875.", "[2] states that it was 1875."),
    (f"{CITED}\n\n**References**\n- iclr-history.md\n- x.pdf", CITED),
    (f"{CITED}\nSources: [1], [2]", CITED), (f"{CITED}\n\nQuellen:\n1. Garten\n", CITED),
    ('```json\n{"answer": "' + FACT + '.", "sources": ["Passage 1"]}\n```', f"{FACT}. [1]"),
    ('{"text": "' + CITED + '"}', CITED),
    *((same, same) for same in (
        "Either (1) swim, (2) run or (3) walk.", "See equation (1).", "It covers 14 m² or 3 km².",
        "It was in May (2019).", "(1) It is old.\n(2) It is big.", "Use `(1)` here.",
        "The call f(1), f(2) ends.", "Step (2) follows.", "Use `(Passage 1)` here.",
        "Sources of error: heat.",
    )),
)  # fmt: skip
"""Said, shown."""

_LOOPED = (
    f"{FACT}. ", "decision-making process of the team's ", "very ", "花园建于一八七二年。",
    "It opened. It closed. ", "The rose, the tea rose, the musk rose, ",
)  # fmt: skip
LOOPS: tuple[str, ...] = (
    "".join(f"The rose is red [{n}]. " for n in range(1, 41)),
    *(part * 40 for part in _LOOPED),
    *("".join(f"{n}. {part.strip()} [{n % 3 + 1}]\n" for n in range(1, 41)) for part in _LOOPED),
)
NO_LOOPS = (
    "".join(f"In {1900 + year} the ship carried {year * 3} people [1].\n" for year in range(20)),
    "| a | 120 | no |\n| b | 85 | no |\n| c | 0 | no |\n",
    "Mr. A got 3 votes. Mr. B got 3 votes. Mr. C got 3 votes. Mr. D got 3 votes.",
    f"{CITED} {CITED}",
)  # fmt: skip
