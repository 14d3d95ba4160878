"""Both languages are complete: no message of the code or the templates is missing in either."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from radiodesk.core import i18n

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "messages.py"


def test_both_catalogues_are_complete() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Queue"\nmsgstr "{}"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Catalogues of a test's own."""
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    (tmp_path / "id").mkdir()
    i18n.translations.cache_clear()
    yield tmp_path
    i18n.translations.cache_clear()


def queue(folder: Path, text: str | None = None) -> str:
    """What a new process says, after a change of its catalogue."""
    if text is not None:
        (folder / "id" / "calls.po").write_text(PO.format(text), encoding="utf-8")
    i18n.translations.cache_clear()
    return i18n.translations("id").gettext("Queue")


def test_a_catalogue_is_compiled_once_and_anew_after_a_change(folder: Path) -> None:
    assert queue(folder, "Antrean") == "Antrean"
    [kept] = folder.glob("__pycache__/*.mo")
    assert queue(folder) == "Antrean"
    assert queue(folder, "Daftar tunggu") == "Daftar tunggu"
    [other] = folder.glob("__pycache__/*.mo")
    assert other != kept


@pytest.mark.parametrize("left", [b"", b"\xde\x12\x04\x95", b"nothing of the kind"])
def test_a_compiled_catalogue_that_is_broken_is_made_anew(folder: Path, left: bytes) -> None:
    queue(folder, "Antrean")
    [kept] = folder.glob("__pycache__/*.mo")
    kept.write_bytes(left)
    assert queue(folder) == "Antrean"
