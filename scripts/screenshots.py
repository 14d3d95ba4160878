#!/usr/bin/env python3
"""Makes the pictures of the README and the docs again, and lets one look at every screen of a show.

Without options: a station of its own is filled with the sample show and photographed into ``docs/images``.
With ``--look FOLDER``: queue, card, host and wall with no calls, three and forty, at 1440 and 360 pixels.
Run it as ``.venv/bin/python -m scripts.screenshots``; it needs Chromium, and for the sample the speech model.
"""

import argparse
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import av.filter
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database
from radiodesk.core.notifier import Notifier
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.drill.sample import fill
from radiodesk.operations.drill.show import load_show
from radiodesk.operations.wiring import prepare, runner
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import queries as shows
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import ItemKind
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Channel, Protected, Urgency
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.traffic import queries as roads
from radiodesk.web.desk import create_desk
from tests.factories.browsers import chromium, served

ROOT = Path(__file__).resolve().parents[1]
WIDE, PHONE = (1440, 900), (360, 740)
BY = "kepala"
TOPICS = (
    ("Lampu jalan padam", "Lampu jalan di depan pasar padam sudah satu minggu."),
    ("Truk mogok menutup satu lajur di tanjakan", "Truk mogok di tanjakan, antrean dua kilometer, belum ada petugas."),
    ("Jadwal SIM keliling", "Bertanya kapan SIM keliling datang lagi ke kecamatan."),
    ("Balap liar", "Balap liar tiap malam Minggu, warga tidak bisa tidur."),
    ("Sepeda motor hilang", "Sepeda motor hilang di parkiran, sudah melapor dan belum ada kabar."),
)  # fmt: skip


@contextmanager
def desk(settings: Settings) -> Iterator[tuple[Database, str, str]]:
    """The desk of a station with one administrator; gives database, address and the sign-in cookie."""
    database, at = prepare(settings), datetime.now(UTC)
    with database.writing() as tx:
        accounts.add_person(tx, BY, "Kepala Studio", [Role.ADMINISTRATOR], "sepuluh-huruf", by="screenshots", at=at)
    with database.writing() as tx:
        where = {"address": "127.0.0.1", "browser": "screenshots", "hours": 1}
        token = accounts.sign_in(tx, BY, "sepuluh-huruf", None, at=at, **where)  # type: ignore[arg-type]
    notifier = Notifier(database)
    with served(create_desk(Station(settings, database, SystemClock(), notifier))) as address:
        yield database, address, token
        notifier.close()
    database.engine.dispose()


