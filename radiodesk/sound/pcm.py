"""The samples of live sound as arrays. A module of its own, so that who only follows takes does without NumPy."""

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.int16]
"""Mono, signed 16 bit."""
