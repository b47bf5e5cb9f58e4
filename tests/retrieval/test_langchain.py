"""The knowledge base as a LangChain retriever."""

from pathlib import Path

from retrieval.knowledge_base import KnowledgeBase
from retrieval.langchain import KnowledgeRetriever
from tests.fakes import HashEmbedder


def test_a_chain_gets_the_passages_that_answer_and_none_where_nothing_does(
    tmp_path: Path, embedder: HashEmbedder
) -> None:
    folder = tmp_path / "k"
    folder.mkdir()
    (folder / "kiln.md").write_text(
        "---\ntitle: Kiln licence\nissuer: Ministry\n---\nThe kiln licence costs 300 yuan.\n"
    )
    base = KnowledgeBase.open_folder(folder, tmp_path / "data", embedder=embedder)
    try:
        base.sync()
        retriever = KnowledgeRetriever(knowledge=base)
        (found,) = retriever.invoke("What does the kiln licence cost?")
        assert found.page_content == "The kiln licence costs 300 yuan."
        assert found.metadata["passage_id"] == "kiln.md#1"
        assert found.metadata["issuer"] == "Ministry"
        assert retriever.invoke("Who won the football cup?") == []
        assert KnowledgeRetriever(knowledge=base, even_if_not_covered=True).invoke("Which football licence?")
    finally:
        base.close()
