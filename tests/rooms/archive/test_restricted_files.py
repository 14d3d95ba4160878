"""The restricted part of a package is opened by the station and by each recipient, with and without the station."""

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from radiodesk.core import age_files, audit
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.rooms.archive import cli, escrow_cli, jobs, services
from radiodesk.rooms.archive.bag_writer import Item, write_bag
from radiodesk.rooms.archive.verification import verify
from tests.factories import shows

IDENTITIES = "data/restricted/identities.json.age"

Unlock = Callable[..., Result]


@pytest.fixture
def unlock(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Unlock:
    monkeypatch.setenv("RADIODESK_DATA", str(settings.data))
    monkeypatch.setenv("RADIODESK_DATABASE_URL", settings.database)

    def unlocked(file: Path, *options: object) -> Result:
        return CliRunner().invoke(cli.unlock, [str(file), *map(str, options)])

    return unlocked


def sealed(database: Database, settings: Settings, clock: ManualClock, now: datetime, *recipients: str) -> Path:
    """The folder of a show that is sealed to more than the station."""
    named = settings.model_copy(update={"archive_recipients": list(recipients)})
    with database.writing() as tx:
        package = services.seal(tx, named, shows.ended(tx, settings, now).broadcast, by="a", at=now).public_id
    Runner(database, named, clock, jobs.KINDS).run_all()
    return settings.archive / package


def identity_file(folder: Path) -> tuple[Path, str]:
    """An identity as the command makes it, and its recipient."""
    file = folder / "amplop.txt"
    done = CliRunner().invoke(escrow_cli.escrow, ["new", str(file)])
    assert done.exit_code == 0, done.output
    return file, done.stdout.strip()


def last_entry(database: Database) -> audit.AuditEntry:
    with database.reading() as session:
        found = session.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.id.desc())).first()
    assert found is not None
    return found


def test_an_identity_for_the_escrow_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file, recipient = identity_file(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    [identity] = age_files.identities_in(file.read_text())
    assert age_files.recipient_of(identity) == recipient
    again = CliRunner().invoke(escrow_cli.escrow, ["new", str(file)])
    assert again.exit_code == 1 and identity in file.read_text()


@pytest.mark.slow
def test_lost_keys_lose_nothing_where_there_is_an_escrow(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, unlock: Unlock, tmp_path: Path
) -> None:
    file, recipient = identity_file(tmp_path)
    folder = sealed(database, settings, clock, now, recipient)
    done = unlock(folder / IDENTITIES, "--identity", file)
    assert done.exit_code == 0 and len(json.loads(done.stdout)) == 2
    noted = last_entry(database)
    assert noted.action == "restricted file opened" and noted.details["recipients"] == [recipient]

    settings.keys.unlink()
    without = unlock(folder / IDENTITIES)
    assert without.exit_code != 0 and "+62" not in without.output
    alone = unlock(folder / IDENTITIES, "--identity", file)
    assert alone.exit_code == 0 and json.loads(alone.stdout) == json.loads(done.stdout)
    assert alone.stderr
    assert not settings.keys.exists(), "no key is made for looking"
    assert verify(settings.archive).ok


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("age") is None, reason="the program age is not installed")
def test_another_age_program_opens_every_restricted_file(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, tmp_path: Path
) -> None:
    file, recipient = identity_file(tmp_path)
    folder = sealed(database, settings, clock, now, recipient)
    found = sorted((folder / "data/restricted").rglob("*.age"))
    assert len(found) >= 4
    for one in found:
        done = subprocess.run(["age", "--decrypt", "-i", str(file), str(one)], capture_output=True, check=True)
        assert done.stdout
    assert found == sorted(one for one in (folder / "data/restricted").rglob("*") if one.is_file())


@pytest.mark.slow
def test_a_stranger_and_a_changed_file_get_a_sentence_and_nothing_else(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, unlock: Unlock, tmp_path: Path
) -> None:
    folder = sealed(database, settings, clock, now)
    file, _recipient = identity_file(tmp_path)
    before = last_entry(database).id
    strange = unlock(folder / IDENTITIES, "--identity", file)
    assert isinstance(strange.exception, age_files.NotForUs) and strange.stdout == ""
    spoilt = tmp_path / "identities.json.age"
    held = bytearray((folder / IDENTITIES).read_bytes())
    held[-20] ^= 1
    spoilt.write_bytes(held)
    changed = unlock(spoilt)
    assert isinstance(changed.exception, age_files.FileAltered) and changed.stdout == ""
    assert last_entry(database).id == before, "what was not opened is not noted as opened"


def test_a_package_of_an_older_release_is_verified_and_opened_with_the_stations_keys(
    database: Database, unlock: Unlock, settings: Settings, tmp_path: Path
) -> None:
    held = database.keys.encrypt_bytes(b'[{"phone": "+6281234567890"}]')
    folder = tmp_path / "lama" / "p-1"
    write_bag(folder, [Item("restricted/identities.json.enc", held)], [("External-Identifier", "p-1")])
    assert verify(folder).ok
    done = unlock(folder / "data/restricted/identities.json.enc")
    assert done.exit_code == 0 and json.loads(done.stdout)[0]["phone"] == "+6281234567890"
    file, _recipient = identity_file(tmp_path)
    refused = unlock(folder / "data/restricted/identities.json.enc", "--identity", file)
    assert refused.exit_code != 0 and "keys.json" in str(refused.exception)


def test_the_station_gives_its_own_identity_out_and_the_trail_keeps_that(
    database: Database, settings: Settings, unlock: Unlock, tmp_path: Path
) -> None:
    done = CliRunner().invoke(escrow_cli.escrow, ["station", str(tmp_path / "stasiun.txt")])
    listed = CliRunner().invoke(escrow_cli.escrow, ["list"])
    [identity] = age_files.identities_in((tmp_path / "stasiun.txt").read_text())
    assert done.exit_code == 0 and identity == age_files.station_identity(database.keys)
    assert listed.stdout.split() == [age_files.recipient_of(identity)] == done.stdout.split()
    assert last_entry(database).action == "archive identity written"
