"""The path of a document: compare the folder with the catalog, read what changed, split, embed, write, report.

The folder is the truth. What changed is decided by fingerprints, here alone; one bad file never stops the others, and its
last good version stays.
"""

import hashlib
import logging
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from retrieval.catalog import Catalog, Entry, FileState, Stored
from retrieval.document import Document, Passage
from retrieval.embedder import Embedder, Vectors, knows
from retrieval.errors import DataFolderError, KnowledgeFolderError, UnreadableFileError
from retrieval.folder import FoundFile, digest_of, is_as_found, walk
from retrieval.gazetteer import countries_in, countries_of_adjectives, countries_of_document
from retrieval.indexes import Indexes
from retrieval.language import detect_language
from retrieval.metadata import Metadata
from retrieval.readers.sandbox import Sandbox
from retrieval.splitter import split

log = logging.getLogger(__name__)

UNDERSTANDING = "7"
"""Raised when files come to be read, split or described otherwise than before: then all are read anew, once."""
_BATCH_PASSAGES = 256
_BATCH_DOCUMENTS = 64
_BATCH_SECONDS = 3.0
_FREE_BYTES = 10**9
_ALL_GONE = 5
"""From this many documents on, a folder that has lost all of them is taken for one that is not mounted."""
_MANY_GONE = 20
"""From this many on, losing more than half of all documents at once is taken for a mistake."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """A file and a sentence about it."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did.

    ``deferred`` files were still being written and are taken up by the next sync. ``kept`` documents have lost their files
    together with so many others that nobody can have meant it.
    """

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: tuple[FileReport, ...] = ()
    warnings: tuple[FileReport, ...] = ()
    deferred: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    documents: int = 0
    passages: int = 0
    seconds: float = 0.0

    @property
    def did_something(self) -> bool:
        """Whether the index is another one than before."""
        return bool(self.added or self.changed or self.moved or self.removed)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is: files done of files to do, and the seconds left if it goes on like this."""

    done: int
    total: int
    seconds_left: float | None = None

    def __str__(self) -> str:
        if not self.seconds_left or self.seconds_left < 5:
            return f"{self.done} of {self.total}"
        minutes, seconds = divmod(round(self.seconds_left), 60)
        return f"{self.done} of {self.total}, about {f'{minutes} min' if minutes else f'{seconds} s'} left"


@dataclass(slots=True)
class _Plan:
    """What a sync has to do."""

    read: list[tuple[FoundFile, str]] = field(default_factory=list)
    """Files to read with the SHA-256 of their bytes: new ones and changed ones."""
    touched: list[FileState] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    deferred: list[str] = field(default_factory=list)
    unchanged: int = 0


