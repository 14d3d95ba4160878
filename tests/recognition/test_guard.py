"""What nobody said is told from what somebody said."""

import pytest

from radiodesk.language.digit_words import tokens
from radiodesk.recognition.hallucination_guard import compression, doubt, is_recited, is_repeated
from radiodesk.recognition.prompts import prompt_for


def _doubt(text: str, *, log_probability: float = -0.3, no_speech: float = 0.1, seconds: float = 5.0) -> str | None:
    return doubt(
        tokens(text),
        log_probability=log_probability,
        no_speech=no_speech,
        seconds=seconds,
        prompt=tokens(prompt_for("id")),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Selamat pagi, saya mau melapor kehilangan motor.",
        "Nomor saya kosong kosong kosong kosong satu satu satu satu.",
        "Iya iya iya, terima kasih.",
        "Kecelakaan di Jalan Gajah Mada, pak.",
        "Terima kasih.",
    ],
)
def test_speech_is_believed(text: str) -> None:
    assert _doubt(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("Terima kasih telah menonton!", "credits of a video"),
        ("Subtitle by komunitas", "credits of a video"),
        ("di jalan di jalan di jalan di jalan", "repeated phrase"),
        ("ya ya ya ya ya", "repeated phrase"),
        ("kosong delapan lima dua tiga tujuh sembilan satu", "prompt recited"),
        (
            "selamat pagi pak saya dari desa mau lapor soal jalan rusak depan pasar yang ramai sekali dan lampu "
            "merah mati sejak kemarin sore",
            "more words than time",
        ),
    ],
)
def test_inventions_are_named(text: str, reason: str) -> None:
    assert _doubt(text, seconds=2.0) == reason


def test_a_quiet_line_with_an_unsure_text_is_silence() -> None:
    assert _doubt("terima kasih", no_speech=0.9, log_probability=-1.2) == "no speech"
    assert _doubt("terima kasih", no_speech=0.9, log_probability=-0.3) is None
    assert _doubt("terima kasih", log_probability=-2.0) == "unsure of every word"


def test_digits_may_repeat_and_words_may_not() -> None:
    assert not is_repeated(["satu", "satu", "satu", "satu", "satu"])
    assert is_repeated(["lalu", "lintas", "lalu", "lintas", "lalu", "lintas"])
    assert not is_repeated(["hati", "hati", "hati"])


def test_reciting_needs_six_words_in_a_row() -> None:
    prompt = ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh"]
    assert is_recited(["eh", "satu", "dua", "tiga", "empat", "lima", "enam"], prompt)
    assert not is_recited(["satu", "dua", "tiga", "empat", "lima", "delapan"], prompt)


def test_loops_pack_far_better_than_speech() -> None:
    assert compression("jalan itu jalan itu " * 20) > 2.4 > compression("selamat pagi pak saya mau melapor kehilangan")
