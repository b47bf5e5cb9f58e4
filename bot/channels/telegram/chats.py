"""What is remembered of chats: their language, whether they want to hear of us, whose conversation is whose."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.channels.telegram.database import CHATS, CONVERSATIONS, FACTS, INBOX, OUTBOX, PROMPTS, Database
from bot.channels.telegram.ledger import Address, Conversation, Taken

_FORMER = "former number of "


@dataclass(frozen=True, slots=True)
class ChatRecord:
    """What is remembered of a chat: the language it chose, empty for none, and whether it wants to hear of us."""

    language: str = ""
    blocked: bool = False


class Chats:
    """The memory of the channel about chats, and its notes to itself."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._former: dict[int, int] = {}

    async def open(self) -> None:
        """Recalls which groups had another number once."""

        def work(connection: sa.Connection) -> dict[int, int]:
            rows = connection.execute(sa.select(FACTS).where(FACTS.c.name.startswith(_FORMER)))
            return {int(row.name.removeprefix(_FORMER)): int(row.value) for row in rows}

        self._former = await self._database.do(work) | self._former

    def numbers(self, chat_id: int) -> frozenset[int]:
        """The numbers that a chat has had, today's among them."""
        found = {chat_id}
        while (chat_id := self._former.get(chat_id, chat_id)) not in found:
            found.add(chat_id)
        return frozenset(found)

    def has_moved(self, old: int, new: int) -> None:
        """A group has a new number from now on; ``move`` writes it down."""
        self._former[new] = old

    async def chat(self, chat_id: int) -> ChatRecord:
        """What is remembered of a chat."""

        def work(connection: sa.Connection) -> ChatRecord:
            row = connection.execute(sa.select(CHATS).where(CHATS.c.chat_id == chat_id)).first()
            return ChatRecord(row.language, row.blocked) if row is not None else ChatRecord()

        return await self._database.do(work)

    async def remember(self, chat_id: int, *, language: str | None = None, blocked: bool | None = None) -> None:
        """Changes what is remembered of a chat; messages to one that has blocked us are given up."""

        def work(connection: sa.Connection) -> None:
            _make_chat(connection, chat_id)
            values: dict[str, object] = {}
            if language is not None:
                values["language"] = language
            if blocked is not None:
                values["blocked"] = blocked
            connection.execute(sa.update(CHATS).where(CHATS.c.chat_id == chat_id).values(values))
            if blocked:
                connection.execute(sa.delete(OUTBOX).where(OUTBOX.c.chat_id == chat_id))

        await self._database.do(work)

    async def move(self, old: int, new: int) -> None:
        """A group became a supergroup: everything known of it now belongs to the new number."""
        self.has_moved(old, new)

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(FACTS).where(FACTS.c.name == f"{_FORMER}{new}"))
            connection.execute(sa.insert(FACTS).values(name=f"{_FORMER}{new}", value=str(old)))
            # Telegram tells both chats, so the second time there is nothing left to move.
            if connection.scalar(sa.select(CHATS.c.chat_id).where(CHATS.c.chat_id == old)) is not None:
                connection.execute(sa.delete(CHATS).where(CHATS.c.chat_id == new))
            for table in (INBOX, OUTBOX, CHATS, CONVERSATIONS):
                connection.execute(sa.update(table).where(table.c.chat_id == old).values(chat_id=new))

        await self._database.do(work)

    async def conversation(self, address: Address, *, new_id: str) -> Conversation:
        """The conversation of a user in a thread; begun under ``new_id`` where there is none."""

        def work(connection: sa.Connection) -> Conversation:
            mine = _talk(address) & CONVERSATIONS.c.is_current
            row = connection.execute(sa.select(CONVERSATIONS).where(mine)).first()
            if row is not None:
                return Conversation(row.conversation_id, row.last_answer)
            connection.execute(
                sa.insert(CONVERSATIONS).values(
                    conversation_id=new_id,
                    chat_id=address.chat_id,
                    thread_id=address.thread_id or 0,
                    user_id=address.user_id,
                    is_current=True,
                    last_answer="",
                )
            )
            return Conversation(new_id, "")

        return await self._database.do(work)

    async def forget_conversation(self, conversation: Conversation) -> None:
        """Forgets whose conversation it was."""
        mine = CONVERSATIONS.c.conversation_id == conversation.id
        await self._database.do(lambda connection: connection.execute(sa.delete(CONVERSATIONS).where(mine)))

    async def end_conversation(self, address: Address) -> None:
        """The next question begins a new conversation."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.update(CONVERSATIONS).where(_talk(address)).values(is_current=False))

        await self._database.do(work)

    async def conversations(self, chat_id: int, user_id: int | None) -> list[str]:
        """Every conversation there ever was in a chat; of one user, or of all."""

        def work(connection: sa.Connection) -> list[str]:
            query = sa.select(CONVERSATIONS.c.conversation_id).where(*_theirs(CONVERSATIONS, chat_id, user_id))
            return list(connection.scalars(query))

        return await self._database.do(work)

    async def forget(self, chat_id: int, user_id: int | None, *, but: Taken) -> None:
        """Erases byte for byte what is kept here of a chat, or of one user in it; ``but`` the update that asks for it."""

        def work(connection: sa.Connection) -> None:
            others = (INBOX.c.update_id != but.update_id) | (INBOX.c.digest != but.digest)
            connection.execute(
                sa.update(INBOX)
                .where(*_theirs(INBOX, chat_id, user_id), others)
                .values(payload="", waits=False, chat_id=0, user_id=0)
            )
            for table in (OUTBOX, CONVERSATIONS):
                connection.execute(sa.delete(table).where(*_theirs(table, chat_id, user_id)))
            if user_id is None:
                connection.execute(sa.delete(CHATS).where(CHATS.c.chat_id == chat_id))

        await self._database.do(work)
        await self._database.write_back()

    async def keep_prompts(self, texts: Sequence[str]) -> list[str]:
        """A short key for each question, for a button to carry."""
        keys = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]

        def work(connection: sa.Connection) -> None:
            for key, text in zip(keys, texts, strict=True):
                row = sa.insert(PROMPTS).prefix_with("OR IGNORE", dialect="sqlite").values(key=key, text=text)
                connection.execute(row)

        if texts:
            await self._database.do(work)
        return keys

    async def prompt(self, key: str) -> str | None:
        """The question behind a button."""
        return await self._database.do(lambda c: c.scalar(sa.select(PROMPTS.c.text).where(PROMPTS.c.key == key)))

    async def fact(self, name: str) -> str:
        """A note to ourselves; empty if there is none."""
        return await self._database.do(lambda c: c.scalar(sa.select(FACTS.c.value).where(FACTS.c.name == name))) or ""

    async def set_fact(self, name: str, value: str) -> None:
        """Leaves a note to ourselves."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(FACTS).where(FACTS.c.name == name))
            connection.execute(sa.insert(FACTS).values(name=name, value=value))

        await self._database.do(work)


def _talk(address: Address) -> sa.ColumnElement[bool]:
    return (
        (CONVERSATIONS.c.chat_id == address.chat_id)
        & (CONVERSATIONS.c.thread_id == (address.thread_id or 0))
        & (CONVERSATIONS.c.user_id == address.user_id)
    )


def _theirs(table: sa.Table, chat_id: int, user_id: int | None) -> list[sa.ColumnElement[bool]]:
    return [table.c.chat_id == chat_id, *([] if user_id is None else [table.c.user_id == user_id])]


def _make_chat(connection: sa.Connection, chat_id: int) -> None:
    row = {"chat_id": chat_id, "language": "", "blocked": False}
    connection.execute(sa.insert(CHATS).prefix_with("OR IGNORE", dialect="sqlite").values(row))
