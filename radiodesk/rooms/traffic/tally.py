"""What one look at a source gave, in the words and figures that the health page shows of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import gettext, ngettext, say
from radiodesk.road.feeds.problem import Problem
from radiodesk.rooms.traffic.models import Source
from radiodesk.rooms.traffic.services import Taken

MOST_NOTES = 20


@dataclass
class Tally:
    """How much documents held, how much of it was kept, and what was odd."""

    items: int = 0
    kept: int = 0
    problems: list[str | Refusal] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)

    def add(self, held: int, taken: Taken, problems: Sequence[str] = ()) -> None:
        """Count a document of so many items in."""
        self.items += held
        self.kept += len(taken.reports) + taken.warnings
        self.problems += problems
        self.left.update(taken.left)

    def tell(self, row: Source) -> None:
        """Write it to the source, in the current language."""
        notes = [say(one) if isinstance(one, Refusal) else _in_words(one) for one in self.problems] + _left(self.left)
        more = len(notes) - MOST_NOTES
        rest = [ngettext("and %(num)s more", "and %(num)s more", more)] if more > 0 else []
        row.last_items, row.last_kept, row.notes = self.items, self.kept, notes[:MOST_NOTES] + rest


def _in_words(problem: str) -> str:
    return gettext(problem.message, **problem.facts) if isinstance(problem, Problem) else problem


def _left(left: Mapping[str, int]) -> list[str]:
    """What was not for this station, in words."""
    said = []
    if count := left.get("elsewhere"):
        said.append(
            ngettext(
                "%(num)s report lies outside the station's area.",
                "%(num)s reports lie outside the station's area.",
                count,
            )
        )
    if count := left.get("old"):
        said.append(ngettext("%(num)s report is too old.", "%(num)s reports are too old.", count))
    if count := left.get("ahead"):
        said.append(
            ngettext(
                "%(num)s report has a date that lies ahead.", "%(num)s reports have a date that lies ahead.", count
            )
        )
    if count := left.get("no report"):
        said.append(
            ngettext("%(num)s text tells nothing of a road now.", "%(num)s texts tell nothing of a road now.", count)
        )
    return said
