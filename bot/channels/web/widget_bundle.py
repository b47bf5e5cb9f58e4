"""The widget's modules as the one script that sites embed: no build step, put together when the server starts."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

MODULES = ("texts", "dom", "marks", "colour", "keep", "events", "service", "style", "answer", "chat", "element", "main")
"""In the order in which they need each other; names at their top are unique among them all (a test holds both)."""
FETCHED = ("ar",)
"""Catalogues that the widget asks for when it is to speak them."""

_IMPORT = re.compile(r"^import \{[^}]*\} from \"\./[a-z]+\.js\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:const|class|function))", re.MULTILINE)
_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)
_SPACE = re.compile(r"^[ \t]+|\n(?=\n)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A file of the widget, plain and compressed, with its fingerprint."""

    content: bytes
    compressed: bytes
    media_type: str
    etag: str

    @classmethod
    def of(cls, content: bytes, media_type: str) -> "Bundle":
        """The same bytes make the same fingerprint, whenever the server was started."""
        etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
        return cls(content, gzip.compress(content, 9, mtime=0), media_type, etag)


def embed_script() -> Bundle:
    """``/embed.js``: every module in one function of its own, without comments and indentation."""
    return Bundle.of(joined([_read(f"{name}.js") for name in MODULES]).encode(), "text/javascript; charset=utf-8")


def catalogue(language: str) -> Bundle:
    """``/embed/{language}.json``: the widget's words in a language that is fetched."""
    return Bundle.of(_read(f"{language}.json").encode(), "application/json; charset=utf-8")


def joined(modules: list[str]) -> str:
    """Modules that import nothing but each other, one after the other, as a script."""
    text = "".join(_EXPORT.sub("", _IMPORT.sub("", module)) for module in modules)
    return f'(() => {{\n"use strict";\n{_SPACE.sub("", _COMMENT.sub("", text))}}})();\n'


def _read(name: str) -> str:
    return files("bot.channels.web").joinpath("widget", name).read_text("utf-8")
