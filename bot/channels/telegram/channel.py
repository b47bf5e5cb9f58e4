"""The channel as a whole: put together here, begun, and ended within a few seconds with nothing lost."""

import asyncio
import contextlib
import hashlib
import ipaddress
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path
from urllib.parse import urlsplit

from bot.answer import Citation
from bot.channels.telegram.answering import Answering
from bot.channels.telegram.api import Api, Me
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.chats import Chats
from bot.channels.telegram.commands import COMMANDS, Commands, command_words
from bot.channels.telegram.cutoffs import Cutoffs
from bot.channels.telegram.database import Database
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.drafts import Drafts
from bot.channels.telegram.failures import RefusedError, TelegramFailure, TokenError, TooManyError
from bot.channels.telegram.gates import Gates
from bot.channels.telegram.intake import SURE, WRONG_TOKEN, Webhook, confirm_token, poll
from bot.channels.telegram.ledger import Ledger, Taken
from bot.channels.telegram.options import Options
from bot.channels.telegram.pace import REAL, Pace
from bot.channels.telegram.ports import Assistant, Library, Linker, Memory, Shelf
from bot.channels.telegram.reception import Reception
from bot.channels.telegram.uploads import Uploads
from bot.errors import StartError
from bot.replies import LANGUAGES, reply

log = logging.getLogger(__name__)

WEBHOOK_PATH = "/telegram"
_FILE = "telegram.sqlite"
_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{10,100}")
_LINKED_QUOTE = 100
"""Characters of a quote that travel in a link: marks repeat it, and Telegram refuses long messages before it reads them."""
_CALLS_END = 3.0
"""Seconds that messages being sent get at the end."""


