"""What podcast programs and directories ask for beyond RSS 2.0: tags of the podcast namespace ("Podcasting 2.0") and of
iTunes.

Sources: https://github.com/Podcastindex-org/podcast-namespace (tags, JSON chapters 1.2, JSON transcripts) and Apple's
"A Podcaster's Guide to RSS".
"""

from base64 import b64encode
from dataclasses import dataclass
from uuid import UUID, uuid5
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from radiodesk.rooms.record.formats import OPUS, Links
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece

PODCAST = "https://podcastindex.org/namespace/1.0"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PREFIXES = {"podcast": PODCAST, "itunes": ITUNES}
"""Some programs know no others."""
GUID_NAMESPACE = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace of UUIDs that the specification gives for addresses of feeds."""

CATEGORY = "Government"
"""Of Apple's list, which other directories use too."""

TRANSCRIPTS = {"vtt": "text/vtt", "srt": "application/x-subrip", "json": "application/json"}
CHAPTERS = "application/json+chapters"


@dataclass(frozen=True, slots=True)
class Series:
    """What a feed says of the station: names, language, where it is (``latitude, longitude`` where known), and the
    e-mail address for questions, if there is one.
    """

    title: str
    operator: str
    language: str
    zone: ZoneInfo
    place: str
    point: tuple[float, float] | None = None
    contact: str = ""


def guid_of(feed: str) -> str:
    """The podcast's guid: of the address of its feed without scheme and closing slashes, a UUID of version 5."""
    return str(uuid5(GUID_NAMESPACE, feed.split("://", 1)[-1].rstrip("/")))


def describe_series(channel: ElementTree.Element, series: Series, links: Links) -> None:
    """What is said once of the whole podcast."""
    _add(channel, PODCAST, "guid", guid_of(links.feed(1)))
    _add(channel, PODCAST, "medium", "podcast")
    where = {"rel": "subject"}
    if series.point is not None:
        where["geo"] = "geo:{:.5f},{:.5f}".format(*series.point)
    _add(channel, PODCAST, "location", series.place, **where)
    _add(channel, ITUNES, "author", series.operator)
    if series.contact:
        # By this address directories ask whether a podcast is whose it says.
        owner = ElementTree.SubElement(channel, f"{{{ITUNES}}}owner")
        _add(owner, ITUNES, "name", series.operator)
        _add(owner, ITUNES, "email", series.contact)
    _add(channel, ITUNES, "category", text=CATEGORY)
    _add(channel, ITUNES, "explicit", "false")
    _add(channel, ITUNES, "type", "episodic")
    _add(channel, ITUNES, "image", href=links.artwork)
    image = ElementTree.SubElement(channel, "image")
    for name, value in (("url", links.artwork), ("title", series.title), ("link", links.site)):
        ElementTree.SubElement(image, name).text = value


def describe_episode(
    item: ElementTree.Element, broadcast: PublishedBroadcast, sound: PublishedPiece | None, series: Series, links: Links
) -> None:
    """What is said of one broadcast: its year is the season, its number in the ledger, which never changes, the
    episode.
    """
    season = str(broadcast.started_at.astimezone(series.zone).year)
    _add(item, PODCAST, "season", season)
    _add(item, ITUNES, "season", season)
    if number := broadcast.ledger_line.get("sequence"):
        _add(item, PODCAST, "episode", str(number))
        _add(item, ITUNES, "episode", str(number))
    _add(item, ITUNES, "episodeType", "full")
    _add(item, ITUNES, "explicit", "false")
    for name in broadcast.hosts:
        _add(item, PODCAST, "person", name, role="host", group="cast")
    if sound is None:
        return
    _add(item, ITUNES, "duration", str(round(sound.duration)))
    if sound.opus_key:
        _describe_opus(item, broadcast, sound, links)
    # The words with their times, most of a record's bytes, are not loaded for a feed; the text is made of them.
    if sound.text:
        for kind, media_type in TRANSCRIPTS.items():
            address = links.captions(broadcast, sound, kind)
            _add(item, PODCAST, "transcript", url=address, type=media_type, language=series.language, rel="captions")
    if sound.details.get("chapters"):
        _add(item, PODCAST, "chapters", url=links.chapters(broadcast, sound), type=CHAPTERS)


def _describe_opus(
    item: ElementTree.Element, broadcast: PublishedBroadcast, sound: PublishedPiece, links: Links
) -> None:
    """The same sound in fewer bytes, with the digest as "Subresource Integrity" has it."""
    length = str(sound.opus_bytes)
    bits = str(round((sound.opus_bytes or 0) * 8 / (sound.duration or 1)))
    told = {"type": OPUS, "codecs": "opus", "length": length, "bitrate": bits, "title": "Opus"}
    other = ElementTree.SubElement(item, f"{{{PODCAST}}}alternateEnclosure", told)
    _add(other, PODCAST, "source", uri=links.opus(broadcast, sound))
    digest = b64encode(bytes.fromhex(sound.opus_sha256 or "")).decode()
    _add(other, PODCAST, "integrity", type="sri", value=f"sha256-{digest}")


def _add(parent: ElementTree.Element, namespace: str, tag: str, said: str | None = None, /, **attributes: str) -> None:
    ElementTree.SubElement(parent, f"{{{namespace}}}{tag}", attributes).text = said
