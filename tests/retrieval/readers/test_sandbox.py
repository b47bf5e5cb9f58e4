import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest

from retrieval.errors import RetrievalError, StoppedError, UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers import sandbox as sandbox_module
from retrieval.readers.sandbox import Sandbox

TEXT = "# Duty\n\nThe reduced rate applies to wind turbines.\n"

# A worker whose text reader does what the text of the file says.
TROUBLE = """
import os, sys, time
import retrieval.readers as readers
from retrieval.readers import worker
from retrieval.readers.source import Content
from retrieval.document import Block, BlockKind

def trouble(source):
    order = source.text.strip()
    if order == "sleep":
        time.sleep(600)
    if order == "spin":
        while True:
            pass
    if order == "die":
        os._exit(3)
    if order == "hog":
        hoard = bytearray(4 << 30)
    if order == "print":
        print('{"error": "forged"}', flush=True)
        os.write(1, b'{"error": "forged"}\\n')
        sys.__stdout__.flush()
    if order == "write":
        with open(source.id, "wb") as file:
            file.write(b"x" * 100)
    if order == "nonsense":
        raise ZeroDivisionError
    return Content(blocks=(Block(BlockKind.PARAGRAPH, f"{order} {os.getpid()} {len(os.environ)}"),))

readers.FORMATS = {".txt": readers.Format("trouble", trouble, is_text=True)}
worker.main()
"""


@pytest.fixture
def trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_module, "_WORKER", ("-c", TROUBLE))


