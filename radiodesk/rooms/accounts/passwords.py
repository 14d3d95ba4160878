"""Passwords: which ones are accepted, and their hashes (Argon2id).

Hashing and checking take a quarter of a second on purpose, so both are done before a transaction begins to write. What
is refused follows NIST SP 800-63B: common passwords, repeated characters, sequences, and what is easily guessed of
this person and this station. No mix of capitals and signs is required.
"""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from radiodesk.core.errors import Unreadable

SHORTEST = 10
LONGEST = 500
FEWEST_DIFFERENT = 5
OWN = 5
"""Signs that must be left of a password when everything that is easy to guess was taken out."""

_hasher = PasswordHasher()
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6y7u8i9o0p",
)
_RUN = 4
_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
# Checked when a name is unknown, so that the time taken does not tell which names exist.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$CQfLeGFeKTVQYWqsk+9wkCcJvWNXVZwEwFOfQRNjOzE"


def hashed(password: str, about: Collection[str] = ()) -> str:
    """What is stored of a new password; raises ``Unreadable`` when it is short or easy to guess.

    ``about`` are the words of this person and this station that others would try.
    """
    if len(password) < SHORTEST:
        raise Unreadable("The password is too short: at least %(least)s characters.", least=SHORTEST).of("password")
    if len(password) > LONGEST:
        raise Unreadable("The password is too long: at most %(most)s characters.", most=LONGEST).of("password")
    if is_guessable(password, about):
        raise Unreadable(
            "This password is easy to guess. Take three or four words that have nothing to do with you."
        ).of("password")
    return _hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether a password is right; takes as long where nothing is stored."""
    try:
        return _hasher.verify(stored or _NOBODY, password[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_guessable(password: str, about: Collection[str] = ()) -> bool:
    """Whether little is left once common words, runs, repetitions and what belongs to the person are taken out."""
    if len(set(password.casefold())) < FEWEST_DIFFERENT:
        return True
    easy = {*_common(), *_parts(about)}
    plain = re.sub(r"[\W_]+", "", password.casefold())
    return any(_left(way, easy) < OWN for way in {plain, _letters_for_digits(plain)})


def _letters_for_digits(text: str) -> str:
    """Inside of words, digits that look like letters; a number behind them stays one."""
    words = re.match(r"(.*?)(\d*)$", text)
    return words[1].translate(_LOOKALIKES) + words[2] if words else text


def _left(text: str, easy: Collection[str]) -> int:
    for word in sorted(easy, key=len, reverse=True):
        text = text.replace(word, " ")
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for size in range(len(row), _RUN - 1, -1):
            for start in range(len(row) - size + 1):
                text = text.replace(row[start : start + size], " ")
    text = re.sub(r"(.+?)\1+", r"\1", text)
    # A year, a date or any short number behind a word is the first thing that is tried.
    text = re.sub(r"\d{1,8}$", "", text.strip())
    return len(text.replace(" ", ""))


def _parts(about: Collection[str]) -> set[str]:
    words = {word for text in about for word in re.split(r"[\W_]+", text.casefold())}
    whole = {re.sub(r"[\W_]+", "", text.casefold()) for text in about}
    return {word for word in words | whole if len(word) > 2}


@cache
def _common() -> frozenset[str]:
    lines = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
