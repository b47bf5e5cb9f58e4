"""What turns found passages into a draft of an answer."""

import datetime as dt
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.answer import Row
from retrieval import SearchResult


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a draft and what it claims to rest on: numbers count the hits of the search from 1."""

    text: str
    hits: tuple[int, ...]
    quote: str | None = None
    """The words of the first hit that support it; None where the writer leaves finding them to the proof."""
    row: Row | None = None
    """The same cell by cell, where it is a row of a table."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer proposes. Nothing of it reaches a user before ``citations.prove`` has seen it."""

    claims: tuple[Claim, ...]
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier turn of a conversation: what was asked, in full, and what was answered."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Part:
    """One question that a large one consists of, and what may stand over its answer; empty where nothing was proposed."""

    question: str
    heading: str = ""


class UseOfModel(Protocol):
    """What operators count of a language model, since the start."""

    @property
    def failures(self) -> Mapping[str, int]:
        """How many calls failed, by kind."""
        ...

    @property
    def tokens(self) -> int:
        """How many tokens were spent, in and out together."""
        ...


class ProseWriter(Protocol):
    """A language model, as the assistant sees it. Each method raises ``WriterError`` where it does not answer."""

    name: str

    @property
    def tally(self) -> "UseOfModel":
        """What it has cost and how often it failed."""
        ...

    @property
    def resting(self) -> bool:
        """Whether it failed so often that it is only tried now and then."""
        ...

    def for_one_answer(self) -> "ProseWriter":
        """The same model for one answer: its time runs from now, over all that is asked of it together."""
        ...

    def write(
        self, result: SearchResult, *, language: str, today: dt.date, focus: str = ""
    ) -> AsyncGenerator[Claim, None]:
        """The claims of an answer as they are written; none if the passages do not answer.

        Raises:
            CutOffError: it was stopped before the end; what was given stands.
        """
        ...

    async def translate(self, question: str, languages: Sequence[str]) -> Mapping[str, str]:
        """A question in other languages, by code."""
        ...

    async def divide(self, question: str, *, most: int, language: str) -> tuple[Part, ...]:
        """The questions that a large one consists of."""
        ...

    async def rewrite(self, question: str, earlier: Sequence[Exchange]) -> str:
        """A follow-up as it would be asked without the turns before it; itself where it stands alone."""
        ...


class Writer(Protocol):
    """The step that other systems call generation."""

    def write(self, result: SearchResult, *, language: str) -> Draft:
        """A draft from the hits of a search; no claims if they do not answer."""
