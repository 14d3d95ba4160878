"""What machines ask: ``/health``, whether this process answers, and ``/ready``, whether it can do its work.

A supervisor or proxy asks them; they tell nothing of the station but yes or no and where the trouble is.
"""

from flask import Flask, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from radiodesk.core.errors import Refusal
from radiodesk.core.schema import current, head
from radiodesk.http.request import public_page, station


def connect(app: Flask) -> None:
    """Give an application both addresses."""
    app.add_url_rule("/health", "health", health)
    app.add_url_rule("/ready", "ready", ready)


@public_page
def health() -> Response:
    """200 as long as requests are answered at all; nothing is asked of the database."""
    return jsonify(status="ok")


@public_page
def ready() -> Response:
    """200 when the database answers and has the tables of this release, else 503 with what is wrong."""
    try:
        wrong = None if current(station().database) == head() else "tables of another release"
    except (SQLAlchemyError, Refusal):
        wrong = "database"
    response = jsonify(status="ok") if wrong is None else jsonify(status="not ready", wrong=wrong)
    response.status_code = 200 if wrong is None else 503
    return response
