"""Writing for the ear: what is marked, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.language.spoken.ear import HeardLine, Trouble, heard_lines


def line(text: str) -> HeardLine:
    [found] = heard_lines(text, words_per_minute=140, lexicon={})
    return found


@pytest.mark.parametrize(
    ("text", "trouble", "stretch"),
    [
        ("Bahwa " + "petugas itu datang lagi ke sana " * 5 + "tadi.", Trouble.LONG_SENTENCE, None),
        ("Arus di " + "simpang lima dan jalan raya barat menuju terminal kota " * 3, Trouble.LONG_BREATH, None),
        ("Ada 12 kecelakaan, 3 luka berat, 4 luka ringan, 2 meninggal.", Trouble.NUMBERS, None),
        ("Petugas yang datang yang tadi yang pagi yang itu juga.", Trouble.CHAIN, None),
        ("Ia mempertanggungjawabkan itu.", Trouble.LONG_WORD, "mempertanggungjawabkan"),
        ("Menurut KPPBC, jalan itu aman.", Trouble.CAPITALS, "KPPBC"),
        ("Jalan itu aman (dua arah).", Trouble.SIGN, "("),
        ("Ia lahir di Bengkstrat.", Trouble.CLUSTER, "Bengkstrat"),
    ],
)
def test_what_a_listener_or_reader_stumbles_over_is_marked(text: str, trouble: Trouble, stretch: str | None) -> None:
    found = line(text)
    marked = {(mark.trouble, found.text[mark.start : mark.end]) for mark in found.marks}
    assert trouble in {kind for kind, _ in marked}
    if stretch is not None:
        assert (trouble, stretch) in marked


@pytest.mark.parametrize(
    "text",
    [
        "Selamat malam, pendengar. Anda bersama Halo Polisi.",
        "Arus lalu lintas di Jalan Veteran ramai lancar dari dua arah.",
        "Polisi menilang 41 pelanggar di depan SPBU, pukul 21.44 WIB.",
        "Hubungi 110 bila Anda membutuhkan polisi.",
        "Menyenangkan, bersungguh-sungguh, dan mengkhawatirkan.",
    ],
)
def test_plain_words_are_left_alone(text: str) -> None:
    assert line(text).marks == ()


def test_the_spoken_form_stands_beside_a_line_that_is_said_otherwise() -> None:
    plain, hard = heard_lines("Selamat pagi.\n\nPukul 21.30 WIB.", words_per_minute=140, lexicon={})
    assert (plain.number, plain.said, hard.number) == (0, "", 2)
    assert "dua puluh satu" in hard.said
    assert hard.seconds > plain.seconds > 0


@given(st.text(max_size=300), st.integers(60, 260))
def test_any_text_is_heard_and_every_mark_lies_in_its_line(text: str, pace: int) -> None:
    for found in heard_lines(text, words_per_minute=pace, lexicon={}):
        assert found.text and found.seconds >= 0
        for mark in found.marks:
            assert 0 <= mark.start < mark.end <= len(found.text)
