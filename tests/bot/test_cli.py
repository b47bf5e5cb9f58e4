"""``python -m bot`` as a user types it: what it prints, where, and how it ends."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from retrieval import DataLock
from tests.bot.conftest import ROOT, Command
from tests.bot.folder import DOCUMENTS, fill

ANSWER_FIELDS = {
    "id", "conversation_id", "outcome", "language", "text", "statements", "citations", "notes", "suggestions", "model",
}  # fmt: skip
CITATION_FIELDS = {
    "number", "document_id", "passage_id", "title", "issuer", "date", "language", "location", "quote", "url",
    "source_url",
}  # fmt: skip
SYNC_FIELDS = {
    "added", "changed", "moved", "removed", "unchanged", "failed", "warnings", "documents", "passages", "seconds",
}  # fmt: skip
PREDICTION_FIELDS = ["id", "outcome", "answer", "citations", "retrieved", "latency_ms", "error"]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Command, dict[str, Any]]:
    """A folder with a broken file, synced by the command, and what the sync said."""
    command = Command(tmp_path_factory.mktemp("cli"))
    folder = fill(command.place / "knowledge", DOCUMENTS)
    (folder / "law" / "empty.md").write_text("")
    ended = command.run("sync", "--json")
    return command, only_json(ended)


def only_json(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one JSON object on stdout."""
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("\n") == 1
    value = json.loads(ended.stdout)
    assert isinstance(value, dict)
    return value


def one_line(ended: subprocess.CompletedProcess[str]) -> str:
    """The one line on stderr of a command that failed."""
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout == ""
    lines = [line for line in ended.stderr.splitlines() if not re.match(r"dragoman: (indexing|open) ", line)]
    assert len(lines) == 1, ended.stderr
    assert lines[0].startswith("dragoman: ")
    return lines[0]


# -- what it loads -----------------------------------------------------------------------------------------------------


