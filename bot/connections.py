"""The edges of a connection: those that take their time are cut, and when the server goes, answers may finish."""

import asyncio
import socket
from typing import Any, Protocol

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 10.0
"""From the first byte of a request, or from the connection, to the end of its headers."""
BODY_SECONDS = 12.0
"""From there to the end of its body."""
HEADER_BYTES = 512 * 1_024
"""Of a request without its body: address, headers, the framing of chunks, trailers. The parser would keep any number."""
STALL_SECONDS = 12.0
"""So long a reader may take nothing while something waits for it; a slow one that takes something goes on."""
DRAIN_SECONDS = 5.0
"""So long answers may go on when the server is told to stop; then their readers are told to come back."""


class Drained(Protocol):
    """Answers on their way."""

    async def drain(self, seconds: float) -> None:
        """Takes no more, and ends those there are."""
        ...


class DrainingServer(uvicorn.Server):
    """uvicorn's own server that lets answers finish before it goes, and stops those that take too long."""

    def __init__(self, config: uvicorn.Config, runs: Drained) -> None:
        super().__init__(config)
        self._runs = runs

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes nothing new, then waits."""
        draining = asyncio.create_task(self._runs.drain(DRAIN_SECONDS))
        await super().shutdown(sockets)
        await draining


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's own protocol with deadlines; it has none but that for idle connections."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._beside_body = 0
        self._reading: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Waits for a request."""
        super().connection_made(transport)
        self._expect(HEADER_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Bytes that begin no request, such as an empty line, end the patience with an idle connection: a request is due."""
        super().data_received(data)
        self._beside_body += len(data)
        if self._beside_body > HEADER_BYTES:
            self._refuse_headers()
            return
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and self._reading is None and self.timeout_keep_alive_task is None:
            self._expect(HEADER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing any more."""
        _stop(self._reading)
        _stop(self._writing)
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins: its headers are awaited."""
        super().on_message_begin()
        self._beside_body = 0
        self._expect(HEADER_SECONDS)

    def on_headers_complete(self) -> None:
        """The headers are there: the body is awaited."""
        super().on_headers_complete()
        self._expect(BODY_SECONDS)

    def on_body(self, body: bytes) -> None:
        """A piece of the body, which has a limit of its own."""
        self._beside_body -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there."""
        _stop(self._reading)
        self._reading = None
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The reader does not keep up."""
        super().pause_writing()
        self._watch(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """The reader has caught up."""
        _stop(self._writing)
        super().resume_writing()

    def _watch(self, waiting: int) -> None:
        """Cuts a reader that has taken nothing of the bytes that wait for it."""
        _stop(self._writing)
        self._writing = self.loop.call_later(STALL_SECONDS, self._look_again, waiting)

    def _look_again(self, before: int) -> None:
        waiting = self.transport.get_write_buffer_size()
        if waiting < before:
            self._watch(waiting)
        else:
            self._cut()

    def _refuse_headers(self) -> None:
        """Ends a request whose headers have no end."""
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(
                b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
        self.transport.close()

    def _expect(self, seconds: float) -> None:
        _stop(self._reading)
        self._reading = self.loop.call_later(seconds, self._cut)

    def _cut(self) -> None:
        if self.transport is not None:
            # Not closed: that would wait for the reader to take what is left.
            self.transport.abort()


def _stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def allow_many_connections() -> None:
    """Takes as many open files as the system lets us have; many systems begin with 1,024."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
