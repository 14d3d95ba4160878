"""No browser and no proxy keeps what the desk shows; making speech wants a role."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.jobs import Job
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import ledger
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.jobs import READ_ALOUD
from radiodesk.rooms.programme.models import ScriptKind
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import shows


def test_pages_sound_and_downloads_are_kept_nowhere(
    sign_in: Callable[..., FlaskClient], session: Session, settings: Settings, now: datetime
) -> None:
    show = shows.ended(session, settings, now, dump=False)
    transcript = session.scalars(select(Transcript)).first()
    assert transcript is not None
    session.commit()
    settings.archive.mkdir(parents=True, exist_ok=True)
    (settings.archive / ledger.NAME).write_text("{}\n")
    client = sign_in(Role.ADMINISTRATOR)
    recording, broadcast = show.programme.public_id, show.broadcast.public_id
    addresses = [
        "/",
        "/antrean",
        f"/antrean/{show.caller.public_id}",
        f"/rekaman/{recording}/suara.mp3",
        f"/rekaman/{recording}/asli",
        f"/rekaman/{recording}/garis.json",
        f"/transkrip/{transcript.public_id}",
        *(f"/transkrip/{transcript.public_id}/unduh.{kind}" for kind in ("txt", "vtt", "srt", "json", "docx")),
        f"/siaran/{broadcast}",
        f"/siaran/{broadcast}/catatan.csv",
        "/arsip",
        "/arsip/buku-besar.jsonl",
        "/tidak-ada",
    ]
    for address in addresses:
        with client.get(address) as answer:
            assert answer.headers["Cache-Control"] == "no-store", address
    ranged = {"Range": "bytes=0-99"}
    with client.get(f"/rekaman/{recording}/suara.mp3", headers=ranged) as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (206, "no-store")


@pytest.mark.parametrize("role", list(Role))
def test_only_who_writes_scripts_has_them_spoken(
    role: Role, sign_in: Callable[..., FlaskClient], session: Session, database: Database, now: datetime
) -> None:
    script = programme.write_script(
        session, ScriptKind.FREE, "Uji", programme.Draft("Selamat malam."), by="p", at=now, speed=140
    )
    session.commit()
    client, may = sign_in(role), role in {Role.ADMINISTRATOR, Role.PRODUCER, Role.OFFICER, Role.HOST}
    address = f"/naskah/{script.public_id}"
    assert client.post(f"{address}/dengar").status_code == (303 if may else 403)
    assert ("/dengar" in client.get(f"{address}/suara").get_data(as_text=True)) is may
    with database.reading() as look:
        assert look.scalar(select(func.count()).where(Job.kind == READ_ALOUD)) == may
