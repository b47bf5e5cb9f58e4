"""What the web channel needs from the rest of the house, and nothing more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.answer import Answer
from retrieval import Metadata, Passage

Phase = Literal["starting", "indexing", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A public document as its source page shows it: the card, and every passage in reading order."""

    id: str
    metadata: Metadata
    language: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class ReadinessState:
    """How far the index is. ``reason`` is an English sentence, empty when all is well."""

    ready: bool
    phase: Phase
    done: int = 0
    total: int = 0
    reason: str = ""
    documents: int = 0
    passages: int = 0


class Assistant(Protocol):
    """Answers questions."""

    async def ask(self, question: str, *, conversation_id: str | None = None, language: str | None = None) -> Answer:
        """Answers one question.

        Raises:
            bot.errors.QuestionError: the question cannot be asked as it is; the message is for the user.
        """
        ...

    def examples(self, language: str) -> Sequence[str]:
        """Questions the knowledge base can answer. Called in a worker thread."""
        ...


class Library(Protocol):
    """Opens documents for reading."""

    def document(self, document_id: str) -> SourceDocument | None:
        """The document, or ``None`` where there is none that the public may read. Called in a worker thread."""
        ...


class Readiness(Protocol):
    """Knows whether questions can be answered yet."""

    def state(self) -> ReadinessState:
        """The state at this moment; cheap, never waits."""
        ...
