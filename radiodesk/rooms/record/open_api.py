"""All public data addresses as OpenAPI 3.1: what programs may fetch, with which arguments, and what they get.

Paths and their arguments are those of the application's own rules; what is said of each stands in ``DESCRIBED``, and a
test holds it against the rules, so that no address for programs is left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from radiodesk.core.csv_tables import Column
from radiodesk.core.i18n import N_, gettext
from radiodesk.rooms.record.data_dictionary import Table, json_schema
from radiodesk.rooms.record.formats import BROADCAST_COLUMNS, REMOVED_COLUMNS
from radiodesk.rooms.record.removal_register import REGISTER_COLUMNS
from radiodesk.rooms.record.report_files import COLUMNS as REPORT_COLUMNS

VERSION = "3.1.0"
BROADCASTS = Table("siaran", N_("Published broadcasts"), BROADCAST_COLUMNS, ("id",))
REMOVED = Table(
    "dikecualikan", N_("What was taken out, counted by broadcast and kind"), REMOVED_COLUMNS, ("id", "kind")
)
REGISTER = Table("register", N_("What was taken out of one broadcast, a line each"), REGISTER_COLUMNS)
REPORT = Table("laporan", N_("The figures of an open-government report"), REPORT_COLUMNS)
TABLES = (BROADCASTS, REMOVED, REGISTER, REPORT)

JSON, CSV, TEXT, XML = "application/json", "text/csv", "text/plain", "application/xml"


@dataclass(frozen=True, slots=True)
class Described:
    """What is said of an address: a sentence as message id, its media types, the shape of its JSON or CSV, and the
    arguments that may stand behind a question mark, each with its type and meaning.
    """

    summary: str
    media: tuple[str, ...]
    schema: str | None = None
    query: tuple[Column, ...] = ()
    refuses: bool = False
    """Whether arguments that cannot be used are refused with 400."""


PAGE = Column("hal", N_("Page of the list, from 1"), "integer", required=False)
_OPEN311 = (JSON, "text/xml")
_REQUESTS = (
    Column("service_request_id", N_("Numbers of complaints, with commas between"), required=False),
    Column("service_code", N_("Topics, with commas between"), required=False),
    Column("start_date", N_("Not before this moment"), "datetime", required=False),
    Column("end_date", N_("Not after this moment; at most 90 days later"), "datetime", required=False),
    Column("status", N_("open, closed, or both with a comma between"), required=False),
)
_HARVEST = (
    Column("verb", N_("One of the six verbs of OAI-PMH 2.0; the same may be asked by POST")),
    Column("metadataPrefix", N_("Format of the records: oai_dc or pbcore"), required=False),
    Column("identifier", N_("Identifier of one record"), required=False),
    Column("from", N_("Changed on this day or at this moment, or later"), required=False),
    Column("until", N_("Changed on this day or at this moment, or earlier"), required=False),
    Column("set", N_("Set: a programme or a month, as ListSets has them"), required=False),
    Column("resumptionToken", N_("How the list goes on, as the page before tells it"), required=False),
)
DESCRIBED = {
    "site.data_json": Described(N_("Every published broadcast"), (JSON,), "Broadcasts"),
    "site.data_csv": Described(N_("Every published broadcast"), (CSV,), "siaran"),
    "site.removed_csv": Described(N_("What was taken out, counted by broadcast and kind"), (CSV,), "dikecualikan"),
    "site.ledger_lines": Described(
        N_("The ledger lines of the published broadcasts, a JSON object a line"), ("application/x-ndjson",)
    ),
    "site.as_json": Described(N_("Everything that is public of a broadcast"), (JSON,), "Broadcast"),
    "site.as_linked_data": Described(N_("A broadcast in the words of schema.org"), ("application/ld+json",), "Object"),
    "site.as_text": Described(N_("All words of a broadcast"), (TEXT,)),
    "site.checksums": Described(N_("Checksums of the sound files"), (TEXT,)),
    "site.register_csv": Described(N_("What was taken out of one broadcast, a line each"), (CSV,), "register"),
    "site.sound": Described(N_("The sound of a part; in ranges, too"), ("audio/mpeg",)),
    "site.opus": Described(N_("The same sound as Opus, in fewer bytes; in ranges, too"), ("audio/ogg",)),
    "site.captions": Described(N_("The words of a part as captions"), ("text/vtt",)),
    "site.subtitles": Described(N_("The words of a part as subtitles"), ("application/x-subrip",)),
    "site.transcript": Described(N_("The words of a part with their times"), (JSON,), "Object"),
    "site.chapters": Described(N_("The chapters of a part"), ("application/json+chapters",), "Object"),
    "site.rss": Described(N_("The newest broadcasts as a podcast"), ("application/rss+xml",), query=(PAGE,)),
    "site.atom": Described(N_("The newest broadcasts as Atom"), ("application/atom+xml",), query=(PAGE,)),
    "site.json_feed": Described(
        N_("The newest broadcasts as JSON Feed"), ("application/feed+json",), "Object", query=(PAGE,)
    ),
    "site.site_map": Described(N_("All pages, for search engines"), (XML,)),
    "schedule.calendar": Described(N_("What is planned, as a calendar"), ("text/calendar",)),
    "reports.period_json": Described(N_("The open-government report of a quarter or a year"), (JSON,), "Report"),
    "reports.period_csv": Described(N_("The open-government report of a quarter or a year"), (CSV,), "laporan"),
    "reports.period_pdf": Described(N_("The open-government report of a quarter or a year"), ("application/pdf",)),
    "reports.broadcast_json": Described(N_("The open-government report of a broadcast"), (JSON,), "Report"),
    "reports.broadcast_csv": Described(N_("The open-government report of a broadcast"), (CSV,), "laporan"),
    "reports.broadcast_pdf": Described(N_("The open-government report of a broadcast"), ("application/pdf",)),
    "open311.discovery": Described(N_("Where the Open311 interface is"), _OPEN311, "Object"),
    "open311.services": Described(N_("The topics of complaints"), _OPEN311, "List"),
    "open311.requests": Described(N_("The complaints of the open list"), _OPEN311, "List", _REQUESTS, True),
    "open311.one": Described(N_("One complaint of the open list"), _OPEN311, "List"),
    "harvest.answer": Described(
        N_("All records for archives and libraries that harvest (OAI-PMH 2.0)"), ("text/xml",), query=_HARVEST
    ),
    "log.head": Described(N_("The newest head of the log of the record, signed"), (TEXT,)),
    "log.cosigned": Described(N_("The newest head that a witness signed as well"), (TEXT,)),
    "log.key": Described(N_("The key with which heads are checked"), (TEXT,)),
    "log.tile": Described(N_("Hashes and lines of the log (C2SP tlog-tiles)"), ("application/octet-stream",)),
    "log.proof": Described(N_("That a package stands in the log"), (TEXT,)),
    "dictionary.package": Described(N_("The data dictionary (Frictionless Data Package)"), (JSON,), "Object"),
    "dictionary.package_of": Described(N_("The data dictionary of the tables of one broadcast"), (JSON,), "Object"),
    "dictionary.description": Described(N_("This description"), (JSON,), "Object"),
}
"""By endpoint."""

PARTS = {
    "public_id": Column("public_id", N_("Public id of the broadcast")),
    "position": Column("position", N_("Number of the part, from 1"), "integer"),
    "key": Column("key", N_("A quarter such as 2026-t4, or a year such as 2026")),
    "number": Column("number", N_("Number of a complaint")),
    "package": Column("package", N_("Id of a package")),
    "rest": Column("rest", N_("Path below tile/ as C2SP has it")),
    "kind": Column("kind", N_("json or xml")),
}
"""Arguments within addresses."""
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Operation:
    """One address: its path with arguments in braces, its endpoint, and what is said of it."""

    path: str
    endpoint: str
    about: Described
    arguments: tuple[Column, ...] = field(default=())


def operations_of(rules: Iterable[tuple[str, str]]) -> list[Operation]:
    """The addresses for programs among an application's rules, ``(endpoint, rule)``, in the order of their paths."""
    found = []
    for endpoint, rule in rules:
        about = DESCRIBED.get(endpoint)
        if about is not None:
            arguments = tuple(PARTS[name] for name in _ARGUMENT.findall(rule))
            found.append(Operation(_ARGUMENT.sub(r"{\1}", rule), endpoint, about, arguments))
    return sorted(found, key=lambda one: one.path)


