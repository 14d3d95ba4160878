"""Voices in reserve: an approved script spoken by the machine and checked, for when no reader is there.

A voice in reserve is of one version. As an approval ends with the next version, so does this.
"""

import logging
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, Refusal
from radiodesk.core.events import announce
from radiodesk.core.jobs import Context, enqueue
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import area_pack
from radiodesk.language.spoken import to_spoken
from radiodesk.rooms.programme.models import ReserveVoice, Script, ScriptVersion
from radiodesk.rooms.programme.services import TOPIC, ChangedMeanwhile, readable
from radiodesk.rooms.recordings import services as recordings
from radiodesk.rooms.recordings.models import Direction
from radiodesk.rooms.recordings.services import Laid

JOB = "programme.reserve"
RECOGNISER = "recogniser"

log = logging.getLogger(__name__)


class NoReserve(Conflict):
    """There is no voice in reserve that may be played."""


def reserve_of(session: Session, version: ScriptVersion | None) -> ReserveVoice | None:
    """The voice in reserve of exactly this version, checked or not."""
    if version is None:
        return None
    return session.scalar(select(ReserveVoice).where(ReserveVoice.version_id == version.id))


def checked_reserve(session: Session, script: Script, at: datetime) -> tuple[ScriptVersion, ReserveVoice]:
    """What may go out of a script now; raises ``NotApproved`` or ``NoReserve``."""
    version = readable(script, at)
    found = reserve_of(session, version)
    if found is None or found.text_sha256 != version.digest:
        raise NoReserve(
            "There is no voice in reserve for %(title)s. Make one on the script's page.", title=script.title
        )
    if found.checked_at is None:
        raise NoReserve(
            "Nobody has listened to the voice in reserve for %(title)s. Listen to it on the script's page, and accept "
            "it there.",
            title=script.title,
        )
    return version, found


def ask_reserve(session: Session, script: Script, *, by: str, at: datetime) -> None:
    """Have the voice in reserve of the approved version made; raises ``NotApproved``."""
    version = readable(script, at)
    audit.record(session, at, by, "voice in reserve asked", f"script {script.public_id}", number=version.number)
    enqueue(session, at, JOB, version.id)


def accept_reserve(session: Session, script: Script, *, number: int, by: str, name: str, at: datetime) -> None:
    """A person listened to it, and it is good; ``number`` is the version that was heard."""
    version = readable(script, at)
    if version.number != number:
        raise ChangedMeanwhile(
            "%(by)s changed this script meanwhile. Read the new words before you approve.", by=version.by
        )
    found = reserve_of(session, version)
    if found is None:
        raise NoReserve(
            "There is no voice in reserve for %(title)s. Make one on the script's page.", title=script.title
        )
    found.by_ear, found.checked_at, found.checked_by, found.checked_name = True, at, by, name
    session.flush()
    told = {"number": number, "sound": found.sound.sha256}
    audit.record(session, at, by, "voice in reserve accepted", f"script {script.public_id}", **told)
    announce(session, at, TOPIC, "reserve", script.public_id)


def discard_reserve(session: Session, script: Script, *, by: str, at: datetime) -> None:
    """It sounds wrong: it may not be played, and another one is made when somebody asks."""
    found = reserve_of(session, script.approved)
    if found is None:
        raise NoReserve(
            "There is no voice in reserve for %(title)s. Make one on the script's page.", title=script.title
        )
    told = {"number": found.version.number, "sound": found.sound.sha256}
    session.delete(found)
    session.flush()
    audit.record(session, at, by, "voice in reserve discarded", f"script {script.public_id}", **told)
    announce(session, at, TOPIC, "reserve", script.public_id)


def make_reserve(context: Context, version_id: int) -> None:
    """The job: speak a version, bring it to the station's loudness, and listen to it."""
    with context.database.reading() as session:
        version = session.get_one(ScriptVersion, version_id)
        if version.script.approved is not version or reserve_of(session, version) is not None:
            return
        text, name = version.text, f"naskah-{version.script.public_id}-v{version.number}.flac"
    at = context.clock.now()
    with TemporaryDirectory() as folder:
        target = Path(folder) / name
        row = _spoken(context.settings, text, target)
        context.report(0.4)
        row.agreement, row.heard = _heard_again(context, text, target)
        with target.open("rb") as stream:
            laid = recordings.lay_down(context.settings, stream, name, at=at, direction=Direction.PROGRAMME)
    row.version_id, row.text_sha256, row.made_at = version_id, version.digest, at
    if row.agreement is not None and row.agreement >= context.settings.reserve_agreement:
        row.checked_at, row.checked_by = at, RECOGNISER
    kept = False
    try:
        kept = _keep(context, row, laid)
    finally:
        if not kept:
            recordings.pick_up(context.settings, laid)


def _keep(context: Context, row: ReserveVoice, laid: Laid) -> bool:
    """Write the row; false when another worker has made one meanwhile."""
    at = context.clock.now()
    with context.database.writing() as session:
        version = session.get_one(ScriptVersion, row.version_id)
        if reserve_of(session, version) is not None:
            return False
        row.sound = recordings.require_sound(recordings.describe(session, laid, at=at, direction=Direction.PROGRAMME))
        session.add(row)
        session.flush()
        told = {"number": version.number, "sound": laid.sha256, "agreement": row.agreement}
        audit.record(session, at, "worker", "voice in reserve made", f"script {version.script.public_id}", **told)
        announce(session, at, TOPIC, "reserve", version.script.public_id)
    return True


def _spoken(settings: Settings, text: str, target: Path) -> ReserveVoice:
    from radiodesk.sound.level_matching import match_level
    from radiodesk.voices.voice_loader import load_voice

    said = to_spoken(text, lexicon=area_pack(settings.area).spoken, bare_minutes=settings.bare_minutes)
    draft = target.with_suffix(".wav")
    voice = load_voice(settings)
    voice.speak(said, draft, words_per_minute=settings.words_per_minute)
    matched = match_level(draft, target, settings.play_loudness)
    return ReserveVoice(voice=voice.name[:40], lufs=matched.lufs, true_peak=matched.true_peak)


def _heard_again(context: Context, text: str, path: Path) -> tuple[int | None, str]:
    """How much of the script the recogniser hears in its own voice in reserve, in percent, and what it hears."""
    from radiodesk.language.reading import ScriptText, as_read
    from radiodesk.recognition.loader import load_for_station

    try:
        heard = load_for_station(context.settings).transcribe(path)
    except Refusal as refusal:
        log.warning("A voice in reserve waits for a listener, for nothing can hear it: %s", refusal)
        return None, ""
    script = ScriptText(text, lexicon=area_pack(context.settings.area).spoken)
    words = [word for segment in heard.segments for word in segment.words]
    return as_read(script, words, begins=0.0, ends=heard.duration).percent, heard.text


def stop_waiting(session: Session, version_id: int, _why: str, at: datetime) -> None:
    """The job was given up: the script's page stops waiting."""
    announce(session, at, TOPIC, "no reserve", session.get_one(ScriptVersion, version_id).script.public_id)