def shoot(browser: Browser, address: str, token: str, path: str, size: tuple[int, int], target: Path) -> None:
    """Photograph a page, on a phone in its full length."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="id-ID")
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    page = context.new_page()
    page.goto(f"{address}{path}")
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    target.write_bytes(smaller(page.screenshot(full_page=size == PHONE)))
    print(f"{target} {target.stat().st_size // 1000} kB")
    context.close()


def smaller(png: bytes) -> bytes:
    """The picture with at most 256 colours, which for a screen loses nothing that one sees."""
    with av.open(io.BytesIO(png), "r", format="png_pipe") as held:
        frame = next(held.decode(video=0)).reformat(format="rgb24")
    graph, still = av.filter.Graph(), Fraction(1)
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=still)
    split, colours = graph.add("split"), graph.add("palettegen", "stats_mode=full")
    using, sink = graph.add("paletteuse", "dither=none"), graph.add("buffersink")
    source.link_to(split)
    split.link_to(using, 0, 0)
    split.link_to(colours, 1, 0)
    colours.link_to(using, 0, 1)
    using.link_to(sink)
    graph.configure()
    graph.push(frame)
    graph.push(None)
    coder = av.CodecContext.create("png", "w")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = frame.width, frame.height, "pal8", still
    return b"".join(bytes(packet) for packet in coder.encode(graph.vpull()))


def put_on_air(session: Session, now: datetime) -> str:
    """The planned broadcast is in its third item, with a caller on air; returns its public id."""
    show = shows.next_planned(session, now)
    if show is None:
        raise SystemExit("no broadcast is planned")
    begun = now - timedelta(minutes=4)
    show.planned_start = begun
    broadcasts.go_on_air(session, show, by=BY, at=begun)
    for item, minute in zip(rundown(session, show.id)[:3], (0.0, 0.5, 2.0), strict=False):
        broadcasts.begin_item(session, show, item, by=BY, at=begun + timedelta(minutes=minute))
    ready = session.scalars(select(Call).where(Call.state == CallState.READY).order_by(Call.position)).first()
    if ready is not None:
        broadcasts.take(session, show, ready, by=BY, at=now - timedelta(seconds=80))
    broadcasts.talk_back(session, "Penelepon berikutnya dari Kalitidu.", by="Penerima telepon", at=now)
    return show.public_id


def crowd(session: Session, count: int, now: datetime) -> None:
    """Calls in every open state, with short and long words, protected and urgent ones among them."""
    steps = (
        (),
        (calls.answer,),
        (calls.answer, calls.queue),
        (calls.answer, calls.consent, calls.queue, calls.make_ready),
        (calls.answer, calls.consent, calls.queue, calls.make_ready),
    )
    channels = (Channel.PHONE, Channel.WHATSAPP, Channel.SMS, Channel.WEB, Channel.POS_JAGO)
    for number in range(count):
        topic, point = TOPICS[number % len(TOPICS)]
        at = now - timedelta(seconds=35 * (count - number))
        call = calls.receive(
            session,
            channels[number % 5],
            phone=f"0812 0000 {number:04}",
            urgency=Urgency.DARURAT if number == 6 else Urgency.BIASA,
            message=f"{point} Mohon ditanggapi." if number % 2 else "",
            at=at,
        )
        for step in steps[(number + 3) % 5]:
            step(session, call, by="wati", at=at)
        if call.state is not CallState.RINGING:
            card = calls.Screening(
                phone=call.phone,
                name=f"Penelepon {number + 1}",
                place=("Kapas", "Kalitidu", "Ngasem")[number % 3],
                topic=topic,
                point=point,
                may_name=number % 4 != 3,
                urgency=call.urgency,
                protected=Protected.CHILD if number % 9 == 8 else None,
            )
            calls.screen(session, call, card, by="wati", at=at)


def pictures(browser: Browser, folder: Path) -> None:
    """The pictures of the README, from the sample show."""
    now = datetime.now(UTC)
    settings = Settings(data=folder)
    sample = load_show(ROOT / "tests" / "drills" / "sample")
    fill(sample, settings, now=now, yesterday=now - timedelta(days=1), progress=lambda _done, _all: None)
    with desk(settings) as (database, address, token):
        runner(settings, database).run_all()
        with database.reading() as session:
            picked = session.scalars(select(Call).where(Call.state == CallState.READY).order_by(Call.position)).first()
            condition = bool(roads.live_conditions(session, now))
        if picked is None or not condition:
            raise SystemExit("the sample show left the queue or the road empty")
        out = ROOT / "docs" / "images"
        shoot(browser, address, token, f"/antrean/{picked.public_id}", WIDE, out / "queue.png")
        shoot(browser, address, token, "/lalin", WIDE, out / "traffic.png")
        with database.writing() as tx:
            show = shows.at_hand(tx, now)
            if show is None:
                raise SystemExit("the sample show is not on air")
            show_id = show.public_id
            broadcasts.talk_back(tx, "Penelepon berikutnya dari Balen.", by="Penerima telepon", at=datetime.now(UTC))
        shoot(browser, address, token, f"/siaran/{show_id}/penyiar", WIDE, out / "host.png")
        shoot(browser, address, token, "/dinding", WIDE, out / "wall.png")


def look(browser: Browser, folder: Path, target: Path, counts: Sequence[int]) -> None:
    """Every screen of a show with few and many calls."""
    target.mkdir(parents=True, exist_ok=True)
    for count in counts:
        with desk(Settings(data=folder / str(count))) as (database, address, token):
            now = datetime.now(UTC)
            with database.writing() as tx:
                series = programme.add_programme(tx, "Halo Contoh", by=BY, at=now)
                show = broadcasts.plan(tx, series, "", now, by=BY, at=now)
                for title, kind, seconds in (("Pembuka", ItemKind.TALK, 60), ("Telepon", ItemKind.CALLS, 600)):
                    rundowns.add_item(tx, show, kind, title, seconds, by=BY, at=now)
                crowd(tx, count, now)
            with database.writing() as tx:
                identity = put_on_air(tx, now)
                last = tx.scalars(select(Call).order_by(Call.id.desc())).first()
            pages = {"antrean": "/antrean", "penyiar": f"/siaran/{identity}/penyiar", "dinding": "/dinding"}
            if last is not None:
                pages["kartu"] = f"/antrean/{last.public_id}"
            for name, path in pages.items():
                for size in (WIDE, PHONE):
                    shoot(browser, address, token, path, size, target / f"{name}-{count}-{size[0]}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--look", type=Path, metavar="FOLDER", help="photograph every screen into this folder instead")
    parser.add_argument("--calls", type=int, nargs="+", default=[0, 3, 40], help="with how many calls to look")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="radiodesk-screenshots-") as folder, chromium() as browser:
        if chosen.look:
            look(browser, Path(folder), chosen.look, chosen.calls)
        else:
            pictures(browser, Path(folder))


if __name__ == "__main__":
    main()
