"""What the web channel needs from the rest of the house, and nothing more."""

import datetime as dt
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bot.answer import Answer, Delta, Feedback, RemovedFrom
from retrieval import FolderCounts, Hit, IndexCounts, KnowledgeFile, Metadata, Passage, Stored, SyncReport

Phase = Literal["starting", "indexing", "ready", "failed"]
SyncPhase = Literal["starting", "syncing", "idle", "failed"]


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


@dataclass(frozen=True, slots=True)
class SyncState:
    """What the sync does at this moment. ``problem`` is why the last one ended early, or why nothing can be indexed."""

    phase: SyncPhase
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    problem: str | None = None
    ended_at: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """All that staff see of the knowledge base at one glance. Counts are ``None`` while they cannot be had."""

    today: dt.date
    sync: SyncState
    files: tuple[KnowledgeFile, ...] = ()
    passages: int = 0
    folder: FolderCounts | None = None
    indexes: IndexCounts | None = None
    removed: Mapping[str, int] = field(default_factory=dict)
    """Statements that the proof took out of models' drafts, by reason; under ``quoted``, how many gave way to a quote."""
    removed_lately: tuple[RemovedFrom, ...] = ()
    """The latest of them, the newest first."""

    @property
    def documents(self) -> int:
        """How many documents the catalog holds."""
        return sum(file.record is not None for file in self.files)

    @property
    def agree(self) -> bool | None:
        """Whether folder, catalog and both indexes hold the same; ``None`` where that cannot be told yet."""
        if self.sync.phase in {"starting", "syncing"} or self.indexes is None:
            return None
        return self.indexes.agree and self.folder is not None and self.folder.waiting == 0


@dataclass(frozen=True, slots=True)
class UnderstoodFile:
    """A file and exactly the passages that were understood of it."""

    file: KnowledgeFile
    passages: tuple[Stored, ...]
    today: dt.date


class Assistant(Protocol):
    """Answers questions."""

    async def ask(self, question: str, *, conversation_id: str | None = None, language: str | None = None) -> Answer:
        """Answers one question.

        Raises:
            bot.errors.QuestionError: the question cannot be asked as it is; the message is for the user.
        """
        ...

    def stream(
        self, question: str, *, conversation_id: str | None = None, language: str | None = None
    ) -> AsyncGenerator[Delta | Answer, None]:
        """Answers one question: its words as they come, then, last and once, the answer. Closing it stops the work.

        Raises:
            bot.errors.QuestionError: as in ``ask``, before the first event.
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

    def search(self, query: str, *, language: str | None = None) -> Sequence[Hit]:
        """Public passages that may answer, the best first. Called in a worker thread.

        Raises:
            retrieval.NotReadyError: there is no index yet.
        """
        ...


class Memory(Protocol):
    """Remembers what was answered, and what was thought of it. Called in a worker thread."""

    def answer(self, answer_id: str) -> Answer | None:
        """An answer that was given."""
        ...

    def turns(self, conversation_id: str) -> Sequence[Answer]:
        """The answers of a conversation, the oldest first."""
        ...

    def rate(self, feedback: Feedback) -> bool:
        """Keeps what was thought of an answer; False if there is none of this id."""
        ...

    def rating(self, answer_id: str) -> Feedback | None:
        """What was thought of an answer, if anything was said."""
        ...

    def ask_a_person(self, answer_id: str) -> bool:
        """Puts the question of an answer before the staff; False if there is no such answer."""
        ...

    def forget(self, conversation_id: str) -> int:
        """Erases a conversation; tells how many turns it had."""
        ...


class Readiness(Protocol):
    """Knows whether questions can be answered yet."""

    def state(self) -> ReadinessState:
        """The state at this moment; cheap, never waits."""
        ...


class Inventory(Protocol):
    """Shows staff what is in the folder and what became of it, whoever may read it. Called in a worker thread."""

    def overview(self) -> Overview:
        """Every file, and the counts side by side."""
        ...

    def understood(self, document_id: str) -> UnderstoodFile | None:
        """One file, or ``None`` where the folder had none of this name."""
        ...

    def sync(self, *, rebuild: bool, allow_removals: bool) -> SyncReport:
        """Brings the index level with the folder now, and waits for it.

        Raises:
            retrieval.RetrievalError: it cannot be done now; the message says what to do.
        """
        ...
