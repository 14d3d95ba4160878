"""The command of the telephone."""

import logging

import click

from radiodesk.core import command


@click.command()
def telephone() -> None:
    """Take telephone calls (SIP): needs neither the database nor the desk."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    from radiodesk.sound.telephone.telephone_process import telephone as run

    run(command.settings())
