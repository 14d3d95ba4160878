"""The delay unit behind the programme, as the host sees it."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import queries, services
from radiodesk.rooms.broadcasts.models import AsRunKind
from radiodesk.rooms.programme import services as programme
from radiodesk.sound.line_setup import FILE, Line, LineKind, Lines, save_lines


def test_the_host_sees_the_delay_and_dumps_with_one_key(
    sign_in: Callable[..., FlaskClient], database: Database, settings: Settings, clock: ManualClock
) -> None:
    settings.lines.mkdir(parents=True, exist_ok=True)
    line = Line("program", "Program", "Meja", 1, LineKind.PROGRAMME, delay=8)
    save_lines(settings.lines / FILE, Lines((line,)))
    with database.writing() as session:
        series = programme.add_programme(session, "Halo", by="uji", at=clock.now())
        show = services.plan(session, series, "", clock.now(), by="uji", at=clock.now())
        services.go_on_air(session, show, by="uji", at=clock.now())
    client = sign_in(Role.HOST)
    page = client.get(f"/siaran/{show.public_id}/penyiar").get_data(as_text=True)
    assert "Buang 8 detik terakhir" in page
    assert 'data-delay="8"' in page
    clock.advance(timedelta(seconds=60))
    assert client.post(f"/siaran/{show.public_id}/buang", data={"why": ""}).status_code == 303
    with database.reading() as session:
        [entry] = [one for one in queries.as_run(session, show) if one.kind is AsRunKind.DUMP]
    assert (entry.details["begins"], entry.details["ends"]) == (52, 60)
    clock.advance(timedelta(seconds=20))
    part = client.get(f"/siaran/{show.public_id}/penyiar/bagian").get_data(as_text=True)
    assert "<b>2</b> / 8 s" in part
