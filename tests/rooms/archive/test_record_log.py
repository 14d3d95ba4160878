"""The log of the record: from sealing to a proof that is checked without the station, and what tampering is named."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Context, Runner
from radiodesk.core.settings import Settings, SettingsInvalid, load_settings
from radiodesk.core.tlog.signed_notes import COSIGNATURE, Note, cosign, parse_note, verifier_of
from radiodesk.core.tlog.tree_tiles import Fetch
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import cli, jobs, published_log, queries, record_log, services
from radiodesk.rooms.archive.head_words import WORDS, head_words
from radiodesk.rooms.archive.log_checks import check_log
from radiodesk.rooms.archive.models import LogEntry, LogKind, Package
from radiodesk.rooms.archive.published_log import LogForked
from radiodesk.rooms.broadcasts.models import Broadcast
from tests.factories import shows

BY = "arsiparis"
SCRIPT = Path(__file__).parents[3] / "scripts/verify_package.py"


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, jobs.KINDS)


@pytest.fixture
def context(database: Database, settings: Settings, clock: ManualClock) -> Context:
    return Context(database, settings, clock, lambda _share: None)


@pytest.fixture
def package(database: Database, settings: Settings, now: datetime, runner: Runner) -> str:
    """A sealed show's package."""
    with database.writing() as tx:
        broadcast = shows.ended(tx, settings, now).broadcast
        name = services.seal(tx, settings, tx.get_one(Broadcast, broadcast.id), by=BY, at=now).public_id
    runner.run_all()
    return name


@pytest.fixture
def keeper(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.ARCHIVIST, username=BY)


@pytest.fixture
def listener(public: Flask) -> FlaskClient:
    return public.test_client()


def fetch(settings: Settings) -> Fetch:
    files = published_log.log_shelf(settings)
    return lambda path: files.object(path).read_bytes()


def told(settings: Settings, database: Database, earlier: bytes | None = None) -> list[str]:
    report = check_log(fetch(settings), published_log.verifier(settings, database.keys), earlier)
    return [cli.sentence(one) for one in report.differences]


def add(database: Database, context: Context, count: int) -> None:
    """Entries as many withdrawals would make them."""
    with database.writing() as tx:
        for number in range(count):
            record_log.append(tx, LogKind.WITHDRAWN, f"b-{number}", at=context.clock.now(), revision=number)
    published_log.publish(context, 0)


@pytest.fixture
def log(database: Database, settings: Settings, context: Context) -> Iterator[Settings]:
    add(database, context, 300)
    yield settings


