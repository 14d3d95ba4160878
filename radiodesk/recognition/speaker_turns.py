"""Who said what, from channels that were recorded apart; nobody is guessed.

Studio and caller each have a channel and a transcript of their own; merged by time they read as a conversation. What
leaks from one channel into the other (the caller in the studio's loudspeaker) is heard twice and kept once. Where
there is only one mixed channel the speaker stays unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from radiodesk.language.digit_words import tokens
from radiodesk.recognition.ports import Segment, Transcription, Word

UNKNOWN = "unknown"
_BREATH = 1.5
_ECHO_OVERLAP = 0.6
_ECHO_LIKENESS = 75


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said until somebody else spoke or a pause came; times in seconds."""

    speaker: str
    start: float
    end: float
    text: str
    words: tuple[Word, ...]


def turns(channels: Mapping[str, Transcription]) -> tuple[Turn, ...]:
    """Merge the transcripts of channels, named by who speaks on them, into turns in order of time.

    One transcript under the name ``UNKNOWN`` gives the turns of a mixed channel.
    """
    spoken = [(speaker, segment) for speaker, transcription in channels.items() for segment in transcription.segments]
    spoken.sort(key=lambda each: (each[1].start, each[1].end))
    merged: list[Turn] = []
    for speaker, segment in _without_echoes(spoken):
        before = merged[-1] if merged else None
        if before and before.speaker == speaker and segment.start - before.end < _BREATH:
            merged[-1] = Turn(
                speaker, before.start, segment.end, f"{before.text} {segment.text}", before.words + segment.words
            )
        else:
            merged.append(Turn(speaker, segment.start, segment.end, segment.text, segment.words))
    return tuple(merged)


def _without_echoes(spoken: list[tuple[str, Segment]]) -> list[tuple[str, Segment]]:
    """The segments less those that another channel has at the same time in the same words, more surely heard."""
    dropped: set[int] = set()
    for at, (speaker, segment) in enumerate(spoken):
        for other_at in range(at + 1, len(spoken)):
            other_speaker, other = spoken[other_at]
            if other.start >= segment.end:
                break
            if speaker != other_speaker and _echo(segment, other):
                dropped.add(at if _certainty(segment) < _certainty(other) else other_at)
    return [each for at, each in enumerate(spoken) if at not in dropped]


def _echo(one: Segment, other: Segment) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    shorter = max(min(one.end - one.start, other.end - other.start), 0.1)
    alike = ratio(" ".join(tokens(one.text)), " ".join(tokens(other.text)))
    return shared / shorter >= _ECHO_OVERLAP and alike >= _ECHO_LIKENESS


def _certainty(segment: Segment) -> float:
    return sum(word.confidence for word in segment.words) / max(len(segment.words), 1)
