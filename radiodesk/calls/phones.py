"""Telephone numbers: one spelling for looking up, another for reading, and one that tells little."""

import re

import phonenumbers

from radiodesk.core.errors import Unreadable

_REGION = "ID"
_ALLOWED = re.compile(r"[\d\s+().\-/]+")
FEWEST_DIGITS = 3


class PhoneUnreadable(Unreadable):
    """What was given is no telephone number."""


def normalised(text: str) -> str:
    """The number as ``+628…``, or its digits alone where it is no full number; raises ``PhoneUnreadable``."""
    text = text.strip().removeprefix("tel:").removeprefix("whatsapp:")
    digits = re.sub(r"\D", "", text)
    if not _ALLOWED.fullmatch(text) or not FEWEST_DIGITS <= len(digits) <= 18:
        raise PhoneUnreadable(
            "%(text)s is not a telephone number. Type its digits, or leave the field empty.", text=text
        )
    if digits.startswith("62") and len(digits) >= 10 and not text.startswith("+"):
        text = f"+{digits}"
    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        return digits
    if not phonenumbers.is_possible_number(number):
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable(number: str) -> str:
    """As it is written here: ``0812-3456-7890``; what is no full number stays as it is."""
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
