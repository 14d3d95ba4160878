"""Commands about drills: play one, or fill a new station with the sample show."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from radiodesk.core import command
from radiodesk.core.errors import Conflict, NotFound
from radiodesk.core.i18n import gettext
from radiodesk.core.settings import CHECKOUT
from radiodesk.operations.drill.play import own_station, play
from radiodesk.operations.drill.show import load_show

SAMPLE = CHECKOUT / "tests" / "drills" / "sample"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--data", type=click.Path(path_type=Path), help="Keep the drill's station in this folder.")
def drill(folder: Path, as_json: bool, data: Path | None) -> None:
    """Play the show in FOLDER from its calls to the public record, in a database of its own."""
    settings = command.settings()
    show = load_show(folder)
    with own_station(settings, show, data) as own, command.progress_bar(show.title) as progress:
        result = play(show, own, progress=progress)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        _tell(result)
    if not result["package"]["verified"]:
        raise SystemExit(1)


def _tell(result: dict[str, Any]) -> None:
    given, out = result["in"], result["out"]
    click.echo(result["show"])
    click.echo(
        gettext(
            "%(calls)s of %(of)s calls taken in, %(transcribed)s transcribed, %(aired)s on air, %(tickets)s tickets.",
            calls=out["calls"],
            of=given["calls"],
            transcribed=out["transcribed"],
            aired=out["aired"],
            tickets=out["tickets"],
        )
    )
    for call in result["calls"]:
        words = (call["transcript"] or {}).get("text") or call.get("message") or "–"
        click.echo(f"  {call['file']}: {words}")
    for ticket in result["tickets"]:
        click.echo(f"  {ticket['number']}  {ticket['unit']}  {ticket['category']}")
    if result["bulletin"]:
        click.echo(result["bulletin"]["text"])
    verdict = gettext("verified") if result["package"]["verified"] else gettext("NOT verified")
    click.echo(f"{result['package']['path']}: {verdict}")
    for problem in result["problems"]:
        click.echo(f"! {problem}", err=True)
    click.echo(gettext("%(seconds)s seconds in all.", seconds=result["seconds"]["total"]))


@click.command()
def sample() -> None:
    """Fill a new station with the sample show: yesterday's in the archive, today's about to begin."""
    from radiodesk.operations.drill.sample import fill, has_broadcasts

    settings = command.settings()
    if not SAMPLE.is_dir():
        raise NotFound("The sample show is not part of this installation. It is in the source, in tests/drills/sample.")
    if has_broadcasts(settings):
        raise Conflict("This station has broadcasts already, so the sample show is not added.")
    now = datetime.now(UTC)
    with command.progress_bar(gettext("Sample show"), lines=True) as progress:
        fill(load_show(SAMPLE), settings, now=now, yesterday=now - timedelta(days=1), progress=progress)
    click.echo(gettext("The sample show is in. Sign in and look around."))
