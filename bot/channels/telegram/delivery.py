"""Messages out: each chat in its order, at Telegram's pace, every one certain to arrive and none sent blindly twice."""

import asyncio
import logging
from collections import deque
from dataclasses import replace

from bot.channels.telegram.api import Api
from bot.channels.telegram.chats import Chats
from bot.channels.telegram.failures import (
    BlockedError,
    MovedError,
    RefusedError,
    TelegramFailure,
    TokenError,
    TooManyError,
    UncertainError,
    UndeliveredError,
)
from bot.channels.telegram.gates import Gates
from bot.channels.telegram.ledger import Ledger, Parcel, moved
from bot.channels.telegram.markup import paragraph
from bot.channels.telegram.messages import Button, Message, messages
from bot.channels.telegram.pace import REAL, Pace
from bot.replies import reply

log = logging.getLogger(__name__)

_FOR_GOOD = (
    "chat not found", "user is deactivated", "peer_id_invalid", "have no rights", "not enough rights",
    "chat_write_forbidden", "chat_restricted",
)  # fmt: skip
"""Reasons that no simpler form changes."""
_LINES = 10
"""Calls under way at a time: after a crash nobody knows what became of so many, and thirty a second need no more."""


class Delivery:
    """Delivers what stands in the outbox."""

    def __init__(self, api: Api, gates: Gates, ledger: Ledger, chats: Chats, pace: Pace = REAL) -> None:
        self._api = api
        self._gates = gates
        self._ledger = ledger
        self._chats = chats
        self._pace = pace
        self._queues: dict[int, deque[Parcel]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._moved: dict[int, int] = {}
        self._lines = asyncio.Semaphore(_LINES)
        self._closed = False
        self.doubts_token = asyncio.Event()
        """Set when something that stands for Telegram says that it does not know the token."""
        self.plain_fallbacks = 0
        """How often Telegram refused our markup."""

    async def resume(self) -> None:
        """Takes up what an earlier run left. Of a message that was under way then, a notice is sent in its place."""
        told: set[str] = set()
        for parcel in await self._ledger.interrupted():
            if parcel.is_notice:
                await self._ledger.mark(parcel, "ready")  # a second one does no harm
            elif parcel.batch in told:
                await self._ledger.mark(parcel, "uncertain")
            else:
                told.add(parcel.batch)
                await self._ledger.put_notice(parcel, _notice(parcel))
        self.send(*await self._ledger.undelivered())

    def send(self, *parcels: Parcel) -> None:
        """Has messages delivered, after those that wait for the same chat."""
        if self._closed:
            return  # they stand in the outbox for the next start
        for parcel in parcels:
            chat_id = parcel.address.chat_id
            self._queues.setdefault(chat_id, deque()).append(parcel)
            if chat_id not in self._workers:
                self._workers[chat_id] = asyncio.create_task(self._work(chat_id))

    async def close(self, *, seconds: float) -> None:
        """Lets the calls that are under way end, but not for longer than this."""
        self._closed = True
        workers = list(self._workers.values())
        if workers:
            await asyncio.wait(workers, timeout=seconds)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, chat_id: int) -> None:
        queue = self._queues[chat_id]
        try:
            while queue and not self._closed:
                try:
                    await self._deliver(queue.popleft())
                except Exception:
                    log.exception("a message stays in the outbox until the next start")
        finally:
            self._queues.pop(chat_id, None)
            self._workers.pop(chat_id, None)

    async def _deliver(self, parcel: Parcel) -> None:
        """One message, until it has arrived, or is known never to, or nobody can know."""
        is_html, pause = True, self._pace.pause
        while not self._closed:
            if (new := self._moved.get(parcel.address.chat_id)) is not None:
                parcel = moved(parcel, new)
            try:
                await self._call(parcel, is_html=is_html)
                return
            except TooManyError as error:
                self._gates.cool(parcel.address.chat_id, error.seconds)
                await self._ledger.mark(parcel, "ready")
            except MovedError as error:
                self._moved[parcel.address.chat_id] = error.chat_id
                await self._ledger.mark(parcel, "ready")
                await self._chats.move(parcel.address.chat_id, error.chat_id)
            except BlockedError as error:
                log.info("a chat is closed to us: %s", error)
                await self._ledger.remove(parcel)
                await self._chats.remember(parcel.address.chat_id, blocked=True)
                self._queues.get(parcel.address.chat_id, deque()).clear()
                return
            except (UndeliveredError, TokenError) as error:
                # A gateway may say that there is no such bot, too; whether the token holds, Telegram itself must say.
                if isinstance(error, TokenError):
                    self.doubts_token.set()
                log.warning("Telegram cannot be reached (%s); trying again in %g s", error, pause)
                await self._ledger.mark(parcel, "ready")
                await asyncio.sleep(pause)
                pause = min(self._pace.longest, pause * 2)
            except RefusedError as error:
                easier = _made_easier(parcel, error, is_html=is_html)
                if easier is None:
                    log.error("Telegram refuses a message for good: %s", error)
                    await self._ledger.remove(parcel)
                    return
                log.warning("Telegram refused a message (%s); it goes out in a simpler form", error)
                self.plain_fallbacks += is_html and not easier[1]
                parcel, is_html = easier
                await self._ledger.mark(parcel, "ready")
            except UncertainError as error:
                if parcel.is_notice and pause < self._pace.longest:
                    await self._ledger.mark(parcel, "ready")
                    await asyncio.sleep(pause)
                    pause *= 2
                    continue
                log.warning("nobody knows whether a message arrived (%s); it is not sent again", error)
                await self._became_uncertain(parcel)
                return
            except TelegramFailure as error:
                log.error("a message was not sent: %s", error)
                await self._ledger.mark(parcel, "ready")
                return

    async def _call(self, parcel: Parcel, *, is_html: bool) -> None:
        address, part = parcel.address, parcel.message.part
        async with self._gates.message(address.chat_id), self._lines:
            if not await self._ledger.mark(parcel, "sending"):
                return  # forgotten meanwhile
            await self._api.send(
                address.chat_id,
                part.html if is_html else part.plain,
                is_html=is_html,
                keyboard=parcel.message.keyboard,
                thread_id=address.thread_id,
                reply_to=address.reply_to,
            )
        await self._ledger.remove(parcel)

    async def _became_uncertain(self, parcel: Parcel) -> None:
        """Tells the user once, with a button that has the message sent after all."""
        waiting = self._queues.get(parcel.address.chat_id, ())
        if parcel.is_notice or any(other.is_notice and other.batch == parcel.batch for other in waiting):
            await (self._ledger.remove(parcel) if parcel.is_notice else self._ledger.mark(parcel, "uncertain"))
            return
        notice = await self._ledger.put_notice(parcel, _notice(parcel))
        if notice is not None:
            self.send(notice)


