"""A model that quotes what it is given at twenty words a second; prints its address and runs until it is ended."""

import time
from collections.abc import Iterator

from tests.model_server import Asked, ModelServer
from tests.parts import Played, good

WORDS_A_SECOND = 20


def slowly(asked: Asked) -> Played:
    """What a good model says, as fast as people are used to; what it is asked beside the answer comes at once."""
    played = good(asked)
    return _spoken(played) if asked.kind == "answer" and isinstance(played, Iterator) else played


def _spoken(pieces: Iterator[str]) -> Iterator[str]:
    for word in "".join(pieces).split(" "):
        time.sleep(1 / WORDS_A_SECOND)
        yield f"{word} "


if __name__ == "__main__":
    print(ModelServer(slowly).url, flush=True)
    while True:
        time.sleep(3_600)
