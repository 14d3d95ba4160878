"""What of an approved text was really said."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiodesk.language.reading import AsRead, Kind, ScriptText, as_read
from tests.language.reading.heard import Heard, heard

TEXT = """Selamat pagi, pendengar. Kami kembali pukul 06.30 WIB.
Denda paling banyak Rp250.000 bagi pengendara tanpa helm.
Hubungi 0812-3456-7890 atau datang ke kantor. Bawalah STNK asli dan fotokopi."""

AS_WRITTEN = (
    "selamat pagi pendengar kami kembali pukul enam tiga puluh waktu indonesia barat denda paling banyak dua ratus "
    "lima puluh ribu rupiah bagi pengendara tanpa helm hubungi kosong delapan satu dua tiga empat lima enam tujuh "
    "delapan sembilan kosong atau datang ke kantor bawalah es te en ka asli dan fotokopi"
)


def told(result: AsRead) -> list[tuple[Kind, str, str]]:
    return [(one.kind, one.written, one.heard) for one in result.differences if not one.unsure]


def test_a_faithful_reading_is_all_as_approved_however_numbers_are_said() -> None:
    result = as_read(TEXT, heard(AS_WRITTEN))
    assert (result.percent, result.differences) == (100, ())
    assert [part.kind for part in result.parts] == [Kind.APPROVED]


def test_numbers_that_the_recogniser_wrote_as_digits_are_the_same() -> None:
    said = AS_WRITTEN.replace("enam tiga puluh waktu indonesia barat", "06.30 WIB")
    said = said.replace("dua ratus lima puluh ribu rupiah", "Rp250.000").replace("es te en ka", "STNK")
    assert as_read(TEXT, heard(said)).percent == 100


@pytest.mark.parametrize(
    ("of", "other"),
    [
        ("dua ratus lima puluh ribu", "dua ratus enam puluh ribu"),
        ("delapan satu dua tiga", "delapan satu tiga tiga"),
        ("enam tiga puluh", "tujuh tiga puluh"),
    ],
)
def test_another_number_is_a_change_however_much_it_sounds_alike(of: str, other: str) -> None:
    result = as_read(TEXT, heard(AS_WRITTEN.replace(of, other)))
    assert [one[0] for one in told(result)] == [Kind.CHANGED]
    assert result.percent < 100


def test_a_word_changed_left_out_or_added_is_told_with_its_seconds() -> None:
    said = AS_WRITTEN.replace("pagi", "malam").replace("atau datang ke kantor ", "")
    said = said.replace("bagi pengendara", "ya begitu ya bagi pengendara")
    result = as_read(TEXT, heard(said))
    assert told(result) == [
        (Kind.CHANGED, "pagi,", "malam"),
        (Kind.ADDED, "", "ya begitu ya"),
        (Kind.LEFT_OUT, "atau datang ke kantor.", ""),
    ]
    changed, added, left_out = result.differences
    assert (changed.begins, changed.ends) == pytest.approx((0.6, 1.0))
    assert added.ends - added.begins == pytest.approx(1.0)
    assert left_out.begins == left_out.ends
    assert result.added == 3
    assert result.percent == 100 * (result.words - 5) // result.words


def test_a_sentence_said_again_is_known_as_one() -> None:
    [again] = as_read(
        TEXT, heard(AS_WRITTEN.replace("kami kembali", "selamat pagi pendengar kami kembali"))
    ).differences
    assert (again.kind, again.again) == (Kind.ADDED, True)


def test_slips_of_the_recogniser_are_no_changes() -> None:
    said = (
        AS_WRITTEN.replace("pendengar", "pendengan")
        .replace("pengendara", "pengen dara")
        .replace("fotokopi", "foto kopi")
    )
    assert told(as_read(TEXT, heard(said))) == []


def test_what_may_be_a_slip_of_the_recogniser_is_unsure_and_lowers_nothing() -> None:
    result = as_read(TEXT, heard(AS_WRITTEN.replace("kantor", "kanto lo")))
    assert [one.unsure for one in result.differences] in ([], [True])
    assert result.percent == 100


def test_a_word_that_had_its_time_was_not_heard_and_one_that_had_none_was_left_out() -> None:
    words = heard(AS_WRITTEN)
    at = [word.word for word in words].index("tanpa")
    with_time = [*words[:at], *words[at + 1 :]]
    [lost] = as_read(TEXT, with_time).differences
    assert (lost.kind, lost.unsure) == (Kind.LEFT_OUT, True)
    closed_up = [*words[:at], *(Heard(one.start - 0.4, one.end - 0.4, one.word) for one in words[at + 1 :])]
    [left_out] = as_read(TEXT, closed_up).differences
    assert (left_out.kind, left_out.unsure) == (Kind.LEFT_OUT, False)


def test_words_before_and_after_the_reading_are_not_of_it() -> None:
    before = heard("musik tadi bagus sekali", begins=0.0)
    read = heard(AS_WRITTEN, begins=10.0)
    after = heard("sekarang kita sapa penelepon", begins=read[-1].end + 5)
    result = as_read(TEXT, [*before, *read, *after], begins=9.5, ends=read[-1].end + 0.5)
    assert (result.percent, result.differences) == (100, ())
    assert len(as_read(TEXT, [*before, *read, *after]).differences) == 2


def test_nothing_heard_is_all_left_out() -> None:
    result = as_read(TEXT, [])
    assert (result.percent, [one.kind for one in result.parts]) == (0, [Kind.LEFT_OUT])


def test_a_text_longer_than_a_broadcast_is_laid_beside_what_was_heard() -> None:
    chance = random.Random(5)  # noqa: S311
    words = ["".join(chance.choices(["ka", "ri", "mu", "lan", "to", "pe", "sar"], k=3)) for _ in range(4_000)]
    said = [*words[:1_000], *words[1_010:3_000], "tambahan", "baru", *words[3_000:]]
    result = as_read(ScriptText(" ".join(words)), heard(" ".join(said)))
    assert result.percent == 99
    assert {one.kind for one in result.differences} == {Kind.LEFT_OUT, Kind.ADDED}


@settings(deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=10), max_size=20))
def test_any_text_and_any_words_can_be_compared(text: str, said: list[str]) -> None:
    result = as_read(text, heard(" ".join(said)))
    assert 0 <= result.percent <= 100
    assert sum(part.word_end - part.word for part in result.parts) == result.words


def test_words_in_seconds_of_which_nothing_is_known_are_unsure_and_not_unread() -> None:
    words = heard(AS_WRITTEN)
    # A caller went off air as the reading began: the first words lie in seconds that are not compared.
    first = words[3].start
    result = as_read(TEXT, words[3:], begins=words[0].start, ends=words[-1].end, unknown=[(0.0, first)])
    [lost] = result.differences
    assert (lost.kind, lost.written, lost.unsure) == (Kind.LEFT_OUT, "Selamat pagi, pendengar.", True)
    assert (lost.begins, lost.ends) == (words[0].start, first)
    assert result.percent == 100
    # The same silence with nobody else in it: they were not read.
    result = as_read(TEXT, words[3:], begins=words[0].start, ends=words[-1].end)
    assert told(result) == [(Kind.LEFT_OUT, "Selamat pagi, pendengar.", "")] and result.percent < 100


def test_a_word_at_the_edge_is_of_what_was_read_before_or_after_it() -> None:
    words = heard(f"penutup {AS_WRITTEN} laporan")
    result = as_read(TEXT, words, begins=words[1].start - 0.2, ends=words[-1].end - 0.1)
    assert (told(result), result.added) == ([], 0)
