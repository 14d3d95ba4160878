"""Every setting and every command is in the docs."""

import subprocess
import sys
from pathlib import Path

import click

from radiodesk.__main__ import cli, pipe

ROOT = Path(__file__).resolve().parents[2]


def test_the_settings_reference_is_up_to_date() -> None:
    script = ROOT / "scripts" / "settings_reference.py"
    done = subprocess.run([sys.executable, str(script), "--check"], check=False)
    assert done.returncode == 0, "run scripts/settings_reference.py"


def test_every_command_stands_in_the_docs() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    context = click.Context(cli)
    names = [name for name in cli.list_commands(context) if name != "pipe"]
    names += [f"pipe {name}" for name in pipe.list_commands(context)]
    missing = [name for name in names if f"`radiodesk {name}" not in page]
    assert missing == []


def test_every_command_can_be_loaded_and_has_help() -> None:
    context = click.Context(cli)
    for group in (cli, pipe):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None, name
            assert command.help, name
