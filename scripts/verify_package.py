#!/usr/bin/env python3
"""Check a sealed package of a radio station with its proof. One file; needs Python 3.9 and nothing else.

    python3 verify_package.py PACKAGE_FOLDER PROOF_FILE KEY

PACKAGE_FOLDER is a BagIt bag, PROOF_FILE the ``.tlog-proof`` of it from the station's public site, KEY the key of the
station's log (``/log/kunci`` there; better one that you noted long ago, or had from somebody else).

Checked are: that every file is as its manifests say and no file is missing or was added; that the proof is of this
package; that its line stands in the log whose root was signed; and the signature. Python has no Ed25519 of its own:
where the package ``cryptography`` is installed it is used, else the program ``openssl`` (3.0 or newer). Without both,
the command with which you check the signature elsewhere is printed, and the result is 2: all right as far as could be
seen.

Exit codes: 0 all is as it was sealed, 1 something is not (each thing in a sentence), 2 the signature was not checked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BLOCK = 1 << 20
CLOSING = "tagmanifest-sha256.txt"
DER_OF_ED25519 = bytes.fromhex("302a300506032b6570032100")


class Wrong(Exception):
    """Something is not as it was sealed."""


def digest_of(path: Path, algorithm: str) -> str:
    """The digest of a file, in hex."""
    found = hashlib.new(algorithm)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    return found.hexdigest()


def manifest(path: Path) -> dict[str, str]:
    """Digests by path, as a manifest lists them."""
    listed = {}
    for line in path.read_text("utf-8").splitlines():
        digest, _, name = line.partition(" ")
        name = re.sub("%0[Aa]", "\n", re.sub("%0[Dd]", "\r", name.lstrip(" *"))).replace("%25", "%")
        if not name or name.startswith("/") or ".." in name.split("/"):
            raise Wrong(f"{path.name} names {name!r}, which is outside of the package.")
        listed[name] = digest.lower()
    return listed


def deleted_of(folder: Path) -> dict[str, str]:
    """SHA-256 by path of what the station deleted when its time was over, as the tombstones beside the folder say."""
    whole = folder.resolve()
    path = whole.with_name(whole.name + ".tombstones.jsonl")
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return {one["path"]: one["sha256"] for line in lines for one in json.loads(line).get("files", [])}


def check_bag(folder: Path, deleted: dict[str, str]) -> Iterator[str]:
    """What differs in a bag, a sentence each; what was deleted on purpose must be what the manifest names."""
    payload = {one.relative_to(folder).as_posix() for one in (folder / "data").rglob("*") if one.is_file()}
    tags = {one.name for one in folder.iterdir() if one.is_file()}
    for kind, there in (("manifest", payload), ("tagmanifest", tags)):
        found = sorted(folder.glob(f"{kind}-*.txt"))
        if not found:
            yield f"There is no {kind}."
        sealed = manifest(folder / "manifest-sha256.txt") if (folder / "manifest-sha256.txt").is_file() else {}
        gone = {name for name, digest in deleted.items() if sealed.get(name) == digest}
        for path in found:
            algorithm = path.stem.split("-", 1)[1]
            listed = manifest(path)
            for name in sorted(listed):
                if not (folder / name).is_file():
                    if kind == "manifest" and name in gone:
                        continue
                    yield f"{name} is missing ({path.name})."
                elif digest_of(folder / name, algorithm) != listed[name]:
                    yield f"{name} was changed ({path.name})."
            added = (
                there - listed.keys()
                if kind == "manifest"
                else {one for one in there - listed.keys() if not one.startswith("tagmanifest-")}
            )
            for name in sorted(added):
                yield f"{name} was not sealed ({path.name})."


def sha(*parts: bytes) -> bytes:
    """SHA-256 over parts."""
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which a path leads (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise Wrong("The proof is of a line that is not in the log.")
    number, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            raise Wrong("The proof is too long.")
        if number % 2 or number == last:
            found = sha(b"\1", one, found)
            while not number % 2 and number:
                number, last = number >> 1, last >> 1
        else:
            found = sha(b"\1", found, one)
        number, last = number >> 1, last >> 1
    if last:
        raise Wrong("The proof is too short.")
    return found


def read_proof(held: bytes) -> tuple[bytes, int, list[bytes], str, list[tuple[str, bytes, bytes]]]:
    """Entry, index, path, text of the checkpoint, and its signatures (name, key id, signature)."""
    head, _, note = held.partition(b"\n\n")
    lines = head.decode("ascii").split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1" or not lines[0].startswith("extra "):
        raise Wrong("This is not a proof with its line.")
    entry = base64.b64decode(lines.pop(0)[6:], validate=True)
    index = int(lines.pop(0)[6:])
    path = [base64.b64decode(line, validate=True) for line in lines]
    text, _, below = note.decode("utf-8").rpartition("\n\n")
    signatures = []
    for line in below.splitlines():
        _, name, body = line.split(" ")
        raw = base64.b64decode(body, validate=True)
        signatures.append((name, raw[:4], raw[4:]))
    return entry, index, path, text + "\n", signatures


def read_key(vkey: str) -> tuple[str, bytes, bytes]:
    """Name, key id and public key of a key of a log."""
    name, key_id, body = vkey.strip().split("+", 2)
    raw = base64.b64decode(body, validate=True)
    if len(raw) != 33 or raw[0] != 1 or sha(name.encode(), b"\n", raw)[:4].hex() != key_id:
        raise Wrong("This is not a key of a log.")
    return name, bytes.fromhex(key_id), raw[1:]


def check_signature(text: bytes, signature: bytes, public: bytes) -> bool | None:
    """True or False, or None where nothing here can check it."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return with_openssl(text, signature, public)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True


