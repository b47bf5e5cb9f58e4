"""The floor for streamed answers: a bare FastAPI application that streams recorded bytes, run as a process of its own.

``python -m benchmarks.bare_stream RECORDED.json`` prints its address; RECORDED holds a list of streams, each a list of frames.
"""

import itertools
import json
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()
recorded: list[list[str]] = []
turn = itertools.count()


@app.post("/api/v1/messages")
async def messages(body: dict[str, str]) -> StreamingResponse:
    """The next recorded stream."""
    frames = recorded[next(turn) % len(recorded)]

    async def pour() -> AsyncIterator[str]:
        for frame in frames:
            yield frame

    return StreamingResponse(pour(), media_type="text/event-stream")


if __name__ == "__main__":
    recorded += json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])
