"""The list of lines: what is written is read again, and what cannot be is named."""

from pathlib import Path
from typing import Any

import pytest

from radiodesk.sound.line_setup import Line, LineKind, Lines, LinesUnreadable, checked, load_lines, save_lines

STUDIO = Line("studio", "Studio “Utama”\\1", "Mixer (hw:0,0)", 2, LineKind.STUDIO)
HYBRID = Line("hibrida-1", "Telepon 1", "USB CODEC", 1, LineKind.TELEPHONE, studio="studio")


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    lines = Lines((HYBRID, STUDIO), 16_000)
    save_lines(tmp_path / "lines.toml", lines)
    assert load_lines(tmp_path / "lines.toml") == lines


def test_before_the_first_line_there_is_none(tmp_path: Path) -> None:
    assert load_lines(tmp_path / "lines.toml") == Lines()


def test_a_device_is_read_as_far_as_its_last_line() -> None:
    lines = Lines((HYBRID, Line("hibrida-4", "4", "USB CODEC", 4, LineKind.TELEPHONE), STUDIO))
    assert lines.devices == {"USB CODEC": 4, "Mixer (hw:0,0)": 2}


def test_a_broadcast_is_recorded_from_the_programme_or_else_from_the_studio() -> None:
    programme = Line("siaran", "Siaran", "Mixer (hw:0,0)", 1, LineKind.PROGRAMME)
    assert Lines((HYBRID, STUDIO, programme)).on_air == (programme,)
    assert Lines((HYBRID, STUDIO)).on_air == (STUDIO,)
    assert Lines((HYBRID,)).on_air == ()


GOOD: dict[str, Any] = {"id": "a", "label": "A", "device": "USB", "channel": 1, "kind": "telephone"}


@pytest.mark.parametrize(
    "rows",
    [
        [GOOD | {"id": "../../etc"}],
        [GOOD | {"id": "Besar"}],
        [GOOD, GOOD],
        [GOOD | {"channel": 0}],
        [GOOD | {"channel": "dua"}],
        [GOOD | {"kind": "radio"}],
        [GOOD | {"device": " "}],
        [GOOD | {"studio": "tidak-ada"}],
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(LinesUnreadable):
        checked(rows, 48_000)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "lines.toml").write_text("[[line]\n")
    with pytest.raises(LinesUnreadable, match=r"lines\.toml"):
        load_lines(tmp_path / "lines.toml")