def describe(operations: Iterable[Operation], *, title: str, server: str, licence: str, version: str) -> dict[str, Any]:
    """The description as OpenAPI 3.1, in the reader's language; ``licence`` is an SPDX identifier."""
    return {
        "openapi": VERSION,
        "info": {"title": title, "version": version, "license": {"name": licence, "identifier": licence}},
        "servers": [{"url": server}],
        "paths": {one.path: {"get": _operation(one)} for one in operations},
        "components": {"schemas": _schemas(), "responses": _errors()},
    }


def _operation(one: Operation) -> dict[str, Any]:
    body = {"schema": _schema_of(one.about)} if one.about.schema else {}
    kinds = [kind for kind in one.about.media if kind == JSON or kind.endswith("json")]
    content = {kind: (body if kind in kinds or kind == CSV else {}) for kind in one.about.media}
    refused = {"400": {"$ref": "#/components/responses/Refused"}} if one.about.refuses else {}
    missing = {"404": {"$ref": "#/components/responses/Missing"}}
    return {
        "operationId": one.endpoint.replace(".", "_"),
        "tags": [one.endpoint.partition(".")[0]],
        "summary": gettext(one.about.summary),
        "parameters": [
            *(_parameter(column, "path") for column in one.arguments),
            *(_parameter(column, "query") for column in one.about.query),
        ],
        "responses": {
            "200": {"description": gettext(one.about.summary), "content": content},
            **refused,
            **missing,
        },
    }


