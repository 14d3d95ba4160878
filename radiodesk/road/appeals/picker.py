"""Picking the appeal that fits the moment, without repeating what was heard lately."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from radiodesk.core.errors import NotFound
from radiodesk.road.appeals.library import Appeal
from radiodesk.road.appeals.moments import Moment, moment_of

REST = 12
"""Broadcasts for which an appeal that was used is not used again."""

WEIGHTS = {"weather": 10, "events": 5, "hours": 3, "days": 1, "seasons": 2}
"""What an appeal gains by asking for something that is so: a warning matters more than a season."""

RARE = 3
"""What it gains besides when the event lasts only a day."""

SAME_PILLAR, SAME_THEME = 2, 4
"""What it loses when the pillar or the theme was heard in one of the last three broadcasts."""


def fits(appeal: Appeal, moment: Moment) -> dict[str, tuple[str, ...]] | None:
    """What makes an appeal fit, by kind; None when something that it asks for is not so."""
    if not _is_valid(appeal, moment):
        return None
    hour = moment.local.hour
    asked: dict[str, tuple[bool, tuple[str, ...]]] = {
        "weather": _met(appeal.weather, moment.weather),
        "events": _met(appeal.events, moment.events),
        "seasons": _met(appeal.seasons, moment.seasons),
        "hours": (any(a <= hour < b for a, b in appeal.hours), (f"{hour:02}",)) if appeal.hours else (True, ()),
        "days": (moment.local.weekday() in appeal.days, ("",)) if appeal.days else (True, ()),
    }
    if not all(met for met, _ in asked.values()):
        return None
    return {kind: why for kind, (_, why) in asked.items() if why}


def _is_valid(appeal: Appeal, moment: Moment) -> bool:
    today = moment.local.date()
    return not (appeal.valid_from and today < appeal.valid_from) and not (
        appeal.valid_until and today > appeal.valid_until
    )


def _met(wanted: Sequence[str], given: frozenset[str]) -> tuple[bool, tuple[str, ...]]:
    found = tuple(word for word in wanted if word in given)
    return not wanted or bool(found), found


def pick_appeal(
    library: Sequence[Appeal],
    *,
    at: datetime,
    weather: Iterable[str] = (),
    season: str | None = None,
    events: Iterable[str] = (),
    market_days: Sequence[str] = (),
    used_recently: Sequence[str] = (),
    rest: int = REST,
    pillar: str | None = None,
    theme: str | None = None,
    zone: str = "Asia/Jakarta",
) -> Appeal:
    """The appeal for a broadcast at ``at`` (aware).

    ``used_recently`` are ids of earlier broadcasts, the newest first; none of the first ``rest`` comes again, unless
    everything that fits was among them, and then the one that rested longest does. Pillars and themes take turns. A
    ``theme`` that is asked for by name is said whatever the moment. The same arguments give the same appeal.
    Raises ``NotFound`` when nothing fits.
    """
    moment = moment_of(at, zone=zone, weather=weather, season=season, events=events, market_days=market_days)
    fitting = [
        (appeal, why)
        for appeal in library
        if pillar in (None, appeal.pillar)
        and theme in (None, appeal.theme)
        and (why := fits(appeal, moment)) is not None
    ]
    if not fitting and theme is not None:
        # Somebody asked for this theme by name, so it is said whatever the moment.
        fitting = [(appeal, {}) for appeal in library if appeal.theme == theme and _is_valid(appeal, moment)]
    if not fitting:
        raise NotFound("No appeal of the library fits this moment; add one, or choose by hand.")
    lately = {name: turn for turn, name in reversed(list(enumerate(used_recently)))}
    rested = [one for one in fitting if lately.get(one[0].id, rest) >= rest]
    if not rested:
        return max(fitting, key=lambda one: lately[one[0].id])[0]
    by_id = {appeal.id: appeal for appeal in library}
    heard = [by_id[name] for name in used_recently[:3] if name in by_id]
    pillars, themes = {one.pillar for one in heard}, {one.theme for one in heard}

    def key(one: tuple[Appeal, dict[str, tuple[str, ...]]]) -> tuple[float, int, str]:
        appeal, why = one
        gain = sum(WEIGHTS[kind] for kind in why) + RARE * (not moment.rare.isdisjoint(appeal.events))
        loss = SAME_PILLAR * (appeal.pillar in pillars) + SAME_THEME * (appeal.theme in themes)
        # Among equals the one that rested longest; then chance, but the same chance for the same day.
        return gain - loss, lately.get(appeal.id, len(used_recently)), _lot(appeal.id, moment.local)

    return max(rested, key=key)[0]


APART = timedelta(hours=2)
"""Uses that lie closer together were in one broadcast."""


def resting(used_at: Sequence[datetime], broadcasts: int) -> int:
    """How many of the latest uses (newest first) fell into the last so many broadcasts."""
    seen = 0
    for index, at in enumerate(used_at):
        if index == 0 or used_at[index - 1] - at > APART:
            seen += 1
        if seen > broadcasts:
            return index
    return len(used_at) if broadcasts else 0


def _lot(name: str, local: datetime) -> str:
    return hashlib.sha256(f"{name} {local.date()}".encode()).hexdigest()
