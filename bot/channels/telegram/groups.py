"""Which messages of a group are for us."""

from bot.channels.telegram.chats import Chats
from bot.channels.telegram.commands import COMMANDS
from bot.channels.telegram.options import Options
from bot.channels.telegram.reading import Pressed, Said


def is_for_us(said: Said, options: Options, chats: Chats) -> bool:
    """Whether what was said gets an answer: always in a private chat; in a group as the policy has it."""
    if said.place.is_private:
        return True
    if not is_open(said, options, chats):
        return False
    if said.command:
        return said.addressed or said.command in COMMANDS
    return said.addressed or (options.groups == "open" and not said.media and bool(said.text))


def is_open(event: Said | Pressed, options: Options, chats: Chats) -> bool:
    """Whether anything at all is answered in this chat."""
    if event.place.is_private:
        return True
    # A group that became a supergroup has a new number, and the permission of its old one.
    listed = not options.group_list or bool(chats.numbers(event.place.chat_id) & options.group_list)
    return options.groups != "off" and listed
