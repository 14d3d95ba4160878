"""The S3 store against a real server: what is whole, what an unreliable line does, what nobody gets to read."""

import hashlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr

from radiodesk.core.alarms import STORE, Alarms
from radiodesk.core.clock import ManualClock
from radiodesk.core.i18n import say
from radiodesk.core.settings import Settings, load_settings
from radiodesk.core.stores import shelf, store_of, waiting_of
from radiodesk.core.stores.ports import (
    NoSuchObject,
    ObjectSpoilt,
    PatientStore,
    Stat,
    StoreSetup,
    StoreUnavailable,
    StoreUnknown,
)
from radiodesk.core.stores.s3_bucket import PUT_PART, READ_PART, S3Bucket
from radiodesk.core.stores.s3_options import s3_options
from radiodesk.core.stores.s3_store import S3Store
from radiodesk.core.stores.shelves import Shelf
from radiodesk.operations.store_rounds import CatchUp
from tests.factories.s3_server import BUCKET, KEY, SECRET, Line, S3Server

TROUBLES: dict[str, Callable[[Line], None]] = {
    "away": lambda line: setattr(line, "away", True),
    "silent": lambda line: setattr(line, "silent", True),
    "500": lambda line: setattr(line, "status", 500),
    "503": lambda line: setattr(line, "status", 503),
    "403": lambda line: setattr(line, "status", 403),
    "cut uploads": lambda line: setattr(line, "cut_uploads", True),
}


@pytest.fixture
def settings(settings: Settings, s3_line: Line) -> Settings:
    return settings.model_copy(update={"store": "s3", "stores": {"s3": s3_line.options()}})


@pytest.fixture
def rak(settings: Settings) -> Shelf:
    return shelf(settings, "rak")


@pytest.fixture
def store(settings: Settings) -> S3Store:
    found = store_of(settings)
    assert isinstance(found, S3Store)
    return found


def bucket(line: Line, **more: str) -> S3Bucket:
    return S3Bucket(s3_options(line.options(**more), {}))


# ---- What is put and read


def test_what_is_put_lies_in_the_bucket_and_nothing_on_this_machine(
    settings: Settings, rak: Shelf, s3_line: Line
) -> None:
    rak.object("2026/a b/é%41.flac").put(b"suara")
    assert s3_line.held() == {"rak/2026/a b/é%41.flac": b"suara"}
    assert waiting_of(settings) is None
    assert [path for path in (settings.data / "outbox").rglob("*") if path.is_file() and path.name[0] != "."] == []
    told = rak.object("2026/a b/é%41.flac").stat()
    assert (told.size, told.sha256) == (5, hashlib.sha256(b"suara").hexdigest())