@pytest.mark.slow
def test_a_sealed_package_is_proven_away_from_the_station(
    package: str, settings: Settings, keeper: FlaskClient, listener: FlaskClient, tmp_path: Path
) -> None:
    proof = tmp_path / "bukti.tlog-proof"
    proof.write_bytes(keeper.get(f"/arsip/{package}/bukti.tlog-proof").data)
    key = listener.get("/log/kunci").text.strip()
    assert listener.get(f"/log/bukti/{package}.tlog-proof").status_code == 404, "it is not published"
    folder = settings.archive / package
    ours = CliRunner().invoke(cli.verify, [str(folder), "--proof", str(proof), "--key", key, "--language", "en"])
    assert (ours.exit_code, ours.output) == (0, "ok\n")
    # A Python with nothing beside its standard library, and with the program openssl for the signature.
    alone = [sys.executable, "-I", "-S", str(SCRIPT), str(folder), str(proof)]
    done = subprocess.run([*alone, key], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stdout + done.stderr
    other = str(verifier_of(published_log.origin(settings), Ed25519PrivateKey.generate()))
    assert subprocess.run([*alone, other], capture_output=True, check=False).returncode == 1
    forged = CliRunner().invoke(cli.verify, [str(folder), "--proof", str(proof), "--key", other, "--language", "en"])
    assert forged.exit_code == 1 and "not one of this log" in forged.output


@pytest.mark.slow
def test_one_changed_byte_in_any_file_is_named_by_the_script(
    package: str, settings: Settings, keeper: FlaskClient, listener: FlaskClient, tmp_path: Path
) -> None:
    proof = tmp_path / "bukti.tlog-proof"
    proof.write_bytes(keeper.get(f"/arsip/{package}/bukti.tlog-proof").data)
    key = listener.get("/log/kunci").text.strip()
    folder = settings.archive / package
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    assert len(files) > 15
    for file in files:
        whole = file.read_bytes()
        file.chmod(0o644)
        file.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        done = subprocess.run(
            [sys.executable, str(SCRIPT), str(folder), str(proof), key], capture_output=True, text=True, check=False
        )
        named = file.relative_to(folder).as_posix()
        assert done.returncode == 1 and named in done.stdout, (named, done.stdout)
        file.write_bytes(whole)


@pytest.mark.slow
def test_corrections_and_the_archive_before_the_log_stand_in_it(
    package: str, database: Database, settings: Settings, now: datetime, context: Context
) -> None:
    with database.writing() as tx:
        tx.execute(delete(LogEntry))
        row = queries.package_by_public_id(tx, package)
        correction = services.correct(tx, row, "Nama jalannya Jalan Rajawali.", by=BY, at=now)
        salt, text = correction.salt, correction.text
    with database.reading() as session:
        first, second = (json.loads(one) for one in record_log.bodies(session))
    assert first["kind"] == "sealed" and first["carried_over"] and package not in json.dumps(first)
    assert second["digest"] == record_log.salted_digest(salt, text)
    assert "Rajawali" not in json.dumps([first, second])


def test_a_log_that_grows_is_signed_and_served_as_files(
    log: Settings, database: Database, context: Context, listener: FlaskClient
) -> None:
    earlier = fetch(log)("checkpoint")
    add(database, context, 5)
    assert told(log, database, earlier) == []

    def asked(path: str) -> bytes:
        with listener.get(f"/log/{path}") as answer:
            assert answer.status_code == 200, path
            return bytes(answer.data)

    served = check_log(asked, published_log.verifier(log, database.keys))
    assert served.ok and served.head is not None and served.head.size == 305
    page = listener.get("/log/").text
    assert " · ".join(head_words(served.head.root)) in page
    # Nothing that is there is written anew without need, and nothing is signed twice.
    before = fetch(log)("checkpoint")
    published_log.publish(context, 0)
    assert fetch(log)("checkpoint") == before


@pytest.mark.parametrize("path", ["tile/0/000.p/0", "tile/64/000", "tile/0/../../keys.json", "tile/0/1", "tile/x/000"])
def test_nothing_else_is_served(log: Settings, listener: FlaskClient, path: str) -> None:
    assert listener.get(f"/log/{path}").status_code == 404
    assert listener.get("/log/bukti/tidak-ada.tlog-proof").status_code == 404


def test_each_kind_of_tampering_is_named(log: Settings, database: Database, context: Context) -> None:
    files = published_log.log_shelf(log)
    earlier = fetch(log)("checkpoint")
    bundle, tile = files.object("tile/entries/001.p/44"), files.object("tile/0/000")
    whole = bundle.read_bytes(), tile.read_bytes()
    bundle.put(whole[0].replace(b'"revision":299', b'"revision":298'))
    assert len(told(log, database)) == 1 and "tile/entries/001.p/44" in told(log, database)[0]
    bundle.put(whole[0])
    tile.put(whole[1][32:] + whole[1][:32])
    assert any("akar" in one or "root" in one for one in told(log, database))
    tile.put(whole[1])
    bundle.delete()
    assert len(told(log, database)) == 1
    bundle.put(whole[0])
    assert told(log, database, earlier) == []
    # Another head of the same size, properly signed: a fork.
    with database.writing() as tx:
        tx.execute(update(LogEntry).where(LogEntry.place == 7).values(body="{}"))
    with pytest.raises(LogForked):
        add(database, context, 1)
    files.object("checkpoint").delete()
    published_log.publish(context, 0)
    assert any("300" in one for one in told(log, database, earlier)), "the first 300 are not those of the earlier head"
    # Rolled back: fewer entries than somebody saw.
    with database.writing() as tx:
        tx.execute(delete(LogEntry).where(LogEntry.place >= 290))
    files.object("checkpoint").delete()
    published_log.publish(context, 0)
    assert any("290" in one for one in told(log, database, earlier))


def test_a_database_from_an_older_backup_signs_nothing(log: Settings, database: Database, context: Context) -> None:
    before = fetch(log)("checkpoint")
    with database.writing() as tx:
        tx.execute(delete(LogEntry).where(LogEntry.place >= 280))
    with pytest.raises(LogForked):
        published_log.publish(context, 0)
    assert fetch(log)("checkpoint") == before


def test_a_witness_signs_beside_the_log(log: Settings, database: Database, listener: FlaskClient) -> None:
    key = Ed25519PrivateKey.generate()
    known = str(verifier_of("saksi.example", key, COSIGNATURE))
    watched = log.model_copy(update={"log_witnesses": [known]})
    head = parse_note(fetch(log)("checkpoint"))
    note = Note(head.text, (*head.signatures, cosign(head.text, "saksi.example", key, 1_800_000_000)))
    assert published_log.add_cosignature(watched, database.keys, str(note).encode()) == ["saksi.example"]
    assert fetch(log)("checkpoint") == fetch(log)("cosigned") == str(note).encode()
    assert told(log, database) == []
    stranger = Note(head.text, (cosign(head.text, "lain.example", Ed25519PrivateKey.generate(), 1),))
    with pytest.raises(ValueError, match="witness"):
        published_log.add_cosignature(watched, database.keys, str(stranger).encode())
    assert listener.get("/log/cosigned").data == str(note).encode()


def test_the_log_keeps_its_name_when_the_station_moves(log: Settings, database: Database, context: Context) -> None:
    moved = log.model_copy(update={"public_url": "https://arsip.example"})
    assert told(moved, database) == []
    add(database, Context(database, moved, context.clock, context.report), 1)
    assert fetch(moved)("checkpoint").startswith(b"127.0.0.1:8081/log\n301\n")
    assert told(log, database) == []


def test_a_witness_whose_key_is_none_is_told_of_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RADIODESK_LOG_WITNESSES", '["saksi.example"]')
    with pytest.raises(SettingsInvalid, match="log_witnesses"):
        load_settings()


def test_the_archive_is_looked_at_though_its_log_is_not_ours(log: Settings, keeper: FlaskClient) -> None:
    published_log.log_shelf(log).object("checkpoint").put(b"nothing of the kind\n")
    assert keeper.get("/arsip").status_code == 200


def test_the_words_of_a_head_are_a_byte_each() -> None:
    assert len(set(WORDS)) == 256
    assert head_words(bytes([0, 255, 1, 0]) + bytes(28)) == (WORDS[0], WORDS[255], WORDS[1], WORDS[0])


def test_nobody_else_gets_the_place_of_an_entry(database: Database, context: Context) -> None:
    add(database, context, 3)
    with database.reading() as session:
        assert [json.loads(one)["revision"] for one in record_log.bodies(session)] == [0, 1, 2]
        assert session.query(Package).count() == 0
