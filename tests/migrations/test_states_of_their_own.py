"""That a broadcast is sealed or public is told by its package and its publication, also when a release goes back."""

from sqlalchemy import text

from radiodesk.core.database import Database
from radiodesk.core.schema import downgrade, upgrade
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.broadcasts.ports import Outcome, outcomes
from tests.migrations.test_filed_calls import AT, insert


def test_states_move_to_their_nouns_and_back(empty: Database) -> None:
    database = empty
    upgrade(database, "0010")
    states = {1: "ended", 2: "sealed", 3: "published", 4: "sealed"}
    with database.engine.begin() as connection:
        insert(connection, "programme", id=1, template=[])
        for number, state in states.items():
            sealed_at = None if state == "ended" else AT
            insert(
                connection, "broadcast", id=number, public_id=f"s-{number}", programme_id=1, hosts=[], state=state,
                sealed_at=sealed_at, published_at=AT if number > 2 else None,
            )  # fmt: skip
            if sealed_at:
                insert(
                    connection, "package", id=number, public_id=f"p-{number}", broadcast_id=number, state="sealed",
                    sealed_at=AT, sequence=number, notices=[],
                )  # fmt: skip
        for number, withdrawn in ((3, None), (4, AT)):
            insert(
                connection, "publication", id=number, public_id=f"t-{number}", broadcast_id=number, package_id=number,
                state="withdrawn" if withdrawn else "published", published_at=AT, withdrawn_at=withdrawn,
            )  # fmt: skip
    upgrade(database)
    with database.reading() as session:
        rows = [session.get_one(Broadcast, number) for number in states]
        assert {row.state.value for row in rows} == {"ended"}
        assert outcomes(session, rows) == {2: Outcome.SEALED, 3: Outcome.PUBLISHED, 4: Outcome.SEALED}
    downgrade(database, "0010")
    with database.engine.connect() as connection:
        kept = connection.execute(text("SELECT id, state, sealed_at IS NULL FROM broadcast ORDER BY id")).all()
    assert [tuple(row) for row in kept] == [(1, "ended", 1), (2, "sealed", 0), (3, "published", 0), (4, "sealed", 0)]
