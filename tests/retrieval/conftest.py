"""One reading child for all tests, and a fresh house for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.readers.sandbox import Sandbox
from tests.fakes import HashEmbedder
from tests.retrieval.works import Works


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Starting the reading child takes half a second; it holds nothing of the files it read."""
    with Sandbox() as reading:
        yield reading


@pytest.fixture
def works(tmp_path: Path, embedder: HashEmbedder, sandbox: Sandbox) -> Iterator[Works]:
    """An empty knowledge folder and all that is needed to sync it."""
    opened = Works(tmp_path / "knowledge", tmp_path / "data", embedder=embedder, sandbox=sandbox)
    yield opened
    opened.close()
