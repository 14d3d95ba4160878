"""A pinned address must not weaken encryption: the certificate is still checked against the host's own name."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from radiodesk.road.fetcher import Fetched, FetchPolicy, FetchState, fetch

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RSS = b"<rss version='2.0'><channel><title>x</title></channel></rss>"


class Publisher(BaseHTTPRequestHandler):
    """Serves one feed, whatever is asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(RSS)))
        self.end_headers()
        self.wfile.write(RSS)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


class QuietServer(HTTPServer):
    """A client that turns away from a wrong certificate is what these tests want."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing."""


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate for ``name`` with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def serving(pem: Path) -> Iterator[int]:
    with QuietServer(("127.0.0.1", 0), Publisher) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.handle_request)
        thread.start()
        yield server.server_address[1]
        thread.join()


def fetched_from(port: int, trusted: Path) -> Fetched:
    with httpx.HTTPTransport(verify=ssl.create_default_context(cafile=trusted), trust_env=False) as transport:
        return fetch(
            FetchState(f"https://kabar.example:{port}/lalin.xml"),
            now=NOW,
            policy=FetchPolicy(allow_private=True),
            transport=transport,
            resolve=lambda host, port: ["127.0.0.1"],
        )


def test_the_hosts_own_certificate_is_accepted_at_the_pinned_address(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "kabar.example")
    with serving(pem) as port:
        assert fetched_from(port, pem).data == RSS


def test_a_certificate_for_another_name_is_not(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "jahat.example")
    with serving(pem) as port:
        fetched = fetched_from(port, pem)
    assert fetched.data is None
    assert "could not be reached" in str(fetched.refusal)
