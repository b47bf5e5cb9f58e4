"""Every canned word a user reads, in a catalogue per language; a test holds the catalogues complete."""

import functools
import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files

LANGUAGES = ("en", "zh", "ru")
"""The languages of the interface; questions may be in any."""


_PLACES = re.compile(r"^(p\.|slide|sheet|rows?) ?([^,§]*)")


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


def place(location: str, language: str) -> str:
    """Where in a document something stands, in the language of the interface; as ``str`` of a ``Location`` has it in English."""
    return ", ".join(_place(piece, language) for piece in location.split(", "))


def _place(piece: str, language: str) -> str:
    found = _PLACES.match(piece)
    if found is None:
        return piece
    kind = {"p.": "page"}.get(found[1], found[1])
    return reply(f"place_{kind}", language, here=found[2])


@functools.cache
def _catalogue(language: str) -> dict[str, str]:
    return tomllib.loads(files("bot.replies").joinpath(f"{language}.toml").read_text(encoding="utf-8"))
