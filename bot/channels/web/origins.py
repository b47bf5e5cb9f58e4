"""Requests from pages of other sites: refused unless their origin is allowed, and told so to the browser (CORS)."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.problems import problem
from bot.channels.web.sites import Sites, normal_origin

_GUARDED = ("/api/", "/v1/", "/mcp", "/metrics")
_SHARED = ("/api/v1/", "/v1/")
_STAFF = "/api/v1/knowledge"
_ALLOW = {
    "access-control-allow-methods": "GET, POST, DELETE",
    "access-control-max-age": "600",
}
_SENT = frozenset(
    ["accept", "authorization", "content-type", "idempotency-key", "last-event-id", "user-agent", "x-request-id"]
)
"""Headers that pages may send; and those that OpenAI's own client adds to every request."""
_CLIENTS = re.compile(r"(?:x-stainless|openai)-[a-z-]{1,40}")
_EXPOSE = "retry-after, x-request-id, x-vercel-ai-ui-message-stream"


@dataclass(frozen=True, slots=True)
class OriginGate:
    """Stands before everything that answers programs. Pages themselves may be linked to from anywhere.

    Args:
        public_url: with it, a foreign name that merely points at our address is not taken for our own.
    """

    app: ASGIApp
    sites: Sites
    public_url: str | None
    on_refusal: Callable[[str], None] = lambda rule: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(_GUARDED):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        own = self._own(headers.get("host", ""))
        shared = path.startswith(_SHARED) and not path.startswith(_STAFF)
        sites = self.sites if shared else Sites(())

        async def vary(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                sent.add_vary_header("Origin")
                if origin is not None and shared and not refused:
                    sent["access-control-allow-origin"] = origin
                    sent["access-control-expose-headers"] = _EXPOSE
            await send(message)

        if origin is None:
            # Without Origin come scripts, and what a page loads as an image or a script of its own.
            refused = headers.get("sec-fetch-site") in {"cross-site", "same-site"} and (
                headers.get("sec-fetch-mode") != "navigate"
            )
        else:
            refused = not sites.admits(origin, own)
        if refused:
            self.on_refusal("origin")
            detail = (
                "Pages of this origin may not ask here. Whoever runs the service can name it in DRAGOMAN_ALLOWED_ORIGINS, "
                "or its own address in DRAGOMAN_PUBLIC_URL."
            )
            await problem(403, detail, code="origin")(scope, receive, vary)
        elif origin is not None and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            allowed = _ALLOW | {"access-control-allow-headers": _allowed_headers(headers)} if shared else None
            await Response(status_code=204, headers=allowed)(scope, receive, vary)
        else:
            await self.app(scope, receive, vary)

    def _own(self, host: str) -> frozenset[str]:
        """Origins of our own pages: the public address; and the address a request came to, where it cannot be a trick."""
        own = []
        if self.public_url:
            parts = urlsplit(self.public_url)
            own.append(f"{parts.scheme}://{parts.netloc}")
        if not self.public_url or _is_here(host):
            own += [f"http://{host}", f"https://{host}"]
        found = set()
        for origin in own:
            try:
                found.add(normal_origin(origin))
            except ValueError:
                continue
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class HostGate:
    """For a house that was not told its public address: whoever asks it by a strange name was led here by that name's owner.

    A page of ``evil.example`` whose name is made to point at 127.0.0.1, or at a machine of the house's network, is of one
    origin with the service, for browsers; and links would be made of that name.

    Args:
        names: of its own that a service may be asked by which listens beyond its machine, beside bare addresses, which
            nobody can lead anywhere; None where it is open to its own machine only.
    """

    app: ASGIApp
    names: frozenset[str] | None = None
    on_refusal: Callable[[str], None] = lambda rule: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hosts = Headers(scope=scope).getlist("host") if scope["type"] == "http" else []
        if all(not host or self._is_ours(host) for host in hosts):
            await self.app(scope, receive, send)
            return
        self.on_refusal("host")
        known = (
            "This service is open to its own machine only, as 127.0.0.1 or localhost."
            if self.names is None
            else "This service was not told its name; it is asked by its bare address."
        )
        detail = f"{known} Whoever runs it sets DRAGOMAN_PUBLIC_URL to the address it is reached by."
        await problem(421, detail, code="host")(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        return _is_here(host) or (self.names is not None and _is_known(host, self.names))


def _allowed_headers(headers: Headers) -> str:
    asked = {name.strip().lower() for name in headers.get("access-control-request-headers", "").split(",")}
    return ", ".join(sorted(_SENT | {name for name in asked if _CLIENTS.fullmatch(name)}))


def _is_here(host: str) -> bool:
    name = _name_of(host)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    return address is not None and address.is_loopback


def _is_known(host: str, names: frozenset[str]) -> bool:
    name = _name_of(host)
    address = _address(name)
    return name in names if address is None else not address.is_unspecified


def _name_of(host: str) -> str:
    """A host without its port, in small letters; empty where it is none."""
    try:
        parts = urlsplit(f"//{host}")
        return (parts.hostname or "") if parts.netloc == host and parts.username is None else ""
    except ValueError:
        return ""


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
