"""What the telephone says of itself becomes sentences for the people at the screens."""

from typing import Any

import pytest

from radiodesk.sound.telephone.telephone_alarms import alarms

GOOD: dict[str, Any] = {
    "ready": True,
    "registered": "ok",
    "silent": False,
    "busy_all": False,
    "lines": [{"id": "sip-1", "call": None}, {"id": "sip-2", "call": "k", "unrecorded": False}],
}


def test_a_telephone_that_works_says_nothing() -> None:
    assert alarms(GOOD) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ready": False}, "baresip"),
        ({"registered": "fail"}, "SIP"),
        ({"silent": True}, "Perangkat suara"),
        ({"busy_all": True}, "nada sibuk"),
        ({"lines": [{"id": "sip-2", "call": "k", "unrecorded": True}]}, "sip-2"),
    ],
)
def test_what_is_wrong_is_said(change: dict[str, Any], words: str) -> None:
    [sentence] = alarms(GOOD | change)
    assert words in sentence
