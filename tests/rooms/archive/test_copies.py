"""Packages lie in other stores too: each copy is checked, and what is damaged is replaced from what is good."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select

from radiodesk.core.alarms import Alarms
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, NotFound
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings, SettingsInvalid, load_settings
from radiodesk.core.stores import copy_shelf
from radiodesk.operations.worker import copy_packages
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import copies, copies_cli, copy_files, copy_jobs, jobs, services
from radiodesk.rooms.archive.bag_writer import CLOSING, Item, write_bag
from radiodesk.rooms.archive.models import CopyState, Package, PackageCopy, PackageState
from radiodesk.rooms.archive.verification import verify, verify_copy
from tests.factories import shows
from tests.factories.s3_server import Line, S3Server, line_to, running_server

NAME = "01a20d51-0000-745f-8cc9-349bf89ce22e"
SPOILT = "data/scripts/pembuka.txt"
KINDS = {**jobs.KINDS, **copy_jobs.KINDS}


@dataclass
class Copied:
    """A station with a sealed package and stores of copies: a folder ``nas`` and a bucket ``awan``."""

    database: Database
    settings: Settings
    clock: ManualClock
    nas: Path
    line: Line

    def round(self) -> None:
        """The worker's round, and all that comes of it."""
        copy_packages(self.settings, self.database, self.clock)
        self.run()

    def run(self) -> None:
        Runner(self.database, self.settings, self.clock, KINDS).run_all()

    def states(self) -> dict[str, str]:
        with self.database.reading() as session:
            found = session.scalars(select(PackageCopy).order_by(PackageCopy.store))
            return {one.store: "away" if one.away_since else one.state.value for one in found}

    def told(self, store: str) -> str:
        with self.database.reading() as session:
            row = copies.copy_of(session, session.scalars(select(Package)).one(), store)
            return "; ".join(
                [*(one["facts"].get("path", one["message"]) for one in row.differences), row.problem or ""]
            )

    def alarms(self) -> list[str]:
        return [one.name for one in Alarms(self.settings.alarms).current()]

    def files(self, store: str) -> dict[str, bytes]:
        shelf = copy_shelf(self.settings, store, "archive")
        return {one.key.removeprefix(f"{NAME}/"): shelf.object(one.key).read_bytes() for one in shelf.list(NAME)}

    def spoil(self, store: str) -> None:
        file = self.nas / "archive" / NAME / SPOILT
        if store == "awan":
            file = self.line.folder / "archive" / NAME / SPOILT
        if store == "":
            file = self.settings.archive / NAME / SPOILT
        file.chmod(0o644)
        file.write_bytes(file.read_bytes().replace(b"pagi", b"sore"))

    def later(self, days: int = 31) -> None:
        self.clock.advance(timedelta(days=days))

    def mend(self, store: str, by: str = "arsiparis") -> None:
        with self.database.writing() as tx:
            package = tx.scalars(select(Package)).one()
            copies.ask_to_mend_copy(tx, copies.copy_of(tx, package, store), by=by, at=self.clock.now())
        self.run()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def copied(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, server: S3Server, tmp_path: Path
) -> Iterator[Copied]:
    nas = tmp_path / "nas"
    nas.mkdir()
    with line_to(server) as line:
        # rclone forgets what is said of an object when it is changed behind its back; the sum is an object too.
        stores = {
            "nas": {"folder": SecretStr(str(nas))},
            "awan": {"store": SecretStr("s3"), **line.options(checksum="no")},
        }
        named = settings.model_copy(update={"copies": stores})
        with database.writing() as tx:
            package(tx, named, now)
        yield Copied(database, named, clock, nas, line)


