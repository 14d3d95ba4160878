"""What came from outside is a value that can be kept, or is refused."""

from datetime import UTC, datetime

import pytest

from radiodesk.core import inputs
from radiodesk.core.errors import Unreadable


@pytest.mark.parametrize("body", [b"1e999", b'{"a": [-1e999]}', b"NaN", b"[Infinity]"])
def test_no_number_of_a_message_is_endless(body: bytes) -> None:
    with pytest.raises(Unreadable):
        inputs.json_value(body)


def test_numbers_of_a_message_are_kept() -> None:
    assert inputs.json_value(b'{"a": [1.5, 1e300, 7]}') == {"a": [1.5, 1e300, 7]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-24T18:30:00+07:00", datetime(2026, 11, 24, 11, 30, tzinfo=UTC)),
        ("2199-12-31T23:59:59-23:59", None),
        ("1900-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("2026-11-24T18:30:00", None),
    ],
)
def test_a_moment_lies_in_its_years_as_it_is_kept(text: str, found: datetime | None) -> None:
    assert inputs.moment(text) == found
