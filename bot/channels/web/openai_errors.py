"""Failures on ``/v1`` in the form that OpenAI clients read."""

import json
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.problems import MEDIA_TYPE

_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "server_error",
    503: "server_error",
}


class ParameterError(Exception):
    """A parameter that cannot be honoured."""

    def __init__(self, param: str, message: str) -> None:
        super().__init__(message)
        self.param = param
        self.message = message


def error_content(status: int, message: str, code: str | None, param: str | None = None) -> dict[str, object]:
    """The body of a failure."""
    kind = _TYPES.get(status, "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def openai_described(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The OpenAPI description of failures a route can answer with."""
    nullable = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    fields = {"message": {"type": "string"}, "type": {"type": "string"}, "param": nullable, "code": nullable}
    error = {"type": "object", "required": list(fields), "properties": fields}
    schema = {"title": "OpenAIError", "type": "object", "required": ["error"], "properties": {"error": error}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {"application/json": {"schema": schema}}}
        for status in statuses
    }


@dataclass(frozen=True, slots=True)
class OpenAIErrors:
    """Rewrites every problem that goes out below ``/v1/``, whichever layer made it."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def rewrite(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_problem(message):
                start = message
            elif start is None:
                await send(message)
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await send_error(start, body)

        async def send_error(start: Message, body: bytes) -> None:
            told = json.loads(body) if body else {}
            fields = told.get("errors") or [{}]
            content = error_content(
                start["status"], str(told.get("detail", "")), told.get("code"), fields[0].get("field")
            )
            written = json.dumps(content, ensure_ascii=False).encode() if body else b""
            headers = MutableHeaders(scope=start)
            headers["content-type"] = "application/json"
            headers["content-length"] = str(len(written))
            await send(start)
            await send({"type": "http.response.body", "body": written, "more_body": False})

        await self.app(scope, receive, rewrite)


def _is_problem(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE)
