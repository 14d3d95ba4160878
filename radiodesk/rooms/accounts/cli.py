"""Commands about people."""

import click

from radiodesk.core import command
from radiodesk.core.clock import SystemClock
from radiodesk.core.schema import station_database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts import passwords, queries, second_factor, services
from radiodesk.rooms.accounts.models import Role

BY = "command line"


@click.group()
def user() -> None:
    """People of the station."""


def _about(settings: Settings, *words: str) -> tuple[str, ...]:
    return settings.station, settings.operator, *words


def _asked(password: str | None) -> str:
    return password or click.prompt("Password", hide_input=True, confirmation_prompt=True)


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
    settings = command.settings()
    database = station_database(settings)
    secret, chosen, at = _asked(password), [Role(role) for role in roles], SystemClock().now()
    with database.writing() as session:
        services.add_person(session, username, name or username, chosen, secret, about=_about(settings), by=BY, at=at)
    click.echo(username)


@user.command("password")
@click.argument("username")
@click.option("--password", envvar="RADIODESK_PASSWORD", help="Asked for when left out.")
def password(username: str, password: str | None) -> None:
    """Give a person a new password; their open sessions end."""
    settings = command.settings()
    database = station_database(settings)
    with database.reading() as session:
        name = queries.person_by_username(session, username).name
    hashed = passwords.hashed(_asked(password), _about(settings, username, name))
    with database.writing() as session:
        person = queries.person_by_username(session, username)
        services.set_password(session, person, hashed, by=BY, at=SystemClock().now())
    click.echo(username)


@user.command("reset")
@click.argument("username")
def reset(username: str) -> None:
    """Print a one-time link with which a person chooses a new password; an earlier link dies."""
    settings = command.settings()
    with station_database(settings).writing() as session:
        person = queries.person_by_username(session, username)
        token = services.reset_password(session, person, by=BY, at=SystemClock().now())
    click.echo(f"{settings.desk_address}/sandi-baru/{token}")


@user.command("invite")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What the person does; may be given several times.",
)
def invite(roles: tuple[str, ...]) -> None:
    """Print a one-time link with which somebody sets up an account of their own."""
    settings = command.settings()
    with station_database(settings).writing() as session:
        token = services.invite(session, [Role(role) for role in roles], by=BY, at=SystemClock().now())
    click.echo(f"{settings.desk_address}/undangan/{token}")


@user.command("reset-code")
@click.argument("username")
def reset_code(username: str) -> None:
    """Take a person's second factor away whose phone and recovery codes are lost; their open sessions end."""
    with station_database(command.settings()).writing() as session:
        second_factor.reset(session, queries.person_by_username(session, username), by=BY, at=SystemClock().now())
    click.echo(username)
