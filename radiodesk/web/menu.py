"""The desk's menu: which screens a person's roles open, in the order of a day's work."""

from dataclasses import dataclass

from radiodesk.core.i18n import N_
from radiodesk.rooms.accounts.models import Person, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A screen, its name as a message id, and who may open it (everyone when empty)."""

    endpoint: str
    name: str
    roles: tuple[Role, ...] = ()


ENTRIES = (
    Entry("home", N_("Home")),
    Entry("calls.screen", N_("Queue"), (Role.SCREENER, Role.PRODUCER)),
    Entry("studio.host", N_("Studio"), (Role.HOST, Role.PRODUCER)),
    Entry("broadcasts.broadcasts", N_("Broadcasts")),
    Entry("programme.scripts", N_("Scripts")),
    Entry("traffic.traffic", N_("Traffic")),
    Entry("tickets.tickets", N_("Complaints"), (Role.TICKET_OFFICER, Role.OFFICER, Role.PRODUCER)),
    Entry("archive.packages", N_("Archive"), (Role.ARCHIVIST, Role.PRODUCER)),
    Entry("lines.page", N_("Lines"), (Role.SCREENER, Role.PRODUCER, Role.HOST)),
    Entry("state.page", N_("State of the station"), (Role.ADMINISTRATOR, Role.PRODUCER)),
    Entry("accounts.people", N_("People"), (Role.ADMINISTRATOR,)),
)


def entries(person: Person | None) -> list[Entry]:
    """The entries that a person may open."""
    if person is None:
        return []
    return [entry for entry in ENTRIES if not entry.roles or person.may(*entry.roles)]
