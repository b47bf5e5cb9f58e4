"""Which web sites may use the service: their keys and their origins. Denied is whatever is not named."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

ANY = "*"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Sites:
    """Site keys, and the origins of pages that may ask from a browser beside our own."""

    keys: tuple[str, ...]
    origins: frozenset[str] = frozenset()

    @classmethod
    def of(cls, keys: Iterable[str], origins: Iterable[str]) -> "Sites":
        """Origins in the form in which browsers send them: ``https://www.example.org``.

        Raises:
            ValueError: an origin is none; the message names it.
        """
        return cls(tuple(keys), frozenset(ANY if origin == ANY else normal_origin(origin) for origin in origins))

    def is_key(self, given: str) -> bool:
        """Whether this is the key of a site."""
        digest = given.encode("utf-8", "surrogatepass")
        return any(secrets.compare_digest(digest, key.encode()) for key in self.keys)

    def admits(self, origin: str, own: Iterable[str]) -> bool:
        """Whether a page of this origin may ask; ``own`` are the origins of our own pages."""
        try:
            normal = normal_origin(origin)
        except ValueError:
            return ANY in self.origins  # "null" is what a page in a sandbox sends
        return normal in self.origins or ANY in self.origins or normal in own

    @property
    def frame_ancestors(self) -> str:
        """Who may show our page in a frame, as a source list of a content security policy."""
        if ANY in self.origins:
            return ANY
        return " ".join(["'self'", *sorted(self.origins)])


def normal_origin(origin: str) -> str:
    """An origin as browsers write it: in small letters, without the port that goes without saying.

    Raises:
        ValueError: it is no origin of a web page.
    """
    parts = urlsplit(origin.strip().rstrip("/"))
    try:
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        host, port = "", None
    if parts.scheme not in _PORTS or not host or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(f"'{origin}' is no origin; write it like https://www.example.org, without a path")
    if any(letter in host for letter in " ;,'\"*"):
        raise ValueError(f"'{origin}' is no origin; write each one out, like https://www.example.org")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in {None, _PORTS[parts.scheme]} else "")
