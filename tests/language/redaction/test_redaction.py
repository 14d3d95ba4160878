"""What must not become public is found, and what may stay stays."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lokal.samaran import detect_pii

from radiodesk.language.redaction import LABELS, Span, find_private, redact
from radiodesk.language.redaction.measure import Labelled, labelled, measure
from radiodesk.language.redaction.spans import KINDS, merged
from radiodesk.language.redaction.unclear_parts import find_unclear

FIXTURES = Path(__file__).parent / "fixtures"
WRITTEN = labelled((FIXTURES / "redaction.txt").read_text(encoding="utf-8").splitlines())
HARD = labelled((FIXTURES / "redaction_hard.txt").read_text(encoding="utf-8").splitlines())
FRESH = labelled((FIXTURES / "redaction_fresh.txt").read_text(encoding="utf-8").splitlines())


def kinds(text: str) -> list[str]:
    return [span.kind for span in find_private(text)]


@pytest.mark.parametrize(
    ("messages", "recall", "precision"), [(WRITTEN, 0.97, 0.98), (FRESH, 0.93, 0.98), (HARD, 1.0, 1.0)]
)
def test_nearly_all_of_the_labelled_messages_is_found_and_little_else(
    messages: list[Labelled],
    recall: float,
    precision: float,
) -> None:
    counts = measure(messages, find_private)
    assert counts.found["all"] / counts.labels["all"] >= recall
    assert counts.right["all"] / counts.spans["all"] >= precision


def lokal(text: str) -> list[Span]:
    return [Span(match.start, match.end, match.type, "lokal-id", 1.0) for match in detect_pii(text)]


def test_it_is_never_worse_than_lokal_id_on_any_kind() -> None:
    ours, theirs = measure([*WRITTEN, *FRESH], find_private), measure([*WRITTEN, *FRESH], lokal)
    assert {kind for kind in ours.labels if ours.found[kind] < theirs.found[kind]} == set()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("nama saya sutrisno dari kapas", "nama saya [nama] dari kapas"),
        ("Lek Paimin ketabrak", "Lek [nama] ketabrak"),
        ("hp kosong lapan lima dua tiga empat lima enam tujuh delapan ya", "hp [nomor telepon] ya"),
        ("nol delapan satu dobel dua tiga empat lima enam tujuh", "[nomor telepon]"),
        ("0812 tiga empat lima enam 7890", "[nomor telepon]"),
        ("plat es satu dua tiga empat a be warna hitam", "plat [pelat nomor] warna hitam"),
        ("S 1234 AB lari", "[pelat nomor] lari"),
        ("nik tiga lima dua dua nol satu empat lima nol enam sembilan satu nol nol nol tiga", "nik [NIK]"),
        ("rumahnya rt tiga rw dua", "rumahnya [alamat]"),
        ("surel tini at gmail titik com", "surel [surel]"),
    ],
)
def test_it_is_hidden_as_it_is_said(text: str, redacted: str) -> None:
    assert redact(text)[0] == redacted


@pytest.mark.parametrize(
    "text",
    [
        "pukul 06.45 WIB di KM 12+300",
        "hubungi 110 atau satu satu dua",
        "Jalan Ahmad Yani dan RSUD Sosodoro Djatikoesoemo",
        "denda Rp2.500.000, dua juta lima ratus ribu rupiah",
        "nomor tiket 2401 5567 8",
        "Kapolres AKBP Hartono dan Kasatlantas AKP Sudarmaji",
        "pak polisi, bu guru, pak lurah, mas penyiar, tolong",
        "@polresbojonegoro humas@polri.go.id www.lapor.go.id",
        "umur jembatan itu dua belas tahun",
    ],
)
def test_what_is_public_stays(text: str) -> None:
    assert redact(text) == (text, [])


def test_officials_can_be_hidden_too_and_are_when_accused() -> None:
    text = "Kapolsek Iptu Suparman hadir"
    assert find_private(text) == []
    assert kinds_of(text, keep_officials=False) == ["name"]
    assert "name" in kinds("oknum polisi Bripka Suparman minta uang")


def kinds_of(text: str, *, keep_officials: bool) -> list[str]:
    return [span.kind for span in find_private(text, keep_officials=keep_officials)]


def test_places_of_the_area_are_not_people() -> None:
    text = "korban namanya trucuk lor"
    assert kinds(text) == ["name"]
    assert find_private(text, places={"trucuk"}) == []


def test_a_child_that_came_to_harm_is_hidden_with_age_and_school() -> None:
    assert kinds("siswi smp negeri dua umur tiga belas tahun korban pelecehan") == ["school", "age"]
    assert kinds("anak sd negeri dua menang lomba") == []


def test_each_span_says_why_and_how_sure() -> None:
    span = find_private("wa 0857 3344 1290")[0]
    assert (span.kind, span.score >= 0.9, bool(span.why)) == ("phone", True, True)


def test_given_spans_are_taken_as_they_are() -> None:
    spans = [Span(0, 4, "name", "by hand", 1.0)]
    assert redact("Budi 0857 3344 1290", spans)[0] == "[nama] 0857 3344 1290"


def unclear(text: str) -> list[str]:
    return [text[one.start : one.end] for one in find_unclear(text, find_private(text))]


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        (
            "Telepon saya di nol delapan, satu dua tiga empat lima ratus ribu rupiah. Terima kasih.",
            "ratus ribu rupiah",
        ),
        ("Hubungi 0812 3456 7890, dua ratus ya pak", "dua ratus"),
    ],
)
def test_what_follows_a_number_like_a_number_is_laid_before_a_person(text: str, tail: str) -> None:
    assert any(tail in one for one in unclear(text)), unclear(text)


@pytest.mark.parametrize(
    "text",
    ["Hubungi 0812 3456 7890. Dua ratus orang datang.", "Hubungi 0812 3456 7890, dua hari lagi saya pulang."],
)
def test_what_is_counted_behind_a_number_is_none_of_it(text: str) -> None:
    assert unclear(text) == []


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("nomor hp saya kosong lapan lima ehm lupa", ["kosong lapan lima"]),
        ("wa saya nol delapan satu dua tiga putus-putus suaranya", ["nol delapan satu dua tiga"]),
        ("nomor rekening tiga empat lima terus putus", ["tiga empat lima"]),
        ("tadi dia bilang empat tujuh sembilan dua satu begitu", ["empat tujuh sembilan dua satu"]),
        ("motor dua satu empat tujuh lari ke barat", ["dua satu empat tujuh"]),
        ("platnya lapan dua satu begitu saja", ["lapan dua satu"]),
        ("nama saya ehm anu Krsn dari Kapas", ["Krsn"]),
    ],
)
def test_what_is_begun_and_not_understood_is_asked_about(text: str, asked: list[str]) -> None:
    assert unclear(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "nama saya tidak usah disebut",
        "hubungi satu satu dua atau satu satu nol",
        "motor tiga orang, truk dua puluh ton, mobil lima puluh meter",
        "dua ribu dua puluh enam, seratus dua puluh ribu rupiah",
        "nomor antrean tiga empat lima, jalan rusak tiga ratus meter",
        "nomor pengaduan dua empat nol satu lima",
    ],
)
def test_nobody_is_asked_about_what_is_plain(text: str) -> None:
    assert (find_private(text), unclear(text)) == ([], [])


def test_few_places_of_the_labelled_messages_are_asked_about() -> None:
    asked = [text for message in [*WRITTEN, *FRESH, *HARD] if (text := unclear(message.text))]
    assert len(asked) <= 8, asked


def test_overlapping_spans_hide_all_that_any_covers() -> None:
    spans = merged([Span(0, 5, "name", "a", 0.6), Span(3, 9, "phone", "b", 0.9)])
    assert [(span.start, span.end, span.kind) for span in spans] == [(0, 9, "phone")]


def test_every_kind_has_a_label() -> None:
    assert set(LABELS) == set(KINDS)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_searched_and_spans_are_in_order(text: str) -> None:
    spans = find_private(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


DIGIT_LINE = "nol satu dua tiga empat lima enam tujuh delapan sembilan"
DIGIT_WORDS = dict(zip("0123456789", DIGIT_LINE.split(), strict=True))


@settings(deadline=None)
@given(st.text("0123456789", min_size=8, max_size=11))
def test_any_mobile_number_is_hidden_said_or_written(rest: str) -> None:
    number = f"08{rest}"
    said = " ".join(DIGIT_WORDS[digit] for digit in number)
    for text in (
        f"nomor saya {said} pak",
        f"nomor saya {number} pak",
        f"wa {number[:4]}-{number[4:8]}-{number[8:]} ya",
    ):
        hidden = redact(text)[0]
        assert not re.search(r"\d", hidden)
        assert DIGIT_WORDS[rest[0]] not in hidden.split()


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("Telepon saya di nomor nol, delapan satu dua tiga empat lima ram tujuh delapan.", "tujuh delapan"),
        ("telepon saya nol delapan satu dua tiga empat dalam tujuh delapan sembilan ya", "sembilan"),
    ],
)
def test_a_number_is_hidden_to_its_end_behind_a_misheard_word(said: str, hidden: str) -> None:
    assert hidden in said
    assert hidden not in redact(said)[0]


@pytest.mark.parametrize(
    "said",
    [
        "nomor saya nol delapan satu dua tiga empat lima. Ada dua puluh orang",
        "telepon saya nol delapan satu dua tiga empat lima untuk dua puluh orang",
    ],
)
def test_what_is_counted_behind_a_number_is_no_part_of_it(said: str) -> None:
    assert "dua puluh orang" in redact(said)[0]


def test_lokal_id_is_asked_and_its_sure_findings_are_kept() -> None:
    text = "NPWP 09.254.294.3-407.000"
    assert [match.type for match in detect_pii(text)] == ["NPWP"]
    assert kinds(text) == ["npwp"]


def test_the_fixtures_hold_enough_that_is_private_and_enough_that_is_not() -> None:
    clean = [message for message in WRITTEN if not message.private]
    assert len(WRITTEN) >= 200
    assert len(clean) >= 80
    assert Path(FIXTURES).is_dir()
