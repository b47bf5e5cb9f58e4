"""The templates and the static files in ``pages/``, read once when the application is made."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file and its fingerprint."""

    content: bytes
    media_type: str
    etag: str


class Pages:
    """Renders pages with every value escaped, and hands out the files they need."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader("bot.channels.web", "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._assets: Mapping[str, Asset] = {
            entry.name: _asset(entry.read_bytes(), media_type)
            for entry in files("bot.channels.web").joinpath("pages").iterdir()
            for ending, media_type in _MEDIA_TYPES.items()
            if entry.name.endswith(ending)
        }

    def page(self, template: str, request: Request, values: Mapping[str, object], *, status: int = 200) -> Response:
        """A page made from a template, which also gets ``home``: the relative way to the root of the service."""
        text = self._environment.get_template(template).render({"home": way_home(request), **values})
        return Response(
            text.encode("utf-8", "replace"),
            status_code=status,
            media_type="text/html; charset=utf-8",
            headers={"cache-control": "no-cache", "vary": "accept, accept-language"},
        )

    def asset(self, name: str, request: Request) -> Response | None:
        """A static file, or 304 where the browser has it already; ``None`` for any other name."""
        asset = self._assets.get(name)
        if asset is None:
            return None
        headers = {"etag": asset.etag, "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == asset.etag:
            return Response(status_code=304, headers=headers)
        return Response(asset.content, media_type=asset.media_type, headers=headers)


def way_home(request: Request) -> str:
    """``./``, ``../`` and so on: pages work under any path prefix a proxy may add and take away again."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    root = str(request.scope.get("root_path", "")).encode()
    depth = path.removeprefix(root).count(b"/") - 1
    return "../" * depth or "./"


def _asset(content: bytes, media_type: str) -> Asset:
    return Asset(content, media_type, f'"{hashlib.sha256(content).hexdigest()[:20]}"')
