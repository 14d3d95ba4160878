"""What follows the rows of events stops cleanly, also when it is told to twice."""

from radiodesk.core.database import Database
from radiodesk.core.notifier import Notifier


def test_a_second_signal_while_stopping_does_no_harm(database: Database) -> None:
    notifier = Notifier(database)
    notifier.close()
    notifier.close()
