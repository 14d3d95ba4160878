"""Real callers: sipp places a call and plays speech into it; what the caller hears arrives at a socket of ours."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from tests.factories.ports import free_port

Sound = NDArray[np.float64]
RATE = 8000

_SDP = """v=0
o=caller 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio {hears} RTP/AVP 8
a=rtpmap:8 PCMA/8000
{direction}"""


def speech(folder: Path, text: str, pitch: int) -> Sound:
    """Words in Indonesian, mono at 8 kHz, with a voice of its own."""
    wav = folder / f"speech-{pitch}.wav"
    subprocess.run(["espeak-ng", "-v", "id", "-s", "150", "-p", str(pitch), "-w", str(wav), text], check=True)
    samples, rate = soundfile.read(wav)
    return np.asarray(soxr.resample(samples, rate, RATE), np.float64)


def eventually(what: Callable[[], object], within: float = 20.0, tick: Callable[[], None] | None = None) -> object:
    """Wait until something is so, and give it; fails when it never is."""
    end = time.monotonic() + within
    while not (found := what()):
        assert time.monotonic() < end, f"never came true: {what}"
        (tick or (lambda: time.sleep(0.05)))()
    return found


class Caller:
    """One caller: dials, says what was given once it is answered, hears, and hangs up when told or after ``stays``.

    ``holds`` gives the seconds until the caller puts the station on hold and until it is back, ``gives_up`` those after
    which nobody answered fast enough; ``late`` says that the caller leaves it to the station to offer sound first.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        number: str,
        sound: Sound | None = None,
        *,
        stays: float = 60.0,
        holds: tuple[float, float] | None = None,
        gives_up: float | None = None,
        late: bool = False,
    ) -> None:
        self.number = number
        self.heard = bytearray()
        folder.mkdir(parents=True)
        self._ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._ear.bind(("127.0.0.1", 0))
        said = folder / "said.al"
        quiet = np.zeros(RATE) if sound is None else sound
        soundfile.write(said, quiet, RATE, format="RAW", subtype="ALAW")
        scenario = folder / "caller.xml"
        scenario.write_text(self._scenario(said, stays, holds, gives_up, late))
        threading.Thread(target=self._hear, daemon=True).start()
        own, media = free_port(), free_port()
        command = ["sipp", "-sf", str(scenario), "-s", "studio", "-m", "1", f"127.0.0.1:{port}", "-i", "127.0.0.1"]
        command += ["-mi", "127.0.0.1", "-mp", str(media), "-p", str(own), "-nostdin"]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TERM": "dumb"},
        )

    def done(self, within: float = 60.0) -> int:
        """Wait until the caller's part is played; gives sipp's exit code (0: all went as written)."""
        try:
            return self.process.wait(within)
        finally:
            self.close()

    def close(self) -> None:
        """The caller's telephone is gone, whatever it was doing."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)
        self._ear.close()

    def _hear(self) -> None:
        while True:
            try:
                packet = self._ear.recv(4096)
            except OSError:
                return
            self.heard += packet[12:]

    def hears(self) -> Sound:
        """What the caller's telephone played so far."""
        if not self.heard:
            return np.zeros(0)
        path = self._ear_file
        path.write_bytes(bytes(self.heard))
        samples, _ = soundfile.read(path, samplerate=RATE, channels=1, format="RAW", subtype="ALAW")
        return np.asarray(samples, np.float64)

    def _scenario(
        self, said: Path, stays: float, holds: tuple[float, float] | None, gives_up: float | None, late: bool
    ) -> str:
        self._ear_file = said.with_name("heard.al")
        parts = [self._request("INVITE", 1, first=True, body=not late)]
        parts.append('<recv response="100" optional="true"/><recv response="180" optional="true"/>')
        if gives_up is not None:
            parts[-1] = '<recv response="100" optional="true"/><recv response="180"/>'
            parts += [_pause(gives_up), self._cancel()]
            parts += ['<recv response="200"/><recv response="487"/>', self._cancelled()]
            return _whole(parts)
        parts.append('<recv response="486" optional="true" next="4"/><recv response="200" rrs="true"/>')
        parts.append(self._request("ACK", 1, body=late))
        parts.append(f'<nop><action><exec rtp_stream="{said},1,8,PCMA/8000"/></action></nop>')
        if holds:
            for number, (seconds, direction) in enumerate(zip(holds, ("sendonly", "sendrecv"), strict=True), start=2):
                parts += [_pause(seconds), self._request("INVITE", number, body=True, direction=f"a={direction}\n")]
                parts += ['<recv response="100" optional="true"/><recv response="200"/>', self._request("ACK", number)]
        parts.append(f'<recv request="BYE" timeout="{int(stays * 1000)}" ontimeout="1" next="2"/>')
        parts += ['<label id="1"/>', self._request("BYE", 9), '<recv response="200" next="3"/>']
        parts += ['<label id="2"/>', _OK, '<nop next="3"/>']
        parts += ['<label id="4"/>', self._request("ACK", 1, first=True, tag=True), '<label id="3"/>']
        return _whole(parts)

    def _request(
        self,
        method: str,
        number: int,
        *,
        first: bool = False,
        tag: bool = False,
        body: bool = False,
        direction: str = "",
    ) -> str:
        target = "sip:[service]@[remote_ip]:[remote_port]" if first else "[next_url]"
        to = "" if first and not tag else "[peer_tag_param]"
        sdp = _SDP.format(hears=self._ear.getsockname()[1], direction=direction) if body else ""
        again = ' retrans="500"' if method != "ACK" else ""
        content = "Content-Type: application/sdp\nX-Own: [rtpstream_audio_port]\n" if body else ""
        return f"""<send{again}><![CDATA[

{method} {target} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{self.number}@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>{to}
Call-ID: [call_id]
CSeq: {number} {method}
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
{content}Content-Length: [len]

{sdp}]]></send>"""

    def _cancelled(self) -> str:
        return self._request("ACK", 1, first=True, tag=True).replace("branch=[branch]", "branch=[branch-7]")

    def _cancel(self) -> str:
        return self._request("CANCEL", 1, first=True).replace("branch=[branch]", "branch=[branch-4]")


