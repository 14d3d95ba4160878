"""A three-hour morning in fast motion: a bulletin each half hour, every sentence with the posts behind it."""

import re
from itertools import pairwise

import pytest

from radiodesk.road.bulletin import Composition
from radiodesk.road.ports import FLOWS
from tests.road.morning.replay import FOLDER, WIB, as_text, posts, replay


@pytest.fixture(scope="module")
def bulletins() -> list[Composition]:
    return replay()


def test_the_morning_sounds_as_it_was_checked(bulletins: list[Composition]) -> None:
    assert as_text(bulletins) == (FOLDER / "bulletins.txt").read_text(encoding="utf-8"), (
        "if the new wording is right, write it anew: python -m tests.road.morning.replay"
    )


def test_every_sentence_about_the_road_rests_on_posts_that_were_there(bulletins: list[Composition]) -> None:
    came = {post.text: post.at for post in posts()}
    for bulletin in bulletins:
        for item in bulletin.items:
            if item.kind in ("condition", "clear", "ended"):
                assert item.reports, item.sentence
                assert all(came[report.text] <= bulletin.at for report in item.reports)
            assert str(item.why)


def test_every_bulletin_fits_its_slot_and_has_one_appeal(bulletins: list[Composition]) -> None:
    for bulletin in bulletins:
        assert bulletin.seconds <= bulletin.slot
        assert [item.kind for item in bulletin.items].count("appeal") == 1
    assert len({item.appeal_id for bulletin in bulletins for item in bulletin.items if item.appeal_id}) == len(
        bulletins
    )


def test_what_is_no_report_is_never_said(bulletins: list[Composition]) -> None:
    said = {report.text for bulletin in bulletins for item in bulletin.items for report in item.reports}
    chatter = [post.text for post in posts() if post.source in {f"wa-warga-{n}" for n in (1, 3, 5, 8, 10, 12)}]
    assert len(chatter) == 6
    assert said.isdisjoint(chatter)


def test_two_bulletins_in_a_row_do_not_open_or_close_alike(bulletins: list[Composition]) -> None:
    for before, after in pairwise(bulletins):
        assert before.items[0].sentence[:12] != after.items[0].sentence[:12]
        assert before.items[-1].sentence != after.items[-1].sentence


def test_the_warning_is_cut_to_the_districts_of_the_station(bulletins: list[Composition]) -> None:
    (warned,) = [item for item in bulletins[4].items if item.kind == "warning"]
    assert "Kecamatan Sumberrejo, Balen, dan Kapas" in warned.sentence
    assert "Soko" not in warned.sentence
    assert "BMKG" in warned.sentence


def test_every_sentence_says_no_more_than_the_posts_behind_it(bulletins: list[Composition]) -> None:
    said_flows = sorted(FLOWS, key=len, reverse=True)
    checked = 0
    for bulletin in bulletins:
        for item in bulletin.items:
            if item.kind not in ("condition", "clear", "ended"):
                continue
            checked += 1
            words = item.sentence.lower()
            told = " ".join(report.text.lower() for report in item.reports)
            # The flow in the sentence is one that a post states, and the newest such post has not been gone against.
            flow = next((flow for flow in said_flows if f" {flow}" in words), None)
            if flow is not None:
                assert flow in {report.flow for report in item.reports}, item.sentence
                newest = max(
                    (report for report in item.reports if report.flow),
                    key=lambda report: (report.observed_at, report.text),
                )
                assert newest.flow == flow or item.kind == "clear", item.sentence
            # Every place is one that a post names, letter by letter but for short forms.
            for condition in item.conditions:
                name = condition.place.lower().replace("jalan ", "").replace("jl ", "")
                assert name in told, (condition.place, item.sentence)
                if condition.obstacle and condition.obstacle.lower() in words:
                    assert all(part in told for part in re.split(" antara | dan ", condition.obstacle.lower()))
            # A time in it is that of its newest post.
            for hour, minute in re.findall(r"pukul (\d\d)\.(\d\d)", item.sentence):
                last = max(report.observed_at for report in item.reports if report.observed_at).astimezone(WIB)
                assert (last.hour, last.minute) == (int(hour), int(minute)), item.sentence
            if "melalui" in words:
                assert words.split("melalui ")[1].rstrip(".") in told
    assert checked >= 20
