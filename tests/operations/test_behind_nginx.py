"""The public site behind a real nginx: limits count visitors, and nobody chooses an address of his own."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from radiodesk.calls.channels.models import ChannelMessage
from radiodesk.core.http import Station
from radiodesk.operations.serve import listen
from radiodesk.web.public import create_public
from tests.factories.ports import free_port

pytestmark = pytest.mark.slow

CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{behind};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
    }}
  }}
}}
"""


@contextmanager
def site(station: Station, port: int) -> Iterator[None]:
    server = listen(create_public(station), station, "127.0.0.1", port, streams=False)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.close()
        thread.join(5)


@contextmanager
def nginx(folder: Path, port: int, behind: int) -> Iterator[None]:
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, port=port, behind=behind))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        for _ in range(100):
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=2)
                break
            except httpx.TransportError:
                threading.Event().wait(0.1)
        yield
    finally:
        process.terminate()
        process.wait(10)


def send(port: int, visitor: str, claimed: str = "") -> int:
    """One message from a visitor's own address, who may claim another."""
    transport = httpx.HTTPTransport(local_address=visitor)
    headers = {"X-Forwarded-For": claimed} if claimed else {}
    with httpx.Client(transport=transport, timeout=20) as client:
        form = {"pesan": "Lampu padam di Kapas", "setuju": "yes"}
        return client.post(f"http://127.0.0.1:{port}/kirim", data=form, headers=headers).status_code


def test_visitors_behind_nginx_are_told_apart_and_cannot_pretend(station: Station, tmp_path: Path) -> None:
    # The proxy itself is 127.0.0.1; its visitors come from other addresses of this machine's loopback.
    update = {"trusted_proxies": [ip_network("127.0.0.1/32")], "intake_per_hour": 1}
    given = Station(station.settings.model_copy(update=update), station.database, station.clock, station.notifier)
    port, behind = free_port(), free_port()
    with site(given, behind), nginx(tmp_path, port, behind):
        assert send(port, "127.0.0.2") == 303
        assert send(port, "127.0.0.2") == 429
        assert send(port, "127.0.0.3") == 303
        # A header of one's own is put before what nginx knows, and counts for nothing.
        assert send(port, "127.0.0.3", claimed="203.0.113.77") == 429
        # Whoever gets round the proxy speaks for himself alone.
        assert send(behind, "127.0.0.4", claimed="203.0.113.78") == 303
        assert send(behind, "127.0.0.4", claimed="203.0.113.79") == 429
    with station.database.reading() as session:
        assert len(set(session.scalars(select(ChannelMessage.sender_hash)))) == 3
