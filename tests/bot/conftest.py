"""A small house with the packaged model: a folder of documents, its index, and an assistant over it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.answer import Answer
from bot.assistant import Assistant
from bot.store import Store
from bot.writers.limits import Budget
from bot.writers.model import ModelWriter
from bot.writers.quoting import QuotingWriter
from retrieval import KnowledgeBase
from retrieval.embedder import SentenceTransformerEmbedder
from tests.bot.folder import DOCUMENTS, fill
from tests.bot.makers import TODAY
from tests.model_server import ModelServer, Part
from tests.parts import good

ROOT = Path(__file__).parent.parent.parent


@dataclass
class House:
    """An assistant, and what stands behind it."""

    knowledge: KnowledgeBase
    assistant: Assistant
    store: Store
    folder: Path


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, packaged_model: SentenceTransformerEmbedder) -> Iterator[House]:
    """The whole path of a question: real files, real Chroma, real tantivy, real model."""
    place = tmp_path_factory.mktemp("house")
    folder = fill(place / "knowledge", DOCUMENTS)
    knowledge = KnowledgeBase.open_folder(folder, place / "data", embedder=packaged_model)
    report = knowledge.sync()
    assert (report.added, report.failed) == (len(DOCUMENTS), ())
    store = Store(place / "bot.sqlite")
    yield House(knowledge, Assistant(knowledge, QuotingWriter(), store, today=TODAY), store, folder)
    knowledge.close()
    store.close()


@dataclass(frozen=True)
class Command:
    """``python -m bot`` in a folder of its own, where no ``.env`` and no setting of the developer's is seen."""

    place: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DRAGOMAN_")}
        return kept | {"PYTHONPATH": str(ROOT), "DRAGOMAN_TODAY": TODAY.isoformat(), "HF_HUB_OFFLINE": "1"}

    def argv(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "bot", *arguments]

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Runs one command to its end."""
        return subprocess.run(
            self.argv(*arguments),
            cwd=self.place,
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts one that goes on."""
        return subprocess.Popen(
            self.argv(*arguments),
            cwd=self.place,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command line in an empty folder."""
    return Command(tmp_path)


@pytest.fixture
def model_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """A scripted model behind real HTTP, and the variables that lead LangChain's client to it."""
    server = ModelServer(good)
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    yield server
    server.close()


@dataclass
class WritingHouse:
    """The house with a model that writes."""

    house: House
    server: ModelServer
    model: ModelWriter
    assistant: Assistant

    async def ask(self, part: Part, question: str, *, language: str | None = None) -> Answer:
        """Asks while the model plays a part."""
        self.server.part = part
        return await self.assistant.ask(question, language=language)


@pytest_asyncio.fixture
async def writing(house: House, model_server: ModelServer) -> AsyncIterator[WritingHouse]:
    """The whole path of a question, with the real client of a scripted model."""
    from langchain_openai.chat_models import _client_utils

    # LangChain keeps a client for each address, and an event loop of a test does not outlive it.
    _client_utils._cached_async_httpx_client.cache_clear()
    model = ModelWriter.open("openai:scripted", budget=Budget(0, house.store), seconds=5.0)
    assistant = Assistant(house.knowledge, QuotingWriter(), house.store, model=model, today=TODAY)
    yield WritingHouse(house, model_server, model, assistant)
    await closed(model)


async def closed(model: ModelWriter) -> None:
    """Lets go of a model's connections."""
    chat: Any = model._chat
    await chat.root_async_client.close()
    chat.root_client.close()
