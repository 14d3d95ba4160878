"""Commands about speech: transcribe files as JSON lines, and look after the models."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from radiodesk.core import command, i18n
from radiodesk.core.errors import Refusal
from radiodesk.language.places.station_area import area_pack
from radiodesk.language.spoken import reading_seconds, to_spoken
from radiodesk.recognition import model_download, model_registry
from radiodesk.recognition.loader import load_transcriber
from radiodesk.recognition.ports import Hints, Transcription


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--engine", help="Recognition engine; the setting `transcriber` when left out.")
@click.option("--model", help="Model from the registry, or a folder; the setting `speech_model` when left out.")
@click.option("--language", help="Language that is spoken; the setting `speech_language` when left out.")
@click.option("--phrase", "phrases", multiple=True, help="Words to listen for; may be given several times.")
def transcribe(
    files: tuple[Path, ...], engine: str | None, model: str | None, language: str | None, phrases: tuple[str, ...]
) -> None:
    """Write what is said in sound files, one JSON object a line.

    A file that cannot be heard is named on standard error; the others are done, and the exit code is 1.
    """
    settings = command.settings()
    engine, model = engine or settings.transcriber, model or settings.speech_model
    loaded = load_transcriber(
        engine,
        settings.models,
        model,
        language or settings.speech_language,
        place=area_pack(settings.area).name,
        threads=settings.speech_threads,
    )
    failed = False
    for path in files:
        try:
            with command.progress_bar(path.name) as progress:
                heard = loaded.transcribe(command.readable_file(path), hints=Hints(phrases), progress=progress)
        except Refusal as refusal:
            click.echo(i18n.say(refusal), err=True)
            failed = True
        else:
            click.echo(json.dumps(as_json(path, heard), ensure_ascii=False))
    sys.exit(1 if failed else 0)


def as_json(path: Path, heard: Transcription) -> dict[str, Any]:
    """A transcription as the pipes print it."""
    return {"file": str(path), **asdict(heard), "text": heard.text}


@click.group()
def models() -> None:
    """Speech models of this machine."""


@models.command("list")
@click.option("--json", "as_lines", is_flag=True, help="Print one JSON object a model.")
def list_models(as_lines: bool) -> None:
    """Name every model of the registry, and say which are installed."""
    for state in model_registry.list_models(command.settings().models):
        model = state.model
        if as_lines:
            facts = {"name": model.name, "title": model.title, "engine": model.engine, "licence": model.licence}
            click.echo(json.dumps({**facts, "installed": state.installed, "folder": str(state.path)}))
        else:
            click.echo(f"{'*' if state.installed else ' '} {model.name:20} {model.engine:8} {model.title}")


@models.command()
@click.argument("name")
def install(name: str) -> None:
    """Fetch a model and check every byte of it; nothing happens when it is there and right."""
    with command.progress_bar(name) as progress:
        folder = model_download.install(name, command.settings().models, progress)
    click.echo(str(folder))


@models.command()
@click.argument("name")
def verify(name: str) -> None:
    """Check every byte of an installed model against the registry; exit code 1 when something differs."""
    with command.progress_bar(name) as progress:
        wrong = model_registry.verify(name, command.settings().models, progress)
    for line in wrong:
        click.echo(line)
    if not wrong:
        click.echo("ok")
    sys.exit(1 if wrong else 0)


@click.command("speak")
def speak() -> None:
    """Say text as a newsreader does: a text a line in; its spoken form and reading time, a JSON object a line out."""
    settings = command.settings()
    lexicon = area_pack(settings.area).spoken
    for text in command.input_lines():
        spoken = to_spoken(text, lexicon=lexicon, bare_minutes=settings.bare_minutes)
        seconds = reading_seconds(text, words_per_minute=settings.words_per_minute, lexicon=lexicon)
        click.echo(json.dumps({"text": text, "spoken": spoken, "seconds": round(seconds, 1)}, ensure_ascii=False))
