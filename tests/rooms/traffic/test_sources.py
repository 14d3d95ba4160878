"""Sources as the desk runs them: fetched or found in a folder, read, placed, and told of on the health page."""

import http.server
import os
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from html import unescape
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.road import watched_folders
from radiodesk.road.fetch_state import FetchState
from radiodesk.road.posts import Posts
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.programme import made_scripts
from radiodesk.rooms.traffic import correction_views, folder_watch, queries, services, sources, views
from radiodesk.rooms.traffic.jobs import KINDS
from radiodesk.rooms.traffic.models import RoadReport, Source, Warned

FILES = Path(__file__).parents[2] / "road" / "feed_files"
CAPTURES = Path(__file__).parents[4] / "shared" / "data" / "feeds"
DOCS = Path(__file__).parents[3] / "docs" / "feeds.md"
BAD = sorted((FILES / "bad").iterdir())


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Say nothing: the test speaks."""


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address under which a server on this machine publishes it."""
    folder = tmp_path / "published"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=partial(server.serve_forever, 0.02), daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, KINDS)


@pytest.fixture
def fetched(
    publisher: tuple[Path, str], database: Database, clock: ManualClock, runner: Runner
) -> Callable[[Path], Source]:
    """Publishes a document, adds it as a source, lets the worker fetch it, and gives the source."""
    folder, address = publisher

    def fetch(path: Path) -> Source:
        (folder / path.name).write_bytes(path.read_bytes())
        with database.writing() as session:
            url = f"{address}/{path.name}"
            sources.add(session, path.name, url, 10, by="petugas", at=clock.now(), own_network=True)
        assert runner.run_all() == 1
        with database.reading() as session:
            found = session.scalars(select(Source).where(Source.name == path.name)).one()
            session.expunge(found)
        return found

    return fetch


def table_of_bad_feeds() -> dict[str, str]:
    """The table in docs/feeds.md: file name and the sentence that the desk shows."""
    lines = DOCS.read_text(encoding="utf-8").split("## Sentences for broken documents")[1].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {name.strip("`"): sentence for name, sentence in cells}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_every_broken_feed_is_told_of_on_the_health_page_by_the_sentence_in_the_docs(
    path: Path, fetched: Callable[[Path], Source], sign_in: Callable[..., FlaskClient]
) -> None:
    source = fetched(path)
    assert source.problem == table_of_bad_feeds()[path.name]
    assert source.last_success_at is None
    page = unescape(sign_in(Role.OFFICER).get("/lalin/sumber").text)
    assert source.problem in page
    assert "Gagal" in page


@pytest.mark.slow
@pytest.mark.skipif(not CAPTURES.is_dir(), reason="the real captures in ../shared/data/feeds are not here")
def test_every_real_capture_goes_through_the_desk(
    fetched: Callable[[Path], Source], sign_in: Callable[..., FlaskClient], database: Database, runner: Runner
) -> None:
    paths = sorted(path for path in CAPTURES.rglob("*") if path.is_file())
    assert len(paths) > 50
    found = {path.name: fetched(path) for path in paths}
    refused = {name: source.problem for name, source in found.items() if source.problem}
    assert refused == {"xml_parser_simple_3.xml": table_of_bad_feeds()["xml_parser_simple_3.xml"]}
    for name, source in found.items():
        assert (source.last_success_at is None) == (name in refused)
        assert source.last_kept <= source.last_items
        assert source.last_items or source.notes or source.problem, name
    page = unescape(sign_in(Role.OFFICER).get("/lalin/sumber").text)
    for source in found.values():
        assert source.name in page
        assert all(note in page for note in source.notes)
    with database.reading() as session:
        # Captures of other countries and years say nothing of this district's roads now.
        assert session.scalars(select(RoadReport)).all() == []
        assert session.scalars(select(Warned)).all()


