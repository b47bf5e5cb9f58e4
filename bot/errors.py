"""What can go wrong between a user and an answer."""


class BotError(Exception):
    """The root of the bot's failures."""


class QuestionError(BotError):
    """A question that cannot be asked as it is; ``message`` tells the user why, in the user's language."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class StartError(BotError):
    """The program cannot start; the message is one line that says what to do."""


class StoreError(BotError):
    """Something could not be stored; ``failed`` says what was not done. An answer stands all the same."""

    failed = "stored"


class StoreReadError(StoreError):
    """What is stored could not be read."""

    failed = "read"


class StoreEraseError(StoreError):
    """What is stored could not be erased."""

    failed = "erased"


class WriterError(BotError):
    """A language model did not write, or not to the end; the quoting writer answers instead.

    ``kind`` is what operators count it under: ``timeout``, ``unreachable``, ``status 401``, ``resting``, ``budget`` …
    """

    def __init__(self, message: str, *, kind: str = "other") -> None:
        super().__init__(message)
        self.kind = kind


class CutOffError(WriterError):
    """A language model was stopped before it had written everything; the lines it ended stand."""
