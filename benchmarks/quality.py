"""``make eval``: the development sets that are at hand, asked through the path that serves, in one table.

``make eval SETS="factbook xquad/zh-zh"`` measures some of them; a part of a name stands for all that begin with it.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.texts import KNOWLEDGE, SHARED
from bot.errors import BotError
from bot.evaluation import evaluate, table
from retrieval import TERMBASE_FILE, RetrievalError

DATA = SHARED


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A folder of the development data. Without ``knowledge`` its questions are asked about its ``corpus.jsonl``."""

    name: str
    knowledge: Path | None = None
    outcomes_only: bool = False
    """Its questions have no known answers: only what became of them is counted."""

    def missing(self, data: Path) -> list[Path]:
        """Files it needs that are not there."""
        source = self.knowledge or data / self.name / "corpus.jsonl"
        return [path for path in (data / self.name / "questions.jsonl", source) if not path.exists()]


def sets(data: Path) -> tuple[QuestionSet, ...]:
    """Every development set, whether it is at hand or not."""
    corpora = (
        "xquad/en-en xquad/zh-zh xquad/ru-ru xquad/zh-en xquad/ru-en cmrc2018 crud_news rgb/en rgb/zh stard ru_law "
        "trade_agreements"
    ).split()
    return (
        *map(QuestionSet, corpora),
        QuestionSet("factbook", knowledge=data / "factbook" / "docs"),
        QuestionSet("consult", knowledge=KNOWLEDGE, outcomes_only=True),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures what is there, names what is not, and never fails for its lack."""
    parser = argparse.ArgumentParser(prog="benchmarks.quality", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help="names, or beginnings of names; all without any")
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="where the development sets lie")
    parser.add_argument("--limit", type=int, metavar="N", help="ask only the first N questions of each")
    parser.add_argument("--predictions", type=Path, metavar="DIR", help="write the answers, a file a set")
    options = parser.parse_args(arguments)
    if not options.data.is_dir():
        print(f"{options.data}: there are no development sets here; nothing was measured")
        return 0
    wanted = [each for each in sets(options.data) if not options.sets or each.name.startswith(tuple(options.sets))]
    if not wanted:
        known = ", ".join(each.name for each in sets(options.data))
        print(f"benchmarks.quality: no set is named {' or '.join(options.sets)}; there are {known}", file=sys.stderr)
        return 2
    measured: dict[str, dict[str, Any]] = {}
    for each in wanted:
        missing = each.missing(options.data)
        if missing:
            print(f"not there: {each.name} ({', '.join(os.path.relpath(path) for path in missing)})")
            continue
        try:
            measured[each.name] = _measured(each, options)
        except (BotError, RetrievalError) as error:
            print(f"not measured: {each.name} ({error})")
    print(table(measured) if measured else "nothing was measured")
    return 0


def _measured(each: QuestionSet, options: argparse.Namespace) -> dict[str, Any]:
    print(f"benchmarks: {each.name}", file=sys.stderr, flush=True)
    folder = options.data / each.name
    out = options.predictions / f"{each.name.replace('/', '-')}.jsonl" if options.predictions else None
    measures = evaluate(
        folder / "questions.jsonl",
        corpus=None if each.knowledge else folder / "corpus.jsonl",
        knowledge=each.knowledge,
        predictions=out,
        limit=options.limit,
        termbase=KNOWLEDGE / TERMBASE_FILE,
    )
    # Without known answers nothing says that a refusal is wrong, only how many there are.
    kept = {"questions", "false_refusals", "median_words", "median_ms", "p95_ms", "errors"}
    return {name: value for name, value in measures.items() if name in kept} if each.outcomes_only else measures


if __name__ == "__main__":
    sys.exit(main())
