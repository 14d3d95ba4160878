"""Commands of the traffic room: feeds, bulletins from files, and the pipes that read posts."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from radiodesk.core import command
from radiodesk.core.errors import Refusal, Unreadable
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import area_pack, place_finder
from radiodesk.road.appeals import load_appeals, pick_appeal, weather_words
from radiodesk.road.bulletin import Before, Composition, Identity, as_data, compose, correct, read_back
from radiodesk.road.feed_files import Gathered, gather, read_feed_file
from radiodesk.road.fusion import fuse
from radiodesk.road.ports import FeedResult
from radiodesk.road.reading import read_report
from radiodesk.road.same_event import same_event


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
    from radiodesk.road.fetch_state import FetchState
    from radiodesk.road.fetcher import refresh

    got = refresh(FetchState(url), source=url, now=now)
    if got.refusal is not None:
        raise got.refusal
    return got.result or FeedResult("nothing new")


@click.command()
@click.option("--at", help="Time of the bulletin: HH:MM of today in station time, or ISO 8601; now when left out.")
@click.option("--seconds", type=click.IntRange(15, 600), help="Slot to fill; the station's setting when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print the items with their sources, and what was left out.")
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    help="The bulletin before, as --json printed it: what is over since is told, nothing in the same words, and its "
    "appeal is not picked again.",
)
@click.option(
    "--corrects",
    type=click.IntRange(1),
    metavar="NUMBER",
    help="Take back item NUMBER of the --previous bulletin instead (ralat); what FILES say of that place is right.",
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def bulletin(
    at: str | None,
    seconds: int | None,
    as_json: bool,
    previous: Path | None,
    corrects: int | None,
    files: tuple[Path, ...],
) -> None:
    """Compile a bulletin from feed FILES and files of posts, with one appeal that fits the moment."""
    settings = command.settings()
    now = _moment(at, settings)
    for path in files:
        command.readable_file(path)
    before = _previous(previous)
    if corrects is not None and not 1 <= corrects <= len(before.items if before else ()):
        raise Unreadable(
            "There is no item %(number)s in the previous bulletin. Give it with --previous.", number=corrects
        )
    gathered = gather(list(files), now=now, finder=place_finder(settings.area), zone=settings.timezone)
    if before is not None and corrects is not None:
        composed = _correction(before, corrects, gathered, settings, now)
    else:
        composed = _composition(before, gathered, settings, now, seconds or settings.bulletin_seconds)
    for problem in gathered.problems:
        click.echo(problem, err=True)
    if as_json:
        _print(as_data(composed) | {"problems": gathered.problems})
    else:
        click.echo(composed.text)


def _previous(path: Path | None) -> Before | None:
    if path is None:
        return None
    try:
        return read_back(json.loads(command.readable_file(path).read_text(encoding="utf-8")))
    except ValueError:
        raise Unreadable("This is not a bulletin as `radiodesk bulletin --json` writes it.") from None


def _identity(settings: Settings) -> Identity:
    return Identity(station=settings.station, time_zone=settings.timezone, time_zone_name=settings.timezone_label)


def _composition(
    before: Before | None, gathered: Gathered, settings: Settings, now: datetime, seconds: int
) -> Composition:
    conditions = fuse(gathered.reports, now, include_ended=True)
    appeal = pick_appeal(
        load_appeals(),
        at=now,
        weather=weather_words(gathered.alerts, conditions),
        used_recently=before.appeals if before else (),
        rest=settings.appeal_rest,
        market_days=area_pack(settings.area).market_days,
        zone=settings.timezone,
    )
    return compose(
        conditions,
        at=now,
        seconds=seconds,
        pack=area_pack(settings.area),
        alerts=gathered.alerts,
        appeal=appeal,
        words_per_minute=settings.words_per_minute,
        variation=before.variation + 1 if before else 0,
        station=_identity(settings),
        told_before=before.told if before else (),
        said_before=before.sentences if before else (),
    )


def _correction(before: Before, number: int, gathered: Gathered, settings: Settings, now: datetime) -> Composition:
    return correct(
        before,
        before.items[number - 1],
        right=fuse(gathered.reports, now),
        at=now,
        pack=area_pack(settings.area),
        words_per_minute=settings.words_per_minute,
        variation=before.variation + 1,
        station=_identity(settings),
    )


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
