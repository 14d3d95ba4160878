"""How the desk has something played: the file is laid beside the player, then the player is told.

What really went out the player's journal tells; see ``broadcasts.playouts``.
"""

from dataclasses import dataclass, field
from typing import Any

from radiodesk.core.atomic_files import replacing
from radiodesk.core.settings import Settings
from radiodesk.core.stores.shelves import StoreObject
from radiodesk.sound.control_socket import PartRefused, PartSilent, ask
from radiodesk.sound.player.ready_files import PART, ready_folder

KEPT = 200
"""Files that stay beside the player, the last used."""
ANSWER_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class Order:
    """Something to be played: ``play`` names it, ``facts`` go into the player's journal and come back from there."""

    play: str
    sound: StoreObject
    sha256: str
    facts: dict[str, Any] = field(default_factory=dict)
    alone: bool = False


def lay_ready(settings: Settings, sound: StoreObject, sha256: str) -> None:
    """Lay a file beside the player, so that nothing else is needed to play it."""
    folder = ready_folder(settings)
    target = folder / f"{sha256}.flac"
    if target.is_file():
        target.touch()
        return
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(target) as draft:
        sound.copy_to(draft)
    for old in sorted(folder.glob("*.flac"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)


def tell_player(settings: Settings, order: Order) -> None:
    """Have it played now; raises ``PartSilent``, or ``PartRefused`` with the player's own sentence."""
    lay_ready(settings, order.sound, order.sha256)
    request = {"do": "play", "play": order.play, "sha256": order.sha256, "facts": order.facts, "alone": order.alone}
    ask(settings.lines / f"{PART}.sock", request, timeout=ANSWER_WITHIN)


def stop_player(settings: Settings) -> None:
    """Fade out what plays; raises ``PartSilent``."""
    ask(settings.lines / f"{PART}.sock", {"do": "stop"}, timeout=ANSWER_WITHIN)


def player_state(settings: Settings) -> dict[str, Any] | None:
    """What the player says of itself, ``None`` when it does not answer."""
    path = settings.lines / f"{PART}.sock"
    if not path.exists():
        return None
    try:
        return ask(path, {"do": "state"}, timeout=1.0)
    except (PartSilent, PartRefused):
        return None
