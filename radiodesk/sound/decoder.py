"""Turns whatever a phone, a recorder or a listener sends into PCM, one second at a time.

FFmpeg's libraries (through PyAV) do the decoding, so no external program is needed. Memory stays flat for any length:
nothing here ever holds more than a second of sound. Only containers that carry a listener's sound are opened, never
play lists, which could name other files or addresses.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from radiodesk.core.i18n import why
from radiodesk.sound.audio_facts import AudioInfo, AudioUnreadable, Heard
from radiodesk.sound.containers import Part, parts

log = logging.getLogger(__name__)

Samples = NDArray[np.float32]

_CONTAINERS = "wav,w64,aiff,au,caf,flac,mp3,aac,ogg,amr,amrnb,amrwb,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,asf"
_TRUSTED_LENGTH = ("flac", "mov,mp4", "ogg")
_FORMATS = {"int16": "s16", "int32": "s32", "float32": "flt"}
_LAYOUTS = {1: "mono", 2: "stereo"}
_LEAST_RATE, _MOST_RATE = 1000, 768_000
_MOST_CHANNELS = 16
LONGEST = 48 * 3600
"""Seconds after which decoding ends: a small file can promise years."""

_HEARING_RATE = 8000
_WRONG_BY = 0.5
_LEAST_BITS = 100
"""Bits a second below which a stated length is counted instead of believed."""


def probe(path: Path) -> AudioInfo:
    """Read what the file is and how long it lasts, without decoding it; raises ``AudioUnreadable``.

    A file that others were joined to lasts as long as all of them, and has the best rate and most channels of any.
    """
    first, *others = _parts(path)
    info = _probed(path, first)
    for part in others:
        with suppress(AudioUnreadable):  # a torn part costs itself alone
            info = _joined(info, _probed(path, part))
    return info


def _joined(info: AudioInfo, other: AudioInfo) -> AudioInfo:
    stated = None
    if info.stated is not None or other.stated is not None:
        stated = (info.duration if info.stated is None else info.stated) + (
            other.duration if other.stated is None else other.stated
        )
    return AudioInfo(
        duration=min(info.duration + other.duration, LONGEST),
        sample_rate=max(info.sample_rate, other.sample_rate),
        channels=max(info.channels, other.channels),
        codec=info.codec,
        container=info.container,
        bits=max(info.bits, other.bits),
        stated=stated,
    )


def _probed(path: Path, part: Part) -> AudioInfo:
    with _opened(path, part) as (container, stream):
        context = stream.codec_context
        try:
            length, stated = _length(container, stream, part)
            found = AudioInfo(
                duration=length,
                sample_rate=context.sample_rate,
                channels=context.channels,
                codec=context.name,
                container=container.format.name,
                bits=_bits(context),
                stated=stated,
            )
        except Exception:
            log.warning("What %s is could not be read", path.name, exc_info=True)
            raise _unreadable(path) from None
    if found.duration > LONGEST or (part.end - part.start) * 8 < found.duration * _LEAST_BITS:
        return replace(found, duration=_counted(path, part))
    return found


def hear(path: Path, at_most: float = LONGEST) -> Heard:
    """Decode up to ``at_most`` seconds to know how much can be heard; raises ``AudioUnreadable``."""
    mixer = _Mixer(_HEARING_RATE, 1, "int16")
    samples = 0
    for piece in (piece for part in _parts(path) for piece in _heard(path, part, mixer)):
        samples += len(piece)
        if samples > at_most * _HEARING_RATE:
            return Heard(at_most, mixer.damaged, all=False)
    if not samples:
        raise _cut_off(path)
    return Heard(samples / _HEARING_RATE, mixer.damaged, all=True)


def _counted(path: Path, part: Part) -> float:
    """Seconds of sound that a part truly decodes to, at most ``LONGEST``."""
    samples = 0
    for piece in _pieces(path, part, _Mixer(_HEARING_RATE, 1, "int16")):
        samples += len(piece)
        if samples >= LONGEST * _HEARING_RATE:
            break
    return min(samples / _HEARING_RATE, float(LONGEST))


def decode(
    path: Path, rate: int = 16000, channels: int = 1, *, start: float = 0.0, kind: str = "float32"
) -> Iterator[NDArray[Any]]:
    """Yield the sound in blocks of one second (the last one shorter).

    A block has shape ``(n,)`` for one channel, ``(n, channels)`` for more; ``kind`` is ``float32`` (-1 to 1), ``int16``
    or ``int32``. ``start`` seconds are decoded and left out, so that positions are exact in every format. Files joined
    to one follow each other, whatever their rates. Damaged packets are passed over and what is longer than ``LONGEST``
    ends there; raises ``AudioUnreadable`` when nothing at all can be decoded.
    """
    skip = round(start * rate)
    heard = 0
    held: list[NDArray[Any]] = []
    waiting = 0
    mixer = _Mixer(rate, channels, kind)
    for piece in (piece for part in _parts(path) for piece in _heard(path, part, mixer)):
        heard += len(piece)
        if heard > LONGEST * rate:
            break
        if skip:
            dropped = min(skip, len(piece))
            skip -= dropped
            if dropped == len(piece):
                continue  # not even an empty view of it is kept, which would keep all of it
            piece = piece[dropped:]
        held.append(piece)
        waiting += len(piece)
        while waiting >= rate:
            joined = np.concatenate(held)
            yield joined[:rate]
            held, waiting = [joined[rate:]], waiting - rate
    if not heard:
        raise _cut_off(path)
    if waiting:
        yield np.concatenate(held)


def read_all(path: Path, rate: int = 16000) -> Samples:
    """The whole file as one mono array: for short files only."""
    return np.concatenate([*decode(path, rate)])


def _heard(path: Path, part: Part, mixer: "_Mixer") -> Iterator[NDArray[Any]]:
    """The sound of one part; one of several that cannot be read at all is passed over."""
    try:
        yield from _pieces(path, part, mixer)
    except AudioUnreadable:
        if part.start == 0:
            raise


def _pieces(path: Path, part: Part, mixer: "_Mixer") -> Iterator[NDArray[Any]]:
    with _opened(path, part) as (container, stream):
        packets = container.demux(stream)
        while (packet := _tried(lambda: next(packets, None))) is not None:
            # A damaged packet costs itself alone, a torn end ends the sound.
            frames = _tried(packet.decode)
            if frames is None:
                mixer.damaged = True
            for frame in frames or ():
                yield from mixer.take(frame)
        yield from mixer.rest()


class _Mixer:
    """Brings frames of any rate, layout and format, which may change on the way, to the ones that are wanted."""

    def __init__(self, rate: int, channels: int, kind: str) -> None:
        self.damaged = False
        self._rate, self._channels, self._kind = rate, channels, kind
        self._shape: tuple[int, str, str] | None = None
        self._resampler: Any = None

    def take(self, frame: Any) -> Iterator[NDArray[Any]]:
        """The samples that are ready once ``frame`` is in; a frame that makes no sense gives none."""
        shape = _tried(lambda: (int(frame.sample_rate), str(frame.layout.name), str(frame.format.name)))
        if shape is None or not _LEAST_RATE <= shape[0] <= _MOST_RATE:
            self.damaged = True
            return
        if shape != self._shape:
            yield from self.rest()
            self._shape = shape
            self._resampler = av.AudioResampler(
                format=_FORMATS[self._kind], layout=_LAYOUTS[self._channels], rate=self._rate
            )
        frame.pts = None  # gaps in the clock of a voice note must not become gaps in the samples
        yield from self._arrays(frame)

    def rest(self) -> Iterator[NDArray[Any]]:
        """The samples that are still held back."""
        if self._shape is not None:
            yield from self._arrays(None)
        self._shape = None

    def _arrays(self, frame: Any) -> Iterator[NDArray[Any]]:
        for done in _tried(lambda: self._resampler.resample(frame)) or ():
            samples: NDArray[Any] = done.to_ndarray().reshape(-1)
            if self._kind == "float32":
                # Damaged float samples may be anything, not a number among it.
                samples = np.clip(np.nan_to_num(samples, copy=False), -1.0, 1.0)
            yield samples if self._channels == 1 else samples.reshape(-1, self._channels)


def _tried(act: Callable[[], Any]) -> Any:
    """What the decoder gives, or None where it stumbles over the bytes.

    Beside its own errors PyAV lets through whatever Python makes of absurd numbers in a file, so nothing is let past.
    """
    try:
        return act()
    except av.error.FFmpegError:
        return None
    except Exception:
        log.info("The decoder stumbled", exc_info=True)
        return None


def _parts(path: Path) -> list[Part]:
    try:
        found = parts(path)
    except OSError as error:
        raise AudioUnreadable("%(name)s cannot be opened: %(reason)s.", name=path.name, reason=why(error)) from None
    if found[-1].end == 0:
        raise AudioUnreadable("%(name)s is empty (0 bytes). Please send it again.", name=path.name)
    return found


def _cut_off(path: Path) -> AudioUnreadable:
    return AudioUnreadable("%(name)s holds no sound: it is cut off before the first of it.", name=path.name)


def _unreadable(path: Path) -> AudioUnreadable:
    return AudioUnreadable(
        "%(name)s is not a sound file that can be read, or it is damaged. Send WAV, FLAC, MP3, M4A, OGG/Opus or AMR.",
        name=path.name,
    )


@contextmanager
def _opened(path: Path, part: Part) -> Iterator[tuple[Any, Any]]:
    """The container of a part and its first sound."""
    with part.open(path) as source:
        container = _tried(
            lambda: av.open(
                source,
                metadata_errors="ignore",
                options={"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"},
            )
        )
        if container is None:
            raise _unreadable(path)
        with container:
            if not container.streams.audio:
                raise AudioUnreadable("%(name)s holds no sound.", name=path.name)
            stream = container.streams.audio[0]
            _require_sense(path, stream.codec_context)
            yield container, stream


def _require_sense(path: Path, context: Any) -> None:
    """Refuse what no decoder could make sound of."""
    rate, channels = _tried(lambda: (int(context.sample_rate), int(context.channels))) or (0, 0)
    if not rate:
        raise AudioUnreadable("%(name)s is damaged: its sound has no sample rate.", name=path.name)
    if not (_LEAST_RATE <= rate <= _MOST_RATE and 1 <= channels <= _MOST_CHANNELS):
        raise AudioUnreadable(
            "%(name)s has %(channels)s channels with %(rate)s samples a second, which cannot be played. "
            "Send it with one or two channels and a usual rate.",
            name=path.name,
            rate=rate,
            channels=channels,
        )


def _length(container: Any, stream: Any, part: Part) -> tuple[float, float | None]:
    """Seconds of sound, and what the header states where that is wrong.

    From the header where headers tell the truth, else from the bytes or the packets themselves.
    """
    context = stream.codec_context
    frame_bits = _packed_bits(context) * context.channels
    if part.sound_bytes is not None and frame_bits:
        a_second = frame_bits * context.sample_rate / 8
        held, stated = part.sound_bytes / a_second, (part.stated_bytes or part.sound_bytes) / a_second
        return held, None if abs(stated - held) < _WRONG_BY else stated
    if container.format.name.startswith(_TRUSTED_LENGTH) and container.duration and container.duration > 0:
        stated = float(container.duration / av.time_base)
        end = _end_behind(container, stream, stated)
        return (end, stated) if end > stated + _WRONG_BY else (stated, None)
    ticks = 0
    packets = container.demux(stream)
    while (packet := _tried(lambda: next(packets, None))) is not None:
        ticks += max(0, packet.duration or 0)
    return float(ticks * stream.time_base), None


def _end_behind(container: Any, stream: Any, stated: float) -> float:
    """Where the packets behind the stated end stop, in seconds, 0 where there are none."""
    if _tried(lambda: (container.seek(round(stated * av.time_base)), True)) is None:
        return 0.0
    end = 0
    packets = container.demux(stream)
    while (packet := _tried(lambda: next(packets, None))) is not None:
        if packet.pts is not None:
            end = max(end, packet.pts - (stream.start_time or 0) + max(0, packet.duration or 0))
    return float(end * stream.time_base)


def _packed_bits(context: Any) -> int:
    """Bits that one sample takes in the file for plain PCM, 0 for what is compressed."""
    name: str = context.name
    if name in {"pcm_mulaw", "pcm_alaw"}:
        return 8
    return int("".join(filter(str.isdigit, name)) or 0) if name.startswith("pcm_") else 0


def _bits(context: Any) -> int:
    """Bits of a sample worth keeping: what decodes from a lossy codec has no more than 16 of them."""
    packed = _packed_bits(context)
    if packed:
        return max(16, min(packed, 24))
    return 24 if context.name in {"flac", "alac"} and context.format.name.startswith("s32") else 16
