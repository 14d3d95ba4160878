"""Which sound devices can be recorded from, and which of them is meant by a name."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

_HARDWARE = re.compile(r"\s*\(hw:\d+,\d+\)$")
_LIST_WITHIN = 15.0
INPUTS, OUTPUTS = "max_input_channels", "max_output_channels"
"""What PortAudio calls the numbers of a device's channels."""
SOUND_SERVERS = frozenset({"default", "pulse", "pipewire", "sysdefault"})
"""Names behind which a sound server may put another microphone at any time."""


class DeviceAbsent(Exception):
    """No device of that name is there now."""


@dataclass(frozen=True, slots=True)
class Device:
    """An input: its name, how many channels it has, and the rate in Hz that it prefers."""

    name: str
    channels: int
    rate: int


def inputs(found: Iterable[Mapping[str, Any]]) -> list[Device]:
    """The inputs among what PortAudio lists, each name once."""
    named: dict[str, Device] = {}
    for each in found:
        if each[INPUTS] > 0:
            device = Device(str(each["name"]), int(each[INPUTS]), round(each["default_samplerate"]))
            named.setdefault(device.name, device)
    return list(named.values())


def find(found: Iterable[Mapping[str, Any]], name: str, ways: str = INPUTS) -> int:
    """Index of the device that is meant: by its whole name, else by its name without the hardware's number.

    The number changes when a device is plugged in elsewhere; it counts where two devices share a name. ``ways`` tells
    whether it is to be recorded from or played to. Raises ``DeviceAbsent``.
    """
    listed = [(index, str(each["name"])) for index, each in enumerate(found) if each[ways] > 0]
    for index, known in listed:
        if known == name:
            return index
    bare = _HARDWARE.sub("", name)
    alike = [index for index, known in listed if _HARDWARE.sub("", known) == bare]
    if len(alike) != 1:
        raise DeviceAbsent(name)
    return alike[0]


def list_devices() -> list[Device]:
    """The inputs at this moment. A child process looks, because PortAudio never sees what came after its start.

    Returns none when PortAudio is missing or hangs.
    """
    command = [sys.executable, "-m", "radiodesk.sound.recorder.input_devices"]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_LIST_WITHIN, check=False
        )
        return [Device(**each) for each in json.loads(done.stdout)]
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return []


def main() -> None:
    """Print the inputs as JSON, for ``list_devices``."""
    import sounddevice

    sys.stdout.write(json.dumps([asdict(device) for device in inputs(sounddevice.query_devices())]))


if __name__ == "__main__":
    main()
