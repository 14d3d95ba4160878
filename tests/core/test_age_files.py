"""Files of age: several recipients, each of whom opens alone; every change is seen. Debian's ``age`` judges."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from radiodesk.core import age_files
from radiodesk.core.age_files import FileAltered, IdentityWrong, NotForUs, RecipientWrong
from radiodesk.core.keys import KeyRing
from radiodesk.core.settings import SettingsInvalid, load_settings

LARGE = os.urandom(300_000)
other_program = pytest.mark.skipif(shutil.which("age") is None, reason="the program age is not installed")


def ring() -> KeyRing:
    return KeyRing(1, {1: os.urandom(32)}, os.urandom(32), os.urandom(32))


def sealed(data: bytes, *identities: str) -> bytes:
    out = io.BytesIO()
    age_files.encrypt(io.BytesIO(data), out, [age_files.recipient_of(one) for one in identities])
    return out.getvalue()


def opened(data: bytes, *identities: str) -> bytes:
    out = io.BytesIO()
    age_files.decrypt(io.BytesIO(data), out, identities)
    return out.getvalue()


def test_each_of_many_recipients_opens_alone_and_nobody_else() -> None:
    several = [age_files.fresh_identity() for _ in range(12)]
    held = sealed(LARGE, *several)
    for one in several:
        assert opened(held, one) == LARGE
    with pytest.raises(NotForUs):
        opened(held, age_files.fresh_identity())
    assert opened(held, age_files.fresh_identity(), several[7]) == LARGE


def test_a_recipient_who_is_named_twice_is_one() -> None:
    one = age_files.fresh_identity()
    assert sealed(b"", one, one).count(b"-> X25519") == 1


@pytest.mark.parametrize("at", [0, 30, 60, 200, 1000, 150_000, -1])
def test_a_changed_byte_anywhere_is_seen(at: int) -> None:
    one = age_files.fresh_identity()
    held = bytearray(sealed(LARGE, one))
    held[at] ^= 1
    with pytest.raises((FileAltered, NotForUs)):
        opened(bytes(held), one)


@pytest.mark.parametrize("kept", [0, 1, 20, 180, 70_000, -1])
def test_a_file_that_was_cut_short_is_seen(kept: int) -> None:
    one = age_files.fresh_identity()
    with pytest.raises(FileAltered, match="cut short"):
        opened(sealed(LARGE, one)[:kept], one)


def test_what_the_files_themselves_say_comes_out_as_they_say_it() -> None:
    class Full(io.BytesIO):
        def write(self, _data: object) -> int:
            raise OSError(28, "No space left on device")

    one = age_files.fresh_identity()
    with pytest.raises(OSError, match="No space") as told:
        age_files.encrypt(io.BytesIO(LARGE), Full(), [age_files.recipient_of(one)])
    assert told.value.errno == 28
    with pytest.raises(OSError, match="No space"):
        age_files.decrypt(io.BytesIO(sealed(LARGE, one)), Full(), [one])


@given(some.binary(min_size=32, max_size=32))
@settings(max_examples=30, deadline=None)
def test_the_stations_identity_is_one_of_age_and_lasts_as_long_as_the_keys(seed: bytes) -> None:
    keys = KeyRing(1, {1: seed}, seed, seed)
    identity = age_files.station_identity(keys)
    assert identity == age_files.station_identity(KeyRing(2, {1: seed, 2: b"x" * 32}, seed, seed))
    assert opened(sealed(b"rahasia", identity), identity) == b"rahasia"
    assert keys.archive_seed != keys.log_seed


@other_program
def test_any_age_program_opens_what_we_write_and_we_open_what_it_writes(tmp_path: Path) -> None:
    station, escrow = age_files.station_identity(ring()), age_files.fresh_identity()
    (tmp_path / "sealed.age").write_bytes(sealed(LARGE, station, escrow))
    for number, identity in enumerate((station, escrow)):
        (tmp_path / f"{number}.txt").write_text(identity + "\n")
        done = subprocess.run(
            ["age", "--decrypt", "-i", f"{number}.txt", "sealed.age"], cwd=tmp_path, capture_output=True, check=True
        )
        assert done.stdout == LARGE
        named = subprocess.run(["age-keygen", "-y", f"{number}.txt"], cwd=tmp_path, capture_output=True, check=True)
        assert named.stdout.decode().strip() == age_files.recipient_of(identity)
    theirs = subprocess.run(
        ["age", "-r", age_files.recipient_of(station)], input=LARGE, capture_output=True, check=True
    ).stdout
    assert opened(theirs, station) == LARGE


def test_an_identity_file_is_read_with_its_comments_and_without_one_is_refused() -> None:
    one = age_files.fresh_identity()
    assert age_files.identities_in(f"# created: today\n# public key: age1\n\n{one}\n") == [one]
    for wrong in ("", "# nothing\n", "age1x", one.lower().replace("age-secret-key-1", "age-secret-key-1q"), "\0\ufffd"):
        with pytest.raises(IdentityWrong):
            age_files.identities_in(wrong)


def test_a_recipient_of_the_settings_is_checked_at_the_start_and_a_secret_is_never_repeated() -> None:
    identity = age_files.fresh_identity()
    good = age_files.recipient_of(identity)
    assert load_settings(archive_recipients=[good]).archive_recipients == [good]
    for wrong in ("", "age1xyz", good[:-1], f"{good}q", "ssh-ed25519 AAAA", "kepala@arsip.example"):
        with pytest.raises(SettingsInvalid, match=r"archive_recipients: .*no recipient of age"):
            load_settings(archive_recipients=[good, wrong])
    with pytest.raises(SettingsInvalid, match="secret of an identity") as told:
        load_settings(archive_recipients=[identity])
    assert identity not in str(told.value)
    with pytest.raises(RecipientWrong):
        age_files.require_recipient(identity.lower())
