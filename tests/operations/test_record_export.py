"""The exported record: whole without a server, taken over where nothing changed, never mixed, the same each time."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.static_export import broadcast_pool, record_export, static_search
from radiodesk.operations.static_export.page_links import with_links
from radiodesk.operations.static_export.record_export import export
from radiodesk.operations.static_export.whole_folders import FolderNotOurs
from radiodesk.rooms.record.models import PublishedBroadcast
from radiodesk.rooms.record.public_sound import public_copies
from tests.factories.filled import published

SOUND = b"ID3" + bytes(4000)
MANY = 21


@pytest.fixture
def filled(station: Station, settings: Settings, now: datetime) -> Station:
    """Broadcasts enough for a second page of the list; one is too long for one page."""
    with station.database.writing() as tx:
        for number in range(1, MANY + 1):
            row = published(number, now, pieces=1 if number < MANY else 2)
            for piece in row.pieces:
                for key in (piece.audio_key, piece.opus_key):
                    assert key
                    public_copies(settings).object(key).put_through(SOUND)
            tx.add(row)
        long = row.pieces[0]
        text = "kata yang diucapkan " * 40
        long.segments = [{"start": 0.0, "end": 9.0, "speaker": None, "text": text, "words": []}] * 90
    return station


def files(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def newest(session: Session) -> PublishedBroadcast:
    return session.scalars(select(PublishedBroadcast).order_by(PublishedBroadcast.started_at.desc())).first()  # type: ignore[return-value]


class Links(HTMLParser):
    """What a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.forms: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append(given.get("id") or "")
        if tag == "a":
            assert "href" in given, attrs
        self.found += [value for name in ("href", "src", "action") if (value := given.get(name))]


def pages(folder: Path) -> Iterator[tuple[Path, Links]]:
    for path in folder.rglob("*.html"):
        links = Links()
        links.feed(path.read_text(encoding="utf-8"))
        yield path, links


def test_every_link_leads_to_a_file_that_is_there(filled: Station, tmp_path: Path) -> None:
    made = export(filled, tmp_path / "salinan")
    assert (made.broadcasts, made.rendered, made.missing) == (MANY, MANY, [])
    looked = 0
    for path, links in pages(tmp_path / "salinan"):
        assert set(links.forms) <= {"static-search"}
        for link in links.found:
            parts = urlsplit(link)
            if parts.scheme == "tel" or "/log/bukti/" in link:
                continue
            assert not parts.scheme and not parts.netloc and not link.startswith("/"), (path, link)
            target = path.parent / unquote(parts.path) if parts.path else path
            assert target.is_file(), (path, link)
            looked += 1
    assert looked > 1000
    names = files(tmp_path / "salinan")
    assert {
        "index.html",
        "en/index.html",
        "daftar-2.html",
        "umpan.rss",
        "data/siaran.json",
        "log/kunci",
    } <= names.keys()
    assert "Broadcasts" in names["en/index.html"].decode() and "Siaran" in names["index.html"].decode()
    assert any(name.endswith("-30.html") or "/bagian/1-" in name for name in names), "a long part has further pages"


def test_it_is_what_the_site_shows(filled: Station, public: object, tmp_path: Path) -> None:
    export(filled, tmp_path / "salinan")
    with filled.database.reading() as session:
        one = newest(session).public_id
    client = public.test_client()  # type: ignore[attr-defined]
    sounds = ("suara/1.mp3", "suara/1.opus")
    for name in ("siaran.txt", "siaran.json", "siaran.jsonld", "bagian/1.vtt", *sounds, "dikecualikan.csv"):
        with client.get(f"/siaran/{one}/{name}") as answer:
            assert (tmp_path / "salinan/siaran" / one / name).read_bytes() == answer.data, name
    for name in ("umpan.rss", "data/siaran.csv"):
        assert (tmp_path / "salinan" / name).read_bytes() == client.get(f"/{name}").data


