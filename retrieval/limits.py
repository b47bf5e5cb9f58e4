"""How much a file may cost before its reading is given up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bounds on one file. The child enforces all but ``wall_seconds``, which the parent counts."""

    max_bytes: int = 50 * 1024 * 1024
    cpu_seconds: int = 60
    wall_seconds: float = 90.0
    memory_bytes: int = 1024 * 1024 * 1024
    """Address space of the whole child, its libraries included."""
    output_chars: int = 20_000_000
    max_pages: int = 2_000
    max_rows: int = 100_000
    """Rows of a table, or records of a file of records, that hold anything."""
    max_cells: int = 1_000_000
    """Cells of all tables of a file, or values of all its records."""
    max_entries: int = 2_000
    """Parts of a format that is a zip archive inside."""
    max_unpacked_bytes: int = 200 * 1024 * 1024
    max_ratio: int = 100
    """How many times its size a part of an archive of more than 1 MB may unpack to."""
    ocr: bool = False
    """Whether scanned pages are read by tesseract."""
    ocr_pages: int = 40
    """Scanned pages of one file that are read; the rest are named."""


def longest_answer(limits: ReadLimits) -> int:
    """Bytes of the longest answer a child may give: UTF-8 text, and what surrounds each block of it."""
    return 8 * limits.output_chars + 1_000_000
