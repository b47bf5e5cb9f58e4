"""The two indexes together: written together, reconciled with the catalog together, and each replaceable."""

import logging
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval.catalog import Catalog, Stored
from retrieval.embedder import Vectors
from retrieval.language import Sought
from retrieval.lexical import LexicalIndex, LexicalIndexError
from retrieval.vectors import LOG_ONLY_LIMIT, VectorFolder, VectorIndex, VectorIndexError, run_child

log = logging.getLogger(__name__)

_BATCH = 2_000
_MOST_HEALINGS = 3
_PROBE_SECONDS = 120.0
_BUILD_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class IndexCounts:
    """Passages the catalog wants to be found, and those that are in each index. ``vectors`` is None where it is silent.

    Passages in a language that the embedding model does not know are in the lexical index only.
    """

    wanted: int
    lexical: int
    vectors: int | None
    agree: bool
    """Whether both hold exactly what they should, not only as much."""


class Indexes:
    """Lexical and vector index over the passages of a catalog.

    When the vector index fails, the lexical one goes on alone and ``vectors_problem`` says why, until a rebuild.

    Args:
        warm: make the vector index ready to be searched whenever it is opened; a sync alone needs no search.
    """

    def __init__(self, folder: Path, *, catalog: Catalog, catalog_path: Path, model: str, warm: bool = False) -> None:
        self._warm = warm
        self._catalog = catalog
        self._catalog_path = catalog_path
        self._model = model
        self._lexical_folder = folder / "lexical"
        self._lexical = LexicalIndex(self._lexical_folder)
        self._folder = VectorFolder(folder / "vectors")
        self._vectors: VectorIndex | None = None
        self._healed = 0
        self.vectors_problem: str | None = None

    # -- opening -----------------------------------------------------------------------------------------------------

    def open(self, *, probed: Callable[[], str | None] | None = None) -> None:
        """Makes both indexes hold exactly what the catalog holds.

        Args:
            probed: gives the result of a probe that was started earlier with ``start_probe``.
        """
        self._reconcile_lexical()
        live = self._catalog.live_keys(embedded=True)
        problem = probed() if probed is not None else self.probe()
        if problem is None:
            try:
                self._open_vectors(live)
                problem = self._reconcile_vectors(live)
            except VectorIndexError as error:
                problem = str(error)
        if problem is not None:
            log.warning("the vector index is made anew: %s", problem)
            self.rebuild_vectors()
        self._folder.sweep()

    def probe(self) -> str | None:
        """What is wrong with the vector index on disk, asked in a child process; None if it can be opened."""
        if not any(self._folder.current().glob("*")):
            return None  # nothing there yet: it is filled by reconciling
        return run_child("probe", self._catalog_path, self._folder.current(), self._model, seconds=_PROBE_SECONDS)

    def rebuild(self) -> None:
        """Both indexes anew from the catalog; nothing is embedded."""
        self._renew_lexical()
        self.rebuild_vectors()

    def rebuild_vectors(self) -> None:
        """The vector index anew in a folder of its own, built by a child process, then switched to."""
        target = self._folder.next()
        problem = run_child("build", self._catalog_path, target, self._model, seconds=_BUILD_SECONDS)
        if problem is None:
            problem = run_child("probe", self._catalog_path, target, self._model, seconds=_PROBE_SECONDS)
        if problem is not None:
            self._vectors_failed(problem)
            return
        if self._vectors is not None:
            self._vectors.close()
        self._folder.switch(target)
        try:
            live = self._catalog.live_keys(embedded=True)
            self._open_vectors(live)
            self.vectors_problem = self._reconcile_vectors(live)
        except VectorIndexError as error:
            self._vectors_failed(str(error))
        self._catalog.set_facts(vectors_logged="0")
        self._folder.sweep()

    def heal(self) -> None:
        """Makes the vector index anew if it failed since the last sync; gives up after a few times in a row."""
        if self._vectors is not None:
            self._healed = 0
        elif self._healed < _MOST_HEALINGS:
            self._healed += 1
            self.rebuild_vectors()

    def compact_if_needed(self) -> None:
        """A new vector index once the log of the old one is long: it is replayed at every start, and keeps what was
        deleted."""
        logged = int(self._catalog.fact("vectors_logged") or 0)
        if logged <= LOG_ONLY_LIMIT:
            return
        live = len(self._catalog.live_keys(embedded=True))
        if live > LOG_ONLY_LIMIT or logged > 2 * live:
            self.rebuild_vectors()

    # -- writing -----------------------------------------------------------------------------------------------------

    def add(self, stored: Sequence[Stored]) -> None:
        """Adds passages to both indexes."""
        self._change_lexical(stored, ())
        embedded = [passage for passage in stored if passage.vector is not None]
        self._change_vectors(lambda index: _upsert(index, embedded), len(embedded))

    def remove(self, keys: Mapping[int, str]) -> None:
        """Removes passages, given as key and language, from both indexes."""
        self._change_lexical((), keys)

        def delete(index: VectorIndex) -> None:
            for language, listed in _by_language(keys).items():
                index.delete(language, listed)

        self._change_vectors(delete, len(keys))

    def _change_lexical(self, added: Sequence[Stored], removed: Iterable[int]) -> None:
        try:
            self._lexical.write(added, removed)
        except LexicalIndexError as error:
            log.error("the lexical index is made anew: %s", error)
            self._renew_lexical()
            self._lexical.write(added, removed)

    def _renew_lexical(self) -> None:
        self._lexical.close()
        shutil.rmtree(self._lexical_folder, ignore_errors=True)
        self._lexical = LexicalIndex(self._lexical_folder)
        self._reconcile_lexical()

    def _change_vectors(self, change: Callable[[VectorIndex], object], entries: int) -> None:
        if self._vectors is None:
            return
        try:
            change(self._vectors)
            logged = int(self._catalog.fact("vectors_logged") or 0)
            self._catalog.set_facts(vectors_logged=str(logged + entries))
        except VectorIndexError as error:
            self._vectors_failed(str(error))

    def _vectors_failed(self, problem: str) -> None:
        log.error("answering by words alone: %s", problem)
        self.vectors_problem = problem
        if self._vectors is not None:
            self._vectors.close()
            self._vectors = None

    # -- searching ---------------------------------------------------------------------------------------------------

    def by_words(
        self,
        sought: Sought,
        *,
        language: str,
        limit: int,
        countries: frozenset[str] = frozenset(),
    ) -> list[tuple[int, float]]:
        """The best passages of a language: key and BM25; of some countries or none, if any is named."""
        try:
            return self._lexical.search(sought, language=language, limit=limit, countries=countries)
        except LexicalIndexError as error:
            log.error("the lexical index is made anew: %s", error)
            self._renew_lexical()
            return self._lexical.search(sought, language=language, limit=limit, countries=countries)

    def by_vector(self, vector: Vectors, *, language: str, limit: int) -> list[tuple[int, float]]:
        """The nearest passages of a language: key and cosine; none while the vector index is out of order."""
        if self._vectors is None:
            return []
        try:
            return self._vectors.nearest(vector, language=language, limit=limit)
        except VectorIndexError as error:
            log.warning("%s", error)
            return []

    def frequencies(self, sought: Iterable[str], *, parts: bool = False) -> tuple[int, dict[str, int]]:
        """How many passages there are, and in how many of them each word, or part of a word, stands."""
        return self._lexical.frequencies(sought, parts=parts)

    def names_like(self, name: str, *, language: str) -> list[str]:
        """Names in passages of a language that sound like one in another script, the likest first."""
        return self._lexical.names_like(name, language=language)

    def counts(self) -> IndexCounts:
        """What each index holds, beside what it should hold."""
        live = self._catalog.live_keys()
        lexical = self._lexical.keys()
        index, vectors = self._vectors, None
        if index is not None:
            try:
                vectors = {(key, language) for language in index.languages() for key in index.keys(language)}
            except VectorIndexError as error:
                log.warning("%s", error)
        agree = lexical == set(live) and vectors == set(self._catalog.live_keys(embedded=True).items())
        return IndexCounts(len(live), len(lexical), None if vectors is None else len(vectors), agree)

    def size(self) -> int:
        """Bytes of the vector index on disk."""
        return self._folder.size()

    def close(self) -> None:
        """Lets go of both indexes."""
        self._lexical.close()
        if self._vectors is not None:
            self._vectors.close()

    # -- reconciling -------------------------------------------------------------------------------------------------

    def _reconcile_lexical(self) -> None:
        live = set(self._catalog.live_keys())
        there = self._lexical.keys()
        if there - live:
            self._lexical.write([], there - live)
        missing = sorted(live - there)
        for start in range(0, len(missing), _BATCH):
            self._lexical.write(self._catalog.read(missing[start : start + _BATCH]).values())

    def _open_vectors(self, live: Mapping[int, str]) -> None:
        self._vectors = VectorIndex(self._folder.current(), model=self._model)
        self._vectors.open_languages(set(live.values()))
        if self._warm:
            self._vectors.replay()

    def _reconcile_vectors(self, live: Mapping[int, str]) -> str | None:
        """Adds what is missing and removes what is too much; says what is wrong if that does not make them equal."""
        index = self._vectors
        if index is None:
            return "the vector index is not open"
        wanted = _by_language(live)
        for language in sorted(index.languages() | set(wanted)):
            keys = wanted.get(language, [])
            there = index.keys(language)
            if there - set(keys):
                index.delete(language, sorted(there - set(keys)))
            missing = sorted(set(keys) - there)
            if len(missing) > LOG_ONLY_LIMIT:
                return f"{len(missing)} passages are missing from it"
            for start in range(0, len(missing), _BATCH):
                _upsert(index, list(self._catalog.read(missing[start : start + _BATCH]).values()))
            if index.keys(language) != set(keys):
                return f"it does not take the passages in '{language}'"
        return None


def _by_language(keys: Mapping[int, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, language in keys.items():
        found.setdefault(language, []).append(key)
    return found


def _upsert(index: VectorIndex, stored: Sequence[Stored]) -> None:
    by_language: dict[str, dict[int, Vectors]] = {}
    for passage in stored:
        if passage.vector is not None:
            by_language.setdefault(passage.passage.language, {})[passage.key] = passage.vector
    for language, vectors in by_language.items():
        index.upsert(language, list(vectors), np.stack(list(vectors.values())))
