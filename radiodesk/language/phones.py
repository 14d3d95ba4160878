"""Telephone numbers: one spelling for looking up, another for reading, and one that tells little."""

import re
import unicodedata

from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import N_
from radiodesk.core.text import mended

_REGION = "ID"
_ALLOWED = re.compile(r"[\d\s+().\-/]+", re.ASCII)
_SCHEME = re.compile(r"^(?:tel|sms|whatsapp):", re.IGNORECASE)
_INTERNATIONAL = re.compile(r"\+?(\d{7,15})", re.ASCII)
_ABROAD = ("00", "001", "007", "008", "017")
"""How a foreign number begins: for most of the world and its exchanges, then for Indonesia's own carriers. Both read
"0085291234567": as Hong Kong's by the first, as Mexico's by the last, which nobody meant."""
FEWEST_DIGITS = 3
_HOME = "+62"
_MOBILE, _AT_HOME = 9, 6
"""The fewest digits of a mobile number and of a subscriber without area code."""


class PhoneUnreadable(Unreadable):
    """What was given is no telephone number."""


def normalised(text: str, *, may_be_empty: bool = True) -> str:
    """The number as ``+628…``, or its digits alone where it is no full number; raises ``PhoneUnreadable``."""
    # Late here and below: the library brings what is known of the numbers of all countries.
    import phonenumbers

    plain = _SCHEME.sub("", _plain(text))
    digits = re.sub(r"\D", "", plain)
    if not _ALLOWED.fullmatch(plain) or not FEWEST_DIGITS <= len(digits) <= 18:
        message = (
            N_("%(text)s is not a telephone number. Type its digits, or leave the field empty.")
            if may_be_empty
            else N_("%(text)s is not a telephone number. Type its digits.")
        )
        raise PhoneUnreadable(message, text=mended(text).strip()).of("phone")
    if plain.startswith("+"):
        return _full(f"+{digits}") or f"+{digits}"
    if digits.startswith("62") and len(digits) >= 10:
        return _full(f"+{digits}") or digits
    if digits.startswith("0"):
        for prefix in _ABROAD:
            number = _full(f"+{digits.removeprefix(prefix)}") if digits.startswith(prefix) else None
            if number and phonenumbers.is_valid_number(phonenumbers.parse(number)):
                return number
    return _full(digits) or digits


def complete(text: str, *, may_be_empty: bool = True) -> str:
    """The number as ``+628…`` of somebody who can be called; raises ``PhoneUnreadable`` for one with digits missing.

    What a person types is checked so; what a line or a channel tells is kept as it comes. ``may_be_empty`` says whether
    the form can be sent without a number, for the refusal to say so.
    """
    number = normalised(text, may_be_empty=may_be_empty)
    home = number.removeprefix(_HOME)
    whole = number.startswith("+") and _full(number) is not None
    if number != home:
        # Behind the country's prefix: a mobile number with its nine digits and more, else the six of a house and more.
        mobile = home.startswith("8") and re.match(r"\s*\(?(?:\+?62[\s\-]?|0)8", _plain(text)) is not None
        whole = whole and not home.startswith("0") and len(home) >= (_MOBILE if mobile else _AT_HOME)
    if not whole:
        message = (
            N_(
                "%(text)s is too short or too long for a telephone number. Type all its digits, or leave the field "
                "empty."
            )
            if may_be_empty
            else N_("%(text)s is too short or too long for a telephone number. Type all its digits.")
        )
        raise PhoneUnreadable(message, text=mended(text).strip()).of("phone")
    return number


def is_readable(text: str) -> bool:
    """Whether ``normalised`` takes it."""
    try:
        normalised(text)
    except PhoneUnreadable:
        return False
    return True


def international(text: str) -> str | None:
    """A number of any country as channels write it, its plus left out (``85291234567``); ``None`` where it is none."""
    found = _INTERNATIONAL.fullmatch(_plain(text))
    return f"+{found[1]}" if found else None


def _plain(text: str) -> str:
    """Only the signs that a number is made of: special hyphens, blanks and digits as plain ones, marks left out."""
    signs = []
    for sign in unicodedata.normalize("NFKC", text):
        kind = unicodedata.category(sign)
        if kind == "Nd":
            signs.append(str(unicodedata.digit(sign)))
        elif kind == "Pd" or sign == "\N{MINUS SIGN}":
            signs.append("-")
        elif kind == "Zs":
            signs.append(" ")
        elif kind != "Cf":
            signs.append(sign)
    return "".join(signs).strip()


def _full(text: str) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable(number: str) -> str:
    """As it is written here: ``0812-3456-7890``; what is no full number stays as it is."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, _REGION)
    except phonenumbers.NumberParseException:
        return number
    home = parsed.country_code == phonenumbers.country_code_for_region(_REGION)
    kind = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, kind) if number.startswith("+") else number


def masked(number: str) -> str:
    """Enough to recognise it by, too little to call it: the first and the last three digits."""
    shown = readable(number)
    places = [index for index, sign in enumerate(shown) if sign.isdigit()]
    hidden = set(places[3:-3])
    return "".join("•" if index in hidden else sign for index, sign in enumerate(shown))