def with_openssl(text: bytes, signature: bytes, public: bytes) -> bool | None:
    """The same by the program openssl."""
    program = shutil.which("openssl")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if program is None:
            folder = Path.cwd()
        files = {"log-key.der": DER_OF_ED25519 + public, "checkpoint.txt": text, "checkpoint.sig": signature}
        for name, held in files.items():
            (folder / name).write_bytes(held)
        command = [program or "openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin"]
        command += ["-inkey", "log-key.der", "-in", "checkpoint.txt", "-sigfile", "checkpoint.sig"]
        if program is None:
            print("The signature was not checked. Three files were written here; on a machine with OpenSSL 3, run:")
            print("  " + " ".join(command))
            return None
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def check(folder: Path, proof: Path, vkey: str) -> tuple[list[str], bool | None]:
    """What differs, a sentence each; then whether the signature fits (None: not checked)."""
    differences = list(check_bag(folder, deleted_of(folder)))
    name, key_id, public = read_key(vkey)
    entry, index, path, text, signatures = read_proof(proof.read_bytes())
    line = json.loads(entry)
    closing = digest_of(folder / CLOSING, "sha256") if (folder / CLOSING).is_file() else ""
    if line.get("kind") != "sealed" or line.get("manifest") != closing:
        differences.append("The line in the log is of another package, or this one was changed.")
    origin, size, root = text.split("\n")[:3]
    if origin != name:
        differences.append(f"The proof is of another log: {origin}.")
    if root_of(sha(b"\0", entry), index, int(size), path) != base64.b64decode(root, validate=True):
        differences.append("The line does not lead to the root of the log.")
    ours = [one for who, its_id, one in signatures if who == name and its_id == key_id]
    fits = check_signature(text.encode("utf-8"), ours[0], public) if ours else False
    if fits is False:
        differences.append("The head of the log is not signed with this key.")
    return differences, fits


def main(given: list[str]) -> int:
    """Run it; the exit code."""
    if len(given) != 3:
        print(__doc__)
        return 1
    folder, proof = Path(given[0]), Path(given[1])
    try:
        differences, fits = check(folder, proof, given[2])
    except (Wrong, OSError, ValueError, IndexError, KeyError) as error:
        print(f"This cannot be checked: {error}")
        return 1
    for one in differences:
        print(one)
    if differences:
        return 1
    for name in sorted(deleted_of(folder)):
        print(f"{name} was deleted by the station when its time was over, as the tombstone beside the folder says.")
    print("ok" if fits else "The files and the proof are as they were sealed; the signature was not checked.")
    return 0 if fits else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
