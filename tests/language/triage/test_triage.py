"""What a message is about, whose matter it is and how soon."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiodesk.language.triage import Suggestion, triage
from radiodesk.language.triage.compiled_rules import categories

FIXTURE = Path(__file__).parent / "fixtures" / "triage.tsv"
COMPLAINTS = Path(__file__).parents[4] / "shared" / "data" / "reports" / "complaints.tsv"
URGENCIES = {"darurat", "segera", "biasa", "informasi", "pertanyaan"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def right(field: str) -> float:
    labelled = rows(FIXTURE)
    return sum(bool(getattr(triage(row["text"]), field) == row[field]) for row in labelled) / len(labelled)


def test_the_labelled_messages_only_use_known_categories_and_urgencies() -> None:
    known = {category.id for category in categories()} | {"lain"}
    assert {row["category"] for row in rows(FIXTURE)} <= known
    assert {row["urgency"] for row in rows(FIXTURE)} == URGENCIES


@pytest.mark.parametrize(("field", "share"), [("category", 0.94), ("unit", 0.95), ("urgency", 0.94)])
def test_most_labelled_messages_are_understood(field: str, share: float) -> None:
    assert right(field) >= share


@pytest.mark.slow
def test_real_complaints_reach_the_office_they_were_filed_with() -> None:
    if not COMPLAINTS.exists():
        pytest.skip(f"no complaints at {COMPLAINTS}")
    same = {"pohon", "penerangan_jalan", "jalan_rusak", "sampah", "bantuan_sosial", "kependudukan", "parkir"}
    chosen = [row for row in rows(COMPLAINTS) if row["group"] in same]
    hits = sum(triage(row["text"]).category == row["group"] for row in chosen)
    assert hits / len(chosen) >= 0.88


@pytest.mark.parametrize(
    ("text", "category", "unit", "urgency"),
    [
        ("tolong pak, ada kecelakaan barusan di jembatan, korban luka parah", "kecelakaan", "satlantas", "darurat"),
        ("dalane peteng, lampune mati kabeh", "penerangan_jalan", "dishub", "biasa"),
        ("syarat perpanjang SIM apa saja?", "sim", "satlantas", "pertanyaan"),
        ("oknum polisi minta uang damai waktu tilang", "pungli", "sipropam", "biasa"),
    ],
)
def test_what_a_caller_says_finds_its_unit(text: str, category: str, unit: str, urgency: str) -> None:
    suggestion = triage(text)
    assert (suggestion.category, suggestion.unit, suggestion.urgency) == (category, unit, urgency)


def test_why_quotes_the_message_itself() -> None:
    text = "Motorku ILANG di pasar, tulung Pak"
    suggestion = triage(text)
    assert suggestion.category == "curanmor"
    assert suggestion.why
    assert all(words in text for words in suggestion.why)


def test_a_feared_consequence_is_not_the_matter() -> None:
    assert triage("PJU padam sepuluh titik, rawan kecelakaan dan pencurian").category == "penerangan_jalan"


def test_a_landmark_is_not_the_matter() -> None:
    assert triage("aspal mengelupas di perempatan lampu merah pasar").category == "jalan_rusak"


def test_what_happened_last_week_is_no_emergency() -> None:
    assert triage("minggu lalu ada kecelakaan, korban luka parah").urgency == "segera"


def test_an_emergency_goes_to_the_emergency_number() -> None:
    assert triage("ada tawuran sekarang bawa celurit di terminal").route == "110"
    assert triage("rumah tetangga terbakar, api membesar").route == "112"


def test_complaints_about_police_go_to_propam_and_others_to_their_office() -> None:
    assert triage("oknum anggota membentak warga").route == "propam"
    assert triage("jalan desa berlubang").route == "dinas"
    assert triage("pkh tidak cair").route == "lapor"


def test_only_units_that_the_station_knows_are_suggested() -> None:
    known = ["satlantas", "spkt", "dpu-bmpr", "lapor"]
    assert triage("jalan berlubang besar", units=known).unit == "dpu-bmpr"
    assert triage("oknum polisi arogan", units=known).unit == "spkt"
    assert triage("pohon tumbang di jalan", units=known).unit == "lapor"


def test_a_message_about_nothing_known_is_unsure() -> None:
    suggestion = triage("halo selamat pagi")
    assert suggestion == Suggestion("lain", "spkt", "biasa", 0.1, (), "satuan")


def test_two_matters_in_one_message_lower_the_confidence() -> None:
    alone = triage("sampah menumpuk di pasar").confidence
    both = triage("sampah menumpuk di pasar, pohon tumbang di jalan").confidence
    assert both < alone


@settings(deadline=None)
@given(st.text())
def test_any_text_gets_a_suggestion(text: str) -> None:
    suggestion = triage(text)
    assert suggestion.urgency in URGENCIES
    assert 0 <= suggestion.confidence <= 1
    assert all(words in text for words in suggestion.why)
