"""A small house with the packaged model: a folder of documents, its index, and an assistant over it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.store import Store
from bot.writers.quoting import QuotingWriter
from retrieval import KnowledgeBase
from retrieval.embedder import SentenceTransformerEmbedder
from tests.bot.folder import DOCUMENTS, fill
from tests.bot.makers import TODAY

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
