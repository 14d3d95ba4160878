"""Template filters: times as the station says them, lengths, sizes."""

from datetime import date, datetime, timedelta

from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal
from flask import Flask

from radiodesk.core import i18n, inputs
from radiodesk.http.request import station
from radiodesk.language.market_days import MARKET_DAY_NAMES, MarketDay, market_day


def clock(at: datetime | None) -> str:
    """Station time of day, ``06.45`` in Indonesian and ``06:45`` in English; empty for none."""
    if at is None:
        return ""
    return at.astimezone(station().settings.zone).strftime("%H.%M" if i18n.language.get() == "id" else "%H:%M")


def station_clock(text: str) -> str:
    """A time of day that is kept as ``06:45``, as ``clock`` writes it."""
    return text.replace(":", ".") if i18n.language.get() == "id" else text


def moment(at: datetime | str | None) -> str:
    """Date and station time with the zone's name, also of a moment that stands written in a ledger; empty for none."""
    if isinstance(at, str):
        at = inputs.moment(at)
    if at is None:
        return ""
    return f"{day(at)} {clock(at)} {station().settings.timezone_label}"


def day(at: datetime | None) -> str:
    """Date in station time, such as ``24 November 2026``; empty for none."""
    if at is None:
        return ""
    return format_date(at.astimezone(station().settings.zone), "d MMMM y", locale=i18n.language.get())


def weekday(number: int, width: str = "wide") -> str:
    """Name of a day of the week, 0 is Monday: ``Jumat``, or ``Jum`` where little room is."""
    return str(get_day_names("wide" if width == "wide" else "abbreviated", locale=i18n.language.get())[number])


def market_name(number: int) -> str:
    """Name of a day of the Javanese market week, 0 is Legi."""
    return MARKET_DAY_NAMES[MarketDay(number)]


def pasaran(at: date) -> str:
    """The Javanese market day of a date, or of a moment in station time: ``Kliwon``."""
    return MARKET_DAY_NAMES[market_day(_station_date(at))]


def full_day(at: date) -> str:
    """A date, or a moment in station time, with both its days: ``Jumat Kliwon, 4 Desember 2026``."""
    found = _station_date(at)
    return f"{weekday(found.weekday())} {pasaran(found)}, {plain_day(found)}"


def short_day(at: date) -> str:
    """A date without its year: ``4 Des``."""
    return format_date(_station_date(at), "d MMM", locale=i18n.language.get())


def plain_day(at: date) -> str:
    """A date, or a moment in station time: ``4 Desember 2026``."""
    return format_date(_station_date(at), "d MMMM y", locale=i18n.language.get())


def month_name(at: date) -> str:
    """The month of a date: ``Desember 2026``."""
    return format_date(_station_date(at), "MMMM y", locale=i18n.language.get())


def _station_date(at: date) -> date:
    return at.astimezone(station().settings.zone).date() if isinstance(at, datetime) else at


def iso(at: datetime | None) -> str:
    """For ``<time datetime>`` and scripts; empty for none."""
    return at.isoformat(timespec="seconds") if at else ""


def length(seconds: float | timedelta | None) -> str:
    """Minutes and seconds, ``1:05``; hours when there are any; empty for none."""
    if seconds is None:
        return ""
    whole = round(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def exact_length(seconds: float) -> str:
    """As ``length``, with tenths of a second: ``1:05.3``."""
    minutes, left = divmod(round(seconds * 10), 600)
    hours, minutes = divmod(minutes, 60)
    told = f"{left // 10:02}.{left % 10}"
    return f"{hours}:{minutes:02}:{told}" if hours else f"{minutes}:{told}"


def size(count: int | None) -> str:
    """Bytes as a person says them."""
    value = float(count or 0)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{tenths(value)} GB"


def tenths(value: float) -> str:
    """A number with one decimal: ``-16,0`` in Indonesian, ``-16.0`` in English."""
    return format_decimal(value, format="0.0", locale=i18n.language.get())


def register(app: Flask) -> None:
    """Make the filters known to an application's templates."""
    days = (day, weekday, market_name, pasaran, full_day, short_day, plain_day, month_name)
    for function in (clock, station_clock, moment, *days, iso, length, exact_length, size, tenths):
        app.add_template_filter(function)
