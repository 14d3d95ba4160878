"""Looks are noted whatever the disk does: of a look that was cut off, no other one suffers."""

import logging
import os
from datetime import datetime

import pytest
from sqlalchemy import select

from radiodesk.core import look_journal
from radiodesk.core.audit import AuditEntry
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings


def test_a_look_that_was_cut_off_takes_no_other_with_it(
    settings: Settings,
    database: Database,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write = os.write
    look_journal.note(settings.data, now, "wati", "listened", "recording 1")
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda file, data: write(file, data[:20]))
        with caplog.at_level(logging.ERROR):
            look_journal.note(settings.data, now, "wati", "listened", "recording 2")
    # What the journal could not take, the log of the process keeps.
    assert "recording 2" in caplog.text
    look_journal.note(settings.data, now, "wati", "listened", "recording 3")
    assert look_journal.carry_over(database, settings.data) == 2
    with database.reading() as session:
        assert list(session.scalars(select(AuditEntry.subject))) == ["recording 1", "recording 3"]
