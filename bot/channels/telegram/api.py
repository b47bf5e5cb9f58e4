"""The border to python-telegram-bot: calls in our own terms, failures in our own terms, the token in no message and no log."""

import datetime as dt
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest, RequestData
from telegram.warnings import PTBDeprecationWarning

from bot.channels.telegram.failures import (
    BlockedError,
    ConflictError,
    MovedError,
    RefusedError,
    TokenError,
    TooManyError,
    UncertainError,
    UndeliveredError,
)
from bot.channels.telegram.ledger import Json
from bot.channels.telegram.messages import Keyboard
from bot.channels.telegram.secrecy import keep_out_of_logs
from bot.errors import StartError

OFFICIAL = "https://api.telegram.org"
POLL_SECONDS = 25
ANSWER_SECONDS = 20.0
"""So long a call may take before we say that we do not know what became of it."""
SIGN_SECONDS = 4.0
"""So long a sign of life may take; nobody needs it later."""
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member", "inline_query", "stopped_message_generation")
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_NOT_WAITED = frozenset({408, 504, 520, 524})
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Me:
    """Who we are on Telegram."""

    id: int
    username: str
    reads_groups: bool
    """Whether group privacy is off, so that mentions in groups arrive."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One result of an inline search."""

    id: str
    title: str
    description: str
    html: str


class _Door(HTTPXRequest):
    """Requests that tell apart what certainly did not happen and what nobody knows."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        write_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        connect_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        pool_timeout: Any = HTTPXRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Makes a request; a gateway that did not wait for Telegram's answer does not know what Telegram did."""
        code, payload = await super().do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        if code in _NOT_WAITED:
            raise TimedOut(f"HTTP {code}")
        return code, payload


