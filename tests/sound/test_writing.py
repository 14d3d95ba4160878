"""What is kept is kept bit for bit; what is played is small; a failed write leaves nothing behind."""

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from radiodesk.core.atomic_files import replacing
from radiodesk.sound.audio_facts import AudioUnreadable
from radiodesk.sound.decoder import probe, read_all
from radiodesk.sound.encoder import concatenate, derive_mp3, derive_opus, lay_out, split_channels, to_flac
from tests.sound.sounds import pitch, tone, write_encoded, write_wav


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "ULAW", "PCM_U8"])
@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_flac_keeps_every_sample(tmp_path: Path, rate: int, subtype: str) -> None:
    noise = np.random.default_rng(3).uniform(-0.9, 0.9, (rate, 2)).astype(np.float32)
    source = write_wav(tmp_path / "in.wav", noise, rate, subtype)

    kept = to_flac(source, tmp_path / "out.flac")

    assert (kept.codec, kept.sample_rate, kept.channels) == ("flac", rate, 2)
    assert np.array_equal(soundfile.read(source)[0], soundfile.read(tmp_path / "out.flac")[0])


def test_a_voice_note_becomes_flac_at_its_own_rate(tmp_path: Path) -> None:
    source = write_encoded(tmp_path / "note.ogg", "opus.ogg")

    kept = to_flac(source, tmp_path / "note.flac")

    assert (kept.sample_rate, kept.channels, kept.bits) == (48000, 1, 16)


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_the_copy_for_pages_is_a_small_mp3(tmp_path: Path, rate: int) -> None:
    source = write_wav(tmp_path / "in.wav", tone(20.0, rate), rate)

    made = derive_mp3(source, tmp_path / "out.mp3")

    assert made.container == "mp3"
    assert made.duration == pytest.approx(20.0, abs=0.3)
    assert (tmp_path / "out.mp3").stat().st_size < 20 * 48_000 / 8 * 1.1
    assert pitch(read_all(tmp_path / "out.mp3"), 16000) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
def test_the_small_copy_is_opus_as_long_as_its_source(tmp_path: Path, rate: int) -> None:
    voice = np.random.default_rng(3).uniform(-0.1, 0.1, 20 * rate).astype(np.float32) + 0.5 * tone(20.0, rate)
    source = write_wav(tmp_path / "in.wav", voice.astype(np.float32), rate)
    tags = {"title": "Halo\x0b Polisi", "album": "Pagi"}

    made = derive_opus(source, tmp_path / "out.opus", chapters=[(0.0, 5.0, "Buletin"), (5.0, 20.0, "Tamu")], tags=tags)

    assert (made.container, made.codec, made.channels) == ("ogg", "opus", 1)
    assert made.duration == pytest.approx(20.0, abs=0.02)
    assert (tmp_path / "out.opus").stat().st_size < 20 * 48_000 / 8
    assert pitch(read_all(tmp_path / "out.opus"), 16000) == pytest.approx(440, abs=2)
    with av.open(str(tmp_path / "out.opus")) as file:
        told = file.streams[0].metadata
        assert {name: told[name] for name in tags} == {"title": "Halo Polisi", "album": "Pagi"}
        chapters = [(one["start"], one["metadata"]["title"]) for one in file.chapters()]
        assert chapters == [(0, "Buletin"), (5000, "Tamu")]


def test_nothing_of_the_source_s_own_tags_is_in_a_copy(tmp_path: Path) -> None:
    source = tmp_path / "in.flac"
    with soundfile.SoundFile(source, "w", 16000, 1, format="FLAC") as out:
        out.title, out.comment = "Karsinem", "Karsinem 081234567890"
        out.write(tone(2.0, 16000))
    assert b"Karsinem" in source.read_bytes()
    for name, derive in (("out.mp3", derive_mp3), ("out.opus", derive_opus)):
        derive(source, tmp_path / name)
        assert b"Karsinem" not in (tmp_path / name).read_bytes()


def test_pieces_join_with_a_pause_and_say_where_each_starts(tmp_path: Path) -> None:
    first = write_wav(tmp_path / "1.wav", tone(1.0, 8000), 8000)
    second = write_encoded(tmp_path / "2.mp3", "mp3", seconds=1.0, hz=880)

    starts = concatenate([first, second], tmp_path / "all.flac", gap_seconds=0.5, rate=16000)

    assert starts == [0.0, pytest.approx(1.5, abs=0.01)]
    joined = read_all(tmp_path / "all.flac")
    assert pitch(joined[:16000], 16000) == pytest.approx(440, abs=2)
    assert not joined[16100:23900].any()
    assert pitch(joined[26000:], 16000) == pytest.approx(880, abs=2)


def test_studio_and_caller_are_written_apart(tmp_path: Path) -> None:
    stereo = np.stack([tone(1.0, hz=300), tone(1.0, hz=900)], axis=1)
    source = write_wav(tmp_path / "line.wav", stereo)

    split_channels(source, tmp_path / "studio.flac", tmp_path / "caller.flac")

    assert pitch(read_all(tmp_path / "studio.flac"), 16000) == pytest.approx(300, abs=2)
    assert pitch(read_all(tmp_path / "caller.flac"), 16000) == pytest.approx(900, abs=2)


def test_a_refused_source_leaves_nothing_behind(tmp_path: Path) -> None:
    source = tmp_path / "in.wav"
    source.write_text("bukan suara")
    folder = tmp_path / "kept"

    with pytest.raises(AudioUnreadable):
        to_flac(source, folder / "out.flac")
    with pytest.raises(AudioUnreadable):
        derive_mp3(source, folder / "out.mp3")
    with pytest.raises(AudioUnreadable):
        derive_opus(source, folder / "out.opus")

    assert not folder.exists() or not list(folder.iterdir())


def test_a_write_that_fails_keeps_the_file_that_was_there(tmp_path: Path) -> None:
    target = tmp_path / "kept.txt"
    target.write_text("old")

    with pytest.raises(RuntimeError), replacing(target) as written:
        written.write_text("half")
        raise RuntimeError

    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_source_of_a_joined_programme_may_be_longer_than_memory_blocks(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "in.wav", tone(61.5, 8000), 8000)

    concatenate([source, source], tmp_path / "all.flac", gap_seconds=0.0, rate=8000)

    assert probe(tmp_path / "all.flac").duration == pytest.approx(123.0, abs=0.01)


def test_pieces_lie_at_their_seconds_and_silence_follows_to_the_end(tmp_path: Path) -> None:
    rate = 16000
    first, second = (write_wav(tmp_path / f"{name}.wav", tone(1.0, rate), rate) for name in ("first", "second"))
    lay_out([(0.5, first), (1.0, second)], tmp_path / "out.flac", rate=rate, until=4.0)
    samples, _ = soundfile.read(tmp_path / "out.flac")
    loud = [bool(np.abs(samples[start : start + rate // 2]).max() > 0.05) for start in range(0, 4 * rate, rate // 2)]
    assert len(samples) == 4 * rate
    assert loud == [False, True, True, True, True, False, False, False]
