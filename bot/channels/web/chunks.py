"""An answer in the words of the AI SDK UI message stream, version 1: what the frames of ``/api/v1/messages`` hold."""

import json
import logging
from collections.abc import AsyncGenerator, Callable, Iterator

from bot.answer import Answer, Delta
from bot.channels.web.bodies import AnswerBody
from bot.channels.web.run import Run
from bot.errors import QuestionError
from bot.replies import reply
from retrieval import NotReadyError

logger = logging.getLogger(__name__)

HEADERS = {"x-vercel-ai-ui-message-stream": "v1", "cache-control": "no-cache, no-transform", "x-accel-buffering": "no"}
DONE = "[DONE]"
_TEXT = "text-1"


async def chunks(
    run: Run,
    events: Callable[[], AsyncGenerator[Delta | Answer, None]],
    body_of: Callable[[Answer], AnswerBody],
) -> AsyncGenerator[str, None]:
    """The whole stream of one answer."""
    yield _chunk("start", messageId=run.id, messageMetadata={"run_id": run.id, "conversation_id": run.conversation_id})
    yield _chunk("data-status", data={"phase": "searching"}, transient=True)
    answer: Answer | None = None
    writing = False
    stream = None
    try:
        stream = events()
        async for event in stream:
            if isinstance(event, Answer):
                answer = event
                continue
            if not writing:
                writing = True
                yield _chunk("data-status", data={"phase": "writing"}, transient=True)
                yield _chunk("text-start", id=_TEXT)
            yield _chunk("text-delta", id=_TEXT, delta=event.text)
    except Exception as error:
        run.error = error
    finally:
        if stream is not None:
            await stream.aclose()
    if writing:
        yield _chunk("text-end", id=_TEXT)
    if answer is None:
        failure_of(run)
        for data in last_words(run):
            yield data
        return
    run.answered(answer)
    for data in _proven(body_of(answer)):
        yield data


def _proven(body: AnswerBody) -> Iterator[str]:
    for citation in body.citations:
        yield _chunk("source-url", sourceId=str(citation.number), url=citation.url, title=citation.title)
        yield _chunk("data-citation", id=f"citation-{citation.number}", data=citation.model_dump(mode="json"))
    yield _chunk("data-answer", id="answer", data=body.model_dump(mode="json"))
    about = {
        "answer_id": body.id,
        "conversation_id": body.conversation_id,
        "outcome": body.outcome.value,
        "language": body.language,
        "model": body.model,
    }
    yield _chunk("message-metadata", messageMetadata=about)
    yield _chunk("finish", finishReason="stop")
    yield DONE


def failure_of(run: Run) -> tuple[int, str, str]:
    """Why a run has no answer, as status, code and words; told to operators too where it is our fault."""
    if run.failure is None:
        match run.error:
            case QuestionError() as error:
                run.failure = 422, error.code, error.message
            case NotReadyError():
                run.failure = 503, "not_ready", reply("not_ready", run.language)
            case error:
                logger.error("run %s failed", run.id, exc_info=error)
                run.failure = 500, "internal", reply("answer_failed", run.language)
    return run.failure


def last_words(run: Run) -> Iterator[str]:
    """How the stream ends of an answer that was stopped: by its asker, or because the server goes."""
    if run.failure is not None:
        status, code, words = run.failure
        yield _chunk("data-error", data={"status": status, "code": code, "detail": words}, transient=True)
        yield _chunk("error", errorText=words)
    else:
        yield _chunk("abort", reason="stopped")
    yield DONE


def _chunk(kind: str, **fields: object) -> str:
    return json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":"))
