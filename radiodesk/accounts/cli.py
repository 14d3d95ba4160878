"""Commands about people."""

import click

from radiodesk.accounts import services
from radiodesk.accounts.models import Role
from radiodesk.core import command
from radiodesk.core.clock import SystemClock


@click.group()
def user() -> None:
    """People of the station."""


@user.command("add")
@click.argument("username")
@click.option("--name", help="Full name as others see it; the user name when left out.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What the person does; may be given several times.",
)
@click.option("--password", envvar="RADIODESK_PASSWORD", help="Asked for when left out.")
def add(username: str, name: str | None, roles: tuple[str, ...], password: str | None) -> None:
    """Add a person who may sign in at the desk."""
    secret = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with command.database(command.settings()).writing() as session:
        chosen = [Role(role) for role in roles]
        services.add_person(
            session, username, name or username, chosen, secret, by="command line", at=SystemClock().now()
        )
    click.echo(username)
