"""What later rooms tell earlier ones: whom a recording belongs to, which calls are secret, what may be learned; and who
follows what happens.

An earlier room asks through a port of its own and does not know who answers. The answers are the same in every process,
so they are connected wherever a database is opened (``core.database``).
"""

# Nobody asks the last room anything; its tables are to be known wherever a database is opened all the same.
import radiodesk.rooms.retention.models  # noqa: F401
from radiodesk.core.database import Database
from radiodesk.rooms.archive import access as archive_access
from radiodesk.rooms.broadcasts import access as broadcast_access
from radiodesk.rooms.broadcasts import readings
from radiodesk.rooms.broadcasts.ports import outcome_sources
from radiodesk.rooms.calls import access as call_access
from radiodesk.rooms.calls import protected_words
from radiodesk.rooms.calls.ports import call_followers, secrets
from radiodesk.rooms.logger import access as logger_access
from radiodesk.rooms.messages.ports import connect_tracking_codes
from radiodesk.rooms.programme import followed_conditions
from radiodesk.rooms.record import access as record_access
from radiodesk.rooms.record import closed_copies, ticket_publication
from radiodesk.rooms.record.listener_requests import access as request_access
from radiodesk.rooms.recordings.access import owners
from radiodesk.rooms.tickets import access as ticket_access
from radiodesk.rooms.tickets.ports import followers, number_holders
from radiodesk.rooms.tickets.tracking_codes import Codes
from radiodesk.rooms.traffic.ports import connect_followers
from radiodesk.rooms.transcripts.ports import connect_learning, title_sources, words_followers


def connect(database: Database) -> None:
    """Connect the rooms over one database."""
    owners(database).extend((call_access.of_recordings, broadcast_access.of_recordings, logger_access.of_cuts))
    secrets(database).append(ticket_access.secret_calls)
    connect_tracking_codes(database, Codes())
    title_sources(database).extend((call_access.titles_of_recordings, broadcast_access.titles_of_recordings))
    words_followers(database).append(readings.follow_words)
    connect_learning(database, protected_words.learnable)
    followers(database).extend((ticket_publication.follow, closed_copies.follow_ticket))
    number_holders(database).append(request_access.holds_number)
    call_followers(database).append(closed_copies.follow_call)
    connect_followers(database, followed_conditions.follow, followed_conditions.tellers)
    outcome_sources(database).extend((archive_access.sealed, record_access.published))
