from dataclasses import replace

import pytest

from retrieval.document import BlockKind
from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers.records import read_json, read_json_lines, read_yaml
from retrieval.readers.source import Content, Source


def source(text: str, limits: ReadLimits | None = None) -> Source:
    return Source("market/a.json", b"", limits or ReadLimits(), text=text)


def rows(content: Content) -> list[tuple[int | None, str]]:
    return [(block.row, block.text) for block in content.blocks]


def test_a_list_of_records_gives_rows_with_their_place() -> None:
    content = read_json(
        source('[{"goods": "Cells", "rate": 5.50, "since": {"year": 2023}}, {"goods": "Cables", "free": true}]')
    )
    assert rows(content) == [(1, "goods: Cells; rate: 5.50; since › year: 2023"), (2, "goods: Cables; free: true")]
    assert content.blocks[0].kind is BlockKind.TABLE_ROW


def test_what_stands_around_a_list_of_records_is_kept() -> None:
    content = read_json(source('{"title": "Duties", "as_of": "2024", "rows": [{"goods": "Cells", "rates": [5, 3]}]}'))
    assert rows(content) == [(None, "title: Duties; as_of: 2024"), (1, "goods: Cells; rates: 5, 3")]
    assert content.title == "Duties"


def test_one_record_is_one_row_and_names_the_document() -> None:
    content = read_json(source('{"name": "Khorgos", "gates": [{"side": "east"}, {"side": "west"}]}'))
    assert content.title == "Khorgos"


def test_each_line_of_json_lines_is_a_record() -> None:
    assert rows(read_json_lines(source('{"a": 1}\n\n{"a": 2}\n'))) == [(1, "a: 1"), (2, "a: 2")]


def test_yaml_reads_the_same_and_takes_nothing_for_anything_else() -> None:
    text = "- country: NO\n  opens: 12:30\n  since: 2024-05-06\n- country: KZ\n  note: null\n"
    assert rows(read_yaml(source(text))) == [
        (1, "country: NO; opens: 12:30; since: 2024-05-06"),
        (2, "country: KZ; note: null"),
    ]
    assert rows(read_yaml(source("---\na: 1\n---\na: 2\n"))) == [(1, "a: 1"), (2, "a: 2")]


@pytest.mark.parametrize("text", ['{"a": ', "[1,]", "{'a': 1}"])
def test_broken_json_is_refused_by_its_line(text: str) -> None:
    with pytest.raises(UnreadableFileError, match="line 1: it is not valid JSON"):
        read_json(source(text))


def test_broken_yaml_is_refused_by_its_line() -> None:
    with pytest.raises(UnreadableFileError, match="line 3: it is not valid YAML"):
        read_yaml(source("a: 1\nb: [1\n"))


def test_tags_of_yaml_call_nothing() -> None:
    assert rows(read_yaml(source("a: !!python/object/apply:os.system ['touch /tmp/x']\n"))) == [(1, "a: touch /tmp/x")]


@pytest.mark.parametrize(
    "text", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000, "[" * 60 + "1" + "]" * 60]
)
def test_deep_nesting_is_refused(text: str) -> None:
    for read in (read_json, read_yaml):
        with pytest.raises(UnreadableFileError, match="nested"):
            read(source(text))


def test_a_yaml_bomb_of_aliases_is_refused() -> None:
    text = "a0: &a0 [ha, ha]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12)
    )
    with pytest.raises(UnreadableFileError, match="more than 10000 values"):
        read_yaml(source(text, replace(ReadLimits(), max_cells=10_000)))
    with pytest.raises(UnreadableFileError, match="points to its own parts more than 1000 times"):
        read_yaml(source("a: &a 1\nb: [" + "*a, " * 2_000 + "]\n"))


def test_yaml_that_holds_itself_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="line 1: it is not valid YAML"):
        read_yaml(source("a: &a [[x, *a]]\n"))


def test_long_numbers_stay_text() -> None:
    assert rows(read_json(source('{"a": ' + "9" * 10_000 + "}")))[0][1] == "a: " + "9" * 10_000


def test_too_many_records_are_refused() -> None:
    with pytest.raises(UnreadableFileError, match="more than 2 records"):
        read_json(source("[1, 2, 3]", replace(ReadLimits(), max_rows=2)))
