"""Search of the public record: the same words find the same broadcasts in the same order on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.rooms.record import full_text, search
from radiodesk.rooms.record.models import PublishedBroadcast
from tests.factories.filled import published

BODIES = {
    "judul": ("Lampu jalan Temayang", "Dua warga bertanya tentang pasar."),
    "sering": ("Siaran pagi", "Lampu padam. Lampu di pasar, lampu di jembatan, lampu di sekolah."),
    "sekali": ("Siaran siang", "Di antara banyak hal lain yang dibahas panjang lebar ada satu lampu. " + "Kata " * 60),
    "himbauan": ("Siaran sore", "Himbauan memakai helm untuk semua."),
    "café": ("Siaran malam", "Kecelakaan di depan Café Sumber, jalan 06.30-an, plat S-1234."),
}


@pytest.fixture
def record(database: Database, now: datetime) -> dict[str, str]:
    """Published broadcasts, each with one piece; their public ids by name."""
    ids = {}
    with database.writing() as session:
        for number, (name, (title, body)) in enumerate(BODIES.items()):
            shown = published(number, now - timedelta(days=number), pieces=1)
            shown.pieces[0].title, shown.pieces[0].text = title, body
            session.add(shown)
            session.flush()
            search.keep(session, shown.pieces[0])
            ids[name] = shown.public_id
    return ids


def found(session: Session, words: str) -> list[str]:
    return [hit.broadcast.public_id for hit in search.find(session, words).hits]


def names(session: Session, record: dict[str, str], words: str) -> list[str]:
    known = {identity: name for name, identity in record.items()}
    return [known[identity] for identity in found(session, words)]


def test_a_title_goes_before_words_and_much_before_little(database: Database, record: dict[str, str]) -> None:
    with database.reading() as session:
        assert names(session, record, "lampu") == ["judul", "sering", "sekali"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("imbauan helm", ["himbauan"]),
        ("himbauan", ["himbauan"]),
        ("temaya", ["judul"]),
        ("cafe", ["café"]),
        ("CAFÉ", ["café"]),
        ("06.30", ["café"]),
        ("s-1234", ["café"]),
        ("lampu karsinem", []),
        ("' OR 1=1 --", []),
        ("&|!():*", []),
    ],
)
def test_what_is_asked_for_is_found_however_it_is_written(
    database: Database, record: dict[str, str], words: str, expected: list[str]
) -> None:
    with database.reading() as session:
        assert names(session, record, words) == expected


def test_what_is_forgotten_or_withdrawn_is_found_no_more(
    database: Database, record: dict[str, str], now: datetime
) -> None:
    with database.writing() as session:
        rows = {row.public_id: row for row in session.query(PublishedBroadcast)}
        search.forget(session, [rows[record["judul"]].pieces[0].id])
        rows[record["sering"]].withdrawn_at = now
    with database.reading() as session:
        assert names(session, record, "lampu") == ["sekali"]


def test_the_words_around_the_place_are_shown(database: Database, record: dict[str, str]) -> None:
    with database.reading() as session:
        shown = {hit.broadcast.public_id: hit.words for hit in search.find(session, "lampu").hits}
    assert "ada satu lampu." in shown[record["sekali"]]
    assert shown[record["sekali"]].startswith("… ")
    assert shown[record["sekali"]].endswith(" …")


def test_what_is_kept_again_is_found_by_its_new_words_alone(database: Database, record: dict[str, str]) -> None:
    with database.writing() as session:
        row = next(row for row in session.query(PublishedBroadcast) if row.public_id == record["himbauan"])
        row.pieces[0].text = "Tentang banjir."
        search.keep(session, row.pieces[0])
    with database.reading() as session:
        assert names(session, record, "helm") == []
        assert names(session, record, "banjir") == ["himbauan"]


def test_however_many_fit_the_newest_are_looked_at_and_titles_go_first(
    database: Database, record: dict[str, str], now: datetime
) -> None:
    with database.writing() as session:
        for number in range(full_text.MOST // 2 + 10):
            shown = published(number, now + timedelta(days=1), pieces=2)
            for piece in shown.pieces:
                piece.title, piece.text, piece.audio_key = "Siaran", "Lampu dan jalan.", None
            session.add(shown)
            session.flush()
            for piece in shown.pieces:
                search.keep(session, piece)
    with database.reading() as session:
        found = search.find(session, "lampu")
        assert (found.total, found.more_than) == (full_text.MOST // 2 + 1, True)
        assert found.hits[0].broadcast.public_id == record["judul"]
        assert found.hits[1].broadcast.public_id not in record.values()
        assert search.find(session, "lampu jembatan").total == 1
        assert not search.find(session, "lampu jembatan").more_than


def test_one_letter_finds_itself_alone(database: Database, record: dict[str, str]) -> None:
    with database.reading() as session:
        assert names(session, record, "s") == ["café"]


def test_the_stretch_holds_the_rare_word_beside_the_common_ones() -> None:
    said = "di sini dan " * 2000 + "di Temayang ada lampu padam" + " lalu di sana" * 50
    assert "Temayang ada lampu" in search.around(said, [["di"], ["temayang"]])
    assert search.around("Kafé\u0301 dan café lain", [["cafe"]]) == "Kafé\u0301 dan café lain"
