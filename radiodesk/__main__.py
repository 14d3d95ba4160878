"""The command line: ``radiodesk COMMAND``; each room brings its own commands."""

import click

from radiodesk import __version__
from radiodesk.core.command import LazyGroup, run


@click.group(
    cls=LazyGroup,
    commands_at={
        "desk": "radiodesk.operations.cli:desk",
        "work": "radiodesk.operations.cli:work",
        "public": "radiodesk.operations.cli:public",
        "migrate": "radiodesk.operations.cli:migrate",
        "doctor": "radiodesk.operations.cli:doctor",
        "transcribe": "radiodesk.speech.cli:transcribe",
        "models": "radiodesk.speech.cli:models",
        "user": "radiodesk.accounts.cli:user",
        "verify": "radiodesk.archive.cli:verify",
    },
)
@click.version_option(__version__)
def cli() -> None:
    """The studio desk for interactive police-and-public radio."""


def main() -> None:
    """Entry point of the ``radiodesk`` program."""
    run(cli)


if __name__ == "__main__":
    main()