def test_two_exports_are_equal_also_from_another_process(filled: Station, settings: Settings, tmp_path: Path) -> None:
    export(filled, tmp_path / "satu")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RADIODESK")}
    if settings.database_url is not None:
        kept["RADIODESK_DATABASE_URL"] = settings.database
    environment = kept | {"RADIODESK_DATA": str(settings.data), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "radiodesk", "record", "export"]
    for _ in range(2):
        ran = subprocess.run([*command, "dua"], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
    assert f"{MANY} siaran" in ran.stdout and " 0 " in ran.stdout, ran.stdout
    one, two = files(tmp_path / "satu"), files(tmp_path / "dua")
    # The settings of the test are not those of the process, which the state tells apart.
    del one["ekspor.json"], two["ekspor.json"]
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_only_what_changed_is_made_again_and_what_was_withdrawn_is_gone(
    filled: Station, database: Database, now: datetime, tmp_path: Path
) -> None:
    folder = tmp_path / "salinan"
    export(filled, folder)
    assert export(filled, folder).rendered == 0
    with database.writing() as tx:
        row = newest(tx)
        row.title, row.revision, row.changed_at = "Judul lain", 2, now
        changed = row.public_id
        gone = tx.scalars(select(PublishedBroadcast).where(PublishedBroadcast.title == "Siaran 2")).one()
        gone.withdrawn_at, gone.reason, withdrawn = now, "Uji", gone.public_id
        gone.pieces.clear()
    made = export(filled, folder)
    assert (made.broadcasts, made.rendered) == (MANY - 1, 1)
    assert "Judul lain" in (folder / "siaran" / changed / "index.html").read_text()
    held = files(folder)
    assert [name for name, body in held.items() if withdrawn in name or withdrawn.encode() in body] == []
    export(filled, tmp_path / "segar")
    assert held == files(tmp_path / "segar"), "what was taken over is what would be made"
    # A file that somebody took away comes back.
    (folder / "siaran" / changed / "siaran.txt").unlink()
    assert export(filled, folder).rendered == 1
    assert held == files(folder)


def test_the_sums_are_those_of_sha256sum(filled: Station, tmp_path: Path) -> None:
    export(filled, tmp_path / "salinan")
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "sha256sum.txt"], cwd=tmp_path / "salinan", check=True
    )
    told = {line[66:] for line in (tmp_path / "salinan/sha256sum.txt").read_text().splitlines()}
    assert told == files(tmp_path / "salinan").keys() - {"sha256sum.txt", "ekspor.json"}


def test_what_breaks_off_leaves_the_former_export_whole(
    filled: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "keluar" / "salinan"
    export(filled, folder)
    before = files(folder)

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(record_export._Export, "_of_all", broken)
    with pytest.raises(KeyboardInterrupt):
        export(filled, folder, anew=True)
    assert files(folder) == before
    assert [one.name for one in folder.parent.iterdir()] == ["salinan"]


def test_a_record_that_changes_meanwhile_is_exported_as_it_is_then(
    filled: Station, database: Database, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_all = record_export._Export._of_all
    changed: list[bool] = []

    def publishing(run: record_export._Export, count: int) -> Iterator[str]:
        if not changed:
            changed.append(True)
            with database.writing() as tx:
                tx.add(published(MANY + 1, now))
        return of_all(run, count)

    monkeypatch.setattr(record_export._Export, "_of_all", publishing)
    made = export(filled, tmp_path / "salinan")
    assert made.broadcasts == MANY + 1
    # The sound of the new one is not in the store: that is told, and stops nothing.
    assert len(made.missing) == 4


def test_other_peoples_files_are_left_alone(filled: Station, tmp_path: Path) -> None:
    (tmp_path / "foto").mkdir()
    (tmp_path / "foto" / "liburan.jpg").write_bytes(b"x")
    with pytest.raises(FolderNotOurs):
        export(filled, tmp_path / "foto")
    assert (tmp_path / "foto" / "liburan.jpg").read_bytes() == b"x"
    (tmp_path / "berkas").write_text("x")
    with pytest.raises(FolderNotOurs):
        export(filled, tmp_path / "berkas")


def test_without_the_engine_everything_but_the_search_is_there(
    filled: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_search, "is_there", lambda: False)
    assert not export(filled, tmp_path / "salinan").searchable
    assert "static-search" not in (tmp_path / "salinan/index.html").read_text()
    assert not (tmp_path / "salinan/cari").exists()


def test_a_page_is_the_same_but_for_its_links() -> None:
    page = (
        '<!doctype html>\n<!-- x --><p title="a &amp; b">&copy; &#39; <br/>'
        '<a class="x" href="/siaran/1?a=1&amp;b=2#t=3">'
        '</a><img src="/x.png" alt=""><input disabled><script>if (a < b) "/x"</script><a href="https://a/">'
    )
    seen: list[str] = []

    def found(link: str) -> str | None:
        seen.append(link)
        return "../y" if "siaran" in link else None

    written = with_links(page, found)
    assert seen == ["/siaran/1?a=1&b=2", "/x.png"]
    assert written == page.replace("/siaran/1?a=1&amp;b=2#t=3", "../y#t=3").replace(' src="/x.png"', "")


def test_several_processes_write_the_same(filled: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(filled, tmp_path / "satu")
    monkeypatch.setattr(broadcast_pool, "FEW", MANY // 2)
    told: list[float] = []
    made = export(filled, tmp_path / "banyak", tell=lambda done, of: told.append(done / of))
    assert made.rendered == MANY and told == sorted(told)
    assert files(tmp_path / "satu") == files(tmp_path / "banyak")


def test_sums_name_what_was_written(filled: Station, tmp_path: Path) -> None:
    made = export(filled, tmp_path / "salinan")
    assert made.sums["umpan.rss"] == hashlib.sha256((tmp_path / "salinan/umpan.rss").read_bytes()).hexdigest()
