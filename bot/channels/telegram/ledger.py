"""What must survive a crash between Telegram and us, in SQL: updates not yet answered, messages not yet delivered.

An update is confirmed to Telegram only after it stands here. Its answer is written in the transaction that ends it, so it
is answered once; a message whose call was under way when we died is never simply sent again.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from bot.channels.telegram.database import CONVERSATIONS, INBOX, OUTBOX, Database
from bot.channels.telegram.markup import Part
from bot.channels.telegram.messages import Keyboard, Message

Json = dict[str, Any]
"""An object as Telegram sent it."""

_KEPT = dt.timedelta(days=8)
"""So long it is remembered that an update was seen; Telegram itself forgets updates after a day."""
_ENDED = {"waits": False, "payload": "", "chat_id": 0, "user_id": 0}
"""What is left of an update: that it was seen."""
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


class Ledger:
    """Inbox and outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
                inserted = connection.execute(sa.insert(INBOX).prefix_with("OR IGNORE", dialect="sqlite").values(row))
                if inserted.rowcount:
                    new.append(taken)
            return new

        return await self._database.do(work)

    async def tidy(self) -> None:
        """Forgets the numbers of updates, and messages that may not have arrived, which nobody can want any more."""

        def work(connection: sa.Connection) -> None:
            before = (_now() - _KEPT).isoformat()
            connection.execute(sa.delete(INBOX).where(~INBOX.c.waits, INBOX.c.taken_at < before))
            # An earlier release kept whose they had been.
            connection.execute(sa.update(INBOX).where(~INBOX.c.waits, INBOX.c.chat_id != 0).values(_ENDED))
            done = OUTBOX.c.state.not_in(("ready", "sending", "uncertain"))
            old = OUTBOX.c.state.not_in(("ready", "sending")) & (OUTBOX.c.made_at < before)
            connection.execute(sa.delete(OUTBOX).where(done | old))

        await self._database.do(work)
        await self._database.write_back()

    async def waiting(self) -> list[Taken]:
        """Updates that nobody has answered yet, the oldest first."""

        def work(connection: sa.Connection) -> list[Taken]:
            query = sa.select(INBOX).where(INBOX.c.waits).order_by(INBOX.c.taken_at, INBOX.c.update_id)
            return [Taken(row.update_id, row.digest, json.loads(row.payload)) for row in connection.execute(query)]

        return await self._database.do(work)

    async def finish(
        self,
        taken: Taken,
        address: Address | None = None,
        answer: Sequence[Message] = (),
        *,
        language: str = "en",
        conversation: Conversation | None = None,
    ) -> list[Parcel]:
        """Ends an update and puts its answer into the outbox, both or neither; what was written, and by whom, is forgotten."""

        def work(connection: sa.Connection) -> list[Parcel]:
            where = (INBOX.c.update_id == taken.update_id) & (INBOX.c.digest == taken.digest)
            ended = connection.execute(sa.update(INBOX).where(where, INBOX.c.waits).values(_ENDED))
            if not ended.rowcount:
                return []
            if conversation is not None:
                connection.execute(
                    sa.update(CONVERSATIONS)
                    .where(CONVERSATIONS.c.conversation_id == conversation.id)
                    .values(last_answer=conversation.last_answer)
                )
            if address is None:
                return []
            return [_put(connection, taken.key, address, message, language) for message in answer]

        return await self._database.do(work)

    # -- outbox ------------------------------------------------------------------------------------------------------

    async def undelivered(self) -> list[Parcel]:
        """Messages to be sent now. Those whose call was under way when we ended may have arrived: they are not among them."""

        def work(connection: sa.Connection) -> list[Parcel]:
            query = sa.select(OUTBOX).where(OUTBOX.c.state == "ready").order_by(OUTBOX.c.id)
            return [_parcel(row) for row in connection.execute(query)]

        return await self._database.do(work)

    async def interrupted(self) -> list[Parcel]:
        """Messages of which nobody knows whether they arrived, because we ended during the call."""

        def work(connection: sa.Connection) -> list[Parcel]:
            query = sa.select(OUTBOX).where(OUTBOX.c.state == "sending").order_by(OUTBOX.c.id)
            return [_parcel(row) for row in connection.execute(query)]

        return await self._database.do(work)

    async def mark(self, parcel: Parcel, state: str) -> bool:
        """Notes how it stands with a message: ``sending``, ``ready`` again, or ``uncertain``.

        Returns:
            False if the message is not in the outbox any more, because nobody wants it: it is not to be sent.
        """

        def work(connection: sa.Connection) -> bool:
            mine = OUTBOX.c.id == parcel.id
            return bool(connection.execute(sa.update(OUTBOX).where(mine).values(state=state)).rowcount)

        return await self._database.do(work)

    async def remove(self, parcel: Parcel) -> None:
        """A message has arrived, or never will."""
        mine = OUTBOX.c.id == parcel.id
        await self._database.do(lambda connection: connection.execute(sa.delete(OUTBOX).where(mine)))

    async def put_notice(self, parcel: Parcel, message: Message) -> Parcel | None:
        """Marks a message as uncertain and puts a notice of it into the outbox, both or neither; None if nobody wants it."""

        def work(connection: sa.Connection) -> Parcel | None:
            mine = OUTBOX.c.id == parcel.id
            if not connection.execute(sa.update(OUTBOX).where(mine).values(state="uncertain")).rowcount:
                return None
            return _put(connection, parcel.batch, parcel.address, message, parcel.language, is_notice=True)

        return await self._database.do(work)

    async def again(self, taken: Taken, batch: str, address: Address) -> list[Parcel]:
        """Puts the uncertain messages of a batch into the outbox once more, because the user asked for them."""

        def work(connection: sa.Connection) -> list[Parcel]:
            where = (INBOX.c.update_id == taken.update_id) & (INBOX.c.digest == taken.digest)
            connection.execute(sa.update(INBOX).where(where).values(_ENDED))
            query = sa.select(OUTBOX).where(
                OUTBOX.c.batch == batch, OUTBOX.c.chat_id == address.chat_id, OUTBOX.c.state == "uncertain"
            )
            lost = [_parcel(row) for row in connection.execute(query.order_by(OUTBOX.c.id))]
            for parcel in lost:
                connection.execute(sa.delete(OUTBOX).where(OUTBOX.c.id == parcel.id))
            return [_put(connection, taken.key, address, parcel.message, parcel.language) for parcel in lost]

        return await self._database.do(work)


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
    key = connection.execute(sa.insert(OUTBOX).values(row)).inserted_primary_key
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
