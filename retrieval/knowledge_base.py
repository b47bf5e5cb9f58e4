"""The knowledge base: opens the parts, and is the one object the bot holds."""

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from retrieval.catalog import Catalog, DocumentRecord, Stored
from retrieval.data_lock import DataLock
from retrieval.dictionary import Dictionaries, Translator
from retrieval.document import Passage
from retrieval.embedder import Embedder, SentenceTransformerEmbedder, Vectors, knows
from retrieval.folder import check_folder_is_there, walk
from retrieval.indexes import IndexCounts, Indexes
from retrieval.ingest import (
    FileReport,
    Ingest,
    Progress,
    SyncReport,
    document_warnings,
    embedded_text,
    failed_files,
)
from retrieval.lexicon import load_lexicon
from retrieval.limits import ReadLimits
from retrieval.readers.sandbox import Sandbox
from retrieval.retriever import Retriever, SearchResult
from retrieval.termbase import TERMBASE_FILE, Termbase
from retrieval.vectors import limit_file_growth
from retrieval.watcher import watch_folder

log = logging.getLogger(__name__)

_EMBED_BATCH = 256


@dataclass(frozen=True, slots=True)
class KnowledgeStatus:
    """What is indexed, and what is not."""

    documents: int
    passages: int
    languages: tuple[str, ...]
    failed: tuple[FileReport, ...]
    warnings: tuple[FileReport, ...]
    model: str | None
    changed_at: str | None


class FileStanding(StrEnum):
    """What became of a file. ``held``: it could not be read any more, and its last good version is answered from."""

    INDEXED = "indexed"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class KnowledgeFile:
    """A file as the last sync left it: the document it became, and the reason why it is none, or not the newest."""

    path: str
    record: DocumentRecord | None
    reason: str | None

    @property
    def state(self) -> FileStanding:
        """Whether it is answered from."""
        if self.reason is None:
            return FileStanding.INDEXED
        return FileStanding.FAILED if self.record is None else FileStanding.HELD


@dataclass(frozen=True, slots=True)
class FolderCounts:
    """How many files lie in the folder, and how many differ from what the last sync saw."""

    files: int
    waiting: int


