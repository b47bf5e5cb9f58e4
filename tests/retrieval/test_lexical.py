"""Words find passages; and an index that was damaged at rest never answers with less than it should."""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tantivy

from retrieval.language import Sought, terms
from retrieval.lexical import LexicalIndex
from tests.retrieval.makers import sought, stored


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LexicalIndex]:
    opened = LexicalIndex(tmp_path / "lexical")
    yield opened
    opened.close()


def found(index: LexicalIndex, question: str, language: str = "en", **limits: frozenset[str]) -> list[int]:
    return [key for key, _ in index.search(sought(question, language), language=language, limit=10, **limits)]


def test_the_passage_with_more_and_rarer_words_comes_first(index: LexicalIndex) -> None:
    index.write(
        [
            stored(1, "The tax on batteries is low."),
            stored(2, "The tax on land is high."),
            stored(3, "The tax on zirconium is unknown."),
        ]
    )
    assert found(index, "tax on zirconium")[0] == 3
    assert set(found(index, "tax")) == {1, 2, 3}
    assert found(index, "hydrogen") == []
    scores = [score for _, score in index.search(sought("tax zirconium"), language="en", limit=10)]
    assert scores == sorted(scores, reverse=True)


def test_a_thing_with_many_names_is_not_found_many_times_over(index: LexicalIndex) -> None:
    index.write([stored(1, "car motorcar automobile park"), stored(2, "car park entrance fee")])
    names = Sought(((("car",), ("motorcar",), ("automobil",)), (("entranc",),)))
    assert index.search(names, language="en", limit=2)[0][0] == 2


def test_any_name_of_a_thing_finds_it(index: LexicalIndex) -> None:
    index.write([stored(1, "solar energy"), stored(2, "photovoltaic power generation")])
    (key, _), *rest = index.search(Sought(((("photovolta", "power"), ("pv",)),)), language="en", limit=2)
    assert (key, rest) == (2, [])


def test_neighbours_and_beginnings_find_what_whole_words_do_not(index: LexicalIndex) -> None:
    index.write([stored(1, "регистратор компаний", language="ru"), stored(2, "налог на землю", language="ru")])
    asked = terms("регистрация", "ru")
    assert index.search(Sought((), parts=asked.parts), language="ru", limit=5)[0][0] == 1
    index.write([stored(3, "free trade area"), stored(4, "trade is free of area rules")])
    pairs = terms("free trade", "en").pairs
    assert [key for key, _ in index.search(Sought((), pairs=pairs), language="en", limit=5)] == [3]


def test_a_word_in_the_title_or_headings_finds_too(index: LexicalIndex) -> None:
    index.write([stored(1, "The rate is 16 percent.", context="Kazakhstan"), stored(2, "Kazakhstan has a rate.")])
    assert set(found(index, "Kazakhstan rate")) == {1, 2}


def test_only_passages_of_the_asked_language_come(index: LexicalIndex) -> None:
    index.write(
        [stored(1, "CBAM rules"), stored(2, "правила CBAM", language="ru"), stored(3, "CBAM规则", language="zh")]
    )
    assert found(index, "CBAM", "ru") == [2]
    assert found(index, "CBAM", "zh") == [3]


def test_countries_leave_out_other_countries_but_not_what_is_about_none(index: LexicalIndex) -> None:
    index.write(
        [
            stored(1, "tax", countries=frozenset({"KZ", "CN"})),
            stored(2, "tax", countries=frozenset({"UZ"})),
            stored(3, "tax"),
        ]
    )
    assert set(found(index, "tax", countries=frozenset({"KZ"}))) == {1, 3}
    assert set(found(index, "tax", countries=frozenset({"KZ", "UZ"}))) == {1, 2, 3}
    assert set(found(index, "tax")) == {1, 2, 3}


def test_a_filter_adds_nothing_to_the_score(index: LexicalIndex) -> None:
    index.write([stored(1, "tax", countries=frozenset({"KZ"})), stored(2, "land")])
    plain = index.search(sought("tax"), language="en", limit=1)
    assert index.search(sought("tax"), language="en", limit=1, countries=frozenset({"KZ"})) == plain


