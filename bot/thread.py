"""What a conversation is about: the subject of the turn before, however many questions have leaned on it."""

import re
from dataclasses import dataclass

from bot.answer import Answer
from bot.ellipsis import LIMIT, REGION
from bot.follow_up import Said, spoken_in
from bot.places import places_in
from bot.small_talk import without_courtesy
from retrieval import country_names

_FRONT = re.compile(r"([^:：?？]{1,200})(?:: |：)(?=\S)")
"""What stands before a question that was completed."""
_LIMITED = re.compile(rf"(.+?)(?:{'|'.join(LIMIT.values())})[^,，?？]+[?？]?$")


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
    is_wide: bool
    """Whether that is China alone, of which most documents speak, or a group of countries: then its subject says more."""
    narrowed: str
    """Its question before it was limited to a part; empty if it was not."""

    @classmethod
    def read(cls, turn: Answer, whole: str, language: str) -> "Thread":
        spoken = spoken_in(whole, language)
        front = _FRONT.match(whole) if whole != turn.question else None
        named = {
            place.code: _first_form(place.code, spoken) or whole[place.start : place.end].removesuffix("'s")
            for place in places_in(whole, spoken)
        }
        asked = without_courtesy(turn.question)
        said = Said.read(asked, spoken_in(asked, language))
        limited = _LIMITED.match(whole)
        return cls(
            whole=whole,
            root=front[1] if front and said.rest.casefold() in whole[front.end() :].casefold() else "",
            leaned=front is not None and said.only_leans and not said.chooses,
            places=", ".join(named.values()),
            is_china=set(named) == {"CN"},
            is_wide=all(code == "CN" or REGION.fullmatch(code) for code in named),
            narrowed=limited[1] if limited else "",
        )

    @property
    def about(self) -> str:
        """What "it" means now: the subject, and the topic if one was named since."""
        return self.root or self.whole if self.leaned else self.whole


def _first_form(code: str, language: str) -> str | None:
    """A country's name as it stands alone, where it is declined."""
    return next(iter(country_names([code], "ru")), None) if language == "ru" else None
