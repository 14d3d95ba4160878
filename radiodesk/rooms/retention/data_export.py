"""What was found about one number as a ZIP file: a summary to read, all rows as JSON, sound and attachments."""

import json
from collections import Counter
from datetime import datetime
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from radiodesk.core.i18n import gettext
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.core.stores.ports import NoSuchObject
from radiodesk.core.stores.shelves import StoreObject
from radiodesk.language import phones
from radiodesk.rooms.messages.attachments import SHELF
from radiodesk.rooms.recordings.services import originals
from radiodesk.rooms.retention.data_requests import GROUND_NAMES, TABLE_NAMES, WHY_NAMES, FoundData
from radiodesk.rooms.retention.models import DataRequest

_BLOCK = 1 << 20


def write_export(out: IO[bytes], settings: Settings, request: DataRequest, found: FoundData, at: datetime) -> None:
    """Write the ZIP file; a sound or attachment that is gone from the store is passed over, its row tells of it."""
    sounds, files = originals(settings), shelf(settings, SHELF)
    objects = [(_name("suara", one.public_id, one.key), sounds.object(one.key)) for one in found.recordings]
    objects += [(_name("lampiran", one.public_id, one.key), files.object(one.key)) for one in found.attachments]
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("ringkasan.txt", summary(settings, request, found, at))
        archive.writestr("data.json", json.dumps(as_rows(found), ensure_ascii=False, indent=1))
        for name, kept in objects:
            _add(archive, name, kept)


def _name(folder: str, identity: str, key: str) -> str:
    return f"{folder}/{identity}-{key.rpartition('/')[2]}"


def _add(archive: ZipFile, name: str, kept: StoreObject) -> None:
    try:
        source = kept.open()
    except NoSuchObject:
        return
    about = ZipInfo(name)  # stored: sound and pictures are small already
    with source, archive.open(about, "w", force_zip64=True) as written:
        while block := source.read(_BLOCK):
            written.write(block)


def as_rows(found: FoundData) -> list[dict[str, object]]:
    """The rows for programs: table, key, why it was found, why it stays (empty: it may be removed), and its values."""
    return [
        {"table": one.table, "key": one.key, "why": one.why, "stays": one.ground, "values": one.values}
        for one in found.rows
    ]


def summary(settings: Settings, request: DataRequest, found: FoundData, at: datetime) -> str:
    """What a person reads first: how many rows of which table, why, and what may be removed."""
    counted = Counter((one.table, one.why, one.ground) for one in found.rows)
    day = at.astimezone(settings.zone).date().isoformat()
    lines = [
        gettext("Personal data behind the number %(number)s", number=phones.readable(request.phone)),
        f"{settings.operator}, {settings.station}, {day}",
        gettext("Request %(id)s of %(by)s", id=request.public_id, by=request.by),
        "",
    ]
    for (table, why, ground), count in sorted(counted.items()):
        called = gettext(TABLE_NAMES[table]) if table in TABLE_NAMES else table
        lines.append(f"{count:5} {called}: {gettext(WHY_NAMES[why])}; {gettext(GROUND_NAMES[ground])}")
    sounds = gettext("%(sounds)s recordings and %(files)s attachments lie beside this file.")
    lines += ["", sounds % {"sounds": len(found.recordings), "files": len(found.attachments)}]
    lines.append(gettext("Where others say the number, only the words that say it are given."))
    return "\n".join(lines) + "\n"
