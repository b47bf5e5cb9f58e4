"""Sessions of visitors: a signed token in the page's own storage, bound to a site key and an origin. No cookies."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

from bot.channels.web.sites import Sites

SESSION_SECONDS = 24 * 3_600
"""So long a token is good for questions."""
RENEWAL_SECONDS = 30 * 24 * 3_600
"""So long a token can be exchanged for a new one of the same session, and its conversations found again."""


@dataclass(frozen=True, slots=True)
class Session:
    """A visitor of a site, as long as the browser keeps the token."""

    id: str
    site_key: str
    origin: str


class Sessions:
    """Hands out tokens and knows them again. Nothing is stored: what counts is the signature.

    Args:
        secret: the signing key; whoever changes it ends every session.
    """

    def __init__(self, secret: str, sites: Sites) -> None:
        self._serializer = URLSafeTimedSerializer(
            secret, salt="dragoman web session", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._naming = hashlib.sha256(b"dragoman pseudonym " + secret.encode()).digest()
        self._sites = sites

    def pseudonym(self, name: str) -> str:
        """A name for a caller without a session, from which nobody reads a key or an address."""
        return hmac.digest(self._naming, name.encode(), "sha256").hex()[:20]

    def begin(self, site_key: str, origin: str) -> Session:
        """A new session."""
        return Session(secrets.token_hex(16), site_key, origin)

    def token(self, session: Session) -> str:
        """The token of a session, good from now."""
        return str(self._serializer.dumps([session.id, session.site_key, session.origin]))

    def session(self, token: str, origin: str | None, *, max_age: int = SESSION_SECONDS) -> Session | None:
        """The session of a token; ``None`` where it is forged, too old, of another origin or of a site that has gone.

        ``origin`` is ``None`` where the browser sent none, as it does when a page of ours reads.
        """
        try:
            made = self._serializer.loads(token, max_age=max_age)
            session = Session(*(str(part) for part in made))
        except (BadData, TypeError, ValueError):
            return None
        if not self._sites.is_key(session.site_key) or origin not in {None, session.origin}:
            return None
        return session
