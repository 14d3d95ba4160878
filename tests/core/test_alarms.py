"""What is wrong with the station stands on every page, whatever its facts are, and goes when it is over."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from radiodesk.core import unavailable
from radiodesk.core.alarms import DATABASE, DISK, HELD_FOR, Alarm, Alarms
from radiodesk.core.errors import Refusal
from radiodesk.core.locks import Holder
from radiodesk.http.request import Station
from radiodesk.operations.worker import Pulse
from radiodesk.rooms.accounts.models import Role

SOUNDED = {
    "busy": unavailable.busy(None),
    "busy with a holder": unavailable.busy(Holder(4242, "radiodesk work", "job uji")),
    "full": unavailable.DatabaseFull(
        "The disk is full: the database cannot take anything. Make room on the station's disk."
    ),
    "read-only": unavailable.DatabaseReadOnly(
        "The database may not be written to. Look at the rights and the disk of its folder."
    ),
    "broken": unavailable.DatabaseBroken(
        "The database cannot be opened or read (%(why)s). Look at the station's disk.", why="disk i/o error"
    ),
}


@pytest.mark.parametrize("refusal", SOUNDED.values(), ids=SOUNDED)
def test_each_alarm_of_the_database_stands_on_every_page(
    sign_in: Callable[..., FlaskClient], station: Station, refusal: Refusal
) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    station.alarms.sound(DATABASE, refusal)
    for address, status in (("/", 200), ("/tidak-ada", 404)):
        answer = client.get(address)
        assert answer.status_code == status
        assert 'data-alarm-name="database"' in answer.get_data(as_text=True)


def test_a_disk_that_gets_full_stands_on_every_page(sign_in: Callable[..., FlaskClient], station: Station) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    nearly_full = station.settings.model_copy(update={"disk_alarm_gigabytes": 1e9})
    Pulse(nearly_full, station.database).turn()
    for address, status in (("/", 200), ("/tidak-ada", 404)):
        answer = client.get(address)
        page = answer.get_data(as_text=True)
        assert answer.status_code == status
        assert 'data-alarm-name="disk"' in page
        assert "%(free)" not in page


def test_an_alarm_of_another_release_is_told_with_gaps(station: Station) -> None:
    station.settings.alarms.mkdir(parents=True, exist_ok=True)
    told = '{"message": "The disk is getting full: %(free).1f GB are left.", "facts": {"free": "many"}}'
    (station.settings.alarms / "disk.json").write_text(told, encoding="utf-8")
    assert [str(one) for one in station.alarms.current()]
    assert str(Alarm(DISK, "The disk is getting full: %(free).1f GB are left.", {"room": 1}))


def test_many_may_sound_the_same_alarm_at_once(tmp_path: Path) -> None:
    several = [Alarms(tmp_path / "alarms") for _ in range(8)]
    threads = [
        threading.Thread(target=lambda one=one, number=number: one.sound(DISK, Refusal("uji %(n)s", n=number)))
        for number, one in enumerate(several)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    several[0].clear(DISK)
    assert [one.current() for one in several] == [[]] * 8


def test_an_alarm_that_could_not_be_written_down_is_forgotten_when_nobody_meets_the_trouble_any_more(
    tmp_path: Path,
) -> None:
    folder, clock = tmp_path / "alarms", [0.0]
    folder.write_text("no folder can be made here")
    alarms = Alarms(folder, lambda: clock[0])
    alarms.sound(DISK, Refusal("penuh"))
    assert [one.name for one in alarms.current()] == [DISK]
    clock[0] = HELD_FOR - 1
    alarms.sound(DISK, Refusal("penuh"))
    clock[0] = HELD_FOR + 1
    assert [one.name for one in alarms.current()] == [DISK]
    # There is room again: what is written down now, another process may clear.
    folder.unlink()
    alarms.sound(DISK, Refusal("penuh"))
    Alarms(folder).clear(DISK)
    assert alarms.current() == []
