"""An update of Telegram's as what happened, in our own terms; None for what gets no answer."""

import re
from dataclasses import dataclass

from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, MessageEntity, Update
from telegram.constants import ChatMemberStatus, ChatType

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


def read(update: Update, raw: Json, me: Me) -> Event | None:
    """What happened. Edited, channel, business and guest messages and those of other bots are nothing to us."""
    if update.message is not None:
        return _message(update.message, me)
    if update.callback_query is not None:
        return _pressed(update.callback_query)
    if (query := update.inline_query) is not None:
        return Searched(query.from_user.id, query.from_user.language_code or "", query.id, query.query)
    if update.my_chat_member is not None:
        return _standing(update.my_chat_member)
    stopped = raw.get("stopped_message_generation")
    if isinstance(stopped, dict) and isinstance(chat := stopped.get("chat"), dict) and isinstance(chat.get("id"), int):
        thread = stopped.get("message_thread_id")
        return StopPressed(chat["id"], thread if isinstance(thread, int) else None)
    return None


def _message(message: Message, me: Me) -> Event | None:
    if message.migrate_to_chat_id:
        return Migrated(message.chat.id, message.migrate_to_chat_id)
    if message.migrate_from_chat_id:
        return Migrated(message.migrate_from_chat_id, message.chat.id)
    anonymous_admin = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    user = message.from_user
    if user is None or (user.is_bot and not anonymous_admin) or message.via_bot or message.is_automatic_forward:
        return None
    media = next((kind for name, kind in _MEDIA.items() if getattr(message, name, None)), "")
    text = message.text or message.caption or ""
    if not text and not media:
        return None  # somebody joined, a title changed, a message was pinned
    said = Said(
        place=_place(message.chat, message.message_id, message),
        user_id=user.id,
        app_language=user.language_code or "",
        text=text.strip(),
        media=media,
        file=_file(message),
        album=message.media_group_id or "",
        addressed=_addressed(message, me),
    )
    return _without_mention(said, me)


def _without_mention(said: Said, me: Me) -> Said | None:
    """What was said without our name in it, and the command if it is one; None for another bot's command."""
    text, command, addressed = said.text, "", said.addressed
    if not said.media and (found := _COMMAND.match(text)):
        name, bot, rest = found.groups()
        if bot and bot.casefold() != me.username.casefold():
            return None
        command, text, addressed = name.lower(), (rest or "").strip(), addressed or bool(bot)
    elif me.username:
        text = re.sub(rf"(?i)@{re.escape(me.username)}(?!\w)[,:]?", " ", text).strip()
    return Said(
        said.place, said.user_id, said.app_language, text, said.media, said.file, said.album, command, addressed
    )


def _addressed(message: Message, me: Me) -> bool:
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.id == me.id:
        return answered.forum_topic_created is None
    found = {**message.parse_entities(), **message.parse_caption_entities()}
    for entity, words in found.items():
        if entity.type == MessageEntity.MENTION and me.username and words.casefold() == f"@{me.username}".casefold():
            return True
        if entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == me.id:
            return True
    return False


def _pressed(query: CallbackQuery) -> Pressed | None:
    if query.message is None:
        return None
    place = _place(
        query.message.chat, query.message.message_id, query.message if isinstance(query.message, Message) else None
    )
    return Pressed(place, query.from_user.id, query.from_user.language_code or "", query.id, query.data or "")


def _standing(change: ChatMemberUpdated) -> Standing:
    gone = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
    return Standing(change.chat.id, change.new_chat_member.status in gone)


def _place(chat: Chat, message_id: int, message: Message | None) -> Place:
    # Replies in ordinary groups have a thread number too; only a topic's may be sent back.
    thread = message.message_thread_id if message is not None and message.is_topic_message else None
    return Place(chat.id, thread, message_id, chat.type == ChatType.PRIVATE)


def _file(message: Message) -> SentFile | None:
    document = message.document
    if document is None:
        return None
    return SentFile(document.file_id, document.file_name or "document", document.file_size or 0)
