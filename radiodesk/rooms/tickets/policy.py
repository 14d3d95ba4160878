"""Legal clocks as data: which rule counts for which ticket, and how many working days each of its steps has.

A policy is a TOML file in ``policies/``; a station's own files in ``policies/`` of its data folder replace those with
the same id or add further ones. No number of days stands in code.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Unreadable

BUILT_IN = Path(__file__).parent / "policies"
EVERY = "*"


class Milestone(StrEnum):
    """What happens to a ticket that starts or stops a clock."""

    OPENED = "opened"
    FORWARDED = "forwarded"
    TAKEN_UP = "taken up"
    INFORMED = "informed"
    ANSWERED = "answered"
    HEARD = "heard"
    REOPENED = "reopened"
    CLOSED = "closed"


IMPLIES: dict[Milestone, frozenset[Milestone]] = {
    Milestone.TAKEN_UP: frozenset({Milestone.FORWARDED}),
    Milestone.ANSWERED: frozenset({Milestone.FORWARDED, Milestone.TAKEN_UP, Milestone.INFORMED}),
    Milestone.CLOSED: frozenset(Milestone) - {Milestone.OPENED, Milestone.REOPENED},
}
"""Who answers has also acted: a milestone stops the clocks of those that it overtakes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One clock of a policy: started by a milestone, stopped by another, due after some working days."""

    id: str
    name: str
    name_en: str
    starts_from: frozenset[Milestone]
    met_by: frozenset[Milestone]
    working_days: int
    extension: int = 0
    public: bool = False
    """Whether the complainant is told this date."""
    restarts: bool = False
    """Whether a further starting milestone begins the count anew while it runs."""
    when_due: str | None = None
    """``close``: the desk closes the ticket by itself when the time is over."""

    def name_in(self, language: str) -> str:
        return self.name_en if language == "en" else self.name

    def is_stopped_by(self, milestone: Milestone) -> bool:
        return not self.met_by.isdisjoint(IMPLIES.get(milestone, frozenset()) | {milestone})


@dataclass(frozen=True, slots=True)
class Policy:
    """One rule of the land with its steps, and the categories, units and urgencies whose tickets it counts for."""

    id: str
    name: str
    rule: str
    source: str
    categories: frozenset[str]
    except_categories: frozenset[str]
    units: frozenset[str]
    urgencies: frozenset[str]
    steps: tuple[Step, ...]

    def applies(self, category: str | None, unit: str | None, urgency: str) -> bool:
        """Whether its clocks run for a ticket of this category and urgency at this unit."""
        if category in self.except_categories:
            return False
        return (
            EVERY in self.categories or category in self.categories or unit in self.units or urgency in self.urgencies
        )

    def step(self, step_id: str) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)


def load_policies(folders: Iterable[Path] = ()) -> tuple[Policy, ...]:
    """The policies that come with the program, then those of the folders given; a later one with an id wins."""
    found: dict[str, Policy] = {}
    for folder in (BUILT_IN, *folders):
        for path in sorted(folder.glob("*.toml")):
            policy = read_policy(path)
            found[policy.id] = policy
    return tuple(found.values())


def read_policy(path: Path) -> Policy:
    """One policy; raises ``Unreadable`` with the file and what is wrong in it."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return Policy(
            id=raw["id"],
            name=raw["name"],
            rule=raw["rule"],
            source=raw["source"],
            categories=frozenset(raw.get("categories", ())),
            except_categories=frozenset(raw.get("except_categories", ())),
            units=frozenset(raw.get("units", ())),
            urgencies=frozenset(raw.get("urgencies", ())),
            steps=tuple(_step(entry) for entry in raw["step"]),
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(
            "The policy %(path)s cannot be used: %(why)s. See docs/tickets.md.", path=path.name, why=error
        ) from None


def _step(entry: dict[str, Any]) -> Step:
    given = dict(entry)
    starts_from = frozenset(Milestone(name) for name in given.pop("from"))
    met_by = frozenset(Milestone(name) for name in given.pop("met_by"))
    if unknown := given.keys() - {field.name for field in fields(Step)}:
        raise ValueError(f"the step {given.get('id')} has unknown keys {', '.join(sorted(unknown))}")
    if given.get("when_due") not in (None, "close"):
        raise ValueError(f"when_due of the step {given.get('id')} may only be «close»")
    if not isinstance(given["working_days"], int) or given["working_days"] < 1:
        raise ValueError(f"working_days of the step {given.get('id')} must be a whole number from 1")
    return Step(starts_from=starts_from, met_by=met_by, **given)
