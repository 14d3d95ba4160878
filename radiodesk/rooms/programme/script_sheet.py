"""A script on paper."""

from flask import Response, url_for

from radiodesk.core.i18n import gettext
from radiodesk.http.paper import send_sheet, told
from radiodesk.rooms.programme.models import SCRIPT_KIND_NAMES, Script, ScriptVersion


def send_script(script: Script, version: ScriptVersion) -> Response:
    """One version of a script as PDF: large type, and on each page which version it is and who approved it."""
    approved = script.approved is version
    kind = gettext(SCRIPT_KIND_NAMES[script.kind])
    written = gettext("version %(number)s by %(by)s", number=version.number, by=version.by)
    facts = [
        f"{kind} · {written} · {told('moment', version.at)}",
        gettext("about %(length)s to read", length=told("length", version.seconds)),
    ]
    if script.valid_until:
        facts[1] += " · " + gettext("true until %(time)s", time=told("moment", script.valid_until))
    approval = (
        gettext("Approved by %(by)s, %(at)s.", by=script.approved_by, at=told("moment", script.approved_at))
        if approved
        else gettext("Not approved: not to be read on air.")
    )
    return send_sheet(
        "script",
        f"naskah-{script.public_id}-v{version.number}",
        title=script.title,
        address=url_for("programme.script", public_id=script.public_id, _external=True),
        number=f"{script.public_id} · {version.digest[:16]}",
        head=gettext("Script"),
        foot=f"{written} · {approval}",
        facts=[*facts, approval],
        across="" if approved else gettext("NOT APPROVED"),
        lines=[line.strip() for line in version.text.splitlines() if line.strip()],
    )
