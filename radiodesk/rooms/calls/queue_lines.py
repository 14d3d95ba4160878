"""The queue's lines, rendered once for each change however many screens ask for them.

All open screens ask at the same moment, when something changed. What differs between them (the form token, the line
that is picked) is put in afterwards.
"""

import secrets
import threading
from collections.abc import Callable
from typing import Any, cast

from flask import Flask, render_template
from markupsafe import Markup
from sqlalchemy.orm import Session

from radiodesk.core import i18n
from radiodesk.core.events import last_event_id
from radiodesk.http.regions import form_token

_EXTENSION = "radiodesk.rooms.lines"
PAGES_HELD = 50
"""Pages from this one on are rendered for each who asks, so that no address fills the memory."""


class SharedList:
    """Holds the newest lines for each language and page."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[tuple[str, int], tuple[int, str]] = {}
        # Nobody can write this into a message: it is known to this process alone.
        self._token = secrets.token_hex(16)

    def html(self, session: Session, selected: str | None, page: int, data: Callable[[], dict[str, Any]]) -> Markup:
        """The lines as one person sees them; ``data`` gathers them from the session where they are not held yet."""
        wanted, event = (i18n.language.get(), min(page, PAGES_HELD)), last_event_id(session)
        with self._lock:
            held = self._held.get(wanted) if page < PAGES_HELD else None
            # What is newer than this request's view of the database is as good as new.
            if held is None or held[0] < event:
                field = Markup('<input type="hidden" name="csrf_token" value="{}">').format(self._token)
                lines = render_template("calls/_lines.html", csrf=lambda: field, **data())
                held = self._held[wanted] = (event, lines)
        lines = held[1].replace(self._token, form_token())
        if selected:
            lines = lines.replace(f'data-pick="{selected}"', f'data-pick="{selected}" aria-current="true"')
        return Markup(lines)  # noqa: S704 - rendered by a template above; what is put in is a token and a public id


def of(app: Flask) -> SharedList:
    """The list of an application."""
    return cast(SharedList, app.extensions.setdefault(_EXTENSION, SharedList()))
