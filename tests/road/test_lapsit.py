"""The daily form in the spellings of several units: what is read, what is marked, what is said of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from radiodesk.road.lapsit import charted, parse_lapsit, side_by_side, spoken
from radiodesk.road.lapsit.form_heads import Head
from radiodesk.road.lapsit.form_parser import read_number
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.traffic import services

FULL = """*LAPORAN HARIAN KAMSELTIBCARLANTAS*
Kepada Yth : Dir Lantas Polda Contoh
Dari : Kasat Lantas Polres Contoh
Hari Selasa tgl 24 Nopember 2026

*1. LAKA LANTAS*
a. Kejadian : 2 kasus
b. MD : Nihil
c. LB :  -
d. L R : 3 org
e. Rumat : Rp. 1.500.000,-

*2.GIAT GAKKUM*
a. E-Tilang :12 lbr
b. Manual = nihil
c. Teguran: 35
Jenis pelanggaran :
- Helm : 20
- Sabuk: 3
➡️ Lawan Arus :  4
- Gun HP : 1
- Naik trotoar : 2
3) GIAT KAMSEL
 a. Dikmas : 1 giat
 b. Penling 2 kali
 c Survey :  1
4. PUBLIKASI MEDIA SOSIAL
- FB : 5
- IG: 7 konten
5. GIAT PEMBINAAN : NIHIL
6. GIAT TURJAWALI
Pengaturan: 12, Penjagaan: 4, Pengawalan: 1, Patroli: 6
hujan deras di sore hari membuat anggota mengatur lebih lama
Kejadian menonjol : NIHIL

RENCANA GIAT ESOK HARI
Unit Turjawali : Gatur pagi simpang tiga
Unit Kamsel : Sosialisasi di sekolah
Demikian dilaporkan."""

CRAMPED = """Lapsit Satlantas Polres Contoh 25/11/2026
LAKA LANTAS: 2 kejadian, MD 1, LB 0, LR 3, RM Rp 2,5 juta
GAKKUM
e tilang 10
teguran 5 lembar
TURJAGWALI
gatur: 3
KEJADIAN MENONJOL :
Laka tunggal di Jl Veteran, pengendara dirawat"""


LETTERED = """[24/11 18.02] Bripka Contoh: Mohon izin melaporkan giat harian

A. LAKA LANTAS
1. Jml Kejadian : 3 Kejadian
2. Korban
   - MD : 1 Orang
   - LR : 4 Orang
3. Kerugian Material : Rp. 5.700.000 (Lima juta tujuh ratus ribu rupiah)
B. GIAT GAKKUM
1. E-TILANG
   - ETLE STATIS : 10
   - ETLE Mobile :5
