"""A document that staff send, through the checks of every file in the folder; and what was understood of it, in words."""

import asyncio
import contextlib
import logging
import re
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path

from bot.channels.telegram.api import Api
from bot.channels.telegram.failures import RefusedError, TelegramFailure
from bot.channels.telegram.gates import Gates
from bot.channels.telegram.markup import Block, Span, paragraph, shortened
from bot.channels.telegram.messages import Message, messages
from bot.channels.telegram.pace import REAL, Pace
from bot.channels.telegram.ports import Received, Shelf
from bot.channels.telegram.reading import SentFile
from bot.replies import reply, reply_language
from retrieval import NotReadyError, RetrievalError, StoppedError

log = logging.getLogger(__name__)

LARGEST = 20 * 1024 * 1024
"""Bytes that Telegram lets a bot fetch."""
_TRIES = 4
_PLACE = "telegram-"
_PATIENCE = 300.0
"""Seconds of a pause that Telegram may ask for before it gives out a file."""
_WARNINGS = 5
_TOKENS = re.compile(r"(?<!\d)\d{3,20}:[A-Za-z0-9_-]{10,100}")
_FOLDERS = re.compile(
    r"""(?<=')(?:[A-Za-z]:)?[/\\][^']*[/\\](?P<quoted>[^'/\\]+)(?=')"""
    r"""|(?<![\w/.])(?:[A-Za-z]:)?(?:[/\\][^/\\'\":;,()\s]+)+[/\\](?P<name>[^/\\\s'\":;,()]+)"""
)


class Uploads:
    """Takes documents in, one after another."""

    def __init__(self, api: Api, gates: Gates, shelf: Shelf, folder: Path, pace: Pace = REAL) -> None:
        self._api = api
        self._gates = gates
        self._shelf = shelf
        self._folder = folder
        self._pace = pace
        self._turn = asyncio.Lock()
        for left in folder.glob(f"{_PLACE}*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)

    async def receive(self, file: SentFile, caption: str, language: str) -> tuple[Message, ...]:
        """Puts a document into the folder and tells what became of it.

        Where the program ends meanwhile, the folder is first left as it was, or with all of the document in it.

        Raises:
            StoppedError: the program ends; the document is not in the folder.
        """
        if file.size > LARGEST:
            return _words(reply("telegram_file_too_large", language, megabytes=LARGEST // 1024 // 1024))
        async with self._turn:
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=_PLACE) as place:
                fetched = Path(place) / "received"
                try:
                    await self._fetch(file, fetched)
                except TelegramFailure as error:
                    return _words(reply("telegram_file_not_fetched", language, reason=discreet(str(error))))
                category = caption.strip().lstrip("#").strip()
                try:
                    received = await self._shelve(fetched, file.name, category)
                except StoppedError:
                    raise
                except (RetrievalError, OSError) as error:
                    # An error of the system's names the whole path, which is nobody's business in a chat.
                    why = (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
                    return _words(reply("telegram_file_refused", language, file=file.name, reason=discreet(why)))
        return _report(received, language)

    async def _fetch(self, file: SentFile, to: Path) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._gates.call("file", lambda: self._api.download(file.id, to), patience=_PATIENCE)
            except RefusedError:
                raise
            except TelegramFailure:
                if attempt == _TRIES:
                    raise
                await asyncio.sleep(attempt * self._pace.pause)
        raise AssertionError("the last try returns or raises")

    async def _shelve(self, fetched: Path, name: str, category: str) -> Received:
        while True:
            with contextlib.suppress(NotReadyError):
                return await _to_its_end(asyncio.to_thread(self._shelf.receive, fetched, name=name, category=category))
            await asyncio.sleep(self._pace.look)


async def _to_its_end(work: Coroutine[None, None, Received]) -> Received:
    """Work in a thread, which cannot be ended halfway: whoever wants us to end waits until it has."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if task.cancelled() or task.exception() is not None:
            raise
        return task.result()  # it was taken in, and so the update is ended too


def discreet(reason: str) -> str:
    """A reason without what a chat need not know: folders of the server, and anything like a token."""
    return _FOLDERS.sub(lambda found: found["quoted"] or found["name"], _TOKENS.sub("[token]", reason))


def _report(received: Received, language: str) -> tuple[Message, ...]:
    if received.reason:
        return _words(
            reply("telegram_file_refused", language, file=received.document_id, reason=discreet(received.reason))
        )
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
        paragraph(f"{replaced if received.replaced else taken} ", Span(received.document_id, style="code")),
        paragraph(facts, near=True),
    ]
    blocks += [paragraph(f"⚠️ {shortened(discreet(warning), 500)}") for warning in received.warnings[:_WARNINGS]]
    return messages(blocks)


def _words(text: str) -> tuple[Message, ...]:
    return messages([paragraph(text)])
