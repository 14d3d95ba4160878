"""The command line: ``radiodesk COMMAND``; each room brings its own commands."""

import click

from radiodesk import __version__
from radiodesk.core.command import LazyGroup, run
from radiodesk.core.errors import Refusal


@click.group(
    cls=LazyGroup,
    commands_at={
        "desk": "radiodesk.operations.cli:desk",
        "work": "radiodesk.operations.cli:work",
        "listen": "radiodesk.operations.cli:listen",
        "public": "radiodesk.operations.cli:public",
        "attend": "radiodesk.operations.cli:attend",
        "record-lines": "radiodesk.operations.cli:record_lines",
        "logger": "radiodesk.rooms.logger.cli:logger",
        "telephone": "radiodesk.operations.cli:telephone",
        "prompt-caller": "radiodesk.rooms.lines.cli:prompt_caller",
        "join-callers": "radiodesk.rooms.lines.cli:join_callers",
        "play-out": "radiodesk.operations.cli:play_out",
        "migrate": "radiodesk.operations.cli:migrate",
        "keys": "radiodesk.operations.cli:keys",
        "move": "radiodesk.operations.cli:move",
        "backup": "radiodesk.operations.backup.cli:backup",
        "restore": "radiodesk.operations.backup.cli:restore",
        "doctor": "radiodesk.operations.cli:doctor",
        "store": "radiodesk.operations.store_cli:store",
        "transcribe": "radiodesk.recognition.cli:transcribe",
        "models": "radiodesk.recognition.cli:models",
        "sms-received": "radiodesk.rooms.messages.cli:sms_received",
        "intake": "radiodesk.rooms.messages.cli:intake",
        "user": "radiodesk.rooms.accounts.cli:user",
        "area": "radiodesk.language.places.cli:area",
        "learned": "radiodesk.rooms.traffic.cli:word_commands",
        "feed": "radiodesk.road.cli:feed",
        "bulletin": "radiodesk.road.cli:bulletin",
        "pipe": "radiodesk.__main__:pipe",
        "drill": "radiodesk.operations.drill.cli:drill",
        "sample": "radiodesk.operations.drill.cli:sample",
        "verify": "radiodesk.rooms.archive.cli:verify",
        "log": "radiodesk.rooms.archive.log_cli:log",
        "record": "radiodesk.operations.static_export.export_cli:record",
        "unlock": "radiodesk.rooms.archive.cli:unlock",
        "listeners": "radiodesk.rooms.record.listener_requests.cli:listeners",
        "retention": "radiodesk.rooms.retention.cli:retention",
        "copies": "radiodesk.rooms.archive.copies_cli:copies",
        "escrow": "radiodesk.rooms.archive.escrow_cli:escrow",
    },
)
@click.version_option(__version__)
def cli() -> None:
    """The studio desk for interactive police-and-public radio."""


@click.group(
    cls=LazyGroup,
    commands_at={
        "reports": "radiodesk.road.cli:reports",
        "same": "radiodesk.road.cli:same",
        "triage": "radiodesk.rooms.tickets.cli:triage",
        "redact": "radiodesk.language.redaction.cli:redact",
        "speak": "radiodesk.recognition.cli:speak",
        "places": "radiodesk.language.places.cli:places",
    },
)
def pipe() -> None:
    """Commands that read a text a line and write a JSON object a line."""


def main() -> None:
    """Entry point of the ``radiodesk`` program."""
    run(cli, _explain)


def _explain(error: Exception) -> Refusal | None:
    # Imported when it is needed: a recorder that was killed and needs no database is back all the sooner.
    from radiodesk.core.unavailable import unavailable

    return unavailable(error)


if __name__ == "__main__":
    main()
