"""Looking over what was read of posts: before it is filed, afterwards from the board, and what was learned of it."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import say
from radiodesk.http.request import asked, back, field, now, session, station
from radiodesk.road.posts import sort_posts
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.place_field import complete
from radiodesk.rooms.traffic import forms, learned_words, queries, report_corrections, services
from radiodesk.rooms.traffic.learned_words import Ears
from radiodesk.rooms.traffic.models import (
    FLOW_NAMES,
    KIND_NAMES,
    LEARNED_SENSE_NAMES,
    REFUSAL_NAMES,
    LearnedSense,
    RoadReport,
)
from radiodesk.rooms.traffic.report_corrections import Fields
from radiodesk.rooms.traffic.report_rows import readable_report

blueprint = Blueprint("fixes", __name__)

CREW = (Role.OFFICER, Role.PRODUCER)
NAMES = {
    "flows": FLOW_NAMES,
    "kinds": KIND_NAMES,
    "refusals": REFUSAL_NAMES,
    "senses": LEARNED_SENSE_NAMES,
    "local": forms.local,
    "say": say,
}


@blueprint.get("/lalin/tempat")
@allowed(*CREW, Role.SCREENER)
def places() -> Response:
    found = complete(station().settings, asked("q", 60))
    return jsonify([{"name": place.name, "where": place.where} for place in found])


@blueprint.post("/lalin/tempel")
@allowed(*CREW)
def look_over() -> str:
    """The posts of a paste, each with what was read of it; nothing is kept yet."""
    text, source = field("text", services.LONGEST_PASTE), field("source", 60) or services.OFFICER
    ears = forms.ears()
    zone = station().settings.timezone
    posts = sort_posts(text, source=source, at=now(), finder=ears.finder, zone=zone, known=ears.known)
    return _preview(forms.lines_of(posts, now()), text, source)


def _preview(lines: list[forms.PastedLine], text: str, source: str) -> str:
    return render_template("traffic/look_over.html", lines=lines, text=text, source=source, **NAMES)


@blueprint.post("/lalin/tempel/simpan")
@allowed(*CREW)
def file_posts() -> str | tuple[str, int]:
    """File the lines that were chosen, as they stand in the form; a line that cannot be filed leaves all unfiled."""
    ears = forms.ears()
    source = field("source", 60) or services.OFFICER
    lines = list(forms.read_lines(ears))
    reports, wrong = [], False
    for index, line in enumerate(lines):
        if not line.wanted:
            continue
        try:
            if line.problem is not None:
                raise line.problem
            changes = line.fields.changes(Fields.of(line.read))
            if line.why:
                # Nobody but the person at the desk understood it, so nothing of it is known but what stands here.
                changes["place"] = line.fields.place
            reports.append((line, report_corrections.corrected(line.read, changes, ears.finder)))
        except Refusal as problem:
            lines[index], wrong = replace(line, problem=problem), True
    if wrong:
        return _preview(lines, field("raw", services.LONGEST_PASTE), source), 422
    rows = services.file_reports(
        session(), [report for _, report in reports], source=source, by=me().username, at=now()
    )
    learned = [
        word
        for line, _report in reports
        if line.shown and "learn" in request.form
        for word in report_corrections.learn_from(
            session(), None, line.text, Fields.of(line.read), line.fields, None,
            by=me().username, at=now(), finder=ears.finder,
        )
    ]  # fmt: skip
    left = [line for line in lines if not line.wanted]
    return render_template("traffic/pasted.html", rows=rows, left=left, learned=learned, **NAMES)


@blueprint.get("/lalin/kondisi/<public_id>/koreksi")
@allowed(*CREW)
def condition_form(public_id: str) -> str:
    row = queries.condition_by_public_id(session(), public_id)
    return _form(Fields.of_condition(row), condition=row)


@blueprint.post("/lalin/kondisi/<public_id>/koreksi")
@allowed(*CREW)
def correct_condition(public_id: str) -> Response:
    row = queries.condition_by_public_id(session(), public_id)
    ears, shown = forms.ears(), Fields.of_condition(row)
    last = row.reports[-1] if row.reports else None
    typed = forms.report_fields(shown)
    report_corrections.correct_condition(
        session(), row, typed, settings=station().settings, by=me().username, at=now(), finder=ears.finder
    )
    _learn(last, shown, typed, ears)
    return back("traffic.condition", public_id=public_id)


@blueprint.get("/lalin/laporan/<public_id>/koreksi")
@allowed(*CREW)
def report_form(public_id: str) -> str:
    row = queries.report_by_public_id(session(), public_id)
    return _form(Fields.of(readable_report(row)), report=row)


@blueprint.post("/lalin/laporan/<public_id>/koreksi")
@allowed(*CREW)
def correct_report(public_id: str) -> Response:
    row = queries.report_by_public_id(session(), public_id)
    ears, shown = forms.ears(), Fields.of(readable_report(row))
    typed = forms.report_fields(shown)
    made = report_corrections.correct_report(
        session(), row, typed, settings=station().settings, by=me().username, at=now(), finder=ears.finder
    )
    _learn(row, shown, typed, ears)
    condition = queries.condition_by_key(session(), made.condition_id)
    return back("traffic.condition", public_id=condition.public_id) if condition else back("traffic.traffic")


def _learn(row: RoadReport | None, shown: Fields, typed: Fields, ears: Ears) -> None:
    if row is None or "learn" not in request.form:
        return
    report_corrections.learn_from(
        session(), row, row.text, shown, typed, forms.taught_field(), by=me().username, at=now(), finder=ears.finder
    )


def _form(fields: Fields, **of: Any) -> str:
    rows = [of["report"]] if "report" in of else list(of["condition"].reports)
    words = queries.words_of(session(), rows)
    from_call = any(row.call_id is not None for row in rows)
    return render_template(
        "traffic/correction_form.html",
        fields=fields,
        rows=rows,
        words=words,
        from_call=from_call,
        report=of.get("report"),
        condition=of.get("condition"),
        **NAMES,
    )


@blueprint.get("/lalin/kata")
@allowed(*CREW)
def learned() -> str:
    rows = learned_words.learned(session())
    meanings = learned_words.in_words(rows, station().settings.area)
    return render_template("traffic/learned.html", rows=rows, meanings=meanings, LearnedSense=LearnedSense, **NAMES)


@blueprint.post("/lalin/kata/<public_id>")
@allowed(*CREW)
def switch_learned(public_id: str) -> Response:
    row = learned_words.learned_by_public_id(session(), public_id)
    learned_words.switch(session(), row, field("active", 3) == "yes", by=me().username, at=now())
    return back("fixes.learned")


@blueprint.post("/lalin/kata/<public_id>/hapus")
@allowed(*CREW)
def remove_learned(public_id: str) -> Response:
    row = learned_words.learned_by_public_id(session(), public_id)
    learned_words.remove(session(), row, by=me().username, at=now())
    return back("fixes.learned")
