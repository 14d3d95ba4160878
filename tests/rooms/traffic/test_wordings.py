"""Officers put what is read on air into their own words: tried out first, kept with who and when."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.audit import AuditEntry
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.http.request import Station
from radiodesk.road.bulletin import compose, rehearsal
from radiodesk.road.bulletin.wording import phrasebook, shipped
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.traffic import wordings

OWN = "Salam dari {{ unit }}, hati-hati di jalan.\n"


@pytest.mark.parametrize("name", rehearsal.names())
def test_every_shipped_phrase_passes_its_own_rehearsal(name: str) -> None:
    assert rehearsal.checked(name, shipped(name))
    assert name in rehearsal.TITLES
    for way in rehearsal.rehearse(name, shipped(name)):
        assert way.said


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "at least one line"),
        ("# hanya catatan", "at least one line"),
        ("Selamat {{ greeting }", "Line 1"),
        ("Selamat.\nSelamat {{ sapaan }}.", "Line 2"),
        ("{% if station %}Ini {{ station }}.{% endif %}", "says nothing"),
        ("Selamat {{ greeting }}", "no whole sentence"),
        ("Selamat {{ greeting }}, {{ station }}.", "no whole sentence"),
        ("{{ greeting + 1 }}.", "Line 1"),
        ("{% for i in range(900) %}lama {% endfor %}.", "too long to be read"),
        ("{{ ''.__class__.__mro__ }}.", "Line 1"),
        ("a" * 5000 + ".", "at most"),
    ],
)
def test_what_would_sound_broken_on_air_is_refused_with_its_line(text: str, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        rehearsal.checked("bulletin/opening", text)


def test_a_phrase_that_is_not_there_cannot_be_changed(session: Session, now: datetime) -> None:
    with pytest.raises(NotFound):
        wordings.save(session, "bulletin/../../x", OWN, expected=0, by="officer", at=now)


def test_own_words_are_read_until_they_are_taken_back(session: Session, now: datetime) -> None:
    wordings.save(session, "bulletin/closing", OWN, expected=0, by="officer", at=now)
    assert (
        "Salam dari Satuan Lalu Lintas, hati-hati"
        in compose([], at=now, seconds=60, wording=wordings.own(session)).text
    )
    with pytest.raises(Conflict, match="officer"):
        wordings.save(session, "bulletin/closing", OWN, expected=0, by="other", at=now)
    with pytest.raises(Conflict):
        wordings.reset(session, "bulletin/closing", expected=0, by="other", at=now)
    wordings.reset(session, "bulletin/closing", expected=1, by="other", at=now)
    assert wordings.own(session) == {}
    acts = session.execute(
        select(AuditEntry.actor, AuditEntry.action).where(AuditEntry.subject == "wording bulletin/closing")
    )
    assert [tuple(act) for act in acts] == [("officer", "wording changed"), ("other", "wording reset")]


def test_the_page_previews_refuses_and_keeps_what_was_typed(
    sign_in: Callable[..., FlaskClient], station: Station
) -> None:
    officer = sign_in(Role.OFFICER)
    address = "/lalin/kalimat/bulletin/closing"
    assert "Demikian info lalu lintas dari Satuan Lalu Lintas." in officer.get(address).text
    looked = officer.post(address, data={"text": OWN, "expected": "0", "then": "look"})
    assert "Salam dari Satuan Lalu Lintas, hati-hati di jalan." in looked.text
    with station.database.reading() as session:
        assert wordings.own(session) == {}
    refused = officer.post(address, data={"text": "Salam dari {{ satuan }}.", "expected": "0", "then": "save"})
    assert refused.status_code == 422
    assert "Salam dari {{ satuan }}." in refused.text
    assert officer.post(address, data={"text": OWN, "expected": "0", "then": "save"}).status_code == 303
    assert "kata-kata stasiun" in officer.get("/lalin/kalimat").text
    assert officer.post(f"{address}/asal", data={"expected": "1"}).status_code == 303
    with station.database.reading() as session:
        assert wordings.own(session) == {}


def test_only_an_officer_changes_what_is_read(sign_in: Callable[..., FlaskClient]) -> None:
    producer = sign_in(Role.PRODUCER)
    assert producer.get("/lalin/kalimat").status_code == 200
    data = {"text": OWN, "expected": "0", "then": "save"}
    assert producer.post("/lalin/kalimat/bulletin/closing", data=data).status_code == 403
    assert sign_in(Role.SCREENER, username="penyaring").get("/lalin/kalimat").status_code == 403


@pytest.mark.parametrize("name", rehearsal.names())
def test_what_ships_is_shown_as_plain_sentences_that_can_be_kept(name: str) -> None:
    text = rehearsal.shown(name, shipped(name))
    assert "{" not in text
    assert "[" in text or "{" not in shipped(name)
    rehearsal.checked(name, text)


def test_a_plain_sentence_leaves_out_what_is_not_known() -> None:
    (way,) = rehearsal.rehearse("bulletin/flow", "arus [arus] di [tempat]( akibat [penyebab])( pukul [pukul]).")
    assert way.problem is None
    assert way.said[0] == "arus padat merayap di Pasar Kota arah Utara akibat truk mogok pukul 06.40."
    assert way.said[1] == "arus macet di Pasar Kota arah Utara dan Simpang Lima."
    (wrong,) = rehearsal.rehearse("bulletin/flow", "arus [arus] di [kota raya].")
    assert wrong.problem is not None


def test_a_slot_that_nothing_fills_is_never_read_as_a_gap() -> None:
    line = "arus [arus] di [tempat] pada pukul [pukul]."
    (way,) = rehearsal.rehearse("bulletin/flow", line)
    assert way.problem is None and way.said == ("arus padat merayap di Pasar Kota arah Utara pada pukul 06.40.",)
    assert len(way.untold) == 1
    (whole,) = rehearsal.rehearse("bulletin/flow", "arus [arus] di [tempat]( pada pukul [pukul]).")
    assert whole.untold == ()
    facts = rehearsal.SAMPLES["bulletin/flow"][1]
    said = phrasebook("bulletin", {"bulletin/flow": line}).say("flow", 0, **facts)
    assert said == phrasebook("bulletin").say("flow", 0, **facts)


def test_no_code_is_shown_on_the_page_of_a_phrase(sign_in: Callable[..., FlaskClient]) -> None:
    desk = sign_in(Role.OFFICER)
    page = desk.get("/lalin/kalimat/bulletin/flood").text
    assert "{%" not in page and "[tempat]" in page
    text = rehearsal.shown("bulletin/flood", shipped("bulletin/flood"))
    assert desk.post("/lalin/kalimat/bulletin/flood", data={"text": text, "expected": "0"}).status_code == 303
    assert "kata stasiun" not in desk.get("/lalin/kalimat/bulletin/flood").text.lower()


ROAD = {
    "where": "Pasar Kota", "many": False, "flow": "padat", "cause": "", "seen": "terpantau", "time": "", "until": "",
    "forecast": False, "source": "", "whom": "", "total": False,
}  # fmt: skip
OVER = {"where": "Pasar Kota", "cause": "", "kind": "closure", "flow": ""}


@pytest.mark.parametrize(
    ("name", "line", "facts", "words"),
    [
        ("accident", "di [tempat] terjadi [penyebab](, arus [arus]).", ROAD | {"flow": "ditutup"}, "jalan ditutup"),
        ("accident", "di [tempat] terjadi [penyebab].", ROAD | {"seen": "dilaporkan"}, "lapor"),
        ("closure", "jalan ditutup di [tempat].", ROAD | {"flow": "dialihkan"}, "alih"),
        ("closure", "jalan ditutup di [tempat].", ROAD | {"flow": "ditutup", "whom": "truk"}, "bagi truk"),
        ("closure", "jalan ditutup di [tempat].", ROAD | {"flow": "ditutup", "total": True}, "total"),
        ("weather", "[penyebab] [terpantau] di [tempat].", ROAD | {"forecast": True}, "rakira"),
        ("ended", "[penyebab] di [tempat] sudah beres.", OVER, "buka"),
        ("ended", "[penyebab] di [tempat] sudah beres.", OVER | {"kind": "flow"}, "kepadatan"),
        ("correction", "ralat, bukan [yang keliru] tetapi [yang benar].",
         {"time": "06.30 WIB", "wrong": "macet", "right": ""}, "tidak benar"),
    ],
)  # fmt: skip
def test_what_a_plain_sentence_cannot_tell_is_said_in_the_shipped_words(
    name: str, line: str, facts: dict[str, object], words: str
) -> None:
    said = phrasebook("bulletin", {f"bulletin/{name}": line + "\n"}).say(name, 0, **facts)
    assert words in said.lower()


def test_a_plain_sentence_is_said_where_it_tells_all() -> None:
    line = "di [tempat] terjadi [penyebab](, arus [arus]).\n"
    book = phrasebook("bulletin", {"bulletin/accident": line})
    assert book.say("accident", 0, **ROAD) == "di Pasar Kota terjadi kecelakaan lalu lintas, arus padat."
    own = "jalan ditutup di [tempat].\njalan di [tempat] ditutup( bagi [bagi]).\n"
    of_lorries = ROAD | {"flow": "ditutup", "whom": "truk"}
    book = phrasebook("bulletin", {"bulletin/closure": own})
    assert book.say("closure", 0, **of_lorries) == "jalan di Pasar Kota ditutup bagi truk."


def test_a_situation_report_in_own_words_says_what_was_counted_and_no_more() -> None:
    counted: dict[str, object] = {
        "count": 2, "victims": "1 orang luka ringan", "unhurt": False, "nobody_died": True, "span": "kemarin",
        "damage": "",
    }  # fmt: skip
    book = phrasebook("lapsit", {"lapsit/accidents": "[masa] ada [jumlah] laka(, korban [korban]).\n"})
    assert book.say("accidents", 0, **counted).endswith("korban 1 orang luka ringan. Tidak ada korban meninggal dunia.")
    assert "tanpa korban" in book.say("accidents", 0, **counted | {"victims": "", "unhurt": True})
    book = phrasebook("lapsit", {"lapsit/enforcement": "Tilang [tilang](, teguran [teguran]).\n"})
    assert "nihil" not in book.say("enforcement", 0, tickets=None, warnings=3, most="")


def test_lines_that_stay_as_they_were_shown_keep_their_cases(session: Session, now: datetime) -> None:
    name = "bulletin/flood"
    first, second = rehearsal.shown(name, shipped(name)).split("\n")
    wordings.save(session, name, f"{first}\nada air di [tempat].\n", expected=0, by="officer", at=now)
    text = wordings.own(session)[name]
    assert "kurangi kecepatan" in text and "ada air di [tempat]." in text
    assert rehearsal.shown(name, text) == f"{first}\nada air di [tempat]."
    wordings.save(session, name, f"{first}\n{second}\n", expected=1, by="officer", at=now)
    assert "kurangi kecepatan" in wordings.own(session)[name]


def test_the_page_says_when_the_shipped_words_are_said(sign_in: Callable[..., FlaskClient]) -> None:
    desk, address = sign_in(Role.OFFICER), "/lalin/kalimat/bulletin/closure"
    assert "Kalimat bawaan" not in desk.get(address).text
    looked = desk.post(address, data={"text": "jalan ditutup di [tempat].", "expected": "0", "then": "look"}).text
    assert "Kalimat bawaan dibacakan sebagai gantinya bila: arus dialihkan" in looked
