"""The desk's menu: the screens in the order of a day's work, of which each person sees those that open.

It takes one line on a usual screen, so names are short; to the first page leads the name of the station before it.
"""

from dataclasses import dataclass

from radiodesk.core.i18n import N_
from radiodesk.rooms.accounts.access import may_open


@dataclass(frozen=True, slots=True)
class Entry:
    """A screen and its name as a message id."""

    endpoint: str
    name: str


ENTRIES = (
    Entry("calls.screen", N_("Queue")),
    Entry("studio.host", N_("Studio")),
    Entry("broadcasts.broadcasts", N_("Broadcasts")),
    Entry("programme.scripts", N_("Scripts")),
    Entry("traffic.traffic", N_("Traffic")),
    Entry("tickets.tickets", N_("Complaints")),
    Entry("archive.packages", N_("Archive")),
    Entry("lines.page", N_("Lines")),
    Entry("state.page", N_("Station")),
    Entry("accounts.people", N_("People")),
)


def entries() -> list[Entry]:
    """The entries that the signed-in person may open."""
    return [entry for entry in ENTRIES if may_open(entry.endpoint)]
