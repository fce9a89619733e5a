"""The retrievers for LangChain and Haystack, as their own chains and pipelines use them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from assistant import Assistant, Filters

if TYPE_CHECKING:
    from langchain_core.documents import Document

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
QUESTION = "Who founded ICLR?"


def test_a_langchain_chain_is_given_our_passages(sample: Assistant) -> None:
    pytest.importorskip("langchain_core", reason="the extra langchain is not installed")
    from langchain_core.runnables import RunnableLambda

    from assistant.langchain import LangChainRetriever

    retriever = LangChainRetriever(assistant=sample, limit=3)

    def metadata_of(documents: list[Document]) -> list[dict[str, Any]]:
        return [each.metadata for each in documents]

    chain = retriever | RunnableLambda(metadata_of)
    expected = sample.retrieve(QUESTION, 3)
    told = chain.invoke(QUESTION)
    assert len(expected) == 3
    assert [each["document"] for each in told] == [each.document for each in expected]
    found = retriever.invoke(QUESTION)
    assert [each.page_content for each in found] == [each.text for each in expected]
    first = found[0]
    text = sample.document_text(first.metadata["document"])
    assert text[first.metadata["start"] : first.metadata["end"]] == first.page_content
    only = Filters(names=(expected[-1].document,))
    filtered = LangChainRetriever(assistant=sample, filters=only).invoke(QUESTION)
    assert {each.metadata["document"] for each in filtered} == {expected[-1].document}


def test_a_haystack_pipeline_is_given_our_passages(sample: Assistant) -> None:
    pytest.importorskip("haystack", reason="the extra haystack is not installed")
    from haystack import Pipeline
    from haystack.components.builders import PromptBuilder

    from assistant.haystack import HaystackRetriever

    pipeline = Pipeline()
    pipeline.add_component("retriever", HaystackRetriever(sample, limit=3))
    prompt = "{% for each in documents %}{{ each.meta.document }}: {{ each.content }}\n{% endfor %}"
    pipeline.add_component("prompt", PromptBuilder(prompt, required_variables=["documents"]))
    pipeline.connect("retriever.documents", "prompt.documents")
    done = pipeline.run({"retriever": {"query": QUESTION}})
    expected = sample.retrieve(QUESTION, 3)
    assert done["prompt"]["prompt"] == "".join(
        f"{each.document}: {each.text}\n" for each in expected
    )
    only = Filters(names=(expected[-1].document,))
    [found, *_] = HaystackRetriever(sample, filters=only).run(QUESTION)["documents"]
    assert found.meta["document"] == expected[-1].document
    assert found.score is not None
