"""``radiodesk log``: the log of the record, and checking and witnessing those of others."""

import json
import os
import sys
from pathlib import Path

import click
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from radiodesk.core import command
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import NotFound, Refusal, Unreadable
from radiodesk.core.i18n import gettext
from radiodesk.core.keys import read_keys
from radiodesk.core.tlog.signed_notes import (
    COSIGNATURE,
    Note,
    NoteWrong,
    Verifier,
    cosign,
    parse_note,
    parse_verifier,
    verifier_of,
)
from radiodesk.core.tlog.tree_tiles import Fetch
from radiodesk.rooms.archive import published_log
from radiodesk.rooms.archive.cli import sentence
from radiodesk.rooms.archive.head_words import head_words
from radiodesk.rooms.archive.log_checks import check_log

LONGEST_ANSWER = 20_000_000


@click.group()
def log() -> None:
    """The log of the record, in which every package, correction and publication stands, and those of others."""


@log.command("key")
def key() -> None:
    """Print the key with which anybody checks the log's head."""
    settings = command.settings()
    click.echo(str(published_log.verifier(settings, read_keys(settings.keys))))


@log.command("head")
def head() -> None:
    """Print the newest head of the log, and the four words that stand for it on air."""
    settings = command.settings()
    found = published_log.published(settings, read_keys(settings.keys))
    if found is None:
        raise NotFound("The log has no entries yet.")
    click.echo(str(found[1]), nl=False)
    click.echo("\n" + " ".join(head_words(found[0].root)))


@log.command("check")
@click.argument("where", required=False)
@click.option("--key", "vkey", help="The key of the log, as its station's command `radiodesk log key` prints it.")
@click.option("--since", type=click.Path(path_type=Path), help="A head that was noted earlier.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(where: str | None, vkey: str | None, since: Path | None, as_json: bool) -> None:
    """Check the log in a folder or at an address, or the station's own: "ok", or what differs (exit 1)."""
    earlier = command.readable_file(since).read_bytes() if since else None
    report = check_log(_fetch(where), _key(where, vkey), earlier)
    told = [sentence(one) for one in report.differences]
    size = report.head.size if report.head else 0
    if as_json:
        click.echo(json.dumps({"ok": report.ok, "size": size, "differences": told}, ensure_ascii=False))
    else:
        click.echo("\n".join(told) or "ok")
    raise SystemExit(0 if report.ok else 1)


@log.command("witness-key")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("name")
def witness_key(file: Path, name: str) -> None:
    """Make the secret key of a witness in FILE, where there is none, and print its public key under NAME."""
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(Ed25519PrivateKey.generate().private_bytes_raw())
    try:
        click.echo(str(verifier_of(name, _witness(file), COSIGNATURE)))
    except NoteWrong:
        raise Unreadable("“%(given)s” is no name of a witness, such as saksi.example.id.", given=name) from None


def _witness(file: Path) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(command.readable_file(file).read_bytes())
    except ValueError:
        raise Unreadable("%(path)s is no key of a witness.", path=file) from None


@log.command("witness")
@click.argument("where")
@click.option("--key", "vkey", required=True, help="The key of the log.")
@click.option("--secret", type=click.Path(path_type=Path), required=True, help="The witness's secret key.")
@click.option("--name", required=True, help="The name of the witness.")
@click.option("--state", type=click.Path(path_type=Path), required=True, help="File that keeps the last head seen.")
def witness(where: str, vkey: str, secret: Path, name: str, state: Path) -> None:
    """Look whether the log of another station only grew since the last time, and print its head with a cosignature.

    Where it was rolled back or rewritten nothing is signed, and what is wrong is printed (exit 1). The station adds
    what was printed with `radiodesk log cosign`.
    """
    fetch, known = _fetch(where), parse_key(vkey)
    earlier = state.read_bytes() if state.exists() else None
    report = check_log(fetch, known, earlier)
    if not report.ok or report.head is None:
        click.echo("\n".join(sentence(one) for one in report.differences), err=True)
        raise SystemExit(1)
    note = parse_note(fetch(published_log.HEAD))
    if note.text != report.head.text:
        raise Refusal("The log got another head meanwhile. Try again.")
    # What was seen is kept before anything is signed: a witness never signs two heads that do not follow each other.
    draft = state.with_name(f".{state.name}.new")
    draft.write_bytes(str(note).encode())
    draft.replace(state)
    seconds = int(SystemClock().now().timestamp())
    click.echo(str(Note(note.text, (*note.signatures, cosign(note.text, name, _witness(secret), seconds)))), nl=False)


@log.command("cosign")
@click.argument("file", type=click.Path(path_type=Path))
def add_cosignature(file: Path) -> None:
    """Put what a witness signed beside the newest head, where everybody finds it."""
    settings = command.settings()
    held = sys.stdin.buffer.read() if str(file) == "-" else command.readable_file(file).read_bytes()
    try:
        names = published_log.add_cosignature(settings, read_keys(settings.keys), held)
    except NoteWrong:
        raise Unreadable(
            "This is not the newest head of the log with a signature of one of log_witnesses that fits it."
        ) from None
    click.echo(gettext("Cosigned by %(names)s.", names=", ".join(names)))


def parse_key(vkey: str) -> Verifier:
    """A verifier key that a person gave; raises ``Unreadable``."""
    try:
        return parse_verifier(vkey)
    except NoteWrong:
        raise Unreadable("This is no key of a log: %(given)s", given=vkey[:120]) from None


def _key(where: str | None, vkey: str | None) -> Verifier:
    if vkey:
        return parse_key(vkey)
    if where:
        raise click.UsageError(gettext("Give the key of the log with --key: the log itself cannot vouch for it."))
    settings = command.settings()
    return published_log.verifier(settings, read_keys(settings.keys))


def _fetch(where: str | None) -> Fetch:
    """How the files of a log are read: of an address, a folder, or the station's own store."""
    if not where:
        files = published_log.log_shelf(command.settings())
        return lambda path: files.object(path).read_bytes()
    if where.startswith(("http://", "https://")):
        return lambda path: _got(f"{where.rstrip('/')}/{path}")
    folder = Path(where)
    if not folder.is_dir():
        raise NotFound("There is no folder %(path)s.", path=folder)
    return lambda path: (folder / path).read_bytes()


def _got(address: str) -> bytes:
    try:
        with httpx.stream("GET", address, timeout=30.0, follow_redirects=False) as answer:
            if answer.status_code != 200:
                raise LookupError(address)
            held = b""
            for block in answer.iter_bytes():
                held += block
                if len(held) > LONGEST_ANSWER:
                    raise LookupError(address)
            return held
    except httpx.HTTPError as error:
        raise OSError(f"{address}: {error}") from error
