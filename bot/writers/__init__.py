"""What turns found passages into a draft of an answer."""

from dataclasses import dataclass
from typing import Protocol

from retrieval import SearchResult


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a draft and what it claims to rest on: numbers count the hits of the search from 1."""

    text: str
    hits: tuple[int, ...]
    quote: str | None = None
    """The words of the first hit that support it; None where the writer leaves finding them to the proof."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer proposes. Nothing of it reaches a user before ``citations.prove`` has seen it."""

    claims: tuple[Claim, ...]
    model: str | None = None


class Writer(Protocol):
    """The step that other systems call generation."""

    async def write(self, result: SearchResult, *, language: str) -> Draft:
        """A draft from the hits of a search; no claims if they do not answer."""
