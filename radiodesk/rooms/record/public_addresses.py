"""Absolute addresses of the public site, and what it says of the station, for files that leave it."""

from typing import Any

from flask import url_for

from radiodesk.http.request import station
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.record.formats import Links
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.podcast_tags import Series

CAPTION_PAGES = {"vtt": "site.captions", "srt": "site.subtitles", "json": "site.transcript"}


def address_of(endpoint: str, **values: Any) -> str:
    """The absolute address of a page or file."""
    return station().settings.public_address + url_for(endpoint, **values)


def links(feed: str = "home") -> Links:
    """Addresses as feeds and files name them; ``feed`` is the endpoint whose pages are numbered."""

    def piece_page(endpoint: str, broadcast: PublishedBroadcast, piece: PublishedPiece) -> str:
        return address_of(endpoint, public_id=broadcast.public_id, position=piece.position)

    return Links(
        site=address_of("home"),
        artwork=address_of("static", filename="img/podcast.png"),
        feed=lambda page: address_of(feed, **({"hal": page} if page > 1 else {})),
        broadcast=lambda one: address_of("site.broadcast", public_id=one.public_id),
        sound=lambda one, piece: piece_page("site.sound", one, piece),
        opus=lambda one, piece: piece_page("site.opus", one, piece),
        captions=lambda one, piece, kind: piece_page(CAPTION_PAGES[kind], one, piece),
        chapters=lambda one, piece: piece_page("site.chapters", one, piece),
    )


def series() -> Series:
    """What the podcast says of the station; its place is the seat of the area."""
    own = station().settings
    area = area_pack(own.area)
    seat = area.place_by_id.get(area.seat)
    point = (seat.latitude, seat.longitude) if seat is not None else (None, None)
    return Series(
        title=own.station,
        operator=own.operator,
        language=own.language,
        zone=own.zone,
        place=area.name,
        point=None if point[0] is None or point[1] is None else (point[0], point[1]),
        contact=own.contact_email,
    )
