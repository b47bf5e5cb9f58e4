"""The HTTP application: its layers, and the routes that are about nothing else."""

import uuid
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from bot.channels.web.addresses import network_of
from bot.channels.web.allowance import Allowance
from bot.channels.web.asking import Asking, IdempotencyKey, silent
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
from bot.channels.web.docs_page import operations
from bot.channels.web.failures import retry_after, tell_failures
from bot.channels.web.guards import BindingHeaders, Guard
from bot.channels.web.library_routes import add_library_routes
from bot.channels.web.mcp_route import McpApp, add_mcp_route
from bot.channels.web.metrics_route import add_metrics_route
from bot.channels.web.openai_errors import OpenAIErrors
from bot.channels.web.openai_routes import add_openai_routes
from bot.channels.web.origins import HostGate, OriginGate
from bot.channels.web.ports import Assistant, Inventory, Library, Memory, Readiness
from bot.channels.web.problems import described
from bot.channels.web.public import Public
from bot.channels.web.public_door import PublicDoor
from bot.channels.web.public_pages import add_public_pages
from bot.channels.web.render import Pages
from bot.channels.web.request_log import RequestLog
from bot.channels.web.runs import Runs
from bot.channels.web.sessions import Sessions
from bot.channels.web.sites import Sites
from bot.channels.web.source_page import source_page
from bot.channels.web.staff_door import StaffDoor
from bot.channels.web.staff_routes import add_staff_routes
from bot.channels.web.words import words_for
from bot.metrics import Metrics


def create_app(
    assistant: Assistant,
    library: Library,
    readiness: Readiness,
    inventory: Inventory,
    memory: Memory,
    runs: Runs,
    metrics: Metrics,
    *,
    mcp: McpApp | None = None,
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
        openapi_url="/openapi.json" if public.docs else None,
        docs_url=None,
        redoc_url=None,
        lifespan=mcp.lifespan if mcp is not None else None,
    )
    sites = Sites.of(public.site_keys, public.allowed_origins)
    allowance = Allowance(
        address=public.limits.address,
        session=public.limits.session,
        site=public.limits.site,
        at_home=public.at_home,
        on_refusal=metrics.refused,
    )
    door = PublicDoor(sites, Sessions(public.session_secret, sites), allowance, public.api_keys)
    staff = StaffDoor(staff_key)
    asking = Asking(assistant, readiness, runs, metrics, public_url)
    # The last one added is the outermost.
    app.add_middleware(Guard)
    app.add_middleware(OriginGate, sites=sites, public_url=public_url, on_refusal=metrics.refused)
    if public.at_home or public.names is not None:
        names = None if public.at_home else public.names
        app.add_middleware(HostGate, names=names, on_refusal=metrics.refused)
    app.add_middleware(BindingHeaders, frame_ancestors=sites.frame_ancestors)
    app.add_middleware(OpenAIErrors)
    app.add_middleware(RequestLog, metrics=metrics)
    pages = Pages()
    tell_failures(app, pages, readiness, on_refusal=metrics.refused)
    add_staff_routes(app, pages, inventory, staff, public_url=public_url)
    add_chat_routes(app, asking, memory, door)
    add_library_routes(app, library, readiness, door, public_url=public_url)
    add_public_pages(
        app,
        pages,
        site_key=sites.keys[0],
        privacy_url=public.privacy_url,
        public_url=public_url,
        docs=public.docs,
    )
    add_openai_routes(app, asking, door)
    if mcp is not None:
        add_mcp_route(app, mcp, door, runs)
    # A door of its own: whoever collects numbers with an old token does not lock staff out.
    add_metrics_route(app, metrics, StaffDoor(staff_key), token=public.metrics_token)

    @app.post(
        "/api/v1/ask",
        summary="Ask a question",
        responses=described(400, 401, 403, 409, 413, 415, 422, 429, 500, 503),
    )
    async def ask(question: Question, request: Request, key: IdempotencyKey = "") -> AnswerBody:
        """Answers from the documents, or says that they do not cover the question."""
        caller = door.anyone(request)
        run = asking.begin(
            request,
            caller,
            question.question,
            silent,
            surface="api",
            conversation_id=question.conversation_id or uuid.uuid4().hex,
            language=question.language,
            key=(f"{caller.scope}{network_of(request)}", key) if key else None,
            fingerprint=question.model_dump_json().encode(),
        )
        return asking.body_of(await asking.answer(run, request), caller, request)

    @app.get("/api/v1/examples", summary="Questions to begin with", responses=described(403, 422, 429))
    def examples(request: Request, language: Annotated[str | None, Query(pattern=LANGUAGE_PATTERN)] = None) -> Examples:
        """A few questions that the documents answer; none while they are still being read."""
        allowance.request(request, asks=False)
        language = language or words_for(None, request.headers.get("accept-language")).language
        found = assistant.examples(language) if readiness.state().ready else ()
        return Examples(language=language, examples=list(found))

    @app.get(
        "/sources/{document_id:path}",
        summary="Read a source",
        response_class=HTMLResponse,
        responses=described(404, 429),
    )
    def source(
        request: Request,
        document_id: str,
        p: Annotated[str, Query(description="Number of the cited passage.")] = "",
        q: Annotated[str, Query(description="The quoted words, to be marked.")] = "",
        lang: Annotated[str, Query(description="Language of the page's labels: en, zh or ru.")] = "",
    ) -> Response:
        """The whole document as a page to read; passage n has the anchor `#pn`."""
        allowance.request(request, asks=False)
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
            response.headers["retry-after"] = retry_after(readiness)
        return ReadinessBody.of(state)

    @app.get("/api/v1/readiness", summary="How far is the index?", responses=described(403, 429))
    async def readiness_for_pages(request: Request) -> ReadinessBody:
        """As `/readyz`, but always 200: for pages that wait until questions can be answered."""
        allowance.request(request, asks=False)
        return ReadinessBody.of(readiness.state())

    @app.get("/version", summary="What runs here?")
    async def version_route() -> Version:
        """Name and version."""
        return Version(version=version)

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        if not public.docs:
            raise HTTPException(404)
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
