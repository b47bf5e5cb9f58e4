"""A button that somebody pressed: what it does, and the end of its waiting sign, whatever happens."""

import asyncio
import logging

from bot.answer import Feedback
from bot.channels.telegram.answering import Answering
from bot.channels.telegram.api import Api
from bot.channels.telegram.chats import Chats
from bot.channels.telegram.commands import Commands
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.failures import TelegramFailure
from bot.channels.telegram.gates import Gates
from bot.channels.telegram.ledger import Ledger, Taken
from bot.channels.telegram.markup import paragraph
from bot.channels.telegram.messages import Message, messages
from bot.channels.telegram.ports import Linker, Memory
from bot.channels.telegram.reading import Pressed
from bot.channels.telegram.render import sources_messages
from bot.replies import reply, reply_language

log = logging.getLogger(__name__)

_PATIENCE = 10.0
"""Seconds after which nobody looks at a button any more."""
_IN_ORDER = ("q:", "a:", "s:", "t:", "c:", "n:", "l:")


def sends_something(pressed: Pressed) -> bool:
    """Whether a message follows, which has its place in the chat's order."""
    return pressed.data.startswith(_IN_ORDER)


class Buttons:
    """Does what buttons say."""

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
        memory: Memory,
        link: Linker,
    ) -> None:
        self._api = api
        self._gates = gates
        self._ledger = ledger
        self._chats = chats
        self._delivery = delivery
        self._answering = answering
        self._commands = commands
        self._memory = memory
        self._link = link

    async def press(self, taken: Taken, pressed: Pressed, *, is_open: bool) -> None:
        """Does it.

        Args:
            is_open: whether anything is answered in this chat.
        """
        kind, _, rest = pressed.data.partition(":")
        chosen = (await self._chats.chat(pressed.place.chat_id)).language
        app = reply_language(pressed.app_language)
        language = chosen or app
        if kind in {"r", "p"} and is_open:
            await self._noted(taken, pressed, kind, rest, chosen)
            return
        if kind == "a" and is_open:
            address = pressed.place.address(pressed.user_id, reply=False)
            parcels = await self._ledger.again(taken, rest, address)
            self._delivery.send(*parcels)
            await self.answer(pressed, "" if parcels else reply("telegram_again_nothing", language))
            return
        meant = await self._chats.prompt(rest) if kind in {"q", "t", "c"} else ""
        await self.answer(pressed, reply("telegram_answer_gone", language) if meant is None else "")
        match kind if is_open else "":
            case "q" if meant:
                await self._answering.answer(
                    taken, pressed.place, pressed.user_id, meant, chosen=chosen, app_language=app, pressed=True
                )
            case "s":
                await self._say(taken, pressed, *await self._quotes(rest, chosen, app))
            case "t" | "c" if meant:
                await self._say(taken, pressed, await self._commands.topic(kind, meant, language), language)
            case "n" if (found := rest.partition(":"))[0] in {"t", "c"} and found[2].isdecimal():
                page = int(found[2][:6])
                await self._say(taken, pressed, await self._commands.listed(found[0], page, language), language)
            case "l":
                made = await self._commands.choose(pressed.place.chat_id, rest, app_language=app)
                await self._say(taken, pressed, made, language)
            case _:
                await self._ledger.finish(taken)

    async def failed(self, pressed: Pressed, language: str) -> None:
        """Ends the waiting sign of a button that could not be obeyed, and says so."""
        await self.answer(pressed, reply("telegram_button_failed", language))

    async def answer(self, pressed: Pressed, text: str = "") -> None:
        """Ends the waiting sign; one that Telegram has given up already is no loss."""
        try:
            await self._gates.call(
                "button", lambda: self._api.answer_button(pressed.query_id, text), patience=_PATIENCE
            )
        except TelegramFailure as error:
            log.info("a button was answered too late (%s)", error)

    async def _noted(self, taken: Taken, pressed: Pressed, kind: str, rest: str, chosen: str) -> None:
        """A rating, or a question for a person; said in the language of the answer it belongs to."""
        answer_id, _, verdict = rest.partition(":")
        answer = await asyncio.to_thread(self._memory.answer, answer_id)
        language = chosen or reply_language(answer.language if answer is not None else pressed.app_language)
        if kind == "p":
            kept = await asyncio.to_thread(self._memory.ask_a_person, answer_id)
            said = reply("telegram_person_asked", language)
        else:
            kept = await asyncio.to_thread(self._memory.rate, Feedback(answer_id, verdict == "1"))
            good, bad = reply("telegram_rated_good", language), reply("telegram_rated_bad", language)
            said = good if verdict == "1" else bad
        await self._ledger.finish(taken)
        await self.answer(pressed, said if kept else reply("telegram_answer_gone", language))

    async def _quotes(self, answer_id: str, chosen: str, app_language: str) -> tuple[tuple[Message, ...], str]:
        """The sources of an answer in full, and the language of our words in them."""
        answer = await asyncio.to_thread(self._memory.answer, answer_id)
        language = chosen or (reply_language(answer.language) if answer is not None else app_language)
        quotes = sources_messages(answer, language=language, link=self._link) if answer is not None else ()
        return quotes or messages([paragraph(reply("telegram_answer_gone", language))]), language

    async def _say(self, taken: Taken, pressed: Pressed, made: tuple[Message, ...], language: str) -> None:
        address = pressed.place.address(pressed.user_id, reply=False)
        self._delivery.send(*await self._ledger.finish(taken, address, made, language=language))
