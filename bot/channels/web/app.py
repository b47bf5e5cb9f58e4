"""The HTTP application: routes, and how failures are told."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from bot.channels.web.bodies import (
    LANGUAGE_PATTERN,
    Alive,
    AnswerBody,
    Examples,
    Question,
    ReadinessBody,
    Version,
)
from bot.channels.web.chat_routes import add_chat_routes
from bot.channels.web.chunks import last_words
from bot.channels.web.docs_page import operations
from bot.channels.web.guards import Guard
from bot.channels.web.library_routes import add_library_routes
from bot.channels.web.links import source_link
from bot.channels.web.origins import OriginGate
from bot.channels.web.ports import Assistant, Inventory, Library, Memory, Readiness
from bot.channels.web.problems import FieldError, described, problem
from bot.channels.web.public_door import DoorError, PublicDoor
from bot.channels.web.public_pages import add_public_pages
from bot.channels.web.render import Pages
from bot.channels.web.runs import Runs
from bot.channels.web.sessions import Sessions
from bot.channels.web.sites import Sites
from bot.channels.web.source_page import source_page
from bot.channels.web.staff_routes import add_staff_routes
from bot.channels.web.words import Words, words_for
from bot.errors import QuestionError
from retrieval import NotReadyError


@dataclass(frozen=True, slots=True)
class Public:
    """What the public door is opened with.

    Attributes:
        site_keys: of the sites that may embed the chat; the first one is our own pages'.
        allowed_origins: origins of pages that may ask from a browser, beside our own; ``*`` for every one.
        session_secret: signs the tokens of visitors.
        api_keys: with any, scripts must show one.
        privacy_url: the operator's privacy note; ours where it is empty.
    """

    site_keys: tuple[str, ...]
    session_secret: str
    allowed_origins: tuple[str, ...] = ()
    api_keys: tuple[str, ...] = ()
    privacy_url: str = ""


def create_app(
    assistant: Assistant,
    library: Library,
    readiness: Readiness,
    inventory: Inventory,
    memory: Memory,
    *,
    staff_key: str,
    public: Public,
    public_url: str | None,
    version: str,
) -> FastAPI:
    """The web channel as an ASGI application.

    Without ``public_url``, links are made from the address the request came to; without ``staff_key``, nobody is staff.
    """
    app = FastAPI(
        title="Dragoman",
        version=version,
        description="Answers questions from documents. Every sentence has a source that opens at the quoted passage.",
        docs_url=None,
        redoc_url=None,
    )
    sites = Sites.of(public.site_keys, public.allowed_origins)
    door = PublicDoor(sites, Sessions(public.session_secret, sites), public.api_keys)
    runs = Runs(last_words)
    app.state.runs = runs
    app.add_middleware(OriginGate, sites=sites, public_url=public_url)
    app.add_middleware(Guard, frame_ancestors=sites.frame_ancestors)
    pages = Pages()
    _tell_failures(app, pages, readiness)
    add_chat_routes(app, assistant, memory, readiness, door, runs, public_url=public_url)
    add_library_routes(app, library, readiness, door, public_url=public_url)
    add_public_pages(app, pages, site_key=sites.keys[0], privacy_url=public.privacy_url, public_url=public_url)
    add_staff_routes(app, pages, inventory, key=staff_key, public_url=public_url)

    @app.post(
        "/api/v1/ask",
        summary="Ask a question",
        responses=described(400, 401, 403, 413, 415, 422, 429, 500, 503),
    )
    async def ask(question: Question, request: Request) -> AnswerBody:
        """Answers from the documents, or says that they do not cover the question."""
        caller = door.anyone(request)
        if not readiness.state().ready:
            raise NotReadyError("a question came before the index")
        conversation_id = question.conversation_id or uuid.uuid4().hex
        answer = await assistant.ask(
            question.question, conversation_id=caller.inner(conversation_id), language=question.language
        )
        base = public_url or str(request.base_url)
        body = AnswerBody.of(answer, lambda citation: source_link(base, citation, language=answer.language))
        return body.model_copy(update={"conversation_id": conversation_id})

    @app.get("/api/v1/examples", summary="Questions to begin with", responses=described(422))
    def examples(request: Request, language: Annotated[str | None, Query(pattern=LANGUAGE_PATTERN)] = None) -> Examples:
        """A few questions that the documents answer; none while they are still being read."""
        language = language or words_for(None, request.headers.get("accept-language")).language
        found = assistant.examples(language) if readiness.state().ready else ()
        return Examples(language=language, examples=list(found))

    @app.get(
        "/sources/{document_id:path}",
        summary="Read a source",
        response_class=HTMLResponse,
        responses=described(404),
    )
    def source(
        request: Request,
        document_id: str,
        p: Annotated[str, Query(description="Number of the cited passage.")] = "",
        q: Annotated[str, Query(description="The quoted words, to be marked.")] = "",
        lang: Annotated[str, Query(description="Language of the page's labels: en, zh or ru.")] = "",
    ) -> Response:
        """The whole document as a page to read; passage n has the anchor `#pn`."""
        words = words_for(lang, request.headers.get("accept-language"))
        document = library.document(document_id)
        if document is None:
            raise HTTPException(404, f"{words.missing}. {words.missing_detail}")
        page = source_page(document, words, passage=p, quote=q)
        return pages.page("source.html", request, {"page": page, "words": words})

    @app.get("/livez", summary="Is the process alive?")
    async def livez() -> Alive:
        """Always `ok` while the process answers."""
        return Alive()

    @app.get("/readyz", summary="Can questions be answered?", responses={503: {"model": ReadinessBody}})
    async def readyz(response: Response) -> ReadinessBody:
        """200 when questions can be answered; 503 with the reason while they cannot."""
        state = readiness.state()
        if not state.ready:
            response.status_code = 503
            response.headers["retry-after"] = _retry_after(readiness)
        return ReadinessBody.of(state)

    @app.get("/api/v1/readiness", summary="How far is the index?", responses=described(403))
    async def readiness_for_pages() -> ReadinessBody:
        """As `/readyz`, but always 200: for pages that wait until questions can be answered."""
        return ReadinessBody.of(readiness.state())

    @app.get("/version", summary="What runs here?")
    async def version_route() -> Version:
        """Name and version."""
        return Version(version=version)

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        return pages.page(
            "docs.html", request, {"info": app.openapi()["info"], "operations": operations(app.openapi())}
        )

    @app.get("/static/{name}", include_in_schema=False)
    async def static(request: Request, name: str) -> Response:
        response = pages.asset(name, request)
        if response is None:
            raise HTTPException(404)
        return response

    return app


def _tell_failures(app: FastAPI, pages: Pages, readiness: Readiness) -> None:
    """Every failure a problem, but for a person who follows a dead link: a page."""

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
        return problem(503, detail, code="not_ready", headers={"retry-after": _retry_after(readiness)})


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


def _retry_after(readiness: Readiness) -> str:
    return "30" if readiness.state().phase == "failed" else "2"
