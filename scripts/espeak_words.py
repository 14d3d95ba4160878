"""espeak-ng as a reader whose every word's time is known: samples and the second at which each word begins and ends."""

import ctypes
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SYNCHRONOUS, _UTF8, _RATE_PARAMETER, _POSITION_CHARACTER = 2, 1, 1, 1
_WORD, _END = 1, 0


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class Reading:
    """Samples at ``rate``, 16 bit, and of each word of the text its begin and end in seconds."""

    samples: NDArray[np.int16]
    rate: int
    words: list[tuple[float, float]]


class WordReader:
    """One voice of espeak-ng at one speed (words a minute)."""

    def __init__(self, voice: str = "id", speed: int = 140) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self.rate = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0))
        self._library.espeak_SetVoiceByName(voice.encode())
        self._library.espeak_SetParameter(_RATE_PARAMETER, speed, 0)

    def read(self, words: list[str]) -> Reading:
        """Read words as one sentence; signs may hang at them."""
        text = " ".join(words)
        starts, at = [], 0
        for word in words:
            starts.append(at)
            at += len(word) + 1
        blocks: list[NDArray[np.int16]] = []
        begun: dict[int, float] = {}

        def take(samples: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
            if count > 0 and samples:
                blocks.append(np.ctypeslib.as_array(samples, (count,)).astype(np.int16))
            number = 0
            while events[number].type != _END:
                if events[number].type == _WORD:
                    place = sum(start <= events[number].text_position - 1 for start in starts) - 1
                    begun.setdefault(place, events[number].audio_position / 1000)
                number += 1
            return 0

        callback = _Callback(take)
        self._library.espeak_SetSynthCallback(callback)
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, _POSITION_CHARACTER, 0, _UTF8, None, None)
        samples = np.concatenate(blocks) if blocks else np.zeros(0, np.int16)
        loud = np.flatnonzero(np.abs(samples) > 200)
        length = (loud[-1] + 1) / self.rate if len(loud) else 0.0
        times = [begun.get(place) for place in range(len(words))]
        filled: list[float] = []
        for place, time in enumerate(times):
            filled.append(time if time is not None else (filled[place - 1] if place else 0.0))
        ends = [*filled[1:], max(length, filled[-1] if filled else 0.0)]
        return Reading(samples, self.rate, list(zip(filled, ends, strict=True)))
