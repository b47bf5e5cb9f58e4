"""Staff's terms: found in a question, the longest first, with all their names."""

from pathlib import Path

import pytest

from retrieval.dictionary import Span
from retrieval.language import fold, words
from retrieval.termbase import Termbase, names_of


@pytest.fixture
def terms(tmp_path: Path) -> Termbase:
    (tmp_path / "termbase.csv").write_text(
        "en,zh,ru,category\n"
        "value added tax (VAT),增值税,налог на добавленную стоимость (НДС),finance\n"
        "tax,税,налог,finance\n"
        "outward direct investment (ODI),境外直接投资（ODI）,прямые зарубежные инвестиции,policy\n"
        "carbon market,碳市场,,market\n",
        encoding="utf-8-sig",  # as Excel saves it
    )
    loaded, findings = Termbase.load(tmp_path / "termbase.csv")
    assert findings == ()
    return loaded


def names(terms: Termbase, text: str, language: str, target: str) -> list[set[str]]:
    found = (
        [" ".join(name) for row in span.rows for name in terms.names(row, target)]
        for span in spans(terms, text, language)
    )
    return [set(each) for each in found if each]


def spans(terms: Termbase, text: str, language: str) -> list[Span]:
    return terms.spans(fold(text), language)


def joined(text: str, language: str) -> str:
    return " ".join(words(text, language))


def test_a_term_has_all_its_names_in_the_other_language(terms: Termbase) -> None:
    expected = {joined("налог на добавленную стоимость", "ru"), joined("НДС", "ru")}
    assert names(terms, "What is the value added tax?", "en", "ru") == [expected]
    assert names(terms, "VAT in Kazakhstan", "en", "ru") == [expected], "the abbreviation is a name too"
    assert names(terms, "Какой НДС в стране?", "ru", "zh") == [{joined("增值税", "zh")}]


def test_the_longest_term_hides_those_inside_it(terms: Termbase) -> None:
    assert names(terms, "tax on land, and value added tax", "en", "zh") == [
        {joined("税", "zh")},
        {joined("增值税", "zh")},
    ]


def test_a_span_says_where_the_term_stands(terms: Termbase) -> None:
    text = "the value added tax rate"
    (span,) = spans(terms, text, "en")
    assert text[span.start : span.end] == "value added tax"
    (span, *_) = spans(terms, "哈萨克斯坦增值税税率", "zh")
    assert "哈萨克斯坦增值税税率"[span.start : span.end] == "增值税"


def test_endings_and_case_do_not_matter(terms: Termbase) -> None:
    assert names(terms, "Carbon Markets", "en", "zh") == [{joined("碳市场", "zh")}]
    assert names(terms, "прямых зарубежных инвестиций", "ru", "en") == [
        {joined("outward direct investment", "en"), joined("ODI", "en")}
    ]


def test_a_term_without_a_name_in_a_language_is_not_found_for_it(terms: Termbase) -> None:
    assert names(terms, "carbon market", "en", "ru") == []
    assert names(terms, "nothing of the kind", "en", "ru") == []
    assert names(terms, "", "en", "ru") == []


def test_no_file_is_no_terms_and_no_complaint(tmp_path: Path) -> None:
    terms, findings = Termbase.load(tmp_path / "termbase.csv")
    assert findings == ()
    assert spans(terms, "tax", "en") == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"term,translation\na,b\n", "names no two languages"),
        (b"", "names no two languages"),
        (b"en,zh\none,two,three\nfour\n", "3 cells where the header has 2"),
        ("en,ru\nналог,x\n".encode("cp1251"), "save it as CSV in UTF-8"),
    ],
)
def test_a_wrong_file_is_said_to_be_wrong_and_stops_nothing(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "termbase.csv").write_bytes(content)
    terms, findings = Termbase.load(tmp_path / "termbase.csv")
    assert complaint in str(findings[0])
    assert spans(terms, "one", "en") == []


def test_a_wrong_row_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "termbase.csv").write_text("en,zh\ntoo,many,cells\n\ntax,税\n")
    terms, findings = Termbase.load(tmp_path / "termbase.csv")
    assert [finding.line for finding in findings] == [2]
    assert names(terms, "tax", "en", "zh") == [{"税"}]


def test_brackets_and_quotes_are_no_part_of_a_name() -> None:
    assert names_of("《备案表》（ODI 备案）") == ("备案表", "ODI 备案")
    assert names_of(" ") == ()
