"""Calls that became one: where the words of a merged call are now, and whose words a call holds."""

from collections.abc import Collection

from sqlalchemy import CompoundSelect, select, union
from sqlalchemy.orm import Session

from radiodesk.rooms.calls.models import Call


def became(session: Session, call: Call) -> list[Call]:
    """The calls that a call became: what it was merged into, what that was merged into, and so on."""
    found: list[Call] = []
    seen = {call.id}
    while call.merged_into_id is not None and call.merged_into_id not in seen:
        call = session.get_one(Call, call.merged_into_id)
        seen.add(call.id)
        found.append(call)
    return found


def standing(session: Session, call: Call) -> Call:
    """The call that holds the words of a call now: itself where it was not merged."""
    return (became(session, call) or [call])[-1]


def held_by(session: Session, calls: Collection[Call]) -> dict[int, list[Call]]:
    """Each of these calls and those that were merged into it, into one of them and so on, by its key."""
    held = {call.id: {call.id: call} for call in calls}
    # In whose lists a call stands, while the calls that were merged into it are looked for.
    holders = {call.id: {call.id} for call in calls}
    while holders:
        merged = session.scalars(select(Call).where(Call.merged_into_id.in_(holders)).order_by(Call.id)).all()
        found: dict[int, set[int]] = {}
        for one in merged:
            for holder in holders[one.merged_into_id or 0]:
                if one.id not in held[holder]:
                    held[holder][one.id] = one
                    found.setdefault(one.id, set()).add(holder)
        holders = found
    return {key: list(several.values()) for key, several in held.items()}


def in_disguise(session: Session, calls: Collection[Call]) -> frozenset[str]:
    """Public ids of those whose voice is to be disguised: one person's calls count as one."""
    held = held_by(session, calls)
    return frozenset(
        call.public_id
        for call in calls
        if any(part.disguise_voice for part in (*held[call.id], *became(session, call)))
    )


def protected_calls() -> CompoundSelect[int]:
    """The keys of all protected calls, of those that hold their words, and of those whose words they hold."""
    protected = select(Call.id, Call.merged_into_id).where(Call.protected.is_not(None))
    holders = protected.cte("holders", recursive=True)
    holders = holders.union(select(Call.id, Call.merged_into_id).join(holders, Call.id == holders.c.merged_into_id))
    held = protected.cte("held", recursive=True)
    held = held.union(select(Call.id, Call.merged_into_id).join(held, Call.merged_into_id == held.c.id))
    return union(select(holders.c.id), select(held.c.id))


def keys_held_by(session: Session, call: Call) -> list[int]:
    """The keys of a call and of all that were merged into it."""
    return [one.id for one in held_by(session, [call])[call.id]]
