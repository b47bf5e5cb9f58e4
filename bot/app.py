"""Composition of the server: knowledge base, assistant, channels and watcher around one event loop.

The page is up before the index is: everything slow happens in a thread whose progress ``/readyz`` shows.
"""

import asyncio
import base64
import contextlib
import datetime as dt
import errno
import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import uvicorn

from bot import VERSION
from bot.answer import Answer, Citation, Delta
from bot.assistant import Assistant
from bot.channels.mcp.desk import HouseDesk
from bot.channels.telegram.options import Options as TelegramOptions
from bot.channels.web.app import create_app
from bot.channels.web.chunks import last_words
from bot.channels.web.links import source_link
from bot.channels.web.mcp_route import McpApp
from bot.channels.web.ports import Overview, ReadinessState, SourceDocument, SyncState, UnderstoodFile
from bot.channels.web.public import Limits, Public
from bot.channels.web.runs import Runs
from bot.channels.web.sites import Sites
from bot.connections import DrainingServer, PatientProtocol, allow_many_connections
from bot.errors import StartError, StoreError
from bot.logs import SAID
from bot.metrics import Metrics
from bot.opening import ModelSettings, open_assistant, open_model
from bot.printing import shown_host
from bot.store import Store
from bot.telegram_house import TelegramHouse
from bot.writers import ProseWriter
from retrieval import (
    Access,
    DataFolderError,
    DataLock,
    FolderCounts,
    Hit,
    IndexCounts,
    KnowledgeBase,
    KnowledgeFolderError,
    NotReadyError,
    Progress,
    ReadLimits,
    RetrievalError,
    StoppedError,
    SyncReport,
    check_folder_is_there,
)

if TYPE_CHECKING:
    from bot.channels.telegram.channel import TelegramChannel

log = logging.getLogger(__name__)

