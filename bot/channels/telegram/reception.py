"""Every update that was taken in: what it is, whose turn it is, and who answers it."""

import logging
from dataclasses import replace

from bot.channels.telegram.albums import Albums
from bot.channels.telegram.answering import Answering
from bot.channels.telegram.api import Api, Me
from bot.channels.telegram.buttons import Buttons, sends_something
from bot.channels.telegram.chats import ChatRecord, Chats
from bot.channels.telegram.commands import Commands
from bot.channels.telegram.cutoffs import Cutoffs
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
from bot.channels.telegram.pace import REAL, Pace
from bot.channels.telegram.ports import Library, Linker
from bot.channels.telegram.reading import Event, Migrated, Pressed, Said, Searched, Standing, StopPressed, read
from bot.channels.telegram.searching import hints
from bot.channels.telegram.uploads import Uploads
from bot.replies import reply, reply_language
from retrieval import NotReadyError, StoppedError

log = logging.getLogger(__name__)

_PATIENCE = 5.0
"""Seconds after which nobody looks at what a search found."""


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
        buttons: Buttons,
        cutoffs: Cutoffs,
        drafts: Drafts,
        library: Library,
        options: Options,
        link: Linker,
        pace: Pace = REAL,
    ) -> None:
        self._api = api
        self._gates = gates
        self._ledger = ledger
        self._chats = chats
        self._delivery = delivery
        self._answering = answering
        self._commands = commands
        self._uploads = uploads
        self._buttons = buttons
        self._cutoffs = cutoffs
        self._drafts = drafts
        self._library = library
        self._options = options
        self._link = link
        self._lanes = Lanes()
        self._albums = Albums(pace)
        self._newest_search: dict[int, str] = {}
        self._did_stop: set[str] = set()
        self.me = Me(0, "", reads_groups=False)

    def admit(self, taken: Taken) -> None:
        """Has an update answered in its turn; one that is in hand already is not taken in twice."""
        if not self._cutoffs.take_in_hand(taken):
            return
        try:
            event = read(taken.payload, self.me)
        except Exception:
            log.exception("update %s cannot be read and gets no answer", taken.update_id)
            event = None
        lane: tuple[object, ...]
        match event:
            case Said() if self._concerns_us(event):
                if event.command == "stop":
                    self._stop(taken, event)
                lane = event.place.lane
            case Pressed():
                lane = event.place.lane if sends_something(event) else ("button", event.user_id)
            case Searched():
                self._newest_search[event.user_id] = event.query_id
                lane = ("search", event.user_id)
            case Standing():
                lane = ("chat", 0)
            case Migrated():
                if event.old in self._options.group_list and self._chats.numbers(event.new) == {event.new}:
                    log.warning(
                        "the group %s became a supergroup, %s, and is answered there; put that number into "
                        "DRAGOMAN_TELEGRAM_GROUP_LIST", event.old, event.new,
                    )  # fmt: skip
                self._chats.has_moved(event.old, event.new)  # at once: what comes next may be from the new number
                lane = ("chat", 0)
            case StopPressed():
                self._answering.stop_chat(event.chat_id)
                event, lane = None, ("nothing", 0)
            case _:
                event, lane = None, ("nothing", 0)
        self._lanes.put(lane, lambda: self._handle(taken, event))

    def _concerns_us(self, said: Said) -> bool:
        """Whether a message may get an answer; of an album any message may say so for all, so that is seen later."""
        ours = is_for_us(said, self._options, self._chats)
        if not said.album:
            return ours
        ours = ours or (self._is_of_staff(said) and is_open(said, self._options, self._chats))
        if ours:
            self._albums.note(said)
        return ours

    def _is_forgotten(self, taken: Taken, event: Said | Pressed) -> bool:
        return self._cutoffs.is_forgotten(taken, event.place.chat_id, event.user_id)

    def _is_of_staff(self, said: Said) -> bool:
        return said.file is not None and said.user_id in self._options.staff

    async def close(self, *, seconds: float) -> None:
        """Lets what is being answered end, but not for longer than this; the rest waits for the next start."""
        await self._lanes.close(seconds=seconds)

    def _stop(self, taken: Taken, said: Said) -> None:
        """At once, ahead of what waits in the lane: that is what it is to end."""
        self._cutoffs.stop(taken, said.place.lane, said.user_id)
        if self._answering.stop(said.place.lane, said.user_id):
            self._did_stop.add(taken.key)

    async def _handle(self, taken: Taken, event: Event | None) -> None:
        try:
            match event:
                case Said() | Pressed() if self._is_forgotten(taken, event):
                    await self._ledger.finish(taken)
                    if isinstance(event, Pressed):
                        await self._buttons.answer(event)
                case Said():
                    await self._said(taken, event)
                case Pressed():
                    is_ours = is_open(event, self._options, self._chats)
                    await self._buttons.press(taken, event, is_open=is_ours)
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
        except StoppedError:
            log.info("update %s waits for the next start", taken.update_id)
        except Exception:
            log.exception("update %s failed", taken.update_id)
            await self._apologise(taken, event)
        finally:
            self._cutoffs.let_go(taken)

    async def _apologise(self, taken: Taken, event: Event | None) -> None:
        if not isinstance(event, Said | Pressed):
            await self._ledger.finish(taken)
            return
        language = reply_language(event.app_language)
        if isinstance(event, Pressed):  # first of all: whatever else fails, nobody is left with a waiting sign
            await self._buttons.failed(event, language)
            if not sends_something(event):
                await self._ledger.finish(taken)
                return
        await self._say(taken, event, messages([paragraph(reply("telegram_failed", language))]), language)

    # -- words -------------------------------------------------------------------------------------------------------

    async def _said(self, taken: Taken, said: Said) -> None:
        if self._cutoffs.is_stopped(taken, said.place.lane, said.user_id) and not said.command:
            await self._ledger.finish(taken)
            return
        chat = await self._chats.chat(said.place.chat_id)
        if chat.blocked:
            await self._chats.remember(said.place.chat_id, blocked=False)
        language = chat.language or reply_language(said.app_language)
        is_first = True
        if said.album:
            album = await self._albums.whole(said)
            is_first, album.answered = not album.answered, True
            said = replace(said, text=album.caption, addressed=album.addressed)
        if not is_for_us(said, self._options, self._chats):
            await self._ledger.finish(taken)  # an album of staff's in a group, none of which was meant for us
        elif said.command == "stop" and taken.key in self._did_stop:
            self._did_stop.discard(taken.key)  # what was stopped has said so itself
            await self._ledger.finish(taken)
        elif said.command:
            await self._say(taken, said, await self._command(taken, said, chat), language)
        elif said.file is not None and self._is_of_staff(said):
            async with self._drafts.showing(said.place, taken.update_id):
                report = await self._uploads.receive(said.file, said.text, language)
            await self._say(taken, said, report, language)
        elif said.media and not is_first:
            await self._ledger.finish(taken)
        elif said.media:
            await self._media(taken, said, chat, language)
        elif said.text:
            await self._answering.answer(
                taken, said.place, said.user_id, said.text, chosen=chat.language, app_language=said.app_language
            )
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
        if said.text:
            await self._answering.answer(
                taken,
                said.place,
                said.user_id,
                said.text,
                chosen=chat.language,
                app_language=said.app_language,
                remark=lambda spoken: (
                    reply("telegram_media_file", spoken) if said.file else reply("telegram_caption_only", spoken)
                ),
            )
        else:
            await self._say(
                taken, said, messages([paragraph(reply(f"telegram_media_{said.media}", language))]), language
            )

    async def _say(self, taken: Taken, event: Said | Pressed, made: tuple[Message, ...], language: str) -> None:
        address = event.place.address(event.user_id, reply=isinstance(event, Said) and not event.place.is_private)
        self._delivery.send(*await self._ledger.finish(taken, address, made, language=language))

    # -- inline ------------------------------------------------------------------------------------------------------

    async def _searched(self, taken: Taken, searched: Searched) -> None:
        await self._ledger.finish(taken)
        if self._newest_search.get(searched.user_id) != searched.query_id:
            return  # more was typed meanwhile
        del self._newest_search[searched.user_id]
        language = reply_language(searched.app_language)
        try:
            found = await hints(self._library, searched.text, language, link=self._link)
            start, kept = "" if found else reply("telegram_inline_start", language), 30
        except NotReadyError:
            found, start, kept = [], reply("telegram_inline_loading", language), 0
        try:
            await self._gates.call(
                "search",
                lambda: self._api.answer_search(searched.query_id, found, start=start, kept=kept),
                patience=_PATIENCE,
            )
        except TelegramFailure as error:
            log.info("a search was answered too late (%s)", error)
