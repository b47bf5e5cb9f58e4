"""Killed at any moment, the knowledge base comes back whole: nothing lost, nothing twice, nothing left behind."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retrieval.readers.sandbox import Sandbox
from tests.fakes import HashEmbedder
from tests.retrieval.works import Works, assert_level

pytestmark = pytest.mark.slow

KILLS = 50


def kill_once(folder: Path, data: Path, *, seed: int) -> int:
    """Starts the child and kills it a moment later: while it opens, or in a sync. Gives how many syncs it ended.

    The moments are measured in syncs, so that a busy machine is not killed earlier in its work than an idle one.
    """
    draw = random.Random(seed)
    command = [sys.executable, "-m", "tests.retrieval.crashing", str(folder), str(data), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        synced = 0
        if draw.random() < 0.85:
            assert child.stdout.readline() == "ready\n"
            started = time.monotonic()
            for _ in range(draw.randrange(4)):
                assert child.stdout.readline() == "synced\n"
                synced += 1
            a_sync = (time.monotonic() - started) / synced if synced else 0.6
            time.sleep(draw.uniform(0.0, 1.2 * a_sync))
        else:
            time.sleep(draw.uniform(0.2, 2.5))  # in the middle of the recovery from the kill before
        assert child.poll() is None, f"seed {seed}: it ended by itself"
        child.kill()
        return synced + child.stdout.read().count("synced")


def test_whatever_moment_it_is_killed_at_it_comes_back_whole(tmp_path: Path, sandbox: Sandbox) -> None:
    folder, data = tmp_path / "knowledge", tmp_path / "data"
    folder.mkdir()
    synced = 0
    for seed in range(KILLS):
        synced += kill_once(folder, data, seed=seed)
        if seed % 5 == 3:
            continue  # killed again before anyone could put things in order
        embedder = HashEmbedder()
        works = Works(folder, data, embedder=embedder, sandbox=sandbox)
        try:
            assert_level(works.catalog, works.indexes)  # I2, I3, I4, before any sync
            report = works.sync(allow_removals=True)
            assert report.failed == ()
            on_disk = {path.name: path.read_text() for path in folder.glob("*.md")}
            assert set(works.documents()) == set(on_disk), f"seed {seed}"
            for name, text in on_disk.items():  # I1 and I5: the last version of each file, whole, and no other
                sentences = [line for line in text.split("---\n", 2)[2].splitlines() if line and line[0] != "#"]
                assert works.text(name).split("\n") == sentences, f"seed {seed}: {name}"
            assert works.sync().did_something is False
        finally:
            works.close()
        living = (data / "index/vectors/current").read_text()
        assert [path.name for path in (data / "index/vectors").iterdir() if path.is_dir()] == [living]
    assert synced > KILLS // 3, "most kills are to come in the middle of the work"
    fresh = Works(folder, tmp_path / "fresh", embedder=HashEmbedder(), sandbox=sandbox)
    fresh.sync()
    works = Works(folder, data, embedder=HashEmbedder(), sandbox=sandbox)
    works.sync()
    assert works.contents() == fresh.contents()
    works.close()
    fresh.close()
    shutil.rmtree(data)