def package(session: object, settings: Settings, now: datetime) -> None:
    """A sealed package of a show, small, with its row."""
    items = [
        Item("scripts/pembuka.txt", b"Selamat pagi."),
        Item("restricted/identities.json.enc", b"\x01tertutup"),
        Item("audio/sela.flac", bytes(range(256)) * 300),
    ]
    written = write_bag(settings.archive / NAME, items, [("External-Identifier", NAME)])
    show = shows.ended(session, settings, now)  # type: ignore[arg-type]
    row = Package(public_id=NAME, broadcast=show.broadcast, requested_at=now, requested_by="a")
    row.state, row.sealed_at, row.manifest = PackageState.SEALED, now, written.digest
    row.files, row.bytes = written.files, written.bytes
    session.add(row)  # type: ignore[attr-defined]
    (settings.archive / "ledger.jsonl").write_text("")


def test_a_round_copies_a_sealed_package_to_every_store(copied: Copied) -> None:
    copied.round()
    assert copied.states() == {"awan": "there", "nas": "there"}
    own = {
        path.relative_to(copied.settings.archive / NAME).as_posix(): path.read_bytes()
        for path in (copied.settings.archive / NAME).rglob("*")
        if path.is_file()
    }
    assert copied.files("nas") == copied.files("awan") == own
    assert verify(copied.nas / "archive" / NAME).packages[0].ok
    assert (copied.nas / "archive/ledger.jsonl").exists()
    before = {path: path.stat().st_mtime_ns for path in copied.nas.rglob("*")}
    copied.round()
    assert {path: path.stat().st_mtime_ns for path in copied.nas.rglob("*")} == before, "what is there is left alone"


@pytest.mark.parametrize("store", ["nas", "awan"])
def test_damage_is_named_by_its_file_sounds_an_alarm_and_is_repaired(copied: Copied, store: str) -> None:
    copied.round()
    whole = copied.files(store)
    copied.spoil(store)
    copied.later()
    copied.round()
    assert copied.states()[store] == "damaged" and SPOILT in copied.told(store)
    assert copied.alarms() == [copies.ALARM]
    copied.mend(store)
    assert copied.states() == {"awan": "there", "nas": "there"} and copied.alarms() == []
    assert copied.files(store) == whole
    root = copied.nas if store == "nas" else copied.line.folder
    aside = [path for path in (root / "archive").rglob("pembuka.txt") if "damaged-" in str(path)]
    assert [path.read_bytes() for path in aside] == [b"Selamat sore."], "what was damaged is kept aside"
    with copied.database.reading() as session:
        row = session.scalars(select(Package)).one()
        told = [(one.action, one.actor, one.details.get("store")) for one in copies.mended(session, row)]
    assert told[:2] == [("package copied", "desk", store), ("repair asked", "arsiparis", store)]


@pytest.mark.parametrize("store", ["nas", "awan"])
def test_a_copy_that_is_gone_is_missing_and_comes_back(copied: Copied, store: str) -> None:
    copied.round()
    whole = copied.files(store)
    # Through the store: rclone may show for minutes what went behind its back.
    copy_shelf(copied.settings, store, "archive").delete_below(NAME)
    copied.later()
    copied.round()
    assert copied.states()[store] == "missing" and copied.alarms() == [copies.ALARM]
    copied.mend(store)
    assert copied.states()[store] == "there" and copied.files(store) == whole


def test_a_store_that_is_away_is_asked_again_and_after_a_day_it_is_an_alarm(copied: Copied) -> None:
    copied.line.away = True
    copied.round()
    assert copied.states() == {"awan": "away", "nas": "there"} and copied.alarms() == []
    copied.later(2)
    copied.round()
    assert copied.alarms() == [copies.ALARM]
    copied.line.heal()
    copied.clock.advance(timedelta(hours=2))
    copied.round()
    assert copied.states() == {"awan": "there", "nas": "there"} and copied.alarms() == []


def test_a_disk_that_is_not_mounted_is_away_and_nothing_is_written_below(copied: Copied) -> None:
    copied.round()
    kept = copied.nas.rename(copied.nas.with_name("lain"))
    copied.later()
    copied.round()
    assert copied.states()["nas"] == "away" and not copied.nas.exists()
    copied.nas.mkdir()
    copied.clock.advance(timedelta(hours=2))
    copied.round()
    assert copied.states()["nas"] == "away" and list(copied.nas.iterdir()) == []
    copied.nas.rmdir()
    kept.rename(copied.nas)
    copied.clock.advance(timedelta(hours=2))
    copied.round()
    assert copied.states()["nas"] == "there"


