"""The child that reads files: one request a line on its input, one answer a line on its output, within set limits.

Only JSON crosses the line between the two processes, so that a file which takes this one over gains nothing.
"""

import json
import os
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter

from retrieval.document import Document
from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits, longest_answer
from retrieval.readers import read

_DOCUMENTS = TypeAdapter(Document)


def main() -> None:
    """Serves until the input ends."""
    limits = TypeAdapter(ReadLimits).validate_json(sys.argv[1])
    requests, answers = _protected_streams()
    _confine(limits)
    answers.write(b'{"ready":true}\n')
    answers.flush()
    for line in requests:
        answers.write(_answer(line, limits) + b"\n")
        answers.flush()


def _protected_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keeps the pipes to itself: what a library prints goes to the error stream and cannot pass for an answer."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


def _confine(limits: ReadLimits) -> None:
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))


def _answer(line: bytes, limits: ReadLimits) -> bytes:
    """One answer. ``spent`` in it asks the parent for a fresh child: much of this one's memory is gone."""
    request = json.loads(line)
    path, document_id = Path(request["path"]), str(request["id"])
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + limits.cpu_seconds, hard))
    try:
        # An id may hold what JSON cannot, since a file name may; the parent knows it and puts it back.
        document = replace(read(path, document_id, limits), id="")
        spent = _resident_bytes() * 3 > limits.memory_bytes
        answer = b'{"spent":%s,"document":%s}' % (b"true" if spent else b"false", _DOCUMENTS.dump_json(document))
        if len(answer) <= longest_answer(limits):
            return answer
        return _refusal("it holds more text than one file may; split it into smaller files.", spent=spent)
    except UnreadableFileError as error:
        return _refusal(error.reason)
    except MemoryError:
        need = f"more than {limits.memory_bytes // 2**20} MB of memory"
        return _refusal(f"it takes {need} to read; split the file.", spent=True)
    except RecursionError:
        return _refusal("its parts are nested too deep; save it in a simpler form.")
    except Exception as error:
        return _refusal(f"its reader failed ({type(error).__name__}); save it again, or in another format.")


def _resident_bytes() -> int:
    """Memory this process holds now. Its ``ru_maxrss`` would be the parent's, which is kept over fork and exec."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0  # no Linux: the limit on address space is the one that holds


def _refusal(reason: str, *, spent: bool = False) -> bytes:
    return json.dumps({"error": reason, "spent": spent}).encode()


if __name__ == "__main__":
    main()
