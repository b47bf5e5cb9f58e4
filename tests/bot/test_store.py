"""What must survive a restart."""

import datetime as dt
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer import Answer, Citation, Feedback, Note, NoteKind, Outcome, Statement
from bot.errors import StartError, StoreError
from bot.store import Store

ANSWERED = Answer(
    id="a1",
    conversation_id="c1",
    question="增值税税率是多少？",
    outcome=Outcome.ANSWERED,
    language="zh",
    text="16% [1]",
    statements=(Statement("16%", (1,)),),
    citations=(Citation(1, "d.md", "d.md#1", "T", "zh", "§ A", "16%", issuer="I", date=dt.date(2026, 1, 1)),),
    notes=(Note(NoteKind.DATED, "…", (1,)),),
    suggestions=("?",),
    retrieved=("d.md",),
)
REFUSED = replace(
    ANSWERED, id="a2", outcome=Outcome.NOT_COVERED, text="-", statements=(), citations=(), notes=(), suggestions=()
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite"


def test_turns_come_back_as_they_were_after_a_restart(path: Path) -> None:
    store = Store(path)
    store.keep(ANSWERED)
    store.keep(REFUSED)
    store.keep(replace(ANSWERED, id="a3", conversation_id="c2"))
    store.close()
    again = Store(path)
    assert list(again.turns("c1")) == [ANSWERED, REFUSED]
    assert again.turns("unknown") == []
    again.close()


def test_only_what_was_not_covered_is_an_open_question(path: Path) -> None:
    store = Store(path)
    store.keep(ANSWERED)
    store.keep(REFUSED)
    store.close()
    again = Store(path)
    (open_one,) = again.open_questions()
    assert (open_one.answer_id, open_one.question, open_one.language) == ("a2", REFUSED.question, "zh")
    assert dt.datetime.fromisoformat(open_one.asked_at).tzinfo is not None
    again.close()


def test_many_threads_may_keep_at_once(path: Path) -> None:
    store = Store(path)
    threads = [
        threading.Thread(target=store.keep, args=(replace(ANSWERED, id=f"t{n}", conversation_id="many"),))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.turns("many")) == 12
    store.close()


def test_a_kept_turn_is_whole_or_not_there(path: Path) -> None:
    store = Store(path)
    store.keep(REFUSED)
    with pytest.raises(Exception, match="UNIQUE"):
        store.keep(REFUSED)
    assert len(store.turns("c1")) == len(store.open_questions()) == 1
    store.close()


def test_a_file_that_is_no_database_is_explained(path: Path) -> None:
    path.write_text("this is no database, but a long enough text to be looked at " * 20)
    with pytest.raises(StartError, match=r"bot\.sqlite cannot be used"):
        Store(path)


def test_a_folder_that_is_not_there_is_explained(path: Path) -> None:
    with pytest.raises(StartError, match="cannot be used"):
        Store(path.parent / "no" / "bot.sqlite")


def test_an_answer_is_found_by_its_id(path: Path) -> None:
    store = Store(path)
    store.keep(ANSWERED)
    assert store.answer("a1") == ANSWERED
    assert store.answer("a9") is None
    store.close()


def test_a_reader_may_rate_an_answer_change_their_mind_and_take_it_back(path: Path) -> None:
    store = Store(path)
    store.keep(ANSWERED)
    assert not store.rate(Feedback("a9", helpful=True))
    assert store.rate(Feedback("a1", helpful=True))
    assert store.rate(Feedback("a1", helpful=False, reason="old figures"))
    assert store.rating("a1") == Feedback("a1", helpful=False, reason="old figures")
    assert store.rate(Feedback("a1", helpful=None))
    assert store.rating("a1") is None
    store.close()


def test_a_question_put_to_a_person_is_open_once(path: Path) -> None:
    store = Store(path)
    store.keep(ANSWERED)
    assert store.ask_a_person("a1")
    assert store.ask_a_person("a1")
    assert not store.ask_a_person("a9")
    assert [one.answer_id for one in store.open_questions()] == ["a1"]
    store.close()


def test_a_forgotten_conversation_leaves_no_byte_behind(path: Path) -> None:
    store = Store(path)
    canary = "canary-7f3a"
    for number in range(20):
        store.keep(replace(REFUSED, id=f"f{number}", question=f"{canary} {number}"))
    store.keep(replace(ANSWERED, id="other", conversation_id="c2"))
    store.rate(Feedback("f1", helpful=False, reason=canary))
    assert store.forget("c1") == 20
    assert store.forget("c1") == 0
    assert store.turns("c1") == []
    assert store.open_questions() == []
    assert len(store.turns("c2")) == 1
    assert not [file.name for file in path.parent.iterdir() if canary.encode() in file.read_bytes()]
    store.close()


def test_what_cannot_be_read_now_is_said_in_our_own_terms_and_no_one_elses_words(path: Path) -> None:
    store = Store(path)
    store.keep(ANSWERED)
    with sqlite3.connect(path) as other:
        for table in ("turns", "feedback", "removed"):
            other.execute(f"ALTER TABLE {table} RENAME TO gone_{table}")
    reads = (
        lambda: store.answer("a1"), lambda: store.rating("a1"), lambda: store.turns("c1"), lambda: store.removed_counts(),
        lambda: store.ask_a_person("a1"), lambda: store.rate(Feedback("a1", True)), lambda: store.keep(ANSWERED),
    )  # fmt: skip
    for read in reads:
        with pytest.raises(StoreError, match="no such table") as told:
            read()
        assert ANSWERED.question not in str(told.value)
    other.close()
    store.close()
