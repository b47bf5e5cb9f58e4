"""Law that knows its date: whether a text applies today, did once, or will."""

import datetime as dt
import re
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
    def is_past(self) -> bool:
        """Whether it is answered from only when the past is asked for."""
        return self in {Standing.SUPERSEDED, Standing.EXPIRED}


_COMING_WEIGHT = 0.85
_OTHER_YEAR_WEIGHT = 0.3
_PAST = re.compile(
    r"\b(?:used to|previous(?:ly)?|former(?:ly)?|in the past|at that time|before \d{4}|until \d{4}|history|applied in"
    r"|was in force|still (?:apply|applies|in force|valid)|repealed|superseded)\b"
    r"|以前|之前|过去|原来|曾经|当时|旧版|历史上|还有效|仍然有效|废止|被取代"
    r"|раньше|прежде|ранее|до \d{4}|прежн|действовал|в прошлом|ещё действует|все ещё|утратил|отменён|отменен",
    re.IGNORECASE,
)


def asks_for_history(question: Question, today: dt.date) -> bool:
    """Whether a question is about what applied once: it says so, or names a past year."""
    return bool(_PAST.search(question.text)) or any(int(year) < today.year for year in question.years)


def standing_of(metadata: Metadata, today: dt.date) -> Standing:
    """How a document stands today, from its status and its dates. An event is over the day after its end."""
    if metadata.status in {Status.SUPERSEDED, Status.REPEALED} or metadata.superseded_by:
        return Standing.SUPERSEDED
    last = last_day(metadata)
    if metadata.status is Status.EXPIRED or (last is not None and last < today):
        return Standing.EXPIRED
    effective_later = metadata.date_effective is not None and metadata.date_effective > today
    if effective_later or (metadata.status is Status.NOT_YET_IN_FORCE and metadata.date_effective is None):
        return Standing.COMING
    return Standing.CURRENT


def last_day(metadata: Metadata) -> dt.date | None:
    """The last day a document says something true about: its expiry, or the end of what it announces."""
    if metadata.date_expires is not None:
        return metadata.date_expires
    ends = metadata.end or metadata.start if metadata.kind == "event" else dict(metadata.extra).get("valid_until")
    try:
        return dt.date.fromisoformat(ends[:10]) if ends else None
    except ValueError:
        return None


def weight(metadata: Metadata, question: Question, today: dt.date, *, history: bool) -> float:
    """What is left of a passage's fitness for the day a question is about: 0 for what no longer applies to it."""
    found = standing_of(metadata, today)
    if not history:
        return 0.0 if found.is_past else _COMING_WEIGHT if found is Standing.COMING else 1.0
    years = [int(year) for year in question.years if int(year) < today.year]
    # "The Law on Investment 2025" may be in force since 2026: a year may be part of a name.
    named = any(str(year) in f"{metadata.title} {metadata.doc_number or ''}" for year in years)
    return 1.0 if not years or named or any(_applied_in(metadata, year) for year in years) else _OTHER_YEAR_WEIGHT


def _applied_in(metadata: Metadata, year: int) -> bool:
    """Whether a text may have applied at some time of a year, as far as its dates tell."""
    first, last = metadata.date_effective, last_day(metadata)
    return (first is None or first.year <= year) and (last is None or last.year >= year)
