"""Whom the machine proposes to protect, and whom it leaves alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiodesk.language.triage.protection_cues import Kind, Matter, protection_cue

PROTECTED = {
    "Dipukuli suami": (Kind.VICTIM, Matter.HOME),
    "Tetangga saya kena KDRT, tiap malam kedengaran menjerit": (Kind.VICTIM, Matter.HOME),
    "suami saya kalau mabuk suka main tangan pak saya takut pulang": (Kind.VICTIM, Matter.HOME),
    "Saya ditampar mantan suami di depan rumah ibu": (Kind.VICTIM, Matter.HOME),
    "mertua saya dipukul menantunya sampai babak belur": (Kind.VICTIM, Matter.HOME),
    "Pacar saya mencekik saya waktu bertengkar": (Kind.VICTIM, Matter.HOME),
    "bojoku yen mendem mesthi ngantemi aku pak": (Kind.VICTIM, Matter.HOME),
    "kulo dipun pilara garwa kulo saben dalu": (Kind.VICTIM, Matter.HOME),
    "mbakyuku dikeplaki bojone nganti biru kabeh": (Kind.VICTIM, Matter.HOME),
    "Ada pelecehan di angkutan, penumpang perempuan dipegang-pegang": (Kind.VICTIM, Matter.SEXUAL),
    "Saya diperkosa teman kerja, bingung mau lapor ke mana": (Kind.VICTIM, Matter.SEXUAL),
    "foto bugil saya mau disebar sama mantan": (Kind.VICTIM, Matter.SEXUAL),
    "Begal payudara lagi di Jalan Contoh, korbannya karyawati": (Kind.VICTIM, Matter.SEXUAL),
    "aku digrepe-grepe wong lanang neng bis": (Kind.VICTIM, Matter.SEXUAL),
    "Anak tetangga dicabuli guru ngajinya": (Kind.CHILD, Matter.SEXUAL),
    "keponakanku umure rolas taun dirudapeksa tanggane": (Kind.CHILD, Matter.SEXUAL),
    "Anak saya dipukul gurunya sampai telinganya berdarah": (Kind.CHILD, Matter.CHILD),
    "Bayi ditemukan dibuang di depan mushola": (Kind.CHILD, Matter.CHILD),
    "halo pak aku isih kelas papat sd arep takon": (Kind.CHILD, Matter.CHILD),
    "Saya masih SMP, umur saya tiga belas tahun, dikurung bapak tiri": (Kind.CHILD, Matter.CHILD),
}
HARMLESS = [
    "Anak sekolah menyeberang, mohon petugas di depan SD",
    "Pengendara motor ditabrak truk di pertigaan",
    "Anak SD ditabrak motor waktu pulang sekolah",
    "Acara pemukulan bedug di alun-alun malam takbiran",
    "Hasil uji kekerasan beton jembatan belum keluar",
    "Bapak-bapak memukul kentongan tanda banjir datang",
    "Anak-anak menendang bola di jalan, bahaya buat pengendara",
    "Suami saya menanyakan jadwal SIM keliling",
    "Istri mau memperpanjang STNK, syaratnya apa",
    "Umur saya lima puluh tahun, apa masih bisa bikin SIM",
    "Anak saya kelas tiga SMP mau ikut polisi cilik",
    "Perahu nelayan dihajar ombak, suami istri selamat",
    "Harga gabah dibanting tengkulak, petani rugi",
    "Pelaku curanmor diancam hukuman tujuh tahun, kata bapak kapolres",
    "Ular sepanjang tiga meter dipukuli warga, anak-anak menonton",
    "dalane peteng ndhedhet, bocah sekolah angel nyabrang",
    "lare-lare SD antri vaksin neng balai desa, dalan macet",
    "bapak tani padha nggebug tikus neng sawah, dalan ditutup sedhela",
    "Lomba memukul gendang antar siswa bikin macet depan pasar",
    "Posyandu balita di Jalan Contoh, parkir meluber",
]


@pytest.mark.parametrize("told", PROTECTED)
def test_violence_at_home_sexual_violence_and_children_are_proposed_with_their_reason(told: str) -> None:
    cue = protection_cue(told)
    assert cue is not None
    assert (cue.kind, cue.matter) == PROTECTED[told]
    assert cue.why and all(words in told for words in cue.why)


@pytest.mark.parametrize("told", HARMLESS)
def test_harmless_calls_are_left_alone(told: str) -> None:
    assert protection_cue(told) is None


def test_twenty_calls_of_each_kind_are_walked() -> None:
    assert (len(PROTECTED), len(HARMLESS)) == (20, 20)


MORE = {
    "Saya ditampar bapak": ("ditampar", "bapak"),
    "Suami saya menempeleng saya di dapur": ("Suami saya", "menempeleng"),
    "kulo dipun antem semah kulo, bojo kulo mendem": ("dipun antem", "bojo"),
    "saya ditempeleng oleh ayah": ("ditempeleng", "ayah"),
    "kula dipun tendang kaliyan bapak": ("dipun tendang", "bapak"),
    "bapak menempeleng saya tiap malam": ("bapak", "menempeleng"),
    "Ayah memukul ibu kalau mabuk": ("Ayah", "memukul"),
    "Suami saya preman pak, tiap malam saya dipukuli": ("Suami saya", "dipukuli"),
    "HP saya dirampas suami, saya dipukuli": ("suami", "dipukuli"),
    "Kami dijambret, sampai rumah saya ditampar suami": ("ditampar", "suami"),
}
STRANGERS = [
    "istri saya dijambret, tasnya ditendang",
    "Istri saya dipukul begal di jembatan",
    "suami saya memukul jambret sampai lari",
    "Saya dipukul bapak polisi lalu lintas",
    "Tadi ada ibu ibu ditendang maling di pasar",
    "Selamat pagi bapak, tadi ada motor menendang spion saya",
    "Ibu ibu memukul wajan tanda protes di balai desa",
    "maaf bapak menendang bola kena mobil saya",
]


@pytest.mark.parametrize("told", MORE)
def test_a_relative_is_known_as_the_doer_and_politely_said_deeds_count(told: str) -> None:
    cue = protection_cue(told)
    assert cue is not None and (cue.kind, cue.matter) == (Kind.VICTIM, Matter.HOME)
    assert set(MORE[told]) & set(cue.why) and all(words in told for words in cue.why)


@pytest.mark.parametrize("told", STRANGERS)
def test_what_strangers_do_outside_is_no_violence_at_home(told: str) -> None:
    assert protection_cue(told) is None


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(told: str) -> None:
    cue = protection_cue(told)
    assert cue is None or all(words in told for words in cue.why)
