"""A question that is asked very often: each answer is what was committed last, whoever asks and whatever happened."""

from concurrent.futures import ThreadPoolExecutor

from radiodesk.core.database import Database
from radiodesk.rooms.record.models import EditionMark

MARK = "SELECT mark FROM edition_mark WHERE subject = ?"


def test_an_answer_is_what_was_committed_last(database: Database) -> None:
    asked = database.question(MARK)
    assert asked.ask("uji") is None
    with database.writing() as tx:
        tx.add(EditionMark(subject="uji", mark="a"))
        tx.flush()
        assert asked.ask("uji") is None
    assert asked.ask("uji") == "a"
    with database.writing() as tx:
        tx.get_one(EditionMark, "uji").mark = "b"
    assert asked.ask("uji") == "b"


def test_any_thread_may_ask_and_after_closing_too(database: Database) -> None:
    asked = database.question(MARK)
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(asked.ask, [""] * 100))
    assert len(found) == 1 and None not in found
    database.engine.dispose()
    assert asked.ask("") in found
    asked.close()
