"""Packages on disk: written whole, verifiable with other people's tools, and no change goes unnoticed."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest
from click.testing import CliRunner

from radiodesk.core.errors import NotFound
from radiodesk.core.stores.folder_store import FolderStore
from radiodesk.core.stores.shelves import Shelf
from radiodesk.rooms.archive import cli, ledger
from radiodesk.rooms.archive.bag_writer import CLOSING, Item, write_bag
from radiodesk.rooms.archive.verification import verify

NAMES = ("paket-satu", "paket-dua", "paket-tiga")


def write(archive: Path, name: str, *, last: ledger.Line | None, text: str = "Selamat pagi.") -> ledger.Line:
    information = [
        ("External-Identifier", name),
        ("Previous-Package-Digest", last.manifest if last else ledger.FIRST),
    ]
    items = [Item("scripts/pembuka.txt", text.encode()), Item("audio/sela.flac", bytes(range(256)) * 300)]
    written = write_bag(archive / name, items, information)
    line = ledger.following(last, name, written.digest, "2026-11-24T12:00:00+00:00")
    shelf = Shelf(FolderStore(archive.parent), archive.name, archive.parent / "work")
    ledger.append(shelf.object(ledger.NAME), line)
    return line


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three packages in a chain."""
    folder = tmp_path / "archive"
    last = None
    for name in NAMES:
        last = write(folder, name, last=last, text=f"Naskah {name}.")
    return folder


