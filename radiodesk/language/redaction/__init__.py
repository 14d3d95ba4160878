"""Redaction of text: what must not become public, and the text without it.

Machines suggest, people decide: each span says what gave it away and how sure it is. Public places, roads, units,
times, kilometre posts, emergency numbers, ticket numbers and amounts stay.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from radiodesk.language.redaction.plain_text import plain
from radiodesk.language.redaction.spans import KINDS, Span, merged

__all__ = ["KINDS", "LABELS", "Span", "find_private", "redact"]

LABELS: Mapping[str, str] = {
    "phone": "nomor telepon",
    "nik": "NIK",
    "kk": "nomor KK",
    "plate": "pelat nomor",
    "sim": "nomor SIM",
    "npwp": "NPWP",
    "passport": "nomor paspor",
    "id_number": "nomor identitas",
    "bank_account": "nomor rekening",
    "card": "nomor kartu",
    "email": "surel",
    "url": "tautan",
    "handle": "akun",
    "address": "alamat",
    "location": "lokasi",
    "birth_date": "tanggal lahir",
    "age": "umur",
    "name": "nama",
    "school": "sekolah",
    "unclear": "tidak dipahami",
}
"""What stands in the place of each kind."""

_EMERGENCY = re.compile(r"\b1(?:10|12|13|15|17|18|19|29|68)\b")


def find_private(
    text: str, *, places: Collection[str] = (), keep_officials: bool = True, least: float = 0.5
) -> list[Span]:
    """What in ``text`` should not become public, in order, without overlaps, scored at least ``least``.

    ``places`` are place names in lower case (of the area pack) that are not people's; ``keep_officials`` leaves the
    names of officials in their role, unless the text accuses somebody.
    """
    # Late, with their many patterns: every page imports this package, and few pages look for anything.
    from radiodesk.language.redaction.contacts import find_contacts
    from radiodesk.language.redaction.known_numbers import find_known
    from radiodesk.language.redaction.misheard_plates import find_misheard
    from radiodesk.language.redaction.names import find_names
    from radiodesk.language.redaction.personal_details import find_personal
    from radiodesk.language.redaction.private_numbers import find_numbers
    from radiodesk.language.redaction.written_numbers import find_written

    read = plain(text)
    spans = [
        *find_known(read.text),
        *find_numbers(read.text),
        *find_misheard(read.text),
        *find_written(read.text),
        *find_contacts(read.text),
        *find_personal(read.text),
        *find_names(read.text, places=places, keep_officials=keep_officials),
    ]
    kept = (
        span for span in spans if span.score >= least and not _EMERGENCY.fullmatch(read.text[span.start : span.end])
    )
    return merged(read.original(kept))


def redact(
    text: str, spans: Sequence[Span] | None = None, *, labels: Mapping[str, str] = LABELS
) -> tuple[str, list[Span]]:
    """``text`` with each span replaced by its label in brackets, and the spans; they are looked for when not given."""
    chosen = merged(find_private(text) if spans is None else spans)
    parts: list[str] = []
    done = 0
    for span in chosen:
        parts += [text[done : span.start], f"[{labels.get(span.kind, span.kind)}]"]
        done = span.end
    return "".join([*parts, text[done:]]), chosen
