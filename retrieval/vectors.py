"""The vector index: nearest passages. The one place that knows chromadb.

Chroma under a kill can lose its index while looking healthy, and a second process on its folder hides passages for good
(see ARCHITECTURE.md). So this index is disposable and owned by one process: it holds keys and vectors only, lives in a
folder that is replaced whole, and every call has a time limit. There is a collection per language, because "the nearest
passages in Russian" asked as a metadata filter costs thirty times as much.
"""

import contextlib
import hashlib
import json
import logging
import os
import re
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import numpy as np

from retrieval.embedder import Vectors
from retrieval.errors import RetrievalError

log = logging.getLogger(__name__)

T = TypeVar("T")

LOG_ONLY_LIMIT = 20_000
"""Passages up to which the vectors live in Chroma's write-ahead log alone, which no kill has ever damaged."""
_NEVER = 2**31 - 1
_BATCH = 500
_TWINS = 0.9999
_CALL_SECONDS = 10.0
_FIRST_SECONDS = 90.0
"""So long the first search in a language may take: Chroma replays its log for it, some seconds for ten thousand passages."""
_REST_SECONDS = 30.0
_SEARCH_BREADTH = 128
FILE_CEILING = 8 * 2**30
"""A torn index file has been seen to grow without end; no file of ours may pass this size (bytes)."""


class VectorIndexError(RetrievalError):
    """The vector index does not answer, or is damaged. Lexical search goes on without it."""


class VectorIndex:
    """Vectors by key and language, in one folder.

    Args:
        folder: where Chroma keeps its files; made if missing.
        model: the embedder's fingerprint; vectors of another model are never seen.
    """

    def __init__(self, folder: Path, *, model: str) -> None:
        import chromadb  # half a second
        from chromadb.config import Settings

        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._prefix = (
            re.sub(r"[^A-Za-z0-9._-]", "-", model)[:80] + "-" + hashlib.sha256(model.encode()).hexdigest()[:8]
        )
        self._guard = _Guard()
        settings = Settings(anonymized_telemetry=False, allow_reset=False, is_persistent=True)
        # Any, because the type that Chroma declares leaves out close().
        self._client: Any = self._guard.call(
            partial(chromadb.PersistentClient, str(folder), settings=settings), seconds=6 * _CALL_SECONDS
        )
        self._collections: dict[str, Any] = {}
        self._replayed: set[str] = set()
        self._changing = threading.Lock()

    def upsert(self, language: str, keys: Sequence[int], vectors: Vectors) -> None:
        """Writes vectors of one language; a key written again is replaced."""
        collection = self._collection(language)
        # A first vector that is near everything can hide others from an approximate search: mix the order.
        order = np.random.default_rng(len(keys)).permutation(len(keys))
        with self._changing:
            for start in range(0, len(keys), _BATCH):
                chosen = order[start : start + _BATCH]
                ids = [str(keys[index]) for index in chosen]
                batch = vectors[chosen]
                self._guard.call(partial(collection.upsert, ids=ids, embeddings=batch), seconds=60.0)

    def delete(self, language: str, keys: Sequence[int]) -> None:
        """Removes keys of one language; unknown ones are no error."""
        collection = self._collection(language)
        with self._changing:
            for start in range(0, len(keys), _BATCH):
                ids = [str(key) for key in keys[start : start + _BATCH]]
                self._guard.call(partial(collection.delete, ids=ids), seconds=60.0)

    def nearest(self, vector: Vectors, *, language: str, limit: int) -> list[tuple[int, float]]:
        """The nearest passages of one language: key and cosine similarity, best first."""
        collection = self._collections.get(language)
        if collection is None:
            return []
        result = self._guard.call(
            partial(collection.query, query_embeddings=[vector], n_results=limit, include=["distances"]),
            seconds=_CALL_SECONDS if language in self._replayed else _FIRST_SECONDS,
        )
        self._replayed.add(language)
        return [(int(key), 1.0 - float(d)) for key, d in zip(result["ids"][0], result["distances"][0], strict=True)]

    def keys(self, language: str) -> set[int]:
        """Every key of a language."""
        collection = self._collection(language)
        found = self._guard.call(partial(collection.get, include=[]), seconds=60.0)
        return {int(key) for key in found["ids"]}

    def stored(self, language: str, keys: Sequence[int]) -> dict[int, Vectors]:
        """The vectors of some keys as they are kept; unknown ones are left out."""
        collection = self._collection(language)
        found: dict[int, Vectors] = {}
        for start in range(0, len(keys), _BATCH):
            ids = [str(key) for key in keys[start : start + _BATCH]]
            got = self._guard.call(partial(collection.get, ids=ids, include=["embeddings"]), seconds=60.0)
            kept = np.asarray(got["embeddings"], dtype=np.float32)
            found.update(zip(map(int, got["ids"]), kept, strict=True))
        return found

    def languages(self) -> set[str]:
        """Every language the folder holds a collection for, whether it is open or not."""
        found = self._guard.call(self._client.list_collections, seconds=60.0)
        start = f"{self._prefix}."
        return {collection.name.removeprefix(start) for collection in found if collection.name.startswith(start)}

    def open_languages(self, languages: Iterable[str]) -> None:
        """Makes languages searchable; one that was never written is empty."""
        for language in languages:
            self._collection(language)

    def replay(self) -> None:
        """Searches every open language once, so that no question has to wait for the log."""
        for language, collection in self._collections.items():
            one = self._guard.call(partial(collection.get, limit=1, include=["embeddings"]), seconds=60.0)
            if one["ids"]:
                self.nearest(np.asarray(one["embeddings"][0], dtype=np.float32), language=language, limit=1)

    def persist_graph_at(self, language: str, size: int) -> None:
        """Lets Chroma write the graph of a language to disk once, when it holds ``size`` vectors.

        Only in a folder that nothing reads yet: a kill while the graph is written leaves it torn.
        """
        collection = self._collection(language)
        self._guard.call(lambda: collection.modify(configuration={"hnsw": {"sync_threshold": max(2, size)}}))

    def settle(self, language: str) -> None:
        """Back to the log: the graph is not written again from here on."""
        collection = self._collection(language)
        self._guard.call(lambda: collection.modify(configuration={"hnsw": {"sync_threshold": _NEVER}}))

    def close(self) -> None:
        """Lets go of the folder; a later index on it reads it anew from disk."""
        self._collections.clear()
        with contextlib.suppress(VectorIndexError):
            self._guard.call(self._client.close)
        self._guard.close()

    def _collection(self, language: str) -> Any:
        found = self._collections.get(language)
        if found is None:
            found = self._guard.call(lambda: self._open_collection(f"{self._prefix}.{language}"), seconds=60.0)
            self._collections[language] = found
        return found

    def _open_collection(self, name: str) -> Any:
        collection = self._client.get_or_create_collection(
            name,
            embedding_function=None,
            configuration={
                "hnsw": {
                    "space": "cosine",
                    "sync_threshold": _NEVER,
                    "batch_size": 100,
                    "ef_search": _SEARCH_BREADTH,
                    # Chroma's 16 leave a passage out of reach now and then after many changes. More breadth in building
                    # would be paid at every start, when the log is replayed: twice 100 takes twice the time.
                    "ef_construction": 100,
                    "max_neighbors": 32,
                }
            },
        )
        # Chroma builds whatever embedding function a stored configuration names, remote code included. Ours names
        # none; one that does was written by somebody else. Read raw: the public property would build it.
        function = (collection._model.configuration_json or {}).get("embedding_function") or {}
        if function.get("type") not in {None, "legacy"}:
            raise VectorIndexError(f"collection '{name}' names an embedding function, which we never write; rebuilding")
        return collection


