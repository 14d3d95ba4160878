"""A public copy is heard again before it is published: does what was taken out of it really not sound in it?

Around each stretch that went under a tone the copy is transcribed anew. What is private in these words and does not
stand in the words that are shown, or is a part of a hidden number, becomes a place about which a person decides; until
then nothing is published. The recogniser hears the finished file, with all that was done to it.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from radiodesk.core.i18n import N_
from radiodesk.language.redaction.unclear_parts import NUMBERS
from radiodesk.language.spoken.heard_digits import heard_digits
from radiodesk.recognition.ports import Transcriber, Word
from radiodesk.rooms.record.private_finder import Finder
from radiodesk.rooms.record.rendering import Rendered, moved
from radiodesk.sound.stretches import Span as Seconds
from radiodesk.sound.stretches import merged, remaining

STILL_HEARD = N_("It can still be heard in the public copy.")
AROUND = 6.0
"""Seconds before and after a tone that are heard again: a number is rarely spread wider."""
PART_OF_A_NUMBER = 4
"""Digits of a hidden number, said one after the other, that give a part of it away."""
SHORTEST_NAME = 3
"""Letters of a word that can be a name by itself."""
ALIKE = 0.75
"""How like a hidden word one must be to be it, heard another time: Kuswandono and Kuwandono are at 0.95."""
RATE = 16_000
EDGE = 0.2
"""Seconds by which a recogniser's word may reach into a tone and still be said beside it."""


@dataclass(frozen=True, slots=True)
class StillHeard:
    """Something private that sounds in a copy: its kind, and its seconds in the original recording."""

    kind: str
    begins: float
    ends: float


def still_heard(
    engine: Transcriber, copy: Path, rendered: Rendered, duration: float, hidden: Sequence[str], find: Finder
) -> list[StillHeard]:
    """What of a piece can still be heard in its public sound.

    ``duration`` is that of the original recording, ``hidden`` the words that were taken out, ``find`` looks for private
    matter in text.
    """
    kept = remaining(duration, rendered.cut)
    names = {word for text in hidden for word in _plain(text).split() if len(word) >= SHORTEST_NAME}
    tones = [Seconds(moved(one.start, kept), moved(one.end, kept)) for one in rendered.bleeped]
    numbers = ["".join(run.digits for run in heard_digits(text)) for text in hidden]
    shown = _plain(rendered.text)
    found: list[StillHeard] = []
    for window in merged(Seconds(max(0.0, one.start - AROUND), one.end + AROUND) for one in tones):
        words = [word for word in _heard(engine, copy, window) if not _in_a_tone(word, tones)]
        for kind, said in (*_private(words, find, shown, names), *_of_numbers(words, numbers, shown)):
            begins, ends = _origin(said[0].start, kept), _origin(said[-1].end, kept)
            found.append(StillHeard(kind, begins, ends))
    return _apart(found)


def _heard(engine: Transcriber, copy: Path, window: Seconds) -> list[Word]:
    """The words of a stretch of the copy, timed by the copy's seconds."""
    with tempfile.TemporaryDirectory() as scratch:
        part = Path(scratch) / "part.flac"
        _cut_out(copy, window, part)
        heard = engine.transcribe(part)
    words = [word for segment in heard.segments for word in segment.words]
    return [Word(word.start + window.start, word.end + window.start, word.word, word.confidence) for word in words]


def _cut_out(copy: Path, window: Seconds, target: Path) -> None:
    """Write a stretch of a sound file into a file of its own."""
    import numpy as np

    from radiodesk.sound.decoder import decode
    from radiodesk.sound.encoder import write_blocks

    wanted = round((window.end - window.start) * RATE)
    blocks, length = [], 0
    for block in decode(copy, RATE, start=window.start):
        blocks.append(block[: wanted - length])
        length += len(blocks[-1])
        if length >= wanted:
            break
    write_blocks(target, blocks or [np.zeros(1, np.float32)], RATE, 1, "PCM_16")


def _in_a_tone(word: Word, tones: Iterable[Seconds]) -> bool:
    return any(word.start > one.start - EDGE and word.end < one.end + EDGE for one in tones)


def _private(words: Sequence[Word], find: Finder, shown: str, names: set[str]) -> Iterator[tuple[str, Sequence[Word]]]:
    """Private matter in what is heard that nobody decided to show.

    What is found by its company alone (a name after "Mas") counts where it sounds like a word that was hidden: a few
    seconds heard by themselves make names of words that are none.
    """
    text = " ".join(word.word.strip() for word in words)
    for one in find(text):
        heard = _plain(text[one.start : one.end])
        if heard not in shown and (one.kind in NUMBERS or _is_hidden(heard, names)):
            said = _words_in(words, one.start, one.end)
            if said:
                yield one.kind, said


def _of_numbers(words: Sequence[Word], numbers: Sequence[str], shown: str) -> Iterator[tuple[str, Sequence[Word]]]:
    """Runs of digits that are a part of a hidden number, as the end of it that was taken for an amount."""
    text = " ".join(word.word.strip() for word in words)
    for run in heard_digits(text, at_least=PART_OF_A_NUMBER):
        known = any(run.digits in number for number in numbers)
        if known and _plain(text[run.start : run.end]) not in shown:
            said = _words_in(words, run.start, run.end)
            if said:
                yield "phone", said


def _is_hidden(heard: str, names: set[str]) -> bool:
    return any(
        get_close_matches(word, names, n=1, cutoff=ALIKE) for word in heard.split() if len(word) >= SHORTEST_NAME
    )


def _words_in(words: Sequence[Word], start: int, end: int) -> list[Word]:
    inside, position = [], 0
    for word in words:
        length = len(word.word.strip())
        if position < end and position + length > start:
            inside.append(word)
        position += length + 1
    return inside


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _origin(second: float, kept: Sequence[Seconds]) -> float:
    """The second of the original that a second of the copy comes from."""
    left = second
    for span in kept:
        if left <= span.end - span.start:
            return round(span.start + left, 2)
        left -= span.end - span.start
    return round(kept[-1].end if kept else second, 2)


def _apart(found: Iterable[StillHeard]) -> list[StillHeard]:
    """Those that overlap as one, of the kind of the first."""
    joined: list[StillHeard] = []
    for one in sorted(found, key=lambda each: (each.begins, each.ends)):
        if joined and one.begins <= joined[-1].ends:
            last = joined.pop()
            one = StillHeard(last.kind, last.begins, max(last.ends, one.ends))
        joined.append(one)
    return joined
