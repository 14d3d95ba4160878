"""How long it takes to look a station's private texts through for one number.

python scripts/bench_data_request.py [CALLS]

A database of so many calls (20,000 where none are given), each with a card, a recording and a transcript of sixty
words, is made in a folder of its own; some of them say the number. Prints seconds of the whole, of the longest step and
of reading the page afterwards.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert

from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import prepare
from radiodesk.rooms.calls.models import Call, CallState, Channel, call_recording
from radiodesk.rooms.recordings.models import Direction, Recording
from radiodesk.rooms.retention import data_requests, text_search
from radiodesk.rooms.transcripts.models import Kind, Transcript, TranscriptState

PHONE = "+6281234567890"
WORDS = (
    "Selamat pagi Pak Polisi, saya mau melaporkan lampu jalan di depan pasar Sumberrejo padam sejak tiga malam, "
    "jalannya berlubang dan dua pengendara sudah jatuh, mohon segera diperbaiki sebelum Jumat karena ada pengajian. "
    "Rumah saya nomor dua belas, sebelah warung. Terima kasih banyak atas perhatiannya, wassalamualaikum."
)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
AT_ONCE = 2_000


def main() -> None:
    """Make the station, look it through, and print a JSON object."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with TemporaryDirectory() as folder:
        database = prepare(Settings(data=Path(folder)))
        for first in range(0, calls, AT_ONCE):
            with database.writing() as session:
                for table, rows in _rows(range(first, min(first + AT_ONCE, calls))):
                    session.execute(insert(table), rows)
        longest, begun, steps = 0.0, time.perf_counter(), 0
        with database.reading() as session:
            looked = text_search.begin(session)
        while looked["table"]:
            since = time.perf_counter()
            with database.reading() as session:
                looked = text_search.look_on(session, PHONE, looked)
            longest, steps = max(longest, time.perf_counter() - since), steps + 1
        whole = time.perf_counter() - begun
        since = time.perf_counter()
        with database.reading() as session:
            found = data_requests.find(session, PHONE, NOW, looked)
        told = {
            "calls": calls,
            "rows": looked["done"],
            "steps": steps,
            "seconds": round(whole, 1),
            "longest_step_seconds": round(longest, 2),
            "found": len(found.rows),
            "page_seconds": round(time.perf_counter() - since, 2),
        }
        print(json.dumps(told))
        database.engine.dispose()


def _rows(numbers: range) -> list[tuple[Any, list[dict[str, Any]]]]:
    calls: list[dict[str, Any]] = []
    recordings: list[dict[str, Any]] = []
    pairs: list[dict[str, Any]] = []
    transcripts: list[dict[str, Any]] = []
    for number in numbers:
        at = NOW - timedelta(minutes=number)
        says = f" Nomor saya {'0812-3456-7890' if number % 2_000 == 7 else f'0857 {number:08}'}."
        calls.append(
            {
                "id": number + 1,
                "public_id": f"call-{number}",
                "channel": Channel.PHONE,
                "state": CallState.DONE,
                "received_at": at,
                "ended_at": at,
                "name": f"Warga {number}",
                "place": "Sumberrejo",
                "topic": "Lampu jalan padam",
                "point": "Minta lampu diperbaiki",
                "message": WORDS if number % 3 else WORDS + says,
                "notes": "",
            }
        )
        about = {"sha256": "0" * 64, "bytes": 1, "created_at": at, "original_name": "penelepon.flac"}
        recordings.append(
            {"id": number + 1, "public_id": f"rec-{number}", "direction": Direction.CALLER, "key": f"{number}", **about}
        )
        pairs.append({"call_id": number + 1, "recording_id": number + 1})
        words = [
            {"start": n * 0.4, "end": n * 0.4 + 0.4, "word": one, "confidence": 0.9}
            for n, one in enumerate(WORDS.split())
        ]
        transcripts.append(
            {
                "public_id": f"words-{number}",
                "recording_id": number + 1,
                "version": 1,
                "kind": Kind.MACHINE,
                "state": TranscriptState.DONE,
                "text": WORDS + says,
                "words": words,
                "segments": [{"start": 0.0, "end": 30.0, "text": WORDS, "speaker": None}],
                "phrases": [],
                "by": "desk",
                "created_at": at,
            }
        )
    return [(Call, calls), (Recording, recordings), (call_recording, pairs), (Transcript, transcripts)]


if __name__ == "__main__":
    main()
