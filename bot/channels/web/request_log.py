"""Every request gets an id, a line in the log and a count; none of them holds what was asked."""

import logging
import re
import time
import uuid
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.logs import ACCESS, REQUEST_ID
from bot.metrics import Metrics

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
logger = logging.getLogger(ACCESS)


@dataclass(frozen=True, slots=True)
class RequestLog:
    """The outermost layer: what it sees is what the client gets."""

    app: ASGIApp
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        status = 0
        began = time.perf_counter()

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        token = REQUEST_ID.set(request_id)
        try:
            await self.app(scope, receive, with_id)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            # The router leaves its route in the scope it was given, which is ours.
            route = getattr(scope.get("route"), "path", "none")
            self.metrics.requested(route, method, status)
            milliseconds = round((time.perf_counter() - began) * 1_000, 1)
            about = {"method": method, "route": route, "status": status, "milliseconds": milliseconds}
            logger.info("%s %s %s", method, route, status, extra={"request": about})
            REQUEST_ID.reset(token)
