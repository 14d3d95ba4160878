"""From an ended broadcast to a package that proves itself, through the services and the job."""

import io
import json
import os
import tarfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import bagit
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.age_files import NotForUs
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Context, Job, JobState, Runner
from radiodesk.core.keys import KeyRing
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import cli, jobs, ledger, queries, services
from radiodesk.rooms.archive.bag_writer import write_bag
from radiodesk.rooms.archive.closed_part import PATH, SMALLEST
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.archive.restricted_files import Opener
from radiodesk.rooms.archive.verification import verify
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState
from radiodesk.rooms.broadcasts.ports import Outcome, outcomes
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Protected
from radiodesk.rooms.tickets import services as tickets
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from radiodesk.rooms.transcripts.services import request_transcript
from radiodesk.sound.decoder import probe
from radiodesk.sound.takes import Take
from tests.factories import shows
from tests.factories import tickets as ticket_factory

BY = "arsiparis"

pytestmark = pytest.mark.slow  # shows are sealed for real


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, jobs.KINDS)


def held(database: Database, settings: Settings, now: datetime, **given: object) -> int:
    """An ended show; gives the key of its broadcast."""
    with database.writing() as tx:
        return shows.ended(tx, settings, now, **given).broadcast.id  # type: ignore[arg-type]


def ask(database: Database, settings: Settings, broadcast: int, at: datetime, note: str = "") -> str:
    with database.writing() as tx:
        row = tx.get_one(Broadcast, broadcast)
        return services.seal(tx, settings, row, by=BY, at=at, note=note).public_id


def sealed(database: Database, settings: Settings, now: datetime, runner: Runner, **given: object) -> Path:
    """The folder of a sealed show."""
    name = ask(database, settings, held(database, settings, now, **given), now)
    assert runner.run_all() == 3  # sealed, read again, put into the log
    return settings.archive / name


def clear(keys: KeyRing, path: Path) -> bytes:
    """What a restricted file holds."""
    out = io.BytesIO()
    with path.open("rb") as file:
        Opener.of_station(keys).open(file, out)
    return out.getvalue()