@pytest.mark.parametrize("mends_parts", [True, False], ids=["as other servers", "as rclone"])
def test_a_large_object_goes_up_in_parts_and_a_part_of_it_is_read_alone(
    store: S3Store, s3_line: Line, tmp_path: Path, mends_parts: bool
) -> None:
    s3_line.mends_parts = mends_parts
    data = os.urandom(2 * PUT_PART + 12_345)
    (tmp_path / "besar").write_bytes(data)
    store.put("rak/besar", tmp_path / "besar")
    assert [one.key for one in store.waiting()] == ["rak/besar"]  # too large for whoever puts it
    assert store.catch_up().done == 1
    parts = [path for method, path, _ in s3_line.asked if method == "PUT" and "partNumber" in path]
    assert len(parts) == 3
    assert s3_line.held() == {"rak/besar": data}
    assert store.stat("rak/besar").sha256 == hashlib.sha256(data).hexdigest()
    s3_line.asked.clear()
    with store.open("rak/besar", PUT_PART + 7, 100) as part:
        assert part.read() == data[PUT_PART + 7 : PUT_PART + 107]
    ranges = {asked for _, _, asked in s3_line.asked}
    assert ranges == {f"bytes={PUT_PART + 7}-{PUT_PART + 106}"}
    s3_line.asked.clear()
    with store.open("rak/besar") as whole:
        assert whole.read() == data
    assert len(s3_line.asked) in (-(-len(data) // READ_PART), -(-len(data) // READ_PART) + 1)


def test_rclone_is_read_without_anything_between(s3_server: S3Server, s3_line: Line) -> None:
    straight = S3Bucket(s3_options(s3_line.options(endpoint=f"http://127.0.0.1:{s3_server.port}"), {}))
    (s3_server.folder / "kecil").write_bytes(b"0123456789")
    straight.put("rak/a b/é", s3_server.folder / "kecil")
    for first, length, part in (
        (0, None, b"0123456789"),
        (3, 4, b"3456"),
        (8, 9, b"89"),
        (10, 1, b""),
        (99, None, b""),
    ):
        with straight.open("rak/a b/é", first, length) as file:
            assert file.read() == part
    with pytest.raises(NoSuchObject):
        straight.open("rak/tidak-ada")


def test_a_bucket_that_is_not_there_is_named(settings: Settings, s3_line: Line, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(StoreUnavailable, match="no bucket salah"):
        bucket(s3_line, bucket="salah").put("rak/a", tmp_path / "a")
    with pytest.raises(StoreUnavailable):
        list(bucket(s3_line, bucket="salah").list("rak"))


# ---- Half an object


@pytest.mark.parametrize("mends_parts", [True, False], ids=["as other servers", "as rclone"])
def test_half_an_answer_is_asked_for_again_and_never_given_as_whole(
    rak: Shelf, s3_line: Line, mends_parts: bool
) -> None:
    s3_line.mends_parts = mends_parts
    data = os.urandom(300_000)
    rak.object("a").put(data)
    s3_line.cuts, s3_line.only = True, "GET"
    for ask in (rak.object("a").read_bytes, rak.object("a").local().__enter__):
        with pytest.raises(StoreUnavailable):
            ask()
    s3_line.heal()
    assert rak.object("a").read_bytes() == data


def test_an_object_that_lies_cut_or_changed_in_the_store_is_not_given(rak: Shelf, s3_line: Line) -> None:
    data = os.urandom(2_500_000)
    rak.object("a").put(data)
    kept = s3_line.folder / "rak/a"
    told = kept.stat()
    for spoilt in (data[:-1] + bytes([data[-1] ^ 1]), bytes([data[0] ^ 1]) + data[1:]):
        kept.write_bytes(spoilt)
        os.utime(kept, ns=(told.st_atime_ns, told.st_mtime_ns))
        with pytest.raises(ObjectSpoilt, match="rak/a"):
            rak.object("a").read_bytes()
        # Before the end nobody has all of it; who reads a part gets the part.
        read = b""
        with rak.object("a").open() as file, pytest.raises(ObjectSpoilt):
            while block := file.read(100_000):
                read += block
        assert len(read) < len(data)
    kept.write_bytes(data)
    assert rak.object("a").read_bytes() == data


def test_a_server_that_forgets_metadata_gets_the_sums_as_objects(
    settings: Settings, s3_line: Line, tmp_path: Path
) -> None:
    s3_line.forgets = True
    (tmp_path / "a").write_bytes(b"suara")
    plain, careful = bucket(s3_line), bucket(s3_line, sums="objects")
    plain.put("rak/a", tmp_path / "a")
    assert plain.stat("rak/a").sha256 is None
    assert careful.stat("rak/a").sha256 is None
    careful.put("rak/a", tmp_path / "a")
    assert careful.stat("rak/a").sha256 == hashlib.sha256(b"suara").hexdigest()
    assert [one.key for one in careful.list("rak")] == ["rak/a"]
    s3_line.folder.joinpath("rak/a").write_bytes(b"SUARA")
    with pytest.raises(ObjectSpoilt):
        careful.open("rak/a")
    assert (s3_line.folder / ".sums/rak/a").is_file()
    careful.delete("rak/a")
    assert not (s3_line.folder / ".sums/rak/a").exists()


def test_what_the_server_did_not_keep_whole_counts_as_not_put(s3_line: Line, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1000)
    whole = bucket(s3_line)
    whole.put("rak/a", tmp_path / "a")

    class Half(S3Bucket):
        def stat(self, key: str) -> Stat:
            (s3_line.folder / key).write_bytes(b"x" * 500)
            told = super().stat(key)
            return Stat(told.key, 500, told.modified, told.sha256)

    with pytest.raises(StoreUnavailable, match="500 of the 1000"):
        Half(s3_options(s3_line.options(), {})).put("rak/a", tmp_path / "a")


# ---- A store that is away


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_cannot_be_put_waits_is_read_meanwhile_and_goes_up_once(
    settings: Settings, rak: Shelf, store: S3Store, s3_line: Line, trouble: str
) -> None:
    TROUBLES[trouble](s3_line)
    for number in range(3):
        rak.object(f"a/{number}").put(b"suara" * (number + 1))
    waiting = waiting_of(settings)
    assert waiting is not None
    assert (waiting.count, waiting.size) == (3, 30)
    assert (rak.object("a/2").read_bytes(), rak.object("a/2").stat().size) == (b"suara" * 3, 15)
    with rak.object("a/2").open(3, 4) as part:
        assert part.read() == b"rasu"
    assert s3_line.held() == {}
    other = subprocess.run(
        [sys.executable, "-c", READER, str(settings.data), str(s3_line.port)], check=True, capture_output=True
    )
    assert other.stdout == b"suara" * 3
    s3_line.heal()
    assert store.catch_up().done == 3
    assert s3_line.held() == {f"rak/a/{number}": b"suara" * (number + 1) for number in range(3)}
    assert waiting_of(settings) is None
    assert [one.key for one in rak.list("a")] == ["a/0", "a/1", "a/2"]


READER = """
import sys
from pathlib import Path
from pydantic import SecretStr
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
options = {"bucket": "x", "endpoint": f"http://127.0.0.1:{sys.argv[2]}", "access_key": "x", "secret_key": "x"}
settings = Settings(data=Path(sys.argv[1]), store="s3", stores={"s3": options})
sys.stdout.buffer.write(shelf(settings, "rak").object("a/2").read_bytes())
assert "obstore" not in sys.modules, "what lies on this machine is read without it"
"""


def test_one_that_is_put_anew_while_it_waits_goes_up_as_it_is_now(rak: Shelf, store: S3Store, s3_line: Line) -> None:
    s3_line.away = True
    rak.object("a").put(b"lama")
    rak.object("a").put(b"baru")
    s3_line.heal()
    assert store.catch_up().done == 1
    assert s3_line.held() == {"rak/a": b"baru"}


@pytest.mark.parametrize(("trouble", "reason"), [("away", "tidak ada jawaban"), ("403", "HTTP 403")])
def test_the_reason_is_said_in_a_word_or_two(rak: Shelf, s3_line: Line, trouble: str, reason: str) -> None:
    TROUBLES[trouble](s3_line)
    with pytest.raises(StoreUnavailable) as why:
        rak.object("a").stat()
    assert f"({reason})" in say(why.value)


def test_what_is_deleted_while_the_store_is_away_is_gone_here_at_once_and_there_later(
    settings: Settings, rak: Shelf, store: S3Store, s3_line: Line
) -> None:
    rak.object("a/b").put(b"1")
    s3_line.away = True
    rak.object("a/c").put(b"2")
    for key in ("a/b", "a/c"):
        rak.object(key).delete()
        assert not rak.object(key).is_there()
    assert "rak/a/b" in s3_line.held()
    s3_line.heal()
    assert list(rak.list()) == []
    store.catch_up()
    assert s3_line.held() == {}
    assert waiting_of(settings) is None


def test_a_key_that_was_deleted_and_is_put_again_stays(rak: Shelf, store: S3Store, s3_line: Line) -> None:
    rak.object("a").put(b"1")
    s3_line.away = True
    rak.object("a").delete()
    rak.object("a").put(b"2")
    s3_line.heal()
    store.catch_up()
    assert s3_line.held() == {"rak/a": b"2"}
    s3_line.away = True
    rak.object("a").delete()
    s3_line.heal()
    rak.object("a").put_through(b"3")
    store.catch_up()
    assert s3_line.held() == {"rak/a": b"3"}


def test_an_object_that_a_power_cut_left_beside_its_own_deletion_is_kept(
    settings: Settings, rak: Shelf, store: S3Store, s3_line: Line
) -> None:
    s3_line.away = True
    rak.object("a").put(b"1")
    mark = settings.data / "outbox/gone/rak/a"
    mark.parent.mkdir(parents=True)
    mark.touch()
    assert rak.object("a").read_bytes() == b"1"
    assert [one.goes for one in store.waiting()] == [False]
    s3_line.heal()
    store.catch_up()
    assert s3_line.held() == {"rak/a": b"1"}
    assert store.waiting() == []
    assert [one.key for one in rak.list()] == ["a"]


def test_what_must_be_read_elsewhere_is_put_past_the_outbox_or_refused(
    settings: Settings, rak: Shelf, s3_line: Line
) -> None:
    s3_line.away = True
    with pytest.raises(StoreUnavailable):
        rak.object("ledger.jsonl").put_through(b"1")
    with rak.drafts() as drafts:
        (drafts / "paket").mkdir()
        (drafts / "paket" / "a").write_bytes(b"1")
        with pytest.raises(StoreUnavailable):
            rak.put_folder("paket", drafts / "paket", last="a")
    assert waiting_of(settings) is None
    s3_line.heal()
    rak.object("ledger.jsonl").put_through(b"1")
    assert s3_line.held() == {"rak/ledger.jsonl": b"1"}


def test_one_object_that_the_store_refuses_holds_up_no_other(
    rak: Shelf, store: S3Store, s3_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3_line.away = True
    for number in range(4):
        rak.object(f"{number}").put(b"x")
    s3_line.heal()
    put = store.far.put

    def refuses(key: str, file: Path) -> None:
        if key == "rak/1":
            raise StoreUnavailable("no")
        put(key, file)

    monkeypatch.setattr(store.far, "put", refuses)
    told = store.catch_up()
    assert (told.done, told.failed) == (3, 1)
    assert sorted(s3_line.held()) == ["rak/0", "rak/2", "rak/3"]


def test_many_that_the_store_refuses_hold_up_no_other(
    rak: Shelf, store: S3Store, s3_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3_line.away = True
    for number in range(6):
        rak.object(f"{number}").put(b"x")
    s3_line.heal()
    put = store.far.put

    def refuses(key: str, file: Path) -> None:
        if key < "rak/4":
            raise StoreUnavailable("no")
        put(key, file)

    monkeypatch.setattr(store.far, "put", refuses)
    assert [store.catch_up().done for _ in range(2)] == [0, 2]
    assert sorted(s3_line.held()) == ["rak/4", "rak/5"]


def test_two_who_bring_up_the_same_do_it_once(rak: Shelf, store: S3Store, s3_line: Line) -> None:
    s3_line.away = True
    for number in range(12):
        rak.object(f"{number}").put(os.urandom(1000))
    s3_line.heal()
    s3_line.asked.clear()
    done: list[int] = []
    at_it = [threading.Thread(target=lambda: done.append(store.catch_up().done)) for _ in range(4)]
    for one in at_it:
        one.start()
    for one in at_it:
        one.join(30)
    assert len(s3_line.held()) == 12
    assert store.waiting() == []


KILLED = """
import sys
from pathlib import Path
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf, store_of
options = dict(one.split("=", 1) for one in sys.argv[2:])
settings = Settings(data=Path(sys.argv[1]), store="s3", stores={"s3": options})
print("begins", flush=True)
store_of(settings).catch_up()
"""


def test_an_uploader_that_is_killed_in_the_middle_leaves_nothing_half_and_the_next_brings_it_up(
    settings: Settings, rak: Shelf, store: S3Store, s3_line: Line
) -> None:
    data = os.urandom(3 * PUT_PART)
    s3_line.away = True
    rak.object("besar").put(data)
    s3_line.heal()
    s3_line.holds_part = 2
    given = [f"{name}={value.get_secret_value()}" for name, value in settings.stores["s3"].items()]
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(settings.data), *given, "write_seconds=60"], stdout=subprocess.DEVNULL
    )
    try:
        assert s3_line.held_back.wait(60)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    assert s3_line.held() == {}
    assert rak.object("besar").read_bytes() == data
    s3_line.heal()
    assert store.catch_up().done == 1
    assert s3_line.held() == {"rak/besar": data}
    assert store.waiting() == []
    assert rak.object("besar").read_bytes() == data


def test_nobody_who_puts_is_kept_by_a_store_that_does_not_answer(rak: Shelf, s3_line: Line) -> None:
    s3_line.silent = True
    for number in range(20):
        rak.object(f"{number}").put(b"x")
    assert len(s3_line.asked) <= 2, "after the first nobody tries for a while"


def test_reading_from_a_store_that_does_not_answer_ends(rak: Shelf, s3_line: Line) -> None:
    rak.object("a").put(b"x")
    s3_line.silent = True
    for ask in (rak.object("a").stat, rak.object("a").read_bytes, lambda: list(rak.list())):
        with pytest.raises(StoreUnavailable):
            ask()


# ---- The round


def test_the_round_waits_longer_after_each_failure_and_an_alarm_stands_when_it_lasts(
    settings: Settings, rak: Shelf, s3_line: Line, clock: ManualClock
) -> None:
    seconds = [0.0]
    real = ManualClock(datetime.now(UTC))
    catch_up = CatchUp(settings, real, lambda: seconds[0])
    alarms = Alarms(settings.alarms)
    s3_line.away = True
    rak.object("a").put(b"x" * 2_000_000)
    tries = []
    for _ in range(400):
        before = len(s3_line.asked)
        catch_up.turn()
        tries += [seconds[0]] if len(s3_line.asked) > before else []
        seconds[0] += 5
    rests = [later - earlier for earlier, later in pairwise(tries)]
    assert rests[:6] == [5, 10, 20, 40, 80, 160]
    assert max(rests) == 300
    assert alarms.current() == []
    real.advance(timedelta(minutes=16))
    seconds[0] += 30
    catch_up.turn()
    [alarm] = alarms.current()
    assert alarm.name == STORE
    assert "1" in str(alarm)
    assert "2.0 MB" in str(alarm)
    s3_line.heal()
    seconds[0] += 300
    assert catch_up.turn() == 1
    assert alarms.current() == []
    assert s3_line.held() == {"rak/a": b"x" * 2_000_000}


def test_a_store_of_files_has_nothing_that_waits(settings: Settings, clock: ManualClock) -> None:
    plain = settings.model_copy(update={"store": "folder", "stores": {}})
    assert waiting_of(plain) is None
    assert CatchUp(plain, clock).turn() == 0
    assert not isinstance(store_of(plain), PatientStore)


# ---- Settings and secrets


def test_keys_come_from_the_usual_environment_too(s3_line: Line) -> None:
    given = {
        name: value for name, value in s3_line.options().items() if not name.endswith("_key") and name != "endpoint"
    }
    environment = {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3_line.port}",
        "AWS_DEFAULT_REGION": "ap-southeast-3",
    }
    options = s3_options(given, environment)
    assert options.region == "ap-southeast-3"
    assert list(S3Bucket(options).list("rak")) == []


def test_a_token_of_the_environment_does_not_go_with_keys_of_the_settings(
    s3_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "lain")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "lain")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    assert list(S3Bucket(s3_options(s3_line.options())).list("rak")) == []
    assert f"Credential={KEY}/".encode() in s3_line.last_head
    assert b"x-amz-security-token" not in s3_line.last_head
    token = S3Bucket(s3_options(s3_line.options(session_token="karcis")))
    list(token.list("rak"))
    assert b"x-amz-security-token: karcis" in s3_line.last_head


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"bucket": ""}, "it needs a bucket"),
        ({"access_key": ""}, "it needs access_key and secret_key"),
        ({"endpoint": "127.0.0.1:9000"}, "https:// or http://"),
        ({"path_style": "perhaps"}, "path_style is yes or no"),
        ({"read_seconds": "0"}, "read_seconds is a number of seconds"),
        ({"secret": "rahasia-sekali"}, "it knows no secret"),
    ],
)
def test_what_cannot_be_used_stops_the_start_in_a_sentence(
    settings: Settings, s3_line: Line, changed: dict[str, str], sentence: str
) -> None:
    wrong = settings.model_copy(update={"stores": {"s3": s3_line.options(**changed)}})
    with pytest.raises(StoreUnknown, match=sentence) as why:
        store_of(wrong)
    assert SECRET not in str(why.value)


