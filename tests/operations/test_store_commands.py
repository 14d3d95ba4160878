"""``radiodesk store`` and ``radiodesk verify --store``: what lies where, and the way from one store to another."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from radiodesk.__main__ import cli
from radiodesk.core.errors import Refusal
from radiodesk.core.processes import take_part
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf, store_of, waiting_of
from radiodesk.core.stores.ports import NoSuchObject, StoreUnavailable
from radiodesk.operations.store_cli import StationRunning
from radiodesk.operations.store_transfer import SHELVES, NotTheSame, copy_shelves
from radiodesk.operations.wiring import running
from radiodesk.rooms.archive.bag_writer import Item, write_bag
from tests.factories.s3_server import Line

DOCS = Path(__file__).parents[2] / "docs" / "stores.md"
OBJECTS = {
    "audio/2026/11/24/a/caller.flac": b"suara" * 1000,
    "audio/2026/11/24/a/log.json": b"{}",
    "attachments/2026/11/24/b.png": b"gambar",
    "archive/ledger.jsonl": b"{}\n",
    "archive/paket/data/é.flac": b"x" * 300_000,
    "public/siaran/1/01.mp3": b"",
}


@pytest.fixture
def station(settings: Settings, s3_line: Line, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A station with a folder and a bucket, as its settings file has it."""
    said = [f'{name} = "{value.get_secret_value()}"' for name, value in s3_line.options().items()]
    (settings.data / "radiodesk.toml").write_text("\n".join(["[stores.s3]", *said]), encoding="utf-8")
    monkeypatch.setenv("RADIODESK_DATA", str(settings.data))
    return settings.model_copy(update={"stores": {"s3": s3_line.options()}})


@pytest.fixture
def filled(station: Settings) -> Settings:
    for key, data in OBJECTS.items():
        name, _, rest = key.partition("/")
        shelf(station, name).object(rest).put(data)
    return station


def run(*arguments: str, store: str = "folder") -> Result:
    return CliRunner().invoke(cli, list(arguments), env={"RADIODESK_STORE": store})


def test_every_shelf_of_the_docs_is_moved() -> None:
    table = DOCS.read_text(encoding="utf-8").split("| shelf | key | room |")[1].split("\n\n")[0]
    assert {line.split("`")[1] for line in table.splitlines() if "`" in line} == set(SHELVES)


def test_a_station_moves_to_the_bucket_and_back(filled: Settings, s3_line: Line) -> None:
    told = run("store", "move", "s3")
    assert told.exit_code == 0, told.output
    assert "audio: 2 objek" in told.output
    assert "s3" in told.output.splitlines()[-1]
    assert s3_line.held() == OBJECTS
    # Again: all of it is proven, and nothing is put.
    s3_line.asked.clear()
    assert "Terbukti sebelumnya: 2" in run("store", "move", "s3", "--remove").output
    assert {method for method, _, _ in s3_line.asked} <= {"HEAD", "GET"}
    assert [one for name in SHELVES for one in shelf(filled, name).list()] == []
    there = run("store", "check", "--read", store="s3")
    assert there.exit_code == 0
    assert "archive: 2 objek" in there.output
    # And back.
    assert run("store", "move", "folder", "--remove", store="s3").exit_code == 0
    assert s3_line.held() == {}
    back = {
        f"{name}/{one.key}": shelf(filled, name).object(one.key).read_bytes()
        for name in SHELVES
        for one in shelf(filled, name).list()
    }
    assert back == OBJECTS


def test_a_move_that_was_cut_short_goes_on_where_it_was(filled: Settings, s3_line: Line) -> None:
    class Stopped(Exception):
        pass

    def stop(done: float, _total: float) -> None:
        if done > 100_000:
            raise Stopped

    with pytest.raises(Stopped):
        list(copy_shelves(filled, "s3", stop))
    already = {path for method, path, _ in s3_line.asked if method == "PUT"}
    assert 0 < len(already) < len(OBJECTS)
    s3_line.asked.clear()
    done = list(copy_shelves(filled, "s3", lambda _done, _total: None))
    assert sum(one.before for one in done) >= len(already) - 1
    assert already.isdisjoint({path for method, path, _ in s3_line.asked if method == "PUT"})
    assert s3_line.held() == OBJECTS


def test_what_changed_since_it_was_proven_is_copied_anew(filled: Settings, s3_line: Line) -> None:
    list(copy_shelves(filled, "s3", lambda _done, _total: None))
    shelf(filled, "archive").object("ledger.jsonl").put(b"{}\n{}\n")
    [changed] = [one for one in copy_shelves(filled, "s3", lambda _done, _total: None) if one.before < one.objects]
    assert (changed.shelf, changed.objects, changed.before) == ("archive", 2, 1)
    assert s3_line.held()["archive/ledger.jsonl"] == b"{}\n{}\n"


def test_a_store_that_gives_back_something_else_stops_the_move(filled: Settings, s3_line: Line) -> None:
    s3_line.spoils = s3_line.forgets = True
    with pytest.raises(NotTheSame, match="gives other bytes"):
        list(copy_shelves(filled, "s3", lambda _done, _total: None))
    s3_line.heal()
    s3_line.away = True
    with pytest.raises(StoreUnavailable):
        list(copy_shelves(filled, "s3", lambda _done, _total: None))
    assert waiting_of(filled.model_copy(update={"store": "s3"})) is None
    s3_line.heal()
    s3_line.forgets = False
    assert run("store", "move", "s3").exit_code == 0
    assert s3_line.held() == OBJECTS


