"""What the Telegram channel needs from the rest of the house, and nothing more."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.answer import Answer, Citation, Delta, Feedback

Linker = Callable[[Citation, str], str]
"""The absolute address of a cited passage for a reader's language; empty where Telegram would drop it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A category of the folder or a country, and what may be asked of it."""

    key: str
    """The category's folder, or the country's ISO code."""
    name: str
    documents: int
    questions: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a search came upon. ``citation`` says where, its quote being the passage."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file that staff sent. ``reason`` is empty where it is answered from now."""

    document_id: str
    replaced: bool = False
    title: str = ""
    language: str = ""
    passages: int = 0
    warnings: tuple[str, ...] = ()
    reason: str = ""


class Assistant(Protocol):
    """Answers questions."""

    def stream(
        self, question: str, *, conversation_id: str | None = None, language: str | None = None
    ) -> AsyncGenerator[Delta | Answer, None]:
        """Words as they come, then the answer.

        Raises:
            retrieval.NotReadyError: there is no index to answer from yet.
            bot.errors.QuestionError: from the generator: the question cannot be asked; the message is for the user.
        """
        ...

    def examples(self, language: str) -> Sequence[str]:
        """Questions to begin with; none before the index is there. Called in a worker thread."""
        ...


class Memory(Protocol):
    """Remembers answers. Every method is called in a worker thread."""

    def answer(self, answer_id: str) -> Answer | None:
        """An answer that was given."""
        ...

    def rate(self, feedback: Feedback) -> bool:
        """Keeps what a reader thought; False if there is no such answer."""
        ...

    def ask_a_person(self, answer_id: str) -> bool:
        """Keeps the question as an open one for staff; False if there is no such answer."""
        ...

    def forget(self, conversation_id: str) -> int:
        """Erases a conversation; tells how many turns it had."""
        ...


class Library(Protocol):
    """Knows what the documents are about. Every method is called in a worker thread.

    Raises:
        retrieval.NotReadyError: from every method, before the index is there.
    """

    def topics(self, language: str) -> Sequence[Topic]:
        """The categories."""
        ...

    def countries(self, language: str) -> Sequence[Topic]:
        """The countries that documents are about, by name."""
        ...

    def find(self, text: str, *, limit: int) -> Sequence[Found]:
        """Passages for a search, the best first; at most one a document."""
        ...


class Shelf(Protocol):
    """Takes a document into the folder."""

    def receive(self, file: Path, *, name: str, category: str) -> Received:
        """Puts a file into a category, through the checks of every file. Called in a worker thread; may take long.

        Args:
            name: as the sender called it; it is made safe.
            category: a folder that is there; anything else means the inbox.
        """
        ...
