"""The routes of a conversation: session, messages, runs, what was said before, feedback, and asking a person."""

import asyncio
import re
import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Path, Request, Response

from bot.answer import Answer, Feedback
from bot.channels.web.asking import Asking, IdempotencyKey
from bot.channels.web.bodies import AnswerBody
from bot.channels.web.chat_bodies import (
    ID_PATTERN,
    ConversationBody,
    FeedbackBody,
    Message,
    OpenQuestionBody,
    OpenQuestionOrder,
    RatingBody,
    RunBody,
    RunningBody,
    SessionBody,
    SessionOrder,
    TurnBody,
)
from bot.channels.web.chunks import HEADERS, chunks
from bot.channels.web.event_stream import EventStream, lines_of
from bot.channels.web.examples import STREAM, streamed
from bot.channels.web.ports import Memory
from bot.channels.web.problems import described
from bot.channels.web.public_door import Caller, PublicDoor
from bot.channels.web.sessions import SESSION_SECONDS
from bot.replies import reply

_EVENT_ID = re.compile(r"(?P<run>[0-9a-f]{1,64}):(?P<seq>\d{1,9})")
_STREAM: dict[int | str, dict[str, object]] = {200: {"content": streamed(STREAM), "description": "The frames."}}

RunId = Annotated[str, Path(pattern=ID_PATTERN)]
ConversationId = Annotated[str, Path(pattern=ID_PATTERN)]
LastEventId = Annotated[str, Header(alias="Last-Event-ID", description="The last id seen: `RUN:NUMBER`.")]


