"""Frames of a run as Server-Sent Events, as long as somebody reads them."""

import asyncio
from collections.abc import AsyncGenerator, Mapping

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.channels.web.leaving import unless_left
from bot.channels.web.run import Run


class EventStream(Response):
    """A streamed response that ends when its reader leaves."""

    media_type = "text/event-stream"

    def __init__(self, lines: AsyncGenerator[bytes, None], headers: Mapping[str, str]) -> None:
        self.status_code = 200
        self.background = None
        self._lines = lines
        self.init_headers(headers)

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """Without a length, which nobody knows yet."""
        self.body = b""
        super().init_headers(headers)
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends every line as it comes."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

        async def pour() -> None:
            async for line in self._lines:
                await send({"type": "http.response.body", "body": line, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        try:
            await unless_left(receive, asyncio.ensure_future(pour()))
        finally:
            await self._lines.aclose()


async def lines_of(run: Run, after: int = 0) -> AsyncGenerator[bytes, None]:
    """The frames of a run after a number, each with its id, and a comment now and then while nothing is said."""
    async for ready in run.follow(after):
        yield b"".join(format_sse_event(data_str=f.data, id=run.event_id(f)) for f in ready) or KEEPALIVE_COMMENT


async def data_lines_of(run: Run) -> AsyncGenerator[bytes, None]:
    """The same without ids, for clients of protocols that have none."""
    async for ready in run.follow():
        yield b"".join(format_sse_event(data_str=frame.data) for frame in ready) or KEEPALIVE_COMMENT
