"""What can be set about the bot, from the environment or ``.env``. Read once, at the edge, and handed in."""

import re
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class BotSettings(BaseSettings):
    """Settings of the doors."""

    model_config = SettingsConfigDict(env_prefix="DRAGOMAN_", env_file=".env", extra="ignore")

    host: str = Field("127.0.0.1", description="The address to listen on; 0.0.0.0 for every network of the machine.")
    port: int = Field(8000, ge=0, le=65_535, description="The port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "", description="The address users reach the service by, for links to sources; empty: that of each request."
    )
    staff_key: str = Field(
        "",
        description="The key of staff to /knowledge; empty: one is made at the first start, shown once, and kept in the data folder.",
    )
    telegram_token: SecretStr = Field(
        SecretStr(""), description="The token of the Telegram bot, from @BotFather; empty: no Telegram."
    )
    telegram_base_url: str = Field(
        "",
        description="Another Bot API server than Telegram's own, such as http://127.0.0.1:8081; empty: Telegram's.",
    )
    telegram_proxy: SecretStr = Field(
        SecretStr(""), description="A proxy for Telegram alone, http://, https:// or socks5://; empty: none."
    )
    telegram_webhook: bool = Field(
        False,
        description="Have Telegram deliver updates to DRAGOMAN_PUBLIC_URL/telegram instead of fetching them.",
    )
    telegram_groups: Literal["off", "mention", "open"] = Field(
        "mention",
        description="Where groups are answered: off, mention (when mentioned or replied to), or open (every message).",
    )
    telegram_group_list: str = Field(
        "", description="The numbers of the groups that are answered, with commas; empty: all."
    )
    telegram_staff: str = Field(
        "",
        description="The Telegram numbers of staff, with commas; what they send becomes a document of the folder.",
    )

    @field_validator("telegram_group_list", "telegram_staff")
    @classmethod
    def _is_numbers(cls, value: str) -> str:
        if wrong := [one for one in value.replace(",", " ").split() if not re.fullmatch(r"-?\d{1,18}", one)]:
            raise ValueError(f"'{wrong[0]}' is no number of Telegram's; @names can change hands, numbers cannot")
        return value

    @field_validator("staff_key")
    @classmethod
    def _is_trimmed(cls, value: str) -> str:
        return value.strip()

    @field_validator("public_url", "telegram_base_url")
    @classmethod
    def _is_absolute(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError(f"'{value}' is no web address; it begins with https:// or http://")
        return value.rstrip("/")
