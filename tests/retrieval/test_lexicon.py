"""The packaged lexicon: large enough, and free of what a program can see to be wrong."""

import re
from collections import Counter
from pathlib import Path

import pytest

from retrieval import lexicon
from retrieval.dictionary import Dictionary
from retrieval.language import is_han
from retrieval.lexicon import LANGUAGES, load_lexicon, rows

ROWS = rows()
_ACRONYM = re.compile(r"[A-Z0-9][A-Za-z0-9&+./\- ]*")


def test_it_has_at_least_eight_thousand_rows_in_three_languages() -> None:
    assert len(ROWS) >= 8_000
    assert all(set(row) == set(LANGUAGES) for row in ROWS)


def test_no_row_stands_twice_and_no_name_twice_in_a_cell() -> None:
    heads = Counter((row["en"][0].casefold(), row["zh"][0]) for row in ROWS)
    assert [head for head, count in heads.items() if count > 1] == []
    assert [row for row in ROWS for names in row.values() if len(set(names)) < len(names)] == []


def test_every_name_is_tidy() -> None:
    names = [name for row in ROWS for cell in row.values() for name in cell]
    assert [name for name in names if not name.strip() or name != name.strip() or re.search(r"[;；|\t]|  ", name)] == []


def test_each_language_is_written_in_its_own_script() -> None:
    def latin(name: str) -> bool:
        return not re.search(r"[\u0400-\u04ff]", name) and not any(map(is_han, name))

    assert [name for row in ROWS for name in row["en"] if not latin(name)] == []
    assert [
        name for row in ROWS for name in row["zh"] if not any(map(is_han, name)) and not _ACRONYM.fullmatch(name)
    ] == []
    assert [
        name
        for row in ROWS
        for name in row["ru"]
        if not re.search(r"[\u0400-\u04ff]", name) and not _ACRONYM.fullmatch(name)
    ] == []


def test_everyday_words_are_found_in_every_direction() -> None:
    lexicon = load_lexicon()

    def names(text: str, language: str, target: str) -> set[str]:
        return {
            " ".join(name)
            for span in lexicon.spans(text, language)
            for row in span.rows
            for name in lexicon.names(row, target)
        }

    assert "environ" in names("环境", "zh", "en")
    assert "contract" in names("договор", "ru", "en")
    assert "合同" in names("contract", "en", "zh")
    assert "合同" in names("договора", "ru", "zh")


@pytest.fixture
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process, with a lexicon that is soon cut."""
    monkeypatch.setattr(lexicon, "rows", lambda: ROWS[:300])
    monkeypatch.setattr(lexicon, "_loaded", None)


@pytest.mark.usefixtures("few_rows")
def test_names_that_were_cut_once_are_kept_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_up(made: Dictionary) -> list[object]:
        monkeypatch.setattr(lexicon, "_loaded", None)
        return [made._rows, made._by_words, made._by_characters]

    made = looked_up(load_lexicon())
    assert all(made)
    (tmp_path / f"lexicon.{'0' * 32}").write_text("of another release")
    (tmp_path / "lexicon.csv").write_text("somebody's own")
    assert looked_up(load_lexicon(tmp_path)) == made
    (kept,) = set(tmp_path.iterdir()) - {tmp_path / "lexicon.csv"}
    written = kept.read_text(encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(lexicon, "cut_names", lambda _: pytest.fail("the names are cut a second time"))
        assert looked_up(load_lexicon(tmp_path)) == made
    for damaged in (written[: len(written) // 2], written.replace("a", "b")):
        kept.write_text(damaged, encoding="utf-8")
        assert looked_up(load_lexicon(tmp_path)) == made
        assert kept.read_text(encoding="utf-8") == written, "a damaged file is written anew"


@pytest.mark.usefixtures("few_rows")
def test_where_nothing_can_be_kept_it_is_made_each_time(tmp_path: Path) -> None:
    assert load_lexicon(tmp_path / "not there").spans(ROWS[0]["en"][0].lower(), "en")
    assert not any(tmp_path.iterdir())
