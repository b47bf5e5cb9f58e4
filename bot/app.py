"""Composition of the server: knowledge base, assistant, channels and watcher around one event loop.

The page is up before the index is: everything slow happens in a thread whose progress ``/readyz`` shows.
"""

import contextlib
import datetime as dt
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import uvicorn

from bot import VERSION
from bot.answer import Answer
from bot.assistant import Assistant
from bot.channels.web.app import create_app
from bot.channels.web.ports import ReadinessState, SourceDocument
from bot.errors import StartError
from bot.store import Store
from bot.writers.quoting import QuotingWriter
from retrieval import Access, DataLock, KnowledgeBase, KnowledgeFolderError, NotReadyError, Progress, RetrievalError

log = logging.getLogger(__name__)

_SETTLE_SECONDS = 1.0


class Service:
    """Everything that runs while ``dragoman serve`` runs; what the channels hold until the assistant is ready."""

    def __init__(
        self,
        *,
        knowledge_dir: Path,
        lock: DataLock,
        embedding_model: str,
        today: dt.date | None,
        say: Callable[[str], None],
    ) -> None:
        self._knowledge_dir = knowledge_dir
        self._lock = lock
        self._embedding_model = embedding_model
        self._today = today
        self._say = say
        self._store = Store(lock.folder / "bot.sqlite")
        self._state = ReadinessState(ready=False, phase="starting", reason="the embedding model is loading")
        self._knowledge: KnowledgeBase | None = None
        self._assistant: Assistant | None = None
        self._thread = threading.Thread(target=self._run, name="knowledge")
        self._stop = threading.Event()
        self._again = threading.Event()
        self.failure: str | None = None
        self.on_failure: Callable[[], None] = lambda: None

    # -- what the web channel asks -----------------------------------------------------------------------------------

    async def ask(self, question: str, *, conversation_id: str | None = None, language: str | None = None) -> Answer:
        """Answers one question, once there is an index to answer from."""
        if self._assistant is None:
            raise NotReadyError(self._state.reason)
        return await self._assistant.ask(question, conversation_id=conversation_id, language=language)

    def examples(self, language: str) -> Sequence[str]:
        """Questions to begin with; none before the index is there."""
        return self._assistant.examples(language) if self._assistant is not None else ()

    def document(self, document_id: str) -> SourceDocument | None:
        """A public document with its passages."""
        if self._knowledge is None:
            return None
        record = self._knowledge.document(document_id)
        if record is None or record.metadata.access is not Access.PUBLIC:
            return None
        return SourceDocument(record.id, record.metadata, record.language, self._knowledge.passages(document_id))

    def state(self) -> ReadinessState:
        """How far the index is."""
        return self._state

    # -- life ----------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to load and index, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the watcher and frees the data folder; a running sync finishes the file it is at."""
        self._stop.set()
        if self._knowledge is not None:
            self._knowledge.stop_watching()
        self._thread.join(timeout=30)
        if self._knowledge is not None:
            self._knowledge.close()
        else:
            self._lock.release()
        self._store.close()

    def _run(self) -> None:
        try:
            knowledge = KnowledgeBase.open_folder(
                self._knowledge_dir,
                self._lock.folder,
                embedding_model=self._embedding_model,
                lock=self._lock,
                warm=True,
                progress=self._reembedding,
            )
            self._knowledge = knowledge
            if knowledge.synced_before:
                # What was indexed before can be asked while the folder is looked through.
                self._become_ready(knowledge)
            self._sync(knowledge, settle_seconds=0.0)
            self._become_ready(knowledge)
            for _ in knowledge.watch():
                self._sync(knowledge, settle_seconds=_SETTLE_SECONDS)
        except _Stopped:
            pass
        except RetrievalError as error:
            self._fail(str(error))
        except Exception as error:
            log.exception("the knowledge base failed")
            self._fail(f"{type(error).__name__}: {error}")

    def _sync(self, knowledge: KnowledgeBase, *, settle_seconds: float) -> None:
        """One sync, and more of them as long as files are still being written."""
        while True:
            try:
                report = knowledge.sync(settle_seconds=settle_seconds, progress=self._indexing)
            except (KnowledgeFolderError, RetrievalError) as error:
                if not self._state.ready and not knowledge.synced_before:
                    raise
                log.error("%s", error)
                self._say(str(error))
                return
            for failed in report.failed if report.did_something or not self._state.ready else ():
                self._say(f"not indexed: {failed.path}: {failed.message}")
            if report.did_something:
                self._say(
                    f"index: {report.added} added, {report.changed} changed, {report.moved} moved, "
                    f"{report.removed} removed; {report.documents} documents, {report.passages} passages"
                )
            self._state = replace(self._state, documents=report.documents, passages=report.passages)
            if not report.deferred or self._stop.wait(_SETTLE_SECONDS):
                return

    def _indexing(self, progress: Progress) -> None:
        if self._stop.is_set():
            raise _Stopped
        if not self._state.ready:
            self._say_progress("indexing", progress)

    def _reembedding(self, progress: Progress) -> None:
        if self._stop.is_set():
            raise _Stopped
        self._say_progress("embedding anew", progress)

    def _say_progress(self, what: str, progress: Progress) -> None:
        self._state = ReadinessState(
            ready=False,
            phase="indexing",
            done=progress.done,
            total=progress.total,
            reason=f"{what} {progress}",
        )
        if progress.total and (progress.done == progress.total or progress.done % max(1, progress.total // 20) == 0):
            self._say(self._state.reason)

    def _become_ready(self, knowledge: KnowledgeBase) -> None:
        first = not self._state.ready
        status = knowledge.status()
        if self._assistant is None:
            self._assistant = Assistant(knowledge, QuotingWriter(), self._store, today=self._today)
        self._state = ReadinessState(ready=True, phase="ready", documents=status.documents, passages=status.passages)
        if first:
            self._say(f"ready: {status.documents} documents, {status.passages} passages")

    def _fail(self, reason: str) -> None:
        self.failure = reason
        self._state = ReadinessState(ready=False, phase="failed", reason=reason)
        self.on_failure()


class _Stopped(Exception):  # noqa: N818 it is no error
    """The server stops; the thread ends at the next file."""


def serve(
    *,
    host: str,
    port: int,
    public_url: str,
    knowledge_dir: Path,
    data_dir: Path,
    embedding_model: str,
    today: dt.date | None,
) -> None:
    """Runs until it is told to stop.

    Raises:
        StartError: the port is taken.
        RetrievalError: the folders or the model are not usable.
    """
    if not knowledge_dir.is_dir():
        raise KnowledgeFolderError(
            f"{knowledge_dir}: there is no such folder; make it, or set DRAGOMAN_KNOWLEDGE_DIR or --knowledge"
        )
    lock = DataLock.take(data_dir, knowledge=knowledge_dir)
    try:
        listening = _listen(host, port)
    except BaseException:
        lock.release()
        raise
    address = f"http://{_shown(host)}:{listening.getsockname()[1]}"
    lock.announce(address)
    service = Service(
        knowledge_dir=knowledge_dir, lock=lock, embedding_model=embedding_model, today=today, say=_say_to_stderr
    )
    app = create_app(service, service, service, public_url=public_url or None, version=VERSION)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=8,
            h11_max_incomplete_event_size=32_768,
        )
    )
    service.on_failure = lambda: setattr(server, "should_exit", True)
    # uvicorn raises a signal again once it has ended; without a handler of ours that would end us before we have tidied up.
    signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
    _say_to_stderr(f"open {public_url or address} in a browser (Ctrl-C stops)")
    service.start()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
    finally:
        service.stop()
        listening.close()
    if service.failure is not None:
        raise StartError(service.failure)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise StartError(
            f"cannot listen on {host}:{port} ({error.strerror}); free it, or set DRAGOMAN_PORT or --port to another"
        ) from error
    return listening


def _shown(host: str) -> str:
    """The host part of an address that a browser on this machine can open."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _say_to_stderr(line: str) -> None:
    print(f"dragoman: {line}", file=sys.stderr, flush=True)
