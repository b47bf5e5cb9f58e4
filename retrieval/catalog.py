"""The record of what is indexed, in one SQL database: the truth for the two indexes, which can be made anew from it.

A document changes by generations: passages of generation n+1 are staged and indexed while readers still see n; one
transaction moves the document's current generation; then n is deleted. A passage's ``key`` is never used twice, so a
stale entry of an index can be told from a live one by asking here.
"""

import datetime as dt
import json
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from pydantic import TypeAdapter

from retrieval.document import Document, Location, Passage
from retrieval.embedder import Vectors
from retrieval.errors import DataFolderError
from retrieval.metadata import Access, Metadata

log = logging.getLogger(__name__)

FORMAT = 1
"""Raised when an older program could not read what this one writes."""

_BUSY_SECONDS = 5
_ERASING_MS = 500
"""So long a sync waits for readers to let go of the log; the next one tries again."""
_CACHED = 8_000
"""Passages kept in memory for questions; about 5 KB each."""

_schema = sa.MetaData()
_facts = sa.Table(
    "facts", _schema, sa.Column("name", sa.String, primary_key=True), sa.Column("value", sa.String, nullable=False)
)
_files = sa.Table(
    "files",
    _schema,
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("reason", sa.String),
    sa.Column("checked_at", sa.String, nullable=False),
)
_documents = sa.Table(
    "documents",
    _schema,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String, nullable=False, index=True),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("access", sa.String, nullable=False),
    sa.Column("metadata", sa.Text, nullable=False),
    sa.Column("warnings", sa.Text, nullable=False),
    sa.Column("pages", sa.Integer),
    sa.Column("passages", sa.Integer, nullable=False),
    sa.Column("indexed_at", sa.String, nullable=False),
)
_passages = sa.Table(
    "passages",
    _schema,
    sa.Column("key", sa.Integer, primary_key=True),
    sa.Column("document_id", sa.String, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("countries", sa.String, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("context", sa.Text, nullable=False),
    sa.Column("digest", sa.String, nullable=False, index=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("document_id", "generation", "ordinal"),
    sqlite_autoincrement=True,
)
_current = (_passages.c.document_id == _documents.c.id) & (_passages.c.generation == _documents.c.generation)

_public = _documents.c.access == Access.PUBLIC.value
_embedded = sa.func.length(_passages.c.vector) > 0

_metadata_json: TypeAdapter[Metadata] = TypeAdapter(Metadata)
_location_json: TypeAdapter[Location] = TypeAdapter(Location)


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as the last sync saw it. ``reason`` says why it could not be indexed, and is None where it could."""

    path: str
    size: int
    mtime_ns: int
    sha256: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage about to be stored: what is indexed with it beside its text, and its vector."""

    passage: Passage
    context: str
    """Title and headings, which stand with the passage in both indexes and are no part of its quote."""
    countries: frozenset[str]
    digest: str
    vector: Vectors | None
    """None where the model does not know the language."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage as the catalog holds it, with the metadata of its document. A key stands for the same one for ever."""

    key: int
    passage: Passage
    metadata: Metadata
    context: str
    countries: frozenset[str]
    vector: Vectors | None = field(compare=False, repr=False)
    """None where the model does not know the language."""


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the catalog holds it."""

    id: str
    sha256: str
    language: str
    metadata: Metadata
    warnings: tuple[str, ...]
    pages: int | None
    passages: int
    indexed_at: str


class Catalog:
    """The catalog's tables behind plain methods. Safe to use from several threads.

    Raises:
        DataFolderError: the file cannot be made, opened or written, or is of a newer release.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._cache: dict[int, Stored] = {}
        self._seen_live: set[int] = set()
        self._caching = threading.Lock()
        self._is_only_writer = not read_only  # of a data folder, which has one owner
        self.switches = 0
        """Beginnings and ends of changes by this process of what readers see; odd in the midst of one."""
        self._to_erase = not read_only  # a kill may have come between deleting and erasing
        if read_only and not path.exists():
            raise DataFolderError(f"{path.parent}: nothing is indexed yet; run 'dragoman sync'")
        url = sa.URL.create("sqlite", database=str(path))
        self._engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
        sa.event.listen(self._engine, "connect", _set_pragmas if not read_only else _set_reader_pragmas)
        try:
            if not read_only:
                _schema.create_all(self._engine)
            found = self.fact("format")
            if found is None and not read_only:
                self.set_facts(format=str(FORMAT))
        except sa.exc.DatabaseError as error:
            raise DataFolderError(
                f"{path}: cannot be used ({error.orig}); check its permissions and free space"
            ) from error
        if found is not None and int(found) > FORMAT:
            raise DataFolderError(
                f"{path} was made by a newer release (format {found}, this one reads {FORMAT}); "
                "upgrade, or set DRAGOMAN_DATA_DIR to another folder"
            )

    def close(self) -> None:
        """Lets go of the file."""
        self._engine.dispose()

    # -- facts -----------------------------------------------------------------------------------------------------

    def fact(self, name: str) -> str | None:
        """A single value, such as the embedding model's fingerprint."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(_facts.c.value).where(_facts.c.name == name))

    def set_facts(self, **values: str) -> None:
        """Keeps single values."""
        with self._writing() as connection:
            for name, value in values.items():
                connection.execute(sa.delete(_facts).where(_facts.c.name == name))
                connection.execute(sa.insert(_facts).values(name=name, value=value))

    # -- files -----------------------------------------------------------------------------------------------------

    def files(self) -> dict[str, FileState]:
        """Every file of the last sync by its path, indexed or not."""
        columns = (_files.c.path, _files.c.size, _files.c.mtime_ns, _files.c.sha256, _files.c.reason)
        with self._engine.connect() as connection:
            return {row.path: FileState(*row) for row in connection.execute(sa.select(*columns))}

    def record_files(self, states: Iterable[FileState]) -> None:
        """Remembers files as seen now."""
        rows = [_file_row(state) for state in states]
        if rows:
            with self._writing() as connection:
                connection.execute(sa.insert(_files).prefix_with("OR REPLACE"), rows)

    def forget_files(self, paths: Iterable[str]) -> None:
        """Drops files that are gone and never were documents."""
        with self._writing() as connection:
            for chunk in _chunks(list(paths)):
                connection.execute(sa.delete(_files).where(_files.c.path.in_(chunk)))

    # -- writing documents -----------------------------------------------------------------------------------------

    def stage(self, document_id: str, entries: Sequence[Entry]) -> tuple[int, list[int]]:
        """Stores passages of a new generation that no reader sees yet; gives the generation and the passages' keys."""
        with self._writing() as connection:
            latest = connection.scalar(
                sa.select(sa.func.max(_passages.c.generation)).where(_passages.c.document_id == document_id)
            )
            generation = max(latest or 0, self._generation(connection, document_id)) + 1
            keys = []
            for entry in entries:
                result = connection.execute(
                    sa.insert(_passages).values(
                        document_id=document_id,
                        generation=generation,
                        ordinal=entry.passage.ordinal,
                        language=entry.passage.language,
                        location=_location_json.dump_json(entry.passage.location, exclude_defaults=True).decode(),
                        countries=" ".join(sorted(entry.countries)),
                        text=entry.passage.text,
                        context=entry.context,
                        digest=entry.digest,
                        vector=_blob(entry.vector),
                    )
                )
                keys.append(int(result.inserted_primary_key[0]))  # type: ignore[index] # an insert has one
        return generation, keys

    @staticmethod
    def _generation(connection: sa.Connection, document_id: str) -> int:
        found = connection.scalar(sa.select(_documents.c.generation).where(_documents.c.id == document_id))
        return int(found) if found is not None else 0

    def flip(
        self, documents: Sequence[tuple[Document, str, int, int]], files: Sequence[FileState], gone: Sequence[str] = ()
    ) -> None:
        """Makes staged generations the ones readers see, and forgets gone documents, in one transaction.

        Args:
            documents: each with its language, its new generation and its number of passages.
            files: the state of the files they were read from.
            gone: ids of documents whose files are no more.
        """
        sha256 = {state.path: state.sha256 for state in files}
        with self._switching(), self._writing() as connection:
            for document, language, generation, passages in documents:
                connection.execute(
                    sa.insert(_documents)
                    .prefix_with("OR REPLACE")
                    .values(
                        id=document.id,
                        generation=generation,
                        sha256=sha256[document.id],
                        language=language,
                        access=document.metadata.access.value,
                        metadata=_metadata_json.dump_json(document.metadata, exclude_defaults=True).decode(),
                        warnings=json.dumps(document.warnings, ensure_ascii=False),
                        pages=document.pages,
                        passages=passages,
                        indexed_at=_now(),
                    )
                )
            for chunk in _chunks(list(gone)):
                connection.execute(sa.delete(_documents).where(_documents.c.id.in_(chunk)))
                connection.execute(sa.delete(_files).where(_files.c.path.in_(chunk)))
            for state in files:
                connection.execute(sa.insert(_files).prefix_with("OR REPLACE").values(**_file_row(state)))
            connection.execute(sa.delete(_facts).where(_facts.c.name == "changed_at"))
            connection.execute(sa.insert(_facts).values(name="changed_at", value=_now()))

    @contextmanager
    def _switching(self) -> Iterator[None]:
        """Counts the beginning and the end of a switch. In between nobody knows from memory what readers see."""
        self._count_switch()
        try:
            yield
        finally:
            self._count_switch()

    def _count_switch(self) -> None:
        with self._caching:
            self.switches += 1
            self._seen_live.clear()

    def stale_keys(self) -> dict[int, str]:
        """Key and language of passages of no current generation: left by a change, a removal or a crash."""
        with self._engine.connect() as connection:
            live = sa.select(_documents.c.id).where(_current).exists()
            query = sa.select(_passages.c.key, _passages.c.language).where(~live)
            return {row.key: row.language for row in connection.execute(query)}

    def drop(self, keys: Iterable[int]) -> None:
        """Deletes passages for good: their bytes are overwritten, and do not linger in the write-ahead log."""
        self._to_erase = True
        with self._writing() as connection:
            for chunk in _chunks(list(keys)):
                connection.execute(sa.delete(_passages).where(_passages.c.key.in_(chunk)))
        self.erase()

    def erase(self) -> None:
        """Empties the write-ahead log of what was deleted. While somebody reads along it cannot be; then the next call does."""
        if not self._to_erase:
            return
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_ERASING_MS}")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1_000}")
        self._to_erase = bool(busy)
        if busy:
            log.warning("%s: somebody reads it; what was deleted is erased from its log by the next sync", self._path)

    # -- reading ---------------------------------------------------------------------------------------------------

    def vectors_by_digest(self, digests: Sequence[str]) -> dict[str, Vectors]:
        """Vectors already computed for the same text, so that nothing is embedded twice."""
        found: dict[str, Vectors] = {}
        with self._engine.connect() as connection:
            for chunk in _chunks(list(digests)):
                query = sa.select(_passages.c.digest, _passages.c.vector).where(_passages.c.digest.in_(chunk))
                for digest, blob in connection.execute(query.where(_embedded)):
                    found[digest] = np.frombuffer(blob, dtype=np.float32)
        return found

    def live_keys(self, *, embedded: bool = False) -> dict[int, str]:
        """Key and language of every passage that belongs into the indexes: live, and of a public document.

        Args:
            embedded: only those that have a vector, and so belong into the vector index too.
        """
        with self._engine.connect() as connection:
            query = sa.select(_passages.c.key, _passages.c.language).join(_documents, _current).where(_public)
            query = query.where(_embedded) if embedded else query
            return {row.key: row.language for row in connection.execute(query.order_by(_passages.c.key))}

    def read(self, keys: Sequence[int]) -> dict[int, Stored]:
        """Live passages of public documents by key; keys that are unknown or stale are left out."""
        live = self._live(keys)
        with self._caching:
            # What a key stands for never changes; only whether it still stands does.
            for chunk in _chunks([key for key in live if key not in self._cache]):
                with self._engine.connect() as connection:
                    rows = connection.execute(_stored_query().where(_passages.c.key.in_(chunk)))
                    self._cache.update((row.key, _stored(row)) for row in rows)
            found = {key: self._cache[key] for key in live if key in self._cache}
            if len(self._cache) > _CACHED:
                for key in list(self._cache)[: len(self._cache) - _CACHED]:
                    del self._cache[key]
        return found

    def _live(self, keys: Sequence[int]) -> list[int]:
        """Those of the keys that readers see. One process writes, so what it saw holds until its next switch."""
        with self._caching:
            switches = self.switches
            is_settled = switches % 2 == 0
            live = {key for key in keys if is_settled and key in self._seen_live}
        unseen = [key for key in keys if key not in live]
        if unseen:
            found: list[int] = []
            with self._engine.connect() as connection:
                for chunk in _chunks(unseen):
                    query = sa.select(_passages.c.key).join(_documents, _current)
                    found += connection.scalars(query.where(_passages.c.key.in_(chunk) & _public))
            live.update(found)
            with self._caching:
                if self._is_only_writer and is_settled and switches == self.switches:
                    self._seen_live.update(found)
        return [key for key in keys if key in live]

    def stream(self, *, batch: int = 500, public_only: bool = True) -> Iterator[list[Stored]]:
        """All live passages, in batches, by key; by default those that belong into the indexes."""
        last = 0
        readable = _public if public_only else sa.true()
        while True:
            query = _stored_query().where((_passages.c.key > last) & readable).order_by(_passages.c.key).limit(batch)
            with self._engine.connect() as connection:
                rows = connection.execute(query).all()
            if not rows:
                return
            yield [_stored(row) for row in rows]
            last = rows[-1].key

    def document(self, document_id: str) -> DocumentRecord | None:
        """One document."""
        return next(iter(self._documents(_documents.c.id == document_id)), None)

    def documents(self) -> list[DocumentRecord]:
        """Every document, by id."""
        return self._documents(sa.true())

    def _documents(self, condition: sa.ColumnElement[bool]) -> list[DocumentRecord]:
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_documents).where(condition).order_by(_documents.c.id)).all()
        return [
            DocumentRecord(
                id=row.id,
                sha256=row.sha256,
                language=row.language,
                metadata=_metadata_json.validate_json(row.metadata),
                warnings=tuple(json.loads(row.warnings)),
                pages=row.pages,
                passages=row.passages,
                indexed_at=row.indexed_at,
            )
            for row in rows
        ]

    def title_of_key(self, key: str) -> str | None:
        """The title of the document whose card has this ``id``."""
        card = _documents.c.metadata
        query = sa.select(sa.func.json_extract(card, "$.title")).where(sa.func.json_extract(card, "$.key") == key)
        with self._engine.connect() as connection:
            return connection.scalar(query.limit(1))

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """The live passages of a document in reading order."""
        query = _stored_query().where(_documents.c.id == document_id).order_by(_passages.c.ordinal)
        with self._engine.connect() as connection:
            return tuple(_stored(row).passage for row in connection.execute(query))

    def understood(self, document_id: str) -> tuple[Stored, ...]:
        """The live passages of a document, public or not, with everything that is indexed of them."""
        query = _stored_query().where(_documents.c.id == document_id).order_by(_passages.c.ordinal)
        with self._engine.connect() as connection:
            return tuple(_stored(row) for row in connection.execute(query))

    def counts(self) -> tuple[int, int]:
        """How many documents and how many live passages there are."""
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(_documents.c.passages), 0)).select_from(
                    _documents
                )
            ).one()
        return int(row[0]), int(row[1])

    def languages(self) -> tuple[str, ...]:
        """The languages of live passages, the most frequent first."""
        count = sa.func.count().label("passages")
        query = (
            sa.select(_passages.c.language, count)
            .join(_documents, _current)
            .group_by(_passages.c.language)
            .order_by(count.desc())
        )
        with self._engine.connect() as connection:
            return tuple(row.language for row in connection.execute(query))

    def replace_vectors(self, vectors: Mapping[int, Vectors | None]) -> None:
        """New vectors for passages by key, after a change of model."""
        with self._writing() as connection:
            for key, vector in vectors.items():
                connection.execute(sa.update(_passages).where(_passages.c.key == key).values(vector=_blob(vector)))
        with self._caching:
            self._cache.clear()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.OperationalError as error:
            raise DataFolderError(
                f"{self._path}: cannot be written ({error.orig}); check free space and permissions"
            ) from error


