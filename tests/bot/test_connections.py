"""The edges of a connection, with a clock that the test moves."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from bot.connections import HEADER_SECONDS, STALL_SECONDS, PatientProtocol


class Hours:
    """A loop whose time the test moves; nothing else of a loop is asked for before a request is whole."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, Callable[..., None], tuple[object, ...], asyncio.Handle]] = []

    def call_later(self, seconds: float, what: Callable[..., None], *arguments: object) -> asyncio.Handle:
        """As a loop does."""
        handle = asyncio.Handle(what, arguments, asyncio.get_running_loop())
        self._due.append((self.now + seconds, what, arguments, handle))
        return handle

    def pass_by(self, seconds: float) -> None:
        """Moves the time, and runs what is due by then."""
        end = self.now + seconds
        while due := [one for one in self._due if one[0] <= end and not one[3].cancelled()]:
            first = min(due, key=lambda one: one[0])
            self._due.remove(first)
            self.now = first[0]
            first[1](*first[2])
        self.now = end


class Line(asyncio.Transport):
    """A connection with so many bytes that wait for its reader."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0
        self.cut = False

    def get_write_buffer_size(self) -> int:
        """As a transport does."""
        return self.waiting

    def abort(self) -> None:
        """As a transport does."""
        self.cut = True

    def is_closing(self) -> bool:
        """As a transport does."""
        return self.cut


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """An application that is never reached."""


@pytest.fixture
async def connection() -> tuple[PatientProtocol, Line, Hours]:
    hours, line = Hours(), Line()
    config = uvicorn.Config(nothing, log_config=None)
    protocol = PatientProtocol(config, ServerState(), {}, hours)
    protocol.connection_made(line)
    return protocol, line, hours


async def test_a_slow_reader_that_takes_something_goes_on(connection: tuple[PatientProtocol, Line, Hours]) -> None:
    protocol, line, hours = connection
    protocol.on_message_begin()
    protocol._reading.cancel()  # type: ignore[union-attr]
    line.waiting = 1_000_000
    protocol.pause_writing()
    for _ in range(20):
        line.waiting -= 1_000
        hours.pass_by(STALL_SECONDS)
        assert not line.cut
    protocol.resume_writing()
    hours.pass_by(10 * STALL_SECONDS)
    assert not line.cut


async def test_a_reader_that_takes_nothing_more_is_cut(connection: tuple[PatientProtocol, Line, Hours]) -> None:
    protocol, line, hours = connection
    protocol.on_message_begin()
    protocol._reading.cancel()  # type: ignore[union-attr]
    line.waiting = 1_000_000
    protocol.pause_writing()
    line.waiting -= 1
    hours.pass_by(STALL_SECONDS)
    assert not line.cut
    hours.pass_by(STALL_SECONDS)
    assert line.cut


@pytest.mark.parametrize("sent", [b"\r\n", b"\r\n\r\n", b"\n"])
async def test_an_empty_line_begins_no_request_and_gets_no_patience(
    connection: tuple[PatientProtocol, Line, Hours], sent: bytes
) -> None:
    protocol, line, hours = connection
    for _ in range(3):
        protocol.data_received(sent)
        hours.pass_by(HEADER_SECONDS * 0.3)
    assert not line.cut
    hours.pass_by(HEADER_SECONDS * 0.2)
    assert line.cut
