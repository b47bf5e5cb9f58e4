"""The lexical index: BM25 over the words of passages. The one place that knows tantivy."""

import json
import logging
import math
import shutil
import struct
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy

from retrieval.catalog import Stored
from retrieval.errors import RetrievalError
from retrieval.language import Sought, is_han, terms
from retrieval.sounds import alike, names_in, skeletons

log = logging.getLogger(__name__)

_PAIR_BOOST = 0.5
_PART_BOOST = 1.5
_OTHER_NAMES = 0.1
"""What the second-best name of a concept adds; a thing with many names is not found many times over."""
_LISTENED = 60
"""Passages whose names are heard for one name of a question."""
_AS_NAME = 0.5
"""Share of the passages with a word that must write it as a name."""
_NO_COUNTRY = "-"
_WRITER_BYTES = 60_000_000
_SEGMENT_FILES = ("fast", "fieldnorm", "idx", "pos", "store", "term")
_FOOTER_MARK = 1337


class LexicalIndexError(RetrievalError):
    """The lexical index cannot be read or written: its files are damaged or gone."""


class LexicalIndex:
    """BM25 over passages, by key. Disposable: it can be made anew from the catalog at any time.

    Words are cut by ``language.words`` before they come here; tantivy only counts them.
    """

    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("key", stored=True, indexed=True, fast=True)
        builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
        builder.add_text_field("countries", tokenizer_name="raw", index_option="basic")
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("pairs", tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("parts", tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("sounds", tokenizer_name="whitespace", index_option="basic")
        builder.add_bytes_field("names", stored=True, indexed=False)
        self._schema = builder.build()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            if not _is_whole(folder):
                raise ValueError("a file of the lexical index is damaged")
            self._index = tantivy.Index(self._schema, path=str(folder))
        except ValueError as error:
            # Another schema or a damaged file: what is lost is made anew from the catalog.
            log.warning("the lexical index is made anew: %s", error)
            shutil.rmtree(folder)
            folder.mkdir(parents=True)
            self._index = tantivy.Index(self._schema, path=str(folder))
        self._writer = self._index.writer(_WRITER_BYTES, 1)

    def write(self, added: Iterable[Stored], removed: Iterable[int] = ()) -> None:
        """Adds passages and removes keys in one commit. Adding a key again replaces it.

        Raises:
            LexicalIndexError: the files of the index are gone or the disk is full.
        """
        try:
            self._write(added, removed)
        except (ValueError, OSError) as error:  # tantivy knows no others
            raise LexicalIndexError(f"the lexical index cannot be written ({error})") from error

    def _write(self, added: Iterable[Stored], removed: Iterable[int]) -> None:
        for key in removed:
            self._writer.delete_documents_by_query(self._key_query(key))
        for stored in added:
            self._writer.delete_documents_by_query(self._key_query(stored.key))
            language = stored.passage.language
            context, text = terms(stored.context, language), terms(stored.passage.text, language)
            names = dict.fromkeys(
                name.written for name in names_in(f"{stored.context}\n{stored.passage.text}", language)
            )
            self._writer.add_document(
                tantivy.Document.from_dict(
                    {
                        "key": stored.key,
                        "language": language,
                        "countries": sorted(stored.countries) or [_NO_COUNTRY],
                        "words": " ".join(context.words + text.words),
                        "pairs": " ".join(context.pairs + text.pairs),
                        "parts": " ".join(context.parts + text.parts),
                        "sounds": " ".join({sound for name in names for sound in (_as_name(name), *skeletons(name))}),
                        "names": "\n".join(names).encode(),
                    },
                    self._schema,
                )
            )
        self._writer.commit()
        self._index.reload()

    def search(
        self,
        sought: Sought,
        *,
        language: str,
        limit: int,
        countries: frozenset[str] = frozenset(),
    ) -> list[tuple[int, float]]:
        """The best passages of one language: key and BM25 score, best first.

        Args:
            countries: if any, only passages that are about one of them, or about none.

        Raises:
            LexicalIndexError: the files of the index are damaged.
        """
        query = tantivy.Query
        any_of = [self._concept(names) for names in sought.concepts]
        any_of += (self._term("pairs", pair, _PAIR_BOOST) for pair in dict.fromkeys(sought.pairs))
        any_of += (self._term("parts", part, _PART_BOOST) for part in dict.fromkeys(sought.parts))
        if not any_of:
            return []
        should = [(tantivy.Occur.Should, each) for each in any_of]
        must = [(tantivy.Occur.Must, query.boolean_query(should)), self._filter("language", [language])]
        if countries:
            must.append(self._filter("countries", [*sorted(countries), _NO_COUNTRY]))
        searcher = self._index.searcher()
        try:
            found = searcher.search(query.boolean_query(must), limit).hits
            return [(int(searcher.doc(address)["key"][0]), float(score)) for score, address in found]
        except (ValueError, OSError) as error:
            raise LexicalIndexError(f"the lexical index cannot be read ({error})") from error

    def _concept(self, names: Sequence[Sequence[str]]) -> tantivy.Query:
        any_of = [self._name(name) for name in names]
        return any_of[0] if len(any_of) == 1 else tantivy.Query.disjunction_max_query(any_of, _OTHER_NAMES)

    def _name(self, name: Sequence[str]) -> tantivy.Query:
        any_of = [self._term("words", word, 1.0 / math.sqrt(len(name))) for word in name]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, each) for each in any_of])

    def _term(self, field: str, term: str, boost: float) -> tantivy.Query:
        return tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, field, term), boost)

    def _filter(self, field: str, values: Sequence[str]) -> tuple[tantivy.Occur, tantivy.Query]:
        """A condition that lets through what has one of the values, and adds nothing to its score."""
        any_of = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, field, value)) for value in values]
        return tantivy.Occur.Must, tantivy.Query.const_score_query(tantivy.Query.boolean_query(any_of), 0.0)

    def frequencies(self, sought: Iterable[str], *, parts: bool = False) -> tuple[int, dict[str, int]]:
        """How many passages there are, and in how many of them each word, or part of a word, stands."""
        searcher = self._index.searcher()
        return searcher.num_docs, {word: searcher.doc_freq("parts" if parts else "words", word) for word in set(sought)}

    def names_like(self, name: str, *, language: str) -> list[str]:
        """Names in passages of a language that sound like one in another script, the likest first.

        Raises:
            LexicalIndexError: the files of the index are damaged.
        """
        heard = skeletons(name)
        if not heard:
            return []
        any_of = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._term("sounds", each, 1.0)) for each in heard]
        )
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, any_of), self._filter("language", [language])])
        searcher = self._index.searcher()
        try:
            found = [searcher.doc(address)["names"][0] for _, address in searcher.search(query, _LISTENED).hits]
        except (ValueError, OSError) as error:
            raise LexicalIndexError(f"the lexical index cannot be read ({error})") from error
        written = {other for names in found for other in bytes(names).decode().split("\n") if other}
        return [other for other in alike(name, written) if self._is_name(other, language)]

    def _is_name(self, written: str, language: str) -> bool:
        """Whether a word stands in about as many passages as it is written as a name in; others only begin sentences."""
        cut = terms(written, language).words
        if len(cut) != 1 or is_han(written[0]):
            return True
        searcher = self._index.searcher()
        return searcher.doc_freq("sounds", _as_name(written)) >= _AS_NAME * searcher.doc_freq("words", cut[0])

    def keys(self) -> set[int]:
        """Every key in the index."""
        searcher = self._index.searcher()
        total = searcher.num_docs
        if not total:
            return set()
        hits = searcher.search(tantivy.Query.all_query(), total).hits
        return {int(searcher.doc(address)["key"][0]) for _, address in hits}

    def close(self) -> None:
        """Ends the writer, so that its lock is free."""
        try:
            self._writer.wait_merging_threads()
        except ValueError as error:
            log.debug("the writer of the lexical index ended badly: %s", error)

    def _key_query(self, key: int) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, "key", key)


