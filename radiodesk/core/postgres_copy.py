"""A PostgreSQL database as one file (``pg_dump``, custom format), and one filled from it (``pg_restore``).

The programs must be of the server's version or newer; the nearest one that is installed is taken, as a dump of a much
newer one sets what the server does not know.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL, Connection, make_url

from radiodesk.core.errors import Refusal
from radiodesk.core.programs import ProgramMissing, find_program, run_program

PROGRAMS = Path("/usr/lib/postgresql")
PACKAGE = "postgresql-client"
_VERSION = re.compile(r"(\d+)(?:\.|devel|beta|rc|\s|$)")


class CopyFailed(Refusal):
    """A database could not be written to a file, or filled from one."""


def dump(connection: Connection, url: str, target: Path) -> None:
    """Write what ``connection`` sees into a file; it is within a transaction of one picture (REPEATABLE READ)."""
    seen = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    # Uncompressed: what did not change since the last copy is then found again, and not kept twice.
    _run(
        client("pg_dump", server_version(connection)),
        url,
        *("--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={seen}", f"--file={target}"),
    )


def fill(connection: Connection, url: str, source: Path) -> None:
    """Fill an empty database from such a file: all of it, or nothing."""
    version = server_version(connection)
    connection.rollback()
    _run(
        client("pg_restore", version),
        url,
        *("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments", str(source)),
    )


def server_version(connection: Connection) -> int:
    """The major version of the server, such as 15."""
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000


def client(name: str, server: int) -> str:
    """The path of a client program that fits the server; raises ``ProgramMissing``."""
    found = {int(path.parts[-3]): str(path) for path in PROGRAMS.glob(f"[0-9]*/bin/{name}")}
    if not found:
        path = find_program(name, PACKAGE)
        found = {_version(path): path}
    fitting = [version for version in found if version >= server]
    if not fitting:
        raise ProgramMissing(
            "The program %(program)s is of version %(version)s, and the database server is of version %(server)s. "
            "Run: apt install %(package)s",
            program=name,
            version=max(found),
            server=server,
            package=f"{PACKAGE}-{server}",
        )
    return found[min(fitting)]


def _version(path: str) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = _VERSION.search(told.partition(")")[2])
    return int(found[1]) if found else 0


def _run(program: str, url: str, *arguments: str) -> None:
    # Everybody on the machine sees the words of a command: the password goes another way.
    whole = make_url(url)
    named = URL.create(
        "postgresql", whole.username, None, whole.host, whole.port, whole.database, whole.query
    ).render_as_string(hide_password=False)
    ran = run_program([program, *arguments, f"--dbname={named}"], environment=_environment(url))
    if ran.code:
        lines = [line for line in ran.told.splitlines() if "error:" in line] or ran.told.splitlines() or [str(ran.code)]
        raise CopyFailed(
            "%(program)s could not do it: %(why)s",
            program=Path(program).name,
            why=lines[0].partition("error: ")[2] or lines[0],
        )


def _environment(url: str) -> Mapping[str, str]:
    password = make_url(url).password
    given = {"PGPASSWORD": password} if password else {}
    return {**os.environ, "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10", **given}
