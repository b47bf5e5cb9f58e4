"""What can be set about retrieval, from the environment or ``.env``. Read once, at the edge, and handed in."""

import datetime as dt
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class RetrievalSettings(BaseSettings):
    """Settings of the knowledge base."""

    model_config = SettingsConfigDict(env_prefix="DRAGOMAN_", env_file=".env", extra="ignore")

    knowledge_dir: Path = Field(Path("knowledge"), description="The folder of documents that staff keep.")
    data_dir: Path = Field(
        Path("data"), description="Where the catalog and the indexes live; never inside the knowledge folder."
    )
    embedding_model: str = Field(
        "",
        description="Empty: the packaged model. Else a sentence-transformers folder, or a name your hub or cache has.",
    )
    ocr: bool = Field(False, description="Read scans with tesseract, where it is installed; slow.")
    today: dt.date | None = Field(None, description="A date to take for today, in tests and for questions 'as of'.")

    @field_validator("today", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value
