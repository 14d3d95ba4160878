"""What search engines, link previews and archives are told of the public record, and that nothing else is."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.record.models import PublishedBroadcast
from radiodesk.rooms.record.sitemap import MOST, NAMESPACE, as_sitemap
from tests.factories.filled import published

TITLE = 'Polisi & <Warga> "bicara"</script>'


@pytest.fixture
def site(public: Flask) -> FlaskClient:
    return public.test_client()


@pytest.fixture
def record(database: Database, now: datetime) -> list[str]:
    """Three broadcasts, the newest first, of which the last one was withdrawn; their public ids."""
    with database.writing() as tx:
        rows = [published(number, now) for number in (1, 2, 3)]
        rows[0].title, rows[0].hosts = TITLE, ["Aipda Uji"]
        rows[0].ledger_line = {**rows[0].ledger_line, "sequence": 7}
        [sound] = [one for one in rows[0].pieces if one.audio_key][:1] or [rows[0].pieces[0]]
        sound.audio_key, sound.audio_bytes, sound.audio_sha256, sound.duration = "uji/1/01.mp3", 9, "0" * 64, 90.0
        sound.details = {"chapters": [{"start": 0.0, "title": "Awal"}, {"start": 61.5, "title": "Buletin"}]}
        rows[2].withdrawn_at, rows[2].reason = now, "Diminta korban."
        tx.add_all(rows)
        tx.flush()
        return [row.public_id for row in rows]


def text(site: FlaskClient, path: str, status: int = 200) -> str:
    with site.get(path) as answer:
        assert answer.status_code == status, path
        return answer.get_data(as_text=True)


def tags(page: str) -> dict[str, str]:
    """What a page says of itself for link previews."""
    return dict(re.findall(r'<meta property="((?:og|article):[^"]+)" content="([^"]*)">', page))


def test_a_broadcast_is_a_radio_episode_with_its_sound(
    site: FlaskClient, settings: Settings, record: list[str]
) -> None:
    base = f"{settings.public_address}/siaran/{record[0]}"
    page = text(site, f"/siaran/{record[0]}")
    [linked] = re.findall(r'<link rel="alternate" type="application/ld\+json"\s+href="([^"]+)">', page)
    with site.get(linked) as answer:
        assert answer.mimetype == "application/ld+json"
        told: dict[str, Any] = json.loads(answer.get_data())
    assert (told["@context"], told["@type"], told["@id"]) == ("https://schema.org", "RadioEpisode", base)
    assert (told["name"], told["episodeNumber"]) == (TITLE, 7)
    assert told["partOfSeries"]["@type"] == "RadioSeries" and told["partOfSeries"]["name"]
    assert told["contributor"] == [{"@type": "Person", "name": "Aipda Uji"}]
    sound = told["audio"][0]
    assert (sound["@type"], sound["duration"], sound["encodingFormat"]) == ("AudioObject", "PT90S", "audio/mpeg")
    assert sound["contentUrl"].startswith(f"{base}/suara/")
    assert [(one["name"], one["startOffset"], one["endOffset"]) for one in sound["hasPart"]] == [
        ("Awal", 0, 62),
        ("Buletin", 62, 90),
    ]


def test_the_open_data_are_a_dataset_whose_files_are_there(
    site: FlaskClient, settings: Settings, record: list[str]
) -> None:
    for language in ("id", "en"):
        site.get(f"/bahasa/{language}")
        page = text(site, "/data")
        [block] = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
        told = json.loads(block)
        assert told["@type"] == "Dataset"
        assert told["name"].startswith({"id": "Data terbuka", "en": "Open data"}[language])
        # Shorter ones are refused by search engines for data.
        assert 50 < len(told["description"]) < 5000
        assert told["spatialCoverage"]["geo"]["latitude"] == -7.15079
        for one in told["distribution"]:
            with site.get(one["contentUrl"].removeprefix(settings.public_address)) as answer:
                assert (answer.status_code, answer.mimetype) == (200, one["encodingFormat"])


def test_a_link_to_a_broadcast_shows_what_it_leads_to(site: FlaskClient, settings: Settings, record: list[str]) -> None:
    base = settings.public_address
    told = tags(text(site, f"/siaran/{record[0]}"))
    assert told["og:title"] == "Polisi &amp; &lt;Warga&gt; &#34;bicara&#34;&lt;/script&gt;"
    assert (told["og:type"], told["og:url"]) == ("article", f"{base}/siaran/{record[0]}")
    assert told["og:audio"].startswith(f"{base}/siaran/{record[0]}/suara/") and told["og:description"]
    picture = told["og:image"].removeprefix(base)
    assert site.get(picture, buffered=True).mimetype == "image/png"
    for path, address in (("/", "/"), ("/data", "/data")):
        found = tags(text(site, path))
        assert found["og:url"] == base + address and found["og:description"]
        assert found["og:locale"] == "id_ID"
    # Found words and further pages of the list are no pages of their own.
    for path in ("/?cari=lampu", "/?hal=2"):
        page = text(site, path)
        assert not tags(page) and '<meta name="robots" content="noindex, follow">' in page


def test_the_sitemap_holds_what_is_public_and_nothing_that_was_withdrawn(
    site: FlaskClient, settings: Settings, database: Database, now: datetime, record: list[str]
) -> None:
    def told() -> dict[str, str | None]:
        root = ElementTree.fromstring(text(site, "/sitemap.xml"))  # noqa: S314 - our own text
        name = f"{{{NAMESPACE}}}"
        return {str(one.findtext(f"{name}loc")): one.findtext(f"{name}lastmod") for one in root}

    base = settings.public_address
    before = told()
    assert [one for one in before if "/siaran/" in one] == [f"{base}/siaran/{one}" for one in record[:2]]
    for address in before:
        assert site.get(address.removeprefix(base), buffered=True).status_code == 200, address
    at = now + timedelta(hours=1)
    with database.writing() as tx:
        rows = {one.public_id: one for one in tx.scalars(select(PublishedBroadcast))}
        rows[record[0]].changed_at = at
        rows[record[1]].withdrawn_at, rows[record[1]].changed_at = at, at
    after = told()
    assert after[f"{base}/siaran/{record[0]}"] == at.isoformat(timespec="seconds")
    assert f"{base}/siaran/{record[1]}" not in after
    assert f"Sitemap: {base}/sitemap.xml" in text(site, "/robots.txt").splitlines()
    assert tags(text(site, f"/siaran/{record[2]}", 410)) == {}
    assert site.get(f"/siaran/{record[2]}/siaran.jsonld").status_code == 404


def test_a_sitemap_holds_no_more_than_the_protocol_allows(now: datetime) -> None:
    many = ((f"http://127.0.0.1/siaran/{number}", now) for number in range(MOST + 7))
    root = ElementTree.fromstring("".join(as_sitemap(["http://127.0.0.1/?a&b"], many)))  # noqa: S314 - our own text
    assert len(root) == MOST
    assert root[0][0].text == "http://127.0.0.1/?a&b"
