"""The page of a programme: its slots, what each edition begins with, days on which it does not come."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from radiodesk.http.request import back, now, session, station
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import editions, forms, queries
from radiodesk.rooms.broadcasts.models import BROADCAST_STATE_NAMES, ITEM_KIND_NAMES
from radiodesk.rooms.broadcasts.ports import OUTCOME_NAMES, outcomes
from radiodesk.rooms.programme import queries as programme_queries
from radiodesk.rooms.programme import slots
from radiodesk.rooms.programme.models import Programme, Slot
from radiodesk.rooms.tickets.station_rules import load_rules

blueprint = Blueprint("slots", __name__)

EMPTY_ROWS = 3
"""Rows of a template that wait to be filled."""
NAMES = {
    "kinds": ITEM_KIND_NAMES,
    "states": BROADCAST_STATE_NAMES,
    "outcome_names": OUTCOME_NAMES,
}


def _programme(public_id: str) -> Programme:
    return programme_queries.programme_by_public_id(session(), public_id)


def _slot(public_id: str) -> Slot:
    return slots.slot_by_public_id(session(), public_id)


def _make() -> None:
    """Whoever changed a slot sees its editions at once, and need not wait for the round."""
    own = station().settings
    editions.make_editions(session(), own.zone, own.plan_weeks, at=now())


@blueprint.get("/program/<public_id>")
@allowed(Role.PRODUCER)
def programme(public_id: str) -> str:
    found = _programme(public_id)
    zone = station().settings.zone
    coming = queries.coming(session(), found, now())
    return render_template(
        "broadcasts/programme.html",
        programme=found,
        today=editions.station_day(now(), zone),
        coming=coming,
        outcomes=outcomes(session(), coming),
        strayed={one.id for one in coming if one.slot is not None and not editions.is_as_slot_says(one, zone)},
        clashes=editions.clashes(queries.planned_from(session(), now())),
        units=load_rules(station().settings).units,
        empty_rows=EMPTY_ROWS,
        **NAMES,
    )


@blueprint.post("/program/<public_id>/jadwal")
@allowed(Role.PRODUCER)
def add_slot(public_id: str) -> Response:
    found = _programme(public_id)
    slots.add_slot(session(), found, forms.pattern(now()), forms.plan(), by=me().username, at=now())
    _make()
    return back("slots.programme", public_id=public_id)


@blueprint.post("/program/jadwal/<slot_id>")
@allowed(Role.PRODUCER)
def change_slot(slot_id: str) -> Response:
    found, zone = _slot(slot_id), station().settings.zone
    editions.change_slot(session(), found, forms.pattern(now()), forms.plan(), zone, by=me().username, at=now())
    _make()
    return back("slots.programme", public_id=found.programme.public_id)


@blueprint.post("/program/jadwal/<slot_id>/akhiri")
@allowed(Role.PRODUCER)
def end_slot(slot_id: str) -> Response:
    found, zone = _slot(slot_id), station().settings.zone
    editions.end_slot(session(), found, forms.required_day("last"), zone, by=me().username, at=now())
    return back("slots.programme", public_id=found.programme.public_id)


@blueprint.post("/program/<public_id>/susunan")
@allowed(Role.PRODUCER)
def set_template(public_id: str) -> Response:
    slots.set_template(session(), _programme(public_id), forms.template(), by=me().username, at=now())
    return back("slots.programme", public_id=public_id)


@blueprint.post("/program/<public_id>/libur")
@allowed(Role.PRODUCER)
def leave_out(public_id: str) -> Response:
    why = forms.reason()
    first = forms.required_day("first")
    last = forms.day("until") or first
    found, zone = _programme(public_id), station().settings.zone
    editions.leave_out(session(), found, first, last, why, zone, by=me().username, at=now())
    return back("slots.programme", public_id=public_id)


@blueprint.post("/program/<public_id>/libur/hapus")
@allowed(Role.PRODUCER)
def take_in_again(public_id: str) -> Response:
    first, last = forms.required_day("first"), forms.required_day("last")
    slots.take_in_again(session(), _programme(public_id), first, last, by=me().username, at=now())
    _make()
    return back("slots.programme", public_id=public_id)
