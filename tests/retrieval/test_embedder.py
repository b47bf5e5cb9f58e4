"""The border to sentence-transformers: which weights are taken, and which are refused."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizerFast  # type: ignore[attr-defined]

from retrieval import embedder as embedder_module
from retrieval.embedder import PACKAGED_SHA256, SentenceTransformerEmbedder, file_digest
from retrieval.errors import ModelError
from retrieval.minilm import MiniLM

VOCABULARY = (
    "[PAD] [UNK] [CLS] [SEP] [MASK] solar power plant tax rate law grid wind water gas oil coal steel cement paper "
    "wood glass iron zinc gold lead rice corn tea salt"
).split()


def make_model(folder: Path, *, seed: int = 1) -> Path:
    """A model of one small layer that has learned nothing, in the form that sentence-transformers saves."""
    plain = make_plain_model(folder.with_name(folder.name + "-plain"), seed=seed)
    words = Transformer(str(plain))
    SentenceTransformer(modules=[words, Pooling(16)], device="cpu").save(str(folder))
    return folder


def make_plain_model(folder: Path, *, seed: int = 1) -> Path:
    """The same without the part that says how words become a sentence."""
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def own_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "own")


# -- the packaged one ------------------------------------------------------------------------------------------------


def test_the_packaged_model_is_the_one_its_checksum_promises(packaged_model: SentenceTransformerEmbedder) -> None:
    folder = embedder_module._packaged_folder()
    assert hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() == PACKAGED_SHA256
    assert packaged_model.name == "all-MiniLM-L6-v2"
    assert packaged_model.languages == frozenset({"en"})


def test_the_packaged_model_knows_what_is_near(packaged_model: SentenceTransformerEmbedder) -> None:
    passages = ["The value added tax rate is 16 percent.", "Pandas eat bamboo in the mountains."]
    vectors = packaged_model.embed_documents(passages)
    question = packaged_model.embed_query("How high is VAT?")
    assert vectors.shape == (2, 384)
    assert vectors.dtype == question.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0], abs=1e-5)
    near, far = vectors @ question
    assert near > far + 0.3


def test_one_text_has_one_vector_whatever_stands_beside_it(packaged_model: SentenceTransformerEmbedder) -> None:
    texts = ["Solar park.", "A much longer text about the rules for wind parks at sea. " * 5, "税率"]
    together = packaged_model.embed_documents(texts)
    alone = np.stack([packaged_model.embed_documents([text])[0] for text in texts])
    assert np.sum(together * alone, axis=1) == pytest.approx([1.0] * 3, abs=2e-3), "but for the last digits"
    assert packaged_model.embed_documents([]).shape == (0, 384)


def test_the_packaged_model_reckons_as_the_library_does(packaged_model: SentenceTransformerEmbedder) -> None:
    library = SentenceTransformer(str(embedder_module._packaged_folder()), device="cpu", local_files_only=True)
    texts = [
        "Solar park.",
        "How high is the value added tax in Kazakhstan, and since when?",
        "Many more words than the model reads at once, so that the end is cut off. " * 40,
        "The rate is 16% ï¼ \u2014 Ünïcödé, “quotes”, 3.5\u00a0million €/t CO₂\n\n| a | b |",
        "增值税税率为百分之十六。",
        "Налог на добавленную стоимость составляет 16 процентов.",
        "🌍",
        "",
    ]
    expected = library.encode(texts, normalize_embeddings=True)
    assert np.sum(packaged_model.embed_documents(texts) * expected, axis=1).min() > 0.9995
    assert (
        min(float(packaged_model.embed_query(text) @ vector) for text, vector in zip(texts, expected, strict=True))
        > 0.9995
    )
    full = MiniLM(embedder_module._packaged_folder(), short=False, workers=2)
    lengths = np.linalg.norm(full.documents(texts), axis=1)
    assert (np.sum(full.documents(texts) * expected, axis=1) / lengths).min() > 0.999999


def test_a_packaged_model_that_lacks_a_part_is_an_error_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(embedder_module._packaged_folder(), copy)
    monkeypatch.setattr(embedder_module, "_packaged_folder", lambda: copy)
    (copy / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match=r"tokenizer\.json is no tokenizer.*run 'make install' again"):
        SentenceTransformerEmbedder().embed_query("tax")
    (copy / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"tokenizer\.json.*run 'make install' again"):
        SentenceTransformerEmbedder().embed_query("tax")


def test_packaged_weights_that_were_changed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "model"
    shutil.copytree(embedder_module._packaged_folder(), copy)
    monkeypatch.setattr(embedder_module, "_packaged_folder", lambda: copy)
    data = bytearray((copy / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (copy / "model.safetensors").write_bytes(data)
    with pytest.raises(ModelError, match=f"not {PACKAGED_SHA256}; run 'make install' again"):
        SentenceTransformerEmbedder()
    (copy / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="is missing"):
        SentenceTransformerEmbedder()


# -- others ----------------------------------------------------------------------------------------------------------


def test_a_folder_with_a_model_is_loaded_and_taken_at_its_word(own_model: Path) -> None:
    own = SentenceTransformerEmbedder(str(own_model))
    assert own.embed_documents(["solar power plant", "tax rate"]).shape == (2, 16)
    assert np.linalg.norm(own.embed_query("gold")) == pytest.approx(1.0, abs=1e-5)
    assert own.languages is None
    assert own.name == str(own_model)


def test_other_weights_of_the_same_shape_have_another_fingerprint(tmp_path: Path, own_model: Path) -> None:
    other = SentenceTransformerEmbedder(str(make_model(tmp_path / "own", seed=2)))
    same = shutil.copytree(own_model, tmp_path / "elsewhere" / "own")
    first = SentenceTransformerEmbedder(str(own_model)).fingerprint
    assert first == SentenceTransformerEmbedder(str(same)).fingerprint
    assert first != other.fingerprint


@pytest.mark.parametrize("name", ["nobody/has-this-model", "./no/such/folder", "/no/such/folder", "~/model"])
def test_a_model_that_is_not_there_is_an_error_and_never_replaced(name: str) -> None:
    with pytest.raises(ModelError, match=name.replace("~", "~")):
        SentenceTransformerEmbedder(name)


def test_pickled_weights_are_refused_because_they_are_code(tmp_path: Path, own_model: Path) -> None:
    folder = shutil.copytree(own_model, tmp_path / "pickled")
    words: Any = SentenceTransformer(str(own_model), device="cpu")[0]
    torch.save(words.auto_model.state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="safetensors"):
        SentenceTransformerEmbedder(str(folder))


def test_a_model_that_brings_code_does_not_run_it(tmp_path: Path, own_model: Path) -> None:
    folder = shutil.copytree(own_model, tmp_path / "coded")
    ran = tmp_path / "ran"
    (folder / "own_module.py").write_text(f"from pathlib import Path\nPath({str(ran)!r}).touch()\nclass Own: pass\n")
    modules = (folder / "modules.json").read_text()
    (folder / "modules.json").write_text(modules.replace('"type": "', '"type": "own_module.Own", "was": "', 1))
    with pytest.raises(ModelError):
        SentenceTransformerEmbedder(str(folder))
    assert not ran.exists()


def test_damaged_weights_are_an_error_of_ours(tmp_path: Path, own_model: Path) -> None:
    folder = shutil.copytree(own_model, tmp_path / "damaged")
    (folder / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(ModelError, match="cannot be loaded"):
        SentenceTransformerEmbedder(str(folder))


def test_a_folder_without_a_sentence_model_is_not_given_one(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="cannot be loaded"):
        SentenceTransformerEmbedder(str(tmp_path / "empty"))
    with pytest.raises(ModelError, match="no sentence-transformers model"):
        SentenceTransformerEmbedder(str(make_plain_model(tmp_path / "plain")))


def test_a_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert file_digest(tmp_path / "file") == hashlib.sha256(b"abc").hexdigest()
