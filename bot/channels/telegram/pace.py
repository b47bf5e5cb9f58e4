"""How fast Telegram lets us go, and how long we pause by ourselves; all of it in one value, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Telegram's limits as it publishes them, and our own pauses. Another pace is for servers that have other limits."""

    chat: float = 1.0
    """Between two messages to one chat."""
    group_calls: int = 20
    group: float = 60.0
    """So many messages to one group within so long."""
    total_calls: int = 30
    total: float = 1.0
    """So many calls within so long."""
    margin: float = 0.02
    """A call is taken for so much longer than it was."""
    pause: float = 1.0
    """Before a first try again; each further one is twice as long, up to ``longest``."""
    longest: float = 30.0
    look: float = 0.3
    """Between two looks whether the index is there, or whether a server that does not let us wait has updates."""
    ending: float = 2.0
    """Answers being worked on get so long at the end."""
    quiet: float = 86_400.0
    """After so long without an update, the next may have any number: Telegram begins anew after a week."""
    tidy: float = 3_600.0
    """Between two times that what is old is forgotten."""
    album: float = 0.8
    """After the last of an album came, nothing more of it is awaited."""


REAL = Pace()
