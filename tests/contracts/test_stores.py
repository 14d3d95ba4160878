"""What every registered store must do, built in or plugged in: keep objects whole, give parts, refuse in words."""

import errno
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from pydantic import SecretStr

from radiodesk.core import i18n, stores
from radiodesk.core.draft_folders import draft_folder
from radiodesk.core.settings import Settings
from radiodesk.core.stores import BUILT_IN, registered_stores, shelf, store_of
from radiodesk.core.stores.ports import FileStore, KeyInvalid, NoSuchObject, StoreFull, StoreUnavailable, StoreUnknown
from radiodesk.core.stores.shelves import Shelf
from radiodesk.operations.doctor import CHECKS, Verdict
from tests.factories import memory_store
from tests.factories.memory_store import MemoryStore

OPTIONS: Mapping[str, Mapping[str, str]] = {"folder": {}, "s3": {}, memory_store.NAME: {"token": "rahasia"}}
"""What a store needs that is proved here; what others plugged in finds what it needs in ``RADIODESK_STORES``."""

NAMES = sorted({*registered_stores(), memory_store.NAME})
TEN = b"0123456789"
HOSTILE = [
    "",
    ".",
    "..",
    "/",
    "../kunci",
    "a/../../kunci",
    "a/..",
    "/etc/passwd",
    "a//b",
    "a/",
    "a/./b",
    "\0",
    "a\0b",
    "a\nb",
    "a\\b",
    "..\\kunci",
    ".tersembunyi",
    "a/.b",
    "\udcff",
    "x" * 201,
    "ä" * 101,
    "/".join(["abcdefghij"] * 70),
]


