"""Commands of the channels."""

import os

import click

from radiodesk.calls.channels import sms
from radiodesk.calls.channels.intake import take_in
from radiodesk.core import command
from radiodesk.core.clock import SystemClock


@click.command("sms-received")
@click.argument("arguments", nargs=-1)
def sms_received(arguments: tuple[str, ...]) -> None:
    """Take in the SMS that gammu-smsd has just received; set this command as its RunOnReceive."""
    incoming = sms.from_gammu(os.environb, arguments)
    with command.database(command.settings()).writing() as session:
        call = take_in(session, incoming, at=SystemClock().now())
    click.echo(call.public_id if call else "-")
