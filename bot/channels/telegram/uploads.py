"""A document that staff send, through the checks of every file in the folder; and what was understood of it, in words."""

import asyncio
import contextlib
import logging
import tempfile
from pathlib import Path

from bot.channels.telegram.api import Api
from bot.channels.telegram.failures import RefusedError, TelegramFailure, TokenError
from bot.channels.telegram.markup import Block, Span, paragraph, shortened
from bot.channels.telegram.messages import Message, messages
from bot.channels.telegram.pace import REAL, Pace
from bot.channels.telegram.ports import Received, Shelf
from bot.channels.telegram.reading import SentFile
from bot.replies import reply, reply_language
from retrieval import NotReadyError, RetrievalError

log = logging.getLogger(__name__)

LARGEST = 20 * 1024 * 1024
"""Bytes that Telegram lets a bot fetch."""
_TRIES = 4
_WARNINGS = 5


class Uploads:
    """Takes documents in, one after another."""

    def __init__(self, api: Api, shelf: Shelf, folder: Path, pace: Pace = REAL) -> None:
        self._api = api
        self._shelf = shelf
        self._folder = folder
        self._pace = pace
        self._turn = asyncio.Lock()

    async def receive(self, file: SentFile, caption: str, language: str) -> tuple[Message, ...]:
        """Puts a document into the folder and tells what became of it."""
        if file.size > LARGEST:
            return _words(reply("telegram_file_too_large", language, megabytes=LARGEST // 1024 // 1024))
        async with self._turn:
            with tempfile.TemporaryDirectory(dir=self._folder, prefix="telegram-") as place:
                fetched = Path(place) / "received"
                try:
                    await self._fetch(file, fetched)
                except TelegramFailure as error:
                    return _words(reply("telegram_file_not_fetched", language, reason=str(error)))
                category = caption.strip().lstrip("#").strip()
                try:
                    received = await self._shelve(fetched, file.name, category)
                except (RetrievalError, OSError) as error:
                    return _words(reply("telegram_file_refused", language, file=file.name, reason=str(error)))
        return _report(received, language)

    async def _fetch(self, file: SentFile, to: Path) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._api.download(file.id, to)
            except (RefusedError, TokenError):
                raise
            except TelegramFailure:
                if attempt == _TRIES:
                    raise
                await asyncio.sleep(attempt * self._pace.pause)
        raise AssertionError("the last try returns or raises")

    async def _shelve(self, fetched: Path, name: str, category: str) -> Received:
        while True:
            with contextlib.suppress(NotReadyError):
                return await asyncio.to_thread(self._shelf.receive, fetched, name=name, category=category)
            await asyncio.sleep(self._pace.look)


def _report(received: Received, language: str) -> tuple[Message, ...]:
    if received.reason:
        return _words(reply("telegram_file_refused", language, file=received.document_id, reason=received.reason))
    replaced, taken = reply("telegram_file_replaced", language), reply("telegram_file_taken", language)
    spoken = reply_language(received.language)
    known = received.language.split("-")[0] == spoken
    facts = reply(
        "telegram_file_understood",
        language,
        title=shortened(received.title, 300),
        spoken=reply(f"language_{spoken}", language) if known else received.language,
        passages=received.passages,
    )
    blocks: list[Block] = [
        paragraph(f"{replaced if received.replaced else taken} ", Span(received.document_id, style="b")),
        paragraph(facts, near=True),
    ]
    blocks += [paragraph(f"⚠️ {shortened(warning, 500)}") for warning in received.warnings[:_WARNINGS]]
    return messages(blocks)


def _words(text: str) -> tuple[Message, ...]:
    return messages([paragraph(text)])
