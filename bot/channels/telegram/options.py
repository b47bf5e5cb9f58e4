"""What is set about the channel, as it was read at the edge."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of the Telegram channel. The token is in no ``repr``."""

    token: str = field(repr=False)
    base_url: str = ""
    proxy: str = field(default="", repr=False)
    webhook: bool = False
    public_url: str = ""
    """The address users reach the service by."""
    groups: Literal["off", "mention", "open"] = "mention"
    group_list: frozenset[int] = frozenset()
    """The groups that are answered; empty for all."""
    staff: frozenset[int] = frozenset()
    answer_seconds: float = 50.0
    """So long the assistant may take for one answer."""
    version: str = ""
