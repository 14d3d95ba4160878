"""A channel that sends nothing: for tests, demonstrations and training, without any server.

It is open where the setting ``channels`` names it, with a ``token`` and, for files, a ``folder``. It takes messages as
``{"id", "from", "text", "name", "place", "written", "files": [{"name", "mime"}]}``, accepts every reply and sends none,
and gives the files of its messages from the folder.
"""

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import gettext
from radiodesk.core.settings import Settings
from radiodesk.language import phones
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.messages.channels.bearer_tokens import bearer, fits
from radiodesk.rooms.messages.loose_values import key, listed, moment, read_json, text, within
from radiodesk.rooms.messages.ports import Admitted, Delivery, Incoming, MediaReference, NotSent, NotSigned, Posted

_BLOCK = 1 << 16


class BlackholeChannel:
    """A sender that is no number is known by what it calls itself."""

    name = "blackhole"
    channel = Channel.OTHER
    replies_within = None

    def is_open(self, settings: Settings) -> bool:
        return "token" in settings.channels.get(self.name, {})

    def admit(self, settings: Settings, posted: Posted) -> Admitted:
        token = settings.channels.get(self.name, {}).get("token")
        if not fits(bearer(posted.headers.get("authorization", "")), token):
            raise NotSigned("The token does not fit.")
        return Admitted(posted.body)

    def read(self, body: bytes, facts: Mapping[str, str]) -> Delivery:
        held = read_json(body)
        identity, words, files = key(within(held, "id")), text(within(held, "text")), _files(held)
        if not identity or not (words.strip() or files):
            raise Unreadable("A message needs an id and words (text) or files.")
        sender = text(within(held, "from"))
        has_number = bool(sender) and phones.is_readable(sender)
        message = Incoming(
            self.channel,
            identity,
            sender if has_number else None,
            name=text(within(held, "name")),
            text=words,
            place=text(within(held, "place")),
            media=files,
            address=None if has_number else key(sender) or None,
            written_at=moment(within(held, "written")),
        )
        return Delivery((message,))

    def can_send(self, settings: Settings) -> bool:
        return self.is_open(settings)

    def send(self, settings: Settings, to: str, words: str) -> str:
        return ""

    def fetch(self, settings: Settings, media_id: str) -> Generator[bytes, None, None]:
        folder = settings.channels.get(self.name, {}).get("folder")
        # A name from outside must not lead out of the folder.
        if folder is None or media_id != Path(media_id).name:
            raise NotSent(gettext("There is no such file."))
        try:
            with (Path(folder.get_secret_value()) / media_id).open("rb") as file:
                while block := file.read(_BLOCK):
                    yield block
        except (OSError, ValueError):
            raise NotSent(gettext("There is no such file.")) from None


def _files(held: Any) -> tuple[MediaReference, ...]:
    named = ((text(within(one, "name")), text(within(one, "mime"))) for one in listed(within(held, "files")))
    return tuple(MediaReference(name, mime, name) for name, mime in named if name)
