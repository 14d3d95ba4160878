"""Every command in a process of its own on a fresh station: what a test process has loaded by chance proves nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from sqlalchemy import text

from radiodesk.__main__ import cli
from radiodesk.core.database import Database
from radiodesk.core.schema import head
from radiodesk.core.settings import Settings
from tests.factories.ports import free_port
from tests.factories.writers import held

pytestmark = pytest.mark.slow

RSS = """<rss version="2.0"><channel><title>Uji</title><item><title>Lalin Jl Veteran arah Kapas padat merayap</title>
<pubDate>Tue, 24 Nov 2026 18:00:00 +0700</pubDate></item></channel></rss>"""
SMS = {"SMS_MESSAGES": "1", "SMS_1_NUMBER": "+6281200000001", "SMS_1_TEXT": "Lampu padam di Kapas"}


@dataclass(frozen=True)
class Case:
    """One run of a command: what it is given, its exit code, and what its output must hold."""

    command: str
    arguments: tuple[str, ...] = ()
    given: str = ""
    code: int = 0
    says: str = ""
    environment: tuple[tuple[str, str], ...] = ()


CASES = [
    Case("migrate", says=head() or ""),
    Case("doctor", says="", code=-1),
    Case("transcribe", ("tidak-ada.wav", "--model", "tidak-ada"), code=1, says="tidak-ada"),
    Case("models list", says="base"),
    Case("models verify", ("raksasa",), code=1, says="raksasa"),
    Case("models install", ("raksasa",), code=1, says="raksasa"),
    Case("sms-received", ("17",), environment=tuple(SMS.items())),
    Case("sms-received", code=1),
    Case("intake list"),
    Case("learned list"),
    Case("learned switch", ("tidak-ada",), code=1),
    Case("learned remove", ("tidak-ada",), code=1),
    Case("intake again", says="0"),
    Case("intake again", ("tidak-ada",), code=1, says="tidak-ada"),
    Case(
        "user add",
        ("wati", "--name", "Wati Uji", "--role", "screener"),
        given="kuda lumping hijau muda\nkuda lumping hijau muda\n",
    ),
    Case("user password", ("tidak-ada",), given="kuda lumping hijau muda\n" * 2, code=1, says="tidak dikenal"),
    Case("listeners list"),
    Case("listeners answer", ("26-480213-8", "decline", "--text", "Uji"), code=1, says="26-480213-8"),
    Case("retention classes", says="pasal 45"),
    Case("retention due"),
    Case("retention propose", ("call", "--by", "tidak-ada"), code=1, says="tidak dikenal"),
    Case("retention deletions"),
    Case("retention approve", ("tidak-ada", "--by", "tidak-ada"), code=1, says="tidak dikenal"),
    Case("retention refuse", ("tidak-ada", "--by", "tidak-ada", "--reason", "uji"), code=1, says="tidak dikenal"),
    Case("retention person", ("0812", "data.zip", "--reason", "surat"), code=1, says="0812"),
    Case("retention person", ("081200000001", "data.zip", "--reason", "surat")),
    Case("retention removable", ("tidak-ada",), code=1, says="tidak dikenal"),
    Case("retention remove", ("tidak-ada", "call:x", "--by", "tidak-ada"), code=1, says="tidak dikenal"),
    Case("prompt-caller", ("tidak-ada", "--next"), code=1, says="tidak dikenal"),
    Case("join-callers", ("tidak-ada", "--part"), code=1, says="tidak dikenal"),
    Case("logger list"),
    Case("logger gaps", ("tidak-ada",), code=1, says="tidak-ada"),
    Case("logger cut", ("tidak-ada", "2026-11-24T18:00", "2026-11-24T18:05"), code=1, says="--file"),
    Case("user invite", ("--role", "screener"), says="/undangan/"),
    Case("user reset", ("tidak-ada",), code=1, says="tidak dikenal"),
    Case("user reset-code", ("tidak-ada",), code=1, says="tidak dikenal"),
    Case("keys rotate"),
    Case("keys renew", says="0"),
    Case("move", ("mysql://x/y",), code=2, says="postgresql"),
    Case("move", ("sqlite:///pindahan.sqlite",), says="sidik"),
    Case("backup", code=2, says="backup_target"),
    Case("backup", ("cadangan",), code=2, says="backup_password_file"),
    Case("restore", ("cadangan",), code=2, says="backup_password_file"),
    Case("store check", ("--read",), says="audio: 0"),
    Case("store catch-up", code=1, says="folder"),
    Case("store move", ("folder",), code=1, says="folder"),
    Case("store move", ("tidak-ada",), code=2, says="tidak-ada"),
    Case("area check", ("bojonegoro",)),
    Case("feed", ("umpan.rss", "--at", "2026-11-24T18:05+07:00")),
    Case("feed", ("tidak-ada.rss",), code=1, says="tidak-ada.rss"),
    Case("bulletin", ("--at", "2026-11-24T18:05+07:00", "--seconds", "30", "umpan.rss")),
    Case("pipe reports", given="Lalin Jl Veteran padat merayap\n", says="is_traffic"),
    Case(
        "pipe same",
        given=json.dumps({"a": "Macet di Kapas", "time_a": "18:00", "b": "Kapas macet", "time_b": "18:05"}) + "\n",
        says="score",
    ),
    Case("pipe triage", given="Motor saya dicuri di pasar Kapas\n", says="category"),
    Case("pipe redact", given="Telepon saya 081234567890\n", says="spans"),
    Case("pipe speak", given="Hubungi 110\n", says="satu satu nol"),
    Case("pipe places", given="Macet di Kapas\n", says="places"),
    Case("drill", ("tidak-ada",), code=1, says="tidak-ada"),
    Case("sample", code=-1),
    Case("verify", ("tidak-ada",), code=1, says="tidak-ada"),
    Case("verify", ("--store",), code=1),
    Case("unlock", ("tidak-ada",), code=1, says="tidak-ada"),
    Case("unlock", ("radiodesk.toml", "--identity", "tidak-ada"), code=1),
    Case("copies list"),
    Case("copies now", says="0"),
    Case("copies check", says="0"),
    Case("copies repair", ("tidak-ada",), code=1),
    Case("copies anew", ("tidak-ada",), code=1, says="tidak-ada"),
    Case("copies drill", code=1),
    Case("escrow new", ("amplop.txt",), says="age1"),
    Case("escrow list", says="age1"),
    Case("escrow station", ("identitas.txt",), says="age1"),
    Case("log key", says="/log+"),
    Case("log head", code=1),
    Case("log check", code=1),
    Case("log witness-key", ("saksi.kunci", "saksi.example"), says="saksi.example+"),
    Case("log witness", ("tidak-ada", "--key", "x", "--secret", "x", "--name", "x", "--state", "x"), code=1),
    Case("record export", ("salinan",), says="salinan"),
    Case("log cosign", ("tidak-ada",), code=1, says="tidak-ada"),
]

PROCESSES = ["desk", "work", "listen", "public", "attend", "record-lines", "telephone", "play-out"]


def leaves(group: click.Group, before: str = "") -> Iterator[str]:
    """The names of all commands that do something."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_every_command_is_tried_in_a_process_of_its_own() -> None:
    assert set(leaves(cli)) == {case.command for case in CASES} | set(PROCESSES)


