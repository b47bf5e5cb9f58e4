"""The rules of ARCHITECTURE.md, read from the source: who may import whom, and which library lives in which room."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import retrieval

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "retrieval")

ROOMS = {
    "chromadb": ("retrieval.vectors",),
    "tantivy": ("retrieval.lexical",),
    "sentence_transformers": ("retrieval.embedder",),
    "transformers": ("retrieval.embedder",),
    "torch": ("retrieval.embedder", "retrieval.minilm"),
    "tokenizers": ("retrieval.minilm",),
    "safetensors": ("retrieval.embedder", "retrieval.minilm"),
    "watchfiles": ("retrieval.watcher",),
    "langchain": ("retrieval.splitter", "retrieval.langchain", "bot.writers.model"),
    "langchain_core": ("retrieval.splitter", "retrieval.langchain", "bot.writers.model"),
    "langchain_text_splitters": ("retrieval.splitter", "retrieval.langchain", "bot.writers.model"),
    "pydantic_settings": ("retrieval.settings", "bot.settings"),
    "fastapi": ("bot.channels.web.*",),
    "starlette": ("bot.channels.web.*",),
    "jinja2": ("bot.channels.web.*",),
    "uvicorn": ("bot.app", "bot.connections"),
    "prometheus_client": ("bot.metrics",),
    "mcp": ("bot.channels.mcp.server",),
    "mcp_types": ("bot.channels.mcp.server",),
    "itsdangerous": ("bot.channels.web.sessions",),
    "telegram": ("bot.channels.telegram.api",),
    "httpx": ("bot.cli", "bot.channels.mcp.remote", "bot.channels.telegram.api"),
    "sqlalchemy": ("retrieval.catalog", "bot.store", "bot.channels.telegram.*"),
    "trafilatura": ("retrieval.readers.*",),
    "pypdfium2": ("retrieval.readers.*",),
    "anyascii": ("retrieval.sounds",),
    "pypinyin": ("retrieval.sounds",),
    "pymorphy3": ("retrieval.language",),
    "babel": ("retrieval.gazetteer", "retrieval.notations"),
}
"""Each foreign library behind one border; a star stands for every module below."""

LAYERS = (
    (
        "bot",
        "bot.errors",
        "bot.answer",
        "bot.tables",
        "bot.quotations",
        "bot.logs",
        "bot.unlinked",
        "bot.replies",
        "bot.prompts",
        "bot.settings",
        "bot.writers",
        "bot.whose",
        "bot.proof",
        "bot.proof.*",
        "bot.corrections",
        "bot.ellipsis",
        "bot.aspects",
        "bot.cases",
        "bot.places",
        "bot.follow_up",
        "bot.thread",
        "bot.whole_question",
        "bot.part_for_part",
        "bot.small_talk",
        "bot.turnstile",
        "bot.naming",
    ),
    (
        "bot.citations",
        "bot.connections",
        "bot.metrics",
        "bot.conversation",
        "bot.disagreement",
        "bot.store",
        "bot.notes",
        "bot.disagreement",
        "bot.suggestions",
    ),
    ("bot.writers.*", "bot.research", "bot.rewriting"),
    ("bot.clarifying", "bot.briefing"),
    ("bot.prose",),
    ("bot.assistant",),
    ("bot.opening",),
    ("bot.channels", "bot.channels.*", "bot.evaluation"),
    ("bot.printing", "bot.telegram_house"),
    ("bot.app",),
    ("bot.stdio",),
    ("bot.cli",),
    ("bot.__main__",),
)
"""Imports run from below to above only. ``bot.writers`` itself is the protocol and its values; the writers stand higher."""

RETRIEVAL_LAYERS = (
    ("retrieval.errors", "retrieval.limits", "retrieval.metadata", "retrieval.document", "retrieval.settings"),
    ("*",),
    ("retrieval.ingest", "retrieval.retriever"),
    ("retrieval.lint", "retrieval.knowledge_base", "retrieval.vector_tasks"),
    ("retrieval.langchain",),
)

VAGUE = {"utils", "util", "helpers", "helper", "manager", "common", "base", "misc", "tools", "core"}


@dataclass(frozen=True)
class Import:
    """``from module import name`` or ``import module``, and whether it runs when its module is loaded."""

    by: str
    line: int
    module: str
    name: str | None
    at_load: bool

    def __str__(self) -> str:
        return f"{self.by}:{self.line} imports {self.module}" + (f".{self.name}" if self.name else "")


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    return {module_of(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for module, path in modules().items() for found in imports_of(module, path.read_text("utf-8")))


def imports_of(module: str, source: str) -> Iterator[Import]:
    yield from _imports_in(module, ast.parse(source).body, at_load=True)


def _imports_in(module: str, nodes: list[ast.stmt], *, at_load: bool) -> Iterator[Import]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, node.lineno, alias.name, None, at_load)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} imports relatively"
            for alias in node.names:
                yield Import(module, node.lineno, node.module or "", alias.name, at_load)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _imports_in(module, node.body, at_load=False)
        else:
            later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            for field in ("body", "orelse", "finalbody", "handlers", "cases"):
                inner = getattr(node, field, [])
                for child in inner if isinstance(inner, list) else []:
                    if isinstance(child, ast.stmt):
                        yield from _imports_in(module, [child], at_load=at_load and not later)
                    elif isinstance(child, ast.ExceptHandler | ast.match_case):
                        yield from _imports_in(module, child.body, at_load=at_load and not later)


def target_of(found: Import) -> str:
    """The module of ours that an import loads: ``from bot import answer`` loads ``bot.answer``."""
    longer = f"{found.module}.{found.name}"
    return longer if found.name and longer in modules() else found.module


def is_in(module: str, room: str) -> bool:
    return module == room or (room.endswith(".*") and module.startswith(room[:-1])) or room == "*"


def layer_of(module: str, layers: tuple[tuple[str, ...], ...]) -> int | None:
    """The layer that names a module most exactly."""
    named = [(len(room), number) for number, layer in enumerate(layers) for room in layer if is_in(module, room)]
    return max(named)[1] if named else None


def listed(violations: Iterator[Import] | list[Import]) -> str:
    return "\n".join(str(found) for found in violations)


def test_the_reader_of_imports_sees_them_wherever_they_stand() -> None:
    source = (
        "import a\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\n"
        "def f():\n    import c\n    with x:\n        from d import e\ntry:\n    import g\nexcept ImportError:\n    import h\n"
        "class K:\n    def m(self):\n        import i\n"
    )
    found = {item.module: item.at_load for item in imports_of("m", source)}
    assert found == {"a": True, "typing": True, "b": False, "c": False, "d": False, "g": True, "h": True, "i": False}


def test_retrieval_knows_nothing_of_the_bot_or_of_any_channel() -> None:
    foreign = {"bot", "telegram", "fastapi", "starlette", "uvicorn", "httpx", "requests", "aiohttp", "urllib3"}
    wrong = [i for i in imports() if i.by.startswith("retrieval") and i.module.split(".")[0] in foreign]
    assert not wrong, listed(wrong)


def test_retrieval_is_synchronous() -> None:
    wrong = [
        f"{module}:{node.lineno}"
        for module, path in modules().items()
        if module.startswith("retrieval")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith)
    ]
    assert not wrong, wrong


def test_the_bot_enters_retrieval_by_its_door() -> None:
    entering = [i for i in imports() if i.by.startswith("bot") and i.module.split(".")[0] == "retrieval"]
    wrong = [i for i in entering if i.module != "retrieval" or i.name not in retrieval.__all__]
    assert entering
    assert not wrong, listed(wrong)


def test_the_door_lists_what_it_gives() -> None:
    declared = {i.name for i in imports() if i.by == "retrieval" and i.module.startswith("retrieval.")}
    assert declared == set(retrieval.__all__)
    for name in retrieval.__all__:
        assert getattr(retrieval, name).__class__ is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = retrieval.nonsense


@pytest.mark.parametrize("library", sorted(ROOMS))
def test_a_foreign_library_stays_in_its_room(library: str) -> None:
    wrong = [
        i
        for i in imports()
        if i.module.split(".")[0] == library and not any(is_in(i.by, room) for room in ROOMS[library])
    ]
    assert not wrong, listed(wrong)


def test_the_bot_imports_run_one_way() -> None:
    wrong = []
    for found in imports():
        target = target_of(found)
        if not found.by.startswith("bot") or not target.startswith("bot"):
            continue
        here, there = layer_of(found.by, LAYERS), layer_of(target, LAYERS)
        assert here is not None, f"{found.by} has no place in the layers; give it one"
        assert there is not None, f"{target} has no place in the layers; give it one"
        if there > here:
            wrong.append(found)
    assert not wrong, listed(wrong)


def test_the_retrieval_imports_run_one_way() -> None:
    wrong = []
    for found in imports():
        target = target_of(found)
        if found.by == "retrieval" or not found.by.startswith("retrieval") or not target.startswith("retrieval"):
            continue
        assert target != "retrieval", f"{found}: the door is for those outside"
        here, there = layer_of(found.by, RETRIEVAL_LAYERS), layer_of(target, RETRIEVAL_LAYERS)
        if here is not None and there is not None and there > here:
            wrong.append(found)
    assert not wrong, listed(wrong)


def test_no_cycle_among_modules_as_they_load() -> None:
    edges: dict[str, set[str]] = {module: set() for module in modules()}
    for found in imports():
        target = target_of(found)
        if found.at_load and target in edges and target != found.by:
            edges[found.by].add(target)
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join([*path[path.index(module) :], module])
        if module not in done:
            for target in sorted(edges[module]):
                visit(target, (*path, module))
            done.add(module)

    for module in edges:
        visit(module, ())


def test_settings_are_read_at_the_edge_and_handed_in() -> None:
    names = {"RetrievalSettings", "BotSettings"}
    wrong = [
        i
        for i in imports()
        if (i.name in names or target_of(i) in {"bot.settings", "retrieval.settings"})
        and i.by not in {"bot.cli", "bot.settings", "retrieval.settings", "retrieval"}
    ]
    assert not wrong, listed(wrong)


def test_nothing_reads_the_environment_but_the_edge() -> None:
    allowed = {"retrieval.embedder"}  # what sentence-transformers itself reads, before it is loaded
    wrong = [
        f"{module}:{node.lineno}"
        for module, path in modules().items()
        if module not in allowed
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
    ]
    assert not wrong, wrong


def test_channels_know_nothing_of_each_other() -> None:
    def channel(module: str) -> str | None:
        parts = module.split(".")
        return parts[2] if parts[:2] == ["bot", "channels"] and len(parts) > 2 else None

    wrong = [i for i in imports() if (here := channel(i.by)) and (there := channel(target_of(i))) and here != there]
    assert not wrong, listed(wrong)


def test_threads_and_event_loops_meet_only_where_they_should() -> None:
    rooms = {
        "bot.assistant",
        "bot.research",
        "bot.rewriting",
        "bot.turnstile",
        "bot.writers.model",
        "bot.app",
        "bot.cli",
        "bot.connections",
        "bot.evaluation",
    }
    wrong = [
        i
        for i in imports()
        if i.module.split(".")[0] in {"asyncio", "anyio"} and i.by not in rooms and not i.by.startswith("bot.channels.")
    ]
    assert not wrong, listed(wrong)


def test_files_are_named_after_what_is_inside() -> None:
    wrong = [module for module in modules() if VAGUE & set(module.split("."))]
    assert not wrong, wrong


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    silent = [
        module
        for module, path in modules().items()
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent, silent
