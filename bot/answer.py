"""An answer as a value: statements with their citations, notes, and what became of the question."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NOT_COVERED = "not_covered"
    CLARIFY = "clarify"


class NoteKind(StrEnum):
    """What a reader must know about the sources of an answer."""

    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    NOT_YET_IN_FORCE = "not_yet_in_force"
    DISAGREEMENT = "disagreement"
    DATED = "dated"
    OTHER_LANGUAGE = "other_language"
    GAP = "gap"
    """A part of the question that no source covers."""
    QUOTED = "quoted"
    """Sentences of a model's draft are given in the words of their sources."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A number in an answer, and the words of a passage that stand behind it."""

    number: int
    document_id: str
    passage_id: str
    title: str
    language: str
    location: str
    quote: str
    """Verbatim words of the passage, white space folded."""
    issuer: str | None = None
    date: dt.date | None = None
    source_url: str | None = None
    """The publisher's page; ours is made from ``passage_id`` by whoever knows the public address."""
    lines: tuple[str, ...] = ()
    """The quote line by line, where it has several: the items of a list."""

    @property
    def shown(self) -> str:
        """The quote for people: each item of a list on a line of its own."""
        return "\n".join(self.lines) or self.quote


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence as a row of a table; rows that follow each other with the same ``table`` are one, under one header.

    In a finished answer each cell has its column's name in ``header``; a cell may be empty, and so may a name.
    """

    table: int
    header: tuple[str, ...]
    cells: tuple[str, ...]
    """Empty only while an answer is made, where other words were put in the place of a row of that table."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer and the numbers of the citations that support it."""

    text: str
    citations: tuple[int, ...]
    heading: str | None = None
    """What stands over the section that begins with this sentence: of a briefing, or of one side of a comparison."""
    row: Row | None = None
    """The same sentence cell by cell, where it is one of several rows of a table."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader must know, in the language of the answer."""

    kind: NoteKind
    text: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """A sentence of a model's draft that its sources do not support."""

    text: str
    reason: str
    """``figure: 20``, ``unsupported``, ``link`` …: what kind of thing was wrong, and where it helps, which."""
    quoted: bool = False
    """Whether the words of the source were put in its place."""
    quote: str = ""
    """Those words."""


@dataclass(frozen=True, slots=True)
class RemovedFrom:
    """A sentence that was taken out of the answer to a question."""

    question: str
    removed: Removed


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel shows. ``text`` is the statements with ``[n]`` marks, or the reply where there are none."""

    id: str
    conversation_id: str
    question: str
    outcome: Outcome
    language: str
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    notes: tuple[Note, ...] = ()
    suggestions: tuple[str, ...] = ()
    model: str | None = None
    retrieved: tuple[str, ...] = field(default=())
    """Ids of the documents that were considered, best first; for evaluation, never shown."""
    removed: tuple[Removed, ...] = ()
    """What the proof took out of a model's draft; for staff, never shown to readers."""
    understood_as: str | None = None
    """The question that was answered, where a follow-up was completed from earlier turns, as people write."""
    sought: str | None = None
    """The same as it was looked for, where that is put otherwise; never shown."""


@dataclass(frozen=True, slots=True)
class Delta:
    """Words of an answer on its way. A channel may show them at once; the proven ``Answer`` replaces them all."""

    text: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thought of an answer; ``helpful`` is None for one taken back."""

    answer_id: str
    helpful: bool | None
    reason: str = ""
