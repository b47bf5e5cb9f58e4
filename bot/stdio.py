"""The MCP channel over standard input and output: at the desk of a house of its own, or of the server that runs."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from bot import VERSION
from bot.app import public_document
from bot.channels.mcp.desk import HouseDesk
from bot.channels.mcp.remote import RemoteDesk
from bot.channels.mcp.server import mcp_server
from bot.channels.web.links import source_link
from bot.channels.web.ports import SourceDocument
from bot.metrics import Metrics
from bot.opening import ModelSettings, open_assistant, open_model
from bot.store import Store
from retrieval import Hit, KnowledgeBase


class _Shelf:
    """The public part of a knowledge base."""

    def __init__(self, knowledge: KnowledgeBase, today: dt.date | None) -> None:
        self._knowledge = knowledge
        self._today = today

    def document(self, document_id: str) -> SourceDocument | None:
        """A document that everybody may read."""
        return public_document(self._knowledge, document_id)

    def search(self, query: str, *, language: str | None = None) -> Sequence[Hit]:
        """Passages that may answer."""
        return self._knowledge.search(query, language=language, today=self._today).hits


def serve_own(
    knowledge: KnowledgeBase, data_dir: Path, *, model: ModelSettings | None, today: dt.date | None, base: str
) -> None:
    """Answers from a knowledge base of this process, until the input ends; ``base`` is where sources can be read.

    Raises:
        StartError: the model cannot be used.
    """
    store = Store(data_dir / "bot.sqlite")
    try:
        assistant = open_assistant(knowledge, store, open_model(model, store), today=today)
        desk = HouseDesk(
            assistant, _Shelf(knowledge, today), lambda citation: source_link(base, citation), Metrics().measured
        )
        mcp_server(desk, version=VERSION).run("stdio")
    finally:
        store.close()


def serve_of(url: str, key: str) -> None:
    """Answers from a running server, until the input ends."""
    mcp_server(RemoteDesk(url, key), version=VERSION).run("stdio")
