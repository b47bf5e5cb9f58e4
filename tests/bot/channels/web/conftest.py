"""The web channel over small working parts, in-process and on a real port."""

import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from bot.channels.web.app import create_app
from bot.channels.web.chunks import last_words
from bot.channels.web.mcp_route import McpApp
from bot.channels.web.public import Public
from bot.channels.web.runs import Runs
from bot.connections import DrainingServer, PatientProtocol
from bot.metrics import Metrics
from tests.bot.channels.web.fakes import (
    HOST_PAGE,
    SITE_KEY,
    STAFF_KEY,
    FakeAssistant,
    FakeInventory,
    FakeLibrary,
    FakeMemory,
    FakeReadiness,
)


@dataclass
class House:
    """The application, and the parts a test may turn."""

    assistant: FakeAssistant = field(default_factory=FakeAssistant)
    readiness: FakeReadiness = field(default_factory=FakeReadiness)
    inventory: FakeInventory = field(default_factory=FakeInventory)
    memory: FakeMemory = field(default_factory=FakeMemory)
    public: Public = field(default_factory=lambda: Public((SITE_KEY,), "a secret of tests", (HOST_PAGE,)))
    metrics: Metrics = field(default_factory=Metrics)
    runs: Runs = field(default_factory=lambda: Runs(last_words))
    staff_key: str = STAFF_KEY

    def __post_init__(self) -> None:
        self.assistant.memory = self.memory

    def app(self, *, public_url: str | None = None, mcp: McpApp | None = None) -> FastAPI:
        """A new application over these parts."""
        return create_app(
            self.assistant,
            FakeLibrary(),
            self.readiness,
            self.inventory,
            self.memory,
            self.runs,
            self.metrics,
            mcp=mcp,
            public=self.public,
            staff_key=self.staff_key,
            public_url=public_url,
            version="1.2.3",
        )


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=house.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as opened:
        yield opened


@contextlib.contextmanager
def serving(app: ASGIApp, runs: Runs) -> Iterator[str]:
    """The server as it runs in earnest, on a free port of the loopback; gives its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        config = uvicorn.Config(
            app, http=PatientProtocol, log_config=None, timeout_keep_alive=15, timeout_graceful_shutdown=8
        )
        server = DrainingServer(config, runs)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(15)
        assert not thread.is_alive()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """A real server over the house."""
    with serving(house.app(), house.runs) as url:
        yield url
