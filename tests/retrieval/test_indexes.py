"""Both indexes hold what the catalog holds, whatever happened to their files while nobody looked."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retrieval import indexes
from retrieval.readers.sandbox import Sandbox
from retrieval.vectors import VectorIndexError
from tests.fakes import HashEmbedder
from tests.retrieval.makers import sought
from tests.retrieval.works import Works, assert_level, fill

FILES = {
    **{f"en/{n}.md": f"# Office {n}\n\nThe fee of office number {n} is {n * 7} euros.\n" for n in range(14)},
    **{f"ru/{n}.md": f"# Отдел {n}\n\nСбор отдела номер {n} составляет {n * 9} тысяч рублей.\n" for n in range(5)},
    **{f"zh/{n}.md": f"# 第{n}处\n\n第{n}办事处的收费标准为每件{n * 11}元人民币。\n" for n in range(5)},
}


@pytest.fixture(scope="module")
def at_rest(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Path:
    """A place with a folder and its index, closed."""
    place = tmp_path_factory.mktemp("rest")
    works = Works(fill(place / "knowledge", FILES), place / "data", embedder=HashEmbedder(), sandbox=sandbox)
    assert works.sync().documents == len(FILES)
    works.close()
    return place


@pytest.fixture
def place(at_rest: Path, tmp_path: Path) -> Path:
    shutil.copytree(at_rest, tmp_path / "place")
    return tmp_path / "place"


@pytest.fixture
def start(place: Path, embedder: HashEmbedder, sandbox: Sandbox) -> Iterator[Callable[[], Works]]:
    """Opens the place as a start of the program does."""
    opened: list[Works] = []

    def go() -> Works:
        opened.append(Works(place / "knowledge", place / "data", embedder=embedder, sandbox=sandbox))
        return opened[-1]

    yield go
    for works in opened:
        works.close()


def answers(works: Works) -> tuple[bool, bool]:
    """Whether a known passage is found by words, and by vector."""
    text = "第3办事处的收费标准为每件33元人民币。"
    asked = sought(text, "zh")
    vector = HashEmbedder().embed_query(f"第3处\n{text}")
    found = {
        key: stored.passage.text
        for key, stored in works.catalog.read(list(works.catalog.live_keys())).items()
        if stored.passage.text == text
    }
    (key,) = found
    return (
        key in {k for k, _ in works.indexes.by_words(asked, language="zh", limit=3)},
        key in {k for k, _ in works.indexes.by_vector(vector, language="zh", limit=3)},
    )


# -- damage at rest --------------------------------------------------------------------------------------------------


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def scramble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : 2 * third] = random.Random(3).randbytes(third)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("vectors/1/chroma.sqlite3", truncate),
        ("lexical/*.term", zero),
        (".", remove),
        *[
            pytest.param(name, damage, marks=pytest.mark.slow)
            for name, damage in [
                ("vectors/1/chroma.sqlite3", remove),
                ("vectors/1/chroma.sqlite3", zero),
                ("vectors/1/chroma.sqlite3", scramble),
                ("vectors/current", zero),
                ("vectors/current", remove),
                ("vectors/current", truncate),
                ("vectors/1", remove),
                ("vectors", remove),
                ("lexical", remove),
                ("lexical/meta.json", truncate),
                ("lexical/*.store", scramble),
            ]
        ],
    ],
)
def test_an_index_damaged_at_rest_is_whole_again_after_a_start(
    place: Path, start: Callable[[], Works], embedder: HashEmbedder, name: str, damage: Callable[[Path], None]
) -> None:
    (path,) = list((place / "data/index").glob(name))[:1] if name != "." else [place / "data/index"]
    damage(path)
    works = start()
    assert_level(works.catalog, works.indexes, samples=len(FILES))
    assert answers(works) == (True, True)
    assert works.ingest.sync().unchanged == len(FILES)
    assert embedder.embedded == [], "made anew from the catalog"


def test_an_index_that_is_whole_is_kept_as_it_is(place: Path, start: Callable[[], Works]) -> None:
    works = start()
    assert_level(works.catalog, works.indexes)
    assert (place / "data/index/vectors/current").read_text() == "1"


@pytest.mark.slow
def test_an_older_copy_of_the_index_is_brought_up_to_date(
    at_rest: Path, place: Path, start: Callable[[], Works]
) -> None:
    works = start()
    works.write("en/0.md", "# Office 0\n\nThe fee of office number 0 is 1000 euros.\n")
    (works.folder / "ru/1.md").unlink()
    shutil.rmtree(works.folder / "zh")
    works.sync()
    works.close()
    shutil.rmtree(place / "data/index")
    shutil.copytree(at_rest / "data/index", place / "data/index")
    works.open()
    assert_level(works.catalog, works.indexes, samples=len(FILES))


def test_vectors_of_a_language_nobody_writes_any_more_are_removed(start: Callable[[], Works]) -> None:
    works = start()
    keys = {key: language for key, language in works.catalog.live_keys().items() if language == "ru"}
    # As a crash leaves it that came after the catalog forgot them.
    works.catalog.flip([], [], [name for name in FILES if name.startswith("ru/")])
    works.catalog.drop(keys)
    works.reopen()
    assert_level(works.catalog, works.indexes)


# -- while it runs ---------------------------------------------------------------------------------------------------


def test_words_go_on_when_the_vectors_fail_and_the_next_sync_heals_them(
    start: Callable[[], Works], monkeypatch: pytest.MonkeyPatch
) -> None:
    works = start()
    assert works.indexes._vectors is not None

    def fail(*_: object) -> None:
        raise VectorIndexError("the vector index did not answer within 10 s")

    with monkeypatch.context() as patched:
        patched.setattr(works.indexes._vectors, "upsert", fail)
        patched.setattr(indexes, "run_child", lambda *_, **__: "build of the vector index was killed by signal 9")
        works.write("zh/new.md", "# 新\n\n新办事处的收费标准为每件一千元人民币。\n")
        assert works.ingest.sync().added == 1
    assert "signal 9" in (works.indexes.vectors_problem or "")
    assert answers(works) == (True, False)
    asked = sought("新办事处收费", "zh")
    assert works.indexes.by_words(asked, language="zh", limit=3), "what came later is found too"
    works.write("en/new.md", "# New\n\nThe fee of the new office is 1000 euros.\n")
    works.sync()
    assert answers(works) == (True, True)


def test_a_question_outlives_a_vector_index_that_hangs(
    start: Callable[[], Works], monkeypatch: pytest.MonkeyPatch
) -> None:
    works = start()
    assert works.indexes._vectors is not None

    def fail(*_: object, **__: object) -> None:
        raise VectorIndexError("the vector index did not answer within 10 s")

    with monkeypatch.context() as patched:
        patched.setattr(works.indexes._vectors, "nearest", fail)
        assert answers(works) == (True, False)
    assert answers(works) == (True, True)


@pytest.mark.slow
def test_the_vectors_deleted_under_a_running_program_are_back_after_a_start(
    place: Path, start: Callable[[], Works]
) -> None:
    works = start()
    shutil.rmtree(place / "data/index/vectors")
    works.write("en/0.md", "# Office 0\n\nThe fee of office number 0 is 1000 euros.\n")
    assert works.ingest.sync().changed == 1
    assert answers(works)[0]
    works.reopen()
    assert_level(works.catalog, works.indexes, samples=len(FILES))


@pytest.mark.slow
def test_a_rebuild_that_fails_leaves_the_old_index_named(
    place: Path, start: Callable[[], Works], monkeypatch: pytest.MonkeyPatch
) -> None:
    works = start()
    with monkeypatch.context() as patched:
        patched.setattr(indexes, "run_child", lambda *_, **__: "build of the vector index was killed by signal 9")
        works.indexes.rebuild_vectors()
    assert "signal 9" in (works.indexes.vectors_problem or "")
    assert answers(works)[0]
    assert (place / "data/index/vectors/current").read_text() == "1"
    works.reopen()
    assert_level(works.catalog, works.indexes)


@pytest.mark.slow
def test_a_rebuild_makes_both_anew_without_embedding(
    place: Path, start: Callable[[], Works], embedder: HashEmbedder
) -> None:
    works = start()
    works.indexes.rebuild()
    assert_level(works.catalog, works.indexes, samples=len(FILES))
    folders = [path.name for path in (place / "data/index/vectors").iterdir() if path.is_dir()]
    assert folders == [(place / "data/index/vectors/current").read_text()], "the old vectors are erased"
    assert folders != ["1"]
    assert embedder.embedded == []


# -- above the log's limit -------------------------------------------------------------------------------------------


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty passages are many, here and in the children."""

    def child(task: str, catalog: Path, folder: Path, model: str, *, seconds: float) -> str | None:
        code = (
            "import sys, retrieval.vectors as v; v.LOG_ONLY_LIMIT = 20\n"
            "from retrieval.vector_tasks import main; sys.exit(main(sys.argv[1:]))"
        )
        command = [sys.executable, "-c", code, task, str(catalog), str(folder), model]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
        return None if done.stdout.strip().endswith("[]") else f"{task}: {done.returncode} {done.stdout}{done.stderr}"

    monkeypatch.setattr(indexes, "LOG_ONLY_LIMIT", 20)
    monkeypatch.setattr(indexes, "run_child", child)


