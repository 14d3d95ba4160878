"""The register of what was taken out: kinds, places and grounds, read out of what is public."""

from radiodesk.rooms.record.models import PieceKind, PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.removal_register import GROUNDS, PERSONAL, ground_of, register_as_csv, register_of


def a_broadcast() -> PublishedBroadcast:
    """A programme with two masks, a script with one, and parts of which no place is told."""
    shown = PublishedBroadcast(public_id="s-1", title="Pagi", removed={"phone": 2, "name": 1, "closed": 1, "dump": 1})
    words = [
        {"start": 1.0, "end": 1.5, "word": "hubungi"},
        {"start": 1.5, "end": 4.0, "word": "[nomor telepon],"},
        {"start": 9.0, "end": 9.5, "word": "[nama]"},
        {"start": 10.0, "end": 10.5, "word": "[catatan"},
    ]
    segments = [{"start": 0.0, "end": 11.0, "text": "…", "words": words}]
    programme = PublishedPiece(position=1, kind=PieceKind.PROGRAMME, title="", text="…", segments=segments)
    script = PublishedPiece(position=2, kind=PieceKind.SCRIPT, title="Buletin", segments=[])
    script.text = "Laporkan ke [nomor telepon] atau [bukan sandi]."
    shown.pieces = [programme, script]
    return shown


def test_each_mask_has_its_part_and_second_and_the_rest_has_no_place() -> None:
    found = register_of(a_broadcast(), "id")
    told = [(one.kind, one.piece.position if one.piece else None, one.second) for one in found]
    assert told == [
        ("phone", 1, 1.5),
        ("name", 1, 9.0),
        ("phone", 2, None),
        ("closed", None, None),
        ("dump", None, None),
    ]


def test_every_kind_has_a_ground() -> None:
    assert ground_of("phone") == ground_of("nik") == PERSONAL
    assert ground_of("closed") == GROUNDS["closed"]
    rows = register_as_csv(a_broadcast(), "id").splitlines()
    assert rows[0] == "part,second,kind,ground"
    assert len(rows) == 6
    assert "UU 27/2022" in rows[1] and "Pasal 17 huruf a" in rows[4]