def _as_name(written: str) -> str:
    """What a name is counted by; no skeleton has such a sign."""
    return "=" + "_".join(written.split()).casefold()


def _is_whole(folder: Path) -> bool:
    """Whether every file of the index holds the bytes it was written with.

    tantivy writes a checksum into each file but does not look at it, and answers from a damaged one with less.
    """
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
        for segment in meta["segments"]:
            stem = segment["segment_id"].replace("-", "")
            suffixes = (
                [*_SEGMENT_FILES, f"{segment['deletes']['opstamp']}.del"] if segment["deletes"] else _SEGMENT_FILES
            )
            if not all(_has_its_checksum(folder / f"{stem}.{suffix}") for suffix in suffixes):
                return False
    except FileNotFoundError:
        return not any(folder.glob("*.store"))  # an index that was never written to
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return True


def _has_its_checksum(path: Path) -> bool:
    """A file ends in a JSON object with the checksum of what stands before it, the object's length, and a mark."""
    data = path.read_bytes()
    length, mark = struct.unpack("<II", data[-8:]) if len(data) > 8 else (0, 0)
    if mark != _FOOTER_MARK or length > len(data) - 8:
        return False
    body, footer = data[: -8 - length], data[-8 - length : -8]
    return bool(json.loads(footer)["crc"] == zlib.crc32(body))
