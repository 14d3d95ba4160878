"""Loudness of a line while it is heard, as EBU R 128 (Tech 3341) and ITU-R BS.1770-4 count it: momentary (0.4 s),
short-term (3 s), integrated with both gates, and true peak.

Incremental: sound goes in block by block; a second of it costs some milliseconds (`docs/lines.md`). One channel is
measured as one: a mono programme that a receiver plays on two speakers is 3 LU louder there.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radiodesk.sound.pcm import Pcm

ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0
STEP = 0.1
"""Seconds between two gating blocks: blocks of 0.4 s overlap by three quarters."""

MOMENTARY, SHORT_TERM = 4, 30
"""Steps."""

_OFFSET = -0.691
_RESPONSE_SECONDS = 0.085
_PHASES = np.array(
    [
        [0.001708984375, -0.0291748046875, -0.0189208984375, -0.00830078125],
        [0.010986328125, 0.029296875, 0.0330810546875, 0.0148925781250],
        [-0.0196533203125, -0.0517578125, -0.058227539062, -0.0266113281250],
        [0.033203125, 0.089111328125, 0.1015625, 0.0476074218750],
        [-0.0594482421875, -0.16650390625, -0.2003173828125, -0.1022949218750],
        [0.1373291015625, 0.465087890625, 0.779785156250, 0.97216796875],
        [0.97216796875, 0.77978515625, 0.465087890625, 0.1373291015625],
        [-0.102294921875, -0.2003173828125, -0.16650390625, -0.0594482421875],
        [0.047607421875, 0.1015625, 0.0891113281250, 0.0332031250],
        [-0.026611328125, -0.0582275390625, -0.0517578125, -0.0196533203125],
        [0.014892578125, 0.0330810546875, 0.029296875, 0.0109863281250],
        [-0.00830078125, -0.0189208984375, -0.0291748046875, 0.001708984375],
    ]
)
"""The interpolating filter of BS.1770-4, annex 2: twelve taps for each of four phases."""

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Loudness:
    """Of a line now; in LUFS and dBTP, ``None`` where there is nothing to measure yet. ``seconds`` were measured."""

    momentary: float | None
    short_term: float | None
    integrated: float | None
    most_short_term: float | None
    true_peak: float | None
    seconds: float


class LoudnessMeter:
    """Follows one line; ``begin`` starts the integrated figures anew."""

    def __init__(self, rate: int, before: float = 12.0) -> None:
        self._step = round(rate * STEP)
        response = _response(rate)
        self._taps = len(response)
        self._size = 1 << (self._step + self._taps - 1).bit_length()
        self._spectrum = np.fft.rfft(response, self._size)
        self._held = np.zeros(0)
        self._tail = np.zeros(self._taps - 1)
        self._peak_tail = np.zeros(len(_PHASES) - 1)
        self._powers: deque[float] = deque(maxlen=SHORT_TERM)
        self._recent: deque[tuple[float, float, float, float]] = deque(maxlen=round(before / STEP))
        self._gated: list[float] = []
        self._steps = 0
        self._most_short_term = 0.0
        self._peak = 0.0

    def begin(self, at: float) -> None:
        """The programme begins at a monotonic time, up to ``before`` seconds ago."""
        self._gated, self._steps, self._most_short_term, self._peak = [], 0, 0.0, 0.0
        for ends, block, short, peak in self._recent:
            if ends > at:
                self._count(block, short, peak)

    def feed(self, samples: Pcm, ends: float = 0.0) -> None:
        """Take sound in, the last of which was heard at a monotonic time."""
        self._held = np.concatenate((self._held, samples.astype(np.float64) / 32768))
        while len(self._held) >= self._step:
            block, self._held = self._held[: self._step], self._held[self._step :]
            self._measure(block, ends - len(self._held) / self._step * STEP)

    def lose(self) -> None:
        """The line is gone: what is measured next does not join on."""
        self._held = np.zeros(0)
        self._powers.clear()

    @property
    def now(self) -> Loudness:
        """As of the last step."""
        powers = list(self._powers)
        return Loudness(
            _lufs(_mean(powers[-MOMENTARY:])) if len(powers) >= MOMENTARY else None,
            _lufs(_mean(powers)) if len(powers) == SHORT_TERM else None,
            self._integrated(),
            _lufs(self._most_short_term),
            round(20 * math.log10(self._peak), 1) if self._peak > 0 else None,
            round(self._steps * STEP, 1),
        )

    def _measure(self, block: Samples, ends: float) -> None:
        whole = np.concatenate((self._tail, block))
        weighted = np.fft.irfft(np.fft.rfft(whole, self._size) * self._spectrum, self._size)
        heard = weighted[self._taps - 1 : self._taps - 1 + self._step]
        self._tail = whole[-(self._taps - 1) :]
        self._powers.append(float(np.dot(heard, heard)) / self._step)
        powers = list(self._powers)
        gated = _mean(powers[-MOMENTARY:]) if len(powers) >= MOMENTARY else 0.0
        short = _mean(powers) if len(powers) == SHORT_TERM else 0.0
        peak = self._true_peak(block)
        self._recent.append((ends, gated, short, peak))
        self._count(gated, short, peak)

    def _count(self, gated: float, short: float, peak: float) -> None:
        self._steps += 1
        if (_lufs(gated) or ABSOLUTE_GATE) > ABSOLUTE_GATE:
            self._gated.append(gated)
        self._most_short_term = max(self._most_short_term, short)
        self._peak = max(self._peak, peak)

    def _integrated(self) -> float | None:
        if not self._gated:
            return None
        blocks = np.array(self._gated)
        gate = float(blocks.mean()) * 10 ** (RELATIVE_GATE / 10)
        return _lufs(float(blocks[blocks > gate].mean()))

    def _true_peak(self, block: Samples) -> float:
        whole = np.concatenate((self._peak_tail, block))
        self._peak_tail = whole[-(len(_PHASES) - 1) :]
        between = np.lib.stride_tricks.sliding_window_view(whole, len(_PHASES)) @ _PHASES
        return max(float(np.abs(between).max()), float(np.abs(block).max()))


def _mean(powers: list[float]) -> float:
    return sum(powers) / len(powers) if powers else 0.0


def _lufs(power: float) -> float | None:
    return round(_OFFSET + 10 * math.log10(power), 2) if power > 1e-10 else None


def _response(rate: int) -> Samples:
    """The impulse response of the K weighting: a shelf for the head, then a high pass, designed for any rate.

    From the analogue prototypes behind the coefficients that BS.1770-4 prints for 48 kHz. What it rings on after
    0.085 s lies more than 150 dB lower.
    """
    signal = np.zeros(round(rate * _RESPONSE_SECONDS))
    signal[0] = 1.0
    k = math.tan(math.pi * 1681.974450955533 / rate)
    q, head = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    bend = head**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = (
        [(head + bend * k / q + k * k) / a0, 2 * (k * k - head) / a0, (head - bend * k / q + k * k) / a0],
        [2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0],
    )
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    high_pass = [1.0, -2.0, 1.0], [2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]
    return _filtered(_filtered(signal, *shelf), *high_pass)


def _filtered(signal: Samples, ahead: list[float], back: list[float]) -> Samples:
    """One pair of poles and zeros, sample by sample: once, for the response."""
    out = np.zeros_like(signal)
    x1 = x2 = y1 = y2 = 0.0
    for number, x in enumerate(signal.tolist()):
        y = ahead[0] * x + ahead[1] * x1 + ahead[2] * x2 - back[0] * y1 - back[1] * y2
        x1, x2, y1, y2 = x, x1, y, y1
        out[number] = y
    return out
