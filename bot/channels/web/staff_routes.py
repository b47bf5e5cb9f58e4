"""The routes for staff: the list of all files, a document as it was understood, signing in and out."""

from typing import Annotated
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from bot.channels.web.bodies import KnowledgeBody, SyncOrder, SyncReportBody
from bot.channels.web.inventory_page import Choices, address_of, list_page
from bot.channels.web.ports import Inventory
from bot.channels.web.problems import described, problem
from bot.channels.web.render import Pages, way_home
from bot.channels.web.staff_door import StaffDoor, TooManyAttemptsError
from bot.channels.web.staff_words import StaffWords, staff_words
from bot.channels.web.understood_page import document_page
from bot.channels.web.words import words_for
from retrieval import NotReadyError, RetrievalError

_LANGUAGES = (("en", "EN", "English"), ("zh", "中文", "中文"), ("ru", "RU", "Русский"))
_CHALLENGE = {"www-authenticate": 'Bearer realm="staff"'}


class SignInNeededError(Exception):
    """A page for staff was asked for by somebody who has not shown the key."""


def add_staff_routes(
    app: FastAPI, pages: Pages, inventory: Inventory, door: StaffDoor, *, public_url: str | None
) -> None:
    """Adds the pages and the list for scripts, all behind the key."""

    def page(template: str, request: Request, words: StaffWords, *, status: int = 200, **values: object) -> Response:
        switches = [(code, label, name, _with_language(request, code)) for code, label, name in _LANGUAGES]
        shown = {"staff": words, "words": words.words, "switches": switches, **values}
        response = pages.page(template, request, shown, status=status)
        response.headers["cache-control"] = "no-store"
        response.headers["x-robots-tag"] = "noindex"
        return response

    def sign_in_page(
        request: Request, *, document_id: str = "", notice: str = "", status: int = 401, wait: int = 0
    ) -> Response:
        response = page("sign_in.html", request, _words(request), status=status, notice=notice, document_id=document_id)
        response.headers.update(_CHALLENGE if status == 401 else {"retry-after": str(wait)} if wait else {})
        return response

    async def only_staff(request: Request) -> None:
        if not door.admits(request):
            raise SignInNeededError

    async def only_scripts(request: Request) -> None:
        if not door.admits_bearer(request):
            raise SignInNeededError

    @app.exception_handler(SignInNeededError)
    async def sign_in_needed(request: Request, _: SignInNeededError) -> Response:
        if _wants_page(request):
            return sign_in_page(request, document_id=str(request.path_params.get("document_id", "")))
        detail = "This is for staff. Send the staff key as 'Authorization: Bearer KEY'."
        return problem(401, detail, code="staff_only", headers=_CHALLENGE)

    @app.exception_handler(TooManyAttemptsError)
    async def too_many(request: Request, error: TooManyAttemptsError) -> Response:
        notice = _words(request).too_many.format(error.seconds)
        if _wants_page(request):
            return sign_in_page(request, notice=notice, status=429, wait=error.seconds)
        return problem(429, notice, code="too_many_attempts", headers={"retry-after": str(error.seconds)})

    @app.get(
        "/api/v1/knowledge",
        summary="What is in the folder, for staff",
        responses=described(401, 429),
        dependencies=[Depends(only_scripts)],
    )
    def knowledge() -> KnowledgeBody:
        """Every file with its state, and the counts of folder, catalog and indexes. Send `Authorization: Bearer KEY`."""
        return KnowledgeBody.of(inventory.overview())

    @app.post(
        "/api/v1/knowledge/sync",
        summary="Bring the index level with the folder, for staff",
        responses=described(401, 409, 429, 503),
        dependencies=[Depends(only_scripts)],
    )
    def sync(order: SyncOrder) -> SyncReportBody:
        """Waits until it is done. The folder is watched anyway; this is for a rebuild, or for many removals at once."""
        try:
            return SyncReportBody.of(inventory.sync(rebuild=order.rebuild, allow_removals=order.allow_removals))
        except NotReadyError as error:
            raise HTTPException(503, str(error), headers={"retry-after": "5"}) from error
        except RetrievalError as error:
            raise HTTPException(409, str(error)) from error

    @app.get("/knowledge", include_in_schema=False, dependencies=[Depends(only_staff)])
    def overview(request: Request) -> Response:
        words = _words(request)
        shown = list_page(inventory.overview(), Choices.of(request.query_params), words)
        return page("knowledge.html", request, words, page=shown)

    @app.get("/knowledge/{document_id:path}", include_in_schema=False, dependencies=[Depends(only_staff)])
    def document(request: Request, document_id: str) -> Response:
        if not document_id:
            return RedirectResponse(f"{way_home(request)}knowledge", 303)
        words = _words(request)
        found = inventory.understood(document_id)
        if found is None:
            raise HTTPException(404, f"{words.words.missing}.")
        shown = document_page(found, request.query_params.get("page", ""), words)
        return page("understood.html", request, words, page=shown)

    @app.post("/knowledge/sign-in", include_in_schema=False)
    async def sign_in(request: Request, form: Annotated[dict[str, str], Depends(_form)]) -> Response:
        document_id = form.get("document", "")
        if not door.is_key(form.get("key", ""), request):
            return sign_in_page(request, document_id=document_id, notice=_words(request).wrong_key)
        target = address_of(document_id) if document_id else "knowledge"
        response = RedirectResponse(f"{way_home(request)}{target}?{urlencode({'lang': _words(request).code})}", 303)
        door.sign_in(response, secure=_is_secure(request, public_url))
        return response

    @app.post("/knowledge/sign-out", include_in_schema=False)
    async def sign_out(request: Request, form: Annotated[dict[str, str], Depends(_form)]) -> Response:
        response = RedirectResponse(f"{way_home(request)}knowledge?{urlencode({'lang': _words(request).code})}", 303)
        door.sign_out(request, response, secure=_is_secure(request, public_url))
        return response


def _words(request: Request) -> StaffWords:
    return staff_words(words_for(request.query_params.get("lang"), request.headers.get("accept-language")))


def _with_language(request: Request, code: str) -> str:
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return "?" + urlencode([*query, ("lang", code)], errors="replace")


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def _form(request: Request) -> dict[str, str]:
    """The fields of a posted form, the first of each name; a form that another site posts is refused."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise HTTPException(403, "This form is to be sent from its own page.")
    body = await request.body()
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="replace", max_num_fields=10)
    except ValueError:
        raise HTTPException(400, "This is no form.") from None
    return {name: values[0] for name, values in fields.items()}


def _is_secure(request: Request, public_url: str | None) -> bool:
    """Whether the browser speaks TLS, as far as can be told from behind a proxy that ends it."""
    public = urlsplit(public_url or "")
    return request.url.scheme == "https" or (public.scheme == "https" and public.netloc == request.url.netloc)