def loaded_by(*arguments: str, cwd: Path) -> set[str]:
    """The top-level modules that a command has loaded when it ends."""
    code = (
        "import sys\nfrom bot.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd, env=Command(cwd).environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(ended.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["serve", "--help"], []])
def test_help_loads_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    loaded = loaded_by(*arguments, cwd=tmp_path)
    assert "bot" in loaded
    heavy = {"torch", "chromadb", "pydantic", "sentence_transformers", "sqlalchemy", "fastapi", "tantivy", "numpy"}
    assert not heavy & loaded


def test_status_loads_no_model(indexed: tuple[Command, dict[str, Any]]) -> None:
    loaded = loaded_by("status", cwd=indexed[0].place)
    assert not {"torch", "chromadb", "sentence_transformers", "fastapi"} & loaded


def test_a_question_that_is_none_loads_no_model(tmp_path: Path) -> None:
    loaded = loaded_by("ask", "🎉", cwd=tmp_path)
    assert not {"torch", "chromadb", "sentence_transformers", "fastapi", "uvicorn"} & loaded


# -- usage -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["ask"],
        ["ask", "What is the tax?", "--language", "x y"],
        ["eval"],
        ["eval", "--corpus", "c.jsonl"],
        ["eval", "--questions", "q.jsonl", "--limit", "0"],
        ["serve", "--port", "x"],
        ["sync", "--no"],
    ],
)
def test_wrong_usage_exits_2(command: Command, arguments: list[str]) -> None:
    ended = command.run(*arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "usage:" in ended.stderr


def test_every_command_of_the_contracts_is_there_and_takes_both_folders(command: Command) -> None:
    for name in ("serve", "ask", "sync", "check", "status", "passages", "eval"):
        ended = command.run(name, "--help")
        assert ended.returncode == 0
        assert "--knowledge" in ended.stdout
        assert "--data" in ended.stdout


# -- what it prints ----------------------------------------------------------------------------------------------------


def test_sync_tells_in_json_what_it_did(indexed: tuple[Command, dict[str, Any]]) -> None:
    command, first = indexed
    assert set(first) == SYNC_FIELDS
    assert (first["added"], first["documents"]) == (len(DOCUMENTS), len(DOCUMENTS))
    assert [set(failed) for failed in first["failed"]] == [{"path", "reason"}]
    assert first["failed"][0]["path"] == "law/empty.md"
    assert isinstance(first["seconds"], float)
    again = only_json(command.run("sync", "--json"))
    assert (again["added"], again["unchanged"]) == (0, len(DOCUMENTS))
    assert again["passages"] == first["passages"]
    rebuilt = only_json(command.run("sync", "--rebuild", "--json"))
    assert (rebuilt["documents"], rebuilt["passages"]) == (first["documents"], first["passages"])


def test_ask_gives_the_answer_of_the_contracts(indexed: tuple[Command, dict[str, Any]]) -> None:
    body = only_json(indexed[0].run("ask", "What is the VAT rate in Kazakhstan?", "--json"))
    assert set(body) == ANSWER_FIELDS
    assert body["outcome"] == "answered"
    assert body["language"] == "en"
    assert "16 percent" in body["text"]
    assert [set(statement) for statement in body["statements"]] == [{"text", "citations"}] * len(body["statements"])
    for citation in body["citations"]:
        assert set(citation) == CITATION_FIELDS
        assert re.match(r"https?://[^/]+/sources/country/kazakhstan\.md\?", citation["url"])
    assert body["citations"][0]["source_url"] == "https://example.org/kz"
    for note in body["notes"]:
        assert set(note) == {"kind", "text", "citations"}
    assert body["model"] is None


@pytest.mark.slow
def test_ask_prints_an_answer_for_people(indexed: tuple[Command, dict[str, Any]]) -> None:
    ended = indexed[0].run("ask", "境外投资备案几个工作日办结？", "--language", "zh")
    assert ended.returncode == 0
    assert "3个工作日" in ended.stdout
    assert "[1] 境外投资备案办事指南" in ended.stdout
    assert "procedures/filing.zh.md" in ended.stdout


@pytest.mark.slow
def test_not_covered_is_no_failure(indexed: tuple[Command, dict[str, Any]]) -> None:
    body = only_json(indexed[0].run("ask", "Who will win the next football World Cup?", "--json"))
    assert (body["outcome"], body["statements"], body["citations"]) == ("not_covered", [], [])
    assert body["text"]


@pytest.mark.parametrize(("question", "words"), [("", "write a question"), ("😀", "word"), ("x" * 90_000, "90000")])
def test_a_question_that_is_none_is_one_line(command: Command, question: str, words: str) -> None:
    assert words in one_line(command.run("ask", question, "--json"))


def test_status_tells_what_is_indexed(indexed: tuple[Command, dict[str, Any]]) -> None:
    command, synced = indexed
    body = only_json(command.run("status", "--json"))
    assert (body["documents"], body["passages"]) == (synced["documents"], synced["passages"])
    assert body["failed"] == synced["failed"]
    assert body["languages"][0] == "en"
    readable = command.run("status")
    assert f"{synced['documents']} documents" in readable.stdout
    assert "law/empty.md" in readable.stdout


def test_passages_are_a_line_each(indexed: tuple[Command, dict[str, Any]]) -> None:
    command, synced = indexed
    ended = command.run("passages", "--json")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(lines) == synced["passages"]
    assert all(list(line) == ["document_id", "passage_id", "location", "language", "text"] for line in lines)
    one = command.run("passages", "country/uzbekistan.ru.md", "--json")
    assert {json.loads(line)["language"] for line in one.stdout.splitlines()} == {"ru"}
    assert "[zh]" in command.run("passages", "procedures/filing.zh.md").stdout


def test_passages_of_a_document_that_is_not_there(indexed: tuple[Command, dict[str, Any]]) -> None:
    assert "'no.md' is not indexed" in one_line(indexed[0].run("passages", "no.md", "--json"))


def test_check_lints_without_an_index(command: Command) -> None:
    folder = fill(command.place / "knowledge", {"law/good.md": "# Title\n\nA sentence of a law.\n", "law/empty.md": ""})
    body = only_json(command.run("check", "--knowledge", str(folder), "--json"))
    assert body["files"] == 2
    assert {"path", "severity", "message"} == set(body["findings"][0])
    assert ("law/empty.md", "error") in [(found["path"], found["severity"]) for found in body["findings"]]
    assert not (command.place / "data").exists()
    readable = command.run("check")
    assert readable.returncode == 0
    assert "law/empty.md" in readable.stdout


def test_eval_asks_and_writes_predictions(indexed: tuple[Command, dict[str, Any]], tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    asked = [
        {"id": "q1", "question": "What is the VAT rate in Kazakhstan?", "lang": "en", "answers": ["16 percent"],
         "gold_doc_ids": ["kazakhstan"], "answerable": True},
        {"id": "q2", "question": "Who will win the next World Cup?", "lang": "en", "answers": [], "gold_doc_ids": [],
         "answerable": False},
        {"id": "q3", "question": "😀", "answers": [], "gold_doc_ids": [], "answerable": False},
    ]  # fmt: skip
    questions.write_text("".join(json.dumps(line) + "\n" for line in asked))
    written = tmp_path / "out" / "p.jsonl"
    measures = only_json(
        indexed[0].run("eval", "--questions", str(questions), "--knowledge", str(indexed[0].place / "knowledge"),
                       "--data", str(tmp_path / "data"), "--predictions", str(written), "--json")
    )  # fmt: skip
    assert (measures["questions"], measures["recall@1"], measures["answer"], measures["cited"]) == (3, 1.0, 1.0, 1.0)
    assert (measures["false_answers"], measures["errors"]) == (0.0, 1)
    lines = [json.loads(line) for line in written.read_text("utf-8").splitlines()]
    assert [list(line) for line in lines] == [PREDICTION_FIELDS] * 3
    assert lines[0]["retrieved"][0] == "country/kazakhstan.md"
    assert set(lines[0]["citations"][0]) == {"document_id", "quote", "location"}
    assert lines[0]["error"] is None
    assert [line["outcome"] for line in lines] == ["answered", "not_covered", "not_covered"]
    assert lines[2]["error"]


# -- how it fails ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["sync"], ["check"], ["ask", "What is the tax?"]])
def test_a_missing_knowledge_folder(command: Command, arguments: list[str]) -> None:
    line = one_line(command.run(*arguments, "--knowledge", "nowhere"))
    assert "nowhere: there is no such folder" in line
    assert "--knowledge" in line


@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["sync"]])
def test_a_data_folder_that_cannot_be_written(command: Command, arguments: list[str]) -> None:
    fill(command.place / "knowledge", {})
    (command.place / "data").write_text("a file")
    line = one_line(command.run(*arguments))
    assert "data cannot be written" in line
    assert "--data" in line


