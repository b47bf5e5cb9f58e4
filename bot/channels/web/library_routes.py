"""The routes of the library for programs: searching for passages, and reading a source."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Request

from bot.assistant import clean_question
from bot.channels.web.bodies import LANGUAGE_PATTERN
from bot.channels.web.chat_bodies import ResultBody, ResultsBody, SourceBody
from bot.channels.web.links import document_link, source_link
from bot.channels.web.ports import Library, Readiness
from bot.channels.web.problems import described
from bot.channels.web.public_door import PublicDoor
from retrieval import NotReadyError


def add_library_routes(
    app: FastAPI, library: Library, readiness: Readiness, door: PublicDoor, *, public_url: str | None
) -> None:
    """Adds what reads the documents without asking the assistant."""

    async def anyone(request: Request) -> None:
        door.anyone(request)

    async def reader(request: Request) -> None:
        door.anyone(request, asks=False)

    @app.get(
        "/api/v1/search",
        summary="Search for passages",
        tags=["library"],
        dependencies=[Depends(anyone)],
        responses=described(401, 403, 422, 429, 503),
    )
    def search(
        request: Request,
        q: Annotated[str, Query(max_length=8_000, description="What to look for, in any language.")],
        language: Annotated[str | None, Query(pattern=LANGUAGE_PATTERN, description="Of the question.")] = None,
        limit: Annotated[int, Query(ge=1, le=20)] = 10,
    ) -> ResultsBody:
        """Passages with their addresses, the best first; nothing is written and nothing is remembered."""
        if not readiness.state().ready:
            raise NotReadyError("a search came before the index")
        query = clean_question(q, language=language)
        base = public_url or str(request.base_url)
        hits = library.search(query, language=language)[:limit]
        results = [ResultBody.of(hit, lambda citation: source_link(base, citation)) for hit in hits]
        return ResultsBody(query=query, results=results)

    @app.get(
        "/api/v1/sources/{document_id:path}",
        summary="Read a source as data",
        tags=["library"],
        dependencies=[Depends(reader)],
        responses=described(401, 403, 404, 422, 429),
    )
    def source(
        request: Request,
        document_id: str,
        offset: Annotated[int, Query(ge=0, le=1_000_000, description="Passages to leave out.")] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 100,
    ) -> SourceBody:
        """A public document with its passages."""
        document = library.document(document_id)
        if document is None:
            raise HTTPException(404, "There is no such source, or it is not public.")
        base = public_url or str(request.base_url)
        return SourceBody.of(document, document_link(base, document_id), offset, limit)
