"""Lets the application word what waitress refuses, and see how far behind a browser is. The one file that uses
waitress' undocumented classes.

Waitress answers a body that is too large by itself, in English and without the application's headers. It has no option
for that; its task and channel classes are the place where the answer is made. Nor does it tell how much of an answer
waits to be taken, by which a stream knows that its screen lags (``docs/dependencies.md``, table of undocumented parts).
"""

from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import RequestEntityTooLarge

from radiodesk.http.request import TOO_LARGE, UNSENT


class Task(WSGITask):
    """Answers a request, which is told how much of its answer waits."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        channel: Any = self.channel
        environ[UNSENT] = lambda: channel.total_outbufs_len
        return environ


class RefusedTask(ErrorTask, WSGITask):
    """Answers what waitress refused: the application speaks for a body that is too large, waitress for the rest."""

    def execute(self) -> None:
        request: Any = self.request
        if isinstance(request.error, RequestEntityTooLarge):
            self.complete = False
            self.set_close_on_finish()
            WSGITask.execute(self)
        else:
            ErrorTask.execute(self)

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ.update({"CONTENT_LENGTH": "0", TOO_LARGE: True})
        return environ


class Channel(HTTPChannel):
    """A connection whose refusals speak the user's language."""

    task_class = Task
    error_task_class = RefusedTask


def word_refusals(server: Any) -> None:
    """Let the application answer for a server that ``waitress.create_server`` made, on each of its addresses."""
    # A name with several addresses has a listener for each.
    listeners: Any = [server] if isinstance(server, BaseWSGIServer) else (server.map or {}).values()
    for listener in listeners:
        listener.channel_class = Channel