@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["sync"], ["ask", "What is the tax?"]])
def test_a_data_folder_inside_the_knowledge_folder(command: Command, arguments: list[str]) -> None:
    fill(command.place / "knowledge", {})
    line = one_line(command.run(*arguments, "--data", "knowledge/data"))
    assert "lies inside the knowledge folder" in line
    assert not (command.place / "knowledge" / "data").exists()


@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["sync"], ["ask", "What is the tax?"]])
def test_a_data_folder_in_use(command: Command, arguments: list[str]) -> None:
    folder = fill(command.place / "knowledge", {})
    lock = DataLock.take(command.place / "data", knowledge=folder)
    try:
        line = one_line(command.run(*arguments))
    finally:
        lock.release()
    assert "is in use by the process" in line
    assert "--data" in line


def test_a_port_in_use(command: Command) -> None:
    fill(command.place / "knowledge", {})
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = one_line(command.run("serve", "--port", str(port)))
    assert f"cannot listen on 127.0.0.1:{port}" in line
    assert "--port" in line


@pytest.mark.parametrize("host", ["203.0.113.1", "no.such.host.invalid"])
def test_a_host_that_is_none(command: Command, host: str) -> None:
    fill(command.place / "knowledge", {})
    line = one_line(command.run("serve", "--port", "0", "--host", host))
    assert f"cannot listen on {host}" in line
    assert "--host to an address of this machine" in line
    assert "--port" not in line


