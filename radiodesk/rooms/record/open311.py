"""Open311 GeoReport v2, reading only: what the station takes complaints about, and the open list of requests.

What is in the list was published: confidential tickets, those that no person has looked at, and rejected ones are not.
Both formats of the standard: XML (required) and JSON, by the ending of the address.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.core.i18n import gettext
from radiodesk.core.inputs import moment
from radiodesk.core.text import clean
from radiodesk.core.xml_text import document
from radiodesk.http.request import asked, now, session, station
from radiodesk.rooms.record.models import PublishedTicket
from radiodesk.rooms.record.tracking import listed
from radiodesk.rooms.tickets.categories import category_choices, category_name
from radiodesk.rooms.tickets.models import STATE_NAMES, TicketState

blueprint = Blueprint("open311", __name__, url_prefix="/open311/v2")

SPAN = timedelta(days=90)
MOST = 1000
LONGEST = 20_000
"""Characters of a list of numbers or of categories in an address."""
NAMESPACE = "http://open311.org/spec/georeport_v2"

Record = Mapping[str, Any]


class BadRequest(Unreadable):
    """An argument of the request is not what the standard says."""

    status = 400


@blueprint.get("/discovery.<kind>")
def discovery(kind: str) -> Response:
    base = f"{station().settings.public_address}/open311/v2"
    endpoint = {
        "specification": NAMESPACE,
        "url": base,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    found = {
        "changeset": "2026-11-24T00:00:00Z",
        "contact": station().settings.operator,
        "key_service": "",
        "endpoints": [endpoint],
    }
    return _answer(kind, "discovery", found)


@blueprint.get("/services.<kind>")
def services(kind: str) -> Response:
    found = [
        {
            "service_code": code,
            "service_name": name,
            "description": name,
            "metadata": False,
            "type": "blackbox",
            "keywords": "",
            "group": "",
        }
        for code, name in category_choices().items()
    ]
    return _answer(kind, "services", found, "service")


@blueprint.get("/requests.<kind>")
def requests(kind: str) -> Response:
    return _answer(kind, "service_requests", [_record(row) for row in _wanted(session())], "request")


@blueprint.get("/requests/<number>.<kind>")
def one(number: str, kind: str) -> Response:
    found = listed(session(), numbers_wanted=[clean(number)])
    if not found:
        raise NotFound("There is no such request in the open list.")
    return _answer(kind, "service_requests", [_record(found[0])], "request")


def _wanted(tx: Session) -> list[PublishedTicket]:
    if asked("service_request_id"):
        return listed(tx, numbers_wanted=asked("service_request_id", LONGEST).split(","), most=MOST)
    since, until = _moment("start_date"), _moment("end_date")
    if since is None and until is None:
        until = now()
    since = since or (until or now()) - SPAN
    until = until or since + SPAN
    if until - since > SPAN:
        raise BadRequest("The time between start_date and end_date may not be more than 90 days.")
    statuses = {status for status in asked("status").split(",") if status}
    if statuses - {"open", "closed"}:
        raise BadRequest("The status must be open, closed or both.")
    return listed(
        tx,
        categories=[code for code in asked("service_code", LONGEST).split(",") if code],
        open_ones=None if len(statuses) != 1 else statuses == {"open"},
        since=since,
        until=until,
        most=MOST,
    )


def _moment(name: str) -> datetime | None:
    text = asked(name)
    if not text:
        return None
    found = moment(text)
    if found is None:
        raise BadRequest("%(name)s must be a time such as 2026-11-24T00:00:00Z.", name=name)
    return found


def _record(row: PublishedTicket) -> Record:
    answers = [entry["text"] for entry in row.entries if entry["kind"] == "answered"]
    state = gettext(STATE_NAMES[TicketState(row.state)])
    return {
        "service_request_id": row.number,
        "status": "closed" if row.closed_at else "open",
        "status_notes": f"{state}: {answers[-1]}" if answers else state,
        "service_name": category_name(row.category),
        "service_code": row.category or "",
        "description": row.summary[:4000],
        "agency_responsible": row.unit,
        "service_notice": None,
        "requested_datetime": _w3(row.created_at),
        "updated_datetime": _w3(row.closed_at or row.changed_at),
        "expected_datetime": _w3(row.promised_at) if row.promised_at else None,
        "address": row.place,
        "address_id": None,
        "zipcode": None,
        "lat": row.latitude,
        "long": row.longitude,
        "media_url": None,
    }


def _w3(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _answer(kind: str, root: str, found: Record | Sequence[Record], item: str = "") -> Response:
    if kind == "json":
        return jsonify(found)
    if kind != "xml":
        raise NotFound("The format must be xml or json.")
    tree = ElementTree.Element(root)
    if isinstance(found, Mapping):
        _fill(tree, found)
    else:
        for record in found:
            _fill(ElementTree.SubElement(tree, item), record)
    return Response(document(tree, {}), content_type="text/xml; charset=utf-8")


def refusal_as_asked(sentence: str, status: int) -> Response:
    """An error in the standard's form, as JSON where it was asked for so and as XML else."""
    error = {"code": status, "description": clean(sentence)}
    asks_json = request.path.endswith(".json") or asked("format") == "json"
    answer = _answer("json" if asks_json else "xml", "errors", [error], "error")
    answer.status_code = status
    return answer


def _fill(element: ElementTree.Element, record: Record) -> None:
    for name, value in record.items():
        child = ElementTree.SubElement(element, name)
        if isinstance(value, list):
            for part in value:
                grandchild = ElementTree.SubElement(child, name.removesuffix("s"))
                if isinstance(part, Mapping):
                    _fill(grandchild, part)
                else:
                    grandchild.text = clean(str(part))
        elif isinstance(value, bool):
            child.text = "true" if value else "false"
        elif value is not None:
            child.text = clean(str(value))