@pytest.fixture(params=NAMES)
def settings(request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a station with each of the stores."""
    memory_store.plug_in(monkeypatch)
    if request.param == "s3":
        options = request.getfixturevalue("s3_line").options()
    else:
        given = {name: SecretStr(value) for name, value in OPTIONS.get(request.param, {}).items()}
        options = given or settings.stores.get(request.param, {})
    return settings.model_copy(update={"store": request.param, "stores": {request.param: options}})


@pytest.fixture
def rak(settings: Settings) -> Shelf:
    try:
        return shelf(settings, "rak")
    except StoreUnknown as why:
        assert settings.store not in OPTIONS, why
        pytest.skip(f"{settings.store} needs settings")


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_every_store_that_ships_is_proved_here() -> None:
    assert BUILT_IN.keys() <= OPTIONS.keys() & set(NAMES)


def test_a_store_is_made_once_and_knows_its_name(settings: Settings, rak: Shelf) -> None:
    assert store_of(settings) is rak.store
    assert rak.store.name == settings.store


def test_what_is_put_is_given_as_it_is(rak: Shelf, tmp_path: Path) -> None:
    source = tmp_path / "suara.bin"
    source.write_bytes(os.urandom(3_000_000))
    found = rak.object("2026/11/24/suara.bin")
    found.put(source)
    assert source.is_file()
    told = found.stat()
    assert (told.key, told.size) == (found.key, 3_000_000)
    assert told.modified.utcoffset() == timedelta(0)
    assert told.sha256 in (None, hashlib.sha256(source.read_bytes()).hexdigest())
    assert found.read_bytes() == source.read_bytes()
    found.put(b"")
    assert (found.stat().size, found.read_bytes()) == (0, b"")


@pytest.mark.parametrize(
    ("first", "length", "part"),
    [
        (0, None, TEN),
        (0, 0, b""),
        (0, 10, TEN),
        (0, 4, b"0123"),
        (7, None, b"789"),
        (7, 2, b"78"),
        (7, 100, b"789"),
        (10, None, b""),
        (10, 5, b""),
        (50, 5, b""),
    ],
)
def test_a_part_of_an_object_is_read(rak: Shelf, first: int, length: int | None, part: bytes) -> None:
    found = rak.object("sepuluh")
    found.put(TEN)
    with found.open(first, length) as file:
        assert file.read() == part
    with found.open(first, length) as file:
        assert b"".join(iter(lambda: file.read(3), b"")) == part


@pytest.mark.parametrize(("first", "length"), [(-1, None), (0, -1)])
def test_bytes_before_an_object_are_none_of_it(rak: Shelf, first: int, length: int | None) -> None:
    with pytest.raises(ValueError, match="none of an object"):
        rak.object("sepuluh").open(first, length)


def test_what_is_not_there_is_told(rak: Shelf) -> None:
    rak.object("ada/satu").put(b"1")
    for key in ("tidak-ada", "ada", "ada/satu/lagi"):
        found = rak.object(key)
        asked: list[Callable[[], object]] = [found.stat, found.open, found.read_bytes, found.local().__enter__]
        for ask in asked:
            with pytest.raises(NoSuchObject, match=key):
                ask()
        assert not found.is_there()
    rak.object("tidak-ada").delete()


def test_what_was_deleted_is_gone(rak: Shelf) -> None:
    rak.object("a/b").put(b"1")
    rak.object("a/b").delete()
    assert not rak.object("a/b").is_there()
    assert list(rak.list()) == []


def test_a_list_holds_what_lies_below_a_prefix_in_order(settings: Settings, rak: Shelf) -> None:
    for number, key in enumerate(["b/2", "b/1", "b/1x/3", "ba/1", "a", "c/d/e/f"]):
        rak.object(key).put(b"x" * number)
    shelf(settings, "rak-lain").object("b/9").put(b"x")
    assert [one.key for one in rak.list()] == ["a", "b/1", "b/1x/3", "b/2", "ba/1", "c/d/e/f"]
    assert [(one.key, one.size) for one in rak.list("b")] == [("b/1", 1), ("b/1x/3", 2), ("b/2", 0)]
    assert [one.key for one in rak.list("c/d")] == ["c/d/e/f"]
    assert list(rak.list("tidak-ada")) == []


@pytest.mark.parametrize("key", HOSTILE)
def test_a_hostile_key_is_refused(settings: Settings, rak: Shelf, key: str) -> None:
    (settings.data / "kunci").write_bytes(b"rahasia")
    with pytest.raises(KeyInvalid) as why:
        rak.object(key)
    assert len(i18n.say(why.value)) < 200
    with pytest.raises(KeyInvalid):
        shelf(settings, key)
    with pytest.raises(KeyInvalid):
        rak.delete_below(key)
    if key:
        with pytest.raises(KeyInvalid):
            list(rak.list(key))


@given(st.text(st.sampled_from("ab./\\\0\n ~é%:…")) | st.text())
@trying(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_key_is_refused_or_stays_on_its_shelf(settings: Settings, rak: Shelf, key: str) -> None:
    try:
        found = rak.object(key)
    except KeyInvalid:
        return
    found.put(b"x")
    assert [one.key for one in rak.list()] == [key]
    if isinstance(rak.store, FileStore):
        assert rak.store.path(f"rak/{key}").resolve().is_relative_to((settings.data / "rak").resolve())
    found.delete()
    # The folders of one key stay, and would be in the way of a key that is called like one of them.
    shutil.rmtree(settings.data / "rak", ignore_errors=True)


def test_a_draft_becomes_the_object_when_it_ends_well(rak: Shelf) -> None:
    found = rak.object("a/b.flac")
    found.put(b"lama")
    with found.draft() as path:
        assert path.suffix == ".flac"
        path.write_bytes(b"baru")
        assert found.read_bytes() == b"lama"
        assert [one.key for one in rak.list()] == ["a/b.flac"]
    assert found.read_bytes() == b"baru"


def test_a_draft_that_breaks_off_leaves_nothing(settings: Settings, rak: Shelf) -> None:
    found = rak.object("a/b")
    for held in (None, b"lama"):
        if held is not None:
            found.put(held)
        before = files_of(settings.data)
        with pytest.raises(KeyboardInterrupt), found.draft() as path:
            path.write_bytes(b"setengah")
            raise KeyboardInterrupt
        assert files_of(settings.data) == before
        assert found.is_there() is (held is not None)
    assert found.read_bytes() == b"lama"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_block_that_finds_no_room_says_so_and_leaves_nothing(rak: Shelf, number: int) -> None:
    found = rak.object("a/b")
    with pytest.raises(StoreFull, match="a/b") as why, found.draft() as path:
        path.write_bytes(b"setengah")
        raise OSError(number, os.strerror(number))
    assert why.value.status == 507
    assert not found.is_there()
    with pytest.raises(OSError, match="other"), found.draft():
        raise OSError(errno.ECONNRESET, "other trouble than the store's")


def test_a_program_gets_a_path_and_no_copy_is_left(settings: Settings, rak: Shelf) -> None:
    found = rak.object("a/b.flac")
    found.put(TEN)
    with found.local() as path:
        assert (path.read_bytes(), path.suffix) == (TEN, ".flac")
    assert path.exists() is isinstance(rak.store, FileStore)
    assert files_of(settings.work) == []


def test_writers_of_one_key_leave_one_of_them_whole(rak: Shelf) -> None:
    found = rak.object("a/b")
    bodies = [bytes([number]) * 400_000 for number in range(8)]
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(found.put, bodies))
    assert found.read_bytes() in bodies
    assert [one.key for one in rak.list()] == ["a/b"]


def test_a_folder_goes_in_and_comes_out(settings: Settings, rak: Shelf) -> None:
    files = {"bagit.txt": b"1", "data/suara/a.flac": b"22", "tagmanifest.txt": b"333"}
    rak.object("lain/a").put(b"x")
    with rak.drafts() as drafts:
        folder = drafts / "paket"
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        (folder / "bagit.txt").chmod(0o444)
        folder.chmod(0o555)
        rak.put_folder("paket", folder, last="tagmanifest.txt")
    assert {one.key: one.size for one in rak.list("paket")} == {f"paket/{name}": len(d) for name, d in files.items()}
    with rak.local_folder("paket") as copy:
        assert copy.name == "paket"
        assert {path.relative_to(copy).as_posix(): path.read_bytes() for path in files_of(copy)} == files
    with rak.local_folder() as everything:
        assert (everything / "lain" / "a").read_bytes() == b"x"
        assert (everything / "paket" / "bagit.txt").read_bytes() == b"1"
    rak.delete_below("paket")
    rak.delete_below("paket")
    assert [one.key for one in rak.list()] == ["lain/a"]
    assert files_of(settings.work) == []


LEFT = """
import os, signal, sys
from pathlib import Path
from radiodesk.core.draft_folders import draft_folder

with draft_folder(Path(sys.argv[1])) as folder:
    (folder / "paket").mkdir()
    (folder / "paket" / "a").write_bytes(b"x")
    (folder / "paket").chmod(0o555)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_was_making_goes_with_the_next_and_nothing_else(tmp_path: Path) -> None:
    with draft_folder(tmp_path / "kerja") as mine:
        done = subprocess.run([sys.executable, "-c", LEFT, str(tmp_path / "kerja")], check=False)
        assert done.returncode == -signal.SIGKILL
        assert len(list((tmp_path / "kerja").iterdir())) == 2
        with draft_folder(tmp_path / "kerja") as another:
            assert sorted((tmp_path / "kerja").iterdir()) == sorted([mine, another])
    assert list((tmp_path / "kerja").iterdir()) == []


def test_there_is_room(rak: Shelf) -> None:
    assert rak.free() > 0


# ---- The folder


FOLDER = pytest.mark.parametrize("settings", ["folder"], indirect=True)


@FOLDER
def test_objects_are_private_files_under_their_keys(settings: Settings, rak: Shelf) -> None:
    rak.object("2026/11/24/a/caller.flac").put(TEN)
    path = settings.data / "rak/2026/11/24/a/caller.flac"
    assert path.read_bytes() == TEN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@FOLDER
def test_a_folder_that_is_taken_in_keeps_its_rights(settings: Settings, rak: Shelf) -> None:
    with rak.drafts() as drafts:
        (drafts / "paket").mkdir()
        (drafts / "paket" / "a").write_bytes(b"1")
        (drafts / "paket" / "a").chmod(0o444)
        (drafts / "paket").chmod(0o555)
        rak.put_folder("paket", drafts / "paket", last="a")
    path = settings.data / "rak" / "paket"
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, path / "a")] == [0o555, 0o444]