def save(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(sandbox: Sandbox, path: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        sandbox.read(path, f"law/{path.name}")
    return caught.value.reason


def text_operators_pdf(operators: int) -> bytes:
    """A small file that unfolds into very many drawing operations."""
    stream = zlib.compress(b"BT /F1 1 Tf " + b"(A) Tj " * operators + b"ET", 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    body = b"%PDF-1.4\n"
    for number, item in enumerate(objects, start=1):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    return body + b"trailer << /Root 1 0 R /Size 5 >>\n%%EOF\n"


def test_a_file_is_read_in_another_process(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        document = sandbox.read(
            save(tmp_path, "a.md", f"---\nstatus: in_force\ndate_issued: 2024-05-06\n---\n{TEXT}"), "law/a.md"
        )
    assert document.id == "law/a.md"
    assert document.metadata.title == "Duty"
    assert document.metadata.status == "in_force"
    assert document.metadata.topic == "business_law"
    assert document.text == "Duty\nThe reduced rate applies to wind turbines."


def test_what_the_sandbox_gives_equals_what_the_reader_gives(tmp_path: Path) -> None:
    from retrieval.readers import read

    path = save(
        tmp_path, "a.md", f"---\ntitle: T\nkind: novel\nas_of: 2024-05-06\nregion: [EU]\nstage: built\n---\n{TEXT}- a\n"
    )
    with Sandbox() as sandbox:
        assert sandbox.read(path, "law/a.md") == read(path, "law/a.md", ReadLimits())


def test_a_refusal_keeps_its_reason_and_the_child_its_life(tmp_path: Path, trouble: None) -> None:
    with Sandbox() as sandbox:
        first = sandbox.read(save(tmp_path, "a.txt", "first"), "law/a.txt").text.split()[1]
        assert refusal(sandbox, save(tmp_path, "b.zip", b"PK")) == "it is an archive; unpack it and put the files here."
        assert sandbox.read(save(tmp_path, "c.txt", "third"), "law/c.txt").text.split()[1] == first


def test_names_that_are_no_text_come_back_as_they_are(tmp_path: Path) -> None:
    name = os.fsdecode(b"odd\xff\n name.md")
    with Sandbox() as sandbox:
        assert sandbox.read(save(tmp_path, name, TEXT), f"law/{name}").id == f"law/{name}"


@pytest.mark.parametrize("order", ["sleep", "spin"])
def test_a_reader_that_never_ends_is_killed_and_the_next_file_is_read(
    tmp_path: Path, trouble: None, order: str
) -> None:
    with Sandbox(ReadLimits(wall_seconds=1.0)) as sandbox:
        before = time.monotonic()
        assert refusal(sandbox, save(tmp_path, "a.txt", order)) == "it took longer than 1 s to read; split the file."
        assert time.monotonic() - before < 5
        assert sandbox.read(save(tmp_path, "b.txt", "well"), "law/b.txt").text.startswith("well")


def test_computing_time_has_its_own_limit_for_each_file(tmp_path: Path, trouble: None) -> None:
    with Sandbox(ReadLimits(cpu_seconds=1, wall_seconds=30)) as sandbox:
        sandbox.read(save(tmp_path, "a.txt", "well"), "law/a.txt")
        assert "more than 1 s of computing" in refusal(sandbox, save(tmp_path, "b.txt", "spin"))


def test_too_much_memory_is_told_and_another_child_goes_on(tmp_path: Path, trouble: None) -> None:
    with Sandbox() as sandbox:
        assert (
            refusal(sandbox, save(tmp_path, "a.txt", "hog"))
            == "it takes more than 1024 MB of memory to read; split the file."
        )
        assert sandbox.read(save(tmp_path, "b.txt", "well"), "law/b.txt").text.startswith("well")


def test_a_crash_is_told_and_another_child_goes_on(tmp_path: Path, trouble: None) -> None:
    with Sandbox() as sandbox:
        sandbox.read(save(tmp_path, "a.txt", "well"), "law/a.txt")
        assert "its reader broke down" in refusal(sandbox, save(tmp_path, "b.txt", "die"))
        assert sandbox.read(save(tmp_path, "c.txt", "well"), "law/c.txt").text.startswith("well")


def test_a_child_that_was_killed_while_idle_costs_no_file(tmp_path: Path, trouble: None) -> None:
    with Sandbox() as sandbox:
        pid = int(sandbox.read(save(tmp_path, "a.txt", "well"), "law/a.txt").text.split()[1])
        os.kill(pid, 9)
        assert sandbox.read(save(tmp_path, "b.txt", "again"), "law/b.txt").text.startswith("again")


def test_what_a_library_prints_is_no_answer(tmp_path: Path, trouble: None) -> None:
    with Sandbox() as sandbox:
        assert sandbox.read(save(tmp_path, "a.txt", "print"), "law/a.txt").text.startswith("print")
        assert sandbox.read(save(tmp_path, "b.txt", "well"), "law/b.txt").text.startswith("well")


def test_a_readers_own_fault_is_told_without_a_traceback(tmp_path: Path, trouble: None) -> None:
    with Sandbox() as sandbox:
        assert refusal(sandbox, save(tmp_path, "a.txt", "nonsense")).startswith("its reader failed (ZeroDivisionError)")


def test_the_child_writes_no_files_and_sees_nothing_of_our_environment(
    tmp_path: Path, trouble: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    target = tmp_path / "written.txt"
    with Sandbox() as sandbox:
        path = save(tmp_path, "a.txt", "write")
        with pytest.raises(UnreadableFileError, match="OSError"):
            sandbox.read(path, str(target))
        assert not target.exists() or target.stat().st_size == 0
        assert int(sandbox.read(save(tmp_path, "b.txt", "well"), "law/b.txt").text.split()[2]) <= 6


def test_a_worker_that_cannot_start_is_no_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_module, "_WORKER", ("-c", "raise SystemExit(1)"))
    with Sandbox() as sandbox, pytest.raises(RetrievalError, match="does not start") as caught:
        sandbox.read(save(tmp_path, "a.txt", "well"), "law/a.txt")
    assert not isinstance(caught.value, UnreadableFileError)


@pytest.mark.parametrize("answer", ["not json", '{"document": {"id": 5}}', "{}"])
def test_an_answer_without_sense_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    script = f"import sys\nprint('ready', flush=True)\nfor line in sys.stdin: print({answer!r}, flush=True)"
    monkeypatch.setattr(sandbox_module, "_WORKER", ("-c", script))
    with Sandbox() as sandbox:
        assert refusal(sandbox, save(tmp_path, "a.txt", "well")).startswith("its reader ")


def test_an_endless_answer_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import sys\nprint('ready', flush=True)\nsys.stdin.readline()\nwhile True: sys.stdout.write('x' * 65536)"
    monkeypatch.setattr(sandbox_module, "_WORKER", ("-c", script))
    with Sandbox(ReadLimits(output_chars=1000)) as sandbox:
        assert "broke down" in refusal(sandbox, save(tmp_path, "a.txt", "well"))


def test_a_pdf_bomb_ends_within_the_limits(tmp_path: Path) -> None:
    path = save(tmp_path, "bomb.pdf", text_operators_pdf(500_000))
    assert path.stat().st_size < 30_000
    with Sandbox(ReadLimits(wall_seconds=2.0, memory_bytes=512 * 1024 * 1024)) as sandbox:
        before = time.monotonic()
        refusal(sandbox, path)
        assert time.monotonic() - before < 6
        assert sandbox.read(save(tmp_path, "a.md", TEXT), "law/a.md").metadata.title == "Duty"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("brackets.md", "[" * 50_000),
        ("quotes.md", ">" * 100_000),
        ("stars.md", "*a **b " * 30_000),
        ("lists.md", "".join(" " * depth * 2 + "- x\n" for depth in range(1000))),
        ("line.txt", "a b " * 2_500_000),
        ("nested.html", "<div>" * 200_000),
        (
            "aliases.md",
            "---\na: &a [x, x]\nb: &b [*a, *a]\n"
            + "".join(f"k{n}: &k{n} [*b, *b]\n" for n in range(9))
            + "---\nText.\n",
        ),
        (
            "laughs.md",
            "---\nk0: &k0 [x, x, x, x, x, x, x, x]\n"
            + "".join(f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 8)}]\n" for n in range(1, 12))
            + "---\nText.\n",
        ),
    ],
)
def test_texts_made_to_be_slow_end_within_the_limits(tmp_path: Path, name: str, content: str) -> None:
    with Sandbox(ReadLimits(wall_seconds=3.0, memory_bytes=768 * 1024 * 1024)) as sandbox:
        before = time.monotonic()
        with contextlib.suppress(UnreadableFileError):
            sandbox.read(save(tmp_path, name, content), f"law/{name}")
        assert time.monotonic() - before < 8


def test_threads_take_turns(tmp_path: Path) -> None:
    titles: list[str] = []
    with Sandbox() as sandbox:

        def work(number: int) -> None:
            path = save(tmp_path, f"{number}.md", f"# Title {number}\n\nText.\n")
            titles.append(sandbox.read(path, f"law/{number}.md").metadata.title)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(titles) == [f"Title {number}" for number in range(8)]


def test_closing_ends_the_child_and_reading_starts_another(tmp_path: Path, trouble: None) -> None:
    sandbox = Sandbox()
    sandbox.close()
    pid = int(sandbox.read(save(tmp_path, "a.txt", "well"), "law/a.txt").text.split()[1])
    sandbox.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert int(sandbox.read(save(tmp_path, "b.txt", "well"), "law/b.txt").text.split()[1]) != pid
    sandbox.close()


def test_a_reading_is_ended_from_another_thread_at_once(tmp_path: Path, trouble: None) -> None:
    endless = save(tmp_path, "a.txt", "sleep")
    sandbox = Sandbox()
    sandbox.read(save(tmp_path, "good.txt", "well"), "good.txt")
    ender = threading.Timer(0.3, sandbox.interrupt)
    ender.start()
    with pytest.raises(StoppedError):
        sandbox.read(endless, endless.name)
    with pytest.raises(StoppedError):
        sandbox.read(endless, endless.name)
    ender.join()
    sandbox.close()


def test_the_child_loads_no_library_before_it_needs_it() -> None:
    code = "import json, sys; import retrieval.readers.worker; print(json.dumps(sorted(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = set(json.loads(found.stdout))
    assert not loaded & {
        "chromadb",
        "torch",
        "tantivy",
        "sentence_transformers",
        "langchain_core",
        "sqlalchemy",
        "numpy",
    }
    assert not loaded & {"trafilatura", "lxml", "pypdfium2", "markdown_it", "charset_normalizer", "opencc"}


def test_a_fat_parent_does_not_cost_the_child_its_life(tmp_path: Path, trouble: None) -> None:
    ballast = b"x" * (700 * 2**20)  # as a server with its model has it
    with Sandbox() as sandbox:
        first, second = (
            sandbox.read(save(tmp_path, name, "well"), f"law/{name}").text.split()[1] for name in ("a.txt", "b.txt")
        )
    assert first == second
    del ballast
