"""What the telephone says of itself when it is asked: lines, levels, registration, room on the disk."""

import shutil
from collections.abc import Callable
from typing import Any

from radiodesk.sound.telephone.exchange import PART, Exchange


def state(exchange: Exchange, told: Callable[[str], dict[str, Any] | None]) -> dict[str, Any]:
    """All of it, as JSON can hold it; levels in dBFS. ``told`` gives the last prompt of a call."""
    with exchange.lock:
        settings, board = exchange.settings, exchange.board
        free = shutil.disk_usage(exchange.home).free
        return {
            "part": PART,
            "at": exchange.clocks.now().isoformat(),
            "address": f"{settings.sip_address}:{settings.sip_port}",
            "ready": board is not None and not board.client.closed,
            "registered": exchange.registered,
            "busy_all": exchange.busy,
            "silent": exchange.silent,
            "disk": {
                "free": free,
                "low": free < settings.disk_alarm_gigabytes * 1e9,
                "stopped": exchange.sound.full,
            },
            "lines": [_line(exchange, name, told) for name in exchange.callers.names],
        }


def _line(exchange: Exchange, name: str, told: Callable[[str], dict[str, Any] | None]) -> dict[str, Any]:
    call = exchange.callers.on(name)
    if call is None:
        return {"id": name, "call": None, "stage": None}
    recording = exchange.sound.recordings.get(call.key)
    return {
        "id": name,
        "call": call.key,
        "stage": call.stage.value,
        "since": call.at.isoformat(),
        "withheld": call.number is None,
        "held": call.held,
        "silent": call.silent,
        "can_prompt": call.ear is not None and call.joined is None,
        "can_join": call.ear is not None and call.mouth is not None,
        "joined": call.joined,
        "prompt": told(call.key),
        "take": call.take,
        "unrecorded": call.key in exchange.sound.unrecorded,
        "levels": recording.levels if recording else {},
    }
