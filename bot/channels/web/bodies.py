"""The bodies of the HTTP interface, field for field as other people's scripts rely on them."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bot.answer import Answer, Citation, NoteKind, Outcome, Statement
from bot.channels.web.examples import ANSWER, shown
from bot.channels.web.ports import Overview, Phase, ReadinessState, SyncPhase
from bot.replies import place
from retrieval import Access, FileStanding, KnowledgeFile, Standing, SyncReport, contradictions, standing_of

LANGUAGE_PATTERN = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$"


def whole(text: str) -> str:
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

    question: Annotated[str, AfterValidator(whole), Field(description="The question, in any language.")]
    language: Annotated[
        str | None,
        Field(pattern=LANGUAGE_PATTERN, description="Language of the answer; without it, the question's own."),
    ] = None
    conversation_id: Annotated[
        str | None,
        Field(pattern=r"^[\x21-\x7e]{1,128}$", description="From an earlier answer: makes this question a follow-up."),
    ] = None


class RowBody(BaseModel):
    """A sentence as a row of a table. Statements that follow each other with the same `table` are its rows."""

    table: int
    header: list[str]
    cells: Annotated[list[str], Field(description="As many as the header has names; a cell may be empty.")]


class StatementBody(BaseModel):
    """One sentence and the numbers of the citations behind it."""

    text: str
    citations: list[int]
    heading: Annotated[
        str | None,
        Field(
            exclude_if=lambda value: value is None,
            description="Stands over the section that begins with this sentence, in briefings and comparisons; else absent.",
        ),
    ] = None
    row: Annotated[
        RowBody | None,
        Field(
            exclude_if=lambda value: value is None,
            description="The same sentence cell by cell, where it is a row of a table; else absent.",
        ),
    ] = None

    @classmethod
    def of(cls, statement: Statement) -> Self:
        """The sentence as it is."""
        row = statement.row
        return cls(
            text=statement.text,
            citations=list(statement.citations),
            heading=statement.heading,
            row=RowBody(table=row.table, header=list(row.header), cells=list(row.cells)) if row else None,
        )


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
    quote: Annotated[
        str,
        Field(description="Verbatim words of the passage; each item of a list on a line, other white space folded."),
    ]
    url: Annotated[str, Field(description="Our page of the source, open at the passage, with the quote marked.")]
    source_url: Annotated[str | None, Field(description="The publisher's page.")]


class NoteBody(BaseModel):
    """Something the reader must know about the sources."""

    kind: NoteKind
    text: str
    citations: list[int]


class AnswerBody(BaseModel):
    """An answer whose every statement carries its sources."""

    model_config = shown(ANSWER)

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
    understood_as: Annotated[
        str | None,
        Field(
            exclude_if=lambda value: value is None,
            description="The question that was answered, where a follow-up was completed from earlier ones; else absent.",
        ),
    ] = None

    @classmethod
    def of(cls, answer: Answer, link: Callable[[Citation], str]) -> Self:
        """The answer with each citation's address, which only a channel that knows its own address can make."""
        return cls(
            id=answer.id,
            conversation_id=answer.conversation_id,
            outcome=answer.outcome,
            language=answer.language,
            text=answer.text,
            statements=[StatementBody.of(statement) for statement in answer.statements],
            citations=[
                CitationBody(
                    number=c.number,
                    document_id=c.document_id,
                    passage_id=c.passage_id,
                    title=c.title,
                    issuer=c.issuer,
                    date=c.date,
                    language=c.language,
                    location=place(c.location, answer.language),
                    quote=c.shown,
                    url=link(c),
                    source_url=c.source_url,
                )
                for c in answer.citations
            ],
            notes=[NoteBody(kind=n.kind, text=n.text, citations=list(n.citations)) for n in answer.notes],
            suggestions=list(answer.suggestions),
            model=answer.model,
            understood_as=answer.understood_as,
        )


class Examples(BaseModel):
    """Questions to begin with."""

    model_config = shown({"language": "en", "examples": ["When is the annual CBAM declaration due?"]})

    language: str
    examples: list[str]


class ReadinessBody(BaseModel):
    """How far the index is, and why questions cannot be answered yet."""

    model_config = shown(
        {"ready": True, "phase": "ready", "done": 5, "total": 5, "reason": "", "documents": 5, "passages": 80}
    )

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


class FileBody(BaseModel):
    """A file of the folder and what became of it."""

    path: str
    state: Annotated[FileStanding, Field(description="held: the last good version is answered from.")]
    reason: str | None
    title: str | None
    language: str | None
    category: str | None
    access: Access | None
    standing: Annotated[Standing | None, Field(description="How the text stands today.")]
    pages: int | None
    passages: int
    date_issued: dt.date | None
    date_published: dt.date | None
    date_effective: dt.date | None
    date_expires: dt.date | None
    as_of: dt.date | None
    review_by: dt.date | None
    review_passed: bool
    warnings: list[str]
    indexed_at: str | None

    @classmethod
    def of(cls, file: KnowledgeFile, today: dt.date) -> Self:
        """The file as it stands on a day."""
        record = file.record
        card = record.metadata if record else None
        return cls(
            path=file.path,
            state=file.state,
            reason=file.reason,
            title=card.title if card else None,
            language=record.language if record else None,
            category=category_of(file.path),
            access=card.access if card else None,
            standing=standing_of(card, today) if card else None,
            pages=record.pages if record else None,
            passages=record.passages if record else 0,
            date_issued=card.date_issued if card else None,
            date_published=card.date_published if card else None,
            date_effective=card.date_effective if card else None,
            date_expires=card.date_expires if card else None,
            as_of=card.as_of if card else None,
            review_by=card.review_by if card else None,
            review_passed=bool(card and card.review_by and card.review_by < today),
            warnings=warnings_of(file, today),
            indexed_at=record.indexed_at if record else None,
        )