class CatalogReader:
    """What can be asked of the catalog while another process owns the data folder."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @staticmethod
    def open(data_dir: Path) -> "CatalogReader":
        """Reads along with whoever owns the data folder.

        Raises:
            DataFolderError: nothing is indexed yet.
        """
        return CatalogReader(Catalog(_catalog_path(data_dir), read_only=True))

    def documents(self) -> list[DocumentRecord]:
        """Every indexed document, by id."""
        return self._catalog.documents()

    def document(self, document_id: str) -> DocumentRecord | None:
        """One document."""
        return self._catalog.document(document_id)

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """What was understood of a document, in reading order; empty if it is not there."""
        return self._catalog.passages(document_id)

    def files(self) -> tuple[KnowledgeFile, ...]:
        """Every file of the folder, indexed or not, by path."""
        records = {record.id: record for record in self._catalog.documents()}
        reasons = {path: state.reason for path, state in self._catalog.files().items()}
        return tuple(
            KnowledgeFile(path, records.get(path), reasons.get(path))
            for path in sorted({*records, *reasons})
            if path in records or reasons[path]
        )

    def file(self, path: str) -> KnowledgeFile | None:
        """One file, indexed or not."""
        record = self._catalog.document(path)
        state = self._catalog.files().get(path)
        reason = state.reason if state is not None else None
        return KnowledgeFile(path, record, reason) if record is not None or reason else None

    def understood(self, document_id: str) -> tuple[Stored, ...]:
        """The passages of a document with everything that is indexed of them; for staff, whatever its access."""
        return self._catalog.understood(document_id)

    def compare_folder(self, folder: Path) -> FolderCounts:
        """How many files lie in a folder, and how many were added, changed or taken away since the last sync.

        Raises:
            KnowledgeFolderError: the folder is not there.
        """
        known = {path: (state.size, state.mtime_ns) for path, state in self._catalog.files().items()}
        found = list(walk(folder))
        there = {file.id: (file.size, file.mtime_ns) for file in found}
        unseen = [file for file in found if file.is_folder]
        waiting = sum(
            there.get(path) != known.get(path)
            for path in known.keys() | there.keys()
            if not any(file.holds(path) for file in unseen)
        )
        return FolderCounts(len(there), waiting)

    def title_of_key(self, key: str) -> str | None:
        """The title of the document whose card has this ``id``."""
        return self._catalog.title_of_key(key)

    def status(self) -> KnowledgeStatus:
        """Counts, and the files that need attention."""
        documents, passages = self._catalog.counts()
        return KnowledgeStatus(
            documents=documents,
            passages=passages,
            languages=self._catalog.languages(),
            failed=failed_files(self._catalog),
            warnings=document_warnings(self._catalog),
            model=self._catalog.fact("model"),
            changed_at=self._catalog.fact("changed_at"),
        )

    def close(self) -> None:
        """Lets go of the catalog."""
        self._catalog.close()


class KnowledgeBase(CatalogReader):
    """A folder of documents that can be asked.

    One process at a time: it holds a lock on the data folder from ``open`` to ``close``. All methods may be called from
    any thread; syncs run one after another.
    """

    def __init__(
        self, folder: Path, catalog: Catalog, indexes: Indexes, embedder: Embedder, lock: DataLock, sandbox: Sandbox
    ) -> None:
        super().__init__(catalog)
        self.folder = folder
        self._indexes = indexes
        self._embedder = embedder
        self._lock = lock
        self._sandbox = sandbox
        self._syncing = threading.Lock()
        self._stopping = threading.Event()
        self._ingest = Ingest(
            folder, catalog=catalog, indexes=indexes, embedder=embedder, sandbox=self._sandbox, data=lock.folder
        )
        self._retriever = Retriever(
            catalog=catalog,
            indexes=indexes,
            embedder=embedder,
            termbase=self._load_termbase(),
            lexicon=load_lexicon(lock.folder),
        )

    @staticmethod
    def open_folder(
        folder: Path,
        data: Path,
        *,
        embedding_model: str = "",
        embedder: Embedder | None = None,
        lock: DataLock | None = None,
        limits: ReadLimits | None = None,
        warm: bool = False,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> "KnowledgeBase":
        """Opens the index of a folder and makes sure that it is sound; does not sync yet.

        Args:
            embedding_model: empty for the packaged one.
            embedder: instead of ``embedding_model``, one that is loaded already.
            lock: on the data folder, where the caller holds it already.
            limits: how much one file may cost, and whether scans are read.
            warm: make model and indexes ready now, so that the first question does not wait for them.
            progress: is told of passages that are embedded anew because the model changed.

        Raises:
            KnowledgeFolderError: the knowledge folder is not there.
            DataFolderInUseError: another process owns the data folder.
            DataFolderError: it cannot be written, or was made by a newer release.
            ModelError: the embedding model cannot be loaded.
        """
        check_folder_is_there(folder)
        lock = lock or DataLock.take(data, knowledge=folder)
        opened = ExitStack()
        opened.callback(lock.release)
        with opened:
            limit_file_growth()
            catalog = Catalog(_catalog_path(data))
            opened.callback(catalog.close)
            model = catalog.fact("model")
            embedder = embedder or SentenceTransformerEmbedder(embedding_model)
            changed = model != embedder.fingerprint
            if changed:
                _change_model(catalog, embedder, progress)
            indexes = Indexes(
                data / "index",
                catalog=catalog,
                catalog_path=_catalog_path(data),
                model=embedder.fingerprint,
                warm=warm,
            )
            opened.callback(indexes.close)
            with ThreadPoolExecutor(max_workers=1) as beside:
                # A child looks whether the vector index can be opened, and it is opened then, while the model loads here.
                probing = None if changed else beside.submit(indexes.probe)
                base = KnowledgeBase(folder, catalog, indexes, embedder, lock, Sandbox(limits))
                base._ingest.drop_stale()
                opening = beside.submit(indexes.open, probed=probing.result if probing is not None else None)
                if warm:
                    embedder.embed_query("warm")
                opening.result()
            opened.pop_all()  # all went well: from here on they are the base's own
            return base

    def sync(
        self,
        *,
        rebuild: bool = False,
        allow_removals: bool = False,
        settle_seconds: float = 0.0,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> SyncReport:
        """Brings the index level with the folder.

        Args:
            rebuild: read every file again and make both indexes anew; nothing is embedded twice.
            allow_removals: believe a folder that has lost everything.
            settle_seconds: leave files alone that were written to so recently.
        """
        with self._syncing:
            report = self._ingest.sync(
                again=rebuild, settle_seconds=settle_seconds, allow_removals=allow_removals, progress=progress
            )
            if rebuild:
                self._indexes.rebuild()
            self._retriever.termbase = self._load_termbase()
            self._catalog.set_facts(synced="1")
            return report

    @property
    def synced_before(self) -> bool:
        """Whether a sync has ever ended, so that what the index does not know is really not in the folder."""
        return self._catalog.fact("synced") == "1"

    def watch(self) -> Iterator[None]:
        """Yields whenever the folder may have changed, until ``close``."""
        yield from watch_folder(self.folder, stop=self._stopping)

    def interrupt(self) -> None:
        """Ends ``watch``, and a running sync at the file or batch it is at; what is written already stays."""
        self._stopping.set()
        self._sandbox.interrupt()

    def search(self, question: str, *, language: str | None = None, today: dt.date | None = None) -> SearchResult:
        """The passages that may answer a question, best first, and whether they do."""
        return self._retriever.search(question, language=language, today=today or dt.datetime.now(dt.UTC).date())

    def index_counts(self) -> IndexCounts:
        """What both indexes hold, beside what they should hold."""
        return self._indexes.counts()

    @property
    def vectors_problem(self) -> str | None:
        """Why questions are answered by words alone at the moment; None when all is well."""
        return self._indexes.vectors_problem

    @property
    def termbase(self) -> Termbase:
        """The house's terms, as the last sync found them."""
        return self._retriever.termbase

    @property
    def model_name(self) -> str:
        """The embedding model's name."""
        return self._embedder.name

    @property
    def translator(self) -> Translator:
        """The house's terms, and behind them the packaged lexicon: what the proof compares languages by."""
        return Dictionaries(self._retriever.termbase, load_lexicon())

    def _load_termbase(self) -> Termbase:
        terms, _ = Termbase.load(self.folder / TERMBASE_FILE)
        return terms

    def close(self) -> None:
        """Waits for a running sync, lets go of everything, and frees the data folder."""
        self._stopping.set()
        with self._syncing:
            self._sandbox.close()
            self._indexes.close()
            super().close()
            self._lock.release()


