"""What is sent to a chat: parts with buttons, before anybody knows to which chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.telegram.markup import Block, Part, parts

BUTTON_DATA_BYTES = 64
"""Telegram's limit on what a button may carry."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens an address, or sends ``data`` back to us."""

    text: str
    url: str = ""
    data: str = ""


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message to be sent."""

    part: Part
    keyboard: Keyboard = ()


def messages(blocks: Sequence[Block], keyboard: Keyboard = ()) -> tuple[Message, ...]:
    """Blocks as messages, with the buttons under the last."""
    made = parts(blocks)
    return tuple(Message(part, keyboard if number == len(made) else ()) for number, part in enumerate(made, start=1))
