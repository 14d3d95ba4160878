"""Headers that state too little, nothing or too much, and files joined to one: all of the sound comes out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from radiodesk.sound.audio_facts import AudioUnreadable
from radiodesk.sound.decoder import probe, read_all
from radiodesk.sound.encoder import derive_mp3, to_flac
from radiodesk.sound.peaks import peaks
from tests.sound.sounds import pitch, tone, write_amr_wideband, write_encoded

SECONDS = 2.0
UNCOMPRESSED = {
    # container: where the length of the sound stands, in how many bytes, in which order, and what it counts beside it
    "WAV": (40, 4, "little", 0),
    "RF64": (28, 8, "little", 0),
    "W64": (96, 8, "little", 24),
    "AIFF": (42, 4, "big", 8),
    "AU": (8, 4, "big", 0),
    "CAF": (4084, 8, "big", 4),
}
SOUND_BYTES = round(SECONDS * 22050) * 2


def written(path: Path, container: str, subtype: str = "PCM_16", rate: int = 22050, hz: float = 440.0) -> bytes:
    channels = 2 if hz > 440 else 1
    soundfile.write(path, np.repeat(tone(SECONDS, rate, hz)[:, None], channels, 1), rate, subtype, format=container)
    return path.read_bytes()


def stating(path: Path, container: str, length: int) -> Path:
    """A sound of two seconds whose header gives ``length`` bytes for it."""
    data = bytearray(written(path, container))
    at, count, order, _ = UNCOMPRESSED[container]
    data[at : at + count] = length.to_bytes(count, "little" if order == "little" else "big")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("container", sorted(UNCOMPRESSED))
@pytest.mark.parametrize("share", [0.25, 0.5, 3.0])
def test_a_header_that_states_a_wrong_length_costs_nothing_and_is_told(
    tmp_path: Path, container: str, share: float
) -> None:
    more = UNCOMPRESSED[container][3]
    path = stating(tmp_path / "sound", container, round(SOUND_BYTES * share) // 2 * 2 + more)

    info = probe(path)

    assert info.duration == pytest.approx(SECONDS)
    assert info.stated == pytest.approx(SECONDS * share, abs=0.01)
    assert len(read_all(path)) == pytest.approx(SECONDS * 16000, abs=4)
    assert len(peaks(path)) == pytest.approx(SECONDS * 20, abs=1)
    assert derive_mp3(path, tmp_path / "page.mp3").duration == pytest.approx(SECONDS, abs=0.15)


@pytest.mark.parametrize("container", sorted(UNCOMPRESSED))
@pytest.mark.parametrize("told", ["nothing", "as much as fits"])
def test_what_a_program_that_streams_writes_is_whole_and_no_remark(tmp_path: Path, container: str, told: str) -> None:
    count = UNCOMPRESSED[container][1]
    path = stating(tmp_path / "sound", container, 0 if told == "nothing" else 2 ** (8 * count) - 1)

    assert probe(path).duration == pytest.approx(SECONDS)
    assert probe(path).stated is None
    assert len(read_all(path)) == pytest.approx(SECONDS * 16000, abs=4)


@pytest.mark.parametrize(
    "behind",
    [
        b"LIST\x1a\0\0\0INFOISFT\x0e\0\0\0Lavf62.3.1000\0",
        b"id3 \x20\0\0\0" + b"ID3" + bytes(29),
        b"xyza\x04\0\0\0\1\2\3\4" + b"wxyz\x02\0\0\0ab",
        b"TAG" + b"Judul".ljust(125, b"\0"),
        bytes(4096),
    ],
    ids=["LIST", "id3", "unknown chunks", "ID3v1", "padding"],
)
def test_what_stands_behind_the_sound_is_not_played(tmp_path: Path, behind: bytes) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(written(path, "WAV") + behind)

    assert probe(path).duration == pytest.approx(SECONDS)
    assert probe(path).stated is None
    assert len(read_all(path)) == pytest.approx(SECONDS * 16000, abs=4)


@pytest.mark.parametrize(("stated", "told"), [(22050, 1.0), (0, None), (2**31, None)])
def test_a_flac_that_states_a_wrong_length_is_as_long_as_it_is(tmp_path: Path, stated: int, told: float | None) -> None:
    path = tmp_path / "sound.flac"
    data = bytearray(written(path, "FLAC"))
    data[22:26] = stated.to_bytes(4)
    path.write_bytes(data)

    assert probe(path).duration == pytest.approx(SECONDS, abs=0.01)
    assert probe(path).stated == (None if told is None else pytest.approx(told))


def encoded(kind: str) -> Callable[[Path, float], bytes]:
    return lambda path, hz: write_encoded(path, kind, SECONDS, hz).read_bytes()


def made(container: str, subtype: str = "PCM_16") -> Callable[[Path, float], bytes]:
    """The second file has another rate and two channels, as from another telephone."""
    return lambda path, hz: written(path, container, subtype, 22050 if hz == 440 else 16000, hz)


JOINED = {
    **{kind: encoded(kind) for kind in ("mp3", "m4a", "opus.ogg", "amr", "webm")},
    **{name.lower(): made(name) for name in (*UNCOMPRESSED, "FLAC")},
    "vorbis": made("OGG", "VORBIS"),
}


@pytest.mark.parametrize("kind", sorted(JOINED))
def test_files_joined_to_one_are_heard_to_the_end(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "joined.bin"
    path.write_bytes(JOINED[kind](tmp_path / "1", 440.0) + JOINED[kind](tmp_path / "2", 880.0))

    samples = read_all(path)

    assert len(samples) / 16000 == pytest.approx(2 * SECONDS, abs=0.15)
    assert probe(path).duration == pytest.approx(2 * SECONDS, abs=0.15)
    assert pitch(samples[4000:28000], 16000) == pytest.approx(440, abs=2)
    assert pitch(samples[-28000:-4000], 16000) == pytest.approx(880, abs=2)


def test_links_of_different_codecs_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "chain.ogg"
    path.write_bytes(JOINED["opus.ogg"](tmp_path / "1", 440.0) + JOINED["vorbis"](tmp_path / "2", 880.0))

    assert (probe(path).sample_rate, probe(path).channels) == (48000, 2)
    assert len(read_all(path)) / 16000 == pytest.approx(2 * SECONDS, abs=0.1)


def test_a_torn_link_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "chain.ogg"
    link = JOINED["opus.ogg"](tmp_path / "1", 440.0)
    path.write_bytes(link + link[:60] + link)

    assert len(read_all(path)) / 16000 == pytest.approx(2 * SECONDS, abs=0.1)


def test_wideband_amr_is_joined_too(tmp_path: Path) -> None:
    note = write_amr_wideband(tmp_path / "note.amr", SECONDS).read_bytes()
    path = tmp_path / "both.amr"
    path.write_bytes(note * 3)

    assert probe(path).duration == pytest.approx(3 * SECONDS)
    assert len(read_all(path)) == 3 * 32000


@pytest.mark.parametrize("rate", [0, 1, 500, 2**31 - 1, 2**31, 2**32 - 1])
def test_a_sample_rate_that_cannot_be_is_refused_in_a_sentence(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "sound.wav"
    data = bytearray(written(path, "WAV"))
    data[24:28] = rate.to_bytes(4, "little")
    path.write_bytes(data)

    for step in (probe, read_all):
        with pytest.raises(AudioUnreadable, match=r"sound\.wav"):
            step(path)


@pytest.mark.parametrize(
    ("channels", "heard"), [(3, True), (6, True), (8, True), (16, True), (64, False), (255, False)]
)
def test_many_channels_are_mixed_or_refused(tmp_path: Path, channels: int, heard: bool) -> None:
    path = tmp_path / "desk.wav"
    soundfile.write(path, np.repeat(tone(1.0, 8000)[:, None], channels, 1), 8000, "PCM_16")

    if heard:
        assert pitch(read_all(path), 16000) == pytest.approx(440, abs=2)
    else:
        with pytest.raises(AudioUnreadable, match=f"{channels} channels"):
            read_all(path)


def test_samples_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    samples = tone(1.0, 8000)
    samples[2000:4000] = np.nan
    samples[4000:4100] = np.inf
    soundfile.write(tmp_path / "float.wav", samples, 8000, "FLOAT")

    heard = read_all(tmp_path / "float.wav")

    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1.0
    assert all(0 <= value <= 1 for value in peaks(tmp_path / "float.wav"))


@pytest.mark.parametrize("rate", [1001, 65_535, 70_001, 300_003])
def test_a_copy_of_a_sound_with_an_odd_rate_can_be_written(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "sound.wav"
    data = bytearray(written(path, "WAV"))
    data[24:28] = rate.to_bytes(4, "little")
    path.write_bytes(data)

    assert to_flac(path, tmp_path / "copy.flac").duration == pytest.approx(probe(path).duration, rel=0.01)


def test_a_page_that_is_cut_off_behind_its_name_breaks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "chain.ogg"
    link = JOINED["opus.ogg"](tmp_path / "1", 440.0)
    path.write_bytes(link + link[:26])

    assert len(read_all(path)) / 16000 == pytest.approx(SECONDS, abs=0.1)
