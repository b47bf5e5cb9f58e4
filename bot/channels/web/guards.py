"""What holds for every request: headers that bind browsers, a limit on bodies, no failure that shows its insides."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.problems import problem

logger = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024
"""Bytes of a request body. A question of 2,000 characters fits many times over, however it is escaped."""

_HISTORY_LIMIT = 512 * 1024
_WITH_HISTORY = ("/v1/", "/api/v1/messages")
"""Doors whose clients send all that was said before with every question."""
_FRAMED = "/chat"
_NO_FRAME = "frame-ancestors 'none'"
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class BindingHeaders:
    """Stands outside of everything that can answer: whatever goes out binds the browser.

    Args:
        frame_ancestors: who may show the page ``/chat`` in a frame; nobody may any other page.
    """

    app: ASGIApp
    frame_ancestors: str = "'none'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def binding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if scope["path"] == _FRAMED:
                    policy = headers["content-security-policy"]
                    headers["content-security-policy"] = policy.replace(
                        _NO_FRAME, f"frame-ancestors {self.frame_ancestors}"
                    )
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, binding)


@dataclass(frozen=True, slots=True)
class Guard:
    """Reads bodies, and answers for what fails; within ``OriginGate``, so that pages of allowed sites can read why."""

    app: ASGIApp
    body_limit: int = BODY_LIMIT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False
        silent = scope["method"] == "HEAD"

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
            elif silent and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        inner_scope = {**scope, "method": "GET"} if silent else scope
        try:
            replay = await self._read_body(inner_scope, receive)
            if replay is None:
                refusal = problem(
                    413,
                    f"The request body is larger than {self._limit(scope)} bytes.",
                    code="body_too_large",
                    headers={"connection": "close"},
                )
                await refusal(scope, receive, guarded_send)
            else:
                await self.app(inner_scope, replay, guarded_send)
        except ClientDisconnect:
            logger.info("%s %s: the client left before it had sent its request", scope["method"], scope["path"])
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            if started:
                raise
            apology = problem(500, "The service could not complete the request.", code="internal")
            await apology(scope, receive, guarded_send)

    def _limit(self, scope: Scope) -> int:
        return max(self.body_limit, _HISTORY_LIMIT) if scope["path"].startswith(_WITH_HISTORY) else self.body_limit

    async def _read_body(self, scope: Scope, receive: Receive) -> Callable[[], Awaitable[Message]] | None:
        """The body, read before anything looks at it, to be received again; ``None`` where it is too large."""
        limit = self._limit(scope)
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared[:20]) > limit:
            return None
        body = b""
        more = scope["method"] not in {"GET", "DELETE", "OPTIONS"}
        read = more
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                return None

        async def replay() -> Message:
            nonlocal read
            if read:
                read = False
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        return replay
