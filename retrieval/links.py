"""The links of a text to other documents of the folder."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from retrieval.readers import FORMATS

_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"`[^`\n]{1,400}`")
_MARKDOWN_LINK = re.compile(r"(?<!!)\[[^\[\]\n]{0,400}\]\(\s{0,9}(?:<([^<>\n]{1,500})>|([^\s()<>]{1,500}))")
_REFERENCE = re.compile(r"^ {0,3}\[[^\[\]\n]{1,400}\]:[ \t]{0,9}<?([^\s<>]{1,500})", re.MULTILINE)
_HTML_LINK = re.compile(r"<a\s[^<>]{0,500}?href\s{0,9}=\s{0,9}[\"']([^\"'<>\n]{1,500})[\"']", re.IGNORECASE)


def links_in(raw: str, document_id: str) -> Iterator[tuple[str, int]]:
    """Paths under the folder that a text links to, each with its line; other sites and places in the page left out."""
    suffix = PurePosixPath(document_id).suffix.lower()
    is_markdown = suffix in {".md", ".markdown"}
    patterns = (_MARKDOWN_LINK, _REFERENCE, _HTML_LINK) if is_markdown else (_HTML_LINK,)
    if not is_markdown and suffix not in {".html", ".htm", ".xhtml"}:
        return
    if is_markdown:
        raw = _INLINE_CODE.sub(_blank, _FENCED.sub(_blank, raw))
    for pattern in patterns:
        for match in pattern.finditer(raw):
            target = next(filter(None, match.groups()))
            target = unquote(target.split("#")[0].split("?")[0])
            if not target or re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", target):
                continue
            # A saved page links to all its site; only what looks like a document here can be meant.
            if not is_markdown and PurePosixPath(target).suffix.lower() not in FORMATS:
                continue
            inside = target.lstrip("/") if target.startswith("/") else f"{posixpath.dirname(document_id)}/{target}"
            yield posixpath.normpath(inside.lstrip("/")), raw.count("\n", 0, match.start()) + 1


def _blank(match: re.Match[str]) -> str:
    """As many lines of nothing, so that line numbers stay."""
    return "\n" * match.group().count("\n")
