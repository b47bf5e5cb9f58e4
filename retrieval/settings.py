"""What can be set about retrieval, from the environment or ``.env``. Read once, at the edge, and handed in."""

import datetime as dt
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from retrieval.limits import ReadLimits


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
    file_megabytes: int = Field(50, ge=1, le=2_000, description="The largest file that is read, in MB.")
    file_pages: int = Field(2_000, ge=1, description="The most pages of a PDF, and slides of a presentation.")
    file_rows: int = Field(100_000, ge=1, description="The most rows of a table, and records of a file of records.")
    file_cells: int = Field(1_000_000, ge=1, description="The most cells of all tables of a file.")
    file_seconds: int = Field(
        60,
        ge=1,
        le=3_600,
        description="Seconds of computing that reading one file may take; of waiting, half as many more.",
    )
    file_memory: int = Field(1_024, ge=256, description="Memory that reading one file may take, in MB.")
    today: dt.date | None = Field(None, description="A date to take for today, in tests and for questions 'as of'.")

    @property
    def limits(self) -> ReadLimits:
        """How much one file may cost."""
        return ReadLimits(
            max_bytes=self.file_megabytes * 2**20,
            max_pages=self.file_pages,
            max_rows=self.file_rows,
            max_cells=self.file_cells,
            cpu_seconds=self.file_seconds,
            wall_seconds=self.file_seconds * 1.5,
            memory_bytes=self.file_memory * 2**20,
            ocr=self.ocr,
        )

    @field_validator("today", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value