def _parameter(column: Column, where: str) -> dict[str, Any]:
    kind: dict[str, Any] = {"type": "string" if column.type == "datetime" else column.type}
    if column.type == "integer":
        kind["minimum"] = 1
    if column.name == "kind":
        kind["enum"] = ["json", "xml"]
    told = {"name": column.name, "in": where, "description": gettext(column.meaning), "schema": kind}
    return told | {"required": where == "path"}


def _schema_of(about: Described) -> dict[str, Any]:
    if about.media == (CSV,):
        return {"type": "string", "description": _columns_of(about.schema or "")}
    return {"$ref": f"#/components/schemas/{about.schema}"}


def _columns_of(name: str) -> str:
    table = next(one for one in TABLES if one.name == name)
    return ", ".join(column.name for column in table.columns)


def _schemas() -> dict[str, Any]:
    row = json_schema(BROADCAST_COLUMNS)
    row["properties"] |= {
        "tickets": {"type": "array", "items": {"type": "string"}},
        "removed": {"type": "object", "additionalProperties": {"type": "integer"}},
        "changed_at": {"type": "string", "format": "date-time"},
    }
    row["required"] = [*row["properties"]]
    lists = {name: {"type": "array"} for name in ("pieces", "as_run", "corrections", "hosts")}
    more = {"description": {"type": "string"}, "package": {"type": "object"}, **lists}
    figures = {"type": "object", "description": gettext("Its members are the measures of the CSV file")}
    report: dict[str, Any] = {
        name: {"type": ["string", "null"]} for name in ("period", "broadcast", "closed_at", "digest")
    }
    report |= {name: {"type": "string"} for name in ("station", "operator", "url", "at")}
    report |= {"least_group": {"type": "integer"}, "figures": figures}
    return {
        "Row": row,
        "Broadcasts": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
        "Broadcast": {
            "allOf": [
                {"$ref": "#/components/schemas/Row"},
                {"type": "object", "properties": more, "required": [*more]},
            ]
        },
        "Report": {"type": "object", "properties": report, "required": [*report]},
        "Object": {"type": "object"},
        "List": {"type": "array", "items": {"type": "object"}},
    }


def _errors() -> dict[str, Any]:
    return {
        "Missing": {"description": gettext("There is nothing at this address.")},
        "Refused": {"description": gettext("An argument cannot be used; the answer says which and why.")},
    }
