"""The door for staff: the key, the signed cookie it is exchanged for, and the patience with wrong keys."""

import hashlib
import hmac
import logging
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from fastapi import Request, Response

from bot.channels.web.addresses import network_of

logger = logging.getLogger(__name__)

COOKIE = "dragoman_staff"
SESSION_SECONDS = 12 * 3_600
ATTEMPTS = 10
"""Wrong keys that one address may try within ``ATTEMPT_SECONDS``."""
ATTEMPT_SECONDS = 60.0
_ADDRESSES = 4_096


class TooManyAttemptsError(Exception):
    """An address has tried too many wrong keys; the right one is not looked at either for ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many wrong keys; wait {seconds} s")
        self.seconds = seconds


class StaffDoor:
    """Decides who is staff. To be used from the event loop only.

    Args:
        key: the staff key; with an empty one nobody is let in.
        clock: seconds since the epoch.
    """

    def __init__(self, key: str, *, clock: Callable[[], float] = time.time) -> None:
        self._key = hashlib.sha256(key.encode()).digest() if key else None
        self._signing = hmac.digest(key.encode(), b"dragoman staff session", "sha256")
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._signed_out: dict[str, float] = {}

    def admits(self, request: Request) -> bool:
        """Whether a request comes from staff, by its cookie or by ``Authorization: Bearer KEY``.

        Raises:
            TooManyAttemptsError: it carries a key, after too many wrong ones.
        """
        return self._is_session(request.cookies.get(COOKIE, "")) or self.admits_bearer(request)

    def admits_bearer(self, request: Request) -> bool:
        """Whether a request carries the key itself.

        Raises:
            TooManyAttemptsError: after too many wrong ones.
        """
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        # Headers are read as Latin-1, and sent as whatever the script's author uses: UTF-8.
        return scheme.lower() == "bearer" and self.is_key(key.encode("latin-1").decode("utf-8", "replace"), request)

    def is_key(self, given: str, request: Request) -> bool:
        """Whether this is the key; a wrong one is counted.

        Raises:
            TooManyAttemptsError: after too many wrong ones.
        """
        now = self._clock()
        address = network_of(request)
        failures = self._failures.setdefault(address, deque(maxlen=ATTEMPTS))
        self._failures.move_to_end(address)
        while len(self._failures) > _ADDRESSES:
            self._failures.popitem(last=False)
        if len(failures) == ATTEMPTS and (wait := failures[0] + ATTEMPT_SECONDS - now) > 0:
            raise TooManyAttemptsError(int(wait) + 1)
        digest = hashlib.sha256(given.strip().encode("utf-8", "surrogateescape")).digest()
        if self._key is not None and hmac.compare_digest(digest, self._key):
            return True
        failures.append(now)
        logger.warning("a wrong staff key from %s", address)
        return False

    def sign_in(self, response: Response, *, secure: bool) -> None:
        """Hands out a session. Without a path of its own the cookie stays within ``/knowledge``, under any prefix."""
        expires = int(self._clock()) + SESSION_SECONDS
        body = f"{expires}.{secrets.token_urlsafe(12)}"
        response.set_cookie(
            COOKIE,
            f"{body}.{self._signature(body)}",
            max_age=SESSION_SECONDS,
            path=None,
            secure=secure,
            httponly=True,
            samesite="strict",
        )

    def sign_out(self, request: Request, response: Response, *, secure: bool) -> None:
        """Ends a session, for a copy of its cookie too."""
        token = request.cookies.get(COOKIE, "")
        now = self._clock()
        if self._is_session(token):
            self._signed_out = {old: until for old, until in self._signed_out.items() if until > now}
            self._signed_out[token] = now + SESSION_SECONDS
        response.set_cookie(COOKIE, "", max_age=0, path=None, secure=secure, httponly=True, samesite="strict")

    def _is_session(self, token: str) -> bool:
        body, _, signature = token.rpartition(".")
        if self._key is None or not hmac.compare_digest(
            signature.encode("utf-8", "surrogateescape"), self._signature(body).encode()
        ):
            return False
        return int(body.partition(".")[0]) > self._clock() and token not in self._signed_out

    def _signature(self, body: str) -> str:
        return hmac.digest(self._signing, body.encode("utf-8", "surrogateescape"), "sha256").hex()
