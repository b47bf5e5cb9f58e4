"""Every canned word a user reads, in a catalogue per language; a test holds the catalogues complete."""

import functools
import tomllib
from collections.abc import Iterable
from importlib.resources import files

LANGUAGES = ("en", "zh", "ru")
"""The languages of the interface; questions may be in any."""


def reply_language(language: str) -> str:
    """The interface language for a question's language."""
    own = language.split("-")[0].lower()
    if own in LANGUAGES:
        return own
    return "ru" if own in {"be", "kk", "ky", "tg", "uk"} else "en"


def reply(name: str, language: str, **values: object) -> str:
    """A canned text in a language, with its ``{fields}`` filled in.

    Raises:
        KeyError: there is no such text.
    """
    return _catalogue(reply_language(language))[name].format(**values)


def language_names(codes: Iterable[str], language: str) -> str:
    """Languages by their names, in a row; one that has no name in the catalogues by its code."""
    names = (reply(f"language_{code}", language) if code in LANGUAGES else code for code in sorted(codes))
    return reply("list_separator", language).join(names)


@functools.cache
def _catalogue(language: str) -> dict[str, str]:
    return tomllib.loads(files("bot.replies").joinpath(f"{language}.toml").read_text(encoding="utf-8"))
