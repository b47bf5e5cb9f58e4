"""The OpenAI-compatible door: ``/v1/models`` and ``/v1/chat/completions``, for Open WebUI, LibreChat and any OpenAI client.

A stream of this protocol cannot take anything back. So nothing is sent before it is proven: the words come at once when the
answer stands, and comments keep the connection open until then.
"""

import hashlib
import json
import re
import time
import uuid
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence

from fastapi import FastAPI, HTTPException, Request, Response

from bot.answer import Answer
from bot.channels.web.addresses import network_of
from bot.channels.web.asking import Asking, Events, silent
from bot.channels.web.bodies import AnswerBody
from bot.channels.web.chunks import failure_of
from bot.channels.web.event_stream import EventStream, data_lines_of
from bot.channels.web.examples import CHUNKS, streamed
from bot.channels.web.openai_bodies import (
    MODEL,
    Annotation,
    ChatMessage,
    ChatOrder,
    Choice,
    Completion,
    Model,
    Models,
    Spoken,
    UrlCitation,
    Usage,
)
from bot.channels.web.openai_errors import ParameterError, error_content, openai_described
from bot.channels.web.public_door import PublicDoor, bearer
from bot.channels.web.run import Run
from bot.tables import markdown_of

_MARK = re.compile(r"\[(\d{1,3})\]")
_HEADERS = {"cache-control": "no-cache, no-transform", "x-accel-buffering": "no"}
_REMEMBERED = 10_000


def add_openai_routes(app: FastAPI, asking: Asking, door: PublicDoor) -> None:
    """Adds them."""
    began = int(time.time())
    threads = _Threads()

    @app.get("/v1/models", summary="List models", tags=["openai"], responses=openai_described(401, 403, 429))
    async def models(request: Request) -> Models:
        """One: the knowledge base."""
        door.script(request, "openai", asks=False)
        return Models(data=[Model(created=began)])

    @app.get(
        "/v1/models/{model}", summary="A model", tags=["openai"], responses=openai_described(401, 403, 404, 422, 429)
    )
    async def model_card(model: str, request: Request) -> Model:
        """The knowledge base."""
        door.script(request, "openai", asks=False)
        if model != MODEL:
            raise HTTPException(404, f"There is no model '{model[:100]}'; the only one is '{MODEL}'.")
        return Model(created=began)

    @app.post(
        "/v1/chat/completions",
        summary="Ask, as of an OpenAI model",
        tags=["openai"],
        response_model=Completion,
        responses={
            200: {"description": "The answer, or its stream.", "content": streamed(CHUNKS)},
            **openai_described(400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503),
        },
    )  # fmt: skip
    async def complete(order: ChatOrder, request: Request) -> Response:
        """The last message of the user is answered; `[n]` in the text are sources, found in `annotations`."""
        caller = door.script(request, "openai")
        if order.model != MODEL:
            raise HTTPException(404, f"There is no model '{order.model[:100]}'; the only one is '{MODEL}'.")
        if wrong := order.unsupported():
            raise ParameterError(*wrong)
        if order.messages[-1].role != "user":
            raise ParameterError("messages", "the last message is not the user's")
        history, question = order.messages[:-1], order.messages[-1].text
        whose = f"{bearer(request)} {network_of(request)}"
        conversation_id = threads.find(whose, history) or uuid.uuid4().hex
        call_id = f"chatcmpl-{uuid.uuid4().hex}"
        created = int(time.time())
        include_usage = order.stream_options is not None and order.stream_options.include_usage

        def frames(run: Run, events: Events, body_of: Callable[[Answer], AnswerBody]) -> AsyncGenerator[str, None]:
            if not order.stream:
                return silent(run, events, body_of)
            return _frames(run, events, body_of, call_id=call_id, created=created, include_usage=include_usage)

        run = asking.begin(
            request, caller, question, frames, surface="openai", conversation_id=conversation_id, language=None
        )  # fmt: skip

        def remember(answer: Answer) -> None:
            said = ChatMessage(role="assistant", content=spoken(asking.body_of(answer, caller, request)).content)
            threads.keep(whose, [*order.messages, said], conversation_id)

        if order.stream:
            run.on_answer = remember
            return EventStream(data_lines_of(run), _HEADERS)
        answer = await asking.answer(run, request)
        remember(answer)
        message = spoken(asking.body_of(answer, caller, request))
        completion = Completion(
            id=call_id, created=created, choices=[Choice(message=message)], system_fingerprint=writer_of(answer)
        )
        return Response(completion.model_dump_json(), media_type="application/json")


