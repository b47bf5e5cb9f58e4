"""What can become of a call to Telegram, in our own terms. No message carries the token."""

from bot.errors import BotError


class TelegramFailure(BotError):  # noqa: N818 the root of several errors
    """The root of what can go wrong between us and Telegram."""


class TooManyError(TelegramFailure):
    """Telegram asks for a pause; nothing may be sent there for so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram asks for a pause of {seconds:g} s")
        self.seconds = seconds


class RefusedError(TelegramFailure):
    """Telegram will not do this, however often it is asked; the message is Telegram's own reason."""

    def says(self, *words: str) -> bool:
        """Whether the reason holds one of these words."""
        return any(word in str(self).lower() for word in words)


class BlockedError(TelegramFailure):
    """The user has blocked the bot, or the bot is not in the chat any more."""


class MovedError(TelegramFailure):
    """The group became a supergroup with another number."""

    def __init__(self, chat_id: int) -> None:
        super().__init__(f"the group is now {chat_id}")
        self.chat_id = chat_id


class UndeliveredError(TelegramFailure):
    """The call did certainly not happen: no connection, or Telegram failed; it may be made again."""


class UncertainError(TelegramFailure):
    """The connection broke after the call was made: it may have happened. It must not simply be made again."""


class ConflictError(TelegramFailure):
    """Somebody else fetches the updates of this bot."""


class TokenError(TelegramFailure):
    """Telegram does not know the token."""
