"""Asks a set of questions through the very path that serves, and measures what comes back."""

import asyncio
import datetime as dt
import json
import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.assistant import Assistant
from bot.errors import BotError, QuestionError
from bot.opening import ModelSettings, open_assistant, open_model
from bot.store import Store
from retrieval import TERMBASE_FILE, KnowledgeBase, Prediction, Progress, measure


def evaluate(
    questions: Path,
    *,
    corpus: Path | None,
    knowledge: Path | None,
    predictions: Path | None,
    limit: int | None,
    termbase: Path,
    embedding_model: str = "",
    today: dt.date | None = None,
    data: Path | None = None,
    model: ModelSettings | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Any]:
    """Indexes a corpus or a folder, asks every question, and measures.

    Args:
        corpus: a JSON object a line with ``id``, ``title``, ``text``, ``lang``; each becomes a document.
        knowledge: a folder, where there is no corpus.
        termbase: the house's terms, which a corpus is laid out with.
        model: writes the answers, as it would for a reader; quotes without one.
        data: keeps the index for another run; without it, it is thrown away.

    Raises:
        StartError: the model cannot be used.
        BotError: a line of a file is not what it should be, or there is no folder to write the predictions to.
    """
    if predictions is not None:
        _make_folder_of(predictions)
    asked = _read_lines(questions, needed=("id", "question"))[:limit]
    with tempfile.TemporaryDirectory(prefix="dragoman-eval-") as temporary:
        names: Mapping[str, str] = {}
        folder = knowledge
        if corpus is not None:
            folder = Path(temporary) / "knowledge"
            names = lay_out(corpus, folder, termbase=termbase)
        assert folder is not None
        store_folder = data or Path(temporary) / "data"
        store = Store(Path(temporary) / "bot.sqlite")
        try:
            writes = open_model(model, store)  # a model that cannot be used is told before hours of indexing
            base = KnowledgeBase.open_folder(folder, store_folder, embedding_model=embedding_model)
            try:
                base.sync(progress=progress)
                found = asyncio.run(_ask_all(open_assistant(base, store, writes, today=today), asked, names))
            finally:
                base.close()
        finally:
            store.close()
    if predictions is not None:
        with predictions.open("w", encoding="utf-8") as file:
            for prediction in found:
                file.write(json.dumps(_line(prediction), ensure_ascii=False) + "\n")
    return dict(measure(asked, found))


def _make_folder_of(path: Path) -> None:
    """Makes the folder a file is to lie in, but none above it: a slip in a long path is told before hours of asking."""
    folder = path.absolute().parent
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise BotError(f"{path}: its folder cannot be made ({error.strerror}); name a file in another one") from error


def table(measures: Mapping[str, Mapping[str, Any]]) -> str:
    """Measures of several sets as one text table."""
    columns = [
        "questions",
        "recall@1",
        "recall@5",
        "mrr",
        "answer",
        "cited",
        "false_refusals",
        "false_answers",
        "median_words",
        "median_ms",
        "p95_ms",
        "errors",
    ]
    width = max(map(len, measures), default=3)
    lines = [" ".join([f"{'set':{width}}", *(f"{column:>{max(7, len(column))}}" for column in columns)])]
    for name, values in measures.items():
        cells = ("-" if values.get(column) is None else str(values[column]) for column in columns)
        lines.append(
            " ".join([f"{name:{width}}", *(f"{c:>{max(7, len(k))}}" for k, c in zip(columns, cells, strict=True))])
        )
    return "\n".join(lines)


async def _ask_all(
    assistant: Assistant, questions: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> list[Prediction]:
    return [await _ask(assistant, question, names) for question in questions]


async def _ask(assistant: Assistant, question: Mapping[str, Any], names: Mapping[str, str]) -> Prediction:
    started = time.perf_counter()
    try:
        answer = await assistant.ask(str(question["question"]), language=question.get("lang"))
    except QuestionError as error:
        return Prediction(str(question["id"]), "not_covered", error.message, (), (), _ms(started), error.message)
    return Prediction(
        id=str(question["id"]),
        outcome=answer.outcome.value,
        answer=answer.text,
        citations=[
            {"document_id": names.get(c.document_id, c.document_id), "quote": c.quote, "location": c.location}
            for c in answer.citations
        ],
        retrieved=[names.get(document_id, document_id) for document_id in answer.retrieved][:20],
        latency_ms=_ms(started),
        error=None,
    )


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1_000, 2)


def _line(prediction: Prediction) -> dict[str, Any]:
    return {
        "id": prediction.id,
        "outcome": prediction.outcome,
        "answer": prediction.answer,
        "citations": list(prediction.citations),
        "retrieved": list(prediction.retrieved),
        "latency_ms": prediction.latency_ms,
        "error": prediction.error,
    }


def lay_out(corpus: Path, folder: Path, *, termbase: Path) -> dict[str, str]:
    """Lays a corpus out as a folder; gives the corpus's ids by document id."""
    folder.mkdir()
    if termbase.is_file():
        (folder / TERMBASE_FILE).write_bytes(termbase.read_bytes())
    names: dict[str, str] = {}
    for number, document in enumerate(_read_lines(corpus, needed=("id", "text")), start=1):
        text = str(document["text"])
        is_markdown = re.search(r"^#{1,6} \S", text, re.MULTILINE) is not None
        path = folder / f"{number:06}.{'md' if is_markdown else 'txt'}"
        # JSON strings are YAML too, whatever they hold.
        card = {"title": str(document.get("title") or ""), "lang": str(document.get("lang") or "")}
        head = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in card.items() if value)
        path.write_text(f"---\n{head}---\n{text}\n" if head else text, encoding="utf-8")
        names[path.name] = str(document["id"])
    return names


def _read_lines(path: Path, *, needed: Sequence[str]) -> list[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BotError(f"{path}: cannot be read ({error})") from error
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise BotError(f"{path}: line {number} is not JSON ({error.msg})") from error
        lacking = [name for name in needed if not isinstance(value, dict) or name not in value]
        if lacking:
            raise BotError(f"{path}: line {number} has no '{lacking[0]}'")
        found.append(value)
    return found
