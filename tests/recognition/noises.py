"""Half a minute each of what a line carries when nobody speaks."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Noise = Callable[[float], NDArray[np.float32]]

RATE = 16_000
_KEYS = {"1": (697, 1209), "5": (770, 1336), "9": (852, 1477), "0": (941, 1336), "3": (697, 1477), "7": (852, 1209)}


def silence(seconds: float) -> NDArray[np.float32]:
    return np.zeros(round(seconds * RATE), np.float32)


def white_noise(seconds: float, level: float = 0.1) -> NDArray[np.float32]:
    return np.random.default_rng(11).normal(0, level, round(seconds * RATE)).astype(np.float32)


def line_noise(seconds: float) -> NDArray[np.float32]:
    """Hiss, mains hum and a crackle now and then."""
    rng = np.random.default_rng(12)
    at = np.arange(round(seconds * RATE)) / RATE
    hum = 0.05 * np.sin(2 * np.pi * 50 * at) + 0.03 * np.sin(2 * np.pi * 150 * at)
    crackle = (rng.random(len(at)) < 0.0005) * rng.normal(0, 0.6, len(at))
    return (hum + crackle + rng.normal(0, 0.01, len(at))).astype(np.float32)


def dial_tone(seconds: float) -> NDArray[np.float32]:
    at = np.arange(round(seconds * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * 425 * at)).astype(np.float32)


def ringing(seconds: float) -> NDArray[np.float32]:
    at = np.arange(round(seconds * RATE)) / RATE
    return (dial_tone(seconds) * (at % 5 < 1)).astype(np.float32)


def key_tones(seconds: float) -> NDArray[np.float32]:
    """DTMF: a key of 150 ms every 300 ms."""
    at = np.arange(round(seconds * RATE)) / RATE
    made = np.zeros(len(at), np.float32)
    for number in range(int(seconds / 0.3)):
        low, high = _KEYS[list(_KEYS)[number % len(_KEYS)]]
        inside = (at >= number * 0.3) & (at < number * 0.3 + 0.15)
        made[inside] = (0.25 * (np.sin(2 * np.pi * low * at) + np.sin(2 * np.pi * high * at)))[inside]
    return made


def hold_music(seconds: float) -> NDArray[np.float32]:
    """Broken chords with overtones, a bass and a soft beat: what a telephone exchange plays."""
    rng = np.random.default_rng(13)
    at = np.arange(round(seconds * RATE)) / RATE
    made = np.zeros(len(at))
    chords = [(60, 64, 67, 72), (57, 60, 64, 69), (53, 57, 60, 65), (55, 59, 62, 67)]
    step = 0.25
    for number in range(int(seconds / step)):
        chord = chords[number // 8 % 4]
        for note, level in ((chord[number % 4], 0.2), (chord[0] - 24, 0.12)):
            hz = 440 * 2 ** ((note - 69) / 12)
            since = at[round(number * step * RATE) : round((number * step + 0.6) * RATE)] - number * step
            envelope = np.exp(-5 * since) * np.minimum(since / 0.01, 1)
            for overtone in range(1, 6):
                wave = np.sin(2 * np.pi * hz * overtone * since) / overtone
                made[round(number * step * RATE) :][: len(since)] += level * envelope * wave
        if number % 2 == 0:
            start = round(number * step * RATE)
            beat = rng.normal(0, 0.1, 800) * np.exp(-np.arange(800) / 150)
            made[start : start + 800] += beat[: len(made[start : start + 800])]
    return made.astype(np.float32)


def busy_tone(seconds: float) -> NDArray[np.float32]:
    """Engaged: half a second on, half a second off."""
    at = np.arange(round(seconds * RATE)) / RATE
    return (dial_tone(seconds) * (at % 1 < 0.5)).astype(np.float32)


def fax(seconds: float) -> NDArray[np.float32]:
    """A fax calls: half a second of 1,100 Hz every 3.5 s, then the answer, 2,100 Hz with its phase turned."""
    at = np.arange(round(seconds * RATE)) / RATE
    calling = np.sin(2 * np.pi * 1100 * at) * (at % 3.5 < 0.5) * (at < seconds / 2)
    turned = np.sign(np.sin(2 * np.pi * at / 0.9))
    answer = np.sin(2 * np.pi * 2100 * at) * turned * (at >= seconds / 2)
    whole: NDArray[np.float32] = (0.3 * (calling + answer)).astype(np.float32)
    return whole


def modem(seconds: float) -> NDArray[np.float32]:
    """Two modems: bits as jumps between two tones, each way in a band of its own, then scrambled phases."""
    rng = np.random.default_rng(14)
    count = round(seconds * RATE)
    at = np.arange(count) / RATE
    made = np.zeros(count)
    for low, high in ((980, 1180), (1650, 1850)):
        bits = rng.integers(0, 2, int(seconds * 300) + 1)[np.arange(count) * 300 // RATE]
        made += 0.2 * np.sin(2 * np.pi * np.cumsum(np.where(bits, low, high)) / RATE)
    steps = rng.integers(0, 4, int(seconds * 600) + 1)[np.arange(count) * 600 // RATE]
    scrambled = 0.3 * np.sin(2 * np.pi * 1800 * at + steps * np.pi / 2)
    both: NDArray[np.float32] = np.where(at < seconds / 2, made, scrambled).astype(np.float32)
    return both


def wind(seconds: float) -> NDArray[np.float32]:
    """Gusts on a telephone held outdoors: low noise that swells and dies away."""
    rng = np.random.default_rng(15)
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(rng.normal(0, 1, count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    spectrum /= np.maximum(hertz, 20) ** 0.9
    made = np.fft.irfft(spectrum, count)
    at = np.arange(count) / RATE
    gusts = 0.55 + 0.3 * np.sin(2 * np.pi * 0.23 * at) + 0.15 * np.sin(2 * np.pi * 0.71 * at + 1)
    blown: NDArray[np.float32] = (0.5 * gusts * made / np.abs(made).max()).astype(np.float32)
    return blown


def through_telephone(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """300 to 3,400 Hz, as a line lets through."""
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    passed: NDArray[np.float32] = np.fft.irfft(spectrum, len(samples)).astype(np.float32)
    return passed


NOISES: dict[str, Noise] = {
    "silence": silence,
    "white noise": white_noise,
    "line noise": line_noise,
    "dial tone": dial_tone,
    "ringing": ringing,
    "key tones": key_tones,
    "hold music": hold_music,
    "hold music over the telephone": lambda seconds: through_telephone(hold_music(seconds)),
    "busy tone": busy_tone,
    "fax": fax,
    "modem": modem,
    "wind": wind,
    "wind over the telephone": lambda seconds: through_telephone(wind(seconds)),
    "white noise over the telephone": lambda seconds: through_telephone(white_noise(seconds)),
}
