"""Fetching as a publisher and as an attacker would see it; nothing here touches a network."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import pytest

from radiodesk.road.feed_addresses import AddressRefused, FetchFailed, checked, is_public
from radiodesk.road.fetcher import Fetched, FetchPolicy, FetchState, Refreshed, fetch, refresh

NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
URL = "https://kabar.example/lalin.xml"
RSS = b"<rss version='2.0'><channel><title>x</title><item><title>Macet di Simpang Kapas</title></item></channel></rss>"
PUBLIC = "203.0.113.7"
"""An address for documentation; the tests say it is public."""

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def documentation_addresses_are_public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("radiodesk.road.feed_addresses.is_public", lambda a: a == PUBLIC or is_public(a))


def reply(status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> httpx.Response:
    """An answer that is still to be read, as one from a network is."""
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def attempt(
    answer: Answer,
    state: FetchState | None = None,
    policy: FetchPolicy | None = None,
    addresses: dict[str, list[str]] | None = None,
    now: datetime = NOW,
) -> Fetched:
    def resolve(host: str, port: int) -> list[str]:
        known = {"kabar.example": [PUBLIC]} | (addresses or {})
        if host not in known:
            raise OSError("no such host")
        return known[host]

    return fetch(
        state or FetchState(URL),
        now=now,
        policy=policy,
        transport=httpx.MockTransport(answer),
        resolve=resolve,
        stopwatch=lambda: 0.0,
    )


def sentence(fetched: Fetched | Refreshed) -> str:
    assert fetched.refusal is not None
    return str(fetched.refusal)


def test_the_first_fetch_brings_the_document_and_remembers_its_marks() -> None:
    marks = {"ETag": '"v1"', "Last-Modified": "Tue, 24 Nov 2026 00:00:00 GMT"}
    fetched = attempt(lambda request: reply(200, content=RSS, headers=marks))
    assert fetched.data == RSS
    assert (fetched.state.etag, fetched.state.last_modified) == (marks["ETag"], marks["Last-Modified"])
    assert fetched.state.last_good == RSS
    assert fetched.state.next_at == NOW + timedelta(minutes=5)


def test_the_next_fetch_asks_only_for_what_changed() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return reply(304)

    known = FetchState(URL, etag='"v1"', last_modified="Tue, 24 Nov 2026 00:00:00 GMT", last_good=RSS, failures=2)
    fetched = attempt(answer, known)
    assert asked[0].headers["if-none-match"] == '"v1"'
    assert asked[0].headers["if-modified-since"] == "Tue, 24 Nov 2026 00:00:00 GMT"
    assert fetched.unchanged
    assert (fetched.state.last_success, fetched.state.failures, fetched.state.last_good) == (NOW, 0, RSS)


def test_the_same_document_again_is_unchanged_even_without_marks() -> None:
    assert attempt(lambda request: reply(200, content=RSS), FetchState(URL, last_good=RSS)).unchanged


def test_the_connection_goes_to_the_address_that_was_checked_under_the_hosts_name() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return reply(200, content=RSS)

    attempt(answer)
    assert asked[0].url.host == PUBLIC
    assert asked[0].headers["host"] == "kabar.example"
    assert asked[0].extensions["sni_hostname"] == "kabar.example"


def test_a_packed_answer_is_unpacked() -> None:
    packed = reply(200, content=gzip.compress(RSS), headers={"Content-Encoding": "gzip"})
    assert attempt(lambda request: packed).data == RSS


def test_a_packed_bomb_is_given_up_on() -> None:
    bomb = gzip.compress(b" " * 20_000_000)
    fetched = attempt(lambda request: reply(200, content=bomb, headers={"Content-Encoding": "gzip"}))
    assert "more than 10 MB" in sentence(fetched)


def test_a_document_without_end_is_given_up_on() -> None:
    policy = FetchPolicy(max_bytes=1_000_000)
    fetched = attempt(lambda request: reply(200, content=b"x" * 1_000_001), policy=policy)
    assert "more than 1 MB" in sentence(fetched)


def test_a_drip_is_given_up_on() -> None:
    seconds = iter(range(0, 1000, 20))
    fetched = fetch(
        FetchState(URL),
        now=NOW,
        transport=httpx.MockTransport(lambda request: httpx.Response(200, content=iter([b"a", b"b", b"c"]))),
        resolve=lambda host, port: [PUBLIC],
        stopwatch=lambda: float(next(seconds)),
    )
    assert "too slowly" in sentence(fetched)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.9", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
        "::1", "fe80::1%eth0", "fd00::7", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "nonsense",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_in_every_disguise(address: str) -> None:
    called: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(request)
        return reply(200, content=RSS)

    fetched = attempt(answer, addresses={"kabar.example": [PUBLIC, address]})
    assert "private address" in sentence(fetched)
    assert isinstance(fetched.refusal, AddressRefused)
    assert called == []


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_an_address_of_the_new_kind_is_connected_to() -> None:
    target = checked(
        URL, hosts=frozenset({"kabar.example"}), resolve=lambda host, port: ["2001:4860:4860::8888"], secure=True
    )
    assert str(target.pinned) == "https://[2001:4860:4860::8888]/lalin.xml"


def test_a_station_may_allow_its_own_network() -> None:
    fetched = attempt(
        lambda request: reply(200, content=RSS),
        policy=FetchPolicy(allow_private=True),
        addresses={"kabar.example": ["10.0.0.5"]},
    )
    assert fetched.data == RSS


def moved(location: str, code: int = 302) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/lalin.xml" and request.headers["host"] == "kabar.example":
            return reply(code, headers={"Location": location})
        return reply(200, content=RSS)

    return answer


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_move_within_the_host_is_followed(code: int) -> None:
    assert attempt(moved("/baru/lalin.xml", code)).data == RSS


def test_a_move_to_another_host_needs_leave() -> None:
    addresses = {"awan.example": [PUBLIC]}
    assert "awan.example, which is not among the allowed hosts" in sentence(
        attempt(moved("https://awan.example/l.xml"), addresses=addresses)
    )
    allowed = FetchPolicy(hosts=frozenset({"awan.example"}))
    assert attempt(moved("https://awan.example/l.xml"), policy=allowed, addresses=addresses).data == RSS


def test_a_move_to_an_allowed_name_that_points_inside_is_refused() -> None:
    policy = FetchPolicy(hosts=frozenset({"dalam.example"}))
    fetched = attempt(moved("https://dalam.example/"), policy=policy, addresses={"dalam.example": ["127.0.0.1"]})
    assert "private address" in sentence(fetched)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("http://kabar.example/x", "without encryption"),
        ("file:///etc/passwd", "not a web address"),
        ("ftp://kabar.example/x", "not a web address"),
        ("https://orang:rahasia@kabar.example/x", "holds a password"),
        ("https://169.254.169.254/latest/meta-data", "not among the allowed hosts"),
    ],
)
def test_moves_that_nobody_should_follow(location: str, words: str) -> None:
    assert words in sentence(attempt(moved(location)))


def test_moves_in_a_circle_end() -> None:
    fetched = attempt(lambda request: reply(302, headers={"Location": "/lalin.xml"}))
    assert "without end" in sentence(fetched)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "no feed at this address"),
        (403, "does not let us"),
        (500, "answers with an error"),
        (204, "with an error"),
    ],
)
def test_an_error_is_told_in_words_and_the_last_good_stays(status: int, words: str) -> None:
    fetched = attempt(lambda request: reply(status), FetchState(URL, last_good=RSS, last_good_at=NOW))
    assert words in sentence(fetched)
    assert fetched.state.last_good == RSS
    assert fetched.state.problem is not None
    assert fetched.state.problem_facts["host"] == "kabar.example"


def test_each_failure_doubles_the_pause_up_to_a_limit() -> None:
    state, pauses = FetchState(URL), []
    for _ in range(8):
        state = attempt(lambda request: reply(500), state).state
        assert state.next_at is not None
        pauses.append((state.next_at - NOW).total_seconds() / 60)
    assert pauses == [10, 20, 40, 80, 160, 320, 360, 360]
    assert not state.due(NOW + timedelta(hours=5))
    assert attempt(lambda request: reply(200, content=RSS), state).state.failures == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "3600"},
        {"Retry-After": "Tue, 24 Nov 2026 01:30:00 GMT", "Date": "Tue, 24 Nov 2026 00:30:00 GMT"},
    ],
)
def test_a_publisher_may_ask_for_a_longer_pause(headers: dict[str, str]) -> None:
    fetched = attempt(lambda request: reply(429, headers=headers))
    assert fetched.state.next_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("error", [httpx.ConnectTimeout, httpx.ReadTimeout])
def test_silence_is_told_as_such(error: type[httpx.TimeoutException]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("slow", request=request)

    assert "did not answer in time" in sentence(attempt(answer))


def test_a_broken_line_is_told_as_such() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    fetched = attempt(answer)
    assert "could not be reached" in sentence(fetched)
    assert isinstance(fetched.refusal, FetchFailed)


def test_of_an_unknown_name_it_is_said_that_the_network_may_be_missing() -> None:
    fetched = attempt(lambda request: reply(200), FetchState("https://tidak.example/"))
    assert "there is no network" in sentence(fetched)


def test_a_real_connection_uses_the_pinned_address_and_the_hosts_name() -> None:
    names: list[str] = []

    class Publisher(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            names.append(self.headers["Host"])
            packed = gzip.compress(RSS)
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(packed)))
            self.end_headers()
            self.wfile.write(packed)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Publisher) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        port = server.server_address[1]
        fetched = fetch(
            FetchState(f"http://kabar.example:{port}/lalin.xml"),
            now=NOW,
            policy=FetchPolicy(allow_private=True),
            resolve=lambda host, port: ["127.0.0.1"],
        )
        thread.join()
    assert fetched.data == RSS
    assert names == [f"kabar.example:{port}"]


def refreshed(body: bytes, state: FetchState) -> Refreshed:
    return refresh(
        state,
        source="kabar",
        now=NOW,
        transport=httpx.MockTransport(lambda request: reply(200, content=body)),
        resolve=lambda host, port: [PUBLIC],
    )


def test_a_document_that_cannot_be_read_never_replaces_a_good_one() -> None:
    good = refreshed(RSS, FetchState(URL))
    assert good.result is not None
    assert good.result.reports[0].text == "Macet di Simpang Kapas"
    bad = refreshed(RSS[:60], good.state)
    assert bad.result is None
    assert "breaks off" in sentence(bad)
    assert (bad.state.last_good, bad.state.failures) == (RSS, 1)


def test_the_state_survives_being_kept_as_json() -> None:
    state = replace(refreshed(RSS, FetchState(URL)).state, etag='"v1"', problem="x", problem_facts={"a": 1}, failures=3)
    assert FetchState.from_json(state.to_json(), url=URL) == state
    assert FetchState.from_json(state.to_json(), url="https://lain.example/") == FetchState("https://lain.example/")
    assert FetchState.from_json({}, url=URL) == FetchState(URL)
    assert state.age(NOW + timedelta(minutes=9)) == timedelta(minutes=9)
    assert FetchState(URL).age(NOW) is None
