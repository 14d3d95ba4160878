"""Whether a log is what it says: signed, whole, grown and never rewritten. Needs its files and its key alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from radiodesk.core.i18n import N_
from radiodesk.core.stores.ports import NoSuchObject
from radiodesk.core.tlog import tree_tiles
from radiodesk.core.tlog.checkpoints import Checkpoint, check_proof, open_checkpoint, parse_checkpoint, parse_proof
from radiodesk.core.tlog.merkle_tree import ProofWrong, root_hash
from radiodesk.core.tlog.signed_notes import NoteWrong, Verifier, parse_note, parse_verifier, signers
from radiodesk.core.tlog.tree_tiles import Fetch, TileWrong
from radiodesk.rooms.archive.published_log import HEAD, manifest_in
from radiodesk.rooms.archive.tag_files import Difference, differs
from radiodesk.rooms.archive.verification import Report

MOST_ENTRIES = 10_000_000


@dataclass(frozen=True)
class CheckedLog:
    """What was found: the head and the entries as far as they could be read, and what is wrong."""

    head: Checkpoint | None
    entries: tuple[bytes, ...]
    leaves: tuple[bytes, ...]
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        return not self.differences


def check_log(fetch: Fetch, log: Verifier, earlier: bytes | None = None) -> CheckedLog:
    """Check a log by its files; ``earlier`` is a head that somebody noted before, of which this must be the sequel."""
    try:
        head, _ = open_checkpoint(fetch(HEAD), log)
    except (OSError, LookupError, NoSuchObject):
        return CheckedLog(None, (), (), (differs(N_("The log has no head.")),))
    except NoteWrong:
        return CheckedLog(None, (), (), (differs(N_("The head of the log is not signed with its key.")),))
    found: list[Difference] = []
    leaves: list[bytes] = []
    entries: list[bytes] = []
    try:
        if head.size > MOST_ENTRIES:
            raise TileWrong(HEAD)
        leaves = tree_tiles.read_leaves(fetch, head.size)
        if root_hash(leaves) != head.root:
            found.append(differs(N_("The hashes of the log do not give the root that was signed.")))
        tree_tiles.check_tiles(fetch, leaves)
        entries = tree_tiles.read_entries(fetch, leaves)
    except TileWrong as wrong:
        found.append(differs(N_("%(path)s of the log is not what was signed."), path=str(wrong)))
    except (OSError, LookupError, NoSuchObject) as gone:
        found.append(differs(N_("%(path)s of the log cannot be read."), path=str(gone)))
    if earlier is not None:
        found += _since(head, leaves, earlier, log)
    return CheckedLog(head, tuple(entries), tuple(leaves), tuple(found))


def _since(head: Checkpoint, leaves: list[bytes], earlier: bytes, log: Verifier) -> Iterator[Difference]:
    try:
        note = parse_note(earlier)
        before = parse_checkpoint(note.text)
        signed = log in signers(note, [log])
    except NoteWrong:
        signed = False
    if not signed:
        yield differs(N_("The earlier head is not one of this log."))
    elif before.size > head.size:
        yield differs(
            N_("The log was rolled back: it had %(before)s entries and has %(now)s."),
            before=before.size,
            now=head.size,
        )
    elif len(leaves) >= before.size and root_hash(leaves[: before.size]) != before.root:
        yield differs(
            N_("The log was rewritten: its first %(count)s entries are not those of the earlier head."),
            count=before.size,
        )


def check_against_log(report: Report, held: bytes, vkey: str) -> list[Difference]:
    """What differs between one package and its proof."""
    try:
        log = parse_verifier(vkey)
    except NoteWrong:
        return [differs(N_("This is no key of a log: %(given)s"), given=vkey[:120])]
    try:
        proof = parse_proof(held)
        check_proof(proof, proof.extra, log)
    except NoteWrong:
        return [differs(N_("The proof is not one of this log."))]
    except ProofWrong:
        return [differs(N_("The proof does not lead to the root that was signed."))]
    told = manifest_in(proof.extra)
    if told is None or [one.digest for one in report.packages] != [told]:
        return [differs(N_("The line of the log is of another package, or this one was changed."))]
    return []
