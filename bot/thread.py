"""What a conversation is about: the subject of the turn before, however many questions have leaned on it."""

import re
from dataclasses import dataclass

from bot.answer import Answer
from bot.follow_up import Said, spoken_in
from bot.places import places_in

_FRONT = re.compile(r"([^:：?？]{1,80})(?:: |：)(?=\S)")
"""What stands before a question that was completed."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What the turn before was about: one subject, however many questions have leaned on it."""

    whole: str
    """Its question in full."""
    root: str
    """What we put before it when it was completed; empty where it stood alone."""
    leaned: bool
    """Whether it asked something more of that, and named no topic of its own."""
    places: str
    """The countries it spoke of, as they stand there."""
    is_china: bool
    """Whether that is China alone, of which most documents speak: then its subject says more."""

    @classmethod
    def read(cls, turn: Answer, whole: str, language: str) -> "Thread":
        spoken = spoken_in(whole, language)
        front = _FRONT.match(whole) if whole != turn.question else None
        named = {place.code: whole[place.start : place.end].removesuffix("'s") for place in places_in(whole, spoken)}
        return cls(
            whole=whole,
            root=front[1] if front else "",
            leaned=front is not None and Said.read(turn.question, spoken_in(turn.question, language)).only_leans,
            places=", ".join(named.values()),
            is_china=set(named) == {"CN"},
        )

    @property
    def about(self) -> str:
        """What "it" means now: the subject, and the topic if one was named since."""
        return self.root if self.leaned else self.whole
