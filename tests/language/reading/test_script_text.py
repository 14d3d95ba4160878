"""A text as it is shown and as it is said."""

from hypothesis import given, settings
from hypothesis import strategies as st

from radiodesk.language.reading import ScriptText
from radiodesk.language.reading.script_text import heard_tokens


def test_written_words_are_those_between_blanks_with_their_lines_and_sentences() -> None:
    script = ScriptText("Selamat pagi, pendengar. Arus di Jl. Veteran lancar.\n\nTerima kasih.")
    assert script.words == [
        "Selamat",
        "pagi,",
        "pendengar.",
        "Arus",
        "di",
        "Jl.",
        "Veteran",
        "lancar.",
        "Terima",
        "kasih.",
    ]
    assert script.lines == [0] * 8 + [1] * 2
    assert script.sentences == [0] * 3 + [1] * 5 + [2] * 2


def test_each_spoken_word_belongs_to_the_written_one_that_it_is_said_for() -> None:
    script = ScriptText("Denda Rp250.000 untuk pelanggar.")
    said = [(word, script.words[at]) for word, at in zip(script.spoken, script.written_of, strict=True)]
    assert said[0] == ("denda", "Denda")
    assert {written for word, written in said[1:-2]} == {"Rp250.000"}
    assert said[-1] == ("pelangar", "pelanggar.")


def test_a_number_and_a_time_have_every_usual_way_to_be_said() -> None:
    [time] = [unit for unit in ScriptText("Kami kembali pukul 06.30 nanti.").units if len(unit.ways) > 1]
    said = {" ".join(way) for way in time.ways}
    assert any("enam tiga puluh" in way for way in said)
    [short] = [unit for unit in ScriptText("Bawalah STNK asli.").units if len(unit.ways) > 1]
    assert {("es", "te", "en", "ka"), ("stnk",)} <= set(short.ways)


def test_digits_that_a_recogniser_wrote_are_said_out() -> None:
    assert heard_tokens("30") == ["tiga", "puluh"]
    assert heard_tokens("Veteran.") == ["feteran"]
    assert heard_tokens("…") == []


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_cut_into_words_with_a_place_for_each(text: str) -> None:
    script = ScriptText(text)
    assert script.words == text.split() or sorted(script.words) == sorted(" ".join(text.splitlines()).split())
    assert len(script.words) == len(script.lines) == len(script.sentences)
    assert len(script.spoken) == len(script.written_of) == len(script.unit_of)
    assert all(0 <= at < len(script.words) for at in script.written_of)
