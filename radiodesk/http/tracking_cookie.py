"""Number and PIN of what was just sent, shown again for a while to the browser that sent it, and to nobody else."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.core.keys import KeyMissing
from radiodesk.http.request import now, secure_cookie, station

COOKIE = "tracking-code"
SHOWN = 10 * 60
"""For how many seconds the page of thanks shows them again."""


def give_code(answer: BaseResponse, number: str, pin: str, page: str) -> BaseResponse:
    """Have an answer carry number and PIN, encrypted, to the page at this path and to no other."""
    sealed = station().database.keys.encrypt(json.dumps([number, pin, now().timestamp()]))
    answer.set_cookie(
        COOKIE,
        urlsafe_b64encode(sealed).decode(),
        max_age=SHOWN,
        path=page,
        httponly=True,
        samesite="Lax",
        secure=secure_cookie(),
    )
    return answer


def code_given() -> tuple[str, str] | None:
    """Number and PIN that this browser was given a few minutes ago."""
    try:
        sealed = urlsafe_b64decode(request.cookies.get(COOKIE, ""))
        number, pin, given = json.loads(station().database.keys.decrypt(sealed))
    except (ValueError, KeyMissing):
        return None
    return (number, pin) if now().timestamp() - given <= SHOWN else None
