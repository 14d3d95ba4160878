"""Two persons delete what is due: it leaves a tombstone and a line in the log, and nothing goes undeclared."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, Forbidden, NotFound, Unreadable
from radiodesk.core.jobs import Context, Runner
from radiodesk.core.settings import Settings
from radiodesk.core.stores.shelves import Shelf
from radiodesk.operations.backup.named_objects import named_objects
from radiodesk.operations.wiring import kinds
from radiodesk.operations.worker import copy_packages
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import cli, copies, published_log, tombstones
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.archive.log_checks import check_log
from radiodesk.rooms.archive.models import LogEntry, LogKind, Package
from radiodesk.rooms.archive.queries import packages_shelf
from radiodesk.rooms.archive.verification import verify, verify_shelf
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.recordings.services import original, originals, store_upload
from radiodesk.rooms.retention import deletions, holds, jobs
from radiodesk.rooms.retention.models import Deletion, DeletionState, HeldKind
from radiodesk.rooms.retention.retention_classes import Matter, load_classes
from tests.factories import shows

ONE, OTHER = "arsiparis", "produser"
SCRIPT = Path(__file__).parents[3] / "scripts/verify_package.py"


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    kept = ("archive", "retention")
    return Runner(database, settings, clock, {name: kind for name, kind in kinds().items() if name.startswith(kept)})


@pytest.fixture
def package(database: Database, settings: Settings, now: datetime, clock: ManualClock, runner: Runner) -> str:
    """The package of a show, of which all that can be is due."""
    with database.writing() as tx:
        made = shows.ended(tx, settings, now)
        name = archive.seal(tx, settings, made.broadcast, by=ONE, at=now).public_id
    runner.run_all()
    clock.advance(timedelta(days=2000))
    return name


def proposed(database: Database, settings: Settings, clock: ManualClock, matter: Matter, subject: str) -> int:
    with database.writing() as tx:
        given = tx, settings, load_classes(settings)
        return deletions.propose(*given, matter, subject, by=ONE, at=clock.now()).id


def approved(database: Database, settings: Settings, clock: ManualClock, matter: Matter, subject: str) -> int:
    row = proposed(database, settings, clock, matter, subject)
    with database.writing() as tx:
        deletions.approve(tx, settings, load_classes(settings), tx.get_one(Deletion, row), by=OTHER, at=clock.now())
    return row


def told(database: Database, row: int) -> dict[str, Any]:
    """The tombstone of a deletion."""
    with database.reading() as session:
        found: dict[str, Any] = json.loads(session.get_one(Deletion, row).body)
    return found


def logged(database: Database) -> list[dict[str, Any]]:
    """What the log tells of deletions."""
    with database.reading() as session:
        return [
            json.loads(one) for one in session.scalars(select(LogEntry.body).where(LogEntry.kind == LogKind.DELETION))
        ]


def test_without_its_closed_part_a_package_is_still_proven(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, package: str, tmp_path: Path
) -> None:
    folder = settings.archive / package
    inside = [one for one in (folder / "data/restricted").rglob("*") if one.is_file()]
    closed = sorted(one.relative_to(folder).as_posix() for one in inside)
    row = approved(database, settings, clock, Matter.RESTRICTED, package)
    runner.run_all()
    assert not (folder / "data/restricted").exists() and (folder / "data/calls/calls.json").exists()
    for report in (verify(settings.archive), verify(folder), verify_shelf(packages_shelf(settings))):
        assert report.ok, [str(one) for one in report.all_differences()]
        assert [one.facts["path"] for one in report.packages[0].deleted] == closed
        assert cli.lines(report)[0] == "ok" and closed[0] in cli.lines(report)[1]
    stone = told(database, row)
    assert [one["path"] for one in stone["files"]] == closed and stone["class"] == "restricted"
    assert (stone["proposed_by"], stone["approved_by"]) == (ONE, OTHER) and "UU 27/2022" in stone["ground"]
    assert [one["digest"] for one in logged(database)] == [tombstones.digest_of(stone)]
    with database.writing() as tx:
        archive.check_again(tx, tx.scalars(select(Package)).one(), by=ONE, at=clock.now())
    runner.run_all()
    with database.reading() as session:
        kept = session.scalars(select(Package)).one()
        assert kept.last_check is not None and kept.last_check.ok and kept.closed_deleted_at == clock.now()
        entry = session.scalars(select(LogEntry).where(LogEntry.kind == LogKind.SEALED)).one()
    proof = tmp_path / "bukti.tlog-proof"
    found = published_log.proof_of(settings, database.keys, entry)
    assert found is not None
    proof.write_bytes(bytes(found))
    key = str(published_log.verifier(settings, database.keys))
    alone = subprocess.run([sys.executable, SCRIPT, folder, proof, key], capture_output=True, text=True, check=False)
    assert alone.returncode == 0 and f"{closed[0]} was deleted by the station" in alone.stdout, alone.stdout
    files = published_log.log_shelf(settings)
    log = check_log(lambda path: files.object(path).read_bytes(), published_log.verifier(settings, database.keys))
    assert log.ok and json.loads(log.entries[-1])["kind"] == "deletion"


def test_a_file_that_no_tombstone_names_or_that_is_another_is_missing(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, package: str
) -> None:
    approved(database, settings, clock, Matter.RESTRICTED, package)
    runner.run_all()
    stone = settings.archive / (package + tombstones.SUFFIX)
    whole = stone.read_text()
    stone.write_text(whole.replace(json.loads(whole)["files"][0]["sha256"], "0" * 64))
    assert not verify(settings.archive).ok
    stone.write_text("")
    assert not verify(settings.archive).ok
    stone.write_text(whole + whole.replace("arsiparis", "siapa saja"))
    with database.writing() as tx:
        archive.check_again(tx, tx.scalars(select(Package)).one(), by=ONE, at=clock.now())
    runner.run_all()
    with database.reading() as session:
        check = session.scalars(select(Package)).one().last_check
        assert check is not None and not check.ok and "not in the log" in check.differences[0]["message"]


def test_a_whole_package_goes_and_the_chain_holds(
    database: Database,
    settings: Settings,
    clock: ManualClock,
    runner: Runner,
    package: str,
    public: Flask,
    sign_in: Callable[..., FlaskClient],
) -> None:
    row = approved(database, settings, clock, Matter.PACKAGE, package)
    runner.run_all()
    assert not (settings.archive / package).exists()
    assert verify(settings.archive).ok and verify_shelf(packages_shelf(settings)).ok
    assert told(database, row)["whole"] is True
    with database.reading() as session, database.engine.connect() as connection:
        kept = session.scalars(select(Package)).one()
        with pytest.raises(Conflict):
            archive.check_again(session, kept, by=ONE, at=clock.now())
        assert not [one for one in named_objects(connection) if one.shelf == "archive"]
    (settings.archive / (package + tombstones.SUFFIX)).unlink()
    assert not verify(settings.archive).ok
    page = sign_in(Role.ARCHIVIST, username="lain").get(f"/arsip/{package}").text
    assert "Seluruh paket ini dihapus" in page
    with database.reading() as session:
        broadcast = session.scalars(select(Package)).one().broadcast
    visitor = public.test_client()
    for address in ("/", "/log/", "/data", "/data/siaran.json", "/data/buku-besar.jsonl", "/sitemap.xml", "/umpan.rss"):
        given = visitor.get(address).data.decode()
        for secret in (package, broadcast.public_id, broadcast.title, ONE, OTHER, shows.PHONE, shows.NAME):
            assert secret not in given, f"{address} tells {secret}"
    assert "deletion" in visitor.get("/log/").text


@pytest.mark.parametrize("matter", [Matter.RESTRICTED, Matter.PACKAGE])
@pytest.mark.parametrize("step", ["before", "tombstone", "half", "files"])
def test_killed_at_any_step_nothing_is_lost_undeclared(
    database: Database,
    settings: Settings,
    clock: ManualClock,
    package: str,
    monkeypatch: pytest.MonkeyPatch,
    matter: Matter,
    step: str,
) -> None:
    row = approved(database, settings, clock, matter, package)
    context = Context(database, settings, clock, lambda _share: None)
    stone = settings.archive / (package + tombstones.SUFFIX)

    class Killed(BaseException):
        """As if the process had ended here."""

    def die(*_given: object, **_named: object) -> None:
        raise Killed

    def die_half_way(shelf: Shelf, prefix: str) -> None:
        for one in list(shelf.list(prefix))[:1]:
            path = shelf.folder(one.key)
            assert path is not None
            path.parent.chmod(0o700)
            path.unlink()
        raise Killed

    with monkeypatch.context() as patch:
        if step == "before":
            patch.setattr(tombstones, "add", die)
        elif step == "tombstone":
            patch.setattr(Shelf, "delete_below", die)
        elif step == "half":
            patch.setattr(Shelf, "delete_below", die_half_way)
        else:
            patch.setattr(deletions, "finish", die)
        with pytest.raises(Killed):
            jobs.delete(context, row)
    assert len(logged(database)) == 1, "declared before the first byte goes"
    if step == "before":
        assert verify(settings.archive).ok and not stone.exists()
    else:
        assert stone.read_text().strip() == json.dumps(
            told(database, row), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
    if matter is Matter.RESTRICTED:
        assert verify(settings.archive).ok, "whatever is gone is named by the tombstone"
    jobs.delete(context, row)
    jobs.delete(context, row)
    assert verify(settings.archive).ok and len(stone.read_text().splitlines()) == 1
    assert len(logged(database)) == 1
    with database.reading() as session:
        assert session.get_one(Deletion, row).state is DeletionState.DONE


def test_a_failed_upload_goes_with_what_was_made_of_it(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, runner: Runner
) -> None:
    with database.writing() as tx:
        broken = store_upload(tx, settings, BytesIO(b"bukan suara"), "suara Karsinem.wav", at=now)
    clock.advance(timedelta(days=15))
    row = approved(database, settings, clock, Matter.UPLOAD, broken.public_id)
    runner.run_all()
    assert list(originals(settings).list()) == []
    with database.reading() as session, database.engine.connect() as connection:
        kept = session.get_one(Recording, broken.id)
        assert kept.original_name == "" and kept.removed_at == clock.now()
        with pytest.raises(NotFound, match="deleted"):
            original(settings, kept)
        assert list(named_objects(connection)) == []
    assert told(database, row)["files"] == [{"path": broken.key, "sha256": broken.sha256, "bytes": 11}]
    assert "Karsinem" not in json.dumps([told(database, row), *logged(database)])
    with pytest.raises(NotFound):
        proposed(database, settings, clock, Matter.UPLOAD, broken.public_id)


def test_nobody_deletes_alone_and_a_hold_stops_it(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, package: str
) -> None:
    classes = load_classes(settings)
    row = proposed(database, settings, clock, Matter.RESTRICTED, package)
    with pytest.raises(Conflict):
        proposed(database, settings, clock, Matter.RESTRICTED, package)
    with database.reading() as session:
        one = session.get_one(Deletion, row)
        with pytest.raises(Forbidden):
            deletions.approve(session, settings, classes, one, by=ONE, at=clock.now())
        with pytest.raises(Unreadable):
            deletions.refuse(session, one, " ", by=OTHER, at=clock.now())
        broadcast = session.scalars(select(Package)).one().broadcast.public_id
    with database.writing() as tx:
        holds.hold(tx, HeldKind.BROADCAST, broadcast, "Perkara", until=None, by=OTHER, at=clock.now())
    with database.reading() as session, pytest.raises(NotFound):
        deletions.approve(session, settings, classes, session.get_one(Deletion, row), by=OTHER, at=clock.now())
    with database.writing() as tx:
        deletions.refuse(tx, tx.get_one(Deletion, row), "Masih ditahan penyidik", by=OTHER, at=clock.now())
    with database.reading() as session, pytest.raises(Conflict):
        deletions.approve(session, settings, classes, session.get_one(Deletion, row), by=OTHER, at=clock.now())
    runner.run_all()
    assert (settings.archive / package / "data/restricted").is_dir() and logged(database) == []
    with database.reading() as session:
        trail = [entry.action for entry in session.scalars(select(AuditEntry)) if "deletion" in entry.action]
        assert trail == ["deletion proposed", "deletion refused"]


def test_at_the_desk_one_proposes_and_another_approves(
    database: Database,
    settings: Settings,
    clock: ManualClock,
    runner: Runner,
    package: str,
    sign_in: Callable[..., FlaskClient],
) -> None:
    one, other = sign_in(Role.ARCHIVIST, username=ONE), sign_in(Role.PRODUCER, username=OTHER)
    address = f"/masa-simpan/usul/restricted/{package}"
    assert address in one.get("/masa-simpan").text
    assert one.post(address).status_code == 303
    assert address not in one.get("/masa-simpan").text
    assert one.post("/masa-simpan/usul/apa/x").status_code == 404
    with database.reading() as session:
        row = session.scalars(select(Deletion)).one().public_id
    place = f"/masa-simpan/penghapusan/{row}"
    assert f"{place}/setuju" not in one.get("/masa-simpan/penghapusan").text
    assert one.post(f"{place}/setuju").status_code == 403
    assert other.post(f"{place}/tolak", data={"reason": ""}).status_code == 422
    assert other.get(f"{place}/nisan.json").status_code == 404
    assert f"{place}/setuju" in other.get("/masa-simpan/penghapusan").text
    assert other.post(f"{place}/setuju").status_code == 303
    assert other.post(f"{place}/setuju").status_code == 409
    runner.run_all()
    page = other.get("/masa-simpan/penghapusan").text
    assert "Dihapus" in page and f"{place}/nisan.json" in page
    assert other.get(f"{place}/nisan.json").json["approved_by"] == OTHER  # type: ignore[index]
    assert "Bagian tertutupnya dihapus" in one.get(f"/arsip/{package}").text


@pytest.fixture
def copied(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, package: str, tmp_path: Path
) -> Path:
    """The folder of another store, in which a copy of the package lies."""
    (tmp_path / "nas").mkdir()
    # Those who have the settings by now see it too.
    settings.copies["nas"] = {"folder": SecretStr(str(tmp_path / "nas"))}
    copy_packages(settings, database, clock)
    runner.run_all()
    assert (tmp_path / "nas/archive" / package / "data/restricted").is_dir()
    return tmp_path / "nas/archive"


def test_what_is_deleted_goes_from_every_copy_and_comes_back_from_none(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, package: str, copied: Path
) -> None:
    before = copied.with_name("lama")
    shutil.copytree(copied / package, before)
    approved(database, settings, clock, Matter.RESTRICTED, package)
    runner.run_all()
    for folder in (settings.archive, copied):
        assert not (folder / package / "data/restricted").exists()
        assert verify(folder / package).ok, folder
    # A store that was away still has it: what is repaired from there lacks it all the same.
    shutil.rmtree(settings.archive / package / "data/calls")
    (copied / package).chmod(0o755)
    shutil.rmtree(copied / package)
    shutil.copytree(before, copied / package)
    (copied / (package + tombstones.SUFFIX)).unlink()
    with database.writing() as tx:
        archive.check_again(tx, tx.scalars(select(Package)).one(), by=ONE, at=clock.now())
    runner.run_all()
    with database.writing() as tx:
        copies.ask_to_mend(tx, settings, tx.scalars(select(Package)).one(), by=ONE, at=clock.now())
    runner.run_all()
    assert (settings.archive / package / "data/calls/calls.json").exists()
    assert not (settings.archive / package / "data/restricted").exists()
    assert verify(settings.archive / package).ok


def test_a_whole_package_goes_from_every_copy_once_its_store_is_there(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, package: str, copied: Path
) -> None:
    copied.parent.rename(copied.parent.with_name("dicabut"))
    row = approved(database, settings, clock, Matter.PACKAGE, package)
    runner.run_all()
    with database.reading() as session:
        assert session.get_one(Deletion, row).state is DeletionState.APPROVED, "one store has it still"
    copied.parent.with_name("dicabut").rename(copied.parent)
    for _ in range(5):
        clock.advance(timedelta(hours=2))
        runner.run_all()
    assert not (settings.archive / package).exists() and not (copied / package).exists()
    with database.reading() as session:
        assert session.get_one(Deletion, row).state is DeletionState.DONE
    copy_packages(settings, database, clock)
    runner.run_all()
    assert not (copied / package).exists()
