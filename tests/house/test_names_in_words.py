"""Files and modules that docs, docstrings and comments name are there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "radiodesk"

_FILE = re.compile(r"`([\w./-]+/[\w-]+\.(?:py|html|css|js))`")
_MODULE = re.compile(r"`([a-z_]+(?:\.[a-z_0-9]+)+)(?:\.[A-Za-z_]\w*)?(?:\(\))?`")


def texts() -> list[Path]:
    written = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    return sorted([*written, *PACKAGE.rglob("*.py"), *(ROOT / "scripts").rglob("*.py")])


def modules() -> set[str]:
    """Every module and package, as it is written short: without ``radiodesk.`` and ``rooms.``."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        parts = parts[1:] if parts[0] == "rooms" else parts
        found.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found - {""}


def test_every_file_that_is_named_is_there() -> None:
    missing = []
    for path in texts():
        for name in _FILE.findall(path.read_text(encoding="utf-8")):
            places = (ROOT / name, PACKAGE / name, PACKAGE / "rooms" / name, ROOT / "docs" / name, path.parent / name)
            missing += [] if any(one.exists() for one in places) else [f"{path.relative_to(ROOT)}: {name}"]
    assert missing == []


def test_every_module_that_is_named_is_there() -> None:
    known = modules()
    heads = {name.split(".")[0] for name in known}
    missing = []
    for path in texts():
        for name in _MODULE.findall(path.read_text(encoding="utf-8")):
            if name.split(".")[0] in heads and name not in known and name.rpartition(".")[0] not in known:
                missing.append(f"{path.relative_to(ROOT)}: {name}")
    assert missing == []
