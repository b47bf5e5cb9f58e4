"""What shows that an answer is on its way: in private chats its words as they come, elsewhere that somebody types.

All of it is best effort: left out when the chat's turn is taken, and never tried in a pause that Telegram asked for.
"""

import asyncio
import logging
from types import TracebackType
from typing import Self

from bot.channels.telegram.api import Api
from bot.channels.telegram.failures import RefusedError, TelegramFailure, TokenError, TooManyError
from bot.channels.telegram.gates import Gates
from bot.channels.telegram.markup import units
from bot.channels.telegram.reading import Place

log = logging.getLogger(__name__)

_REFRESH_SECONDS = 12.0
"""A draft is gone after thirty seconds that nobody refreshed it."""
_TYPING_SECONDS = 4.0
_LONGEST = 4_000
_DRAFT_IDS = 2**31 - 2


class Drafts:
    """Makes a ``Showing`` for each answer, and knows whether this server takes drafts."""

    def __init__(self, api: Api, gates: Gates) -> None:
        self.api = api
        self.gates = gates
        self.are_known = True

    def showing(self, place: Place, number: int) -> "Showing":
        """For one answer; ``number`` is any that belongs to it alone."""
        return Showing(self, place, number % _DRAFT_IDS + 1)


class Showing:
    """Shows one answer on its way from ``async with`` to its end; then no call of it is under way any more."""

    def __init__(self, drafts: Drafts, place: Place, draft_id: int) -> None:
        self._drafts = drafts
        self._place = place
        self._draft_id = draft_id
        self._text = ""
        self._is_ours = True
        self._changed = asyncio.Event()
        self._ended = False
        self._takes_drafts = True
        self._task: asyncio.Task[None] | None = None

    def say(self, text: str) -> None:
        """Shows a word of ours in place of the answer."""
        self._text, self._is_ours = text, True
        self._changed.set()

    def add(self, text: str) -> None:
        """Shows more of the answer."""
        self._text, self._is_ours = ("" if self._is_ours else self._text) + text, False
        self._changed.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._show())
        await asyncio.sleep(0)  # the sign goes out before the work begins
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A call that is under way is waited for: ended halfway, it could still arrive after the answer.
        self._ended = True
        self._changed.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _show(self) -> None:
        while not self._ended:
            self._changed.clear()
            is_draft = self._place.is_private and self._drafts.are_known and self._takes_drafts
            shown = await self._try(is_draft=is_draft)
            every = _REFRESH_SECONDS if is_draft else _TYPING_SECONDS
            try:
                async with asyncio.timeout(every if shown else 0.5):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _try(self, *, is_draft: bool) -> bool:
        drafts, place = self._drafts, self._place
        async with drafts.gates.attempt(place.chat_id, counts=is_draft) as may:
            if not may:
                return False
            try:
                if is_draft:
                    await drafts.api.draft(
                        place.chat_id, self._draft_id, _end_of(self._text), thread_id=place.thread_id
                    )
                else:
                    await drafts.api.typing(place.chat_id, thread_id=place.thread_id)
            except TooManyError as error:
                drafts.gates.cool(place.chat_id, error.seconds)
            except TokenError as error:
                if is_draft:
                    log.info("this server takes no drafts (%s); typing is shown instead", error)
                    drafts.are_known = False
            except RefusedError as error:
                # Something about this chat or thread; other chats keep their drafts.
                log.debug("a sign of life was refused: %s", error)
                self._takes_drafts = False
            except TelegramFailure as error:
                log.debug("a sign of life was left out: %s", error)
        return True


def _end_of(text: str) -> str:
    """As much of the end as one message holds: that is where new words come."""
    while units(text) > _LONGEST:
        text = text[units(text) - _LONGEST :]
    return text
