"""Where sentences begin and end, in the languages of the house."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sentences import split_sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["The rate is 16 percent.", "It rose in 2026."],
        ["Dr. Smith and Mr. A. Brown signed it.", "Art. 5 applies."],
        ["It is 3.5 percent, e.g. in the U.S. and elsewhere.", "No more."],
        ["Is it allowed?", "Yes!", "Really?!"],
        ["Налог составляет 12 млн. руб. в год по ст. 5 закона.", "Срок — 10 дней."],
        ["В 2025 г. ставка выросла.", "В 2026 г. она снизилась."],
        ["He said “it is due.”", "She said “it is not.”"],
    ],
)
def test_sentences_with_spaces_between(sentences: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences(" ".join(sentences))] == sentences


def test_chinese_sentences_need_no_space() -> None:
    text = "税率是16%。备案需要3个工作日！“真的吗？”是的；如此。"
    assert [sentence.text for sentence in split_sentences(text)] == [
        "税率是16%。", "备案需要3个工作日！", "“真的吗？”", "是的；", "如此。",
    ]  # fmt: skip


def test_a_line_is_a_sentence_of_its_own() -> None:
    text = "Three kinds:\nthe agreement\nthe contract\n\n3. the third"
    assert [sentence.text for sentence in split_sentences(text)] == [
        "Three kinds:", "the agreement", "the contract", "3. the third",
    ]  # fmt: skip


def test_places_are_those_in_the_text() -> None:
    text = "  One sentence here.   Another one there.\n"
    for sentence in split_sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text


@given(st.text(alphabet=st.sampled_from("aбB中。.!? \n;»”1г"), max_size=120) | st.text(max_size=120))
def test_nothing_is_lost_or_said_twice(text: str) -> None:
    found = split_sentences(text)
    assert re.sub(r"\s", "", "".join(sentence.text for sentence in found)) == re.sub(r"\s", "", text)
    ends = [0, *(sentence.end for sentence in found)]
    assert all(end <= sentence.start for end, sentence in zip(ends, found, strict=False))
    assert all(text[sentence.start : sentence.end] == sentence.text for sentence in found)


def test_a_number_behind_a_title_ends_no_sentence() -> None:
    row = "规则: 《投资促进法》No. 62/NA; 日期: 2024年12月16日起施行"
    assert [sentence.text for sentence in split_sentences(row)] == [row]
