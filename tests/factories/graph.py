"""Plays WhatsApp's server on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Graph(ThreadingHTTPServer):
    """Plays the Cloud API: keeps what it was sent, gives files, and can be made to refuse."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.sent: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.refuse = 0
        self.answer: bytes | None = None
        self.tokens: set[str] = set()


class _Answers(BaseHTTPRequestHandler):
    server: Graph

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.tokens.add(self.headers["Authorization"])
        if self.server.refuse:
            self._answer(self.server.refuse, b"{}")
            return
        self.server.sent.append(json.loads(body))
        usual = json.dumps({"messages": [{"id": f"wamid.out.{len(self.server.sent)}"}]}).encode()
        self._answer(200, usual if self.server.answer is None else self.server.answer)

    def do_GET(self) -> None:
        kind, _, name = self.path.strip("/").partition("/")
        if name and kind == "berkas":
            self._answer(200, self.server.files[name])
        elif kind in self.server.files and not self.server.refuse:
            self._answer(200, json.dumps({"url": f"{self.server.address}/berkas/{kind}"}).encode())
        else:
            self._answer(self.server.refuse or 404, b"{}")


@contextmanager
def playing() -> Iterator[Graph]:
    """The server while it runs."""
    server = Graph()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
