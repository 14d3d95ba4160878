"""A browser that sends forms as the desk's pages do: with the token of its own session."""

from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class FormClient(FlaskClient):
    """Adds the token to whatever changes something; ``sends_token = False`` makes it a page of somebody else's."""

    sends_token = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request."""
        if self.sends_token and str(kwargs.get("method", "GET")).upper() in UNSAFE:
            headers = dict(kwargs.pop("headers", None) or {})
            kwargs["headers"] = {"X-CSRFToken": self._token(), **headers}
        return super().open(*args, **kwargs)

    def _token(self) -> str:
        """As a form holds it: the session's secret, signed."""
        with self.session_transaction() as held:
            secret = held.setdefault("csrf_token", "uji" * 10)
        signer = URLSafeTimedSerializer(self.application.config["SECRET_KEY"], salt="wtf-csrf-token")
        return str(signer.dumps(secret))
