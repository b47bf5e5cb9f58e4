"""Small working stand-ins for what is slow or far away."""

import hashlib
from collections.abc import Sequence

import numpy as np

from retrieval.embedder import Vectors
from retrieval.language import words

DIMENSION = 64


class HashEmbedder:
    """Texts that share words have near vectors; knows no meaning, needs no model, and counts what it is asked.

    Args:
        version: two of different versions stand for two models.
        languages: what it claims to be good at; None for all.
    """

    def __init__(self, version: int = 1, *, languages: frozenset[str] | None = None) -> None:
        self._version = version
        self.name = f"hash-{version}"
        self.fingerprint = f"hash-{version}:{DIMENSION}"
        self.languages = languages
        self.embedded: list[str] = []
        """Every text it made a document vector of, in order."""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return np.stack([self._vector(text) for text in texts]) if texts else np.empty((0, DIMENSION), np.float32)

    def embed_query(self, text: str) -> Vectors:
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(DIMENSION, dtype=np.float32)
        for word in words(text, "en"):
            digest = hashlib.sha256(f"{self._version} {word}".encode()).digest()
            vector += np.random.default_rng(int.from_bytes(digest[:8])).standard_normal(DIMENSION, dtype=np.float32)
        length = float(np.linalg.norm(vector))
        return vector / length if length else np.eye(1, DIMENSION, dtype=np.float32)[0]
