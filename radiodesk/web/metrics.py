"""What Prometheus asks: ``/metrics`` of both sites, with a token. Without one in the settings there is no such page.

The station's figures are counted from the database when they are asked for, so each site of each machine tells the
same; requests and screens are those of the process that answers. No figure has a listener's words, name or number.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hmac import compare_digest
from typing import Any

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from radiodesk.core import figure_history, hosts
from radiodesk.core.backup_state import backup_state
from radiodesk.core.errors import NotFound
from radiodesk.core.settings import Settings
from radiodesk.core.stores import waiting_of
from radiodesk.core.unavailable import unavailable
from radiodesk.http.request import Station, public_page, station
from radiodesk.rooms.figures import figures_of
from radiodesk.rooms.messages.arrivals.arrival_store import Store
from radiodesk.sound.control_socket import PartRefused, PartSilent, ask

EXTENSION = "radiodesk.web.metrics"
KEPT = "kept page"
"""In place of the route, where the answer was a page that is kept (``web.short_path``)."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)
"""Seconds; no page should take 0.2."""


class Meters:
    """What one process counts of its own requests and screens."""

    def __init__(self, given: Station) -> None:
        self.registry = CollectorRegistry()
        labels = ["method", "route", "status"]
        self.requests = Counter("radiodesk_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "radiodesk_request_seconds",
            "Time to make an answer; streams to their first line.",
            ["method", "route"],
            buckets=BOUNDS,
            registry=self.registry,
        )
        self.screens = Gauge("radiodesk_screens", "Live screens with an open stream.", registry=self.registry)
        self.registry.register(StationCollector(given))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered; a method that visitors invented is not told by its name."""
        method = method if method in METHODS else "other"
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)


def connect(app: Flask, given: Station) -> None:
    """Count the requests of an application, and give it the address that tells of them."""
    meters = app.extensions[EXTENSION] = Meters(given)

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        # By its rule, not by its address: addresses hold what visitors typed.
        route = str(request.url_rule or "none")
        meters.count(request.method, route, response.status_code, time.perf_counter() - g.get("began", 0.0))
        return response

    app.add_url_rule("/metrics", "metrics", metrics)


def meters_of(app: Flask) -> Meters:
    """What an application's process counts."""
    meters: Meters = app.extensions[EXTENSION]
    return meters


@contextmanager
def open_screen(app: Flask) -> Iterator[None]:
    """A screen follows changes as long as this is open."""
    gauge = meters_of(app).screens
    gauge.inc()
    try:
        yield
    finally:
        gauge.dec()


