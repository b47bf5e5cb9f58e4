"""Chroma behind our border: per language and model, never hanging, in a folder that is replaced whole."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings
from chromadb.utils.embedding_functions import DefaultEmbeddingFunction

from retrieval import vectors
from retrieval.catalog import Catalog
from retrieval.embedder import Vectors
from retrieval.vectors import VectorFolder, VectorIndex, VectorIndexError, _Guard, build, probe, run_child
from tests.fakes import DIMENSION, HashEmbedder
from tests.retrieval.makers import put, unit


@pytest.fixture
def index(tmp_path: Path) -> Iterator[VectorIndex]:
    opened = VectorIndex(tmp_path / "vectors", model="model:1")
    yield opened
    opened.close()


def some_vectors(count: int, seed: int = 1) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    index.upsert("en", [1, 2, 3], np.stack([unit(1, 0), unit(1, 1), unit(-1, 0)]))
    near = index.nearest(unit(1, 0), language="en", limit=3)
    assert [key for key, _ in near] == [1, 2, 3]
    assert [cosine for _, cosine in near] == pytest.approx([1.0, 0.5**0.5, -1.0], abs=1e-5)
    assert [key for key, _ in index.nearest(unit(1, 0), language="en", limit=1)] == [1]


def test_languages_are_kept_apart(index: VectorIndex) -> None:
    index.upsert("en", [1], np.stack([unit(1, 0)]))
    index.upsert("zh", [2], np.stack([unit(1, 0)]))
    assert [key for key, _ in index.nearest(unit(1, 0), language="zh", limit=5)] == [2]
    assert index.nearest(unit(1, 0), language="ru", limit=5) == []
    assert index.languages() == {"en", "zh"}


def test_a_key_written_again_is_replaced(index: VectorIndex) -> None:
    index.upsert("en", [1, 2], np.stack([unit(1, 0), unit(0, 1)]))
    index.upsert("en", [1], np.stack([unit(0, 1)]))
    assert index.keys("en") == {1, 2}
    assert index.nearest(unit(1, 0), language="en", limit=1)[0][1] == pytest.approx(0.0, abs=1e-5)


def test_deleting_what_is_not_there_is_no_error(index: VectorIndex) -> None:
    index.upsert("en", [1, 2], np.stack([unit(1, 0), unit(0, 1)]))
    index.delete("en", [2, 77])
    assert index.keys("en") == {1}


def test_more_than_one_batch_is_written_whole(index: VectorIndex) -> None:
    many = some_vectors(1_203)
    index.upsert("en", range(1, 1_204), many)
    assert index.keys("en") == set(range(1, 1_204))
    for place in (0, 500, 1_202):
        key, cosine = index.nearest(many[place], language="en", limit=1)[0]
        assert (key, round(cosine, 3)) == (place + 1, 1.0), "the key still stands for its own vector"


def test_vectors_of_another_model_are_never_seen(tmp_path: Path) -> None:
    one = VectorIndex(tmp_path / "vectors", model="same name:1")
    one.upsert("en", [1], np.stack([unit(1, 0)]))
    one.close()
    other = VectorIndex(tmp_path / "vectors", model="same name:2")
    other.open_languages(["en"])
    assert other.nearest(unit(1, 0), language="en", limit=5) == []
    assert other.languages() == {"en"}
    other.close()
    again = VectorIndex(tmp_path / "vectors", model="same name:1")
    again.open_languages(["en"])
    assert again.keys("en") == {1}
    again.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_collection_that_names_an_embedding_function_is_refused(tmp_path: Path) -> None:
    ours = VectorIndex(tmp_path / "vectors", model="model:1")
    name = f"{ours._prefix}.en"
    ours.close()
    settings = Settings(anonymized_telemetry=False, is_persistent=True)
    stranger: Any = chromadb.PersistentClient(str(tmp_path / "vectors"), settings=settings)
    stranger.create_collection(name, embedding_function=DefaultEmbeddingFunction())
    stranger.close()
    index = VectorIndex(tmp_path / "vectors", model="model:1")
    with pytest.raises(VectorIndexError, match="names an embedding function"):
        index.open_languages(["en"])
    index.close()


def test_a_vector_of_another_length_is_an_error_of_ours(index: VectorIndex) -> None:
    index.upsert("en", [1], np.stack([unit(1, 0)]))
    with pytest.raises(VectorIndexError, match="the vector index failed"):
        index.nearest(unit(1, 0, 0), language="en", limit=1)


def test_only_the_first_search_of_a_language_may_take_the_time_to_replay_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = VectorIndex(tmp_path / "v", model="m")
    writing.upsert("en", [1], np.stack([unit(1, 0)]))
    writing.close()
    index = VectorIndex(tmp_path / "v", model="m")
    index.open_languages(["en", "ru"])
    collection = index._collections["en"]
    search, slow = collection.query, threading.Event()

    def query(**asked: object) -> object:
        slow.wait(0.4)
        return search(**asked)

    monkeypatch.setattr(vectors, "_CALL_SECONDS", 0.1)
    monkeypatch.setattr(collection, "query", query)
    index.replay()
    with pytest.raises(VectorIndexError, match="did not answer"):
        index.nearest(unit(1, 0), language="en", limit=1)
    slow.set()
    index.close()


# -- the guard -------------------------------------------------------------------------------------------------------


def test_a_call_that_hangs_is_given_up_and_the_next_ones_fail_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "_REST_SECONDS", 0.3)
    guard = _Guard()
    release = threading.Event()
    with pytest.raises(VectorIndexError, match="did not answer within"):
        guard.call(release.wait, seconds=0.05)
    started = time.monotonic()
    with pytest.raises(VectorIndexError, match="a moment ago"):
        guard.call(lambda: 1)
    assert time.monotonic() - started < 0.2
    time.sleep(0.35)
    assert guard.call(lambda: 1) == 1, "the thread that hangs is not waited for"
    release.set()
    guard.close()


def test_a_program_ends_while_a_call_still_hangs() -> None:
    hanging = """
