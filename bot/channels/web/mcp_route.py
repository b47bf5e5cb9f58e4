"""``/mcp``: where the MCP channel is let in, behind the same keys and limits as every other program."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from fastapi import FastAPI, Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.web.public_door import PublicDoor


@dataclass(frozen=True, slots=True)
class McpApp:
    """The MCP channel as the web sees it: an application, and what has to run while it is served."""

    app: ASGIApp
    lifespan: Callable[[object], AbstractAsyncContextManager[None]]


def add_mcp_route(app: FastAPI, mcp: McpApp, door: PublicDoor) -> None:
    """Adds the one address of MCP."""
    app.router.routes.append(Route("/mcp", _Admitted(mcp.app, door), include_in_schema=False))


@dataclass(frozen=True, slots=True)
class _Admitted:
    app: ASGIApp
    door: PublicDoor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.door.anyone(Request(scope))
        await self.app(scope, receive, send)
