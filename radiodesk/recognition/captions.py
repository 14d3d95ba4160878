"""Transcripts as files that other programs read: WebVTT (W3C), SubRip and plain text."""

from collections.abc import Iterable, Mapping
from typing import Any

from radiodesk.core.text import clean

Segment = Mapping[str, Any]
"""``{start, end, text, speaker}``, times in seconds."""


def webvtt(segments: Iterable[Segment]) -> str:
    """The segments as WebVTT cues; a speaker becomes a voice tag."""
    cues = ["WEBVTT\n"]
    for number, segment in enumerate(segments, start=1):
        start, end = float(segment["start"]), float(segment["end"])
        # A cue must last, or players drop the file.
        times = f"{timestamp(start)} --> {timestamp(max(end, start + 0.001))}"
        cues.append(f"{number}\n{times}\n{_cue(segment)}\n")
    return "\n".join(cues)


def _cue(segment: Segment) -> str:
    text = _words(segment["text"])
    for sign, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, escaped)
    speaker = _words(str(segment.get("speaker") or "").replace(">", " ").replace("<", " "))
    return f"<v {speaker}>{text}" if speaker else text


def subrip(segments: Iterable[Segment]) -> str:
    """The segments as SubRip subtitles; a speaker stands before the words."""
    cues = []
    for number, segment in enumerate(segments, start=1):
        start, end = float(segment["start"]), float(segment["end"])
        times = f"{timestamp(start)} --> {timestamp(max(end, start + 0.001))}".replace(".", ",")
        speaker = f"{_words(segment['speaker'])}: " if segment.get("speaker") else ""
        cues.append(f"{number}\n{times}\n{speaker}{_words(segment['text'])}\n")
    return "\n".join(cues)


def _words(said: object) -> str:
    """One line without what is no text."""
    return " ".join(clean(str(said)).split())


def timestamp(seconds: float) -> str:
    """``00:01:02.345``."""
    whole = round(seconds * 1000)
    rest, thousandths = divmod(whole, 1000)
    minutes, second = divmod(rest, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}.{thousandths:03}"


def plain(segments: Iterable[Segment]) -> str:
    """A line a segment, each with the time at which it begins."""
    lines = []
    for segment in segments:
        speaker = f"{_words(segment['speaker'])}: " if segment.get("speaker") else ""
        lines.append(f"[{timestamp(float(segment['start']))[:8]}] {speaker}{_words(segment['text'])}\n")
    return "".join(lines)
