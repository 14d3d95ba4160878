"""What is known of a sound file. Without the libraries that decode it, which a desk at rest does not load."""

from dataclasses import dataclass

from radiodesk.core.errors import Unreadable

_MOST_KEPT_RATE = 192_000
_MOST_ODD_RATE = 65_535


class AudioUnreadable(Unreadable):
    """The file holds no sound that can be decoded; the sentence says why."""


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a sound file is: ``duration`` in seconds, ``sample_rate`` in Hz, ``bits`` of one sample where it has any.

    ``stated`` is the length in seconds that its header gives, where that is not the length of what it holds.
    """

    duration: float
    sample_rate: int
    channels: int
    codec: str
    container: str
    bits: int = 16
    stated: float | None = None

    @property
    def lossless(self) -> bool:
        """Whether the file keeps every sample as it was captured."""
        return self.codec.startswith("pcm_") or self.codec in {"flac", "alac", "wavpack"}

    @property
    def kept_rate(self) -> int:
        """The rate in Hz at which a lossless copy of it is written."""
        rate = min(self.sample_rate, _MOST_KEPT_RATE)
        # FLAC counts rates above 65535 Hz in tens.
        return rate if rate <= _MOST_ODD_RATE else rate // 10 * 10

    @property
    def kept_channels(self) -> int:
        """How many channels a lossless copy of it has: more than two are mixed."""
        return min(self.channels, 2)


@dataclass(frozen=True, slots=True)
class Heard:
    """What truly decodes: ``seconds`` of sound, whether some of it was ``damaged``, and whether that is ``all``."""

    seconds: float
    damaged: bool
    all: bool