_OK = """<send><![CDATA[

SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>"""


def _pause(seconds: float) -> str:
    return f'<pause milliseconds="{int(seconds * 1000)}"/>'


def _whole(parts: list[str]) -> str:
    head = '<?xml version="1.0" encoding="ISO-8859-1" ?><!DOCTYPE scenario SYSTEM "sipp.dtd"><scenario name="caller">'
    return "\n".join([head, *parts, "</scenario>"])


def have_programs() -> bool:
    """Whether the programs are here that the tests call with."""
    return all(shutil.which(name) for name in ("baresip", "sipp", "espeak-ng"))


def likeness(recorded: Sound, sent: Sound) -> tuple[float, float]:
    """How alike two sounds are at their best offset (1: the same), and that offset in seconds."""
    size = 1 << int(np.ceil(np.log2(len(recorded) + len(sent))))
    product = np.fft.irfft(np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(sent, size)), size)
    best = int(np.argmax(product[: len(recorded)]))
    piece = recorded[best : best + len(sent)]
    part = sent[: len(piece)]
    return float(np.dot(piece, part) / (np.linalg.norm(piece) * np.linalg.norm(part) + 1e-9)), best / RATE


def heard_of(recorded: Sound, sent: Sound) -> float:
    """Share of a sound's half seconds that are found again; a sound card may slip a few samples in between."""
    size = RATE // 2
    pieces = [sent[at : at + size] for at in range(0, len(sent) - size, size)]
    return sum(likeness(recorded, piece)[0] > 0.8 for piece in pieces) / len(pieces)
