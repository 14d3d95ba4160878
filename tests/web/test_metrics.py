"""What Prometheus is told: with the token alone, in its own format, and nothing of any listener."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from radiodesk.core import jobs
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.hosts import Reporting
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.worker import keep_figures
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Channel
from radiodesk.web.desk import create_desk
from radiodesk.web.metrics import open_screen
from radiodesk.web.public_site import create_public
from tests.factories.forms import FormClient

TOKEN = "token-untuk-prometheus"


@pytest.fixture
def measured(settings: Settings, database: Database, clock: ManualClock, station: Station) -> Station:
    return Station(settings.model_copy(update={"metrics_token": SecretStr(TOKEN)}), database, clock, station.notifier)


def told(app: Flask) -> dict[tuple[str, tuple[str, ...]], float]:
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, tuple(sample.labels.values())): sample.value for family in families for sample in family.samples
    }


@pytest.mark.parametrize("make", [create_desk, create_public])
def test_both_sites_tell_the_figures_of_the_station(make: object, measured: Station, clock: ManualClock) -> None:
    with measured.database.writing() as session:
        calls.receive(session, Channel.PHONE, phone="08120000001", at=clock.now())
        jobs.enqueue(session, clock.now(), "speech.transcribe", 1)
    clock.advance(timedelta(minutes=2))
    Reporting(measured.settings, measured.database, clock).turn()
    app: Flask = make(measured)  # type: ignore[operator]
    figures = told(app)
    assert figures["radiodesk_calls", ("ringing",)] == 1
    assert figures["radiodesk_call_longest_wait_seconds", ()] == 120
    assert figures["radiodesk_jobs", ("speech.transcribe", "waiting")] == 1
    assert figures["radiodesk_database_up", ()] == 1
    assert figures["radiodesk_disk_free_bytes", (measured.settings.machine,)] > 0
    assert figures["radiodesk_arrivals", ("waiting",)] == 0
    assert figures["radiodesk_backup_last_success_timestamp_seconds", ()] == 0
    assert figures["radiodesk_screens", ()] == 0
    # The first asking is counted by the time of the second.
    assert told(app)["radiodesk_requests_total", ("GET", "/metrics", "200")] == 1


def test_kept_pages_are_counted_too(measured: Station) -> None:
    app = create_public(measured)
    for _ in range(3):
        assert app.test_client().get("/").status_code == 200
    figures = told(app)
    assert figures["radiodesk_requests_total", ("GET", "/", "200")] == 1
    assert figures["radiodesk_requests_total", ("GET", "kept page", "200")] == 2


def test_a_screen_counts_while_it_follows(measured: Station) -> None:
    app = create_desk(measured)
    with open_screen(app):
        assert told(app)["radiodesk_screens", ()] == 1
    assert told(app)["radiodesk_screens", ()] == 0


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer salah", f"Basic {TOKEN}", "Bearer \u00e9"])
def test_without_the_token_there_is_nothing_at_this_address(measured: Station, header: str) -> None:
    for app in (create_desk(measured), create_public(measured)):
        assert app.test_client().get("/metrics", headers={"Authorization": header}).status_code == 404


def test_without_a_token_in_the_settings_nobody_is_told(desk: Flask, public: Flask) -> None:
    for app in (desk, public):
        for header in ("Bearer ", "Bearer None"):
            assert app.test_client().get("/metrics", headers={"Authorization": header}).status_code == 404


def test_what_visitors_typed_into_an_address_is_no_label(measured: Station) -> None:
    app = create_public(measured)
    app.test_client().get("/siaran/081234567890-budi")
    app.test_client().get("/081234567890-budi")
    app.test_client().open("/", method="BUDI")
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert "budi" not in answer.text.lower()
    assert 'route="none"' in answer.text


def test_the_page_of_the_state_draws_the_last_day(
    sign_in: Callable[..., FormClient], database: Database, settings: Settings, clock: ManualClock
) -> None:
    producer = sign_in(Role.PRODUCER)
    assert "polyline" not in producer.get("/keadaan").text
    for _ in range(4):
        keep_figures(database, clock)
        clock.advance(timedelta(minutes=5))
    with database.writing() as session:
        calls.receive(session, Channel.PHONE, phone="08120000001", at=clock.now())
    keep_figures(database, clock)
    Reporting(settings.model_copy(update={"machine_name": "kantor"}), database, clock).turn()
    page = producer.get("/keadaan").text
    assert "polyline" in page
    assert "Panggilan terbuka: baru, disaring, menunggu penyiar</b>: 1" in page
    assert "Mesin kantor" in page