def test_a_disk_that_was_replaced_is_filled_anew(copied: Copied) -> None:
    copied.round()
    copied.nas.rename(copied.nas.with_name("rusak"))
    copied.nas.mkdir()
    with copied.database.writing() as tx:
        assert copies.begin_anew(tx, copied.settings, "nas", by="a", at=copied.clock.now()) == 1
    copied.round()
    assert copied.states()["nas"] == "there" and copied.files("nas") == copied.files("awan")


def test_the_stations_own_package_is_repaired_from_a_copy(copied: Copied) -> None:
    copied.round()
    copied.spoil("")
    copied.spoil("nas")
    with copied.database.writing() as tx:
        row = tx.scalars(select(Package)).one()
        services.check_again(tx, row, by="a", at=copied.clock.now())
    copied.run()
    with copied.database.writing() as tx:
        row = tx.scalars(select(Package)).one()
        assert row.last_check is not None and not row.last_check.ok
        copies.ask_to_mend(tx, copied.settings, row, by="arsiparis", at=copied.clock.now())
    copied.run()
    folder = copied.settings.archive
    assert (folder / NAME / SPOILT).read_bytes() == b"Selamat pagi.", "the copy that is damaged too was not taken"
    [aside] = folder.glob(".damaged-*")
    assert (aside / SPOILT).read_bytes() == b"Selamat sore."
    with copied.database.reading() as session:
        row = session.scalars(select(Package)).one()
        assert copies.mended(session, row)[0].details == {"store": "", "source": "awan"}


def test_without_any_good_copy_nothing_is_replaced(copied: Copied) -> None:
    copied.round()
    for store in ("", "nas", "awan"):
        copied.spoil(store)
    copied.later()
    copied.round()
    before = copied.files("nas")
    copied.mend("nas")
    assert copied.states()["nas"] == "damaged" and copied.files("nas") == before
    assert NAME in copied.told("nas")
    assert not list((copied.nas / "archive").glob(".*")), "no draft is left"


def test_where_a_disk_cannot_exchange_folders_they_are_renamed(copied: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_files, "_swap", lambda *_: False)
    copied.round()
    copied.spoil("nas")
    copied.later()
    copied.round()
    copied.mend("nas")
    assert copied.states()["nas"] == "there" and len(list((copied.nas / "archive").glob(".damaged-*"))) == 1