class _Guard:
    """Runs Chroma calls one after another in a thread of their own, and gives up on those that hang.

    Chroma waits up to a thousand seconds for a locked database. After a call that took too long, calls fail at once for
    a while, so that questions are answered by words alone instead of waiting.
    """

    def __init__(self) -> None:
        self._work = _worker()
        self._resting_until = 0.0

    def call(self, work: Callable[[], T], *, seconds: float = _CALL_SECONDS) -> T:
        if time.monotonic() < self._resting_until:
            raise VectorIndexError("the vector index did not answer a moment ago; it is tried again soon")
        future: Future[T] = Future()
        self._work.put((work, future))
        try:
            return future.result(timeout=seconds)
        except FutureTimeoutError:
            self._resting_until = time.monotonic() + _REST_SECONDS
            self.close()
            self._work = _worker()
            raise VectorIndexError(f"the vector index did not answer within {seconds:.0f} s") from None
        except (VectorIndexError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # Chroma raises its own kinds, bare ValueErrors, and Rust's panics
            raise VectorIndexError(f"the vector index failed: {type(error).__name__}: {error}") from error

    def close(self) -> None:
        self._work.put(None)


_Work = SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None]


def _worker() -> _Work:
    """A thread that does what is put into its queue. A program's end does not wait for it, should it hang."""
    work: _Work = SimpleQueue()
    threading.Thread(target=_serve, args=(work,), name="chroma", daemon=True).start()
    return work


def _serve(work: _Work) -> None:
    while (task := work.get()) is not None:
        do, future = task
        try:
            future.set_result(do())
        except BaseException as error:
            future.set_exception(error)
        del task, do, future  # or the last result would stay in memory until the next call


