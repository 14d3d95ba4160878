"""Scripts and rundowns on paper, read by another program."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns, services
from radiodesk.rooms.broadcasts.models import ItemKind
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ScriptKind

BY = "sari"
ODD = """#import "x.typ": *
$ x^2 $ *tebal* _miring_ <label> @rujukan \\ // /* `kode` = judul
- butir 5 # 7 [kurung] ~ “kutip”"""


def script(database: Database, clock: ManualClock, text: str, *, title: str = "Arus pagi", approved: bool) -> str:
    with database.writing() as tx:
        draft = programme.Draft(text)
        made = programme.write_script(tx, ScriptKind.FREE, title, draft, by=BY, at=clock.now(), speed=140)
        if approved:
            programme.approve(tx, made, number=1, by="budi", at=clock.now())
        return made.public_id


def pages(client: FlaskClient, address: str) -> list[str]:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.data)).pages]


def test_each_page_says_which_version_it_is_who_approved_it_and_how_many_pages_there_are(
    database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    text = "\n".join(f"Kalimat ke-{number} tentang arus lalu lintas di simpang itu." for number in range(80))
    identity = script(database, clock, text, approved=True)
    printed = pages(sign_in(Role.HOST), f"/naskah/{identity}/cetak.pdf")
    assert len(printed) > 2
    for number, page in enumerate(printed, start=1):
        assert f"Halaman {number} dari {len(printed)}" in page
        assert "versi 1 oleh sari" in page and "Disetujui budi" in page and identity in page
        assert "BELUM DISETUJUI" not in page
    assert all(f"Kalimat ke-{number} " in " ".join(printed) for number in range(80))


def test_what_is_not_approved_says_so_across_the_page(
    database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    identity = script(database, clock, "Selamat pagi.", approved=False)
    [page] = pages(sign_in(Role.HOST), f"/naskah/{identity}/cetak.pdf")
    assert "BELUM DISETUJUI" in page and "tidak boleh dibaca" in page


@pytest.mark.parametrize("text", [ODD, "الأمن 安全 🚓 ꦫꦣꦶꦪꦺꦴ", "a" * 19_000, "\n\n  satu  \n\n"])
def test_no_text_is_taken_as_an_instruction_or_stops_the_printer(
    database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient], text: str
) -> None:
    identity = script(database, clock, text, title=text[:40].split("\n")[0] or "x", approved=False)
    printed = " ".join(pages(sign_in(Role.HOST), f"/naskah/{identity}/cetak.pdf"))
    if text == ODD:
        for word in ("#import", "x^2", "*tebal*", "_miring_", "<label>", "@rujukan", "`kode`"):
            assert word in printed


def test_a_rundown_tells_when_each_item_begins_and_what_is_left(
    database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    at = clock.now()
    with database.writing() as tx:
        series = programme.add_programme(tx, "Uji", by=BY, at=at, minutes=30)
        made = services.plan(tx, series, "Halo Uji", at, by=BY, at=at)
        rundowns.add_item(tx, made, ItemKind.TALK, "Salam *pagi*", 300, by=BY, at=at, reader="Wati")
        rundowns.add_item(tx, made, ItemKind.CALLS, "Telepon", 600, by=BY, at=at)
        identity = made.public_id
    producer = sign_in(Role.PRODUCER)
    [page] = pages(producer, f"/siaran/{identity}/susunan.pdf")
    assert "Salam *pagi*" in page and "Wati" in page and "5:00" in page
    assert "30:00" in page and "25:00" in page, "what is left until the planned end"
    assert "Halaman 1 dari 1" in page
    assert producer.get("/siaran/tidak-ada/susunan.pdf").status_code == 404
