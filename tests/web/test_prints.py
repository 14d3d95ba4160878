"""Public pages that are kept as they were rendered: always those of now, and gone with what may no longer be shown."""

import errno
import gzip
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Protected
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.record import search, services
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from radiodesk.web import short_path
from radiodesk.web.factory import ROUNDS
from radiodesk.web.prints import Place, PrintFolder, printed
from radiodesk.web.public_site import create_public
from tests.factories import shows
from tests.factories.filled import published
from tests.web.test_pages import counted

BY = "arsiparis"
LANGUAGES = ("id", "en")


@pytest.fixture
def record(database: Database, now: datetime) -> list[str]:
    """Three broadcasts that are public; their public ids, the newest first."""
    ids = []
    with database.writing() as tx:
        for number in (1, 2, 3):
            row = published(number, now, pieces=2)
            tx.add(row)
            tx.flush()
            for piece in row.pieces:
                search.keep(tx, piece)
            ids.append(row.public_id)
    return ids


def addresses(record: list[str]) -> list[str]:
    own = ("", "/bagian/1", "/bagian/1?dari=1", "/bagian/2.vtt", "/siaran.txt", "/siaran.json", "/manifes.txt")
    more = ("/bagian/2.srt", "/bagian/2.json", "/bagian/2/bab.json", "/siaran.jsonld")
    lists = ["/sitemap.xml", "/", "/?hal=2", "/?cari=lampu", "/?cari=lampu&hal=2", "/?tanggal=2026-11-24"]
    return [*(f"/siaran/{record[0]}{one}" for one in (*own, *more)), *lists, "/umpan.rss", "/umpan.atom", "/umpan.json"]


def asked(app: Flask, path: str, language: str, **headers: str) -> tuple[int, bytes]:
    client = app.test_client()
    client.set_cookie("language", language)
    with client.get(path, headers=headers) as answer:
        assert "Set-Cookie" not in answer.headers
        return answer.status_code, answer.get_data()


@pytest.fixture
def fresh(station: Station, tmp_path: Path) -> Callable[..., tuple[int, bytes]]:
    """What an application gives that has kept nothing yet."""
    apps: dict[str, Flask] = {}

    def give(path: str, language: str, settings: Settings = station.settings) -> tuple[int, bytes]:
        if settings.station not in apps:
            bare = settings.model_copy(update={"data": tmp_path / "fresh"})
            apps[settings.station] = create_public(Station(bare, station.database, station.clock, station.notifier))
        shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
        return asked(apps[settings.station], path, language)

    return give


def files(settings: Settings) -> list[Path]:
    return sorted(path for path in settings.prints.rglob("*") if path.is_file())


def first(session: Session, record: list[str]) -> PublishedBroadcast:
    return session.scalars(select(PublishedBroadcast).where(PublishedBroadcast.public_id == record[0])).one()


# ---- What is kept is what would be rendered


def publish_another(tx: Session, record: list[str], at: datetime) -> None:
    tx.add(published(0, at))


def publish_again(tx: Session, record: list[str], at: datetime) -> None:
    row = first(tx, record)
    search.forget(tx, [piece.id for piece in row.pieces])
    row.pieces = [PublishedPiece(position=1, kind="script", title="Baru", text="Pasar sepi.", segments=[])]
    row.revision += 1


def correct(tx: Session, record: list[str], at: datetime) -> None:
    first(tx, record).corrections = [{"at": at.isoformat(), "text": "Jam tayang keliru."}]


def take_down(tx: Session, record: list[str], at: datetime) -> None:
    row = first(tx, record)
    services.empty(tx, row, at=at)
    row.withdrawn_at, row.reason = at, "Diperiksa lagi."


def change_one_word(tx: Session, record: list[str], at: datetime) -> None:
    """By no service at all."""
    first(tx, record).pieces[0].title = "Judul lain"


