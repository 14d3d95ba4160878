"""A station is backed up on air, by processes of their own, and made anew on another machine: the restore drill."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from radiodesk.core.audit import AuditEntry, broken_link
from radiodesk.core.backup_state import KIND
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Base, Database, open_database
from radiodesk.core.jobs import Job
from radiodesk.core.keys import read_keys
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.operations.attendant.take_adoption import adopt_finished
from radiodesk.operations.backup.repository import Repository
from radiodesk.operations.backup.snapshots import Made, back_up
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker
from radiodesk.rooms.messages.arrivals.arrival_store import Store
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from radiodesk.rooms.recordings.models import Recording
from radiodesk.sound.takes import Take, takes
from tests.factories import calls as make
from tests.factories.backups import Machine, machine_of, new_machine, slow_restic
from tests.factories.filled import fill, published
from tests.factories.postgres import Server
from tests.factories.s3_server import BUCKET, KEY, SECRET, Line, S3Server

pytestmark = pytest.mark.slow


@pytest.fixture
def here(settings: Settings, tmp_path: Path) -> Machine:
    """The machine of the station, with a place for backups."""
    machine = machine_of(settings, tmp_path)
    machine.kept().begin()
    return machine


@pytest.fixture
def there(here: Machine, database_kind: str, request: pytest.FixtureRequest) -> Machine:
    """A new machine."""
    server: Server | None = request.getfixturevalue("postgres") if database_kind == "postgresql" else None
    return new_machine(here, server)


@pytest.fixture
def station(database: Database, settings: Settings, now: datetime) -> Database:
    """A station with rows of every kind, whose objects are all there."""
    with database.writing() as session:
        fill(session, settings, now)
        for shown in session.scalars(select(PublishedBroadcast)):
            session.delete(shown)
    return database


@contextmanager
def opened(machine: Machine) -> Iterator[Database]:
    settings = machine.settings()
    database = open_database(settings.database, read_keys(settings.keys))
    try:
        yield database
    finally:
        database.engine.dispose()


def rows(database: Database) -> dict[str, int]:
    """How many rows each table has, but for those that a backup itself writes."""
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in ("job", "audit", "event")
        }


def lacking(machine: Machine) -> list[str]:
    """The keys of recordings and public sound that rows name and the store does not have."""
    settings = machine.settings()
    with opened(machine) as database, database.reading() as session:
        named = [("audio", key) for key in session.scalars(select(Recording.key))]
        files = session.execute(select(PublishedPiece.audio_key, PublishedPiece.opus_key))
        named += [("public", key) for keys in files for key in keys if key]
    return [key for name, key in named if not shelf(settings, name).object(key).is_there()]


def made(here: Machine, database: Database, clock: ManualClock) -> Made:
    """A backup that is made in this process."""
    return back_up(here.settings(), database, clock, here.kept(), lambda _share: None)


@pytest.mark.both_databases
def test_a_station_is_made_anew_from_its_backup(
    station: Database, settings: Settings, here: Machine, there: Machine, now: datetime
) -> None:
    (settings.data / "radiodesk.toml").write_text('station = "Radio Uji"\n', encoding="utf-8")
    Store(settings, station.keys).put("sms", b"{}", at=now)
    backed_up = here.backup()
    assert backed_up.returncode == 0, backed_up.stderr
    assert "The keys are in the backup." in backed_up.stdout
    done = there.restore()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout
    assert "Radio Uji" in done.stdout
    assert (there.data / "radiodesk.toml").read_text(encoding="utf-8") == 'station = "Radio Uji"\n'
    with opened(there) as restored:
        assert rows(restored) == rows(station)
        with restored.reading() as after, station.reading() as before:
            assert broken_link(after) is None
            messages = select(Call.message).order_by(Call.id)
            assert after.scalars(messages).all() == before.scalars(messages).all()
            assert after.scalar(select(func.count()).where(Job.kind == KIND)) == 0
        assert len(Store(there.settings(), restored.keys).all_waiting()) == 1
    assert lacking(there) == []
    for path in settings.audio.rglob("*.wav"):
        assert (there.data / path.relative_to(settings.data)).read_bytes() == path.read_bytes()
    assert not (there.data.stat().st_mode | (there.data / "keys.json").stat().st_mode) & 0o077
    migrated = there.run("migrate")
    assert migrated.returncode == 0, migrated.stderr


def test_the_station_knows_of_a_backup_made_by_hand(station: Database, here: Machine) -> None:
    assert here.backup().returncode == 0
    with station.reading() as session:
        assert session.scalars(select(Job.state).where(Job.kind == KIND)).all() == ["done"]
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "backup made")).one()
        assert told.details["keys"] is True


@pytest.mark.both_databases
def test_no_row_of_a_restored_station_names_an_object_that_is_not_there(
    station: Database, settings: Settings, here: Machine, there: Machine, clock: ManualClock
) -> None:
    """Writers put and publish, withdraw and remove, all the while that the backup is made."""
    stop = threading.Event()
    errors: list[BaseException] = []

    def write(number: int) -> None:
        turn = 0
        try:
            while not stop.is_set():
                turn += 1
                at = clock.now() + timedelta(seconds=60 * number + turn)
                with station.writing() as session:
                    make.recording(session, settings, at)
                public = shelf(settings, "public")
                shown = published(10_000 * number + turn, at, pieces=1)
                files = [f"uji/{10_000 * number + turn}/1.{kind}" for kind in ("mp3", "opus")]
                for key in files:
                    public.object(key).put(b"x" * 1000)
                with station.writing() as session:
                    session.add(shown)
                with station.writing() as session:
                    session.delete(session.merge(shown))
                for key in files:
                    public.object(key).delete()
                # A show is not withdrawn at every moment: three snapshots in a row would each lack one.
                time.sleep(0.3)
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        result = made(here, station, clock)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert errors == []
    assert result.missing == ()
    done = there.restore()
    assert done.returncode == 0, done.stdout + done.stderr
    assert lacking(there) == []


@pytest.mark.both_databases
def test_what_is_withdrawn_while_a_backup_is_made_makes_it_begin_anew(
    station: Database, settings: Settings, here: Machine, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with station.writing() as session:
        shown = published(1, clock.now(), pieces=1)
        session.add(shown)
    sounds = [shelf(settings, "public").object(f"uji/1/1.{kind}") for kind in ("mp3", "opus")]
    for sound in sounds:
        sound.put(b"x" * 1000)
    real = Repository.back_up
    turns: list[object] = []

    def withdraw_first(self: Repository, folder: Path, paths: list[str], **given: object) -> dict[str, object]:
        if not turns:
            with station.writing() as session:
                session.delete(session.merge(shown))
            for sound in sounds:
                sound.delete()
        turns.append(paths)
        return real(self, folder, paths, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Repository, "back_up", withdraw_first)
    assert made(here, station, clock).missing == ()
    assert len(turns) == 2


def test_what_the_station_lost_before_is_told_and_harms_no_backup(
    station: Database, settings: Settings, here: Machine, now: datetime
) -> None:
    with station.writing() as session:
        lost = make.recording(session, settings, now).key
    (settings.audio / lost).unlink()
    done = here.backup()
    assert done.returncode == 0, done.stderr
    assert f"audio/{lost}" in done.stderr


def taken_in_first(monkeypatch: pytest.MonkeyPatch, station: Database, act: Callable[[], object]) -> None:
    """Do something after what moves on was laid out and before the database is copied."""
    kind = type(station.kind)
    real = kind.copied

    def copied(self: object, url: str, target: Path) -> object:
        act()
        return real(self, url, target)  # type: ignore[arg-type]

    monkeypatch.setattr(kind, "copied", copied)


def test_what_was_taken_in_while_a_backup_was_made_comes_in_once(
    station: Database, settings: Settings, here: Machine, there: Machine, clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    words = b'{"number": "+6281200000007", "text": "Pohon tumbang di Kalitidu"}'
    Store(settings, station.keys).put("sms", words, at=clock.now(), facts={"id": "uji-7"})
    taken_in_first(monkeypatch, station, Taker(settings, station).turn)
    made(here, station, clock)
    assert there.restore().returncode == 0
    with opened(there) as restored:
        before = rows(restored)["call"]
        assert len(Store(there.settings(), restored.keys).all_waiting()) == 1
        Taker(there.settings(), restored).turn()
        assert Store(there.settings(), restored.keys).all_waiting() == []
        assert rows(restored)["call"] == before == rows(station)["call"]


def test_live_sound_is_in_the_backup_as_far_as_it_goes(
    station: Database, settings: Settings, here: Machine, there: Machine, clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def take(**given: object) -> Take:
        about = {"line": "hibrida", "kind": "soundcard", "directions": ["caller"], "sample_rate": 8000, **given}
        return Take.create(settings.spool, started_at=clock.now(), **about)  # type: ignore[arg-type]

    still, ended = take(), take()
    for one in (still, ended):
        one.write("caller", np.full(8000, 500, np.int16))
    ended.close("over")
    taken_in_first(monkeypatch, station, lambda: adopt_finished(settings, station, clock))
    made(here, station, clock)
    assert there.restore().returncode == 0
    assert lacking(there) == []
    restored = there.settings()
    assert {one.id for one in takes(restored.spool)} == {still.id, ended.id}
    assert next(one for one in takes(restored.spool) if one.id == still.id).frames("caller") == 8000
    with opened(there) as database:
        before = rows(database)["recording"]
        adopt_finished(restored, database, clock)
        assert rows(database)["recording"] == before
    still.close("over")


def wait_for(path: Path, process: "subprocess.Popen[str]") -> None:
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)


def kill(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.both_databases
def test_a_backup_that_was_killed_leaves_the_ones_before_whole(
    station: Database, settings: Settings, here: Machine, there: Machine, tmp_path: Path, now: datetime
) -> None:
    assert here.backup().returncode == 0
    with station.writing() as session:
        make.ringing(session, now, name="Penelepon Susulan")
    slow, reached, _words = slow_restic(tmp_path, "backup")
    process = here.start("backup", here.target, **slow)
    wait_for(reached, process)
    kill(process)
    assert here.backup("--check").returncode == 0
    # Killed at moments that nobody chose.
    for wait in (2.0, 3.5):
        process = here.start("backup", here.target)
        time.sleep(wait)
        kill(process)
    again = here.backup()
    assert again.returncode == 0, again.stderr
    assert not (settings.work / "backup").exists()
    assert there.restore().returncode == 0
    with opened(there) as restored, restored.reading() as session:
        assert "Penelepon Susulan" in session.scalars(select(Call.name)).all()


@pytest.mark.both_databases
@pytest.mark.parametrize("moment", ["--exclude", "database"])
def test_a_restore_that_was_killed_starts_no_half_station_and_is_done_again(
    station: Database, here: Machine, there: Machine, tmp_path: Path, moment: str
) -> None:
    assert here.backup().returncode == 0
    slow, reached, _words = slow_restic(tmp_path, moment)
    process = there.start("restore", here.target, **slow)
    if moment == "--exclude":
        wait_for(reached, process)
    else:
        wait_for(there.data / "restore.json", process)
        watched = there.data / "radiodesk.sqlite"
        until = time.monotonic() + 3
        while not watched.exists() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.01)
    kill(process)
    if (there.data / "restore.json").exists():
        for command in (("migrate",), ("user", "reset", "x")):
            refused = there.run(*command)
            assert refused.returncode == 3, refused.stderr
            assert "restore" in refused.stderr
        again = there.restore()
        assert again.returncode == 0, again.stdout + again.stderr
    with opened(there) as restored:
        assert rows(restored) == rows(station)
    assert lacking(there) == []
    assert there.run("migrate").returncode == 0


@pytest.mark.both_databases
def test_a_restore_goes_over_no_station(station: Database, here: Machine, there: Machine) -> None:
    assert here.backup().returncode == 0
    refused = here.restore()
    assert refused.returncode == 4
    assert "is not empty" in refused.stderr
    if here.database_url is not None:
        kept = Machine(there.data, here.database_url, there.folder, there.target, there.password)
        refused = kept.restore()
        assert refused.returncode == 4
        assert "database_url" in refused.stderr
    assert rows(station)["call"] > 0


@pytest.mark.both_databases
def test_a_backup_goes_to_no_other_kind_of_database(
    station: Database, here: Machine, there: Machine, database_kind: str, postgres: Server
) -> None:
    assert here.backup().returncode == 0
    other = postgres.make("test_other_kind") if database_kind == "sqlite" else f"sqlite:///{there.folder}/x.sqlite"
    refused = Machine(there.data, other, there.folder, there.target, there.password).restore()
    assert refused.returncode == 1
    assert "radiodesk move" in refused.stderr
    if database_kind == "sqlite":
        postgres.drop("test_other_kind")


def test_keys_that_lie_elsewhere_stay_out_of_the_backup(
    station: Database, settings: Settings, here: Machine, there: Machine, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "stick" / "station.json"
    elsewhere.parent.mkdir()
    settings.keys.rename(elsewhere)
    done = here.backup(RADIODESK_KEYS_FILE=str(elsewhere))
    assert done.returncode == 0, done.stderr
    assert "The keys are not in the backup." in done.stdout
    assert not any(path.endswith("keys.json") for path in here.kept().files("latest"))
    refused = there.restore()
    assert refused.returncode == 5
    assert str(there.data / "keys.json") in refused.stderr
    done = there.restore(RADIODESK_KEYS_FILE=str(elsewhere))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (there.data / "keys.json").exists()


def test_a_wrong_password_opens_nothing(station: Database, here: Machine, there: Machine, tmp_path: Path) -> None:
    assert here.backup().returncode == 0
    wrong = tmp_path / "wrong"
    wrong.write_text("salah\n", encoding="utf-8")
    for done in (here.backup("--password-file", str(wrong)), there.restore("--password-file", str(wrong))):
        assert done.returncode == 5
        assert "password" in done.stderr
    # Neither a folder for the station nor what restic remembers of a place that it could not open.
    assert not (there.data / "work").exists()
    assert not (there.data / "restore.json").exists()


def test_a_damaged_backup_is_found_and_not_restored(station: Database, here: Machine, there: Machine) -> None:
    assert here.backup().returncode == 0
    good = here.backup("--check")
    assert good.returncode == 0, good.stderr
    packs = [path for path in Path(here.target, "data").rglob("*") if path.is_file()]
    for pack in packs:
        pack.chmod(0o600)
        held = bytearray(pack.read_bytes())
        held[len(held) // 3] ^= 0xFF
        pack.write_bytes(held)
    bad = here.backup("--check")
    assert bad.returncode != 0
    refused = there.restore()
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr + bad.stderr
    # Whatever was written, it does not start.
    assert there.run("doctor").returncode != 0
    assert not (there.data / "restore.json").exists() or there.run("migrate").returncode == 3


def test_a_full_target_is_told_and_the_backups_before_stay(
    station: Database, settings: Settings, here: Machine, there: Machine, tmp_path: Path
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(small)], check=False)
    if mounted.returncode:
        pytest.skip("no small disk can be made here")
    try:
        cramped = Machine(here.data, here.database_url, here.folder, str(small / "backups"), here.password)
        first = cramped.backup("--new")
        assert first.returncode == 0, first.stderr
        (settings.data / "inbox").mkdir()
        (settings.data / "inbox" / "large").write_bytes(os.urandom(20_000_000))
        full = cramped.backup()
        assert full.returncode == 6, full.stderr
        assert "no room" in full.stderr
        back = Machine(there.data, there.database_url, there.folder, cramped.target, there.password)
        done = back.restore()
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_backups_beyond_those_to_be_kept_are_forgotten(station: Database, here: Machine, clock: ManualClock) -> None:
    for _ in range(3):
        assert made(here, station, clock).trouble is None
    assert len(here.kept().snapshots(tag="station")) == 1


def test_a_host_without_the_database_backs_up_its_own_files(
    station: Database, settings: Settings, here: Machine, there: Machine
) -> None:
    assert here.backup("--without-database").returncode == 0
    refused = there.restore()
    assert refused.returncode == 1
    assert "no such backup of a whole station" in refused.stderr
    assert here.backup().returncode == 0
    assert there.restore().returncode == 0


def test_a_folder_on_another_disk_comes_back(
    station: Database, settings: Settings, here: Machine, there: Machine, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    shutil.move(settings.audio, disk)
    settings.audio.symlink_to(disk)
    assert here.backup().returncode == 0
    done = there.restore()
    assert done.returncode == 0, done.stdout + done.stderr
    assert lacking(there) == []
    assert not (there.data / "audio").is_symlink()


def test_no_password_stands_among_the_words_of_a_program_or_in_what_is_told(
    station: Database, here: Machine, tmp_path: Path
) -> None:
    quick, _reached, words = slow_restic(tmp_path, "never")
    away = "rest:http://penjaga:kata-rahasia@127.0.0.1:9/cadangan"
    failed = here.run("backup", RADIODESK_BACKUP_TARGET=away, **quick)
    assert failed.returncode == 6
    assert "rahasia" not in failed.stdout + failed.stderr
    assert "127.0.0.1:9" in failed.stderr
    assert here.backup(**quick).returncode == 0
    assert "rahasia" not in words.read_text(encoding="utf-8")


@pytest.mark.both_databases
def test_a_missing_program_is_named_with_its_package(station: Database, here: Machine, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    missing = here.backup(PATH=str(empty))
    assert missing.returncode == 7
    assert "apt install restic" in missing.stderr


def test_a_target_without_backups_is_not_begun_by_itself(station: Database, here: Machine, tmp_path: Path) -> None:
    """A disk that is not there is an empty folder."""
    elsewhere = Machine(here.data, here.database_url, here.folder, str(tmp_path / "other"), here.password)
    refused = elsewhere.backup()
    assert refused.returncode == 3
    assert "--new" in refused.stderr
    assert not Path(elsewhere.target).exists()


def test_a_bucket_takes_backups_and_the_objects_of_a_bucket_stay_there(
    station: Database,
    settings: Settings,
    here: Machine,
    there: Machine,
    s3_server: S3Server,
    s3_line: Line,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    options = {name: value.get_secret_value() for name, value in s3_line.options().items()}
    bucket = {
        "RADIODESK_STORE": "s3",
        "RADIODESK_STORES": json.dumps({"s3": options}),
        "RADIODESK_BACKUP_ENVIRONMENT": json.dumps({"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}),
    }
    target = f"s3:http://127.0.0.1:{s3_server.port}/{BUCKET}/cadangan"
    away = settings.model_copy(update={"store": "s3", "stores": {"s3": s3_line.options()}})
    with station.writing() as session:
        for row in session.scalars(select(Recording)):
            shelf(away, "audio").object(row.key).put(shelf(settings, "audio").object(row.key).read_bytes())
        s3_line.away = True
        waits = make.recording(session, away, now).key
    shutil.rmtree(settings.audio)
    s3_line.heal()
    first = here.run("backup", target, "--new", **bucket)
    assert first.returncode == 0, first.stderr
    assert "store s3" in first.stdout
    assert SECRET not in first.stdout + first.stderr
    done = there.run("restore", target, **bucket)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "objects that rows name are there" in done.stdout
    assert (there.data / "outbox" / "objects" / "audio" / waits).is_file()
    assert not [path for path in (there.data / "audio").rglob("*") if path.is_file()]
