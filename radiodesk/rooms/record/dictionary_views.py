"""What the open data are, for programs and for people: OpenAPI, the data dictionary, and a page that shows both."""

from flask import Blueprint, Response, current_app, render_template

from radiodesk import __version__ as VERSION
from radiodesk.core.i18n import gettext
from radiodesk.http.request import now, session, station
from radiodesk.rooms.record import closed_reports, open_api
from radiodesk.rooms.record import public_queries as queries
from radiodesk.rooms.record.data_dictionary import Resource, data_package
from radiodesk.rooms.record.formats import as_json
from radiodesk.rooms.record.public_addresses import address_of

blueprint = Blueprint("dictionary", __name__)


@blueprint.get("/openapi.json")
def description() -> Response:
    settings = station().settings
    told = open_api.describe(
        _operations(),
        title=f"{gettext('Open data')} · {settings.station}",
        server=settings.public_address,
        licence=settings.data_licence,
        version=VERSION,
    )
    return _json(as_json(told))


@blueprint.get("/data/alamat")
def page() -> str:
    """The same for people."""
    return render_template("public/addresses.html", operations=_operations(), tables=open_api.TABLES)


@blueprint.get("/data/datapackage.json")
def package() -> Response:
    """The tables of the whole record, with those of every report."""
    resources = [
        Resource("siaran", address_of("site.data_csv"), open_api.BROADCASTS),
        Resource("dikecualikan", address_of("site.removed_csv"), open_api.REMOVED),
    ]
    resources += [
        Resource(f"laporan-{one.key}", address_of("reports.period_csv", key=one.key), open_api.REPORT)
        for one in closed_reports.periods(session(), station().settings.zone, now())
    ]
    return _package("data", gettext("Open data"), address_of("site.data"), resources)


@blueprint.get("/siaran/<public_id>/datapackage.json")
def package_of(public_id: str) -> Response:
    """The tables of one broadcast."""
    found = queries.open_by_id(session(), public_id)
    resources = [
        Resource("register", address_of("site.register_csv", public_id=public_id), open_api.REGISTER),
        Resource("laporan", address_of("reports.broadcast_csv", public_id=public_id), open_api.REPORT),
    ]
    return _package(f"siaran-{public_id}", found.title, address_of("site.broadcast", public_id=public_id), resources)


def _package(name: str, title: str, homepage: str, resources: list[Resource]) -> Response:
    settings = station().settings
    told = data_package(
        name,
        title,
        homepage,
        resources,
        licence=settings.data_licence,
        station=settings.station,
        operator=settings.operator,
    )
    return _json(as_json(told))


def _operations() -> list[open_api.Operation]:
    rules = current_app.url_map.iter_rules()
    return open_api.operations_of((rule.endpoint, rule.rule) for rule in rules if "GET" in (rule.methods or ()))


def _json(text: str) -> Response:
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache", "Vary": "Cookie"}
    return Response(text, content_type="application/json; charset=utf-8", headers=headers)