CHANGES = [publish_another, publish_again, correct, take_down, change_one_word]


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_after_each_change_every_page_is_as_if_rendered_now(
    public: Flask,
    database: Database,
    record: list[str],
    now: datetime,
    fresh: Callable[..., tuple[int, bytes]],
    change: Callable[[Session, list[str], datetime], None],
) -> None:
    pages = [(path, "id") for path in addresses(record)] + [(f"/siaran/{record[0]}", "en"), ("/", "en")]
    for page in pages:
        asked(public, *page)
    with database.writing() as tx:
        change(tx, record, now + timedelta(minutes=5))
    for page in pages:
        wanted = fresh(*page)
        assert asked(public, *page) == wanted, page
        assert asked(public, *page) == wanted, page


def test_a_page_that_is_kept_is_given_without_a_look_at_the_record(
    public: Flask, database: Database, record: list[str]
) -> None:
    for path in addresses(record):
        before = asked(public, path, "id")
        with counted(database) as sent:
            assert asked(public, path, "id") == before
        # The first page says also what is on air or comes next, which the record does not tell.
        assert len(sent) <= (2 if path in ("/", "/?hal=2", "/?tanggal=2026-11-24") else 0), path


def test_what_comes_on_air_stands_on_the_first_page_at_once(
    public: Flask, database: Database, record: list[str], now: datetime
) -> None:
    with database.writing() as tx:
        series = programme.add_programme(tx, "Sapa Warga", by="produser", at=now)
        planned = broadcasts.plan(tx, series, "Sore", now + timedelta(hours=1), by="produser", at=now)
    assert b"Berikutnya" in asked(public, "/", "id")[1]
    with database.writing() as tx:
        broadcasts.go_on_air(tx, tx.get_one(Broadcast, planned.id), by="penyiar", at=now)
    assert b"Sedang mengudara" in asked(public, "/", "id")[1]


