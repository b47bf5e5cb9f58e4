"""The record: generations, the switch between them, and that what is dropped is really gone."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval import catalog as catalog_module
from retrieval.catalog import FORMAT, Catalog
from retrieval.document import Document, Location, Passage
from retrieval.errors import DataFolderError
from retrieval.metadata import Access, Metadata
from tests.retrieval.makers import a_passage, a_state, an_entry, put


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalog.sqlite"


@pytest.fixture
def catalog(path: Path) -> Iterator[Catalog]:
    opened = Catalog(path)
    yield opened
    opened.close()


def texts(catalog: Catalog, document_id: str) -> list[str]:
    return [passage.text for passage in catalog.passages(document_id)]


def test_a_staged_generation_is_seen_only_after_the_switch(catalog: Catalog) -> None:
    (old,) = put(catalog, "a.md", "The tax is 16 percent.")
    generation, (new,) = catalog.stage("a.md", [an_entry(a_passage("The tax is 18 percent."))])
    assert texts(catalog, "a.md") == ["The tax is 16 percent."]
    assert catalog.live_keys() == {old: "en"}
    assert catalog.stale_keys() == {new: "en"}
    assert set(catalog.read([old, new])) == {old}
    catalog.flip([(Document("a.md", Metadata(), ()), "en", generation, 1)], [a_state("a.md")])
    assert texts(catalog, "a.md") == ["The tax is 18 percent."]
    assert set(catalog.read([old, new])) == {new}, "the old one was read before and must not come from memory"
    assert catalog.stale_keys() == {old: "en"}


def test_staging_again_after_a_crash_takes_a_new_generation_and_new_keys(catalog: Catalog) -> None:
    first, lost = catalog.stage("a.md", [an_entry(a_passage("One."))])
    catalog.drop(lost)
    second, keys = catalog.stage("a.md", [an_entry(a_passage("One."))])
    third, others = catalog.stage("a.md", [an_entry(a_passage("One."))])
    assert (first, second) == (1, 1)
    assert third == 2
    assert len({*lost, *keys, *others}) == 3, "a key is never used again, not even that of a deleted passage"


def test_everything_of_a_passage_comes_back(catalog: Catalog) -> None:
    place = Location(headings=("Rates", "国家"), page=4, sheet="Лист", row=2, last_row=7, slide=3)
    passage = Passage("a.md", 1, "Текст 文本 text", "ru", place)
    metadata = Metadata(title="税", key="x", countries=("KZ", "CN-BJ"), access=Access.PUBLIC, extra=(("unit", "%"),))
    entry = an_entry(passage, context="Title › Rates", countries=frozenset({"KZ", "CN"}))
    generation, (key,) = catalog.stage("a.md", [entry])
    document = Document("a.md", metadata, (), pages=9, warnings=("line 3: ещё",))
    catalog.flip([(document, "ru", generation, 1)], [a_state("a.md", "f" * 64)])
    stored = catalog.read([key])[key]
    assert (stored.passage, stored.metadata, stored.context) == (passage, metadata, "Title › Rates")
    assert stored.countries == {"KZ", "CN"}
    assert stored.vector is not None
    assert entry.vector is not None
    assert np.array_equal(stored.vector, entry.vector)
    record = catalog.document("a.md")
    assert record is not None
    assert (record.metadata, record.warnings, record.pages) == (metadata, ("line 3: ещё",), 9)
    assert (record.language, record.sha256, record.passages) == ("ru", "f" * 64, 1)


def test_a_switch_that_fails_half_way_changes_nothing(catalog: Catalog) -> None:
    put(catalog, "a.md", "Old text.")
    generation, _ = catalog.stage("a.md", [an_entry(a_passage("New text."))])
    switched = (Document("a.md", Metadata(), ()), "en", generation, 1)
    with pytest.raises(KeyError):
        catalog.flip([switched, (Document("b.md", Metadata(), ()), "en", 1, 0)], [a_state("a.md")])
    assert texts(catalog, "a.md") == ["Old text."]


def test_gone_documents_leave_in_the_same_step_as_new_ones_come(catalog: Catalog) -> None:
    put(catalog, "old.md", "Text.")
    put(catalog, "new.md", "Text.", gone=("old.md",))
    assert [record.id for record in catalog.documents()] == ["new.md"]
    assert set(catalog.files()) == {"new.md"}
    assert catalog.counts() == (1, 1)


def test_dropped_passages_leave_no_byte_on_the_disk(path: Path, catalog: Catalog) -> None:
    canary = "zirconiumcanary"
    put(catalog, "keep.md", *[f"Kept text number {number}." for number in range(50)])
    for number in range(40):
        put(catalog, f"{number}.md", f"{canary} {number} " + "filling " * 200)
    stored = [file for file in path.parent.iterdir() if canary.encode() in file.read_bytes()]
    assert stored, "the canary is there before it is dropped, or this test could not fail"
    catalog.flip([], [], [f"{number}.md" for number in range(40)])
    catalog.drop(catalog.stale_keys())
    assert {file.name for file in path.parent.iterdir()} >= {"catalog.sqlite", "catalog.sqlite-wal"}
    assert [file.name for file in path.parent.iterdir() if canary.encode() in file.read_bytes()] == []
    assert len(texts(catalog, "keep.md")) == 50


def test_what_was_deleted_while_somebody_read_along_is_erased_the_next_time(catalog: Catalog, path: Path) -> None:
    (key,) = put(catalog, "a.md", "The zirconium price is 9 euros.")
    reader = sqlite3.connect(path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM passages").fetchall()
    catalog.flip([], [], ["a.md"])
    catalog.drop([key])
    assert b"zirconium" in path.with_name("catalog.sqlite-wal").read_bytes()
    reader.close()
    catalog.erase()
    assert not any(b"zirconium" in file.read_bytes() for file in path.parent.iterdir())


@pytest.mark.parametrize("access", [Access.STAFF, Access.MEMBER])
def test_what_is_not_public_is_no_part_of_the_indexes(catalog: Catalog, access: Access) -> None:
    (key,) = put(catalog, "a.md", "Secret.", metadata=Metadata(access=access))
    assert catalog.live_keys() == {}
    assert catalog.read([key]) == {}
    assert list(catalog.stream()) == []
    assert [stored.key for batch in catalog.stream(public_only=False) for stored in batch] == [key]
    assert catalog.counts() == (1, 1)


def test_a_stream_gives_every_live_passage_once_in_batches(catalog: Catalog) -> None:
    keys = put(catalog, "a.md", *[f"Text {number}." for number in range(25)])
    catalog.stage("a.md", [an_entry(a_passage("Staged."))])
    batches = list(catalog.stream(batch=10))
    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert [stored.key for batch in batches for stored in batch] == keys


def test_more_passages_than_memory_keeps_are_all_read(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_module, "_CACHED", 7)
    keys = put(catalog, "a.md", *[f"Text {number}." for number in range(25)])
    for _ in range(2):
        assert [stored.passage.text for stored in catalog.read(keys).values()] == [f"Text {n}." for n in range(25)]
    assert len(catalog._cache) <= 7


def test_what_was_read_a_moment_ago_is_gone_with_its_document(catalog: Catalog) -> None:
    (kept,), (gone,) = put(catalog, "a.md", "Kept."), put(catalog, "b.md", "Gone.")
    assert list(catalog.read([gone, kept])) == [gone, kept]
    before = catalog.switches
    catalog.flip([], [], ["b.md"])
    assert catalog.switches == before + 2, "its beginning and its end"
    assert list(catalog.read([gone, kept])) == [kept]


def test_vectors_are_found_by_the_text_they_were_made_of(catalog: Catalog) -> None:
    entry = an_entry(a_passage("Shared text."), context="Title")
    bare = replace(an_entry(a_passage("Bare text.", ordinal=2)), vector=None)
    catalog.stage("a.md", [entry, bare])
    found = catalog.vectors_by_digest([entry.digest, bare.digest, "0" * 64])
    assert list(found) == [entry.digest]
    assert entry.vector is not None
    assert np.array_equal(found[entry.digest], entry.vector)


def test_replaced_vectors_are_seen_at_once(catalog: Catalog) -> None:
    (key,) = put(catalog, "a.md", "Text.")
    before = catalog.read([key])[key].vector
    assert before is not None
    catalog.replace_vectors({key: -before})
    after = catalog.read([key])[key].vector
    assert after is not None
    assert np.array_equal(after, -before)
    assert set(catalog.live_keys(embedded=True)) == {key}
    catalog.replace_vectors({key: None})
    assert catalog.read([key])[key].vector is None
    assert catalog.live_keys(embedded=True) == {}
    assert set(catalog.live_keys()) == {key}


def test_files_are_remembered_with_their_reason_until_forgotten(catalog: Catalog) -> None:
    catalog.record_files([a_state("bad.md", reason="it is empty"), a_state("good.md")])
    catalog.record_files([a_state("good.md", "1" * 64)])
    assert {path: (state.sha256[0], state.reason) for path, state in catalog.files().items()} == {
        "bad.md": ("0", "it is empty"),
        "good.md": ("1", None),
    }
    catalog.forget_files(["bad.md"])
    assert set(catalog.files()) == {"good.md"}


def test_languages_come_with_the_most_frequent_first(catalog: Catalog) -> None:
    put(catalog, "a.md", "Текст.", language="ru")
    put(catalog, "b.md", "One.", "Two.", language="en")
    catalog.stage("c.md", [an_entry(a_passage("文本。", document_id="c.md", language="zh"))] * 1)
    assert catalog.languages() == ("en", "ru")


def test_a_document_is_found_by_the_key_on_its_card(catalog: Catalog) -> None:
    put(catalog, "a.md", "Text.", metadata=Metadata(title="Battery Rules", key="rules-2025"))
    assert catalog.title_of_key("rules-2025") == "Battery Rules"
    assert catalog.title_of_key("rules-2020") is None


def test_facts_are_kept_and_replaced(path: Path, catalog: Catalog) -> None:
    catalog.set_facts(model="one", synced="1")
    catalog.set_facts(model="two")
    other = Catalog(path, read_only=True)
    assert (other.fact("model"), other.fact("synced"), other.fact("unknown")) == ("two", "1", None)
    other.close()


def test_readers_see_whole_documents_while_they_change(catalog: Catalog) -> None:
    put(catalog, "a.md", *["Version 0."] * 20)

    def read() -> set[frozenset[str]]:
        return {frozenset(texts(catalog, "a.md")) for _ in range(150)}

    with ThreadPoolExecutor() as threads:
        readers = [threads.submit(read) for _ in range(2)]
        for version in range(1, 15):
            put(catalog, "a.md", *[f"Version {version}."] * 20)
            catalog.drop(catalog.stale_keys())
        seen = set().union(*(reader.result() for reader in readers))
    assert all(len(version) == 1 for version in seen), "never both, never neither"


def test_a_reader_beside_the_owner_cannot_write(path: Path, catalog: Catalog) -> None:
    put(catalog, "a.md", "Text.")
    reader = Catalog(path, read_only=True)
    assert reader.counts() == (1, 1)
    with pytest.raises(DataFolderError, match="cannot be written"):
        reader.set_facts(model="other")
    reader.close()


def test_there_is_nothing_to_read_before_the_first_sync(path: Path) -> None:
    with pytest.raises(DataFolderError, match="run 'dragoman sync'"):
        Catalog(path, read_only=True)
    assert not path.exists()


def test_a_catalog_of_a_newer_release_is_refused(path: Path) -> None:
    Catalog(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE facts SET value = ? WHERE name = 'format'", (str(FORMAT + 1),))
    connection.close()
    with pytest.raises(DataFolderError, match=f"newer release .format {FORMAT + 1}"):
        Catalog(path)


def test_a_file_that_is_no_catalog_is_refused_in_one_sentence(path: Path) -> None:
    path.write_bytes(b"this is not a database, and never was one" * 100)
    with pytest.raises(DataFolderError, match="cannot be used"):
        Catalog(path)