@pytest.mark.slow
@pytest.mark.usefixtures("small_limit")
def test_a_long_log_is_compacted_into_graphs_and_goes_on(place: Path, start: Callable[[], Works]) -> None:
    works = start()
    works.write("en/new.md", "# New\n\nThe fee of the new office is 1000 euros.\n")
    works.sync()
    living = place / "data/index/vectors" / (place / "data/index/vectors/current").read_text()
    assert living.name != "1"
    assert list(living.rglob("index_metadata.pickle"))
    assert works.catalog.fact("vectors_logged") == "0"
    (works.folder / "en/new.md").unlink()
    works.write("ru/new.md", "# Новый\n\nСбор нового отдела составляет миллион рублей.\n")
    works.sync()
    works.reopen()
    assert_level(works.catalog, works.indexes, samples=len(FILES))
    assert (place / "data/index/vectors/current").read_text() == living.name, "a short log is left alone"


@pytest.mark.slow
@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("damage", [remove, truncate, zero])
def test_a_damaged_graph_is_noticed_and_made_anew(
    place: Path, start: Callable[[], Works], damage: Callable[[Path], None]
) -> None:
    works = start()
    works.indexes.rebuild_vectors()
    works.close()
    graphs = [path for path in (place / "data/index/vectors").rglob("*") if path.suffix in {".bin", ".pickle"}]
    assert any(path.suffix == ".pickle" for path in graphs)
    for path in graphs:
        if path.stat().st_size:
            damage(path)
    works.open()
    assert_level(works.catalog, works.indexes, samples=len(FILES))
    assert answers(works) == (True, True)


@pytest.mark.slow
def test_a_log_of_deletions_is_compacted_too(
    place: Path, start: Callable[[], Works], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "LOG_ONLY_LIMIT", 40)
    works = start()
    for version in range(3):
        for number in range(12):
            works.write(f"en/{number}.md", f"# Office {number}\n\nThe fee is {version * 100 + number} euros now.\n")
        works.sync()
    assert (place / "data/index/vectors/current").read_text() != "1", "what was deleted does not stay in the log"
