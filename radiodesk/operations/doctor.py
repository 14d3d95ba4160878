"""``radiodesk doctor``: checks everything that a show needs, and names for each fault its remedy."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import click
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from radiodesk.core.audit import broken_link
from radiodesk.core.backup_state import backup_state, late_backup
from radiodesk.core.database import Database
from radiodesk.core.errors import Refusal
from radiodesk.core.folders import is_open
from radiodesk.core.i18n import gettext, say
from radiodesk.core.jobs import Job, JobState, waits_by
from radiodesk.core.keys import KeyMissing
from radiodesk.core.programs import find_program
from radiodesk.core.schema import current, head, station_database
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf, waiting_of
from radiodesk.language.places.pack import check_pack, load_pack
from radiodesk.operations.backup.repository import repository
from radiodesk.operations.store_rounds import still_waiting
from radiodesk.recognition.loader import load_for_station
from radiodesk.rooms.messages.channels import registered_channels
from radiodesk.sound.control_socket import PartSilent, ask
from radiodesk.sound.line_setup import FILE, is_stream, load_lines
from radiodesk.sound.player.output_devices import list_outputs
from radiodesk.sound.player.ready_files import INTO_FILES, NOWHERE
from radiodesk.sound.player.ready_files import PART as PLAYER
from radiodesk.sound.recorder.input_devices import SOUND_SERVERS, list_devices
from radiodesk.sound.telephone.baresip_config import ready
from radiodesk.sound.telephone.pulse_routes import missing_programs
from radiodesk.voices.voice_loader import load_voice


class Verdict(StrEnum):
    GOOD = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: what was looked at, how it is, and in one sentence what was seen or what to do."""

    check: str
    verdict: Verdict
    sentence: str


def examine(settings: Settings) -> list[Finding]:
    """Run every check; one that breaks is a finding, not an end."""
    findings: list[Finding] = []
    for name, check in CHECKS.items():
        try:
            findings += check(settings)
        except Refusal as refusal:
            findings.append(Finding(name, Verdict.BAD, say(refusal)))
        except (OSError, SQLAlchemyError) as error:
            findings.append(Finding(name, Verdict.BAD, f"{type(error).__name__}: {error}"))
    return findings


def show(findings: list[Finding], *, as_json: bool) -> int:
    """Print the findings; returns the exit code: 0 when nothing is bad."""
    signs = {Verdict.GOOD: "✓", Verdict.WARNING: "!", Verdict.BAD: "✗"}
    for finding in findings:
        if as_json:
            click.echo(json.dumps(asdict(finding), ensure_ascii=False))
        else:
            click.echo(f"{signs[finding.verdict]} {finding.check:<10} {finding.sentence}")
    return int(any(finding.verdict is Verdict.BAD for finding in findings))


def _settings(settings: Settings) -> Iterable[Finding]:
    yield Finding("settings", Verdict.GOOD, gettext("Data folder %(path)s.", path=settings.data.resolve()))
    if settings.desk_host not in ("127.0.0.1", "localhost", "::1") and not settings.secure_cookies:
        yield Finding(
            "settings",
            Verdict.WARNING,
            gettext("The desk listens beyond this machine without secure_cookies. Put TLS before it and set that."),
        )


def _folder(settings: Settings) -> Iterable[Finding]:
    """Whether the data folder is for the station's own account alone."""
    for path in (settings.data, settings.keys):
        if path.exists() and is_open(path):
            sentence = gettext("Others on this machine can open %(path)s. Run: chmod go= %(path)s", path=path.resolve())
            yield Finding("folder", Verdict.WARNING, sentence)
            return
    yield Finding("folder", Verdict.GOOD, gettext("The data folder is open to nobody else."))


def _python(_settings: Settings) -> Iterable[Finding]:
    good = sys.version_info >= (3, 11)
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", Verdict.GOOD if good else Verdict.BAD, f"Python {version}")


def _database(settings: Settings) -> Iterable[Finding]:
    try:
        database = station_database(settings)
    except KeyMissing as refusal:
        yield Finding("keys", Verdict.BAD, say(refusal))
        return
    try:
        yield from _station(database, settings)
    finally:
        database.engine.dispose()


def _station(database: Database, settings: Settings) -> Iterable[Finding]:
    yield Finding("keys", Verdict.GOOD, gettext("The key file is the one that belongs to the database."))
    at = current(database)
    if at != head():
        yield Finding("database", Verdict.BAD, gettext("The database is not up to date. Run: radiodesk migrate"))
        return
    with database.reading() as session:
        yield Finding("database", Verdict.GOOD, gettext("Revision %(revision)s.", revision=at))
        broken = broken_link(session)
        if broken is None:
            yield Finding("audit", Verdict.GOOD, gettext("The audit trail's chain is whole."))
        else:
            yield Finding(
                "audit",
                Verdict.BAD,
                gettext(
                    "The audit trail was changed at entry %(entry)s. Keep the file and find out who did.", entry=broken
                ),
            )
        failed = session.scalar(select(func.count()).where(Job.state == JobState.FAILED)) or 0
        long_ago = datetime.now(UTC) - timedelta(minutes=10)
        waiting = session.scalar(select(func.count()).where(waits_by(long_ago), Job.created_at < long_ago))
        if waiting:
            yield Finding(
                "jobs",
                Verdict.WARNING,
                gettext("%(count)s jobs wait for over ten minutes. Is a worker running?", count=waiting),
            )
        verdict = Verdict.WARNING if failed else Verdict.GOOD
        yield Finding("jobs", verdict, gettext("%(count)s jobs failed.", count=failed))
        yield _backup(session, settings)


