"""What the public door is opened with."""

from dataclasses import dataclass, field

from bot.channels.web.allowance import Rate


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be asked; each of several rates holds."""

    address: tuple[Rate, ...] = (Rate(300, 60),)
    session: tuple[Rate, ...] = (Rate(20, 60),)
    site: tuple[Rate, ...] = (Rate(20_000, 86_400),)

    @classmethod
    def of(cls, address: str, session: str, site: str) -> "Limits":
        """Limits as settings have them: ``300/minute``, several after commas.

        Raises:
            ValueError: one is none; the message names it.
        """
        return cls(_rates(address), _rates(session), _rates(site))


def _rates(text: str) -> tuple[Rate, ...]:
    return tuple(Rate.of(part) for part in text.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class Public:
    """Keys, origins and limits of the public door.

    Attributes:
        site_keys: of the sites that may embed the chat; the first one is our own pages'.
        session_secret: signs the tokens of visitors.
        allowed_origins: origins of pages that may ask from a browser, beside our own; ``*`` for every one.
        api_keys: with any, scripts must show one.
        metrics_token: reads ``/metrics``, beside the staff key.
        privacy_url: the operator's privacy note; ours where it is empty.
        at_home: the service is reached from this machine only.
        names: of its own that it may be asked by where it has no public address, beside bare addresses; None for any name.
        docs: whether everybody may read the reference of the HTTP interface.
    """

    site_keys: tuple[str, ...]
    session_secret: str
    allowed_origins: tuple[str, ...] = ()
    api_keys: tuple[str, ...] = ()
    metrics_token: str = ""
    privacy_url: str = ""
    limits: Limits = field(default_factory=Limits)
    at_home: bool = False
    names: frozenset[str] | None = None
    docs: bool = True
