"""Open311 GeoReport v2: what it lists, what it hides, and that it keeps to the standard's schemas."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.tickets.models import TicketState
from tests.factories import tickets as factory

Publish = Callable[..., str]


@pytest.fixture
def publish(database: Database, settings: Settings, clock: ManualClock) -> Publish:
    """Makes a ticket in a state and mirrors it; gives its number."""

    def made(state: TicketState = TicketState.FORWARDED, **given: Any) -> str:
        with database.writing() as session:
            number = factory.in_state(session, settings, state, clock.now(), **given).number
        Runner(database, settings, clock, kinds()).run_all()
        return number

    return made


@pytest.fixture
def client(public: Flask) -> FlaskClient:
    return public.test_client()


def listed(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/open311/v2/requests.json{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(answer.get_json())


def fits(value: Any, schema: dict[str, Any], folder: Path, where: str = "") -> list[str]:
    """What of a value does not fit a JSON schema, for the words that the Open311 schemas use."""
    if "$ref" in schema:
        return fits(value, json.loads((folder / schema["$ref"]).read_text()), folder, where)
    if "anyOf" in schema:
        every = [fits(value, choice, folder, where) for choice in schema["anyOf"]]
        return [] if any(not problems for problems in every) else every[0]
    kinds: dict[str, Any] = {
        "string": str, "number": (int, float), "boolean": bool, "null": type(None), "array": list,
    }  # fmt: skip
    kind = schema.get("type")
    if kind and not isinstance(value, kinds[kind]):
        return [f"{where} is not a {kind}"]
    problems = []
    if "enum" in schema and value not in schema["enum"]:
        problems.append(f"{where} is {value!r}")
    if schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        problems.append(f"{where} has no time zone")
    if len(str(value)) > schema.get("maxLength", 10**9):
        problems.append(f"{where} is too long")
    if kind == "array":
        problems += [said for item in value for said in fits(item, schema["items"], folder, where)]
    if "properties" in schema:
        problems += [f"{name} is missing" for name in schema["required"] if name not in value]
        problems += [f"{name} is not in the schema" for name in value.keys() - schema["properties"].keys()]
        for name in value.keys() & schema["properties"].keys():
            problems += fits(value[name], schema["properties"][name], folder, name)
    return problems


def test_answers_fit_the_schemas_of_the_standard(publish: Publish, client: FlaskClient, shared: Path) -> None:
    folder = shared / "standards" / "open311" / "schema"
    for state in (TicketState.FORWARDED, TicketState.ANSWERED, TicketState.CLOSED):
        publish(state)
    requests, services = listed(client), client.get("/open311/v2/services.json").get_json()
    assert len(requests) == 3 and len(services) > 20
    assert fits(requests, json.loads((folder / "requests.json").read_text()), folder) == []
    assert fits(services, json.loads((folder / "services.json").read_text()), folder) == []
    assert fits({**requests[0], "status": "lost"}, json.loads((folder / "request.json").read_text()), folder)


def test_a_request_tells_what_where_who_and_how_far(publish: Publish, client: FlaskClient) -> None:
    number = publish(TicketState.ANSWERED, place_id="35.22.15")
    found = listed(client)[0]
    assert found["service_request_id"] == number
    assert (found["status"], found["service_code"]) == ("open", "penerangan_jalan")
    assert found["description"] == "Lampu jalan di depan pasar padam."
    assert factory.ANSWER in found["status_notes"]
    assert found["agency_responsible"] == "Dinas Perhubungan Kabupaten Bojonegoro"
    assert found["requested_datetime"] == "2026-11-24T11:30:00Z"
    assert -8 < found["lat"] < -6 and 111 < found["long"] < 113
    assert factory.TEXT not in str(found)


def test_what_nobody_decided_or_must_not_be_seen_is_not_listed(publish: Publish, client: FlaskClient) -> None:
    hidden = [
        publish(TicketState.NEW),
        publish(TicketState.REJECTED),
        publish(confidential=True),
        publish(summary=""),
    ]
    assert listed(client) == []
    for number in hidden:
        assert client.get(f"/open311/v2/requests/{number}.json").status_code == 404
        assert listed(client, f"?service_request_id={number}") == []


def test_the_list_is_narrowed_as_the_standard_says(publish: Publish, client: FlaskClient, clock: ManualClock) -> None:
    old = publish(TicketState.CLOSED)
    clock.advance(timedelta(days=100))
    new = publish()

    def numbers(query: str) -> list[str]:
        return [found["service_request_id"] for found in listed(client, query)]

    assert numbers("") == [new]
    assert numbers("?start_date=2026-11-20T00:00:00Z&end_date=2026-11-30T00:00:00Z") == [old]
    assert numbers("?start_date=2026-11-20T00:00:00%2B07:00") == [old]
    assert numbers(f"?service_request_id={old},{new}") == [new, old]
    assert numbers("?status=closed&end_date=2026-12-01T00:00:00Z") == [old]
    assert numbers("?status=open,closed") == [new]
    assert numbers("?service_code=parkir") == []
    assert numbers("?service_code=parkir,penerangan_jalan&status=") == [new]


@pytest.mark.parametrize(
    "query",
    [
        "?start_date=2026-01-01T00:00:00Z&end_date=2026-12-01T00:00:00Z",
        "?start_date=yesterday",
        "?start_date=2026-11-24",
        "?status=lost",
    ],
)
def test_odd_arguments_are_refused_with_a_sentence(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/open311/v2/requests.json{query}", headers={"Accept": "application/json"})
    assert answer.status_code == 400
    (error,) = answer.get_json()
    assert error["code"] == 400
    assert error["description"].endswith(".")


def test_xml_says_the_same_in_the_elements_of_the_standard(publish: Publish, client: FlaskClient) -> None:
    number = publish(summary="Lampu & rambu <rusak>.")
    answer = client.get("/open311/v2/requests.xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    tree = ElementTree.fromstring(answer.data)  # noqa: S314
    assert (tree.tag, [child.tag for child in tree]) == ("service_requests", ["request"])
    assert tree.findtext("request/service_request_id") == number
    assert tree.findtext("request/description") == "Lampu & rambu <rusak>."
    services = ElementTree.fromstring(client.get("/open311/v2/services.xml").data)  # noqa: S314
    assert services.findtext("service/metadata") == "false"
    discovery = ElementTree.fromstring(client.get("/open311/v2/discovery.xml").data)  # noqa: S314
    assert [e.text for e in discovery.iter("format")] == ["text/xml", "application/json"]


def test_there_is_no_third_format(client: FlaskClient) -> None:
    assert client.get("/open311/v2/services.csv").status_code == 404
