"""The values everything else is about: documents, blocks, passages, hits. Frozen, and free of any library."""

from dataclasses import dataclass, field
from enum import StrEnum

from retrieval.metadata import Metadata


class BlockKind(StrEnum):
    """What a piece of a file is, as far as its format tells."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a file in reading order.

    A table row is written out as ``header: value; header: value``, so that it can be understood and quoted alone.
    """

    kind: BlockKind
    text: str
    level: int = 0
    """Depth of a heading (1 is the outermost) or of a list item (1 is the outer list)."""
    page: int | None = None
    sheet: str | None = None
    row: int | None = None
    slide: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One file: what its reader understood of it. ``id`` is the path under the knowledge folder, with ``/``."""

    id: str
    metadata: Metadata
    blocks: tuple[Block, ...]
    pages: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All blocks, a line each."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Location:
    """Where in its document a passage stands; every part is optional."""

    headings: tuple[str, ...] = ()
    page: int | None = None
    sheet: str | None = None
    row: int | None = None
    last_row: int | None = None
    slide: int | None = None

    def __str__(self) -> str:
        parts = []
        if self.page is not None:
            parts.append(f"p. {self.page}")
        if self.slide is not None:
            parts.append(f"slide {self.slide}")
        if self.sheet is not None:
            parts.append(f"sheet {self.sheet}")
        if self.row is not None:
            many = self.last_row is not None and self.last_row != self.row
            parts.append(f"rows {self.row}–{self.last_row}" if many else f"row {self.row}")
        if self.headings:
            parts.append("§ " + " › ".join(self.headings))
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable piece of a document: its exact text, and where it stands."""

    document_id: str
    ordinal: int
    text: str
    language: str
    location: Location

    @property
    def id(self) -> str:
        """``policy/export-tax.md#3``: the document and the place in its order, from 1."""
        return f"{self.document_id}#{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Scores:
    """Why a hit stands where it stands. All are 0 to 1 but for ``lexical``, which is BM25 as the index gives it."""

    lexical: float = 0.0
    vector: float = 0.0
    coverage: float = 0.0
    """Share of the question's words, weighted by rarity, that the passage or its headings hold."""
    fused: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, the metadata of its document, and its scores."""

    passage: Passage
    metadata: Metadata
    countries: frozenset[str] = frozenset()
    """Countries the document is about or the passage names."""
    scores: Scores = field(default_factory=Scores)

    @property
    def own_countries(self) -> frozenset[str]:
        """Countries the document's card names; where it names none, those of the passage."""
        return frozenset(code[:2] for code in self.metadata.countries) or self.countries
