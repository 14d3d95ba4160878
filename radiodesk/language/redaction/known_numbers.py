"""What lokal-id finds: Indonesian identity, telephone and account numbers in clean writing, with its checks."""

from collections.abc import Iterator

from radiodesk.language.redaction.contacts import is_official
from radiodesk.language.redaction.spans import Span

_KINDS = {
    "NIK": "nik",
    "KK": "kk",
    "NPWP": "npwp",
    "PASSPORT": "passport",
    "SIM": "sim",
    "NIP": "id_number",
    "BPJS": "id_number",
    "NISN": "id_number",
    "AKTA": "id_number",
    "PHONE": "phone",
    "EMAIL": "email",
    "BANK_ACCOUNT": "bank_account",
    "CARD": "card",
    "PLATE": "plate",
    "GEO": "location",
    "BIRTH_DATE": "birth_date",
}
"""Its names and addresses are not taken: on the air they are mostly roads named after people."""

_SCORES = {"high": 0.95, "medium": 0.8}


def find_known(text: str) -> Iterator[Span]:
    """The findings of lokal-id that hold for messages of listeners."""
    # Late, as the library takes half a second to load.
    from lokal.samaran import detect_pii

    for match in detect_pii(text):
        kind = _KINDS.get(match.type)
        if kind and not (kind == "email" and is_official(match.value)):
            yield Span(match.start, match.end, kind, "lokal-id", _SCORES[match.confidence])
