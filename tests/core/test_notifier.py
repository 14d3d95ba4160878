"""What follows the rows of events stops cleanly, also when it is told to twice."""

from sqlalchemy import event
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.notifier import Notifier


def test_a_second_signal_while_stopping_does_no_harm(database: Database) -> None:
    notifier = Notifier(database)
    assert event.contains(Session, "after_commit", notifier._ring)
    notifier.close()
    notifier.close()
    assert not event.contains(Session, "after_commit", notifier._ring)