_SETTLE_SECONDS = 1.0
_TRIES = 5
_RETRY_SECONDS = 2.0
_COUNTS_SECONDS = 3.0
"""So long counts are shown again: to take them, every key of both indexes is read."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
STAFF_KEY_FILE = "staff_key"
SITE_KEY_FILE = "site_key"


class Service:
    """Everything that runs while ``dragoman serve`` runs; what the channels hold until the assistant is ready."""

    def __init__(
        self,
        *,
        knowledge_dir: Path,
        lock: DataLock,
        embedding_model: str,
        limits: ReadLimits,
        today: dt.date | None,
        say: Callable[[str], None],
        model: Callable[[Store], ProseWriter | None] = lambda _: None,
    ) -> None:
        self._knowledge_dir = knowledge_dir
        self._lock = lock
        self._embedding_model = embedding_model
        self._limits = limits
        self._today = today
        self._say = say
        self.store = Store(lock.folder / "bot.sqlite")
        self._model = model(self.store)
        self._state = ReadinessState(ready=False, phase="starting", reason="the embedding model is loading")
        self._sync_state = SyncState("starting")
        self._counts: tuple[float, FolderCounts | None, IndexCounts] | None = None
        self._counting = threading.Lock()
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

    def stream(
        self, question: str, *, conversation_id: str | None = None, language: str | None = None
    ) -> AsyncGenerator[Delta | Answer, None]:
        """Answers one question as its words come, once there is an index to answer from."""
        if self._assistant is None:
            raise NotReadyError(self._state.reason)
        return self._assistant.stream(question, conversation_id=conversation_id, language=language)

    def search(self, query: str, *, language: str | None = None) -> Sequence[Hit]:
        """Public passages that may answer, the best first."""
        if self._knowledge is None or self._assistant is None:
            raise NotReadyError(self._state.reason)
        return self._knowledge.search(query, language=language, today=self._today).hits

    def examples(self, language: str) -> Sequence[str]:
        """Questions to begin with; none before the index is there."""
        return self._assistant.examples(language) if self._assistant is not None else ()

    @property
    def model(self) -> ProseWriter | None:
        """The language model that writes, if one is set."""
        return self._model

    def waiting(self) -> int:
        """How many questions wait for their turn to be worked on."""
        return self._assistant.waiting if self._assistant is not None else 0

    def opened(self) -> KnowledgeBase | None:
        """The knowledge base, once it is open."""
        return self._knowledge

    def document(self, document_id: str) -> SourceDocument | None:
        """A public document with its passages."""
        return public_document(self._knowledge, document_id) if self._knowledge is not None else None

    def state(self) -> ReadinessState:
        """How far the index is."""
        return self._state

    def index_age(self) -> float:
        """Seconds since the last sync ended; NaN before the first."""
        ended = self._sync_state.ended_at
        if ended is None:
            return float("nan")
        return (dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(ended)).total_seconds()

    def overview(self) -> Overview:
        """Every file, and the counts of folder, catalog and indexes."""
        knowledge, today = self._knowledge, self._today or dt.datetime.now(dt.UTC).date()
        if knowledge is None:
            return Overview(today, self._sync_state)
        folder, indexes = self._counted(knowledge)
        files = knowledge.files()
        passages = sum(file.record.passages for file in files if file.record is not None)
        try:
            removed, lately = self.store.removed_counts(), tuple(self.store.removed_lately())
        except StoreError as error:
            log.warning("%s", error)
            removed, lately = {}, ()
        return Overview(today, self._sync_state, files, passages, folder, indexes, removed, lately)

    def _counted(self, knowledge: KnowledgeBase) -> tuple[FolderCounts | None, IndexCounts]:
        with self._counting:
            counts = self._counts  # a sync that ends meanwhile forgets them
            if counts is None or time.monotonic() - counts[0] > _COUNTS_SECONDS:
                try:
                    folder = knowledge.compare_folder(knowledge.folder)
                except KnowledgeFolderError:
                    folder = None
                counts = self._counts = time.monotonic(), folder, knowledge.index_counts()
            return counts[1:]

    def understood(self, document_id: str) -> UnderstoodFile | None:
        """A file with its passages, whoever may read it."""
        knowledge = self._knowledge
        file = knowledge.file(document_id) if knowledge is not None else None
        if knowledge is None or file is None:
            return None
        today = self._today or dt.datetime.now(dt.UTC).date()
        return UnderstoodFile(file, knowledge.understood(document_id), today)

    def sync(self, *, rebuild: bool, allow_removals: bool) -> SyncReport:
        """A sync that staff asked for; waits for one that is running."""
        if self._knowledge is None:
            raise NotReadyError("the index is still being opened; ask again in a moment")
        report = self._knowledge.sync(rebuild=rebuild, allow_removals=allow_removals)
        self._state = replace(self._state, documents=report.documents, passages=report.passages)
        self._sync_ended(problem=_kept(report))
        return report

    # -- life ----------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to load and index, in a thread."""
        self._thread.start()

    def interrupt(self) -> None:
        """Ends the watcher and every sync at the file it is at, whoever asked for it; questions are answered still."""
        self._stop.set()
        if self._knowledge is not None:
            self._knowledge.interrupt()

    def stop(self) -> None:
        """Ends what still goes on and frees the data folder."""
        self.interrupt()
        self._thread.join(timeout=30)
        if self._knowledge is not None:
            self._knowledge.close()
        else:
            self._lock.release()
        self.store.close()

    def _run(self) -> None:
        try:
            knowledge = KnowledgeBase.open_folder(
                self._knowledge_dir,
                self._lock.folder,
                embedding_model=self._embedding_model,
                limits=self._limits,
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
        except (_Stopped, StoppedError):
            pass
        except RetrievalError as error:
            self._fail(str(error))
        except Exception as error:
            log.exception("the knowledge base failed")
            self._fail(f"{type(error).__name__}: {error}")

    def _sync(self, knowledge: KnowledgeBase, *, settle_seconds: float) -> None:
        """One sync, and more of them as long as files are still being written."""
        tries = 0
        while True:
            self._sync_state = replace(self._sync_state, phase="syncing", done=0, total=0, seconds_left=None)
            try:
                report = knowledge.sync(settle_seconds=settle_seconds, progress=self._indexing)
            except StoppedError:
                raise
            except RetrievalError as error:
                tries += 1
                if isinstance(error, DataFolderError) and tries < _TRIES and not self._stop.wait(_RETRY_SECONDS):
                    continue  # somebody's backup holds the catalog, or the disk is full for a moment
                if not self._state.ready and not knowledge.synced_before:
                    raise
                log.error("%s", error)
                self._say(str(error))
                self._sync_ended(problem=str(error))
                return
            self._sync_ended(problem=_kept(report))
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

    def _sync_ended(self, *, problem: str | None = None) -> None:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._counts = None
        self._sync_state = SyncState("idle", problem=problem, ended_at=now)

    def _indexing(self, progress: Progress) -> None:
        if self._stop.is_set():
            raise _Stopped
        self._sync_state = replace(
            self._sync_state, done=progress.done, total=progress.total, seconds_left=progress.seconds_left
        )
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
            self._assistant = open_assistant(knowledge, self.store, self._model, today=self._today)
        self._state = ReadinessState(ready=True, phase="ready", documents=status.documents, passages=status.passages)
        if first:
            self._say(f"ready: {status.documents} documents, {status.passages} passages")

    def _fail(self, reason: str) -> None:
        self.failure = reason
        self._state = ReadinessState(ready=False, phase="failed", reason=reason)
        self._sync_state = SyncState("failed", problem=reason)
        self.on_failure()


def public_document(knowledge: KnowledgeBase, document_id: str) -> SourceDocument | None:
    """A document that everybody may read, with its passages."""
    record = knowledge.document(document_id)
    if record is None or record.metadata.access is not Access.PUBLIC:
        return None
    return SourceDocument(record.id, record.metadata, record.language, knowledge.passages(document_id))


def _kept(report: SyncReport) -> str | None:
    """The warning that documents vanished in a number that nobody can have meant."""
    if not report.kept:
        return None
    return (
        f"{len(report.kept)} of {report.documents} documents have vanished from the folder at once; they are kept and "
        "answered from. Is all of the folder mounted? If they are really gone: dragoman sync --allow-removals"
    )


class _Stopped(Exception):  # noqa: N818 it is no error
    """The server stops; the thread ends at the next file."""


@dataclass(frozen=True, slots=True)
class Doors:
    """How the server is reached, and by whom. Empty keys are made, and kept in the data folder."""

    host: str
    port: int
    public_url: str = ""
    staff_key: str = ""
    site_keys: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    api_keys: tuple[str, ...] = ()
    metrics_token: str = ""
    privacy_url: str = ""
    limits: Limits = field(default_factory=Limits)
    limit_at_once: int = 100
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    mcp: bool = False
    docs: bool = True


def serve(
    *,
    doors: Doors,
    knowledge_dir: Path,
    data_dir: Path,
    embedding_model: str,
    limits: ReadLimits,
    today: dt.date | None,
    telegram: TelegramOptions | None,
    model: ModelSettings | None = None,
) -> None:
    """Runs until it is told to stop.

    Args:
        telegram: None for no Telegram; its ``public_url`` may be empty for the address listened on.

    Raises:
        StartError: the port is taken, a setting of the doors is wrong, or Telegram will not have us.
        RetrievalError: the folders or the model are not usable.
    """
    check_folder_is_there(knowledge_dir)
    try:
        Sites.of((), doors.allowed_origins)
    except ValueError as error:
        raise StartError(f"DRAGOMAN_ALLOWED_ORIGINS: {error}") from error
    lock = DataLock.take(data_dir, knowledge=knowledge_dir)
    try:
        key, is_new_key = (doors.staff_key, False) if doors.staff_key else kept_secret(lock.folder, STAFF_KEY_FILE)
        public = _public(doors, lock.folder)
        listening = _listen(doors.host, doors.port)
    except BaseException:
        lock.release()
        raise
    address = f"http://{shown_host(doors.host)}:{listening.getsockname()[1]}"
    lock.announce(address)
    service = Service(
        knowledge_dir=knowledge_dir,
        lock=lock,
        embedding_model=embedding_model,
        limits=limits,
        today=today,
        say=_say_to_stderr,
        model=lambda store: open_model(model, store),
    )
    runs, metrics = Runs(last_words, most_from_one=doors.limit_at_once), Metrics()
    try:
        channel = _telegram(telegram, service, metrics, lock.folder, address) if telegram is not None else None
    except BaseException:
        service.store.close()
        listening.close()
        lock.release()
        raise
    _watch(metrics, service, runs)
    app = create_app(
        service,
        service,
        service,
        service,
        service.store,
        runs,
        metrics,
        staff_key=key,
        mcp=_mcp(doors, service, metrics, address) if doors.mcp else None,
        public=public,
        public_url=doors.public_url or None,
        version=VERSION,
    )
    server = DrainingServer(
        uvicorn.Config(
            app if channel is None else _with_webhook(app, channel),
            http=PatientProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=8,
            forwarded_allow_ips=list(doors.trusted_proxies),
        ),
        runs,
    )
    service.on_failure = lambda: setattr(server, "should_exit", True)
    # uvicorn raises a signal again once it has ended; without a handler of ours that would end us before we have tidied up.
    signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
    shown = doors.public_url or address
    _say_to_stderr(f"open {shown} in a browser (Ctrl-C stops)")
    if not doors.public_url and doors.host not in _LOOPBACK:
        _say_to_stderr("asked by a bare address only; set DRAGOMAN_PUBLIC_URL to the address that people use")
    _say_to_stderr(f"staff page: {shown}/knowledge" + (f", key {key}" if is_new_key else ""))
    allow_many_connections()
    service.start()
    try:
        with (
            contextlib.suppress(KeyboardInterrupt),
            asyncio.Runner(loop_factory=server.config.get_loop_factory()) as loop,
        ):
            loop.run(_run(server, listening, channel, service.interrupt))
    finally:
        service.stop()
        listening.close()
    if service.failure is not None:
        raise StartError(service.failure)


async def _run(
    server: uvicorn.Server, listening: socket.socket, channel: "TelegramChannel | None", interrupt: Callable[[], None]
) -> None:
    """Both doors around one event loop; when one ends, so does the other.

    Args:
        interrupt: is called as soon as the server is told to end: what is being indexed would hold it up.

    Raises:
        StartError: Telegram will not have us.
    """
    answering = asyncio.create_task(channel.run()) if channel is not None else None
    if answering is not None:
        answering.add_done_callback(lambda _: setattr(server, "should_exit", True))
    ending = asyncio.create_task(_end_together(server, answering, interrupt))
    try:
        await server.serve(sockets=[listening])
    finally:
        server.should_exit = True
        await ending
    if answering is not None and not answering.cancelled() and (error := answering.exception()) is not None:
        raise error


async def _end_together(
    server: uvicorn.Server, answering: "asyncio.Task[None] | None", interrupt: Callable[[], None]
) -> None:
    """Ends the channel as soon as the server is told to, beside it and not after it: both need a few seconds."""
    while not server.should_exit:
        await asyncio.sleep(0.1)
    interrupt()
    if answering is not None:
        answering.cancel()
        await asyncio.wait([answering])


@dataclass(frozen=True, slots=True)
class _Counted:
    """The service, its answers counted as those of a surface."""

    service: Service
    metrics: Metrics
    surface: str

    def stream(
        self, question: str, *, conversation_id: str | None = None, language: str | None = None
    ) -> AsyncGenerator[Delta | Answer, None]:
        """As the service's."""
        events = self.service.stream(question, conversation_id=conversation_id, language=language)
        return self.metrics.measured(self.surface, events)

    def examples(self, language: str) -> Sequence[str]:
        """As the service's."""
        return self.service.examples(language)


def _telegram(
    options: TelegramOptions, service: Service, metrics: Metrics, data: Path, address: str
) -> "TelegramChannel":
    from bot.channels.telegram.channel import TelegramChannel  # its library takes half a second

    if options.webhook and not options.public_url:
        raise StartError(
            "DRAGOMAN_TELEGRAM_WEBHOOK is true, but DRAGOMAN_PUBLIC_URL is empty: Telegram must know where to deliver. "
            "Set it to the https address users reach, or leave the webhook out"
        )
    house = TelegramHouse(service.opened, lambda: service.sync(rebuild=False, allow_removals=False))
    channel = TelegramChannel(
        options if options.public_url else replace(options, public_url=address),
        assistant=_Counted(service, metrics, "telegram"),
        memory=service.store,
        library=house,
        shelf=house,
        make_link=_make_link,
        data=data,
        say=_say_to_stderr,
    )
    metrics.watch(
        "dragoman_telegram_plain_fallbacks",
        "Messages that Telegram took only without markup.",
        lambda: float(channel.plain_fallbacks),
    )
    return channel


def _make_link(base: str, citation: Citation, language: str) -> str:
    return source_link(base, citation, language=language)


def _with_webhook(web: Any, channel: "TelegramChannel") -> Any:
    """The web application, with the one address that Telegram delivers to before it: its bodies are larger."""
    from bot.channels.telegram.channel import WEBHOOK_PATH

    async def app(scope: Any, receive: Any, send: Any) -> None:
        inner = channel.webhook if scope["type"] == "http" and scope["path"] == WEBHOOK_PATH else web
        await inner(scope, receive, send)

    return app


def _public(doors: Doors, folder: Path) -> Public:
    return Public(
        site_keys=doors.site_keys or (kept_secret(folder, SITE_KEY_FILE, prefix="pk_")[0],),
        session_secret=kept_secret(folder, "session_secret")[0],
        allowed_origins=doors.allowed_origins,
        api_keys=doors.api_keys,
        metrics_token=doors.metrics_token,
        privacy_url=doors.privacy_url,
        limits=doors.limits,
        docs=doors.docs,
        at_home=not doors.public_url and doors.host in _LOOPBACK,
        names=None if doors.public_url else _own_names(doors.host),
    )


def _own_names(host: str) -> frozenset[str]:
    """What this machine is called on its own network."""
    name = socket.gethostname().lower()
    return frozenset({name, f"{name}.local", host.lower()})


def _mcp(doors: Doors, service: Service, metrics: Metrics, address: str) -> McpApp:
    from bot.channels.mcp.server import http_app, mcp_server, running  # the protocol's values take half a second

    base = doors.public_url or address
    desk = HouseDesk(service, service, lambda citation: source_link(base, citation), metrics.measured)
    server = mcp_server(desk, version=VERSION)
    return McpApp(http_app(server, hosts=_mcp_hosts(doors)), lambda _: running(server))


def _mcp_hosts(doors: Doors) -> list[str]:
    """The names that assistants may ask by; a wildcard is no name, and pages can reach this machine by it."""
    names = [urlsplit(doors.public_url).netloc]
    if doors.host not in {"0.0.0.0", "::"}:  # noqa: S104 compared, not bound
        names += [shown_host(doors.host), f"{shown_host(doors.host)}:*"]
    return [name for name in names if name]


def _watch(metrics: Metrics, service: Service, runs: Runs) -> None:
    """The numbers that are looked up whenever they are asked for."""
    metrics.watch("dragoman_ready", "1 when questions can be answered.", lambda: float(service.state().ready))
    metrics.watch("dragoman_documents", "Documents in the index.", lambda: float(service.state().documents))
    metrics.watch("dragoman_passages", "Passages in the index.", lambda: float(service.state().passages))
    metrics.watch("dragoman_index_age_seconds", "Since the last sync ended.", service.index_age)
    metrics.watch("dragoman_running_answers", "Answers on their way.", lambda: float(runs.running))
    if service.model is not None:
        metrics.watch_model(service.model)
    metrics.watch("dragoman_waiting_questions", "Of them, those that wait for their turn.", service.waiting)


def kept_secret(folder: Path, name: str, *, prefix: str = "") -> tuple[str, bool]:
    """The secret that a file of the data folder keeps; and whether it was made just now.

    Raises:
        DataFolderError: the file cannot be read or made.
    """
    path = folder / name
    try:
        if path.exists() and (kept := path.read_text("ascii").strip()):
            return kept, False
        letters = base64.b32encode(secrets.token_bytes(15)).decode().lower()
        key = prefix + "-".join(letters[start : start + 6] for start in range(0, len(letters), 6))
        beside = path.with_name(f"{name}.new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key + "\n")
        beside.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        way_out = ", or set DRAGOMAN_STAFF_KEY" if name == STAFF_KEY_FILE else ""
        raise DataFolderError(f"{path}: cannot be used ({error}); check its permissions{way_out}") from error
    return key, True


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        remedy = "free it, or set DRAGOMAN_PORT or --port to another"
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            remedy = "set DRAGOMAN_HOST or --host to an address of this machine, such as 127.0.0.1 or 0.0.0.0"
        elif error.errno == errno.EACCES:
            remedy = "ports below 1024 are for the system; set DRAGOMAN_PORT or --port to another"
        raise StartError(f"cannot listen on {host}:{port} ({error.strerror}); {remedy}") from error
    return listening


def _say_to_stderr(line: str) -> None:
    logging.getLogger(SAID).info(line)