def writer_of(answer: Answer) -> str:
    """Who wrote an answer, in the place where this protocol tells what stands behind a model's name."""
    return answer.model or "quotes"


def spoken(body: AnswerBody) -> Spoken:
    """An answer as one text with its notes below it, and an annotation for each mark."""
    said = markdown_of(body.model_dump(mode="json", include={"text", "statements"}))
    text = "\n\n".join([said, *(note.text for note in body.notes)])
    links = {citation.number: citation for citation in body.citations}
    annotations = [
        Annotation(
            url_citation=UrlCitation(
                start_index=found.start(), end_index=found.end(), url=cited.url, title=cited.title or cited.document_id
            )
        )
        for found in _MARK.finditer(said)
        if (cited := links.get(int(found[1]))) is not None
    ]
    return Spoken(content=text, annotations=annotations)


async def _frames(
    run: Run,
    events: Events,
    body_of: Callable[[Answer], AnswerBody],
    *,
    call_id: str,
    created: int,
    include_usage: bool,
) -> AsyncGenerator[str, None]:
    def chunk(delta: dict[str, object], finish: str | None = None, told: dict[str, object] | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _chunk(call_id, created, [choice], ({"usage": None} if include_usage else {}) | (told or {}))

    yield chunk({"role": "assistant", "content": ""})
    async for nothing in silent(run, events, body_of):
        yield nothing
    if run.answer is None:
        status, code, words = failure_of(run)
        yield json.dumps(error_content(status, words, code), ensure_ascii=False)
    else:
        message = spoken(body_of(run.answer))
        *pieces, last = message.content.splitlines(keepends=True) or [""]
        for piece in pieces:
            yield chunk({"content": piece})
        # With the last words and not after them: clients stop reading at finish_reason.
        yield chunk({"content": last, "annotations": [note.model_dump(mode="json") for note in message.annotations]})
        yield chunk({}, "stop", {"system_fingerprint": writer_of(run.answer)})
        if include_usage:
            yield _chunk(call_id, created, [], {"usage": Usage().model_dump(mode="json")})
    yield "[DONE]"


def _chunk(call_id: str, created: int, choices: Sequence[object], more: dict[str, object]) -> str:
    content = {"id": call_id, "object": "chat.completion.chunk", "created": created, "model": MODEL, "choices": choices}
    return json.dumps(content | more, ensure_ascii=False, separators=(",", ":"))


class _Threads:
    """Which conversation a list of messages continues: this protocol has no name for one."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, list[str]] = OrderedDict()

    def find(self, whose: str, history: Sequence[ChatMessage]) -> str | None:
        """A conversation in which exactly this was said, by the same caller; each is gone on with once.

        Behind one address and key stand many people, and two of them may have had the same first answer.
        """
        waiting = self._known.get(_digest(whose, history)) if history else None
        return waiting.pop() if waiting else None

    def keep(self, whose: str, history: Sequence[ChatMessage], conversation_id: str) -> None:
        """Remembers what was said, as a digest."""
        self._known.setdefault(_digest(whose, history), []).append(conversation_id)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _digest(whose: str, history: Sequence[ChatMessage]) -> bytes:
    return hashlib.sha256("\0".join([whose, *_said(history)]).encode("utf-8", "surrogateescape")).digest()


def _said(history: Sequence[ChatMessage]) -> Iterator[str]:
    for message in history:
        if message.role in {"user", "assistant"}:
            yield f"{message.role}: {' '.join(message.text.split())}"