def test_a_file_named_for_the_knowledge_folder(command: Command) -> None:
    fill(command.place, {"law.md": "# Law"})
    assert "law.md: is a file and no folder" in one_line(command.run("sync", "--knowledge", "law.md"))


def test_predictions_without_a_folder_are_refused_before_anything_is_asked(command: Command) -> None:
    fill(command.place, {"knowledge/a.md": "# A", "q.jsonl": '{"id": "1", "question": "What?"}\n'})
    line = one_line(command.run("eval", "--questions", "q.jsonl", "--predictions", "no/such/p.jsonl"))
    assert "no/such/p.jsonl: its folder cannot be made" in line
    assert not (command.place / "no").exists()


@pytest.mark.parametrize("arguments", [["status"], ["passages"]])
def test_nothing_indexed_yet(command: Command, arguments: list[str]) -> None:
    assert "nothing is indexed yet; run 'dragoman sync'" in one_line(command.run(*arguments))


@pytest.mark.parametrize(
    ("name", "value"),
    [("DRAGOMAN_PORT", "http"), ("DRAGOMAN_TODAY", "yesterday"), ("DRAGOMAN_PUBLIC_URL", "chat.example")],
)
def test_a_wrong_setting_is_named(command: Command, name: str, value: str) -> None:
    (command.place / ".env").write_text(f"{name}={value}\n")
    environment = {key: setting for key, setting in command.environment.items() if key != name}
    ended = subprocess.run(
        command.argv("status"), cwd=command.place, env=environment, capture_output=True, text=True, check=False
    )
    line = one_line(ended)
    assert name in line
    assert value in line


def test_limits_on_a_file_are_settings(command: Command) -> None:
    fill(command.place / "knowledge", {"law/rates.csv": "good,rate\n" + "tin,3\n" * 5})
    (command.place / ".env").write_text("DRAGOMAN_FILE_ROWS=4\n")
    ended = command.run("check", "--json")
    assert "it has more than 4 rows; split it" in json.loads(ended.stdout)["findings"][0]["message"]


def test_an_embedding_model_that_is_not_there(command: Command) -> None:
    fill(command.place / "knowledge", {})
    (command.place / ".env").write_text("DRAGOMAN_EMBEDDING_MODEL=./no/model\n")
    assert "there is no folder './no/model'" in one_line(command.run("sync"))


@pytest.mark.parametrize(
    ("line", "told"),
    [("{", "line 2 is not JSON"), ('{"id": "q"}', "line 2 has no 'question'"), ("[1]", "line 2 has no 'id'")],
)
def test_a_broken_line_of_questions_is_named(command: Command, line: str, told: str) -> None:
    (command.place / "q.jsonl").write_text('{"id": "1", "question": "What?"}\n' + line + "\n")
    assert told in one_line(command.run("eval", "--questions", "q.jsonl", "--knowledge", "."))


def test_a_question_file_that_is_not_there(command: Command) -> None:
    assert "q.jsonl: cannot be read" in one_line(command.run("eval", "--questions", "q.jsonl"))


def test_the_command_is_installed_under_its_name() -> None:
    script = Path(sys.executable).parent / "dragoman"
    if not script.exists():
        pytest.skip("the package is not installed in this environment")
    ended = subprocess.run([script, "--help"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert ended.returncode == 0
    assert "serve" in ended.stdout