@contextmanager
def opened(folder: Path, data: Path, *, embedding_model: str = "") -> Iterator[KnowledgeBase]:
    """A knowledge base for the length of a ``with``."""
    base = KnowledgeBase.open_folder(folder, data, embedding_model=embedding_model)
    try:
        yield base
    finally:
        base.close()


def _catalog_path(data: Path) -> Path:
    return data / "catalog.sqlite"


def _change_model(catalog: Catalog, embedder: Embedder, progress: Callable[[Progress], None]) -> None:
    """Embeds every stored passage with another model; no file is read for it."""
    total = catalog.counts()[1]
    done = 0
    if total:
        log.warning("the embedding model changed to %s: %d passages are embedded anew", embedder.name, total)
        catalog.set_facts(model="")  # until all are done, a kill leaves vectors of two models
    for batch in catalog.stream(batch=_EMBED_BATCH, public_only=False):
        known = [stored for stored in batch if knows(embedder, stored.passage.language)]
        fresh = embedder.embed_documents([embedded_text(stored.context, stored.passage.text) for stored in known])
        vectors: dict[int, Vectors | None] = {stored.key: None for stored in batch}
        vectors.update(zip([stored.key for stored in known], fresh, strict=True))
        catalog.replace_vectors(vectors)
        done += len(batch)
        progress(Progress(done, total))
    catalog.set_facts(model=embedder.fingerprint)
