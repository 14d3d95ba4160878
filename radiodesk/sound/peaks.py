"""The outline of a recording, computed once here so that no browser has to download the sound to draw it."""

from pathlib import Path

import numpy as np

from radiodesk.sound.decoder import decode, probe


def peaks(path: Path, per_second: int = 20, *, at_most: int = 20_000) -> list[float]:
    """Greatest magnitude (0 to 1, three decimals) of each slice of the recording, for wavesurfer.

    There are ``per_second`` slices a second, fewer where that would make more than ``at_most`` in all. Mixed to mono,
    memory flat. Raises ``AudioUnreadable``.
    """
    rate = 8000
    seconds = max(probe(path).duration, 1 / per_second)
    slice_samples = max(rate // per_second, int(np.ceil(seconds * rate / at_most)))
    found: list[float] = []
    rest = np.empty(0, np.float32)
    for block in decode(path, rate):
        samples = np.abs(np.concatenate((rest, block)))
        whole = len(samples) // slice_samples * slice_samples
        found.extend(samples[:whole].reshape(-1, slice_samples).max(axis=1).tolist())
        rest = samples[whole:]
    if len(rest):
        found.append(float(rest.max()))
    return [min(round(value, 3), 1.0) for value in found]