def _backup(session: Session, settings: Settings) -> Finding:
    """How old the last good backup is."""
    now = datetime.now(UTC)
    state = backup_state(session, settings, now)
    if state is None:
        return Finding(
            "backup", Verdict.WARNING, gettext("No backups are made. Set backup_target; see docs/backup.md.")
        )
    if state.good is None or state.late:
        return Finding("backup", Verdict.BAD if state.late else Verdict.WARNING, say(late_backup(settings, state)))
    told = f"{state.good.astimezone(settings.zone):%d.%m.%Y %H.%M} {settings.timezone_label}"
    if state.failed is not None:
        return Finding("backup", Verdict.WARNING, gettext("The last try failed: %(why)s", why=state.why))
    return Finding("backup", Verdict.GOOD, gettext("The last good backup is of %(moment)s.", moment=told))


def _backup_tools(settings: Settings) -> Iterable[Finding]:
    """Whether the programs and the password are there that the day's backup needs."""
    if settings.backup_target is None:
        return
    find_program("restic", "restic")
    kept = repository(settings)
    if is_open(kept.password_file):
        told = gettext("Others on this machine can open %(path)s. Run: chmod go= %(path)s", path=kept.password_file)
        yield Finding("backup", Verdict.WARNING, told)


def _model(settings: Settings) -> Iterable[Finding]:
    transcriber = load_for_station(settings)
    yield Finding("model", Verdict.GOOD, f"{transcriber.name} {transcriber.model}")


def _voice(settings: Settings) -> Iterable[Finding]:
    voices = list(load_voice(settings).voices())
    yield Finding("voice", Verdict.GOOD, gettext("%(name)s, %(count)s voices.", name=settings.voice, count=len(voices)))


def _area(settings: Settings) -> Iterable[Finding]:
    pack = load_pack(settings.area)
    problems = check_pack(settings.area)
    sentence = gettext(
        "%(name)s: %(places)s places, %(roads)s roads.", name=pack.name, places=len(pack.places), roads=len(pack.roads)
    )
    yield Finding("area", Verdict.BAD if problems else Verdict.GOOD, problems[0] if problems else sentence)


def _sound(_settings: Settings) -> Iterable[Finding]:
    try:
        import sounddevice
    except OSError:
        yield Finding("sound", Verdict.WARNING, gettext("PortAudio is missing. Run: apt install libportaudio2"))
        return
    inputs = [device for device in sounddevice.query_devices() if device["max_input_channels"] > 0]
    if inputs:
        yield Finding("sound", Verdict.GOOD, ", ".join(str(device["name"]) for device in inputs))
    else:
        yield Finding("sound", Verdict.WARNING, gettext("No sound input was found. Calls can be typed and uploaded."))


def _lines(settings: Settings) -> Iterable[Finding]:
    """Every configured line with its device, and whether the recorder listens."""
    lines = load_lines(settings.lines / FILE).lines
    if not lines:
        yield Finding("lines", Verdict.GOOD, gettext("No lines are set up; see the page Lines of the desk."))
        return
    try:
        state = ask(settings.lines / "recorder.sock", {"do": "state"})
    except PartSilent as silent:
        yield Finding("lines", Verdict.WARNING, say(silent))
        state = {"lines": []}
    heard = {one["id"]: one["heard"] for one in state["lines"]}
    there = {device.name for device in list_devices()}
    for line in lines:
        told = gettext(
            "%(line)s: %(device)s, channel %(channel)s", line=line.label, device=line.device, channel=line.channel
        )
        # Only the recorder knows whether anything comes from an address.
        if is_stream(line.device):
            is_mute = not heard.get(line.id, True)
            why = gettext("%(line)s: nothing comes from this address. It is opened again and again.", line=told)
            yield Finding("lines", Verdict.BAD if is_mute else Verdict.GOOD, why if is_mute else told)
        elif not heard.get(line.id, line.device in there):
            sentence = gettext("%(line)s: the device is not there. Plug it in, or choose another.", line=told)
            yield Finding("lines", Verdict.BAD, sentence)
        elif line.device in SOUND_SERVERS:
            sentence = gettext(
                "%(line)s: a sound server may change to another microphone. Choose the device.", line=told
            )
            yield Finding("lines", Verdict.WARNING, sentence)
        else:
            yield Finding("lines", Verdict.GOOD, told)


