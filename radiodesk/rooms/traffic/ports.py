"""Who follows when something is put right, and who tells of it: later rooms, which are not imported but connected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from radiodesk.core.database import Database, database_of
from radiodesk.core.settings import Settings
from radiodesk.rooms.traffic.models import RoadCondition

_FOLLOWERS, _TELLERS = "traffic.followers", "traffic.tellers"


class Follower(Protocol):
    """Is told of conditions that were put right, in the same transaction."""

    def __call__(
        self, session: Session, conditions: Sequence[RoadCondition], /, *, settings: Settings, by: str, at: datetime
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class ToldIn:
    """A script that tells of a condition; ``old`` when it tells what was put right since."""

    public_id: str
    title: str
    approved: bool
    old: bool


class Teller(Protocol):
    """Says which scripts tell of a condition."""

    def __call__(self, session: Session, condition: RoadCondition, /, *, at: datetime) -> Sequence[ToldIn]: ...


def connect_followers(database: Database, follower: Follower, teller: Teller) -> None:
    """Connect a later room."""
    database.connected.setdefault(_FOLLOWERS, []).append(follower)
    database.connected.setdefault(_TELLERS, []).append(teller)


def followers(session: Session) -> Sequence[Follower]:
    """Who is told."""
    found: list[Follower] = database_of(session).connected.get(_FOLLOWERS, [])
    return found


def told_in(session: Session, condition: RoadCondition, *, at: datetime) -> list[ToldIn]:
    """The scripts that tell of a condition, the newest first."""
    tellers: list[Teller] = database_of(session).connected.get(_TELLERS, [])
    return [one for teller in tellers for one in teller(session, condition, at=at)]
