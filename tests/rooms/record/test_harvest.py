"""OAI-PMH 2.0 as archives harvest by it: all records in both formats, page by page, and of withdrawn ones only that."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings, strategies
from sqlalchemy import select

from radiodesk.core.database import Database
from radiodesk.http.request import Station
from radiodesk.rooms.archive.catalogue_xml import DC, PBCORE
from radiodesk.rooms.record import harvest_queries, harvest_views
from radiodesk.rooms.record.harvest_answer import OAI
from radiodesk.rooms.record.harvest_arguments import Harvest, HarvestRefused
from radiodesk.rooms.record.models import PublishedBroadcast
from tests.factories.filled import published
from tests.web.test_pages import counted

PAGE = 3
TITLE = "Judul yang ditarik"


@pytest.fixture
def record(database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Seven broadcasts, the longest unchanged first; of two programmes, in two months. The third was withdrawn."""
    monkeypatch.setattr(harvest_views, "PAGE", PAGE)
    with database.writing() as tx:
        shows = [published(number, now) for number in range(7)]
        for number, show in enumerate(shows):
            show.changed_at = now + timedelta(days=number // 2, hours=number, microseconds=number + 1)
            show.programme = "Halo Polisi" if number % 2 else "Kabar Jalan: Bojonegoro"
            show.started_at -= timedelta(days=30 * (number % 2))
        shows[2].title, shows[2].pieces, shows[2].reason = TITLE, [], "Alasan yang rahasia"
        shows[2].withdrawn_at = shows[2].changed_at
        tx.add_all(shows)
        tx.flush()
        return [show.public_id for show in shows]


@pytest.fixture
def site(public: Flask) -> FlaskClient:
    return public.test_client()


def parsed(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)  # noqa: S314 - our own text


def asked(site: FlaskClient, **query: str) -> ElementTree.Element:
    answer = site.get("/oai", query_string={name.rstrip("_"): text for name, text in query.items()})
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    return parsed(answer.get_data())


def texts(root: ElementTree.Element, name: str, space: str = OAI) -> list[str | None]:
    return [one.text for one in root.iter(f"{{{space}}}{name}")]


def error_of(root: ElementTree.Element) -> str | None:
    found = root.find(f"{{{OAI}}}error")
    return None if found is None else found.get("code")


def identifiers(root: ElementTree.Element) -> list[str]:
    return [(text or "").rpartition(":")[2] for text in texts(root, "identifier")]


def all_pages(site: FlaskClient, verb: str, **query: str) -> Iterator[ElementTree.Element]:
    page = asked(site, verb=verb, **query)
    yield page
    while token := next(iter(texts(page, "resumptionToken")), None):
        page = asked(site, verb=verb, resumptionToken=token)
        yield page


def test_it_says_who_it_is(site: FlaskClient, record: list[str], station: Station, now: datetime) -> None:
    told = asked(site, verb="Identify")
    base = f"{station.settings.public_address}/oai"
    assert texts(told, "baseURL") == texts(told, "request") == [base]
    assert (texts(told, "deletedRecord"), texts(told, "protocolVersion")) == (["persistent"], ["2.0"])
    assert texts(told, "earliestDatestamp") == [f"{now:%Y-%m-%dT%H:%M:%SZ}"]
    assert texts(told, "adminEmail") == ["unset@127.0.0.1.invalid"]
    assert texts(asked(site, verb="ListMetadataFormats"), "metadataPrefix") == ["oai_dc", "pbcore"]


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_every_record_is_given_once_page_by_page(site: FlaskClient, record: list[str], verb: str) -> None:
    pages = list(all_pages(site, verb, metadataPrefix="oai_dc"))
    assert [len(identifiers(page)) for page in pages] == [3, 3, 1]
    assert [one for page in pages for one in identifiers(page)] == record
    tokens = [page.find(f".//{{{OAI}}}resumptionToken") for page in pages]
    assert [(one.get("cursor"), one.get("completeListSize")) for one in tokens if one is not None] == [
        ("0", "7"),
        ("3", "7"),
        ("6", "7"),
    ]
    assert tokens[-1] is not None and tokens[-1].text is None


def test_a_withdrawn_broadcast_is_a_deleted_header_and_nothing_else(site: FlaskClient, record: list[str]) -> None:
    for query in ({"verb": "ListRecords"}, {"verb": "GetRecord", "identifier": f"oai:127.0.0.1:{record[2]}"}):
        answer = site.get("/oai", query_string={**query, "metadataPrefix": "pbcore"})
        assert TITLE not in answer.text and "rahasia" not in answer.text
        found = [
            one for one in parsed(answer.get_data()).iter(f"{{{OAI}}}record") if record[2] in "".join(one.itertext())
        ]
        assert [[child.tag for child in one] for one in found] == [[f"{{{OAI}}}header"]]
        assert found[0][0].get("status") == "deleted"
    # Who harvests its programme alone learns of it, too.
    assert record[2] in identifiers(asked(site, verb="ListIdentifiers", metadataPrefix="oai_dc", set=specs(site)[1]))


def test_what_is_withdrawn_while_it_is_read_is_not_told(
    site: FlaskClient, record: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest_queries, "contents", lambda *_: {})
    page = asked(site, verb="ListRecords", metadataPrefix="oai_dc")
    assert [one.get("status") for one in page.iter(f"{{{OAI}}}header")] == ["deleted"] * PAGE


def specs(site: FlaskClient) -> list[str]:
    return [text or "" for text in texts(asked(site, verb="ListSets"), "setSpec")]


def test_a_programme_and_a_month_are_sets(site: FlaskClient, record: list[str]) -> None:
    halo, road, *months = specs(site)
    assert (halo[:-6], road[:-6]) == ("program-halo-polisi-", "program-kabar-jalan-bojonegoro-")
    assert months == ["bulan-2026-10", "bulan-2026-11"]
    assert texts(asked(site, verb="ListSets"), "setName")[:2] == ["Halo Polisi", "Kabar Jalan: Bojonegoro"]
    for spec, wanted in ((halo, record[1::2]), (road, record[0::2]), (months[0], record[1::2])):
        pages = list(all_pages(site, "ListRecords", metadataPrefix="oai_dc", set=spec))
        assert [one for page in pages for one in identifiers(page)] == wanted
        assert all(spec in texts(head, "setSpec") for page in pages for head in page.iter(f"{{{OAI}}}header"))
    for nothing in ("program-lain-000000", "bulan-2020-01", "bulan-9999-12", "bulan-0000-01", "lain:lagi"):
        assert error_of(asked(site, verb="ListRecords", metadataPrefix="oai_dc", set=nothing)) == "noRecordsMatch"


INTERVALS: list[tuple[dict[str, str], list[int]]] = [
    # Each changed some microseconds after a second, which belongs to what was asked for whole.
    ({"from": "2026-11-24T12:30:00Z", "until": "2026-11-24T12:30:00Z"}, [1]),
    ({"from": "2026-11-24T12:30:01Z", "until": "2026-11-25T13:30:00Z"}, [2]),
    ({"until": "2026-11-24"}, [0, 1]),
    ({"from": "2026-11-25", "until": "2026-11-26"}, [2, 3, 4, 5]),
    ({"from": "2026-11-27"}, [6]),
]


@pytest.mark.parametrize(("query", "wanted"), INTERVALS)
def test_from_and_until_take_days_and_seconds(
    site: FlaskClient, record: list[str], query: dict[str, str], wanted: list[int]
) -> None:
    pages = all_pages(
        site, "ListIdentifiers", metadataPrefix="oai_dc", **{f"{name}_": at for name, at in query.items()}
    )
    assert [one for page in pages for one in identifiers(page)] == [record[number] for number in wanted]


def test_what_changes_while_it_is_harvested_comes_again(
    site: FlaskClient, database: Database, record: list[str], now: datetime
) -> None:
    pages = all_pages(site, "ListRecords", metadataPrefix="oai_dc")
    found = identifiers(next(pages))
    for number, changed in ((0, record[1]), (1, record[5])):
        with database.writing() as tx:
            row = tx.scalars(select(PublishedBroadcast).where(PublishedBroadcast.public_id == changed)).one()
            row.changed_at = now + timedelta(days=9, hours=number)
    found += [one for page in pages for one in identifiers(page)]
    assert found == [*record[:5], record[6], record[1], record[5]]


def test_records_that_changed_at_the_same_moment_are_all_given(
    site: FlaskClient, database: Database, record: list[str], now: datetime
) -> None:
    with database.writing() as tx:
        for row in tx.scalars(select(PublishedBroadcast)):
            row.changed_at = now
    pages = list(all_pages(site, "ListIdentifiers", metadataPrefix="oai_dc"))
    assert sorted(one for page in pages for one in identifiers(page)) == sorted(record)
    assert len(pages) == 3


def test_a_record_says_what_its_page_says(site: FlaskClient, database: Database, record: list[str]) -> None:
    identifier = f"oai:127.0.0.1:{record[0]}"
    core = asked(site, verb="GetRecord", identifier=identifier, metadataPrefix="oai_dc")
    assert texts(core, "title", DC) == ["Siaran 0"]
    page = f"http://127.0.0.1:8081/siaran/{record[0]}"
    assert texts(core, "identifier", DC) == [page, f"urn:uuid:{record[0]}"]
    told = asked(site, verb="GetRecord", identifier=identifier, metadataPrefix="pbcore")
    assert texts(told, "pbcoreTitle", PBCORE) == ["Kabar Jalan: Bojonegoro", "Siaran 0"]
    places = [f"{page}/suara/{number}.{kind}" for number in (1, 2) for kind in ("mp3", "opus")]
    assert texts(told, "instantiationLocation", PBCORE) == places
    assert texts(told, "instantiationDuration", PBCORE) == ["00:01:00.000"] * 4
    assert texts(told, "instantiationDigital", PBCORE) == ["audio/mpeg", "audio/ogg"] * 2
    # Nothing of what was said.
    assert "padam" not in "".join(told.itertext())


ONE = f"oai:127.0.0.1:{'0' * 36}"
WRONG = [
    ("", "badVerb"),
    ("verb=", "badVerb"),
    ("verb=identify", "badVerb"),
    ("verb=Identify&verb=Identify", "badVerb"),
    ("verb=Identify&set=x", "badArgument"),
    ("verb=Identify&%00=x", "badArgument"),
    ("verb=ListRecords", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&lain=1", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai%20dc", "badArgument"),
    ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-24&until=2026-11-24T00:00:00Z", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-25&until=2026-11-24", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&until=2026-11-24T00:00:00%2B07:00", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&until=2026-11-24T00:00Z", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&until=2026-11-2%D9%A4", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&set=a::b", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2199-12-31", "noRecordsMatch"),
    ("verb=ListIdentifiers&metadataPrefix=oai_dc&until=1900-01-01", "noRecordsMatch"),
    ("verb=ListRecords&resumptionToken=x&metadataPrefix=oai_dc", "badArgument"),
    ("verb=ListRecords&resumptionToken=", "badResumptionToken"),
    ("verb=ListRecords&resumptionToken=WyJhIl0.x", "badResumptionToken"),
    ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
    ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
    (f"verb=GetRecord&metadataPrefix=oai_dc&identifier={ONE}", "idDoesNotExist"),
    ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:lain.example:x", "idDoesNotExist"),
    ("verb=GetRecord&metadataPrefix=oai_dc&identifier=%3Cx%3E", "badArgument"),
    (f"verb=ListMetadataFormats&identifier={ONE}", "idDoesNotExist"),
    (f"verb=ListMetadataFormats&identifier={'x' * 3000}", "badArgument"),
]


def test_what_is_wrong_is_named_as_the_protocol_has_it(site: FlaskClient, record: list[str]) -> None:
    form = "application/x-www-form-urlencoded"
    for query, code in WRONG:
        for answer in (site.get(f"/oai?{query}"), site.post("/oai", data=query, content_type=form)):
            assert answer.status_code == 200
            told = parsed(answer.get_data())
            assert error_of(told) == code, query
            request = told.find(f"{{{OAI}}}request")
            assert request is not None
            # Wrong arguments are not said again.
            assert bool(request.attrib) == (code not in {"badVerb", "badArgument"}), query


def test_a_token_goes_on_with_its_own_verb_alone(site: FlaskClient, record: list[str]) -> None:
    [token] = texts(asked(site, verb="ListRecords", metadataPrefix="oai_dc"), "resumptionToken")
    assert error_of(asked(site, verb="ListIdentifiers", resumptionToken=str(token))) == "badResumptionToken"
    for bad in (f"{token}x", str(token)[1:], str(token).swapcase()):
        assert error_of(asked(site, verb="ListRecords", resumptionToken=bad)) == "badResumptionToken"
    assert error_of(asked(site, verb="ListRecords", resumptionToken=str(token))) is None


def test_an_empty_record_has_no_sets_and_says_so(site: FlaskClient) -> None:
    assert error_of(asked(site, verb="ListSets")) == "noRecordsMatch"
    assert error_of(asked(site, verb="ListRecords", metadataPrefix="oai_dc")) == "noRecordsMatch"
    assert error_of(asked(site, verb="Identify")) is None


def test_control_characters_do_not_break_an_answer(site: FlaskClient, database: Database, record: list[str]) -> None:
    with database.writing() as tx:
        row = tx.scalars(select(PublishedBroadcast).where(PublishedBroadcast.public_id == record[0])).one()
        row.title, row.programme = "Lampu\x0b & <jalan>\ufffe", "\x01"
    for prefix in ("oai_dc", "pbcore"):
        assert "Lampu & <jalan>" in "".join(asked(site, verb="ListRecords", metadataPrefix=prefix).itertext())
    assert any(spec.startswith("program-x-") for spec in specs(site))


def test_a_page_asks_the_database_no_more_the_more_it_holds(
    site: FlaskClient, database: Database, record: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for verb, most in (("ListRecords", 4), ("ListIdentifiers", 2)):
        found = []
        for page in (2, 6):
            monkeypatch.setattr(harvest_views, "PAGE", page)
            with counted(database) as sent:
                assert len(identifiers(asked(site, verb=verb, metadataPrefix="pbcore"))) >= page
            found.append(len(sent))
        assert found[0] == found[1] <= most, verb


def test_a_post_takes_no_turn_to_write(site: FlaskClient, database: Database, record: list[str]) -> None:
    with database.writing() as tx:
        tx.scalars(select(PublishedBroadcast)).first()
        answer = site.post("/oai", data={"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"})
    assert error_of(parsed(answer.get_data())) is None


@given(strategies.lists(strategies.tuples(strategies.text(max_size=20), strategies.text(max_size=20)), max_size=5))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_whatever_is_given_is_understood_or_refused(arguments: list[tuple[str, str]]) -> None:
    for given_ in (arguments, [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), *arguments]):
        try:
            Harvest.of(given_)
        except HarvestRefused as refusal:
            assert refusal.code in {"badVerb", "badArgument"}


@pytest.fixture
def harvester(public: Flask, station: Station) -> Iterator[Callable[[str], Any]]:
    """Another implementation, asking this application by a method."""
    scythe = pytest.importorskip("oaipmh_scythe")
    http = pytest.importorskip("httpx2")
    opened = []

    def made(method: str) -> Any:
        client = scythe.Scythe(
            f"{station.settings.public_address}/oai", http_config=scythe.HTTPConfig(http_method=method)
        )
        client._client = http.Client(transport=http.WSGITransport(app=public))
        opened.append(client)
        return client

    yield made
    for client in opened:
        client.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_archive_harvests_it(
    harvester: Callable[[str], Any], record: list[str], station: Station, method: str
) -> None:
    archive = harvester(method)
    assert archive.identify().repositoryName == station.settings.station
    assert [one.metadataPrefix for one in archive.list_metadata_formats()] == ["oai_dc", "pbcore"]
    found = list(archive.list_records(metadata_prefix="oai_dc"))
    assert [one.header.identifier.rpartition(":")[2] for one in found] == record
    assert [one.deleted for one in found].index(True) == 2
    assert found[0].metadata["title"] == ["Siaran 0"]
    for part in archive.list_sets():
        inside = list(archive.list_records(metadata_prefix="pbcore", set_=part.setSpec))
        assert {one.header.identifier for one in inside} < {one.header.identifier for one in found}
        assert len(inside) in (3, 4)
    kept = list(archive.list_records(metadata_prefix="oai_dc", ignore_deleted=True))
    assert len(kept) == len(record) - 1
    one = archive.get_record(identifier=found[0].header.identifier, metadata_prefix="pbcore")
    assert one.header.identifier == found[0].header.identifier
    errors = pytest.importorskip("oaipmh_scythe.exceptions")
    with pytest.raises(errors.NoRecordsMatch):
        list(archive.list_identifiers(metadata_prefix="oai_dc", from_="2030-01-01"))
    with pytest.raises(errors.BadResumptionToken):
        list(archive.list_identifiers(resumption_token="x"))
