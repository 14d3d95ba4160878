"""The pipe that suggests: a text a line in, a JSON object a line out."""

import json

import pytest
from click.testing import CliRunner

from radiodesk.core.settings import Settings
from radiodesk.rooms.tickets.cli import triage


def test_each_line_gives_one_object(settings: Settings) -> None:
    texts = "Lampu jalan di depan pasar padam.\n\nMotor saya hilang di parkiran.\n"
    answer = CliRunner().invoke(triage, input=texts)
    assert answer.exit_code == 0
    found = [json.loads(line) for line in answer.output.splitlines()]
    assert [one["text"] for one in found] == texts.splitlines()
    assert {"text", "category", "unit", "urgency", "confidence", "why"} <= found[0].keys()
    assert found[0]["category"] == "penerangan_jalan" and found[0]["why"]
    assert found[2]["unit"] == "satreskrim"


@pytest.mark.parametrize("raw", [b"\xff\xfe rusak\n", b"a\0b\n", b"x" * 100_000 + b"\n", b"\n"])
def test_odd_bytes_give_an_object_all_the_same(settings: Settings, raw: bytes) -> None:
    answer = CliRunner().invoke(triage, input=raw)
    assert answer.exit_code == 0
    assert json.loads(answer.output)["urgency"]


def test_nothing_in_gives_nothing_out(settings: Settings) -> None:
    assert CliRunner().invoke(triage, input="").output == ""
