"""The stream of changes that open screens follow (server-sent events; id = event row = Last-Event-ID)."""

import json
from collections.abc import Iterator

from flask import Blueprint, Response, request, stream_with_context

from radiodesk.core.errors import Unreadable
from radiodesk.core.given import number
from radiodesk.core.http import station
from radiodesk.core.live import Change

blueprint = Blueprint("live", __name__)


def _told(change: Change) -> str:
    data = {"topic": change.topic, "kind": change.kind, "subject": change.subject, **change.details}
    return f"id: {change.id}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@blueprint.get("/langsung")
def stream() -> Response:
    """Changes of the topics asked for, from the row after the last one that the screen saw."""
    topics = set(filter(None, request.args.get("topik", "").split(",")))
    try:
        last = number(request.headers.get("Last-Event-ID") or request.args.get("sejak", ""))
    except Unreadable:
        last = None

    def lines() -> Iterator[str]:
        yield "retry: 1500\n\n"
        for changes in station().notifier.follow(last):
            if not changes:
                yield ": still here\n\n"
            elif told := "".join(_told(change) for change in changes if not topics or change.topic in topics):
                yield told

    return Response(
        stream_with_context(lines()),
        content_type="text/event-stream; charset=utf-8",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )
