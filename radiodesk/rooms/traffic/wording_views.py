"""The page on which officers change what is read on air: phrases with a preview of every way to say them."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from radiodesk.core import i18n
from radiodesk.http.request import back, field, now, number, session, stands_on
from radiodesk.road.bulletin import rehearsal
from radiodesk.road.bulletin.wording import shipped
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.traffic import wordings

blueprint = Blueprint("wording", __name__)


@blueprint.get("/lalin/kalimat")
@allowed(Role.OFFICER, Role.PRODUCER)
def phrases() -> str:
    groups = {group: [name for name in rehearsal.names() if name.startswith(f"{group}/")] for group in rehearsal.GROUPS}
    return render_template(
        "traffic/phrases.html", groups=groups, titles=rehearsal.TITLES, own=wordings.own_rows(session())
    )


@blueprint.get("/lalin/kalimat/<any(bulletin, lapsit):group>/<name>")
@allowed(Role.OFFICER, Role.PRODUCER)
def phrase(group: str, name: str) -> str:
    full = wordings.known(f"{group}/{name}")
    row = wordings.own_rows(session()).get(full)
    return _page(full, rehearsal.shown(full, row.text if row else shipped(full)), row.version if row else 0)


@blueprint.post("/lalin/kalimat/<any(bulletin, lapsit):group>/<name>")
@allowed(Role.OFFICER)
def save(group: str, name: str) -> Response | str:
    full = wordings.known(f"{group}/{name}")
    text, expected = field("text", rehearsal.LONGEST), number("expected")
    if request.form.get("then") == "look":
        return _page(full, text, expected)
    if text.replace("\r\n", "\n").strip() == rehearsal.shown(full, shipped(full)) and expected == 0:
        # Nothing was changed: what ships can say more than its plain form shows.
        return back("wording.phrase", group=group, name=name)
    row = wordings.own_rows(session()).get(full)
    present = row.version if row else 0
    # A refused phrase comes back with its lines tried out as they were typed.
    stands_on(lambda: _page(full, text, present))
    wordings.save(session(), full, text, expected=expected, by=me().username, at=now())
    return back("wording.phrase", group=group, name=name)


@blueprint.post("/lalin/kalimat/<any(bulletin, lapsit):group>/<name>/asal")
@allowed(Role.OFFICER)
def reset(group: str, name: str) -> Response:
    wordings.reset(session(), f"{group}/{name}", expected=number("expected"), by=me().username, at=now())
    return back("wording.phrase", group=group, name=name)


def _page(name: str, text: str, expected: int) -> str:
    original = shipped(name)
    row = wordings.own_rows(session()).get(name)
    # Lines that stand as they were shown are kept as they were, and are tried out so.
    kept = rehearsal.with_old_lines(name, text, row.text if row else original)
    return render_template(
        "traffic/phrase.html",
        name=name,
        group=name.split("/")[0],
        short=name.split("/")[1],
        title=rehearsal.TITLES[name],
        text=text,
        expected=expected,
        words=rehearsal.words_of(name),
        original=rehearsal.shown(name, original),
        ways=[
            (way, i18n.say(way.problem) if way.problem else "", [i18n.gettext(case) for case in way.untold])
            for way in rehearsal.rehearse(name, kept)
        ],
        row=row,
    )