import time
from retrieval.vectors import VectorIndexError, _Guard
try:
    _Guard().call(lambda: time.sleep(600), seconds=0.05)
except VectorIndexError as error:
    print(error)
"""
    ended = subprocess.run([sys.executable, "-c", hanging], capture_output=True, text=True, timeout=60, check=True)
    assert "did not answer" in ended.stdout


class PanicException(BaseException):
    """No Exception, so that nobody catches it by accident."""


@pytest.mark.parametrize("error", [ValueError("x"), RuntimeError("x"), PanicException("x")])
def test_whatever_chroma_throws_becomes_an_error_of_ours(error: BaseException) -> None:
    def work() -> None:
        raise error

    guard = _Guard()
    with pytest.raises(VectorIndexError, match=f"{type(error).__name__}: x"):
        guard.call(work)
    assert guard.call(lambda: 1) == 1
    guard.close()


# -- the folder ------------------------------------------------------------------------------------------------------


def test_the_pointer_moves_in_one_step_and_the_old_folder_is_swept(tmp_path: Path) -> None:
    folder = VectorFolder(tmp_path / "vectors")
    first = folder.current()
    first.mkdir()
    (first / "data").write_bytes(b"x" * 5_000)
    assert folder.size() >= 5_000
    target = folder.next()
    assert target != first
    assert folder.current() == first, "built beside, not yet named"
    folder.switch(target)
    folder.sweep()
    assert folder.current() == target
    assert not first.exists()
    assert VectorFolder(tmp_path / "vectors").current() == target


def test_an_abandoned_building_is_swept_and_its_number_is_not_built_in(tmp_path: Path) -> None:
    folder = VectorFolder(tmp_path / "vectors")
    folder.current().mkdir()
    abandoned = folder.next()
    assert folder.next() != abandoned
    folder.sweep()
    assert not abandoned.exists()
    assert folder.current().exists()


@pytest.mark.parametrize("damage", [b"", b"\0\0", b"../../etc", b"\xff\xfe\x80"])
def test_a_damaged_pointer_is_mended(tmp_path: Path, damage: bytes) -> None:
    folder = VectorFolder(tmp_path / "vectors")
    folder.switch(folder.next())
    (tmp_path / "vectors/current").write_bytes(damage)
    assert folder.current() == tmp_path / "vectors/1"


def test_no_file_may_grow_without_end() -> None:
    asked = (
        "import resource; from retrieval.vectors import limit_file_growth, FILE_CEILING\n"
        "limit_file_growth(); assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == FILE_CEILING\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 2000)); limit_file_growth()\n"
        "assert resource.getrlimit(resource.RLIMIT_FSIZE) == (2000, 2000)\n"
    )
    subprocess.run([sys.executable, "-c", asked], check=True)


# -- building and probing --------------------------------------------------------------------------------------------


def rows(count: int) -> list[tuple[int, str, Vectors]]:
    languages = ("en", "ru")
    return [(key, languages[key % 2], vector) for key, vector in enumerate(some_vectors(count), start=1)]


@pytest.mark.parametrize(("limit", "graphs"), [(1_000, False), (50, True)])
def test_a_built_index_finds_everything_and_writes_graphs_only_when_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, graphs: bool
) -> None:
    monkeypatch.setattr(vectors, "LOG_ONLY_LIMIT", limit)
    everything = rows(300)
    build(tmp_path / "1", "model:1", iter([everything[:120], everything[120:]]), {"en": 150, "ru": 150})
    assert any((tmp_path / "1").rglob("index_metadata.pickle")) == graphs
    assert probe(tmp_path / "1", "model:1", everything) == []


def test_an_index_that_lacks_vectors_does_not_pass_the_probe(tmp_path: Path) -> None:
    everything = rows(100)
    build(tmp_path / "1", "model:1", iter([everything[:90]]), {"en": 50, "ru": 50})
    assert probe(tmp_path / "1", "model:1", everything) == ["10 of 100 sampled passages do not find themselves"]


def test_a_child_builds_and_probes_from_the_catalog(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog(path)
    put(catalog, "a.md", *[f"The fee of office {number} is {number} euros." for number in range(30)])
    model = HashEmbedder().fingerprint
    assert run_child("build", path, tmp_path / "1", model, seconds=60) is None
    assert run_child("probe", path, tmp_path / "1", model, seconds=60) is None
    assert "30 of 30" in (run_child("probe", path, tmp_path / "2", model, seconds=60) or "")
    catalog.close()


def test_a_child_that_fails_or_dawdles_is_named(tmp_path: Path) -> None:
    assert "nothing is indexed yet" in (run_child("probe", tmp_path / "none", tmp_path / "1", "m", seconds=60) or "")
    assert "took longer than 0 s" in (run_child("probe", tmp_path / "none", tmp_path / "1", "m", seconds=0.01) or "")
