"""The bodies of conversations over HTTP: sessions, messages, what was said before, feedback, search and sources."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.answer import Citation, Feedback
from bot.channels.web.bodies import LANGUAGE_PATTERN, AnswerBody, whole
from bot.channels.web.examples import CONVERSATION, RESULTS, SOURCE, shown
from bot.channels.web.ports import SourceDocument
from retrieval import Hit, Status

ID_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"
ANSWER_ID_PATTERN = r"^[\x21-\x7e]{1,128}$"
_SNIPPET = 500

Language = Annotated[str, Field(pattern=LANGUAGE_PATTERN)]
Text = Annotated[str, AfterValidator(whole)]


class SessionOrder(BaseModel):
    """What a page asks for when its chat is first opened."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_key": "pk_3yq0k4"}]})

    site_key: Annotated[str, Field(max_length=200, description="As `dragoman status` shows it.")]


class SessionBody(BaseModel):
    """A session: send its token as `Authorization: Bearer TOKEN`, always from the same origin."""

    model_config = shown({"token": "WyI3…", "expires_in": 86_400, "conversation_id": "c-3f2a"})

    token: str
    expires_in: Annotated[int, Field(description="Seconds. Ask again with the old token to keep the session.")]
    conversation_id: Annotated[str, Field(description="A fresh one, for those who keep none yet.")]


class MessagePart(BaseModel):
    """A piece of a message; only text counts."""

    type: str
    text: Text = ""


class UiMessage(BaseModel):
    """A message as the AI SDK keeps it."""

    role: str
    parts: list[MessagePart] = []


class Message(BaseModel):
    """A question: in our own form, or as `useChat` of the AI SDK sends it (`id` and `messages`, of which the last counts)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "Which CBAM reporting deadlines apply in 2026?", "conversation_id": "c-3f2a"},
                {
                    "id": "c-3f2a",
                    "messages": [{"role": "user", "parts": [{"type": "text", "text": "Which goods does CBAM cover?"}]}],
                },
            ]
        }
    )

    question: Annotated[Text, Field(description="The question, in any language, at most 2,000 characters.")]
    conversation_id: Annotated[
        str | None,
        Field(pattern=ID_PATTERN, description="Names the conversation within the session; a new one without it."),
    ] = None
    language: Annotated[Language | None, Field(description="Of the answer; without it, the question's own.")] = None
    _is_use_chat: bool = PrivateAttr(False)

    @property
    def is_use_chat(self) -> bool:
        """Whether it came in the form of `useChat`, which reads nothing but a stream and does not say so."""
        return self._is_use_chat

    @model_validator(mode="wrap")
    @classmethod
    def _in_either_form(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        is_use_chat = isinstance(value, dict) and "question" not in value and "messages" in value
        made = handler(cls._from_ui_messages(value) if is_use_chat else value)
        made._is_use_chat = is_use_chat
        return made

    @staticmethod
    def _from_ui_messages(value: dict[str, Any]) -> dict[str, Any]:
        messages = value["messages"]
        last = messages[-1] if isinstance(messages, list) and messages else None
        if last is None:
            raise PydanticCustomError("messages", "The list of messages is empty")
        message = UiMessage.model_validate(last)
        if message.role != "user":
            raise PydanticCustomError("messages", "The last message is not the user's")
        question = "\n".join(part.text for part in message.parts if part.type == "text")
        made = {"question": question, "conversation_id": value.get("id"), "language": value.get("language")}
        return {name: given for name, given in made.items() if given is not None}


class FeedbackBody(BaseModel):
    """What a reader thinks of an answer; `helpful` null takes it back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"answer_id": "9f1c", "helpful": False, "reason": "The figure is of 2024."}]}
    )

    answer_id: Annotated[str, Field(pattern=ANSWER_ID_PATTERN)]
    helpful: bool | None
    reason: Annotated[Text, Field(max_length=1_000)] = ""


class RatingBody(BaseModel):
    """What was thought of an answer."""

    helpful: bool
    reason: str

    @classmethod
    def of(cls, feedback: Feedback | None) -> Self | None:
        """The feedback as it is told to others, if there is any."""
        if feedback is None or feedback.helpful is None:
            return None
        return cls(helpful=feedback.helpful, reason=feedback.reason)


