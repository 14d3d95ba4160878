"""The state of the station for people: alarms, how the processes are doing, what came in and waits, jobs given up."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from radiodesk.core import audit, events, figure_history, inputs, jobs
from radiodesk.core.backup_state import BackupState, backup_state
from radiodesk.core.hosts import Host, hosts
from radiodesk.core.i18n import N_
from radiodesk.core.rounds import ProcessHealth, health_of
from radiodesk.core.settings import Settings
from radiodesk.core.stores import Backlog, waiting_of
from radiodesk.http.request import back, now, session, station
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.logger.log_health import LogHealth, log_health
from radiodesk.rooms.messages.arrivals.arrival_store import Store
from radiodesk.rooms.programme.player_line import player_state
from radiodesk.web.measure_pictures import Picture, pictures_of

blueprint = Blueprint("state", __name__, url_prefix="/keadaan")

KEEPERS = (Role.ADMINISTRATOR, Role.PRODUCER)

KIND_NAMES = {
    "archive.log": N_("Write the log of the record"),
    "archive.copy": N_("Copy a package, or verify its copy"),
    "archive.mend": N_("Repair a package from a copy"),
    "archive.mend-copy": N_("Repair a copy of a package"),
    "archive.check": N_("Verify a package"),
    "archive.seal": N_("Seal a broadcast"),
    "audio.prepare": N_("Prepare a recording for playing"),
    "broadcasts.as_read": N_("Compare what was read with what was approved"),
    "calls.fetch": N_("Fetch a message's file"),
    "calls.send": N_("Send a reply"),
    "listeners.lay_out": N_("Bring a listener's correction to the public copy"),
    "programme.reserve": N_("Make a voice in reserve"),
    "programme.sound": N_("Bring a jingle or spot to the station's loudness"),
    "programme.read_aloud": N_("Read a script aloud"),
    "programme.speak_line": N_("Speak a line of a script"),
    "record.clear": N_("Remove withdrawn sound"),
    "record.publish": N_("Publish a broadcast"),
    "record.reply": N_("Take in what a complainant wrote"),
    "record.ticket": N_("Show a complaint to the public"),
    "retention.find": N_("Look the private texts through for a personal data request"),
    "retention.delete": N_("Delete what two persons agreed to delete"),
    "station.backup": N_("Back up the station"),
    "speech.transcribe": N_("Transcribe a recording"),
    "tickets.due": N_("Watch a complaint's time limit"),
    "traffic.fetch": N_("Fetch a traffic source"),
}

PROCESS_NAMES = {
    "attend": N_("Attendant: takes in messages, calls and takes"),
    "desk": N_("Pages of the desk"),
    "listen": N_("Listener: words of callers while they speak"),
    "play-out": N_("Player of voices in reserve, jingles and spots"),
    "public": N_("Public site"),
    "record-lines": N_("Recorder of the sound-card lines"),
    "telephone": N_("Telephone over the network"),
    "work": N_("Worker: transcripts, speech, archive, publication"),
}

ROUND_NAMES = {
    "held logs": N_("telling the recorder what a legal hold keeps"),
    "age of the backup": N_("age of the last backup"),
    "arrivals": N_("taking in messages"),
    "backups": N_("asking for the day's backup"),
    "copies": N_("asking for the next copy of a package"),
    "database and disk": N_("database and disk"),
    "bulletins": N_("compiling bulletins before they are read"),
    "figures": N_("figures for the pictures of the day"),
    "jobs left lying": N_("jobs left lying"),
    "journals": N_("journals of the lines"),
    "lines": N_("steering of the lines"),
    "looks": N_("record of looks"),
    "machines": N_("telling the other machines"),
    "old arrivals": N_("removing old originals"),
    "editions": N_("planning editions weeks ahead"),
    "old events": N_("removing old events"),
    "packages": N_("asking for the next package to be verified"),
    "player": N_("look at the player"),
    "ready sounds": N_("making sounds ready for playing"),
    "reports": N_("closing the reports of quarters that are over"),
    "reserves": N_("voices in reserve that begin by themselves"),
    "prints": N_("keeping of public pages"),
    "sources": N_("traffic sources"),
    "store": N_("bringing up finished objects to the store"),
    "takes": N_("recordings of the lines"),
}


@dataclass(frozen=True, slots=True)
class Machine:
    """Another machine of the station, with the days until its disk is full, where that can be told."""

    host: Host
    days_left: float | None


@dataclass(frozen=True, slots=True)
class State:
    """What the page shows; ``waiting`` and ``odd`` count messages as they came in, ``outbox`` what the store lacks.

    ``machines`` are the others of the station; ``days_left`` is of this one's disk.
    """

    processes: list[ProcessHealth]
    failed: list[jobs.Job]
    waiting: int
    odd: int
    store: str
    outbox: Backlog | None
    pictures: list[Picture]
    machines: list[Machine]
    days_left: float | None
    backup: BackupState | None
    hours: int
    """Since the last good backup."""
    logs: list[LogHealth]
    """Of the lines that are recorded round the clock."""
    player: dict[str, Any] | None = None
    """What the player says of itself, where one is set and answers."""


def state_of(session: Session, settings: Settings, at: datetime) -> State:
    """The station at this moment."""
    others = [one for one in hosts(session, at=at) if one.name != settings.machine]
    backup = backup_state(session, settings, at)
    good = backup.good if backup is not None else None
    store = Store(settings, session.info["database"].keys)
    return State(
        health_of(settings.health, seconds=time.time()),
        jobs.failed(session),
        len(store.all_waiting()),
        len(store.all_odd()),
        settings.store,
        waiting_of(settings),
        pictures_of(session, settings.machine, at),
        [Machine(one, figure_history.days_left(session, one.name)) for one in others],
        figure_history.days_left(session, settings.machine),
        backup,
        max(0, round((at - good).total_seconds() / 3600)) if good is not None else 0,
        log_health(settings),
        player_state(settings) if settings.play_output else None,
    )


@blueprint.get("")
@allowed(*KEEPERS)
def page() -> str:
    view = state_of(session(), station().settings, now())
    return render_template("web/state.html", view=view, kinds=KIND_NAMES, rounds=ROUND_NAMES, names=PROCESS_NAMES)


@blueprint.post("/pekerjaan/<job_id>/ulang")
@allowed(*KEEPERS)
def try_again(job_id: str) -> Response:
    """Put a job that was given up back into the queue."""
    _try_again(session(), inputs.number(job_id), by=me().username, at=now())
    return back("state.page")


def _try_again(session: Session, job_id: int, *, by: str, at: datetime) -> None:
    job = jobs.try_again(session, job_id)
    audit.record(session, at, by, "job tried again", f"job {job.id}", kind=job.kind)
    events.announce(session, at, "jobs", "again")
