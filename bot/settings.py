"""What can be set about the bot, from the environment or ``.env``. Read once, at the edge, and handed in."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class BotSettings(BaseSettings):
    """Settings of the doors."""

    model_config = SettingsConfigDict(env_prefix="DRAGOMAN_", env_file=".env", extra="ignore", protected_namespaces=())

    host: str = Field("127.0.0.1", description="The address to listen on; 0.0.0.0 for every network of the machine.")
    port: int = Field(8000, ge=0, le=65_535, description="The port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "", description="The address users reach the service by, for links to sources; empty: that of each request."
    )
    staff_key: str = Field(
        "",
        description="The key of staff to /knowledge; empty: one is made at the first start, shown once, and kept in the data folder.",
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

    @field_validator("staff_key")
    @classmethod
    def _is_trimmed(cls, value: str) -> str:
        return value.strip()

    @field_validator("public_url")
    @classmethod
    def _is_absolute(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError(f"'{value}' is no web address; it begins with https:// or http://")
        return value.rstrip("/")