def add_chat_routes(
    app: FastAPI,
    asking: Asking,
    memory: Memory,
    door: PublicDoor,
) -> None:
    """Adds what a chat in a browser needs."""

    runs, metrics = asking.runs, asking.metrics

    async def visitor(request: Request) -> Caller:
        return door.visitor(request)

    async def asker(request: Request) -> Caller:
        return door.visitor(request, asks=True)

    Visitor = Annotated[Caller, Depends(visitor)]  # noqa: N806 it is a type
    Asker = Annotated[Caller, Depends(asker)]  # noqa: N806

    def owned(caller: Caller, answer_id: str) -> Answer:
        answer = memory.answer(answer_id)
        if answer is None or not caller.owns(answer.conversation_id):
            raise HTTPException(404, f"There is no answer '{answer_id}' in this session.")
        return answer

    @app.post(
        "/api/v1/session",
        summary="Begin or keep a session",
        tags=["chat"],
        responses=described(400, 403, 415, 422, 429),
    )
    async def begin(order: SessionOrder, request: Request) -> SessionBody:
        """For web pages: needs a site key and an allowed `Origin`. Send the old token to keep the session."""
        _, token = door.begin(request, order.site_key)
        return SessionBody(token=token, expires_in=SESSION_SECONDS, conversation_id=_new_conversation())

    @app.post(
        "/api/v1/messages",
        summary="Ask in a conversation",
        tags=["chat"],
        response_model=AnswerBody,
        responses={
            200: {"description": "The answer, or its stream.", "content": streamed(STREAM)},
            **described(400, 401, 403, 409, 413, 415, 422, 429, 500, 503),
        },
    )  # fmt: skip
    async def ask(message: Message, request: Request, caller: Asker, key: IdempotencyKey = "") -> Response:
        """The answer comes as an AI SDK UI message stream with `Accept: text/event-stream`, and for a body of `useChat`
        unless it asks for JSON; else as one JSON object.
        """
        run = asking.begin(
            request,
            caller,
            message.question,
            chunks,
            surface="web",
            conversation_id=message.conversation_id or _new_conversation(),
            language=message.language,
            key=(caller.scope, key) if key else None,
            fingerprint=message.model_dump_json().encode(),
        )
        if _wants_stream(request, message):
            return EventStream(lines_of(run), HEADERS)
        answer = await asking.answer(run, request)
        content = asking.body_of(answer, caller, request).model_dump_json()
        return Response(content, media_type="application/json")

    @app.get(
        "/api/v1/runs/{run_id}/events",
        summary="Follow an answer again",
        tags=["chat"],
        response_class=Response,
        responses={**_STREAM, 204: {"description": "There is no such answer any more."}, **described(401, 403, 422, 429)},
    )  # fmt: skip
    async def follow(run_id: RunId, caller: Visitor, last_event_id: LastEventId = "") -> Response:
        """The frames after `Last-Event-ID`, those that were and those to come; kept for five minutes after the last."""
        run = runs.get(run_id, caller.scope)
        if run is None:
            return Response(status_code=204)
        seen = _EVENT_ID.fullmatch(last_event_id)
        after = int(seen["seq"]) if seen and seen["run"] == run.id else 0
        return EventStream(lines_of(run, min(after, len(run.frames))), HEADERS)

    @app.get(
        "/api/v1/messages/{conversation_id}/stream",
        summary="Follow the answer under way, as useChat asks for it",
        tags=["chat"],
        response_class=Response,
        responses={**_STREAM, 204: {"description": "Nothing is under way."}, **described(401, 403, 422, 429)},
    )
    async def resume(conversation_id: ConversationId, caller: Visitor) -> Response:
        """The whole stream of the answer that is on its way in a conversation, from its beginning."""
        run = runs.current(caller.scope, conversation_id)
        return Response(status_code=204) if run is None else EventStream(lines_of(run), HEADERS)

    @app.post(
        "/api/v1/runs/{run_id}/cancel",
        summary="Stop an answer",
        tags=["chat"],
        responses=described(401, 403, 404, 422, 429),
    )
    async def cancel(run_id: RunId, caller: Visitor) -> RunBody:
        """Its stream ends with `abort`; nothing of it is stored."""
        run = runs.get(run_id, caller.scope)
        if run is None:
            raise HTTPException(404, f"There is no run '{run_id}' in this session.")
        stopped = runs.cancel(run)
        await run.wait()
        return RunBody(run_id=run.id, status="stopped" if stopped and run.answer is None else "finished")

    @app.get(
        "/api/v1/conversations/{conversation_id}",
        summary="What was said before",
        tags=["chat"],
        responses=described(401, 403, 404, 422, 429, 503),
    )
    async def conversation(conversation_id: ConversationId, caller: Visitor, request: Request) -> ConversationBody:
        """Every turn with its citations, and the answer that is on its way, if there is one."""
        turns = await asyncio.to_thread(_turns, memory, caller.inner(conversation_id))
        running = runs.current(caller.scope, conversation_id)
        if not turns and running is None:
            raise HTTPException(404, f"There is no conversation '{conversation_id}' in this session.")
        return ConversationBody(
            conversation_id=conversation_id,
            turns=[
                TurnBody(question=answer.question, answer=asking.body_of(answer, caller, request), feedback=rating)
                for answer, rating in turns
            ],
            running=RunningBody(run_id=running.id, question=running.question) if running else None,
        )

    @app.delete(
        "/api/v1/conversations/{conversation_id}",
        summary="Forget a conversation",
        tags=["chat"],
        status_code=204,
        response_class=Response,
        responses=described(401, 403, 422, 429, 503),
    )
    async def forget(conversation_id: ConversationId, caller: Visitor) -> Response:
        """Erases its turns, ratings and open questions."""
        await runs.erase(caller.scope, conversation_id)
        await asyncio.to_thread(memory.forget, caller.inner(conversation_id))
        return Response(status_code=204)

    @app.post(
        "/api/v1/feedback",
        summary="Rate an answer",
        tags=["chat"],
        responses=described(400, 401, 403, 404, 415, 422, 429, 503),
    )
    def rate(feedback: FeedbackBody, caller: Visitor) -> FeedbackBody:
        """In place of what was thought before; `helpful: null` takes it back."""
        owned(caller, feedback.answer_id)
        memory.rate(Feedback(feedback.answer_id, feedback.helpful, feedback.reason))
        metrics.rated(feedback.helpful)
        return feedback

    @app.post(
        "/api/v1/open-questions",
        summary="Ask a person",
        tags=["chat"],
        responses=described(400, 401, 403, 404, 415, 422, 429, 503),
    )
    def ask_a_person(order: OpenQuestionOrder, caller: Visitor) -> OpenQuestionBody:
        """Puts the question of an answer before the staff."""
        answer = owned(caller, order.answer_id)
        memory.ask_a_person(order.answer_id)
        metrics.handed_over()
        return OpenQuestionBody(answer_id=order.answer_id, text=reply("handed_over", answer.language))


def _turns(memory: Memory, conversation_id: str) -> list[tuple[Answer, RatingBody | None]]:
    return [(answer, RatingBody.of(memory.rating(answer.id))) for answer in memory.turns(conversation_id)]


def _new_conversation() -> str:
    return f"c-{secrets.token_hex(10)}"


def _wants_stream(request: Request, message: Message) -> bool:
    accept = request.headers.get("accept", "")
    return "text/event-stream" in accept or (message.is_use_chat and "application/json" not in accept)
