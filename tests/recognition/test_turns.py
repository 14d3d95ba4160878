"""Two channels read as one conversation."""

from radiodesk.recognition.ports import Segment, Transcription, Word
from radiodesk.recognition.speaker_turns import UNKNOWN, turns


def _segment(start: float, text: str, confidence: float = 0.9) -> Segment:
    words = tuple(
        Word(start + 0.5 * at, start + 0.5 * (at + 1), word, confidence) for at, word in enumerate(text.split())
    )
    return Segment(start, words[-1].end, text, words)


def _heard(*segments: Segment) -> Transcription:
    return Transcription("whisper", "base", "id", 60.0, 1.0, segments)


def test_turns_follow_each_other_by_time() -> None:
    studio = _heard(_segment(0, "selamat pagi"), _segment(6, "di mana itu"))
    caller = _heard(_segment(2, "pagi pak"), _segment(3.5, "jalan rusak"))

    found = turns({"studio": studio, "caller": caller})

    assert [(turn.speaker, turn.text) for turn in found] == [
        ("studio", "selamat pagi"),
        ("caller", "pagi pak jalan rusak"),
        ("studio", "di mana itu"),
    ]
    assert (found[1].start, found[1].end, len(found[1].words)) == (2, 4.5, 4)


def test_a_pause_begins_a_new_turn() -> None:
    assert len(turns({"caller": _heard(_segment(0, "halo"), _segment(10, "halo"))})) == 2


def test_an_echo_is_kept_once_on_the_channel_that_heard_it_best() -> None:
    studio = _heard(_segment(1.1, "jalan rusuk di kalitidu", 0.4))
    caller = _heard(_segment(1.0, "jalan rusak di Kalitidu", 0.9))

    found = turns({"studio": studio, "caller": caller})

    assert [(turn.speaker, turn.text) for turn in found] == [("caller", "jalan rusak di Kalitidu")]


def test_two_people_who_speak_at_once_are_both_kept() -> None:
    studio = _heard(_segment(1.0, "maaf saya potong sebentar"))
    caller = _heard(_segment(1.0, "jalannya sudah lama rusak"))

    assert {turn.speaker for turn in turns({"studio": studio, "caller": caller})} == {"studio", "caller"}


def test_a_mixed_channel_names_nobody() -> None:
    assert {turn.speaker for turn in turns({UNKNOWN: _heard(_segment(0, "halo"))})} == {"unknown"}
