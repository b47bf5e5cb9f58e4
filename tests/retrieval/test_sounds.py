"""Names by their sound, from one script to another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sounds import alike, names_in, skeletons


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Астане", "Astana"),
        ("阿斯塔纳", "Astana"),
        ("Назарбаевым", "Nazarbayev"),
        ("Вэйчай", "Weichai"),
        ("潍柴", "Weichai"),
        ("青岛", "Qingdao"),
        ("Qingdao", "青岛"),
        ("Джилонге", "Geelong"),
        ("基隆", "Geelong"),
        ("Чарльза Портера", "Charles Porter"),
        ("查尔斯", "Charles"),
        ("圣迭戈", "San Diego"),
        ("卡尔斯巴德", "Carlsbad"),
        ("Хельсинки", "Helsinki"),
        ("Гамбурге", "Hamburg"),
        ("Хоргос", "霍尔果斯"),
        ("Khorgos", "Хоргосе"),
        ("阿克托别", "Aktobe"),
        ("Αθήνα", "Athina"),
    ],
)
def test_a_name_is_known_in_another_script(asked: str, written: str) -> None:
    others = ["Tesla", "Kennedy", "Карелия", "浙江", "Bridge Street"]
    assert alike(asked, [*others, written])[:1] == [written]


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("特斯拉", "Castle"),
        ("Портер", "Parliament"),
        ("Кирни", "Jordan"),
        ("Tesla", "Tesla"),  # the same script: words find it
        ("Тесла", "Day School"),
        ("Я", "I"),
    ],
)
def test_what_sounds_otherwise_is_not_it(asked: str, other: str) -> None:
    assert alike(asked, [other]) == []


def test_only_the_likest_are_taken() -> None:
    assert alike("Тейлор", ["Taylor", "Theory", "Territory", "Taller"]) == ["Taylor"]


def test_a_word_of_a_name_is_not_two_but_chinese_writes_two_in_one() -> None:
    assert alike("Сандиего", ["San Diego"]) == []
    assert alike("圣迭戈", ["San Diego"]) == ["San Diego"]


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("What did Tesla and Alfred Brown build in San Diego?", "en",
         {"Tesla", "Alfred", "Brown", "Alfred Brown", "San", "Diego", "San Diego"}),
        ("Где жил Никола Тесла?", "ru", {"Никола", "Тесла", "Никола Тесла"}),
        ("莱恩和威尔资助了什么？", "zh", {"莱恩", "威尔"}),
        ("阿纳海姆鸭子队", "zh", {"阿纳", "海姆", "阿纳海姆"}),
        ("王毅访问了青岛", "zh", {"王毅", "青岛"}),
        ("when is it due?", "en", set()),
        ("", "en", set()),
    ],
)  # fmt: skip
def test_names_are_told_by_capitals_and_in_chinese_by_its_tagger(text: str, language: str, names: set[str]) -> None:
    found = names_in(text, language)
    assert {name.written for name in found} == names
    assert all(text[name.start : name.end] == name.written for name in found)


def test_a_name_ends_where_it_is_joined_to_no_other() -> None:
    assert "Lane Vail" not in {name.written for name in names_in("Lane, Vail and Co.", "en")}


def test_many_ways_to_hear_a_name_are_bounded() -> None:
    assert len(skeletons("Grgrgrgrgrgrgrgrgr" * 20)) <= 16


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo", "Mn", "Zs"]), max_size=30))
def test_any_script_can_be_heard(text: str) -> None:
    for name in names_in(text, "en"):
        assert all(skeleton.isupper() and skeleton.isascii() for skeleton in skeletons(name.written))
        alike(name.written, ["Tesla", "特斯拉", "Тесла"])
