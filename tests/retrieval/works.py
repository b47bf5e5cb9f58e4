"""A knowledge folder with everything an ingest needs around it, and the invariants that hold after any sync."""

import random
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from retrieval.catalog import Catalog, Stored
from retrieval.embedder import Embedder
from retrieval.indexes import Indexes
from retrieval.ingest import Ingest, SyncReport
from retrieval.readers.sandbox import Sandbox
from tests.retrieval.makers import sought


def write(folder: Path, name: str, text: str | bytes) -> Path:
    """Saves a file under a folder, making what is missing on the way."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def fill(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Saves several files; an empty mapping makes an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        write(folder, name, text)
    return folder


class Works:
    """Catalog, indexes and ingest of one data folder, without the lock and the retriever of a ``KnowledgeBase``."""

    def __init__(self, folder: Path, data: Path, *, embedder: Embedder, sandbox: Sandbox) -> None:
        self.folder, self.data = folder, data
        self._embedder, self._sandbox = embedder, sandbox
        folder.mkdir(parents=True, exist_ok=True)
        data.mkdir(parents=True, exist_ok=True)
        self.open()

    def open(self) -> None:
        """As a start of the program does it."""
        path = self.data / "catalog.sqlite"
        self.catalog = Catalog(path)
        self.indexes = Indexes(
            self.data / "index", catalog=self.catalog, catalog_path=path, model=self._embedder.fingerprint
        )
        self.ingest = Ingest(
            self.folder,
            catalog=self.catalog,
            indexes=self.indexes,
            embedder=self._embedder,
            sandbox=self._sandbox,
            data=self.data,
        )
        self.ingest.drop_stale()
        self.indexes.open()

    def reopen(self) -> None:
        """A restart."""
        self.close()
        self.open()

    def write(self, name: str, text: str | bytes) -> Path:
        return write(self.folder, name, text)

    def sync(self, *, again: bool = False, settle_seconds: float = 0.0, allow_removals: bool = False) -> SyncReport:
        """One sync, after which all invariants hold."""
        report = self.ingest.sync(again=again, settle_seconds=settle_seconds, allow_removals=allow_removals)
        assert_level(self.catalog, self.indexes)
        return report

    def documents(self) -> list[str]:
        return [record.id for record in self.catalog.documents()]

    def text(self, document_id: str) -> str:
        return "\n".join(passage.text for passage in self.catalog.passages(document_id))

    def contents(self) -> set[tuple[object, ...]]:
        """Everything a reader can see, without what differs from one building of it to the next."""
        return {
            (stored.passage, stored.metadata, stored.context, stored.countries, _bytes(stored))
            for batch in self.catalog.stream(public_only=False)
            for stored in batch
        }

    def close(self) -> None:
        self.indexes.close()
        self.catalog.close()


def assert_level(catalog: Catalog, indexes: Indexes, *, samples: int = 20) -> None:
    """Catalog and both indexes hold the same passages, each once, and sampled ones find themselves."""
    live, embedded = catalog.live_keys(), catalog.live_keys(embedded=True)
    lexical, vectors = indexes._lexical, indexes._vectors
    assert indexes.vectors_problem is None
    assert vectors is not None
    assert catalog.stale_keys() == {}
    assert lexical.keys() == set(live)
    assert lexical._index.searcher().num_docs == len(live), "a passage stands twice in the lexical index"
    by_language = {language: vectors.keys(language) for language in vectors.languages()}
    assert set().union(*by_language.values()) == set(embedded)
    assert {key: language for language, keys in by_language.items() for key in keys} == embedded
    stored = catalog.read(sorted(live))
    assert set(stored) == set(live)
    places = [(passage.passage.document_id, passage.passage.ordinal) for passage in stored.values()]
    assert len(places) == len(set(places)), "a passage stands twice in the catalog"
    assert catalog.counts()[1] == sum(len(catalog.passages(record.id)) for record in catalog.documents())
    for language, keys in by_language.items():
        held = vectors.stored(language, sorted(keys))
        for key in keys:
            wanted = stored[key].vector
            assert wanted is not None
            assert np.allclose(held[key], wanted, atol=1e-6), "a vector is not the catalog's"
    for key in random.Random(1).sample(sorted(live), min(samples, len(live))):
        passage = stored[key]
        language = passage.passage.language
        # Twins of one text crowd each other out: any of them will do.
        twins = {k for k, other in stored.items() if _bytes(other) == _bytes(passage)} if key in embedded else {key}
        asked = sought(f"{passage.context} {passage.passage.text}", language)
        assert twins & {found for found, _ in indexes.by_words(asked, language=language, limit=10)}
        if passage.vector is not None:
            found = {near for near, _ in indexes.by_vector(passage.vector, language=language, limit=10)}
            assert twins & found, f"passage {key} does not find itself by its vector"


def _bytes(stored: Stored) -> bytes:
    return b"" if stored.vector is None else stored.vector.tobytes()
