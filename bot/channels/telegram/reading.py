"""An update of Telegram's as what happened, in our own terms; None for what gets no answer.

It is read from what was sent, field by field, and not through a library's classes: those refuse a whole message when one
field they want is missing or new, and then nobody answers it.
"""

import re
from dataclasses import dataclass, replace

from bot.channels.telegram.api import Me
from bot.channels.telegram.ledger import Address, Json

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?$", re.DOTALL)
_MEDIA = {
    "voice": "voice", "audio": "voice", "video_note": "voice",
    "photo": "picture", "video": "picture", "animation": "picture", "story": "picture",
    "sticker": "sticker", "dice": "sticker", "game": "sticker",
    "location": "place", "venue": "place",
    "contact": "contact",
    "poll": "poll",
    "document": "file",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened: the chat, its thread, the message."""

    chat_id: int
    thread_id: int | None
    message_id: int
    is_private: bool

    @property
    def lane(self) -> tuple[int, int]:
        """What happens in one lane is done in its order."""
        return self.chat_id, self.thread_id or 0

    def address(self, user_id: int, *, reply: bool = True) -> Address:
        """Where an answer goes."""
        return Address(self.chat_id, user_id, self.thread_id, self.message_id if reply else None)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A document as Telegram describes it."""

    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody wrote or sent something. ``addressed``: a group's message that is meant for us."""

    place: Place
    user_id: int
    app_language: str
    text: str
    media: str = ""
    """voice, picture, sticker, place, contact, poll or file; empty for words alone."""
    file: SentFile | None = None
    album: str = ""
    command: str = ""
    addressed: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody pressed a button of ours."""

    place: Place
    user_id: int
    app_language: str
    query_id: str
    data: str


@dataclass(frozen=True, slots=True)
class Searched:
    """Somebody types a search after our name, in any chat."""

    user_id: int
    app_language: str
    query_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A chat let us in or shut us out."""

    chat_id: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class Migrated:
    """A group has a new number."""

    old: int
    new: int


@dataclass(frozen=True, slots=True)
class StopPressed:
    """Somebody pressed "stop" under a draft."""

    chat_id: int
    thread_id: int | None


Event = Said | Pressed | Searched | Standing | Migrated | StopPressed


def read(update: Json, me: Me) -> Event | None:
    """What happened. Edited, channel, business and guest messages and those of other bots are nothing to us."""
    if message := _inside(update, "message"):
        return _message(message, me)
    if query := _inside(update, "callback_query"):
        return _pressed(query)
    if query := _inside(update, "inline_query"):
        user = _inside(query, "from")
        return Searched(_number(user, "id"), _words(user, "language_code"), _words(query, "id"), _words(query, "query"))
    if change := _inside(update, "my_chat_member"):
        gone = _words(_inside(change, "new_chat_member"), "status") in {"kicked", "left"}
        return Standing(_number(_inside(change, "chat"), "id"), gone)
    if stopped := _inside(update, "stopped_message_generation"):
        return StopPressed(_number(_inside(stopped, "chat"), "id"), _number(stopped, "message_thread_id") or None)
    return None


def _message(message: Json, me: Me) -> Event | None:
    chat, user = _inside(message, "chat"), _inside(message, "from")
    if new := _number(message, "migrate_to_chat_id"):
        return Migrated(_number(chat, "id"), new)
    if old := _number(message, "migrate_from_chat_id"):
        return Migrated(old, _number(chat, "id"))
    anonymous_admin = _number(_inside(message, "sender_chat"), "id") == _number(chat, "id") != 0
    if not _number(chat, "id") or not _number(user, "id") or (user.get("is_bot") and not anonymous_admin):
        return None
    if message.get("via_bot") or message.get("is_automatic_forward"):
        return None
    media = next((kind for name, kind in _MEDIA.items() if message.get(name)), "")
    text = _words(message, "text") or _words(message, "caption")
    if not text and not media:
        return None  # somebody joined, a title changed, a message was pinned
    said = Said(
        place=_place(message),
        user_id=_number(user, "id"),
        app_language=_words(user, "language_code"),
        text=text.strip(),
        media=media,
        file=_file(message) if media == "file" else None,  # Telegram describes an animation as a document too
        album=_words(message, "media_group_id"),
        addressed=_addressed(message, me),
    )
    return _without_mention(said, me)


def _without_mention(said: Said, me: Me) -> Said | None:
    """What was said without our name in it, and the command if it is one; None for another bot's command."""
    ours = re.compile(rf"(?i)@{re.escape(me.username)}(?!\w)[,:]?") if me.username else None
    opening = ours.match(said.text) if ours else None
    after_name = said.text[opening.end() :].strip() if opening else said.text
    if not said.media and (found := _COMMAND.match(after_name)):
        name, bot, rest = found.groups()
        if bot and bot.casefold() != me.username.casefold():
            return None
        addressed = said.addressed or bool(bot)
        return replace(said, command=name.lower(), text=(rest or "").strip(), addressed=addressed)
    return replace(said, text=ours.sub(" ", said.text).strip()) if ours else said


def _addressed(message: Json, me: Me) -> bool:
    answered = _inside(message, "reply_to_message")
    if _number(_inside(answered, "from"), "id") == me.id != 0 and "forum_topic_created" not in answered:
        return True
    for text, entities in (("text", "entities"), ("caption", "caption_entities")):
        # Telegram counts in UTF-16 units.
        written = _words(message, text).encode("utf-16-le", "surrogatepass")
        for entity in found if isinstance(found := message.get(entities), list) else []:
            if not isinstance(entity, dict):
                continue
            start, length = _number(entity, "offset"), _number(entity, "length")
            words = written[2 * start : 2 * (start + length)].decode("utf-16-le", "replace").casefold()
            if entity.get("type") == "mention" and me.username and words == f"@{me.username}".casefold():
                return True
            if entity.get("type") == "text_mention" and _number(_inside(entity, "user"), "id") == me.id != 0:
                return True
    return False


def _pressed(query: Json) -> Pressed | None:
    message, user = _inside(query, "message"), _inside(query, "from")
    if not _number(_inside(message, "chat"), "id"):
        return None  # under a message that was sent inline, in a chat we are not in
    return Pressed(
        _place(message), _number(user, "id"), _words(user, "language_code"), _words(query, "id"), _words(query, "data")
    )


def _place(message: Json) -> Place:
    chat = _inside(message, "chat")
    # Replies in ordinary groups have a thread number too; only a topic's may be sent back.
    thread = _number(message, "message_thread_id") if message.get("is_topic_message") else 0
    return Place(_number(chat, "id"), thread or None, _number(message, "message_id"), chat.get("type") == "private")


def _file(message: Json) -> SentFile | None:
    document = _inside(message, "document")
    if not _words(document, "file_id"):
        return None
    name = _words(document, "file_name") or "document"
    return SentFile(_words(document, "file_id"), name, _number(document, "file_size"))


def _inside(thing: Json, name: str) -> Json:
    """An object within another; empty where there is none."""
    found = thing.get(name)
    return found if isinstance(found, dict) else {}


def _number(thing: Json, name: str) -> int:
    """A number of an object; 0 where there is none that a database could keep."""
    found = thing.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 2**63 else 0


def _words(thing: Json, name: str) -> str:
    """A text of an object; empty where there is none."""
    found = thing.get(name)
    return found if isinstance(found, str) else ""
