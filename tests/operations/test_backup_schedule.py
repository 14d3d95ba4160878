"""The day's backup is asked for once a day, its state is told to people, and an old one sounds the alarm."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select

from radiodesk.core import postgres_copy
from radiodesk.core.alarms import BACKUP, Alarms
from radiodesk.core.backup_state import KIND, backup_state
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Job, JobState, Runner
from radiodesk.core.programs import ProgramMissing, run_program
from radiodesk.core.settings import Settings, SettingsInvalid, load_settings
from radiodesk.http.request import Station
from radiodesk.operations.backup import jobs as backups
from radiodesk.operations.backup.repository import Repository, repository
from radiodesk.operations.doctor import Verdict, examine
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role


@pytest.fixture
def asked(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a station that wants backups at three in the morning."""
    password = tmp_path / "password"
    password.write_text("rahasia\n", encoding="utf-8")
    target = SecretStr(str(tmp_path / "backups"))
    return settings.model_copy(update={"backup_target": target, "backup_password_file": password})


def all_jobs(database: Database) -> list[Job]:
    with database.reading() as session:
        return list(session.scalars(select(Job).where(Job.kind == KIND).order_by(Job.id)))


def end_all(database: Database, state: JobState, at: datetime, error: str | None = None) -> None:
    with database.writing() as session:
        for job in session.scalars(select(Job).where(Job.kind == KIND, Job.state == JobState.WAITING)):
            job.state, job.finished_at, job.error = state, at, error


def test_a_backup_is_asked_for_once_a_day_at_its_time(asked: Settings, database: Database, clock: ManualClock) -> None:
    for _ in range(3):
        backups.schedule(asked, database, clock)
    assert len(all_jobs(database)) == 1
    end_all(database, JobState.DONE, clock.now())
    # Half past six in the evening: the next is due at three, which is eight and a half hours away.
    clock.advance(timedelta(hours=8))
    backups.schedule(asked, database, clock)
    assert len(all_jobs(database)) == 1
    clock.advance(timedelta(hours=1))
    for _ in range(2):
        backups.schedule(asked, database, clock)
    assert len(all_jobs(database)) == 2
    # One that is still tried is not asked for again.
    clock.advance(timedelta(days=1))
    backups.schedule(asked, database, clock)
    assert len(all_jobs(database)) == 2


def test_no_backup_is_asked_for_without_a_target(settings: Settings, database: Database, clock: ManualClock) -> None:
    backups.schedule(settings, database, clock)
    assert all_jobs(database) == []
    with database.reading() as session:
        assert backup_state(session, settings, clock.now()) is None


def test_an_old_backup_sounds_the_alarm_and_a_good_one_clears_it(
    asked: Settings, database: Database, clock: ManualClock
) -> None:
    def alarms() -> list[str]:
        backups.watch(asked, database, clock)
        return [one.name for one in Alarms(asked.alarms).current()]

    assert alarms() == []
    backups.schedule(asked, database, clock)
    clock.advance(timedelta(hours=37))
    assert alarms() == [BACKUP]
    end_all(database, JobState.FAILED, clock.now(), "Tujuan penuh.")
    assert alarms() == [BACKUP]
    backups.schedule(asked, database, clock)
    end_all(database, JobState.DONE, clock.now())
    assert alarms() == []
    clock.advance(timedelta(hours=37))
    assert alarms() == [BACKUP]


def test_a_backup_that_cannot_be_made_says_why_and_is_tried_again(
    asked: Settings, database: Database, clock: ManualClock
) -> None:
    backups.schedule(asked, database, clock)
    runner = Runner(database, asked, clock, kinds())
    for wait in (0, *backups.WAITS):
        clock.advance(timedelta(seconds=wait))
        assert runner.run(all_jobs(database)[0].id)
    job = all_jobs(database)[0]
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert "--new" in job.error


def test_people_see_how_old_the_backup_is_and_why_the_last_failed(
    asked: Settings, database: Database, clock: ManualClock, station: Station,
    sign_in: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    client = sign_in(Role.ADMINISTRATOR)
    assert "backup_target" in client.get("/keadaan").get_data(as_text=True)
    backups.schedule(asked, database, clock)
    end_all(database, JobState.DONE, clock.now())
    clock.advance(timedelta(hours=10))
    page = client.get("/keadaan").get_data(as_text=True)
    assert "10 jam yang lalu" in page
    backups.schedule(asked, database, clock)
    end_all(database, JobState.FAILED, clock.now(), "Tujuan penuh.")
    page = client.get("/keadaan").get_data(as_text=True)
    assert "Percobaan terakhir gagal" in page
    assert "Tujuan penuh." in page


def test_doctor_tells_of_backups(asked: Settings, settings: Settings, database: Database) -> None:
    def told(of: Settings) -> list[tuple[Verdict, str]]:
        return [(one.verdict, one.sentence) for one in examine(of) if one.check == "backup"]

    assert "backup_target" in told(settings)[0][1]
    asked.backup_password_file.chmod(0o644)  # type: ignore[union-attr]
    found = told(asked)
    assert any(verdict is Verdict.WARNING and "chmod" in sentence for verdict, sentence in found)


def test_a_target_is_shown_without_the_password_in_it(tmp_path: Path) -> None:
    kept = Repository("rest:https://nama:rahasia@server.example/x", tmp_path / "p", tmp_path / "c", {"A": "rahasia"})
    assert kept.shown == "rest:https://server.example/x"
    assert "rahasia" not in repr(kept)


@pytest.mark.parametrize(
    ("named", "is_folder"),
    [("cadangan", True), ("/mnt/cadangan", True), ("./a:b", True), ("sftp:a@b:/c", False), ("s3:https://h/b", False)],
)
def test_a_folder_is_meant_from_where_the_command_was_typed(asked: Settings, named: str, is_folder: bool) -> None:
    kept = repository(asked, named)
    assert Path(kept.target).is_absolute() == is_folder
    assert kept.target == named or is_folder


@pytest.mark.parametrize("given", ["3", "24:00", "03:60", "pagi"])
def test_a_time_that_is_none_stops_the_start(given: str) -> None:
    with pytest.raises(SettingsInvalid):
        load_settings(backup_at=given)


def test_the_client_that_fits_the_server_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_copy, "PROGRAMS", tmp_path)
    for version in (15, 17):
        program = tmp_path / str(version) / "bin" / "pg_dump"
        program.parent.mkdir(parents=True)
        program.touch()
    assert postgres_copy.client("pg_dump", 15) == str(tmp_path / "15" / "bin" / "pg_dump")
    assert postgres_copy.client("pg_dump", 16) == str(tmp_path / "17" / "bin" / "pg_dump")
    with pytest.raises(ProgramMissing) as refused:
        postgres_copy.client("pg_dump", 18)
    assert "postgresql-client-18" in str(refused.value)


def test_no_password_of_the_database_is_among_the_words_of_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def watched(command: list[str], **given: object) -> object:
        seen.extend(command)
        return run_program(command, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(postgres_copy, "run_program", watched)
    monkeypatch.setattr(postgres_copy, "server_version", lambda _connection: 15)
    url = "postgresql://radiodesk:rahasia@127.0.0.1:9/tidak-ada"

    class Quiet:
        """A connection that nobody asks."""

        def rollback(self) -> None:
            """Nothing was begun."""

    with pytest.raises(postgres_copy.CopyFailed) as refused:
        postgres_copy.fill(Quiet(), url, tmp_path / "x")  # type: ignore[arg-type]
    assert seen
    assert not any("rahasia" in word for word in seen)
    assert "rahasia" not in str(refused.value)
