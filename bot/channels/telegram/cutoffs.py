"""What is wanted no more: what came before a ``/stop`` of its sender, or before a ``/forget``.

Updates are compared by when they came to us: Telegram's own numbers begin anew, anywhere, after a quiet week.
"""

import itertools

from bot.channels.telegram.ledger import Taken

Lane = tuple[int, int]


class Cutoffs:
    """Remembers which updates are in hand, and up to which of them a user wants nothing."""

    def __init__(self) -> None:
        self._order = itertools.count()
        self._in_hand: dict[str, int] = {}
        self._stopped: dict[tuple[Lane, int], int] = {}
        self._forgotten: dict[tuple[int, int | None], int] = {}

    def take_in_hand(self, taken: Taken) -> bool:
        """Notes that an update came; False if it is in hand already."""
        if taken.key in self._in_hand:
            return False
        self._in_hand[taken.key] = next(self._order)
        return True

    def let_go(self, taken: Taken) -> None:
        """Nothing more is done about an update."""
        self._in_hand.pop(taken.key, None)

    def stop(self, taken: Taken, lane: Lane, user_id: int) -> None:
        """What came before this is to get no answer in its lane."""
        self._drop_spent()
        self._stopped[lane, user_id] = self._came(taken)

    def forget(self, taken: Taken, chat_id: int, user_id: int | None) -> None:
        """What came before this is to leave no trace; of one user, or of all in the chat."""
        self._drop_spent()
        self._forgotten[chat_id, user_id] = self._came(taken)

    def is_stopped(self, taken: Taken, lane: Lane, user_id: int) -> bool:
        """Whether its sender said stop after it."""
        return self._came(taken) < self._stopped.get((lane, user_id), -1)

    def is_forgotten(self, taken: Taken, chat_id: int, user_id: int) -> bool:
        """Whether its sender wants it forgotten."""
        came = self._came(taken)
        return any(came < self._forgotten.get((chat_id, whose), -1) for whose in (user_id, None))

    def _drop_spent(self) -> None:
        """Whatever came before them has been let go of: nobody need be remembered any more for having said so."""
        oldest = min(self._in_hand.values(), default=0)
        self._stopped = {who: at for who, at in self._stopped.items() if at > oldest}
        self._forgotten = {who: at for who, at in self._forgotten.items() if at > oldest}

    def _came(self, taken: Taken) -> int:
        return self._in_hand.get(taken.key, -1)