def test_a_key_written_again_is_replaced_and_a_removed_one_is_gone(index: LexicalIndex) -> None:
    index.write([stored(1, "old words"), stored(2, "other words")])
    index.write([stored(1, "new words")])
    assert found(index, "old") == []
    assert found(index, "new") == [1]
    index.write([], [2, 99])
    assert index.keys() == {1}


def test_frequencies_count_passages_not_occurrences(index: LexicalIndex) -> None:
    index.write([stored(1, "tax tax tax"), stored(2, "tax and land"), stored(3, "sea")])
    assert index.frequencies(["tax", "land", "zirconium"]) == (3, {"tax": 2, "land": 1, "zirconium": 0})


def test_a_question_of_signs_only_finds_nothing_and_breaks_nothing(index: LexicalIndex) -> None:
    index.write([stored(1, "tax")])
    for question in ('"', "*", "NEAR(", "a:b", "", "\\", "'; DROP TABLE"):
        assert found(index, question) == []


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    first = LexicalIndex(tmp_path / "lexical")
    first.write([stored(key, f"word number {key}") for key in range(1, 40)])
    first.close()
    second = LexicalIndex(tmp_path / "lexical")
    assert second.keys() == set(range(1, 40))
    second.close()


def test_an_index_of_another_make_is_begun_anew(tmp_path: Path) -> None:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body")
    (tmp_path / "lexical").mkdir()
    other = tantivy.Index(builder.build(), path=str(tmp_path / "lexical"))
    writer = other.writer(15_000_000, 1)
    writer.commit()
    writer.wait_merging_threads()
    index = LexicalIndex(tmp_path / "lexical")
    index.write([stored(1, "tax")])
    assert found(index, "tax") == [1]
    index.close()


# -- damage at rest --------------------------------------------------------------------------------------------------


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for place in random.Random(7).sample(range(len(data)), max(1, len(data) // 100)):
        data[place] ^= 0xFF
    path.write_bytes(data)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of several segments, with deletions in them."""
    folder = tmp_path_factory.mktemp("written") / "lexical"
    index = LexicalIndex(folder)
    for start in range(1, 121, 40):
        index.write(
            [stored(key, f"common {chr(96 + key % 26)}{'x' * (key // 26)}q") for key in range(start, start + 40)]
        )
    index.write([stored(5, "rewritten")], [7])
    index.close()
    return folder


@pytest.mark.parametrize("damage", [Path.unlink, _truncate, _zero, _flip])
@pytest.mark.parametrize("kind", ["term", "idx", "pos", "store", "fast", "fieldnorm", "del", "meta.json"])
def test_a_damaged_index_is_whole_or_empty_never_less(
    written: Path, tmp_path: Path, kind: str, damage: Callable[[Path], None]
) -> None:
    folder = tmp_path / "lexical"
    shutil.copytree(written, folder)
    path = max(folder.glob(f"*{kind}"), key=lambda file: file.stat().st_size)
    damage(path)
    index = LexicalIndex(folder)
    keys = index.keys()
    index.close()
    assert keys == set(), "a damaged index is begun anew, and filled from the catalog"


def test_an_index_at_rest_that_is_whole_is_kept(written: Path, tmp_path: Path) -> None:
    shutil.copytree(written, tmp_path / "lexical")
    index = LexicalIndex(tmp_path / "lexical")
    assert index.keys() == set(range(1, 121)) - {7}
    index.close()


def test_a_name_is_found_by_its_sound_in_the_language_asked_for_until_its_passage_goes(index: LexicalIndex) -> None:
    index.write(
        [
            stored(1, "The plant belongs to Weichai Power.", context="Reports"),
            stored(2, "Завод принадлежит Вэйчай.", language="ru"),
            stored(3, "no name at all"),
        ]
    )
    assert index.names_like("潍柴", language="en") == ["Weichai"]
    assert index.names_like("潍柴", language="ru") == ["Вэйчай"]
    assert index.names_like("潍柴", language="de") == []
    assert index.names_like("Я", language="en") == []
    index.write([], removed=[1])
    assert index.names_like("潍柴", language="en") == []
