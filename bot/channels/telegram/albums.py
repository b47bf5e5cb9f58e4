"""Albums: several messages that were sent as one, of which any may bear the words for all."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from bot.channels.telegram.pace import Pace
from bot.channels.telegram.reading import Said

_MANY = 1_000


@dataclass(slots=True)
class Album:
    """What is known of an album so far."""

    caption: str = ""
    addressed: bool = False
    newest_at: float = 0.0
    answered: bool = False
    """Whether its words, or their absence, were answered."""


class Albums:
    """The newest albums."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._albums: OrderedDict[tuple[int, str], Album] = OrderedDict()

    def note(self, said: Said) -> None:
        """One more message of an album came."""
        album = self._of(said)
        album.caption = album.caption or said.text
        album.addressed = album.addressed or said.addressed
        album.newest_at = asyncio.get_running_loop().time()

    async def whole(self, said: Said) -> Album:
        """The album that a message belongs to, once no more of it comes."""
        album, loop = self._of(said), asyncio.get_running_loop()
        while (wait := album.newest_at + self._pace.album - loop.time()) > 0:
            await asyncio.sleep(wait)
        return album

    def _of(self, said: Said) -> Album:
        album = self._albums.setdefault((said.place.chat_id, said.album), Album())
        if len(self._albums) > _MANY:
            self._albums.popitem(last=False)
        return album
