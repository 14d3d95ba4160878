"""Loading parts of a Whisper model: the file of weights, and the tokens that a language is written with."""

import json
import struct
from pathlib import Path

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from radiodesk.recognition.engines.whisper_vocabulary import Vocabulary, bare_vocabulary, cut_vocabulary
from radiodesk.recognition.engines.whisper_weights import Variable, Weights, read_weights

TEXTS = [
    "Kecelakaan di jalan raya, kendaraan padat merayap.",
    "Laporan dari Kalitidu: banjir setinggi lutut.",
    "警察 交通 事故 道路",
    "through the government of the people",
]
MARKS = ["<|endoftext|>", "<|startoftranscript|>", "<|id|>", "<|notimestamps|>", "<|0.00|>", "<|0.02|>"]


def weights() -> Weights:
    rows = memoryview(b"aabbccdd")
    return Weights(
        "WhisperSpec",
        3,
        (
            Variable("encoder/layer_0/norm", (2,), 4, memoryview(b"xxyy")),
            Variable("decoder/embeddings/weight", (4, 2), 1, rows),
            Variable("decoder/num_heads", (), 2, memoryview(b"\x08\x00")),
            Variable("encoder/conv", (4, 2), 1, rows),
        ),
        (("decoder/projection/weight", "decoder/embeddings/weight"),),
    )


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    weights().write(tmp_path / "model.bin")

    assert read_weights(tmp_path / "model.bin") == weights()


def test_rows_are_taken_from_what_the_decoder_has_for_each_token(tmp_path: Path) -> None:
    weights().where(lambda name: name != "decoder/num_heads").rows(4, [0, 3]).write(tmp_path / "model.bin")

    norm, embeddings, conv = read_weights(tmp_path / "model.bin").variables

    assert (embeddings.shape, bytes(embeddings.data)) == ((2, 2), b"aadd")
    assert (conv.shape, norm.name) == ((4, 2), "encoder/layer_0/norm")


@pytest.mark.parametrize("kept", [0, 3, 20, 60, -1])
def test_weights_cut_short_are_refused(tmp_path: Path, kept: int) -> None:
    weights().write(tmp_path / "whole")
    (tmp_path / "model.bin").write_bytes((tmp_path / "whole").read_bytes()[:kept])

    with pytest.raises(ValueError, match=r"."):
        read_weights(tmp_path / "model.bin")


def test_weights_of_another_version_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(struct.pack("<I", 5) + b"\0" * 40)

    with pytest.raises(ValueError, match="version 6"):
        read_weights(tmp_path / "model.bin")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The text files of a little Whisper model that writes Indonesian, English and Chinese."""
    folder = tmp_path_factory.mktemp("model")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(TEXTS * 3, trainers.BpeTrainer(vocab_size=900, initial_alphabet=alphabet))
    tokenizer.add_special_tokens([AddedToken(mark) for mark in MARKS])
    tokenizer.save(str(folder / "tokenizer.json"))
    names = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)
    (folder / "vocabulary.txt").write_text("".join(f"{name}\n" for name in names))
    suppressed = [tokenizer.token_to_id("Ġgovernment"), tokenizer.token_to_id("!")]
    (folder / "config.json").write_text(json.dumps({"suppress_ids": suppressed, "alignment_heads": [[0, 1]]}))
    return folder


def tokens_of(vocabulary: Vocabulary) -> list[str]:
    return vocabulary.names.splitlines()


def test_a_language_keeps_its_words_and_drops_other_scripts(folder: Path) -> None:
    vocabulary = cut_vocabulary(folder, "id")

    kept = tokens_of(vocabulary)

    assert {"Ġkendaraan", "Ġjalan", "ĠKalitidu"} <= set(kept)
    assert not {"Ġgovernment", "Ġthrough"} & set(kept)
    assert vocabulary.count > len(kept)
    assert [name for name in kept if name.startswith("<|")] == MARKS[:4]


@pytest.mark.parametrize("text", TEXTS)
def test_whatever_was_said_can_still_be_written(folder: Path, text: str) -> None:
    vocabulary = cut_vocabulary(folder, "id")
    small, whole = Tokenizer.from_str(vocabulary.tokenizer), Tokenizer.from_file(str(folder / "tokenizer.json"))

    numbers = small.encode(text, add_special_tokens=False).ids

    assert whole.decode([vocabulary.kept[number] for number in numbers]) == text
    assert [tokens_of(vocabulary)[number] for number in numbers] == small.encode(text, add_special_tokens=False).tokens


def test_indonesian_is_written_with_the_same_tokens_as_before(folder: Path) -> None:
    vocabulary = cut_vocabulary(folder, "id")
    small, whole = Tokenizer.from_str(vocabulary.tokenizer), Tokenizer.from_file(str(folder / "tokenizer.json"))

    for text in TEXTS[:2]:
        assert small.encode(text).tokens == whole.encode(text).tokens


def test_what_must_not_be_written_stays_forbidden_under_its_new_number(folder: Path) -> None:
    vocabulary = cut_vocabulary(folder, "id")

    assert [tokens_of(vocabulary)[at] for at in json.loads(vocabulary.config)["suppress_ids"]] == ["!"]


def test_a_language_without_a_list_of_words_keeps_everything_but_times(folder: Path) -> None:
    vocabulary = cut_vocabulary(folder, "ko")

    assert len(vocabulary.kept) == vocabulary.count - 2


def test_an_encoder_needs_no_words(folder: Path) -> None:
    assert not any(len(name) > 1 for name in tokens_of(bare_vocabulary(folder)) if not name.startswith("<|"))