class _RawBot(Bot):
    """A bot that gives updates as they came: one that cannot be read must not hide the others."""

    async def raw_updates(self, offset: int | None) -> Any:
        data = {
            "timeout": dt.timedelta(seconds=POLL_SECONDS).seconds,
            "limit": 100,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        return await self._post(
            "getUpdates",
            data | ({} if offset is None else {"offset": offset}),
            read_timeout=POLL_SECONDS + 10.0,
        )


class Api:
    """The calls we make. Every one may raise a ``TelegramFailure``.

    Raises:
        StartError: the proxy or the address of the server cannot be used.
    """

    def __init__(self, token: str, *, base_url: str = "", proxy: str = "") -> None:
        secret = token.rpartition(":")[2]
        keep_out_of_logs(secret)
        # Where the library reads its own ``retry_after`` it warns of itself; we read the interval behind it.
        warnings.filterwarnings("ignore", message=".*attribute `retry_after`", category=PTBDeprecationWarning)
        address, files = addresses(base_url)
        # Settings of the environment for proxies are not for a server on this machine.
        trusting = urlsplit(address).hostname not in {"127.0.0.1", "::1", "localhost"}

        def door(connections: int) -> HTTPXRequest:
            return _Door(
                connection_pool_size=connections,
                read_timeout=ANSWER_SECONDS,
                write_timeout=ANSWER_SECONDS,
                connect_timeout=10.0,
                pool_timeout=ANSWER_SECONDS,
                proxy=proxy or None,
                httpx_kwargs={"trust_env": trusting},
            )

        try:
            self._bot = _RawBot(
                token, base_url=address, base_file_url=files, request=door(40), get_updates_request=door(1)
            )
        except (ValueError, RuntimeError, httpx.InvalidURL) as error:
            raise StartError(
                f"DRAGOMAN_TELEGRAM_PROXY or DRAGOMAN_TELEGRAM_BASE_URL cannot be used ({type(error).__name__}); "
                "write the proxy like http://proxy.example.org:3128 or socks5://127.0.0.1:1080"
            ) from None

    async def open(self) -> Me:
        """Asks Telegram who we are."""
        async with _translated():
            await self._bot.initialize()
            user = self._bot.bot
            return Me(user.id, user.username or "", bool(user.can_read_all_group_messages))

    async def check_token(self) -> None:
        """Asks Telegram whether it knows us still."""
        async with _translated():
            await self._bot.get_me()

    async def close(self) -> None:
        """Lets go of every connection."""
        async with _translated():
            await self._bot.shutdown()

    async def updates(self, offset: int | None) -> list[Json]:
        """Waits for updates. ``offset`` confirms all below it."""
        async with _translated():
            found = await self._bot.raw_updates(offset)
        return [update for update in found if isinstance(update, dict)] if isinstance(found, list) else []

    async def send(
        self,
        chat_id: int,
        text: str,
        *,
        is_html: bool,
        keyboard: Keyboard = (),
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> int:
        """Sends a message; its number in the chat."""
        async with _translated():
            sent = await self._bot.send_message(
                chat_id,
                text,
                parse_mode=ParseMode.HTML if is_html else None,
                reply_markup=_markup(keyboard),
                message_thread_id=thread_id,
                reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
                link_preview_options=_NO_PREVIEW,
            )
            return sent.message_id

    async def draft(self, chat_id: int, draft_id: int, text: str, *, thread_id: int | None) -> None:
        """Shows a text that is still being written; empty for "thinking"."""
        async with _translated():
            await self._bot.send_message_draft(
                chat_id,
                draft_id,
                text,
                message_thread_id=thread_id,
                read_timeout=SIGN_SECONDS,
                api_kwargs={"can_stop": True},
            )

    async def typing(self, chat_id: int, *, thread_id: int | None) -> None:
        """Shows that somebody types, for five seconds."""
        async with _translated():
            await self._bot.send_chat_action(
                chat_id, ChatAction.TYPING, message_thread_id=thread_id, read_timeout=SIGN_SECONDS
            )

    async def answer_button(self, query_id: str, text: str = "") -> None:
        """Ends the waiting sign of a button that was pressed."""
        async with _translated():
            await self._bot.answer_callback_query(query_id, text[:200] or None)

    async def answer_search(self, query_id: str, hints: Sequence[Hint], *, start: str = "", kept: int = 30) -> None:
        """Gives the results of an inline search; ``start`` is the text of a button that leads to the chat with us.

        They are kept ``kept`` seconds, for this user alone: their labels are in the language of the user's app.
        """
        results = [
            InlineQueryResultArticle(
                hint.id,
                hint.title,
                InputTextMessageContent(hint.html, parse_mode=ParseMode.HTML, link_preview_options=_NO_PREVIEW),
                description=hint.description,
            )
            for hint in hints
        ]
        button = InlineQueryResultsButton(start, start_parameter="inline") if start else None
        async with _translated():
            await self._bot.answer_inline_query(query_id, results, cache_time=kept, is_personal=True, button=button)

    async def set_commands(self, language: str | None, commands: Sequence[tuple[str, str]]) -> None:
        """Sets the list of commands for an app language or, with None, for all others."""
        async with _translated():
            await self._bot.set_my_commands([BotCommand(*command) for command in commands], language_code=language)

    async def set_about(self, language: str | None, text: str) -> None:
        """Sets what an empty chat with us shows."""
        async with _translated():
            await self._bot.set_my_description(text[:512], language_code=language)

    async def set_short_about(self, language: str | None, text: str) -> None:
        """Sets what our profile shows, and what is sent where somebody shares us."""
        async with _translated():
            await self._bot.set_my_short_description(text[:120], language_code=language)

    async def download(self, file_id: str, to: Path) -> None:
        """Fetches a file that a user sent."""
        async with _translated():
            file = await self._bot.get_file(file_id)
            await file.download_to_drive(to)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Has updates delivered to an address."""
        async with _translated():
            await self._bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=20)

    async def delete_webhook(self) -> None:
        """Has updates wait for us; none is dropped."""
        async with _translated():
            await self._bot.delete_webhook(drop_pending_updates=False)


def addresses(base_url: str) -> tuple[str, str]:
    """Where calls and files are, without the token: of Telegram, or of a server given with or without ``/bot``."""
    base = (base_url or OFFICIAL).rstrip("/")
    if "{token}" in base:
        return base, base.replace("/bot{token}", "/file/bot{token}")
    base = base.removesuffix("/bot")
    return f"{base}/bot", f"{base}/file/bot"


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(b.text, url=b.url or None, callback_data=None if b.url else b.data) for b in row]
            for row in keyboard
        ]
    )


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Foreign failures as ours. ``from None``, because theirs may hold the address, and so the token."""
    try:
        yield
    except RetryAfter as error:
        raise TooManyError(error._retry_after.total_seconds()) from None
    except ChatMigrated as error:
        raise MovedError(error.new_chat_id) from None
    except Forbidden as error:
        raise BlockedError(error.message) from None
    except InvalidToken:
        raise TokenError("Telegram does not know the token") from None
    except Conflict as error:
        raise ConflictError(error.message) from None
    except BadRequest as error:
        raise RefusedError(error.message) from None
    except TelegramError as error:
        cause = error.__cause__
        name = type(cause or error).__name__
        if isinstance(cause, httpx.HTTPError):
            raise (UndeliveredError if isinstance(cause, _NOT_SENT) else UncertainError)(name) from None
        if isinstance(error, TimedOut) or type(error) is TelegramError:
            raise UncertainError(name) from None
        if "too many requests" in error.message.lower():
            raise TooManyError(1.0) from None
        raise UndeliveredError(f"Telegram failed: {error.message[:200]}") from None
