"""A private PostgreSQL server for a run of tests, from Debian's package, as a user without rights."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

USER = "postgres"
"""The account that Debian's package makes; a server does not run as root."""
ROOM = 3_000_000_000
"""Bytes of memory that must be free for a server to keep its files there."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server that lets everybody of this machine in; ``folder`` is where it keeps its files."""

    folder: Path
    port: int
    address: str = "127.0.0.1"
    inside: tuple[str, ...] = ()
    """What its commands begin with, where it runs on a machine of its own (``hosts.Host.inside``)."""

    def url(self, database: str) -> str:
        """Address of one of its databases."""
        return f"postgresql://radiodesk@{self.address}:{self.port}/{database}"

    def run(self, statement: str) -> None:
        """Carry out one statement of the server's owner."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def make(self, database: str, template: str = "template0") -> str:
        """Make a database, as a copy of another one; returns its address."""
        self.run(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is connected to it."""
        self.run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def stop(self, how: str = "fast") -> None:
        """Stop the server: ``fast`` ends its connections, ``immediate`` is a crash."""
        self._control("-m", how, "-w", "stop")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._control("-l", str(self.folder / "log"), "-w", "-t", "60", "start")

    def _control(self, *words: str) -> None:
        as_user = ("setpriv", "--reuid", USER, "--regid", USER, "--clear-groups") if self.inside else ()
        command = (str(programs() / "pg_ctl"), "-D", str(self.folder), *words)
        _carry_out(*self.inside, *as_user, *command, user=None if self.inside else USER)


def programs() -> Path:
    """The folder of the newest PostgreSQL that is installed; raises ``LookupError`` where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise LookupError("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1].parent


@contextmanager
def server(*, durable: bool = False, address: str = "127.0.0.1", inside: tuple[str, ...] = ()) -> Iterator[Server]:
    """A new server on a free port of this machine, or of the one that ``inside`` leads to, which goes with all its
    files.

    Unless it is ``durable``, it writes to memory where there is room and waits for no disk: the tests ask for many
    copies of a database.
    """
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of its own there
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    parent = memory if roomy and not durable else None
    folder = Path(tempfile.mkdtemp(prefix="radiodesk-postgres-", dir=parent))
    try:
        if os.getuid() == 0:
            known = pwd.getpwnam(USER)
            os.chown(folder, known.pw_uid, known.pw_gid)
        _carry_out(
            *(str(programs() / "initdb"), "-D", str(folder), "-U", "radiodesk", "-A", "trust"),
            *("--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C.UTF-8"),
            user=USER,
        )
        made = Server(folder, free_port(), address, inside)
        if inside:
            with (folder / "pg_hba.conf").open("a") as entries:
                entries.write("host all all samenet trust\n")
        with (folder / "postgresql.conf").open("a") as settings:
            settings.write(
                f"port = {made.port}\nlisten_addresses = '{address}'\nunix_socket_directories = ''\n"
                "max_connections = 300\nshared_buffers = 64MB\nmax_wal_size = 256MB\n"
            )
            if not durable:
                settings.write("fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nautovacuum = off\n")
        made.start()
        try:
            yield made
        finally:
            made.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with closing(socket.socket()) as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


def _carry_out(*command: str, user: str | None) -> None:
    other = {"user": user, "group": user, "extra_groups": []} if user and os.getuid() == 0 else {}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **other)  # type: ignore[call-overload]
    if done.returncode:
        raise AssertionError(f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