2. TILANG MANUAL: 5
HELM =10   SABUK= 2
Rambu(4) Marka(1)
- Knalpot brong ..... 7
Di bawah umur|2
SIM: 3, STNK 2, Ranmor 1
C. GIAT KAMSEL
Dikmas lantas : 2 Giat (SMAN 1 dan SMKN 2)
D. TURJAWALI
- Pengaturan pagi : 12 titik
- Pengaturan sore : 10 titik
- Patroli R2/R4 : 6
E. Hal-hal yang menonjol: Nihil
Rengiat besok
1. Unit Turjawali; gatur pagi
2. Unit Gakkum - razia gabungan
"""


def test_a_lettered_form_with_parts_is_read_and_its_parts_are_added_up() -> None:
    lapsit = parse_lapsit(LETTERED)
    assert lapsit.not_understood == ()
    assert (lapsit.value("laka", "kerugian"), lapsit.value("gakkum", "etle")) == (5_700_000, 15)
    assert (lapsit.value("gakkum", "helm"), lapsit.value("gakkum", "sabuk")) == (10, 2)
    assert (lapsit.value("gakkum", "rambu"), lapsit.value("gakkum", "bawah_umur")) == (5, 2)
    assert (lapsit.value("kamsel", "dikmas"), lapsit.value("turjawali", "pengaturan")) == (2, 22)
    assert [(plan.unit, plan.text) for plan in lapsit.plans] == [
        ("Unit Turjawali", "gatur pagi"),
        ("Unit Gakkum", "razia gabungan"),
    ]
    script = spoken(lapsit)
    assert "menindak 20 pelanggaran" in script
    assert "22 kali pengaturan lalu lintas" in script


def test_cameras_listed_below_e_tilang_are_not_counted_twice() -> None:
    lapsit = parse_lapsit("GAKKUM\nE-Tilang : 15\n- ETLE statis : 10\n- ETLE mobile : 5\nManual : 1")
    assert "16 pelanggaran" in spoken(lapsit)


def test_every_head_is_read() -> None:
    lapsit = parse_lapsit(FULL)
    expected: dict[tuple[Head, str], int] = {
        ("laka", "kejadian"): 2,
        ("laka", "md"): 0,
        ("laka", "lb"): 0,
        ("laka", "lr"): 3,
        ("laka", "kerugian"): 1_500_000,
        ("gakkum", "e_tilang"): 12,
        ("gakkum", "manual"): 0,
        ("gakkum", "teguran"): 35,
        ("gakkum", "helm"): 20,
        ("gakkum", "sabuk"): 3,
        ("gakkum", "lawan_arus"): 4,
        ("gakkum", "gun_hp"): 1,
        ("kamsel", "dikmas"): 1,
        ("kamsel", "penling"): 2,
        ("kamsel", "survey"): 1,
        ("media", "facebook"): 5,
        ("media", "instagram"): 7,
        ("pembinaan", "jumlah"): 0,
        ("turjawali", "pengaturan"): 12,
        ("turjawali", "penjagaan"): 4,
        ("turjawali", "pengawalan"): 1,
        ("turjawali", "patroli"): 6,
    }
    assert {key: lapsit.value(*key) for key in expected} == expected


def test_the_frame_of_the_form_is_read() -> None:
    lapsit = parse_lapsit(FULL)
    assert (lapsit.day, lapsit.unit) == (date(2026, 11, 24), "Polres Contoh")
    assert lapsit.nothing_notable
    assert lapsit.notable == ()
    assert [(plan.unit, plan.text) for plan in lapsit.plans] == [
        ("Unit Turjawali", "Gatur pagi simpang tiga"),
        ("Unit Kamsel", "Sosialisasi di sekolah"),
    ]
    assert lapsit.around[-1].text == "Demikian dilaporkan."


def test_what_is_not_understood_is_kept_and_marked_with_its_line() -> None:
    lapsit = parse_lapsit(FULL)
    (marked,) = lapsit.not_understood
    assert FULL.splitlines()[marked.line - 1] == marked.text
    assert "hujan deras" in marked.text
    (unknown,) = [entry for entry in lapsit.entries if not entry.known]
    assert (unknown.label, unknown.value) == ("Naik trotoar", 2)
    assert "Naik trotoar" in FULL.splitlines()[unknown.line - 1]


def test_a_cramped_form_is_read_too() -> None:
    lapsit = parse_lapsit(CRAMPED)
    assert (lapsit.day, lapsit.unit) == (date(2026, 11, 25), "Satlantas Polres Contoh")
    assert [lapsit.value("laka", key) for key in ("kejadian", "md", "lb", "lr", "kerugian")] == [2, 1, 0, 3, 2_500_000]
    assert (lapsit.value("gakkum", "e_tilang"), lapsit.value("gakkum", "teguran")) == (10, 5)
    assert lapsit.value("turjawali", "pengaturan") == 3
    assert lapsit.notable[0].text.startswith("Laka tunggal")
    assert not lapsit.nothing_notable
    assert lapsit.not_understood == ()


@pytest.mark.parametrize(
    "line",
    [
        "MD : 2", "md:2", "M.D. : 2 orang", "*MD* = 2 org", "- Meninggal Dunia : 2", "b) MD     2", "MD : 02",
        "MD: dua", "▪️MD : 2 (dua)", "MD.......: 2", "Korban MD : 2 jiwa", "2 MD", "2. MD : 2",
    ],
)  # fmt: skip
def test_one_number_in_many_spellings(line: str) -> None:
    lapsit = parse_lapsit(f"LAKA LANTAS\n{line}")
    assert lapsit.value("laka", "md") == 2, lapsit


@pytest.mark.parametrize("head", ["1. LAKA LANTAS", "*I. LAKALANTAS :*", "A. Laka Lantas", "Kecelakaan Lalu Lintas:"])
def test_one_head_in_many_spellings(head: str) -> None:
    assert parse_lapsit(f"{head}\nLR : 4").value("laka", "lr") == 4


@pytest.mark.parametrize("nil", ["NIHIL", "nihil", "-", "0", "Nol", "tidak ada", "tdk ada", "—"])
def test_nil_is_nought_in_every_spelling(nil: str) -> None:
    assert parse_lapsit(f"LAKA LANTAS\nKejadian : {nil}").value("laka", "kejadian") == 0


def test_nil_for_a_whole_head_is_nil_for_its_numbers() -> None:
    lapsit = parse_lapsit("1. LAKA LANTAS : NIHIL\n2. GIAT GAKKUM : NIHIL")
    assert [lapsit.value("laka", key) for key in ("kejadian", "md", "lr", "kerugian")] == [0, 0, 0, 0]
    assert lapsit.value("gakkum", "jumlah") == 0


def test_what_is_not_given_is_not_nil() -> None:
    assert parse_lapsit("LAKA LANTAS\nKejadian : 1").value("laka", "md") is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Rp. 1.500.000,-", 1_500_000),
        ("Rp 2,5 juta", 2_500_000),
        ("Rp500rb", 500_000),
        ("1.250.000", 1_250_000),
        ("Rp. 750.000,00", 750_000),
        ("1,500,000", 1_500_000),
        ("3 jt", 3_000_000),
        ("nihil", 0),
        ("tujuh", 7),
        ("banyak", None),
    ],
)
def test_amounts_in_every_spelling(text: str, amount: int | None) -> None:
    assert read_number(text) == amount


def test_prose_with_a_number_in_it_is_not_a_count() -> None:
    lapsit = parse_lapsit("GIAT GAKKUM\nrazia di 3 titik bersama dishub dan berjalan aman")
    assert lapsit.entries == ()
    assert len(lapsit.not_understood) == 1


def test_days_stand_side_by_side_and_what_was_not_given_is_no_nought() -> None:
    today, before = parse_lapsit(CRAMPED), parse_lapsit(FULL)
    rows = {(row.head, row.key): row for row in side_by_side(today, [before])}
    assert rows["laka", "md"].values == (1, 0)
    assert rows["laka", "md"].bars == (200, 0)
    assert rows["gakkum", "e_tilang"].values == (10, 12)
    assert rows["gakkum", "e_tilang"].bars == (167, 200)
    assert all(row.values[0] is not None for row in rows.values())
    assert side_by_side(before, [today])[0].title == "Laka lantas"
    (missing,) = [row for row in side_by_side(before, [today]) if row.key == "dikmas"]
    assert missing.values[1] is None
    assert {row.key for row in charted(tuple(rows.values()))} >= {"md", "e_tilang"}


def test_the_page_compares_with_a_day_a_week_and_a_year_before(
    sign_in: Callable[..., FlaskClient],
) -> None:
    officer = sign_in(Role.OFFICER)
    form = "LAPSIT\nHari/Tgl : {day}\n1. LAKA LANTAS\n - Kejadian : {count}\n - MD : NIHIL\n - Entah apa ini"
    for day, count in (("25 November 2025", 9), ("17 November 2026", 7), ("23 November 2026", 5)):
        assert officer.post("/lalin/lapsit", data={"text": form.format(day=day, count=count)}).status_code == 303
    alone = officer.post("/lalin/lapsit", data={"text": form.format(day="1 Januari 2026", count=2)})
    assert "belum ada pembandingnya" in officer.get(alone.location).text
    made = officer.post("/lalin/lapsit", data={"text": form.format(day="24 November 2026", count=3)})
    page = officer.get(made.location).text
    assert "Kejadian: Hari ini 3, Sehari sebelumnya 5, Seminggu sebelumnya 7, Setahun sebelumnya 9" in page
    assert "baris 6" in page
    assert officer.post("/naskah/lapsit", data={"lapsit": made.location.rsplit("/", 1)[-1]}).status_code == 303


def test_the_script_says_what_the_report_says() -> None:
    for variation in range(2):
        script = spoken(parse_lapsit(FULL), variation=variation)
        assert "ua puluh empat jam terakhir" in script
        for words in (
            "2 ",
            "3 orang luka ringan",
            "Rp1.500.000",
            "12 ",
            "35 teguran",
            "tidak memakai helm",
            "6 kali patroli",
        ):
            assert words in script
        assert "Tidak ada korban meninggal dunia" in script
        assert "Polres Contoh" in script
        assert "24 November 2026" in script


def test_the_script_says_nothing_that_the_report_does_not_say() -> None:
    script = spoken(parse_lapsit("LAKA LANTAS\nKejadian : 1"))
    for words in ("meninggal", "luka", "kerugian", "tilang", "teguran", "menonjol", "patroli", "None"):
        assert words not in script
    assert "1 " in script


def test_a_quiet_day_is_told_as_one() -> None:
    script = spoken(parse_lapsit("LAKA LANTAS : NIHIL\nKejadian menonjol : nihil"))
    assert "tidak ada kecelakaan lalu lintas" in script.lower()
    assert "menonjol" in script


def test_the_dead_are_named_before_the_hurt() -> None:
    assert "1 orang meninggal dunia dan 3 orang luka ringan" in spoken(parse_lapsit(CRAMPED))


@given(st.text(max_size=400))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_breaks_the_reader(text: str) -> None:
    lapsit = parse_lapsit(f"LAKA LANTAS\n{text}")
    assert spoken(lapsit)
    assert all(marked.line >= 1 for marked in lapsit.not_understood)


@given(st.lists(st.sampled_from(FULL.splitlines() + CRAMPED.splitlines()), max_size=40))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_lines_in_any_order_lose_nothing_that_has_a_number(lines: list[str]) -> None:
    lapsit = parse_lapsit("\n".join(lines))
    seen = {entry.line for entry in lapsit.entries} | {
        marked.line
        for group in (lapsit.not_understood, lapsit.around, lapsit.notable, lapsit.plans)
        for marked in group
    }
    numbered = {n for n, line in enumerate(lines, start=1) if line.strip(" *").rstrip("*")[-1:].isdigit()}
    assert numbered <= seen


def test_a_form_without_a_day_is_of_the_day_on_the_stations_clock(session: Session) -> None:
    before_dawn = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    row, _lapsit = services.file_lapsit(
        session, "LAKA LANTAS\nKEJADIAN : NIHIL", by="petugas", at=before_dawn, zone="Asia/Jakarta"
    )
    assert row.day == date(2026, 11, 25)


MIXED = """LAPORAN HARIAN
Dari : Kasat Lantas Polres Contoh
Hari Senin tgl 30 Nopember 2026, periode pukul 06.00 s.d. 18.00 WIB
1. LAKA LANTAS
a. Kejadian : 2 kasus
2. GIAT GAKKUM
- Tilang : 15
- Teguran: 35
3. SITUASI ARUS LALU LINTAS
Simpang Jetak : ramai lancar
Pasar Sumberrejo : padat
jalan basah
KEJADIAN MENONJOL : NIHIL
PERSONEL : 24
IV. SARANA DAN PRASARANA
kamera 2 buah"""


def test_sections_beyond_the_form_are_read_or_said_to_be_unknown_at_their_place() -> None:
    lapsit = parse_lapsit(MIXED)
    assert [(one.unit, one.text) for one in lapsit.traffic] == [
        ("Simpang Jetak", "ramai lancar"), ("Pasar Sumberrejo", "padat"),
    ]  # fmt: skip
    assert lapsit.nothing_notable and lapsit.notable == ()
    assert lapsit.value("personel", "jumlah") == 24
    assert [line.line for line in lapsit.not_understood] == [12, 15, 16]


def test_the_number_of_a_head_itself_is_counted() -> None:
    assert parse_lapsit("GIAT TURJAWALI : 12").value("turjawali", "jumlah") == 12
    assert parse_lapsit("KEJADIAN MENONJOL : NIHIL\nKEKUATAN PERSONEL: 40 orang").value("personel", "jumlah") == 40


def test_tickets_without_a_kind_are_said() -> None:
    assert "15 pelanggaran dengan tilang" in spoken(parse_lapsit(MIXED))
    whole = parse_lapsit("GAKKUM\nTilang : 20\nE-tilang : 12\nManual : 8")
    assert "20 pelanggaran dengan tilang" in spoken(whole)


def test_the_time_is_said_as_the_sheet_states_it() -> None:
    assert "Dari pukul 06.00 hingga 18.00" in spoken(parse_lapsit(MIXED))
    head = "LAPORAN {} TERAKHIR\n1. LAKA LANTAS\na. Kejadian : 1"
    assert "Dalam 12 jam terakhir" in spoken(parse_lapsit(head.format("12 JAM")))
    assert "Dalam 24 jam terakhir" in spoken(parse_lapsit(head.format("1 x 24 JAM")))
    assert "Dalam dua puluh empat jam terakhir" in spoken(parse_lapsit("LAKA LANTAS\nKejadian : 1"))


def test_how_it_flows_is_said() -> None:
    assert "ramai lancar di Simpang Jetak dan padat di Pasar Sumberrejo" in spoken(parse_lapsit(MIXED))


def test_numbers_are_put_right_and_unknown_lines_told(session: Session, sign_in: Callable[..., FlaskClient]) -> None:
    at = datetime(2026, 11, 30, 1, tzinfo=UTC)
    row, _ = services.file_lapsit(session, MIXED, by="petugas", at=at, zone="Asia/Jakarta")
    identity = row.public_id
    session.commit()
    desk = sign_in(Role.OFFICER)
    page = desk.get(f"/lalin/lapsit/{identity}").text
    assert page.count('class="missed"') == 3
    sent = {"n:laka/kejadian": "3", "n:gakkum/tilang": "", "as:16": "gakkum/etle", "v:16": "2"}
    assert desk.post(f"/lalin/lapsit/{identity}/angka", data=sent).status_code == 303
    session.expire_all()
    read = services.understood(row)
    assert (read.value("laka", "kejadian"), read.value("gakkum", "tilang"), read.value("gakkum", "etle")) == (
        3,
        None,
        2,
    )
    assert [line.line for line in read.not_understood] == [12, 15]
    assert row.text == MIXED
    session.commit()
    refused = desk.post(f"/lalin/lapsit/{identity}/angka", data={"n:laka/kejadian": "7", "n:laka/luka": "1"})
    assert refused.status_code == 422 and 'value="7"' in refused.text
    made = desk.post("/naskah/lapsit", data={"lapsit": identity, "n:laka/kejadian": "5"})
    assert "5 kejadian kecelakaan" in desk.get(made.headers["Location"]).text


PRESS = """LAPHAR SATLANTAS POLRES CONTOH
Hari/tgl : Selasa, 10-03-26 jam 06.00
Giat gatur pagi pukul 06.00 s.d. 07.30 WIB
I. LAKA LANTAS
1. Jumlah kejadian : 2
II. PUBLIKASI MEDIA
1. Pers rilis : 2
2. Media online : 5
3. Radio : 1
III. GAKKUM
1. Tilang : 10
2. Anggota TNI : 1
3. Personel : 4
4. Helm : 6
IV. SITUASI ARUS LALIN
Jl. Veteran : macet pada pagi hari, sekarang lancar
V. JUMLAH PERSONEL YANG TERLIBAT : 24
Hadir : 20
"""


def test_the_press_and_the_strength_swallow_no_section() -> None:
    lapsit = parse_lapsit(PRESS)
    counted = {(one.head, one.label): one.value for one in lapsit.entries}
    assert counted[("media", "Pers rilis")] == 2 and counted[("gakkum", "Anggota TNI")] == 1
    assert lapsit.value("media", "daring") == 5 and lapsit.value("media", "elektronik") == 1
    assert lapsit.value("gakkum", "helm") == 6
    assert lapsit.value("personel", "hadir") == 20
    assert [one.value for one in lapsit.entries if (one.head, one.key) == ("personel", "jumlah")] == [4, 24]


def test_a_date_is_no_span_and_an_activity_has_hours_of_its_own() -> None:
    lapsit = parse_lapsit(PRESS)
    assert (lapsit.hours, lapsit.period) == (None, None)
    assert lapsit.day == date(2026, 3, 10)
    assert "Dalam dua puluh empat jam terakhir" in spoken(lapsit)
    stated = parse_lapsit("LAPORAN GIAT PUKUL 06.00 S.D. 18.00\nLAKA LANTAS\nKejadian : 1")
    assert stated.period == ("06.00", "18.00")


def test_how_it_flows_now_is_said_and_not_how_it_did() -> None:
    assert [one.text for one in parse_lapsit(PRESS).traffic] == ["lancar"]
