"""Where a reader is: through slips, skips, repeats, pauses and words that are none of the text."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiodesk.language.reading import Follower, Position, ScriptText
from tests.language.reading.heard import heard

TEXT = """Selamat pagi, pendengar. Ini buletin lalu lintas pukul 07.30 WIB.
Di Jalan Gajah Mada arus padat merayap dari arah timur sepanjang 1,5 km.
Di simpang empat terjadi kecelakaan antara truk dan sepeda motor.
Jalan Veteran lancar dari kedua arah.
Pengemudi sebaiknya melewati jalan lingkar selatan.
Terima kasih, sampai jumpa."""

SCRIPT = ScriptText(TEXT)


def place_of(word: str) -> int:
    return SCRIPT.words.index(word)


def read(*texts: str, script: ScriptText = SCRIPT) -> Position:
    follower = Follower(script)
    position = follower.position
    for text in texts:
        position = follower.hear(heard(text))
    return position


def test_before_anything_is_said_nobody_is_anywhere() -> None:
    assert Follower(SCRIPT).hear([]) == Position()


def test_the_place_is_that_of_the_word_said_last() -> None:
    position = read("selamat pagi pendengar ini buletin")
    assert (position.word, position.line, position.sentence, position.sure) == (4, 0, 1, True)
    assert position.said_at == pytest.approx(2.6)


def test_numbers_and_short_forms_are_followed_however_they_are_said() -> None:
    assert read("pukul tujuh tiga puluh WIB di jalan gajah mada").word == place_of("Mada")
    start = "selamat pagi pendengar ini buletin lalu lintas "
    assert read(start + "pukul tujuh lewat tiga puluh menit Waktu Indonesia Barat di jalan gajah").word == place_of(
        "Gajah"
    )
    assert read(start + "pukul 07.30 wib di jalan gajah").word == place_of("Gajah")


def test_it_waits_in_words_that_are_none_of_the_text_and_is_not_sure_then() -> None:
    before = read("selamat pagi pendengar")
    within = read("selamat pagi pendengar", "hari ini cuaca cerah sekali ya teman teman")
    assert (within.word, within.sure) == (before.word, False)
    after = read("selamat pagi pendengar", "hari ini cuaca cerah sekali ya teman teman", "ini buletin lalu lintas")
    assert (after.word, after.sure) == (7 - 1, True)


def test_misheard_words_do_not_stop_it() -> None:
    assert read("slamat pagi pendengan ini bulatin lalu lentas pokol tujuh").word == place_of("07.30")


def test_a_sentence_that_was_left_out_is_passed_once_words_behind_it_agree() -> None:
    begun = "selamat pagi pendengar ini buletin lalu lintas pukul tujuh tiga puluh"
    assert read(begun, "di simpang").word <= place_of("simpang")
    assert read(begun, "di simpang empat terjadi kecelakaan").word == place_of("kecelakaan")


def test_a_sentence_that_is_said_again_takes_it_back() -> None:
    line = "di simpang empat terjadi kecelakaan antara truk dan sepeda motor "
    begun = (
        "selamat pagi pendengar ini buletin lalu lintas pukul tujuh tiga puluh di jalan gajah mada arus padat merayap "
    )
    position = read(begun + "dari arah timur sepanjang satu koma lima kilometer " + line, line[:35])
    assert position.word == place_of("kecelakaan")


def test_one_rare_word_from_afar_moves_nobody_but_a_few_of_them_do() -> None:
    follower = Follower(
        ScriptText(f"{TEXT}\n{' '.join(f'kata{n} lain' for n in range(80))}\nPatroli malam menyisir hutan jati.")
    )
    start = follower.hear(heard("selamat pagi pendengar"))
    assert follower.hear(heard("patroli")).word == start.word
    assert follower.hear(heard("malam menyisir hutan")).word == len(follower.script.words) - 2


def test_a_place_is_kept_a_while_when_the_recogniser_takes_its_words_back_and_no_longer() -> None:
    follower = Follower(SCRIPT)
    words = heard("selamat pagi pendengar ini")
    assert follower.hear(words[:2], words[2:]).word == 3
    within = follower.hear([], heard("penjara", begins=1.2))
    assert (within.word, within.sure) == (3, False)
    assert follower.hear([], heard("penjara", begins=15.0)).word == 1
    assert follower.hear(words[2:]).word == 3
    assert follower.heard == 4


def test_amounts_that_a_lost_recogniser_writes_move_nobody() -> None:
    follower = Follower(ScriptText(f"{TEXT}\nKerugian sekitar Rp7.500.000 menurut petugas."))
    before = follower.hear(heard("selamat pagi pendengar"))
    assert follower.hear(heard("dua puluh lima ratus ribu rupiah")).word == before.word


def test_a_session_that_gives_all_settled_words_each_time_is_followed_too() -> None:
    follower = Follower(SCRIPT)
    words = heard("selamat pagi pendengar ini buletin")
    assert follower.follow(words[:3], words[3:4]).word == 3
    assert follower.follow(words, ()).word == 4
    assert follower.heard == 5


def test_a_producer_who_jumps_takes_it_along() -> None:
    follower = Follower(SCRIPT)
    follower.place(place_of("Veteran"))
    assert follower.position.word == place_of("Veteran")
    assert follower.hear(heard("lancar dari kedua")).word == place_of("kedua")


def test_a_whole_rundown_is_followed_to_its_end() -> None:
    chance = random.Random(3)  # noqa: S311
    syllables = ["ka", "ri", "mu", "lan", "to", "pe", "ngi", "sar", "bo", "du"]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(10_000)]
    script = ScriptText("\n".join(" ".join(words[at : at + 10]) for at in range(0, len(words), 10)))
    follower = Follower(script)
    for at in range(0, 300, 10):
        follower.hear(heard(" ".join(words[at : at + 10])))
    assert follower.position.word == 299
    assert follower.hear(heard(" ".join(words[9_000:9_012]))).word == 9_011


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), max_size=30), st.lists(st.text(max_size=12), max_size=5))
def test_any_words_give_a_place_and_no_exception(settled: list[str], tentative: list[str]) -> None:
    follower = Follower(SCRIPT)
    position = follower.hear(heard(" ".join(settled)), heard(" ".join(tentative)))
    assert -1 <= position.word < len(SCRIPT.words)


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_followed(text: str, said: str) -> None:
    follower = Follower(ScriptText(text))
    assert -1 <= follower.hear(heard(said)).word < max(1, len(follower.script.words))


@settings(deadline=None)
@given(st.integers(0, len(SCRIPT.spoken)), st.randoms(use_true_random=False))
def test_it_never_runs_ahead_of_what_was_said(until: int, chance: random.Random) -> None:
    """Some words of the text up to a place are lost, misheard, or followed by others that are none of the text."""
    follower = Follower(SCRIPT)
    strange = ["xylo", "wuwu", "qeqe", "ngungung", "vivavi"]
    for at, word in enumerate(SCRIPT.spoken[:until]):
        lot = chance.random()
        said = [] if lot < 0.1 else [chance.choice(strange)] if lot < 0.2 else [word]
        if chance.random() < 0.1:
            said += chance.choices(strange, k=3)
        position = follower.hear(heard(" ".join(said), begins=float(at)))
        assert position.word <= SCRIPT.written_of[at]


@settings(deadline=None)
@given(st.integers(1, len(SCRIPT.spoken)))
def test_a_faithful_reading_is_followed_word_by_word(until: int) -> None:
    follower = Follower(SCRIPT)
    places = [follower.hear(heard(word, begins=float(at))).word for at, word in enumerate(SCRIPT.spoken[:until])]
    assert places[-1] == SCRIPT.written_of[until - 1]
    assert all(one <= other for one, other in pairwise(places))