class TurnBody(BaseModel):
    """A question and its answer."""

    question: str
    answer: AnswerBody
    feedback: RatingBody | None


class RunningBody(BaseModel):
    """An answer on its way: follow it at `GET /api/v1/runs/{run_id}/events`."""

    run_id: str
    question: str


class ConversationBody(BaseModel):
    """All that was said in a conversation, the oldest first."""

    model_config = shown(CONVERSATION)

    conversation_id: str
    turns: list[TurnBody]
    running: RunningBody | None


class OpenQuestionOrder(BaseModel):
    """The answer whose question is to go to a person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer_id": "9f1c"}]})

    answer_id: Annotated[str, Field(pattern=ANSWER_ID_PATTERN)]


class OpenQuestionBody(BaseModel):
    """A question that waits for a person."""

    model_config = shown(
        {"answer_id": "9f1c", "status": "open", "text": "Your question has been passed on to the staff."}
    )

    answer_id: str
    status: Literal["open"] = "open"
    text: Annotated[str, Field(description="What to tell the user, in the user's language.")]


class RunBody(BaseModel):
    """What became of an order to stop."""

    model_config = shown({"run_id": "5b1d0c9e8f7a6b5c4d3e2f1a", "status": "stopped"})

    run_id: str
    status: Literal["stopped", "finished"]


class ResultBody(BaseModel):
    """A passage that was found."""

    document_id: str
    passage_id: str
    title: str
    issuer: str | None
    date: dt.date | None
    language: str
    location: str
    text: Annotated[str, Field(description="The beginning of the passage, at most 500 characters.")]
    url: Annotated[str, Field(description="Our page of the source, open at the passage.")]
    source_url: str | None

    @classmethod
    def of(cls, hit: Hit, link: Callable[[Citation], str]) -> Self:
        """The hit, with the address of its passage."""
        passage, card = hit.passage, hit.metadata
        text = passage.text if len(passage.text) <= _SNIPPET else passage.text[: _SNIPPET - 1].rstrip() + "…"
        where = str(passage.location)
        named = Citation(0, passage.document_id, passage.id, card.title, passage.language, where, "")
        return cls(
            document_id=passage.document_id,
            passage_id=passage.id,
            title=card.title,
            issuer=card.issuer,
            date=card.date,
            language=passage.language,
            location=where,
            text=text,
            url=link(named),
            source_url=card.source_url,
        )


class ResultsBody(BaseModel):
    """Passages, the best first."""

    model_config = shown(RESULTS)

    query: str
    results: list[ResultBody]


class PassageBody(BaseModel):
    """A passage of a source."""

    passage_id: str
    location: str
    language: str
    text: str


class SourceBody(BaseModel):
    """A public document: its card and its passages in reading order."""

    model_config = shown(SOURCE)

    document_id: str
    title: str
    issuer: str | None
    date: dt.date | None
    number: str | None
    status: Status | None
    effective: dt.date | None
    expires: dt.date | None
    as_of: dt.date | None
    countries: list[str]
    language: str
    url: Annotated[str, Field(description="Our page of the source.")]
    source_url: Annotated[str | None, Field(description="The publisher's page.")]
    passages: list[PassageBody]
    next_offset: Annotated[int | None, Field(description="Ask again with it for the rest.")]

    @classmethod
    def of(cls, document: SourceDocument, url: str, offset: int, limit: int) -> Self:
        """A part of the document's passages, from ``offset``."""
        card = document.metadata
        shown = document.passages[offset : offset + limit]
        more = offset + limit < len(document.passages)
        return cls(
            document_id=document.id,
            title=card.title or document.id,
            issuer=card.issuer,
            date=card.date,
            number=card.doc_number,
            status=card.status,
            effective=card.date_effective,
            expires=card.date_expires,
            as_of=card.as_of,
            countries=list(card.countries),
            language=document.language,
            url=url,
            source_url=card.source_url,
            passages=[
                PassageBody(passage_id=p.id, location=str(p.location), language=p.language, text=p.text) for p in shown
            ],
            next_offset=offset + limit if more else None,
        )
