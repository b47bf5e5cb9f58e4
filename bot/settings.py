"""What can be set about the bot, from the environment or ``.env``. Read once, at the edge, and handed in."""

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class BotSettings(BaseSettings):
    """Settings of the doors."""

    model_config = SettingsConfigDict(env_prefix="DRAGOMAN_", env_file=".env", extra="ignore", protected_namespaces=())

    host: str = Field("127.0.0.1", description="The address to listen on; 0.0.0.0 for every network of the machine.")
    port: int = Field(8000, ge=0, le=65_535, description="The port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "",
        description="The address users reach the service by, for links to sources; empty: that of each request, which must "
        "then be a bare address or the machine's own name.",
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

    site_keys: str = Field(
        "",
        description="Keys of the web sites that embed the chat, after commas; empty: one is made at the first start and shown by 'dragoman status'.",
    )
    allowed_origins: str = Field(
        "",
        description="Origins of web pages that may ask, after commas, like https://www.example.org; empty: only our own pages; * for every one.",
    )
    api_keys: str = Field(
        "",
        description="Keys of scripts and OpenAI-compatible clients, after commas; empty: they may ask without one, within the limits.",
    )

    limit_address: str = Field(
        "300/minute", description="Questions from one address (of IPv6: one network); several limits after commas."
    )
    limit_session: str = Field("20/minute", description="Questions of one visitor; several limits after commas.")
    limit_site: str = Field(
        "20000/day",
        description="Questions with one site key, or of scripts with one API key (without keys: of all scripts); several limits after commas.",
    )
    limit_at_once: int = Field(
        100,
        ge=1,
        le=400,
        description="Answers on their way at once for one address (of IPv6: one network); 400 for all.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1,::1",
        description="Addresses of proxies whose X-Forwarded-For is believed, after commas; without it all visitors behind a proxy are one address.",
    )
    metrics_token: str = Field("", description="Reads /metrics, beside the staff key; empty: only that.")
    mcp: bool = Field(
        False,
        description="Offer search, fetch and ask to assistants at /mcp (Model Context Protocol), with the keys and limits of scripts.",
    )
    docs: bool = Field(
        True,
        description="Show the reference of the HTTP interface at /docs, and its OpenAPI document at /openapi.json.",
    )
    log: Literal["text", "json"] = Field(
        "text", description="text: warnings, for people. json: one object a line, and one for each request."
    )

    model: str = Field(
        "",
        description="The language model that writes answers, as provider:name (openai:…, anthropic:…, ollama:… and others of LangChain, whose own variables such as OPENAI_BASE_URL and OPENAI_API_KEY hold); empty: answers are quotes.",
    )
    model_seconds: float = Field(
        40.0, gt=0, le=600, description="Seconds a model may take for one answer; after that quotes answer."
    )
    model_tokens_per_day: int = Field(
        2_000_000,
        ge=0,
        description="Tokens a model may read and write in a day; after that quotes answer. 0: no limit.",
    )

    @field_validator("model")
    @classmethod
    def _names_a_provider(cls, value: str) -> str:
        value = value.strip()
        provider, _, name = value.partition(":")
        if value and not (provider and name):
            raise ValueError("write it as provider:name, for example openai:gpt-5-mini or ollama:qwen3")
        return value

    privacy_url: str = Field(
        "", description="Your own privacy note, which the chat links to; empty: the service's, at /privacy."
    )

    @field_validator("staff_key")
    @classmethod
    def _is_trimmed(cls, value: str) -> str:
        return value.strip()

    @field_validator("limit_address", "limit_session", "limit_site")
    @classmethod
    def _is_a_limit(cls, value: str) -> str:
        for part in listed(value):
            if not re.fullmatch(r"[1-9]\d{0,8}\s*/\s*(second|minute|hour|day)", part):
                raise ValueError(f"'{part}' is no limit; write it like 300/minute, per second, minute, hour or day")
        return value

    @field_validator("public_url", "telegram_base_url", "privacy_url")
    @classmethod
    def _is_absolute(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError(f"'{value}' is no web address; it begins with https:// or http://")
        if value and not _has_host(value):
            raise ValueError(f"'{value}' is no web address; write it like https://ask.example.org")
        return value.rstrip("/")

    @field_validator("telegram_proxy")
    @classmethod
    def _is_a_proxy(cls, secret: SecretStr) -> SecretStr:
        value = secret.get_secret_value().strip()
        if value and not (value.startswith(("http://", "https://", "socks5://", "socks5h://")) and _has_host(value)):
            shown = re.sub(r"(?<=//)[^/@]*@|^[^/@]*@", "…@", value)  # the password is nobody's business
            raise ValueError(
                f"'{shown}' is no address of a proxy; write it like http://proxy.example.org:3128 or socks5://127.0.0.1:1080"
            )
        return SecretStr(value)


def is_secret(name: str) -> bool:
    """Whether what stands in a setting may be shown to nobody."""
    field = BotSettings.model_fields.get(name)
    return field is not None and field.annotation is SecretStr


def _has_host(address: str) -> bool:
    """Whether an address names a host, and a port that can be one."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", address)
    except ValueError:
        return False


def listed(value: str) -> tuple[str, ...]:
    """The parts of a list after commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip())
