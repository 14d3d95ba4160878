#!/usr/bin/env python3
"""Writes docs/settings.md from the settings themselves; ``--check`` only says whether it is up to date."""

import sys
from pathlib import Path

from pydantic_core import PydanticUndefined

from radiodesk.core.settings import CHECKOUT, Settings

TARGET = Path(__file__).resolve().parents[1] / "docs" / "settings.md"

HEAD = """# Settings

Every setting of a station. They are read once, at the start, from the environment (`RADIODESK_` and the name in
capitals) or from a TOML file: the one that `RADIODESK_CONFIG` names, else `radiodesk.toml` in the data folder or in the
working folder. The environment wins. A setting that cannot be used stops the start with one sentence.

This page is written by `scripts/settings_reference.py`.

| setting | default | what it does |
| --- | --- | --- |
"""


def default(name: str) -> str:
    """A field's default as it is written in TOML."""
    value = Settings.model_fields[name].default
    if value is PydanticUndefined or value is None:
        return "unset"
    if isinstance(value, Path):
        inside = value.is_absolute() and value.is_relative_to(CHECKOUT)
        return f'`"{value.relative_to(CHECKOUT) if inside else value}"`'
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def page() -> str:
    """The whole page."""
    rows = [f"| `{name}` | {default(name)} | {field.description} |" for name, field in Settings.model_fields.items()]
    return HEAD + "\n".join(rows) + "\n"


def main() -> int:
    if "--check" in sys.argv[1:]:
        return int(not TARGET.exists() or TARGET.read_text(encoding="utf-8") != page())
    TARGET.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
