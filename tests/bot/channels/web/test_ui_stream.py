"""Our streams, read by the AI SDK itself: the schema and the reader of npm's ``ai``, in node.

The package is fetched once into ``node_modules`` (git does not keep it): ``npm install --no-save ai@6``, which ``.ci/run`` does.
Without node or the package the test says so and is skipped.
"""

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bot.channels.web.conftest import House, serving
from tests.bot.channels.web.test_messages import QUESTION, STREAM, frames, visitor

ROOT = Path(__file__).parents[4]
READER = Path(__file__).with_name("ui_stream.mjs")
ASKER = Path(__file__).with_name("use_chat.mjs")

needs_ai = pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "node_modules" / "ai").is_dir(),
    reason="SKIPPED LOUDLY: node or npm's 'ai' is missing; run: npm install --no-save --no-package-lock ai@6",
)


def understood(text: str) -> dict[str, Any]:
    """What the AI SDK makes of a stream."""
    lines = [json.dumps(data) for _, data in frames(text) if data != "[DONE]"]
    done = subprocess.run(
        ["node", str(READER)],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    return made


@needs_ai
async def test_an_answer_becomes_a_message_with_sources_and_the_proven_answer(client: httpx.AsyncClient) -> None:
    me = await visitor(client)
    text = (await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM)).text
    made = understood(text)
    message = made["message"]
    assert made["failure"] is None
    kinds = [part["type"] for part in message["parts"]]
    assert kinds == ["text", *["source-url", "data-citation"] * 3, "data-answer"]
    assert message["metadata"]["outcome"] == "answered"
    assert message["metadata"]["conversation_id"].startswith("c-")
    assert message["parts"][-1]["data"]["statements"]


@needs_ai
@pytest.mark.parametrize("question", ["weather", "which country", "hostile", "crash"])
async def test_every_other_ending_is_in_the_schema(client: httpx.AsyncClient, question: str) -> None:
    me = await visitor(client)
    text = (await client.post("/api/v1/messages", json={"question": question}, headers=me | STREAM)).text
    assert (understood(text)["failure"] is not None) is (question == "crash")


@needs_ai
async def test_its_hook_can_ask_unchanged(house: House) -> None:
    with serving(house.app(), house.runs) as url:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            me = await visitor(client)
        order = {"api": f"{url}/api/v1/messages", "headers": me, "id": "c-use-chat", "text": QUESTION}
        asker = await asyncio.create_subprocess_exec(
            "node",
            str(ASKER),
            json.dumps(order),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | {"NO_PROXY": "127.0.0.1"},
        )
        said, complained = await asyncio.wait_for(asker.communicate(), 60)
    assert asker.returncode == 0, complained.decode()
    made = json.loads(said)
    assert made["message"]["parts"][-1]["type"] == "data-answer"
    assert made["message"]["metadata"]["conversation_id"] == "c-use-chat"
    assert made["again"] is None  # nothing is under way any more
