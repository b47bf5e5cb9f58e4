"""The measures, on sets small enough to count by hand."""

from typing import Any

import pytest

from retrieval.evaluation import Prediction, holds_answer, measure


def predicted(
    number: int, outcome: str = "answered", answer: str = "", *, cited: str = "", retrieved: str = "", ms: float = 1.0
) -> Prediction:
    citations = [{"document_id": document} for document in cited.split()]
    return Prediction(str(number), outcome, answer, citations, retrieved.split(), ms, None)


def test_every_measure_of_a_small_set() -> None:
    questions: list[dict[str, Any]] = [
        {"id": 1, "gold_doc_ids": ["a"], "answers": ["16 percent"]},
        {"id": 2, "gold_doc_ids": ["b"], "answers": ["30 days"]},
        {"id": 3, "gold_doc_ids": ["c"], "answers": ["x"]},
        {"id": 4, "answerable": False},
        {"id": 5, "answerable": False},
        {"id": 6, "gold_doc_ids": ["never asked"]},
    ]
    predictions = [
        predicted(1, answer="It is 16 percent now.", cited="a", retrieved="a b", ms=10),
        predicted(2, "partial", "It is 60 days.", cited="z", retrieved="z b", ms=20),
        predicted(3, "not_covered", retrieved="", ms=30),
        predicted(4, "not_covered", ms=40),
        predicted(5, "answered", "Wrong", ms=50),
    ]
    found = measure(questions, predictions)
    assert (found["questions"], found["answerable"], found["errors"]) == (5, 3, 0)
    assert (found["recall@1"], found["recall@5"], found["recall@20"]) == (0.333, 0.667, 0.667)
    assert found["mrr"] == 0.5
    assert found["answer"] == 0.333
    assert found["cited"] == 0.5
    assert found["false_refusals"] == 0.333
    assert found["false_answers"] == 0.5
    assert (found["median_ms"], found["p95_ms"]) == (30, 50)
    assert found["median_words"] == 4.5


def test_a_set_without_questions_of_a_kind_has_no_measure_of_it() -> None:
    found = measure([], [])
    assert found["questions"] == 0
    assert {found[name] for name in ("recall@1", "mrr", "answer", "cited", "false_answers", "median_ms")} == {None}


def test_a_right_document_is_known_by_its_path_or_its_name() -> None:
    questions = [{"id": 1, "gold_doc_ids": ["kenya"]}, {"id": 2, "gold_doc_ids": ["country/kenya.md"]}]
    predictions = [predicted(1, retrieved="country/kenya.md"), predicted(2, retrieved="country/kenya.md")]
    assert measure(questions, predictions)["recall@1"] == 1.0
    assert measure(questions, [predicted(1, retrieved="country/kenya-2.md")])["recall@1"] == 0.0


@pytest.mark.parametrize(
    ("parts", "text", "held"),
    [
        ([["16 percent", "16%"]], "It is 16% now.", True),
        ([["1,234,567"]], "There are 1 234 567 of them.", True),
        ([["3.5"]], "Es sind 3,5 Prozent.", True),
        ([["16"]], "It is 116 percent.", False),
        ([["16"]], "It is 16.5 percent.", False),
        ([["16"]], "It is 16.", True),
        ([["a"], ["b"]], "only a here", False),
        ([["增值税"]], "哈薩克的增 值稅", True),
        (["plain"], "In PLAIN words", True),
    ],
)
def test_an_answer_holds_every_part_in_some_form(parts: list[Any], text: str, held: bool) -> None:
    assert holds_answer({"answer_parts": parts}, text) is held
