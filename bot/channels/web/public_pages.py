"""The widget's script and the pages for everyone: the full page, the privacy note, and a page that embeds the widget."""

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from bot.channels.web.page_words import page_words
from bot.channels.web.render import Pages
from bot.channels.web.widget_bundle import FETCHED, Bundle, catalogue, embed_script
from bot.channels.web.words import Words, words_for

_OPEN = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
_MINUTES = "public, max-age=600, stale-while-revalidate=86400"
"""A new version is at every visitor's within minutes of its being served."""

PageLanguage = Annotated[str, Query(max_length=35)]


def add_public_pages(
    app: FastAPI,
    pages: Pages,
    *,
    site_key: str,
    privacy_url: str = "",
    public_url: str | None = None,
    docs: bool = True,
) -> None:
    """Adds what a visitor's browser loads.

    Args:
        site_key: our own pages'.
        privacy_url: the operator's own privacy note, in place of ours.
        docs: whether there is a page for programmers to be led to.
    """
    script = embed_script()
    catalogues = {language: catalogue(language) for language in FETCHED}

    def page(template: str, request: Request, lang: str, **values: str) -> Response:
        words = _words(request, lang)
        return pages.page(
            template,
            request,
            {"words": words, "page": page_words(words), "site_key": site_key, "docs": docs, **values},
        )

    @app.get("/embed.js", include_in_schema=False)
    async def embed(request: Request) -> Response:
        return _sent(script, request)

    @app.get("/embed/{language}.json", include_in_schema=False)
    async def widget_words(request: Request, language: str) -> Response:
        if language not in catalogues:
            raise HTTPException(404)
        return _sent(catalogues[language], request)

    @app.get("/", include_in_schema=False)
    async def home(request: Request, lang: PageLanguage = "") -> Response:
        return page("chat.html", request, lang)

    @app.get("/chat", include_in_schema=False)
    async def chat(request: Request, lang: PageLanguage = "") -> Response:
        return page("chat.html", request, lang)

    @app.get("/privacy", include_in_schema=False)
    async def privacy(request: Request, lang: PageLanguage = "") -> Response:
        return RedirectResponse(privacy_url, 307) if privacy_url else page("privacy.html", request, lang)

    @app.get("/demo", include_in_schema=False)
    async def demo(request: Request, lang: PageLanguage = "") -> Response:
        base = (public_url or str(request.base_url)).rstrip("/")
        return page("demo.html", request, lang, base=base)


def _words(request: Request, lang: str) -> Words:
    return words_for(lang, request.headers.get("accept-language"))


def _sent(file: Bundle, request: Request) -> Response:
    """A file that pages of every site may load; compressed for those who can read that."""
    headers = {**_OPEN, "etag": file.etag, "cache-control": _MINUTES, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    codings = {coding.partition(";")[0].strip() for coding in request.headers.get("accept-encoding", "").split(",")}
    if "gzip" in codings:
        return Response(file.compressed, media_type=file.media_type, headers={**headers, "content-encoding": "gzip"})
    return Response(file.content, media_type=file.media_type, headers=headers)
