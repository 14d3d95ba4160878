"""What a newsreader says for what is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiodesk.language.spoken import reading_seconds, to_spoken

SAID = [
    ("06.45 WIB", "pukul enam lewat empat puluh lima menit Waktu Indonesia Barat"),
    ("pkl 07.00 s.d. 09.30 WIB", "pukul tujuh sampai pukul sembilan lewat tiga puluh menit Waktu Indonesia Barat"),
    ("Senin (24/11) pukul 19:05", "Senin dua puluh empat November pukul sembilan belas lewat lima menit"),
    ("jam 7 pagi, 24 jam", "jam tujuh pagi, dua puluh empat jam"),
    ("pukul 08.00 - selesai", "pukul delapan sampai selesai"),
    ("17/08/2025", "tujuh belas Agustus dua ribu dua puluh lima"),
    ("2025-08-17", "tujuh belas Agustus dua ribu dua puluh lima"),
    ("16 February 2026", "enam belas Februari dua ribu dua puluh enam"),
    ("tgl 5-7 Agustus", "tanggal lima sampai tujuh Agustus"),
    ("Rp2.500,50", "dua ribu lima ratus rupiah lima puluh sen"),
    ("Rp150.000,-", "seratus lima puluh ribu rupiah"),
    ("Rp 1,5 juta", "satu koma lima juta rupiah"),
    ("Rp100.000–Rp150.000", "seratus ribu sampai seratus lima puluh ribu rupiah"),
    ("50rb dan Rp2500000", "lima puluh ribu dan dua juta lima ratus ribu rupiah"),
    ("0812-3456-7890", "nol delapan satu dua, tiga empat lima enam, tujuh delapan sembilan nol"),
    ("(0353) 881110", "nol tiga lima tiga, delapan delapan satu satu satu nol"),
    ("Hubungi 110 atau 112", "Hubungi satu satu nol atau satu satu dua"),
    ("110 kendaraan", "seratus sepuluh kendaraan"),
    ("S 1234 AB", "es satu dua tiga empat a be"),
    ("nopol S 1234", "nopol es satu dua tiga empat"),
    ("KM 12+300 arah Babat", "kilometer dua belas plus tiga ratus arah Babat"),
    ("KM 57A", "kilometer lima puluh tujuh a"),
    ("laka lantas R2 vs R4", "kecelakaan lalu lintas roda dua versus roda empat"),
    ("MD 1, LB 2, LR 3 orang", "meninggal dunia satu, luka berat dua, luka ringan tiga orang"),
    ("60 km/jam", "enam puluh kilometer per jam"),
    ("27,5°C", "dua puluh tujuh koma lima derajat Celsius"),
    ("2,5 m²", "dua koma lima meter persegi"),
    ("20–50 mm", "dua puluh sampai lima puluh milimeter"),
    ("35%", "tiga puluh lima persen"),
    ("±5 km", "kurang lebih lima kilometer"),
    ("0,05 dan 1.250,75", "nol koma nol lima dan seribu dua ratus lima puluh koma tujuh lima"),
    ("-5 derajat", "minus lima derajat"),
    ("HUT ke-80", "hari ulang tahun kedelapan puluh"),
    ("juara ke-1", "juara pertama"),
    ("Tahap II", "Tahap dua"),
    ("abad XX", "abad kedua puluh"),
    ("Hamengkubuwono X", "Hamengkubuwono kesepuluh"),
    ("hati2 anak2nya", "hati-hati anak-anaknya"),
    ("3 (tiga) orang", "tiga orang"),
    ("Pasal 281 ayat (1)", "Pasal dua ratus delapan puluh satu ayat satu"),
    ("BMKG, BPBD, STNK", "be em ka ge, be pe be de, es te en ka"),
    ("Satlantas Polres, SIM C", "Satlantas Polres, sim ce"),
    ("kamseltibcarlantas", "keamanan, keselamatan, ketertiban, dan kelancaran lalu lintas"),
    ("Jl. A. Yani No. 12", "Jalan a Yani nomor dua belas"),
    ("RT 03/RW 05", "er te nol tiga er we nol lima"),
    ("1/2 jam, 2 x 24 jam", "setengah jam, dua kali dua puluh empat jam"),
    ("skor 2-1", "skor dua satu"),
    ("gempa M 5.4", "gempa magnitudo lima koma empat"),
    ("07.00 Situasi arus lancar", "pukul tujuh, Situasi arus lancar"),
    ("pju dan pdam mati...tolong", "pe je u dan pe de a em mati. tolong"),
    ("GT. Semanggi Jaksel", "gerbang tol Semanggi Jakarta Selatan"),
    ("lapor@polri.go.id", "lapor at polri titik ge o titik i de"),
    ("SITUASI LALU LINTAS DI JALAN VETERAN", "Situasi Lalu Lintas Di Jalan Veteran"),
]


@pytest.mark.parametrize(("written", "said"), SAID)
def test_a_newsreader_says(written: str, said: str) -> None:
    assert to_spoken(written) == said


@pytest.mark.parametrize("said", [said for _, said in SAID])
def test_what_is_already_spoken_stays_as_it_is(said: str) -> None:
    assert to_spoken(said) == said


def test_an_area_pack_adds_words_that_win() -> None:
    lexicon = {"Jalan MH": "Jalan Mohammad Husni", "lalin": "arus kendaraan", "JPO": "jembatan penyeberangan orang"}
    assert to_spoken("lalin di JPO", lexicon=lexicon) == "arus kendaraan di jembatan penyeberangan orang"


def test_words_inside_other_words_are_left_alone() -> None:
    assert to_spoken("jlagran, kecap, nomor, Mdina") == "jlagran, kecap, nomor, Mdina"


FRAGMENT_LINE = """
Rp pkl 07.00 s.d. - – / . , : ( ) KM 12 + 300 S 1234 AB 0812 110 WIB jam % °C m² R2 MD ke- II X 1/2 2x ± 17
    Agustus 2025 1.250,75 @polri #lalin yg a.n. No. hati2 ' " & ! A é ß İ ² ½ ٣ 中 🙂 """
