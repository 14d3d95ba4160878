"""What comes over baresip's control socket: split anywhere, and as bad as a stranger can make it."""

import json
import queue
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.sound.telephone.baresip_client import Client, Gone, LineSilent
from radiodesk.sound.telephone.baresip_events import (
    Event,
    Listed,
    Reply,
    caller_number,
    details,
    listed,
    read,
    registration,
)
from radiodesk.sound.telephone.netstrings import LONGEST, BadNetstring, Decoder, encoded
from radiodesk.sound.telephone.placeholder import answers


@given(st.lists(st.binary(max_size=200), max_size=8), st.lists(st.integers(1, 40), max_size=60))
def test_payloads_come_out_as_they_went_in_however_they_are_split(payloads: list[bytes], cuts: list[int]) -> None:
    stream, decoder, found = b"".join(map(encoded, payloads)), Decoder(), []
    for cut in cuts:
        found += decoder.feed(stream[:cut])
        stream = stream[cut:]
    assert found + decoder.feed(stream) == payloads


@given(st.lists(st.binary(max_size=40).map(encoded) | st.binary(max_size=40), max_size=8).map(b"".join))
def test_any_bytes_give_payloads_or_a_refusal(data: bytes) -> None:
    try:
        payloads = Decoder().feed(data)
    except BadNetstring:
        return
    assert data.startswith(b"".join(map(encoded, payloads)))
    assert all(read(payload) is None or isinstance(read(payload), Event | Reply) for payload in payloads)


@pytest.mark.parametrize(
    "stream",
    [b":x,", b"x:1,", b"01:a,", b"-1:a,", b"3:abc;", b"99999999", b"%d:" % (LONGEST + 1), b"\xd9\xa3:abc,", b" 3:abc,"],
)
def test_what_is_no_netstring_is_refused_at_once(stream: bytes) -> None:
    with pytest.raises(BadNetstring):
        Decoder().feed(stream)


def test_a_length_waits_for_its_payload() -> None:
    decoder = Decoder()
    assert decoder.feed(b"") == decoder.feed(b"1") == decoder.feed(b"2:abc") == []
    assert decoder.feed(b"defghijkl,0:,") == [b"abcdefghijkl", b""]


def test_an_event_tells_its_call_and_a_reply_its_token() -> None:
    event = {"event": True, "type": "CALL_INCOMING", "direction": "incoming", "peeruri": "sip:1@h", "id": "a@h"}
    assert read(json.dumps(event).encode()) == Event("CALL_INCOMING", "a@h", "sip:1@h")
    assert read(b'{"response":true,"ok":true,"data":"x","token":"t1"}') == Reply("t1", True, "x")


@pytest.mark.parametrize(
    "payload",
    [b"", b"null", b"[]", b'"x"', b"{", b"\xff\xfe", b"{}", b'{"event":true}', b'{"event":1,"type":"X"}', b"[" * 5000],
)
def test_what_is_neither_event_nor_reply_is_passed_over(payload: bytes) -> None:
    assert read(payload) is None


def test_a_call_whose_name_could_not_be_said_in_a_command_has_none() -> None:
    for name in ("a b", "a\nb", "", "é", "x" * 300, 7, None):
        found = read(json.dumps({"event": True, "type": "CALL_INCOMING", "id": name}).encode())
        assert isinstance(found, Event)
        assert found.call is None or found.call == "x" * 255


@given(st.text(max_size=80))
def test_any_address_gives_a_number_or_none(text: str) -> None:
    for address in (text, f"sip:{text}", f"sip:{text}@h"):
        number = caller_number(address)
        assert number is None or number.lstrip("+").isdigit()


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("sip:081230000001@203.0.113.5", "+6281230000001"),
        ("sip:+6281230000001@pabx.example;user=phone", "+6281230000001"),
        ("SIP:%2B6281230000001@h", "+6281230000001"),
        ("tel:+62-812-3000-0001", "+6281230000001"),
        ("sip:006281230000001@pabx", "+6281230000001"),
        ("sip:0085291234567@pabx", "+85291234567"),
        ("sip:00185291234567@pabx", "+85291234567"),
        ("<sip:101@h>", "101"),
        ("sip:anonymous@anonymous.invalid", None),
        ("sip:unavailable@h", None),
        ("sip:@h", None),
        ("mailto:08123@h", None),
        ("", None),
    ],
)
def test_numbers_of_callers(address: str, number: str | None) -> None:
    assert caller_number(address) == number


