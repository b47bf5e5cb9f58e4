"""``/mcp``: where the MCP channel is let in, behind the same keys and limits as every other program."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from fastapi import FastAPI, Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.web.public_door import PublicDoor
from bot.channels.web.runs import Runs


@dataclass(frozen=True, slots=True)
class McpApp:
    """The MCP channel as the web sees it: an application, and what has to run while it is served."""

    app: ASGIApp
    lifespan: Callable[[object], AbstractAsyncContextManager[None]]


def add_mcp_route(app: FastAPI, mcp: McpApp, door: PublicDoor, runs: Runs) -> None:
    """Adds the one address of MCP; a call takes the room of an answer.

    Only calls are taken: a GET would be a stream of news that never come, and would keep that room for as long as it is held.
    """
    route = Route("/mcp", _Admitted(mcp.app, door, runs), methods=["POST"], include_in_schema=False)
    app.router.routes.append(route)


@dataclass(frozen=True, slots=True)
class _Admitted:
    app: ASGIApp
    door: PublicDoor
    runs: Runs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = self.door.script(Request(scope), "mcp")
        with self.runs.guest(caller.place):
            await self.app(scope, receive, send)
