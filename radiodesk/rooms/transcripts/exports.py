"""Exports a transcript as text, subtitles, data, or a document to print and sign."""

import io
import json
from collections.abc import Callable

from radiodesk.core.text import clean, cleaned
from radiodesk.recognition import captions
from radiodesk.rooms.transcripts.models import Transcript

FORMATS = {
    "txt": "text/plain; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "json": "application/json",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def export(transcript: Transcript, kind: str, heading: str) -> bytes:
    """The transcript in one of ``FORMATS``; ``heading`` stands at the top of the document."""
    if kind == "docx":
        return _document(transcript, heading)
    written: dict[str, Callable[[], str]] = {
        "txt": lambda: captions.plain(transcript.segments),
        "vtt": lambda: captions.webvtt(transcript.segments),
        "srt": lambda: captions.subrip(transcript.segments),
        "json": lambda: _data(transcript),
    }
    return written[kind]().encode()


def _data(transcript: Transcript) -> str:
    """One object in the form of ``radiodesk transcribe``."""
    segments = [
        {**segment, "words": [word for word in transcript.words if segment["start"] <= word["start"] < segment["end"]]}
        for segment in transcript.segments
    ]
    facts = {
        "file": transcript.recording.original_name,
        "engine": transcript.engine,
        "model": transcript.model,
        "language": transcript.language,
        "version": transcript.version,
        "duration": transcript.duration,
        "seconds": transcript.seconds,
        "text": transcript.text,
        "segments": segments,
    }
    return json.dumps(cleaned(facts), ensure_ascii=False, indent=2) + "\n"


def _document(transcript: Transcript, heading: str) -> bytes:
    from docx import Document
    from docx.shared import Pt

    document = Document()
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(clean(heading), level=1)
    for segment in transcript.segments:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"[{captions.timestamp(float(segment['start']))[:8]}] ")
        if segment.get("speaker"):
            paragraph.add_run(f"{clean(str(segment['speaker']))}: ").bold = True
        # What the engine wrote is text, what a plug-in wrote might hold signs that XML does not know.
        paragraph.add_run(clean(str(segment["text"])))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
