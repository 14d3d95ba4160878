"""What tickets are judged by at one station: policies, working days, and the units of its area."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from radiodesk.core.settings import Settings
from radiodesk.language.places.nouns import Unit
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.tickets.models import Ticket, TicketDeadline
from radiodesk.rooms.tickets.policy import Policy, Step, load_policies
from radiodesk.rooms.tickets.workdays import WorkCalendar, load_calendar


@dataclass(frozen=True)
class Rules:
    """Read once at the start of a process and passed to every service that moves a ticket."""

    policies: tuple[Policy, ...]
    calendar: WorkCalendar
    units: tuple[Unit, ...]

    @cached_property
    def unit_by_id(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in self.units}

    @cached_property
    def policy_by_id(self) -> dict[str, Policy]:
        return {policy.id: policy for policy in self.policies}

    def policies_of(self, ticket: Ticket) -> list[Policy]:
        """The policies that count for a ticket; one that was taken out of the files counts no more."""
        return [self.policy_by_id[key] for key in ticket.policies if key in self.policy_by_id]

    def step(self, deadline: TicketDeadline) -> Step | None:
        """The step that a clock counts, or ``None`` when its policy is gone from the files."""
        policy = self.policy_by_id.get(deadline.policy)
        return policy.step(deadline.step) if policy else None

    def closes(self, deadline: TicketDeadline) -> bool:
        """Whether the ticket is closed by itself when this time is over."""
        step = self.step(deadline)
        return step is not None and step.when_due == "close"

    def unit_name(self, unit_id: str | None) -> str:
        """A unit as it is shown; its id when the area pack no longer has it."""
        unit = self.unit_by_id.get(unit_id or "")
        return unit.name if unit else unit_id or ""


def load_rules(settings: Settings) -> Rules:
    """The rules of a station; read from the files once a process."""
    return _load(settings.data, settings.timezone, settings.area)


@lru_cache(maxsize=8)
def _load(data: Path, timezone: str, area: str) -> Rules:
    return Rules(
        policies=load_policies([data / "policies"]),
        calendar=load_calendar(ZoneInfo(timezone), [data / "calendars"]),
        units=area_pack(area).units,
    )
