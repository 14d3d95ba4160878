"""A target that came with the request leads to a page of ours or nowhere, at sign-in and at the language switch."""

from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.http.request import own_address
from radiodesk.rooms.accounts import services
from radiodesk.rooms.accounts.models import Role
from tests.conftest import PASSWORD

HOSTILE = [
    "", " ", "evil.example", "https://evil.example/", "https:evil.example", "https:/evil.example", "HTTPS://evil.example",
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example",
    "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example", " //evil.example", "/\r\nX: y",
    "/%09/evil.example", "/%0a/evil.example", "/%0d%0aSet-Cookie:%20a=b", "/%5cevil.example", "/%5Cevil.example",
    "/%2f/evil.example", "/%2Fevil.example", "/%252fevil.example", "/%25252fevil.example", "/%2509/evil.example",
    "/.//evil.example", "/..//evil.example", "/./evil.example/..", "/%2e/%2fevil.example", "/a/../../evil.example",
    "javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "/\x00/evil.example", "/\x7f/evil.example",
    "/%00", "/antrean?x=%0d%0aX:%20y", "//evil.example/%2f..", "/a//evil.example", "@evil.example", "?x",
    "/" + "a" * 3000, "/\ud800",
]  # fmt: skip
OURS = [
    "/",
    "/antrean",
    "/antrean?cari=macet%20total&hal=2",
    "/siaran/abc#bagian-2",
    "/?cari=http://contoh.id/a",
    "/jalan é",
]


@pytest.mark.parametrize("target", HOSTILE)
def test_what_could_lead_elsewhere_is_refused(target: str) -> None:
    assert own_address(target) is None


@pytest.mark.parametrize("target", OURS)
def test_pages_of_ours_are_taken_as_they_are(target: str) -> None:
    assert own_address(target) == target


@given(st.text(max_size=60))
@example("/%E0%80%AF/evil.example")
def test_whatever_is_taken_stays_on_this_host(target: str) -> None:
    taken = own_address(target)
    # As browsers read it: tabs and line ends dropped, backslashes turned.
    read = "".join(sign for sign in taken or "/" if sign not in "\t\r\n").replace("\\", "/")
    assert read.startswith("/") and not read.startswith("//")


@pytest.mark.parametrize("target", [target for target in HOSTILE if "\ud800" not in target])
def test_a_sign_in_goes_to_the_first_page_instead(
    desk: Flask, database: Database, clock: ManualClock, target: str
) -> None:
    with database.writing() as session:
        services.add_person(session, "wati", "Wati", [Role.HOST], PASSWORD, by="test", at=clock.now())
    data = {"username": "wati", "password": PASSWORD, "next": target}
    answer = desk.test_client().post("/masuk", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_switch_of_language_goes_to_the_first_page_instead(public: Flask) -> None:
    for target in HOSTILE[:-1]:
        for written in (
            quote(target, safe="/:"),
            quote(target, safe="/:%"),
        ):
            answer = public.test_client().get(f"/bahasa/en?ke={written}")
            assert (answer.status_code, answer.headers["Location"]) == (303, "/"), target


def test_a_switch_of_language_stays_on_the_open_page(public: Flask) -> None:
    answer = public.test_client().get("/bahasa/en?ke=" + quote("/?cari=macet total"))
    assert answer.headers["Location"] == "/?cari=macet%20total"
