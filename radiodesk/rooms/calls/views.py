"""The screener's screen: the queue, a call's card, uploads, the call-back list, blocked numbers."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from radiodesk.core import i18n
from radiodesk.core.errors import Conflict, Refusal, TooLarge, Unreadable
from radiodesk.core.text import tidy
from radiodesk.http.regions import region
from radiodesk.http.request import asked, asked_page, back, field, now, number, onward, session, station
from radiodesk.language import phones
from radiodesk.language.triage.protection_cues import protection_cue
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls import blocked_numbers, forms, queries, screen_pages, services
from radiodesk.rooms.calls.models import Call, CallState, Protected
from radiodesk.rooms.calls.place_field import complete, hint_phrases
from radiodesk.rooms.calls.screen_ports import connections
from radiodesk.rooms.calls.visible import opened, readable
from radiodesk.rooms.recordings import services as audio

blueprint = Blueprint("calls", __name__)

CREW = (Role.SCREENER, Role.PRODUCER)
P = ParamSpec("P")

blueprint.add_app_template_filter(phones.readable, "phone")

SIMPLE_ACTS: dict[str, Callable[..., None]] = {
    "jawab": services.answer,
    "antre": services.queue,
    "siap": services.make_ready,
    "saring": services.rescreen,
    "selesai": services.end,
    "lepas": services.drop,
    "terputus": services.lose,
    "setuju": services.consent,
    "tidak-setuju": services.withdraw_consent,
    "pegang": services.lock,
    "bebaskan": services.unlock,
    "ambil-alih": services.take_over,
    "sudah-dihubungi": services.note_call_back,
}
LEAVES = {"antre", "selesai", "lepas", "terputus"}
"""Acts after which the screener is free for the next call."""


def in_place(view: Callable[P, Response]) -> Callable[P, Response]:
    """Show the refusal of an act on the screen itself, beside the queue, so that the screener goes on from there."""

    @wraps(view)
    def shown(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return view(*args, **kwargs)
        except Conflict as refusal:
            if request.headers.get("HX-Request"):
                raise
            session().rollback()
            given = (request.view_args or {}).get("public_id")
            return _shown_again(opened(given) if given else None, None, refusal)

    return shown


@blueprint.get("/antrean")
@allowed(*CREW)
def screen() -> str:
    return screen_pages.screen_page(session(), station().settings, None, page=asked_page(), by=me().username, at=now())


@blueprint.get("/antrean/daftar")
@allowed(*CREW)
@region("calls", "speech")
def queue() -> str:
    """The lines of the queue: the same for everybody, but for the mark of the call that is open (``?pilih=``)."""
    return screen_pages.queue_lines_of(session(), asked("pilih", 36), page=asked_page(), at=now())


@blueprint.get("/antrean/urung")
@allowed(*CREW)
def undo_offer() -> str:
    """The button that takes back one's own last act."""
    return render_template("calls/_undo.html", **screen_pages.undo_data(session(), by=me().username, at=now()))


@blueprint.get("/antrean/<public_id>")
@allowed(*CREW)
def call(public_id: str) -> str:
    found = opened(public_id, note=True)
    page = asked_page() if "hal" in request.args else None
    asking = "tanya" in request.args
    return screen_pages.screen_page(
        session(), station().settings, found, page=page, asking=asking, by=me().username, at=now()
    )


@blueprint.get("/antrean/<public_id>/<any(kepala, kata, kenal, nomor):part>")
@allowed(*CREW)
def part(public_id: str, part: str) -> str:
    """A live part of the card: its head, its words, what is known of the caller."""
    found = opened(public_id)
    template = {
        "kepala": "calls/_head.html",
        "kata": "calls/_words.html",
        "kenal": "calls/_caller.html",
        "nomor": "calls/_slips.html",
    }[part]
    data = screen_pages.call_data(session(), station().settings, found, asking="tanya" in request.args, at=now())
    return render_template(template, **data)


@blueprint.post("/antrean")
@allowed(*CREW)
def take_down() -> Response:
    card = forms.card(station().settings)
    made = services.take_down(session(), forms.channel(), card, by=me().username, at=now())
    if answer := field("consent", 3):
        note = services.consent if answer == "yes" else services.withdraw_consent
        note(session(), made, by=me().username, at=now())
    if receiver := field("hand", 40):
        services.hand_over(session(), made, receiver, by=me().username, at=now())
    return back("calls.call", public_id=made.public_id) if receiver else _then(made)


@blueprint.post("/antrean/<public_id>/kartu")
@allowed(*CREW)
def save(public_id: str) -> Response:
    found = opened(public_id)
    card, version = forms.card(station().settings), forms.version()
    try:
        services.screen(session(), found, card, version=version, by=me().username, at=now())
    except (Unreadable, Conflict) as refusal:
        session().rollback()
        if version > found.version:
            return _shown_again(found, None, refusal)
        # The form is of the call as it is now: its next save must not take back what others did meanwhile.
        card, _ = services.bring_over(session(), found, card, version)
        return _shown_again(found, card, refusal)
    return _then(found)