def _notice(parcel: Parcel) -> Message:
    button = Button(reply("telegram_button_again", parcel.language), data=f"a:{parcel.batch}")
    return messages([paragraph(reply("telegram_uncertain", parcel.language))], ((button,),))[0]


def _made_easier(parcel: Parcel, error: RefusedError, *, is_html: bool) -> tuple[Parcel, bool] | None:
    """The message in the next simpler form, and whether with markup; None where nothing is left to leave out."""
    address, message = parcel.address, parcel.message
    if error.says(*_FOR_GOOD):
        return None
    if (
        error.says("thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
        and address.thread_id is not None
    ):
        return replace(parcel, address=replace(address, thread_id=None)), is_html
    if error.says("replied not found", "reply message") and address.reply_to is not None:
        return replace(parcel, address=replace(address, reply_to=None)), is_html
    if error.says("button", "keyboard") and message.keyboard:
        return replace(parcel, message=replace(message, keyboard=_without_links(message))), is_html
    if is_html:
        return parcel, False
    if message.keyboard:
        return replace(parcel, message=replace(message, keyboard=())), False
    if address.reply_to is not None or address.thread_id is not None:
        return replace(parcel, address=replace(address, reply_to=None, thread_id=None)), False
    return None


def _without_links(message: Message) -> tuple[tuple[Button, ...], ...]:
    """The buttons that open nothing; none of them where there was no link to blame."""
    if not any(button.url for row in message.keyboard for button in row):
        return ()
    rows = (tuple(button for button in row if not button.url) for row in message.keyboard)
    return tuple(row for row in rows if row)
