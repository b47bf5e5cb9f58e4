"""What the MCP tools hand out, and what stands behind them: the house itself, or a running server."""

import asyncio
import datetime as dt
import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Protocol

from pydantic import BaseModel

from bot.answer import Answer, Citation, Delta
from bot.tables import written
from bot.unlinked import unlinked
from retrieval import Hit, Metadata, Passage

LONGEST = 60_000
"""Characters of a document that one call hands out."""
CONTINUES = "continues_at"
"""Names, in the metadata of a document that was cut, the id to go on reading at."""
BEFORE = 2
"""Passages before the one that was asked for that come along."""


class Found(BaseModel):
    """A passage that may answer. Show its url as the source."""

    id: str
    title: str
    url: str
    text: str
    metadata: dict[str, str]


class SearchResults(BaseModel):
    """Passages, the best first."""

    results: list[Found]


class Document(BaseModel):
    """A document to read and to cite. Of a long one a part: fetch `metadata.continues_at`, where there is one, for more."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, str]


class Cited(BaseModel):
    """The words of a document behind a number of the answer."""

    number: int
    title: str
    url: str
    quote: str
    location: str
    issuer: str | None
    date: dt.date | None


class Answered(BaseModel):
    """An answer proven sentence by sentence; `outcome` not_covered means that the documents say nothing about it."""

    outcome: str
    language: str
    answer: str
    citations: list[Cited]
    notes: list[str]
    model: str | None
    """The language model that wrote it; none, where the answer is made of quotes."""
    conversation_id: str
    """To be sent with a question that goes on from this answer."""
    understood_as: str | None = None
    """A follow-up as it was looked for."""


class Desk(Protocol):
    """Answers the three tools."""

    async def search(self, query: str) -> SearchResults:
        """Passages that may answer."""
        ...

    async def fetch(self, source_id: str) -> Document | None:
        """A document by its id or by that of a passage."""
        ...

    async def ask(self, question: str, language: str | None, conversation_id: str | None) -> Answered:
        """An answer, in a new conversation where none is named."""
        ...


class OpenDocument(Protocol):
    """A public document."""

    @property
    def id(self) -> str: ...
    @property
    def metadata(self) -> Metadata: ...
    @property
    def passages(self) -> tuple[Passage, ...]: ...


class Asked(Protocol):
    """The assistant."""

    def stream(
        self, question: str, *, conversation_id: str | None = None, language: str | None = None
    ) -> AsyncGenerator[Delta | Answer, None]:
        """Words, then the answer."""
        ...


class Shelf(Protocol):
    """The library. Called in a worker thread."""

    def document(self, document_id: str) -> OpenDocument | None:
        """A public document."""
        ...

    def search(self, query: str, *, language: str | None = None) -> Sequence[Hit]:
        """Public passages, the best first."""
        ...


Measured = Callable[[str, AsyncGenerator[Delta | Answer, None]], AsyncGenerator[Delta | Answer, None]]


class HouseDesk:
    """Over the assistant and the library of this process.

    Args:
        link: the absolute address of a cited passage on our own page.
        measured: counts an answer and hands its events on.
    """

    def __init__(self, assistant: Asked, shelf: Shelf, link: Callable[[Citation], str], measured: Measured) -> None:
        self._assistant = assistant
        self._shelf = shelf
        self._link = link
        self._measured = measured

    async def search(self, query: str) -> SearchResults:
        """As the port has it."""
        hits = await asyncio.to_thread(self._shelf.search, query)
        return SearchResults(results=[self._found(hit.passage, hit.metadata) for hit in hits[:10]])

    async def fetch(self, source_id: str) -> Document | None:
        """As the port has it."""
        document_id, _, number = source_id.rpartition("#")
        if not number.isdecimal():
            document_id, number = source_id, ""
        document = await asyncio.to_thread(self._shelf.document, document_id)
        if document is None or not document.passages:
            return None
        here = next((p for p in document.passages if str(p.ordinal) == number), document.passages[0])
        card = document.metadata
        texts = [(passage.id, passage.text) for passage in document.passages]
        text, rest = excerpt(texts)
        if rest and (first := document.passages.index(here) - BEFORE) > 0:
            text, rest = excerpt(texts[first:])
        return Document(
            id=source_id,
            title=card.title or document.id,
            text=text,
            url=self._link(_named(here, card)),
            metadata=_about(here, card) | ({CONTINUES: rest} if rest else {}),
        )

    async def ask(self, question: str, language: str | None, conversation_id: str | None) -> Answered:
        """As the port has it."""
        answer: Answer | None = None
        conversation_id = conversation_id or uuid.uuid4().hex
        # A name of its own in the store: no id sent here reaches a conversation of another channel.
        asked = self._assistant.stream(question, conversation_id=f"mcp-{conversation_id}", language=language)
        async for event in self._measured("mcp", asked):
            if isinstance(event, Answer):
                answer = event
        assert answer is not None, "a stream ends with its answer"
        return Answered(
            outcome=answer.outcome.value,
            language=answer.language,
            answer=written(answer),
            citations=[
                Cited(
                    number=c.number,
                    title=c.title or c.document_id,
                    url=self._link(c),
                    quote=unlinked(c.quote),
                    location=c.location,
                    issuer=c.issuer,
                    date=c.date,
                )
                for c in answer.citations
            ],
            notes=[note.text for note in answer.notes],
            model=answer.model,
            conversation_id=conversation_id,
            understood_as=unlinked(answer.understood_as) if answer.understood_as else None,
        )

    def _found(self, passage: Passage, card: Metadata) -> Found:
        return Found(
            id=passage.id,
            title=card.title or passage.document_id,
            url=self._link(_named(passage, card)),
            text=passage.text,
            metadata=_about(passage, card),
        )


def _named(passage: Passage, card: Metadata) -> Citation:
    return Citation(0, passage.document_id, passage.id, card.title, passage.language, str(passage.location), "")


def _about(passage: Passage, card: Metadata) -> dict[str, str]:
    facts = {
        "section": str(passage.location),
        "language": passage.language,
        "issuer": card.issuer,
        "date": card.date,
        "number": card.doc_number,
        "status": card.status,
        "publisher_url": card.source_url,
    }
    return {name: str(value) for name, value in facts.items() if value}


def excerpt(passages: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Ids and texts of passages as one text, as much as may be handed out; and the id of the first one left out, or nothing."""
    length = 0
    for number, (passage_id, text) in enumerate(passages):
        length += len(text) + 2
        if number and length > LONGEST:
            return "\n\n".join(text for _, text in passages[:number]), passage_id
    return "\n\n".join(text for _, text in passages)[:LONGEST], ""
