"""Values for tests, with only what a test is about written out."""

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np

from retrieval.catalog import Catalog, Entry, FileState, Stored
from retrieval.dictionary import Dictionary, Row
from retrieval.document import Document, Location, Passage
from retrieval.language import Sought, words
from retrieval.metadata import Metadata
from retrieval.question import Question
from retrieval.sounds import alike
from retrieval.understanding import understand
from tests.fakes import HashEmbedder

EMBEDDER = HashEmbedder()


def a_passage(text: str, *, document_id: str = "a.md", ordinal: int = 1, language: str = "en") -> Passage:
    return Passage(document_id, ordinal, text, language, Location())


def an_entry(passage: Passage, *, context: str = "", countries: frozenset[str] = frozenset()) -> Entry:
    digest = hashlib.sha256(f"{context}\n{passage.text}".encode()).hexdigest()
    return Entry(passage, context, countries, digest, EMBEDDER.embed_query(f"{context} {passage.text}"))


def stored(
    key: int, text: str, *, context: str = "", language: str = "en", countries: frozenset[str] = frozenset()
) -> Stored:
    passage = a_passage(text, document_id=f"{key}.md", language=language)
    vector = EMBEDDER.embed_query(text)
    return Stored(key, passage, Metadata(title=f"Document {key}"), context, countries, vector)


def a_state(path: str, sha256: str = "0" * 64, *, reason: str | None = None) -> FileState:
    return FileState(path, 10, 1_000, sha256, reason)


def put(
    catalog: Catalog,
    document_id: str,
    *texts: str,
    metadata: Metadata | None = None,
    language: str = "en",
    gone: tuple[str, ...] = (),
) -> list[int]:
    """Stages a document and switches to it; gives the keys of its passages."""
    entries = [
        an_entry(a_passage(text, document_id=document_id, ordinal=ordinal, language=language))
        for ordinal, text in enumerate(texts, start=1)
    ]
    generation, keys = catalog.stage(document_id, entries)
    document = Document(document_id, metadata or Metadata(title=document_id), ())
    catalog.flip([(document, language, generation, len(entries))], [a_state(document_id)], gone)
    return keys


def unit(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    vector = np.array(values, dtype=np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def sought(text: str, language: str = "en") -> Sought:
    """The words of a text as a question for the lexical index, each a concept of its own."""
    return Sought(tuple(((word,),) for word in words(text, language)))


def read(
    text: str,
    *,
    languages: Iterable[str],
    termbase: Iterable[Row] = (),
    lexicon: Iterable[Row] = (),
    standing: Mapping[str, int] | None = None,
    written: Iterable[str] = (),
    language: str | None = None,
) -> Question:
    """A question as it is understood over an index of ten passages.

    Args:
        standing: in how many of them words stand; in none where nothing is said.
        written: names in them.
    """
    counts = standing or {}

    def frequencies(sought: Iterable[str], *, parts: bool = False) -> tuple[int, dict[str, int]]:
        return 10, {word: counts.get(word, 0) for word in sought}

    return understand(
        text,
        languages=languages,
        termbase=Dictionary(termbase),
        lexicon=Dictionary(lexicon),
        frequencies=frequencies,
        names_like=lambda name, *, language: alike(name, written),
        language=language,
    )