@pytest.mark.skipif(not CAPTURES.is_dir(), reason="the real captures in ../shared/data/feeds are not here")
def test_every_real_capture_that_breaks_off_is_refused_or_read_in_the_folder(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner
) -> None:
    folder = watched(database, settings, clock)
    paths = sorted(path for path in CAPTURES.rglob("*") if path.is_file())
    for path in paths:
        put(folder / f"{path.stem}{path.suffix}", path.read_bytes()[: path.stat().st_size // 2], clock)
    runner.run_all()
    left = {path.name for path in (folder / watched_folders.REFUSED).iterdir()}
    assert len(left) >= len({path.name for path in paths}) - 1
    with database.reading() as session:
        source = session.scalars(select(Source)).one()
        assert source.problem
        assert source.problem.count("putus") >= 15


def watched(database: Database, settings: Settings, clock: ManualClock) -> Path:
    with database.writing() as session:
        source = sources.add(
            session, "Kotak Masuk", watched_folders.folder_address("Kotak Masuk"), 1, by="petugas", at=clock.now()
        )
        return watched_folders.folder_of(settings, source.url)


def put(path: Path, data: bytes, clock: ManualClock, age: float = 60) -> None:
    path.write_bytes(data)
    moment = clock.now().timestamp() - age
    os.utime(path, (moment, moment))


def test_a_file_in_the_watched_folder_becomes_reports_and_moves_aside(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner
) -> None:
    folder = watched(database, settings, clock)
    runner.run_all()
    posts = (
        "18.20 Simpang Kapas arah Babat macet\nselamat malam min\n18.25 pohon tumbang di Pasar Dander, jalan ditutup"
    )
    put(folder / "grup-satlantas.txt", posts.encode(), clock)
    put(folder / "peringatan.xml", (FILES / "good" / "cap_bmkg.xml").read_bytes(), clock)
    put(folder / "rusak.json", b'{"a": [1, 2', clock)
    put(folder / "masih-ditulis.txt", b"18.20 Simpang", clock, age=1)
    put(folder / "masih-diunduh.part", b"18.20 Simpang", clock)
    put(folder / "gambar.txt", b"\x89PNG\0\0\0", clock)
    clock.advance(timedelta(minutes=1, seconds=1))
    os.utime(folder / "masih-ditulis.txt", (clock.now().timestamp() - 1,) * 2)
    with database.writing() as session:
        assert sources.schedule(session, clock.now()) == 1
    runner.run_all()
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [
        "masih-ditulis.txt",
        "masih-diunduh.part",
    ]
    assert sorted(path.name for path in (folder / watched_folders.READ).iterdir()) == [
        "grup-satlantas.txt",
        "peringatan.xml",
    ]
    assert sorted(path.name for path in (folder / watched_folders.REFUSED).iterdir()) == ["gambar.txt", "rusak.json"]
    with database.reading() as session:
        source = session.scalars(select(Source)).one()
        assert (source.last_items, source.last_kept) == (4, 3)
        assert source.problem
        assert "rusak.json" in source.problem
        assert "gambar.txt" in source.problem
        assert source.notes == ["1 teks tidak memberi kabar jalan saat ini."]
        assert {report.source for report in session.scalars(select(RoadReport))} == {"grup-satlantas"}
        assert len(queries.live_conditions(session, clock.now())) == 2
        assert len(session.scalars(select(Warned)).all()) == 1


def test_a_whole_chat_that_was_exported_is_read_in_one_go(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner
) -> None:
    folder = watched(database, settings, clock)
    chat = "selamat malam semuanya, salam dari kami di pos\n" * 2000
    put(folder / "grup.txt", f"{chat}18.20 Simpang Kapas arah Babat macet\n".encode(), clock)
    put(folder / "lain.txt", b"selamat malam min\n18.25 pohon tumbang di Pasar Dander, jalan ditutup", clock)
    runner.run_all()
    with database.reading() as session:
        assert len(queries.live_conditions(session, clock.now())) == 2
        assert session.scalars(select(Source)).one().notes == ["2001 teks tidak memberi kabar jalan saat ini."]


def test_a_folder_never_lies_outside_the_inbox(settings: Settings) -> None:
    inbox = (settings.data / "inbox").resolve()
    for name in ("../../etc", "/etc", "a/../../b", "Grup WA: Satlantas!", "…"):
        assert watched_folders.folder_of(settings, watched_folders.folder_address(name)).resolve().parent == inbox
    assert watched_folders.folder_of(settings, "folder:../../x").resolve().parent == inbox


def look_again(database: Database, clock: ManualClock, runner: Runner) -> None:
    """Ten minutes later the source is due again."""
    clock.advance(timedelta(minutes=11))
    with database.writing() as session:
        assert sources.schedule(session, clock.now()) == 1
    runner.run_all()


NEWS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Kabar</title>
<item><guid>1</guid><title>Truk terguling di Simpang Kapas, arus ke Babat macet</title>
<pubDate>Tue, 24 Nov 2026 18:20:00 +0700</pubDate></item>
<item><guid>2</guid><title>Arus di Simpang Lima Semarang macet</title>
<pubDate>Tue, 24 Nov 2026 18:20:00 +0700</pubDate></item>
<item><guid>3</guid><title>Bupati resmikan taman kota</title>
<pubDate>Tue, 24 Nov 2026 18:20:00 +0700</pubDate></item>
<item><guid>4</guid><title>Kecelakaan di Pasar Dander, arus macet</title>
<pubDate>Tue, 10 Nov 2026 18:20:00 +0700</pubDate></item></channel></rss>"""


def test_news_is_read_like_a_post_and_only_what_is_here_and_now_is_kept(
    publisher: tuple[Path, str],
    tmp_path: Path,
    fetched: Callable[[Path], Source],
    database: Database,
    clock: ManualClock,
    runner: Runner,
) -> None:
    (tmp_path / "kabar.xml").write_text(NEWS, encoding="utf-8")
    source = fetched(tmp_path / "kabar.xml")
    assert (source.last_items, source.last_kept) == (4, 1)
    assert source.notes == [
        "1 laporan berada di luar wilayah siaran.",
        "1 laporan sudah terlalu lama.",
        "1 teks tidak memberi kabar jalan saat ini.",
    ]
    with database.reading() as session:
        (condition,) = queries.live_conditions(session, clock.now())
        assert "junction:simpang-kapas" in condition.place_ids
        assert condition.flow == "macet"
    look_again(database, clock, runner)
    with database.reading() as session:
        assert len(session.scalars(select(RoadReport)).all()) == 1, "the same document again says nothing new"
        assert session.scalars(select(Source)).one().last_success_at == clock.now()


def test_what_was_good_stays_when_the_next_fetch_fails(
    publisher: tuple[Path, str],
    tmp_path: Path,
    fetched: Callable[[Path], Source],
    database: Database,
    clock: ManualClock,
    runner: Runner,
) -> None:
    (tmp_path / "kabar.xml").write_text(NEWS, encoding="utf-8")
    good = fetched(tmp_path / "kabar.xml")
    (publisher[0] / "kabar.xml").unlink()
    look_again(database, clock, runner)
    with database.reading() as session:
        source = session.scalars(select(Source)).one()
        assert source.last_success_at == good.last_success_at
        assert source.problem == "127.0.0.1 tidak lagi punya data daring di alamat ini (404)."
        assert source.next_at is not None
        assert source.next_at - clock.now() == timedelta(minutes=20), "a failure doubles the pause"
        assert queries.live_conditions(session, clock.now())


def test_the_warnings_that_a_feed_announces_are_fetched_with_the_area_they_draw(
    publisher: tuple[Path, str],
    fetched: Callable[[Path], Source],
    database: Database,
    tmp_path: Path,
    clock: ManualClock,
) -> None:
    folder, address = publisher
    full = (FILES / "good" / "cap_bmkg.xml").read_bytes()
    (folder / "alert.xml").write_bytes(full)
    announced = (FILES / "good" / "rss_nowcast.xml").read_text(encoding="utf-8")
    link = "https://www.bmkg.go.id/alerts/nowcast/id/CJI20261124001_alert.xml"
    assert link in announced
    (tmp_path / "nowcast.xml").write_text(announced.replace(link, f"{address}/alert.xml"), encoding="utf-8")
    source = fetched(tmp_path / "nowcast.xml")
    assert source.problem is None
    with database.reading() as session:
        (alert,) = queries.live_warnings(session, clock.now() - timedelta(hours=4))
        assert alert.polygons
        assert queries.warnings_in_full(session, [alert.identifier]) == {alert.identifier}


def test_a_private_address_is_refused_unless_an_administrator_allowed_it(
    publisher: tuple[Path, str],
    database: Database,
    clock: ManualClock,
    runner: Runner,
    sign_in: Callable[..., FlaskClient],
) -> None:
    folder, address = publisher
    (folder / "kabar.xml").write_text(NEWS, encoding="utf-8")
    data = {"name": "Dalam", "url": f"{address}/kabar.xml", "minutes": "10", "own_network": "yes"}
    assert sign_in(Role.OFFICER).post("/lalin/sumber", data=data).status_code == 303
    runner.run_all()
    with database.reading() as session:
        source = session.scalars(select(Source)).one()
        assert not source.own_network
        assert source.problem
    chief = sign_in(Role.ADMINISTRATOR, username="kepala")
    assert chief.post("/lalin/sumber", data={**data, "name": "Dalam dua"}).status_code == 303
    runner.run_all()
    with database.reading() as session:
        assert session.scalars(select(Source).where(Source.name == "Dalam dua")).one().problem is None


def test_a_folder_is_added_and_shown_with_its_place(sign_in: Callable[..., FlaskClient], settings: Settings) -> None:
    officer = sign_in(Role.OFFICER)
    data = {"kind": "folder", "name": "Grup WA", "minutes": "1"}
    assert officer.post("/lalin/sumber", data=data).status_code == 303
    page = officer.get("/lalin/sumber").text
    assert str(settings.data / "inbox" / "grup-wa") in page
    assert officer.post("/lalin/sumber", data=data).status_code == 409
    for address in ("ftp://x.example/a", "https://", "http://[", "javascript:alert(1)"):
        refused = officer.post("/lalin/sumber", data={"name": address, "url": address, "minutes": "10"})
        assert refused.status_code == 422


def kept(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(report.text for report in session.scalars(select(RoadReport)))


def test_a_file_stays_until_what_it_holds_is_kept(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = watched(database, settings, clock)
    put(folder / "a.txt", b"18.20 Simpang Kapas arah Babat macet", clock)
    put(folder / "b.txt", b"18.25 Pasar Dander macet", clock)
    keep = services.keep_posts

    def broken(session: Session, posts: Posts, *, by: str, at: datetime) -> services.Taken:
        taken = keep(session, posts, by=by, at=at)
        if "Kapas" in posts.reports[0].text:
            raise ValueError("something that nobody thought of")
        return taken

    monkeypatch.setattr(services, "keep_posts", broken)
    runner.run_all()
    assert [path.name for path in folder.iterdir() if path.is_file()] == ["a.txt"]
    assert kept(database) == ["18.25 Pasar Dander macet"]
    with database.reading() as session:
        assert "a.txt" in (session.scalars(select(Source)).one().problem or "")
    monkeypatch.setattr(services, "keep_posts", keep)
    look_again(database, clock, runner)
    assert [path.name for path in folder.iterdir() if path.is_file()] == []
    assert len(kept(database)) == 2


def test_a_crash_between_keeping_and_moving_doubles_nothing(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = watched(database, settings, clock)
    put(folder / "a.txt", b"Simpang Kapas arah Babat macet", clock)
    put(folder / "b.rss", NEWS.replace("<guid>1</guid>", "").encode(), clock)

    def killed(path: Path, place: str) -> None:
        raise SystemExit(9)

    monkeypatch.setattr(folder_watch, "put_away", killed)
    for _ in range(2):  # killed after the first file, then after the second
        with pytest.raises(SystemExit):
            runner.run_all()
        clock.advance(timedelta(minutes=11))
        with database.writing() as session:
            sources.schedule(session, clock.now())
    monkeypatch.undo()
    before = kept(database)
    assert before
    runner.run_all()
    assert [path.name for path in folder.iterdir() if path.is_file()] == []
    after = kept(database)
    assert len(after) == len(set(after)) == 2
    put(folder / "a.txt", b"Simpang Kapas arah Babat macet", clock)  # the same words, put there anew
    look_again(database, clock, runner)
    assert len(kept(database)) == 3
    with database.reading() as session:
        assert session.scalars(select(Source)).one().state["taken"] == []


def test_a_file_that_a_reader_trips_over_is_put_where_it_is_seen(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = watched(database, settings, clock)
    put(folder / "aneh.xml", b"<rss/>", clock)
    put(folder / "baik.txt", b"18.25 Pasar Dander macet", clock)

    def trips(path: Path, *, now: datetime) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(watched_folders, "read_feed_file", trips)
    runner.run_all()
    assert [path.name for path in (folder / watched_folders.REFUSED).iterdir()] == ["aneh.xml"]
    assert [path.name for path in (folder / watched_folders.READ).iterdir()] == ["baik.txt"]
    with database.reading() as session:
        assert "aneh.xml" in (session.scalars(select(Source)).one().problem or "")


def test_refused_files_of_one_name_are_all_kept(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner
) -> None:
    folder = watched(database, settings, clock)
    for document in (b"<rss", b"<rss><"):
        put(folder / "umpan.xml", document, clock)
        look_again(database, clock, runner)
    refused = {path.name: path.read_bytes() for path in (folder / watched_folders.REFUSED).iterdir()}
    assert refused == {"umpan.xml": b"<rss", "umpan (2).xml": b"<rss><"}


@pytest.mark.parametrize("name", ["a.txt", "a.xml"])
def test_what_cannot_be_opened_stays_where_it_lies(
    database: Database,
    settings: Settings,
    clock: ManualClock,
    runner: Runner,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    folder = watched(database, settings, clock)
    put(folder / name, b"18.20 Simpang Kapas arah Babat macet", clock)

    def denied(*_args: object, **_facts: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as closed:
        closed.setattr(Path, "open", denied)
        runner.run_all()
    assert (folder / name).exists()
    assert not (folder / watched_folders.REFUSED).exists()
    with database.reading() as session:
        assert name in (session.scalars(select(Source)).one().problem or "")


def test_files_that_cannot_be_moved_hide_no_others_and_are_not_kept_twice(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_watch, "MOST", 2)
    monkeypatch.setattr(folder_watch, "put_away", lambda _path, _place: None)
    folder = watched(database, settings, clock)
    for number in range(5):
        put(folder / f"{number}.txt", f"18.2{number} Simpang Kapas arah Babat macet".encode(), clock)
    runner.run_all()
    for kept_now in (4, 5, 5):
        look_again(database, clock, runner)
        assert len(kept(database)) == kept_now


def test_nothing_is_read_while_others_wait_to_write(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, monkeypatch: pytest.MonkeyPatch,
    sign_in: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    """Whoever reads posts, feeds or a bulletin can be overtaken by a writer."""
    seen: list[str] = []

    def free(name: str) -> None:
        with database.writing() as session:  # would wait and fail, if the one who reads held the lock
            session.execute(update(Source).values(minutes=1))
        seen.append(name)

    def spied(module: ModuleType, name: str) -> None:
        real = getattr(module, name)

        def spy(*args: Any, **kwargs: Any) -> Any:
            free(f"{module.__name__.rpartition('.')[2]}.{name}")
            return real(*args, **kwargs)

        monkeypatch.setattr(module, name, spy)

    folder = watched(database, settings, clock)
    for module, name in (
        (folder_watch, "sort_posts"), (folder_watch, "place"), (correction_views, "sort_posts"),
        (services, "parse_lapsit"),
        (views, "heard_words"), (made_scripts, "compose"), (made_scripts, "parse_lapsit"),
    ):  # fmt: skip
        spied(module, name)
    put(folder / "a.txt", b"18.20 Simpang Kapas arah Babat macet", clock)
    put(folder / "b.rss", NEWS.encode(), clock)
    runner.run_all()
    client = sign_in(Role.OFFICER, Role.PRODUCER)
    assert client.post("/lalin/tempel", data={"text": "18.20 Simpang Kapas macet"}).status_code == 200
    assert (
        client.post("/lalin/lapsit", data={"text": "LAPSIT 24 November 2026\n1. LAKA LANTAS: NIHIL"}).status_code == 303
    )
    assert client.post("/naskah/buletin", data={"seconds": "60"}).status_code == 303
    with database.reading() as session:
        lapsit = queries.situation_reports(session, page=1).rows[0].public_id
    assert client.post("/naskah/lapsit", data={"lapsit": lapsit}).status_code == 303
    assert {
        "folder_watch.sort_posts",
        "folder_watch.place",
        "correction_views.sort_posts",
        "services.parse_lapsit",
    } <= set(seen)
    assert {"made_scripts.compose", "made_scripts.parse_lapsit"} <= set(seen)


@pytest.mark.only_sqlite("PostgreSQL keeps no such number and no such JSON")
def test_one_bad_source_stops_no_other(database: Database, clock: ManualClock, runner: Runner) -> None:
    with database.writing() as session:
        for number in range(3):
            sources.add(session, f"S{number}", f"http://127.0.0.1:1/{number}", 10, by="petugas", at=clock.now())
    runner.run_all()
    clock.advance(timedelta(hours=7))
    with database.writing() as session:
        session.execute(text("UPDATE traffic_source SET minutes = 99999999999999 WHERE name = 'S1'"))
        session.execute(text("UPDATE traffic_source SET state = '{broken' WHERE name = 'S2'"))
    with database.writing() as session:
        assert sources.schedule(session, clock.now()) == 1


def test_a_state_that_cannot_be_read_is_forgotten() -> None:
    for broken in ({"last_good": "%%"}, {"last_good": "AAAA"}, {"next_at": "besok"}, {"next_at": 5}):
        assert FetchState.from_json({"url": "http://a", **broken}, url="http://a") == FetchState("http://a")


def test_a_failure_that_nobody_expected_is_told_of_on_the_health_page(
    database: Database, clock: ManualClock, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trips(*_args: object, **_facts: object) -> None:
        raise ZeroDivisionError

    with database.writing() as session:
        sources.add(session, "S", "http://127.0.0.1:1/", 10, by="petugas", at=clock.now())
    monkeypatch.setattr("radiodesk.road.fetcher.refresh", trips)
    runner.run_all()
    with database.reading() as session:
        problem = session.scalars(select(Source)).one().problem or ""
    assert problem == "Sumber ini gagal diperiksa karena sebab yang tidak terduga; akan dicoba lagi."