class Ingest:
    """Brings catalog and indexes level with a folder."""

    def __init__(
        self, folder: Path, *, catalog: Catalog, indexes: Indexes, embedder: Embedder, sandbox: Sandbox, data: Path
    ) -> None:
        self._folder = folder
        self._catalog = catalog
        self._indexes = indexes
        self._embedder = embedder
        self._sandbox = sandbox
        self._data = data

    def sync(
        self,
        *,
        again: bool = False,
        settle_seconds: float = 0.0,
        allow_removals: bool = False,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> SyncReport:
        """One sync.

        Args:
            again: read every file anew, changed or not. Vectors of unchanged passages are kept all the same.
            settle_seconds: leave files alone that were written to so recently; someone may still be copying.
            allow_removals: believe a folder that has suddenly lost everything.
            progress: is told after every file.

        Raises:
            KnowledgeFolderError: the folder is not there, or all at once empty.
            DataFolderError: the data folder is full or cannot be written.
            StoppedError: the sandbox was interrupted.
        """
        started = time.monotonic()
        known = self._catalog.files()
        limits = repr(self._sandbox.limits)
        if self._catalog.fact("limits") != limits:
            # What was refused under other limits may be read under these: as if it were seen for the first time.
            known = {path: replace(state, sha256="") if state.reason else state for path, state in known.items()}
        if not known:
            self._catalog.set_facts(understanding=UNDERSTANDING)
        again = again or self._catalog.fact("understanding") != UNDERSTANDING
        indexed = {record.id: record for record in self._catalog.documents()}
        plan = self._plan(known, again=again, settle_seconds=settle_seconds)
        gone_documents = [path for path in plan.gone if path in indexed]
        is_empty = not plan.read and not plan.deferred
        if len(gone_documents) == len(indexed) >= _ALL_GONE and is_empty and not allow_removals:
            raise KnowledgeFolderError(
                f"{self._folder}: all {len(indexed)} documents have vanished at once; nothing was deleted. Is the folder "
                "mounted? If they are really gone, run 'dragoman sync --allow-removals'"
            )
        moves = _moves(plan.read, {document_id: indexed[document_id].sha256 for document_id in gone_documents})
        counts = {"added": 0, "changed": 0, "moved": 0}
        failures: list[FileState] = []
        held: list[tuple[Document, FileState]] = []
        held_since = time.monotonic()
        reading_since = time.monotonic()
        progress(Progress(0, len(plan.read)))
        for number, (found, sha256) in enumerate(plan.read, start=1):
            state = FileState(found.id, found.size, found.mtime_ns, sha256)
            try:
                document = self._read(found, sha256)
            except _StillChangingError:
                plan.deferred.append(found.id)
                moves.pop(found.id, None)
            except UnreadableFileError as error:
                moves.pop(found.id, None)
                log.warning("%s: %s", found.id, error.reason)
                failures.append(FileState(state.path, state.size, state.mtime_ns, sha256, error.reason))
            else:
                held.append((document, state))
                if found.id in moves or found.id not in indexed:
                    counts["moved" if found.id in moves else "added"] += 1
                elif indexed[found.id].sha256 == sha256:
                    plan.unchanged += 1  # read again only because everything is
                else:
                    counts["changed"] += 1
            passages = sum(len(document.blocks) for document, _ in held)
            waited = time.monotonic() - held_since
            if passages > _BATCH_PASSAGES or len(held) >= _BATCH_DOCUMENTS or (held and waited > _BATCH_SECONDS):
                self._write(held, [moves[document.id] for document, _ in held if document.id in moves])
                held, held_since = [], time.monotonic()
            left = (time.monotonic() - reading_since) / number * (len(plan.read) - number)
            progress(Progress(number, len(plan.read), round(left, 1)))
        self._write(held, [moves[document.id] for document, _ in held if document.id in moves])
        removed = [document_id for document_id in gone_documents if document_id not in moves.values()]
        held_back: list[str] = []
        lost_all = len(removed) == len(indexed) >= _ALL_GONE and not counts["added"]
        lost_most = len(removed) >= _MANY_GONE and len(removed) > len(indexed) / 2
        if (lost_all or lost_most) and not allow_removals:
            log.error("%d of %d documents have vanished at once; they are kept", len(removed), len(indexed))
            removed, held_back = [], removed
        self._write([], removed)
        self._catalog.forget_files([path for path in plan.gone if path not in indexed])
        self._catalog.record_files([*plan.touched, *failures])
        self._catalog.erase()
        self._indexes.heal()
        if plan.read or removed:
            self._indexes.compact_if_needed()
        self._catalog.set_facts(understanding=UNDERSTANDING, limits=limits)
        return self._report(started, plan, counts, len(removed), held_back)

    # -- what to do --------------------------------------------------------------------------------------------------

    def _plan(self, known: Mapping[str, FileState], *, again: bool, settle_seconds: float) -> _Plan:
        plan = _Plan()
        seen = set()
        unseen: list[FoundFile] = []
        fresh: list[FoundFile] = []
        newest = time.time_ns() - int(settle_seconds * 1e9)
        for found in walk(self._folder):
            seen.add(found.id)
            before = known.get(found.id)
            same = before is not None and (before.size, before.mtime_ns) == (found.size, found.mtime_ns)
            if found.is_folder:
                unseen.append(found)
            if found.reason is not None:
                plan.touched.append(FileState(found.id, found.size, found.mtime_ns, "", found.reason))
            elif before is not None and same and before.sha256 and not again:
                plan.unchanged += before.reason is None
            elif found.mtime_ns > newest and settle_seconds:
                fresh.append(found)
            else:
                self._plan_read(plan, found, before, again=again)
        plan.gone = sorted(path for path in set(known) - seen if not any(folder.holds(path) for folder in unseen))
        gone = {(known[path].size, known[path].sha256) for path in plan.gone}
        for found in fresh:
            # Bytes that stood elsewhere a moment ago are whole: a renamed file is not to be missing while it settles.
            if found.size in {size for size, _ in gone} and (found.size, self._digest(found)) in gone:
                self._plan_read(plan, found, known.get(found.id), again=again)
            else:
                plan.deferred.append(found.id)
        return plan

    def _plan_read(self, plan: _Plan, found: FoundFile, before: FileState | None, *, again: bool) -> None:
        try:
            sha256 = digest_of(found.path, max_bytes=self._sandbox.limits.max_bytes)
        except OSError as error:
            reason = f"cannot be opened ({error.strerror}); check its permissions"
            plan.touched.append(FileState(found.id, found.size, found.mtime_ns, "", reason))
            return
        if before is not None and before.sha256 == sha256 and not again:
            plan.touched.append(FileState(found.id, found.size, found.mtime_ns, sha256, before.reason))
            plan.unchanged += before.reason is None
        else:
            plan.read.append((found, sha256))

    # -- doing it ----------------------------------------------------------------------------------------------------

    def _read(self, found: FoundFile, sha256: str) -> Document:
        try:
            document = self._sandbox.read(found.path, found.id)
        except UnreadableFileError:
            # What was wrong with a file that is being replaced, or was away for a moment, is no news of it.
            if not is_as_found(found):
                raise _StillChangingError from None
            raise
        if self._digest(found) != sha256:
            raise _StillChangingError
        return document

    def _digest(self, found: FoundFile) -> str | None:
        """The digest of a file as it is now; None while it cannot be had."""
        try:
            return digest_of(found.path, max_bytes=self._sandbox.limits.max_bytes)
        except OSError:
            return None

    def _write(self, documents: Sequence[tuple[Document, FileState]], gone: Sequence[str]) -> None:
        """Stages, indexes, flips, and only then deletes what was before."""
        if not documents and not gone:
            return
        self._check_space()
        prepared = [(document, state, *_understand(document)) for document, state in documents]
        vectors = self._vectors(
            [
                text
                for *_, passages in prepared
                for passage, _, _, text in passages
                if knows(self._embedder, passage.language)
            ]
        )
        added: list[Stored] = []
        flips = []
        for document, _, language, passages in prepared:
            entries = [
                Entry(passage, context, countries, text_digest(text), vectors.get(text_digest(text)))
                for passage, context, countries, text in passages
            ]
            generation, keys = self._catalog.stage(document.id, entries)
            flips.append((document, language, generation, len(entries)))
            if document.metadata.access.value == "public":
                added += [
                    Stored(key, entry.passage, document.metadata, entry.context, entry.countries, entry.vector)
                    for key, entry in zip(keys, entries, strict=True)
                ]
        self._indexes.add(added)
        self._catalog.flip(flips, [state for _, state in documents], gone)
        self.drop_stale()

    def drop_stale(self) -> None:
        """Deletes what no reader sees any more, from the indexes first, so that a crash leaves nothing behind."""
        stale = self._catalog.stale_keys()
        if stale:
            self._indexes.remove(stale)
            self._catalog.drop(stale)
        else:
            self._catalog.erase()  # what could not be erased the last time

    def _vectors(self, texts: Sequence[str]) -> dict[str, Vectors]:
        by_digest = {text_digest(text): text for text in texts}
        found = self._catalog.vectors_by_digest(list(by_digest))
        missing = [digest for digest in by_digest if digest not in found]
        for start in range(0, len(missing), _BATCH_PASSAGES):
            self._sandbox.check_going_on()  # a single file may have passages for minutes
            batch = missing[start : start + _BATCH_PASSAGES]
            fresh = self._embedder.embed_documents([by_digest[digest] for digest in batch])
            found.update(zip(batch, fresh, strict=True))
        return found

    def _check_space(self) -> None:
        try:
            free = shutil.disk_usage(self._data).free
        except OSError as error:
            raise DataFolderError(f"{self._data} is gone ({error.strerror}); start again to index anew") from error
        needed = max(_FREE_BYTES, 2 * self._indexes.size())
        if free < needed:
            raise DataFolderError(
                f"{self._data}: {free // 10**6} MB are free and {needed // 10**6} MB are needed to index safely; "
                "free some space, the sync goes on from where it stopped"
            )

    def _report(
        self, started: float, plan: _Plan, counts: Mapping[str, int], removed: int, held_back: Sequence[str]
    ) -> SyncReport:
        documents, passages = self._catalog.counts()
        kept = f"is gone with {len(held_back) - 1} others and is kept for now; if that is right: sync --allow-removals"
        return SyncReport(
            added=counts["added"],
            changed=counts["changed"],
            moved=counts["moved"],
            removed=removed,
            unchanged=plan.unchanged,
            failed=failed_files(self._catalog),
            warnings=(*(FileReport(path, kept) for path in held_back), *document_warnings(self._catalog)),
            deferred=tuple(plan.deferred),
            kept=tuple(held_back),
            documents=documents,
            passages=passages,
            seconds=round(time.monotonic() - started, 3),
        )


class _StillChangingError(Exception):
    """The file is not what it was when its digest was taken."""


def failed_files(catalog: Catalog) -> tuple[FileReport, ...]:
    """Every file that could not be indexed, with the reason."""
    return tuple(FileReport(path, state.reason) for path, state in sorted(catalog.files().items()) if state.reason)


def document_warnings(catalog: Catalog) -> tuple[FileReport, ...]:
    """What staff should mend in documents that were indexed all the same."""
    return tuple(FileReport(record.id, message) for record in catalog.documents() for message in record.warnings)


def _understand(document: Document) -> tuple[str, list[tuple[Passage, str, frozenset[str], str]]]:
    """A document's language, and its passages with their context, countries and the text that is embedded."""
    metadata = document.metadata
    language = metadata.language or detect_language(document.text)
    own = countries_of_document(metadata, language)
    passages = []
    for passage in split(document):
        context = context_of(document.metadata, passage)
        whole = f"{context}\n{passage.text}"
        countries = own | countries_in(whole, passage.language) | countries_of_adjectives(whole, passage.language)
        passages.append((passage, context, countries, embedded_text(context, passage.text)))
    return language, passages


def context_of(metadata: Metadata, passage: Passage) -> str:
    """Title and headings: what a passage needs to be understood, and what it is found by as well."""
    named = [metadata.title, metadata.doc_number, *passage.location.headings]
    return " › ".join(part for part in named if part)


def embedded_text(context: str, text: str) -> str:
    """What the model reads of a passage."""
    return f"{context}\n{text}" if context else text


def text_digest(text: str) -> str:
    """A key for a text: equal texts share a vector."""
    return hashlib.sha256(text.encode()).hexdigest()


def _moves(read: Iterable[tuple[FoundFile, str]], gone: Mapping[str, str]) -> dict[str, str]:
    """New id to old id, for files that are gone in one place and stand in another with the same bytes."""
    by_digest = {sha256: document_id for document_id, sha256 in gone.items()}
    moves: dict[str, str] = {}
    for found, sha256 in read:
        old = by_digest.pop(sha256, None)
        if old is not None:
            moves[found.id] = old
    return moves
