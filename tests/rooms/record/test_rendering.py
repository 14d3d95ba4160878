"""Words, times and masks: what goes from the text goes from the sound, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.core import i18n
from radiodesk.language.redaction import KINDS, find_private
from radiodesk.language.redaction.identities import known_of
from radiodesk.rooms.record.masks import KIND_NAMES
from radiodesk.rooms.record.redaction_reasons import REASONS
from radiodesk.rooms.record.rendering import DUMP, Removal, moved, render_text, render_words
from radiodesk.rooms.transcripts.timed_words import PAD, Token, joined, places, tokens_of
from radiodesk.sound.stretches import Span as Seconds
from radiodesk.sound.stretches import merged, remaining


def mask(kind: str) -> str:
    return f"[{kind}]"


def spoken(text: str, begins: float = 0.0) -> list[dict[str, Any]]:
    """One word a second."""
    return [{"start": begins + n, "end": begins + n + 1, "word": f" {word}"} for n, word in enumerate(text.split())]


def segment(text: str, start: float, end: float) -> dict[str, Any]:
    return {"start": start, "end": end, "text": text, "speaker": None}


def removal(text: str, words: str, kind: str = "phone") -> Removal:
    start = text.index(words)
    return Removal(kind, start, start + len(words))


def test_words_keep_the_times_of_the_machine() -> None:
    tokens = tokens_of([segment("satu dua,", 0, 2), segment("Tiga", 2, 3)], spoken("satu dua tiga"))
    assert tokens == [Token("satu", 0, 1, 0), Token("dua,", 1, 2, 0), Token("Tiga", 2, 3, 1)]


def test_a_corrected_word_gets_the_whole_gap() -> None:
    heard = spoken("lapor ke kosong delapan terima kasih")
    tokens = tokens_of([segment("lapor ke 0812 3456 7890 terima kasih", 0, 6)], heard)
    assert [(one.start, one.end) for one in tokens] == [(0, 1), (1, 2), (2, 4), (2, 4), (2, 4), (4, 5), (5, 6)]


def test_a_segment_without_words_is_one_stretch() -> None:
    tokens = tokens_of([segment("nama saya Sutrisno", 3, 8)], [])
    assert {(one.start, one.end) for one in tokens} == {(3, 8)}


def test_the_same_seconds_are_bleeped() -> None:
    tokens = tokens_of(
        [segment("nomor saya 0812 3456, terima kasih", 0, 6)], spoken("nomor saya 0812 3456 terima kasih")
    )
    done = render_words(tokens, [segment("", 0, 6)], [removal(joined(tokens), "0812 3456")], 6, mask)
    assert done.text == "nomor saya [phone], terima kasih"
    assert done.bleeped == [Seconds(2 - PAD, 4 + PAD)]
    assert done.segments[0]["words"][2] == {"start": 2, "end": 4, "word": "[phone],"}


def test_a_part_of_a_word_takes_the_whole_word() -> None:
    tokens = tokens_of([segment("mobil S1234AB putih", 0, 3)], spoken("mobil S1234AB putih"))
    done = render_words(tokens, [segment("", 0, 3)], [removal(joined(tokens), "1234")], 3, mask)
    assert done.text == "mobil [phone] putih"


def test_a_span_over_two_segments_leaves_one_mask() -> None:
    segments = [segment("nomor 0812", 0, 2), segment("3456 ya", 2, 4)]
    tokens = tokens_of(segments, spoken("nomor 0812 3456 ya"))
    done = render_words(tokens, segments, [removal(joined(tokens), "0812 3456")], 4, mask)
    assert [one["text"] for one in done.segments] == ["nomor [phone]", "ya"]
    assert done.bleeped == [Seconds(1 - PAD, 3 + PAD)]


def test_what_was_dumped_is_gone_and_what_follows_moves_up() -> None:
    text = "nol satu dua tiga empat lima"
    tokens = tokens_of([segment(text, 0, 6)], spoken(text))
    done = render_words(tokens, [segment("", 0, 6)], [Removal(DUMP, 0, 0, 2.5, 4.0)], 6, mask)
    assert done.text == "nol satu empat lima"
    assert done.cut == [Seconds(2.5, 4.0)]
    assert [(one["start"], one["end"]) for one in done.segments[0]["words"]] == [(0, 1), (1, 2), (2.5, 3.5), (3.5, 4.5)]


def test_a_piece_that_was_dumped_whole_has_no_words() -> None:
    tokens = tokens_of([segment("kata kasar", 0, 2)], spoken("kata kasar"))
    assert render_words(tokens, [segment("", 0, 2)], [Removal(DUMP, 0, 0, 0, 2)], 2, mask).segments == []


def test_overlapping_places_of_a_script_leave_no_letter_between() -> None:
    text = "Hubungi Sutrisno 0812 segera."
    removals = [Removal("name", 8, 18), Removal("phone", 16, 21), Removal("phone", 17, 19)]
    assert render_text(text, removals, mask) == "Hubungi [name] segera."
    assert render_text(text, [], mask) == text


words = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=8)


@given(st.lists(words, min_size=1, max_size=30), st.data())
def test_no_word_that_a_span_touches_is_ever_shown_or_heard(texts: list[str], data: st.DataObject) -> None:
    tokens = [Token(text, float(n), n + 1.0, 0) for n, text in enumerate(texts)]
    length = len(joined(tokens))
    starts = st.integers(0, max(0, length - 1))
    removals = []
    for start in data.draw(st.lists(starts, max_size=5)):
        removals.append(Removal("x", start, data.draw(st.integers(start + 1, length))))
    done = render_words(tokens, [segment("", 0, len(texts))], removals, len(texts), lambda _kind: "\0")
    touched = {
        n
        for n, (begins, ends) in enumerate(places(tokens))
        for one in removals
        if begins < one.end and one.start < ends
    }
    shown = [word for one in done.segments for word in one["words"] if "\0" not in word["word"]]
    assert [word["word"] for word in shown] == [text for n, text in enumerate(texts) if n not in touched]
    for n in touched:
        assert any(span.start <= n and n + 1 <= span.end for span in done.bleeped)


@given(
    st.floats(1, 100),
    st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, 20)), max_size=4),
    st.lists(st.floats(0, 100), min_size=2, max_size=10),
)
def test_times_after_a_cut_stay_in_order_and_inside(
    duration: float, cuts: list[tuple[float, float]], seconds: list[float]
) -> None:
    kept = remaining(duration, merged(Seconds(start, start + length) for start, length in cuts))
    moved_to = [moved(second, kept) for second in sorted(seconds)]
    assert moved_to == sorted(moved_to)
    assert all(0 <= second <= sum(one.end - one.start for one in kept) + 0.001 for second in moved_to)


@pytest.mark.parametrize(
    ("text", "name", "phone", "found"),
    [
        ("nama saya sutrisno pak", "Sutrisno", None, ["sutrisno"]),
        ("saya Siti Maesaroh dari Dander", "Siti Maesaroh", None, ["Siti Maesaroh", "Maesaroh"]),
        ("bu maesaroh tadi", "Siti Maesaroh", None, ["maesaroh"]),
        ("hubungi 0812-3456-7890 saja", None, "+6281234567890", ["0812-3456-7890"]),
        ("hubungi +62 812 3456 7890 saja", None, "+6281234567890", ["+62 812 3456 7890"]),
        ("jalan rusak di depan pasar", "Jalan Pasar", None, []),
        ("tidak ada apa-apa", "", "", []),
        ("ada 110 dan 112", None, "110", []),
    ],
)
def test_the_callers_own_name_and_number_are_known(
    text: str, name: str | None, phone: str | None, found: list[str]
) -> None:
    assert [text[one.start : one.end] for one in known_of(text, name, phone)] == found


def test_every_kind_and_every_reason_has_a_name_in_both_languages() -> None:
    assert set(KINDS) <= set(KIND_NAMES)
    given_reasons = set()
    for path in sorted((Path(__file__).parents[2] / "language" / "redaction" / "fixtures").glob("redaction*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            given_reasons |= {one.why for one in find_private(line.replace("<", " ").replace(">", " "))}
    assert len(given_reasons) > 8
    assert given_reasons <= set(REASONS)
    with i18n.speaking("id"):
        assert all(i18n.gettext(one) != one for one in REASONS)
