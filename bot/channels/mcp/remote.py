"""The desk of a server that is already running: for ``dragoman mcp`` beside it."""

from typing import Any
from urllib.parse import quote

import httpx

from bot.channels.mcp.desk import BEFORE, CONTINUES, LONGEST, Answered, Cited, Document, Found, SearchResults, excerpt
from bot.errors import BotError
from bot.tables import markdown_of
from bot.unlinked import unlinked

_SECONDS = 60.0


class RemoteDesk:
    """Asks over ``/api/v1``.

    Args:
        key: an API key, where the server wants one.
    """

    def __init__(self, url: str, key: str = "") -> None:
        headers = {b"authorization": f"Bearer {key}".encode()} if key else {}
        self._client = httpx.AsyncClient(base_url=url, headers=headers, timeout=_SECONDS, trust_env=False)

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.aclose()

    async def search(self, query: str) -> SearchResults:
        """As the port has it."""
        body = await self._ask("GET", "/api/v1/search", params={"q": query})
        return SearchResults(
            results=[
                Found(
                    id=found["passage_id"],
                    title=found["title"] or found["document_id"],
                    url=found["url"],
                    text=found["text"],
                    metadata=_about(found, section=found["location"]),
                )
                for found in body["results"]
            ]
        )

    async def fetch(self, source_id: str) -> Document | None:
        """As the port has it."""
        document_id, _, number = source_id.rpartition("#")
        if not number.isdecimal():
            document_id, number = source_id, ""
        body, texts = await self._read(document_id, 0)
        if not texts:
            return None
        text, rest = excerpt(texts)
        first = int(number or 1) - 1 - BEFORE if len(number) < 7 else 0
        if rest and first > 0:
            later, texts = await self._read(document_id, first)
            if texts:
                body, (text, rest) = later, excerpt(texts)
        anchor = f"?p={number}#p{number}" if number else ""
        return Document(
            id=source_id,
            title=body["title"],
            text=text,
            url=body["url"] + anchor,
            metadata=_about(body, status=body["status"], number=body["number"], **({CONTINUES: rest} if rest else {})),
        )

    async def _read(self, document_id: str, offset: int) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """The card of a document, and its passages from a number on: all of them, or more than one call hands out."""
        texts: list[tuple[str, str]] = []
        while True:
            page = {"offset": str(offset), "limit": "200"}
            body = await self._ask("GET", f"/api/v1/sources/{quote(document_id)}", params=page, missing=True)
            if not body:
                return {}, []
            texts += [(passage["passage_id"], passage["text"]) for passage in body["passages"]]
            if body["next_offset"] is None or sum(len(text) for _, text in texts) > LONGEST:
                return body, texts
            offset = body["next_offset"]

    async def ask(self, question: str, language: str | None, conversation_id: str | None) -> Answered:
        """As the port has it."""
        more = {"language": language, "conversation_id": conversation_id}
        asked = {"question": question} | {name: value for name, value in more.items() if value}
        body = await self._ask("POST", "/api/v1/ask", json=asked)
        return Answered(
            outcome=body["outcome"],
            language=body["language"],
            answer=markdown_of(body),
            citations=[
                Cited.model_validate(
                    cited | {"title": cited["title"] or cited["document_id"], "quote": unlinked(cited["quote"])}
                )
                for cited in body["citations"]
            ],
            notes=[note["text"] for note in body["notes"]],
            model=body["model"],
            conversation_id=body["conversation_id"],
            understood_as=unlinked(understood) if (understood := body.get("understood_as")) else None,
        )

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        json: dict[str, str] | None = None,
        missing: bool = False,
    ) -> dict[str, Any]:
        try:
            response = await self._client.request(method, path, params=params, json=json)
            body: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise BotError(f"the server at {self._client.base_url} does not answer ({error}); try again") from error
        if missing and response.status_code == 404:
            return {}
        if response.is_error:
            raise BotError(str(body.get("detail") or response.reason_phrase))
        return body


def _about(body: dict[str, Any], **more: object) -> dict[str, str]:
    facts = {
        "language": body["language"],
        "issuer": body["issuer"],
        "date": body["date"],
        "publisher_url": body["source_url"],
    } | more
    return {name: str(value) for name, value in facts.items() if value}
