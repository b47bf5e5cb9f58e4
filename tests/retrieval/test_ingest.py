"""The law of a sync: whatever happened to the folder, the index is the one that would be built from nothing."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import ingest
from retrieval.catalog import Catalog
from retrieval.document import Document
from retrieval.embedder import Vectors
from retrieval.errors import DataFolderError, KnowledgeFolderError, StoppedError
from retrieval.ingest import Progress
from retrieval.lexical import LexicalIndex
from retrieval.limits import ReadLimits
from retrieval.readers.sandbox import Sandbox
from retrieval.vectors import VectorIndex
from tests.fakes import HashEmbedder
from tests.retrieval.makers import sought
from tests.retrieval.works import Works, assert_level

T = TypeVar("T")

TAX = "# Tax\n\nThe value added tax in Kazakhstan is 16 percent.\n"
VISA = "# Visas\n\nCitizens of China stay in Uzbekistan for 30 days without a visa.\n"


def counts(report: ingest.SyncReport) -> dict[str, int]:
    every = {name: getattr(report, name) for name in ("added", "changed", "moved", "removed", "unchanged")}
    return {name: count for name, count in every.items() if count}


# -- what a sync sees ------------------------------------------------------------------------------------------------


def test_a_new_file_is_added_and_found(works: Works) -> None:
    works.write("country/kz.md", TAX)
    report = works.sync()
    assert counts(report) == {"added": 1}
    assert (report.documents, report.passages, report.failed) == (1, 1, ())
    assert report.did_something
    assert "16 percent" in works.text("country/kz.md")


def test_a_second_sync_does_nothing(works: Works, embedder: HashEmbedder) -> None:
    works.write("country/kz.md", TAX)
    works.sync()
    embedder.embedded.clear()
    before = works.catalog.live_keys()
    report = works.sync()
    assert counts(report) == {"unchanged": 1}
    assert not report.did_something
    assert works.catalog.live_keys() == before
    assert embedder.embedded == []


def test_a_changed_file_serves_the_new_text_only(works: Works) -> None:
    works.write("kz.md", TAX)
    works.sync()
    works.write("kz.md", TAX.replace("16", "18"))
    assert counts(works.sync()) == {"changed": 1}
    assert "18 percent" in works.text("kz.md")
    assert "16 percent" not in works.text("kz.md")


def test_a_removed_file_is_gone_from_everything(works: Works) -> None:
    works.write("kz.md", TAX)
    works.write("uz.md", VISA).touch()
    works.sync()
    (works.folder / "kz.md").unlink()
    assert counts(works.sync()) == {"removed": 1, "unchanged": 1}
    assert works.documents() == ["uz.md"]
    assert set(works.catalog.files()) == {"uz.md"}


def test_a_renamed_file_is_moved_without_being_embedded_again(works: Works, embedder: HashEmbedder) -> None:
    works.write("draft/kz.md", "---\ntitle: Card\n---\n" + TAX)
    works.sync()
    embedder.embedded.clear()
    (works.folder / "country").mkdir()
    (works.folder / "draft/kz.md").rename(works.folder / "country/kz.md")
    assert counts(works.sync()) == {"moved": 1}
    assert works.documents() == ["country/kz.md"]
    assert embedder.embedded == []


def test_a_file_renamed_to_what_is_not_read_is_no_longer_answered_from(works: Works) -> None:
    works.write("kz.md", TAX)
    works.write("uz.md", VISA)
    works.sync()
    (works.folder / "kz.md").rename(works.folder / "kz.xyz")
    report = works.sync()
    assert works.documents() == ["uz.md"]
    assert counts(report) == {"removed": 1, "unchanged": 1}
    assert [failed.path for failed in report.failed] == ["kz.xyz"]


def test_only_the_changed_passage_is_embedded_again(works: Works, embedder: HashEmbedder) -> None:
    sections = [f"## Part {number}\n\nThe fee of part {number} is {number} euros.\n" for number in range(1, 31)]
    works.write("fees.md", "# Fees\n\n" + "\n".join(sections))
    works.sync()
    embedder.embedded.clear()
    sections[12] = "## Part 13\n\nThe fee of part 13 is 99 euros.\n"
    works.write("fees.md", "# Fees\n\n" + "\n".join(sections))
    works.sync()
    assert len(embedder.embedded) == 1
    assert "99 euros" in embedder.embedded[0]


def test_two_files_with_one_text_are_two_documents_embedded_once(works: Works, embedder: HashEmbedder) -> None:
    works.write("a/kz.md", "---\ntitle: Card\n---\n" + TAX)
    works.write("b/kz.md", "---\ntitle: Card\n---\n" + TAX)
    works.sync()
    assert works.documents() == ["a/kz.md", "b/kz.md"]
    assert len(embedder.embedded) == 1


def test_reading_everything_again_embeds_nothing(works: Works, embedder: HashEmbedder) -> None:
    works.write("kz.md", TAX)
    works.write("uz.md", VISA)
    works.sync()
    embedder.embedded.clear()
    assert counts(works.sync(again=True)) == {"unchanged": 2}
    assert embedder.embedded == []


def test_a_file_replaced_by_one_of_equal_size_and_time_is_noticed(works: Works) -> None:
    path = works.write("kz.md", TAX)
    works.sync()
    times = path.stat()
    works.write("kz.new", TAX.replace("16", "18"))
    os.utime(works.folder / "kz.new", ns=(times.st_atime_ns, times.st_mtime_ns))
    (works.folder / "kz.new").replace(path)
    assert path.stat().st_mtime_ns == times.st_mtime_ns
    works.sync()
    assert "18 percent" in works.text("kz.md")


def test_a_file_touched_but_not_changed_is_unchanged(works: Works) -> None:
    path = works.write("kz.md", TAX)
    works.sync()
    before = works.catalog.live_keys()
    os.utime(path, (1, 1))
    assert counts(works.sync()) == {"unchanged": 1}
    assert works.catalog.live_keys() == before


def test_a_changed_sidecar_changes_its_document(works: Works) -> None:
    works.write("kz.txt", "The tax is 16 percent in the whole country.\n")
    works.write("kz.txt.yaml", "title: First title\nlang: en\n")
    works.sync()
    assert works.documents() == ["kz.txt"]
    for title in ("Other title", "Third title"):  # of equal length
        works.write("kz.txt.yaml", f"title: {title}\nlang: en\n")
        assert counts(works.sync()) == {"changed": 1}
        record = works.catalog.document("kz.txt")
        assert record is not None
        assert record.metadata.title == title
    (works.folder / "kz.txt.yaml").unlink()
    assert counts(works.sync()) == {"changed": 1}
    record = works.catalog.document("kz.txt")
    assert record is not None
    assert record.metadata.title != "Third title"


def test_progress_counts_every_file(works: Works) -> None:
    works.write("kz.md", TAX)
    works.write("broken.md", b"")
    seen: list[Progress] = []
    works.ingest.sync(progress=seen.append)
    assert [(progress.done, progress.total) for progress in seen] == [(0, 2), (1, 2), (2, 2)]


def test_many_documents_are_written_in_batches(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "_BATCH_DOCUMENTS", 3)
    for number in range(10):
        works.write(f"{number}.md", f"# Note {number}\n\nThe fee number {number} is {number} euros.\n")
    assert counts(works.sync()) == {"added": 10}
    for number in range(10):
        (works.folder / f"{number}.md").rename(works.folder / f"moved-{number}.md")
    assert counts(works.sync()) == {"moved": 10}
    assert len(works.documents()) == 10


# -- files that cannot be indexed ------------------------------------------------------------------------------------


def test_each_bad_file_is_named_with_its_reason_and_stops_no_other(works: Works) -> None:
    works.write("good.md", TAX)
    works.write("empty.md", b"")
    works.write("blank.md", b"  \n\n \n")
    works.write("binary.txt", bytes(range(256)) * 40)
    works.write("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(500))
    works.write("misencoded.txt", b"\xef\xbb\xbf" + "Налог равен двенадцати процентам. ".encode("cp1251") * 9)
    works.write("front.md", "---\ntitle: [unclosed\n---\nThe text is here.\n")
    works.write("unclosed.md", "---\ntitle: Card\nThe text is here.\n")
    works.write("archive.zip", b"PK\x03\x04" + bytes(100))
    works.write("unknown.xyz", b"words")
    (works.folder / "link.md").symlink_to(works.folder / "good.md")
    os.mkfifo(works.folder / "pipe.md")
    report = works.sync()
    assert works.documents() == ["good.md"]
    reasons = {failed.path: failed.message for failed in report.failed}
    expected = {
        "empty.md": "is empty",
        "blank.md": "no text",
        "binary.txt": "save it as UTF-8",
        "picture.txt": "picture",
        "misencoded.txt": "begins like UTF-8",
        "front.md": "front matter",
        "unclosed.md": "front matter",
        "archive.zip": "archive",
        "unknown.xyz": "'.xyz'",
        "link.md": "is a link",
        "pipe.md": "no regular file",
    }
    assert set(reasons) == set(expected)
    assert {path: reason for path, reason in reasons.items() if expected[path] not in reason} == {}


def test_a_file_that_breaks_keeps_its_last_good_version_until_it_is_mended(works: Works) -> None:
    works.write("kz.md", TAX)
    works.sync()
    works.write("kz.md", "---\ntitle: [unclosed\n---\nThe tax is 18 percent.\n")
    report = works.sync()
    assert [failed.path for failed in report.failed] == ["kz.md"]
    assert "16 percent" in works.text("kz.md")
    assert [failed.path for failed in works.sync().failed] == ["kz.md"], "an unchanged broken file is still reported"
    works.write("kz.md", TAX.replace("16", "18"))
    report = works.sync()
    assert report.failed == ()
    assert "18 percent" in works.text("kz.md")


def test_a_broken_file_that_is_taken_out_is_forgotten_with_its_last_good_version(works: Works) -> None:
    works.write("kz.md", TAX)
    works.write("uz.md", VISA)
    works.write("empty.md", b"")
    works.sync()
    works.write("kz.md", b"")
    works.sync()
    (works.folder / "kz.md").unlink()
    (works.folder / "empty.md").unlink()
    report = works.sync()
    assert report.failed == ()
    assert works.documents() == ["uz.md"]


def test_a_file_that_cannot_be_opened_is_named_and_tried_again(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    works.write("kz.md", TAX)
    works.write("uz.md", VISA)
    opening = os.open

    def refused(path: Path, flags: int, mode: int = 0o777) -> int:
        if Path(path).name == "kz.md":
            raise PermissionError(13, "Permission denied")
        return opening(path, flags, mode)

    with monkeypatch.context() as patched:
        # The tests may run as root, whom no file refuses.
        patched.setattr(os, "open", refused)
        report = works.sync()
    assert [(failed.path, "Permission denied" in failed.message) for failed in report.failed] == [("kz.md", True)]
    assert works.documents() == ["uz.md"]
    assert works.sync().failed == (), "what was wrong with the disk may pass without a trace in the file"
    assert works.documents() == ["kz.md", "uz.md"]


def test_a_name_that_is_no_text_is_refused(works: Works) -> None:
    works.write("kz.md", TAX)
    (works.folder / os.fsdecode(b"caf\xe9.md")).write_text(VISA)
    report = works.sync()
    assert works.documents() == ["kz.md"]
    assert ["valid UTF-8" in failed.message for failed in report.failed] == [True]


def test_what_editors_and_systems_leave_behind_is_ignored(works: Works) -> None:
    works.write("kz.md", TAX)
    for name in ("~$kz.md", ".hidden.md", ".git/x.md", "kz.md~", "kz.md.tmp", "big.pdf.part", "README.md", "Thumbs.db"):
        works.write(name, VISA)
    works.write("termbase.csv", "en,zh\ntax,税\n")
    works.write("policy/README.md", VISA)
    report = works.sync()
    assert report.failed == ()
    assert works.documents() == ["kz.md", "policy/README.md"], "only at the root are these two names not documents"


def test_warnings_of_a_document_are_reported_every_time(works: Works) -> None:
    works.write("kz.md", "---\ntitle: Card\nstatus: valid\n---\n" + TAX)
    for _ in range(2):
        warnings = works.sync().warnings
        assert [warning.path for warning in warnings] == ["kz.md"]
        assert "line 3" in warnings[0].message
        assert "in_force" in warnings[0].message


# -- what must never happen ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("access", ["staff", "member"])
def test_what_is_not_public_is_never_in_an_index(works: Works, access: str) -> None:
    works.write("open.md", TAX)
    works.write("closed.md", f"---\ntitle: Memo\naccess: {access}\n---\nThe zirconium penalty is 777 crowns.\n")
    works.sync()
    assert works.documents() == ["closed.md", "open.md"]
    keys = works.catalog.live_keys()
    assert {stored.passage.document_id for stored in works.catalog.read(list(keys)).values()} == {"open.md"}
    assert works.indexes.by_words(sought("zirconium"), language="en", limit=5) == []


def test_a_document_that_is_closed_leaves_the_indexes_and_comes_back_when_it_is_opened(works: Works) -> None:
    works.write("kz.md", TAX)
    works.sync()
    works.write("kz.md", "---\naccess: staff\n---\n" + TAX)
    works.sync()
    assert works.catalog.live_keys() == {}
    works.write("kz.md", TAX)
    works.sync()
    assert len(works.catalog.live_keys()) == 1


def test_a_folder_that_is_not_there_removes_nothing(works: Works) -> None:
    works.write("kz.md", TAX)
    works.sync()
    works.folder.rename(works.folder.with_name("elsewhere"))
    with pytest.raises(KnowledgeFolderError, match="no such folder"):
        works.ingest.sync()
    assert works.documents() == ["kz.md"]
    works.folder.with_name("elsewhere").rename(works.folder)
    assert counts(works.sync()) == {"unchanged": 1}


def test_a_folder_that_lost_everything_at_once_is_not_believed_unasked(works: Works) -> None:
    for number in range(5):
        works.write(f"{number}.md", f"# Note {number}\n\nThe fee number {number} is {number} euros.\n")
    works.sync()
    shutil.rmtree(works.folder)
    works.folder.mkdir()
    with pytest.raises(KnowledgeFolderError, match=r"all 5 documents have vanished.*--allow-removals"):
        works.ingest.sync()
    assert len(works.documents()) == 5
    assert counts(works.sync(allow_removals=True)) == {"removed": 5}
    assert works.documents() == []


def test_a_stray_file_does_not_make_an_unmounted_folder_believed(works: Works) -> None:
    for number in range(5):
        works.write(f"{number}.md", f"# Note {number}\n\nThe fee number {number} is {number} euros.\n")
    works.sync()
    shutil.rmtree(works.folder)
    works.folder.mkdir()
    works.write("lost+found.bin", b"\0")
    report = works.sync()
    assert (report.removed, len(report.kept), len(works.documents())) == (0, 5, 5)
    works.write("0.md", "# Note\n\nThe fee is now nothing at all.\n")
    works.write("new.md", TAX)
    assert counts(works.sync()) == {"added": 1, "changed": 1, "removed": 4}, "who replaces all documents means it"


def test_losing_more_than_half_of_many_is_not_believed_unasked(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "_MANY_GONE", 4)
    for number in range(6):
        works.write(f"{number}.md", f"# Note {number}\n\nThe fee number {number} is {number} euros.\n")
    works.sync()
    for number in range(4):
        (works.folder / f"{number}.md").unlink()
    report = works.sync()
    assert (report.removed, len(works.documents())) == (0, 6)
    assert "--allow-removals" in report.warnings[0].message
    assert counts(works.sync(allow_removals=True)) == {"removed": 4, "unchanged": 2}


def test_a_file_that_is_still_being_written_waits_for_the_next_sync(works: Works) -> None:
    works.write("old.md", VISA)
    works.sync()
    works.write("new.md", TAX)
    works.write("old.md", VISA.replace("30", "60"))
    report = works.sync(settle_seconds=60)
    assert set(report.deferred) == {"new.md", "old.md"}
    assert works.documents() == ["old.md"]
    assert "30 days" in works.text("old.md")
    assert counts(works.sync()) == {"added": 1, "changed": 1}


def test_a_file_that_changes_while_it_is_read_is_not_indexed_half(
    works: Works, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = works.write("kz.md", TAX)
    reading = sandbox.read

    def read_and_grow(asked: Path, document_id: str) -> Document:
        document = reading(asked, document_id)
        path.write_text(TAX + "\nAnd more.\n")
        return document

    with monkeypatch.context() as patched:
        patched.setattr(sandbox, "read", read_and_grow)
        assert works.sync().deferred == ("kz.md",)
    assert works.documents() == []
    works.sync()
    assert "And more." in works.text("kz.md")


def test_a_renamed_file_is_never_missing_while_new_files_settle(works: Works) -> None:
    works.write("kz.md", TAX)
    works.write("uz.md", VISA)
    works.sync()
    (works.folder / "kz.md").rename(works.folder / "tax.md")
    works.write("new.md", "# New\n\nA sentence that somebody is still writing.\n")
    report = works.sync(settle_seconds=60)
    assert counts(report) == {"moved": 1, "unchanged": 1}
    assert report.deferred == ("new.md",)
    assert works.documents() == ["tax.md", "uz.md"]


@pytest.mark.parametrize("back", [True, False])
def test_a_file_that_is_away_while_it_is_read_is_not_called_broken(
    works: Works, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    path = works.write("kz.md", TAX)
    works.write("uz.md", VISA)
    reading, away = sandbox.read, path.with_name("kz.md.tmp")

    def read_late(asked: Path, document_id: str) -> Document:
        if asked != path:
            return reading(asked, document_id)
        path.rename(away)
        try:
            return reading(asked, document_id)
        finally:
            # It may lie there again, the same bytes, before anyone looks: what its reader said is still no news of it.
            away.rename(path)
            if not back:
                path.write_text(TAX.replace("16", "18"))

    with monkeypatch.context() as patched:
        patched.setattr(sandbox, "read", read_late)
        works.sync()
    report = works.sync()
    assert report.failed == ()
    assert works.documents() == ["kz.md", "uz.md"]
    assert ("16" if back else "18") in works.text("kz.md")


def test_a_folder_that_cannot_be_looked_into_is_named_and_nothing_of_it_is_lost(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    works.write("law/kz.md", TAX)
    works.write("law/deep/uz.md", VISA)
    works.sync()
    listing = os.scandir

    def refused(folder: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(folder).name == "law":
            raise PermissionError(13, "Permission denied", str(folder))
        return listing(folder)

    works.write("new.md", "# New\n\nThe port of Aktau is open.\n")
    with monkeypatch.context() as patched:
        # The tests may run as root, whom no folder refuses.
        patched.setattr(os, "scandir", refused)
        report = works.sync()
        assert counts(works.sync()) == {"unchanged": 1}
    assert counts(report) == {"added": 1}
    assert [(failed.path, "Permission denied" in failed.message) for failed in report.failed] == [("law", True)]
    assert works.documents() == ["law/deep/uz.md", "law/kz.md", "new.md"]
    report = works.sync()
    assert report.failed == ()
    assert counts(report) == {"unchanged": 3}


def test_folders_without_end_are_named_and_stop_no_other_file(works: Works) -> None:
    works.write("kz.md", TAX)
    works.write("d/" * 70 + "uz.md", VISA)
    report = works.sync()
    assert works.documents() == ["kz.md"]
    assert ["folders deep" in failed.message for failed in report.failed] == [True]


def test_a_folder_taken_away_while_it_is_looked_through_removes_nothing(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    works.write("a/kz.md", TAX)
    works.write("b/uz.md", VISA)
    works.sync()
    listing, elsewhere = os.scandir, works.folder.with_name("elsewhere")

    def listed(folder: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(folder).name == "b" and works.folder.exists():
            works.folder.rename(elsewhere)
        return listing(folder)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", listed)
        with pytest.raises(KnowledgeFolderError, match="taken away"):
            works.ingest.sync()
    elsewhere.rename(works.folder)
    assert works.documents() == ["a/kz.md", "b/uz.md"]


def test_a_file_past_the_limit_is_refused_without_reading_all_of_it(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = works.write("big.pdf", b"")
    with big.open("wb") as file:
        file.truncate(2**32)
    hashed = 0
    sha256 = hashlib.sha256

    class Counting:
        def __init__(self) -> None:
            self.inner = sha256()

        def update(self, data: bytes) -> None:
            nonlocal hashed
            hashed += len(data)
            self.inner.update(data)

        def hexdigest(self) -> str:
            return self.inner.hexdigest()

    monkeypatch.setattr(hashlib, "sha256", Counting)
    report = works.ingest.sync()
    assert "the limit is 50.0 MB" in report.failed[0].message
    assert hashed < 3 * 60 * 2**20


def test_what_was_refused_is_tried_again_when_the_limits_change(works: Works, embedder: HashEmbedder) -> None:
    works.write("rates.csv", "good,rate\n" + "tin,3\n" * 5)
    works.write("kz.md", TAX)
    with Sandbox(ReadLimits(max_rows=4)) as narrow:
        strict = Works(works.folder, works.data.with_name("other"), embedder=embedder, sandbox=narrow)
        assert "more than 4 rows" in strict.sync().failed[0].message
        assert "more than 4 rows" in strict.sync().failed[0].message
        strict.close()
    wider = Works(works.folder, works.data.with_name("other"), embedder=embedder, sandbox=works._sandbox)
    assert counts(wider.sync()) == {"added": 1, "unchanged": 1}
    wider.close()


def test_the_passages_of_one_file_are_embedded_in_parts_between_which_it_can_be_stopped(
    works: Works, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "_BATCH_PASSAGES", 2)
    reading = Sandbox()
    stopped = Works(works.folder, works.data.with_name("other"), embedder=embedder, sandbox=reading)
    works.write("kz.md", "".join(f"# Part {number}\n\nThe fee is {number} euros.\n\n" for number in range(9)))
    embed = embedder.embed_documents

    def stop_then(texts: Sequence[str]) -> Vectors:
        reading.interrupt()
        return embed(texts)

    monkeypatch.setattr(embedder, "embed_documents", stop_then)
    with pytest.raises(StoppedError):
        stopped.ingest.sync()
    assert len(embedder.embedded) == 2
    stopped.close()
    reading.close()


def test_no_sync_without_room_on_the_disk(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    works.write("kz.md", TAX)
    monkeypatch.setattr(ingest, "_FREE_BYTES", 2**70)
    with pytest.raises(DataFolderError, match="MB are free"):
        works.ingest.sync()
    assert works.documents() == []
    monkeypatch.setattr(ingest, "_FREE_BYTES", 0)
    assert counts(works.sync()) == {"added": 1}


def test_a_failure_between_indexing_and_the_switch_leaves_nothing_behind(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    works.write("kz.md", TAX)
    works.sync()
    works.write("kz.md", TAX.replace("16", "18"))
    works.write("ru.md", "# Налоги\n\nНалог на добавленную стоимость составляет двенадцать процентов.\n")

    def fail(*_: object) -> None:
        raise DataFolderError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(works.catalog, "flip", fail)
        with pytest.raises(DataFolderError):
            works.ingest.sync()
    assert "16 percent" in works.text("kz.md"), "nothing is seen before the switch"
    (works.folder / "ru.md").unlink()
    works.reopen()
    assert counts(works.sync()) == {"changed": 1}
    assert "18 percent" in works.text("kz.md")


class Cut(BaseException):
    """The power goes."""


@pytest.mark.slow
def test_cut_off_at_any_step_it_comes_back_whole(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work ends at the first, the second, the third … thing that is written, until none is left to end it at."""
    step = 0
    while True:
        step += 1
        works = Works(tmp_path / f"{step}/k", tmp_path / f"{step}/data", embedder=HashEmbedder(), sandbox=sandbox)
        for name, text in {"kept.md": TAX, "changed.md": VISA, "moved.md": TAX + VISA, "gone.md": VISA + TAX}.items():
            works.write(name, text)
        works.sync()
        works.write("changed.md", VISA.replace("30", "60"))
        works.write("new.md", "# Налог\n\nСтавка налога составляет шестнадцать процентов.\n")
        (works.folder / "moved.md").rename(works.folder / "there.md")
        (works.folder / "gone.md").unlink()
        left = step

        def cut(writing: Callable[..., T]) -> Callable[..., T]:
            def cut_or_write(*arguments: object, **named: object) -> T:
                nonlocal left
                left -= 1
                if not left:
                    raise Cut
                return writing(*arguments, **named)

            return cut_or_write

        was_cut = False
        with monkeypatch.context() as patched:
            for room, name in (
                (Catalog, "_writing"),
                (LexicalIndex, "_write"),
                (VectorIndex, "upsert"),
                (VectorIndex, "delete"),
            ):
                patched.setattr(room, name, cut(getattr(room, name)))
            try:
                works.ingest.sync()
            except Cut:
                was_cut = True
        works.reopen()
        assert_level(works.catalog, works.indexes)
        served = works.text("changed.md")
        assert ("30 days" in served) != ("60 days" in served), step
        works.sync()
        assert works.documents() == ["changed.md", "kept.md", "new.md", "there.md"], step
        assert "60 days" in works.text("changed.md")
        assert not works.sync().did_something
        works.close()
        if not was_cut:
            break
    assert step > 12, "so many things are written at least"


