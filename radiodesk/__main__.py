"""The command line: ``radiodesk COMMAND``; each room brings its own commands."""

import click

from radiodesk import __version__
from radiodesk.core.command import LazyGroup, run


@click.group(
    cls=LazyGroup,
    commands_at={
        "desk": "radiodesk.operations.cli:desk",
        "work": "radiodesk.operations.cli:work",
        "listen": "radiodesk.operations.cli:listen",
        "public": "radiodesk.operations.cli:public",
        "attend": "radiodesk.operations.cli:attend",
        "record-lines": "radiodesk.audio.cli:record_lines",
        "telephone": "radiodesk.calls.telephone.cli:telephone",
        "migrate": "radiodesk.operations.cli:migrate",
        "keys": "radiodesk.operations.cli:keys",
        "doctor": "radiodesk.operations.cli:doctor",
        "transcribe": "radiodesk.speech.cli:transcribe",
        "models": "radiodesk.speech.cli:models",
        "sms-received": "radiodesk.calls.cli:sms_received",
        "intake": "radiodesk.calls.cli:intake",
        "user": "radiodesk.accounts.cli:user",
        "area": "radiodesk.area.cli:area",
        "feed": "radiodesk.traffic.cli:feed",
        "bulletin": "radiodesk.traffic.cli:bulletin",
        "pipe": "radiodesk.__main__:pipe",
        "drill": "radiodesk.operations.drill.cli:drill",
        "sample": "radiodesk.operations.drill.cli:sample",
        "verify": "radiodesk.archive.cli:verify",
        "unlock": "radiodesk.archive.cli:unlock",
    },
)
@click.version_option(__version__)
def cli() -> None:
    """The studio desk for interactive police-and-public radio."""


@click.group(
    cls=LazyGroup,
    commands_at={
        "reports": "radiodesk.traffic.cli:reports",
        "same": "radiodesk.traffic.cli:same",
        "triage": "radiodesk.tickets.cli:triage",
        "redact": "radiodesk.record.cli:redact",
        "speak": "radiodesk.speech.cli:speak",
        "places": "radiodesk.area.cli:places",
    },
)
def pipe() -> None:
    """Commands that read a text a line and write a JSON object a line."""


def main() -> None:
    """Entry point of the ``radiodesk`` program."""
    run(cli)


if __name__ == "__main__":
    main()