class TelegramChannel:
    """Answers on Telegram between ``run`` and the end of its task.

    Raises:
        StartError: the token cannot be one, or the ledger cannot be made.
    """

    def __init__(
        self,
        options: Options,
        *,
        assistant: Assistant,
        memory: Memory,
        library: Library,
        shelf: Shelf,
        make_link: Callable[[str, Citation, str], str],
        data: Path,
        say: Callable[[str], None],
        pace: Pace = REAL,
    ) -> None:
        if not _TOKEN.fullmatch(options.token):
            raise StartError(
                "DRAGOMAN_TELEGRAM_TOKEN is no token: it looks like 123456789:AAE… and comes from @BotFather"
            )
        if options.webhook and not options.base_url and not options.public_url.startswith("https://"):
            raise StartError(
                f"DRAGOMAN_PUBLIC_URL is {options.public_url or 'empty'}: Telegram delivers to https addresses only. "
                "Set it to one, or leave DRAGOMAN_TELEGRAM_WEBHOOK out"
            )
        self._options = options
        self._say = say
        self._pace = pace
        base, warning = linked_base(options.public_url)
        if warning:
            say(warning)
        link = _linker(base, make_link)
        self._api = Api(options.token, base_url=options.base_url, proxy=options.proxy)
        self._database = Database(data / _FILE)
        self._ledger = Ledger(self._database)
        self._chats = chats = Chats(self._database)
        self._gates = Gates(pace)
        self._delivery = Delivery(self._api, self._gates, self._ledger, chats, pace)
        drafts = Drafts(self._api, self._gates)
        cutoffs = Cutoffs()
        answering = Answering(
            assistant, memory, self._ledger, chats, cutoffs, self._delivery, drafts,
            link=link, seconds=options.answer_seconds, pace=pace,
        )  # fmt: skip
        commands = Commands(assistant, memory, library, chats, answering, cutoffs, options, link=link)
        self._reception = Reception(
            api=self._api,
            gates=self._gates,
            ledger=self._ledger,
            chats=chats,
            delivery=self._delivery,
            answering=answering,
            commands=commands,
            uploads=Uploads(self._api, self._gates, shelf, data, pace),
            buttons=Buttons(
                api=self._api,
                gates=self._gates,
                ledger=self._ledger,
                chats=chats,
                delivery=self._delivery,
                answering=answering,
                commands=commands,
                memory=memory,
                link=link,
            ),
            cutoffs=cutoffs,
            drafts=drafts,
            library=library,
            options=options,
            link=link,
            pace=pace,
        )
        self._secret = secrets.token_urlsafe(32)
        self.webhook = Webhook(self._ledger, self._admit, secret=self._secret)
        """The ASGI application for ``WEBHOOK_PATH``."""
        self._is_open = False

    async def run(self) -> None:
        """Answers until it is cancelled; then ends what is under way and lets go of everything.

        Raises:
            StartError: the token is not valid, or another process fetches this bot's updates.
        """
        beside: list[asyncio.Task[None]] = []
        try:
            await self._chats.open()
            self._reception.me = me = await self._open()
            self._say(f"Telegram: @{me.username} answers")
            await self._delivery.resume()
            self._is_open = True
            for taken in await self._ledger.waiting():
                self._reception.admit(taken)
            beside = [asyncio.create_task(self._introduce(me)), asyncio.create_task(self._tidy())]
            if self._options.webhook:
                await self._watch_token()
            else:
                await poll(self._api, self._ledger, self._reception.admit, self._pace)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self._close()

    @property
    def plain_fallbacks(self) -> int:
        """How often Telegram refused our markup and a message went out without it."""
        return self._delivery.plain_fallbacks

    async def _tidy(self) -> None:
        """Forgets now and then what need not be remembered any more."""
        while True:
            try:
                await self._ledger.tidy()
            except Exception:
                log.exception("what is old was not forgotten; it is tried again")
            await asyncio.sleep(self._pace.tidy)

    async def _watch_token(self) -> None:
        """Waits until the token holds no more; nobody tells us of it who would fetch updates.

        Raises:
            StartError: the token is not valid any more.
        """
        while True:
            await self._delivery.doubts_token.wait()
            self._delivery.doubts_token.clear()
            await confirm_token(self._api, self._pace)
            await asyncio.sleep(self._pace.longest)

    def _admit(self, taken: Taken) -> None:
        """What the webhook took. Before we know who we are it stays in the inbox, which is looked through then."""
        if self._is_open:
            self._reception.admit(taken)

    async def _open(self) -> Me:
        """Asks who we are and has updates come the way that is set, for as long as it takes."""
        pause, unknown = self._pace.pause, 0
        while True:
            try:
                me = await self._api.open()
                async with self._gates.other():
                    if self._options.webhook:
                        await self._api.set_webhook(f"{self._options.public_url}{WEBHOOK_PATH}", self._secret)
                    else:
                        await self._forget_webhook()
                return me
            except TokenError:
                unknown += 1
                if unknown == SURE:
                    raise StartError(WRONG_TOKEN) from None
                await asyncio.sleep(self._pace.pause)
            except RefusedError as error:
                raise StartError(f"Telegram refuses to begin ({error}); check DRAGOMAN_PUBLIC_URL") from None
            except TelegramFailure as error:
                pause = error.seconds if isinstance(error, TooManyError) else pause
                self._say(f"Telegram cannot be reached ({error}); trying again in {pause:g} s")
                await asyncio.sleep(pause)
                pause = min(self._pace.longest, pause * 2)

    async def _forget_webhook(self) -> None:
        # A server that has no webhooks at all need not know how to remove one.
        with contextlib.suppress(RefusedError, TokenError):
            await self._api.delete_webhook()

    async def _introduce(self, me: Me) -> None:
        """Sets commands and descriptions in every language, where they changed since the last time."""
        profiles = [(language if language != "en" else None, language) for language in LANGUAGES]
        wanted = [
            (code, [(name, command_words(name, spoken)) for name in COMMANDS], reply("telegram_profile_about", spoken),
             reply("telegram_profile_short", spoken))
            for code, spoken in profiles
        ]  # fmt: skip
        digest = hashlib.sha256(repr((me.id, wanted)).encode()).hexdigest()
        if await self._chats.fact("profile") == digest:
            return
        for code, commands, about, short in wanted:
            for call in (
                partial(self._api.set_commands, code, commands),
                partial(self._api.set_about, code, about),
                partial(self._api.set_short_about, code, short),
            ):
                if not await self._set(call):
                    return
        await self._chats.set_fact("profile", digest)

    async def _set(self, call: Callable[[], Awaitable[None]]) -> bool:
        """Makes a call of our profile, however long Telegram has it wait."""
        try:
            await self._gates.call("profile", call, patience=inf)
        except TelegramFailure as error:
            log.warning("the bot's commands were not set (%s); the next start tries again", error)
            return False
        return True

    async def _close(self) -> None:
        await self._reception.close(seconds=self._pace.ending)
        await self._delivery.close(seconds=_CALLS_END)
        with contextlib.suppress(TelegramFailure):
            await self._api.close()
        await self._database.close()


def linked_base(public_url: str) -> tuple[str, str]:
    """The base of links that Telegram keeps, empty where there is none; and what to warn of.

    Telegram drops a link whose host has no dot, and says nothing.
    """
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        port = f":{parts.port}" if parts.port else ""
        return (
            f"{parts.scheme}://127.0.0.1{port}{parts.path}",
            f"DRAGOMAN_PUBLIC_URL is {public_url}: Telegram drops links to localhost, so they lead to 127.0.0.1; "
            "nobody but this machine can open them",
        )
    if not host or ("." not in host and ":" not in host):
        return (
            "",
            f"DRAGOMAN_PUBLIC_URL is {public_url}: Telegram drops links to a host without a dot; sources have none",
        )
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return public_url, (
                f"sources are linked to {public_url}, which nobody but this machine can open; "
                "set DRAGOMAN_PUBLIC_URL to the address users reach"
            )
    return public_url, ""


def _linker(base: str, make_link: Callable[[str, Citation, str], str]) -> Linker:
    def link(citation: Citation, language: str) -> str:
        short = replace(citation, quote=" ".join(citation.quote.split())[:_LINKED_QUOTE])
        return make_link(base, short, language) if base else ""

    return link
