#!/usr/bin/env python3
"""Keeps the catalogues whole: finds the messages of all rooms and engines, and writes what is missing into .po files.

``scripts/messages.py`` updates; ``--check`` changes nothing, prints what is missing or left over and exits 1.
English entries repeat the message id; Indonesian ones are left empty for a person to write.
"""

import argparse
import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "radiodesk"
TRANSLATIONS = PACKAGE / "translations"
FUNCTIONS = {"gettext", "ngettext", "N_", "_"}

HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
"""Without dates: a catalogue changes when its messages do."""

Found = dict[str, set[str | tuple[str, str]]]


@cache
def refusals() -> frozenset[str]:
    """The names of all classes that descend from ``Refusal``, however they are written in the rooms."""
    bases: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                heads = {getattr(base, "id", getattr(base, "attr", "")) for base in node.bases}
                bases.setdefault(node.name, set()).update(heads)
    found = {"Refusal"}
    while more := {name for name, heads in bases.items() if heads & found} - found:
        found |= more
    return frozenset(found)


def python_messages(path: Path) -> Iterator[str | tuple[str, str]]:
    """Messages of a Python file: arguments of the gettext functions, and the sentences of raised refusals."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name == "ngettext" and len(texts) >= 2:
            yield texts[0], texts[1]
        elif name in FUNCTIONS and texts:
            yield texts[0]
        elif (
            texts
            and " " in texts[0]
            and (name in refusals() or (name[:1].isupper() and texts[0].endswith(".")))
            and getattr(node.args[0], "value", None) == texts[0]
        ):
            yield texts[0]  # the sentence of a refusal, or of a note that crosses a port


def template_messages(path: Path) -> Iterator[str | tuple[str, str]]:
    """Messages of a template."""
    options: dict[str, Any] = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    for _line, message, _comments, _context in extract_from_file(
        "jinja2.ext:babel_extract", str(path), options=options
    ):
        if isinstance(message, tuple):
            yield message[0], message[1]
        else:
            yield message


def find() -> Found:
    """Every message, by the room whose file it stands in; the first room that has it keeps it."""
    found: Found = defaultdict(set)
    seen: set[str] = set()
    sources = [(p.relative_to(ROOT / "radiodesk"), p) for p in sorted((ROOT / "radiodesk").rglob("*.py"))]
    sources += [(p.relative_to(ROOT / "templates"), p) for p in sorted((ROOT / "templates").rglob("*.html"))]
    for relative, path in sources:
        inside = relative.parts[1:] if relative.parts[0] == "rooms" else relative.parts
        room = inside[0] if len(inside) > 1 else "web"
        messages = python_messages(path) if path.suffix == ".py" else template_messages(path)
        for message in messages:
            key = message if isinstance(message, str) else message[0]
            if key.strip() and key not in seen:
                seen.add(key)
                found[room].add(message)
    return found


def read(language: str) -> dict[str, tuple[Path, Message]]:
    """What the catalogues of a language hold, by message id."""
    held: dict[str, tuple[Path, Message]] = {}
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    held[message.id if isinstance(message.id, str) else message.id[0]] = (path, message)
    return held


def update(found: Found, only: str | None) -> None:
    """Write every catalogue (or only one room's) afresh, keeping what was translated."""
    for language in ("id", "en"):
        held = read(language)
        for path in (TRANSLATIONS / language).glob(f"{only or '*'}.po"):
            path.unlink()
        for room, messages in sorted(found.items()):
            if only not in (None, room):
                continue
            catalog = Catalog(locale=language, charset="utf-8")
            for message in sorted(messages, key=str):
                key = message if isinstance(message, str) else message[0]
                old = held[key][1].string if key in held else None
                text = old if old and any(old) else (message if language == "en" else "")
                plural = isinstance(message, tuple)
                if plural and isinstance(text, str):
                    text = (text, text)
                catalog.add(message, text, flags=())
            with (TRANSLATIONS / language / f"{room}.po").open("wb") as file:
                file.write(HEADER.format(language=language, plurals=catalog.plural_forms).encode())
                write_po(file, catalog, omit_header=True, width=110, sort_output=True, no_location=True)


def problems(found: Found) -> list[str]:
    """What is missing, empty, left over, or has other places than its message id."""
    wanted = {m if isinstance(m, str) else m[0] for messages in found.values() for m in messages}
    said: list[str] = []
    for language in ("id", "en"):
        held = read(language)
        said += [f"{language}: missing: {key}" for key in sorted(wanted - held.keys())]
        said += [f"{language}: left over in {held[key][0].name}: {key}" for key in sorted(held.keys() - wanted)]
        for key in sorted(wanted & held.keys()):
            path, message = held[key]
            texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
            if not all(texts) or message.fuzzy:
                said.append(f"{language}: not translated in {path.name}: {key}")
            elif any(places(text) - places(key) for text in texts):
                said.append(f"{language}: other places than the message in {path.name}: {key}")
    return said


def places(text: str) -> set[str]:
    """The names of the ``%(name)s`` places, save the number of a plural."""
    return {part.split(")")[0] for part in text.split("%(")[1:]} - {"num"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something is missing")
    parser.add_argument("--room", help="update the catalogues of one room alone")
    given = parser.parse_args()
    if not given.check:
        update(find(), given.room)
    said = problems(find())
    print("\n".join(said) or "Both catalogues are complete.")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
