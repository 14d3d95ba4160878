"""Made-up road reports."""

from datetime import datetime, timedelta
from typing import get_args

from radiodesk.language.places.nouns import AreaPack
from radiodesk.road.ports import FLOWS, Kind, Report

KINDS: tuple[Kind, ...] = get_args(Kind)


def many_reports(count: int, pack: AreaPack, *, at: datetime) -> list[Report]:
    """Reports of the last half hour from 500 sources, spread over the places of a pack, of every flow and kind."""
    places = pack.places
    return [
        Report(
            text=f"laporan {n}",
            source=f"sumber-{n % 500}",
            observed_at=at - timedelta(seconds=n % 1700),
            place=places[n * 7 % len(places)].name,
            place_ids=(places[n * 7 % len(places)].id,),
            flow=FLOWS[n % len(FLOWS)],
            kind=KINDS[n % len(KINDS)],
            obstacle=None if n % 2 else "kecelakaan",
            confidence=0.5 + n % 5 / 10,
        )
        for n in range(count)
    ]
