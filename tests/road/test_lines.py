"""Pasted text as it comes: WhatsApp's copies and exports, tables with tabs, plain lines."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.road.post_lines import posts_in

AT = datetime(2026, 11, 24, 0, 15, tzinfo=UTC)
"""07.15 WIB."""


def read(text: str) -> list[tuple[str, str, str]]:
    found = posts_in(text, source="WA", at=AT, zone="Asia/Jakarta", tells=lambda line: "macet" in line)
    return [(line.text, line.source, f"{line.at + timedelta(hours=7):%d %H.%M}") for line in found]


@pytest.mark.parametrize(
    "head",
    [
        "[06.45, 24/11/2026] Petugas Satu: ",
        "[6:45 AM, 24/11/2026] Petugas Satu: ",
        "[24/11/26 06.45.10] Petugas Satu: ",
        "24/11/26 06.45 - Petugas Satu: ",
        "24/11/2026, 06:45 - Petugas Satu: ",
        "06:45\tPetugas Satu\t",
    ],
)
def test_who_wrote_it_and_when_is_read_from_the_head_of_a_message(head: str) -> None:
    text = f"{head}Simpang Kapas macet\n{head}Jl. Veteran macet"
    assert read(text) == [
        ("Simpang Kapas macet", "Petugas Satu", "24 06.45"),
        ("Jl. Veteran macet", "Petugas Satu", "24 06.45"),
    ]


def test_plain_lines_are_posts_of_now() -> None:
    assert read("*Simpang Kapas* macet\r\n\r\n# catatan\r\n06.40 Jl. Veteran: macet") == [
        ("Simpang Kapas macet", "WA", "24 07.15"),
        ("06.40 Jl. Veteran: macet", "WA", "24 07.15"),
    ]


def test_a_list_in_one_message_is_a_post_a_line_and_a_broken_sentence_is_one_post() -> None:
    text = (
        "[06.45, 24/11/2026] Satu: izin melaporkan\nSimpang Kapas macet\nSimpang Jetak macet\n"
        "[06.50, 24/11/2026] Dua: lalin Simpang\nGayam ramai"
    )
    assert read(text) == [
        ("izin melaporkan", "Satu", "24 06.45"),
        ("Simpang Kapas macet", "Satu", "24 06.45"),
        ("Simpang Jetak macet", "Satu", "24 06.45"),
        ("lalin Simpang Gayam ramai", "Dua", "24 06.50"),
    ]


@pytest.mark.parametrize("head", ["[06.45, 45/11/2026] A: ", "[06.75, 24/11/2026] A: ", "[09.45, 24/11/2026] A: "])
def test_a_time_that_cannot_be_is_not_believed(head: str) -> None:
    assert read(f"{head}macet") == [("macet", "A", "24 07.15")]


@given(st.text(max_size=300))
def test_whatever_is_pasted_no_post_is_lost_and_none_lies_ahead(text: str) -> None:
    for line in posts_in(text, source="WA", at=AT, zone="Asia/Jakarta"):
        assert line.text
        assert "\n" not in line.text
        assert line.at <= AT
