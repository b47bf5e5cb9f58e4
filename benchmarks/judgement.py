"""Fits what decides whether a question is covered, and shows how far it separates: ``python -m benchmarks.judgement``.

Every question of the development sets is asked, and the evidence of the passages that come first is weighed: of a right
passage it should suffice, of the passages found for a question without an answer it should not. Where a paragraph alone
holds the answer, the best wrong passage of each answerable question is a near miss more. Sets whose licence forbids
training are measured only.
"""

import argparse
import datetime as dt
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.quality import DATA, sets
from benchmarks.texts import KNOWLEDGE
from bot.evaluation import lay_out
from retrieval import TERMBASE_FILE, Hit, KnowledgeBase, SearchResult
from retrieval.evidence import BIAS, ENOUGH, WEIGHTS, Evidence, evidence
from retrieval.ingest import context_of

MEASURED_ONLY = ("rgb/", "trade_agreements")
_ONE_PARAGRAPH = ("xquad/", "cmrc2018")
"""Sets in which nothing but the right paragraph answers."""
_LOOKED_AT = 5
_RIDGE = 1e-3
_STEPS = 30
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the evidence of what was found for it, best first; ``right`` tells which passages answer it."""

    answerable: bool
    found: tuple[Evidence, ...]
    right: tuple[bool, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the weights that a fit gives, beside those in use, and a curve for each set."""
    parser = argparse.ArgumentParser(prog="benchmarks.judgement", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help="names, or beginnings of names; all without any")
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="where the development sets lie")
    options = parser.parse_args(arguments)
    if not options.data.is_dir():
        print(f"{options.data}: there are no development sets here; nothing was fitted")
        return 0
    asked: dict[str, list[Asked]] = {}
    for each in sets(options.data):
        if each.outcomes_only or each.missing(options.data):
            continue
        if options.sets and not each.name.startswith(tuple(options.sets)):
            continue
        print(f"benchmarks: {each.name}", file=sys.stderr, flush=True)
        asked[each.name] = _ask(options.data / each.name, each.knowledge)
    for name, found in asked.items():
        print(f"{name:18} {_curve(found)}")
    fitted = {name: found for name, found in asked.items() if not name.startswith(MEASURED_ONLY)}
    if fitted:
        weights, bias = fit(*_examples(fitted))
        print("fitted:", *(f"{value:.2f}" for value in weights), f"bias {bias:.2f}")
    print("in use:", *(f"{value:.2f}" for value in WEIGHTS), f"bias {BIAS:.2f}, enough at {ENOUGH:.2f}")
    return 0


def fit(examples: Matrix, right: Matrix, weights: Matrix) -> tuple[Matrix, float]:
    """Logistic regression by Newton's method.

    Args:
        examples: evidence, shape (examples, kinds).
        right: 1 for what answers and 0 for what does not, shape (examples,).
        weights: what each example counts for, shape (examples,).
    """
    inputs = np.column_stack([examples, np.ones(len(examples))])
    found = np.zeros(inputs.shape[1])
    ridge = np.diag([_RIDGE] * examples.shape[1] + [0.0])
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-inputs @ found))
        gradient = inputs.T @ (weights * (right - chance)) - ridge @ found
        curvature = (inputs * (weights * chance * (1.0 - chance))[:, None]).T @ inputs + ridge
        found = found + np.linalg.solve(curvature, gradient)
    return found[:-1], float(found[-1])


def _ask(folder: Path, knowledge: Path | None) -> list[Asked]:
    with tempfile.TemporaryDirectory(prefix="dragoman-judgement-") as temporary:
        names: Mapping[str, str] = {}
        source = Path(temporary) / "knowledge"
        if knowledge is None:
            names = lay_out(folder / "corpus.jsonl", source, termbase=KNOWLEDGE / TERMBASE_FILE)
        base = KnowledgeBase.open_folder(knowledge or source, Path(temporary) / "data")
        base.sync()
        lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        found = [_asked(base, json.loads(line), names) for line in lines]
        base.close()
    return found


def _asked(base: KnowledgeBase, question: Mapping[str, Any], names: Mapping[str, str]) -> Asked:
    result = base.search(question["question"], language=question.get("lang"), today=dt.date.today())
    gold = set(question["gold_doc_ids"])
    right = []
    for hit in result.hits:
        document = hit.passage.document_id
        right.append(names.get(document, document) in gold or PurePosixPath(document).stem in gold)
    nothing_on_its_countries = (
        not result.covered and bool(result.missing_countries) and result.missing_countries == result.question.countries
    )
    found = () if nothing_on_its_countries else tuple(_weighed(result, hit) for hit in result.hits)
    return Asked(question.get("answerable", True), found, tuple(right[: len(found)]))


def _weighed(result: SearchResult, hit: Hit) -> Evidence:
    return evidence(
        result.question.reading(hit.passage.language),
        hit.passage.text,
        context_of(hit.metadata, hit.passage),
        language=hit.passage.language,
        about=hit.countries,
        cosine=hit.scores.vector,
        elsewhere=bool(result.question.countries) and not result.question.countries & hit.countries,
    )


def _examples(asked: Mapping[str, Sequence[Asked]]) -> tuple[Matrix, Matrix, Matrix]:
    """Evidence, whether it answers, and weights by which every set and both kinds in it count alike."""
    rows: list[tuple[float, ...]] = []
    right: list[float] = []
    weights: list[float] = []
    for name, questions in asked.items():
        good: list[Evidence] = []
        bad: list[Evidence] = []
        for each in questions:
            if not each.answerable:
                bad += each.found[:2]
                continue
            good += [one for one, is_right in zip(each.found[:3], each.right, strict=False) if is_right][:1]
            if name.startswith(_ONE_PARAGRAPH):
                bad += [one for one, is_right in zip(each.found, each.right, strict=True) if not is_right][:1]
        share = float(np.sqrt(len(good) + len(bad)))
        for evidences, is_right in ((good, 1.0), (bad, 0.0)):
            rows += [astuple(one) for one in evidences]
            right += [is_right] * len(evidences)
            weights += [share / 2 / max(1, len(evidences))] * len(evidences)
    return np.array(rows, dtype=float), np.array(right), np.array(weights)


def _curve(asked: Sequence[Asked]) -> str:
    """False answers and false refusals at the threshold in use, and what refusals a given share of false answers costs."""
    good = np.array([_best(each) for each in asked if each.answerable])
    bad = np.sort([_best(each) for each in asked if not each.answerable])[::-1]
    if not len(bad):
        return f"no unanswerable questions; refused {np.mean(good < ENOUGH):.2f}"
    points = [f"{share:.2f}:{np.mean(good <= bad[int(share * len(bad))]):.2f}" for share in (0.05, 0.1, 0.2, 0.35, 0.5)]
    at = f"in use {np.mean(bad >= ENOUGH):.2f}/{np.mean(good < ENOUGH):.2f}"
    auc = np.mean([np.mean(good > value) + np.mean(good == value) / 2 for value in bad])
    return f"false answers/refusals {at}; refusals at false answers {' '.join(points)}; AUC {auc:.3f}"


def _best(asked: Asked) -> float:
    return max((one.weight for one in asked.found[:_LOOKED_AT]), default=-9.0)


if __name__ == "__main__":
    sys.exit(main())