@public_page
def metrics() -> Response:
    """All figures in Prometheus' text format; raises ``NotFound`` for who does not show the token."""
    token = station().settings.metrics_token
    shown = request.headers.get("Authorization", "").encode()
    if token is None or not compare_digest(shown, f"Bearer {token.get_secret_value()}".encode()):
        raise NotFound("There is nothing at this address.")
    return Response(
        generate_latest(meters_of(current_app).registry), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


class StationCollector(Collector):
    """The figures of the whole station, and of the machine whose process is asked, at the moment of asking."""

    def __init__(self, given: Station) -> None:
        self._station = given

    def describe(self) -> Iterable[Metric]:
        """Nothing: else registering would ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Figures of the machine always, of the database when it answers."""
        settings = self._station.settings
        yield from _machine(settings)
        yield _recorder(settings)
        alarms = GaugeMetricFamily("radiodesk_alarm", "1 for each alarm that stands.", labels=["name"])
        for one in self._station.alarms.current():
            alarms.add_metric([one.name], 1)
        yield alarms
        up = 1
        try:
            with self._station.database.reading() as session:
                found = list(_counted(session, self._station))
        except Exception as error:
            if unavailable(error) is None:
                raise
            up, found = 0, []
        yield GaugeMetricFamily("radiodesk_database_up", "Whether the database answered.", value=up)
        yield from found


def _machine(settings: Settings) -> Iterator[Metric]:
    backlog = waiting_of(settings)
    objects, size = (backlog.count, backlog.size) if backlog else (0, 0)
    yield GaugeMetricFamily("radiodesk_outbox_objects", "Objects that wait here for the store.", value=objects)
    yield GaugeMetricFamily("radiodesk_outbox_bytes", "Bytes that wait here for the store.", value=size)


def _recorder(settings: Settings) -> Metric:
    overflows = CounterMetricFamily(
        "radiodesk_recorder_overflows", "Times that sound was lost before it was taken.", labels=["device"]
    )
    for source in _devices(settings):
        overflows.add_metric([str(source["device"])], int(source["overflows"]))
    return overflows


def _devices(settings: Settings) -> list[dict[str, Any]]:
    try:
        return list(ask(settings.lines / "recorder.sock", {"do": "state"}, timeout=1.0)["devices"])
    except (PartRefused, PartSilent, KeyError):
        return []


def _counted(session: Session, given: Station) -> Iterator[Metric]:
    at = given.clock.now()
    figures = figures_of(session, at)
    calls = GaugeMetricFamily("radiodesk_calls", "Open calls by state.", labels=["state"])
    for state, count in figures.calls.items():
        calls.add_metric([state.value], count)
    yield calls
    yield GaugeMetricFamily(
        "radiodesk_call_longest_wait_seconds", "Age of the oldest call that waits.", value=figures.longest_wait
    )
    yield GaugeMetricFamily(
        "radiodesk_sound_waiting_seconds", "Recorded sound whose words are to come.", value=figures.sound_waiting
    )
    jobs = GaugeMetricFamily("radiodesk_jobs", "Jobs by kind and state.", labels=["kind", "state"])
    for (kind, end), count in figures.jobs.items():
        jobs.add_metric([kind, end.value], count)
    yield jobs
    yield GaugeMetricFamily("radiodesk_job_oldest_seconds", "Age of the oldest waiting job.", value=figures.oldest_job)
    feeds = GaugeMetricFamily(
        "radiodesk_feed_last_success_timestamp_seconds", "When a source was last fetched; 0: never.", labels=["source"]
    )
    for name, fetched in figures.feeds.items():
        feeds.add_metric([name], fetched.timestamp() if fetched else 0.0)
    yield feeds
    yield from _arrivals(given)
    yield from _backup(session, given)
    yield from _hosts(session, given)


def _arrivals(given: Station) -> Iterator[Metric]:
    store = Store(given.settings, given.database.keys)
    arrivals = GaugeMetricFamily("radiodesk_arrivals", "Messages on this machine, not taken in.", labels=["state"])
    arrivals.add_metric(["waiting"], len(store.all_waiting()))
    arrivals.add_metric(["unreadable"], len(store.all_odd()))
    yield arrivals


def _backup(session: Session, given: Station) -> Iterator[Metric]:
    state = backup_state(session, given.settings, given.clock.now())
    good = state.good.timestamp() if state is not None and state.good is not None else 0.0
    yield GaugeMetricFamily(
        "radiodesk_backup_last_success_timestamp_seconds", "When the last good backup began; 0: never.", value=good
    )


def _hosts(session: Session, given: Station) -> Iterator[Metric]:
    free = GaugeMetricFamily("radiodesk_disk_free_bytes", "Bytes left for the data folder.", labels=["machine"])
    days = GaugeMetricFamily("radiodesk_disk_days_left", "Days until the disk is full.", labels=["machine"])
    told = GaugeMetricFamily(
        "radiodesk_machine_told_timestamp_seconds", "When a machine last told of itself.", labels=["machine"]
    )
    well = GaugeMetricFamily("radiodesk_process_well", "Whether a process is well.", labels=["machine", "process"])
    for host in hosts.hosts(session, at=given.clock.now()):
        free.add_metric([host.name], host.free)
        told.add_metric([host.name], host.at.timestamp())
        if (left := figure_history.days_left(session, host.name)) is not None:
            days.add_metric([host.name], left)
        for name in sorted({process.process for process in host.processes}):
            alike = [process for process in host.processes if process.process == name]
            well.add_metric([host.name, name], int(all(process.well for process in alike)))
    yield from (free, days, told, well)
