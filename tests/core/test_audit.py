"""The audit trail: chained, append-only, and it tells where somebody laid hands on it."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from radiodesk.core.audit import broken_link, record


def test_entries_chain_and_the_chain_is_whole(session: Session, now: datetime) -> None:
    first = record(session, now, "wati", "signed in", "person 1", address="127.0.0.1")
    second = record(session, now, "wati", "approved", "script 2", number=3, roles=["host"])
    assert second.previous == first.digest
    session.commit()
    session.expire_all()
    assert broken_link(session) is None


def test_a_time_in_another_zone_does_not_break_the_chain(session: Session, now: datetime) -> None:
    record(session, now.astimezone(timezone(timedelta(hours=7))), "wati", "planned", "broadcast 1")
    session.commit()
    session.expire_all()
    assert broken_link(session) is None


@pytest.mark.parametrize("verb", ["UPDATE audit SET actor = 'lain'", "DELETE FROM audit"])
def test_the_database_refuses_to_rewrite_history(session: Session, now: datetime, verb: str) -> None:
    record(session, now, "wati", "approved", "script 2")
    session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        session.connection().exec_driver_sql(verb)


def test_who_gets_around_the_triggers_is_found_out(session: Session, now: datetime, database_kind: str) -> None:
    for number in range(3):
        record(session, now, "wati", "approved", f"script {number}")
    session.commit()
    on = "" if database_kind == "sqlite" else " ON audit"
    session.execute(text(f"DROP TRIGGER audit_no_update{on}"))
    session.execute(text("UPDATE audit SET actor = 'lain' WHERE id = 2"))
    session.expire_all()
    assert broken_link(session) == 2