def test_a_list_of_calls_is_read() -> None:
    text = (
        "\n--- Active calls (2) ---\n"
        "  [line 1]  0:00:00    RINGING  (on hold)  sip:placeholder@127.0.0.1:5199\n"
        "> [line 12]  0:01:40   ESTABLISHED             sip:0812@h\n\n"
    )
    assert listed(text) == [Listed(1, "RINGING"), Listed(12, "ESTABLISHED")]
    told = "== Call debug (INCOMING) ==\n local_uri: x <sip:a@h>\n peer_uri:  y <sip:0812@h>\n af=AF_INET id=1-2@h\n"
    assert details(told) == ("1-2@h", "sip:0812@h")
    assert details("(no active calls)") is None
    # What a caller calls himself stands in the same text.
    named = told.replace("peer_uri:  y", "peer_uri:  af=X id=2-3@h <sip:0999@h>")
    assert details(named) == ("1-2@h", "sip:0812@h")


def test_the_answer_of_the_sip_server_is_read() -> None:
    account = "sip:100@pabx.example"
    for seen, told in (("\x1b[32mOK \x1b[;m", "ok"), ("\x1b[31mERR\x1b[;m", "fail"), ("\x1b[33mzzz\x1b[;m", None)):
        assert (
            registration(f"\n--- User Agents (2) ---\n> {account}   {seen} srv Expires 300s\n  sip:x@h\n", account)
            == told
        )
    assert registration("", account) is None


def test_the_placeholder_rings_and_lets_go() -> None:
    head = "Via: SIP/2.0/UDP h;branch=z\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 {0}\r\n\r\n"
    rings = answers(("INVITE sip:b@h SIP/2.0\r\n" + head.format("INVITE")).encode(), b"sip:b@h")
    assert [answer.split(b"\r\n")[0] for answer in rings] == [b"SIP/2.0 180 Ringing"]
    assert b"To: <sip:b@h>;tag=placeholder" in rings[0]
    gone = answers(("CANCEL sip:b@h SIP/2.0\r\n" + head.format("CANCEL")).encode(), b"sip:b@h")
    assert [answer.split(b"\r\n")[0] for answer in gone] == [b"SIP/2.0 200 OK", b"SIP/2.0 487 Request Terminated"]
    assert b"CSeq: 1 INVITE" in gone[1]
    for nonsense in (b"", b"\r\n\r\n", b"\xff" * 60, b"INVITE\r\n\r\n", b"ACK sip:b@h SIP/2.0\r\n" + head.encode()):
        assert answers(nonsense, b"x") == []


def test_a_client_gives_up_on_a_baresip_that_is_silent_and_tells_when_it_is_gone() -> None:
    happened: queue.Queue[Event | Gone] = queue.Queue()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = Client(port, happened, timeout=0.05)
        peer, _ = server.accept()
        with peer:
            with pytest.raises(LineSilent):
                client.command("listcalls")
            # The late answer is not taken for that of the next command.
            peer.sendall(encoded(b'{"response":true,"ok":true,"data":"late","token":"t0"}'))
            peer.sendall(encoded(b'{"event":true,"type":"SHUTDOWN"}'))
            threading.Thread(target=lambda: _answer(peer), daemon=True).start()
            client._timeout = 5.0
            assert client.command("about").text == "now"
            peer.sendall(b"nonsense")
            assert happened.get(timeout=5) == Event("SHUTDOWN")
            assert happened.get(timeout=5) == Gone()
        with pytest.raises(LineSilent):
            client.command("about")
    with pytest.raises(LineSilent):
        Client(port, happened)


def _answer(peer: socket.socket) -> None:
    """Answer the second command, which follows the first on the wire."""
    decoder, commands = Decoder(), 0
    while commands < 2:
        for payload in decoder.feed(peer.recv(4096)):
            commands += 1
            token = json.loads(payload)["token"]
            if commands == 2:
                peer.sendall(
                    encoded(json.dumps({"response": True, "ok": True, "data": "now", "token": token}).encode())
                )
