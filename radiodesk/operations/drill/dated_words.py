"""Words of a show that fit its day and hour: ``{hari}``, ``{tanggal}``, ``{kemarin}`` and ``{waktu}`` in its texts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

PARTS_OF_DAY = ((4, "malam"), (10, "pagi"), (15, "siang"), (18, "sore"), (24, "malam"))
"""Until which hour a greeting is said."""


def dated(text: str, start: datetime, zone: ZoneInfo) -> str:
    """``text`` with the weekday, the date, the day before and the part of the day at which the show begins."""
    local = start.astimezone(zone)
    part = next(name for until, name in PARTS_OF_DAY if local.hour < until)
    words = {
        "{hari}": format_date(local, "EEEE", locale="id"),
        "{tanggal}": format_date(local, "d MMMM y", locale="id"),
        "{kemarin}": format_date(local - timedelta(days=1), "EEEE, d MMMM y", locale="id"),
        "{waktu}": part,
    }
    for name, said in words.items():
        text = text.replace(name, said)
    return text
