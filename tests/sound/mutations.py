"""Sound files of every format, damaged in every way that bytes can be, always the same for the same number."""

import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import soundfile

from radiodesk.sound.audio_facts import AudioUnreadable
from radiodesk.sound.cuts import bleep, cut
from radiodesk.sound.decoder import decode, probe
from radiodesk.sound.encoder import derive_mp3, to_flac
from radiodesk.sound.loudness import loudness
from radiodesk.sound.peaks import peaks
from radiodesk.sound.stretches import Span
from tests.sound.sounds import CODECS, tone, write_amr_wideband, write_encoded

LIBSNDFILE = {
    "wav": ("WAV", "PCM_16"),
    "24.wav": ("WAV", "PCM_24"),
    "float.wav": ("WAV", "FLOAT"),
    "ulaw.wav": ("WAV", "ULAW"),
    "adpcm.wav": ("WAV", "IMA_ADPCM"),
    "gsm.wav": ("WAV", "GSM610"),
    "rf64.wav": ("RF64", "PCM_16"),
    "w64": ("W64", "PCM_16"),
    "aiff": ("AIFF", "PCM_16"),
    "au": ("AU", "PCM_16"),
    "caf": ("CAF", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "24.flac": ("FLAC", "PCM_24"),
    "vorbis.ogg": ("OGG", "VORBIS"),
}
KINDS = (*CODECS, *LIBSNDFILE, "amr-wb")
_ODD = (0x00, 0xFF, 0x7F, 0x80, 0x01)
_HEAD = 120


def whole(kind: str) -> bytes:
    """A small sound file of a kind, as a phone or a program would write it."""
    # A damaged page of Ogg is lost altogether, so that there are some more of them.
    seconds = 2.5 if kind.endswith("ogg") else 0.4
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sound.{kind}"
        if kind in CODECS:
            write_encoded(path, kind, seconds)
        elif kind == "amr-wb":
            write_amr_wideband(path, seconds)
        else:
            container, subtype = LIBSNDFILE[kind]
            soundfile.write(path, tone(seconds, 8000), 8000, format=container, subtype=subtype)
        return path.read_bytes()


def damaged(data: bytes, number: int) -> bytes:
    """``data`` with bytes flipped, cut out, put in, doubled or set to extremes; half of it in or near the header."""
    dice = random.Random(number)  # noqa: S311 - the same damage every time
    held = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3, 8, 30))):
        reach = min(len(held), _HEAD) if dice.random() < 0.5 else len(held)
        if not reach:
            break
        at = dice.randrange(reach)
        length = dice.choice((1, 2, 4, 4, 8, 40, 400))
        match dice.randrange(7):
            case 0:
                held[at] ^= 1 << dice.randrange(8)
            case 1:
                held[at : at + length] = dice.randbytes(length)
            case 2:
                held[at : at + length] = bytes([dice.choice(_ODD)]) * length
            case 3:
                del held[at : at + length]
            case 4:
                held[at:at] = dice.randbytes(length)
            case 5:
                held[at:at] = held[at : at + length * 10]
            case 6:
                del held[at if dice.random() < 0.3 else max(at, len(held) // 2) :]
    return bytes(held)


def use(path: Path, folder: Path) -> Iterator[str]:
    """Do with a file all that the station does with sound; gives the name of each step that worked."""
    steps: dict[str, Callable[[], object]] = {
        "probe": lambda: probe(path),
        "decode": lambda: sum(len(block) for block in decode(path, 8000)),
        "from within": lambda: sum(len(block) for block in decode(path, 16000, 2, start=0.2, kind="int16")),
        "peaks": lambda: peaks(path),
        "loudness": lambda: loudness(path),
        "mp3": lambda: derive_mp3(path, folder / "out.mp3"),
        "flac": lambda: to_flac(path, folder / "out.flac"),
        "bleep": lambda: bleep(path, folder / "bleep.flac", [Span(0.1, 0.2)]),
    }
    for name, step in steps.items():
        try:
            step()
        except AudioUnreadable as refused:
            assert str(refused).strip(), "a refusal without a sentence"
        else:
            yield name
    try:
        cut(path, folder / "cut.flac", [Span(0.1, 0.2)])
    except AudioUnreadable:
        return
    except ValueError as error:
        assert "leave nothing" in str(error)
