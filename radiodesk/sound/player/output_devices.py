"""Which sound devices can be played to, and which of them is meant by a name."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from radiodesk.sound.recorder.input_devices import OUTPUTS, find

_LIST_WITHIN = 15.0


def find_output(found: Iterable[Mapping[str, Any]], name: str) -> tuple[int, int]:
    """Index of the device that is meant, and how many channels it has; raises ``DeviceAbsent``."""
    listed = list(found)
    index = find(listed, name, OUTPUTS)
    return index, int(listed[index][OUTPUTS])


def list_outputs() -> list[str]:
    """Names of the outputs at this moment; a child process looks, and none are given when PortAudio is missing."""
    command = [sys.executable, "-m", "radiodesk.sound.player.output_devices"]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_LIST_WITHIN, check=False
        )
        return [str(name) for name in json.loads(done.stdout)]
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return []


def main() -> None:
    """Print the outputs as JSON, for ``list_outputs``."""
    import sounddevice

    names = [str(one["name"]) for one in sounddevice.query_devices() if one[OUTPUTS] > 0]
    sys.stdout.write(json.dumps(list(dict.fromkeys(names))))


if __name__ == "__main__":
    main()