def _stored_query() -> sa.Select[Any]:
    return sa.select(
        _passages.c.key,
        _passages.c.document_id,
        _passages.c.ordinal,
        _passages.c.text,
        _passages.c.language,
        _passages.c.location,
        _passages.c.context,
        _passages.c.countries,
        _passages.c.vector,
        _documents.c.metadata,
    ).join(_documents, _current)


def _stored(row: sa.Row[Any]) -> Stored:
    passage = Passage(row.document_id, row.ordinal, row.text, row.language, _location_json.validate_json(row.location))
    return Stored(
        key=row.key,
        passage=passage,
        metadata=_metadata_json.validate_json(row.metadata),
        context=row.context,
        countries=frozenset(row.countries.split()),
        vector=_vector(row.vector),
    )


def _file_row(state: FileState) -> dict[str, Any]:
    return {
        "path": state.path,
        "size": state.size,
        "mtime_ns": state.mtime_ns,
        "sha256": state.sha256,
        "reason": state.reason,
        "checked_at": _now(),
    }


def _vector(blob: bytes) -> Vectors | None:
    return np.frombuffer(blob, dtype=np.float32) if blob else None


def _blob(vector: Vectors | None) -> bytes:
    """No bytes stand for no vector."""
    return b"" if vector is None else np.asarray(vector, dtype=np.float32).tobytes()


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    # SQLite takes 32,766 bound values at most.
    return (items[start : start + 10_000] for start in range(0, len(items), 10_000))


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _set_pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _set_reader_pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()
