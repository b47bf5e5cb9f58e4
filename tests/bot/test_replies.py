"""Every canned word exists in every language, with the same fields."""

import ast
import string
import tomllib
from pathlib import Path

import pytest

from bot import replies
from bot.replies import LANGUAGES, place, reply, reply_language
from retrieval.document import Location

BOT = Path(replies.__file__).parent.parent
CATALOGUES = {
    language: tomllib.loads((BOT / "replies" / f"{language}.toml").read_text("utf-8")) for language in LANGUAGES
}
NAMES = sorted(CATALOGUES["en"])


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def letters_of(text: str) -> str:
    """The letters outside the fields: ``（{date}）`` has none."""
    return "".join(letter for start, *_ in string.Formatter().parse(text) for letter in start if letter.isalpha())


def names_in_code() -> set[str]:
    """First arguments of ``reply(…)``; of a name that is put together, the part before the first field, with a star."""
    found = set()
    for path in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "reply":
                first = node.args[0]
                if isinstance(first, ast.JoinedStr):
                    start = first.values[0]
                    assert isinstance(start, ast.Constant)
                    assert isinstance(start.value, str)
                    found.add(f"{start.value}*")
                elif isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def test_there_is_a_catalogue_for_each_language_and_no_other() -> None:
    assert {path.stem for path in (BOT / "replies").glob("*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_complete(language: str) -> None:
    assert sorted(CATALOGUES[language]) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_reply_has_the_same_fields_in_every_language(name: str) -> None:
    fields = {language: fields_of(CATALOGUES[language][name]) for language in LANGUAGES}
    assert fields["zh"] == fields["en"]
    assert fields["ru"] == fields["en"]


@pytest.mark.parametrize("name", NAMES)
def test_a_reply_is_in_its_language(name: str) -> None:
    english, chinese, russian = (letters_of(CATALOGUES[language][name]) for language in ("en", "zh", "ru"))
    assert not chinese or any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    assert not russian or any("а" <= letter <= "я" for letter in russian.lower())
    assert all(letter < "\u0400" for letter in english)


def test_every_reply_that_the_code_asks_for_exists() -> None:
    asked = names_in_code()
    assert "not_covered" in asked
    for name in asked:
        if name.endswith("*"):
            assert any(known.startswith(name[:-1]) for known in NAMES), name
        else:
            assert name in NAMES


def test_every_reply_is_asked_for_by_the_code() -> None:
    asked = names_in_code()
    unused = [n for n in NAMES if n not in asked and not any(a.endswith("*") and n.startswith(a[:-1]) for a in asked)]
    assert not unused


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_reply_can_be_filled_in(name: str, language: str) -> None:
    values = dict.fromkeys(fields_of(CATALOGUES["en"][name]), "{strange} 值")
    assert "{strange}" in reply(name, language, **values) or not values


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "en"),
        ("zh-Hant", "zh"),
        ("ZH", "zh"),
        ("ru-RU", "ru"),
        ("kk", "ru"),
        ("uk", "ru"),
        ("fr", "en"),
        ("", "en"),
    ],
)
def test_any_language_has_one_of_the_interface(language: str, shown: str) -> None:
    assert reply_language(language) == shown


def test_an_unknown_reply_is_an_error() -> None:
    with pytest.raises(KeyError):
        reply("no_such_reply", "en")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "sheet Rates, rows 2–5, § Tax › VAT"),
        ("zh", "工作表“Rates”, 第2–5行, § Tax › VAT"),
        ("ru", "лист «Rates», строки 2–5, § Tax › VAT"),
    ],
)
def test_a_place_is_told_in_the_language_of_the_interface(language: str, told: str) -> None:
    assert place(str(Location(("Tax", "VAT"), sheet="Rates", row=2, last_row=5)), language) == told
