"""The glossary holds every noun, in the package where it lives."""

import re
from importlib import import_module
from pathlib import Path

from radiodesk.core.database import Base, open_database
from radiodesk.core.keys import KeyRing

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
_ROW = re.compile(r"^\| (\w+) \| [^|]* \| (`?[\w.]+`?) \| [^|]+ \|$", re.MULTILINE)


def test_every_table_stands_in_the_glossary_with_its_room() -> None:
    open_database("sqlite:///:memory:", KeyRing(1, {1: bytes(32)}, bytes(32), bytes(32)))
    modules = {mapper.class_.__name__: mapper.class_.__module__ for mapper in Base.registry.mappers}
    rooms = {
        name: module.removeprefix("radiodesk.").removeprefix("rooms.").split(".")[0]
        for name, module in modules.items()
        if module.startswith("radiodesk.")
    }
    rows = dict(_ROW.findall(GLOSSARY.read_text(encoding="utf-8")))
    del rows["noun"]
    written = {noun: place for noun, place in rows.items() if "`" not in place}
    assert written == rooms


def test_every_noun_of_an_engine_is_where_the_glossary_says() -> None:
    engines = [(noun, place.strip("`")) for noun, place in _ROW.findall(GLOSSARY.read_text()) if "`" in place]
    assert len(engines) > 10
    for noun, module in engines:
        assert hasattr(import_module(f"radiodesk.{module}"), noun), f"{module}.{noun}"
