"""Regions with the words of a caller who is speaking: small, and fetched by themselves whenever there are new ones."""

from collections.abc import Callable

from flask import Blueprint, render_template, url_for
from markupsafe import Markup

from radiodesk.http.regions import region
from radiodesk.http.request import part, session
from radiodesk.rooms.accounts.access import allowed
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.access import belonging_of
from radiodesk.rooms.calls.live_words import Said, for_the_host, said, said_on_air
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.queries import HostCard, call_by_public_id
from radiodesk.rooms.calls.screen_ports import connections
from radiodesk.rooms.calls.visible import opened
from radiodesk.rooms.recordings.access import Belonging

blueprint = Blueprint("said", __name__)

SCREENERS = (Role.SCREENER, Role.PRODUCER)
STUDIO = (Role.HOST, Role.PRODUCER, Role.SCREENER, Role.OFFICER)


@blueprint.get("/antrean/<public_id>/ucapan")
@allowed(*SCREENERS)
def words(public_id: str) -> str:
    return _words(said(session(), opened(public_id).public_id))


@blueprint.get("/siaran/ucapan/<public_id>")
@allowed(*STUDIO)
@region("words", subject="public_id")
def live_on_air(public_id: str) -> str:
    return _words(_on_air(public_id))


@blueprint.app_context_processor
def regions() -> dict[str, Callable[..., str]]:
    """``live_words(call)`` for the screener's page; ``live_words_on_air(call)`` and the masks for the studio's."""
    return {"live_words": live_words, "live_words_on_air": live_words_on_air, "words_on_air": words_on_air}


def live_words(call: Call) -> Markup:
    """The region of one call, with the words that there are."""
    return _region("said.words", call.public_id, said(session(), call.public_id), for_many=False)


def live_words_on_air(call: HostCard) -> Markup:
    """The region of one call as the host may read it."""
    return _region("said.live_on_air", call.public_id, _on_air(call.public_id), for_many=True)


def words_on_air(call: HostCard, text: str | None) -> str:
    """Words of a caller that are written already, as the host may read them."""
    masker = connections().masker
    found = call_by_public_id(session(), call.public_id)
    if not text or masker is None or belonging_of(session(), found) is not Belonging.CALL:
        return ""
    return for_the_host(session(), found, text, masker)


def _on_air(public_id: str) -> Said | None:
    """The words for the studio, where several people read along: of ordinary callers alone."""
    return said_on_air(session(), call_by_public_id(session(), public_id), connections().masker)


def _words(heard: Said | None) -> str:
    return render_template("transcripts/_live_words.html", said=heard)


def _region(endpoint: str, public_id: str, heard: Said | None, *, for_many: bool) -> Markup:
    source = url_for(endpoint, public_id=public_id)
    return part("transcripts/_live_region.html", subject=public_id, source=source, for_many=for_many, said=heard)
