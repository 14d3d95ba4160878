"""Bulletins in the desk: each knows the one before, is approved word by word, and can be taken back on air."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.errors import Conflict
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.language.places.station_area import area_pack, place_finder
from radiodesk.language.spoken import reading_seconds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.programme import made_scripts, services
from radiodesk.rooms.programme.models import Script, ScriptState
from radiodesk.rooms.traffic import queries, wordings
from radiodesk.rooms.traffic import services as traffic

BY = "petugas"


def post(session: Session, settings: Settings, clock: ManualClock, text: str) -> None:
    traffic.take_posts(
        session,
        text,
        source="petugas-kapas",
        by=BY,
        at=clock.now(),
        finder=place_finder(settings.area),
        zone=settings.timezone,
    )


def bulletin(session: Session, settings: Settings, clock: ManualClock, seconds: int = 60) -> Script:
    return made_scripts.compile_bulletin(
        session, settings, area_pack(settings.area), seconds=seconds, reader="Pembaca", by=BY, at=clock.now()
    )


def sentences(script: Script, kind: str) -> list[str]:
    return [item["sentence"] for item in script.latest.items if item["kind"] == kind]


def test_what_the_bulletin_before_told_and_is_over_is_told_as_over(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    post(session, settings, clock, "18.30 Simpang Kapas arah Babat macet ada truk mogok")
    first = bulletin(session, settings, clock)
    assert "truk mogok" in sentences(first, "condition")[0]
    assert sentences(first, "ended") == []
    clock.advance(timedelta(minutes=20))
    post(session, settings, clock, "18.50 truk mogok di Simpang Kapas sudah dievakuasi, arus kembali lancar")
    second = bulletin(session, settings, clock)
    assert sentences(second, "condition") == []
    (over,) = sentences(second, "ended")
    assert "truk mogok" in over.lower()
    clock.advance(timedelta(minutes=10))
    assert sentences(bulletin(session, settings, clock), "ended") == []


def test_a_withdrawn_bulletin_told_nothing(session: Session, settings: Settings, clock: ManualClock) -> None:
    post(session, settings, clock, "18.30 Simpang Kapas arah Babat macet ada truk mogok")
    services.withdraw(session, bulletin(session, settings, clock), by=BY, at=clock.now())
    clock.advance(timedelta(minutes=20))
    post(session, settings, clock, "18.50 truk mogok di Simpang Kapas sudah dievakuasi, arus kembali lancar")
    assert sentences(bulletin(session, settings, clock), "ended") == []


def test_two_bulletins_in_a_row_share_no_sentence(session: Session, settings: Settings, clock: ManualClock) -> None:
    for place in ("Simpang Kapas", "Pasar Kalitidu", "Pasar Dander"):
        post(session, settings, clock, f"18.29 {place} padat merayap")
    before: set[str] = set()
    for _ in range(6):
        script = bulletin(session, settings, clock, seconds=120)
        said = {item["sentence"] for item in script.latest.items}
        assert len(sentences(script, "condition")) == 3
        assert said.isdisjoint(before)
        before = said
        clock.advance(timedelta(minutes=2))


def test_a_sentence_leads_to_the_conditions_behind_it(session: Session, settings: Settings, clock: ManualClock) -> None:
    post(session, settings, clock, "18.30 Simpang Kapas arah Babat macet ada truk mogok")
    script = bulletin(session, settings, clock)
    (item,) = [item for item in script.latest.items if item["kind"] == "condition"]
    (behind,) = item["conditions"]
    assert queries.condition_by_public_id(session, behind).place.lower() == "simpang kapas"


def test_a_change_needs_a_new_approval_and_keeps_the_sources_of_the_rest(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    post(session, settings, clock, "18.30 Simpang Kapas arah Babat macet ada truk mogok")
    script = bulletin(session, settings, clock)
    services.approve(session, script, number=1, by=BY, at=clock.now())
    told = sentences(script, "condition")[0]
    text = script.latest.text.replace("Selamat", "Salam, selamat", 1) + "\nTetap di frekuensi ini."
    services.edit_script(
        session, script, services.Draft(text), expected=1, by=BY, at=clock.now(), speed=140, lexicon=None
    )
    assert script.state is ScriptState.DRAFT
    with pytest.raises(services.NotApproved):
        services.readable(script, clock.now())
    assert told in sentences(script, "condition")


def test_a_correction_takes_back_one_sentence_and_points_at_its_bulletin(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    post(session, settings, clock, "18.30 Simpang Kapas arah Babat macet ada truk mogok")
    script = bulletin(session, settings, clock)
    (wrong,) = sentences(script, "condition")
    assert wrong in made_scripts.correctable(script)
    (condition,) = queries.live_conditions(session, clock.now())
    assert made_scripts.places_of(script, wrong) == [condition.public_id]
    services.approve(session, script, number=1, by=BY, at=clock.now())
    services.approve(session, script, number=1, by=BY, at=clock.now())
    clock.advance(timedelta(minutes=4))
    traffic.correct(session, condition, "padat", settings=settings, by=BY, at=clock.now())
    pack = area_pack(settings.area)
    ralat = made_scripts.compile_correction(
        session, settings, pack, script, wrong, [condition], reader="", by=BY, at=clock.now()
    )
    assert ralat.corrects is script
    assert script.corrections == [ralat]
    assert ralat.state is ScriptState.DRAFT
    (said,) = sentences(ralat, "correction")
    for word in ("18.30 WIB", "macet", "Yang benar", "padat", "maaf"):
        assert word in said
    with pytest.raises(Conflict):
        made_scripts.compile_correction(
            session, settings, pack, script, "Tidak pernah.", [], reader="", by=BY, at=clock.now()
        )
    clock.advance(timedelta(minutes=4))
    # A correction is no bulletin to go on from: the next one still tells of what holds.
    assert sentences(bulletin(session, settings, clock), "condition")


def test_the_pages_lead_from_a_bulletin_to_its_correction_and_back(
    station: Station, settings: Settings, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    with station.database.writing() as session:
        post(session, settings, clock, "18.30 Simpang Kapas arah Babat macet ada truk mogok")
        script = bulletin(session, settings, clock).public_id
    officer = sign_in(Role.OFFICER)
    page = officer.get(f"/naskah/{script}/ralat")
    assert "truk mogok" in page.text
    refused = officer.post(f"/naskah/{script}/ralat", data={"sentence": "9"})
    assert refused.status_code == 422
    made = officer.post(f"/naskah/{script}/ralat", data={"sentence": "0", "reader": ""})
    assert made.status_code == 303
    ralat = officer.get(made.location).text
    assert f"/naskah/{script}" in ralat
    assert "tidak benar" in ralat
    assert made.location.rsplit("/", 1)[-1] in officer.get(f"/naskah/{script}").text


def test_the_stations_own_words_are_compiled(session: Session, settings: Settings, clock: ManualClock) -> None:
    wordings.save(session, "bulletin/opening", "Halo dari {{ unit }}.", expected=0, by=BY, at=clock.now())
    assert bulletin(session, settings, clock).latest.text.startswith("Halo dari Satuan Lalu Lintas.")


@pytest.mark.parametrize("seconds", [30, 60, 90, 120])
@pytest.mark.parametrize("pace", [100, 140, 180])
def test_the_slot_is_cut_to_the_speed_that_its_reader_was_measured_at(
    session: Session, settings: Settings, clock: ManualClock, seconds: int, pace: int
) -> None:
    read = "Arus lalu lintas di pasar terpantau padat, harap bersabar. " * 30
    services.learn_speed(session, "Pembaca", read, reading_seconds(read, words_per_minute=pace))
    session.flush()
    assert services.words_per_minute(session, "Pembaca", 140) == pytest.approx(pace, rel=0.01)
    places = area_pack(settings.area).places[500:530]
    lines = [f"18.{number:02d} di {place.name} macet ada kecelakaan" for number, place in enumerate(places)]
    post(session, settings, clock, "\n".join(lines))
    script = bulletin(session, settings, clock, seconds)
    told = sum(item["seconds"] for item in script.latest.items)
    rounding = 0.05 * len(script.latest.items)
    assert told <= seconds + rounding
    assert told > 0.7 * seconds
    lexicon = area_pack(settings.area).spoken
    assert script.latest.seconds == reading_seconds(script.latest.text, words_per_minute=pace, lexicon=lexicon)
    assert script.latest.seconds <= seconds


def test_a_reader_is_measured_by_the_spoken_forms_of_the_area(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    lexicon = area_pack(settings.area).spoken
    read = f"{' '.join(list(lexicon)[:40])}. " * 4
    spoken, plain = (reading_seconds(read, words_per_minute=140, lexicon=forms) for forms in (lexicon, None))
    assert spoken != plain
    services.learn_speed(session, "Pembaca", read, spoken, lexicon=lexicon)
    session.flush()
    assert services.words_per_minute(session, "Pembaca", 100) == pytest.approx(140, rel=0.01)


def test_a_bulletin_of_hours_ago_is_not_gone_on_from(session: Session, settings: Settings, clock: ManualClock) -> None:
    bulletin(session, settings, clock)
    assert made_scripts.bulletin_before(session, clock.now()) is not None
    clock.advance(timedelta(hours=4))
    assert made_scripts.bulletin_before(session, clock.now()) is None
