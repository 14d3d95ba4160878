"""The verifier against the BagIt conformance suite of the Library of Congress, and against the ``bagit`` library."""

import logging
from pathlib import Path

import bagit
import pytest

from radiodesk.rooms.archive.verification import verify

SUITE = Path(__file__).resolve().parents[4] / "shared" / "data" / "standards" / "bagit-conformance"

# The copy of the suite lacks a file of each (a name that differs in case, a .DS_Store), so these are torn.
TORN = {"duplicate-file-with-different-case", "special-system-files"}


def bags(kind: str) -> list[Path]:
    return sorted(path for path in SUITE.glob(f"v*/{kind}/*") if path.is_dir())


def named(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.name}"


pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason="the conformance suite beside the checkout is absent")


@pytest.mark.parametrize("bag", bags("valid"), ids=named)
def test_a_valid_bag_is_ok(bag: Path) -> None:
    report = verify(bag)
    assert report.ok, [str(one) for one in report.all_differences()]
    assert report.packages[0].files > 0 or named(bag).endswith("minimal-bag")


@pytest.mark.parametrize("bag", [*bags("invalid"), *bags("linux-only"), *bags("windows-only")], ids=named)
def test_an_invalid_bag_is_found_out(bag: Path) -> None:
    report = verify(bag)
    assert not report.ok
    assert all(str(one).strip() for one in report.all_differences())


@pytest.mark.parametrize("bag", bags("warning"), ids=named)
def test_an_odd_bag_is_ok_with_a_note(bag: Path) -> None:
    package = verify(bag).packages[0]
    if bag.name in TORN:
        assert [one.message for one in package.differences if "missing" in one.message]
        return
    assert package.ok, [str(one) for one in package.differences]
    assert package.notes


@pytest.mark.parametrize("bag", [*bags("valid"), *bags("invalid"), *bags("linux-only")], ids=named)
def test_the_library_agrees_save_where_it_is_wrong(bag: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    try:
        bagit.Bag(str(bag)).validate()
        library = True
    except bagit.BagError:
        library = False
    expected = library and bag.name != "bagit-with-invalid-whitespace"
    assert verify(bag).ok == expected


def test_the_whole_suite_was_walked() -> None:
    assert [len(bags(kind)) for kind in ("valid", "invalid", "warning", "linux-only", "windows-only")] == [
        27, 15, 6, 6, 6,
    ]  # fmt: skip
