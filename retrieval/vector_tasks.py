"""Work on the vector index that is done in a child process: ``python -m retrieval.vector_tasks build|probe …``.

Building in a child means that a kill tears a folder nobody reads; probing in a child means that a damaged index, which can
crash its reader, crashes a process that nobody misses. The child reads the catalog, which many processes may.
"""

import json
import logging
import random
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from retrieval.catalog import Catalog, Stored
from retrieval.embedder import Vectors
from retrieval.vectors import build, limit_file_growth, probe

_SAMPLES = 60


def main(arguments: list[str]) -> int:
    """Runs one task; prints a JSON list of problems, empty if all went well."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    task, catalog_path, folder, model = arguments
    limit_file_growth()
    catalog = Catalog(Path(catalog_path), read_only=True)
    keys = catalog.live_keys(embedded=True)
    problems: list[str] = []
    if task == "build":
        build(Path(folder), model, map(_rows, catalog.stream()), Counter(keys.values()))
    else:
        chosen = random.sample(sorted(keys), min(_SAMPLES, len(keys)))
        samples = _rows(catalog.read(chosen).values())
        problems = probe(Path(folder), model, samples)
    print(json.dumps(problems))
    return 0


def _rows(batch: Iterable[Stored]) -> list[tuple[int, str, Vectors]]:
    return [(stored.key, stored.passage.language, stored.vector) for stored in batch if stored.vector is not None]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