def opened(database: Database, data: Path) -> dict[str, bytes]:
    """The files of the closed part of a package."""
    with tarfile.open(fileobj=io.BytesIO(clear(database.keys, data / PATH))) as tar:
        return {one.name: held.read() for one in tar if (held := tar.extractfile(one))}


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_show_is_sealed_and_every_tool_says_ok(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    folder = sealed(database, settings, now, runner)
    report = verify(settings.archive)
    assert report.ok, [str(one) for one in report.all_differences()]
    assert bagit.Bag(str(folder)).validate()
    with database.reading() as session:
        package = session.scalars(select(Package)).one()
        assert package.state == PackageState.SEALED
        assert outcomes(session, [package.broadcast]) == {package.broadcast.id: Outcome.SEALED}
        assert package.sealed_at == now
        assert (package.files, package.bytes) == (report.packages[0].files, report.packages[0].bytes)
        assert package.manifest == report.packages[0].digest
        assert package.notices == []
        assert package.last_check is not None and package.last_check.ok
        assert queries.total_bytes(session) == package.bytes


def test_the_package_holds_the_whole_show(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    data = sealed(database, settings, now, runner) / "data"
    [call] = (data / "audio/calls").iterdir()
    assert [path.suffix for path in call.iterdir()] == [".flac"]
    kinds = [entry["kind"] for entry in load(data / "as-run/as-run.json")]
    assert kinds[0] == "start" and kinds[-1] == "end" and "dump" in kinds
    [script] = load(data / "scripts/scripts.json")
    assert script["approved_by"] == "kasat"
    assert script["read"][0]["as_approved"] is True
    assert script["text"] == shows.SCRIPT
    assert (data / f"scripts/{script['script']}-v1.txt").read_text() == shows.SCRIPT
    assert load(data / f"bulletins/{script['script']}-v1.json")["sha256"] == script["sha256"]
    [words] = (data / "transcripts").rglob("*.json")
    assert load(words)["words"][0] == {"start": 0.0, "end": 1.0, "word": "Lampu", "confidence": 0.9}
    assert words.with_suffix(".vtt").read_text().startswith("WEBVTT\n\n1\n00:00:00.000 --> 00:00:14.000\nLampu jalan")
    assert len(load(data / "calls/calls.json")) == 2
    assert "bagit.py --validate" in (data / "README.txt").read_text()
    assert "sha256sum --check" in (data / "README.txt").read_text()
    assert len((data / "as-run/as-run.csv").read_text().splitlines()) == len(kinds) + 1


def test_the_metadata_is_well_formed_and_names_the_show(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    folder = sealed(database, settings, now, runner)
    core = ElementTree.parse(folder / "data/metadata/dublin-core.xml").getroot()  # noqa: S314 - our own file
    assert core.findtext("{http://purl.org/dc/elements/1.1/}title") == "Pagi Bersama Polisi"
    assert core.findtext("{http://purl.org/dc/elements/1.1/}identifier") == f"urn:uuid:{folder.name}"
    space = "{http://www.pbcore.org/PBCore/PBCoreNamespace.html}"
    described = ElementTree.parse(folder / "data/metadata/pbcore.xml").getroot()  # noqa: S314 - our own file
    assert described.tag == f"{space}pbcoreDescriptionDocument"
    places = [one.text for one in described.iter(f"{space}instantiationLocation")]
    assert len(places) == 2
    assert all(place and (folder / place).is_file() for place in places)
    information = bagit.Bag(str(folder)).info
    assert information["Previous-Package"] == "none"
    assert information["Source-Organization"] == settings.operator


def test_of_a_guarded_caller_the_clear_part_tells_no_topic(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        asked = ticket_factory.opened(tx, settings, now, call=show.caller).ticket
        secret = ticket_factory.opened(tx, settings, now, confidential=True).ticket
        tickets.merge(tx, ticket_factory.rules(settings), asked, secret, by=BY, at=now)
        broadcast = show.broadcast.id
    folder = settings.archive / ask(database, settings, broadcast, now)
    runner.run_all()
    assert not list((folder / "data/audio/calls").glob("*/*"))
    told = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".age")
    assert b"Lampu jalan padam" not in told
    identities = json.loads(clear(database.keys, folder / "data/restricted/identities.json.age"))
    assert "Lampu jalan padam" in {one["topic"] for one in identities}
    assert json.loads((folder / "data/tickets/tickets.json").read_text()) == []
    closed = json.loads(opened(database, folder / "data")["closed.json"])
    assert [one["number"] for one in closed["tickets"]]


def test_names_numbers_and_messages_stand_only_in_the_restricted_part(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    folder = sealed(database, settings, now, runner)
    identities = json.loads(clear(database.keys, folder / "data/restricted/identities.json.age"))
    assert {one["phone"] for one in identities} == {"+6281234567890", "+6281211112222"}
    assert [one["message"] for one in identities if one["message"]] == ["Tolong rahasiakan saya."]
    told = b"".join(
        path.read_bytes() for path in folder.rglob("*") if path.is_file() and "transcripts" not in path.parts
    )
    for private in (b"81211112222", b"Tolong rahasiakan", shows.NAME.encode()):
        assert private not in told
    stranger = KeyRing(1, {1: os.urandom(32)}, b"", b"")
    with pytest.raises(NotForUs):
        clear(stranger, folder / "data/restricted/identities.json.age")


def test_dumped_seconds_are_kept_but_not_in_the_clear(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    data = sealed(database, settings, now, runner) / "data"
    [shorter] = (data / "audio/programme").iterdir()
    assert shorter.name.endswith("-open.flac")
    [whole] = (data / "restricted/audio/programme").iterdir()
    original = clear(database.keys, whole)
    with database.reading() as session:
        [recording] = session.get_one(Broadcast, 1).recordings
        assert original == (settings.audio / recording.key).read_bytes()
    assert list((data / "restricted/transcripts").rglob("*.json.age"))


def test_without_a_dump_the_programme_is_sealed_as_received(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    folder = sealed(database, settings, now, runner, dump=False)
    [programme] = (folder / "data/audio/programme").iterdir()
    with database.reading() as session:
        [recording] = session.get_one(Broadcast, 1).recordings
        assert programme.read_bytes() == (settings.audio / recording.key).read_bytes()


@pytest.mark.parametrize("protected", list(Protected))
def test_a_protected_callers_voice_and_words_are_encrypted(
    database: Database, settings: Settings, now: datetime, runner: Runner, protected: Protected
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        show.caller.protected = protected
        broadcast, call = show.broadcast.id, show.caller.public_id
    name = ask(database, settings, broadcast, now)
    runner.run_all()
    data = settings.archive / name / "data"
    assert not (data / "audio/calls").exists()
    assert not (data / "transcripts").exists()
    closed = opened(database, data)
    [voice] = [name for name in closed if name.startswith(f"audio/calls/{call}/")]
    assert closed[voice].startswith(b"fLaC")
    assert call not in [one["call"] for one in load(data / "calls/calls.json")]
    assert call in [one["call"] for one in json.loads(closed["closed.json"])["calls"]]
    assert verify(settings.archive).ok


def clear_part(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".age"
    }


def timed(show: shows.Show) -> None:
    shows.tell_start(show.programme, show.broadcast.on_air_at)


def test_of_a_protected_caller_the_open_part_is_a_gap_without_number_or_length(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        timed(show)
        show.caller.protected, show.caller.topic = Protected.VICTIM, "Dipukuli suami"
        show.caller.name = "Sutikah Wagiyem"
        broadcast, call = show.broadcast.id, show.caller.public_id
        recordings = [one.public_id for one in show.caller.recordings]
    folder = settings.archive / ask(database, settings, broadcast, now)
    runner.run_all()
    files = clear_part(folder)
    everything = b"".join([*files.values(), *(name.encode() for name in files)])
    for secret in (call, *recordings, "Dipukuli", "Karsinem", "call_on", "6281234567890", "081234567890"):
        assert secret.encode() not in everything, secret
    names = [str(path.relative_to(folder)) for path in folder.rglob("*.age")]
    assert sorted(names) == ["data/restricted/closed.tar.age", "data/restricted/identities.json.age"]
    data = folder / "data"
    [shorter] = (data / "audio/programme").iterdir()
    # Twenty-two seconds are the caller's, four were dumped; the name and number that others say go too.
    length = probe(shorter).duration
    assert length < 50 - 22 - 4 + 0.5
    log = load(data / "as-run/as-run.json")
    assert log[-1]["kind"] == "end" and log[-1]["offset"] == 28.0
    assert {entry["at"] for entry in log} == {None}
    assert load(data / "metadata/broadcast.json")["ended_at"] is None
    whole = json.loads(opened(database, data)["closed.json"])
    assert "call_on" in [entry["kind"] for entry in whole["as_run"]]


def test_a_closed_part_of_any_show_is_there_and_of_a_rounded_size(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    for number, mark in enumerate((None, Protected.CHILD)):
        with database.writing() as tx:
            show = shows.ended(tx, settings, now + timedelta(days=number), title=f"Siaran {number}")
            show.caller.protected = mark
            broadcast = show.broadcast.id
        folder = settings.archive / ask(database, settings, broadcast, now)
        runner.run_all()
        assert len(clear(database.keys, folder / "data" / PATH)) % SMALLEST == 0


def test_three_shows_are_chained(
    database: Database, settings: Settings, now: datetime, runner: Runner, clock: ManualClock
) -> None:
    names = []
    for title in ("Satu", "Dua", "Tiga"):
        broadcast = held(database, settings, clock.now(), title=title)
        names.append(ask(database, settings, broadcast, clock.now()))
        clock.advance(timedelta(days=1))
    assert runner.run_all() == 9
    lines = ledger.read(settings.archive / ledger.NAME)
    assert [line and (line.sequence, line.package) for line in lines] == list(enumerate(names, start=1))
    assert verify(settings.archive).ok
    assert bagit.Bag(str(settings.archive / names[2])).info["Previous-Package"] == names[1]


def test_sealing_twice_is_harmless(database: Database, settings: Settings, now: datetime, runner: Runner) -> None:
    broadcast = held(database, settings, now)
    first = ask(database, settings, broadcast, now)
    assert ask(database, settings, broadcast, now) == first
    assert runner.run_all() == 3
    assert ask(database, settings, broadcast, now) == first
    assert runner.run_all() == 0
    assert len(ledger.read(settings.archive / ledger.NAME)) == 1


def test_only_what_is_over_is_sealed(database: Database, settings: Settings, now: datetime) -> None:
    broadcast = held(database, settings, now)
    with database.writing() as tx:
        row = tx.get_one(Broadcast, broadcast)
        row.state = BroadcastState.ON_AIR
        with pytest.raises(services.NotEnded):
            services.seal(tx, settings, row, by=BY, at=now)


def test_live_sound_that_is_not_taken_in_yet_is_waited_for(
    database: Database, settings: Settings, now: datetime
) -> None:
    with database.writing() as tx:
        broadcast = shows.ended(tx, settings, now).broadcast
    for owner in (broadcast.public_id, "another"):
        Take.create(
            settings.spool,
            line="siaran",
            kind="soundcard",
            sample_rate=8000,
            directions=["programme"],
            started_at=now,
            feed="broadcast",
            broadcast=owner,
        ).close()
    with database.writing() as tx:
        with pytest.raises(services.TranscriptsOpen) as refused:
            services.seal(tx, settings, tx.get_one(Broadcast, broadcast.id), by=BY, at=now)
    assert refused.value.facts["count"] == 1


def test_pending_transcripts_are_waited_for_or_explained(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        shows.transcript(tx, show.programme, "", now, state=TranscriptState.WAITING, version=2)
        broadcast = show.broadcast.id
    with pytest.raises(services.TranscriptsOpen) as refused:
        ask(database, settings, broadcast, now)
    assert "1" in str(refused.value)
    name = ask(database, settings, broadcast, now, note="Mesin transkrip rusak.")
    runner.run_all()
    assert load(settings.archive / name / "data/metadata/broadcast.json")["note"] == "Mesin transkrip rusak."
    with database.reading() as session:
        notices = queries.package_by_public_id(session, name).notices
    assert [one["facts"] for one in notices] == [{"count": 1}]


def test_a_missing_and_a_changed_sound_file_are_told_and_the_rest_is_sealed(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        broadcast = show.broadcast.id
        (settings.audio / show.programme.key).unlink()
        voice = settings.audio / show.caller.recordings[0].key
        voice.write_bytes(voice.read_bytes()[:-1] + b"x")
    name = ask(database, settings, broadcast, now)
    runner.run_all()
    assert verify(settings.archive).ok
    with database.reading() as session:
        told = [one["message"] for one in queries.package_by_public_id(session, name).notices]
    assert len(told) == 2
    assert "missing" in told[0] and "not as it was received" in told[1]


@pytest.mark.parametrize("interrupted", ["append", "finish"])
def test_a_job_that_was_cut_off_is_finished_by_the_next_run(
    database: Database,
    settings: Settings,
    now: datetime,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    interrupted: str,
) -> None:
    """Cut off before the ledger (the folder is there), or before the database (the line is there)."""
    name = ask(database, settings, held(database, settings, now), now)
    context = Context(database, settings, clock, lambda _share: None)

    class Cut(BaseException):
        """As if the process were killed here."""

    def cut(*_args: object, **_given: object) -> None:
        raise Cut

    place = ledger if interrupted == "append" else services
    with monkeypatch.context() as patched:
        patched.setattr(place, interrupted, cut)
        with pytest.raises(Cut):
            jobs.seal(context, 1)
    assert (settings.archive / name).is_dir()
    jobs.seal(context, 1)
    assert verify(settings.archive).ok
    assert len(ledger.read(settings.archive / ledger.NAME)) == 1
    with database.reading() as session:
        package = queries.package_by_public_id(session, name)
        assert package.state == PackageState.SEALED
        assert package.files > 10


def test_nothing_is_chained_to_a_damaged_ledger(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    sealed(database, settings, now, runner)
    path = settings.archive / ledger.NAME
    good = path.read_text()
    path.write_text("kacau\n")
    broadcast = held(database, settings, now, title="Kedua")
    name = ask(database, settings, broadcast, now)
    runner.run_all()
    with database.reading() as session:
        package = queries.package_by_public_id(session, name)
        assert package.state == PackageState.FAILED
        assert package.problem and "radiodesk verify" in package.problem
        assert session.get_one(Broadcast, broadcast).state == BroadcastState.ENDED
        assert session.scalars(select(Job).order_by(Job.id.desc())).first().state == JobState.FAILED  # type: ignore[union-attr]
    path.write_text(good)
    assert ask(database, settings, broadcast, now) == name
    runner.run_all()
    assert verify(settings.archive).ok


def test_checking_again_keeps_what_was_found(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    folder = sealed(database, settings, now, runner)

    def check() -> tuple[bool, list[str]]:
        with database.writing() as tx:
            services.check_again(tx, queries.package_by_public_id(tx, folder.name), by=BY, at=now)
        assert runner.run_all() == 1
        with database.reading() as session:
            found = queries.package_by_public_id(session, folder.name).last_check
            assert found is not None
            return found.ok, [one["message"] % one["facts"] for one in found.differences]

    assert check() == (True, [])
    script = next((folder / "data/scripts").glob("*.txt"))
    script.chmod(0o644)
    script.write_text("Kata yang tidak pernah dibacakan.")
    ok, told = check()
    assert not ok
    assert any(f"data/scripts/{script.name} was changed" in one for one in told)
    (settings.archive / ledger.NAME).unlink()
    folder.rename(settings.archive / "disembunyikan")
    assert check() == (False, [f"Package {folder.name} is missing in the archive folder."])


def test_a_correction_changes_nothing_that_is_sealed(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    folder = sealed(database, settings, now, runner)
    before = {path: path.read_bytes() for path in settings.archive.rglob("*") if path.is_file()}
    with database.writing() as tx:
        package = queries.package_by_public_id(tx, folder.name)
        services.correct(tx, package, "Desa yang dimaksud Sumberarum.", by=BY, at=now)
    assert {path: path.read_bytes() for path in settings.archive.rglob("*") if path.is_file()} == before
    with database.reading() as session:
        [correction] = queries.package_by_public_id(session, folder.name).corrections
        assert correction.text == "Desa yang dimaksud Sumberarum."


def test_a_restricted_file_opens_with_the_stations_key_and_the_trail_keeps_that(
    database: Database, settings: Settings, now: datetime, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sealed(database, settings, now, runner)
    monkeypatch.setenv("RADIODESK_DATA", str(settings.data))
    done = CliRunner().invoke(cli.unlock, [str(folder / "data/restricted/identities.json.age")])
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.output)) == 2
    with database.reading() as session:
        last = session.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.id.desc())).first()
        assert last is not None and last.action == "restricted file opened"


def test_the_archivist_seals_verifies_and_corrects_in_the_browser(
    database: Database,
    settings: Settings,
    now: datetime,
    runner: Runner,
    sign_in: Callable[..., FlaskClient],
) -> None:
    held(database, settings, now)
    with database.reading() as session:
        public_id = session.get_one(Broadcast, 1).public_id
    browser = sign_in(Role.ARCHIVIST)
    assert "Pagi Bersama Polisi" in browser.get("/arsip").get_data(as_text=True)
    answer = browser.post(f"/siaran/{public_id}/segel", data={"note": "Jam mulai rekaman tidak tercatat."})
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert browser.get(page).status_code == 200
    assert browser.get(f"/siaran/{public_id}/arsip").headers["Location"] == page
    runner.run_all()
    assert "daftar segel" in browser.get(page).get_data(as_text=True).lower()
    assert browser.post(f"{page}/periksa").status_code == 303
    runner.run_all()
    assert browser.post(f"{page}/ralat", data={"text": "Salah sebut nama desa."}).status_code == 303
    shown = browser.get(page).get_data(as_text=True)
    assert "Salah sebut nama desa." in shown
    assert browser.get(f"{page}/keadaan").status_code == 200
    assert browser.get("/arsip/daftar").status_code == 200
    with browser.get("/arsip/buku-besar.jsonl") as download:
        assert ledger.parse(download.get_data(as_text=True)) is not None
    assert browser.post(f"{page}/ralat", data={"text": " "}).status_code == 422
    assert browser.get("/arsip/tidak-ada").status_code == 404


def test_who_has_no_business_with_the_archive_does_not_see_it(sign_in: Callable[..., FlaskClient]) -> None:
    browser = sign_in(Role.SCREENER)
    for path in ("/arsip", "/arsip/daftar", "/arsip/buku-besar.jsonl", "/arsip/x"):
        assert browser.get(path).status_code == 403


def test_an_ended_broadcasts_page_leads_to_its_package_and_to_publishing(
    database: Database,
    settings: Settings,
    now: datetime,
    runner: Runner,
    sign_in: Callable[..., FlaskClient],
) -> None:
    broadcast = held(database, settings, now)
    with database.reading() as session:
        public_id = session.get_one(Broadcast, broadcast).public_id
    browser = sign_in(Role.ARCHIVIST)
    page = f"/siaran/{public_id}"
    assert f"{page}/segel" in browser.get(page).get_data(as_text=True)
    ask(database, settings, broadcast, now)
    runner.run_all()
    shown = browser.get(page).get_data(as_text=True)
    assert f"{page}/arsip" in shown and f"{page}/terbit" in shown and f"{page}/segel" not in shown


def test_sealing_asks_while_something_is_missing_and_takes_a_reason(
    database: Database,
    settings: Settings,
    now: datetime,
    sign_in: Callable[..., FlaskClient],
) -> None:
    broadcast = held(database, settings, now)
    with database.writing() as tx:
        row = tx.get_one(Broadcast, broadcast)
        public_id = row.public_id
        row.recordings = []
    browser, page = sign_in(Role.ARCHIVIST), f"/siaran/{public_id}/segel"
    shown = browser.get(page).get_data(as_text=True)
    assert 'class="missing"' in shown
    assert f'href="/siaran/{public_id}#programme-recording"' in shown
    for headers in ({}, {"Accept": "application/json"}, {"HX-Request": "true"}):
        assert browser.post(page, headers=headers).status_code == 409
    answer = browser.post(page, data={"note": " "})
    assert answer.status_code == 409
    assert 'class="missing"' in answer.get_data(as_text=True)
    with database.reading() as session:
        assert session.scalars(select(Package)).all() == []
    assert browser.post(page, data={"note": "Perekam mati sepanjang siaran."}).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(Package)).one().note == "Perekam mati sepanjang siaran."


def test_words_that_could_not_be_heard_are_named_and_led_to(
    database: Database, settings: Settings, now: datetime, sign_in: Callable[..., FlaskClient]
) -> None:
    broadcast = held(database, settings, now)
    with database.writing() as tx:
        public_id = tx.get_one(Broadcast, broadcast).public_id
        recording = tx.get_one(Broadcast, broadcast).recordings[0]
        asked = request_transcript(tx, recording, by="uji", at=now)
        asked.state, asked.problem = TranscriptState.FAILED, "Suara rusak."
        transcript = asked.public_id
    page = sign_in(Role.ARCHIVIST).get(f"/siaran/{public_id}/segel")
    assert page.status_code == 200
    assert f'href="/transkrip/{transcript}"' in page.get_data(as_text=True)


def test_that_the_start_of_a_recording_that_was_handed_in_is_not_known_is_told(
    database: Database, settings: Settings, now: datetime, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        public_id = show.broadcast.public_id
    browser, page = sign_in(Role.ARCHIVIST), f"/siaran/{public_id}/segel"
    assert "program.flac" in browser.get(page).get_data(as_text=True)
    assert browser.post(page).status_code == 409
    with database.writing() as tx:
        shows.tell_start(tx.scalars(select(Broadcast)).one().recordings[0], now)
    assert "program.flac" not in browser.get(page).get_data(as_text=True)


def test_nothing_of_the_open_part_is_given_once_a_caller_in_it_is_protected(
    database: Database, settings: Settings, now: datetime, runner: Runner, sign_in: Callable[..., FlaskClient]
) -> None:
    folder = sealed(database, settings, now, runner)
    desk, page = sign_in(Role.ARCHIVIST), f"/arsip/{folder.name}"
    files = (f"{page}/terbuka.zip", f"{page}/berkas/data/calls/calls.json")
    for file in files:
        with desk.get(file) as given:
            assert given.status_code == 200
    assert "terbuka.zip" in desk.get(page).get_data(as_text=True)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with database.writing() as tx:
        caller = tx.scalars(select(Call).where(Call.on_air_at.is_not(None))).one()
        calls.protect(tx, caller, Protected.CHILD, by="penyaring", at=now)
    for file in files:
        answer = desk.get(file)
        assert answer.status_code == 403 and "dilindungi" in answer.get_data(as_text=True)
    shown = desk.get(page).get_data(as_text=True)
    assert "terbuka.zip" not in shown and "/berkas/" not in shown and "dilindungi" in shown
    # What is sealed stays as it was, and is verified as before.
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_open_part_of_a_show_whose_caller_was_protected_before_is_given(
    database: Database, settings: Settings, now: datetime, runner: Runner, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        show.caller.protected = Protected.VICTIM
        broadcast = show.broadcast.id
    name = ask(database, settings, broadcast, now)
    runner.run_all()
    desk = sign_in(Role.ARCHIVIST)
    assert desk.get(f"/arsip/{name}/terbuka.zip").status_code == 200
    (settings.archive / name / "data/calls").chmod(0o755)
    (settings.archive / name / "data/calls/calls.json").unlink()  # and where nobody can tell, it is not
    assert desk.get(f"/arsip/{name}/terbuka.zip").status_code == 403


def test_who_is_protected_while_the_package_is_written_is_not_in_its_open_part(
    database: Database, settings: Settings, now: datetime, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    broadcast, written = held(database, settings, now), write_bag
    callers: list[str] = []

    def meanwhile(*given: Any) -> object:
        made = written(*given)
        if not callers:
            with database.writing() as tx:
                caller = tx.scalars(select(Call).where(Call.on_air_at.is_not(None))).one()
                calls.protect(tx, caller, Protected.CHILD, by="penyaring", at=now)
                callers.append(caller.public_id)
        return made

    monkeypatch.setattr(jobs, "write_bag", meanwhile)
    folder = settings.archive / ask(database, settings, broadcast, now)
    runner.run_all()
    assert load(folder / "data/calls/calls.json") != []
    assert all(callers[0].encode() not in data for data in clear_part(folder).values())
    assert len(ledger.kept(queries.packages_shelf(settings).object(ledger.NAME))) == 1


def read_otherwise(tx: Session, show: shows.Show) -> None:
    """The recording begins with the broadcast, and its reader said something else than was approved."""
    assert show.broadcast.on_air_at is not None
    shows.tell_start(show.programme, show.broadcast.on_air_at)
    found = tx.scalars(select(Transcript).where(Transcript.recording_id == show.programme.id)).one()
    said = "Selamat malam Bojonegoro imbauan hari ini tadi Karsinem bilang pakai helm laporan ke nomor 081298765432"
    found.words = [{**one, "start": one["start"] + 2, "end": one["end"] + 2} for one in shows.words(said, 9)]


@pytest.mark.parametrize("protected", [None, Protected.VICTIM])
def test_how_scripts_were_read_is_in_the_package_and_words_that_may_not_be_open_are_not(
    database: Database, settings: Settings, now: datetime, runner: Runner, protected: Protected | None
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now, dump=False)
        read_otherwise(tx, show)
        show.caller.protected = protected
        broadcast = show.broadcast.id
    folder = settings.archive / ask(database, settings, broadcast, now)
    runner.run_all()
    [reading] = load(folder / "data/as-read/as-read.json")
    assert (reading["percent"], reading["words"], reading["as_approved"]) == (91, 12, 11)
    heard = [one["heard"] for one in reading["differences"]]
    assert heard == (["malam", "tadi Karsinem bilang"] if protected is None else [None, None])
    closed = json.loads(opened(database, folder / "data")["closed.json"])
    assert [one["heard"] for one in closed["as_read"][0]["differences"]] == ["malam", "tadi Karsinem bilang"]


def test_the_own_voice_of_a_disguised_caller_is_in_the_restricted_part_alone(
    database: Database, settings: Settings, now: datetime, runner: Runner, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now, dump=False)
        timed(show)
        calls.disguise(tx, show.caller, by="penyaring", at=now)
        broadcast, call = show.broadcast.id, show.caller.public_id
    name = ask(database, settings, broadcast, now)
    runner.run_all()
    data = settings.archive / name / "data"
    assert not (data / "audio/calls").exists()
    assert len(list((data / f"restricted/audio/calls/{call}").iterdir())) == 1
    [shorter] = (data / "audio/programme").iterdir()
    assert shorter.name.endswith("-open.flac")
    assert probe(shorter).duration == pytest.approx(50 - 22, abs=0.1)
    assert [one["disguised"] for one in load(data / "calls/calls.json") if one["call"] == call] == [True]
    assert sign_in(Role.ARCHIVIST).get(f"/arsip/{name}/terbuka.zip").status_code == 200


def test_of_a_programme_without_a_known_start_no_open_copy_holds_a_disguised_voice(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now, dump=False)
        calls.disguise(tx, show.caller, by="penyaring", at=now)
        broadcast = show.broadcast.id
    data = settings.archive / ask(database, settings, broadcast, now) / "data"
    runner.run_all()
    assert not (data / "audio").exists()


def test_nothing_of_the_open_part_is_given_once_a_voice_in_it_is_to_be_disguised(
    database: Database, settings: Settings, now: datetime, runner: Runner, sign_in: Callable[..., FlaskClient]
) -> None:
    folder = sealed(database, settings, now, runner)
    desk = sign_in(Role.ARCHIVIST)
    with database.writing() as tx:
        calls.disguise(tx, tx.scalars(select(Call).where(Call.on_air_at.is_not(None))).one(), by="wati", at=now)
    assert desk.get(f"/arsip/{folder.name}/terbuka.zip").status_code == 403
