"""The bodies of the HTTP interface, field for field as other people's scripts rely on them."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bot.answer import Answer, Citation, NoteKind, Outcome
from bot.channels.web.ports import Phase, ReadinessState

LANGUAGE_PATTERN = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$"


def _whole(text: str) -> str:
    """Half a surrogate pair can be written in JSON, but neither stored nor sent on."""
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise PydanticCustomError("text", "This is not valid Unicode text")
    return text


class Question(BaseModel):
    """A question to the assistant."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"question": "Which CBAM reporting deadlines apply in 2026?", "language": "en"}]
        }
    )

    question: Annotated[str, AfterValidator(_whole), Field(description="The question, in any language.")]
    language: Annotated[
        str | None,
        Field(pattern=LANGUAGE_PATTERN, description="Language of the answer; without it, the question's own."),
    ] = None
    conversation_id: Annotated[
        str | None,
        Field(pattern=r"^[\x21-\x7e]{1,128}$", description="From an earlier answer: makes this question a follow-up."),
    ] = None


class StatementBody(BaseModel):
    """One sentence and the numbers of the citations behind it."""

    text: str
    citations: list[int]


class CitationBody(BaseModel):
    """A passage behind a sentence, and where it can be read."""

    number: int
    document_id: str
    passage_id: str
    title: str
    issuer: str | None
    date: dt.date | None
    language: str
    location: str
    quote: Annotated[str, Field(description="Verbatim words of the passage, white space folded.")]
    url: Annotated[str, Field(description="Our page of the source, open at the passage, with the quote marked.")]
    source_url: Annotated[str | None, Field(description="The publisher's page.")]


class NoteBody(BaseModel):
    """Something the reader must know about the sources."""

    kind: NoteKind
    text: str
    citations: list[int]


class AnswerBody(BaseModel):
    """An answer whose every statement carries its sources."""

    id: str
    conversation_id: str
    outcome: Outcome
    language: str
    text: str
    statements: list[StatementBody]
    citations: list[CitationBody]
    notes: list[NoteBody]
    suggestions: list[str]
    model: str | None

    @classmethod
    def of(cls, answer: Answer, link: Callable[[Citation], str]) -> Self:
        """The answer with each citation's address, which only a channel that knows its own address can make."""
        return cls(
            id=answer.id,
            conversation_id=answer.conversation_id,
            outcome=answer.outcome,
            language=answer.language,
            text=answer.text,
            statements=[StatementBody(text=s.text, citations=list(s.citations)) for s in answer.statements],
            citations=[
                CitationBody(
                    number=c.number,
                    document_id=c.document_id,
                    passage_id=c.passage_id,
                    title=c.title,
                    issuer=c.issuer,
                    date=c.date,
                    language=c.language,
                    location=c.location,
                    quote=c.quote,
                    url=link(c),
                    source_url=c.source_url,
                )
                for c in answer.citations
            ],
            notes=[NoteBody(kind=n.kind, text=n.text, citations=list(n.citations)) for n in answer.notes],
            suggestions=list(answer.suggestions),
            model=answer.model,
        )


class Examples(BaseModel):
    """Questions to begin with."""

    language: str
    examples: list[str]


class ReadinessBody(BaseModel):
    """How far the index is, and why questions cannot be answered yet."""

    ready: bool
    phase: Phase
    done: int
    total: int
    reason: str
    documents: int
    passages: int

    @classmethod
    def of(cls, state: ReadinessState) -> Self:
        """The state as it is told to others."""
        return cls(
            ready=state.ready,
            phase=state.phase,
            done=state.done,
            total=state.total,
            reason=state.reason,
            documents=state.documents,
            passages=state.passages,
        )


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Version(BaseModel):
    """What runs here."""

    name: Literal["dragoman"] = "dragoman"
    version: str
