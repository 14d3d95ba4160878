"""What was read wrongly is put right: before it is filed, afterwards from the board, and for the posts to come."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import place_finder
from radiodesk.road.ports import Report
from radiodesk.road.posts import sort_posts
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.traffic import learned_words, queries, report_corrections, services
from radiodesk.rooms.traffic.models import LearnedSense, LearnedWord, RoadCondition, RoadReport
from radiodesk.rooms.traffic.report_corrections import Fields
from radiodesk.rooms.traffic.report_rows import report_of
from tests.factories.calls import ringing

AREA, ZONE, BY = "bojonegoro", "Asia/Jakarta", "petugas"


def paste(session: Session, clock: ManualClock, text: str) -> list[RoadReport]:
    taken = services.take_posts(session, text, source=BY, by=BY, at=clock.now(), finder=place_finder(AREA), zone=ZONE)
    return list(taken.reports)


def filled_in(page: str, **changed: str) -> dict[str, str]:
    """What a browser would send of the first form with fields of a report, some of them typed anew."""
    data: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        named = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in named and (named.get("type") != "checkbox" or " checked" in tag):
            data.setdefault(named["name"], unescape(named.get("value", "")))
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option\s+value="([^"]*)"\s+selected', options)
        first = re.search(r'<option\s*(?:value="([^"]*)")?', options)
        data.setdefault(name, chosen[1] if chosen else (first[1] or "") if first else "")
    return data | changed


def put_right(
    session: Session, settings: Settings, clock: ManualClock, condition: RoadCondition, **changed: Any
) -> list[RoadReport]:
    shown = Fields.of_condition(condition)
    wanted = replace(shown, **changed)
    return report_corrections.correct_condition(
        session, condition, wanted, settings=settings, by="perwira", at=clock.now(), finder=place_finder(AREA)
    )


def test_every_field_of_a_condition_can_be_put_right(session: Session, settings: Settings, clock: ManualClock) -> None:
    paste(session, clock, "18.30 Simpang Kapas arah Babat macet ada truk mogok")
    (condition,) = queries.live_conditions(session, clock.now())
    clock.advance(timedelta(minutes=2))
    put_right(
        session, settings, clock, condition,
        place="Pasar Kalitidu", toward=("Cepu",), flow="padat", kind="event", obstacle="pasar malam",
        detour="Malo", whom="truk", extent="total", until=clock.now() + timedelta(hours=2),
    )  # fmt: skip
    (now,) = queries.live_conditions(session, clock.now())
    assert now.public_id == condition.public_id
    assert (now.place, now.toward, now.flow, now.kind) == ("Pasar Kalitidu", ["Cepu"], "padat", "event")
    assert (now.obstacle, now.detour, now.whom, now.extent) == ("pasar malam", "Malo", "truk", "total")
    assert now.expires_at == clock.now() + timedelta(hours=2)
    assert now.corrected_at == clock.now()
    (report,) = now.reports
    assert report.by == "perwira" and report_of(report).place_ids[0].startswith("market:")
    (before,) = now.replaced
    assert report_of(before).place == "Simpang Kapas"


def test_what_moves_to_a_place_that_is_known_leaves_nothing_behind(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    paste(session, clock, "18.30 Simpang Kapas macet")
    paste(session, clock, "18.30 Pasar Dander padat")
    wrong = next(row for row in queries.live_conditions(session, clock.now()) if row.flow == "macet")
    put_right(session, settings, clock, wrong, place="Pasar Dander", flow="padat")
    (left,) = queries.live_conditions(session, clock.now())
    assert left.place == "Pasar Dander" and len(left.reports) == 2
    assert [one.place for one in queries.recent_conditions(session, clock.now()) if one.ended_at is None] == [
        "Pasar Dander"
    ]


def test_a_report_is_put_right_once(session: Session, settings: Settings, clock: ManualClock) -> None:
    (row,) = paste(session, clock, "18.30 Simpang Kapas macet")
    wanted = replace(Fields.of(report_of(row)), flow="padat")

    def correct() -> RoadReport:
        return report_corrections.correct_report(
            session, row, wanted, settings=settings, by=BY, at=clock.now(), finder=place_finder(AREA)
        )

    made = correct()
    assert report_of(made).flow == "padat" and row.replaced_by_id == made.id
    with pytest.raises(Conflict):
        correct()


def test_a_feed_that_says_the_same_again_does_not_bring_the_old_back(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    feed = Report("macet", "umpan", clock.now(), "Simpang Kapas", flow="macet", kind="flow", external_id="1")
    services.take_reports(session, [feed], by="desk", at=clock.now())
    (condition,) = queries.live_conditions(session, clock.now())
    put_right(session, settings, clock, condition, flow="lancar")
    assert services.take_reports(session, [feed], by="desk", at=clock.now()) == []
    assert [row.flow for row in queries.live_conditions(session, clock.now())] == ["lancar"]


def test_pasted_posts_are_looked_over_before_they_are_filed(
    database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    desk = sign_in(Role.OFFICER)
    text = "18.30 Simpang Kapas macet\nsinyal Kedungadem lagi ngadat total lur\nterima kasih min"
    page = desk.post("/lalin/tempel", data={"text": text, "source": "WA"}).text
    with database.reading() as session:
        assert session.scalars(select(RoadReport)).all() == []
    sent = filled_in(page, **{"place-0": "Pasar Dander", "wanted-1": "yes", "place-1": "Kedungadem", "flow-1": "macet"})
    answer = desk.post("/lalin/tempel/simpan", data=sent)
    assert answer.status_code == 200
    with database.reading() as session:
        rows = session.scalars(select(RoadReport).order_by(RoadReport.id)).all()
        assert [(report_of(row).place, report_of(row).flow) for row in rows] == [
            ("Pasar Dander", "macet"), ("Kedungadem", "macet"),
        ]  # fmt: skip
        assert {row.source for row in rows} == {"WA"}
        assert report_of(rows[0]).observed_at == clock.now().replace(second=0, microsecond=0)


def test_a_line_that_cannot_be_filed_gives_all_back_as_it_was_typed(
    database: Database, sign_in: Callable[..., FlaskClient]
) -> None:
    desk = sign_in(Role.OFFICER)
    page = desk.post("/lalin/tempel", data={"text": "18.30 Simpang Kapas macet\nhalo semuanya"}).text
    answer = desk.post(
        "/lalin/tempel/simpan", data=filled_in(page, **{"wanted-1": "yes", "detour-0": "Jalan Contohan"})
    )
    assert answer.status_code == 422
    assert "Jalan Contohan" in answer.text
    with database.reading() as session:
        assert session.scalars(select(RoadReport)).all() == []


def test_a_line_of_any_length_can_be_filed(database: Database, sign_in: Callable[..., FlaskClient]) -> None:
    desk = sign_in(Role.OFFICER)
    long = "18.30 Pasar Dander padat, " + "salam kagem kabeh para sedulur nggih " * 80
    assert len(long) > 2000
    page = desk.post("/lalin/tempel", data={"text": f"18.30 Simpang Kapas macet\n{long}", "source": "WA"}).text
    sent = filled_in(page, **{"wanted-1": "yes", "place-1": "Pasar Dander", "flow-1": "padat"})
    assert desk.post("/lalin/tempel/simpan", data=sent).status_code == 200
    with database.reading() as session:
        kept = [row.text for row in session.scalars(select(RoadReport).order_by(RoadReport.id))]
    assert kept[0] == "18.30 Simpang Kapas macet" and kept[1].startswith("18.30 Pasar Dander padat, salam")


def test_the_form_of_a_condition_comes_back_whole(
    database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        paste(tx, clock, "18.30 Simpang Kapas macet")
        (identity,) = [row.public_id for row in queries.live_conditions(tx, clock.now())]
    desk = sign_in(Role.OFFICER)
    page = desk.get(f"/lalin/kondisi/{identity}/koreksi").text
    refused = desk.post(f"/lalin/kondisi/{identity}/koreksi", data=filled_in(page, place="", detour="Jalan Contohan"))
    assert refused.status_code == 422 and "Jalan Contohan" in refused.text
    assert desk.post(f"/lalin/kondisi/{identity}/koreksi", data=filled_in(page, flow="padat")).status_code == 303
    with database.reading() as session:
        assert [row.flow for row in queries.live_conditions(session, clock.now())] == ["padat"]


def read_again(session: Session, clock: ManualClock, text: str) -> Report:
    ears = learned_words.ears(session, AREA)
    (report,) = sort_posts(text, source=BY, at=clock.now(), finder=ears.finder, zone=ZONE, known=ears.known).reports
    return report


def learn(session: Session, clock: ManualClock, text: str, place: str) -> list[str]:
    read = Fields.of(read_again(session, clock, text))
    right = replace(read, place=place)
    return report_corrections.learn_from(
        session, None, text, read, right, None, by=BY, at=clock.now(), finder=place_finder(AREA)
    )


def test_a_wording_of_a_place_is_learned_and_said_by_its_name(session: Session, clock: ManualClock) -> None:
    text = "macet di tikungan Mbah Misalan arah Babat"
    assert learn(session, clock, text, "Pasar Kalitidu") == ["tikungan mbah misalan"]
    report = read_again(session, clock, "Padat di tikungan Mbah Misalan lur")
    assert report.place == "Pasar Kalitidu" and report.place_ids
    (row,) = learned_words.learned(session)
    learned_words.switch(session, row, False, by=BY, at=clock.now())
    session.flush()
    assert read_again(session, clock, "Padat di tikungan Mbah Misalan lur").place != "Pasar Kalitidu"
    learned_words.remove(session, row, by=BY, at=clock.now())
    assert learned_words.learned(session) == []


def test_a_name_that_was_too_long_teaches_where_names_end(session: Session, clock: ManualClock) -> None:
    text = "Simpang Jetak njembrung macet"
    assert read_again(session, clock, text).place == "Simpang Jetak njembrung"
    assert learn(session, clock, text, "Simpang Jetak") == ["njembrung"]
    assert read_again(session, clock, "Pasar Dander njembrung padat").place == "Pasar Dander"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("pohon tumbang di jl mastrip", "Pasar Dander"),
        ("pohon tumbang di jl contohan", "Pasar Dander"),
        ("Simpang Kapas macet", "Pasar Dander"),
        ("macet di depan masjid arah Babat", "Pasar Kalitidu"),
        ("Macet di Simpang Kapas selatan arah Babat", "Simpang Kapas"),
        ("Macet di Simpang Kapas kota arah Babat", "Simpang Kapas"),
    ],
)
def test_a_report_that_was_moved_makes_no_two_places_one(
    session: Session, clock: ManualClock, text: str, place: str
) -> None:
    assert learn(session, clock, text, place) == []
    assert learned_words.learned(session) == []


def test_a_misspelt_road_is_learned_as_the_road(session: Session, clock: ManualClock) -> None:
    text = "macet di jl untg surpati"
    assert learn(session, clock, text, "Jalan Untung Suropati") == ["jl untg surpati"]


def test_words_for_flow_and_cause_are_learned_when_they_are_named(session: Session, clock: ManualClock) -> None:
    text = "Simpang Kapas njeblug, arus lalu lintas mandheg jegreg"
    right = Fields("Simpang Kapas", flow="macet", kind="breakdown", at=clock.now())
    for words, sense in (("mandheg jegreg", LearnedSense.FLOW), ("njeblug", LearnedSense.CAUSE)):
        report_corrections.learn_from(
            session, None, text, Fields(), right, report_corrections.Taught(words, sense),
            by=BY, at=clock.now(), finder=place_finder(AREA),
        )  # fmt: skip
    report = read_again(session, clock, "Simpang Jetak mandheg jegreg, ada yang njeblug")
    assert (report.flow, report.kind) == ("macet", "breakdown")
    with pytest.raises(Unreadable):
        report_corrections.learn_from(
            session, None, text, Fields(), right, report_corrections.Taught("tidak ada di sini", LearnedSense.FLOW),
            by=BY, at=clock.now(), finder=place_finder(AREA),
        )  # fmt: skip


def test_nothing_is_learned_of_a_caller(session: Session, clock: ManualClock) -> None:
    call = ringing(session, clock.now())
    (row,) = services.take_posts(
        session, "macet di tikungan Mbah Misalan", source=BY, by=BY, at=clock.now(), finder=place_finder(AREA),
        zone=ZONE, call_id=call.id,
    ).reports  # fmt: skip
    read = Fields.of(report_of(row))
    right = replace(read, place="Pasar Kalitidu")
    learned = report_corrections.learn_from(
        session, row, row.text, read, right, report_corrections.Taught("mbah misalan", LearnedSense.PLACE),
        by=BY, at=clock.now(), finder=place_finder(AREA),
    )  # fmt: skip
    assert learned == [] and session.scalars(select(LearnedWord)).all() == []


def test_the_page_of_learned_words(database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient]) -> None:
    with database.writing() as tx:
        learn(tx, clock, "macet di tikungan Mbah Misalan arah Babat", "Pasar Kalitidu")
        (identity,) = [row.public_id for row in learned_words.learned(tx)]
    desk = sign_in(Role.OFFICER)
    page = desk.get("/lalin/kata").text
    assert "tikungan mbah misalan" in page and "Pasar Kalitidu" in page
    assert desk.post(f"/lalin/kata/{identity}", data={"active": "no"}).status_code == 303
    assert desk.post(f"/lalin/kata/{identity}/hapus").status_code == 303
    assert "tikungan mbah misalan" not in desk.get("/lalin/kata").text


def test_places_are_offered_while_one_types(sign_in: Callable[..., FlaskClient]) -> None:
    offered = sign_in(Role.OFFICER).get("/lalin/tempat?q=jetak").json or []
    assert any("Jetak" in one["name"] for one in offered)


def test_nothing_is_chosen_for_the_person(sign_in: Callable[..., FlaskClient]) -> None:
    page = sign_in(Role.OFFICER).get("/lalin").text
    form = page[page.index('id="lapor"') : page.index("</form>", page.index('id="lapor"'))]
    assert " checked" not in form and " selected" not in form


def test_a_flood_without_a_flow_is_not_called_clear(
    database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        paste(tx, clock, "18.30 banjir di Kanor")
    board = sign_in(Role.OFFICER).get("/lalin/papan").text
    chosen = re.findall(r'<option\s+value="([^"]*)"\s+selected', board)
    assert chosen == [""]
    assert "Kanor" in re.findall(r'<a class="button"[^>]*aria-label="([^"]*)"', board)[0]


def test_the_quick_form_comes_back_as_it_was_typed(database: Database, sign_in: Callable[..., FlaskClient]) -> None:
    typed = {"place": "Simpang Contohan", "detour": "Jalan Contohan", "toward": "Babat"}
    refused = sign_in(Role.OFFICER).post("/lalin/lapor", data=typed)
    assert refused.status_code == 422
    assert all(f'value="{said}"' in refused.text for said in typed.values())
    with database.reading() as session:
        assert session.scalars(select(RoadReport)).all() == []
