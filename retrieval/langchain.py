"""The knowledge base as a LangChain retriever, for those who build chains and agents on it."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from retrieval.knowledge_base import KnowledgeBase


class KnowledgeRetriever(BaseRetriever):
    """Gives the passages that answer a question, and none where the documents do not cover it.

    Each LangChain document holds a passage's exact text; its metadata names the passage, its document, title, place,
    language, issuer, date and score.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    knowledge: KnowledgeBase
    k: int = 5
    """How many passages at most."""
    even_if_not_covered: bool = False
    """Give the nearest passages although they do not answer."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        result = self.knowledge.search(query)
        if not result.covered and not self.even_if_not_covered:
            return []
        return [
            LangChainDocument(
                id=hit.passage.id,
                page_content=hit.passage.text,
                metadata={
                    "passage_id": hit.passage.id,
                    "document_id": hit.passage.document_id,
                    "title": hit.metadata.title,
                    "location": str(hit.passage.location),
                    "language": hit.passage.language,
                    "issuer": hit.metadata.issuer,
                    "date": hit.metadata.date.isoformat() if hit.metadata.date else None,
                    "score": hit.scores.fused,
                },
            )
            for hit in result.hits[: self.k]
        ]
