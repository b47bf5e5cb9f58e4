"""Question to answer over ten thousand passages, beside the bare embedding of the same questions."""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.row import Row
from benchmarks.texts import KNOWLEDGE, variants
from bot.assistant import Assistant
from bot.store import Store
from bot.writers.quoting import QuotingWriter
from retrieval import TERMBASE_FILE, KnowledgeBase
from retrieval.embedder import SentenceTransformerEmbedder, Vectors

PASSAGES = 10_040  # some are short and share a passage
_PER_FILE = 50
_REAL_VECTORS = 200
QUESTIONS = (
    "What is the VAT rate in Kazakhstan?",
    "Which documents does an outbound investment filing need?",
    "When does the carbon border adjustment of the EU begin?",
    "Which sectors does the national emissions trading system cover?",
    "How long may a concession in Laos last?",
    "Who approves a project that needs verification?",
    "What is the export VAT rebate on batteries in 2026?",
    "How many working days does the filing take?",
    "境外投资备案需要哪些材料？",
    "哈萨克斯坦的增值税税率是多少？",
    "绿色产业目录是哪一年发布的？",
    "老挝特许经营期限最长是多少年？",
    "数据出境需要办理什么手续？",
    "Какова ставка НДС в Казахстане?",
    "Какие виды инвестиционных контрактов есть в Казахстане?",
    "Когда начинает действовать механизм CBAM?",
    "Какие документы нужны для передачи данных за границу?",
    "Who will win the next World Cup?",
    "下一届世界杯谁会夺冠？",
    "Кто выиграет следующий чемпионат мира?",
)


class _CheapVectors:
    """The packaged model for questions; for documents, vectors scattered around those of a few real texts."""

    fingerprint = "benchmark:1"
    name = "benchmark"

    def __init__(self, model: SentenceTransformerEmbedder) -> None:
        self._model = model
        self.languages = model.languages
        self._real = model.embed_documents([text for _, text in variants(_REAL_VECTORS)])
        self._chance = np.random.default_rng(1)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors that cost nothing."""
        chosen = self._real[self._chance.integers(len(self._real), size=len(texts))]
        moved = chosen + self._chance.normal(scale=0.03, size=chosen.shape)
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        """What serving does."""
        return self._model.embed_query(text)


def measure(model: SentenceTransformerEmbedder) -> list[Row]:
    """Median and 95th percentile; every question is asked once to warm up, and then in three rounds."""
    with tempfile.TemporaryDirectory(prefix="dragoman-bench-") as temporary:
        folder = _write(Path(temporary) / "knowledge")
        knowledge = KnowledgeBase.open_folder(folder, Path(temporary) / "data", embedder=_CheapVectors(model))
        report = knowledge.sync()
        store = Store(Path(temporary) / "bot.sqlite")
        ours, bare = asyncio.run(_ask(Assistant(knowledge, QuotingWriter(), store), model))
        store.close()
        knowledge.close()
    rows = []
    for name, pick in (("median", statistics.median), ("95th percentile", _p95)):
        value, beside = pick(ours), pick(bare)
        rows.append(
            Row(
                name=f"question to answer, {report.passages} passages, {name}",
                value=f"{value * 1000:.1f} ms",
                beside=f"{beside * 1000:.1f} ms, bare query embedding",
                ratio=value / beside,
            )
        )
    rows.append(Row("indexing them, without the model", f"{report.passages / report.seconds:.0f} passages/s"))
    return rows


def _write(folder: Path) -> Path:
    """Passages of about the size the splitter makes, under headings of their own."""
    folder.mkdir()
    (folder / TERMBASE_FILE).write_bytes((KNOWLEDGE / TERMBASE_FILE).read_bytes())
    by_language: dict[str, list[str]] = {}
    for language, text in variants(PASSAGES, seed=2):
        by_language.setdefault(language, []).append(text)
    for language, listed in by_language.items():
        for number in range(0, len(listed), _PER_FILE):
            batch = listed[number : number + _PER_FILE]
            head = f"---\ntitle: {json.dumps(f'{language} {number}')}\nlang: {language}\n---\n"
            sections = "\n\n".join(f"## {place}. {text[:24]}\n\n{text}" for place, text in enumerate(batch, start=1))
            (folder / f"{language}-{number:04}.md").write_text(f"{head}{sections}\n", encoding="utf-8")
    return folder


async def _ask(assistant: Assistant, model: SentenceTransformerEmbedder) -> tuple[list[float], list[float]]:
    ours, bare = [], []
    for number in range(4):
        for question in QUESTIONS:
            # A question is embedded once and remembered, so each round words it a little differently.
            text = question if number == 0 else f"{question} {number}"
            started = time.perf_counter()
            await assistant.ask(text)
            between = time.perf_counter()
            model.embed_query(text)
            ended = time.perf_counter()
            if number:
                ours.append(between - started)
                bare.append(ended - between)
    return ours, bare


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]
