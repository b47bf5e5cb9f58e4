"""Measures of predictions against a question set: was the right document found, cited, and the answer in the words?"""

import re
import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from retrieval.language import fold, script_counts


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer, as a line of the predictions file has it."""

    id: str
    outcome: str
    answer: str
    citations: Sequence[Mapping[str, str]]
    retrieved: Sequence[str]
    latency_ms: float
    error: str | None


def measure(questions: Sequence[Mapping[str, Any]], predictions: Sequence[Prediction]) -> dict[str, float | int | None]:
    """The measures of a set; None where a set has no question for one.

    ``recall@k`` and ``mrr`` count documents of answerable questions; ``answer`` is the share of those with known answers
    whose text holds every part; ``cited`` the share of answered ones that cite a right document. A right document may be
    named by its id or, so that one question set serves a corpus and a folder, by its file's name without folder and suffix.
    """
    by_id = {prediction.id: prediction for prediction in predictions}
    pairs = [(question, by_id[str(question["id"])]) for question in questions if str(question["id"]) in by_id]
    good = [(question, p) for question, p in pairs if question.get("answerable", True)]
    bad = [(question, p) for question, p in pairs if not question.get("answerable", True)]
    ranked = [_first_rank(question, p) for question, p in good if question.get("gold_doc_ids")]
    with_answers = [(question, p) for question, p in good if _parts(question)]
    answered = [(question, p) for question, p in good if p.outcome in {"answered", "partial"}]
    lengths = [_length(p.answer) for _, p in answered]
    latencies = sorted(p.latency_ms for _, p in pairs)
    return {
        "questions": len(pairs),
        "answerable": len(good),
        "recall@1": _share([rank == 1 for rank in ranked]),
        "recall@5": _share([rank is not None and rank <= 5 for rank in ranked]),
        "recall@20": _share([rank is not None for rank in ranked]),
        "mrr": _mean([1 / rank if rank else 0.0 for rank in ranked]),
        "answer": _share([holds_answer(question, p.answer) for question, p in with_answers]),
        "cited": _share([_cites_gold(question, p) for question, p in answered if question.get("gold_doc_ids")]),
        "false_refusals": _share([p.outcome == "not_covered" for _, p in good]),
        "false_answers": _share([p.outcome in {"answered", "partial"} for _, p in bad]),
        "median_words": statistics.median(lengths) if lengths else None,
        "median_ms": _quantile(latencies, 0.5),
        "p95_ms": _quantile(latencies, 0.95),
        "errors": sum(p.error is not None for _, p in pairs),
    }


def holds_answer(question: Mapping[str, Any], text: str) -> bool:
    """Whether a text has one accepted form of every part of the answer. A bare number must stand alone."""
    folded = _comparable(text)
    return all(any(_holds(folded, _comparable(form)) for form in part) for part in _parts(question))


def _parts(question: Mapping[str, Any]) -> Sequence[Sequence[str]]:
    parts = question.get("answer_parts")
    if parts:
        return [part if isinstance(part, list) else [part] for part in parts]
    accepted = [*question.get("answers", ()), *question.get("answers_question_lang", ())]
    return [accepted] if accepted else []


def _holds(text: str, form: str) -> bool:
    if re.fullmatch(r"[\d.]+", form):
        return re.search(rf"(?<![\d.]){re.escape(form)}(?![\d]|\.\d)", text) is not None
    return form in text


def _comparable(text: str) -> str:
    folded = fold(text)
    folded = re.sub(r"(?<=\d)[,\u00a0\u202f ](?=\d{3}(?!\d))", "", folded)
    folded = re.sub(r"(?<=\d),(?=\d)", ".", folded)
    return re.sub(r"\s+", "" if script_counts(text)["han"] else " ", folded).strip()


def _first_rank(question: Mapping[str, Any], prediction: Prediction) -> int | None:
    gold = set(question["gold_doc_ids"])
    return next((rank for rank, found in enumerate(prediction.retrieved, start=1) if _is_gold(found, gold)), None)


def _cites_gold(question: Mapping[str, Any], prediction: Prediction) -> bool:
    gold = set(question["gold_doc_ids"])
    return any(_is_gold(citation["document_id"], gold) for citation in prediction.citations)


def _is_gold(document_id: str, gold: Collection[str]) -> bool:
    """Whether a document is a right one: ``country/fb-kenya.md`` is named by its id or by ``fb-kenya``."""
    return document_id in gold or PurePosixPath(document_id).stem in gold


def _length(text: str) -> float:
    """Words; a Han character counts as half a word."""
    han = script_counts(text)["han"]
    return len(re.findall(r"[^\W\d_\u3400-\u9fff]+|\d[\d.,]*", text)) + han / 2


def _share(values: Sequence[bool]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None


def _quantile(values: Sequence[float], q: float) -> float | None:
    return round(values[min(len(values) - 1, int(q * len(values)))], 1) if values else None
