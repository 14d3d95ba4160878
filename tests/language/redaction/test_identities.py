"""What others tell of a caller of whom nothing is told: names as they were heard, digits in part, place and matter."""

from dataclasses import replace

import pytest

from radiodesk.language.redaction.identities import Identity, known_about

GUARDED = Identity(
    "Bu Suparmiyati Kartodiwiryo",
    "+6285712349876",
    guarded=True,
    place="Ngrandu",
    place_alone=True,
    topic="Dipukuli suami",
    digits=frozenset({"3522150101900001"}),
)


def found(text: str, who: Identity = GUARDED) -> list[str]:
    return [text[one.start : one.end] for one in known_about(text, who)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tadi suparmiyati bilang begitu", ["suparmiyati"]),
        ("tadi suparmiati bilang begitu", ["suparmiati"]),
        ("ibu supar miyati yang tadi", ["supar miyati"]),
        ("bu kartodiwirya dari tadi menangis", ["kartodiwirya"]),
        ("nomornya yang belakangnya sembilan delapan tujuh enam", ["sembilan delapan tujuh enam"]),
        ("ujungnya 9876 ya", ["9876"]),
        ("ktp nya tiga lima dua dua satu lima", ["tiga lima dua dua satu lima"]),
        ("penelepon yang dipukuli suami itu", ["dipukuli suami"]),
        ("yang dari ngrandu itu", ["ngrandu"]),
        ("pak polisi minta warga melapor ke polres terdekat", []),
        ("buletin pukul enam lewat tiga puluh, dua belas kendaraan", []),
    ],
)
def test_what_others_tell_is_found_as_it_is_said(text: str, told: list[str]) -> None:
    assert found(text) == told


def test_of_other_callers_only_name_and_number_are_looked_for() -> None:
    who = Identity("Bu Suparmiyati", "+6285712349876", place="Ngrandu", topic="Dipukuli suami")
    assert found("suparmiyati dari ngrandu, 0857 1234 9876, dipukuli suami, ujungnya 9876", who) == [
        "suparmiyati",
        "0857 1234 9876",
    ]


def test_a_place_tells_of_somebody_beside_something_else_that_does() -> None:
    who = replace(GUARDED, place_alone=False)
    assert found("macet di ngrandu", who) == []
    assert found("suparmiyati dari ngrandu", who) == ["suparmiyati", "ngrandu"]