def loosen(folder: Path) -> None:
    """Take the write protection away, as who tampers would."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def sentences(path: Path) -> list[str]:
    return [str(one) for one in verify(path).all_differences()]


def test_three_packages_and_their_chain_are_ok(archive: Path) -> None:
    report = verify(archive)
    assert report.ok
    assert [package.files for package in report.packages] == [2, 2, 2]
    assert all(verify(archive / name).ok for name in NAMES)


def test_the_bagit_library_and_sha256sum_agree(archive: Path) -> None:
    bag = archive / NAMES[0]
    assert bagit.Bag(str(bag)).validate()
    for manifest in ("manifest-sha256.txt", CLOSING):
        done = subprocess.run(["sha256sum", "--check", "--strict", manifest], cwd=bag, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_a_sealed_package_is_read_only(archive: Path) -> None:
    paths = [archive / NAMES[0], *(archive / NAMES[0]).rglob("*")]
    assert len(paths) > 8
    assert not [path for path in paths if path.stat().st_mode & 0o222]


def change_a_byte(bag: Path) -> str:
    path = bag / "data/audio/sela.flac"
    held = bytearray(path.read_bytes())
    held[1000] ^= 1
    path.write_bytes(held)
    return "data/audio/sela.flac was changed"


def remove_a_file(bag: Path) -> str:
    (bag / "data/scripts/pembuka.txt").unlink()
    return "data/scripts/pembuka.txt is missing"


def put_in_a_file(bag: Path) -> str:
    (bag / "data/scripts/sisipan.txt").write_text("tidak pernah dibaca")
    return "data/scripts/sisipan.txt is in the package, but no manifest lists it"


def change_a_manifest(bag: Path) -> str:
    path = bag / "manifest-sha256.txt"
    path.write_text(path.read_text().replace("a", "b"))
    return "manifest-sha256.txt was changed"


def put_in_a_tag_file(bag: Path) -> str:
    (bag / "catatan.txt").write_text("titipan")
    return "holds catatan.txt, which was not sealed"


def remove_a_tag_manifest(bag: Path) -> str:
    (bag / "tagmanifest-sha512.txt").unlink()
    return "lacks tagmanifest-sha512.txt"


def remove_all_manifests(bag: Path) -> str:
    for path in bag.glob("*manifest-*.txt"):
        path.unlink()
    return "has no manifest"


def replace_by_a_link(bag: Path) -> str:
    path = bag / "data/scripts/pembuka.txt"
    path.unlink()
    path.symlink_to("/etc/hostname")
    return "data/scripts/pembuka.txt is a link"


def forge_with_new_checksums(bag: Path) -> str:
    """Change the words and write every manifest anew, as somebody who knows BagIt would."""
    text = b"Naskah lain."
    name, previous = bag.name, bagit.Bag(str(bag)).info["Previous-Package-Digest"]
    shutil.rmtree(bag)
    items = [Item("scripts/pembuka.txt", text), Item("audio/sela.flac", bytes(range(256)) * 300)]
    write_bag(bag, items, [("External-Identifier", name), ("Previous-Package-Digest", previous)])
    return f"Package {name} is not the one that the ledger names"


CHANGES = [
    change_a_byte, remove_a_file, put_in_a_file, change_a_manifest, put_in_a_tag_file, remove_a_tag_manifest,
    remove_all_manifests, replace_by_a_link, forge_with_new_checksums,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_a_changed_package_is_named(archive: Path, name: str, change: Callable[[Path], str]) -> None:
    loosen(archive / name)
    expected = change(archive / name)
    assert [one for one in sentences(archive) if expected in one], sentences(archive)
    assert [one for one in sentences(archive / name) if expected in one]
    others = [package for package in verify(archive).packages if package.name != name]
    assert all(package.ok for package in others)


def test_swapped_packages_are_found_out(archive: Path) -> None:
    one, other = archive / NAMES[0], archive / NAMES[1]
    one.rename(archive / "sementara")
    other.rename(one)
    (archive / "sementara").rename(other)
    found = sentences(archive)
    assert f"The folder {NAMES[0]} holds another package: {NAMES[1]}." in found
    assert f"The folder {NAMES[1]} holds another package: {NAMES[0]}." in found


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (0, "Line 1 of the ledger does not follow the line before it."),
        (1, "Line 2 of the ledger does not follow the line before it."),
        (2, "Package paket-tiga is in the folder, but not in the ledger."),
    ],
)
def test_a_removed_ledger_line_is_found_out(archive: Path, place: int, expected: str) -> None:
    path = archive / ledger.NAME
    kept = path.read_text().splitlines()
    del kept[place]
    path.write_text("\n".join(kept) + "\n")
    assert expected in sentences(archive)


def test_a_rewritten_ledger_no_longer_fits_the_packages(archive: Path) -> None:
    """Leave the middle package out and chain the rest anew, with right digests."""
    shutil.rmtree(archive / NAMES[1])
    first, _, third = (line for line in ledger.read(archive / ledger.NAME) if line)
    forged = ledger.following(first, third.package, third.manifest, third.sealed_at)
    (archive / ledger.NAME).write_text(ledger.text_of(first) + "\n" + ledger.text_of(forged) + "\n")
    assert sentences(archive) == [f"Package {NAMES[2]} names another package before it than the ledger."]


@pytest.mark.parametrize("line", ["kacau", "{}", '{"sequence": "1"}', "[1]", '"teks"'])
def test_an_unreadable_ledger_line_is_named(archive: Path, line: str) -> None:
    with (archive / ledger.NAME).open("a") as file:
        file.write(line + "\n")
    assert "Line 4 of the ledger cannot be read." in sentences(archive)


def test_a_changed_ledger_line_is_named(archive: Path) -> None:
    path = archive / ledger.NAME
    path.write_text(path.read_text().replace("2026-11-24", "2026-11-23", 1))
    assert "Line 1 of the ledger was changed: its digest does not fit." in sentences(archive)


def test_a_line_is_chained_as_documented(archive: Path) -> None:
    first, second = (json.loads(line) for line in (archive / ledger.NAME).read_text().splitlines()[:2])
    digest = second.pop("digest")
    body = json.dumps(second, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(body.encode()).hexdigest() == digest
    assert second["previous"] == first["digest"]
    assert second["manifest"] == hashlib.sha256((archive / NAMES[1] / CLOSING).read_bytes()).hexdigest()


def test_a_removed_package_is_named(archive: Path) -> None:
    shutil.rmtree(archive / NAMES[1])
    assert f"Package {NAMES[1]} is in the ledger, but not in the folder." in sentences(archive)


def test_a_folder_without_packages_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        verify(tmp_path)
    with pytest.raises(NotFound):
        verify(tmp_path / "tidak-ada")


def test_writing_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    items = [Item("satu.txt", b"1"), Item("dua.txt", tmp_path / "hilang.wav")]
    with pytest.raises(FileNotFoundError):
        write_bag(tmp_path / "archive" / "paket", items, [])
    assert list((tmp_path / "archive").iterdir()) == []


@pytest.mark.parametrize("path", ["../x", "/x", "a/../b", "", "a//b", "./a", "C:/x", "~/x", "a\nb", "a\0b", "100%"])
def test_a_path_that_leaves_the_bag_is_never_written(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="not a path inside"):
        write_bag(tmp_path / "paket", [Item(path, b"")], [])


def test_unusual_names_survive_the_manifest(tmp_path: Path) -> None:
    write_bag(tmp_path / "paket", [Item("audio/pagi ini é.txt", b"ya")], [("Source-Organization", "Uji\nCoba")])
    assert verify(tmp_path / "paket").ok
    assert bagit.Bag(str(tmp_path / "paket")).validate()
    assert "Source-Organization: Uji Coba\n" in (tmp_path / "paket/bag-info.txt").read_text()


@pytest.mark.usefixtures("settings")
def test_the_command_says_ok_or_what_differs(archive: Path) -> None:
    done = CliRunner().invoke(cli.verify, [str(archive)])
    assert (done.exit_code, done.output) == (0, "ok\n")
    loosen(archive / NAMES[1])
    change_a_byte(archive / NAMES[1])
    done = CliRunner().invoke(cli.verify, [str(archive), "--language", "en"])
    assert done.exit_code == 1
    assert done.output == "data/audio/sela.flac was changed: its checksum does not fit.\n"
    told = json.loads(CliRunner().invoke(cli.verify, [str(archive), "--json"]).output)
    assert {package["name"] for package in told["packages"] if not package["ok"]} == {NAMES[1]}
