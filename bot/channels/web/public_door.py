"""The door for the public: who asks, from which page, and on whose behalf. It holds without ``Origin`` too.

The rule. A browser's ``Origin`` must be that of our own pages or stand in the allow-list; otherwise the request is refused,
whatever it carries (``origins.py`` sees to that before anything else). A visitor's session begins only with a site key *and*
an ``Origin``, and a token is good only from that origin. A request without ``Origin`` is no browser's page but a script: it may
ask over ``/api/v1/ask``, search, the OpenAI-compatible door and MCP, with an API key where keys are set. It never sees a visitor's
conversation, nor that of another key, or without keys of another address. Because anything that is no browser can claim any
``Origin``, limits count by address, and what scripts ask counts as what a site's visitors do.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import HTTPException, Request

from bot.channels.web.addresses import network_of
from bot.channels.web.allowance import Allowance
from bot.channels.web.sessions import RENEWAL_SECONDS, SESSION_SECONDS, Session, Sessions
from bot.channels.web.sites import Sites, normal_origin
from bot.channels.web.words import words_for

_CHALLENGE = {"www-authenticate": 'Bearer realm="dragoman"'}
_READING = frozenset({"GET", "HEAD"})


class DoorError(HTTPException):
    """Somebody is not let in; ``code`` is for programs."""

    def __init__(self, status: int, code: str, detail: str, *, retry_after: int = 0) -> None:
        headers = dict(_CHALLENGE if status == 401 else ())
        super().__init__(status, detail, headers=headers | ({"retry-after": str(retry_after)} if retry_after else {}))
        self.code = code


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks.

    Attributes:
        scope: what every conversation of the caller begins with in the store; no caller reaches another's.
        language: of the words said when something goes wrong: en, zh or ru.
        place: where it is counted to come from; empty for scripts of this machine while the house is at home.
        session: of a visitor; ``None`` for a script.
    """

    scope: str
    language: str
    place: str = ""
    session: Session | None = None

    def inner(self, conversation_id: str) -> str:
        """A conversation's name in the store."""
        return self.scope + conversation_id

    def outer(self, conversation_id: str) -> str:
        """A conversation's name as the caller knows it."""
        return conversation_id.removeprefix(self.scope)

    def owns(self, conversation_id: str) -> bool:
        """Whether a conversation of the store is the caller's."""
        return conversation_id.startswith(self.scope)


class PublicDoor:
    """Decides who a caller is. With ``api_keys``, scripts must show one."""

    def __init__(self, sites: Sites, sessions: Sessions, allowance: Allowance, api_keys: Sequence[str]) -> None:
        self._sites = sites
        self._allowance = allowance
        self._sessions = sessions
        self._api_keys = tuple(hashlib.sha256(key.encode()).digest() for key in api_keys)

    def begin(self, request: Request, site_key: str) -> tuple[Session, str]:
        """A visitor's session and its token: the one the request carries, made fresh, or a new one.

        Raises:
            DoorError: no ``Origin``, or no key of a site.
            LimitError: too many come from there.
        """
        self._allowance.request(request, asks=False)
        origin = _origin(request)
        if origin is None:
            raise DoorError(403, "origin_needed", "A session begins on a web page: this request has no Origin.")
        if not self._sites.is_key(site_key):
            raise DoorError(403, "site_key", "This is no site key of this service; 'dragoman status' shows them.")
        session = self._sessions.session(bearer(request), origin, max_age=RENEWAL_SECONDS)
        if session is None or session.site_key != site_key:
            session = self._sessions.begin(site_key, origin)
        return session, self._sessions.token(session)

    def visitor(self, request: Request, *, asks: bool = False) -> Caller:
        """The visitor whose token the request carries.

        Raises:
            DoorError: it carries none that is good from this origin.
            LimitError: too much was asked.
        """
        caller = self._session(request, asks=asks)
        if caller is None:
            raise DoorError(
                401, "session_needed", "Begin a session with POST /api/v1/session; this token is none, or too old."
            )
        return caller

    def anyone(self, request: Request, *, asks: bool = True) -> Caller:
        """A visitor, or a script.

        Raises:
            DoorError: scripts need a key, and it shows none.
            LimitError: too much was asked.
        """
        return self._session(request, asks=asks) or self._script(request, "api", asks=asks)

    def script(self, request: Request, surface: str, *, asks: bool = True) -> Caller:
        """A script, at a door where visitors have nothing to look for: their tokens do not open it.

        Raises:
            DoorError: scripts need a key, and it shows none.
            LimitError: too much was asked.
        """
        self._allowance.request(request, asks=asks)
        return self._script(request, surface, asks=asks)

    def _script(self, request: Request, surface: str, *, asks: bool) -> Caller:
        key = self._api_key(bearer(request))
        if self._api_keys and not key:
            raise DoorError(401, "key_needed", "Send an API key as 'Authorization: Bearer KEY'.")
        if asks:
            self._allowance.script(request, key)
        # Without keys, the address is all that tells one script's conversations from another's.
        name = self._sessions.pseudonym(key or network_of(request))
        return Caller(f"{surface}-{name}-", language_of(request), self._allowance.place_of(request))

    def _session(self, request: Request, *, asks: bool) -> Caller | None:
        self._allowance.request(request, asks=asks)
        origin = _origin(request)
        if origin is None and request.method not in _READING:
            return None  # browsers send it with whatever changes something
        session = self._sessions.session(bearer(request), origin, max_age=SESSION_SECONDS)
        if session is None:
            return None
        if asks:
            self._allowance.question(session.id, session.site_key)
        return Caller(f"web-{session.id}-", language_of(request), self._allowance.place_of(request), session)

    def _api_key(self, given: str) -> str:
        """What a key is known by, which tells nothing of it; empty where this is none."""
        digest = hashlib.sha256(given.encode("utf-8", "surrogateescape")).digest()
        return next((key.hex() for key in self._api_keys if secrets.compare_digest(digest, key)), "")


def language_of(request: Request) -> str:
    """The interface language a request wants: en, zh or ru."""
    return words_for(request.query_params.get("lang"), request.headers.get("accept-language")).language


def bearer(request: Request) -> str:
    """What ``Authorization: Bearer`` carries; empty without."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    # Headers are read as Latin-1, and sent as whatever the script's author uses: UTF-8.
    return value.strip().encode("latin-1").decode("utf-8", "replace") if scheme.lower() == "bearer" else ""


def _origin(request: Request) -> str | None:
    origin = request.headers.get("origin")
    if origin is None:
        return None
    try:
        return normal_origin(origin)
    except ValueError:
        return origin
