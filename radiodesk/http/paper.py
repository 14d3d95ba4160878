"""Sheets for paper: PDF made by Typst from the templates in ``templates/paper``, with the words handed over as data."""

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from flask import Response, current_app

from radiodesk.core import i18n
from radiodesk.core.i18n import gettext
from radiodesk.http.request import now, station


def pdf(sheet: str, values: Mapping[str, Any]) -> bytes:
    """A sheet as PDF; ``values`` is what its template asks for, as JSON."""
    # Imported when somebody prints: it is 80 MB of library.
    import typst

    folder = Path(str(current_app.template_folder)) / "paper"
    return bytes(typst.compile(folder / f"{sheet}.typ", root=folder, sys_inputs={"data": json.dumps(values)}))


def send_sheet(
    sheet: str, name: str, *, title: str, address: str, number: str, printed: str = "", **values: Any
) -> Response:
    """A sheet to be shown and printed.

    ``address`` goes into the QR code at the foot of each page, ``number`` in words beside it; ``name`` is the file's.
    The foot says when it was printed, or instead what ``printed`` says: the same bytes for the same values.
    """
    common = {
        "station": station().settings.station,
        "language": i18n.language.get(),
        "title": title,
        "number": number,
        "qr": _qr(address),
        "page": gettext("Page"),
        "of": gettext("of"),
        "printed": printed or gettext("printed %(at)s", at=told("moment", now())),
    }
    made = pdf(sheet, common | values)
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(made, mimetype="application/pdf", headers=headers)


def told(how: str, value: Any) -> str:
    """A value as pages show it: ``how`` names a filter of the templates, such as ``clock``, ``moment``, ``length``."""
    return str(current_app.jinja_env.filters[how](value))


def _qr(address: str) -> str:
    out = BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=0)
    return out.getvalue().decode()
