"""``make bench``: every timing as a ratio to something measured in the same run, in one table."""

import argparse
import sys

from benchmarks import (
    embedding,
    folder,
    followups,
    ingest,
    injection,
    proof,
    questions,
    scale,
    startup,
    telegram,
    visitors,
    widget,
)
from benchmarks.row import Row, table
from retrieval.embedder import SentenceTransformerEmbedder

NAMES = tuple(
    "embedding questions ingest scale startup folder visitors widget telegram proof injection followups".split()
)


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
    if "ingest" in chosen:
        _say("ingest")
        rows += ingest.measure()
    if "scale" in chosen:
        _say("scale")
        rows += scale.measure()
    if "startup" in chosen:
        _say("startup")
        rows += startup.measure()
    if "folder" in chosen:
        _say("folder")
        rows += folder.measure()
    if "visitors" in chosen:
        _say("visitors")
        rows += visitors.measure()
    if "widget" in chosen:
        _say("widget")
        rows += widget.measure()
    if "telegram" in chosen:
        _say("telegram")
        rows += telegram.measure()
    if "proof" in chosen:
        _say("proof")
        rows += proof.measure()
    if "injection" in chosen:
        _say("injection")
        rows += injection.measure()
    if "followups" in chosen:
        _say("followups")
        rows += followups.measure()
    print(table(rows))
    return int(any(row.good is False for row in rows))


def _say(name: str) -> None:
    print(f"benchmarks: {name}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
