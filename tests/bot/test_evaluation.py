"""The measuring path: the same assistant that serves, and predictions as other people's scripts read them."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BotError, StartError
from bot.evaluation import evaluate, table
from bot.opening import ModelSettings
from retrieval import Prediction, measure
from tests.bot.conftest import Command
from tests.bot.folder import DOCUMENTS, fill
from tests.model_server import Asked, ModelServer
from tests.parts import Played, good

CORPUS = [
    {"id": "doc-kz", "title": "Kazakhstan: tax", "text": "The value added tax rate in Kazakhstan is 16 percent.",
     "lang": "en", "source": "s"},
    {"id": "doc/заказ", "title": "Порт: «Актау»", "text": "## Мощность\n\nПропускная способность порта Актау — 17 млн тонн.",
     "lang": "ru", "source": "s"},
    {"id": "doc-zh", "title": "", "text": "---\n境外投资备案在3个工作日内办结。", "lang": "zh", "source": "s"},
]  # fmt: skip
QUESTIONS: list[dict[str, Any]] = [
    {"id": "q1", "question": "What is the VAT rate in Kazakhstan?", "lang": "en", "answers": ["16 percent"],
     "gold_doc_ids": ["doc-kz"], "answerable": True},
    {"id": "q2", "question": "Какова пропускная способность порта Актау?", "lang": "ru", "answers": ["17 млн тонн"],
     "gold_doc_ids": ["doc/заказ"], "answerable": True},
    {"id": "q3", "question": "境外投资备案几个工作日办结？", "lang": "zh", "answers": ["3个工作日"], "gold_doc_ids": ["doc-zh"],
     "answerable": True},
    {"id": "q4", "question": "Who will win the next World Cup?", "lang": "en", "answers": [], "gold_doc_ids": [],
     "answerable": False},
    {"id": "q5", "question": "🎉", "lang": "en", "answers": [], "gold_doc_ids": [], "answerable": False},
]  # fmt: skip


def lines(path: Path, values: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n\n" for value in values), encoding="utf-8")
    return path


def test_a_corpus_is_indexed_asked_and_measured(tmp_path: Path) -> None:
    out = tmp_path / "new" / "predictions.jsonl"
    measures = evaluate(
        lines(tmp_path / "q.jsonl", QUESTIONS),
        corpus=lines(tmp_path / "c.jsonl", CORPUS),
        knowledge=None,
        predictions=out,
        limit=None,
        termbase=tmp_path / "none.csv",
    )
    assert (measures["questions"], measures["answerable"], measures["errors"]) == (5, 3, 1)
    assert (measures["recall@1"], measures["answer"], measures["cited"]) == (1.0, 1.0, 1.0)
    assert (measures["false_refusals"], measures["false_answers"]) == (0.0, 0.0)
    written = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    for line in written:
        assert list(line) == ["id", "outcome", "answer", "citations", "retrieved", "latency_ms", "error"]
        assert isinstance(line["latency_ms"], float)
        assert len(line["retrieved"]) == len(set(line["retrieved"])) <= 20
        assert set(line["retrieved"]) <= {"doc-kz", "doc/заказ", "doc-zh"}
        assert all(list(citation) == ["document_id", "quote", "location"] for citation in line["citations"])
    assert [line["id"] for line in written] == ["q1", "q2", "q3", "q4", "q5"]
    assert [line["outcome"] for line in written] == ["answered"] * 3 + ["not_covered"] * 2
    assert written[1]["citations"][0]["document_id"] == "doc/заказ"
    assert [line["error"] is None for line in written] == [True] * 4 + [False]
    assert written[3]["citations"] == []


def test_a_model_writes_where_one_is_set(command: Command, model_server: ModelServer) -> None:
    def part(asked: Asked) -> Played:
        if asked.kind != "answer":
            return good(asked)
        number = next(iter(asked.passages))
        return iter([f"The value added tax rate is 16 percent in Kazakhstan. [{number}]\n"])

    model_server.part = part
    place = command.place
    (place / ".env").write_text("DRAGOMAN_MODEL=openai:scripted\n")
    questions, corpus = lines(place / "q.jsonl", QUESTIONS[:1]), lines(place / "c.jsonl", CORPUS)
    ended = command.run(
        "eval",
        "--questions",
        str(questions),
        "--corpus",
        str(corpus),
        "--predictions",
        str(place / "p.jsonl"),
        "--json",
    )
    measures = json.loads(ended.stdout)
    assert (measures["answer"], measures["cited"]) == (1.0, 1.0)
    assert [asked.kind for asked in model_server.asked][-1] == "answer"
    (line,) = (place / "p.jsonl").read_text("utf-8").splitlines()
    assert "The value added tax rate is 16 percent in Kazakhstan." in json.loads(line)["answer"]


def test_a_model_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="DRAGOMAN_MODEL"):
        evaluate(
            lines(tmp_path / "q.jsonl", QUESTIONS[:1]),
            corpus=lines(tmp_path / "c.jsonl", CORPUS),
            knowledge=None,
            predictions=None,
            limit=None,
            termbase=tmp_path / "none.csv",
            model=ModelSettings("nonsense", seconds=5.0, tokens_per_day=0),
        )


def test_a_folder_is_measured_by_paths(tmp_path: Path) -> None:
    folder = fill(tmp_path / "knowledge", DOCUMENTS)
    question = QUESTIONS[0] | {"gold_doc_ids": ["kazakhstan"]}
    out = tmp_path / "p.jsonl"
    measures = evaluate(
        lines(tmp_path / "q.jsonl", [question, QUESTIONS[3]]),
        corpus=None,
        knowledge=folder,
        predictions=out,
        limit=1,
        termbase=tmp_path / "none.csv",
        data=tmp_path / "data",
    )
    assert (measures["questions"], measures["recall@1"], measures["cited"]) == (1, 1.0, 1.0)
    (line,) = out.read_text("utf-8").splitlines()
    assert json.loads(line)["retrieved"][0] == "country/kazakhstan.md"
    assert (tmp_path / "data" / "catalog.sqlite").exists()


@pytest.mark.parametrize(
    ("found", "gold", "right"),
    [
        ("fb-kenya.md", "fb-kenya", True),
        ("country/fb-kenya.md", "fb-kenya", True),
        ("country/fb-kenya.md", "country/fb-kenya.md", True),
        ("fb-kenya", "fb-kenya", True),
        ("fb-kenya-2.md", "fb-kenya", False),
        ("fb-kenya/other.md", "fb-kenya", False),
    ],
)
def test_a_right_document_is_named_by_id_or_by_the_name_of_its_file(found: str, gold: str, right: bool) -> None:
    prediction = Prediction("q", "answered", "", [{"document_id": found}], [found], 1.0, None)
    measures = measure([{"id": "q", "question": "?", "gold_doc_ids": [gold]}], [prediction])
    assert (measures["recall@1"], measures["cited"]) == (float(right), float(right))


def test_the_table_has_a_row_a_set_and_a_dash_for_what_was_not_measured() -> None:
    text = table({"one": {"questions": 3, "answer": None}, "another-set": {"questions": 12, "answer": 0.5}})
    head, first, second = text.splitlines()
    assert head.split()[:2] == ["set", "questions"]
    assert first.split()[:3] == ["one", "3", "-"]
    assert second.split()[1] == "12"
    assert len(first) == len(second) == len(head)


@pytest.mark.parametrize(("text", "told"), [("{", "line 1 is not JSON"), ('{"id": "a"}', "line 1 has no 'text'")])
def test_a_broken_corpus_is_named(tmp_path: Path, text: str, told: str) -> None:
    corpus = tmp_path / "c.jsonl"
    corpus.write_text(text)
    with pytest.raises(BotError, match=told):
        evaluate(
            lines(tmp_path / "q.jsonl", QUESTIONS), corpus=corpus, knowledge=None, predictions=None, limit=None,
            termbase=tmp_path / "none.csv",
        )  # fmt: skip
