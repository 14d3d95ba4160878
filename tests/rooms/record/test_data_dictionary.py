"""What the open data say of themselves, judged by others' programs: OpenAPI, Frictionless, and schemathesis."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from radiodesk.core.database import Database
from radiodesk.rooms.record.open_api import DESCRIBED
from tests.factories.filled import published, published_ticket

NO_DATA = frozenset({"language", "static", "intake", "listener_forms", "webhooks", "tracking"})
"""Endpoints and blueprints in which people act; none of them gives data."""
PAGES = frozenset(
    {
        "home",
        "dictionary.page",
        "log.page",
        "reports.broadcast",
        "reports.broadcast_questions",
        "reports.page",
        "reports.period",
        "reports.period_questions",
        "schedule.page",
        "site.broadcast",
        "site.data",
        "site.part",
        "site.register",
        "site.robots",
    }
)


@pytest.fixture
def record(database: Database, now: datetime) -> list[str]:
    """Three broadcasts and a complaint; the ids of the broadcasts."""
    with database.writing() as tx:
        shows = [published(number, now) for number in (1, 2, 3)]
        tx.add_all([*shows, published_ticket(now)])
        tx.flush()
        return [show.public_id for show in shows]


@pytest.fixture
def site(public: Flask) -> FlaskClient:
    return public.test_client()


def described(site: FlaskClient, path: str) -> dict[str, Any]:
    with site.get(path) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        told: dict[str, Any] = json.loads(answer.get_data())
        return told


def test_every_address_for_programs_is_described(public: Flask, site: FlaskClient) -> None:
    rules = [rule for rule in public.url_map.iter_rules() if "GET" in (rule.methods or ())]
    data = {
        rule.endpoint
        for rule in rules
        if not {rule.endpoint, rule.endpoint.partition(".")[0]} & (NO_DATA | PAGES) and "." in rule.endpoint
    }
    assert data == set(DESCRIBED)
    assert len(described(site, "/openapi.json")["paths"]) == len(data)


def test_the_description_is_openapi(site: FlaskClient, record: list[str]) -> None:
    judge = pytest.importorskip("openapi_spec_validator")
    told = described(site, "/openapi.json")
    assert told["openapi"].startswith("3.1")
    judge.validate(told)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_shows_addresses_and_columns(site: FlaskClient, language: str) -> None:
    site.set_cookie("language", language)
    page = site.get("/data/alamat").get_data(as_text=True)
    assert len(page.encode()) < 100_000 and "<script" not in page
    for path in described(site, "/openapi.json")["paths"]:
        assert path in page
    for word in ("package_digest", "measure", "second"):
        assert word in page
    assert 'href="/data/alamat"' in site.get("/data").get_data(as_text=True)


def test_each_table_is_as_the_dictionary_says(
    site: FlaskClient, record: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = pytest.importorskip("frictionless")
    monkeypatch.chdir(tmp_path)
    for path in ("/data/datapackage.json", f"/siaran/{record[0]}/datapackage.json"):
        told = described(site, path)
        assert told["licenses"][0]["name"] == "CC-BY-4.0" and told["sources"]
        for resource in told["resources"]:
            address = "/" + resource["path"].split("/", 3)[3]
            with site.get(address) as answer:
                assert answer.status_code == 200, address
                (tmp_path / f"{resource['name']}.csv").write_bytes(answer.get_data())
            resource["path"] = f"{resource['name']}.csv"
        report = judge.Package.from_descriptor(told).validate()
        assert report.valid, report.flatten(["type", "message"])
        assert report.stats["tasks"] == len(told["resources"])


def test_a_table_that_says_otherwise_is_found(site: FlaskClient, record: list[str], tmp_path: Path) -> None:
    judge = pytest.importorskip("frictionless")
    schema = described(site, "/data/datapackage.json")["resources"][0]["schema"]
    table = tmp_path / "siaran.csv"
    text = site.get("/data/siaran.csv").get_data(as_text=True).replace("3600", "satu jam")
    table.write_text(text, encoding="utf-8", newline="")
    resource = judge.Resource(path=table.name, basepath=str(tmp_path), schema=judge.Schema.from_descriptor(schema))
    assert not resource.validate().valid


@pytest.mark.slow
@pytest.mark.both_databases
def test_whatever_is_asked_is_answered_as_described(public: Flask, record: list[str]) -> None:
    """No answer is a fault, and each has a status, a media type and a shape that the description tells."""
    schemathesis = pytest.importorskip("schemathesis")
    own = pytest.importorskip("schemathesis.specs.openapi.checks")
    checks = [
        pytest.importorskip("schemathesis.checks").not_a_server_error,
        own.status_code_conformance,
        own.content_type_conformance,
        own.response_schema_conformance,
    ]
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app=public)
    few = hypothesis.settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    # The client that it asks with does not unpack answers.
    plain = {"Accept-Encoding": "identity"}
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @few
        @hypothesis.given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(checks=checks, headers=plain)

        ask()
    assert asked > 50
    for path in (f"/siaran/{record[0]}/siaran.json", "/laporan/2026-t4.json", f"/siaran/{record[0]}/laporan.json"):
        template = path.replace(record[0], "{public_id}").replace("2026-t4", "{key}")
        values = {"public_id": record[0]} if "public_id" in template else {"key": "2026-t4"}
        case = schema[template]["GET"].Case(path_parameters=values)
        case.call_and_validate(checks=checks, headers=plain)
