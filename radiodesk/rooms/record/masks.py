"""What stands in a public text in place of what was taken out, and the names of the kinds for people.

The masks are part of the record, so they are in the station's language, whoever looks at the page.
"""

from radiodesk.core import i18n
from radiodesk.core.i18n import N_

KIND_NAMES = {
    "phone": N_("phone number"),
    "name": N_("name"),
    "address": N_("address"),
    "location": N_("location"),
    "plate": N_("licence plate"),
    "nik": N_("NIK"),
    "kk": N_("family card number"),
    "sim": N_("driving licence number"),
    "npwp": N_("tax number"),
    "passport": N_("passport number"),
    "id_number": N_("identity number"),
    "bank_account": N_("account number"),
    "card": N_("card number"),
    "email": N_("e-mail address"),
    "url": N_("web address"),
    "handle": N_("account name"),
    "birth_date": N_("date of birth"),
    "age": N_("age"),
    "school": N_("school"),
    "other": N_("private matter"),
    "dump": N_("dumped on air"),
    "protected": N_("protected caller"),
    "consent": N_("caller without a noted consent"),
    "closed": N_("a part that stays closed"),
    "voice": N_("voice disguised"),
    "unclear": N_("words not understood"),
    "piece": N_("recording left out"),
}
"""Message ids by kind: those of ``redaction.KINDS``, and what only people and the studio take out."""

CHOICES = ("name", "phone", "address", "plate", "nik", "other")
"""The kinds that a person picks from when adding a span."""


def kind_name(kind: str) -> str:
    """The message id of a kind."""
    return KIND_NAMES.get(kind, KIND_NAMES["other"])


def mask(kind: str, language: str) -> str:
    """``[nomor telepon]``."""
    with i18n.speaking(language):
        return f"[{i18n.gettext(kind_name(kind))}]"