def test_secrets_stand_in_no_log_no_error_and_no_repr(
    settings: Settings, rak: Shelf, store: S3Store, s3_line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = [repr(settings), repr(store), repr(store.far), repr(vars(store.far)), str(settings.stores)]
    for trouble in TROUBLES.values():
        trouble(s3_line)
        with pytest.raises(StoreUnavailable) as why:
            rak.object("a").put_through(b"x")
        said += [str(why.value), repr(why.value), repr(why.value.__cause__)]
        s3_line.heal()
    s3_line.mends_parts = False
    rak.object("a").put(b"x")
    rak.object("a").read_bytes()
    s3_line.cuts, s3_line.only = True, "GET"
    with pytest.raises(StoreUnavailable) as why:
        rak.object("a").read_bytes()
    said += [str(why.value), repr(why.value.__cause__)]
    told = "\n".join([*said, caplog.text])
    assert SECRET not in told
    assert "Signature" not in told
    assert KEY not in told


def test_a_secret_of_the_wrong_kind_is_not_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "radiodesk.toml").write_text(f'[stores.s3]\nsecret_key = ["{SECRET}"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception, match=r"stores\.s3\.secret_key") as why:
        load_settings()
    assert SECRET not in str(why.value)


def test_what_waits_is_for_the_station_alone(settings: Settings, rak: Shelf, s3_line: Line) -> None:
    s3_line.away = True
    rak.object("a/b").put(b"x")
    assert (settings.data / "outbox/objects/rak/a/b").stat().st_mode & 0o077 == 0


def test_the_other_stores_do_not_load_obstore() -> None:
    code = "import sys, radiodesk.operations.wiring, radiodesk.operations.worker; sys.exit('obstore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_bucket_is_the_one_of_the_settings() -> None:
    made = S3Store.set_up(StoreSetup(Path("data"), {"bucket": SecretStr(BUCKET), "credentials": SecretStr("instance")}))
    assert (made.name, BUCKET in repr(made.far)) == ("s3", True)


def test_time_is_given_in_utc(rak: Shelf) -> None:
    rak.object("a").put(b"x")
    assert rak.object("a").stat().modified.timestamp() == pytest.approx(time.time(), abs=3600)