def _shown_again(found: Call | None, card: services.Screening | None, refusal: Refusal) -> Response:
    # The words that were typed stay in the form; what is stored stays as it was.
    session().rollback()
    page = screen_pages.screen_page(
        session(),
        station().settings,
        found,
        by=me().username,
        at=now(),
        card=card,
        problem=i18n.say(refusal),
    )
    return Response(page, refusal.status, mimetype="text/html")


def _ask(found: Call) -> Response:
    """The card, with the question whether the caller agrees in front of everything else."""
    return onward("calls.call", public_id=found.public_id, tanya=1)


def _then(found: Call) -> Response:
    """After saving: stay with the call, or queue it and be free for the next."""
    then = field("then", 10)
    if then in ("antre", "siap") and found.state in Call.unscreened_states:
        services.queue(session(), found, by=me().username, at=now())
    if then == "siap" and found.state is CallState.WAITING:
        if not found.may_air:
            return _ask(found)
        services.make_ready(session(), found, by=me().username, at=now())
    return back("calls.screen") if then else back("calls.call", public_id=found.public_id)


@blueprint.post(f"/antrean/<public_id>/<any({', '.join(map(repr, SIMPLE_ACTS))}):verb>")
@allowed(*CREW)
@in_place
def act(public_id: str, verb: str) -> Response:
    found = opened(public_id)
    if verb == "siap" and found.state is CallState.WAITING and not found.may_air and not forms.is_ticked("unasked"):
        return _ask(found)
    unasked = {"unasked": True} if verb == "siap" else {}
    SIMPLE_ACTS[verb](session(), found, **unasked, by=me().username, at=now())
    if verb == "setuju" and field("then", 10) == "siap" and found.state is CallState.WAITING:
        services.make_ready(session(), found, by=me().username, at=now())
    if verb == "sudah-dihubungi":
        return back("calls.call_backs")
    return back("calls.screen") if verb in LEAVES else back("calls.call", public_id=public_id)


@blueprint.post("/antrean/<public_id>/pindah")
@allowed(*CREW)
@in_place
def move(public_id: str) -> Response:
    found = opened(public_id)
    services.move_by(session(), found, number("steps"), by=me().username, at=now())
    return back("calls.call", public_id=public_id)


@blueprint.post("/antrean/<public_id>/vip")
@allowed(*CREW)
@in_place
def vip(public_id: str) -> Response:
    found = opened(public_id)
    services.set_vip(session(), found, not found.vip, by=me().username, at=now())
    return back("calls.call", public_id=public_id)


@blueprint.post("/antrean/<public_id>/lindungi")
@allowed(*CREW)
@in_place
def protect(public_id: str) -> Response:
    found = opened(public_id)
    services.protect(session(), found, forms.choice("protected", Protected), hides=True, by=me().username, at=now())
    return back("calls.call", public_id=public_id)


@blueprint.post("/antrean/<public_id>/alihkan")
@allowed(*CREW)
@in_place
def hand_over(public_id: str) -> Response:
    found = opened(public_id)
    services.hand_over(session(), found, field("to", 40), by=me().username, at=now())
    return back("calls.call", public_id=public_id)


@blueprint.post("/antrean/<public_id>/gabung")
@allowed(*CREW)
@in_place
def merge(public_id: str) -> Response:
    found = opened(public_id)
    other = opened(field("other", 36))
    services.merge(session(), found, other, by=me().username, at=now())
    return back("calls.call", public_id=public_id)


@blueprint.post("/antrean/<public_id>/kejadian")
@allowed(*CREW)
@in_place
def same_event(public_id: str) -> Response:
    found = opened(public_id)
    other = field("other", 36)
    first = opened(other) if other else None
    services.same_event(session(), found, first, by=me().username, at=now())
    return back("calls.call", public_id=public_id)


@blueprint.post("/antrean/<public_id>/peringatan")
@allowed(*CREW)
@in_place
def warn(public_id: str) -> Response:
    found = opened(public_id)
    services.warn_about(session(), found, field("text", 300), by=me().username, at=now())
    return back("calls.call", public_id=public_id)


@blueprint.post("/antrean/<public_id>/rekaman")
@allowed(*CREW)
def add_recordings(public_id: str) -> Response:
    found = opened(public_id)
    good, bad = _keep_files(found)
    return _after_files(found, bad, kept=good > 0)


@blueprint.post("/antrean/pesan")
@allowed(*CREW)
def take_message() -> Response:
    """A message that reached the station elsewhere: text, sound files, or both."""
    text, files = field("message", 8000), [file for file in request.files.getlist("files") if file.filename]
    if not text and not files:
        raise Unreadable("A message needs words or a sound file.").of("message")
    channel, phone = forms.channel(), phones.complete(typed) if (typed := field("phone", 40)) else None
    made = services.receive(
        session(),
        channel,
        phone=phone,
        name=field("name", 120),
        message=text,
        by=me().username,
        at=now(),
    )
    good, bad = _keep_files(made)
    if bad and not good and not text:
        # Nothing of it is for a screener; the broken file itself is kept.
        services.drop(session(), made, by=me().username, at=now(), why="unreadable")
        session().commit()
    return _after_files(made, bad, kept=good > 0 or bool(text))


