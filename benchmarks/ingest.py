"""From files to an index: read, split, embed, write; ours beside LangChain's usual pipeline with the same model.

``python -m benchmarks.ingest ours|langchain FOLDER DATA`` is one side in a process of its own; it prints a JSON object.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import langchain_side
from benchmarks.row import Row
from benchmarks.server import environment
from benchmarks.texts import recombined
from retrieval import KnowledgeBase
from retrieval.embedder import SentenceTransformerEmbedder

WANTED = 2.0
_PASSAGES = 600
_TOGETHER = 12
"""Texts that make up one file: about six thousand characters."""
_ROUNDS = 2
_MIXES = (("English", ("en",)), ("English, Chinese, Russian", ("en", "zh", "ru")))


@dataclass(frozen=True, slots=True)
class Taken:
    """What one side took.

    ``processor`` are seconds of computing, all threads and children together, which a busy machine does not stretch as it does
    ``seconds``. ``memory`` is the most it ever held, in MiB, without the child that reads files for it (some 30 MiB).
    """

    seconds: float
    processor: float
    passages: int
    memory: float


def measure() -> list[Row]:
    """Both sides in turn, twice; the better round of each counts, so that a busy machine harms neither."""
    if not langchain_side.is_there():
        return [Row("ingest beside LangChain", "-", "not installed: pip install -e '.[bench]'")]
    rows = []
    for name, languages in _MIXES:
        with tempfile.TemporaryDirectory(prefix="dragoman-bench-") as temporary:
            place = Path(temporary)
            characters = _write(place / "files", languages)
            best: dict[str, Taken] = {}
            for number in range(_ROUNDS):
                for side in ("ours", "langchain") if number % 2 else ("langchain", "ours"):
                    taken = _run(side, place / "files", place / f"{side}-{number}")
                    best[side] = min(best.get(side, taken), taken, key=lambda each: each.seconds)
        rows += _rows(name, characters, best["ours"], best["langchain"])
    return rows


def _rows(name: str, characters: int, ours: Taken, theirs: Taken) -> list[Row]:
    def shown(taken: Taken) -> str:
        return (
            f"{characters / taken.seconds:.0f} characters/s, {taken.passages / taken.seconds:.1f} passages/s of "
            f"{characters / taken.passages:.0f}"
        )

    ratio = theirs.seconds / ours.seconds
    return [
        Row(
            f"ingest of {characters} characters, {name}",
            shown(ours),
            f"{shown(theirs)}, LangChain ({langchain_side.CHUNK}, {langchain_side.OVERLAP} shared)",
            ratio,
            f">= {WANTED:.0f} times as fast",
            ratio >= WANTED,
        ),
        Row(
            "  processor",
            f"{ours.processor:.1f} s",
            f"{theirs.processor:.1f} s",
            theirs.processor / ours.processor,
        ),
        Row(
            "  memory at most",
            f"{ours.memory:.0f} MiB",
            f"{theirs.memory:.0f} MiB",
            ours.memory / theirs.memory,
        ),
    ]


def _write(folder: Path, languages: tuple[str, ...]) -> int:
    """Files of one language each; gives their characters."""
    folder.mkdir()
    held: dict[str, list[str]] = {language: [] for language in languages}
    written = characters = 0
    for language, text in recombined(5 * _PASSAGES):
        if written * _TOGETHER >= _PASSAGES:
            break
        if language not in held:
            continue
        held[language].append(text)
        if len(held[language]) == _TOGETHER:
            whole = f"# Report {written}\n\n" + "\n\n".join(held[language]) + "\n"
            (folder / f"{language}-{written:04}.md").write_text(whole, encoding="utf-8")
            held[language], written, characters = [], written + 1, characters + len(whole)
    return characters


def _run(side: str, folder: Path, data: Path) -> Taken:
    command = [sys.executable, "-m", "benchmarks.ingest", side, str(folder), str(data)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment())
    return Taken(**json.loads(done.stdout.splitlines()[-1]))


def _ours(folder: Path, data: Path) -> Taken:
    embedder = SentenceTransformerEmbedder()
    embedder.embed_query("warm")
    knowledge = KnowledgeBase.open_folder(folder, data, embedder=embedder)
    clock = _Clock()
    passages = knowledge.sync().passages
    seconds = clock.seconds()
    knowledge.close()  # ends the children, so that they are counted
    return clock.taken(seconds, passages)


def _langchain(folder: Path, data: Path) -> Taken:
    embedding = langchain_side.embeddings()
    embedding.embed_query("warm")
    store = langchain_side.chroma(data, embedding)
    clock = _Clock()
    chunks = langchain_side.split(folder)
    store.add_documents(chunks)
    return clock.taken(clock.seconds(), len(chunks))


class _Clock:
    """Starts when it is made."""

    def __init__(self) -> None:
        self._started, self._processor = time.perf_counter(), self._spent()

    @staticmethod
    def _spent() -> float:
        return sum(os.times()[:4])

    def seconds(self) -> float:
        return time.perf_counter() - self._started

    def taken(self, seconds: float, passages: int) -> Taken:
        kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return Taken(seconds, self._spent() - self._processor, passages, kib / 1024)


def main(arguments: list[str]) -> None:
    """One side, once. The model is loaded and the store is open before the clock starts."""
    side, folder, data = arguments
    print(json.dumps(asdict((_ours if side == "ours" else _langchain)(Path(folder), Path(data)))))


if __name__ == "__main__":
    main(sys.argv[1:])