def test_objects_of_somebody_else_in_the_new_store_are_told_and_nothing_is_removed(
    filled: Settings, s3_line: Line
) -> None:
    shelf(filled.model_copy(update={"store": "s3"}), "audio").object("lain").put(b"x")
    told = run("store", "move", "s3", "--remove")
    assert isinstance(told.exception, Refusal)
    assert told.exception.facts["count"] == 1
    assert shelf(filled, "archive").object("ledger.jsonl").is_there()


def test_a_running_station_is_copied_ahead_alone(filled: Settings, s3_line: Line) -> None:
    take_part(running(filled))
    told = run("store", "move", "s3")
    assert isinstance(told.exception, StationRunning)
    assert told.exception.exit_code == 4
    assert s3_line.held() == {}
    assert run("store", "move", "s3", "--ahead").exit_code == 0
    assert s3_line.held() == OBJECTS


def test_what_waits_is_told_and_brought_up_by_command(station: Settings, s3_line: Line) -> None:
    at_s3 = station.model_copy(update={"store": "s3"})
    s3_line.away = True
    shelf(at_s3, "audio").object("a").put(b"suara")
    failed = run("store", "catch-up", store="s3")
    assert isinstance(failed.exception, StoreUnavailable)
    assert failed.exception.exit_code == 6
    s3_line.heal()
    s3_line.status, s3_line.only = 500, "PUT"
    assert "menunggu di mesin ini" in run("store", "check", store="s3").output
    s3_line.heal()
    assert "1 objek" in run("store", "catch-up", store="s3").output
    assert s3_line.held() == {"audio/a": b"suara"}
    assert isinstance(run("store", "catch-up").exception, Refusal)


def test_an_object_that_cannot_be_read_is_named(filled: Settings, s3_line: Line) -> None:
    assert run("store", "move", "s3").exit_code == 0
    kept = s3_line.folder / "audio/2026/11/24/a/caller.flac"
    told = kept.stat()
    kept.write_bytes(b"SUARA" * 1000)
    os.utime(kept, ns=(told.st_atime_ns, told.st_mtime_ns))
    found = run("store", "check", "--read", store="s3")
    assert found.exit_code == 1
    assert "caller.flac" in found.output
    assert run("store", "check", store="s3").exit_code == 0


def test_packages_are_verified_where_they_lie(station: Settings, s3_line: Line, tmp_path: Path) -> None:
    at_s3 = station.model_copy(update={"store": "s3"})
    with shelf(at_s3, "archive").drafts() as drafts:
        data = os.urandom(3_000_000)
        written = write_bag(drafts / "paket", [Item("suara/a.flac", data)], [("External-Identifier", "paket")])
        shelf(at_s3, "archive").put_folder("paket", written.path, last="tagmanifest-sha256.txt")
    assert run("verify", "--store", "paket", store="s3").output == "ok\n"
    whole = json.loads(run("verify", "--store", "--json", store="s3").output)
    assert (whole["ok"], whole["packages"][0]["bytes"]) == (True, 3_000_000)
    assert [path for path in station.work.rglob("*") if path.is_file()] == [], "nothing was copied"
    kept = s3_line.folder / "archive/paket/data/suara/a.flac"
    kept.write_bytes(hashlib.sha256(data).digest() * (3_000_000 // 32))
    wrong = run("verify", "--store", "paket", store="s3")
    assert (wrong.exit_code, "a.flac" in wrong.output) == (1, True)
    assert run("verify", "--store", "tidak-ada", store="s3").exit_code == 1
    assert run("verify").exit_code == 2


def test_the_folder_is_verified_with_its_links(station: Settings, tmp_path: Path) -> None:
    archive = shelf(station, "archive")
    with archive.drafts() as drafts:
        written = write_bag(drafts / "paket", [Item("a.txt", b"x")], [("External-Identifier", "paket")])
        archive.put_folder("paket", written.path, last="tagmanifest-sha256.txt")
    assert run("verify", "--store").output == "ok\n"
    (station.archive / "paket").chmod(0o755)
    (station.archive / "paket" / "lain").symlink_to("/etc/hostname")
    assert "lain" in run("verify", "--store", "paket").output


@pytest.mark.parametrize("ask", ["move s3", "check", "catch-up"])
def test_a_store_that_lacks_a_setting_is_named(station: Settings, ask: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (station.data / "radiodesk.toml").write_text('[stores.s3]\nbucket = "x"\n', encoding="utf-8")
    told = run("store", *ask.split(), store="folder" if ask == "move s3" else "s3")
    assert "access_key" in str(told.exception)


def test_what_is_deleted_while_it_is_copied_is_no_trouble(
    filled: Settings, s3_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = store_of(filled)
    real: Callable[..., object] = type(kept).stat

    def gone(self: object, key: str) -> object:
        if key.endswith("log.json"):
            raise NoSuchObject(key)
        return real(self, key)

    monkeypatch.setattr(type(kept), "stat", gone)
    list(copy_shelves(filled, "s3", lambda _done, _total: None))
    assert sorted(s3_line.held()) == sorted(OBJECTS.keys() - {"audio/2026/11/24/a/log.json"})
    assert isinstance(filled.stores["s3"]["bucket"], SecretStr)
