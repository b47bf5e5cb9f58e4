"""How failures are told: every one a problem, but for a person who follows a dead link, who gets a page."""

from collections.abc import Callable, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from bot.channels.web.allowance import LimitError
from bot.channels.web.asking import StoppedError
from bot.channels.web.openai_errors import ParameterError
from bot.channels.web.ports import Readiness
from bot.channels.web.problems import FieldError, problem
from bot.channels.web.public_door import DoorError, language_of
from bot.channels.web.render import Pages
from bot.channels.web.runs import BusyError, KeyUsedError
from bot.channels.web.words import Words, words_for
from bot.errors import QuestionError, StoreError
from bot.replies import reply
from retrieval import NotReadyError


def tell_failures(
    app: FastAPI, pages: Pages, readiness: Readiness, *, on_refusal: Callable[[str], None] = lambda limit: None
) -> None:
    """Teaches the application to tell them; ``on_refusal`` counts those who have to wait."""

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        words = _words(request)
        if error.status_code == 404 and "text/html" in request.headers.get("accept", ""):
            return pages.page("missing.html", request, {"words": words}, status=404)
        code = error.code if isinstance(error, DoorError) else None
        return problem(error.status_code, _detail(request, error), code=code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        if any(item["type"] == "json_invalid" for item in found):
            return problem(400, "The body is not valid JSON.", code="json_invalid")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.method == "POST" and media_type != "application/json":
            return problem(415, "Send the body as Content-Type: application/json.", code="media_type")
        errors = [FieldError(field=_field(item["loc"]), message=str(item["msg"])) for item in found[:20]]
        detail = "; ".join(f"{item['field']}: {item['message']}" for item in errors)
        return problem(422, detail, code="invalid", errors=errors)

    @app.exception_handler(QuestionError)
    async def bad_question(request: Request, error: QuestionError) -> Response:
        errors = [FieldError(field="question", message=error.message)]
        return problem(422, error.message, code=error.code, errors=errors)

    @app.exception_handler(NotReadyError)
    async def not_ready(request: Request, error: NotReadyError) -> Response:
        detail = _words(request).readiness(readiness.state())
        return problem(503, detail, code="not_ready", headers={"retry-after": retry_after(readiness)})

    @app.exception_handler(LimitError)
    async def too_much(request: Request, error: LimitError) -> Response:
        detail = reply(f"too_many_{error.limit}", language_of(request), seconds=error.seconds)
        headers = {"retry-after": str(error.seconds)}
        return problem(429, detail, code=f"limit_{error.limit}", headers=headers)

    @app.exception_handler(BusyError)
    async def busy(request: Request, error: BusyError) -> Response:
        on_refusal(error.code)
        detail = busy_words(error, language_of(request))
        headers = {"retry-after": str(error.seconds)}
        return problem(503 if error.code == "restarting" else 429, detail, code=error.code, headers=headers)

    @app.exception_handler(KeyUsedError)
    async def key_used(request: Request, _: KeyUsedError) -> Response:
        detail = "This Idempotency-Key came before with another request."
        return problem(422, detail, code="idempotency_key")

    @app.exception_handler(ParameterError)
    async def unsupported(request: Request, error: ParameterError) -> Response:
        errors = [FieldError(field=error.param, message=error.message)]
        return problem(400, f"{error.param}: {error.message}.", code="unsupported_parameter", errors=errors)

    @app.exception_handler(StoppedError)
    async def stopped(request: Request, _: StoppedError) -> Response:
        return problem(409, "This answer was stopped before it was complete.", code="stopped")

    @app.exception_handler(StoreError)
    async def no_memory(request: Request, error: StoreError) -> Response:
        detail = reply(f"not_{error.failed}", language_of(request))
        return problem(503, detail, code=f"not_{error.failed}", headers={"retry-after": "5"})


def busy_words(busy: BusyError, language: str) -> str:
    """Why somebody has to wait, for a person."""
    match busy.code:
        case "restarting":
            return reply("restarting", language)
        case "one_at_a_time":
            return reply("one_at_a_time", language)
        case "address_busy":
            return reply("too_many_address", language, seconds=busy.seconds)
        case _:
            return reply("too_busy", language, seconds=busy.seconds)


def _words(request: Request) -> Words:
    return words_for(request.query_params.get("lang"), request.headers.get("accept-language"))


def _detail(request: Request, error: HTTPException) -> str:
    if error.status_code == 404 and error.detail == HTTPStatus.NOT_FOUND.phrase:
        return f"There is nothing at {request.url.path}."
    if error.status_code == 405:
        return f"{request.url.path} does not take {request.method}."
    return str(error.detail)


def _field(location: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in location[1:]) or str(location[0] if location else "body")


def retry_after(readiness: Readiness) -> str:
    """Seconds after which it is worth asking again whether the index is there."""
    return "30" if readiness.state().phase == "failed" else "2"
