"""What holds for every test: no network, no telemetry, and the one costly thing made once."""

import os

# Before anything imports a library that reads them.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["ANONYMIZED_TELEMETRY"] = "False"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import pytest
from hypothesis import HealthCheck, settings

from retrieval.embedder import SentenceTransformerEmbedder
from tests.fakes import HashEmbedder


def pytest_configure(config: pytest.Config) -> None:
    """Third parties' own deprecations, which we can do nothing about; everything else stays an error."""
    # Chroma reads back a collection whose threshold was changed as one of its older releases, and says so.
    config.addinivalue_line("filterwarnings", "ignore:legacy embedding function config:DeprecationWarning")


settings.register_profile(
    "dragoman",
    # A disk that is slow for a moment is no fault of the code.
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("dragoman")


@pytest.fixture(scope="session")
def packaged_model() -> SentenceTransformerEmbedder:
    """The real model, where meaning matters; loading it takes seconds."""
    return SentenceTransformerEmbedder()


@pytest.fixture
def embedder() -> HashEmbedder:
    """Vectors from hashes of words, at once."""
    return HashEmbedder()
