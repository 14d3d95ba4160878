"""The page of a form that was refused, with the form as it was sent: found, made once more, and filled.

Whoever sent a form sees the page it stood on again: the page that a field of the form names, else the one that the
browser says it came from, else the nearest page above the form's own address. It is asked for as the person's browser
would ask, so that the same rules of access hold.
"""

import io
import logging
from collections.abc import Iterator

from flask import Response, current_app, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.urls import uri_to_iri
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import gettext
from radiodesk.http.request import TOO_LARGE, own_address
from radiodesk.web.form_markup import PAGE, Sent, filled, holds_form

log = logging.getLogger(__name__)

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_OF_THE_FORM = ("CONTENT_", "HTTP_CONTENT_", "HTTP_IF_", "HTTP_RANGE", "HTTP_TRANSFER_", "werkzeug.", "flask.")


def page_of_form(reason: str, status: int, field: str | None) -> Response | None:
    """The page of the form that this request sent, with what was typed and the reason; ``None`` where there is none.

    ``field`` is the name of the field that is to be mended. An unreachable database and a fault of ours have pages of
    their own.
    """
    if request.method != "POST" or request.url_rule is None or request.mimetype not in _FORMS | {""}:
        return None
    if status in (500, 503) or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return None
    sent = _sent(reason, field)
    if (own := g.get("form_page")) is not None:
        try:
            return current_app.make_response((filled(own(), sent, sent.address), status))
        except Refusal:
            return None  # the page is not there either, or not for this person
    if not request.mimetype:
        return None
    first: tuple[Response, str, str] | None = None
    for address in dict.fromkeys(_addresses()):
        page = _page_at(address)
        if page is None:
            continue
        text = page.get_data(as_text=True)
        if holds_form(text, sent):
            first = page, text, address
            break
        first = first or (page, text, address)
    if first is None:
        return None
    page, text, address = first
    page.set_data(filled(text, sent, address))
    page.status_code = status
    return page


def _sent(reason: str, field: str | None) -> Sent:
    form = _form()
    return Sent(
        address=request.script_root + request.path,
        values=None if form is None else {name: form.getlist(name) for name in form},
        reason=reason,
        at=field,
        files=frozenset() if form is None else frozenset(request.files),
        files_again=gettext("Please choose the file once more."),
        heading=gettext("What you had typed"),
    )


def _form() -> MultiDict[str, str] | None:
    """The fields; ``None`` for a body that was too large to be read."""
    if request.environ.get(TOO_LARGE):
        return None
    try:
        return request.form
    except HTTPException:
        return None


def _addresses() -> Iterator[str]:
    """Pages on which the form may stand, the likeliest first, each with its query."""
    form = _form()
    if form is not None and (named := own_address(form.get(PAGE, ""))):
        yield named
    here = request.host_url.rstrip("/")
    came = request.referrer or ""
    if came.startswith(f"{here}/") and (before := own_address(came.removeprefix(here))):
        yield before
    parts = request.path.rstrip("/").split("/")
    for length in range(len(parts), 0, -1):
        if above := own_address(request.script_root + ("/".join(parts[:length]) or "/")):
            yield above


def _page_at(address: str) -> Response | None:
    """What the person's browser would be given there; ``None`` for all but a whole page."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    path, _, query = address.removeprefix(request.script_root).partition("?")
    environ = {name: value for name, value in request.environ.items() if not name.startswith(_OF_THE_FORM)}
    environ.pop(TOO_LARGE, None)
    environ |= {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": uri_to_iri(path.partition("#")[0]).encode().decode("latin-1"),
        "QUERY_STRING": query.partition("#")[0],
        "wsgi.input": io.BytesIO(),
    }
    try:
        with app.app_context(), app.request_context(environ):
            page: BaseResponse = app.full_dispatch_request()
    except Exception:  # the edge: the refusal is told in any case, without this page
        log.exception("The page of a refused form could not be made.")
        return None
    if page.status_code == 200 and page.mimetype == "text/html" and not page.is_streamed:
        return page if isinstance(page, Response) else None
    page.close()
    return None
