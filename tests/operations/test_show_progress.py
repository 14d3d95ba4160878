"""The progress of a drill goes by time: the long stage tells how much of its sound was heard."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.operations.drill import play
from radiodesk.operations.drill.show_progress import WEIGHTS, Hearing, ShowProgress
from radiodesk.rooms.transcripts import services
from tests.factories.calls import recording, wav
from tests.factories.shows import transcript


def test_a_stage_counts_as_much_as_it_takes() -> None:
    told: list[tuple[float, float]] = []
    progress = ShowProgress(lambda done, total: told.append((done, total)), {"begin": 1.0, "hear": 8.0, "seal": 1.0})
    progress.end("begin")
    for share in (0.25, 0.5, 1.0):
        progress.within("hear", share)
    progress.end("hear")
    progress.end("seal")
    assert told == [(1.0, 10.0), (3.0, 10.0), (5.0, 10.0), (9.0, 10.0), (9.0, 10.0), (10.0, 10.0)]


def test_progress_is_never_taken_back() -> None:
    told: list[float] = []
    progress = ShowProgress(lambda done, _total: told.append(done), {"hear": 10.0})
    for share in (0.5, 0.3, 0.6):
        progress.within("hear", share)
    assert told == [5.0, 5.0, 6.0]


def test_every_stage_of_a_drill_has_its_weight() -> None:
    source = Path(play.__code__.co_filename).read_text(encoding="utf-8")
    stages = set(re.findall(r'timing\.(?:stage|jobs)\("(\w+)"', source)) | set(re.findall(r'_note\("(\w+)"', source))
    assert stages == WEIGHTS.keys()
    assert max(WEIGHTS, key=WEIGHTS.__getitem__) == "programme_words"


def test_what_is_heard_counts_by_its_seconds(
    database: Database, session: Session, settings: Settings, now: datetime
) -> None:
    long, short, heard_before = (recording(session, settings, now, wav(seconds=seconds)) for seconds in (6.0, 2.0, 4.0))
    transcript(session, heard_before, "sudah", now)
    waiting = [services.request_transcript(session, one, by="uji", at=now) for one in (long, short)]
    session.commit()
    hearing = Hearing(database)
    assert hearing.share() == 0.0
    services.tell_progress(session, waiting[0], 0.5, at=now)
    session.commit()
    assert hearing.share() == pytest.approx(3 / 8)
    services.cancel(session, waiting[1], by="uji", at=now)
    session.commit()
    assert hearing.share() == pytest.approx(5 / 8)


def test_without_sound_that_waits_there_is_nothing_to_count(database: Database) -> None:
    assert Hearing(database).share() is None
