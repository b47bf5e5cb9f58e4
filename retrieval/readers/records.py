"""JSON and YAML: records whose values are understood by their names."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from retrieval.document import Block, BlockKind
from retrieval.readers.cleaning import fold, strip_hidden
from retrieval.readers.source import Content, Source

_DEEPEST = 50
_TITLES = ("title", "name", "headline", "标题", "名称", "название", "заголовок")
_NUMBERS_AS_WRITTEN = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
"""However long they are."""
_MOST_ALIASES = 1_000
_PLAIN_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Makes text, lists and mappings only, whatever tags a file carries; ``NO`` stays Norway."""


def read_json(source: Source) -> Content:
    """Reads a record, a list of records, or a record that holds such a list."""
    try:
        value = _NUMBERS_AS_WRITTEN.decode(source.text)
    except json.JSONDecodeError as error:
        raise source.refused(f"line {error.lineno}: it is not valid JSON ({error.msg}); mend that line.") from None
    except RecursionError:
        raise source.refused(_too_deep()) from None
    return _content(value, source)


def read_json_lines(source: Source) -> Content:
    """Reads one record from each line."""
    records: list[Any] = []
    for number, line in enumerate(source.text.split("\n"), start=1):
        try:
            records += [_NUMBERS_AS_WRITTEN.decode(line)] if line.strip() else []
        except json.JSONDecodeError as error:
            raise source.refused(f"line {number}: it is not valid JSON ({error.msg}); mend that line.") from None
        except RecursionError:
            raise source.refused(_too_deep()) from None
    return _content(records, source)


def read_yaml(source: Source) -> Content:
    """Reads the same from YAML; several documents in one file are several records."""
    try:
        aliases = depth = 0
        for event in yaml.parse(source.text, Loader=_PLAIN_LOADER):
            aliases += isinstance(event, yaml.AliasEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise source.refused(_too_deep())
            if aliases > _MOST_ALIASES:
                raise source.refused(f"it points to its own parts more than {_MOST_ALIASES} times; write them out.")
        values = [value for value in yaml.load_all(source.text, Loader=_PLAIN_LOADER) if value]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise source.refused(f"line {line}: it is not valid YAML ({error.problem}); mend that line.") from None
    except (yaml.YAMLError, ValueError, TypeError):
        raise source.refused("it is not valid YAML; mend it, or save it as .txt.") from None
    except RecursionError:
        raise source.refused(_too_deep()) from None
    return _content(values[0] if len(values) == 1 else values, source)


def _too_deep() -> str:
    return f"its parts are nested deeper than {_DEEPEST}; save it in a simpler form."


@dataclass(slots=True)
class _Reading:
    """Counts what is written, because a small file may point to the same part very often."""

    source: Source
    values: int = 0
    chars: int = 0

    def pairs(self, value: Any, path: tuple[str, ...] = (), depth: int = 0) -> Iterator[tuple[str, str]]:
        """Every value of a record with the names that lead to it."""
        if depth > _DEEPEST:
            raise self.source.refused(_too_deep())
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from self.pairs(inner, (*path, fold(_plain(name))), depth + 1)
        elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
            for number, item in enumerate(value, start=1):
                inner_path = (*path[:-1], f"{path[-1]} {number}") if path else (str(number),)
                yield from self.pairs(item, inner_path, depth + 1)
        else:
            items = value if isinstance(value, list) else [value]
            text = ", ".join(shown for item in items if (shown := fold(_plain(item))))
            self._count(len(items), len(text) + sum(len(name) for name in path))
            if text:
                yield " › ".join(path), text

    def row(self, record: Any) -> str:
        """One record, written out."""
        return "; ".join(f"{name}: {text}" if name else text for name, text in self.pairs(record))

    def _count(self, values: int, chars: int) -> None:
        self.values += values
        self.chars += chars
        limits = self.source.limits
        if self.values > limits.max_cells:
            raise self.source.refused(f"it has more than {limits.max_cells} values; split it into smaller files.")
        if self.chars > limits.output_chars:
            raise self.source.refused("it holds more text than one file may; split it into smaller files.")


def _content(value: Any, source: Source) -> Content:
    reading = _Reading(source)
    records, around = _records(value)
    if len(records) > source.limits.max_rows:
        raise source.refused(f"it has more than {source.limits.max_rows} records; split it into smaller files.")
    blocks = [Block(BlockKind.PARAGRAPH, text)] if around and (text := reading.row(around)) else []
    try:
        for number, record in enumerate(records, start=1):
            if text := reading.row(record):
                blocks.append(Block(BlockKind.TABLE_ROW, text, row=number))
    except RecursionError:
        raise source.refused(_too_deep()) from None
    named = around or (records[0] if len(records) == 1 else None)
    return Content(blocks=tuple(blocks), title=_title(named))


def _records(value: Any) -> tuple[list[Any], dict[Any, Any]]:
    """The records of a file, and what stands around their list."""
    if isinstance(value, list):
        return value, {}
    if isinstance(value, dict):
        lists = [
            name for name, inner in value.items() if isinstance(inner, list) and inner and isinstance(inner[0], dict)
        ]
        if len(lists) == 1:
            return value[lists[0]], {name: inner for name, inner in value.items() if name != lists[0]}
    return [value], {}


def _title(record: Any) -> str | None:
    if isinstance(record, dict):
        for name, value in record.items():
            if str(name).casefold() in _TITLES and isinstance(value, str) and value.strip():
                return fold(strip_hidden(value))
    return None


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else strip_hidden(str(value))