def category_of(path: str) -> str | None:
    """The first folder of a path."""
    return path.split("/")[0] if "/" in path else None


def warnings_of(file: KnowledgeFile, today: dt.date) -> list[str]:
    """What staff should mend in a document, as it was read and as its dates stand today."""
    if file.record is None:
        return []
    return [*file.record.warnings, *(str(found) for found in contradictions(file.record.metadata, today))]


class SyncBody(BaseModel):
    """What the sync does at this moment."""

    phase: SyncPhase
    done: int
    total: int
    seconds_left: float | None
    problem: Annotated[str | None, Field(description="Why the last sync ended early.")]
    ended_at: str | None


class CountsBody(BaseModel):
    """Folder, catalog and indexes side by side; null where a count cannot be had at the moment."""

    folder_files: int | None
    files_waiting: Annotated[int | None, Field(description="Files that differ from what the last sync saw.")]
    documents: int
    not_indexed: int
    held: int
    passages: int
    passages_to_search: Annotated[int | None, Field(description="Those of public documents.")]
    lexical: int | None
    vectors: int | None
    agree: bool | None


class RemovedBody(BaseModel):
    """A sentence of a model's draft that was taken out, and what stands in its place."""

    question: str
    text: str
    reason: str
    quote: Annotated[str | None, Field(description="The words of the source that were put in its place.")]


class KnowledgeBody(BaseModel):
    """Every file, and the counts side by side."""

    sync: SyncBody
    counts: CountsBody
    removed: Annotated[
        dict[str, int],
        Field(
            description="Statements of a model's drafts that were taken out, by reason; `quoted`: how many gave way to a quote."
        ),
    ]
    removed_lately: Annotated[
        list[RemovedBody], Field(description="The sentences themselves, of the latest answers that lost any.")
    ]
    files: list[FileBody]

    @classmethod
    def of(cls, overview: Overview) -> Self:
        """The overview as it is told to scripts."""
        folder, indexes, sync = overview.folder, overview.indexes, overview.sync
        states = [file.state for file in overview.files]
        return cls(
            sync=SyncBody(
                phase=sync.phase,
                done=sync.done,
                total=sync.total,
                seconds_left=sync.seconds_left,
                problem=sync.problem,
                ended_at=sync.ended_at,
            ),
            counts=CountsBody(
                folder_files=folder.files if folder else None,
                files_waiting=folder.waiting if folder else None,
                documents=overview.documents,
                not_indexed=states.count(FileStanding.FAILED),
                held=states.count(FileStanding.HELD),
                passages=overview.passages,
                passages_to_search=indexes.wanted if indexes else None,
                lexical=indexes.lexical if indexes else None,
                vectors=indexes.vectors if indexes else None,
                agree=overview.agree,
            ),
            removed=dict(overview.removed),
            removed_lately=[
                RemovedBody(
                    question=each.question,
                    text=each.removed.text,
                    reason=each.removed.reason,
                    quote=each.removed.quote or None,
                )
                for each in overview.removed_lately
            ],
            files=[FileBody.of(file, overview.today) for file in overview.files],
        )


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Version(BaseModel):
    """What runs here."""

    name: Literal["dragoman"] = "dragoman"
    version: str


class SyncOrder(BaseModel):
    """What a sync is asked for."""

    rebuild: Annotated[bool, Field(description="Read every file again and make both indexes anew.")] = False
    allow_removals: Annotated[bool, Field(description="Believe a folder that has lost most of its documents.")] = False


class FailedFile(BaseModel):
    """A file that could not be indexed."""

    path: str
    reason: str


class WarnedFile(BaseModel):
    """A file that was indexed, and what staff should mend in it."""

    path: str
    message: str


class SyncReportBody(BaseModel):
    """What a sync did."""

    added: int
    changed: int
    moved: int
    removed: int
    unchanged: int
    failed: list[FailedFile]
    warnings: list[WarnedFile]
    documents: int
    passages: int
    seconds: float

    @classmethod
    def of(cls, report: SyncReport) -> Self:
        """The report as it is told to others."""
        return cls(
            added=report.added,
            changed=report.changed,
            moved=report.moved,
            removed=report.removed,
            unchanged=report.unchanged,
            failed=[FailedFile(path=failed.path, reason=failed.message) for failed in report.failed],
            warnings=[WarnedFile(path=warning.path, message=warning.message) for warning in report.warnings],
            documents=report.documents,
            passages=report.passages,
            seconds=report.seconds,
        )