@pytest.fixture
def environment(settings: Settings, tmp_path: Path) -> dict[str, str]:
    """What a process of a fresh station gets, and a folder with a feed in it."""
    (tmp_path / "umpan.rss").write_text(RSS, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RADIODESK", "SMS_"))}
    if settings.database_url is not None:
        kept["RADIODESK_DATABASE_URL"] = settings.database
    return kept | {
        "RADIODESK_DATA": str(settings.data),
        "RADIODESK_DESK_PORT": str(free_port()),
        "RADIODESK_PUBLIC_PORT": str(free_port()),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


def run(case: Case, environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "radiodesk", *case.command.split(), *case.arguments]
    return subprocess.run(
        command,
        input=case.given,
        text=True,
        capture_output=True,
        cwd=folder,
        env=environment | dict(case.environment),
        timeout=240,
    )


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.command != "sample"],
    ids=lambda case: " ".join([case.command, *case.arguments]),
)
def test_a_command_works_on_a_fresh_station(case: Case, environment: dict[str, str], tmp_path: Path) -> None:
    ran = run(case, environment, tmp_path)
    assert "Traceback" not in ran.stderr
    assert case.code in (-1, ran.returncode), ran.stderr
    assert case.says in ran.stdout + ran.stderr


def calls(database: Database) -> int:
    with database.looking() as connection:
        return int(connection.execute(text("SELECT count(*) FROM call")).scalar_one())


def test_an_sms_of_a_fresh_process_is_a_call_and_comes_in_once(
    environment: dict[str, str], database: Database, tmp_path: Path
) -> None:
    case = Case("sms-received", ("17",), environment=tuple(SMS.items()))
    first, second = run(case, environment, tmp_path), run(case, environment, tmp_path)
    assert len(first.stdout.strip()) == 36
    assert second.stdout.strip() == "-"
    assert calls(database) == 1


def test_an_sms_is_safe_while_the_database_is_held_and_is_taken_in_afterwards(
    environment: dict[str, str], settings: Settings, database: Database, tmp_path: Path
) -> None:
    case = Case("sms-received", ("17",), environment=tuple(SMS.items()))
    with held(settings):
        ran = run(case, environment, tmp_path)
    assert (ran.returncode, "aman" in ran.stdout) == (0, True)
    assert calls(database) == 0
    assert run(Case("intake again"), environment, tmp_path).returncode == 0
    assert calls(database) == 1


def test_a_database_of_a_later_release_ends_every_command_with_a_sentence(
    environment: dict[str, str], database: Database, tmp_path: Path
) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in ("migrate", "desk", "work", "public", "attend", "listen", "intake list"):
        ran = run(Case(command), environment, tmp_path)
        assert (ran.returncode, "9999" in ran.stderr, "Traceback" in ran.stderr) == (3, True, False), command


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_starts_alone_stays_and_ends_when_it_is_told(
    name: str, environment: dict[str, str], tmp_path: Path
) -> None:
    words = [name, "--only-web"] if name == "desk" else [name]
    # A station without a sound output has no player.
    environment = environment | {"RADIODESK_PLAY_OUTPUT": "null"} if name == "play-out" else environment
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "radiodesk", *words], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
        until = time.monotonic() + 8
        while time.monotonic() < until and process.poll() is None:
            time.sleep(0.2)
        alone = process.poll()
        process.send_signal(signal.SIGTERM)
        code = process.wait(20)
        log.seek(0)
        told = log.read()
    if name == "telephone":
        # A station without an address for calls has no telephone, and says so.
        assert alone in (None, 1, 2), told
    else:
        assert alone is None, told
        assert code in (0, -signal.SIGTERM), told
    assert "Traceback" not in told
