"""What every command shares: settings, input and progress, and the edge that turns refusals into one sentence."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from radiodesk.core import i18n
from radiodesk.core.errors import Refusal
from radiodesk.core.folders import keep_files_private
from radiodesk.core.locks import doing, program
from radiodesk.core.settings import Settings, load_settings


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used, so that ``--help`` and the pipes start fast."""

    def __init__(self, *args: Any, commands_at: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of their declaration."""
        return list(self._at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        place = self._at.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


def settings() -> Settings:
    """The station's settings, and the language that they choose for messages."""
    found = load_settings()
    i18n.language.set(found.language)
    return found


def run(cli: click.Command, explain: Callable[[Exception], Refusal | None]) -> None:
    """Run the command line that this process was started with, and end the process."""
    finish(lambda: cli.main(standalone_mode=False), explain)


def finish(act: Callable[[], object], explain: Callable[[Exception], Refusal | None]) -> None:
    """Do what this process is there for, and end it.

    Refusals become one sentence on standard error and their exit code.
    ``explain`` finds the refusal behind an error of a library, if there is one.
    """
    keep_files_private()
    doing.set(program(sys.argv))
    try:
        act()
        sys.exit(0)
    except Refusal as refusal:
        click.echo(i18n.say(refusal), err=True)
        sys.exit(refusal.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has seen enough (head, less).
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        trouble = explain(error)
        if trouble is None:
            raise
        click.echo(i18n.say(trouble), err=True)
        sys.exit(trouble.exit_code)


def input_lines(limit: int = 1_000_000) -> Iterator[str]:
    """Lines of standard input as text: broken UTF-8 is replaced, NUL bytes and over-long tails are dropped."""
    for raw in sys.stdin.buffer:
        yield raw[:limit].decode("utf-8", "replace").replace("\0", "").rstrip("\r\n")


@contextmanager
def progress_bar(title: str, *, lines: bool = False) -> Iterator[Callable[[float, float], None]]:
    """A progress bar on standard error when that is a terminal; gives a function of (done, total).

    With ``lines`` a line is written every tenth where it is no terminal.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _tenths(title) if lines else lambda _done, _total: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(title, total=1.0)
        yield lambda done, total: shown.update(task, completed=done, total=total or 1.0)


def _tenths(title: str) -> Callable[[float, float], None]:
    told = -1

    def tell(done: float, total: float) -> None:
        nonlocal told
        tenth = int(10 * done / (total or 1.0))
        if tenth > told:
            told = tenth
            click.echo(f"{title}: {10 * tenth} %", err=True)

    return tell


def readable_file(path: Path) -> Path:
    """The path, if a file is there; raises a refusal that names it."""
    if not path.is_file():
        raise Refusal("There is no file %(path)s.", path=path)
    return path
