"""Who may call up what at the desk: every route and every role, from one table.

A route that is missing here fails the test: whoever adds one says whose it is. Administrators may do everything.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from radiodesk.rooms.accounts.models import Role
from radiodesk.web.factory import template_folder
from tests.factories.forms import FormClient

P, S, H = Role.PRODUCER, Role.SCREENER, Role.HOST
F, T, A = Role.OFFICER, Role.TICKET_OFFICER, Role.ARCHIVIST

TEMPLATES = template_folder()

OPEN_TO_ALL = {
    "GET /health",
    "GET /metrics",
    "GET /ready",
    *("GET /masuk", "POST /masuk"),
    *("GET /undangan/<token>", "POST /undangan/<token>"),
    *("GET /sandi-baru/<token>", "POST /sandi-baru/<token>"),
}
"""Pages that want nobody signed in."""

APART = {"POST /keluar", "GET /langsung", "GET /static/<digest>/<path:filename>"}
"""Signing out ends the test's own session, the stream never ends, and static files are public."""

TABLE: dict[tuple[Role, ...], str] = {
    (P, S, H, F, T, A): """
        GET /
        GET /dinding
        GET /dinding/bagian
        GET /lalin
        GET /lalin/imbauan
        GET /lalin/jalan.json
        GET /lalin/kondisi/<public_id>
        GET /lalin/lapsit
        GET /lalin/lapsit/<public_id>
        GET /lalin/papan
        GET /lalin/peta.json
        GET /lalin/sumber
        GET /naskah
        GET /naskah/<public_id>
        GET /naskah/<public_id>/cadangan.flac
        GET /naskah/<public_id>/dengar.wav
        GET /naskah/<public_id>/posisi
        GET /naskah/<public_id>/prompter
        GET /naskah/<public_id>/prompter/isi
        GET /naskah/<public_id>/prompter/keadaan
        GET /naskah/<public_id>/suara
        GET /naskah/<public_id>/cetak.pdf
        GET /siaran/<public_id>/susunan.pdf
        GET /alarm
        GET /saya
        POST /saya/bahasa
        GET /draf
        POST /draf
        POST /draf/buang
        GET /saya/kode
        POST /saya/kode
        POST /saya/kode/cadangan
        POST /saya/kode/matikan
        POST /saya/kode/mulai
        POST /saya/sandi
        POST /saya/tombol
        GET /siaran
        GET /siaran/kalender
        GET /siaran/kalender/bulan
        GET /siaran/<public_id>
        GET /siaran/<public_id>/catatan.csv
    """,
    (P, S, H, T, A): """
        GET /kata-didengarkan
        POST /kata-didengarkan
        POST /kata-didengarkan/<public_id>/hapus
        GET /rekaman/<public_id>/asli
        GET /rekaman/<public_id>/garis.json
        GET /rekaman/<public_id>/suara.mp3
        GET /transkrip/<public_id>
        POST /transkrip/<public_id>
        POST /transkrip/<public_id>/batal
        GET /transkrip/<public_id>/keadaan
        POST /transkrip/<public_id>/lagi
        POST /transkrip/<public_id>/pulihkan
        POST /transkrip/<public_id>/selaras
        GET /transkrip/<public_id>/unduh.<kind>
    """,
    (P, S, H, F): """
        GET /papan-suara/bagian
        GET /bisik
        POST /bisik
        GET /bisik/siaran
        GET /penyiar
        GET /siaran/<public_id>/penyiar
        GET /siaran/<public_id>/penyiar/bagian
        GET /siaran/<public_id>/penyiar/pertanyaan
        GET /siaran/<public_id>/prompter
        GET /siaran/<public_id>/prompter/isi
        GET /siaran/<public_id>/prompter/keadaan
        POST /siaran/<public_id>/tandai
        POST /siaran/<public_id>/tandai/<entry_id>/urung
        GET /siaran/ucapan/<public_id>
    """,
    (P, S, F, T): """
        GET /pengaduan/baru
        POST /pengaduan/baru
        POST /pengaduan/saran
    """,
    (P, S, F): """
        POST /lalin/lapor
        GET /lalin/tempat
        GET /lalin/panggilan/<public_id>
        POST /lalin/panggilan/<public_id>
    """,
    (P, H, F): """
        POST /naskah
        POST /naskah/<public_id>
        POST /naskah/<public_id>/cadangan
        POST /naskah/<public_id>/cadangan/buang
        POST /naskah/<public_id>/cadangan/terima
        POST /papan-suara/berhenti
        POST /siaran/<public_id>/acara/<item_id>/cadangan
        POST /naskah/<public_id>/dengar
        POST /naskah/<public_id>/muat
        POST /naskah/<public_id>/tarik
        POST /naskah/<public_id>/baris/<line>
        POST /naskah/<public_id>/komentar
        POST /naskah/<public_id>/komentar/<comment_id>/selesai
        POST /naskah/<public_id>/kunci
        POST /naskah/telinga
        POST /naskah/baris
        GET /naskah/baris/<digest>.wav
        GET /naskah/<public_id>/prompter/kendali
        POST /naskah/<public_id>/prompter/perintah
        POST /naskah/<public_id>/prompter/tempat
        GET /siaran/<public_id>/prompter/kendali
        POST /siaran/<public_id>/prompter/perintah
        POST /siaran/<public_id>/prompter/tempat
        POST /siaran/<public_id>/acara/<item_id>/mulai
        POST /siaran/<public_id>/acara/<item_id>/naskah
        POST /siaran/<public_id>/acara/urung
        POST /siaran/<public_id>/naskah-selesai
    """,
    (P, H, F, A): """
        GET /siaran/<public_id>/naskah-dibaca
    """,
    (P, F, T): """
        GET /pengaduan
        GET /pengaduan/<public_id>
        POST /pengaduan/<public_id>/catatan
        GET /pengaduan/<public_id>/publik
        GET /pengaduan/tenggat
    """,
    (P, S, H): """
        GET /saluran
        POST /saluran/<line_id>/angkat
        POST /saluran/<line_id>/tutup
        GET /saluran/daftar
        GET /saluran/keadaan.json
        GET /saluran/ringkas
        POST /saluran/sibuk
    """,
    (P, S): """
        GET /rekaman24
        GET /rekaman24/<line_id>
        GET /rekaman24/<line_id>/suara.mp3
        POST /rekaman24/<line_id>/potong
        GET /antrean
        POST /antrean
        GET /antrean/<public_id>
        GET /antrean/<public_id>/<part>
        POST /antrean/<public_id>/<verb>
        POST /antrean/<public_id>/alihkan
        POST /antrean/<public_id>/balas
        POST /antrean/<public_id>/berkas
        POST /antrean/<public_id>/gabung
        POST /antrean/<public_id>/kartu
        POST /antrean/<public_id>/kejadian
        POST /antrean/<public_id>/lindungi
        POST /antrean/<public_id>/peringatan
        POST /antrean/<public_id>/pindah
        POST /antrean/<public_id>/rekaman
        POST /antrean/<public_id>/sampaikan
        GET /antrean/<public_id>/ucapan
        POST /antrean/<public_id>/vip
        GET /antrean/blokir
        POST /antrean/blokir
        POST /antrean/blokir/<public_id>/cabut
        GET /antrean/daftar
        GET /antrean/urung
        POST /antrean/kenal
        GET /antrean/kiriman
        POST /antrean/kiriman/<public_id>/ulang
        GET /antrean/lampiran/<public_id>
        GET /antrean/panggil-balik
        POST /antrean/pesan
        POST /antrean/saran
        GET /antrean/tempat
        POST /antrean/urung
        POST /pengaduan/<public_id>/pin-penelepon
        GET /pengaduan/pin-menunggu
    """,
    (P, A): """
        GET /arsip
        GET /arsip/<public_id>
        GET /arsip/<public_id>/berkas/<path:name>
        GET /arsip/<public_id>/terbuka.zip
        GET /arsip/<public_id>/keadaan
        POST /arsip/<public_id>/periksa
        POST /arsip/<public_id>/perbaiki
        POST /arsip/<public_id>/salinan/<store>/perbaiki
        POST /arsip/<public_id>/ralat
        GET /arsip/buku-besar.jsonl
        GET /arsip/daftar
        GET /masukan
        GET /masukan/<public_id>
        GET /masukan/<public_id>/kontak
        POST /masukan/<public_id>/periksa
        POST /masukan/<public_id>/terima
        POST /masukan/<public_id>/tolak
        GET /masa-simpan
        GET /masa-simpan/penahanan
        GET /masa-simpan/penghapusan
        GET /masa-simpan/penghapusan/<public_id>/nisan.json
        POST /masa-simpan/penghapusan/<public_id>/setuju
        POST /masa-simpan/penghapusan/<public_id>/tolak
        POST /masa-simpan/penghapusan/bersama/<batch>/setuju
        POST /masa-simpan/penghapusan/bersama/<batch>/tolak
        POST /masa-simpan/usul/<matter>/<subject>
        POST /masa-simpan/usul-semua/<matter>
        GET /masa-simpan/penahanan/<kind>/<subject>
        POST /masa-simpan/penahanan/<kind>/<subject>
        POST /masa-simpan/cabut/<public_id>
        GET /siaran/<public_id>/arsip
        POST /siaran/<public_id>/rekaman
        GET /siaran/<public_id>/segel
        GET /siaran/<public_id>/linimasa
        GET /arsip/<public_id>/bukti.tlog-proof
        POST /siaran/<public_id>/linimasa/<entry_id>
        POST /arsip/naskah-penutup
        POST /siaran/<public_id>/rekaman/<recording_id>/awal
        POST /siaran/<public_id>/segel
        POST /siaran/<public_id>/tarik
        GET /siaran/<public_id>/terbit
        POST /siaran/<public_id>/terbit
        POST /siaran/<public_id>/terbit/bagian/<piece_id>
        POST /siaran/<public_id>/terbit/bagian/<piece_id>/tutup
        GET /siaran/<public_id>/terbit/isi
        POST /siaran/<public_id>/terbit/siapkan
        POST /siaran/<public_id>/terbit/tanda/<span_id>
    """,
    (P, F): """
        GET /lalin/kalimat
        GET /lalin/kalimat/<group>/<name>
        POST /lalin/kondisi/<public_id>/benar
        POST /lalin/kondisi/<public_id>/selesai
        POST /lalin/kondisi/<public_id>/ubah
        POST /lalin/lapsit
        POST /lalin/lapsit/<public_id>/angka
        POST /lalin/sumber
        POST /lalin/sumber/<public_id>
        POST /lalin/sumber/<public_id>/ambil
        POST /lalin/tempel
        POST /lalin/tempel/simpan
        GET /lalin/kata
        POST /lalin/kata/<public_id>
        POST /lalin/kata/<public_id>/hapus
        GET /lalin/kondisi/<public_id>/koreksi
        POST /lalin/kondisi/<public_id>/koreksi
        GET /lalin/laporan/<public_id>/koreksi
        POST /lalin/laporan/<public_id>/koreksi
        POST /naskah/<public_id>/perbarui
        GET /naskah/<public_id>/ralat
        POST /naskah/<public_id>/ralat
        POST /naskah/buletin
        POST /naskah/imbauan
        POST /naskah/lapsit
    """,
    (P, H): """
        GET /papan-suara
        POST /papan-suara
        POST /papan-suara/<sound_id>
        POST /papan-suara/<sound_id>/hapus
        POST /papan-suara/<sound_id>/main
        GET /papan-suara/<sound_id>/suara.flac
        POST /siaran/<public_id>/acara/<item_id>/cadangan-sendiri
        POST /siaran/<public_id>/acara/<item_id>/suara
        POST /siaran
        POST /siaran/<public_id>/acara
        POST /siaran/<public_id>/batal
        POST /siaran/<public_id>/kembali
        POST /siaran/<public_id>/pindah
        POST /siaran/<public_id>/pulihkan
        GET /siaran/<public_id>/ubah
        POST /siaran/<public_id>/ubah
        POST /siaran/<public_id>/acara/<item_id>/hapus
        POST /siaran/<public_id>/acara/<item_id>/pindah
        POST /siaran/<public_id>/acara/<item_id>/ubah
        POST /siaran/<public_id>/acara/salin
        POST /siaran/<public_id>/ambil
        POST /siaran/<public_id>/buang
        GET /siaran/<public_id>/mulai
        POST /siaran/<public_id>/lindungi
        POST /antrean/<public_id>/saling-dengar
        POST /antrean/<public_id>/pisahkan
        POST /siaran/<public_id>/mulai
        POST /siaran/<public_id>/pengaduan
        POST /siaran/<public_id>/selesai
        POST /siaran/<public_id>/tahan
        POST /siaran/<public_id>/terjawab
        POST /siaran/<public_id>/tutup
    """,
    (F,): """
        POST /lalin/kalimat/<group>/<name>
        POST /lalin/kalimat/<group>/<name>/asal
        POST /naskah/<public_id>/setujui
    """,
    (T,): """
        POST /pengaduan/<public_id>/buka
        POST /pengaduan/<public_id>/gabung
        POST /pengaduan/<public_id>/jawab
        POST /pengaduan/<public_id>/kembalikan
        POST /pengaduan/<public_id>/kerjakan
        POST /pengaduan/<public_id>/nomor
        POST /pengaduan/<public_id>/perpanjang
        POST /pengaduan/<public_id>/pin
        POST /pengaduan/<public_id>/putusan
        POST /pengaduan/<public_id>/rahasia
        POST /pengaduan/<public_id>/ringkasan
        POST /pengaduan/<public_id>/setuju
        POST /pengaduan/<public_id>/teruskan
        POST /pengaduan/<public_id>/tolak
        POST /pengaduan/<public_id>/tutup
        GET /pengaduan/jawaban
        POST /pengaduan/jawaban
        POST /pengaduan/jawaban/<public_id>/hapus
    """,
    (P,): """
        GET /data-pribadi
        POST /data-pribadi
        GET /data-pribadi/<public_id>
        GET /data-pribadi/<public_id>/data.zip
        GET /data-pribadi/<public_id>/surat
        GET /data-pribadi/<public_id>/surat.pdf
        POST /data-pribadi/<public_id>/cari
        POST /data-pribadi/<public_id>/usul
        POST /data-pribadi/<public_id>/tutup/<call>
        GET /siaran/statistik
        GET /siaran/statistik.csv
        GET /siaran/<public_id>/statistik
        GET /keadaan
        POST /keadaan/pekerjaan/<job_id>/ulang
        GET /program
        GET /program/<public_id>
        POST /program
        POST /program/<public_id>/jadwal
        POST /program/<public_id>/libur
        POST /program/<public_id>/libur/hapus
        POST /program/<public_id>/susunan
        POST /program/jadwal/<slot_id>
        POST /program/jadwal/<slot_id>/akhiri
        POST /siaran/<public_id>/ubah/seterusnya
        POST /saluran/<line_id>/coba
        GET /saluran/<line_id>/coba.wav
    """,
    (): """
        GET /petugas
        POST /petugas
        POST /petugas/<public_id>
        POST /petugas/<public_id>/kode/atur-ulang
        POST /petugas/<public_id>/sandi/atur-ulang
        POST /petugas/undang
        POST /petugas/undang/batal
        POST /saluran
        POST /saluran/<line_id>
        POST /saluran/<line_id>/hapus
        POST /saluran/laju
        GET /saluran/perangkat
    """,
}
"""Routes by the roles that they are open to; a variable part is written with its name alone."""