FRAGMENTS = st.sampled_from(FRAGMENT_LINE.split())
MESSY = st.lists(st.one_of(FRAGMENTS, st.text(max_size=4)), max_size=12).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda glue: glue.join(parts))
)


@settings(deadline=None)
@given(st.one_of(MESSY, st.text()))
def test_any_text_is_speakable_without_digits_and_stays_so(text: str) -> None:
    said = to_spoken(text)
    assert not any(sign.isdigit() for sign in said)
    assert to_spoken(said) == said


@settings(deadline=None)
@given(MESSY)
def test_reading_time_is_never_negative_and_slower_readers_take_longer(text: str) -> None:
    assert 0 <= reading_seconds(text, words_per_minute=160) <= reading_seconds(text, words_per_minute=120)


def test_a_long_bulletin_reads_at_the_pace_that_was_asked_for() -> None:
    prose = "Arus lalu lintas dari arah selatan menuju pusat kota terpantau ramai lancar pada pagi hari ini. " * 10
    seconds = reading_seconds(prose, words_per_minute=140, stop=0.0)
    words = len(prose.split())
    assert words / 140 * 60 == pytest.approx(seconds, rel=0.15)


def test_pauses_count_but_not_behind_the_last_word() -> None:
    assert reading_seconds("Macet.") == reading_seconds("Macet")
    assert reading_seconds("Macet. Macet") == pytest.approx(2 * reading_seconds("Macet") + 0.6)


def test_a_pace_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        reading_seconds("Macet", words_per_minute=0)


def test_a_station_may_have_minutes_said_bare() -> None:
    assert to_spoken("pukul 06.30", bare_minutes=True) == "pukul enam tiga puluh"
    assert to_spoken("pukul 06.05", bare_minutes=True) == "pukul enam lewat lima menit"
    assert to_spoken("pukul 06.30") == "pukul enam lewat tiga puluh menit"
