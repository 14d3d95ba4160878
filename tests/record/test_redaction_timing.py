"""The sound is silenced where the text is hidden."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from radiodesk.record.redaction import Span, find_private, spans_to_seconds
from radiodesk.speech.ports import Word


def words(text: str, *, seconds: float = 0.5) -> list[Word]:
    return [Word(place * seconds, (place + 1) * seconds, word, 0.9) for place, word in enumerate(text.split())]


def test_a_spoken_number_is_silenced_from_its_first_word_to_its_last() -> None:
    text = "nomor saya nol delapan satu dua tiga empat lima enam tujuh delapan ya pak"
    assert spans_to_seconds(words(text), text, find_private(text), margin=0.0) == [(1.0, 6.0)]


def test_margins_are_added_and_close_stretches_are_joined() -> None:
    text = "lek paimin lek parjan hadir"
    found = spans_to_seconds(words(text), text, find_private(text), margin=0.1, bridge=0.5)
    assert found == [(0.4, 2.1)]


def test_a_corrected_word_is_silenced_with_what_lies_between_its_neighbours() -> None:
    heard = words("nama saya su tris no dari kapas")
    text = "nama saya Sutrisno dari kapas"
    assert spans_to_seconds(heard, text, find_private(text), margin=0.0) == [(1.0, 2.5)]


def test_a_name_at_the_very_end_is_silenced_to_the_end_of_the_words() -> None:
    heard = words("korban namanya kar ni")
    text = "korban namanya Karni"
    assert spans_to_seconds(heard, text, find_private(text), margin=0.0) == [(1.0, 2.0)]


def test_nothing_private_leaves_the_sound_alone() -> None:
    assert spans_to_seconds(words("jalan macet"), "jalan macet", []) == []


@given(
    st.lists(st.sampled_from(["budi", "jalan", "0812", "macet"]), min_size=1), st.integers(0, 30), st.integers(1, 30)
)
def test_stretches_are_ordered_and_cover_every_word_that_a_span_touches(
    parts: list[str], start: int, length: int
) -> None:
    text = " ".join(parts)
    span = Span(min(start, len(text) - 1), min(start + length, len(text)), "name", "test", 1.0)
    timed = words(text)
    found = spans_to_seconds(timed, text, [span] if span.start < span.end else [], margin=0.0)
    assert all(one[1] < other[0] for one, other in pairwise(found))
    at = 0
    for word, written in zip(timed, text.split(), strict=True):
        place = text.index(written, at)
        at = place + len(written)
        if place < span.end and span.start < at:
            assert any(begin <= word.start and word.end <= end for begin, end in found)
