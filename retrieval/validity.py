"""Law that knows its date: whether a text applies today, did once, or will."""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from retrieval.metadata import Metadata, Status
from retrieval.question import Question


class Standing(StrEnum):
    """How a document stands to a day."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    COMING = "coming"

    @property
    def weight(self) -> float:
        """What is left of a passage's fitness when today's law is asked for."""
        return {"current": 1.0, "superseded": 0.55, "expired": 0.55, "coming": 0.85}[self.value]


@dataclass(frozen=True, slots=True)
class Judged:
    """A standing and its weight for one question."""

    standing: Standing
    weight: float


_PAST = re.compile(
    r"\b(?:used to|previous(?:ly)?|former(?:ly)?|in the past|at that time|before \d{4}|until \d{4}|history|applied in)\b"
    r"|以前|之前|过去|原来|曾经|当时|旧版|历史上"
    r"|раньше|прежде|ранее|до \d{4}|прежн|действовал|в прошлом",
    re.IGNORECASE,
)


def asks_for_history(question: Question, today: dt.date) -> bool:
    """Whether a question is about what applied once: it says so, or names a past year."""
    return bool(_PAST.search(question.text)) or any(int(year) < today.year for year in question.years)


def standing_of(metadata: Metadata, today: dt.date) -> Standing:
    """How a document stands today, from its status and its dates."""
    if metadata.status in {Status.SUPERSEDED, Status.REPEALED} or metadata.superseded_by:
        return Standing.SUPERSEDED
    if metadata.status is Status.EXPIRED or (metadata.date_expires is not None and metadata.date_expires < today):
        return Standing.EXPIRED
    effective_later = metadata.date_effective is not None and metadata.date_effective > today
    if effective_later or (metadata.status is Status.NOT_YET_IN_FORCE and metadata.date_effective is None):
        return Standing.COMING
    return Standing.CURRENT


def standing(metadata: Metadata, today: dt.date, *, history: bool) -> Judged:
    """A document's standing, and its weight: full for every text when history is asked for."""
    found = standing_of(metadata, today)
    return Judged(found, 1.0 if history else found.weight)
