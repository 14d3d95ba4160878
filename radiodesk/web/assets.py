"""The static files under addresses that change with them: browsers keep them for good and never show an old one."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response

YEAR = 365 * 24 * 3600


def connect(app: Flask, folder: Path) -> None:
    """Serve a folder under ``/static/<digest>/``; ``url_for("static", filename=…)`` gives the digest of today's files.

    The digest is of all files together, so that a script's own imports, which are relative, carry it too. A page of an
    earlier release gets the file of its name, which is then not kept.
    """
    today = digest(folder)
    app.static_folder = str(folder)

    def send(digest: str, filename: str) -> Response:
        answer = app.send_static_file(filename)
        kept = f"public, max-age={YEAR}, immutable" if digest == today else "no-store"
        answer.headers["Cache-Control"] = kept
        return answer

    def fill_in(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("digest", today)

    app.add_url_rule("/static/<digest>/<path:filename>", endpoint="static", view_func=send)
    app.url_defaults(fill_in)


def digest(folder: Path) -> str:
    """Of the names and bytes of all files, short enough for an address."""
    whole = sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        whole.update(f"{path.relative_to(folder)}\0".encode())
        whole.update(sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]
