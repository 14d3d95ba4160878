"""Every file that a phone may send comes out as samples, and everything else as one clear sentence."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from radiodesk.sound.audio_facts import AudioUnreadable
from radiodesk.sound.decoder import decode, probe, read_all
from tests.sound.sounds import (
    CODECS,
    announce_two_gigabytes,
    pitch,
    tone,
    write_amr_wideband,
    write_encoded,
    write_wav,
)


@pytest.mark.parametrize("kind", sorted(CODECS))
def test_what_phones_send_is_decoded(tmp_path: Path, kind: str) -> None:
    path = write_encoded(tmp_path / f"call.{kind}", kind, seconds=2.0, hz=440)

    samples = read_all(path, 16000)

    assert len(samples) / 16000 == pytest.approx(2.0, abs=0.1)
    assert pitch(samples, 16000) == pytest.approx(440, abs=2)
    assert probe(path).duration == pytest.approx(2.0, abs=0.1)
    assert not probe(path).lossless


def test_wideband_amr_is_decoded(tmp_path: Path) -> None:
    path = write_amr_wideband(tmp_path / "note.amr", seconds=2.0)

    assert probe(path).codec == "amrwb"
    assert probe(path).sample_rate == 16000
    assert len(read_all(path)) == 32000


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT", "ULAW", "ALAW", "PCM_U8"])
@pytest.mark.parametrize("rate", [8000, 11025, 22050, 48000])
def test_every_kind_of_wav_keeps_length_and_pitch(tmp_path: Path, rate: int, subtype: str) -> None:
    stereo = np.stack([tone(1.0, rate), tone(1.0, rate)], axis=1)
    path = write_wav(tmp_path / "call.wav", stereo, rate, subtype)

    info = probe(path)

    assert (info.sample_rate, info.channels, info.lossless) == (rate, 2, True)
    assert info.duration == pytest.approx(1.0, abs=0.001)
    assert pitch(read_all(path), 16000) == pytest.approx(440, abs=2)


def test_a_fifth_of_a_second_is_enough(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "short.wav", tone(0.2, 8000), 8000)

    assert len(read_all(path, 16000)) == pytest.approx(3200, abs=40)


def test_blocks_are_one_second_and_add_up_to_the_whole(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "call.wav", tone(3.5))

    blocks = list(decode(path, 16000))

    assert [len(block) for block in blocks] == [16000, 16000, 16000, 8000]
    assert np.abs(np.concatenate(blocks) - tone(3.5)).max() < 1e-4


def test_two_channels_stay_apart(tmp_path: Path) -> None:
    stereo = np.stack([tone(1.0, hz=300), tone(1.0, hz=900)], axis=1)
    path = write_wav(tmp_path / "line.wav", stereo)

    both = np.concatenate([*decode(path, 16000, 2)])

    assert pitch(both[:, 0], 16000) == pytest.approx(300, abs=2)
    assert pitch(both[:, 1], 16000) == pytest.approx(900, abs=2)


@pytest.mark.parametrize("kind", ["m4a", "opus.ogg", "mp3"])
def test_a_later_start_gives_exactly_the_rest(tmp_path: Path, kind: str) -> None:
    path = write_encoded(tmp_path / f"call.{kind}", kind, seconds=3.0)

    whole = read_all(path)
    rest = np.concatenate([*decode(path, 16000, start=1.25)])

    assert np.array_equal(rest, whole[20000:])


def test_a_header_that_promises_two_gigabytes_is_not_believed(tmp_path: Path) -> None:
    path = announce_two_gigabytes(tmp_path / "big.wav", (tone(1.0) * 32767).astype(np.int16))

    assert probe(path).duration == pytest.approx(1.0, abs=0.01)
    assert len(read_all(path)) == 16000


def test_a_torn_file_gives_what_is_left_of_it(tmp_path: Path) -> None:
    whole = write_encoded(tmp_path / "whole.mp3", "mp3", seconds=2.0)
    torn = tmp_path / "torn.mp3"
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    assert 0.5 < len(read_all(torn)) / 16000 < 1.5


def test_a_damaged_middle_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "damaged.flac"
    rng = np.random.default_rng(7)
    soundfile.write(path, rng.uniform(-0.5, 0.5, 16000 * 4).astype(np.float32), 16000)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)
    path.write_bytes(data)

    assert len(read_all(path)) / 16000 > 3.0


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("surat.txt", "isi " * 2000)


def _headless(path: Path) -> None:
    whole = write_wav(path.with_suffix(".whole.wav"), tone(1.0))
    path.write_bytes(whole.read_bytes()[:44])


UNREADABLE: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "zip": _zip,
    "text": lambda path: path.write_text("bukan suara " * 500),
    "play list": lambda path: path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n"),
    "picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(4000)),
    "nothing after the header": _headless,
    "NUL bytes": lambda path: path.write_bytes(bytes(4000)),
}


@pytest.mark.parametrize("case", sorted(UNREADABLE))
def test_what_is_no_sound_is_refused_in_one_sentence_that_names_the_file(tmp_path: Path, case: str) -> None:
    path = tmp_path / "rekaman.wav"
    UNREADABLE[case](path)

    with pytest.raises(AudioUnreadable) as refused:
        read_all(path)

    assert refused.value.status == 422
    assert "rekaman.wav" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioUnreadable, match=r"hilang\.wav cannot be opened"):
        probe(tmp_path / "hilang.wav")
