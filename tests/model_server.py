"""A language model's server on loopback that speaks the OpenAI protocol and plays the part it is given.

A part is told the messages and gives pieces of text, or does something worse. It reads passages and question out of the
prompt as a model would, so that a model that obeys planted text can really obey it.
"""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Part = Callable[["Asked"], "Iterator[str] | Misbehaviour"]


@dataclass(frozen=True)
class Misbehaviour:
    """What a server does instead of answering: a status, raw bytes, silence, or a break after some pieces."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hang_seconds: float = 0.0
    pieces: tuple[str, ...] = ()
    then: str = ""
    """``die``: the connection is cut; ``length``: the answer ends because it grew too long; ``end``: the stream ends without saying so; ``hang``: nothing more comes."""


@dataclass(frozen=True)
class Asked:
    """What a model is asked, as far as it can be read out of the messages."""

    system: str
    user: str

    @property
    def kind(self) -> str:
        """``answer``, ``translate``, ``complete`` or ``divide``."""
        if self.system.startswith("Complete"):
            return "complete"
        if self.system.startswith("Translate"):
            return "translate"
        return "divide" if "asks for a briefing" in self.system else "answer"

    @property
    def passages(self) -> dict[int, str]:
        """The passages by number, without their cards."""
        found = re.split(r"^Passage (\d+): .*$", self.user, flags=re.MULTILINE)
        texts = {int(number): text for number, text in zip(found[1::2], found[2::2], strict=True)}
        return {
            number: re.sub(r"^(?:END|BEGIN) \w+$.*", "", text, flags=re.MULTILINE | re.DOTALL).strip()
            for number, text in texts.items()
        }

    @property
    def question(self) -> str:
        """The question of the user."""
        found = re.findall(r"^Question: (.*)$", self.user, re.MULTILINE)
        return found[-1] if found else self.user.split("\n")[1]


class ModelServer:
    """Runs until it is closed; ``part`` may be changed at any time."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.asked: list[Asked] = []
        self.gone = threading.Event()
        """Set when a client left before its answer ended."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the library's name
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                texts = {message["role"]: _text(message["content"]) for message in body["messages"]}
                asked = Asked(texts.get("system", ""), texts["user"])
                server.asked.append(asked)
                try:
                    server._play(self, asked)
                except (BrokenPipeError, ConnectionResetError):
                    server.gone.set()
                    self.close_connection = True

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self) -> None:
        """Ends the server and whatever hangs in it."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _play(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        played = self.part(asked)
        if isinstance(played, Misbehaviour):
            self._misbehave(handler, played)
            return
        self._begin(handler)
        for piece in played:
            self._send(handler, _chunk({"content": piece}))
        self._send(handler, _chunk({}, finish="stop"))
        self._send(handler, b"data: [DONE]\n\n")
        handler.wfile.write(b"0\r\n\r\n")

    def _misbehave(self, handler: BaseHTTPRequestHandler, played: Misbehaviour) -> None:
        if played.hang_seconds:
            self._wait(handler, played.hang_seconds)
        if played.status != 200 or played.body:
            handler.send_response(played.status)
            for name, value in {"content-type": "text/event-stream", **played.headers}.items():
                handler.send_header(name, value)
            handler.send_header("content-length", str(len(played.body)))
            handler.end_headers()
            handler.wfile.write(played.body)
            return
        self._begin(handler)
        for piece in played.pieces:
            self._send(handler, _chunk({"content": piece}))
        if played.then == "hang":
            self._wait(handler, 30.0)
        elif played.then == "length":
            self._send(handler, _chunk({}, finish="length"))
            self._send(handler, b"data: [DONE]\n\n")
            handler.wfile.write(b"0\r\n\r\n")
        elif played.then == "end":
            self._send(handler, b"data: [DONE]\n\n")
            handler.wfile.write(b"0\r\n\r\n")
        else:
            handler.wfile.flush()
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True

    def _wait(self, handler: BaseHTTPRequestHandler, seconds: float) -> None:
        """Hangs, until the client leaves or the server is closed."""
        until = time.monotonic() + seconds
        handler.connection.settimeout(0.05)
        while time.monotonic() < until and not self._stopping.is_set():
            try:
                if handler.connection.recv(1, socket.MSG_PEEK) == b"":
                    raise BrokenPipeError
            except TimeoutError:
                continue
            break
        handler.connection.settimeout(None)

    @staticmethod
    def _begin(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, data: bytes) -> None:
        handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        handler.wfile.flush()


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _chunk(delta: dict[str, str], *, finish: str | None = None) -> bytes:
    body = {
        "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}],
    }  # fmt: skip
    return b"data: " + json.dumps(body).encode() + b"\n\n"