def test_a_repair_that_was_broken_off_in_between_loses_nothing(copied: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    copied.round()
    copied.spoil("nas")
    copied.later()
    copied.round()

    def broken(*_: object) -> bool:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(copy_files, "_swap", broken)
        copied.mend("nas")
    assert (copied.nas / "archive" / NAME / SPOILT).read_bytes() == b"Selamat sore."
    copied.clock.advance(timedelta(days=1))
    copied.run()
    assert copied.states()["nas"] == "there"
    assert (copied.nas / "archive" / NAME / CLOSING).exists()


def test_a_copy_that_is_good_is_not_repaired(copied: Copied) -> None:
    copied.round()
    with copied.database.writing() as tx, pytest.raises(Conflict):
        row = tx.scalars(select(Package)).one()
        copies.ask_to_mend_copy(tx, copies.copy_of(tx, row, "nas"), by="a", at=copied.clock.now())
    with copied.database.reading() as session, pytest.raises(NotFound):
        copies.copy_of(session, session.scalars(select(Package)).one(), "tidak-ada")


def test_the_archivist_sees_the_copies_and_repairs_one(
    copied: Copied, sign_in: Callable[..., FlaskClient], settings: Settings
) -> None:
    copied.round()
    copied.spoil("nas")
    copied.later()
    copied.round()
    with copied.database.writing() as tx:
        row = tx.scalars(select(Package)).one()
        wrong = verify_copy(copy_shelf(copied.settings, "nas", "archive"), NAME, row.manifest or "")
        services.keep_check(tx, row, wrong, by="desk", at=copied.clock.now())
    object.__setattr__(settings, "copies", copied.settings.copies)
    browser = sign_in(Role.ARCHIVIST)
    page = browser.get(f"/arsip/{NAME}").get_data(as_text=True)
    assert "nas" in page and SPOILT in page and "Rusak" in page
    assert f'action="/arsip/{NAME}/perbaiki"' in page
    [action] = re.findall(r'action="(/arsip/[^"]*/salinan/[^"]*)"', page)
    assert browser.post(action).status_code == 303
    copied.run()
    assert copied.states()["nas"] == "there"
    with copied.database.reading() as session:
        assert session.scalars(select(PackageCopy.state)).all() == [CopyState.THERE] * 2


@pytest.mark.parametrize(
    "options",
    [{}, {"folder": "nas"}, {"store": "folder"}, {"folder": "/mnt/nas", "bucket": "x"}],
)
def test_a_store_of_copies_without_its_folder_is_refused_at_the_start(options: dict[str, str]) -> None:
    with pytest.raises(SettingsInvalid, match=r"copies: .*nas: a store of copies in a folder needs"):
        load_settings(copies={"nas": options})
    with pytest.raises(SettingsInvalid, match="small letters"):
        load_settings(copies={"../x": {"folder": "/mnt"}})


def test_a_drill_brings_a_copy_back_and_tells_what_did_not_open(
    copied: Copied, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copied.round()
    config = tmp_path / "uji.toml"
    config.write_text(f'[copies.nas]\nfolder = "{copied.nas}"\n')
    monkeypatch.setenv("RADIODESK_CONFIG", str(config))
    monkeypatch.setenv("RADIODESK_DATA", str(copied.settings.data))
    monkeypatch.setenv("RADIODESK_DATABASE_URL", copied.settings.database)
    listed = CliRunner().invoke(copies_cli.copies, ["list"])
    assert listed.exit_code == 0 and f"{NAME}  nas" in listed.output
    failed = CliRunner().invoke(copies_cli.copies, ["drill"])
    assert failed.exit_code == 1 and "identities.json.enc" in failed.output
    copied.spoil("nas")
    checked = CliRunner().invoke(copies_cli.copies, ["check", NAME])
    assert checked.exit_code == 1 and SPOILT in checked.output
    mended = CliRunner().invoke(copies_cli.copies, ["repair", NAME, "--store", "nas"])
    assert mended.exit_code == 0, mended.output
    assert not list(copied.settings.work.glob(".draft-*")), "nothing of a drill stays"


@pytest.mark.slow
@pytest.mark.both_databases
def test_a_show_that_was_sealed_comes_back_from_its_copy_with_its_restricted_part(
    database: Database,
    settings: Settings,
    now: datetime,
    clock: ManualClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "nas").mkdir()
    named = settings.model_copy(update={"copies": {"nas": {"folder": SecretStr(str(tmp_path / "nas"))}}})
    with database.writing() as tx:
        services.seal(tx, named, shows.ended(tx, settings, now).broadcast, by="a", at=now)
    Runner(database, named, clock, KINDS).run_all()
    copy_packages(named, database, clock)
    Runner(database, named, clock, KINDS).run_all()
    assert verify(tmp_path / "nas/archive").ok
    config = tmp_path / "uji.toml"
    config.write_text(f'[copies.nas]\nfolder = "{tmp_path / "nas"}"\n')
    monkeypatch.setenv("RADIODESK_CONFIG", str(config))
    monkeypatch.setenv("RADIODESK_DATA", str(settings.data))
    monkeypatch.setenv("RADIODESK_DATABASE_URL", settings.database)
    done = CliRunner().invoke(copies_cli.copies, ["drill"])
    assert done.exit_code == 0, done.output
    shutil.rmtree(settings.archive, ignore_errors=True)