def test_other_settings_and_another_release_render_anew(
    station: Station, record: list[str], fresh: Callable[..., tuple[int, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def app(settings: Settings) -> Flask:
        return create_public(Station(settings, station.database, station.clock, station.notifier))

    path = f"/siaran/{record[0]}"
    asked(app(station.settings), path, "id")
    renamed = station.settings.model_copy(update={"station": "Radio Uji"})
    assert asked(app(renamed), path, "id") == fresh(path, "id", renamed)
    assert b"Radio Uji" in asked(app(renamed), path, "id")[1]
    count = len(files(station.settings))
    monkeypatch.setattr(short_path, "VERSION", "99.0")
    upgraded = app(station.settings)
    asked(upgraded, path, "id")
    assert len(files(station.settings)) == count + 1
    upgraded.extensions[ROUNDS][0].act()
    assert len(files(station.settings)) == 1


# ---- Nothing stays of what may not be shown


def test_a_page_on_one_host_goes_with_a_change_on_another(
    station: Station, record: list[str], tmp_path: Path, now: datetime
) -> None:
    hosts = []
    for name in ("a", "b"):
        own = station.settings.model_copy(update={"data": tmp_path / name})
        hosts.append(create_public(Station(own, station.database, station.clock, station.notifier)))
    path = f"/siaran/{record[0]}"
    for host in hosts:
        assert b"Lampu" in asked(host, path, "id")[1]
    with station.database.writing() as tx:
        take_down(tx, record, now)
    for host in hosts:
        status, body = asked(host, path, "id")
        assert (status, b"Lampu" in body) == (410, False)


@pytest.mark.slow
@pytest.mark.both_databases
def test_of_a_caller_who_becomes_protected_no_byte_is_left_in_any_page_or_file(
    public: Flask, database: Database, settings: Settings, now: datetime, clock: ManualClock
) -> None:
    runner = Runner(database, settings, clock, kinds())
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        shows.tell_start(show.programme, show.broadcast.on_air_at)
        archive.seal(tx, settings, show.broadcast, by=BY, at=now)
        public_id, caller = show.broadcast.public_id, show.caller.id
    runner.run_all()
    with database.writing() as tx:
        one = tx.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
        services.publish(tx, settings, one, by=BY, at=now)
    runner.run_all()
    said = b"Lampu jalan"
    paths = [*addresses([public_id])[:6], "/?cari=lampu", "/umpan.rss", "/"]
    shown = [asked(public, path, language)[1] for path in paths for language in LANGUAGES]
    assert said in shown[0] and said in b"".join(shown[12:])
    kept = files(settings)
    assert len(kept) >= len(paths)
    assert not any(said in path.read_bytes() for path in kept)
    with database.writing() as tx:
        calls.protect(tx, tx.get_one(Call, caller), Protected.VICTIM, by="penyaring", at=now)
    # No job has run and no sweep: the pages are without it all the same, and the files open with no key there is.
    for path in paths:
        for language in LANGUAGES:
            assert said not in asked(public, path, language)[1].replace(b'value="lampu', b""), path
    public.extensions[ROUNDS][0].act()
    assert not set(kept) & set(files(settings))


def test_a_page_whose_edition_changed_while_it_was_made_is_not_kept(
    public: Flask, database: Database, settings: Settings, record: list[str], now: datetime
) -> None:
    changed: list[bool] = []

    @public.after_request
    def change(response: object) -> object:
        if not changed:
            changed.append(True)
            with database.writing() as tx:
                take_down(tx, record, now)
        return response

    asked(public, f"/siaran/{record[0]}", "id")
    assert files(settings) == []
    assert asked(public, f"/siaran/{record[0]}", "id")[0] == 410


# ---- Files


def test_a_damaged_file_is_made_anew(public: Flask, settings: Settings, record: list[str]) -> None:
    path = f"/siaran/{record[0]}"
    before = asked(public, path, "id")
    [kept] = files(settings)
    whole = kept.read_bytes()
    for damaged in (b"", whole[:5], whole[:-1], whole[:40] + bytes([whole[40] ^ 1]) + whole[41:]):
        kept.write_bytes(damaged)
        assert asked(public, path, "id") == before
        assert len(kept.read_bytes()) == len(whole)


def test_a_full_disk_keeps_nothing_and_shows_everything(
    public: Flask, settings: Settings, record: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    for path in addresses(record):
        assert asked(public, path, "id") == asked(public, path, "id")
        assert asked(public, path, "id")[0] == 200
    assert files(settings) == []


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    folder = PrintFolder(tmp_path, "uji")
    places = [Place("", "tanda", f"/?cari={number}") for number in range(5)]
    for age, place in enumerate(places):
        folder.keep(place, printed("200 OK", [], b"x"))
        newest = max(tmp_path.rglob("*-*"), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (age, age))
    size = sum(path.stat().st_size for path in tmp_path.rglob("*-*"))
    folder.sweep({"": "tanda"}, most=size // 5 * 4)
    assert [folder.find(place) is not None for place in places] == [False, False, False, True, True]
    folder.sweep({"": "lain"})
    assert not list(tmp_path.rglob("*-*"))


def test_searches_without_end_push_out_no_published_broadcast(tmp_path: Path) -> None:
    folder = PrintFolder(tmp_path, "uji")
    show = Place("siaran-1", "tanda", "/siaran/siaran-1")
    folder.keep(show, printed("200 OK", [], b"x"))
    for path in tmp_path.rglob("*-*"):
        if path.is_file():
            os.utime(path, (1, 1))
    searches = [Place("", "tanda", f"/?cari=kata{number}") for number in range(10)]
    for place in searches:
        folder.keep(place, printed("200 OK", [], b"x"))
    size = sum(path.stat().st_size for path in tmp_path.rglob("*-*") if path.is_file())
    folder.sweep({"": "tanda", "siaran-1": "tanda"}, most=size // 2)
    assert folder.find(show) is not None
    assert sum(folder.find(place) is not None for place in searches) == 2


def test_what_was_published_is_rendered_without_being_asked_for(
    public: Flask, database: Database, settings: Settings, record: list[str], now: datetime
) -> None:
    [prints] = public.extensions[ROUNDS]
    prints.act()
    assert files(settings) == []
    with database.writing() as tx:
        correct(tx, record, now)
    prints.act()
    folders = [path.parent.name for path in files(settings)]
    assert sorted(folders) == sorted([record[0], record[0], "_", "_"])
    with counted(database) as sent:
        assert b"Jam tayang keliru." in asked(public, f"/siaran/{record[0]}", "en")[1]
    assert sent == []


# ---- HTTP


@pytest.fixture
def page(public: Flask, record: list[str]) -> Iterator[tuple[FlaskClient, str]]:
    yield public.test_client(), f"/siaran/{record[0]}"


def test_who_holds_a_page_gets_no_bytes_and_the_same_headers(page: tuple[FlaskClient, str]) -> None:
    client, path = page
    for coding in ("identity", "gzip"):
        whole = client.get(path, headers={"Accept-Encoding": coding})
        assert whole.headers["Cache-Control"] == "no-cache"
        assert whole.headers["Vary"] == "Accept-Encoding, Cookie"
        assert "default-src 'none'" in whole.headers["Content-Security-Policy"]
        assert whole.headers["X-Content-Type-Options"] == "nosniff"
        for held in (whole.headers["ETag"], f'W/{whole.headers["ETag"]}, "x"', "*"):
            again = client.get(path, headers={"Accept-Encoding": coding, "If-None-Match": held})
            assert (again.status_code, again.data) == (304, b"")
            assert again.headers["ETag"] == whole.headers["ETag"]
            assert again.headers["Content-Security-Policy"] == whole.headers["Content-Security-Policy"]
        assert client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200


def test_a_page_is_packed_for_who_takes_it(page: tuple[FlaskClient, str]) -> None:
    client, path = page
    plain = client.get(path)
    assert "Content-Encoding" not in plain.headers
    packed = client.get(path, headers={"Accept-Encoding": "br;q=1.0, gzip;q=0.8, *;q=0.1"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip;q=0, br"}).headers


def test_head_tells_of_a_page_without_its_bytes(page: tuple[FlaskClient, str]) -> None:
    client, path = page
    for coding in ("identity", "gzip"):
        head = client.head(path, headers={"Accept-Encoding": coding})
        whole = client.get(path, headers={"Accept-Encoding": coding})
        assert (head.status_code, head.data) == (200, b"")
        assert dict(head.headers) == dict(whole.headers)


def test_a_page_is_in_the_language_that_was_chosen(public: Flask, record: list[str]) -> None:
    path = f"/siaran/{record[0]}"
    client = public.test_client()
    assert b'<html lang="id">' in client.get(path).data
    client.get("/bahasa/en")
    assert b'<html lang="en">' in client.get(path).data
    assert b'<html lang="id">' in public.test_client().get(path).data


@pytest.mark.parametrize("query", ["x=1", "cari=a&cari=b", "cari=" + "a" * 500])
def test_addresses_without_number_are_answered_and_not_kept(
    public: Flask, settings: Settings, record: list[str], query: str
) -> None:
    assert asked(public, f"/?{query}", "id")[0] == 200
    assert asked(public, f"/siaran/{record[0]}?{query}", "id")[0] == 200
    assert files(settings) == []


def test_what_is_not_public_is_not_kept(public: Flask, settings: Settings, record: list[str]) -> None:
    for path in ("/siaran/tidak-ada", f"/siaran/{record[0]}/bagian/9", f"/siaran/{record[0]}/bagian/9.vtt"):
        assert asked(public, path, "id")[0] == 404
    assert files(settings) == []
