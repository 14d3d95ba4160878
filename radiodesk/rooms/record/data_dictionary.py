"""The data dictionary of the open data: a Frictionless Data Package that names each CSV file with its columns.

The columns are those that the writers of the files use, so the dictionary cannot say anything else than they do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from radiodesk.core.csv_tables import Column
from radiodesk.core.i18n import N_, gettext

PROFILE = "tabular-data-package"
_FORMATS = {"datetime": {"format": "default"}}


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of CSV file: its name in the package, its title as a message id, and its columns.

    ``key`` names the columns that tell its rows apart, if any do.
    """

    name: str
    title: str
    columns: Sequence[Column]
    key: tuple[str, ...] = ()


def table_schema(table: Table) -> dict[str, Any]:
    """The columns as Frictionless Table Schema, in the reader's language."""
    return {
        "fields": [
            {
                "name": one.name,
                "type": one.type,
                **_FORMATS.get(one.type, {}),
                "description": gettext(one.meaning),
                **({"constraints": {"required": True}} if one.required else {}),
            }
            for one in table.columns
        ],
        "missingValues": [""],
        **({"primaryKey": list(table.key)} if table.key else {}),
    }


def json_schema(columns: Iterable[Column]) -> dict[str, Any]:
    """The same columns as the properties of an object, by JSON Schema 2020-12."""
    told = list(columns)
    return {
        "type": "object",
        "properties": {one.name: _json_type(one) for one in told},
        "required": [one.name for one in told],
    }


def _json_type(column: Column) -> dict[str, Any]:
    found = "string" if column.type == "datetime" else column.type
    format_ = {"format": "date-time"} if column.type == "datetime" else {}
    return {
        "type": found if column.required else [found, "null"],
        **format_,
        "description": gettext(column.meaning),
    }


@dataclass(frozen=True, slots=True)
class Resource:
    """One CSV file: a name of its own in the package, its absolute address, and what kind of table it is."""

    name: str
    address: str
    table: Table


LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODC-BY-1.0": "https://opendatacommons.org/licenses/by/1-0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}
"""Licences that a station may give its data under, by the names of opendefinition.org and SPDX."""

SOURCE = N_("Broadcasts of %(station)s, sealed and made public by %(operator)s")


def data_package(
    name: str,
    title: str,
    homepage: str,
    resources: Iterable[Resource],
    *,
    licence: str,
    station: str,
    operator: str,
) -> dict[str, Any]:
    """``datapackage.json`` by the specification of Frictionless Data Package, version 1."""
    source = gettext(SOURCE, station=station, operator=operator)
    return {
        "profile": PROFILE,
        "name": name,
        "title": title,
        "homepage": homepage,
        "licenses": [{"name": licence, "path": LICENCES[licence]}],
        "sources": [{"title": source, "path": homepage}],
        "contributors": [{"title": operator, "role": "publisher"}],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": one.name,
                "title": gettext(one.table.title),
                "path": one.address,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"lineTerminator": "\r\n", "header": True},
                "schema": table_schema(one.table),
            }
            for one in resources
        ],
    }
