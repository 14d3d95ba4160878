"""Search in an export without a server, by Pagefind: of the files of its index the browser fetches the few it needs.

Pages that are opened from a disk may not fetch files, but may load scripts: each file of the index stands beside itself
as a script that hands it over (``NAME.js``).
"""

import base64
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from radiodesk.core.errors import Refusal
from radiodesk.rooms.record.models import PublishedBroadcast

FOLDER = "cari"
_UNUSED = ("pagefind-ui", "pagefind-modular-ui", "pagefind-component-ui", "pagefind-highlight")


def is_there() -> bool:
    """Whether Pagefind is installed."""
    return importlib.util.find_spec("pagefind_bin") is not None


def write_index(broadcasts: Iterable[PublishedBroadcast], target: Path, language: str) -> None:
    """Index all words of published broadcasts; raises a refusal with what Pagefind said."""
    with TemporaryDirectory() as scratch:
        for broadcast in broadcasts:
            page = Path(scratch, "siaran", broadcast.public_id, "index.html")
            page.parent.mkdir(parents=True)
            page.write_text(_words_of(broadcast, language), encoding="utf-8")
        asked = [sys.executable, "-m", "pagefind_bin", "--site", scratch, "--output-path", str(target)]
        ran = subprocess.run(
            [*asked, "--force-language", language, "--keep-index-url", "--silent"], capture_output=True, text=True
        )
    if ran.returncode:
        raise Refusal("The search could not be made: %(reason)s", reason=ran.stderr.strip()[-500:])
    for path in sorted(one for one in target.rglob("*") if one.is_file()):
        if path.name.startswith(_UNUSED):
            path.unlink()
        else:
            _write_script(path, path.relative_to(target).as_posix())


def _words_of(broadcast: PublishedBroadcast, language: str) -> str:
    parts = "".join(
        f'<h2 id="bagian-{piece.position}">{escape(piece.title or broadcast.title)}</h2><p>{escape(piece.text)}</p>'
        for piece in broadcast.pieces
    )
    date = f'<span data-pagefind-meta="date" data-pagefind-ignore>{broadcast.started_at:%Y-%m-%d}</span>'
    head = f'<h1 data-pagefind-meta="title">{escape(broadcast.title)}</h1>'
    return f'<!doctype html><html lang="{language}"><body data-pagefind-body>{head}{date}{parts}</body></html>'


def _write_script(path: Path, name: str) -> None:
    held = base64.b64encode(path.read_bytes()).decode()
    path.with_name(f"{path.name}.js").write_text(f"recordFile({json.dumps(name)}, {json.dumps(held)});\n")
