"""Texts that are nearly the same: how much two of them have in common, and which of thousands to compare at all."""

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")

NEAR = 0.8
"""From this share of common word groups on, two texts are called nearly the same."""
_MET = 20
"""Documents of one bucket that a new one is compared with at most."""

Sketch = npt.NDArray[np.uint64]
"""The least hash of a text's word groups under each of many hash functions: equal places tell how much is common."""

_GROUP = 5
_BANDS, _ROWS = 32, 4
_TOKENS = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_RANDOM = np.random.default_rng(20261121)
_FACTORS = _RANDOM.integers(1, 2**64, _BANDS * _ROWS, dtype=np.uint64) | np.uint64(1)
_SUMMANDS = _RANDOM.integers(0, 2**64, _BANDS * _ROWS, dtype=np.uint64)


def sketch_of(text: str) -> Sketch | None:
    """The MinHash sketch of a text; None for one too short to be compared."""
    tokens = _TOKENS.findall(text.casefold())
    groups = {"\x1f".join(tokens[start : start + _GROUP]) for start in range(len(tokens) - _GROUP + 1)}
    if len(groups) < 3 * _GROUP:
        return None
    hashes = np.fromiter((zlib.crc32(group.encode("utf-8", "replace")) for group in groups), np.uint64, len(groups))
    with np.errstate(over="ignore"):
        least = [
            ((factor * hashes + summand) >> np.uint64(32)).min()
            for factor, summand in zip(_FACTORS, _SUMMANDS, strict=True)
        ]
    return np.array(least, dtype=np.uint64)


def near_pairs(sketched: Sequence[tuple[T, Sketch]]) -> Iterator[tuple[T, T, float]]:
    """Each document that is nearly the same as an earlier one, with that one and the share they have in common.

    Documents meet in buckets of equal bands, so that a folder of thousands is not compared pair by pair.
    """
    buckets: dict[tuple[int, bytes], list[int]] = {}
    for number, (one, sketch) in enumerate(sketched):
        keys = [(band, sketch[band * _ROWS : (band + 1) * _ROWS].tobytes()) for band in range(_BANDS)]
        met = sorted({other for key in keys for other in buckets.get(key, ())[:_MET]})
        shares = [(float((sketch == sketched[other][1]).mean()), -other) for other in met]
        if shares and max(shares)[0] >= NEAR:
            share, other = max(shares)
            yield sketched[-other][0], one, share
        for key in keys:
            buckets.setdefault(key, []).append(number)
