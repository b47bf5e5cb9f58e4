"""The packaged embedding model, read and reckoned with torch alone.

sentence-transformers reads any model and brings what trains them too: three seconds of imports on a fast processor, most of what
starting costs. This one is always the same, six layers of BERT, so a page reckons it; a test holds it against the library.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import gelu, layer_norm, linear, scaled_dot_product_attention

_TOGETHER = 2_048
"""Tokens that are reckoned at once, padding among them: so many fit into the caches of a core."""


@dataclass(frozen=True, slots=True)
class _Dense:
    """A layer that weighs and adds."""

    weight: Tensor
    bias: Tensor

    def __call__(self, values: Tensor) -> Tensor:
        return linear(values, self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class _Norm:
    """A layer that brings values to one scale."""

    weight: Tensor
    bias: Tensor
    epsilon: float

    def __call__(self, values: Tensor) -> Tensor:
        return layer_norm(values, self.weight.shape, self.weight, self.bias, self.epsilon)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One of BERT's layers: each token looks at the others, then is worked on by itself."""

    heads: int
    looked: _Dense
    """Query, key and value in one."""
    seen: _Dense
    seen_norm: _Norm
    widened: _Dense
    narrowed: _Dense
    narrowed_norm: _Norm

    def __call__(self, tokens: Tensor, mask: Tensor | None) -> Tensor:
        """Shape (texts, tokens, dimension), as what goes in; ``mask`` is False where a text has ended already."""
        texts, length, dimension = tokens.shape
        parts = self.looked(tokens).view(texts, length, 3, self.heads, dimension // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        seen = scaled_dot_product_attention(query, key, value, attn_mask=mask)
        tokens = self.seen_norm(tokens + self.seen(seen.transpose(1, 2).reshape(texts, length, dimension)))
        return self.narrowed_norm(tokens + self.narrowed(gelu(self.widened(tokens))))


class MiniLM:
    """all-MiniLM-L6-v2 from a folder in the form that sentence-transformers saves.

    Args:
        folder: holds ``model.safetensors``, ``tokenizer.json``, ``config.json`` and ``sentence_bert_config.json``.
        short: reckon in bfloat16 where the processor does that faster.
        workers: cores that many texts are shared out among.

    Raises:
        OSError: a file is not there.
        ValueError: a file is not what it should be.
    """

    def __init__(self, folder: Path, *, short: bool, workers: int) -> None:
        self._workers = workers
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        longest = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))["max_seq_length"]
        self._tokenizer = _tokenizer(folder / "tokenizer.json", longest)
        weights = load_file(folder / "model.safetensors")
        # The library has no public way to ask; where this one goes, full numbers are right, only slower.
        can = getattr(torch.cpu, "_is_avx512_bf16_supported", bool)
        kind = torch.bfloat16 if short and can() else torch.float32
        held = {name: weight.to(kind) for name, weight in weights.items() if weight.is_floating_point()}
        epsilon = float(config["layer_norm_eps"])
        self._layers = [
            _layer(held, f"encoder.layer.{number}", heads=config["num_attention_heads"], epsilon=epsilon)
            for number in range(config["num_hidden_layers"])
        ]
        self._words = held["embeddings.word_embeddings.weight"]
        # A text is never a pair here, so all tokens are of the first kind.
        self._places = (
            held["embeddings.position_embeddings.weight"] + held["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = _norm(held, "embeddings.LayerNorm", epsilon)
        self.dimension = int(config["hidden_size"])

    def queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """As ``documents``, of a few short texts and on one core: sharing these out costs more than it spares."""
        torch.set_num_threads(1)
        tokens = self._tokens(texts)
        order = sorted(range(len(tokens)), key=lambda number: -len(tokens[number]))
        found = np.empty((len(tokens), self.dimension), dtype=np.float32)
        found[order] = self._means([tokens[number] for number in order])
        return found

    def documents(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """The mean of each text's tokens, of any length; shape (texts, dimension)."""
        tokens = self._tokens(texts)
        # Texts of like length together, so that little is spent on padding.
        order = sorted(range(len(tokens)), key=lambda number: -len(tokens[number]))
        batches = []
        while order:
            size = max(1, _TOGETHER // len(tokens[order[0]]))
            batches.append(order[:size])
            order = order[size:]
        found = np.empty((len(tokens), self.dimension), dtype=np.float32)
        # A core a batch. Cores that share one wait for each other: a half more computing, and on a busy machine twice the time.
        with ThreadPoolExecutor(self._workers, initializer=torch.set_num_threads, initargs=(1,)) as workers:
            means = workers.map(lambda batch: self._means([tokens[number] for number in batch]), batches)
            for batch, values in zip(batches, means, strict=True):
                found[batch] = values
        return found

    def _tokens(self, texts: Sequence[str]) -> list[npt.NDArray[np.int64]]:
        return [np.array(encoded.ids, dtype=np.int64) for encoded in self._tokenizer.encode_batch_fast(list(texts))]

    @torch.inference_mode()
    def _means(self, tokens: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.float32]:
        """Of texts that are reckoned together, the longest first."""
        lengths = torch.tensor([len(text) for text in tokens])
        longest, shortest = len(tokens[0]), len(tokens[-1])
        numbers = torch.zeros((len(tokens), longest), dtype=torch.long)
        for row, text in zip(numbers, tokens, strict=True):
            row[: len(text)] = torch.from_numpy(text)
        there = torch.arange(longest) < lengths[:, None]
        mask = None if shortest == longest else there[:, None, None, :]
        values = self._norm(self._words[numbers] + self._places[:longest])
        for layer in self._layers:
            values = layer(values, mask)
        return np.asarray(((values.float() * there[:, :, None]).sum(1) / lengths[:, None]).numpy())


def _tokenizer(file: Path, longest: int) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_str(file.read_text(encoding="utf-8"))
    except OSError:
        raise
    except Exception as error:  # the library has no kind of its own
        raise ValueError(f"{file} is no tokenizer: {error}") from error
    # What the file says of both is how the model was trained.
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    return tokenizer


def _layer(held: dict[str, Tensor], name: str, *, heads: int, epsilon: float) -> _Layer:
    looked = [_dense(held, f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
    return _Layer(
        heads=heads,
        looked=_Dense(torch.cat([part.weight for part in looked]), torch.cat([part.bias for part in looked])),
        seen=_dense(held, f"{name}.attention.output.dense"),
        seen_norm=_norm(held, f"{name}.attention.output.LayerNorm", epsilon),
        widened=_dense(held, f"{name}.intermediate.dense"),
        narrowed=_dense(held, f"{name}.output.dense"),
        narrowed_norm=_norm(held, f"{name}.output.LayerNorm", epsilon),
    )


def _dense(held: dict[str, Tensor], name: str) -> _Dense:
    return _Dense(held[f"{name}.weight"], held[f"{name}.bias"])


def _norm(held: dict[str, Tensor], name: str, epsilon: float) -> _Norm:
    return _Norm(held[f"{name}.weight"], held[f"{name}.bias"], epsilon)
