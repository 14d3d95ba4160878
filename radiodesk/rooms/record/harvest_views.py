"""OAI-PMH 2.0: archives and libraries harvest the public record from here, by GET and by POST.

It reads what is public, and of what was withdrawn that it was. A resumption token holds all that the next page needs,
so nothing is kept between two requests; it is signed, and whatever was not made here is refused.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element

from flask import Blueprint, Response, current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from radiodesk.core import i18n
from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import N_
from radiodesk.http.request import arguments, now, station
from radiodesk.rooms.record import harvest_answer as answers
from radiodesk.rooms.record import harvest_queries as queries
from radiodesk.rooms.record import harvest_sets
from radiodesk.rooms.record import public_addresses as addresses
from radiodesk.rooms.record.harvest_arguments import RESUMED, Harvest, HarvestRefused, Interval
from radiodesk.rooms.record.harvest_formats import FORMATS
from radiodesk.rooms.record.harvest_queries import Header

blueprint = Blueprint("harvest", __name__)

PAGE = 50
NO_ADDRESS = "unset@{}.invalid"
"""The protocol demands an address; one below ``.invalid`` (RFC 2606) is nobody's."""


@blueprint.route("/oai", methods=["GET", "POST"])
def answer() -> Response:
    asked: dict[str, str] = {}
    try:
        harvest = Harvest.of(arguments())
        asked = {"verb": harvest.verb, **harvest.arguments}
        # A POST asks no more than a GET: neither takes the database's one turn to write.
        with station().database.reading() as tx:
            body = _VERBS[harvest.verb](tx, harvest)
    except HarvestRefused as refusal:
        body = answers.error(refusal.code, i18n.say(refusal))
    except Unreadable as refusal:
        body = answers.error("badArgument", i18n.say(refusal))
    made = answers.whole(body, base=addresses.address_of("harvest.answer"), asked=asked, at=now())
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
    return Response(made, content_type="text/xml; charset=utf-8", headers=headers)


def _identify(tx: Session, _harvest: Harvest) -> Element:
    own = station().settings
    email = own.contact_email or NO_ADDRESS.format(_host())
    base = addresses.address_of("harvest.answer")
    return answers.identity(own.station, base, email, queries.earliest(tx) or now())


def _list_formats(tx: Session, harvest: Harvest) -> Element:
    if (identifier := harvest.arguments.get("identifier")) is not None:
        _header(tx, identifier)
    return answers.formats(FORMATS)


def _list_sets(tx: Session, harvest: Harvest) -> Element:
    if RESUMED in harvest.arguments:
        raise _bad_token()
    found = harvest_sets.sets(tx, station().settings.zone)
    if not found:
        raise _nothing()
    return answers.sets(found)


def _get_record(tx: Session, harvest: Harvest) -> Element:
    prefix = harvest.arguments["metadataPrefix"]
    header = _header(tx, harvest.arguments["identifier"])
    _require_format(prefix)
    return answers.listing(harvest.verb, _records(tx, [header], prefix))


def _list(tx: Session, harvest: Harvest) -> Element:
    given, after, sent = _where(harvest)
    _require_format(given["metadataPrefix"])
    interval = Interval.of(given)
    within = harvest_sets.belongs_to(tx, given["set"], station().settings.zone) if "set" in given else None
    if "set" in given and within is None:
        raise _nothing()
    # One more than a page tells whether there is another.
    found = queries.headers(tx, interval, within, after, PAGE + 1)
    if not found:
        raise _nothing()
    shown = found[:PAGE]
    wants_records = harvest.verb == "ListRecords"
    entries = _records(tx, shown, given["metadataPrefix"]) if wants_records else [_head(one) for one in shown]
    made = answers.listing(harvest.verb, entries)
    if len(found) > PAGE or after is not None:
        last = shown[-1]
        following = [harvest.verb, given, last.changed_at.isoformat(), last.public_id, sent + len(shown)]
        token = _tokens().dumps(following) if len(found) > PAGE else ""
        answers.add_token(made, token, total=queries.count(tx, interval, within), sent=sent)
    return made


def _where(harvest: Harvest) -> tuple[dict[str, str], tuple[datetime, str] | None, int]:
    """What is picked, behind which record, and how many were given already; raises ``HarvestRefused``."""
    if RESUMED not in harvest.arguments:
        return dict(harvest.arguments), None, 0
    try:
        verb, given, changed_at, public_id, sent = _tokens().loads(harvest.arguments[RESUMED])
    except (BadData, ValueError, TypeError):
        raise _bad_token() from None
    if verb != harvest.verb:
        raise _bad_token()
    return given, (datetime.fromisoformat(changed_at), public_id), sent


def _records(tx: Session, headers: list[Header], prefix: str) -> list[Element]:
    links, series = addresses.links(), addresses.series()
    told = queries.contents(tx, [one.key for one in headers if one.withdrawn_at is None])
    found = []
    for one in headers:
        # What was withdrawn since its header was read is not told any more.
        broadcast = told.get(one.key)
        metadata = None if broadcast is None else FORMATS[prefix].of(broadcast, links, series)
        found.append(answers.record(_head(one, deleted=broadcast is None), metadata))
    return found


def _head(one: Header, *, deleted: bool = False) -> Element:
    zone = station().settings.zone
    specs = (harvest_sets.programme_set(one.programme), harvest_sets.month_set(one.started_at, zone))
    gone = deleted or one.withdrawn_at is not None
    return answers.header(_identifier(one.public_id), one.changed_at, specs, deleted=gone)


def _header(tx: Session, identifier: str) -> Header:
    public_id = identifier.removeprefix(_identifier(""))
    found = queries.header_of(tx, public_id) if _identifier(public_id) == identifier else None
    if found is None:
        raise HarvestRefused("idDoesNotExist", N_("There is no record with this identifier."))
    return found


def _identifier(public_id: str) -> str:
    return f"oai:{_host()}:{public_id}"


def _host() -> str:
    return quote(urlsplit(station().settings.public_address).hostname or "", safe="")


def _require_format(prefix: str) -> None:
    if prefix not in FORMATS:
        raise HarvestRefused(
            "cannotDisseminateFormat",
            N_("There is no such format. There are: %(formats)s."),
            formats=", ".join(FORMATS),
        )


def _tokens() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="harvest")


def _bad_token() -> HarvestRefused:
    return HarvestRefused("badResumptionToken", N_("This resumptionToken was not given here. Please begin again."))


def _nothing() -> HarvestRefused:
    return HarvestRefused("noRecordsMatch", N_("No record is picked by these arguments."))


_VERBS: dict[str, Callable[[Session, Harvest], Element]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "ListIdentifiers": _list,
    "ListRecords": _list,
    "GetRecord": _get_record,
}