WHO = {route.strip(): set(roles) for roles, routes in TABLE.items() for route in routes.strip().splitlines()}


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Method, rule and an address that fits it, for every route of the desk."""
    for rule in app.url_map.iter_rules():
        plain = re.sub(r"<any\([^)]*\):(\w+)>", r"<\1>", rule.rule)
        one = re.sub(r"<any\(([^)]*)\):\w+>", lambda found: found[1].split(",")[0].strip(" '\""), rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, plain, re.sub(r"<\w+>", "x", one)


def test_every_route_is_in_the_table(desk: Flask) -> None:
    assert {f"{method} {rule}" for method, rule, _ in routes(desk)} == set(WHO) | OPEN_TO_ALL | APART


@pytest.mark.parametrize("role", [*Role])
def test_a_role_reaches_what_the_table_gives_it_and_nothing_else(
    role: Role, desk: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in(role)
    for method, rule, address in routes(desk):
        roles = WHO.get(f"{method} {rule}")
        if roles is None:
            continue
        with client.open(address, method=method) as answer:
            # What is open may still refuse the made-up id or the empty form.
            reached = answer.status_code != 403
            assert answer.status_code < 500 or answer.status_code == 503, (method, rule)
        assert reached is (role in roles or role is Role.ADMINISTRATOR), (method, rule)


def test_nobody_reaches_anything_but_the_sign_in(desk: Flask) -> None:
    client = desk.test_client()
    assert isinstance(client, FormClient)
    for method, rule, address in routes(desk):
        if f"{method} {rule}" in WHO:
            answer = client.open(address, method=method)
            assert answer.status_code == 302, (method, rule)
            assert answer.headers["Location"].startswith("/masuk"), (method, rule)
            assert client.open(address, method=method, headers={"HX-Request": "true"}).status_code == 401, (
                method,
                rule,
            )
    assert client.get("/langsung").status_code == 401
    assert client.post("/keluar").status_code == 302


def test_pages_ask_the_guard_of_a_view_before_they_offer_a_way_to_it() -> None:
    """``may_open`` is the one way; a list of roles in a page would be told apart from its view one day."""
    asked = {
        path.relative_to(TEMPLATES).as_posix(): line.strip()
        for path in TEMPLATES.rglob("*.html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "me.may(" in line
    }
    # A field, not a way: who may fetch from the station's own network.
    assert asked.keys() == {"traffic/sources.html"}, asked
