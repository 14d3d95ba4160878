"""The log of the record as files (C2SP tlog-tiles): entries, tiles, and the signed head that names them all.

They lie in the store below ``log/`` and are served as they lie, so that anybody can mirror them. The head is written
last: what it names is there. What was published is never written anew: where the database and the files do not say the
same, nothing is signed and a person is asked.
"""

import json
import logging
import re
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import gettext
from radiodesk.core.jobs import Context, Failed
from radiodesk.core.keys import KeyRing
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.core.stores.ports import NoSuchObject, StoreUnavailable
from radiodesk.core.stores.shelves import Shelf
from radiodesk.core.tlog import tree_tiles
from radiodesk.core.tlog.checkpoints import Checkpoint, EntryProof, open_checkpoint, parse_checkpoint
from radiodesk.core.tlog.merkle_tree import EMPTY, inclusion_proof, leaf_hash, root_hash
from radiodesk.core.tlog.signed_notes import (
    Note,
    NoteWrong,
    Signature,
    Verifier,
    parse_note,
    parse_verifier,
    sign,
    signers,
    verifier_of,
)
from radiodesk.rooms.archive import record_log
from radiodesk.rooms.archive.models import LogEntry

log = logging.getLogger(__name__)

HEAD, COSIGNED = "checkpoint", "cosigned"
"""The newest head, and the newest one that a witness signed as well."""


_TILE = re.compile(r"(?:[0-9]|[1-5][0-9]|6[0-3]|entries)/(?:x[0-9]{3}/){0,5}[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?", re.ASCII)


class LogForked(Refusal):
    """The files of the log do not go on from what the database holds."""


def log_shelf(settings: Settings) -> Shelf:
    """Where the files of the log lie."""
    return shelf(settings, "log")


def is_tile(rest: str) -> bool:
    """Whether a path behind ``tile/`` can be one of the log's."""
    return _TILE.fullmatch(rest) is not None


def log_key(keys: KeyRing) -> Ed25519PrivateKey:
    """The key that signs the log."""
    return Ed25519PrivateKey.from_private_bytes(keys.log_seed)


def origin(settings: Settings) -> str:
    """The name of the log: the one that is set, else that under which it was begun, whatever the address is now."""
    if settings.log_origin:
        return settings.log_origin
    try:
        return parse_checkpoint(parse_note(log_shelf(settings).object(HEAD).read_bytes()).text).origin
    except (NoSuchObject, NoteWrong):
        return f"{settings.public_address.partition('://')[2]}/log"


def verifier(settings: Settings, keys: KeyRing) -> Verifier:
    """The key with which anybody checks the log's head."""
    return verifier_of(origin(settings), log_key(keys))


def witnesses(settings: Settings) -> list[Verifier]:
    """Whose cosignatures are kept; raises ``NoteWrong`` for a key that is none."""
    return [parse_verifier(one) for one in settings.log_witnesses]


def published(settings: Settings, keys: KeyRing) -> tuple[Checkpoint, Note] | None:
    """The newest head with its signatures, or ``None`` while there is none; raises ``LogForked`` for one not ours."""
    try:
        held = log_shelf(settings).object(HEAD).read_bytes()
    except NoSuchObject:
        return None
    try:
        return open_checkpoint(held, verifier(settings, keys))
    except NoteWrong:
        raise LogForked(
            "The head of the log was not signed by this station's key under its name. Restore the key file and the "
            "setting log_origin, or move the folder of the log away."
        ) from None


def told_head(settings: Settings, keys: KeyRing) -> tuple[Checkpoint, Note] | None:
    """The newest head for a page that has more to show; ``None`` too while it cannot be read or is not ours."""
    try:
        return published(settings, keys)
    except (LogForked, StoreUnavailable) as refusal:
        log.warning("The head of the log cannot be shown: %s", refusal)
        return None


def publish(context: Context, _entry: int) -> None:
    """Put what was added since into the tree and sign the new head; safe to run again after any interruption."""
    settings, keys = context.settings, context.database.keys
    with context.database.alone("log") as turn:
        before = published(settings, keys)
        size = before[0].size if before else 0
        with context.database.reading() as session:
            entries = record_log.bodies(session)
        if len(entries) == size:
            return
        leaves = [leaf_hash(entry) for entry in entries]
        if len(entries) < size or root_hash(leaves[:size]) != (before[0].root if before else EMPTY):
            raise LogForked(
                "The log that was published holds other entries than the database. Nothing was signed. Was the "
                "database restored from an older backup? Run radiodesk log check."
            )
        files = log_shelf(settings)
        first = size // tree_tiles.WIDTH * tree_tiles.WIDTH
        for path, held in [*tree_tiles.bundles_of(entries[first:], first), *tree_tiles.tiles_of(leaves, size)]:
            files.object(path).put_through(held)
        if not turn.lead():
            raise Failed(gettext("Another machine is writing the log. It is tried again by itself."), again=True)
        head = Checkpoint(origin(settings), len(leaves), root_hash(leaves))
        _put_head(settings, Note(head.text, (sign(head.text, head.origin, log_key(keys)),)))


def _put_head(settings: Settings, note: Note) -> None:
    log_shelf(settings).object(HEAD).put_through(str(note).encode())


def proof_of(settings: Settings, keys: KeyRing, entry: LogEntry) -> EntryProof | None:
    """The proof of an entry under the newest head, from the files alone; ``None`` while it is not in the tree yet."""
    head = published(settings, keys)
    if head is None or head[0].size <= entry.place:
        return None
    files = log_shelf(settings)
    leaves = tree_tiles.read_leaves(lambda path: files.object(path).read_bytes(), head[0].size)
    path = inclusion_proof(leaves, entry.place)
    return EntryProof(entry.place, tuple(path), str(head[1]).encode(), entry.body.encode())


def add_cosignature(settings: Settings, keys: KeyRing, held: bytes) -> list[str]:
    """Keep what witnesses signed of the newest head; returns their names.

    Raises ``NoteWrong`` for a note that is not of this head, or that no known witness signed.
    """
    head = published(settings, keys)
    given = parse_note(held)
    if head is None or given.text != head[1].text:
        raise NoteWrong("not the newest head")
    known = witnesses(settings)
    if not (found := signers(given, known)):
        raise NoteWrong("no known witness")
    ours = {(one.name, one.key_id) for one in found}
    kept = [one for one in head[1].signatures if (one.name, one.key_id) not in ours]
    added: Sequence[Signature] = [one for one in given.signatures if (one.name, one.key_id) in ours]
    note = Note(head[1].text, (*kept, *added))
    log_shelf(settings).object(COSIGNED).put_through(str(note).encode())
    _put_head(settings, note)
    return sorted(one.name for one in found)


def manifest_in(entry: bytes) -> str | None:
    """The manifest digest of an entry "sealed"; ``None`` for any other."""
    try:
        told = json.loads(entry)
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("kind") != "sealed":
        return None
    return str(told.get("manifest"))
