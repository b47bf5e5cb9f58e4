"""The watcher says when, and nothing more."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retrieval.watcher import watch_folder


@contextmanager
def watching(folder: Path) -> Iterator[tuple[threading.Semaphore, threading.Thread]]:
    """Watches in a thread; the semaphore is released at every word of the watcher."""
    stop, told = threading.Event(), threading.Semaphore(0)

    def run() -> None:
        for _ in watch_folder(folder, stop=stop):
            told.release()

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.6)  # until the operating system has been asked
    try:
        yield told, thread
    finally:
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive(), "it ends when it is told to"


def test_a_saved_file_is_told_within_seconds_even_in_a_new_folder(tmp_path: Path) -> None:
    with watching(tmp_path) as (told, _):
        assert not told.acquire(timeout=0.3), "nothing has happened yet"
        (tmp_path / "a.md").write_text("one")
        assert told.acquire(timeout=8)
        (tmp_path / "new").mkdir()
        assert told.acquire(timeout=8)
        (tmp_path / "new/b.md").write_text("two")
        assert told.acquire(timeout=8)
        (tmp_path / "a.md").unlink()
        assert told.acquire(timeout=8)


def test_a_burst_of_files_is_told_once_or_twice_not_for_each(tmp_path: Path) -> None:
    with watching(tmp_path) as (told, _):
        for number in range(200):
            (tmp_path / f"{number}.md").write_text("text")
        assert told.acquire(timeout=8)
        time.sleep(2.5)
        more = 0
        while told.acquire(blocking=False):
            more += 1
        assert more <= 2


def test_it_ends_at_once_when_it_is_stopped_before(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    assert list(watch_folder(tmp_path, stop=stop)) == []


def test_a_folder_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    with watching(tmp_path / "later") as (_, thread):
        assert thread.is_alive()
