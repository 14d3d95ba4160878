"""The public record as a listener meets it, and what nobody can reach through it."""

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database, open_database
from radiodesk.core.ids import public_id as new_id
from radiodesk.core.jobs import Runner
from radiodesk.core.keys import load_keys
from radiodesk.core.settings import Settings
from radiodesk.core.text import clean
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.archive.ledger import parse
from radiodesk.rooms.archive.models import Package
from radiodesk.rooms.broadcasts.models import Broadcast, RundownItem
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.programme.models import Script
from radiodesk.rooms.record import services
from radiodesk.rooms.record.models import Piece, Publication, PublishedBroadcast, PublishedPiece, Span
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import shows
from tests.factories import tickets as ticket_factory

pytestmark = pytest.mark.slow  # a show is sealed, cut and encoded for real

BY = "arsiparis"
START = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
PRIVATE = ("081234567890", "81234567890", "Karsinem", "081298765432", "081211112222", "rahasiakan", "Kata kasar")


@pytest.fixture
def browser(public: Flask) -> FlaskClient:
    return public.test_client()


@pytest.fixture(scope="module")
def published_data(template_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder in which a show with one open complaint is published, made once, and the show's public id."""
    folder = tmp_path_factory.mktemp("published") / "data"
    shutil.copytree(template_data, folder)
    settings = Settings(data=folder, screens=4, lease_seconds=5)
    database = open_database(settings.database, load_keys(folder / "keys.json"))
    clock = ManualClock(START)
    with database.writing() as tx:
        show = shows.ended(tx, settings, START)
        ticket_factory.opened(tx, settings, START, call=show.caller)
        archive.seal(tx, settings, show.broadcast, by=BY, at=START)
        public_id = show.broadcast.public_id
    runner = Runner(database, settings, clock, kinds())
    runner.run_all()
    with database.writing() as tx:
        services.publish(tx, settings, row(tx, public_id), by=BY, at=START)
    runner.run_all()
    database.engine.dispose()
    return folder, public_id


@pytest.fixture
def published(published_data: tuple[Path, str], settings: Settings, database: Database, now: datetime) -> str:
    """The published show in the station of this test; gives its public id."""
    assert now == START
    folder, public_id = published_data
    database.engine.dispose()
    shutil.copytree(folder, settings.data, dirs_exist_ok=True)
    return public_id


@pytest.fixture
def unpublished(database: Database, settings: Settings, now: datetime, clock: ManualClock) -> str:
    """A show that is sealed and laid out, but not published."""
    with database.writing() as tx:
        # The schedule tells the programme's name; that of the edition is public when it is published.
        show = shows.ended(tx, settings, now + timedelta(hours=2), title="Halo Lain")
        show.broadcast.title = "Siaran Rahasia"
        archive.seal(tx, settings, show.broadcast, by=BY, at=now)
        public_id = show.broadcast.public_id
    Runner(database, settings, clock, kinds()).run_all()
    with database.writing() as tx:
        services.prepare(tx, settings, row(tx, public_id), by=BY, at=now)
    return public_id


def row(session: Session, public_id: str) -> Broadcast:
    return session.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()


def text(browser: FlaskClient, path: str) -> str:
    with browser.get(path) as answer:
        assert answer.status_code == 200, path
        return answer.get_data(as_text=True)


def links(page: str) -> set[str]:
    found = {one.replace("&amp;", "&") for one in re.findall(r'(?:href|src)="([^"]+)"', page)}
    return {one for one in found if not one.startswith("tel:")}


def walk(browser: FlaskClient, start: str = "/") -> Iterator[tuple[str, bytes]]:
    """Every page and file that can be reached from the first page by following links."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        with browser.get(path) as answer:
            assert answer.status_code in (200, 303), f"{path}: {answer.status_code}"
            body = answer.get_data()
            yield path, body
            if answer.mimetype == "text/html" and answer.status_code == 200:
                for one in links(body.decode()):
                    assert not urlsplit(one).netloc, f"{path} loads or names something outside: {one}"
                    target = urlsplit(one)
                    if target.path and not target.path.startswith(("/static/", "/bahasa/")):
                        waiting.append(target.path + (f"?{target.query}" if target.query else ""))


# ---- Nothing unpublished can be reached


def test_every_address_of_the_desk_leads_nowhere_on_the_public_site(
    desk: Flask, public: Flask, browser: FlaskClient, unpublished: str
) -> None:
    """Every rule of the desk, filled with the id of a real but unpublished broadcast."""
    shared = {"/", "/health", "/ready", "/metrics", "/static/<digest>/<path:filename>"}
    public_posts = {rule.rule for rule in public.url_map.iter_rules() if "POST" in (rule.methods or set())}
    tried = 0
    for rule in desk.url_map.iter_rules():
        if rule.rule in shared:
            continue
        path = re.sub(r"<[^>]+>", unpublished, rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.rule == "/pengaduan" or rule.rule in public_posts:
                continue  # the tracking form, which is the public site's own
            with browser.open(path, method=method) as answer:
                assert answer.status_code in (404, 405), f"{method} {path}: {answer.status_code}"
                assert "Siaran Rahasia" not in answer.get_data(as_text=True)
            tried += 1
    assert tried > 60


def every_id(session: Session) -> dict[str, str]:
    """The public id of every row of every kind, by what it is."""
    tables = (Broadcast, Call, Recording, Transcript, Script, RundownItem, Package, Publication, Piece, Span)
    return {
        public_id: table.__name__ for table in tables for public_id in session.scalars(select(table.public_id)).all()
    }


def test_no_id_of_anything_unpublished_opens_anything(
    public: Flask, browser: FlaskClient, database: Database, published: str, unpublished: str
) -> None:
    with database.reading() as session:
        ids = every_id(session)
    assert len(set(ids.values())) == 10
    rules = [rule.rule for rule in public.url_map.iter_rules() if "<public_id>" in rule.rule]
    assert len(rules) >= 7
    for public_id in [one for one in ids if one != published] + [new_id(datetime.now().astimezone())]:
        for rule in rules:
            path = rule.replace("<public_id>", public_id).replace("<int:position>", "1")
            with browser.get(path) as answer:
                assert answer.status_code == 404, f"{ids.get(public_id)}: {path}"


def test_what_is_reachable_holds_nothing_private_and_nothing_unpublished(
    browser: FlaskClient, database: Database, settings: Settings, published: str, unpublished: str
) -> None:
    with database.reading() as session:
        hidden = [one for one, kind in every_id(session).items() if kind not in ("Script", "Package")]
        hidden.remove(published)
        keys = [one.key for one in session.scalars(select(Recording))]
        digests = [one.sha256 for one in session.scalars(select(Recording))]
        unpublished_package = session.scalars(select(Package).where(Package.broadcast.has(public_id=unpublished))).one()
        hidden += [unpublished_package.public_id, *keys, *digests, "Siaran Rahasia", str(settings.data)]
    pages = dict(walk(browser))
    assert len(pages) > 15
    for path, body in pages.items():
        for private in (*PRIVATE, *hidden):
            assert private.encode() not in body, f"{private} in {path}"


@pytest.mark.parametrize(
    "path",
    [
        "/siaran/../../keys.json",
        "/siaran/%2e%2e/suara/1.mp3",
        "/siaran/x/suara/..%2f..%2fradiodesk.sqlite",
        "/static/x/../../../keys.json",
        "/static/x/..%2f..%2f..%2fpyproject.toml",
        "/static/js/desk.js",
        "/data/../keys.json",
        "/public/",
        "/audio/",
        "/archive/ledger.jsonl",
        "/keys.json",
        "/radiodesk.sqlite",
    ],
)
def test_no_address_becomes_a_path(browser: FlaskClient, published: str, path: str) -> None:
    with browser.get(path) as answer:
        assert answer.status_code == 404


def test_a_key_that_points_outside_opens_nothing(browser: FlaskClient, database: Database, published: str) -> None:
    """Even a row that somebody tampered with cannot make the site open another file."""
    with database.writing() as tx:
        piece = tx.scalars(select(PublishedPiece).where(PublishedPiece.audio_key.is_not(None))).first()
        assert piece is not None
        piece.audio_key = "../keys.json"
        position = piece.position
    assert browser.get(f"/siaran/{published}/suara/{position}.mp3").status_code == 404


def test_a_withdrawn_broadcast_shows_its_reason_and_nothing_else(
    browser: FlaskClient, database: Database, now: datetime, published: str
) -> None:
    paths = [path for path, _ in walk(browser) if published in path and path != f"/siaran/{published}"]
    assert len(paths) > 6
    with database.writing() as tx:
        services.withdraw(tx, row(tx, published), "Nama korban tersebut di dalamnya.", by=BY, at=now)
    answer = browser.get(f"/siaran/{published}")
    assert answer.status_code == 410
    page = answer.get_data(as_text=True)
    assert "Nama korban tersebut di dalamnya." in page
    assert "Pagi Bersama Polisi" not in page.replace("Program Pagi Bersama Polisi", "")
    for path in paths:
        with browser.get(path) as gone:
            assert gone.status_code == 404, path
    assert "Sumberagung" not in text(browser, "/?cari=sumberagung")
    assert published not in text(browser, "/data/siaran.json") + text(browser, "/umpan.rss")


# ---- What a listener does there


def test_the_page_tells_the_whole_show(browser: FlaskClient, published: str, database: Database) -> None:
    page = text(browser, f"/siaran/{published}")
    with database.reading() as session:
        shown = session.scalars(select(PublishedBroadcast)).one()
        assert shown.ledger_line["manifest"] in page
        assert shown.tickets[0] in page
    for expected in (
        "Pagi Bersama Polisi",
        "Aipda Uji",
        "Imbauan hari ini: pakai helm",
        "[nomor telepon]",
        "Lampu jalan di Desa Sumberagung padam",
        "Apakah ini asli?",
        "sha256sum",
        "Yang disensor",
    ):
        assert expected in page, expected


def test_pages_are_light_and_need_no_script(browser: FlaskClient, published: str) -> None:
    for path in ("/", f"/siaran/{published}", "/data"):
        page = text(browser, path)
        weight = len(page.encode())
        for one in links(page):
            if one.startswith("/static/"):
                with browser.get(one) as loaded:
                    weight += len(loaded.get_data())
        assert weight < 100_000, f"{path}: {weight}"
        assert "<noscript" not in page and "onclick" not in page
        assert page.count("<script") <= 1


def test_a_long_show_stays_light_and_can_be_read_to_its_end(
    browser: FlaskClient, database: Database, published: str
) -> None:
    """Three hours of words in the programme and forty callers."""
    with database.writing() as tx:
        shown = tx.scalars(select(PublishedBroadcast)).one()
        sentence = "Di perempatan pasar arus lalu lintas padat merayap dari arah timur ke barat. "
        segments: list[dict[str, object]] = [
            {"start": n * 4.0, "end": n * 4.0 + 4, "speaker": None, "text": f"{n} {sentence}", "words": []}
            for n in range(2700)
        ]
        shown.pieces[0].segments = segments
        for number in range(40):
            shown.pieces.append(
                PublishedPiece(position=10 + number, kind="call", title="Uji", text=sentence, segments=segments[:20])
            )
        position = shown.pieces[0].position
    assert len(text(browser, f"/siaran/{published}").encode()) < 90_000
    path: str | None = f"/siaran/{published}/bagian/{position}"
    seen: list[str] = []
    while path:
        page = text(browser, path)
        assert len(page.encode()) < 90_000
        seen += re.findall(r"(\d+) Di perempatan", page)
        following = re.search(r'class="button"\s+href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else None
    assert seen == [str(n) for n in range(2700)]


def test_sound_is_sent_in_ranges(browser: FlaskClient, database: Database, published: str) -> None:
    with database.reading() as session:
        piece = session.scalars(select(PublishedPiece).where(PublishedPiece.audio_key.is_not(None))).first()
        assert piece is not None
    path = f"/siaran/{published}/suara/{piece.position}.mp3"
    with browser.get(path.replace(".mp3", ".opus"), headers={"Range": "bytes=0-3"}) as part:
        assert (part.status_code, part.mimetype, part.get_data()) == (206, "audio/ogg", b"OggS")
    with browser.get(path) as whole:
        body = whole.get_data()
        assert whole.mimetype == "audio/mpeg"
        assert (len(body), hashlib.sha256(body).hexdigest()) == (piece.audio_bytes, piece.audio_sha256)
        tag = whole.headers["ETag"]
    with browser.get(path, headers={"Range": "bytes=100-199"}) as part:
        assert part.status_code == 206
        assert part.get_data() == body[100:200]
        assert part.headers["Content-Range"] == f"bytes 100-199/{len(body)}"
    for odd in ("items=0-9", "bytes=x", "bytes=0-1,4-5"):
        with browser.get(path, headers={"Range": odd}) as all_of_it:
            assert (all_of_it.status_code, all_of_it.get_data()) == (200, body)
    for last in (len(body), len(body) + 1, 10**12):
        # Of a file that has fewer bytes the last so many are all there are (RFC 9110, section 14.1.2).
        with browser.get(path, headers={"Range": f"bytes=-{last}"}) as all_of_it:
            assert (all_of_it.status_code, all_of_it.get_data()) == (200, body)
    with browser.get(path, headers={"Range": "bytes=-7"}) as tail:
        assert (tail.status_code, tail.get_data()) == (206, body[-7:])
    with browser.get(path, headers={"Range": f"bytes={len(body)}-"}) as behind:
        assert behind.status_code == 416
    with browser.get(path, headers={"If-None-Match": tag}) as same:
        assert same.status_code == 304
    with browser.get(path, headers={"Range": f"bytes={len(body) + 5}-"}) as beyond:
        assert beyond.status_code == 416


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("sumberagung", True),
        ("lampu padam", True),
        ("lam", True),
        ("himbauan helm", True),
        ("imbauan", True),
        ("LAMPU", True),
        ("karsinem", False),
        ("081234567890", False),
        ("rahasiakan", False),
        ('"', False),
        ("lampu AND", False),
        ("title:lampu", False),
        ("* OR -", False),
        ("a" * 5000, False),
        ("%00lampu", True),
    ],
)
def test_search_finds_what_is_public_alone(browser: FlaskClient, published: str, words: str, found: bool) -> None:
    page = text(browser, f"/?cari={words}")
    assert (f"/siaran/{published}" in page) == found


def test_search_before_anything_is_published_finds_nothing(browser: FlaskClient) -> None:
    assert "Tidak ditemukan" in text(browser, "/?cari=lampu")
    assert "Belum ada siaran" in text(browser, "/")


def test_the_list_turns_its_pages_and_knows_days(browser: FlaskClient, database: Database, now: datetime) -> None:
    with database.writing() as tx:
        for number in range(45):
            at = now - timedelta(days=number)
            tx.add(
                PublishedBroadcast(
                    public_id=new_id(at),
                    revision=1,
                    programme="Uji",
                    title=f"Siaran {number:02}",
                    started_at=at,
                    seconds=60,
                    hosts=[],
                    published_at=at,
                    changed_at=at,
                    ledger_line={},
                )
            )
    shown = [re.findall(r"Siaran (\d\d)", text(browser, f"/?hal={page}")) for page in (1, 2, 3)]
    assert list(chain.from_iterable(shown)) == [f"{n:02}" for n in range(45)]
    assert re.findall(r"Siaran (\d\d)", text(browser, "/?tanggal=2026-11-20")) == ["04"]
    for odd in ("/?hal=0", "/?hal=x", "/?hal=99999999999999999999", "/?tanggal=31-12", "/?tanggal=9999-12-31"):
        assert browser.get(odd).status_code == 200, odd


def test_feeds_are_read_by_a_feed_reader(browser: FlaskClient, settings: Settings, published: str) -> None:
    for path in ("/umpan.rss", "/umpan.atom"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            feed = feedparser.parse(text(browser, path))
        assert not feed.bozo, feed.get("bozo_exception")
        [entry] = feed.entries
        assert entry.title == "Pagi Bersama Polisi"
        assert entry.link == f"{settings.public_address}/siaran/{published}"
        [enclosure] = entry.enclosures
        assert enclosure.type == "audio/mpeg" and int(enclosure.length) > 1000
    feed = json.loads(text(browser, "/umpan.json"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"][0]["attachments"][0]["size_in_bytes"] > 1000


def test_open_data_says_the_same_in_every_form(browser: FlaskClient, database: Database, published: str) -> None:
    [listed] = json.loads(text(browser, "/data/siaran.json"))
    whole = json.loads(text(browser, f"/siaran/{published}/siaran.json"))
    [table] = list(csv.DictReader(io.StringIO(text(browser, "/data/siaran.csv"))))
    assert listed["id"] == whole["id"] == table["id"] == published
    assert listed["package_digest"] == whole["package"]["manifest"] == table["package_digest"]
    removed = list(csv.DictReader(io.StringIO(text(browser, "/data/dikecualikan.csv"))))
    assert {one["kind"]: int(one["count"]) for one in removed} == listed["removed"] == whole["removed"]
    line = parse(text(browser, "/data/buku-besar.jsonl"))
    with database.reading() as session:
        package = session.scalars(select(Package)).one()
        assert line is not None and line.digest == line.computed() == package.digest
    words = text(browser, f"/siaran/{published}/siaran.txt")
    assert all(piece["text"].split()[0] in words for piece in whole["pieces"])


def test_downloaded_sound_can_be_checked_with_sha256sum(browser: FlaskClient, tmp_path: Path, published: str) -> None:
    folder = tmp_path / "unduhan"
    folder.mkdir()
    (folder / "manifes.txt").write_text(text(browser, f"/siaran/{published}/manifes.txt"))
    names = [line.split()[1] for line in (folder / "manifes.txt").read_text().splitlines()]
    assert [name[2:] for name in names] == [".mp3", ".opus"] * 2
    for name in names:
        with browser.get(f"/siaran/{published}/suara/{int(name[:2])}{name[2:]}") as answer:
            (folder / name).write_bytes(answer.get_data())
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "manifes.txt"], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_captions_are_webvtt(browser: FlaskClient, published: str, database: Database) -> None:
    with database.reading() as session:
        position = session.scalars(select(PublishedPiece).where(PublishedPiece.kind == "call")).one().position
    lines = text(browser, f"/siaran/{published}/bagian/{position}.vtt").splitlines()
    assert lines[0] == "WEBVTT"
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}", lines[3])
    assert "[nama]" in lines[4]


def test_the_site_speaks_both_languages(browser: FlaskClient, published: str) -> None:
    browser.get("/bahasa/en")
    page = text(browser, f"/siaran/{published}")
    assert "Is it genuine?" in page
    # What stands in the record stays as it was published.
    assert "[nomor telepon]" in page


def test_feeds_are_well_formed_where_words_hold_odd_signs(
    browser: FlaskClient, database: Database, published: str
) -> None:
    with database.writing() as tx:
        shown = tx.scalars(select(PublishedBroadcast)).one()
        shown.title = 'Polisi & <Warga> "bicara"'
        shown.pieces[1].title = "=HYPERLINK(1)"
    for path in ("/umpan.rss", "/umpan.atom"):
        assert ElementTree.fromstring(text(browser, path)) is not None  # noqa: S314 - our own text
    assert "<Warga>" not in text(browser, f"/siaran/{published}")


def test_a_listener_leaves_no_trace_in_the_database(
    browser: FlaskClient, settings: Settings, published: str, desk_state: Callable[[], bytes]
) -> None:
    before = desk_state()
    for _path, _body in walk(browser):
        pass
    assert desk_state() == before


@pytest.fixture
def desk_state(database: Database) -> Callable[[], bytes]:
    """A digest of every row of every table."""

    def digest() -> bytes:
        with database.reading() as session:
            connection = session.connection()
            found = hashlib.sha256()
            for name in sorted(inspect(connection).get_table_names()):
                for one in connection.exec_driver_sql(f'SELECT * FROM "{name}"').all():  # noqa: S608 - our own names
                    found.update(repr(one).encode())
            return found.digest()

    return digest


def test_signs_that_are_no_text_reach_no_feed_and_no_download(
    browser: FlaskClient, database: Database, published: str
) -> None:
    with database.writing() as tx:
        row = tx.scalars(select(PublishedBroadcast)).one()
        row.title, row.programme = "Edisi\uffff\x0b malam", "Halo\ufdd0 Polisi\x01"
        for piece in row.pieces:
            piece.title = f"{piece.title}\ufffe"
            piece.segments = [
                {**one, "text": f"{one['text']}\uffff\x02", "speaker": "A\uffff"} for one in piece.segments
            ]
    for path in ("/umpan.rss", "/umpan.atom"):
        assert ElementTree.fromstring(text(browser, path)) is not None  # noqa: S314 - our own text
    for path in ("/umpan.rss", "/umpan.atom", "/umpan.json", f"/siaran/{published}/siaran.txt", "/data/siaran.csv"):
        got = text(browser, path)
        assert "Edisi malam" in got
        assert clean(got) == got
