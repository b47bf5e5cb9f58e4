"""What must survive a crash between Telegram and us, in SQL: updates not yet answered, messages not yet delivered.

An update is confirmed to Telegram only after it stands here. Its answer is written in the transaction that ends it, so it
is answered once; a message whose call was under way when we died is never simply sent again.
"""

import asyncio
import datetime as dt
import hashlib
import json
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from pydantic import TypeAdapter

from bot.channels.telegram.markup import Part
from bot.channels.telegram.messages import Keyboard, Message
from bot.errors import StartError

T = TypeVar("T")
Json = dict[str, Any]
"""An object as Telegram sent it."""

_KEPT = dt.timedelta(days=8)
"""So long it is remembered that an update was seen; Telegram itself forgets updates after a day."""
_schema = sa.MetaData()
_inbox = sa.Table(
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
_outbox = sa.Table(
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
_chats = sa.Table(
    "chats",
    _schema,
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("blocked", sa.Boolean, nullable=False),
)
_conversations = sa.Table(
    "conversations",
    _schema,
    sa.Column("conversation_id", sa.String, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("thread_id", sa.BigInteger, nullable=False),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("is_current", sa.Boolean, nullable=False),
    sa.Column("last_answer", sa.String, nullable=False),
)
_prompts = sa.Table(
    "prompts",
    _schema,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)
_facts = sa.Table(
    "facts",
    _schema,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
_keyboard_json: TypeAdapter[Keyboard] = TypeAdapter(Keyboard)


@dataclass(frozen=True, slots=True)
class Taken:
    """An update that stands in the inbox."""

    update_id: int
    digest: str
    payload: Json

    @property
    def key(self) -> str:
        """The update's own name, also that of the messages that answer it."""
        return f"{self.update_id}.{self.digest}"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a chat, a thread of it, and the message it replies to."""

    chat_id: int
    user_id: int
    thread_id: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message in the outbox. ``is_notice``: it only says that another may not have arrived."""

    id: int
    batch: str
    address: Address
    message: Message
    language: str
    is_notice: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """One user's conversation in one thread of one chat."""

    id: str
    last_answer: str


@dataclass(frozen=True, slots=True)
class ChatRecord:
    """What is remembered of a chat: the language it chose, empty for none, and whether it wants to hear of us."""

    language: str = ""
    blocked: bool = False


class Ledger:
    """Inbox, outbox and what is known of chats. Its work is done one after another in a thread of its own.

    Raises:
        StartError: the file cannot be made or written.
    """

    def __init__(self, path: Path) -> None:
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": 5}, poolclass=sa.pool.StaticPool
        )
        sa.event.listen(self._engine, "connect", _set_pragmas)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="telegram-ledger")
        self._wanted: deque[tuple[Callable[[sa.Connection], Any], Callable[[Any, BaseException | None], None]]] = deque()
        try:
            self._thread.submit(_schema.create_all, self._engine).result()
        except sa.exc.DatabaseError as error:
            self._thread.shutdown()
            raise StartError(f"{path} cannot be used ({error.orig}); check its permissions and free space") from error

    async def close(self) -> None:
        """Lets go of the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    async def _do(self, work: Callable[[sa.Connection], T]) -> T:
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

    # -- inbox -------------------------------------------------------------------------------------------------------

    async def take(self, updates: Sequence[Json]) -> list[Taken]:
        """Keeps updates; gives those that were not seen before, in the order of their numbers."""
        found = sorted((taken for update in updates if (taken := _taken(update))), key=lambda taken: taken.update_id)

        def work(connection: sa.Connection) -> list[Taken]:
            new = []
            for taken in found:
                chat_id, user_id = _whose(taken.payload)
                row = {
                    "update_id": taken.update_id,
                    "digest": taken.digest,
                    "taken_at": _now().isoformat(),
                    "chat_id": chat_id,
                    "user_id": user_id,
                    "payload": json.dumps(taken.payload),
                    "waits": True,
                }
                inserted = connection.execute(sa.insert(_inbox).prefix_with("OR IGNORE", dialect="sqlite").values(row))
                if inserted.rowcount:
                    new.append(taken)
            return new

        return await self._do(work)

    async def waiting(self) -> list[Taken]:
        """Updates that nobody has answered yet, the oldest first; forgets old ones that were."""

        def work(connection: sa.Connection) -> list[Taken]:
            before = (_now() - _KEPT).isoformat()
            connection.execute(sa.delete(_inbox).where(~_inbox.c.waits, _inbox.c.taken_at < before))
            done = _outbox.c.state.not_in(("ready", "sending"))
            connection.execute(sa.delete(_outbox).where(done, _outbox.c.made_at < before))
            query = sa.select(_inbox).where(_inbox.c.waits).order_by(_inbox.c.taken_at, _inbox.c.update_id)
            return [Taken(row.update_id, row.digest, json.loads(row.payload)) for row in connection.execute(query)]

        return await self._do(work)

    async def finish(
        self,
        taken: Taken,
        address: Address | None = None,
        answer: Sequence[Message] = (),
        *,
        language: str = "en",
        conversation: Conversation | None = None,
    ) -> list[Parcel]:
        """Ends an update and puts its answer into the outbox, both or neither; what the user wrote is forgotten here."""

        def work(connection: sa.Connection) -> list[Parcel]:
            where = (_inbox.c.update_id == taken.update_id) & (_inbox.c.digest == taken.digest)
            ended = connection.execute(sa.update(_inbox).where(where, _inbox.c.waits).values(waits=False, payload=""))
            if not ended.rowcount:
                return []
            if conversation is not None:
                connection.execute(
                    sa.update(_conversations)
                    .where(_conversations.c.conversation_id == conversation.id)
                    .values(last_answer=conversation.last_answer)
                )
            if address is None:
                return []
            return [_put(connection, taken.key, address, message, language) for message in answer]

        return await self._do(work)

    # -- outbox ------------------------------------------------------------------------------------------------------

    async def undelivered(self) -> list[Parcel]:
        """Messages to be sent now. Those whose call was under way when we ended may have arrived: they are not among them."""

        def work(connection: sa.Connection) -> list[Parcel]:
            query = sa.select(_outbox).where(_outbox.c.state == "ready").order_by(_outbox.c.id)
            return [_parcel(row) for row in connection.execute(query)]

        return await self._do(work)

    async def interrupted(self) -> list[Parcel]:
        """Messages of which nobody knows whether they arrived, because we ended during the call."""

        def work(connection: sa.Connection) -> list[Parcel]:
            query = sa.select(_outbox).where(_outbox.c.state == "sending").order_by(_outbox.c.id)
            return [_parcel(row) for row in connection.execute(query)]

        return await self._do(work)

    async def mark(self, parcel: Parcel, state: str) -> None:
        """Notes what became of a message: ``sending``, ``ready`` again, ``sent``, ``uncertain`` or ``given_up``."""
        values: dict[str, str] = {"state": state}
        if state in {"sent", "given_up"}:
            values |= {"html": "", "plain": "", "keyboard": "[]"}

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.update(_outbox).where(_outbox.c.id == parcel.id).values(**values))

        await self._do(work)

    async def put_notice(self, parcel: Parcel, message: Message) -> Parcel:
        """Marks a message as uncertain and puts a notice of it into the outbox, both or neither."""

        def work(connection: sa.Connection) -> Parcel:
            connection.execute(sa.update(_outbox).where(_outbox.c.id == parcel.id).values(state="uncertain"))
            return _put(connection, parcel.batch, parcel.address, message, parcel.language, is_notice=True)

        return await self._do(work)

    async def again(self, taken: Taken, batch: str, address: Address) -> list[Parcel]:
        """Puts the uncertain messages of a batch into the outbox once more, because the user asked for them."""

        def work(connection: sa.Connection) -> list[Parcel]:
            where = (_inbox.c.update_id == taken.update_id) & (_inbox.c.digest == taken.digest)
            connection.execute(sa.update(_inbox).where(where).values(waits=False, payload=""))
            query = sa.select(_outbox).where(
                _outbox.c.batch == batch, _outbox.c.chat_id == address.chat_id, _outbox.c.state == "uncertain"
            )
            lost = [_parcel(row) for row in connection.execute(query.order_by(_outbox.c.id))]
            for parcel in lost:
                connection.execute(sa.update(_outbox).where(_outbox.c.id == parcel.id).values(state="asked_again"))
            return [_put(connection, taken.key, address, parcel.message, parcel.language) for parcel in lost]

        return await self._do(work)

    # -- chats and conversations -------------------------------------------------------------------------------------

    async def chat(self, chat_id: int) -> ChatRecord:
        """What is remembered of a chat."""

        def work(connection: sa.Connection) -> ChatRecord:
            row = connection.execute(sa.select(_chats).where(_chats.c.chat_id == chat_id)).first()
            return ChatRecord(row.language, row.blocked) if row is not None else ChatRecord()

        return await self._do(work)

    async def remember(self, chat_id: int, *, language: str | None = None, blocked: bool | None = None) -> None:
        """Changes what is remembered of a chat; messages to one that has blocked us are given up."""

        def work(connection: sa.Connection) -> None:
            _make_chat(connection, chat_id)
            values: dict[str, object] = {}
            if language is not None:
                values["language"] = language
            if blocked is not None:
                values["blocked"] = blocked
            connection.execute(sa.update(_chats).where(_chats.c.chat_id == chat_id).values(values))
            if blocked:
                left = (_outbox.c.chat_id == chat_id) & _outbox.c.state.in_(("ready", "sending", "uncertain"))
                connection.execute(
                    sa.update(_outbox).where(left).values(state="given_up", html="", plain="", keyboard="[]")
                )

        await self._do(work)

    async def move(self, old: int, new: int) -> None:
        """A group became a supergroup: everything known of it now belongs to the new number."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(_chats).where(_chats.c.chat_id == new))
            for table in (_inbox, _outbox, _chats, _conversations):
                connection.execute(sa.update(table).where(table.c.chat_id == old).values(chat_id=new))

        await self._do(work)

    async def conversation(self, address: Address, *, new_id: str) -> Conversation:
        """The conversation of a user in a thread; begun under ``new_id`` where there is none."""

        def work(connection: sa.Connection) -> Conversation:
            mine = _talk(address) & _conversations.c.is_current
            row = connection.execute(sa.select(_conversations).where(mine)).first()
            if row is not None:
                return Conversation(row.conversation_id, row.last_answer)
            connection.execute(
                sa.insert(_conversations).values(
                    conversation_id=new_id,
                    chat_id=address.chat_id,
                    thread_id=address.thread_id or 0,
                    user_id=address.user_id,
                    is_current=True,
                    last_answer="",
                )
            )
            return Conversation(new_id, "")

        return await self._do(work)

    async def end_conversation(self, address: Address) -> None:
        """The next question begins a new conversation."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.update(_conversations).where(_talk(address)).values(is_current=False))

        await self._do(work)

    async def conversations(self, chat_id: int, user_id: int | None) -> list[str]:
        """Every conversation there ever was in a chat; of one user, or of all."""

        def work(connection: sa.Connection) -> list[str]:
            query = sa.select(_conversations.c.conversation_id).where(*_theirs(_conversations, chat_id, user_id))
            return list(connection.scalars(query))

        return await self._do(work)

    async def forget(self, chat_id: int, user_id: int | None, *, but: Taken) -> None:
        """Erases byte for byte what is kept here of a chat, or of one user in it; ``but`` the update that asks for it."""

        def work(connection: sa.Connection) -> None:
            others = (_inbox.c.update_id != but.update_id) | (_inbox.c.digest != but.digest)
            connection.execute(
                sa.update(_inbox)
                .where(*_theirs(_inbox, chat_id, user_id), others)
                .values(payload="", waits=False, chat_id=0, user_id=0)
            )
            for table in (_outbox, _conversations):
                connection.execute(sa.delete(table).where(*_theirs(table, chat_id, user_id)))
            if user_id is None:
                connection.execute(sa.delete(_chats).where(_chats.c.chat_id == chat_id))

        await self._do(work)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._write_back)

    def _write_back(self) -> None:
        with self._engine.connect() as connection:
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))

    # -- small facts -------------------------------------------------------------------------------------------------

    async def keep_prompts(self, texts: Sequence[str]) -> list[str]:
        """A short key for each question, for a button to carry."""
        keys = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]

        def work(connection: sa.Connection) -> None:
            for key, text in zip(keys, texts, strict=True):
                row = sa.insert(_prompts).prefix_with("OR IGNORE", dialect="sqlite").values(key=key, text=text)
                connection.execute(row)

        if texts:
            await self._do(work)
        return keys

    async def prompt(self, key: str) -> str | None:
        """The question behind a button."""
        return await self._do(lambda c: c.scalar(sa.select(_prompts.c.text).where(_prompts.c.key == key)))

    async def fact(self, name: str) -> str:
        """A note to ourselves; empty if there is none."""
        return await self._do(lambda c: c.scalar(sa.select(_facts.c.value).where(_facts.c.name == name))) or ""

    async def set_fact(self, name: str, value: str) -> None:
        """Leaves a note to ourselves."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(_facts).where(_facts.c.name == name))
            connection.execute(sa.insert(_facts).values(name=name, value=value))

        await self._do(work)


def moved(parcel: Parcel, chat_id: int) -> Parcel:
    """The parcel on its way to the chat's new number; replies and threads belonged to the old one."""
    return replace(parcel, address=replace(parcel.address, chat_id=chat_id, reply_to=None, thread_id=None))


def _taken(update: Json) -> Taken | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not -(2**63) <= number < 2**63:
        return None
    written = json.dumps(update, sort_keys=True, separators=(",", ":"))
    return Taken(number, hashlib.sha256(written.encode()).hexdigest()[:16], update)


def _whose(update: Json) -> tuple[int, int]:
    """The chat and the user of an update, so that both can be forgotten; 0 where there is none."""
    inside = next((value for name, value in update.items() if name != "update_id" and isinstance(value, dict)), {})
    message = inside.get("message")
    place = message if isinstance(message, dict) else inside
    return _number(place.get("chat")), _number(inside.get("from"))


def _number(thing: object) -> int:
    number = thing.get("id") if isinstance(thing, dict) else None
    return number if isinstance(number, int) and abs(number) < 2**63 else 0


def _talk(address: Address) -> sa.ColumnElement[bool]:
    return (
        (_conversations.c.chat_id == address.chat_id)
        & (_conversations.c.thread_id == (address.thread_id or 0))
        & (_conversations.c.user_id == address.user_id)
    )


def _theirs(table: sa.Table, chat_id: int, user_id: int | None) -> list[sa.ColumnElement[bool]]:
    return [table.c.chat_id == chat_id, *([] if user_id is None else [table.c.user_id == user_id])]


def _make_chat(connection: sa.Connection, chat_id: int) -> None:
    row = {"chat_id": chat_id, "language": "", "blocked": False}
    connection.execute(sa.insert(_chats).prefix_with("OR IGNORE", dialect="sqlite").values(row))


def _put(
    connection: sa.Connection,
    batch: str,
    address: Address,
    message: Message,
    language: str,
    *,
    is_notice: bool = False,
) -> Parcel:
    row = {
        "batch": batch,
        "chat_id": address.chat_id,
        "user_id": address.user_id,
        "thread_id": address.thread_id,
        "reply_to": address.reply_to,
        "html": message.part.html,
        "plain": message.part.plain,
        "keyboard": _keyboard_json.dump_json(message.keyboard).decode(),
        "language": language,
        "is_notice": is_notice,
        "state": "ready",
        "made_at": _now().isoformat(),
    }
    key = connection.execute(sa.insert(_outbox).values(row)).inserted_primary_key
    assert key is not None
    return Parcel(key[0], batch, address, message, language, is_notice)


def _parcel(row: sa.Row[Any]) -> Parcel:
    return Parcel(
        row.id,
        row.batch,
        Address(row.chat_id, row.user_id, row.thread_id, row.reply_to),
        Message(Part(row.html, row.plain), _keyboard_json.validate_json(row.keyboard)),
        row.language,
        row.is_notice,
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _set_pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
