"""Whether the telephone's sound devices can be opened. Asked in a process of its own: sound drivers hang and crash."""

import ctypes
import subprocess
import sys

from radiodesk.core.settings import Settings

_WITHIN = 5.0
_PLAYBACK, _CAPTURE, _NONBLOCK = 0, 1, 1
_S16_LE, _INTERLEAVED, _LATENCY = 2, 3, 100_000


def usable(settings: Settings) -> bool:
    """Whether all devices that are set can be opened now."""
    devices = [("capture", settings.sip_microphone), ("playback", settings.sip_speaker)]
    return all(_opens(way, device) for way, device in devices if device)


def _opens(way: str, device: str) -> bool:
    command = [sys.executable, "-m", __name__, way, device]
    try:
        return subprocess.run(command, timeout=_WITHIN, capture_output=True, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _try(way: str, device: str) -> int:
    """Open and prepare a device as baresip does (48 kHz, two channels); gives ALSA's error number, 0 when it works."""
    alsa, pcm = ctypes.CDLL("libasound.so.2"), ctypes.c_void_p()
    stream = _CAPTURE if way == "capture" else _PLAYBACK
    error = alsa.snd_pcm_open(ctypes.byref(pcm), device.encode(), stream, _NONBLOCK)
    if error < 0:
        return int(error)
    return int(alsa.snd_pcm_set_params(pcm, _S16_LE, _INTERLEAVED, 2, 48_000, 1, _LATENCY))


if __name__ == "__main__":
    sys.exit(1 if _try(sys.argv[1], sys.argv[2]) < 0 else 0)
