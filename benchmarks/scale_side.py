"""One side of ``benchmarks.scale`` in a process of its own: ``python -m benchmarks.scale_side ours|langchain|embed PLACE``.

PLACE holds ``texts.jsonl``, a language and a text a line, and ``vectors.npy`` with their vectors in the same order; ``embed``
makes the latter. The others read orders from standard input, a JSON object a line, and answer each with a line.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings

from benchmarks import langchain_side
from benchmarks.texts import KNOWLEDGE
from bot.assistant import Assistant
from bot.store import Store
from bot.writers.quoting import QuotingWriter
from retrieval import TERMBASE_FILE, KnowledgeBase
from retrieval.embedder import SentenceTransformerEmbedder, Vectors

REAL = 10_000
"""Passages whose vectors are the model's own; those of the others are scattered around them."""
_SCATTER = 0.03
_PER_FILE = 50


class Side(Protocol):
    """What can be asked of either."""

    def index(self, count: int) -> None:
        """Takes in the first ``count`` texts."""

    def ask(self, question: str) -> dict[str, float]:
        """Seconds that each thing took; ``search`` is what both have."""


class _Known:
    """The texts and their vectors."""

    def __init__(self, place: Path) -> None:
        self.texts = langchain_side.read_texts(place / "texts.jsonl")
        self._vectors = np.load(place / "vectors.npy", mmap_mode="r")
        self._numbers = {text: number for number, (_, text) in enumerate(self.texts)}

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, dimension)."""
        return np.asarray(self._vectors[[self._numbers[text] for text in texts]])


class _KnownDocuments:
    """Our embedder, but for the passages, whose vectors are there already."""

    def __init__(self, model: SentenceTransformerEmbedder, known: _Known) -> None:
        self._model, self._known = model, known
        # The packaged model's own, so that `dragoman serve` takes the index for one of its.
        self.fingerprint, self.name, self.languages = model.fingerprint, model.name, model.languages

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Looked up by what stands below title and headings."""
        return self._known.vectors([text.rsplit("\n", 1)[-1] for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """What serving does."""
        return self._model.embed_query(text)


class Ours:
    """A knowledge folder, indexed and asked as it is served."""

    def __init__(self, place: Path) -> None:
        self._known = _Known(place)
        self._model = SentenceTransformerEmbedder()
        self._folder = place / "knowledge"
        self._folder.mkdir(exist_ok=True)
        (self._folder / TERMBASE_FILE).write_bytes((KNOWLEDGE / TERMBASE_FILE).read_bytes())
        self._knowledge = KnowledgeBase.open_folder(
            self._folder, place / "data", embedder=_KnownDocuments(self._model, self._known), warm=True
        )
        self._loop = asyncio.Runner()
        self._assistant = Assistant(self._knowledge, QuotingWriter(), Store(place / "bot.sqlite"))

    def index(self, count: int) -> None:
        """Writes what is not written yet as files of fifty passages each under headings of their own, and syncs."""
        by_language: dict[str, list[str]] = {}
        for language, text in self._known.texts[:count]:
            by_language.setdefault(language, []).append(text)
        for language, listed in by_language.items():
            for number in range(0, len(listed), _PER_FILE):
                path = self._folder / f"{language}-{number:06}.md"
                head = f"---\ntitle: {json.dumps(f'{language} {number}')}\nlang: {language}\n---\n"
                body = "\n\n".join(
                    f"## {place}. {text[:24]}\n\n{text}"
                    for place, text in enumerate(listed[number : number + _PER_FILE], start=1)
                )
                path.write_text(f"{head}{body}\n", encoding="utf-8")
        report = self._knowledge.sync()
        assert report.passages == count, report

    def ask(self, question: str) -> dict[str, float]:
        """The bare query embedding, a search, and a question to its finished answer; none of them asked before."""
        times = [time.perf_counter()]
        self._model.embed_query(f"{question} 1")
        times.append(time.perf_counter())
        self._knowledge.search(f"{question} 2")
        times.append(time.perf_counter())
        self._loop.run(self._assistant.ask(f"{question} 3"))
        times.append(time.perf_counter())
        taken = np.diff(times)
        return {"embed": float(taken[0]), "search": float(taken[1]), "answer": float(taken[2])}


class _KnownEmbeddings(Embeddings):
    def __init__(self, known: _Known) -> None:
        self._known = known
        self._model = langchain_side.embeddings()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, vector)) for vector in self._known.vectors(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self._model.embed_query(text)


class LangChain:
    """``EnsembleRetriever`` over BM25 and Chroma."""

    def __init__(self, place: Path) -> None:
        self._known = _Known(place)
        self._embedding = _KnownEmbeddings(self._known)
        self._store = langchain_side.chroma(place / "chroma", self._embedding)
        self._held = 0
        self._retriever: Any = None

    def index(self, count: int) -> None:
        """Adds what is not there yet to Chroma; BM25 can only be made anew."""
        texts = [text for _, text in self._known.texts[:count]]
        langchain_side.fill(self._store, texts[self._held :])
        self._held = count
        self._retriever = langchain_side.ensemble(self._store, texts)

    def ask(self, question: str) -> dict[str, float]:
        """The bare query embedding and a search."""
        started = time.perf_counter()
        self._embedding.embed_query(f"{question} 1")
        between = time.perf_counter()
        self._retriever.invoke(f"{question} 2")
        return {"embed": between - started, "search": time.perf_counter() - between}


def _embed(place: Path) -> None:
    """Vectors of all texts: the model's for the first, and around theirs for the rest, each near one of its language."""
    listed = langchain_side.read_texts(place / "texts.jsonl")
    real = SentenceTransformerEmbedder().embed_documents([text for _, text in listed[:REAL]])
    chance = np.random.default_rng(1)
    of_language: dict[str, list[int]] = {}
    for number, (language, _) in enumerate(listed[:REAL]):
        of_language.setdefault(language, []).append(number)
    near = [chance.choice(of_language[language]) for language, _ in listed[REAL:]]
    moved = real[near] + chance.normal(scale=_SCATTER, size=(len(near), real.shape[1])).astype(np.float32)
    whole = np.concatenate([real, moved])
    np.save(place / "vectors.npy", whole / np.linalg.norm(whole, axis=1, keepdims=True))


def main(arguments: list[str]) -> None:
    """Does what it is told until its standard input ends. After each order: what it took, and memory in MiB."""
    name, place = arguments[0], Path(arguments[1])
    if name == "embed":
        _embed(place)
        return
    side: Side = Ours(place) if name == "ours" else LangChain(place)
    for line in sys.stdin:
        order = json.loads(line)
        started = time.perf_counter()
        taken: dict[str, float] = {}
        if "index" in order:
            side.index(order["index"])
        else:
            taken = side.ask(order["ask"])
        taken["seconds"] = time.perf_counter() - started
        taken["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
