"""Every update that was taken in: what it is, whose turn it is, and who answers it."""

import asyncio
import logging
from collections import OrderedDict

from bot.answer import Feedback
from bot.channels.telegram.answering import Answering
from bot.channels.telegram.api import Api, Me
from bot.channels.telegram.chats import ChatRecord, Chats
from bot.channels.telegram.commands import Commands
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.drafts import Drafts
from bot.channels.telegram.failures import TelegramFailure
from bot.channels.telegram.gates import Gates
from bot.channels.telegram.groups import is_for_us, is_open
from bot.channels.telegram.lanes import Lanes
from bot.channels.telegram.ledger import Ledger, Taken
from bot.channels.telegram.markup import paragraph
from bot.channels.telegram.messages import Message, messages
from bot.channels.telegram.options import Options
from bot.channels.telegram.ports import Library, Linker, Memory
from bot.channels.telegram.reading import Event, Migrated, Pressed, Said, Searched, Standing, StopPressed, read
from bot.channels.telegram.render import sources_messages
from bot.channels.telegram.searching import hints
from bot.channels.telegram.uploads import Uploads
from bot.replies import reply, reply_language

log = logging.getLogger(__name__)

_ALBUMS = 1_000


class Reception:
    """Hands each update to whoever answers it, and sees to it that each is ended exactly once."""

    def __init__(
        self,
        *,
        api: Api,
        gates: Gates,
        ledger: Ledger,
        chats: Chats,
        delivery: Delivery,
        answering: Answering,
        commands: Commands,
        uploads: Uploads,
        drafts: Drafts,
        memory: Memory,
        library: Library,
        options: Options,
        link: Linker,
    ) -> None:
        self._api = api
        self._gates = gates
        self._ledger = ledger
        self._chats = chats
        self._delivery = delivery
        self._answering = answering
        self._commands = commands
        self._uploads = uploads
        self._drafts = drafts
        self._memory = memory
        self._library = library
        self._options = options
        self._link = link
        self._lanes = Lanes()
        self._albums: OrderedDict[tuple[int, str], None] = OrderedDict()
        self._newest_search: dict[int, str] = {}
        self._stopped_at: dict[tuple[tuple[int, int], int], int] = {}
        """Below which update a user wants no more answers in a lane."""
        self._did_stop: set[str] = set()
        self.me = Me(0, "", reads_groups=False)

    def admit(self, taken: Taken) -> None:
        """Has an update answered in its turn."""
        try:
            event = read(taken.payload, self.me)
        except Exception:
            log.exception("update %s cannot be read and gets no answer", taken.update_id)
            event = None
        lane: tuple[object, ...]
        match event:
            case Said() if event.command == "stop" and is_for_us(event, self._options):
                self._stop(taken, event)
                lane = event.place.lane
            case Said() if is_for_us(event, self._options):
                lane = event.place.lane
            case Pressed() if event.data.startswith(("q:", "a:", "s:", "t:", "c:", "l:")):
                lane = event.place.lane
            case Pressed():
                lane = ("button", event.user_id)
            case Searched():
                self._newest_search[event.user_id] = event.query_id
                lane = ("search", event.user_id)
            case Standing() | Migrated():
                lane = ("chat", 0)
            case StopPressed():
                self._answering.stop_chat(event.chat_id)
                event, lane = None, ("nothing", 0)
            case _:
                event, lane = None, ("nothing", 0)
        self._lanes.put(lane, lambda: self._handle(taken, event))

    async def close(self, *, seconds: float) -> None:
        """Lets what is being answered end, but not for longer than this; the rest waits for the next start."""
        await self._lanes.close(seconds=seconds)

    def _stop(self, taken: Taken, said: Said) -> None:
        """At once, ahead of what waits in the lane: that is what it is to end."""
        self._stopped_at[said.place.lane, said.user_id] = taken.update_id
        if self._answering.stop(said.place.lane, said.user_id):
            self._did_stop.add(taken.key)

    async def _handle(self, taken: Taken, event: Event | None) -> None:
        try:
            match event:
                case Said():
                    await self._said(taken, event)
                case Pressed():
                    await self._pressed(taken, event)
                case Searched():
                    await self._searched(taken, event)
                case Standing():
                    await self._chats.remember(event.chat_id, blocked=event.blocked)
                    await self._ledger.finish(taken)
                case Migrated():
                    await self._chats.move(event.old, event.new)
                    await self._ledger.finish(taken)
                case _:
                    await self._ledger.finish(taken)
        except Exception:
            log.exception("update %s failed", taken.update_id)
            await self._apologise(taken, event)

    async def _apologise(self, taken: Taken, event: Event | None) -> None:
        if not isinstance(event, Said | Pressed):
            await self._ledger.finish(taken)
            return
        language = reply_language(event.app_language)
        await self._say(taken, event, messages([paragraph(reply("telegram_failed", language))]), language)

    # -- words -------------------------------------------------------------------------------------------------------

    async def _said(self, taken: Taken, said: Said) -> None:
        if taken.update_id < self._stopped_at.get((said.place.lane, said.user_id), -(2**63)) and not said.command:
            await self._ledger.finish(taken)
            return
        chat = await self._chats.chat(said.place.chat_id)
        if chat.blocked:
            await self._chats.remember(said.place.chat_id, blocked=False)
        language = chat.language or reply_language(said.app_language)
        if said.command == "stop" and taken.key in self._did_stop:
            self._did_stop.discard(taken.key)  # what was stopped has said so itself
            await self._ledger.finish(taken)
        elif said.command:
            await self._say(taken, said, await self._command(taken, said, chat), language)
        elif said.file is not None and said.user_id in self._options.staff:
            async with self._drafts.showing(said.place, taken.update_id):
                report = await self._uploads.receive(said.file, said.text, language)
            await self._say(taken, said, report, language)
        elif said.media:
            await self._media(taken, said, chat, language)
        elif said.text:
            await self._answering.answer(taken, said.place, said.user_id, said.text, chosen=chat.language)
        else:  # a group's message that was nothing but our name
            await self._say(taken, said, messages([paragraph(reply("telegram_start_ask", language))]), language)

    async def _command(self, taken: Taken, said: Said, chat: ChatRecord) -> tuple[Message, ...]:
        if said.command == "stop":
            return messages(
                [paragraph(reply("telegram_stop_none", chat.language or reply_language(said.app_language)))]
            )
        return await self._commands.run(taken, said, chat, reads_groups=self.me.reads_groups)

    async def _media(self, taken: Taken, said: Said, chat: ChatRecord, language: str) -> None:
        """A kind sentence; where there are words with it, those are answered and the sentence goes before."""
        if said.album and not self._is_first_of(said):
            await self._ledger.finish(taken)
        elif said.text:
            await self._answering.answer(
                taken,
                said.place,
                said.user_id,
                said.text,
                chosen=chat.language,
                remark=lambda spoken: (
                    reply("telegram_media_file", spoken) if said.file else reply("telegram_caption_only", spoken)
                ),
            )
        else:
            await self._say(
                taken, said, messages([paragraph(reply(f"telegram_media_{said.media}", language))]), language
            )

    def _is_first_of(self, said: Said) -> bool:
        """Whether nothing of this album was answered yet."""
        key = (said.place.chat_id, said.album)
        if key in self._albums:
            return False
        self._albums[key] = None
        if len(self._albums) > _ALBUMS:
            self._albums.popitem(last=False)
        return True

    async def _say(self, taken: Taken, event: Said | Pressed, made: tuple[Message, ...], language: str) -> None:
        address = event.place.address(event.user_id, reply=isinstance(event, Said) and not event.place.is_private)
        self._delivery.send(*await self._ledger.finish(taken, address, made, language=language))

    # -- buttons -----------------------------------------------------------------------------------------------------

    async def _pressed(self, taken: Taken, pressed: Pressed) -> None:
        kind, _, rest = pressed.data.partition(":")
        chat = await self._chats.chat(pressed.place.chat_id)
        language = chat.language or reply_language(pressed.app_language)
        if not is_open(pressed, self._options):
            kind = ""
        if kind == "r":
            await self._rated(taken, pressed, rest, language)
            return
        if kind == "p":
            kept = await asyncio.to_thread(self._memory.ask_a_person, rest)
            await self._ledger.finish(taken)
            gone, asked = reply("telegram_answer_gone", language), reply("telegram_person_asked", language)
            await self._answer_button(pressed, asked if kept else gone)
            return
        await self._answer_button(pressed)
        match kind:
            case "q" if (question := await self._chats.prompt(rest)) is not None:
                await self._answering.answer(
                    taken, pressed.place, pressed.user_id, question, chosen=chat.language, pressed=True
                )
            case "a":
                address = pressed.place.address(pressed.user_id, reply=False)
                self._delivery.send(*await self._ledger.again(taken, rest, address))
            case "s":
                answer = await asyncio.to_thread(self._memory.answer, rest)
                quotes = sources_messages(answer, language=language, link=self._link) if answer is not None else ()
                lost = messages([paragraph(reply("telegram_answer_gone", language))])
                await self._say(taken, pressed, quotes or lost, language)
            case "t" | "c" if (key := await self._chats.prompt(rest)) is not None:
                await self._say(taken, pressed, await self._commands.topic(kind, key, language), language)
            case "l":
                app = reply_language(pressed.app_language)
                chosen = await self._commands.choose(pressed.place.chat_id, rest, app_language=app)
                await self._say(taken, pressed, chosen, language)
            case _:
                await self._ledger.finish(taken)

    async def _rated(self, taken: Taken, pressed: Pressed, rest: str, language: str) -> None:
        answer_id, _, verdict = rest.partition(":")
        kept = await asyncio.to_thread(self._memory.rate, Feedback(answer_id, verdict == "1"))
        await self._ledger.finish(taken)
        good, bad = reply("telegram_rated_good", language), reply("telegram_rated_bad", language)
        said = good if verdict == "1" else bad
        await self._answer_button(pressed, said if kept else reply("telegram_answer_gone", language))

    async def _answer_button(self, pressed: Pressed, text: str = "") -> None:
        """Ends the waiting sign; one that Telegram has given up already is no loss."""
        try:
            async with self._gates.other():
                await self._api.answer_button(pressed.query_id, text)
        except TelegramFailure as error:
            log.info("a button was answered too late (%s)", error)

    # -- inline ------------------------------------------------------------------------------------------------------

    async def _searched(self, taken: Taken, searched: Searched) -> None:
        await self._ledger.finish(taken)
        if self._newest_search.get(searched.user_id) != searched.query_id:
            return  # more was typed meanwhile
        del self._newest_search[searched.user_id]
        language = reply_language(searched.app_language)
        found = await hints(self._library, searched.text, language, link=self._link)
        start = "" if found else reply("telegram_inline_start", language)
        try:
            async with self._gates.other():
                await self._api.answer_search(searched.query_id, found, start=start)
        except TelegramFailure as error:
            log.info("a search was answered too late (%s)", error)
