"""A model that quotes what it is given at twenty words a second; prints its address and runs until it is ended."""

import time
from collections.abc import Iterator

from tests.model_server import Asked, ModelServer
from tests.parts import Played, good

WORDS_A_SECOND = 20
_LONGEST = 30


def slowly(asked: Asked) -> Played:
    """What a good model says, as fast as people are used to; what it is asked beside the answer comes at once."""
    played = good(asked)
    return _spoken(played) if asked.kind == "answer" and isinstance(played, Iterator) else played


def _spoken(pieces: Iterator[str]) -> Iterator[str]:
    for line in "".join(pieces).splitlines():
        *words, mark = line.split()  # a row of a table may have hundreds
        for word in (*words[:_LONGEST], mark):
            time.sleep(1 / WORDS_A_SECOND)
            yield f"{word} "
        yield "\n"


if __name__ == "__main__":
    print(ModelServer(slowly).url, flush=True)
    while True:
        time.sleep(3_600)
