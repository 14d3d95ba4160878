"""Behind a real nginx, set up as docs/proxy.md says: visitors keep their own addresses, and cookies stay in HTTPS."""

import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from waitress.wasyncore import close_all

from radiodesk.http.request import Station
from radiodesk.operations.web_server import listen
from radiodesk.rooms.accounts import services
from radiodesk.rooms.accounts.models import Role, SignIn
from radiodesk.web.desk import create_desk
from tests.conftest import PASSWORD

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SETUP = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {server}
}}
"""


def certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "siaran.contoh.id")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    (folder / "siaran.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "siaran.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )


@pytest.fixture
def behind(station: Station) -> Iterator[int]:
    """The desk on a port of its own, as it is served; it trusts 127.0.0.1."""
    settings = station.settings.model_copy(update={"trusted_proxies": [ip_network("127.0.0.1/32")]})
    given = Station(settings, station.database, station.clock, station.notifier)
    server = listen(create_desk(given), given, "127.0.0.1", 0, streams=False)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))
    thread.join(timeout=10)


@pytest.fixture
def nginx(behind: int, tmp_path: Path) -> Iterator[str]:
    """nginx with TLS before the desk; gives its address."""
    certificate(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = re.search(r"```nginx\n(.*?)```", (ROOT / "docs" / "proxy.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    server = found[1].replace("listen 443", f"listen 127.0.0.1:{port}").replace("/etc/ssl", str(tmp_path))
    server = server.replace("127.0.0.1:8081", f"127.0.0.1:{behind}")
    user = "user root;" if os.geteuid() == 0 else ""
    setup = tmp_path / "nginx.conf"
    setup.write_text(SETUP.format(folder=tmp_path, server=server, user=user))
    process = subprocess.Popen(["/usr/sbin/nginx", "-p", str(tmp_path), "-c", str(setup)])
    try:
        until = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < until, (tmp_path / "error.log").read_text()
                time.sleep(0.05)
        yield f"https://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def sign_in(address: str, source: str, password: str, **headers: str) -> httpx.Response:
    transport = httpx.HTTPTransport(verify=False, local_address=source)
    with httpx.Client(transport=transport, headers={"Host": "siaran.contoh.id", **headers}) as client:
        page = client.get(f"{address}/masuk")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None and "Secure" in page.headers["Set-Cookie"]
        cookie = page.headers["Set-Cookie"].split(";")[0]
        data = {"username": "wati", "password": password, "csrf_token": token[1]}
        sent = {"Cookie": cookie, "Referer": "https://siaran.contoh.id/masuk"}
        return client.post(f"{address}/masuk", data=data, headers=sent)


def test_a_visitor_is_known_by_the_own_address_and_cannot_claim_another(nginx: str, station: Station) -> None:
    with station.database.writing() as tx:
        services.add_person(tx, "wati", "Wati", [Role.HOST], PASSWORD, by="test", at=station.clock.now())
    right = sign_in(nginx, "127.0.0.2", PASSWORD, **{"X-Forwarded-For": "6.6.6.6"})
    assert right.status_code == 303 and right.headers["Location"] == "/"
    assert "Secure" in right.headers["Set-Cookie"]
    with station.database.reading() as session:
        assert session.scalars(select(SignIn.address)).one() == "127.0.0.2"


def test_a_stranger_who_goes_past_the_proxy_is_not_believed(behind: int, station: Station) -> None:
    with station.database.writing() as tx:
        services.add_person(tx, "wati", "Wati", [Role.HOST], PASSWORD, by="test", at=station.clock.now())
    transport = httpx.HTTPTransport(local_address="127.0.0.3")
    headers = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    with httpx.Client(transport=transport, headers=headers) as client:
        page = client.get(f"http://127.0.0.1:{behind}/masuk")
        assert "Secure" not in page.headers["Set-Cookie"]
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None
        data = {"username": "wati", "password": PASSWORD, "csrf_token": token[1]}
        answer = client.post(f"http://127.0.0.1:{behind}/masuk", data=data)
    assert answer.status_code == 303 and "evil" not in answer.headers["Location"]
    with station.database.reading() as session:
        assert session.scalars(select(SignIn.address)).one() == "127.0.0.3"
