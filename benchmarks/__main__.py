"""``make bench``: every timing as a ratio to something measured in the same run, in one table."""

import argparse
import sys
from collections.abc import Callable, Mapping

from benchmarks import (
    embedding,
    folder,
    followups,
    ingest,
    injection,
    poisoning,
    proof,
    questions,
    scale,
    startup,
    steady,
    telegram,
    visitors,
    widget,
)
from benchmarks.row import Row, table
from retrieval.embedder import SentenceTransformerEmbedder

_ALONE: Mapping[str, Callable[[], list[Row]]] = {
    "ingest": ingest.measure,
    "scale": scale.measure,
    "startup": startup.measure,
    "folder": folder.measure,
    "visitors": visitors.measure,
    "steady": steady.measure,
    "widget": widget.measure,
    "telegram": telegram.measure,
    "proof": proof.measure,
    "injection": injection.measure,
    "poisoning": poisoning.measure,
    "followups": followups.measure,
}
"""Those that load what they need themselves."""
NAMES = ("embedding", "questions", *_ALONE)


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmarks named, or all; 1 if one misses what is wanted of it."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME", help=f"of {', '.join(NAMES)}; all")
    chosen = parser.parse_args(arguments).names or NAMES
    rows: list[Row] = []
    model = SentenceTransformerEmbedder() if {"embedding", "questions"} & set(chosen) else None
    if model is not None and "embedding" in chosen:
        _say("embedding")
        rows.append(embedding.measure(model))
    if model is not None and "questions" in chosen:
        _say("questions")
        rows += questions.measure(model)
    for name, measure in _ALONE.items():
        if name in chosen:
            _say(name)
            rows += measure()
    print(table(rows))
    return int(any(row.good is False for row in rows))


def _say(name: str) -> None:
    print(f"benchmarks: {name}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
