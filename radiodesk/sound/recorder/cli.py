"""Commands of live sound."""

import logging

import click

from radiodesk.core import command


@click.command("record-lines")
def record_lines() -> None:
    """Record the sound-card lines: needs neither the database nor the network."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    from radiodesk.sound.recorder.recorder_process import record_lines as run

    run(command.settings())
