"""Questions over ten thousand and a hundred thousand passages, beside LangChain's ensemble of BM25 and Chroma over the same
texts and vectors; and how soon a server is ready on an index that is there.

Both sides are processes of their own and are asked in turn, question by question, so that a busy machine harms neither.
"""

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks import langchain_side
from benchmarks.questions import QUESTIONS
from benchmarks.row import Row
from benchmarks.server import environment, serving
from benchmarks.texts import SHARED, recombined

SMALL, LARGE = 10_000, 100_000
_ROUNDS = 3
_FASTER, _OF_EMBEDDING, _GROWTH, _START_SECONDS = 15.0, 3.0, 1.5, 8.0
_ASKED = (("xquad/en-en", 8), ("xquad/zh-zh", 8), ("xquad/ru-ru", 4))
_MODEL = (
    "import sys\nfrom retrieval.embedder import SentenceTransformerEmbedder\n"
    "SentenceTransformerEmbedder().embed_query('warm')"
)

Times = dict[str, list[float]]
"""Seconds of each question, by what was timed."""


def measure(place: Path | None = None) -> list[Row]:
    """Half an hour on two cores, most of it for indexing; nothing is embedded twice.

    Args:
        place: an empty folder to work in, or one an earlier run left texts and vectors in; a temporary one without it.
    """
    if not langchain_side.is_there():
        return [Row("scale beside LangChain", "-", "not installed: pip install -e '.[bench]'")]
    with tempfile.TemporaryDirectory(prefix="dragoman-bench-") as temporary:
        return _measured(place or Path(temporary))


def _measured(place: Path) -> list[Row]:
    if not (place / "vectors.npy").exists():
        lines = (json.dumps(pair, ensure_ascii=False) for pair in recombined(LARGE))
        (place / "texts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        subprocess.run([*_COMMAND, "embed", str(place)], check=True, env=environment())
    with contextlib.ExitStack() as stack:
        theirs = stack.enter_context(_side("langchain", place))
        with _side("ours", place) as ours:
            small = _asked(ours, theirs, SMALL)
        start = _start(place)
        ours = stack.enter_context(_side("ours", place))
        large = _asked(ours, theirs, LARGE)
    growth = statistics.median(large[0]["answer"]) / statistics.median(small[0]["answer"])
    return [
        *_compared(SMALL, *small, judged=False),
        *_compared(LARGE, *large, judged=True),
        Row(
            f"growth of the median answer, {SMALL} to {LARGE} passages",
            f"{growth:.2f}",
            f"{statistics.median(large[1]['search']) / statistics.median(small[1]['search']):.2f}, LangChain",
            growth,
            f"< {_GROWTH}",
            growth < _GROWTH,
        ),
        start,
    ]


def _compared(passages: int, ours: Times, theirs: Times, *, judged: bool) -> list[Row]:
    """What both took at one size."""
    answer, embedding = statistics.median(ours["answer"]), statistics.median(ours["embed"])
    faster, of_embedding = statistics.median(theirs["search"]) / answer, answer / embedding
    return [
        Row(
            f"question to answer, {passages} passages",
            _shown(ours["answer"]),
            f"{_shown(theirs['search'])}, LangChain's retrieval alone",
            faster,
            f">= {_FASTER:.0f} times as fast" if judged else "-",
            faster >= _FASTER if judged else None,
        ),
        Row("  retrieval", _shown(ours["search"]), _shown(theirs["search"]), _ratio(theirs["search"], ours["search"])),
        Row(
            "  answer beside the bare query embedding",
            _shown(ours["answer"]),
            _shown(ours["embed"]),
            of_embedding,
            f"<= {_OF_EMBEDDING:.0f}" if judged else "-",
            of_embedding <= _OF_EMBEDDING if judged else None,
        ),
        Row("  indexing", f"{ours['index'][-1]:.0f} s", f"{theirs['index'][-1]:.0f} s, both without the model"),
        Row(
            "  memory at most",
            f"{ours['memory'][-1]:.0f} MiB",
            f"{theirs['memory'][-1]:.0f} MiB",
            ours["memory"][-1] / theirs["memory"][-1],
        ),
    ]


def _shown(values: Sequence[float]) -> str:
    return f"{statistics.median(values) * 1e3:.1f} ms, p95 {statistics.quantiles(values, n=20)[-1] * 1e3:.0f} ms"


def _ratio(one: Sequence[float], other: Sequence[float]) -> float:
    return statistics.median(one) / statistics.median(other)


class _Side:
    """A side that is running."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def do(self, **order: object) -> dict[str, float]:
        """One order; what it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a side of the comparison ended with {self._process.wait()}")
        return dict(json.loads(line))


_COMMAND = [sys.executable, "-m", "benchmarks.scale_side"]


@contextmanager
def _side(name: str, place: Path) -> Iterator[_Side]:
    process = subprocess.Popen(
        [*_COMMAND, name, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
    )
    try:
        yield _Side(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def _asked(ours: _Side, theirs: _Side, passages: int) -> tuple[Times, Times]:
    """Both grown to so many passages, then asked in turn; the first round warms up."""
    found: tuple[Times, Times] = ({}, {})
    for side, times in zip((ours, theirs), found, strict=True):
        print(f"benchmarks: {passages} passages", file=sys.stderr, flush=True)
        times["index"] = [side.do(index=passages)["seconds"]]
    for number in range(_ROUNDS + 1):
        for question in _questions():
            for side, times in zip((ours, theirs), found, strict=True):
                # A question is embedded once and remembered, so each round words it a little differently.
                taken = side.do(ask=f"{question} {number}")
                for name, value in taken.items() if number else ():
                    times.setdefault(name, []).append(value)
    return found


def _questions() -> tuple[str, ...]:
    """Questions that the texts answer, where the development sets are at hand."""
    found: list[str] = []
    for name, count in _ASKED:
        path = SHARED / name / "questions.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else ()
        asked = [line["question"] for line in map(json.loads, lines) if line["answerable"]]
        found += asked[:: max(1, len(asked) // count)][:count]
    return tuple(found) or QUESTIONS


def _start(place: Path) -> Row:
    """A server on an index that is there, from its start to its first answer."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", _MODEL], check=True, env=environment())
    model = time.perf_counter() - began
    began = time.perf_counter()
    with serving(place / "knowledge", place / "data") as server:
        ready = time.perf_counter() - began
        asked = {"question": _questions()[0]}
        httpx.post(f"{server.address}/api/v1/ask", json=asked, timeout=60, trust_env=False).raise_for_status()
        answered = time.perf_counter() - began
    return Row(
        f"start on an index of {SMALL} passages",
        f"{ready:.1f} s until ready, {answered:.1f} s until the first answer",
        f"{model:.1f} s, a process that only loads the model and embeds a question",
        ready / model,
        f"< {_START_SECONDS:.0f} s",
        ready < _START_SECONDS,
    )