def _telephone(settings: Settings) -> Iterable[Finding]:
    """Whether calls by SIP come in, or how to have them."""
    if settings.sip_address is None:
        told = gettext("No telephone is set up. To take calls by SIP, see docs/telephone.md.")
        yield Finding("telephone", Verdict.GOOD, told)
        return
    ready(settings)
    try:
        state = ask(settings.lines / "telephone.sock", {"do": "state"})
    except PartSilent as silent:
        yield Finding("telephone", Verdict.WARNING, say(silent))
        return
    if not state["ready"]:
        told = gettext("baresip does not take calls on %(address)s. Is the port free?", address=state["address"])
        yield Finding("telephone", Verdict.BAD, told)
    elif state["registered"] == "fail":
        told = gettext(
            "The SIP server %(server)s refuses the station. Check sip_user, sip_login and sip_password.",
            server=settings.sip_server,
        )
        yield Finding("telephone", Verdict.BAD, told)
    else:
        count = len(state["lines"])
        told = gettext("%(count)s lines take calls on %(address)s.", count=count, address=state["address"])
        yield Finding("telephone", Verdict.GOOD, told)
        missing = missing_programs() if settings.sip_microphone or settings.sip_speaker else []
        if missing:
            told = gettext(
                "%(programs)s is missing: nothing can be said to one caller alone, and callers cannot hear each other. "
                "Install it with: apt install pulseaudio-utils",
                programs=", ".join(missing),
            )
            yield Finding("telephone", Verdict.WARNING, told)


def _player(settings: Settings) -> Iterable[Finding]:
    """Whether voices in reserve, jingles and spots can be played."""
    if settings.play_output is None:
        told = gettext("No sound output is set for playing jingles and voices in reserve; see docs/studio.md.")
        yield Finding("player", Verdict.GOOD, told)
        return
    try:
        state = ask(settings.lines / f"{PLAYER}.sock", {"do": "state"})
        there = bool(state["there"])
    except PartSilent as silent:
        yield Finding("player", Verdict.WARNING, say(silent))
        there = settings.play_output in (NOWHERE, INTO_FILES, *list_outputs())
    if there:
        told = gettext("Sounds are played to %(output)s.", output=settings.play_output)
    else:
        told = gettext(
            "The sound output %(output)s is not there. Known outputs: %(known)s.",
            output=settings.play_output,
            known=", ".join(list_outputs()) or "–",
        )
    yield Finding("player", Verdict.GOOD if there else Verdict.BAD, told)


def _disk(settings: Settings) -> Iterable[Finding]:
    settings.data.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data).free / 1e9
    enough = free > settings.disk_alarm_gigabytes
    sentence = gettext(
        "%(free).1f GB free; the alarm is at %(least).1f GB.", free=free, least=settings.disk_alarm_gigabytes
    )
    yield Finding("disk", Verdict.GOOD if enough else Verdict.BAD, sentence)


def _clock(settings: Settings) -> Iterable[Finding]:
    now = datetime.now(UTC)
    local = now.astimezone(settings.zone)
    if now.year < 2025:
        yield Finding("clock", Verdict.BAD, gettext("The machine's clock is wrong. Set it, or start the time service."))
    else:
        yield Finding("clock", Verdict.GOOD, f"{local:%d.%m.%Y %H.%M.%S} {settings.timezone_label}")


def _channels(settings: Settings) -> Iterable[Finding]:
    """Whether each plug-in that the settings name is there and open."""
    for name in settings.channels:
        channel = registered_channels().get(name)
        if channel is not None and channel.is_open(settings):
            yield Finding("channels", Verdict.GOOD, gettext("The channel %(name)s is open.", name=name))
        else:
            sentence = gettext(
                "The setting channels names %(name)s, which is not installed or lacks a setting.",
                name=name,
            )
            yield Finding("channels", Verdict.WARNING, sentence)


def _store(settings: Settings) -> Iterable[Finding]:
    """Whether the store answers; what is asked for need not be there."""
    waiting = waiting_of(settings)
    if waiting is not None:
        yield Finding(
            "store", Verdict.WARNING, say(still_waiting(settings, waiting.count, waiting.size, waiting.since))
        )
    shelf(settings, "audio").object("doctor").is_there()
    # A bucket that is not there has no objects either, but no list.
    list(shelf(settings, "audio").list("doctor"))
    yield Finding("store", Verdict.GOOD, gettext("The store %(name)s answers.", name=settings.store))


CHECKS: dict[str, Callable[[Settings], Iterable[Finding]]] = {
    "settings": _settings,
    "folder": _folder,
    "python": _python,
    "database": _database,
    "model": _model,
    "voice": _voice,
    "area": _area,
    "sound": _sound,
    "lines": _lines,
    "telephone": _telephone,
    "player": _player,
    "channels": _channels,
    "store": _store,
    "backup": _backup_tools,
    "disk": _disk,
    "clock": _clock,
}
