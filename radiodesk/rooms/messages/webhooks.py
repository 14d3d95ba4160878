"""Where machines write to the show: each channel has an address of its name (``radiodesk.rooms.messages.channels``).

Who may write is checked first; then what came is on disk, as it came, before anything reads it, and is answered. An
address that is not set up does not exist; a refusal is one sentence as JSON.
"""

from collections import deque
from threading import BoundedSemaphore
from time import monotonic

from flask import Blueprint, Response, current_app, jsonify, make_response, request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.exceptions import MethodNotAllowed

from radiodesk.core.database_kinds import PROMPT
from radiodesk.core.errors import NotFound, TooLarge, Unreadable
from radiodesk.http.request import now, station
from radiodesk.rooms.messages.arrivals.arrival_intake import Taken, Taker
from radiodesk.rooms.messages.arrivals.arrival_store import Arrival
from radiodesk.rooms.messages.channels import registered_channels
from radiodesk.rooms.messages.ports import Admitted, ChallengedChannel, InboundChannel, Posted

blueprint = Blueprint("webhooks", __name__, url_prefix="/masuk")

LARGEST_BODY = 1_000_000
FLOOD = 60
"""Messages within a second from which on none is taken in at once: that takes the processor many times as long as to
make one safe, which is what the other senders wait for."""
_CAME = "radiodesk.messages_came"
"""Where an application keeps when the last ``FLOOD`` of them came, of this process's clock."""
_taking = BoundedSemaphore(2)
"""Who takes in what a machine sent, in this process: one while the other writes."""


@blueprint.get("/<name>")
def challenge(name: str) -> Response:
    """A channel's server asks once whether this address is really ours."""
    channel = _open(name)
    if not isinstance(channel, ChallengedChannel):
        raise MethodNotAllowed(["POST"])
    return Response(channel.challenge(station().settings, request.args.to_dict()), mimetype="text/plain")


@blueprint.post("/<name>")
def take(name: str) -> Response:
    """A channel brings something."""
    channel = _open(name)
    headers = {header.lower(): value for header, value in request.headers}
    return _taken_in(channel.name, channel.admit(station().settings, Posted(_body(), headers)))


def _open(name: str) -> InboundChannel:
    """The channel of an address; raises ``NotFound`` where there is none, or the settings do not open it."""
    channel = registered_channels().get(name)
    if channel is None or not channel.is_open(station().settings):
        raise NotFound("There is nothing at this address.")
    return channel


def _taken_in(source: str, admitted: Admitted) -> Response:
    """Make it safe and tell a machine so: 201 when something new is in the queue, 200 when all was there already or
    waits for the database, 422 when it was not understood. Safe it is in every case.
    """
    taker = Taker(station().settings, station().database)
    arrival = taker.store.put(source, admitted.body, at=now(), facts=admitted.facts)
    taken = None if _is_flood() else _at_once(taker, arrival)
    if taken is None:
        return jsonify(id=arrival.id, taken=False, safe=True)
    if taken.problem is not None:
        return make_response(jsonify(id=arrival.id, taken=False, safe=True, error=taken.problem), Unreadable.status)
    return make_response(jsonify(id=", ".join(taken.ids), taken=True), admitted.new_status if taken.new else 200)


@blueprint.record
def _count_anew(state: BlueprintSetupState) -> None:
    state.app.extensions[_CAME] = deque(maxlen=FLOOD)


def _is_flood() -> bool:
    came: deque[float] = current_app.extensions[_CAME]
    came.append(monotonic())
    return len(came) == FLOOD and came[-1] - came[0] < 1.0


def _at_once(taker: Taker, arrival: Arrival) -> Taken | None:
    """Take it in now, unless others are at that already: when messages come faster than they can be taken in, each is
    acknowledged as soon as it is safe, and the machine's round takes in many at a time.
    """
    if not _taking.acquire(blocking=False):
        return None
    try:
        return taker.at_once(arrival, patience=PROMPT)
    finally:
        _taking.release()


def _body() -> bytes:
    if (request.content_length or 0) > LARGEST_BODY:
        raise TooLarge("The message is too large.")
    return request.get_data(cache=True, parse_form_data=False)


def told(sentence: str, status: int) -> Response:
    """Whatever goes wrong below ``/masuk``, as machines read it."""
    return make_response(jsonify(error=sentence), status)
