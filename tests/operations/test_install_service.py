"""The units that ``scripts/install-service`` writes: what systemd's own tools say of them, in a dry run."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "install-service"
UNITS = Path("/lib/systemd/system")
PROGRAM = "/opt/radiodesk/.venv/bin/radiodesk"
EXPOSURE = 20
"""Most that ``systemd-analyze security`` may find, in tenths; an unhardened service has 96."""
ALL_PARTS = ("desk", "public", "work", "listen", "attend", "record-lines", "telephone", "play-out")

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


def install(root: Path, *words: str, program: str = PROGRAM) -> "subprocess.CompletedProcess[str]":
    command = [str(SCRIPT), "--root", str(root), "--program", program, *words]
    return subprocess.run(command, text=True, capture_output=True, check=False)


def analyze(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = ["systemd-analyze", *words[:1], f"--root={root}", *words[1:]]
    return subprocess.run(command, text=True, capture_output=True, check=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine's files, as far as systemd looks at them: its own units, and our program."""
    folder = tmp_path / "machine"
    shutil.copytree(UNITS, folder / "usr/lib/systemd/system", symlinks=True)
    (folder / "lib").symlink_to("usr/lib")
    program = folder / PROGRAM.lstrip("/")
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    return folder


def units(root: Path) -> dict[str, str]:
    folder = root / "etc/systemd/system"
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def require_good(root: Path, *names: str) -> None:
    for name in names:
        checked = analyze(root, "verify", "--man=no", name)
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, ""), name
        if name.endswith(".service"):
            exposed = analyze(root, "security", "--offline=true", f"--threshold={EXPOSURE}", name)
            assert exposed.returncode == 0, exposed.stdout[-200:] + exposed.stderr


def test_the_unit_of_a_whole_station_is_sound_and_exposes_little(root: Path) -> None:
    done = install(root, "--write", "/mnt/cadangan")
    assert done.returncode == 0, done.stderr
    require_good(root, "radiodesk.service")
    told = units(root)["radiodesk.service"]
    assert "ReadWritePaths=/var/lib/radiodesk -/mnt/cadangan\n" in told
    assert "@" not in told.replace("@system-service", "").replace("@privileged", "")


def test_the_units_of_parts_are_sound_and_expose_little(root: Path) -> None:
    done = install(root, "--parts", " ".join(ALL_PARTS), "--backup-timer")
    assert done.returncode == 0, done.stderr
    require_good(root, *(f"radiodesk@{part}.service" for part in ALL_PARTS))
    require_good(root, "radiodesk-backup.service", "radiodesk-backup.timer")
    found = units(root)
    assert "desk --only-web" in found["radiodesk@desk.service.d/part.conf"]
    with_sound = {part for part in ALL_PARTS if "char-alsa" in found[f"radiodesk@{part}.service.d/part.conf"]}
    assert with_sound == {"record-lines", "telephone", "play-out"}


def test_a_second_run_changes_nothing_and_a_timer_goes_when_it_is_not_asked_for(root: Path) -> None:
    install(root, "--backup-timer")
    before = units(root)
    again = install(root, "--backup-timer")
    assert "written" not in again.stdout
    assert units(root) == before
    without = install(root)
    assert without.stdout.count("removed") == 2
    assert list(units(root)) == ["radiodesk.service"]


def test_units_that_are_not_asked_for_any_more_go(root: Path) -> None:
    def installed(*words: str) -> set[str]:
        assert install(root, *words).returncode == 0
        return {path.name for path in (root / "etc/systemd/system").iterdir() if "radiodesk" in path.name}

    assert installed() == {"radiodesk.service"}
    both = {"radiodesk@.service", "radiodesk@desk.service.d", "radiodesk@public.service.d"}
    assert installed("--parts", "desk public") == both
    assert installed("--parts", "public") == both - {"radiodesk@desk.service.d"}
    assert installed() == {"radiodesk.service"}


@pytest.mark.parametrize(
    ("words", "program"),
    [
        (("--parts", "desk studio"), PROGRAM),
        (("--user", "radio desk"), PROGRAM),
        (("--data", "var/lib/radiodesk"), PROGRAM),
        (("--data", "/var/lib/radio desk"), PROGRAM),
        (("--data", "/var/lib/r&d"), PROGRAM),
        (("--write", "/mnt/a|b"), PROGRAM),
        (("--colour", "blue"), PROGRAM),
        (("--data",), PROGRAM),
        ((), "/home/adi/radiodesk/.venv/bin/radiodesk"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    tmp_path: Path, words: tuple[str, ...], program: str
) -> None:
    done = install(tmp_path / "machine", *words, program=program)
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "machine").exists()
