"""Deletes a raw take that nobody took in. It lies on the disk of the machine that recorded it, and goes from there."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from radiodesk.core.settings import Settings
from radiodesk.core.stores.ports import StoreUnavailable
from radiodesk.rooms.transcripts.live.models import LiveWords
from radiodesk.sound.takes import Spooled, discard, takes


def take_in_spool(settings: Settings, take: str) -> Spooled | None:
    """A take that lies on this machine."""
    return next((one for one in takes(settings.spool) if one.id == take), None)


def facts(settings: Settings, take: str) -> dict[str, Any]:
    """What a tombstone says: the machine, and the names and bytes of the take's files."""
    found = take_in_spool(settings, take)
    files = sorted(found.folder.iterdir()) if found is not None else []
    told = [{"path": f"{take}/{one.name}", "bytes": one.stat().st_size} for one in files if one.is_file()]
    return {"machine": settings.machine, "files": told}


def remove(settings: Settings, take: str, machine: str) -> None:
    """Remove the take; raises ``StoreUnavailable`` on another machine than its own, which then does it."""
    found = take_in_spool(settings, take)
    if found is not None:
        discard(found)
    elif machine != settings.machine:
        raise StoreUnavailable(
            "The take lies on the machine %(machine)s. A worker of that machine deletes it.", machine=machine
        )


def forget(session: Session, take: str) -> None:
    """Delete the words that were heard of it while it came."""
    session.execute(delete(LiveWords).where(LiveWords.take == take))
