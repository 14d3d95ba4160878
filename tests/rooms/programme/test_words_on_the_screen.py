"""What stands on the screen is what is approved, included, corrected and followed; nothing typed is thrown away."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import i18n
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import area_pack, place_finder
from radiodesk.language.sentence_bounds import sentences_of
from radiodesk.road.ports import Flow
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import ItemKind
from radiodesk.rooms.calls.models import Call, Protected
from radiodesk.rooms.programme import followed_conditions, included_items, made_scripts, queries, services
from radiodesk.rooms.programme.models import Script, ScriptState
from radiodesk.rooms.traffic import queries as traffic
from radiodesk.rooms.traffic import report_corrections
from radiodesk.rooms.traffic import services as reports
from radiodesk.rooms.traffic.models import RoadCondition
from radiodesk.rooms.traffic.ports import told_in
from radiodesk.rooms.traffic.report_corrections import Fields
from tests.factories.calls import ringing

BY = "petugas"


def paste(session: Session, settings: Settings, clock: ManualClock, *lines: str) -> None:
    finder = place_finder(settings.area)
    text = "\n".join(lines)
    reports.take_posts(session, text, source=BY, by=BY, at=clock.now(), finder=finder, zone=settings.timezone)


def bulletin(session: Session, settings: Settings, clock: ManualClock, seconds: int = 120) -> Script:
    pack = area_pack(settings.area)
    return made_scripts.compile_bulletin(session, settings, pack, seconds=seconds, reader="", by=BY, at=clock.now())


def condition(session: Session, clock: ManualClock, place: str) -> RoadCondition:
    return next(row for row in traffic.live_conditions(session, clock.now()) if row.place == place)


def put_right(
    session: Session, settings: Settings, clock: ManualClock, row: RoadCondition, flow: Flow, place: str = ""
) -> None:
    shown = Fields.of_condition(row)
    wanted = replace(shown, flow=flow, place=place or shown.place)
    finder = place_finder(settings.area)
    report_corrections.correct_condition(session, row, wanted, settings=settings, by=BY, at=clock.now(), finder=finder)


def edit(session: Session, script: Script, text: str, clock: ManualClock) -> None:
    services.edit_script(
        session, script, services.Draft(text), expected=script.latest.number, by=BY, at=clock.now(), speed=140
    )


def test_approving_saves_and_approves_what_was_typed(
    database: Database, settings: Settings, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        paste(tx, settings, clock, "18.30 Simpang Kapas macet")
        identity = bulletin(tx, settings, clock).public_id
    desk = sign_in(Role.OFFICER)
    typed = {"text": "Halo pendengar.\r\nSimpang Kapas macet.", "expected": "1"}
    assert desk.post(f"/naskah/{identity}/setujui", data=typed).status_code == 303
    with database.reading() as session:
        script = queries.script_by_public_id(session, identity)
        assert script.state is ScriptState.APPROVED
        assert script.approved is not None and script.approved.text == "Halo pendengar.\nSimpang Kapas macet."


def test_words_that_came_too_late_stand_in_the_form(
    database: Database, settings: Settings, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        paste(tx, settings, clock, "18.30 Simpang Kapas macet")
        script = bulletin(tx, settings, clock)
        identity = script.public_id
        edit(tx, script, "Kata petugas lain.", clock)
    desk = sign_in(Role.OFFICER, Role.PRODUCER)
    for way in ("", "/setujui", "/muat", "/perbarui", "/dengar"):
        typed = {"text": "Kata saya sendiri.", "expected": "1", "left": "0"}
        answer = desk.post(f"/naskah/{identity}{way}", data=typed)
        assert answer.status_code == 409
        assert "Kata saya sendiri." in answer.text
    with database.reading() as session:
        assert queries.script_by_public_id(session, identity).latest.text == "Kata petugas lain."


def test_listening_keeps_what_was_typed(
    database: Database, settings: Settings, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        paste(tx, settings, clock, "18.30 Simpang Kapas macet")
        identity = bulletin(tx, settings, clock).public_id
    desk = sign_in(Role.HOST)
    assert desk.post(f"/naskah/{identity}/dengar", data={"text": "Kata saya.", "expected": "1"}).status_code == 303
    with database.reading() as session:
        assert queries.script_by_public_id(session, identity).latest.text == "Kata saya."


def test_a_changed_sentence_keeps_what_it_rests_on(session: Session, settings: Settings, clock: ManualClock) -> None:
    paste(session, settings, clock, "18.30 Simpang Kapas arah Babat macet ada truk mogok", "18.30 banjir di Kanor")
    script = bulletin(session, settings, clock)
    told = next(item for item in script.latest.items if "truk mogok" in item["sentence"])
    changed = told["sentence"].rstrip(".") + ", hati-hati."
    edit(session, script, script.latest.text.replace(told["sentence"], changed) + "\nTetap di sini.", clock)
    (item,) = [item for item in script.latest.items if "hati-hati" in item["sentence"] and item.get("edited")]
    assert item["conditions"] == told["conditions"] and item["sources"] == told["sources"]
    assert item["made"] == told["sentence"]
    assert len([one for one in script.latest.items if one["kind"] == "condition"]) == 2


def test_a_ralat_can_pick_any_sentence(session: Session, settings: Settings, clock: ManualClock) -> None:
    paste(session, settings, clock, "18.30 Simpang Kapas arah Babat macet ada truk mogok")
    script = bulletin(session, settings, clock)
    own = "Kantor Samsat tutup sampai pukul 20.00 WIB."
    edit(session, script, f"{script.latest.text}\n{own}", clock)
    assert own in made_scripts.correctable(script)
    ralat = made_scripts.compile_correction(
        session, settings, area_pack(settings.area), script, own, [], reader="", by=BY, at=clock.now()
    )
    assert "Samsat tutup" in ralat.latest.text and "alat" in ralat.latest.text


def test_a_ralat_offers_no_greeting_unless_a_person_put_something_into_it(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    paste(session, settings, clock, "18.30 Simpang Kapas arah Babat macet ada truk mogok")
    script = bulletin(session, settings, clock)
    kinds = {item["kind"]: item["sentence"] for item in script.latest.items}
    offered = made_scripts.correctable(script)
    assert kinds["condition"] in offered
    assert kinds["opening"] not in offered and kinds["closing"] not in offered
    own = kinds["opening"].rstrip(".") + ", dan semua jalan lancar."
    text = script.latest.text.replace(kinds["opening"], own)
    edit(session, script, text, clock)
    assert own in made_scripts.correctable(script)


def test_short_forms_and_times_end_no_sentence() -> None:
    text = "Di Jl. Veteran macet. Pukul 06.30 WIB lancar! Selesai?\nDemikian."
    assert sentences_of(text) == ["Di Jl. Veteran macet.", "Pukul 06.30 WIB lancar!", "Selesai?", "Demikian."]


def test_what_was_left_out_can_be_put_in_together_with_typed_words(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    places = ("Simpang Kapas", "Pasar Kalitidu", "Pasar Dander", "Pasar Sumberrejo", "Simpang Jetak")
    for place, flow in zip(places, ("macet", "padat", "tersendat", "padat merayap", "lancar"), strict=True):
        paste(session, settings, clock, f"18.30 {place} {flow}")
    script = bulletin(session, settings, clock, seconds=30)
    assert script.latest.left_out
    chosen = next(number for number, one in enumerate(script.latest.left_out) if one["conditions"])
    what = script.latest.left_out[chosen]["what"]
    before = len(script.latest.left_out)
    typed = script.latest.text.replace(sentences_of(script.latest.text)[0], "Sugeng enjing.", 1)
    told = included_items.include(
        session, settings, script, typed, chosen, expected=1, by=BY, at=clock.now(), speed=140
    )
    assert told in script.latest.text and "Sugeng enjing." in script.latest.text
    assert what not in [one["what"] for one in script.latest.left_out]
    assert len(script.latest.left_out) == before - 1
    (item,) = [item for item in script.latest.items if item["sentence"] == told]
    assert item["conditions"] and item["included"]
    assert script.latest.text.index(told) < script.latest.text.index(sentences_of(script.latest.text)[-1])


def test_a_draft_follows_what_is_put_right_at_once(session: Session, settings: Settings, clock: ManualClock) -> None:
    paste(session, settings, clock, "18.30 Simpang Kapas macet", "18.30 banjir di Kanor")
    script = bulletin(session, settings, clock)
    clock.advance(timedelta(minutes=1))
    put_right(session, settings, clock, condition(session, clock, "Simpang Kapas"), "padat", "Pasar Dander")
    assert "Kapas" not in script.latest.text and "macet" not in script.latest.text
    assert "Pasar Dander" in script.latest.text and "padat" in script.latest.text
    assert "Kanor" in script.latest.text
    assert followed_conditions.old_sentences(session, script) == []
    (told,) = told_in(session, condition(session, clock, "Pasar Dander"), at=clock.now())
    assert (told.old, told.approved) == (False, False)


def test_an_approved_script_that_tells_the_old_is_marked_and_told_anew_when_asked(
    database: Database, settings: Settings, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        paste(tx, settings, clock, "18.30 Simpang Kapas macet")
        script = bulletin(tx, settings, clock)
        services.approve(tx, script, number=1, by=BY, at=clock.now())
        identity = script.public_id
        series = services.add_programme(tx, "Uji", by=BY, at=clock.now())
        show = broadcasts.plan(tx, series, "", clock.now(), by=BY, at=clock.now())
        rundowns.add_item(tx, show, ItemKind.SCRIPT, "Arus", 60, script=script, by=BY, at=clock.now())
        screens = [f"/naskah/{identity}/prompter", f"/siaran/{show.public_id}/penyiar"]
    clock.advance(timedelta(minutes=1))
    host = sign_in(Role.HOST, username="penyiar")
    for screen in screens:
        assert "kabar lama" not in host.get(screen).text and "diperbaiki" not in host.get(screen).text
    with database.writing() as tx:
        put_right(tx, settings, clock, condition(tx, clock, "Simpang Kapas"), "padat")
    desk = sign_in(Role.OFFICER)
    with database.reading() as session:
        script = queries.script_by_public_id(session, identity)
        assert script.state is ScriptState.APPROVED and "macet" in script.latest.text
        (old,) = followed_conditions.old_sentences(session, script)
        shown = condition(session, clock, "Simpang Kapas").public_id
    assert old in desk.get(f"/naskah/{identity}").text
    prompter, studio = (" ".join(host.get(screen).text.split()) for screen in screens)
    assert prompter.index(old) < prompter.index('class="window"')
    assert "berisi kabar lama" in studio
    assert "berisi kabar lama" in desk.get(f"/lalin/kondisi/{shown}").text
    assert "berisi kabar lama" in desk.get("/naskah").text
    assert desk.post(f"/naskah/{identity}/perbarui").status_code == 303
    with database.reading() as session:
        script = queries.script_by_public_id(session, identity)
        assert script.state is ScriptState.DRAFT and "macet" not in script.latest.text
        assert "padat" in script.latest.text


def test_a_sentence_that_was_changed_by_hand_is_marked_and_left(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    paste(session, settings, clock, "18.30 Simpang Kapas macet")
    script = bulletin(session, settings, clock)
    told = next(item["sentence"] for item in script.latest.items if item["kind"] == "condition")
    mine = told.rstrip(".") + ", kata petugas."
    edit(session, script, script.latest.text.replace(told, mine), clock)
    clock.advance(timedelta(minutes=1))
    put_right(session, settings, clock, condition(session, clock, "Simpang Kapas"), "padat")
    assert mine in script.latest.text
    assert followed_conditions.old_sentences(session, script) == [mine]


def test_kinds_of_events_are_called_by_their_names(session: Session, settings: Settings, clock: ManualClock) -> None:
    paste(session, settings, clock, "18.30 banjir di Kanor")
    script = bulletin(session, settings, clock)
    whys = " ".join(made_scripts.why_of(item) for item in script.latest.items)
    assert "flood" not in whys
    assert "Setiap buletin" in whys
    with i18n.speaking("en"):
        whys = " ".join(made_scripts.why_of(item) for item in script.latest.items)
    assert "Every bulletin" in whys and "etiap" not in whys
    # What an earlier release kept stays as it is.
    assert made_scripts.why_of({"why": "100 % dari Polsek."}) == "100 % dari Polsek."
    assert session.scalars(select(Script)).all() == [script]


def include(session: Session, settings: Settings, clock: ManualClock, script: Script, chosen: int) -> str:
    words, number = script.latest.text, script.latest.number
    return included_items.include(
        session, settings, script, words, chosen, expected=number, by=BY, at=clock.now(), speed=140
    )


def left_condition(script: Script, row: RoadCondition) -> int:
    return next(n for n, one in enumerate(script.latest.left_out) if row.public_id in one["conditions"])


def test_no_word_of_a_guarded_caller_stands_in_a_script(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    call = ringing(session, at=clock.now())
    words = "Saya Penelepon Contoh, di Simpang Kapas macet, saya lari dari rumah"
    reports.quick_report(
        session, "Simpang Kapas", "macet", "flow", by=BY, at=clock.now(), finder=place_finder(settings.area),
        heard=reports.Heard(call.id, words, clock.now(), False),
    )  # fmt: skip
    call.protected = Protected.VICTIM
    session.flush()
    script = bulletin(session, settings, clock)
    row = condition(session, clock, "Simpang Kapas")
    clock.advance(timedelta(minutes=1))
    put_right(session, settings, clock, row, "padat")
    assert script.latest.number == 2  # told anew
    wrong = next(item["sentence"] for item in script.latest.items if item["kind"] == "condition")
    ralat = made_scripts.compile_correction(
        session, settings, area_pack(settings.area), script, wrong, [row], reader="", by=BY, at=clock.now()
    )
    full = bulletin(session, settings, clock, seconds=15)
    held = [one for made in (script, ralat, full) for version in made.versions for one in version.items]
    assert held and "lari dari rumah" not in str(held)
    full.latest.left_out = [{"what": "x", "why": "y", "conditions": [row.public_id], "alert": None, "appeal": None}]
    session.flush()
    include(session, settings, clock, full, 0)
    assert "Simpang Kapas" in full.latest.text and "lari dari rumah" not in str(full.latest.items)


def test_what_is_over_cannot_be_put_in(
    database: Database, settings: Settings, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        paste(tx, settings, clock, "18.30 Simpang Kapas macet ada truk mogok", "18.30 Pasar Dander padat")
        row = condition(tx, clock, "Simpang Kapas")
        reports.end(tx, row, settings=settings, by=BY, at=clock.now())
        clock.advance(timedelta(minutes=3))
        script = bulletin(tx, settings, clock)
        over, identity = left_condition(script, row), script.public_id
        with pytest.raises(Conflict):
            include(tx, settings, clock, script, over)
    page = sign_in(Role.OFFICER).get(f"/naskah/{identity}").text
    assert f'name="left" value="{over}"' not in page


def test_what_expired_since_cannot_be_put_in_and_what_is_put_in_ends_the_script(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    paste(session, settings, clock, "18.20 Jembatan Kaliketek ditutup", "18.30 Simpang Kapas padat")
    script = bulletin(session, settings, clock, seconds=20)
    row = condition(session, clock, "Simpang Kapas")
    chosen = left_condition(script, row)
    include(session, settings, clock, script, chosen)
    assert script.valid_until == row.expires_at
    again = bulletin(session, settings, clock, seconds=20)
    again.latest.left_out = [{"what": "x", "why": "y", "conditions": [row.public_id], "alert": None, "appeal": None}]
    session.flush()
    clock.advance(timedelta(hours=5))
    with pytest.raises(Conflict):
        include(session, settings, clock, again, 0)


def test_the_last_thing_that_was_left_out_goes_off_the_list(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    paste(session, settings, clock, "18.30 Simpang Kapas macet")
    script = bulletin(session, settings, clock)
    row = condition(session, clock, "Simpang Kapas")
    script.latest.left_out = [{"what": "x", "why": "y", "conditions": [row.public_id], "alert": None, "appeal": None}]
    session.flush()
    include(session, settings, clock, script, 0)
    assert list(script.latest.left_out) == []


@pytest.mark.parametrize("act", ["correct", "end"])
def test_an_officers_word_reaches_the_scripts(
    session: Session, settings: Settings, clock: ManualClock, act: str
) -> None:
    paste(session, settings, clock, "18.30 Simpang Kapas macet", "18.30 Pasar Dander padat")
    approved, draft = bulletin(session, settings, clock), bulletin(session, settings, clock)
    services.approve(session, approved, number=1, by=BY, at=clock.now())
    row = condition(session, clock, "Simpang Kapas")
    clock.advance(timedelta(minutes=2))
    if act == "correct":
        reports.correct(session, row, "tersendat", settings=settings, by=BY, at=clock.now())
    else:
        reports.end(session, row, settings=settings, by=BY, at=clock.now())
    (old,) = followed_conditions.old_sentences(session, approved)
    assert "Simpang Kapas" in old
    assert "macet" not in draft.latest.text and "Pasar Dander" in draft.latest.text
    assert ("tersendat" in draft.latest.text) is (act == "correct")


def test_who_is_guarded_after_the_script_was_made_is_not_read_beside_it(
    database: Database, settings: Settings, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        call = ringing(tx, at=clock.now())
        words = "Di Simpang Kapas macet, kata Penelepon Contoh"
        reports.quick_report(
            tx, "Simpang Kapas", "macet", "flow", by=BY, at=clock.now(), finder=place_finder(settings.area),
            heard=reports.Heard(call.id, words, clock.now(), False),
        )  # fmt: skip
        paste(tx, settings, clock, "18.30 Pasar Dander padat")
        identity = bulletin(tx, settings, clock).public_id
        caller = call.id
    desk = sign_in(Role.OFFICER)
    assert "Penelepon Contoh" in desk.get(f"/naskah/{identity}").text
    with database.writing() as tx:
        guarded = tx.get(Call, caller)
        assert guarded is not None
        guarded.protected = Protected.VICTIM
    page = desk.get(f"/naskah/{identity}").text
    assert "Penelepon Contoh" not in page and "Pasar Dander padat" in page