class VectorFolder:
    """The folder that holds the vector index of the moment, behind a pointer that is switched in one step.

    ``vectors/current`` names the living one, such as ``vectors/7``. A new one is built beside it by a child process,
    closed, checked by another, and only then named; so a kill at any moment leaves a whole one.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._pointer = root / "current"
        root.mkdir(parents=True, exist_ok=True)

    def current(self) -> Path:
        """The living folder; the first one if none was named yet."""
        try:
            name = self._pointer.read_text(errors="replace").strip()
        except FileNotFoundError:
            name = ""
        if not name.isdigit():
            name = "1"
            self._point_to(name)
        return self._root / name

    def next(self) -> Path:
        """An empty folder to build the next index in."""
        self._root.mkdir(parents=True, exist_ok=True)
        numbers = [int(path.name) for path in self._root.iterdir() if path.name.isdigit()]
        target = self._root / str(max([0, *numbers]) + 1)
        target.mkdir()
        return target

    def switch(self, target: Path) -> None:
        """Names ``target`` as the living one."""
        self._point_to(target.name)

    def sweep(self) -> None:
        """Deletes folders that are not the living one: vectors can be turned back into words."""
        living = self.current()
        for path in self._root.iterdir():
            if path.is_dir() and path != living:
                shutil.rmtree(path, ignore_errors=True)

    def size(self) -> int:
        """Bytes on disk of the living folder."""
        total = 0
        for path in self.current().rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # Chroma's journals come and go
                total += path.stat().st_blocks * 512
        return total

    def _point_to(self, name: str) -> None:
        self._root.mkdir(parents=True, exist_ok=True)  # someone may have deleted it under us
        draft = self._root / "current.new"
        with draft.open("w") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._pointer)
        folder = os.open(self._root, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def limit_file_growth() -> None:
    """Caps the size of any file this process writes, against index files that grow without end."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ceiling = FILE_CEILING if hard == resource.RLIM_INFINITY else min(FILE_CEILING, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ceiling, hard))


def build(
    folder: Path, model: str, batches: Iterator[list[tuple[int, str, Vectors]]], sizes: Mapping[str, int]
) -> None:
    """Fills an empty folder with (key, language, vector) rows. Above the log's limit the graphs are written out."""
    index = VectorIndex(folder, model=model)
    large = sum(sizes.values()) > LOG_ONLY_LIMIT
    for language, size in sizes.items():
        if large:
            index.persist_graph_at(language, size)
    for batch in batches:
        by_language: dict[str, list[tuple[int, Vectors]]] = {}
        for key, language, vector in batch:
            by_language.setdefault(language, []).append((key, vector))
        for language, rows in by_language.items():
            index.upsert(language, [key for key, _ in rows], np.stack([vector for _, vector in rows]))
    for language in sizes:
        if large:
            index.settle(language)
    index.close()


def probe(folder: Path, model: str, samples: Sequence[tuple[int, str, Vectors]]) -> list[str]:
    """What is wrong with an index: each sampled passage must find itself. Empty if all is well.

    A damaged index can kill the process that opens it, so this runs in a child (``run_probe``).
    """
    index = VectorIndex(folder, model=model)
    index.open_languages({language for _, language, _ in samples})
    for language in sorted({language for _, language, _ in samples}):
        wanted = {key: vector for key, spoken, vector in samples if spoken == language}
        held = index.stored(language, sorted(wanted))
        wrong = [key for key in held if not np.allclose(held[key], wanted[key], atol=1e-5)]
        if wrong:
            return [
                f"{len(wrong)} of {len(wanted)} sampled passages in '{language}' have another vector than they should"
            ]
    lost = [key for key, language, vector in samples if not _finds_itself(index, key, language, vector)]
    # Approximate search may miss one; a damaged index loses much more than that.
    if len(lost) > len(samples) * 0.02:
        return [f"{len(lost)} of {len(samples)} sampled passages do not find themselves"]
    return []


def _finds_itself(index: VectorIndex, key: int, language: str, vector: Vectors) -> bool:
    """Whether a passage is found by its own vector, or a twin with the same text is in its place."""
    near = index.nearest(vector, language=language, limit=10)
    return any(found == key or similarity > _TWINS for found, similarity in near)


def run_child(task: str, catalog: Path, folder: Path, model: str, *, seconds: float) -> str | None:
    """Runs ``build`` or ``probe`` in a child process; gives what went wrong, or None."""
    command = [sys.executable, "-m", "retrieval.vector_tasks", task, str(catalog), str(folder), model]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return f"{task} of the vector index took longer than {seconds:.0f} s"
    if done.returncode < 0:
        return f"{task} of the vector index was killed by signal {-done.returncode}"
    if done.returncode != 0:
        return f"{task} of the vector index failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}"
    problems = json.loads(done.stdout.splitlines()[-1])
    return "; ".join(problems) or None
