"""Silero's network for voice activity (MIT), as faster-whisper ships it. The one file that opens faster-whisper's copy.

faster-whisper's own functions want a whole recording; the network is called here window by window, so that its state
can be carried through a stream.
"""

from typing import Any

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

WINDOW = 512
CONTEXT = 64
_STATE = (1, 1, 128)

Samples = NDArray[np.float32]


class SileroNetwork:
    """Windows of 512 samples at 16 kHz, each with the 64 samples before it, to one probability of speech each."""

    def __init__(self) -> None:
        self._session: Any = get_vad_model().session
        self._h: Samples = np.zeros(_STATE, np.float32)
        self._c: Samples = np.zeros(_STATE, np.float32)

    def reset(self) -> None:
        """Clear the recurrent state."""
        self._h.fill(0)
        self._c.fill(0)

    def __call__(self, windows: Samples) -> Samples:
        """``windows`` is of shape (n, 576), in order; the state is carried to the next call."""
        out, self._h, self._c = self._session.run(None, {"input": windows, "h": self._h, "c": self._c})
        probabilities: Samples = out.reshape(-1)
        return probabilities
