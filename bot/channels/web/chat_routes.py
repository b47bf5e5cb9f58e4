"""The routes of a conversation: session, messages, runs, what was said before, feedback, and asking a person."""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Path, Request, Response

from bot.answer import Answer, Delta, Feedback
from bot.assistant import clean_question
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
from bot.channels.web.links import source_link
from bot.channels.web.ports import Assistant, Memory, Readiness
from bot.channels.web.problems import described, problem
from bot.channels.web.public_door import Caller, PublicDoor
from bot.channels.web.runs import BusyError, KeyUsedError, Run, Runs, unless_left
from bot.channels.web.sessions import SESSION_SECONDS
from bot.replies import reply
from retrieval import NotReadyError

_EVENT_ID = re.compile(r"(?P<run>[0-9a-f]{1,64}):(?P<seq>\d{1,9})")
_STREAM: dict[int | str, dict[str, object]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "The frames."}
}

RunId = Annotated[str, Path(pattern=ID_PATTERN)]
ConversationId = Annotated[str, Path(pattern=ID_PATTERN)]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key", max_length=128, description="The same request with the same key is answered only once."
    ),
]
LastEventId = Annotated[str, Header(alias="Last-Event-ID", description="The last id seen: `RUN:NUMBER`.")]


def add_chat_routes(
    app: FastAPI,
    assistant: Assistant,
    memory: Memory,
    readiness: Readiness,
    door: PublicDoor,
    runs: Runs,
    *,
    public_url: str | None,
) -> None:
    """Adds what a chat in a browser needs."""

    async def visitor(request: Request) -> Caller:
        return door.visitor(request)

    Visitor = Annotated[Caller, Depends(visitor)]  # noqa: N806 it is a type

    def body_of(answer: Answer, caller: Caller, request: Request) -> AnswerBody:
        base = public_url or str(request.base_url)
        body = AnswerBody.of(answer, lambda citation: source_link(base, citation, language=answer.language))
        return body.model_copy(update={"conversation_id": caller.outer(answer.conversation_id)})

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
            200: {"description": "The answer, or its stream.", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
            **described(400, 401, 403, 409, 413, 415, 422, 429, 500, 503),
        },
    )  # fmt: skip
    async def ask(message: Message, request: Request, caller: Visitor, key: Key = "") -> Response:
        """With `Accept: text/event-stream` the answer comes as an AI SDK UI message stream, else as one JSON object."""
        if not readiness.state().ready:
            raise NotReadyError("a question came before the index")
        question = clean_question(message.question, language=message.language)
        conversation_id = message.conversation_id or _new_conversation()
        words = message.language or caller.language
        fingerprint = message.model_dump_json().encode()
        try:
            run = runs.known(caller.scope, key, fingerprint)
            if run is None:
                run = Run(caller.scope, conversation_id, question, words)

                def events() -> AsyncGenerator[Delta | Answer, None]:
                    inner = caller.inner(conversation_id)
                    return assistant.stream(question, conversation_id=inner, language=message.language)

                runs.start(
                    run,
                    lambda run: chunks(run, events, lambda answer: body_of(answer, caller, request)),
                    key=key,
                    request=fingerprint,
                )
        except KeyUsedError:
            return problem(422, "This Idempotency-Key came before with another question.", code="idempotency_key")
        except BusyError as busy:
            detail = _busy(busy, words)
            status = 503 if busy.code == "restarting" else 429
            return problem(status, detail, code=busy.code, headers={"retry-after": str(busy.seconds)})
        if _wants_stream(request):
            return EventStream(lines_of(run), HEADERS)
        if not await unless_left(request.receive, run.wait()):
            runs.cancel(run)  # nobody can come back to a plain response
        if run.answer is None:
            status, code, detail = run.failure or (409, "stopped", "This answer was stopped before it was complete.")
            return problem(status, detail, code=code)
        content = body_of(run.answer, caller, request).model_dump(mode="json")
        return Response(json.dumps(content, ensure_ascii=False), media_type="application/json")

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
        responses=described(401, 403, 404, 422, 429),
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
                TurnBody(question=answer.question, answer=body_of(answer, caller, request), feedback=rating)
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
        if running := runs.current(caller.scope, conversation_id):
            runs.cancel(running)
            await running.wait()
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
        return OpenQuestionBody(answer_id=order.answer_id, text=reply("handed_over", answer.language))


def _turns(memory: Memory, conversation_id: str) -> list[tuple[Answer, RatingBody | None]]:
    return [(answer, RatingBody.of(memory.rating(answer.id))) for answer in memory.turns(conversation_id)]


def _new_conversation() -> str:
    return f"c-{secrets.token_hex(10)}"


def _wants_stream(request: Request) -> bool:
    return "text/event-stream" in request.headers.get("accept", "")


def _busy(busy: BusyError, language: str) -> str:
    match busy.code:
        case "restarting":
            return reply("restarting", language)
        case "one_at_a_time":
            return reply("one_at_a_time", language)
        case _:
            return reply("too_busy", language, seconds=busy.seconds)