# -- the law ---------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a.md", "b.md", "c.md", "sub/d.md", "sub/e.md", "sub/deep/f.md"])
TEXTS = st.sampled_from(
    [
        "# Tax\n\nThe tax is 16 percent.\n\n# Fees\n\nThe fee is 9 euros.\n",
        "# Tax\n\nThe tax is 18 percent.\n\n# Fees\n\nThe fee is 9 euros.\n",
        "---\ntitle: Карточка\nlang: ru\n---\n# Налог\n\nСтавка налога в Казахстане составляет шестнадцать процентов.\n",
        "---\nlang: zh\n---\n# 税\n\n哈萨克斯坦的增值税税率为百分之十六。\n",
        "---\naccess: staff\n---\nThe penalty is secret.\n",
        "---\ncountries: [KE]\n---\nSolar power plants need a licence.\n",
    ]
)


WORK = st.one_of(
    st.tuples(st.just("save"), NAMES, TEXTS),
    st.tuples(st.just("save"), NAMES, TEXTS),
    st.tuples(st.just("delete"), NAMES, st.none()),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("sync"), st.none(), st.none()),
)
RESTART = st.tuples(st.just("restart"), st.none(), st.none())


def follow_the_law(place: Path, sandbox: Sandbox, actions: list[tuple[str, str, str]]) -> None:
    """Does all that to a folder, and compares its index with one that knows only how the folder ends."""
    folder = place / "knowledge"
    works = Works(folder, place / "data", embedder=HashEmbedder(), sandbox=sandbox)
    works.write("kept.md", "# Kept\n\nOne file is always there.\n")
    for action, name, other in actions:
        if action == "save":
            works.write(name, other)
        elif action == "delete":
            (folder / name).unlink(missing_ok=True)
        elif action == "rename" and (folder / name).exists():
            (folder / other).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).replace(folder / other)
        elif action == "sync":
            works.sync()
        elif action == "restart":
            works.reopen()
    works.sync()
    fresh = Works(folder, place / "fresh", embedder=HashEmbedder(), sandbox=sandbox)
    fresh.sync()
    assert works.contents() == fresh.contents()
    assert {record.id: record.metadata for record in works.catalog.documents()} == {
        record.id: record.metadata for record in fresh.catalog.documents()
    }
    assert set(works.catalog.files()) == set(fresh.catalog.files())
    works.close()
    fresh.close()
    shutil.rmtree(place)


@settings(max_examples=8)
@given(actions=st.lists(WORK, max_size=12))
def test_any_sequence_ends_as_if_built_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, actions: list[tuple[str, str, str]]
) -> None:
    follow_the_law(tmp_path_factory.mktemp("law"), sandbox, actions)


@pytest.mark.slow
@settings(max_examples=20)
@given(actions=st.lists(WORK | RESTART, min_size=10, max_size=40))
def test_any_long_sequence_ends_as_if_built_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, actions: list[tuple[str, str, str]]
) -> None:
    follow_the_law(tmp_path_factory.mktemp("law"), sandbox, actions)


def test_losing_most_documents_at_once_is_held_back_until_it_is_allowed(works: Works) -> None:
    for number in range(30):
        works.write(f"country/{number}.md", f"Region {number} has a tariff of {number} percent.")
    works.sync()
    for number in range(20):
        (works.folder / f"country/{number}.md").unlink()
    report = works.sync()
    assert report.removed == 0
    assert report.documents == 30
    assert any("allow-removals" in warning.message for warning in report.warnings)
    assert works.sync(allow_removals=True).removed == 20