KILLED = """
import os, signal, sys
from pathlib import Path
from radiodesk.core.stores.folder_store import FolderStore
from radiodesk.core.stores.shelves import Shelf

found = Shelf(FolderStore(Path(sys.argv[1])), "rak", Path(sys.argv[1]) / "work").object("a/b")
with found.draft() as path:
    with path.open("wb") as file:
        file.write(b"x" * 5_000_000)
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
"""


@FOLDER
@pytest.mark.parametrize("held", [None, b"lama"])
def test_a_writer_that_is_killed_leaves_nothing_half(settings: Settings, rak: Shelf, held: bytes | None) -> None:
    found = rak.object("a/b")
    if held is not None:
        found.put(held)
    done = subprocess.run([sys.executable, "-c", KILLED, str(settings.data)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [(one.key, one.size) for one in rak.list()] == ([] if held is None else [("a/b", len(held))])
    assert found.is_there() is (held is not None)
    found.put(b"baru")
    assert found.read_bytes() == b"baru"


@FOLDER
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_is_a_clear_refusal_and_leaves_nothing(
    settings: Settings, rak: Shelf, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    rak.object("a/b").put(b"lama")
    before = files_of(settings.data)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full) if call == "fsync" else patch.setattr(Path, "replace", full)
        for source in (b"baru", settings.data / "keys.json"):
            with pytest.raises(StoreFull, match="a/b"):
                rak.object("a/b").put(source)
    assert files_of(settings.data) == before
    assert rak.object("a/b").read_bytes() == b"lama"


@FOLDER
def test_a_folder_that_may_not_be_written_is_named(rak: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(StoreUnavailable, match="folder") as why:
        rak.object("a/b").put(b"baru")
    assert (why.value.status, why.value.exit_code) == (503, 6)


# ---- A store in trouble


IN_MEMORY = pytest.mark.parametrize("settings", [memory_store.NAME], indirect=True)


@pytest.fixture
def elsewhere(rak: Shelf) -> MemoryStore:
    """The store whose troubles a test decides."""
    assert isinstance(rak.store, MemoryStore)
    return rak.store


def asks(rak: Shelf) -> list[Callable[[], object]]:
    found = rak.object("a/b")
    return [
        found.stat,
        found.is_there,
        found.open,
        found.read_bytes,
        found.delete,
        found.local().__enter__,
        lambda: found.put(b"x"),
        lambda: list(rak.list()),
        lambda: rak.delete_below("a"),
        rak.local_folder().__enter__,
    ]


@IN_MEMORY
@pytest.mark.parametrize(
    "trouble", [OSError(errno.ECONNREFUSED, "refused"), TimeoutError(), RuntimeError("token=rahasia"), KeyError("a")]
)
def test_what_a_store_raises_gets_the_ports_name(
    settings: Settings, rak: Shelf, elsewhere: MemoryStore, trouble: Exception
) -> None:
    rak.object("a/b").put(TEN)
    elsewhere.trouble = trouble
    for ask in asks(rak):
        with pytest.raises(StoreUnavailable) as why:
            ask()
        assert why.value.status == 503
        assert memory_store.NAME in i18n.say(why.value)
        assert "rahasia" not in i18n.say(why.value)
    elsewhere.trouble = None
    assert rak.object("a/b").read_bytes() == TEN
    assert files_of(settings.work) == []


@IN_MEMORY
def test_a_store_without_room_says_so(rak: Shelf, elsewhere: MemoryStore) -> None:
    elsewhere.trouble = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(StoreFull, match="a/b"):
        rak.object("a/b").put(b"x")


@IN_MEMORY
def test_half_an_object_is_never_taken_for_all_of_it(settings: Settings, rak: Shelf, elsewhere: MemoryStore) -> None:
    found = rak.object("a/b")
    found.put(TEN)
    elsewhere.gives_half = True
    for ask in (found.read_bytes, found.local().__enter__, rak.local_folder("a").__enter__):
        with pytest.raises(StoreUnavailable, match="5 of the 10 bytes"):
            ask()
    assert files_of(settings.work) == []


@IN_MEMORY
@pytest.mark.parametrize("options", [{}, {"token": SecretStr("x")}])
def test_a_store_that_cannot_be_made_stops_the_start_with_a_sentence(
    settings: Settings, options: dict[str, SecretStr], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        name, value = "rusak", "tests.no_such_module:Store"

    monkeypatch.setattr(stores, "entry_points", lambda **_: [Broken()])
    for name, sentence in (("rusak", "no_such_module"), ("tidak-ada", "Known stores: folder, rusak")):
        wrong = settings.model_copy(update={"store": name, "stores": {name: options}})
        with pytest.raises(StoreUnknown, match=sentence) as why:
            store_of(wrong)
        assert why.value.exit_code == 2


@IN_MEMORY
def test_the_doctor_asks_the_store(settings: Settings, rak: Shelf, elsewhere: MemoryStore) -> None:
    assert [one.verdict for one in CHECKS["store"](settings)] == [Verdict.GOOD]
    elsewhere.trouble = OSError(errno.ECONNREFUSED, "refused")
    with pytest.raises(StoreUnavailable, match=memory_store.NAME):
        list(CHECKS["store"](settings))


@IN_MEMORY
def test_options_that_are_missing_are_named(settings: Settings, elsewhere: MemoryStore) -> None:
    with pytest.raises(StoreUnknown, match="it needs a token"):
        store_of(settings.model_copy(update={"stores": {}}))