def _after_files(found: Call, bad: list[str], *, kept: bool) -> Response:
    """Go on with the call, or say what is wrong with the files. It is a refusal only where nothing was kept: who is
    refused sends all of it again.
    """
    if not bad:
        return back("calls.call", public_id=found.public_id)
    problem = " ".join(bad)
    if not kept:
        raise Unreadable(problem)
    page = screen_pages.screen_page(session(), station().settings, found, by=me().username, at=now(), problem=problem)
    return Response(page, mimetype="text/html")


def _keep_files(found: Call) -> tuple[int, list[str]]:
    """Store every file that was sent and ask for its words; how many are good, and the sentences about the others."""
    settings, good = station().settings, 0
    bad: list[str] = []
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        # What is there so far is safe, and nobody waits for the disk.
        session().commit()
        try:
            recording = audio.store_upload(session(), settings, file.stream, file.filename, at=now())
        except TooLarge as refusal:
            bad.append(i18n.say(refusal))
            continue
        if recording.problem:
            bad.append(recording.problem)
        good += not recording.problem
        phrases = hint_phrases(settings, found.place, found.topic)
        services.attach(session(), found, recording, phrases=phrases, by=me().username, at=now())
    session().commit()
    return good, bad


@blueprint.post("/antrean/urung")
@allowed(*CREW)
@in_place
def undo() -> Response:
    calls = services.undo_last(session(), by=me().username, at=now())
    return back("calls.call", public_id=calls[0].public_id)


@blueprint.get("/antrean/tempat")
@allowed(*CREW)
def places() -> Response:
    found = complete(station().settings, asked("q", 60))
    return jsonify([{"name": place.name, "where": place.where} for place in found])


@blueprint.post("/antrean/saran")
@allowed(*CREW)
def suggest() -> str | Response:
    """What the words so far seem to be about; a POST, so that they stand in no server's log."""
    suggester = connections().suggester
    text = tidy(field("text", 8000))
    if len(text) < 8:
        return Response(status=204)
    found = None
    if suggester is not None and not forms.is_ticked("settled"):
        with station().database.reading() as tx:
            found = suggester.suggest(tx, text)
    cue = None if forms.is_ticked("guarded") else protection_cue(text)
    if found is None and cue is None:
        return Response(status=204)
    categories = suggester.categories() if suggester else {}
    return render_template(
        "calls/_suggestion.html", suggestion=found, cue=cue, categories=categories, **screen_pages.names()
    )


@blueprint.post("/antrean/kenal")
@allowed(*CREW)
def recognise() -> str | Response:
    """Who has this number, as soon as it is typed."""
    try:
        typed = phones.normalised(field("phone", 40))
    except phones.PhoneUnreadable:
        return Response(status=204)
    with station().database.reading() as tx:
        ghost = Call(phone=typed, phone_hash=station().database.keys.lookup(typed), id=0)
        caller = screen_pages.caller_of(tx, ghost, at=now())
        return render_template("calls/_known.html", caller=caller, **screen_pages.names())


@blueprint.get("/antrean/panggil-balik")
@allowed(*CREW)
def call_backs() -> str:
    listed = queries.call_back_list(session(), at=now(), page=asked_page())
    return render_template(
        "calls/call_backs.html", listed=replace(listed, rows=readable(listed.rows)), **screen_pages.names()
    )


@blueprint.get("/antrean/blokir")
@allowed(*CREW)
def blocks() -> str:
    asked_of = asked("panggilan", 36)
    found = opened(asked_of) if asked_of else None
    listed = queries.blocks(session(), at=now(), page=asked_page())
    return render_template("calls/blocks.html", listed=listed, call=found)


@blueprint.post("/antrean/blokir")
@allowed(*CREW)
def block() -> Response:
    asked_of = field("call", 36)
    found = opened(asked_of) if asked_of else None
    phone, reason = field("phone", 40), field("reason", 300)
    known = found is not None and bool(found.phone) and phone in (found.phone, phones.readable(found.phone or ""))
    until = forms.last_moment(station().settings, "until")
    blocked_numbers.block(session(), phone, reason, known=known, until=until, by=me().username, at=now())
    if calling := field("drop", 36):
        services.drop(session(), opened(calling), by=me().username, at=now())
        return back("calls.screen")
    return back("calls.blocks")


@blueprint.post("/antrean/blokir/<public_id>/cabut")
@allowed(*CREW)
def unblock(public_id: str) -> Response:
    row = blocked_numbers.block_by_public_id(session(), public_id)
    blocked_numbers.lift(session(), row, by=me().username, at=now())
    return back("calls.blocks")
