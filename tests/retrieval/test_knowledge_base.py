"""The one object the bot holds: opening, owning, syncing and asking a folder."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retrieval.catalog import Catalog
from retrieval.data_lock import DataLock
from retrieval.embedder import SentenceTransformerEmbedder
from retrieval.errors import DataFolderError, DataFolderInUseError, ModelError
from retrieval.indexes import Indexes
from retrieval.ingest import Progress
from retrieval.knowledge_base import CatalogReader, KnowledgeBase, opened
from tests.fakes import HashEmbedder
from tests.retrieval.works import assert_level, write

FOLDER = Path(__file__).parent.parent / "knowledge"
TODAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, packaged_model: SentenceTransformerEmbedder
) -> Iterator[KnowledgeBase]:
    """The test folder behind the real model."""
    place = tmp_path_factory.mktemp("house")
    shutil.copytree(FOLDER, place / "knowledge")
    base = KnowledgeBase.open_folder(place / "knowledge", place / "data", embedder=packaged_model)
    base.sync()
    yield base
    base.close()


def found(base: KnowledgeBase, question: str, *, today: dt.date = TODAY) -> list[str]:
    return [hit.passage.document_id for hit in base.search(question, today=today).hits]


# -- asking, with the real model ---------------------------------------------------------------------------------------


def test_the_folder_is_indexed_but_for_the_empty_and_the_broken_file(house: KnowledgeBase) -> None:
    status = house.status()
    assert status.documents == 6
    assert {failed.path: failed.message.split(";")[0] for failed in status.failed} == {
        "events/empty.md": "it is empty",
        "policy/broken.md": "line 2: the front matter is not valid YAML (expected ',' or ']', but got '<stream end>')",
    }
    assert set(status.languages) == {"en", "zh", "ru"}
    assert status.model is not None
    assert status.model.startswith("all-MiniLM-L6-v2:")
    assert house.vectors_problem is None
    assert_level(house._catalog, house._indexes)


@pytest.mark.parametrize(
    ("question", "document_id", "quote"),
    [
        ("What is the VAT rate in Kazakhstan?", "country/kazakhstan.md", "16 percent"),
        ("How many heat pumps were sold in 2025?", "market/heat-pumps.html", "4,500"),
        ("境外投资备案几个工作日办结？", "procedures/filing.zh.md", "3个工作日"),
        ("За сколько дней регистрируется предприятие в Узбекистане?", "country/uzbekistan.ru.md", "два рабочих дня"),
    ],
)
def test_a_question_finds_its_passage_first(house: KnowledgeBase, question: str, document_id: str, quote: str) -> None:
    result = house.search(question, today=TODAY)
    assert result.covered
    assert result.hits[0].passage.document_id == document_id
    assert quote in result.hits[0].passage.text


@pytest.mark.parametrize(
    "question",
    [
        "What is the value added tax rate in Peru?",
        "秘鲁的增值税税率是多少？",
        "Какова ставка налога на добавленную стоимость в Перу?",
    ],
)
def test_a_country_that_is_not_in_the_folder_is_not_covered(house: KnowledgeBase, question: str) -> None:
    result = house.search(question, today=TODAY)
    assert not result.covered
    assert not any(hit.passage.document_id == "country/kazakhstan.md" for hit in result.hits)


def test_what_nobody_wrote_about_is_not_covered(house: KnowledgeBase) -> None:
    assert not house.search("Who composed the opera about the moon?", today=TODAY).covered


def test_the_text_in_force_stands_before_the_one_it_superseded(house: KnowledgeBase) -> None:
    ranked = found(house, "What is the deposit on an industrial battery?")
    assert ranked[0] == "law/batteries-2025.md"
    assert "law/batteries-2020.md" not in ranked[:1]
    assert "law/batteries-2020.md" in found(house, "What was the deposit on an industrial battery before 2025?")


def test_today_is_the_day_one_asks_for(house: KnowledgeBase, tmp_path: Path, embedder: HashEmbedder) -> None:
    write(tmp_path / "k", "old.md", "---\ndate_expires: 2025-12-31\n---\n# Fee\n\nThe harbour fee is 10 euros.\n")
    write(tmp_path / "k", "new.md", "---\ndate_effective: 2026-01-01\n---\n# Fee\n\nThe harbour fee is 20 euros.\n")
    base = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=embedder)
    base.sync()
    assert found(base, "harbour fee", today=dt.date(2025, 6, 1))[0] == "old.md"
    assert found(base, "harbour fee", today=dt.date(2026, 6, 1))[0] == "new.md"
    base.close()


def test_a_saved_file_is_answered_from_without_a_restart(tmp_path: Path, embedder: HashEmbedder) -> None:
    write(tmp_path / "k", "kz.md", "# Tax\n\nThe harbour fee is 16 euros.\n")
    base = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=embedder)
    before = base.synced_before
    base.sync()
    assert (before, base.synced_before) == (False, True)
    assert "16 euros" in base.search("harbour fee", today=TODAY).hits[0].passage.text
    write(tmp_path / "k", "kz.md", "# Tax\n\nThe harbour fee is 18 euros.\n")
    base.sync()
    assert [hit.passage.text for hit in base.search("harbour fee", today=TODAY).hits] == [
        "The harbour fee is 18 euros."
    ]
    (tmp_path / "k/kz.md").unlink()
    base.sync()
    assert base.search("harbour fee", today=TODAY).hits == ()
    base.close()


def test_terms_of_the_termbase_are_known_after_a_sync(tmp_path: Path, embedder: HashEmbedder) -> None:
    embedder.languages = frozenset({"en"})
    write(tmp_path / "k", "a.md", "---\nlang: en\n---\n# Fees\n\nThe zirconage is 16 percent.\n")
    base = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=embedder)
    base.sync()
    assert found(base, "Сколько зирконаж?") == []
    write(tmp_path / "k", "termbase.csv", "en,ru\nzirconage,зирконаж\n")
    base.sync()
    assert found(base, "Сколько зирконаж?") == ["a.md"]
    base.close()


# -- owning ------------------------------------------------------------------------------------------------------------


def test_a_second_process_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    lock = DataLock.take(tmp_path / "data", knowledge=tmp_path / "k")
    lock.announce("http://127.0.0.1:8000")
    code = (
        "import sys; from pathlib import Path; from retrieval.data_lock import DataLock\n"
        "from retrieval.errors import DataFolderInUseError\n"
        "try: DataLock.take(Path(sys.argv[1]), knowledge=Path(sys.argv[2]))\n"
        "except DataFolderInUseError as error: print(error, error.owner_url)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "data"), str(tmp_path / "k")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"in use by the process {os.getpid()}" in done.stdout
    assert done.stdout.strip().endswith("http://127.0.0.1:8000")
    lock.release()
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == ""


def test_a_base_frees_its_folder_when_it_is_closed_or_cannot_be_opened(tmp_path: Path, embedder: HashEmbedder) -> None:
    (tmp_path / "k").mkdir()
    base = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=embedder)
    with pytest.raises(DataFolderInUseError):
        KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=embedder)
    base.close()
    with pytest.raises(ModelError):
        KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedding_model=str(tmp_path / "nothing"))
    KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=embedder).close()


def test_what_was_opened_is_closed_when_the_rest_cannot_be(
    tmp_path: Path, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "knowledge").mkdir()
    closed: list[str] = []
    closing_catalog, closing_indexes = Catalog.close, Indexes.close

    def close_catalog(catalog: Catalog) -> None:
        closed.append("catalog")
        closing_catalog(catalog)

    def close_indexes(indexes: Indexes) -> None:
        closed.append("indexes")
        closing_indexes(indexes)

    def fail(*_: object, **__: object) -> None:
        raise DataFolderError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(Catalog, "close", close_catalog)
        patched.setattr(Indexes, "close", close_indexes)
        patched.setattr(Indexes, "open", fail)
        with pytest.raises(DataFolderError, match="the disk is gone"):
            KnowledgeBase.open_folder(tmp_path / "knowledge", tmp_path / "data", embedder=embedder)
    assert closed == ["indexes", "catalog"]
    KnowledgeBase.open_folder(tmp_path / "knowledge", tmp_path / "data", embedder=embedder).close()


def test_the_data_folder_is_never_inside_the_knowledge_folder(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError, match="inside the knowledge folder"):
        DataLock.take(tmp_path / "k/data", knowledge=tmp_path / "k")
    assert not (tmp_path / "k").exists()


def test_a_data_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderError, match="cannot be written"):
        DataLock.take(tmp_path / "file/data", knowledge=tmp_path / "k")


def test_the_data_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    lock = DataLock.take(tmp_path / "data", knowledge=tmp_path / "k")
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    lock.release()


def test_others_may_read_along_while_it_is_owned(tmp_path: Path, embedder: HashEmbedder) -> None:
    write(tmp_path / "k", "a.md", "---\nid: fees\ntitle: Fees\n---\nThe harbour fee is 16 euros.\n")
    base = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=embedder)
    base.sync()
    reader = CatalogReader.open(tmp_path / "data")
    assert reader.status() == base.status()
    assert [record.id for record in reader.documents()] == ["a.md"]
    assert [passage.id for passage in reader.passages("a.md")] == ["a.md#1"]
    assert reader.title_of_key("fees") == "Fees"
    assert reader.document("b.md") is None
    reader.close()
    base.close()


# -- the model ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_another_model_embeds_everything_anew_without_reading_a_file(tmp_path: Path) -> None:
    for number in range(7):
        write(tmp_path / "k", f"{number}.md", f"# Office {number}\n\nThe fee of office {number} is {number} euros.\n")
    write(tmp_path / "k", "closed.md", "---\naccess: staff\n---\nThe zirconium fee is secret.\n")
    first = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=HashEmbedder(1))
    first.sync()
    first.close()
    (tmp_path / "k").rename(tmp_path / "away")
    (tmp_path / "k").mkdir()
    other = HashEmbedder(2)
    told: list[Progress] = []
    second = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=other, progress=told.append)
    assert len(other.embedded) == 8
    assert (told[-1].done, told[-1].total) == (8, 8)
    assert second.status().model == other.fingerprint
    assert_level(second._catalog, second._indexes)
    (tmp_path / "k").rmdir()
    (tmp_path / "away").rename(tmp_path / "k")
    assert second.sync().unchanged == 8
    assert len(other.embedded) == 8
    second.close()
    third = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=other)
    assert len(other.embedded) == 8, "the model is the same"
    third.close()


def test_a_change_of_model_that_was_cut_short_is_done_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        write(tmp_path / "k", f"{number}.md", f"# Office {number}\n\nThe fee of office {number} is {number} euros.\n")
    with monkeypatch.context() as patched:
        patched.setattr("retrieval.knowledge_base._EMBED_BATCH", 3)
        first = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=HashEmbedder(1))
        first.sync()
        first.close()

        def stop(progress: Progress) -> None:
            if progress.done > 3:
                raise RuntimeError("the power is gone")

        with pytest.raises(RuntimeError, match="power"):
            KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=HashEmbedder(2), progress=stop)
    back = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=HashEmbedder(1))
    live = back._catalog.read(list(back._catalog.live_keys())).values()
    own = HashEmbedder(1)
    assert len(live) == 7
    for stored in live:
        assert stored.vector is not None
        assert stored.vector @ own.embed_query(f"{stored.context}\n{stored.passage.text}") > 0.999
    assert_level(back._catalog, back._indexes)
    back.close()


@pytest.mark.slow
def test_only_languages_that_the_model_knows_are_embedded_and_a_model_that_knows_more_makes_up_for_it(
    tmp_path: Path,
) -> None:
    write(tmp_path / "k", "a.md", "# Fees\n\nThe harbour fee is 16 euros.\n")
    write(tmp_path / "k", "a.zh.md", "# 费用\n\n港口费为十六欧元，由船东支付。\n")
    english = HashEmbedder(1, languages=frozenset({"en"}))
    first = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=english)
    first.sync()
    assert len(english.embedded) == 1
    assert_level(first._catalog, first._indexes)
    counts = first.index_counts()
    assert (counts.wanted, counts.lexical, counts.vectors, counts.agree) == (2, 2, 1, True)
    found = first.search("港口费是多少？")
    assert found.covered
    assert found.hits[0].passage.document_id == "a.zh.md"
    first.close()
    again = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=english)
    assert again.index_counts().agree
    again.close()
    for model, embedded in ((HashEmbedder(2), 2), (HashEmbedder(3, languages=frozenset({"zh"})), 1)):
        other = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=model)
        assert len(model.embedded) == embedded
        assert_level(other._catalog, other._indexes)
        assert other.index_counts().vectors == embedded
        other.close()


# -- the rest ----------------------------------------------------------------------------------------------------------


def test_rebuild_reads_all_again_and_embeds_nothing(tmp_path: Path, embedder: HashEmbedder) -> None:
    write(tmp_path / "k", "a.md", "# Fees\n\nThe harbour fee is 16 euros.\n")
    base = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=embedder)
    base.sync()
    report = base.sync(rebuild=True)
    assert (report.unchanged, report.documents, len(embedder.embedded)) == (1, 1, 1)
    assert (report.changed, report.added) == (0, 0), "what was read again is the same as before"
    assert_level(base._catalog, base._indexes)
    base.close()


def test_a_question_that_meets_a_change_is_looked_up_again(
    tmp_path: Path, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "k", "a.md", "# Fees\n\nThe harbour fee is 16 euros.\n")
    base = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=embedder)
    base.sync()
    by_words, changed = base._indexes.by_words, threading.Event()

    def changing(*asked: Any, **options: Any) -> Any:
        found = by_words(*asked, **options)
        if not changed.is_set():
            changed.set()
            write(tmp_path / "k", "a.md", "# Fees\n\nThe harbour fee is 17 euros.\n")
            base.sync()
        return found

    monkeypatch.setattr(base._indexes, "by_words", changing)
    (hit,) = base.search("What is the harbour fee?", today=TODAY).hits
    assert "17 euros" in hit.passage.text
    base.close()


def test_syncs_and_questions_may_come_from_many_threads(tmp_path: Path, embedder: HashEmbedder) -> None:
    write(tmp_path / "k", "a.md", "# Fees\n\nThe harbour fee is 0 euros.\n")
    base = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=embedder)
    base.sync()
    done = threading.Event()
    errors: list[BaseException] = []
    seen: list[int] = []

    def ask() -> None:
        try:
            while not done.is_set():
                seen.append(len(base.search("What is the harbour fee?", today=TODAY).hits))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for version in range(1, 7):
        write(tmp_path / "k", "a.md", f"# Fees\n\nThe harbour fee is {version} euros.\n")
        base.sync()
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert set(seen) == {1}, "never the old and the new, never neither"
    base.close()


def test_watching_ends_when_it_is_told_to(tmp_path: Path, embedder: HashEmbedder) -> None:
    (tmp_path / "k").mkdir()
    base = KnowledgeBase.open_folder(tmp_path / "k", tmp_path / "data", embedder=embedder)
    watching = threading.Thread(target=lambda: list(base.watch()))
    watching.start()
    base.interrupt()
    watching.join(timeout=10)
    assert not watching.is_alive()
    base.close()


def test_opened_closes_whatever_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.knowledge_base.SentenceTransformerEmbedder", lambda _: HashEmbedder())
    (tmp_path / "k").mkdir()
    with pytest.raises(RuntimeError), opened(tmp_path / "k", tmp_path / "data"):
        raise RuntimeError
    with opened(tmp_path / "k", tmp_path / "data") as base:
        assert base.status().documents == 0
