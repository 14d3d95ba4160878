"""The speaker encoder of Resemblyzer (GE2E, Wan et al. 2018), in NumPy, for benchmarks: no PyTorch is installed for it.

The weights are ``resemblyzer/pretrained.pt`` in the wheel of Resemblyzer (Apache-2.0, PyPI); they are not part of this
project.
"""

import pickle
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RATE = 16_000
_WINDOW, _STEP, _BANDS = 400, 160, 40
_PART = 160
_LAYERS, _WIDTH = 3, 256
_LOUD = 10 ** (-30 / 20)


class _Named(dict[str, Any]):
    """An ordered dictionary that may carry attributes, as PyTorch's do."""


class _Weights(pickle.Unpickler):
    """Reads files of PyTorch from before 1.6; nothing that they name is imported."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, size, *_: (storage, offset, size)
        if (module, name) == ("collections", "OrderedDict"):
            return _Named
        return name if module == "torch" else lambda *_: None

    def persistent_load(self, pid: Any) -> Any:
        return pid[2]


def _read(file: IO[bytes]) -> dict[str, Floats]:
    for _ in range(3):
        _Weights(file).load()
    model, keys = _Weights(file).load(), _Weights(file).load()
    raw = {}
    for key in keys:
        count = int(np.frombuffer(file.read(8), "<i8")[0])
        raw[key] = np.frombuffer(file.read(4 * count), "<f4")
    found = {}
    for name, value in model["model_state"].items():
        if isinstance(value, tuple):
            storage, offset, size = value
            found[name] = raw[storage][offset : offset + int(np.prod(size))].reshape(size)
    return found


class SpeakerEncoder:
    """Turns sound into 256 numbers of length one, which are alike for one speaker."""

    def __init__(self, weights: Path) -> None:
        with weights.open("rb") as file:
            self._weights = _read(file)
        self._filters = _mel_filters()

    def __call__(self, samples: NDArray[Any]) -> Floats:
        """The mean over stretches of 1.6 s, each half over the next."""
        loud = float(np.sqrt(np.mean(samples**2)))
        bands = self._bands(samples * max(1.0, _LOUD / max(loud, 1e-9)))
        parts = [bands[at : at + _PART] for at in range(0, max(1, len(bands) - _PART + 1), _PART // 2)]
        told = self._layers(np.stack(parts))
        told = np.maximum(0, told @ self._weights["linear.weight"].T + self._weights["linear.bias"])
        mean = (told / (np.linalg.norm(told, axis=1, keepdims=True) + 1e-9)).mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)

    def _bands(self, samples: NDArray[Any]) -> Floats:
        padded = np.pad(samples, _WINDOW // 2)
        looks = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_STEP] * np.hanning(_WINDOW + 1)[:-1]
        return np.asarray(np.abs(np.fft.rfft(looks)) ** 2 @ self._filters.T, np.float32)

    def _layers(self, told: Floats) -> Floats:
        for layer in range(_LAYERS):
            inputs = told @ self._weights[f"lstm.weight_ih_l{layer}"].T
            inputs = inputs + self._weights[f"lstm.bias_ih_l{layer}"] + self._weights[f"lstm.bias_hh_l{layer}"]
            back = self._weights[f"lstm.weight_hh_l{layer}"].T
            output, cell = np.zeros((len(told), _WIDTH), np.float32), np.zeros((len(told), _WIDTH), np.float32)
            outputs = []
            for at in range(inputs.shape[1]):
                enter, forget, value, leave = np.split(inputs[:, at] + output @ back, 4, axis=1)
                cell = _open(forget) * cell + _open(enter) * np.tanh(value)
                output = _open(leave) * np.tanh(cell)
                outputs.append(output)
            told = np.stack(outputs, axis=1)
        return told[:, -1]


def _open(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -60, 60))), np.float32)


def _mel_filters() -> NDArray[np.float64]:
    """Slaney's mel filters, each of area one."""
    hertz = np.linspace(0, RATE / 2, _WINDOW // 2 + 1)
    steps = np.linspace(0, 15 + np.log(RATE / 2 / 1000) / (np.log(6.4) / 27), _BANDS + 2)
    edges = np.where(steps >= 15, 1000 * np.exp(np.log(6.4) / 27 * (steps - 15)), steps * 200 / 3)
    rising = (hertz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hertz) / np.diff(edges)[1:, None]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None])
