"""The channel's own database: its tables, and the one thread in which all work on them is done."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from bot.errors import StartError

T = TypeVar("T")

_schema = sa.MetaData()
INBOX = sa.Table(
    "inbox",
    _schema,
    sa.Column("update_id", sa.BigInteger, primary_key=True),
    sa.Column("digest", sa.String, primary_key=True),  # after a quiet week Telegram begins anew, at any number
    sa.Column("taken_at", sa.String, nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("waits", sa.Boolean, nullable=False, index=True),
)
OUTBOX = sa.Table(
    "outbox",
    _schema,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("batch", sa.String, nullable=False, index=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("thread_id", sa.BigInteger),
    sa.Column("reply_to", sa.BigInteger),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("plain", sa.Text, nullable=False),
    sa.Column("keyboard", sa.Text, nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("is_notice", sa.Boolean, nullable=False),
    sa.Column("state", sa.String, nullable=False, index=True),
    sa.Column("made_at", sa.String, nullable=False),
    sqlite_autoincrement=True,
)
CHATS = sa.Table(
    "chats",
    _schema,
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("blocked", sa.Boolean, nullable=False),
)
CONVERSATIONS = sa.Table(
    "conversations",
    _schema,
    sa.Column("conversation_id", sa.String, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("thread_id", sa.BigInteger, nullable=False),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("is_current", sa.Boolean, nullable=False),
    sa.Column("last_answer", sa.String, nullable=False),
)
PROMPTS = sa.Table(
    "prompts",
    _schema,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)
FACTS = sa.Table(
    "facts",
    _schema,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)


class Database:
    """Work on the tables, one piece after another.

    Raises:
        StartError: the file cannot be made or written.
    """

    def __init__(self, path: Path) -> None:
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": 5}, poolclass=sa.pool.StaticPool
        )
        sa.event.listen(self._engine, "connect", _set_pragmas)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="telegram-ledger")
        self._wanted: deque[tuple[Callable[[sa.Connection], Any], Callable[[Any, BaseException | None], None]]] = (
            deque()
        )
        try:
            self._thread.submit(_schema.create_all, self._engine).result()
        except sa.exc.DatabaseError as error:
            self._thread.shutdown()
            raise StartError(f"{path} cannot be used ({error.orig}); check its permissions and free space") from error

    async def close(self) -> None:
        """Lets go of the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    async def do(self, work: Callable[[sa.Connection], T]) -> T:
        """Work on the file. What is wanted at the same moment is written with one commit: each costs a wait for the disk."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def tell(result: T | None, error: BaseException | None) -> None:
            if done.cancelled():
                return
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(cast(T, result))

        def finished(result: Any, error: BaseException | None) -> None:
            loop.call_soon_threadsafe(tell, result, error)

        self._wanted.append((work, finished))
        self._thread.submit(self._work_off)
        return await done

    def _work_off(self) -> None:
        batch = []
        while self._wanted:
            batch.append(self._wanted.popleft())
        try:
            with self._engine.begin() as connection:
                results = [work(connection) for work, _ in batch]
        except Exception as error:
            if len(batch) == 1:
                batch[0][1](None, error)
                return
            for one in batch:  # one of them is to blame, the others are not
                self._wanted.append(one)
                self._work_off()
            return
        for (_, finished), result in zip(batch, results, strict=True):
            finished(result, None)

    async def write_back(self) -> None:
        """Leaves nothing of what was deleted in the log beside the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._write_back)

    def _write_back(self) -> None:
        with self._engine.connect() as connection:
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _set_pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
