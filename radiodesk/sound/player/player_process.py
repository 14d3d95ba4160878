"""``radiodesk play-out``: the player as a process, from its start to its orderly end."""

import logging
import re
import time
from datetime import UTC, datetime

from radiodesk.core.errors import Refusal, Unreadable
from radiodesk.core.health_file import Beat
from radiodesk.core.processes import AlreadyRunning, hold, watch_for_stop
from radiodesk.core.settings import Settings
from radiodesk.sound.control_socket import Answer, ControlServer, Request
from radiodesk.sound.line_journal import Journal
from radiodesk.sound.player.piece import load_piece
from radiodesk.sound.player.player_engine import Player
from radiodesk.sound.player.player_output import output_named
from radiodesk.sound.player.ready_files import PART, ready_folder

log = logging.getLogger(__name__)

TICK = 0.05
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[0-9a-z-]{1,80}")


class NoOutput(Refusal):
    """No sound output is set."""

    exit_code = 2


class Process:
    """The player and its socket."""

    def __init__(self, settings: Settings, player: Player) -> None:
        self.settings = settings
        self.player = player

    def handle(self, request: Request) -> Answer:
        """One request of the desk."""
        match request.get("do"):
            case "state":
                return self.player.state() | {"output": self.settings.play_output}
            case "play":
                return self._play(request)
            case "stop":
                return {"stopped": self.player.stop()}
        raise Unreadable("The player does not know what “%(what)s” means.", what=request.get("do"))

    def _play(self, request: Request) -> Answer:
        key, digest, facts = str(request["play"]), str(request["sha256"]), dict(request["facts"])
        if not _DIGEST.fullmatch(digest) or not _KEY.fullmatch(key):
            raise Unreadable("This is no request.")
        path = ready_folder(self.settings) / f"{digest}.flac"
        piece = load_piece(path, digest, key, facts | {"sha256": digest}, alone=bool(request.get("alone")))
        self.player.play(piece)
        return {"play": key, "seconds": round(piece.seconds, 3)}


def play_out(settings: Settings) -> None:
    """Play what is asked for until told to stop; raises ``NoOutput`` or ``AlreadyRunning``."""
    if settings.play_output is None:
        raise NoOutput("No sound output is set for playing. Set play_output in radiodesk.toml; see docs/studio.md.")
    settings.lines.mkdir(parents=True, exist_ok=True)
    if not hold(settings.lines / f"{PART}.lock"):
        raise AlreadyRunning("A player is running already in this data folder.")
    ready_folder(settings).mkdir(parents=True, exist_ok=True)
    stop = watch_for_stop()
    home = settings.lines / PART
    journal = Journal(settings.lines / f"{PART}.jsonl")
    player = Player(journal, home / "playing.json", lambda: datetime.now(UTC), time.monotonic)
    player.recover()
    output = output_named(settings.play_output, player, home / "played")
    server = ControlServer(settings.lines / f"{PART}.sock", Process(settings, player).handle)
    log.info("The player plays to %s.", settings.play_output)
    beat = Beat(settings.health, "play-out")
    while not stop.wait(TICK):
        player.tick()
        beat.turn()
    beat.end()
    server.close()
    output.close()
    player.close()
