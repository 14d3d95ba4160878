"""Commands of the traffic room: feeds, bulletins from files, and the pipes that read posts."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from radiodesk.area.station import area_pack, place_finder
from radiodesk.core import command
from radiodesk.core.config import Settings
from radiodesk.core.errors import Refusal, Unreadable
from radiodesk.traffic.composing import Composition, Identity, compose
from radiodesk.traffic.files import gather, read_feed_file
from radiodesk.traffic.fusion import fuse
from radiodesk.traffic.ports import FeedResult
from radiodesk.traffic.reading import read_report
from radiodesk.traffic.same import same_event


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _print(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain))


@click.command()
@click.argument("file_or_url")
@click.option("--at", help="Time to read it at, as ISO 8601; now when left out.")
def feed(file_or_url: str, at: str | None) -> None:
    """Read a feed (RSS, Atom, GeoRSS, CAP, Waze, DATEX II, Open511, WZDx): reports and alerts as JSON lines."""
    settings = command.settings()
    now = _moment(at, settings)
    if file_or_url.startswith(("http://", "https://")):
        result = _fetched(file_or_url, now)
    else:
        result = read_feed_file(command.readable_file(Path(file_or_url)), now=now)
    for report in result.reports:
        _print({"report": asdict(report)})
    for alert in result.alerts:
        _print({"alert": asdict(alert)})
    for problem in result.problems:
        click.echo(problem, err=True)


def _fetched(url: str, now: datetime) -> FeedResult:
    # Imported here: the pipes and the other commands need no network code.
    from radiodesk.traffic.fetching import refresh
    from radiodesk.traffic.fetchstate import FetchState

    got = refresh(FetchState(url), source=url, now=now)
    if got.refusal is not None:
        raise got.refusal
    return got.result or FeedResult("nothing new")


@click.command()
@click.option("--at", help="Time of the bulletin: HH:MM of today in station time, or ISO 8601; now when left out.")
@click.option("--seconds", type=click.IntRange(15, 600), help="Slot to fill; the station's setting when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print the items with their sources, and what was left out.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def bulletin(at: str | None, seconds: int | None, as_json: bool, files: tuple[Path, ...]) -> None:
    """Compile a bulletin from feed FILES and files of posts."""
    settings = command.settings()
    now = _moment(at, settings)
    for path in files:
        command.readable_file(path)
    gathered = gather(list(files), now=now, finder=place_finder(settings.area), zone=settings.timezone)
    composed = compose(
        fuse(gathered.reports, now),
        at=now,
        seconds=seconds or settings.bulletin_seconds,
        pack=area_pack(settings.area),
        alerts=gathered.alerts,
        words_per_minute=settings.words_per_minute,
        station=Identity(station=settings.station, time_zone=settings.timezone, time_zone_name=settings.timezone_label),
    )
    for problem in gathered.problems:
        click.echo(problem, err=True)
    if as_json:
        _print(as_data(composed) | {"problems": gathered.problems})
    else:
        click.echo(composed.text)


def as_data(composed: Composition) -> dict[str, Any]:
    """A composed bulletin as JSON values: text, items with their sources and why, what was left out and why."""
    return {
        "text": composed.text,
        "seconds": round(composed.seconds, 1),
        "at": composed.at.isoformat(),
        "slot": composed.slot,
        "items": [
            {
                "kind": item.kind,
                "sentence": item.sentence,
                "seconds": round(item.seconds, 1),
                "why": str(item.why),
                "corridor": item.corridor,
                "sources": [
                    {"source": report.source, "observed_at": report.observed_at, "text": report.text}
                    for report in item.reports
                ],
                "alerts": [alert.identifier for alert in item.alerts],
                "appeal": item.appeal_id,
            }
            for item in composed.items
        ],
        "left_out": [{"what": one.what, "why": one.why} for one in composed.left_out],
    }


def _moment(text: str | None, settings: Settings) -> datetime:
    now = datetime.now(UTC)
    if text is None:
        return now
    try:
        if len(text) <= 5:
            hour, minute = text.replace(".", ":").split(":")
            local = now.astimezone(settings.zone)
            return local.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0).astimezone(UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(
            "The time %(text)s cannot be understood. Write 07:15 or 2026-11-24T07:15.", text=text
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=settings.zone)).astimezone(UTC)


@click.command("reports")
def reports() -> None:
    """Read posts: a text a line in; whether it is about traffic, when, where, how, a JSON object a line out."""
    settings = command.settings()
    finder = place_finder(settings.area)
    for text in command.input_lines():
        _print(read_report(text, finder=finder).as_json())


@click.command("same")
def same() -> None:
    """Say whether two posts tell of the same event: JSON lines {a, time_a, b, time_b} in, {same, score} out."""
    command.settings()
    for number, line in enumerate(command.input_lines(), start=1):
        try:
            pair = json.loads(line)
            answer = same_event(pair["a"], pair.get("time_a"), pair["b"], pair.get("time_b"))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refusal(
                'Line %(number)s is not a JSON object with "a", "time_a", "b" and "time_b".', number=number
            ) from None
        _print({"same": answer.same, "score": round(answer.score, 4)})
