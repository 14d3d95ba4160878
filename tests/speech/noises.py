"""Half a minute each of what a line carries when nobody speaks."""

import numpy as np
from numpy.typing import NDArray

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


NOISES = {
    "silence": silence,
    "white noise": white_noise,
    "line noise": line_noise,
    "dial tone": dial_tone,
    "ringing": ringing,
    "key tones": key_tones,
    "hold music": hold_music,
}
